"""The clock: yields one time slice after the other, in time's order over all streams.

From `Engine/DataFeeds/{Synchronizer,SubscriptionSynchronizer,SubscriptionFrontierTimeProvider}.cs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from leanib.engine.core.data_manager import DataManager
from leanib.engine.core.time_slice import Packet, TimeSlice, TimeSliceFactory
from leanib.engine.core.universe_selection import UniverseSelection
from leanib.engine.feeds.subscription import Subscription
from leanib.engine.market import BaseData, Delisting, DelistingType, MarketDataType
from leanib.engine.market.base_data import END_OF_TIME
from leanib.engine.market.universe import BaseDataCollection, SecurityChanges, Universe

if TYPE_CHECKING:
    from leanib.engine.core.parts import StrategyParts

__all__ = ["Synchronizer"]

_NO_CHANGES = SecurityChanges.NONE
_AUXILIARY = MarketDataType.AUXILIARY
_END = END_OF_TIME


class Synchronizer:
    """Moves the frontier from data point to data point, and lets universes select on the way."""

    def __init__(self, algorithm: StrategyParts, data_manager: DataManager, selection: UniverseSelection) -> None:
        self._algorithm = algorithm
        self._data_manager = data_manager
        self._streams = data_manager.data_feed_subscriptions
        self._selection = selection
        self._universe_data: dict[Universe, BaseDataCollection] = {}
        self._changes = SecurityChanges.NONE
        self._next = _END
        self._last_read: list[Subscription] = []

    def stream(self) -> Iterator[TimeSlice]:
        """The time slices of the whole run; empty ones that bring nothing end it."""
        algorithm = self._algorithm
        warm_up_end = algorithm.time_zone.to_utc(algorithm.start_date)
        factory = TimeSliceFactory(algorithm.time_zone, algorithm.securities.find)
        previous_time, previous_was_pulse, retried = _END, False, False
        for step in self._sync(factory):
            if step.is_time_pulse and algorithm.time_keeper.utc_time == step.time:
                previous_was_pulse = True
                continue
            if step.time > warm_up_end and algorithm.is_warming_up and algorithm.get_locked():
                yield factory.create_time_pulse(warm_up_end)
            if step.time != previous_time or previous_was_pulse or step.universe_data:
                previous_time, previous_was_pulse, retried = step.time, step.is_time_pulse, False
                yield step
            elif not step.slice.has_data or retried:
                return
            else:
                retried = True

    def _sync(self, factory: TimeSliceFactory) -> Iterator[TimeSlice]:
        frontier = self._initial_frontier()
        selection = self._selection
        while True:
            frontier = self._advance(frontier)
            packets: list[Packet] = []
            finished: list[Subscription] = []
            selected: dict[Universe, BaseDataCollection] = {}
            self._changes = SecurityChanges.NONE
            while True:
                changes = SecurityChanges.NONE
                self._read(frontier, packets, finished)
                if self._universe_data:
                    yield factory.create_time_pulse(frontier)
                    changes = self._select(frontier, selected)
                    self._changes += changes
                if changes is _NO_CHANGES and not selection.add_pending_internal_data_feeds(frontier):
                    break
            step = factory.create(frontier, packets, self._changes, selected)
            for stream in finished:
                self._data_manager.remove_subscription(stream.configuration)
            yield step

    def forget_next(self) -> None:
        """Somebody else has moved the streams: when the next of them has something is not known."""
        self._next = _END

    # --- time ----------------------------------------------------------------------------------------------------

    def _initial_frontier(self) -> datetime:
        times = [stream.emit_time for stream in self._streams if stream.current is not None]
        return min(times, default=self._algorithm.utc_time)

    def _advance(self, now: datetime) -> datetime:
        """The time of the next data point; never before now."""
        if self._next is not _END and self._streams.sorted() is self._last_read:
            return max(now, self._next)
        earliest = _END
        for stream in self._streams.sorted():
            if stream.current is None:
                if stream.is_universe_selection_subscription or stream.utc_start_time == now:
                    stream.move_next()
                if stream.current is None:
                    continue
            if stream.emit_time < earliest:
                earliest = stream.emit_time
        return earliest if earliest is not _END and earliest > now else now

    # --- reading -------------------------------------------------------------------------------------------------

    def _read(self, frontier: datetime, packets: list[Packet], finished: list[Subscription]) -> None:
        """Take what all streams have up to the frontier, and note when the next of it comes."""
        earliest, known = _END, True
        self._last_read = self._streams.sorted()
        for stream in self._last_read:
            if stream.current is None:
                if not stream.end_of_stream:
                    stream.move_next()
                if stream.end_of_stream:
                    self._data_manager.remove_subscription(stream.configuration)
                    continue
            if stream.current is not None and stream.emit_time <= frontier:
                data = self._take(stream, frontier, finished)
                if stream.is_universe_selection_subscription:
                    self._add_universe_data(stream, frontier, data)
                else:
                    packets.append((stream, data))
            if stream.is_universe_selection_subscription and stream.universe.dispose_requested:
                self._end_universe(stream, frontier)
            if stream.current is None:
                known = False
            elif stream.emit_time < earliest:
                earliest = stream.emit_time
        self._next = earliest if known else _END

    def _end_universe(self, stream: Subscription, frontier: datetime) -> None:
        """A universe that is to go selects once more: nothing."""
        config = stream.configuration
        self._universe_data.setdefault(stream.universe, BaseDataCollection(frontier, frontier, config.symbol))
        self._data_manager.remove_subscription(config)

    def _take(self, stream: Subscription, frontier: datetime, finished: list[Subscription]) -> list[BaseData]:
        data: list[BaseData] = []
        point = stream.current
        while point is not None:
            if point.data_type is _AUXILIARY and isinstance(point, Delisting):
                self._on_delisting(stream, point)
            data.append(point)
            if not stream.move_next():
                finished.append(stream)
                break
            if stream.emit_time > frontier:
                break
            point = stream.current
        return data

    def _on_delisting(self, stream: Subscription, delisting: Delisting) -> None:
        if stream.is_universe_selection_subscription:
            stream.universe.dispose()
        elif delisting.type is DelistingType.DELISTED:
            self._changes += self._selection.handle_delisting(delisting, stream.configuration.is_internal_feed)

    # --- universes -----------------------------------------------------------------------------------------------

    def _add_universe_data(self, stream: Subscription, frontier: datetime, data: list[BaseData]) -> None:
        first = data[0]
        points = first.data if isinstance(first, BaseDataCollection) else data
        collection = self._universe_data.get(stream.universe)
        if collection is not None:
            collection.add_range(points)
            return
        collection = BaseDataCollection(frontier, frontier, stream.configuration.symbol, points)
        if isinstance(first, BaseDataCollection):
            collection.underlying, collection.filtered_contracts = first.underlying, first.filtered_contracts
        self._universe_data[stream.universe] = collection

    def _select(self, frontier: datetime, selected: dict[Universe, BaseDataCollection]) -> SecurityChanges:
        changes = SecurityChanges.NONE
        pending, self._universe_data = self._universe_data, {}
        for universe in sorted(pending, key=lambda u: (int(u.configuration.resolution), u.symbol.id)):
            selected[universe] = pending[universe]
            changes += self._selection.apply_universe_selection(universe, frontier, pending[universe])
        return changes
