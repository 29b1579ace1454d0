"""Keeps the configurations and the running streams in step with the universes (`Engine/DataFeeds/DataManager.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.assets import asset_of
from leanib.engine.feeds.data_feed import FileSystemDataFeed
from leanib.engine.feeds.subscription import Subscription, SubscriptionCollection
from leanib.engine.market import MarginInterestRate, OpenInterest, QuoteBar, SubscriptionDataConfig, Tick, TradeBar
from leanib.engine.market.calendars import ONE_DAY, get_start_time_for_trade_bars, midnight, use_daily_strict_end_times
from leanib.engine.market.universe import Universe, UserDefinedUniverse
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import (
    DataMappingMode,
    DataNormalizationMode,
    Resolution,
    SecurityIdentifier,
    SecurityType,
    Symbol,
    TickType,
)
from leanib.errors import UsageError

if TYPE_CHECKING:
    from leanib.engine.core.parts import StrategyParts
    from leanib.engine.securities import Security

__all__ = ["DataManager", "SubscriptionSource", "lookup_subscription_config_data_types"]

_TICK = timedelta(microseconds=1)
_LOOKBACK_DAYS = 365


def lookup_subscription_config_data_types(
    security_type: SecurityType, resolution: Resolution, is_canonical: bool = False
) -> list[tuple[type, TickType]]:
    """The classes of data that a security of that type has at a resolution."""
    asset = asset_of(security_type)
    if is_canonical:
        return [(asset.chain_type(), TickType.QUOTE)]
    types = [
        (_data_type(resolution, tick_type), tick_type)
        for tick_type in asset.tick_types
        if asset.has_data(resolution, tick_type)
    ]
    return [*types, (MarginInterestRate, TickType.QUOTE)] if asset.has_margin_interest_data else types


def _data_type(resolution: Resolution, tick_type: TickType) -> type:
    if tick_type is TickType.OPEN_INTEREST:
        return OpenInterest
    if resolution is Resolution.TICK:
        return Tick
    return QuoteBar if tick_type is TickType.QUOTE else TradeBar


class SubscriptionSource(Protocol):
    """What makes a running stream of a request: of files, or of a brokerage's ticks."""

    def create_subscription(self, request: SubscriptionRequest) -> Subscription:
        """The stream."""


class DataManager(LeanObject):
    """The configurations that were asked for and the streams that run; by default they are of the data folder."""

    def __init__(
        self, algorithm: StrategyParts, feed: Callable[[SubscriptionCollection], SubscriptionSource] | None = None
    ) -> None:
        self._algorithm = algorithm
        self._configs: dict[SubscriptionDataConfig, SubscriptionDataConfig] = {}
        self._by_symbol: dict[Symbol, list[SubscriptionDataConfig]] | None = None
        self._pending_requests: dict[SubscriptionDataConfig, SubscriptionRequest] = {}
        self._warned_about_resolution = False
        self._has_told_of_schedule = False
        self.data_feed_subscriptions = SubscriptionCollection()
        self.data_feed_subscriptions.fill_forward_resolution_changed = self._restart_filled_streams
        streams = self.data_feed_subscriptions
        self._feed: SubscriptionSource = FileSystemDataFeed(algorithm, streams) if feed is None else feed(streams)
        algorithm.universe_manager.collection_changed = self._on_universe_changed

    # --- configurations ------------------------------------------------------------------------------------------

    @property
    def subscriptions(self) -> list[SubscriptionDataConfig]:
        """All configurations."""
        return list(self._configs.values())

    def get_subscription_data_configs(
        self, symbol: Symbol | None = None, include_internal_configs: bool = False
    ) -> list[SubscriptionDataConfig]:
        """The configurations of a symbol, those of internal feeds last, or not at all."""
        if self._by_symbol is None:
            self._by_symbol = {}
            for config in self._configs:
                self._by_symbol.setdefault(config.symbol, []).append(config)
        found = list(self._configs) if symbol is None else self._by_symbol.get(symbol, [])
        external = [config for config in found if not config.is_internal_feed]
        return external + [c for c in found if c.is_internal_feed] if include_internal_configs else external

    def add(
        self,
        symbol: Symbol,
        resolution: Resolution | None = None,
        fill_forward: bool = True,
        extended_market_hours: bool = False,
        is_filtered_subscription: bool = True,
        is_internal_feed: bool = False,
        is_custom_data: bool = False,
        subscription_data_types: Iterable[tuple[type, TickType]] | None = None,
        data_normalization_mode: DataNormalizationMode = DataNormalizationMode.ADJUSTED,
        data_mapping_mode: DataMappingMode = DataMappingMode.OPEN_INTEREST,
        contract_depth_offset: int = 0,
    ) -> list[SubscriptionDataConfig]:
        """Configurations for a symbol, one a class of data; what exists already is returned."""
        types = list(subscription_data_types or self._default_types(symbol, resolution))
        resolution = self._resolution_for(symbol, resolution, types)
        entry = self._algorithm.market_hours_database.get_entry(symbol, [kind for kind, _ in types])
        if symbol.asset.is_always_raw:
            data_normalization_mode = DataNormalizationMode.RAW
        return [
            self._get_or_add(
                SubscriptionDataConfig(
                    kind,
                    symbol,
                    resolution,
                    entry.data_time_zone,
                    entry.exchange_hours.time_zone,
                    fill_forward,
                    extended_market_hours,
                    is_internal_feed or (subscription_data_types is None and tick_type is TickType.OPEN_INTEREST),
                    is_custom_data,
                    tick_type,
                    is_filtered_subscription,
                    data_normalization_mode,
                    data_mapping_mode,
                    contract_depth_offset,
                )
            )
            for kind, tick_type in types
        ]

    def _default_types(self, symbol: Symbol, resolution: Resolution | None) -> list[tuple[type, TickType]]:
        if symbol.asset.is_custom_data:
            kind = SecurityIdentifier.try_get_custom_data_type_instance(symbol.id.symbol)
            if kind is not None:
                return [(kind, TickType.TRADE)]
        if resolution is None:
            resolution = self._algorithm.universe_settings.resolution
        return lookup_subscription_config_data_types(symbol.security_type, resolution, symbol.is_canonical())

    def _resolution_for(
        self, symbol: Symbol, resolution: Resolution | None, types: list[tuple[type, TickType]]
    ) -> Resolution:
        kind = types[0][0]
        if kind in (TradeBar, QuoteBar, Tick, OpenInterest):
            return self._algorithm.universe_settings.resolution if resolution is None else resolution
        if symbol.is_canonical():
            return Resolution.DAILY  # a file a day names the contracts of a chain
        instance = kind()
        instance.symbol = symbol
        if resolution is None:
            return instance.default_resolution()  # type: ignore[no-any-return]
        supported = instance.supported_resolutions()
        if resolution not in supported:
            raise UsageError(
                f"{kind.__name__} has no data at resolution {resolution.lean_name}; "
                f"use one of {', '.join(one.lean_name for one in supported)}"
            )
        return resolution

    def _get_or_add(self, config: SubscriptionDataConfig) -> SubscriptionDataConfig:
        known = self._configs.setdefault(config, config)
        if known is config:
            self._by_symbol = None
            self._algorithm.time_keeper.add_time_zone(config.exchange_time_zone)
        return known

    def _forget(self, config: SubscriptionDataConfig) -> None:
        self._configs.pop(config, None)
        self._by_symbol = None

    # --- running streams -----------------------------------------------------------------------------------------

    def add_subscription(self, request: SubscriptionRequest) -> bool:
        """Start a stream; says whether the user gets something new."""
        self._algorithm.time_keeper.interrupt()
        config = request.configuration
        if config not in self._configs:
            self._configs[config] = config
            self._by_symbol = None
        running = self.data_feed_subscriptions.get(config)
        if running is not None:
            if not running.end_of_stream:
                return self._join(running, request)
            self.data_feed_subscriptions.remove(config)
        if config.data_normalization_mode is DataNormalizationMode.SCALED_RAW:
            raise UsageError(
                f"{config.symbol.value} asks for prices in ScaledRaw mode, which only history requests can have; "
                "use another DataNormalizationMode"
            )
        return self.data_feed_subscriptions.add(self._feed.create_subscription(request))

    def _join(self, running: Subscription, request: SubscriptionRequest) -> bool:
        disposed = running.is_universe_selection_subscription and running.universe.dispose_requested
        if request.is_universe_subscription and disposed:
            # The old universe's stream ends in the next step; the new one starts when it is gone.
            self._pending_requests[request.configuration] = request
            return True
        running.add_request(request)
        return running.configuration.is_internal_feed

    def remove_subscription(
        self, config: SubscriptionDataConfig, universe: Universe | None = None, force: bool = False
    ) -> bool:
        """A universe, or everyone, lets go of a stream; says whether it is gone."""
        self._algorithm.time_keeper.interrupt()
        running = self.data_feed_subscriptions.get(config)
        if running is None:
            if universe is not None:
                self._forget(config)
            return universe is not None
        if not running.remove_request(universe) and not force:
            return False
        if self.data_feed_subscriptions.remove(config) is None:
            return False
        running.dispose()
        if running.removed_from_universe:
            self._forget(config)
        pending = self._pending_requests.pop(config, None)
        if pending is not None and not pending.universe.dispose_requested:
            self.add_subscription(pending)
        return True

    def follow_changed_mode(self, config: SubscriptionDataConfig) -> None:
        """The normalization mode of a configuration changed: prices that its stream has read ahead are read again."""
        running = self.data_feed_subscriptions.get(config)
        if running is None or running.end_of_stream or self._algorithm.live_mode:
            return
        now = self._algorithm.utc_time
        requests = [
            request.replace(start_time_utc=max(now, request.start_time_utc), configuration=config)
            for request in running.requests
        ]
        self.remove_subscription(config, force=True)
        for request in requests:
            self.add_subscription(request)
        renewed = self.data_feed_subscriptions.get(config)
        # what has come stays as it came, the day's corporate events too
        while renewed is not None and renewed.move_next() and renewed.emit_time <= now:
            pass

    def _restart_filled_streams(self, _old: timedelta, _new: timedelta) -> None:
        """The time between filled points changed: streams that fill forward start again, from now."""
        algorithm, streams = self._algorithm, self.data_feed_subscriptions
        requests = [
            request
            for stream in list(streams)
            if stream.configuration.fill_data_forward and stream.configuration.resolution is not Resolution.TICK
            for request in stream.requests
        ]
        streams.freeze(True)
        for request in requests:
            self.remove_subscription(request.configuration, request.universe, force=True)
        for request in requests:
            start = algorithm.utc_time
            if not algorithm.get_locked() and request.start_time_utc < start:
                start = request.start_time_utc
            config = request.configuration.replace()
            self.add_subscription(request.replace(start_time_utc=start + _TICK, configuration=config))
        streams.freeze(False)

    # --- universes -----------------------------------------------------------------------------------------------

    def _on_universe_changed(self, action: str, universe: Universe) -> None:
        if action == "remove":
            if not universe.dispose_requested:
                universe.dispose()
            return
        algorithm, config = self._algorithm, universe.configuration
        algorithm.time_keeper.interrupt()
        universe.clock = algorithm.time_keeper
        start = algorithm.utc_time
        manual = isinstance(universe, UserDefinedUniverse)
        if action == "add" and manual and algorithm.get_locked():
            start += _TICK
        end = algorithm.time_zone.to_utc(algorithm.end_date)
        security = universe.data_security or algorithm.securities.get(config.symbol)
        security = security or algorithm.create_universe_security(config)
        if not manual and not getattr(universe, "is_time_triggered", False):
            start = self._previous_tradable_start(universe, security, start)
        self.add_subscription(SubscriptionRequest(True, universe, security, config, start, end))

    def _previous_tradable_start(self, universe: Universe, security: Security, start: datetime) -> datetime:
        """Selection happens right away: the stream starts a trading day, or a scheduled day, earlier."""
        hours, config = security.exchange.hours, universe.configuration
        local = hours.time_zone.to_local(start)
        schedule = universe.universe_settings.schedule
        if schedule.initialized:
            local = self._scheduled_day(schedule, local)
        strict = use_daily_strict_end_times(
            *(bool(self._algorithm.settings.daily_precise_end_time), config.type, security.symbol, ONE_DAY), hours
        )
        local = get_start_time_for_trade_bars(hours, local, ONE_DAY, 1, False, config.data_time_zone, strict)
        return hours.time_zone.to_utc(local)

    def _scheduled_day(self, schedule: Any, local: datetime) -> datetime:
        for days in range(_LOOKBACK_DAYS):
            day = midnight(local - days * ONE_DAY)
            if any(True for _ in schedule.get(day, day)):
                return local - days * ONE_DAY
        if not self._has_told_of_schedule:
            self._has_told_of_schedule = True
            self._algorithm.debug("Warning: Found no valid start time for scheduled universe, will use default")
        return local
