"""Makes a running stream of a request (`Engine/DataFeeds/FileSystemDataFeed.cs`, `SubscriptionUtils.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.assets import asset_of
from leanib.engine.feeds.ahead_stream import AheadSubscription
from leanib.engine.feeds.block_reader import BlockReader
from leanib.engine.feeds.block_stream import BlockSubscription
from leanib.engine.feeds.chain_files import chain_points
from leanib.engine.feeds.fill_forward import FillForward, LastPoint
from leanib.engine.feeds.price_files import fill_missing_sides, is_dated
from leanib.engine.feeds.scheduled_points import on_schedule
from leanib.engine.feeds.source_reader import SourceReader, universe_points
from leanib.engine.feeds.span_reader import Part, SpanReader
from leanib.engine.feeds.subscription import Subscription, SubscriptionCollection
from leanib.engine.feeds.timing import timed
from leanib.engine.feeds.zoned_reader import price_reader
from leanib.engine.market import (
    BaseData,
    MarketDataType,
    OpenInterest,
    QuoteBar,
    SubscriptionDataConfig,
    Tick,
    TradeBar,
)
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import (
    ONE_DAY,
    get_start_time_for_trade_bars,
    set_strict_end_times,
    use_daily_strict_end_times,
)
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.securities.data_filter import SecurityDataFilter
from leanib.engine.symbols import DataNormalizationMode, Resolution, SecurityType, TickType

if TYPE_CHECKING:
    from leanib.engine.securities import AlgorithmSettings, Security, SecurityExchangeHours
    from leanib.engine.timezones import DateTimeZone

__all__ = ["FileSystemDataFeed", "is_valid_configuration", "price_points", "raw_points", "with_warm_up_resolution"]

_BAR_TYPES = (TradeBar, QuoteBar)
_PRICE_TYPES = (TradeBar, QuoteBar, Tick, OpenInterest)
_ZERO = timedelta(0)
_ONE_MINUTE = timedelta(minutes=1)
_AUXILIARY = MarketDataType.AUXILIARY


def is_valid_configuration(security_type: SecurityType, resolution: Resolution, tick_type: TickType) -> bool:
    """Whether there is such data: equities have no quotes by the hour or day (`LeanData.IsValidConfiguration`)."""
    return asset_of(security_type).has_data(resolution, tick_type)


class WarmingUp(Protocol):
    """Whose streams they are: when it starts, and whether it looks at the time before."""

    settings: AlgorithmSettings
    start_date: datetime
    is_warming_up: bool

    @property
    def time_zone(self) -> DateTimeZone:
        """The zone of `start_date`."""


class FileSystemDataFeed:
    """Creates subscriptions on the data folder."""

    def __init__(self, algorithm: WarmingUp, subscriptions: SubscriptionCollection) -> None:
        self._algorithm = algorithm
        self._subscriptions = subscriptions

    def create_subscription(self, request: SubscriptionRequest) -> Subscription:
        """The stream of a request, with its warm-up before it when the algorithm warms up."""
        strict = bool(self._algorithm.settings.daily_precise_end_time)
        if self._comes_in_blocks(request):
            return BlockSubscription(request, strict, BlockReader(request).blocks())
        if self._comes_in_spans(request):
            parts = self._spans_after_warm_up(request) if self._algorithm.is_warming_up else self._spans(request)
            return BlockSubscription(request, strict, parts)
        points = self._with_warm_up(request) if self._algorithm.is_warming_up else self._points(request)
        if request.is_universe_subscription and request.universe.universe_settings.schedule.initialized:
            points = _on_schedule(request, points)
        kind = AheadSubscription if _can_be_read_ahead(request) else Subscription
        return kind(request, timed(points, request, strict))

    def _comes_in_blocks(self, request: SubscriptionRequest) -> bool:
        """Whether the stream's days can be had as columns: bars with a file a day, filled at their own resolution."""
        config = request.configuration
        if self._algorithm.is_warming_up or request.is_universe_subscription or config.is_custom_data:
            return False
        if config.type not in _BAR_TYPES or not is_dated(config.resolution) or not config.fill_data_forward:
            return False
        if config.data_time_zone is not config.exchange_time_zone or not config.is_filtered_subscription:
            return False
        if type(getattr(request.security, "data_filter", None)) is not SecurityDataFilter:
            return False
        self._subscriptions.prepare_fill_forward_resolution(config)
        return self._subscriptions.fill_forward_resolution >= config.increment

    def _comes_in_spans(self, request: SubscriptionRequest) -> bool:
        """Likewise for hours and days, of which one file holds all."""
        config = request.configuration
        if not _can_be_read_ahead(request) or config.type is not TradeBar or not config.is_filtered_subscription:
            return False
        if config.data_time_zone is not config.exchange_time_zone or config.symbol.asset.has_contracts:
            return False
        if config.data_normalization_mode is DataNormalizationMode.TOTAL_RETURN:  # dividends on top, from day to day
            return False
        resolution = self._fill_forward_resolution(request, None)
        return resolution is None or resolution() >= config.increment

    def _spans(
        self,
        request: SubscriptionRequest,
        last: LastPoint | None = None,
        limit: Callable[[], datetime] = lambda: NO_TIME,
    ) -> Iterator[Part]:
        strict_enabled = bool(self._algorithm.settings.daily_precise_end_time)
        strict = self._is_strict(request, request.configuration.increment)
        resolution = self._fill_forward_resolution(request, None)
        return SpanReader(request, strict, strict_enabled, resolution, last, limit).parts()

    def _spans_after_warm_up(self, request: SubscriptionRequest) -> Iterator[Part]:
        before, after, last, limit = self._warm_up(request)
        join = _Join(limit)
        strict_enabled = bool(self._algorithm.settings.daily_precise_end_time)
        points = filter(None, timed(join.before(before), request, strict_enabled))
        return chain(points, self._spans(after, last, lambda: join.limit))

    def _with_warm_up(self, request: SubscriptionRequest) -> Iterator[BaseData | None]:
        before, after, last, limit = self._warm_up(request)
        return _concatenated(before, self._points(after, None, last), limit)

    def _warm_up(
        self, request: SubscriptionRequest
    ) -> tuple[Iterator[BaseData | None], SubscriptionRequest, LastPoint, datetime]:
        """The points of the warm-up, the request of what follows, how they hand over, and when."""
        algorithm, config, hours = self._algorithm, request.configuration, request.security.exchange.hours
        pivot = algorithm.time_zone.to_utc(algorithm.start_date)
        resolution = algorithm.settings.warmup_resolution
        warm_config = config if resolution is None else with_warm_up_resolution(config, resolution)
        warm_up = request.replace(end_time_utc=pivot, configuration=warm_config)
        last = LastPoint()
        limit = warm_up.end_time_local
        before: Iterator[BaseData | None] = iter(())
        if warm_up.has_tradable_days() and is_valid_configuration(
            config.security_type, warm_config.resolution, config.tick_type
        ):
            start_local = get_start_time_for_trade_bars(
                *(hours, hours.time_zone.to_local(pivot), ONE_DAY, 1, False, warm_config.data_time_zone),
                self._is_strict(request, ONE_DAY),
            )
            pivot = max(hours.time_zone.to_utc(start_local), warm_up.start_time_utc)
            before = self._points(warm_up, resolution, last, is_warm_up=True)
        return before, request.replace(start_time_utc=pivot), last, limit

    def _points(
        self,
        request: SubscriptionRequest,
        fill_resolution: Resolution | None = None,
        last: LastPoint | None = None,
        is_warm_up: bool = False,
    ) -> Iterator[BaseData | None]:
        if request.is_universe_subscription:
            return universe_points(request)
        resolution = self._fill_forward_resolution(request, fill_resolution)
        strict = self._is_strict(request, request.configuration.increment)
        points = price_points(request, strict, resolution, last)
        return _tracked(points, last) if last is not None and is_warm_up else points

    def _fill_forward_resolution(
        self, request: SubscriptionRequest, fixed: Resolution | None
    ) -> Callable[[], timedelta] | None:
        config = request.configuration
        if not config.fill_data_forward or config.resolution is Resolution.TICK:
            return None
        subscriptions = self._subscriptions
        subscriptions.prepare_fill_forward_resolution(config)
        if fixed is None or fixed is Resolution.TICK:
            return lambda: subscriptions.fill_forward_resolution
        span = fixed.to_time_span()
        return lambda: span

    def _is_strict(self, request: SubscriptionRequest, increment: timedelta) -> bool:
        config = request.configuration
        return use_daily_strict_end_times(
            *(bool(self._algorithm.settings.daily_precise_end_time), config.type, config.symbol, increment),
            request.security.exchange.hours,
        )


def _can_be_read_ahead(request: SubscriptionRequest) -> bool:
    """Whether the stream is bars of hours or days out of a file, which no code of the user's looks through."""
    config = request.configuration
    if request.is_universe_subscription or config.is_custom_data or config.type not in _BAR_TYPES:
        return False
    if config.resolution not in (Resolution.HOUR, Resolution.DAILY):
        return False
    return type(getattr(request.security, "data_filter", None)) is SecurityDataFilter


def with_warm_up_resolution(config: SubscriptionDataConfig, resolution: Resolution) -> SubscriptionDataConfig:
    """The same stream at another resolution."""
    return config.replace(resolution=resolution)


def price_points(
    request: SubscriptionRequest,
    strict: bool,
    fill_forward_resolution: Callable[[], timedelta] | None,
    last: LastPoint | None = None,
    source: Callable[[SubscriptionRequest, bool], Iterable[BaseData]] | None = None,
) -> Iterator[BaseData]:
    """The points of a request in the exchange's zone: read, with corporate events, filled forward, in market hours.

    Args:
        request: the stream and its times.
        strict: whether daily bars run from the market's open to its close.
        fill_forward_resolution: gives the time between filled points; None fills nothing.
        last: the last point of the warm-up that came before.
        source: gives the points as they were, with whether they will be filled forward; by default the data folder.
    """
    config = request.configuration
    points: Iterable[BaseData] = (source or raw_points)(request, fill_forward_resolution is not None)
    if strict and not request.exchange_hours.is_market_always_open:  # open interest is filled to the close only
        points = _strict_end_times(points, request)
    if fill_forward_resolution is not None:
        if config.type is QuoteBar and not is_dated(config.resolution):
            points = fill_missing_sides(points)
        points = FillForward(request, fill_forward_resolution, strict, last)(points)
    return _filtered(points, request)


def raw_points(request: SubscriptionRequest, for_fill_forward: bool) -> Iterable[BaseData]:
    """What the data folder, or the source of custom data, holds of a request."""
    if _is_price(request.configuration):
        return price_reader(request, for_fill_forward)
    return SourceReader(request)


def past_points(request: SubscriptionRequest, for_fill_forward: bool) -> Iterable[BaseData]:
    """Likewise, for a history."""
    if request.configuration.is_of_a_chain:
        return chain_points(request)
    if _is_price(request.configuration):
        return price_reader(request, for_fill_forward, is_history=True)
    return SourceReader(request)


def _strict_end_times(points: Iterable[BaseData], request: SubscriptionRequest) -> Iterator[BaseData]:
    """Daily bars from the market's open to its close (`StrictDailyEndTimesEnumerator.cs`)."""
    hours, start = request.exchange_hours, request.start_time_local
    for point in points:
        if point.data_type is _AUXILIARY or (set_strict_end_times(point, hours) and point.end_time >= start):
            yield point


def _filtered(points: Iterable[BaseData], request: SubscriptionRequest) -> Iterator[BaseData]:
    """What passes the security's data filter, lies in market hours and not after the end."""
    config, hours, end = request.configuration, request.exchange_hours, request.end_time_local
    extended, security = config.extended_market_hours, request.security
    checked = not (is_dated(config.resolution) and _is_price(config))
    data_filter = getattr(security, "data_filter", None)
    passes = None if data_filter is None or type(data_filter) is SecurityDataFilter else data_filter.filter
    if not config.is_filtered_subscription:
        checked, passes = False, None
    if config.tick_type is TickType.OPEN_INTEREST and not checked:  # what is filled last may end after the end
        points = takewhile(lambda point: point.time <= end, points)
    if not checked and passes is None:
        return iter(points)  # the reader has looked at market hours and at the end
    return _checked(points, security, passes, hours if checked else None, extended, end)


def _checked(
    points: Iterable[BaseData],
    security: Security,
    passes: Callable[[Any, Any], bool] | None,
    hours: SecurityExchangeHours | None,
    extended: bool,
    end: datetime,
) -> Iterator[BaseData]:
    for point in points:
        if point.data_type is not _AUXILIARY:
            if passes is not None and not passes(security, point):
                continue
            if hours is not None and not hours.is_open(point.time, point.end_time, extended):
                continue
        if point.time > end:
            return
        yield point


def _is_price(config: SubscriptionDataConfig) -> bool:
    """Whether the stream is of LEAN's price types, whose reader knows market hours."""
    return not config.is_custom_data and config.type in _PRICE_TYPES


def _tracked(points: Iterable[BaseData], last: LastPoint) -> Iterator[BaseData]:
    for point in points:
        last.point = point
        yield point


def _concatenated(
    before: Iterator[BaseData | None], after: Iterator[BaseData | None], limit: datetime
) -> Iterator[BaseData | None]:
    """The warm-up and what follows it, one after the other."""
    join = _Join(limit)
    yield from join.before(before)
    yield from join.after(after)


class _Join:
    """What ends up to the limit, then what ends from it on but after what came before (`ConcatEnumerator.cs`)."""

    def __init__(self, limit: datetime) -> None:
        self.limit = limit

    def before(self, points: Iterator[BaseData | None]) -> Iterator[BaseData]:
        """The points of the warm-up."""
        last: BaseData | None = None
        for point in points:
            if point is None:
                break
            if point.end_time <= self.limit:
                last = point
                yield point
        if last is not None and last.end_time >= self.limit:
            self.limit = last.end_time + timedelta.resolution

    def after(self, points: Iterator[BaseData | None]) -> Iterator[BaseData | None]:
        """The points that follow it."""
        for point in points:
            if point is None or point.end_time >= self.limit:
                yield point


def _on_schedule(request: SubscriptionRequest, points: Iterator[BaseData | None]) -> Iterator[BaseData | None]:
    """Only the last point at or before each scheduled time, at that time (`ScheduledEnumerator.cs`)."""
    schedule = request.universe.universe_settings.schedule
    times = schedule.get(request.start_time_local, request.end_time_local)
    return on_schedule(points, iter(times), request.start_time_local)
