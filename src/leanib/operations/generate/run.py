"""Make up market data: symbol by symbol, each file whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from leanib.data.symbol_properties import SymbolPropertiesFile
from leanib.operations.generate.coarse import CoarseLists
from leanib.operations.generate.equities import make_equity
from leanib.operations.generate.futures import make_future
from leanib.operations.generate.job import Job, Made
from leanib.operations.generate.names import Names
from leanib.operations.generate.options import make_options
from leanib.operations.generate.pairs import make_pair
from leanib.operations.generate.settings import GenerateSettings

__all__ = ["Generation"]

_PROPERTIES = Path("symbol-properties", "symbol-properties-database.csv")


def _silent(_name: str, _date: dt.date) -> None: ...


class Generation:
    """A run of the generator over a folder that has its tables (`leanib.data.folder.bring_tables`).

    `count` is how many symbols there will be. What is asked for is checked when it is made.

    Raises:
        UsageError: there is data of a ticker already, or what is asked for makes no sense.
        DataError: a table of the folder cannot be read.
    """

    def __init__(
        self, folder: Path | str, settings: GenerateSettings, progress: Callable[[str, dt.date], None] = _silent
    ) -> None:
        root = Path(folder)
        self._job = Job(settings, root, progress, SymbolPropertiesFile(root / _PROPERTIES))
        self._names = Names(self._job)
        self._names.check()
        self.count = self._names.count

    def symbols(self) -> Iterator[Made]:
        """Each symbol, when its files are written. The coarse lists are written at the end, and when one stops.

        Raises:
            UsageError: as above, of a ticker that was drawn.
            DataError: a file cannot be written; those before it are whole.
        """
        job, names, coarse = self._job, iter(self._names), CoarseLists()
        try:
            for _ in range(self.count):
                match job.settings.security_type:
                    case "equity":
                        yield make_equity(job, names, coarse)
                    case "option":
                        yield make_options(job, names, coarse)
                    case "future":
                        yield make_future(job, next(names))
                    case _:
                        yield make_pair(job, next(names))
        finally:
            try:
                coarse.write(job.folder, job.settings.market)
            except OSError as error:
                raise job.unwritable(error) from error
