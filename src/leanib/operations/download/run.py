"""The download: series by series, chunk by chunk, each written when it is there; resumed where it stopped.

A day that is there is not asked for again, unless it was not over when it came, or all are to be asked for again. A
lost connection is waited for; a series that IB refuses does not keep the others from coming.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from leanib.data.market_hours import MarketHoursFile
from leanib.errors import DataError
from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument, qualify
from leanib.ib.errors import IBError, NotReady, RequestFailed, RequestTimedOut, UnknownContract
from leanib.ib.history import SECONDS_A_PACED_REQUEST, HistoryService
from leanib.operations.download.ask import ByDay, ask, requests_of
from leanib.operations.download.corporate import check_factors, write_corporate
from leanib.operations.download.days import MarketDays, chunks
from leanib.operations.download.store import SOURCE, SeriesStore
from leanib.operations.download.wanted import Wanted

__all__ = ["Downloaded", "Task", "Watcher", "download", "plan"]

SPLIT_ADJUSTED = "split-adjusted"
_PATIENCE = 600.0
_TRIES = 5
_NOTICED = 1.0
"""Seconds within which the connection notices its loss."""
_SECONDS_A_REQUEST = 1.0
_FARTHEST = 1.5
"""Prices further apart than this, of one day, are not of one scale: a split lies between them."""


class Watcher(Protocol):
    """Shows how far a download is."""

    def begin(self, tasks: Sequence[Task]) -> None:
        """It begins; what is to do."""

    def reached(self, task: Task, requests: float) -> None:
        """So many of a series' requests are done."""

    def tell(self, text: str) -> None:
        """Something a person wants to know."""


@dataclass
class Task:
    """What is to do for a series: the days that are missing, in chunks; `requests` is about how many it takes."""

    wanted: Wanted
    store: SeriesStore
    market: MarketDays
    asked: list[dt.date]
    missing: list[list[dt.date]]
    requests: int

    @property
    def seconds(self) -> float:
        """About how long it takes at IB's pace."""
        paced = self.wanted.series.resolution in {"tick", "second"}
        return self.requests * (SECONDS_A_PACED_REQUEST if paced else _SECONDS_A_REQUEST)

    def ends(self, day: dt.date) -> dt.datetime:
        """When a day is over (aware)."""
        return self.market.span(day)[1]


@dataclass
class Downloaded:
    """What became of a series.

    Attributes:
        wanted: What was asked for.
        days: How many days the market was open.
        there: How many of them were there already.
        written: Days that came.
        kept: Days of which the folder has more than IB sent.
        none: Days that IB has nothing of.
        failure: Why not all of it came; empty when it did.
    """

    wanted: Wanted
    days: int
    there: int = 0
    written: list[dt.date] = field(default_factory=list)
    kept: list[dt.date] = field(default_factory=list)
    none: list[dt.date] = field(default_factory=list)
    aside: list[Path] = field(default_factory=list)
    failure: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked for is in the folder now."""
        return not (self.failure or self.none)


async def download(
    connection: IBConnection, root: Path, wanted: Sequence[Wanted], watcher: Watcher, patience: float = _PATIENCE
) -> list[Downloaded]:
    """Brings what is missing; one answer a series.

    Args:
        connection: To the Gateway.
        root: The data folder; its market hours say which days there are.
        wanted: The series.
        watcher: Told how far it is.
        patience: Seconds to wait for a connection that was lost.

    Raises:
        DataError: The folder cannot be read or written.
        NotReady: The connection was lost and did not come back; what came is written.
    """
    tasks = plan(root, wanted, connection.clock.now())
    watcher.begin(tasks)
    bringer = _Bringer(connection, watcher, patience)
    results = [await bringer.bring(task) for task in tasks]
    await bringer.bring_dividends(root, results)
    return results


def plan(root: Path, wanted: Sequence[Wanted], now: dt.datetime) -> list[Task]:
    """What is to do for each series; raises DataError."""
    hours = MarketHoursFile(root / "market-hours" / "market-hours-database.json")
    return [_task(root, one, hours, now) for one in wanted]


def _task(root: Path, wanted: Wanted, hours: MarketHoursFile, now: dt.datetime) -> Task:
    series = wanted.series
    keys = [f"{series.kind}-{series.market}-{name}" for name in (series.ticker, "[*]")]
    market = MarketDays(hours.entry(next((key for key in keys if key in hours), keys[-1])), wanted.regular_hours)
    store = SeriesStore(root, series, SPLIT_ADJUSTED if series.kind == "equity" else "as quoted")
    asked = [day for day in market.between(wanted.first, wanted.last) if market.span(day)[0] <= now]
    there = set() if wanted.overwrite else _complete(store, market)
    missing = list(chunks([day for day in asked if day not in there], series.resolution))
    lengths = [sum((end - begin).total_seconds() for begin, end in map(market.span, group)) for group in missing]
    requests = sum(requests_of(series, seconds / 3600) for seconds in lengths)
    return Task(wanted, store, market, asked, missing, requests)


def _complete(store: SeriesStore, market: MarketDays) -> set[dt.date]:
    """Days that need not be asked for: those that are there, and those that IB has not; all of them over by then."""
    note = store.note()
    found = store.present()
    for known in (note.days, note.none):
        for text, moment in known.items():
            day = dt.date.fromisoformat(text)
            over = dt.datetime.fromisoformat(moment) >= market.span(day)[1]
            if not over:
                found.discard(day)
            elif known is note.none:
                found.add(day)
    return found


class _Bringer:
    """Asks and writes."""

    def __init__(self, connection: IBConnection, watcher: Watcher, patience: float) -> None:
        self._connection = connection
        self._watcher = watcher
        self._patience = patience
        self._history = HistoryService(connection)
        self._instruments: dict[str, Instrument] = {}

    async def bring(self, task: Task) -> Downloaded:
        """A series; what IB refuses is told in the answer."""
        result = Downloaded(task.wanted, len(task.asked))
        before = task.store.present().intersection(task.asked)
        done = 0.0
        try:
            if task.missing:
                await self._check_scale(task)
            for group in task.missing:
                share = task.requests / len(task.missing)
                found = await self._chunk(task, group, done, share)
                saved = task.store.save(found, group, self._connection.clock.now(), task.ends)
                result.written += saved.written
                result.kept += saved.kept
                result.aside += saved.aside
                done += share
                self._watcher.reached(task, done)
        except (RequestFailed, UnknownContract, RequestTimedOut) as error:
            result.failure = str(error)
        except DataError as error:
            result.failure = str(error)
        present = task.store.present()
        result.there = len(before.difference(result.written))
        result.none = [] if result.failure else [day for day in task.asked if day not in present]
        return result

    async def _chunk(self, task: Task, group: list[dt.date], done: float, share: float) -> ByDay:
        series = task.wanted.series
        first, last = task.market.span(group[0])[0], task.market.span(group[-1])[1]
        forward = series.resolution == "tick"

        def progress(at: dt.datetime) -> None:
            part = ((at - first) if forward else (last - at)) / (last - first)
            self._watcher.reached(task, done + share * min(max(part, 0.0), 1.0))

        for attempt in range(_TRIES):
            try:
                instrument = await self._instrument(task.wanted.symbol)
                return await ask(self._history, instrument, series, group, task.market, progress)
            except (RequestTimedOut, NotReady) as error:
                if attempt == _TRIES - 1:
                    raise
                await self._wait(str(error))
        raise AssertionError("unreachable")

    async def _wait(self, why: str) -> None:
        """Waits for the connection, which heals itself."""
        await asyncio.sleep(_NOTICED)
        if self._connection.state.is_trading_ready:
            return
        self._watcher.tell(f"{why}; waiting for the Gateway, what came so far is written")
        if not await self._connection.wait_for(lambda state: state.is_trading_ready, self._patience):
            raise NotReady(
                f"the Gateway did not come back within {self._patience:g} s ({self._connection.state.obstacle()}); "
                "what came is written: give the same command again to go on"
            )

    async def _instrument(self, symbol: str) -> Instrument:
        if symbol not in self._instruments:
            patience = self._connection.settings.connection.request_timeout
            self._instruments[symbol] = await qualify(self._connection.client, symbol, patience)
        return self._instruments[symbol]

    async def _check_scale(self, task: Task) -> None:
        """Refuses to put split-adjusted prices beside others."""
        series = task.wanted.series
        if series.kind != "equity":
            return
        check_factors(task.store.root, series, task.wanted.first)
        last = task.store.last_close()
        if last is None:
            return
        day, close = last
        start = dt.datetime.combine(day, dt.time(), dt.UTC)
        instrument = await self._instrument(task.wanted.symbol)
        bars = await self._history.bars(
            instrument, "1 day", "TRADES", start, start + dt.timedelta(days=1), regular_hours=True
        )
        if bars and not bars[0].low / _FARTHEST <= close <= bars[0].high * _FARTHEST:
            raise DataError(
                f"{series} in {task.store.root} ends at {close:g} on {day}, where IB, which takes out splits, has "
                f"{bars[0].close:g}: prices of two scales do not go together; download into a folder of its own "
                "(--data-folder), or move the old files away"
            )

    async def bring_dividends(self, root: Path, results: list[Downloaded]) -> None:
        """The factor files of the stocks that something came of."""
        came = [one for one in results if one.wanted.series.kind == "equity" and one.written]
        stocks = {one.wanted.series.ticker: one for one in came}
        for one in stocks.values():
            first = min(other.wanted.first for other in results if other.wanted.symbol == one.wanted.symbol)
            start = dt.datetime.combine(first, dt.time(), dt.UTC)
            try:
                instrument = await self._instrument(one.wanted.symbol)
                now = self._connection.clock.now()
                listed = await self._history.first_day(instrument)
                adjusted = await self._history.adjusted_days(instrument, start)
                days = await self._history.bars(instrument, "1 day", "TRADES", start, now, regular_hours=True)
            except IBError as error:
                self._watcher.tell(f"{one.wanted.series.ticker.upper()}: no dividends from {SOURCE}: {error}")
                listed, adjusted, days = None, [], []
            try:
                self._watcher.tell(write_corporate(root, one.wanted.series, listed or first, days, adjusted))
            except OSError as error:
                raise DataError(f"{error.filename or root} cannot be written ({error.strerror})") from error
