"""Options on SPY, made up like SPY itself: hours, days, open interest, and each day's list of what can be traded.

A contract expires in a month's third week, named for the Saturday, as they were until 2015; its last day of trading is
the Friday. Strikes are five dollars apart, and a strike is listed on the first day that opens near it. Prices are Black
and Scholes' at a volatility that wanders and is higher for low strikes. There are no such prices anywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import QuoteBarColumns, Times, TradeBarColumns
from leanib.data.generate.black_scholes import values
from leanib.data.generate.intraday import seeded
from leanib.data.generate.plan import BENCHMARK, OPTION_LISTED_DAYS, third_fridays
from leanib.data.paths import Contract

__all__ = [
    "History",
    "Listed",
    "dates_of",
    "in_days",
    "middles",
    "option_histories",
    "per_day",
    "quotes_per_day",
    "volatility_at",
    "volatility_of",
]

Floats = NDArray[np.float64]

_TICKER = BENCHMARK
_STRIKE_STEP = 5
_NEAR = 0.06
"""A strike is listed when the price comes as near as this part of it."""
_YEAR_MINUTES = 365 * 24 * 60
_CLOSE_HOUR = 16


@dataclass(frozen=True, slots=True)
class Listed:
    """A contract, and its first and last day of trading."""

    expiry: dt.date
    is_call: bool
    strike: int
    first: dt.date
    last: dt.date

    @property
    def name(self) -> Contract:
        """What its files' names say of it."""
        return Contract("american", "call" if self.is_call else "put", Decimal(self.strike), self.expiry)


@dataclass(slots=True)
class History:
    """A contract's bars of an hour or a day; `days` and the contracts that were open before each day's first trade."""

    contract: Listed
    quotes: QuoteBarColumns
    trades: TradeBarColumns
    days: Times
    open_interest: Floats


def option_histories(hours: TradeBarColumns) -> list[History]:
    """All contracts' hours, by expiry, strike and right; `hours` are the fund's."""
    volatility = volatility_of(hours)
    return [_history(contract, hours, volatility) for contract in _contracts(per_day(hours))]


# --- contracts -----------------------------------------------------------------------------------------------------


def _contracts(days: TradeBarColumns) -> list[Listed]:
    """All contracts by expiry, strike and right."""
    dates, opens = dates_of(days), days.open.tolist()
    found: list[Listed] = []
    for last in _last_days(dates):
        listed: dict[int, dt.date] = {}
        for date, price in zip(dates, opens, strict=True):
            if dt.timedelta() < last - date <= dt.timedelta(days=OPTION_LISTED_DAYS):
                for strike in _near(price):
                    listed.setdefault(strike, date)
        found += [
            Listed(last + dt.timedelta(days=1), is_call, strike, first, last)
            for strike, first in sorted(listed.items())
            for is_call in (True, False)
        ]
    return found


def _last_days(dates: list[dt.date]) -> Iterator[dt.date]:
    """The third Fridays from the first day on, as far ahead as contracts are listed."""
    fridays = third_fridays(dates[0], dates[-1] + dt.timedelta(days=OPTION_LISTED_DAYS))
    return (friday for friday in fridays if friday > dates[0])


def _near(price: float) -> range:
    lowest, highest = price * (1 - _NEAR), price * (1 + _NEAR)
    return range(-int(-lowest // _STRIKE_STEP) * _STRIKE_STEP, int(highest) + 1, _STRIKE_STEP)


# --- prices --------------------------------------------------------------------------------------------------------


def volatility_of(hours: TradeBarColumns) -> Floats:
    """A day's volatility at the money, for each hour: a walk that is drawn back to 15 percent."""
    level = 1500
    by_day: dict[dt.date, float] = {}
    for date in sorted(set(dates_of(hours))):
        step = int(seeded(_TICKER, date, "volatility").randint(-60, 61))
        level += step - (level - 1500) // 20
        by_day[date] = max(level, 800) / 10_000
    return np.array([by_day[date] for date in dates_of(hours)])


def volatility_at(strike: int, price: Floats, volatility: Floats) -> Floats:
    """Low strikes are dearer: a quarter of a point of volatility for each percent that they lie below the price."""
    at: Floats = np.clip(volatility + (price - strike) / strike * 0.25, 0.05, 0.60)
    return at


def _history(contract: Listed, stock: TradeBarColumns, volatility: Floats) -> History:
    dates = stock.time.astype("datetime64[D]")
    within = (dates >= np.datetime64(contract.first)) & (dates <= np.datetime64(contract.last))
    hours, level = stock.part(within), volatility[within]
    random = seeded(_TICKER, contract.expiry, contract.strike, contract.is_call, "trades")
    expiry = np.datetime64(contract.last, "m") + np.timedelta64(_CLOSE_HOUR, "h")
    begin = (expiry - hours.time.astype("datetime64[m]")).astype(np.int64) / _YEAR_MINUTES
    end = np.maximum(begin - 60 / _YEAR_MINUTES, 0.0)

    def worth(price: Floats, years: Floats) -> Floats:
        at = volatility_at(contract.strike, price, level)
        return values(contract.is_call, price, float(contract.strike), years, at)

    points = [worth(hours.open, begin), worth(hours.high, end), worth(hours.low, end), worth(hours.close, end)]
    bars = [points[0], np.maximum.reduce(points), np.minimum.reduce(points), points[3]]
    quotes = _quotes(hours.time, bars, random)
    volume = _volume(contract, hours, random)
    open_, high, low, close = (np.floor(price * 100 + 0.5) / 100 for price in middles(quotes))
    trades = TradeBarColumns(hours.time, open_, high, low, close, volume).part(volume > 0)
    days, open_interest = _open_interest(hours.time, volume)
    return History(contract, quotes, trades, days, open_interest)


def _quotes(times: Times, bars: list[Floats], random: np.random.RandomState) -> QuoteBarColumns:
    """Bid and ask about a percent around what an option is worth, at least a cent apart, in cents."""
    half = [np.clip(middle * 0.01, 0.005, 0.10) for middle in bars]
    bid = [np.maximum(np.floor((middle - one) * 100), 1) / 100 for middle, one in zip(bars, half, strict=True)]
    ask = [
        np.maximum(np.ceil((middle + one) * 100), low * 100 + 1) / 100
        for middle, one, low in zip(bars, half, bid, strict=True)
    ]
    bid_size, ask_size = (random.randint(1, 80, size=len(times)).astype(np.float64) for _ in range(2))
    return QuoteBarColumns(times, *_four(bid), bid_size, *_four(ask), ask_size)


def _four(prices: list[Floats]) -> tuple[Floats, Floats, Floats, Floats]:
    open_, high, low, close = prices
    return open_, high, low, close


def middles(quotes: QuoteBarColumns) -> tuple[Floats, Floats, Floats, Floats]:
    """Open, high, low and close between bid and ask."""
    return (
        (quotes.bid_open + quotes.ask_open) / 2,
        (quotes.bid_high + quotes.ask_high) / 2,
        (quotes.bid_low + quotes.ask_low) / 2,
        (quotes.bid_close + quotes.ask_close) / 2,
    )


def _volume(contract: Listed, hours: TradeBarColumns, random: np.random.RandomState) -> Floats:
    """Contracts traded an hour: many near the money, none in many hours away from it."""
    distance = np.abs(hours.close - contract.strike) / contract.strike
    most = np.floor(np.maximum(400 * (1 - distance / 0.08), 0)).astype(np.int64)
    drawn = random.randint(-60, 100, size=len(hours))
    volume: Floats = np.maximum(most * drawn // 100, 0).astype(np.float64)
    return volume


def _open_interest(times: Times, volume: Floats) -> tuple[Times, Floats]:
    """A third of what was traded on the days before stays open."""
    days, first = np.unique(times.astype("datetime64[D]"), return_index=True)
    traded = np.add.reduceat(volume, first) // 3
    opened: Floats = np.cumsum(traded) - traded
    return days.astype("datetime64[us]"), opened


# --- days ----------------------------------------------------------------------------------------------------------


def dates_of(columns: TradeBarColumns | QuoteBarColumns) -> list[dt.date]:
    """Each row's day."""
    dates: list[dt.date] = columns.time.astype("datetime64[D]").tolist()
    return dates


def per_day(hours: TradeBarColumns) -> TradeBarColumns:
    """The days that hours of trades add up to."""
    days, first = np.unique(hours.time.astype("datetime64[D]"), return_index=True)
    if not len(days):
        return hours
    last = np.append(first[1:], len(hours)) - 1
    return TradeBarColumns(
        days.astype("datetime64[us]"),
        hours.open[first],
        np.maximum.reduceat(hours.high, first),
        np.minimum.reduceat(hours.low, first),
        hours.close[last],
        np.add.reduceat(hours.volume, first),
    )


def in_days(history: History) -> History:
    """The same contract by the day."""
    days = quotes_per_day(history.quotes)
    return History(history.contract, days, per_day(history.trades), history.days, history.open_interest)


def quotes_per_day(hours: QuoteBarColumns) -> QuoteBarColumns:
    """The days that hours of quotes add up to."""
    days, first = np.unique(hours.time.astype("datetime64[D]"), return_index=True)
    last = np.append(first[1:], len(hours)) - 1
    return QuoteBarColumns(
        days.astype("datetime64[us]"),
        hours.bid_open[first],
        np.maximum.reduceat(hours.bid_high, first),
        np.minimum.reduceat(hours.bid_low, first),
        hours.bid_close[last],
        hours.bid_size[last],
        hours.ask_open[first],
        np.maximum.reduceat(hours.ask_high, first),
        np.minimum.reduceat(hours.ask_low, first),
        hours.ask_close[last],
        hours.ask_size[last],
    )
