"""Streams of a live run: the warm-up from files and IB's history, then what IB's ticks make."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.derivatives.futures.factors import ContractFactors
from leanib.engine.feeds.data_feed import is_valid_configuration, price_points, with_warm_up_resolution
from leanib.engine.feeds.subscription import Subscription, SubscriptionCollection
from leanib.engine.feeds.timing import timed
from leanib.engine.live.aggregation import Aggregator, TickHub
from leanib.engine.live.contract_days import ContractDays
from leanib.engine.live.contracts import ib_name
from leanib.engine.live.custom import polled_points
from leanib.engine.live.filling import LiveFillForward
from leanib.engine.live.universes import live_universe_points
from leanib.engine.market import BaseData, Delisting, DelistingType, MarketDataType, SubscriptionDataConfig
from leanib.engine.market.calendars import use_daily_strict_end_times
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.symbols import MapFileProvider, Resolution
from leanib.errors import NotSupportedError

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.live.history import RawPoints
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["LiveDataFeed", "Subscriber"]

_LOG = logging.getLogger(__name__)
_ZERO = timedelta(0)
_HOUR = timedelta(hours=1)
_AUXILIARY = MarketDataType.AUXILIARY


class Subscriber(Protocol):
    """Who has IB send a symbol's market data."""

    def subscribe(self, name: str) -> None:
        """Begins; does not wait, and tells the user where IB refuses."""

    def unsubscribe(self, name: str) -> None:
        """Ends."""


class LiveDataFeed:
    """Makes the streams of a live run.

    Args:
        algorithm: Whose streams they are.
        streams: The running ones.
        hub: Makes points of ticks.
        subscriber: Has IB send market data.
        history: Gives past points: files, then IB.
        begun: Told of each stream of market data that begins.
    """

    def __init__(
        self,
        algorithm: QCAlgorithm,
        streams: SubscriptionCollection,
        hub: TickHub,
        subscriber: Subscriber,
        history: RawPoints,
        begun: Callable[[SubscriptionDataConfig], object],
    ) -> None:
        self._algorithm = algorithm
        self._streams = streams
        self._hub = hub
        self._subscriber = subscriber
        self._history = history
        self._begun = begun
        #: the moment up to which streams are read: the wall clock, or the end of the warm-up
        self.frontier = algorithm.utc_time
        self._renewed_at = self.frontier
        self._told: set[str] = set()

    def create_subscription(self, request: SubscriptionRequest) -> Subscription:
        """The stream of a request, with its warm-up before it when the algorithm warms up."""
        config = request.configuration
        strict = bool(self._algorithm.settings.daily_precise_end_time)
        warm_up = self._warm_up(request) if self._algorithm.is_warming_up else iter(())
        if request.is_universe_subscription:
            points = live_universe_points(request, lambda: self.frontier)
            return Subscription(request, timed(points, request, strict))
        if config.is_custom_data:
            points = _joined(warm_up, polled_points(request, lambda: self.frontier, self._tell_once))
            return Subscription(request, timed(points, request, strict))
        return LiveSubscription(request, timed(self._live(request, warm_up), request, strict), self)

    @property
    def is_ready(self) -> bool:
        """Whether ticks have made a point since `has_ready` was asked."""
        return self._hub.ready

    def has_ready(self) -> bool:
        """Whether ticks have made a point since this was last asked."""
        ready, self._hub.ready = self._hub.ready, False
        return ready

    # --- the past ------------------------------------------------------------------------------------------------

    def _warm_up(self, request: SubscriptionRequest) -> Iterator[BaseData]:
        algorithm, config = self._algorithm, request.configuration
        end = algorithm.time_zone.to_utc(algorithm.start_date)
        resolution = algorithm.settings.warmup_resolution
        warm_config = config if resolution is None else with_warm_up_resolution(config, resolution)
        if request.start_time_utc >= end or not is_valid_configuration(
            config.security_type, warm_config.resolution, config.tick_type
        ):
            return iter(())
        past = request.replace(end_time_utc=end, configuration=warm_config)
        if not past.has_tradable_days():
            return iter(())
        fills = config.fill_data_forward and warm_config.resolution is not Resolution.TICK
        span = self._streams.fill_forward_resolution if resolution is None else resolution.to_time_span()
        strict = self._is_strict(past.configuration, past.exchange_hours)
        limit = past.end_time_local
        points = price_points(past, strict, (lambda: span) if fills else None, None, self._history.of)
        return (point for point in points if point.end_time <= limit)

    def _is_strict(self, config: SubscriptionDataConfig, hours: SecurityExchangeHours) -> bool:
        precise = bool(self._algorithm.settings.daily_precise_end_time)
        return use_daily_strict_end_times(precise, config.type, config.symbol, config.increment, hours)

    # --- the present ---------------------------------------------------------------------------------------------

    def _live(self, request: SubscriptionRequest, warm_up: Iterator[BaseData]) -> Iterator[BaseData | None]:
        """The warm-up, then for ever what is due by the frontier: a point, or None when there is nothing now."""
        config, hours = request.configuration, request.exchange_hours
        strict = self._is_strict(config, hours)
        self._streams.prepare_fill_forward_resolution(config)
        filling = LiveFillForward(config, hours, strict, lambda: self._streams.fill_forward_resolution)
        zone = hours.time_zone
        told: list[DelistingType] = []
        line = _Line(self, config, Aggregator(config, hours, strict))
        for point in warm_up:
            if point.data_type is not _AUXILIARY:
                filling.previous = point
            elif isinstance(point, Delisting):
                told.append(point.type)
            yield point
        days = ContractDays(request, zone.to_local(self.frontier), told) if config.symbol.asset.has_contracts else None
        line.follow()
        try:
            while days is None or not days.has_ended:
                now = zone.to_local(self.frontier)
                if days is not None and days.is_due(now):
                    self._renew_files()
                    yield from days.begin(now, filling.previous.value if filling.previous is not None else 0.0)
                    line.follow()
                ready = self._hub.take(line.aggregator, now)
                if ready is None:
                    yield filling.due(now)
                    continue
                if days is not None:
                    ready = days.joined(ready)
                filling.previous = ready
                if self._passes(request, ready):
                    yield ready
        finally:
            line.end()

    def _renew_files(self) -> None:
        """What the data folder says of contracts is read anew once an hour at most, when a day begins somewhere."""
        if self.frontier - self._renewed_at >= _HOUR:
            self._renewed_at = self.frontier
            MapFileProvider.forget()
            ContractFactors.forget()

    def _passes(self, request: SubscriptionRequest, point: BaseData) -> bool:
        """Whether a user hears of a point. What lies outside of market hours only sets the security's price."""
        config, security = request.configuration, request.security
        if not config.is_filtered_subscription:
            return True
        if not request.exchange_hours.is_open(point.time, point.end_time, config.extended_market_hours):
            security.set_market_price(point)
            return False
        data_filter = getattr(security, "data_filter", None)
        return data_filter is None or bool(data_filter.filter(security, point))

    def start(self, config: SubscriptionDataConfig, aggregator: Aggregator) -> str:
        """Has IB send a stream's data; the name under which it does, empty when it cannot or has none."""
        if config.symbol.is_canonical() and config.symbol.asset.is_option:
            return ""
        try:
            name = ib_name(config.symbol)
        except NotSupportedError as error:
            self._tell_once(f"Warning: {error}; it gets no live data")
            return ""
        self._begun(config)
        if self._hub.add(name, aggregator):
            self._subscriber.subscribe(name)
        return name

    def end(self, name: str, aggregator: Aggregator) -> None:
        """It is not wanted any more."""
        if self._hub.remove(name, aggregator):
            self._subscriber.unsubscribe(name)

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._algorithm.debug(text)


class _Line:
    """Where a stream's market data come from: of a continuous future the contract that it stands for."""

    def __init__(self, feed: LiveDataFeed, config: SubscriptionDataConfig, aggregator: Aggregator) -> None:
        self._feed = feed
        self._config = config
        self.aggregator = aggregator
        self._name: str | None = None
        self._mapped = ""

    def follow(self) -> None:
        """Begins, or goes on to another contract."""
        if self._name is None or self._mapped != self._config.mapped_symbol:
            self.end()
            self._mapped = self._config.mapped_symbol
            self._name = self._feed.start(self._config, self.aggregator)

    def end(self) -> None:
        """Ends."""
        if self._name:
            self._feed.end(self._name, self.aggregator)
        self._name = None


class LiveSubscription(Subscription):
    """A stream that gives up its market data when it is disposed of."""

    __slots__ = ("_points",)

    def __init__(self, request: SubscriptionRequest, points: Any, feed: LiveDataFeed) -> None:
        super().__init__(request, points)
        self._points = points

    def dispose(self) -> None:
        """Ends the stream."""
        super().dispose()
        self._points.close()


def _joined(first: Iterator[BaseData], then: Iterator[BaseData | None]) -> Iterator[BaseData | None]:
    yield from first
    yield from then
