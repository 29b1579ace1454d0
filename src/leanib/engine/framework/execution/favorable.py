"""Orders when the price is good (`Algorithm.Framework/Execution/*.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.execution.base import ExecutionModel
from leanib.engine.framework.past import past_points
from leanib.engine.framework.portfolio_target import PortfolioTarget
from leanib.engine.framework.target_collection import PortfolioTargetCollection
from leanib.engine.indicators import IntradayVwap, SimpleMovingAverage, StandardDeviation
from leanib.engine.securities.sizing import OrderSizing
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market import Slice
    from leanib.engine.market.universe import SecurityChanges
    from leanib.engine.securities import Security

__all__ = [
    "SpreadExecutionModel",
    "StandardDeviationExecutionModel",
    "VolumeWeightedAveragePriceExecutionModel",
]


class SpreadExecutionModel(ExecutionModel):
    """Orders while the spread is narrow."""

    def __init__(self, accepting_spread_percent: float = 0.005, asynchronous: bool = True) -> None:
        super().__init__(asynchronous)
        self.accepting_spread_percent = abs(accepting_spread_percent)
        self.targets_collection = PortfolioTargetCollection()

    def execute(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> None:
        """Order what is missing where the spread is narrow enough."""
        self.targets_collection.add_range(targets)
        if self.targets_collection.is_empty:
            return
        for target in self.targets_collection.order_by_margin_impact(algorithm):
            quantity = OrderSizing.unordered_quantity(algorithm, target)
            if quantity and self.spread_is_favorable(algorithm.securities[target.symbol]):
                base_of(algorithm).market_order(target.symbol, quantity, self.asynchronous, target.tag)
        self.targets_collection.clear_fulfilled(algorithm)

    def spread_is_favorable(self, security: Security) -> bool:
        """Whether the exchange is open and the spread narrow."""
        price, ask, bid = security.price, security.ask_price, security.bid_price
        if not security.exchange.exchange_open or price <= 0 or ask <= 0 or bid <= 0:
            return False
        return bool((ask - bid) / price <= self.accepting_spread_percent)


class _FollowingModel(ExecutionModel):
    """Follows each security with an indicator that says when its price is good."""

    def __init__(self, asynchronous: bool = True) -> None:
        super().__init__(asynchronous)
        self.targets_collection = PortfolioTargetCollection()
        self._data: dict[Symbol, Any] = {}

    def execute(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> None:
        """Order a part of what is missing where the price is good."""
        self.targets_collection.add_range(targets)
        if self.targets_collection.is_empty:
            return
        for target in self.targets_collection.order_by_margin_impact(algorithm):
            missing = OrderSizing.unordered_quantity(algorithm, target)
            data = self._data.get(target.symbol)
            if data is None or not self.price_is_favorable(data, missing):
                continue
            size = self._order_size(data.security, missing)
            if size:
                base_of(algorithm).market_order(target.symbol, size, self.asynchronous, target.tag)
        self.targets_collection.clear_fulfilled(algorithm)

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Follow the securities."""
        for added in changes.added_securities:
            if added.symbol not in self._data:
                self._data[added.symbol] = self._follow(algorithm, added)
        for removed in changes.removed_securities:
            data = self._data.get(removed.symbol)
            if data is not None and self.is_safe_to_remove(algorithm, removed.symbol):
                del self._data[removed.symbol]
                algorithm.subscription_manager.remove_consolidator(removed.symbol, data.consolidator)

    def is_safe_to_remove(self, algorithm: QCAlgorithm, symbol: Symbol) -> bool:
        """Whether no universe has the symbol any more."""
        return not any(universe.contains_member(symbol) for universe in algorithm.universe_manager.values())

    def price_is_favorable(self, data: Slice, unordered_quantity: Decimal) -> bool:
        """Whether the price is good."""
        raise NotImplementedError

    def _follow(self, algorithm: QCAlgorithm, security: Security) -> Any:
        raise NotImplementedError

    def _order_size(self, security: Security, missing: Decimal) -> float:
        raise NotImplementedError


class _BandData:
    """A security's average and standard deviation."""

    def __init__(self, algorithm: QCAlgorithm, security: Security, period: int, resolution: Resolution) -> None:
        symbol = security.symbol
        self.security = security
        base = base_of(algorithm)
        self.consolidator = base.resolve_consolidator(symbol, resolution)
        self.sma = SimpleMovingAverage(base.create_indicator_name(symbol, f"SMA{period}", resolution), period)
        self.std = StandardDeviation(base.create_indicator_name(symbol, f"STD{period}", resolution), period)
        base.register_indicator(symbol, self.sma, self.consolidator)
        base.register_indicator(symbol, self.std, self.consolidator)
        for point in past_points(algorithm, [symbol], period, resolution):
            self.sma.feed(point.end_time, point.value)
            self.std.feed(point.end_time, point.value)


class StandardDeviationExecutionModel(_FollowingModel):
    """Orders while the price is so many standard deviations better than its average."""

    def __init__(
        self,
        period: int = 60,
        deviations: float = 2.0,
        resolution: Resolution = Resolution.MINUTE,
        asynchronous: bool = True,
    ) -> None:
        super().__init__(asynchronous)
        self.period, self.deviations, self.resolution = period, deviations, resolution
        self.maximum_order_value = 20000.0

    def _follow(self, algorithm: QCAlgorithm, security: Security) -> _BandData:
        return _BandData(algorithm, security, self.period, self.resolution)

    def _order_size(self, security: Security, missing: Decimal) -> float:
        return OrderSizing.get_order_size_for_maximum_value(security, self.maximum_order_value, missing)

    def price_is_favorable(self, data: Slice, unordered_quantity: Decimal) -> bool:
        """Whether the price is beyond the band."""
        if not data.std.is_ready:
            return False
        distance, average = self.deviations * data.std.current.value, data.sma.current.value
        if unordered_quantity > 0:
            return bool(data.security.bid_price < average - distance)
        return bool(data.security.ask_price > average + distance)


class _VwapData:
    """A security's volume-weighted price of the day."""

    def __init__(self, algorithm: QCAlgorithm, security: Security) -> None:
        self.security = security
        self.consolidator = base_of(algorithm).resolve_consolidator(security.symbol, security.resolution)
        self.vwap = IntradayVwap(base_of(algorithm).create_indicator_name(security.symbol, "VWAP", security.resolution))
        base_of(algorithm).register_indicator(security.symbol, self.vwap, self.consolidator)


class VolumeWeightedAveragePriceExecutionModel(_FollowingModel):
    """Orders a part of the volume while the price is better than the day's volume-weighted price."""

    def __init__(self, asynchronous: bool = True) -> None:
        super().__init__(asynchronous)
        self.maximum_order_quantity_percent_volume = 0.01

    def _follow(self, algorithm: QCAlgorithm, security: Security) -> _VwapData:
        return _VwapData(algorithm, security)

    def _order_size(self, security: Security, missing: Decimal) -> float:
        share = self.maximum_order_quantity_percent_volume
        return OrderSizing.get_order_size_for_percent_volume(security, share, missing)

    def price_is_favorable(self, data: Slice, unordered_quantity: Decimal) -> bool:
        """Whether the price is better than the volume-weighted one."""
        average = data.vwap.current.value
        if unordered_quantity > 0:
            return bool(data.security.bid_price < average)
        return bool(data.security.ask_price > average)
