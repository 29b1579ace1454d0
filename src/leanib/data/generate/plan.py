"""What the sample data holds: tickers, spans, resolutions. Kept small: the folder stays under 20 MB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "BENCHMARK",
    "COMPANIES",
    "CRYPTO_DAYS",
    "EQUITIES",
    "FOREX",
    "FOREX_HOURS",
    "FOREX_MINUTES",
    "FUTURE",
    "FUTURE_DAYS",
    "FUTURE_LISTED_DAYS",
    "INDEX",
    "INTRADAY",
    "MADE_UP",
    "OPTION_DAYS",
    "OPTION_LISTED_DAYS",
    "TICKS",
    "UNIVERSE_DAYS",
    "Equity",
    "Pair",
    "Span",
    "third_fridays",
]


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date

    def __contains__(self, date: dt.date) -> bool:
        return self.first <= date <= self.last


@dataclass(frozen=True, slots=True)
class Equity:
    """A stock: where QuantConnect's history of it begins (it is part of LEAN's identifier), and its exchange's code."""

    first_date: dt.date
    exchange: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A currency pair: how many decimals its price has, and half of the generated spread in the last decimal."""

    decimals: int
    half_spread: int


CRYPTO_DAYS = Span(dt.date(2024, 1, 1), dt.date(2024, 12, 31))

EQUITIES = {
    "AAPL": Equity(dt.date(1998, 1, 2), "Q"),
    "FB": Equity(dt.date(2012, 5, 18), "Q"),
    "GOOG": Equity(dt.date(2004, 8, 19), "Q"),
    "IBM": Equity(dt.date(1998, 1, 2), "N"),
    "MSFT": Equity(dt.date(1998, 1, 2), "Q"),
}

BENCHMARK = "SPY"
"""LEAN's default benchmark: made up, days and hours over the stocks' whole span."""

UNIVERSE_DAYS = Span(dt.date(2012, 1, 3), dt.date(2013, 3, 1))
"""Days of the companies and of the lists of all stocks."""

COMPANIES = {f"GEN{number:02}": Equity(dt.date(2012, 1, 3), "N") for number in range(1, 21)}
"""Companies that do not exist, for universes."""

MADE_UP = {BENCHMARK: Equity(dt.date(1998, 1, 2), "P")} | COMPANIES

OPTION_DAYS = UNIVERSE_DAYS
"""Days of the options on the benchmark, made up like it."""

OPTION_LISTED_DAYS = 49
"""How long before its last day a contract can first be traded."""

FUTURE = ("cme", "ES")
FUTURE_DAYS = UNIVERSE_DAYS
"""Days of the futures on what the benchmark would be an index of, made up like it."""

FUTURE_LISTED_DAYS = 300
"""How long before its last day a contract can first be traded."""

INDEX = "FIVE"
"""The equal-weighted price index of the five stocks, 1000 before the first day."""

INTRADAY = {
    "AAPL": Span(dt.date(2012, 10, 1), dt.date(2013, 3, 1)),
    "MSFT": Span(dt.date(2012, 10, 1), dt.date(2013, 3, 1)),
}
"""Minute bars (trades and quotes)."""

TICKS = {"AAPL": Span(dt.date(2013, 2, 25), dt.date(2013, 3, 1))}
"""Second bars and ticks; must lie inside INTRADAY."""

FOREX = {
    "AUDUSD": Pair(5, 6),
    "EURGBP": Pair(5, 6),
    "EURUSD": Pair(5, 5),
    "GBPUSD": Pair(5, 6),
    "NZDUSD": Pair(5, 8),
    "USDCAD": Pair(5, 7),
    "USDCHF": Pair(5, 7),
    "USDJPY": Pair(3, 5),
}

FOREX_HOURS = {
    "EURUSD": Span(dt.date(2011, 1, 1), dt.date(2013, 3, 1)),
    "GBPUSD": Span(dt.date(2011, 1, 1), dt.date(2013, 3, 1)),
    "USDJPY": Span(dt.date(2011, 1, 1), dt.date(2013, 3, 1)),
}

FOREX_MINUTES = {"EURUSD": Span(dt.date(2013, 2, 1), dt.date(2013, 3, 1))}


def third_fridays(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Those from the first day's month on, up to the last day."""
    month = first.replace(day=1)
    while True:
        friday = month + dt.timedelta(days=(4 - month.weekday()) % 7 + 14)
        if friday > last:
            return
        yield friday
        month = (month + dt.timedelta(days=32)).replace(day=1)
