"""Reads a stream whose type tells where its data are: custom data and universe files (`SubscriptionDataReader.cs`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from leanib.engine.custom import FileFormat
from leanib.engine.custom.reading import read_source
from leanib.engine.feeds.corporate_events import CorporateEvents
from leanib.engine.market import BaseData, BaseDataCollection
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import convert_time, midnight
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.symbols import Symbol

__all__ = ["SourceReader", "universe_points"]


class SourceReader:
    """Iterates over the points that `get_source` and `reader` of the stream's type give for each tradable day."""

    def __init__(self, request: SubscriptionRequest) -> None:
        self._config = request.configuration
        self._start, self._end = request.start_time_local, request.end_time_local
        self._is_universe = request.is_universe_subscription
        self._days = request.tradable_days_in_data_time_zone()
        self._factory: Any = self._config.type()
        self._factory.symbol = self._config.symbol
        self._auxiliary: deque[BaseData] = deque()
        self._day: datetime | None = None
        self._source: Any = None

    def __iter__(self) -> Iterator[BaseData]:
        maps = self._factory.requires_mapping()
        self._events = CorporateEvents(self._config, self._start, maps, self._is_universe)
        if midnight(self._start) > self._events.delisting_date:
            return
        waiting = self._auxiliary
        for point in self._prices():
            while waiting and waiting[0].end_time < point.end_time:
                yield waiting.popleft()
            yield point
        yield from waiting

    def _advance(self) -> bool:
        """Go to the next day that has data."""
        for day in self._days:
            self._auxiliary.extend(self._events.on_date(day, 0.0))
            if day > self._events.delisting_date:
                break
            if self._events.map_file.has_data(day):
                self._day = day
                return True
        self._day = None
        return False

    def _next_source(self) -> bool:
        """Go on to the day whose source differs from the present one."""
        while self._advance():
            if self._changes_source():
                return True
        return False

    def _changes_source(self) -> bool:
        source = self._factory.get_source(self._config, self._day, False)
        if source is None or not source.source or source == self._source:
            return False
        self._source = source
        return True

    def _prices(self) -> Iterator[BaseData]:
        previous_end = NO_TIME
        more = self._next_source()
        while more:
            assert self._day is not None
            more = False
            for point in self._read(self._day):
                if self._passes_source(point):
                    more = True
                    break
                if point.end_time < previous_end:
                    continue
                if point.time > self._end:
                    return
                previous_end = point.end_time
                if point.end_time >= self._start:
                    yield point
            more = more or (self._day is not None and self._next_source())

    def _read(self, day: datetime) -> Iterator[BaseData]:
        points = read_source(self._source, self._config, day, self._factory)
        return _folded(points, self._config.symbol) if self._source.format is FileFormat.FOLDING_COLLECTION else points

    def _passes_source(self, point: BaseData) -> bool:
        """Whether the point lies on a day that has another source, which is to be read instead."""
        config = self._config
        in_data_zone = convert_time(point.time, config.exchange_time_zone, config.data_time_zone)
        while self._day is not None and midnight(in_data_zone) > self._day:
            if not self._advance():
                return False
            if self._changes_source():
                return True
        return False


def _folded(points: Iterator[BaseData], symbol: Symbol) -> Iterator[BaseData]:
    """Points that end together as one collection (`BaseDataCollectionAggregatorReader.cs`)."""
    for end, together in groupby(points, key=lambda point: point.end_time):
        data = list(together)
        yield BaseDataCollection(data[0].time, end, symbol, data)


def universe_points(request: SubscriptionRequest) -> Iterator[BaseData | None]:
    """What a universe selects from: its own points, or what its type's `get_source` points to."""
    points = request.universe.data_points(request)
    return iter(SourceReader(request) if points is None else points)
