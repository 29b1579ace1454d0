"""A day of the data folder, traded live: strategy, services and simulator on one virtual clock.

The tape prints every bar of the data folder, so that bars made of the simulator's ticks are the files' bars: the open
half a second after its begin, low and high (a falling bar: high and low) at thirds, the close in its last millisecond;
quotes from the quote file, where there is none bid and ask are the trade's price. Orders are filled by these rules,
which are LEAN's for bars of equities:

- a market order fills at once, at the quote;
- an order on the open fills at the first bar's open;
- a resting order is worked at the end of each bar that began after it came: a stop at its price if the bar reached it,
  a limit at its price if the bar went beyond it, either at the bar's open if it opened beyond.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from leanib.data import archive_exists, price_scale, read_quote_bars, read_trade_bars, zip_path
from leanib.engine.live.bridge import LoopBridge
from leanib.engine.live.job import LiveJob, LiveOutcome
from leanib.engine.live.run import LiveRun
from leanib.engine.market import SubscriptionDataConfig
from leanib.engine.symbols import SecurityType, Symbol
from leanib.errors import DataError, UsageError
from leanib.ib import IBConnectionManager, load_settings
from leanib.ib import LoopClock as ServiceClock
from leanib.simulator import Simulator
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.orders.model import Order
from leanib.simulator.virtual_time import LoopClock, VirtualTimeLoop

__all__ = ["Replay", "Tape"]

_US = 1_000_000
_RESOLUTIONS = ("second", "minute", "hour", "daily")
_LENGTH = {"second": 1, "minute": 60, "hour": 3600, "daily": 86400}
_NEW_YORK = ZoneInfo("America/New_York")
_ACCOUNT = "DU1234567"
_DIGITS = 6
_DAY = 86400.0
_JUST_NOW = _US // 10


@dataclass(frozen=True, slots=True)
class _Bar:
    """One bar: begin and end (microseconds UTC), prices of trades and of both sides; volume."""

    start: int
    end: int
    trade: tuple[Decimal, ...] | None
    bid: tuple[Decimal, ...]
    ask: tuple[Decimal, ...]
    volume: Decimal

    @property
    def worked(self) -> tuple[Decimal, ...]:
        """The open, high, low and close that resting orders meet."""
        return self.trade or tuple((bid + ask) / 2 for bid, ask in zip(self.bid, self.ask, strict=True))


class _Where(NamedTuple):
    """Where LEAN keeps an instrument's data, and in which zone."""

    kind: str
    market: str
    ticker: str
    zone: ZoneInfo


class Tape:
    """Prints bars of the data folder on a simulator, and works resting orders at their ends.

    Args:
        simulator: Its clock is on the data's days.
        folder: LEAN's data folder.
    """

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self._sim = simulator
        self._folder = folder
        self._clock = simulator.clock
        self._resolution: dict[int, str] = {}
        self._last_size: dict[int, Decimal] = {}
        self.printed: dict[str, int] = {}
        """How many bars there were of each symbol that was asked for."""
        self._working: Order | None = None
        simulator.orders.admits = self._admits

    def play(self, symbol: str, resolution: str) -> None:
        """Prints an instrument's bars from now on, at a resolution of the data folder or the next coarser one."""
        item = self._sim.market.instrument(symbol)
        known = self._resolution.get(item.con_id)
        self._resolution[item.con_id] = min(known or resolution, resolution, key=_RESOLUTIONS.index)
        if known is None:
            self.printed.setdefault(symbol, 0)
            self._sim.market.set_quote(item)  # from now on it moves only when the tape says so
            where = _where(item)
            if where is not None:
                self._day(symbol, item, where, self._clock.now().astimezone(where.zone).date())

    def _admits(self, order: Order) -> bool:
        """Market orders always; a resting one only while it is being worked."""
        return order.kind == "MKT" or order is self._working or order.item.con_id not in self._resolution

    def _day(self, symbol: str, item: Instrument, where: _Where, day: date) -> None:
        """Schedules the bars of a day in the data's zone, and the next day."""
        for bar in self._bars(item, where, day):
            self.printed[symbol] += self._schedule(item, bar)
        tomorrow = day + timedelta(days=1)
        midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=where.zone)
        self._clock.call_at(_us(midnight), self._day, symbol, item, where, tomorrow)

    def _schedule(self, item: Instrument, bar: _Bar) -> bool:
        """Has the clock print a bar; whether that will be."""
        at = self._clock.call_at
        session = item.calendar.next(bar.start)
        start, end = max(bar.start, session.start), min(bar.end, session.end)
        if start >= end or start + _JUST_NOW < self._clock.now_us():
            return False
        length = end - start
        rising = bar.worked[3] >= bar.worked[0]
        first, second = (2, 1) if rising else (1, 2)
        if start == session.start:
            at(start - min(length, _US) // 2, self._quote, item, bar, 0, Decimal(0))
        steps = ((start + min(length // 10, _US // 2), 0), (start + length // 3, first),
                 (start + 2 * length // 3, second), (end - 1000, 3))  # fmt: skip
        sizes = _parted(bar.volume, self._last_size.get(item.con_id))
        self._last_size[item.con_id] = sizes[-1]
        for (moment, place), size in zip(steps, sizes, strict=True):
            at(moment, self._quote, item, bar, place, size)
        at(end - 900, self._work_orders, item, bar, start)
        return True

    def _quote(self, item: Instrument, bar: _Bar, place: int, size: Decimal) -> None:
        last = bar.trade[place] if bar.trade is not None else None
        self._sim.market.set_quote(item, bar.bid[place], bar.ask[place], last, last_size=size)

    # --- resting orders ------------------------------------------------------------------------------------------

    def _work_orders(self, item: Instrument, bar: _Bar, start: int) -> None:
        """Fills what the bar has met, oldest first, and shows its close again."""
        waiting = list(self._sim.orders.living.get(item.con_id, {}).values())
        for order in waiting:
            if order.done or order.kind == "MKT" or order.created > start + _US // 20:
                continue
            price = _met(order, bar.worked)
            if price is None:
                continue
            self._working = order
            last = price if bar.trade is not None else None
            self._sim.market.set_quote(item, price, price, last, last_size=0)
            self._working = None
            self._quote(item, bar, 3, Decimal(0))

    # --- files ---------------------------------------------------------------------------------------------------

    def _bars(self, item: Instrument, where: _Where, day: date) -> Iterator[_Bar]:
        """The day's bars, of the finest file that is not finer than asked for."""
        for resolution in _RESOLUTIONS[_RESOLUTIONS.index(self._resolution[item.con_id]) :]:
            found = list(self._read(where, day, resolution))
            if found:
                yield from found
                return

    def _read(self, where: _Where, day: date, resolution: str) -> Iterator[_Bar]:
        kind, market, ticker, zone = where
        dated = resolution in ("hour", "daily")
        of_day = None if dated else day
        scale = price_scale(kind)
        paths = {t: zip_path(self._folder, kind, market, resolution, ticker, t, of_day) for t in ("trade", "quote")}
        trades = quotes = None
        if kind != "forex" and archive_exists(paths["trade"]):
            trades = _columns(read_trade_bars(paths["trade"], of_day, scale), day, zone, dated)
        if (kind == "forex" or not dated) and archive_exists(paths["quote"]):
            quotes = _columns(read_quote_bars(paths["quote"], of_day, scale), day, zone, dated)
        yield from _joined(trades, quotes, _LENGTH[resolution] * _US)


def _joined(trades: Any, quotes: Any, length: int) -> Iterator[_Bar]:
    rows: dict[int, list[Any]] = {}
    for column, table in enumerate((trades, quotes)):
        for start, values in table or ():
            rows.setdefault(start, [None, None])[column] = values
    for start in sorted(rows):
        trade, quote = rows[start]
        prices = tuple(trade[:4]) if trade is not None else None
        bid = tuple(quote[0:4]) if quote is not None else prices
        ask = tuple(quote[5:9]) if quote is not None else prices
        assert bid is not None
        assert ask is not None
        yield _Bar(start, start + length, prices, bid, ask, trade[4] if trade is not None else Decimal(0))


def _columns(table: Any, day: date, zone: ZoneInfo, dated: bool) -> list[tuple[int, list[Decimal]]]:
    """The day's rows as begin (UTC) and exact values."""
    times, *columns = (getattr(table, field.name) for field in fields(table))
    if dated:
        first = np.datetime64(day)
        chosen = np.flatnonzero((times >= first) & (times < first + np.timedelta64(1, "D")))
    else:
        chosen = np.arange(len(times))
    rows = []
    for row in chosen.tolist():
        local: datetime = times[row].astype("datetime64[us]").item()
        start = _us(local.replace(tzinfo=zone))
        rows.append((start, [Decimal(str(round(float(column[row]), _DIGITS))) for column in columns]))
    return rows


def _where(item: Instrument) -> _Where | None:
    if item.sec_type == "STK" and item.currency == "USD":
        return _Where("equity", "usa", item.symbol.replace(" ", "."), _NEW_YORK)
    if item.sec_type == "IND":
        return _Where("index", "usa", item.symbol, _NEW_YORK)
    if item.sec_type == "CASH":
        return _Where("forex", "oanda", item.symbol + item.currency, ZoneInfo("UTC"))
    return None


def _parted(volume: Decimal, before: Decimal | None) -> tuple[Decimal, ...]:
    """A bar's volume as the sizes of four trades, each another than the one before it.

    IB's ticks tell changes: a trade at the last one's price and of its size would not be told, and its volume be lost.
    """
    share = (volume / 4).to_integral_value(rounding="ROUND_FLOOR")
    choices = ((1, 0, 1), (0, 1, 0), (2, 0, 1), (0, 2, 1), (1, 2, 0))
    for choice in choices if share > 1 else ():
        sizes = [share + more for more in choice]
        sizes.append(volume - sum(sizes))
        if sizes[-1] > 0 and all(one != other for one, other in pairwise([before, *sizes])):
            return tuple(sizes)
    return Decimal(0), Decimal(0), Decimal(0), volume


def _met(order: Order, bar: tuple[Decimal, ...]) -> Decimal | None:
    """At what price a bar (open, high, low, close) fills a resting order; None: not."""
    opened, high, low, _ = bar
    stop, limit = order.stop, order.limit
    if stop is not None and not order.triggered:
        if not (high >= stop if order.buying else low <= stop):
            return None
        if limit is None:
            gap = opened >= stop if order.buying else opened <= stop
            return opened if gap else stop
    if limit is None:
        return None
    if not (low < limit if order.buying else high > limit):
        return None
    gap = opened < limit if order.buying else opened > limit
    return opened if gap else limit


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * _US)


class Replay:
    """Trades an algorithm live on past days.

    Args:
        data_folder: LEAN's.
        first, last: The days, in New York; from the first one's midnight to the last one's end.
        cash: What the account begins with, in US dollars.
        folder: Where the services keep journal and log.
        alert: Hears the services' alerts.
    """

    def __init__(
        self,
        data_folder: Path,
        first: date,
        last: date,
        *,
        cash: float,
        folder: Path,
        alert: Callable[[Any], None],
    ) -> None:
        if last < first:
            raise UsageError(f"the last day, {last}, is before the first one, {first}; exchange them")
        self._data = data_folder
        self._start = datetime(first.year, first.month, first.day, tzinfo=_NEW_YORK).astimezone(UTC)
        end = datetime(last.year, last.month, last.day, tzinfo=_NEW_YORK) + timedelta(days=1)
        self._end = end.astimezone(UTC)
        self._cash = cash
        self._folder = folder
        self._alert = alert
        self.printed: dict[str, int] = {}
        """After the run: how many bars there were of each symbol that the algorithm subscribed to."""
        self.cash_asked_for: float | None = None
        """After the run: what the algorithm's `set_cash` said."""

    def run(self, algorithm: type[Any], make_job: Callable[[Callable[[], datetime]], LiveJob]) -> LiveOutcome:
        """From the first day to the last.

        Args:
            algorithm: Its class.
            make_job: Makes the job; given the clock (naive UTC).

        Raises:
            DataError: The simulator does not know what the algorithm subscribes to.
        """
        runner = asyncio.Runner(loop_factory=VirtualTimeLoop)
        loop = runner.get_loop()
        asyncio.set_event_loop(loop)
        simulator = Simulator(
            clock=LoopClock(self._start, loop), data=self._data, cash=self._cash, accounts=[_ACCOUNT],
            always_open=False, pacing=False,
        )  # fmt: skip
        try:
            runner.run(simulator.start())
            return self._play(loop, simulator, algorithm, make_job)
        finally:
            runner.run(simulator.stop())
            runner.close()
            asyncio.set_event_loop(None)

    def _play(
        self,
        loop: asyncio.AbstractEventLoop,
        simulator: Simulator,
        algorithm: type[Any],
        make_job: Callable[[Callable[[], datetime]], LiveJob],
    ) -> LiveOutcome:
        clock = ServiceClock(self._start, loop)
        settings = load_settings(
            "paper", self._folder, host=simulator.host, paper_port=simulator.port, seed=1, risk={"unlimited": True},
            quotes={"stale_after": _DAY}, orders={"restart_gate": 0},
        )  # fmt: skip
        services = IBConnectionManager(settings, role="live", clock=clock, alert=self._alert)
        bridge = LoopBridge(clock, loop)
        tape = Tape(simulator, self._data)
        job = make_job(bridge.now)
        run = LiveRun(algorithm, job, bridge, services, finest_pulse=None)

        job.in_rhythm = False  # minutes pass in a moment
        job.on_subscription = lambda config: self._play_stream(tape, config)
        loop.run_until_complete(services.start())
        timer = loop.call_later((self._end - clock.now()).total_seconds(), run.request_stop)
        try:
            return run.run()
        finally:
            self.printed, self.cash_asked_for = tape.printed, run.cash_asked_for
            timer.cancel()
            loop.run_until_complete(services.stop())

    @staticmethod
    def _play_stream(tape: Tape, config: SubscriptionDataConfig) -> None:
        """Prints what the algorithm subscribes to."""
        name = config.resolution.lean_name.lower()
        try:
            tape.play(_symbol_name(config.symbol), {"tick": "second"}.get(name, name))
        except (KeyError, ValueError) as error:
            raise DataError(f"the simulator does not know {config.symbol.value}: {error}") from error


def _symbol_name(symbol: Symbol) -> str:
    """The simulator's name of a symbol."""
    ticker = symbol.value
    return f"{ticker[:3]}.{ticker[3:]}" if symbol.security_type is SecurityType.FOREX else ticker
