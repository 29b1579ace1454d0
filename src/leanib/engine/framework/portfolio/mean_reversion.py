"""Online moving average reversion (`Algorithm.Framework/Portfolio/MeanReversionPortfolioConstructionModel.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.enums import PortfolioBias
from leanib.engine.framework.insight import Insight
from leanib.engine.framework.portfolio.base import PortfolioConstructionModel
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market.universe import SecurityChanges

__all__ = ["MeanReversionPortfolioConstructionModel"]

Array = Any


class _Reversion:
    """A security's price and average."""

    def __init__(self, algorithm: QCAlgorithm, symbol: Symbol, window_size: int, resolution: Resolution) -> None:
        self.identity = base_of(algorithm).identity(symbol, resolution)
        self.sma = base_of(algorithm).sma(symbol, window_size, resolution)
        base_of(algorithm).warm_up_indicator(symbol, self.identity, resolution)
        base_of(algorithm).warm_up_indicator(symbol, self.sma, resolution)

    @property
    def is_ready(self) -> bool:
        return bool(self.identity.is_ready and self.sma.is_ready)

    @property
    def relative(self) -> float:
        return float(self.identity.current.value / self.sma.current.value)


class MeanReversionPortfolioConstructionModel(PortfolioConstructionModel):
    """Moves weight from what stands above its average to what stands below."""

    def __init__(
        self,
        rebalance: object = Resolution.DAILY,
        portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT,
        reversion_threshold: float = 1.0,
        window_size: int = 20,
        resolution: Resolution = Resolution.DAILY,
    ) -> None:
        super().__init__(rebalance)
        if portfolio_bias is PortfolioBias.SHORT:
            raise ValueError("Long position must be allowed in MeanReversionPortfolioConstructionModel.")
        self.reversion_threshold = reversion_threshold
        self.window_size, self.resolution = window_size, resolution
        self._weights: Array = np.zeros(0)
        self._data: dict[Symbol, _Reversion] = {}

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        """The next weights."""
        if not active_insights or not all(self._data[insight.symbol].is_ready for insight in active_insights):
            return {}
        count = len(active_insights)
        if len(self._weights) != count:
            self._weights = np.full(count, 1.0 / count)
        relatives = self.get_price_relatives(active_insights)
        distances = relatives - relatives.mean()
        norm = float(distances @ distances)
        step = max(0.0, (float(self._weights @ relatives) - self.reversion_threshold) / norm) if norm else 0.0
        self._weights = self.simplex_projection(self._weights - step * distances)
        return dict(zip(active_insights, self._weights.tolist(), strict=True))

    def get_price_relatives(self, active_insights: list[Insight]) -> Array:
        """What prices are predicted to become, relative to now."""
        return np.array(
            [
                self._data[insight.symbol].relative
                if insight.magnitude is None
                else 1 + insight.magnitude * int(insight.direction)
                for insight in active_insights
            ]
        )

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Follow the securities' averages."""
        super().on_securities_changed(algorithm, changes)
        for removed in changes.removed_securities:
            gone = self._data.pop(removed.symbol, None)
            if gone is not None:
                base_of(algorithm).unregister_indicator(gone.identity)
                base_of(algorithm).unregister_indicator(gone.sma)
        for added in changes.added_securities:
            if added.symbol not in self._data:
                self._data[added.symbol] = _Reversion(algorithm, added.symbol, self.window_size, self.resolution)

    @staticmethod
    def simplex_projection(vector: Array, total: float = 1.0) -> Array:
        """The nearest weights that are not negative and add up to a total."""
        if total <= 0:
            raise ValueError("Total must be > 0 for Euclidean Projection onto the Simplex.")
        ordered = np.sort(vector)[::-1]
        sums = np.cumsum(ordered)
        rho = np.flatnonzero(ordered > (sums - total) / np.arange(1, len(vector) + 1))[-1]
        return np.maximum(vector - (sums[rho] - total) / (rho + 1), 0.0)
