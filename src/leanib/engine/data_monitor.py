"""Which data files a run asked for, and which were not there (`Common/Data/DataMonitor.cs`)."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import ClassVar

from leanib.engine.symbols.globals import Globals

__all__ = ["DataMonitor"]

_UNIVERSE_FOLDERS = ("coarse", "universe")


class DataMonitor:
    """The present run's requests, a path (relative to the data folder) for each; every run starts with none.

    Beyond LEAN's: what whole histories cover (exchange days), and fundamental values that nobody knew.
    """

    succeeded: ClassVar[list[str]] = []
    failed: ClassVar[list[str]] = []
    coverage: ClassVar[dict[str, tuple[date, date]]] = {}
    unknown_values: ClassVar[set[str]] = set()

    @classmethod
    def relative(cls, path: Path) -> str:
        """A file's path as requests are noted by: below the data folder."""
        return str(path).removeprefix(f"{Globals.data_folder}{os.sep}")

    @classmethod
    def on_history_read(cls, path: Path, first: date, last: date) -> None:
        """Note the first and the last day of a file that holds a whole history."""
        cls.coverage[cls.relative(path)] = (first, last)

    @classmethod
    def on_unknown_value(cls, path: str) -> None:
        """Note a fundamental value that was asked for and is not known, such as `valuation_ratios.pe_ratio`."""
        cls.unknown_values.add(path)

    @classmethod
    def on_new_data_request(cls, path: Path, found: bool) -> bool:
        """Note a file that was asked for; gives back whether it was found."""
        (cls.succeeded if found else cls.failed).append(cls.relative(path))
        return found

    @classmethod
    def reset(cls) -> None:
        """Forget the run before."""
        cls.succeeded.clear()
        cls.failed.clear()
        cls.coverage.clear()
        cls.unknown_values.clear()

    @classmethod
    def files(cls, stamp: str) -> dict[str, str]:
        """LEAN's three files, by name; `stamp` is the time that their names carry. None when nothing was asked for."""
        if not cls.succeeded and not cls.failed:
            return {}
        return {
            f"data-monitor-report-{stamp}.json": cls._report(),
            f"succeeded-data-requests-{stamp}.txt": "".join(f"{path}\n" for path in cls.succeeded),
            f"failed-data-requests-{stamp}.txt": "".join(f"{path}\n" for path in cls.failed),
        }

    @classmethod
    def _report(cls) -> str:
        counts: dict[str, object] = {}
        for name, chosen in (("", ("",)), ("universe-", _UNIVERSE_FOLDERS)):
            succeeded, failed = _count(cls.succeeded, chosen), _count(cls.failed, chosen)
            total = succeeded + failed
            counts[f"succeeded-{name}data-requests-count"] = succeeded
            counts[f"failed-{name}data-requests-count"] = failed
            counts[f"failed-{name}data-requests-percentage"] = round(failed / total * 100) if total else 0
            counts[f"total-{name}data-requests-count"] = total
        counts["data-request-rates"] = []
        return json.dumps(counts)


def _count(paths: list[str], chosen: tuple[str, ...]) -> int:
    return sum(any(part in path for part in chosen) for path in paths)


Globals.on_reset(DataMonitor.reset)
