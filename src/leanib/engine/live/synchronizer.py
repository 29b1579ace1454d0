"""Time steps on the wall clock (`LiveSynchronizer.cs`).

The warm-up runs as fast as it can, its time given by the data, and ends with a pulse at the moment of the start. Then
there is a step whenever data is ready, and one at least each whole second, whether it brings anything or not.

A step at a whole second has that second as its time, where LEAN has some microseconds more: `self.time` of a minute's
bar is the minute, live as in a backtest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leanib import collector
from leanib.engine.core.data_manager import DataManager
from leanib.engine.core.synchronizer import Synchronizer
from leanib.engine.core.time_slice import TimeSlice, TimeSliceFactory
from leanib.engine.core.universe_selection import UniverseSelection
from leanib.engine.live.bridge import Bridge
from leanib.engine.live.feed import LiveDataFeed
from leanib.engine.market.calendars import round_down

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["LiveSynchronizer"]

_SECOND = timedelta(seconds=1)


class LiveSynchronizer(Synchronizer):
    """The feed of a live run.

    Args:
        algorithm: Whose time it is.
        data_manager: The streams.
        selection: The universes.
        feed: Makes the streams.
        bridge: The wall clock, and what wakes the algorithm.
        between: Called on the algorithm's thread before each step: what came meanwhile.
        begins: Called when a step begins.
        pulse: How often there is a step at least, now; whole seconds.
    """

    def __init__(
        self,
        algorithm: QCAlgorithm,
        data_manager: DataManager,
        selection: UniverseSelection,
        feed: LiveDataFeed,
        bridge: Bridge,
        between: Callable[[], object],
        begins: Callable[[], object],
        pulse: Callable[[], timedelta] = lambda: _SECOND,
    ) -> None:
        super().__init__(algorithm, data_manager, selection)
        self._feed = feed
        self._bridge = bridge
        self._between = between
        self._begins = begins
        self._pulse = pulse
        self._has_quit = algorithm.get_quit
        self._start = algorithm.utc_time
        self._is_live = False

    def stream(self) -> Iterator[TimeSlice]:
        """The time steps, without end: whoever takes them decides when it is enough."""
        algorithm = self._algorithm
        self._start = algorithm.time_zone.to_utc(algorithm.start_date)
        self._is_live = not algorithm.is_warming_up
        factory = TimeSliceFactory(algorithm.time_zone, algorithm.securities.find)
        for step in self._sync(factory):
            if step.is_time_pulse and algorithm.utc_time == step.time:
                continue
            if self._is_live and algorithm.is_warming_up and algorithm.get_locked():
                yield factory.create_time_pulse(self._start)
            yield step

    def _initial_frontier(self) -> datetime:
        return super()._initial_frontier() if self._algorithm.is_warming_up else self._algorithm.utc_time

    def _advance(self, now: datetime) -> datetime:
        """The time of the next step."""
        if not self._is_live:
            self._feed.frontier = self._start
            following = super()._advance(now)
            pending = any(stream.current is not None and stream.emit_time <= self._start for stream in self._streams)
            if pending and following <= self._start:
                return following
            self._is_live = True
        frontier = max(now, self._wait(now))
        self._begins()
        self._feed.frontier = frontier
        return frontier

    def _wait(self, now: datetime) -> datetime:
        """Until data is ready or the next second begins; what came for the algorithm meanwhile is done on the way."""
        bridge = self._bridge
        length = self._pulse()
        pulse = round_down(bridge.now(), length)
        if pulse <= now:
            pulse = round_down(now, length) + length
        self._between()
        while True:
            if self._has_quit():
                return max(now, bridge.now())
            if bridge.now() >= pulse:
                return max(pulse, round_down(bridge.now(), length))
            if self._feed.has_ready():  # what woke it may have been waited for elsewhere
                return bridge.now()
            collector.tidy()
            bridge.wait(pulse)
            if bridge.has_mail or not self._feed.is_ready:  # data alone does not wait for what is done between steps
                self._between()
