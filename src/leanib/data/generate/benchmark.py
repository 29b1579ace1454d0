"""SPY, made up: a fund that follows the market of the sample data half-way, so that LEAN's default benchmark is there.

No price of it is one that was ever paid. A day's return is about half of the mean return of the five real stocks and a
seeded rest; it pays no dividend and never splits. Days and hours agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from leanib.data.generate.actions import actions_of
from leanib.data.generate.intraday import seeded
from leanib.data.generate.sources import DailyPrice

__all__ = ["benchmark_days", "made_up_day"]

_TICKER = "SPY"
_FIRST_CLOSE = 1_400_000
_CENT = 100
_HALF = 2


def benchmark_days(prices: dict[str, list[DailyPrice]]) -> list[DailyPrice]:
    """The fund's days: those of the real stocks, oldest first."""
    splits = {(ticker, action.ex_date): action.split for ticker, days in prices.items() for action in actions_of(days)}
    closes: dict[str, float] = {}
    returns: dict[dt.date, list[float]] = {}
    for ticker, days in prices.items():
        for day in days:
            if ticker in closes:
                before = closes[ticker] / splits.get((ticker, day.date), 1)
                returns.setdefault(day.date, []).append(day.close / before - 1)
            else:
                returns.setdefault(day.date, [])
            closes[ticker] = float(day.close)
    return list(_days(returns))


def _days(returns: dict[dt.date, list[float]]) -> Iterator[DailyPrice]:
    close = _FIRST_CLOSE
    for date, found in sorted(returns.items()):
        rest = int(seeded(_TICKER, date, "rest").randint(-50, 51)) / 10_000
        market = sum(found) / len(found) if found else 0.0
        before, close = close, round(close * (1 + market / _HALF + rest) / _CENT) * _CENT
        yield made_up_day(_TICKER, date, before, close, 150_000_000)


def made_up_day(ticker: str, date: dt.date, before: int, close: int, volume: int) -> DailyPrice:
    """A day that opens near the last close; high and low lie up to a percent beyond open and close."""
    random = seeded(ticker, date, "day")
    gap, above, below, share = (int(number) for number in random.randint(0, 101, size=4))
    open_ = round(before * (10_000 + gap - 50) / 10_000 / _CENT) * _CENT
    high = max(open_, close) + round(close * above / 10_000 / _CENT) * _CENT
    low = min(open_, close) - round(close * below / 10_000 / _CENT) * _CENT
    return DailyPrice(date, open_, high, low, close, volume * (50 + share) // 100, close / 10_000)
