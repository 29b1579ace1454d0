"""The last return goes on (`Algorithm.Framework/Alphas/HistoricalReturnsAlphaModel.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.alphas.base import AlphaModel
from leanib.engine.framework.alphas.crosses import cancel_insights
from leanib.engine.framework.enums import InsightDirection
from leanib.engine.framework.insight import Insight
from leanib.engine.framework.insight_collection import InsightCollection
from leanib.engine.framework.past import past_points
from leanib.engine.indicators import RateOfChange
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market import Slice
    from leanib.engine.market.universe import SecurityChanges

__all__ = ["HistoricalReturnsAlphaModel"]


class _Returns:
    """A security's rate of change."""

    def __init__(self, algorithm: QCAlgorithm, symbol: Symbol, lookback: int, resolution: Resolution) -> None:
        self.rate = RateOfChange(str(symbol), lookback)
        self.consolidator = base_of(algorithm).resolve_consolidator(symbol, resolution)
        self._samples = 0
        base_of(algorithm).register_indicator(symbol, self.rate, self.consolidator)

    def can_emit(self) -> bool:
        if self._samples == self.rate.samples:
            return False
        self._samples = self.rate.samples
        return self.rate.is_ready


class HistoricalReturnsAlphaModel(AlphaModel):
    """The return over the last `lookback` bars, as direction and magnitude of the next ones."""

    def __init__(self, lookback: int = 1, resolution: Resolution = Resolution.DAILY) -> None:
        self.lookback, self.resolution = lookback, resolution
        self.prediction_interval = resolution.to_time_span() * lookback
        self.insight_collection = InsightCollection()
        self._data: dict[Symbol, _Returns] = {}
        self.name = f"HistoricalReturnsAlphaModel({lookback},{resolution.lean_name})"

    def update(self, algorithm: QCAlgorithm, data: Slice) -> list[Insight]:
        """An insight for each security with a new return."""
        insights = []
        for symbol, own in self._data.items():
            if not own.can_emit():
                continue
            magnitude = own.rate.current.value
            if not magnitude:
                cancel_insights(algorithm, self.insight_collection, symbol)
                continue
            direction = InsightDirection.UP if magnitude > 0 else InsightDirection.DOWN
            insights.append(Insight.price(symbol, self.prediction_interval, direction, magnitude, None))
        self.insight_collection.add_range(insights)
        return insights

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Follow the securities."""
        for removed in changes.removed_securities:
            gone = self._data.pop(removed.symbol, None)
            if gone is not None:
                algorithm.subscription_manager.remove_consolidator(removed.symbol, gone.consolidator)
            cancel_insights(algorithm, self.insight_collection, removed.symbol)
        added = [security.symbol for security in changes.added_securities if security.symbol not in self._data]
        for symbol in added:
            self._data[symbol] = _Returns(algorithm, symbol, self.lookback, self.resolution)
        if added:
            for point in past_points(algorithm, added, self.lookback, self.resolution):
                if point.symbol in self._data:
                    self._data[point.symbol].rate.feed(point.end_time, point.value)
