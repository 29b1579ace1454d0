"""Bars out of ticks (`AggregationManager.cs`, `ScannableEnumerator.cs`, `PeriodCountConsolidatorBase.cs`).

A bar is emitted by the first tick of a later period, or by a look at the clock when its period is over; what comes
later for it is dropped. A quote bar opens where the one before it closed.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.live.ticks import TickReader
from leanib.engine.market import BaseData, QuoteBar, SubscriptionDataConfig, Tick, TradeBar
from leanib.engine.market.bars import Bar
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import round_down_in_time_zone
from leanib.engine.symbols import Resolution, TickType

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["Aggregator", "TickHub"]

_MOST_TICKS = 200_000
"""Ticks of one subscription that may wait for a slow algorithm; older ones are dropped, which is told."""


class Aggregator:
    """Makes the points of one subscription. Times are in the exchange's zone.

    Args:
        config: The subscription.
        hours: The exchange's.
        strict: Whether daily bars run from the market's open to its close.
    """

    def __init__(self, config: SubscriptionDataConfig, hours: SecurityExchangeHours, strict: bool) -> None:
        self.config = config
        self._hours = hours
        self._strict = strict
        self._is_quote = config.tick_type is TickType.QUOTE
        self._passes_ticks = config.resolution is Resolution.TICK or config.tick_type is TickType.OPEN_INTEREST
        self._working: TradeBar | QuoteBar | None = None
        self._end = self._last_emit = NO_TIME
        self._ready: deque[BaseData] = deque()
        self.dropped = 0

    def is_open(self, utc_now: datetime) -> bool:
        """Whether its market is open at a naive UTC time; internal streams count regular hours only."""
        config = self.config
        extended = config.extended_market_hours and not config.is_internal_feed
        return bool(self._hours.is_open(config.exchange_time_zone.to_local(utc_now), extended))

    def add(self, tick: Tick) -> bool:
        """Takes in a tick; whether a point is ready."""
        if tick.tick_type is not self.config.tick_type:
            return False
        if self._passes_ticks:
            if len(self._ready) >= _MOST_TICKS:
                self._ready.popleft()
                self.dropped += 1
            self._ready.append(self._own(tick))
            return True
        if tick.suspicious or tick.time < self._last_emit:
            return False
        emitted = False
        if self._working is not None and tick.time >= self._end:
            emitted = self._emit()
        if self._working is None and not self._begin(tick.time):
            return emitted
        self._update(tick)
        return emitted

    def scan(self, now: datetime) -> None:
        """Emits the bar whose period is over by now."""
        if self._working is not None and now >= self._end:
            self._emit()

    def take(self) -> BaseData | None:
        """The next point that is ready."""
        return self._ready.popleft() if self._ready else None

    def _own(self, tick: Tick) -> Tick:
        """A tick that is passed on, of the stream's symbol: a continuous future's come from a contract.

        Open interest has the begin of the period in which it came, so that it is filled forward with the bars.
        """
        config = self.config
        in_bars = config.resolution is not Resolution.TICK
        if tick.symbol is config.symbol and not in_bars:
            return tick
        tick = tick.clone()
        tick.symbol = config.symbol
        if in_bars:
            zone = config.exchange_time_zone
            tick.time = round_down_in_time_zone(tick.time, config.increment, zone, config.data_time_zone)
        return tick

    def _begin(self, time: datetime) -> bool:
        """Starts the bar of a time; False where there is none, outside of a daily bar's market hours."""
        config = self.config
        if self._strict:
            if not self._hours.is_date_open(time):
                return False
            start, end = self._hours.get_daily_hours(time, False)
            if not start <= time < end:
                return False
        else:
            zone = config.exchange_time_zone
            start = round_down_in_time_zone(time, config.increment, zone, config.data_time_zone)
            end = start + config.increment
        self._end = end
        period: timedelta = end - start
        if self._is_quote:
            self._working = QuoteBar(start, config.symbol, period=period)
            self._working.bid, self._working.ask = self._previous_close
        else:
            self._working = TradeBar(start, config.symbol, period=period)
        return True

    _close: tuple[float, float] = (0.0, 0.0)

    @property
    def _previous_close(self) -> tuple[Bar | None, Bar | None]:
        bid, ask = self._close
        return (Bar(bid, bid, bid, bid) if bid else None), (Bar(ask, ask, ask, ask) if ask else None)

    def _update(self, tick: Tick) -> None:
        bar = self._working
        assert bar is not None
        if self._is_quote:
            bar.update(0.0, tick.bid_price, tick.ask_price, 0.0, tick.bid_size, tick.ask_size)
        else:
            bar.update(tick.value, 0.0, 0.0, tick.quantity, 0.0, 0.0)

    def _emit(self) -> bool:
        bar, self._working = self._working, None
        assert bar is not None
        self._last_emit = self._end
        if isinstance(bar, QuoteBar):
            self._close = (bar.bid.close if bar.bid else 0.0), (bar.ask.close if bar.ask else 0.0)
            bar = QuoteBar(bar.time, bar.symbol, bar.bid, bar.last_bid_size, bar.ask, bar.last_ask_size, bar.period)
        self._ready.append(bar)
        return True


class TickHub:
    """Takes IB's messages on the connection's thread and gives points to the algorithm's.

    Args:
        wake: Called when a point is ready.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._readers: dict[str, TickReader] = {}
        self._aggregators: dict[str, list[Aggregator]] = {}
        self.received_at: dict[str, datetime] = {}
        #: whether a point waits since the last look
        self.ready = False

    def add(self, name: str, aggregator: Aggregator) -> bool:
        """Feeds an aggregator with the ticks of a symbol; whether it is the symbol's first."""
        with self._lock:
            first = name not in self._readers
            if first:
                config = aggregator.config
                self._readers[name] = TickReader(config.symbol, config.exchange_time_zone)
            self._aggregators.setdefault(name, []).append(aggregator)
            return first

    def remove(self, name: str, aggregator: Aggregator) -> bool:
        """Feeds it no more; whether the symbol has none left."""
        with self._lock:
            left = self._aggregators.get(name, [])
            if aggregator in left:
                left.remove(aggregator)
            if left:
                return False
            self._aggregators.pop(name, None)
            self._readers.pop(name, None)
            return True

    def is_expected(self, name: str, utc_now: datetime) -> bool:
        """Whether ticks of a symbol are waited for now: its market is open as a user has subscribed to it."""
        with self._lock:
            aggregators = list(self._aggregators.get(name, ()))
        return any(aggregator.is_open(utc_now) for aggregator in aggregators)

    def on_messages(self, name: str, messages: Iterable[Any], utc_now: datetime) -> None:
        """IB's messages of a symbol came, on the connection's thread."""
        with self._lock:
            reader = self._readers.get(name)
            if reader is None:
                return
            self.received_at[name] = utc_now
            ready = False
            for tick in reader.read(messages, utc_now):
                for aggregator in self._aggregators[name]:
                    ready |= aggregator.add(tick)
        if ready:
            self.ready = True
            self._wake()

    def take(self, aggregator: Aggregator, local_now: datetime) -> BaseData | None:
        """The next point of a subscription that is due, on the algorithm's thread."""
        with self._lock:
            point = aggregator.take()
            if point is None:
                aggregator.scan(local_now)
                point = aggregator.take()
            return point
