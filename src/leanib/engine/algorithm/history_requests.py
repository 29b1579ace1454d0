"""Makes history requests of what an algorithm asks for (`QCAlgorithm.History.cs`, `HistoryRequestFactory.cs`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from leanib.engine.assets import asset_of
from leanib.engine.core.data_manager import lookup_subscription_config_data_types
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.market import BaseData, OpenInterest, QuoteBar, SubscriptionDataConfig, Tick, TradeBar
from leanib.engine.market.calendars import convert_time, get_start_time_for_trade_bars, use_daily_strict_end_times
from leanib.engine.market.history_request import HistoryRequest
from leanib.engine.symbols import (
    DataMappingMode,
    DataNormalizationMode,
    Resolution,
    SecurityIdentifier,
    SecurityType,
    Symbol,
    TickType,
)

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.securities import SecurityExchangeHours
    from leanib.engine.timezones import DateTimeZone

__all__ = ["HistoryRequests", "Options", "custom_type_of", "is_common_type", "tick_type_order"]

_ONE_SECOND = timedelta(seconds=1)
_COMMON = (TradeBar, QuoteBar, Tick, OpenInterest)
_LOW_RESOLUTIONS = (Resolution.DAILY, Resolution.HOUR)


class Options(NamedTuple):
    """What may follow in any history call; None leaves it to the symbol's subscriptions."""

    resolution: Resolution | None = None
    fill_forward: bool | None = None
    extended_market_hours: bool | None = None
    data_mapping_mode: DataMappingMode | None = None
    data_normalization_mode: DataNormalizationMode | None = None
    contract_depth_offset: int | None = None
    flatten: bool = False


def is_common_type(kind: type | None) -> bool:
    """Whether it is one of LEAN's price types."""
    return kind in _COMMON


def custom_type_of(symbols: Sequence[Symbol]) -> type | None:
    """The custom data type that all of the symbols stand for."""
    kinds = {SecurityIdentifier.try_get_custom_data_type_instance(symbol.id.symbol) for symbol in symbols}
    return kinds.pop() if len(kinds) == 1 else None


def data_type(resolution: Resolution, tick_type: TickType) -> type:
    """The class of prices at a resolution."""
    if resolution is Resolution.TICK:
        return Tick
    if tick_type is TickType.OPEN_INTEREST:
        return OpenInterest
    return QuoteBar if tick_type is TickType.QUOTE else TradeBar


def _tick_type(kind: type, security_type: SecurityType) -> TickType:
    if kind is OpenInterest:
        return TickType.OPEN_INTEREST
    if kind is QuoteBar:
        return TickType.QUOTE
    return asset_of(security_type).common_tick_type if kind is Tick else TickType.TRADE


class HistoryRequests:
    """Knows which streams of an algorithm's symbols a history call means."""

    def __init__(self, algorithm: QCAlgorithm) -> None:
        self._algorithm = algorithm

    # --- requests ------------------------------------------------------------------------------------------------

    def date_range(
        self, symbols: Iterable[Symbol], kind: type | None, start: datetime, end: datetime, options: Options
    ) -> list[HistoryRequest]:
        """One request a matching stream, from start to end in the algorithm's zone."""
        return [
            self._qc_request(config, start, end, self.exchange_hours(symbol, kind), options)
            for symbol in symbols
            if _is_valid(symbol)
            for config in self.matching(symbol, kind, options.resolution)
        ]

    def bar_count(
        self, symbols: Iterable[Symbol], kind: type | None, periods: int, options: Options, use_all: bool = False
    ) -> list[HistoryRequest]:
        """One request a matching stream, for so many bars before now."""
        requests = []
        for symbol in filter(_is_valid, symbols):
            for config in self.matching(symbol, kind, options.resolution, use_all):
                resolution = config.resolution if options.resolution is None else options.resolution
                hours = self.exchange_hours(symbol, kind or config.type)
                start = self.start_time(
                    symbol,
                    periods,
                    resolution,
                    hours,
                    config.data_time_zone,
                    config.type,
                    options.extended_market_hours,
                )
                options_then = options._replace(resolution=resolution)
                requests.append(self._qc_request(config, start, self._algorithm.time, hours, options_then))
        return requests

    def start_of_bars(self, symbols: Sequence[Symbol], bars: int, resolution: Resolution | None) -> datetime | None:
        """When the first of so many bars before now began, in the algorithm's zone; None without data."""
        requests = self.bar_count(symbols, custom_type_of(symbols), bars, Options(resolution=resolution))
        if not requests:
            return None
        to_local = self._algorithm.time_zone.to_local
        return to_local(min(request.start_time_utc for request in requests))

    def _qc_request(
        self,
        config: SubscriptionDataConfig,
        start: datetime,
        end: datetime,
        hours: SecurityExchangeHours,
        options: Options,
    ) -> HistoryRequest:
        resolution = config.resolution if options.resolution is None else options.resolution
        kind = config.type
        if resolution is not config.resolution and is_common_type(kind):
            kind = data_type(resolution, config.tick_type)
        fills = config.fill_data_forward if options.fill_forward is None else options.fill_forward
        extended, mode = options.extended_market_hours, options.data_normalization_mode
        mapping, depth = options.data_mapping_mode, options.contract_depth_offset
        to_utc = self._algorithm.time_zone.to_utc
        return HistoryRequest(
            to_utc(start),
            to_utc(end),
            kind,
            config.symbol,
            resolution,
            hours,
            config.data_time_zone,
            resolution if fills else None,
            config.extended_market_hours if extended is None else extended,
            config.is_custom_data,
            config.data_normalization_mode if mode is None else mode,
            config.tick_type,
            config.data_mapping_mode if mapping is None else mapping,
            config.contract_depth_offset if depth is None else abs(depth),
        )

    def start_time(
        self,
        symbol: Symbol,
        periods: int,
        resolution: Resolution,
        hours: SecurityExchangeHours,
        data_time_zone: DateTimeZone,
        kind: type,
        extended_market_hours: bool | None = None,
    ) -> datetime:
        """When so many bars before now began, in the algorithm's zone."""
        extended = False
        if resolution not in _LOW_RESOLUTIONS:
            extended = self._is_extended(symbol) if extended_market_hours is None else extended_market_hours
        span = max(resolution.to_time_span(), _ONE_SECOND)
        algorithm = self._algorithm
        now = hours.time_zone.to_local(algorithm.utc_time)
        precise = bool(algorithm.settings.daily_precise_end_time)
        strict = use_daily_strict_end_times(precise, kind, symbol, span, hours)
        start = get_start_time_for_trade_bars(hours, now, span, periods, extended, data_time_zone, strict)
        return convert_time(start, hours.time_zone, algorithm.time_zone)

    def _is_extended(self, symbol: Symbol) -> bool:
        return any(config.extended_market_hours for config in self._configs(symbol, False))

    # --- streams -------------------------------------------------------------------------------------------------

    def _configs(self, symbol: Symbol, internal: bool = True) -> list[SubscriptionDataConfig]:
        service = self._algorithm.subscription_manager.subscription_data_config_service
        return list(service.get_subscription_data_configs(symbol, include_internal_configs=internal))

    def matching(
        self, symbol: Symbol, kind: type | None, resolution: Resolution | None, use_all: bool = False
    ) -> list[SubscriptionDataConfig]:
        """The symbol's streams of that type, its own before internal ones; without any, those it would have."""
        subscriptions = sorted(
            self._configs(symbol), key=lambda config: (config.resolution, _order(config)), reverse=True
        )
        found = _of_type(subscriptions, kind, use_all)
        internal = [config for config in found if config.is_internal_feed]
        chosen = [config for config in found if not config.is_internal_feed]
        if internal and (use_all or not chosen):
            chosen += internal
        if not chosen:
            return self._hypothetical(symbol, kind, resolution, use_all, subscriptions)
        if resolution is not None and not symbol.asset.quotes_are_main:
            return self._of_equity(symbol, kind, resolution, chosen)
        if symbol.is_canonical() and len(chosen) > 1:
            return [config for config in chosen if not config.is_of_a_chain]
        return chosen

    def _of_equity(
        self, symbol: Symbol, kind: type | None, resolution: Resolution, chosen: list[SubscriptionDataConfig]
    ) -> list[SubscriptionDataConfig]:
        """Equities have no quotes by the hour or day, and always have them in finer resolutions."""
        if resolution in _LOW_RESOLUTIONS:
            return [config for config in chosen if config.tick_type is not TickType.QUOTE]
        has_quotes = any(config.tick_type is TickType.QUOTE for config in chosen)
        if (kind is not None and kind is not Tick) or has_quotes:
            return chosen
        quote_type = data_type(resolution, TickType.QUOTE)
        entry = self._entry(symbol, quote_type)
        quotes = SubscriptionDataConfig(
            quote_type,
            symbol,
            resolution,
            entry.data_time_zone,
            entry.exchange_hours.time_zone,
            chosen[0].fill_data_forward,
            chosen[0].extended_market_hours,
            tick_type=TickType.QUOTE,
        )
        return sorted([*chosen, quotes], key=_order, reverse=True)

    def _hypothetical(
        self,
        symbol: Symbol,
        kind: type | None,
        resolution: Resolution | None,
        use_all: bool,
        subscriptions: list[SubscriptionDataConfig],
    ) -> list[SubscriptionDataConfig]:
        """Streams nobody subscribed to, with the settings of the symbol's other ones, or of the universe."""
        settings = self._algorithm.universe_settings
        like = next((c for c in subscriptions if is_common_type(c.type) and not c.is_internal_feed), None)
        extended = settings.extended_market_hours if like is None else like.extended_market_hours
        if like is None:
            mode = symbol.asset.default_normalization(settings.data_normalization_mode)
            mapping = symbol.asset.default_mapping(settings.data_mapping_mode, symbol.id.market)
            depth = abs(settings.contract_depth_offset)
        else:
            mode, mapping = like.data_normalization_mode, like.data_mapping_mode
            depth = like.contract_depth_offset
        specific = kind is not None and not is_common_type(kind) and kind is not BaseData
        if specific and kind is not None:
            wanted = [(kind, _tick_type(kind, symbol.security_type))]
        else:
            wanted = _of_common_type(
                lookup_subscription_config_data_types(
                    symbol.security_type,
                    self.resolution(symbol, resolution, kind),
                    symbol.is_canonical() and not symbol.asset.has_continuous_contract,
                ),
                kind,
                use_all,
            )
        configs = [
            SubscriptionDataConfig(
                each,
                symbol,
                self.resolution(symbol, resolution, each),
                (entry := self._entry(symbol, each)).data_time_zone,
                entry.exchange_hours.time_zone,
                settings.fill_forward,
                extended,
                True,
                specific and is_custom(symbol, each),
                tick_type,
                True,
                mode,
                mapping,
                depth,
            )
            for each, tick_type in wanted
        ]
        return sorted(configs, key=_order, reverse=True)

    # --- what the algorithm knows of a symbol --------------------------------------------------------------------

    def _entry(self, symbol: Symbol, kind: type) -> Any:
        return self._algorithm.market_hours_database.get_entry(symbol, [kind])

    def exchange_hours(self, symbol: Symbol, kind: type | None = None) -> SecurityExchangeHours:
        """The hours of the security if there is one (an algorithm may set them), otherwise the database's."""
        security = self._algorithm.securities.get(symbol)
        if security is not None:
            hours: SecurityExchangeHours = security.exchange.hours
            return hours
        database = self._algorithm.market_hours_database
        if kind is not None:
            return database.get_entry(symbol, [kind]).exchange_hours
        return database.get_exchange_hours(symbol.id.market, symbol, symbol.security_type)

    def resolution(self, symbol: Symbol, resolution: Resolution | None, kind: type | None) -> Resolution:
        """The resolution asked for, or the finest one subscribed to, or the type's or the universe's own."""
        if resolution is not None:
            return resolution
        configs = self._configs(symbol)
        own = [config for config in configs if not config.is_internal_feed] or configs
        finest = min((config.resolution for config in own), default=None)
        if finest is not None and (finest is not Resolution.TICK or kind is Tick or not is_common_type(kind)):
            return finest
        if kind is None or is_common_type(kind) or not hasattr(kind, "default_resolution"):
            return self._algorithm.universe_settings.resolution
        instance = kind()
        instance.symbol = symbol
        own_resolution: Resolution = instance.default_resolution()
        return own_resolution

    def require_bars(self, symbols: Iterable[Symbol], resolution: Resolution | None, kind: type | None) -> None:
        """Ticks cannot be counted in periods."""
        if any(self.resolution(symbol, resolution, kind) is Resolution.TICK for symbol in symbols):
            raise InvalidOperationException(
                "History functions that accept a 'periods' parameter can not be used with Resolution.Tick"
            )


def is_custom(symbol: Symbol, kind: type) -> bool:
    """Whether the type is not LEAN's own for securities (`Extensions.IsCustomDataType`)."""
    return not kind.__module__.startswith("leanib.engine.market") or custom_type_of([symbol]) is not None


def _is_valid(symbol: Symbol) -> bool:
    return symbol.asset.has_contracts or not symbol.is_canonical()


def tick_type_order(security_type: SecurityType, tick_type: TickType) -> int:
    """Where a tick type stands: trades come first for equities and crypto, quotes for what else has both."""
    trades_first = asset_of(security_type).trades_come_first
    order = (TickType.TRADE, TickType.QUOTE) if trades_first else (TickType.QUOTE, TickType.TRADE)
    return (*order, TickType.OPEN_INTEREST).index(tick_type)


def _order(config: SubscriptionDataConfig) -> int:
    return tick_type_order(config.security_type, config.tick_type)


def _of_type(
    subscriptions: list[SubscriptionDataConfig], kind: type | None, use_all: bool
) -> list[SubscriptionDataConfig]:
    if kind is Tick:
        return [_as_ticks(config) for config in subscriptions if is_common_type(config.type)]
    return [config for config in subscriptions if _passes(config.type, kind, use_all)]


def _as_ticks(config: SubscriptionDataConfig) -> SubscriptionDataConfig:
    if config.type is Tick:
        return config
    tick_type = _tick_type(config.type, config.security_type)
    return config.replace(type=Tick, resolution=Resolution.TICK, tick_type=tick_type)


def _of_common_type(
    types: Iterable[tuple[type, TickType]], kind: type | None, use_all: bool
) -> list[tuple[type, TickType]]:
    return [(each, tick_type) for each, tick_type in types if _passes(each, kind, use_all)]


def _passes(config_type: type, kind: type | None, use_all: bool) -> bool:
    """Whether a stream of that type is meant; open interest only by name, or when all streams are wanted."""
    if kind is None or kind is BaseData:
        return use_all or config_type is not OpenInterest
    return issubclass(config_type, kind)
