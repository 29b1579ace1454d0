"""Which tickers are made up: those that are named, or drawn ones; and whether there is something of them already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from leanib.data.folder import folder_lock, set_aside
from leanib.data.paths import map_file_path
from leanib.data.series_files import RESOLUTIONS
from leanib.engine.derivatives.futures.expiry_table import EXPIRY_RULES
from leanib.errors import UsageError
from leanib.operations.generate.futures import contract_of, has_contract
from leanib.operations.generate.job import Job

__all__ = ["Names"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LENGTH = 3
_NAMED = 8


class Names:
    """Gives tickers away, none twice.

    Where the table of symbol properties has a line for all tickers of the market (stocks) they are drawn from letters,
    else from the table.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        settings = job.settings
        self._kind = "equity" if settings.security_type == "option" else settings.security_type
        self._random = job.random("names", settings.security_type)
        self._given: set[str] = set()
        rows = [key[1] for key, _ in job.properties.rows(settings.market, self._kind)]
        self._listed = None if "[*]" in rows else self._tradable(sorted(rows))
        if self._listed == []:
            raise UsageError(f"no {self._kind} of {settings.market} is known; --market may name another")

    def _tradable(self, rows: list[str]) -> list[str]:
        if self._kind != "future":
            return rows
        return [root for root in rows if (self._job.settings.market, root) in EXPIRY_RULES]

    @property
    def count(self) -> int:
        """How many symbols are made up: no more than there are."""
        settings = self._job.settings
        wanted = len(settings.tickers) or settings.symbol_count
        return wanted if self._listed is None else min(wanted, len(self._listed))

    def check(self) -> None:
        """Refuse named tickers that are not known or have files; those are kept aside where that is asked for.

        Raises:
            UsageError: a ticker is not known, or there is something of it.
        """
        settings = self._job.settings
        for name in settings.tickers:
            if self._listed is not None and name not in self._listed:
                some = ", ".join(self._listed[:_NAMED]) + (" ..." if len(self._listed) > _NAMED else "")
                raise UsageError(f"{name} is no {self._kind} of {settings.market}; there are {some}")
            self._free(name)

    def __iter__(self) -> Iterator[str]:
        yield from self._job.settings.tickers
        while True:
            yield self._draw()

    def _draw(self) -> str:
        settings = self._job.settings
        while True:
            if self._listed is None:
                name = "".join(_LETTERS[number] for number in self._random.integers(0, 26, _LENGTH).tolist())
            else:
                name = self._listed[int(self._random.integers(0, len(self._listed)))]
            if name in self._given or name in settings.tickers:
                continue
            self._given.add(name)
            if settings.random_seed is None and self._listed is None and self._files(name):
                continue
            self._free(name)
            return name

    def _free(self, name: str) -> None:
        """Nothing stands in the way."""
        settings, files = self._job.settings, self._files(name)
        if files and not settings.overwrite:
            raise UsageError(
                f"there is data of {name} already ({files[0]}); give another --data-folder, "
                "or --overwrite, which keeps the old files as NAME.old"
            )
        if self._kind != "future":
            with folder_lock(self._job.folder):
                for path in files:
                    set_aside(path)
                    path.unlink()

    def _files(self, name: str) -> list[Path]:
        folder, settings = self._job.folder, self._job.settings
        if self._kind == "future":
            month, _ = contract_of(self._job, name)
            base = folder / "future" / settings.market
            return [base] if has_contract(folder, settings.market, name.lower(), month) else []
        kinds = (self._kind, "option") if settings.security_type == "option" else (self._kind,)
        return [path for kind in kinds for path in _files_of(folder, kind, settings.market, name.lower())]


def _files_of(folder: Path, kind: str, market: str, name: str) -> list[Path]:
    base = folder / kind / market
    found = [map_file_path(folder, market, name)] if kind == "equity" else []
    for resolution in RESOLUTIONS:
        if resolution in {"hour", "daily"}:
            found += [base / resolution / f"{name}.zip", *sorted((base / resolution).glob(f"{name}_*.zip"))]
        elif (base / resolution / name).is_dir():
            place = base / resolution / name
            found += [place / file for file in sorted(os.listdir(place)) if file.endswith(".zip")]  # noqa: PTH208
    return [path for path in found if path.is_file()]
