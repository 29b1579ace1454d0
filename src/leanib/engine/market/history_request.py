"""A request for history (`Common/Data/HistoryRequest.cs`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.exchanges.exchange import SecurityExchange
from leanib.engine.market.config import SubscriptionDataConfig
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import DataMappingMode, DataNormalizationMode, Resolution, Symbol, TickType

if TYPE_CHECKING:
    from leanib.engine.exchanges import SecurityExchangeHours
    from leanib.engine.timezones import DateTimeZone

__all__ = ["HistoryRequest"]


class _RequestedSecurity:
    """As much of a security as reading its data takes."""

    __slots__ = ("data_filter", "exchange", "symbol")

    def __init__(self, symbol: Symbol, hours: SecurityExchangeHours) -> None:
        self.symbol = symbol
        self.exchange = SecurityExchange(hours)
        self.data_filter = None


class HistoryRequest(LeanObject):
    """Data of one kind for one symbol between two UTC times; `fill_forward_resolution` None fills nothing."""

    __slots__ = (
        "contract_depth_offset",
        "data_mapping_mode",
        "data_normalization_mode",
        "data_time_zone",
        "data_type",
        "end_time_utc",
        "exchange_hours",
        "fill_forward_resolution",
        "include_extended_market_hours",
        "is_custom_data",
        "resolution",
        "start_time_utc",
        "symbol",
        "tick_type",
    )

    def __init__(
        self,
        start_time_utc: datetime,
        end_time_utc: datetime,
        data_type: type,
        symbol: Symbol,
        resolution: Resolution,
        exchange_hours: SecurityExchangeHours,
        data_time_zone: DateTimeZone,
        fill_forward_resolution: Resolution | None,
        include_extended_market_hours: bool,
        is_custom_data: bool,
        data_normalization_mode: DataNormalizationMode,
        tick_type: TickType,
        data_mapping_mode: DataMappingMode = DataMappingMode.OPEN_INTEREST,
        contract_depth_offset: int = 0,
    ) -> None:
        self.start_time_utc = start_time_utc
        self.end_time_utc = end_time_utc
        self.data_type = data_type
        self.symbol = symbol
        self.resolution = resolution
        self.exchange_hours = exchange_hours
        self.data_time_zone = data_time_zone
        self.fill_forward_resolution = fill_forward_resolution
        self.include_extended_market_hours = include_extended_market_hours
        self.is_custom_data = is_custom_data
        self.data_normalization_mode = data_normalization_mode
        self.tick_type = tick_type
        self.data_mapping_mode = data_mapping_mode
        self.contract_depth_offset = contract_depth_offset

    @property
    def start_time_local(self) -> datetime:
        """The start in the exchange's zone."""
        return self.exchange_hours.time_zone.to_local(self.start_time_utc)

    @property
    def end_time_local(self) -> datetime:
        """The end in the exchange's zone."""
        return self.exchange_hours.time_zone.to_local(self.end_time_utc)

    def between(self, start_time_utc: datetime, end_time_utc: datetime) -> HistoryRequest:
        """The same request for other times."""
        names = [name for name in HistoryRequest.__slots__ if name not in ("start_time_utc", "end_time_utc")]
        return HistoryRequest(start_time_utc, end_time_utc, **{name: getattr(self, name) for name in names})

    def to_subscription_data_config(self) -> SubscriptionDataConfig:
        """The stream that is asked for."""
        return SubscriptionDataConfig(
            self.data_type,
            self.symbol,
            self.resolution,
            self.data_time_zone,
            self.exchange_hours.time_zone,
            self.fill_forward_resolution is not None,
            self.include_extended_market_hours,
            False,
            self.is_custom_data,
            self.tick_type,
            True,
            self.data_normalization_mode,
            self.data_mapping_mode,
            self.contract_depth_offset,
        )

    def to_subscription_request(self) -> SubscriptionRequest:
        """The stream's request."""
        security: Any = _RequestedSecurity(self.symbol, self.exchange_hours)
        config = self.to_subscription_data_config()
        return SubscriptionRequest(
            False, None, security, config, self.start_time_utc, self.end_time_utc, starts_exactly=True
        )
