"""What filters of options and of futures share (`Common/Securities/ContractSecurityFilterUniverse.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import Flag
from itertools import chain
from typing import Any, Self

from leanib.engine.derivatives.chains.universe_data import BaseChainUniverseData
from leanib.engine.derivatives.futures.calendar import midnight
from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Symbol

__all__ = ["ContractSecurityFilterUniverse"]

Row = Any
"""A contract of the chain: a BaseChainUniverseData of the filter's kind."""

_LONGEST = timedelta(days=1_000_000)


class _Expirations(Flag):
    STANDARD = 1
    WEEKLY = 2


_ALL = _Expirations.STANDARD | _Expirations.WEEKLY


class ContractSecurityFilterUniverse(LeanObject):
    """The contracts that are left. Methods change it and return it; iterating gives the chain's rows.

    `local_time` is naive, in the exchange's zone. Only standard or only weekly contracts are taken at the end, or
    before the front or back months are.
    """

    data_class: type[BaseChainUniverseData]

    def __init__(self, data: Sequence[Row] = (), local_time: datetime = NO_TIME) -> None:
        self._rows: list[Row] = list(data)
        self.local_time = local_time
        self._types = _ALL
        self._types_are_applied = False

    def _refresh(self, data: Sequence[Row], local_time: datetime) -> None:
        self._rows = list(data)
        self.local_time = local_time
        self._types = _ALL
        self._types_are_applied = False

    def _is_standard(self, symbol: Symbol) -> bool:
        raise NotImplementedError

    # --- what is left --------------------------------------------------------------------------------------------

    @property
    def data(self) -> list[Row]:
        """The rows that are left."""
        return self._rows

    @property
    def count(self) -> int:
        """How many are left."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __bool__(self) -> bool:
        return True

    @property
    def all_symbols(self) -> List[Symbol]:
        """The symbols of what is left."""
        return List(row.symbol for row in self._rows)

    def _take(self, items: Iterable[Any]) -> Self:
        """Keep these rows or symbols, in this order; a symbol that the chain does not have gets an empty row."""
        known: dict[Symbol, Row] = {}
        for row in self._rows:
            known.setdefault(row.symbol, row)
        symbols = [item if isinstance(item, Symbol) else item.symbol for item in items]
        self._rows = [known.get(symbol) or self.data_class(self.local_time, symbol) for symbol in symbols]
        return self

    # --- standard and weekly contracts ---------------------------------------------------------------------------

    def standards_only(self) -> Self:
        """Only standard contracts."""
        self._check_types_are_open("StandardsOnly")
        self._types = _Expirations.STANDARD
        return self

    def include_weeklys(self) -> Self:
        """Weekly contracts too, as is the case anyway."""
        self._check_types_are_open("IncludeWeeklys")
        self._types |= _Expirations.WEEKLY
        return self

    def weeklys_only(self) -> Self:
        """Only weekly contracts."""
        self._types = _Expirations.WEEKLY
        return self

    def _check_types_are_open(self, name: str) -> None:
        if self._types_are_applied:
            raise InvalidOperationException(
                f"Type filters have already been applied, please call {name}() before applying other filters such as "
                "FrontMonth() or BackMonths()"
            )

    def apply_types_filter(self) -> Self:
        """Take only the contracts of the types that are wanted; LEAN judges each day of expiry once."""
        if self._types_are_applied:
            return self
        self._types_are_applied = True
        if self._types != _ALL:
            wanted = self._types is _Expirations.STANDARD
            known: dict[datetime, bool] = {}
            for row in self._rows:
                date = row.terms().date
                if date not in known:
                    known[date] = self._is_standard(row.symbol)
            self._rows = [row for row in self._rows if known[row.terms().date] is wanted]
        return self

    # --- expiries ------------------------------------------------------------------------------------------------

    def front_month(self) -> Self:
        """The contracts that expire first."""
        self.apply_types_filter()
        first = min((row.terms().date for row in self._rows), default=None)
        self._rows = [row for row in self._rows if row.terms().date == first]
        return self

    def back_months(self) -> Self:
        """All but the contracts that expire first, in the order of expiry."""
        self.apply_types_filter()
        first = min((row.terms().date for row in self._rows), default=None)
        ordered = sorted(self._rows, key=lambda row: row.terms().date)
        self._rows = [row for row in ordered if row.terms().date != first]
        return self

    def back_month(self) -> Self:
        """The contracts that expire second."""
        return self.back_months().front_month()

    def _reference_date(self, date: datetime) -> datetime:
        return date

    def expiration(self, min_expiry: timedelta | int, max_expiry: timedelta | int) -> Self:
        """Contracts that expire within those times, or numbers of days, from today."""
        if self.local_time == NO_TIME:
            return self
        today = self._reference_date(midnight(self.local_time))
        first, last = today + _as_span(min_expiry), _later(today, _as_span(max_expiry))
        within = {date for date in {row.terms().date for row in self._rows} if first <= midnight(date) <= last}
        self._rows = [row for row in self._rows if row.terms().date in within]
        return self

    # --- whatever the user wants ---------------------------------------------------------------------------------

    def contracts(self, contracts: Any) -> Self:
        """These symbols or rows, or what a function makes of the rows."""
        return self._take(contracts(List(self._rows)) if callable(contracts) else contracts)

    def where(self, predicate: Callable[[Row], bool]) -> Self:
        """The rows of which a function says so."""
        self._rows = [row for row in self._rows if predicate(row)]
        return self

    def select(self, map_func: Callable[[Row], Any]) -> Self:
        """What a function makes of each row."""
        return self._take([map_func(row) for row in self._rows])

    def select_many(self, map_func: Callable[[Row], Iterable[Any]]) -> Self:
        """All that a function makes of each row."""
        return self._take(list(chain.from_iterable(map_func(row) for row in self._rows)))

    def where_contains(self, filter_list: Iterable[Any]) -> Self:
        """The rows of these symbols or rows, in the chain's order."""
        wanted = {item if isinstance(item, Symbol) else item.symbol for item in filter_list}
        self._rows = [row for row in self._rows if row.symbol in wanted]
        return self

    def only_apply_filter_at_market_open(self) -> Self:
        """Nothing: filters are applied once a day anyway."""
        return self


def _as_span(value: timedelta | int) -> timedelta:
    return value if isinstance(value, timedelta) else timedelta(days=value)


def _later(day: datetime, span: timedelta) -> datetime:
    """Time spans may be the longest that there is, which reaches beyond all dates."""
    return day + span if span < _LONGEST else datetime(9999, 12, 31)
