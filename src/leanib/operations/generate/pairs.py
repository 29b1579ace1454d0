"""Made-up currency pairs, CFDs (quotes) and coins (trades and quotes)."""

from __future__ import annotations

import datetime as dt

import numpy as np

from leanib.data.columns import QuoteTickColumns, Times, TradeTickColumns
from leanib.data.series_files import Columns
from leanib.data.sources import Series
from leanib.operations.generate.bars import Collector, Put, quote_ticks, trade_ticks
from leanib.operations.generate.job import Job, Made
from leanib.operations.generate.walk import Ints, Walk

__all__ = ["TwoSided", "make_pair"]


class TwoSided:
    """Prices that are trades or quotes, by chance; without trades all are quotes."""

    def __init__(self, job: Job, put_trades: Put | None, put_quotes: Put, *names: object) -> None:
        resolution = job.settings.resolution
        self._share = job.settings.trade_share if put_trades else 0.0
        self._random = job.random("kind", *names)
        self._trades: Collector[TradeTickColumns] = Collector(resolution, put_trades or put_quotes)
        self._quotes: Collector[QuoteTickColumns] = Collector(resolution, put_quotes)

    def add(self, walk: Walk, times: Times, prices: Ints) -> None:
        """The next prices."""
        traded = self._random.random(len(prices)) < self._share
        trades, rest = prices[traded], prices[~traded]
        if len(trades):
            self._trades.add(trade_ticks(times[traded], walk.money(trades), walk.sizes(len(trades))))
        if len(rest):
            bid, ask = walk.sides(rest)
            sizes = walk.sizes(len(rest)), walk.sizes(len(rest))
            self._quotes.add(quote_ticks(times[~traded], (walk.money(bid), walk.money(ask)), sizes))

    def close(self) -> None:
        """No more come."""
        self._trades.close()
        self._quotes.close()


def make_pair(job: Job, name: str) -> Made:
    """One ticker of a kind whose files hold one."""
    settings = job.settings
    kind, made = settings.security_type, Made(name)
    walk, clock = job.walk(kind, name), job.clock(kind, name)
    types = ("trade", "quote") if kind == "crypto" else ("quote",)
    series = {each: Series(kind, settings.market, name.lower(), settings.resolution, each) for each in types}

    def putting(tick_type: str) -> Put:
        def put(date: dt.date | None, columns: Columns) -> None:
            job.write(made, series[tick_type], date, columns)

        return put

    both = TwoSided(job, putting("trade") if "trade" in types else None, putting("quote"), kind, name)
    for session in job.sessions(kind, name, settings.start, settings.end):
        times = clock.of(session)
        if len(times):
            both.add(walk, times, walk.go(len(times)))
            for date in np.unique(times[[0, -1]].astype("datetime64[D]")).tolist():
                made.reach(date)
        job.progress(name, session.date)
    both.close()
    for each in series.values():
        job.label(each, made)
    return made
