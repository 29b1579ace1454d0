"""The contracts of a future that are listed at a time (`Common/Securities/Future/FuturesListings.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from leanib.engine.derivatives.futures.calendar import add_months
from leanib.engine.derivatives.futures.expiry import future_expiry
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import Market, SecurityType, Symbol

__all__ = ["FuturesListings"]


class _Cycle(NamedTuple):
    """Months of which so many contracts are listed."""

    months: tuple[int, ...]
    limit: int


def _quarterly(canonical: Symbol, time: datetime, limit: int) -> list[Symbol]:
    expiry_of = future_expiry(canonical)
    month = datetime(time.year, time.month, 1)
    while expiry_of(month) < time:
        month = add_months(month, 1)
    quarter = -(-month.month // 3) * 3
    months = [add_months(month, quarter + 3 * i - month.month) for i in range(limit)]
    return [_contract(canonical, expiry_of(each)) for each in months]


def _contract(canonical: Symbol, expiry: datetime) -> Symbol:
    return Symbol.create_future(canonical.id.symbol, canonical.id.market, expiry)


def _monthly(canonical: Symbol, time: datetime, new_listings_month: int, cycles: tuple[_Cycle, ...]) -> list[Symbol]:
    expiry_of = future_expiry(canonical)
    renewal, first_year = expiry_of(datetime(time.year, new_listings_month, 1)), time.year
    if time <= renewal:
        renewal, first_year = expiry_of(datetime(time.year - 1, new_listings_month, 1)), time.year - 1
    expiries = [expiry_of(month) for cycle in cycles for month in _months_of(cycle, renewal.month, first_year)]
    return [_contract(canonical, expiry) for expiry in expiries if expiry >= time]


def _months_of(cycle: _Cycle, after: int, year: int) -> list[datetime]:
    """The cycle's contract months from the first one of the year that is later than the renewal's."""
    months = [datetime(year, month, 1) for month in cycle.months if month > after]
    while len(months) < cycle.limit:
        year += 1
        months += [datetime(year, month, 1) for month in cycle.months]
    return months[: cycle.limit]


def _cbot(ticker: str) -> Symbol:
    return Symbol.create(ticker, SecurityType.FUTURE, Market.CBOT)


_OILSEEDS = (_Cycle((1, 3, 5, 8, 9), 15), _Cycle((7, 10, 12), 12))
_MONTHLY: dict[str, tuple[int, tuple[_Cycle, ...]]] = {
    "ZC": (12, (_Cycle((3, 5, 9), 9), _Cycle((7, 12), 8))),
    "ZS": (11, (_Cycle((1, 3, 5, 8, 9), 15), _Cycle((7, 11), 8))),
    "ZM": (12, _OILSEEDS),
    "ZL": (12, _OILSEEDS),
    "ZW": (7, (_Cycle((3, 5, 7, 9, 12), 15),)),
}
#: ticker, whose contracts, market, how many; LEAN lists two-year notes for ten-year ones
_QUARTERLY: dict[str, tuple[str, str, int]] = {
    "ZB": ("ZB", Market.CBOT, 3),
    "ZN": ("ZT", Market.CBOT, 3),
    "TN": ("TN", Market.CBOT, 3),
    "ZT": ("ZT", Market.CBOT, 3),
} | {ticker: (ticker, Market.CME, 8) for ticker in ("6A", "6B", "6M", "6J", "6E", "6C")}


def _lister(ticker: str) -> Callable[[datetime], list[Symbol]] | None:
    if ticker in _MONTHLY:
        month, cycles = _MONTHLY[ticker]
        return partial(_monthly, _cbot(ticker), new_listings_month=month, cycles=cycles)
    if ticker in _QUARTERLY:
        listed, market, limit = _QUARTERLY[ticker]
        return partial(_quarterly, Symbol.create(listed, SecurityType.FUTURE, market), limit=limit)
    return None


class FuturesListings(LeanNames):
    """What is listed, for the futures whose options need to know."""

    @staticmethod
    def listed_contracts(future_ticker: str, time: datetime) -> list[Symbol] | None:
        """The contracts that are listed at a time; None for a future without a rule."""
        lister = _lister(future_ticker)
        return None if lister is None else lister(time)
