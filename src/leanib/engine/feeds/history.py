"""Answers history requests from the data folder, with the loop's own readers and fill-forward.

From `Engine/HistoricalData/SubscriptionDataReaderHistoryProvider.cs` and `SynchronizingHistoryProvider.cs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from leanib.engine.feeds.corporate_events import CorporateEvents
from leanib.engine.feeds.data_feed import past_points, price_points
from leanib.engine.feeds.past_bars import can_be_columns, read_bars
from leanib.engine.feeds.subscription import Subscription
from leanib.engine.feeds.timing import timed
from leanib.engine.market import (
    BaseData,
    Delisting,
    Dividend,
    MarketDataType,
    Slice,
    Split,
    SymbolChangedEvent,
    TradeBar,
)
from leanib.engine.market.bar_frames import FRAME_LEVELS, PastBars
from leanib.engine.market.calendars import use_daily_strict_end_times
from leanib.engine.market.history_request import HistoryRequest
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.symbols import Resolution

if TYPE_CHECKING:
    from leanib.engine.timezones import DateTimeZone

__all__ = ["HistoryProvider", "Memoized"]

_CORPORATE_EVENTS = (Split, Dividend, SymbolChangedEvent, Delisting)

T = TypeVar("T")


class Memoized(Sequence[T], Generic[T]):
    """A history that is read when somebody looks at it, and kept; like a list once it is read."""

    def __init__(self, items: Iterable[T]) -> None:
        self._rest = iter(items)
        self._known: list[T] = []

    def __iter__(self) -> Iterator[T]:
        position = 0
        while True:
            while position < len(self._known):
                yield self._known[position]
                position += 1
            if not self._read(1):
                return

    def _read(self, count: int | None) -> bool:
        before = len(self._known)
        self._known.extend(self._rest if count is None else islice(self._rest, count))
        return len(self._known) > before

    def __len__(self) -> int:
        self._read(None)
        return len(self._known)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        self._read(None)
        return self._known[index]

    def __bool__(self) -> bool:
        return bool(self._known) or self._read(1)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))


class HistoryProvider:
    """Reads history; `data_point_count` is LEAN's AlgorithmHistoryDataPoints.

    `source` gives the points of a stream as they were (see `price_points`); by default the data folder.
    """

    def __init__(
        self, settings: Any, source: Callable[[SubscriptionRequest, bool], Iterable[BaseData]] | None = None
    ) -> None:
        self._settings = settings
        self._source = source
        self.data_point_count = 0

    def get_history(self, requests: Iterable[HistoryRequest], slice_time_zone: DateTimeZone) -> Iterator[Slice]:
        """The data of all requests in slices, ordered by the UTC time at which they were known.

        Args:
            requests: what is asked for; within a slice the data come in this order.
            slice_time_zone: the zone of the slices' times.
        """
        subscriptions = [self._subscribe(request) for request in requests]
        for frontier, data in self._synchronized(subscriptions):
            yield Slice(slice_time_zone.to_local(frontier), data, frontier)

    def get_bars(self, requests: Sequence[HistoryRequest]) -> list[PastBars] | None:
        """The bars of all requests as columns; None, with nothing read, where some cannot be had so, for a frame."""
        streams = [request.to_subscription_request() for request in requests]
        if self._source is not None or len({(one.symbol, one.data_type) for one in requests}) < len(requests):
            return None
        for request, stream in zip(requests, streams, strict=True):
            if not can_be_columns(stream, _span(request)) or request.symbol.asset.frame_levels != FRAME_LEVELS:
                return None
        precise = bool(self._settings.daily_precise_end_time)
        found = [
            read_bars(stream, self._is_strict(stream), precise, _span(request))
            for request, stream in zip(requests, streams, strict=True)
        ]
        self.data_point_count += sum(map(len, found))
        return found

    def _is_strict(self, stream: SubscriptionRequest) -> bool:
        precise, config = bool(self._settings.daily_precise_end_time), stream.configuration
        return use_daily_strict_end_times(precise, config.type, config.symbol, config.increment, stream.exchange_hours)

    def _subscribe(self, request: HistoryRequest) -> Subscription:
        stream = request.to_subscription_request()
        precise = bool(self._settings.daily_precise_end_time)
        config, strict, span = stream.configuration, self._is_strict(stream), _span(request)
        if request.data_type in _CORPORATE_EVENTS:
            points: Iterator[BaseData] = _corporate_events(stream)
        else:
            source = past_points if self._source is None else self._source
            points = price_points(stream, strict, None if span is None else (lambda: span), None, source)
        if config.resolution is not Resolution.TICK:
            points = _within(points, request.data_type, stream.start_time_local, stream.end_time_local)
        return Subscription(stream, timed(points, stream, precise))

    def _synchronized(self, subscriptions: list[Subscription]) -> Iterator[tuple[datetime, list[BaseData]]]:
        """Moments, each with the data that were known then."""
        running = [subscription for subscription in subscriptions if subscription.move_next()]
        while running:
            frontier = min(subscription.emit_time for subscription in running)
            data: list[BaseData] = []
            ended = False
            for subscription in running:
                while subscription.current is not None and subscription.emit_time <= frontier:
                    data.append(subscription.current)
                    ended = not subscription.move_next() or ended
            if ended:
                running = [subscription for subscription in running if not subscription.end_of_stream]
            self.data_point_count += len(data)
            yield frontier, data


def _span(request: HistoryRequest) -> timedelta | None:
    """The time between filled points; None fills nothing."""
    if request.fill_forward_resolution is None or request.resolution is Resolution.TICK:
        return None
    return request.fill_forward_resolution.to_time_span()


def _corporate_events(stream: SubscriptionRequest) -> Iterator[BaseData]:
    """The splits, dividends, changes of ticker and delistings that a stream of trades would have brought."""
    events = CorporateEvents(stream.configuration.replace(type=TradeBar), stream.start_time_local)
    for day in stream.tradable_days_in_data_time_zone():
        yield from events.on_date(day, 0.0)
        if day > events.delisting_date:
            return


def _within(
    points: Iterator[BaseData], data_type: type, start_local: datetime, end_local: datetime
) -> Iterator[BaseData]:
    """Points that end after the start and not after the end; auxiliary ones only when they are asked for."""
    auxiliary = MarketDataType.AUXILIARY
    for point in points:
        if point.data_type is auxiliary and type(point) is not data_type:
            continue
        if start_local < point.end_time <= end_local:
            yield point
