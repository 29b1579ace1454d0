"""Feeds volatility models with history (`Common/Securities/Volatility/VolatilityModelExtensions.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.market import OpenInterest, QuoteBar, SubscriptionDataConfig, Tick
from leanib.engine.market.calendars import get_start_time_for_trade_bars
from leanib.engine.market.history_request import HistoryRequest
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import DataNormalizationMode, Resolution, TickType

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.securities import Security
    from leanib.engine.securities.volatility import VolatilityModel

__all__ = ["VolatilityModelExtensions"]


class VolatilityModelExtensions(LeanObject):
    """What algorithms call on an `IndicatorVolatilityModel` of theirs."""

    @staticmethod
    def warm_up(
        volatility_model: VolatilityModel,
        algorithm: RunStrategy,
        security: Security,
        resolution: Resolution | None,
        bar_count: int,
        data_normalization_mode: DataNormalizationMode | None = None,
    ) -> None:
        """Update the model with so many bars before now."""
        _feed(volatility_model, algorithm, security, resolution, bar_count, data_normalization_mode)


def warm_up(
    algorithm: RunStrategy, security: Security, data_normalization_mode: DataNormalizationMode | None = None
) -> None:
    """Let the security's volatility model learn again from as many bars as it says it needs."""
    model = security.volatility_model
    requirement = model.warm_up_requirement() if hasattr(model, "warm_up_requirement") else None
    if requirement is not None:
        model.reset()
        resolution, bar_count = requirement
        _feed(model, algorithm, security, resolution, bar_count, data_normalization_mode)


def _feed(
    model: VolatilityModel,
    algorithm: RunStrategy,
    security: Security,
    resolution: Resolution | None,
    bar_count: int,
    mode: DataNormalizationMode | None,
) -> None:
    service = algorithm.subscription_manager.subscription_data_config_service
    configs = sorted(service.get_subscription_data_configs(security.symbol), key=lambda config: config.tick_type)
    if not configs:
        return
    request = _request(algorithm, security, configs, resolution or Resolution.DAILY, bar_count)
    if mode is DataNormalizationMode.RAW:
        request.data_normalization_mode = DataNormalizationMode.SCALED_RAW
    for each in algorithm.history_provider.get_history([request], algorithm.time_zone):
        for point in each.points:
            if type(point) is request.data_type:
                model.update(security, point)


def _request(
    algorithm: RunStrategy,
    security: Security,
    configs: list[SubscriptionDataConfig],
    resolution: Resolution,
    bar_count: int,
) -> HistoryRequest:
    config, hours = configs[0], security.exchange.hours
    extended = resolution is not Resolution.HOUR and any(each.extended_market_hours for each in configs)
    start = get_start_time_for_trade_bars(
        *(hours, hours.time_zone.to_local(algorithm.utc_time), resolution.to_time_span(), bar_count),
        *(extended, config.data_time_zone),
    )
    return HistoryRequest(
        *(hours.time_zone.to_utc(start), algorithm.utc_time, config.type, config.symbol, resolution, hours),
        *(config.data_time_zone, resolution, extended, any(each.is_custom_data for each in configs)),
        *(config.data_normalization_mode, _TICK_TYPES.get(config.type, TickType.TRADE)),
    )


_TICK_TYPES: dict[type, TickType] = {
    QuoteBar: TickType.QUOTE,
    OpenInterest: TickType.OPEN_INTEREST,
    Tick: TickType.TRADE,
}
