"""Made-up stocks: trades (and quotes by tick, second and minute), map and factor files, lines of the coarse lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import numpy as np

from leanib.data.columns import QuoteTickColumns, TradeBarColumns, TradeTickColumns
from leanib.data.corporate import write_factor_file, write_map_file
from leanib.data.folder import folder_lock
from leanib.data.paths import factor_file_path, map_file_path
from leanib.data.series_files import Columns
from leanib.data.sources import Series
from leanib.engine.symbols import SecurityIdentifier
from leanib.operations.generate.actions import END_OF_TIME, Action, factor_rows, life_of, map_rows, split_of
from leanib.operations.generate.bars import Collector, quote_ticks, trade_ticks
from leanib.operations.generate.coarse import CoarseLists
from leanib.operations.generate.job import Job, Made
from leanib.operations.generate.sessions import Session
from leanib.operations.generate.walk import Ints, Walk

__all__ = ["Stock", "make_equity", "write_company"]

_QUOTED = frozenset({"tick", "second", "minute"})
"""LEAN has no quotes of stocks by the hour and the day."""
_DIVIDENDS = (0.001, 0.015)
"""From what to what part of the price is paid."""
_LEAST = 20
Named = list[tuple[dt.date, str, TradeBarColumns | None]]
"""A company's names: the last day of each, and its days where they are wanted."""


class Stock:
    """A stock's price files under one name: ticks go in."""

    def __init__(self, job: Job, made: Made, name: str, with_days: bool) -> None:
        self._job, self._made, self._name = job, made, name.lower()
        self._resolution = job.settings.resolution
        self._with_days = with_days and self._resolution != "daily"
        self.days: TradeBarColumns | None = None
        """After `close`: the days, where they were wanted."""
        self._series: list[Series] = []
        self._trades: Collector[TradeTickColumns] = Collector(self._resolution, self._put_trades)
        self._quotes: Collector[QuoteTickColumns] = Collector(self._resolution, self._put_quotes)
        self._daily: Collector[TradeTickColumns] = Collector("daily", self._put_days)

    def add(self, walk: Walk, times: np.ndarray[tuple[int], np.dtype[np.datetime64]], prices: Ints) -> None:
        """Trades at these prices, with quotes around them."""
        trades = trade_ticks(times, walk.money(prices), walk.sizes(len(prices)))
        self._trades.add(trades)
        if self._with_days:
            self._daily.add(trades)
        if self._resolution in _QUOTED:
            bid, ask = walk.sides(prices)
            sizes = walk.sizes(len(prices)), walk.sizes(len(prices))
            self._quotes.add(quote_ticks(times, (walk.money(bid), walk.money(ask)), sizes))

    def close(self) -> None:
        """No more prices come under this name."""
        for collector in (self._trades, self._quotes, self._daily):
            collector.close()
        for series in dict.fromkeys(self._series):
            self._job.label(series, self._made)

    def _put_trades(self, date: dt.date | None, columns: Columns) -> None:
        if self._resolution == "daily" and isinstance(columns, TradeBarColumns):
            self.days = columns
        self._put(self._resolution, "trade", date, columns)

    def _put_quotes(self, date: dt.date | None, columns: Columns) -> None:
        self._put(self._resolution, "quote", date, columns)

    def _put_days(self, date: dt.date | None, columns: Columns) -> None:
        assert isinstance(columns, TradeBarColumns)
        self.days = columns
        self._put("daily", "trade", date, columns)

    def _put(self, resolution: str, tick_type: str, date: dt.date | None, columns: Columns) -> None:
        series = Series("equity", self._job.settings.market, self._name, resolution, tick_type)
        self._series.append(series)
        self._job.write(self._made, series, date, columns)


def make_equity(job: Job, names: Iterator[str], coarse: CoarseLists) -> Made:
    """A stock by the first of the names; it takes further ones when it is renamed."""
    settings, name = job.settings, next(names)
    days = job.sessions("equity", name, settings.start, settings.end)
    made = Made(name)
    life, random = life_of(days, settings, job.random("life", name)), job.random("actions", name)
    walk, clock = job.walk("equity", name), job.clock("equity", name)
    stock = Stock(job, made, name, settings.include_coarse)
    actions: list[Action] = []
    named: Named = []
    for number in range(life.first, life.last + 1):
        session, before = days[number], days[max(number - 1, 0)]
        if number in life.renames and made.first is not None:
            stock.close()
            named.append((before.date, name, stock.days))
            name = next(names)
            made.events.append(f"{session.date}: called {name}")
            stock = Stock(job, made, name, settings.include_coarse)
        if number in life.splits | life.dividends and made.first is not None:
            action = _act(walk, before, number in life.splits, number in life.dividends, random)
            actions.append(action)
            made.events.append(_told(session.date, action))
        times = clock.of(session)
        if len(times):
            stock.add(walk, times, walk.go(len(times)))
            made.reach(session.date)
        job.progress(made.name, session.date)
    stock.close()
    if made.first is not None:
        named.append((days[life.last].date if life.is_delisted else END_OF_TIME, name, stock.days))
        write_company(job, made, named, actions, coarse)
    return made


def _act(
    walk: Walk, before: Session, has_split: bool, has_dividend: bool, random: np.random.Generator
) -> Action:
    """Change the price as the action does."""
    close = walk.price * walk.step
    split = split_of(close, random) if has_split else Fraction(1)
    dividend = Decimal(0)
    if has_dividend:
        part = Decimal(random.uniform(*_DIVIDENDS))
        dividend = max((close * part).quantize(walk.step, ROUND_HALF_EVEN), walk.step)
    left = (close - dividend) / walk.step
    walk.price = max(round(left * split.denominator / split.numerator), _LEAST)
    return Action(before.date, close, split, dividend)


def _told(date: dt.date, action: Action) -> str:
    parts = []
    if action.split != 1:
        parts.append(f"{action.split.numerator} for {action.split.denominator} split")
    if action.dividend:
        parts.append(f"dividend of {action.dividend}")
    return f"{date}: {', '.join(parts)}"


def write_company(job: Job, made: Made, named: Named, actions: list[Action], coarse: CoarseLists) -> None:
    """Map file, factor file and lines of the coarse lists, once the prices are there; raises DataError."""
    assert made.first is not None
    market, last = job.settings.market, named[-1][1]
    factors = factor_rows(made.first, actions)
    try:
        with folder_lock(job.folder):
            write_factor_file(factor_file_path(job.folder, market, last), factors)
            rows = map_rows(made.first, [(date, name) for date, name, _ in named])
            write_map_file(map_file_path(job.folder, market, last), rows)
    except OSError as error:
        raise job.unwritable(error) from error
    if named[-1][0] != END_OF_TIME:
        made.events.append(f"{named[-1][0]}: delisted")
    if job.settings.security_type == "equity" and job.settings.include_coarse:
        identifier = str(SecurityIdentifier.generate_equity(made.first, named[0][1], market))
        for _, name, days in named:
            if days is not None:
                coarse.add(identifier, name, days, factors)
