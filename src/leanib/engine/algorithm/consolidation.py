"""`self.consolidate` (`Algorithm/QCAlgorithm.Indicators.cs`, Consolidate and CreateConsolidator)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.assets import asset_of
from leanib.engine.consolidators import (
    BaseDataConsolidator,
    DynamicDataConsolidator,
    IdentityDataConsolidator,
    MarketHourAwareConsolidator,
    OpenInterestConsolidator,
    QuoteBarConsolidator,
    RangeBar,
    RangeConsolidator,
    RenkoBar,
    RenkoConsolidator,
    TickConsolidator,
    TickQuoteBarConsolidator,
    TradeBarConsolidator,
    VolumeRenkoBar,
    VolumeRenkoConsolidator,
)
from leanib.engine.custom import DynamicData
from leanib.engine.dotnet.exceptions import RefusedArgument
from leanib.engine.dotnet.overloads import takes_at_least
from leanib.engine.market import BaseData, QuoteBar, SubscriptionDataConfig, Tick, TradeBar
from leanib.engine.naming import also_named
from leanib.engine.symbols import Resolution, SecurityType, Symbol, SymbolCache, TickType
from leanib.errors import UsageError

if TYPE_CHECKING:
    from leanib.engine.algorithm.arguments import ConsolidateArgument, Period, UserFunction
    from leanib.engine.core.subscription_manager import SubscriptionManager
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["Consolidation", "common_tick_type", "to_symbol"]

_COMMON_TYPES = (TradeBar, QuoteBar, Tick)


def to_symbol(given: AnySymbol) -> Symbol:
    """The symbol that a symbol, a security or a ticker stands for."""
    if isinstance(given, str):
        symbol = SymbolCache.try_get_symbol(given)
        if symbol is None:
            raise RefusedArgument(
                f"the ticker '{given}' is not known; add the security first, with add_equity or another"
            )
        return symbol
    return given.symbol if hasattr(given, "symbol") else given


def common_tick_type(data_type: type, security_type: SecurityType) -> TickType:
    """Which ticks a type of data is made of (`LeanData.GetCommonTickTypeForCommonDataTypes`)."""
    if data_type is QuoteBar:
        return TickType.QUOTE
    return asset_of(security_type).common_tick_type if data_type is Tick else TickType.TRADE


class Consolidation(AlgorithmPart):
    """The part of QCAlgorithm that makes bars from data."""

    if TYPE_CHECKING:
        subscription_manager: SubscriptionManager
        settings: Any
        add_security: Callable[..., Any]
        debug: Callable[[str], Any]

    def _qc_init_consolidation(self) -> None:
        self._qc_warned_of_daily_hours = False

    @takes_at_least(3)
    def consolidate(self, *arguments: ConsolidateArgument, **options: ConsolidateArgument) -> Any:
        """Register a handler for bars made of a security's data; returns the consolidator.

        `consolidate(symbol, period, [tick_type,] handler)`, where the period is a Resolution, a timedelta or a calendar
        function; `consolidate(bar_type, symbol, size, tick_type, handler)` for bars by count, Renko, range or volume.
        """
        values: list[Any] = list(arguments) + [options[name] for name in _order(options)]
        if isinstance(values[0], type):
            bar_type, symbol, size, *rest = values
            consolidator = self._qc_sized(to_symbol(symbol), bar_type, size, rest[0] if len(rest) > 1 else None)
        else:
            symbol, period, *rest = values
            consolidator = self._qc_by_period(to_symbol(symbol), period, rest[0] if len(rest) > 1 else None)
        handler, tick_type = rest[-1], rest[0] if len(rest) > 1 else None
        if handler is not None:
            consolidator.data_consolidated += lambda _, bar: handler(bar)
            self.subscription_manager.add_consolidator(to_symbol(symbol), consolidator, tick_type)
        return consolidator

    @also_named(resolution="period", time_span="period")
    def resolve_consolidator(
        self, symbol: AnySymbol, period: Period | UserFunction = None, data_type: type | None = None
    ) -> Any:
        """A consolidator from a security's data to a Resolution or a timedelta; None takes the data as they are."""
        symbol = to_symbol(symbol)
        tick_type = None if data_type is None else common_tick_type(data_type, symbol.security_type)
        return self._qc_by_period(symbol, period, tick_type)

    @staticmethod
    def create_consolidator(
        period: timedelta | Callable[..., Any], consolidator_input_type: type, tick_type: TickType | None = None
    ) -> Any:
        """A consolidator of a type of data; a period of 0 takes the data as they are."""
        if period == timedelta(0):
            return _identity(consolidator_input_type)
        if issubclass(consolidator_input_type, TradeBar):
            return TradeBarConsolidator(period)
        if issubclass(consolidator_input_type, QuoteBar):
            return QuoteBarConsolidator(period)
        if issubclass(consolidator_input_type, Tick):
            return _of_ticks(tick_type)(period)
        if issubclass(consolidator_input_type, DynamicData):
            return DynamicDataConsolidator(period)
        return BaseDataConsolidator(period)

    def _qc_by_period(self, symbol: Symbol, period: Period | UserFunction, tick_type: TickType | None) -> Any:
        config = self._qc_subscription(symbol, tick_type)
        resolution = period if isinstance(period, Resolution) else None
        if callable(period) and not isinstance(period, (Resolution, timedelta)):
            return self._qc_base.create_consolidator(period, config.type, config.tick_type)
        span: timedelta = (
            config.increment
            if period is None
            else period
            if not isinstance(period, Resolution)
            else period.to_time_span()
        )
        too_fine = span < config.increment if resolution is None else resolution < config.resolution
        if too_fine:
            raise RefusedArgument(
                f"Unable to create {symbol} consolidator because {symbol} is registered for "
                f"{config.resolution.lean_name} data. "
                "Consolidators require higher resolution data to produce lower resolution data."
            )
        if span == config.increment if resolution is None else resolution is config.resolution:
            return _identity(config.type)
        if resolution is Resolution.DAILY and config.type in _COMMON_TYPES:
            return self._qc_daily(symbol, config)
        return self._qc_base.create_consolidator(span, config.type, config.tick_type)

    def _qc_daily(self, symbol: Symbol, config: SubscriptionDataConfig) -> MarketHourAwareConsolidator:
        extended = self.settings.daily_consolidation_use_extended_market_hours
        if config.extended_market_hours and not extended and not self._qc_warned_of_daily_hours:
            self._qc_warned_of_daily_hours = True
            self._qc_base.debug(
                f"Warning: The subscription for {symbol} has ExtendedMarketHours=true, "
                "but Settings.DailyConsolidationUseExtendedMarketHours=false. "
                "Daily consolidations will exclude extended market hours. "
                "Enable algorithm.Settings.DailyConsolidationUseExtendedMarketHours to include them."
            )
        return MarketHourAwareConsolidator(
            self.settings.daily_precise_end_time,
            Resolution.DAILY,
            config.type,
            config.tick_type,
            extended and config.extended_market_hours,
        )

    def _qc_sized(self, symbol: Symbol, bar_type: type, size: float, tick_type: TickType | None) -> Any:
        config = self._qc_subscription(symbol)
        if bar_type is VolumeRenkoBar:
            return VolumeRenkoConsolidator(size)
        if bar_type is RenkoBar:
            return RenkoConsolidator(size)
        if bar_type is RangeBar:
            return RangeConsolidator(int(size))
        if config.resolution is Resolution.TICK:
            return _of_ticks(tick_type)(int(size))
        if bar_type is TradeBar:
            return TradeBarConsolidator(int(size))
        return QuoteBarConsolidator(int(size)) if bar_type is QuoteBar else BaseDataConsolidator(int(size))

    def _qc_subscription(self, symbol: Symbol, tick_type: TickType | None = None) -> SubscriptionDataConfig:
        """The stream that a consolidator of a tick type is fed with; the security is added when it can be."""
        config = self._qc_find_subscription(symbol, tick_type)
        if config is None and _can_auto_add(symbol):
            self._qc_base.add_security(symbol)
            config = self._qc_find_subscription(symbol, tick_type)
        if config is None:
            raise RefusedArgument(
                f"Please register to receive data for symbol '{symbol}' using the AddSecurity() function."
            )
        return config

    def _qc_find_subscription(self, symbol: Symbol, tick_type: TickType | None) -> SubscriptionDataConfig | None:
        service = self.subscription_manager.subscription_data_config_service
        configs: list[SubscriptionDataConfig] = sorted(
            service.get_subscription_data_configs(symbol),
            key=lambda config: (config.type not in _COMMON_TYPES, config.tick_type.value),
        )
        matching = [config for config in configs if tick_type is None or config.tick_type is tick_type]
        return next(iter(matching or configs), None)


def _can_auto_add(symbol: Symbol) -> bool:
    return symbol.has_canonical()


def _order(options: dict[str, Any]) -> list[str]:
    """The names of named arguments in the order of positions."""
    positions = ("type", "symbol", "period", "calendar", "size", "tick_type", "handler")
    unknown = set(options) - set(positions)
    if unknown:
        raise UsageError(f"consolidate does not know the argument '{unknown.pop()}'")
    return [name for name in positions if name in options]


def _of_ticks(tick_type: TickType | None) -> Any:
    if tick_type is TickType.OPEN_INTEREST:
        return OpenInterestConsolidator
    return TickQuoteBarConsolidator if tick_type is TickType.QUOTE else TickConsolidator


def _identity(data_type: type) -> Any:
    for known in _COMMON_TYPES:
        if issubclass(data_type, known):
            return IdentityDataConsolidator(known)
    if issubclass(data_type, DynamicData):
        return DynamicDataConsolidator(1)
    return IdentityDataConsolidator(BaseData)
