"""Alphas of crossing averages, MACD and RSI (`Algorithm.Framework/Alphas/{EmaCross,Macd,Rsi}AlphaModel.cs`)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.alphas.base import AlphaModel
from leanib.engine.framework.enums import InsightDirection
from leanib.engine.framework.insight import Insight
from leanib.engine.framework.insight_collection import InsightCollection
from leanib.engine.framework.past import past_points
from leanib.engine.indicators import (
    ExponentialMovingAverage,
    MovingAverageConvergenceDivergence,
    MovingAverageType,
    RelativeStrengthIndex,
)
from leanib.engine.naming import LeanEnum
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market import Slice
    from leanib.engine.market.universe import SecurityChanges
    from leanib.engine.securities import Security

__all__ = ["EmaCrossAlphaModel", "MacdAlphaModel", "RsiAlphaModel", "cancel_insights"]


def cancel_insights(algorithm: QCAlgorithm, insights: InsightCollection, symbol: Symbol) -> None:
    """End a model's insights on a symbol."""
    if insights.contains_key(symbol):
        algorithm.insights.cancel(insights[symbol])
        insights.clear([symbol])


class _EmaPair:
    """A security's two averages."""

    def __init__(
        self, algorithm: QCAlgorithm, security: Security, fast_period: int, slow_period: int, resolution: Resolution
    ) -> None:
        self.symbol = symbol = security.symbol
        self.fast = ExponentialMovingAverage(str(symbol), fast_period)
        self.slow = ExponentialMovingAverage(str(symbol), slow_period)
        self.fast_is_over_slow = False
        self._manager = algorithm.subscription_manager
        base = base_of(algorithm)
        for average in (self.fast, self.slow):
            base.register_indicator(symbol, average, base.resolve_consolidator(symbol, resolution))
        for average in (self.fast, self.slow):
            base.warm_up_indicator(symbol, average, resolution)

    def remove_consolidators(self) -> None:
        for average in (self.fast, self.slow):
            for consolidator in average.consolidators:
                self._manager.remove_consolidator(self.symbol, consolidator)


class EmaCrossAlphaModel(AlphaModel):
    """Up when the fast average crosses above the slow one, down when below."""

    def __init__(self, fast_period: int = 12, slow_period: int = 26, resolution: Resolution = Resolution.DAILY) -> None:
        self.fast_period, self.slow_period, self.resolution = fast_period, slow_period, resolution
        self.prediction_interval = resolution.to_time_span() * fast_period
        self.symbol_data_by_symbol: dict[Symbol, Any] = {}
        self.name = f"EmaCrossAlphaModel({fast_period},{slow_period},{resolution.lean_name})"

    def update(self, algorithm: QCAlgorithm, data: Slice) -> list[Insight]:
        """The crosses since the last update."""
        insights = []
        for pair in self.symbol_data_by_symbol.values():
            if pair.fast.is_ready and pair.slow.is_ready:
                if pair.fast_is_over_slow and pair.slow > pair.fast:
                    insights.append(Insight.price(pair.symbol, self.prediction_interval, InsightDirection.DOWN))
                elif not pair.fast_is_over_slow and pair.fast > pair.slow:
                    insights.append(Insight.price(pair.symbol, self.prediction_interval, InsightDirection.UP))
            pair.fast_is_over_slow = pair.fast > pair.slow
        return insights

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Follow the securities."""
        for added in changes.added_securities:
            known = self.symbol_data_by_symbol.get(added.symbol)
            if known is None:
                pair = _EmaPair(algorithm, added, self.fast_period, self.slow_period, self.resolution)
                self.symbol_data_by_symbol[added.symbol] = pair
            else:
                known.fast.reset()
                known.slow.reset()
        for removed in changes.removed_securities:
            gone = self.symbol_data_by_symbol.pop(removed.symbol, None)
            if gone is not None:
                gone.remove_consolidators()


class _MacdData:
    """A security's MACD."""

    def __init__(
        self,
        algorithm: QCAlgorithm,
        security: Security,
        macd: MovingAverageConvergenceDivergence,
        unit: Resolution | timedelta,
    ) -> None:
        self.security, self.macd = security, macd
        self.previous_direction: InsightDirection | None = None
        self.consolidator = base_of(algorithm).resolve_consolidator(security.symbol, unit)
        base_of(algorithm).register_indicator(security.symbol, macd, self.consolidator)
        base_of(algorithm).warm_up_indicator(security.symbol, macd, unit)


class MacdAlphaModel(AlphaModel):
    """Up while the signal line is more than 1 % of the price above zero, down while as much below."""

    def __init__(
        self,
        fast_period: int = 12,
        slow_period: int = 26,
        signal_period: int = 9,
        moving_average_type: MovingAverageType = MovingAverageType.EXPONENTIAL,
        resolution: Resolution = Resolution.DAILY,
    ) -> None:
        self.periods = (fast_period, slow_period, signal_period)
        self.moving_average_type, self.resolution = moving_average_type, resolution
        self.insight_period = resolution.to_time_span() * fast_period
        self.bounce_threshold_percent = 0.01
        self.insight_collection = InsightCollection()
        self.symbol_data: dict[Symbol, _MacdData] = {}
        names = f"{moving_average_type.lean_name},{resolution.lean_name}"
        self.name = f"MacdAlphaModel({fast_period},{slow_period},{signal_period},{names})"

    def update(self, algorithm: QCAlgorithm, data: Slice) -> list[Insight]:
        """An insight for each security whose direction changed."""
        insights = []
        for own in self.symbol_data.values():
            symbol, price = own.security.symbol, own.security.price
            if price == 0:
                continue
            direction = self._direction(own.macd.signal.current.value / price)
            if direction is own.previous_direction:
                continue
            own.previous_direction = direction
            if direction is InsightDirection.FLAT:
                cancel_insights(algorithm, self.insight_collection, symbol)
                continue
            insights.append(Insight.price(symbol, self.insight_period, direction))
            self.insight_collection.add(insights[-1])
        return insights

    def _direction(self, signal: float) -> InsightDirection:
        if signal > self.bounce_threshold_percent:
            return InsightDirection.UP
        return InsightDirection.DOWN if signal < -self.bounce_threshold_percent else InsightDirection.FLAT

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Follow the securities."""
        for added in changes.added_securities:
            if added.symbol not in self.symbol_data:
                macd = MovingAverageConvergenceDivergence("MACD", *self.periods, self.moving_average_type)
                self.symbol_data[added.symbol] = _MacdData(algorithm, added, macd, self.resolution)
        for removed in changes.removed_securities:
            gone = self.symbol_data.pop(removed.symbol, None)
            if gone is not None:
                algorithm.subscription_manager.remove_consolidator(removed.symbol, gone.consolidator)
            cancel_insights(algorithm, self.insight_collection, removed.symbol)


class _State(LeanEnum):
    """Where the RSI has been last."""

    TRIPPED_LOW = 0
    MIDDLE = 1
    TRIPPED_HIGH = 2


class _RsiData:
    """A security's RSI."""

    def __init__(self, algorithm: QCAlgorithm, symbol: Symbol, period: int, resolution: Resolution) -> None:
        self.state = _State.MIDDLE
        self.rsi = RelativeStrengthIndex("RSI", period, MovingAverageType.WILDERS)
        self.consolidator = base_of(algorithm).resolve_consolidator(symbol, resolution)
        base_of(algorithm).register_indicator(symbol, self.rsi, self.consolidator)


class RsiAlphaModel(AlphaModel):
    """Up when the RSI falls below 30, down when it rises above 70."""

    def __init__(self, period: int = 14, resolution: Resolution = Resolution.DAILY) -> None:
        self.period, self.resolution = period, resolution
        self.insight_period = resolution.to_time_span() * period
        self.symbol_data_by_symbol: dict[Symbol, _RsiData] = {}
        self.name = f"RsiAlphaModel({period},{resolution.lean_name})"

    def update(self, algorithm: QCAlgorithm, data: Slice) -> list[Insight]:
        """An insight for each security whose RSI tripped."""
        insights = []
        for symbol, own in self.symbol_data_by_symbol.items():
            previous, own.state = own.state, self.get_state(own.rsi, own.state)
            if own.state is not previous and own.rsi.is_ready and own.state is not _State.MIDDLE:
                low = own.state is _State.TRIPPED_LOW
                direction = InsightDirection.UP if low else InsightDirection.DOWN
                insights.append(Insight.price(symbol, self.insight_period, direction))
        return insights

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Follow the securities."""
        for removed in changes.removed_securities:
            gone = self.symbol_data_by_symbol.pop(removed.symbol, None)
            if gone is not None:
                algorithm.subscription_manager.remove_consolidator(removed.symbol, gone.consolidator)
        added = [s.symbol for s in changes.added_securities if s.symbol not in self.symbol_data_by_symbol]
        for symbol in added:
            self.symbol_data_by_symbol[symbol] = _RsiData(algorithm, symbol, self.period, self.resolution)
        if added:
            for point in past_points(algorithm, added, self.period, self.resolution):
                own = self.symbol_data_by_symbol.get(point.symbol)
                if own is not None:
                    own.consolidator.update(point)

    @staticmethod
    def get_state(rsi: RelativeStrengthIndex, previous: _State) -> _State:
        """Tripped beyond 30 and 70, back in the middle within 35 and 65."""
        value = rsi.current.value
        if value > 70:
            return _State.TRIPPED_HIGH
        if value < 30:
            return _State.TRIPPED_LOW
        back_up = previous is _State.TRIPPED_LOW and value > 35
        back_down = previous is _State.TRIPPED_HIGH and value < 65
        return _State.MIDDLE if back_up or back_down else previous
