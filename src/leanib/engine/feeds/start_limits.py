"""Streams that begin later than they were asked for, and what LEAN says of them.

From `Engine/DataFeeds/Enumerators/Factories/SubscriptionDataReaderSubscriptionEnumeratorFactory.cs`, which tells at a
run's end, and `Engine/Engine.cs`, which tells of histories when it happens, once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from leanib.engine.symbols import PerRun, Symbol

__all__ = ["START_LIMITS", "StartLimits"]

_MOST = 10
_PRECISION = (
    "Due to numerical precision issues in the factor file, data for the following symbols was adjust to a later "
    "starting date: "
)
_FIRST_DATE = (
    "The starting dates for the following symbols have been adjusted to match their map files first date: "
)
_HISTORY = "Warning: when performing history requests, the start date will be adjusted if "
_HISTORY_PRECISION = _HISTORY + "there are numerical precision errors in the factor files."
_HISTORY_FIRST_DATE = _HISTORY + "it is before the first known date for the symbol."


class StartLimits:
    """A run's late starts; `tell` takes what is said while it runs."""

    def __init__(self) -> None:
        self.tell: Callable[[str], None] = lambda _message: None
        self._precision: dict[Symbol, str] = {}
        self._first_dates: dict[Symbol, str] = {}
        self._told: set[str] = set()

    def on_precision(self, symbol: Symbol, date: datetime, history: bool) -> None:
        """Before that date the factor file's numbers are too small to be exact."""
        if history:
            self._tell_once(_HISTORY_PRECISION)
        elif len(self._precision) <= _MOST:
            self._precision.setdefault(symbol, f"[{symbol.value}, {date:%m/%d/%Y}]")

    def on_first_date(self, symbol: Symbol, date: datetime, history: bool) -> None:
        """Before that date the map file does not know the symbol."""
        if history:
            self._tell_once(_HISTORY_FIRST_DATE)
        elif len(self._first_dates) <= _MOST:
            self._first_dates.setdefault(symbol, f"[{symbol.value}, {date:%Y-%m-%d}]")

    def messages(self) -> list[str]:
        """What is said at the end; nothing where every stream began when it was asked to."""
        found = ((_PRECISION, self._precision), (_FIRST_DATE, self._first_dates))
        return [
            text + ", ".join(list(names.values())[:_MOST]) + ("..." if len(names) >= _MOST else "")
            for text, names in found
            if names
        ]

    def _tell_once(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            self.tell(message)


START_LIMITS = PerRun(StartLimits)
