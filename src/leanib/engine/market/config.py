"""What is subscribed to: one stream of data (`Common/Data/SubscriptionDataConfig.cs`)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.naming import LeanNames
from leanib.engine.numbers import ONE
from leanib.engine.symbols import DataMappingMode, DataNormalizationMode, Resolution, SecurityType, Symbol, TickType
from leanib.engine.timezones import DateTimeZone

if TYPE_CHECKING:
    from leanib.engine.market.base_data import BaseData

__all__ = ["SubscriptionDataConfig"]

INCREMENTS = {
    Resolution.TICK: timedelta(0),
    Resolution.SECOND: timedelta(seconds=1),
    Resolution.MINUTE: timedelta(minutes=1),
    Resolution.HOUR: timedelta(hours=1),
    Resolution.DAILY: timedelta(days=1),
}


class SubscriptionDataConfig(LeanNames):
    """One stream: symbol, type of data, resolution, zones and rules. Equal when the stream is the same."""

    __slots__ = (
        "_key",
        "consolidators",
        "contract_depth_offset",
        "data_mapping_mode",
        "data_normalization_mode",
        "data_time_zone",
        "exchange_time_zone",
        "extended_market_hours",
        "fill_data_forward",
        "increment",
        "is_custom_data",
        "is_filtered_subscription",
        "is_internal_feed",
        "mapped_symbol",
        "price_scale_factor_decimal",
        "resolution",
        "security_type",
        "sum_of_dividends",
        "symbol",
        "tick_type",
        "type",
    )

    def __init__(
        self,
        type: type[BaseData],
        symbol: Symbol = None,  # type: ignore[assignment]
        resolution: Resolution = None,  # type: ignore[assignment]
        data_time_zone: DateTimeZone = None,  # type: ignore[assignment]
        exchange_time_zone: DateTimeZone = None,  # type: ignore[assignment]
        fill_forward: bool = True,
        extended_hours: bool = False,
        is_internal_feed: bool = False,
        is_custom: bool = False,
        tick_type: TickType = TickType.TRADE,
        is_filtered_subscription: bool = True,
        data_normalization_mode: DataNormalizationMode = DataNormalizationMode.ADJUSTED,
        data_mapping_mode: DataMappingMode = DataMappingMode.OPEN_INTEREST,
        contract_depth_offset: int = 0,
    ) -> None:
        """All of it, or `(config, type=None, symbol=None, resolution=None)`: like another one but for these."""
        if isinstance(type, SubscriptionDataConfig):
            self._copy(type, symbol, resolution, data_time_zone)
            return
        self.type = type
        self.symbol = symbol
        self.resolution = resolution
        self.security_type: SecurityType = symbol.security_type
        self.data_time_zone = data_time_zone
        self.exchange_time_zone = exchange_time_zone
        self.fill_data_forward = fill_forward and resolution is not Resolution.TICK
        self.extended_market_hours = extended_hours and getattr(type, "has_extended_hours", True)
        self.is_internal_feed = is_internal_feed
        self.is_custom_data = is_custom
        self.tick_type = tick_type
        self.is_filtered_subscription = is_filtered_subscription
        self.data_normalization_mode = data_normalization_mode
        self.increment = INCREMENTS[resolution]
        self.consolidators: list[Any] = List()
        self.contract_depth_offset = contract_depth_offset
        self.data_mapping_mode = data_mapping_mode
        self.price_scale_factor_decimal = ONE
        self.sum_of_dividends = 0.0
        self.mapped_symbol: str = symbol.asset.mapped_key(symbol, symbol.value)
        self._key = (
            *(symbol, type, tick_type, resolution, is_custom, is_internal_feed, fill_forward),
            *(self.extended_market_hours, data_mapping_mode, contract_depth_offset),
        )

    def _copy(self, config: SubscriptionDataConfig, kind: type, symbol: Symbol, resolution: Resolution) -> None:
        given = {"type": kind, "symbol": symbol, "resolution": resolution}
        other = config.replace(**{name: value for name, value in given.items() if value is not None})
        if symbol is None:
            other.mapped_symbol = config.mapped_symbol
        for name in SubscriptionDataConfig.__slots__:
            setattr(self, name, getattr(other, name))

    def replace(self, **changes: Any) -> SubscriptionDataConfig:
        """The same stream with some things changed, named as the constructor's parameters."""
        values = {
            "type": self.type,
            "symbol": self.symbol,
            "resolution": self.resolution,
            "data_time_zone": self.data_time_zone,
            "exchange_time_zone": self.exchange_time_zone,
            "fill_forward": self.fill_data_forward,
            "extended_hours": self.extended_market_hours,
            "is_internal_feed": self.is_internal_feed,
            "is_custom": self.is_custom_data,
            "tick_type": self.tick_type,
            "is_filtered_subscription": self.is_filtered_subscription,
            "data_normalization_mode": self.data_normalization_mode,
            "data_mapping_mode": self.data_mapping_mode,
            "contract_depth_offset": self.contract_depth_offset,
        }
        config = SubscriptionDataConfig(**{**values, **changes})
        config.consolidators = self.consolidators
        config.sum_of_dividends = self.sum_of_dividends
        return config

    def map_to(self, ticker: str) -> None:
        """From now on the security has another ticker, or a continuous future stands for another contract."""
        depth = self.contract_depth_offset
        if depth or ticker != self.mapped_symbol:
            self.symbol = self.symbol.update_mapped_symbol(ticker, depth)
            self.mapped_symbol = self.symbol.asset.mapped_key(self.symbol, ticker)

    @property
    def is_of_a_chain(self) -> bool:
        """Whether its data are the contracts of a day."""
        return self.symbol.is_canonical() and self.type is self.symbol.asset.chain_type()

    @property
    def market(self) -> str:
        """The market of the symbol."""
        return self.symbol.id.market

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SubscriptionDataConfig) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"{self.symbol.value},#{self.type.__name__},{self.tick_type},{self.resolution}"
