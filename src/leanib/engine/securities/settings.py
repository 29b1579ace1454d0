"""`self.settings` (`Common/AlgorithmSettings.cs`)."""

from __future__ import annotations

from datetime import timedelta

from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Resolution

__all__ = ["AlgorithmSettings"]


class AlgorithmSettings(LeanObject):
    """What an algorithm may change about how it is run."""

    def __init__(self) -> None:
        self.automatic_indicator_warm_up = False
        self.rebalance_portfolio_on_security_changes: bool | None = None
        self.rebalance_portfolio_on_insight_changes: bool | None = None
        self.max_absolute_portfolio_target_percentage = 1_000_000_000.0
        self.min_absolute_portfolio_target_percentage = 0.0000000001
        self.minimum_order_margin_portfolio_percentage = 0.001
        self.data_subscription_limit = 2**31 - 1
        self.free_portfolio_value: float | None = None
        self.free_portfolio_value_percentage = 0.0025
        self.liquidate_enabled = True
        self.stale_price_time_span = timedelta(hours=1)
        self.warmup_resolution: Resolution | None = None
        self.trading_days_per_year: int | None = None
        self.daily_precise_end_time = True
        self.daily_consolidation_use_extended_market_hours = False
        self.databases_refresh_period = timedelta(days=1)
        self.ignore_unknown_asset_holdings = True
        self.performance_sample_period = timedelta(0)
        self.seed_initial_prices = False

    @property
    def warm_up_resolution(self) -> Resolution | None:
        """Same as `warmup_resolution`: the resolution of the data during warm-up; None takes each security's own."""
        return self.warmup_resolution

    @warm_up_resolution.setter
    def warm_up_resolution(self, value: Resolution | None) -> None:
        self.warmup_resolution = value
