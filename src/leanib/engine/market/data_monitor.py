"""Which data files a run asked for, and which were not there (`Common/Data/DataMonitor.cs`)."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

from leanib.engine.symbols.globals import Globals, PerRun

__all__ = ["DATA_MONITOR", "DataMonitor"]

_UNIVERSE_FOLDERS = ("coarse", "universe")


class DataMonitor:
    """A run's requests, a path (relative to the data folder) for each.

    Beyond LEAN's: what whole histories cover (exchange days), and fundamental values that nobody knew.
    """

    def __init__(self) -> None:
        self.succeeded: list[str] = []
        self.failed: list[str] = []
        self.coverage: dict[str, tuple[date, date]] = {}
        self.unknown_values: set[str] = set()

    @staticmethod
    def relative(path: Path | str) -> str:
        """A file's path as requests are noted by: below the data folder."""
        return str(path).removeprefix(f"{Globals.data_folder}{os.sep}")

    def on_history_read(self, path: Path, first: date, last: date) -> None:
        """Note the first and the last day of a file that holds a whole history."""
        self.coverage[self.relative(path)] = (first, last)

    def on_unknown_value(self, path: str) -> None:
        """Note a fundamental value that was asked for and is not known, such as `valuation_ratios.pe_ratio`."""
        self.unknown_values.add(path)

    def on_new_data_request(self, path: Path | str, found: bool) -> bool:
        """Note a file that was asked for; gives back whether it was found."""
        (self.succeeded if found else self.failed).append(self.relative(path))
        return found

    def files(self, stamp: str) -> dict[str, str]:
        """LEAN's three files, by name; `stamp` is the time that their names carry. None when nothing was asked for."""
        if not self.succeeded and not self.failed:
            return {}
        return {
            f"data-monitor-report-{stamp}.json": self._report(),
            f"succeeded-data-requests-{stamp}.txt": "".join(f"{path}\n" for path in self.succeeded),
            f"failed-data-requests-{stamp}.txt": "".join(f"{path}\n" for path in self.failed),
        }

    def _report(self) -> str:
        counts: dict[str, object] = {}
        for name, chosen in (("", ("",)), ("universe-", _UNIVERSE_FOLDERS)):
            succeeded, failed = _count(self.succeeded, chosen), _count(self.failed, chosen)
            total = succeeded + failed
            counts[f"succeeded-{name}data-requests-count"] = succeeded
            counts[f"failed-{name}data-requests-count"] = failed
            counts[f"failed-{name}data-requests-percentage"] = round(failed / total * 100) if total else 0
            counts[f"total-{name}data-requests-count"] = total
        counts["data-request-rates"] = []
        return json.dumps(counts)


def _count(paths: list[str], chosen: tuple[str, ...]) -> int:
    return sum(any(part in path for part in chosen) for path in paths)


DATA_MONITOR = PerRun(DataMonitor)
