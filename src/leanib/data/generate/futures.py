"""Futures on an index that is SPY times four, made up like SPY: hours and days of trades and quotes, open interest.

A contract expires on the third Friday of March, June, September or December, at 13:00 UTC, half an hour or one
and a half before the stock market opens. It costs two percent a year more than the index, so that every contract begins
above the one before it, and the prices of the continuous future must be joined. Traded is round the clock, in the later
contracts only by day. There are no such prices anywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from leanib.data.calendars import trading_calendar
from leanib.data.columns import QuoteBarColumns, Times, TradeBarColumns
from leanib.data.continuous import FutureContract
from leanib.data.generate.hours import FIRST_DAY, LAST_DAY
from leanib.data.generate.intraday import price_path, seeded
from leanib.data.generate.options import dates_of
from leanib.data.generate.plan import FUTURE, FUTURE_DAYS, FUTURE_LISTED_DAYS, third_fridays

__all__ = ["FutureHistory", "contracts", "future_histories", "session_days"]

Floats = NDArray[np.float64]

_TICKER = FUTURE[1]
_TIMES = 4
_TICKS = 4  # a point has four
_CENT = 100
_CARRY = 0.02
_ONLY_BY_DAY = 120
"""A contract with more days left than that is not traded at night."""
_OPEN, _LAST, _PAUSE, _EVENING = 9, 16, 17, 18
_EXPIRY_HOUR = 13
_POINTS = 4
_BY_DAY, _BY_NIGHT = 120_000, 9_000
_OPEN_INTEREST = 2_800_000
_NEW_YORK = ZoneInfo("America/New_York")


@dataclass(slots=True)
class FutureHistory:
    """A contract's bars of an hour; how many contracts were open before each day's trading."""

    contract: FutureContract
    quotes: QuoteBarColumns
    trades: TradeBarColumns
    open_interest: dict[dt.date, int]


def contracts() -> list[FutureContract]:
    """All that are traded in the span, oldest first."""
    fridays = third_fridays(FUTURE_DAYS.first, FUTURE_DAYS.last + dt.timedelta(days=FUTURE_LISTED_DAYS))
    return [FutureContract(friday.replace(day=1), friday) for friday in fridays if friday.month % 3 == 0]


def session_days() -> list[dt.date]:
    """The days on which futures are traded."""
    calendar = trading_calendar("CMES", FIRST_DAY, LAST_DAY)
    days = (FUTURE_DAYS.first + dt.timedelta(days=number) for number in range(10_000))
    return [day for day in days if day <= FUTURE_DAYS.last and calendar.is_session(day)]


def future_histories(fund: TradeBarColumns) -> list[FutureHistory]:
    """All contracts' hours; `fund` are SPY's of the span, in New York's time."""
    index = _around_the_clock(fund)
    chain = contracts()
    return [_history(number, chain, index) for number in range(len(chain))]


# --- the index -----------------------------------------------------------------------------------------------------


def _around_the_clock(fund: TradeBarColumns) -> TradeBarColumns:
    """The fund's hours, and between its sessions such as lead from its close to its next open, by New York's clock."""
    dates, hours = dates_of(fund), (fund.time.astype("datetime64[h]").astype(np.int64) % 24).tolist()
    rows: list[tuple[dt.datetime, list[float]]] = []
    columns = np.stack([fund.open, fund.high, fund.low, fund.close], axis=1).tolist()
    known = {
        dt.datetime(date.year, date.month, date.day, hour): row
        for date, hour, row in zip(dates, hours, columns, strict=True)
    }
    night: list[dt.datetime] = []
    before: float | None = None
    for moment in _open_hours():
        row = known.get(moment)
        if row is None:
            night.append(moment)
            continue
        if before is not None and night:
            path = _bridge(night, before, row[0])
            rows += zip(night, path, strict=False)
            if moment.hour == _OPEN:
                row = _joined(path[len(night)], row)
        night, before = [], row[3]
        rows.append((moment, row))
    if before is not None and night:
        rows += zip(night, _bridge(night, before, before), strict=False)
    times = np.array([moment for moment, _ in rows], dtype="datetime64[us]")
    open_, high, low, close = np.array([row for _, row in rows]).T
    return TradeBarColumns(times, open_, high, low, close, np.zeros(len(times)))


def _open_hours() -> Iterator[dt.datetime]:
    """Each hour of New York's clock in which futures are traded."""
    calendar = trading_calendar("CMES", FIRST_DAY, LAST_DAY)
    day = FUTURE_DAYS.first
    first = dt.datetime(day.year, day.month, day.day, _OPEN)
    while day <= FUTURE_DAYS.last:
        weekday = day.weekday()
        closed = weekday < 5 and not calendar.is_session(day)
        hours = [] if closed or weekday == 5 else [hour for hour in range(24) if hour != _PAUSE]
        if weekday == 6:
            hours = [hour for hour in hours if hour >= _EVENING]
        early = calendar.early_closes.get(day)
        if early is not None:
            end = (early.hour + 1) * 60 + early.minute  # Chicago's clock
            hours = [hour for hour in hours if hour * 60 < end]
        if weekday == 4 or day == FUTURE_DAYS.last:
            hours = [hour for hour in hours if hour <= _LAST]
        moments = (dt.datetime(day.year, day.month, day.day, hour) for hour in hours)
        yield from (moment for moment in moments if moment >= first)
        day += dt.timedelta(days=1)


def _bridge(night: list[dt.datetime], close: float, open_: float) -> list[list[float]]:
    """A bar for each hour of the night, and one for the half hour before the stock market opens."""
    random = seeded(_TICKER, night[0], "night")
    start, end = round(close * 10_000), round(open_ * 10_000)
    above, below = (int(number) * start // 10_000 // _CENT * _CENT for number in random.randint(0, 41, size=2))
    prices = (start, max(start, end) + above, min(start, end) - below, end)
    path = price_path(random, (len(night) + 1) * _POINTS, prices, _CENT).reshape(-1, _POINTS) / 10_000
    return [[bar[0], max(bar), min(bar), bar[-1]] for bar in path.tolist()]


def _joined(first: list[float], second: list[float]) -> list[float]:
    return [first[0], max(first[1], second[1]), min(first[2], second[2]), second[3]]


# --- contracts -----------------------------------------------------------------------------------------------------


def _history(number: int, chain: list[FutureContract], index: TradeBarColumns) -> FutureHistory:
    contract = chain[number]
    dates, utc = index.time.astype("datetime64[D]"), _in_utc(index.time)
    left = (np.datetime64(contract.expiry) - dates).astype(np.int64)
    hour = index.time.astype("datetime64[h]").astype(np.int64) % 24
    by_day = (hour >= _OPEN) & (hour <= _LAST)
    end = np.datetime64(contract.expiry, "us") + np.timedelta64(_EXPIRY_HOUR, "h")
    traded = (left <= FUTURE_LISTED_DAYS) & (utc < end) & (by_day | (left <= _ONLY_BY_DAY))
    bars, left, by_day, times = index.part(traded), left[traded], by_day[traded], utc[traded]
    random = seeded(_TICKER, contract.expiry, "trades")
    carried = 1 + _CARRY * left / 365
    prices = [
        np.rint(column * _TIMES * carried * _TICKS) / _TICKS for column in (bars.open, bars.high, bars.low, bars.close)
    ]
    share = np.array([_share(number, chain, day) for day in dates_of(bars)])
    drawn = random.randint(50, 151, size=len(times))
    volume = np.maximum(np.floor(np.where(by_day, _BY_DAY, _BY_NIGHT) * share * drawn / 100), 1)
    trades = TradeBarColumns(times, prices[0], prices[1], prices[2], prices[3], volume)
    return FutureHistory(contract, _quotes(times, prices, left, random), trades, _open_interest(number, chain))


def _in_utc(times: Times) -> Times:
    """From New York's clock."""
    moments = times.astype("datetime64[s]").tolist()
    utc = [moment.replace(tzinfo=_NEW_YORK).astimezone(dt.UTC).replace(tzinfo=None) for moment in moments]
    return np.array(utc, dtype="datetime64[us]")


def _quotes(
    times: Times, prices: list[Floats], left: NDArray[np.int64], random: np.random.RandomState
) -> QuoteBarColumns:
    """A tick wide, later contracts two; trades are at the bid or the ask, of these between them."""
    wide = np.where(left > _ONLY_BY_DAY, 1, 0)
    lower = np.where(wide == 1, 1, random.randint(0, 2, size=len(times))) / _TICKS
    upper = (1 + wide) / _TICKS - lower
    bid, ask = ([price - lower for price in prices], [price + upper for price in prices])
    bid_size, ask_size = (random.randint(5, 400, size=len(times)).astype(np.float64) for _ in range(2))
    return QuoteBarColumns(times, bid[0], bid[1], bid[2], bid[3], bid_size, ask[0], ask[1], ask[2], ask[3], ask_size)


def _share(number: int, chain: list[FutureContract], day: dt.date) -> float:
    """The part of all trading that is in a contract: most in the first, until it goes on to the next in a week."""
    place = number - next(at for at, contract in enumerate(chain) if contract.expiry >= day)
    moved = _moved((chain[number - place].expiry - day).days, 9, 4)
    return (0.97 - 0.9 * moved, 0.025 + 0.9 * moved, 0.004, 0.001)[min(place, 3)]


def _moved(left: int, begin: int, end: int) -> float:
    """How much of the first contract has gone to the next, from `begin` to `end` days before it expires."""
    return min(max((begin - left) / (begin - end), 0.0), 1.0)


def _open_interest(number: int, chain: list[FutureContract]) -> dict[dt.date, int]:
    found = {}
    for day in session_days():
        left = (chain[number].expiry - day).days
        if 0 <= left <= FUTURE_LISTED_DAYS:
            place = number - next(at for at, contract in enumerate(chain) if contract.expiry >= day)
            moved = _moved((chain[number - place].expiry - day).days, 10, 0)
            part = (0.93 - 0.65 * moved, 0.06 + 0.65 * moved, 0.008, 0.002)[min(place, 3)]
            noise = int(seeded(_TICKER, chain[number].expiry, day, "open").randint(-20, 21))
            found[day] = int(_OPEN_INTEREST * part) * (1000 + noise) // 1000
    return found
