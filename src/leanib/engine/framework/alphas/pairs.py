"""Pairs trading (`Algorithm.Framework/Alphas/{BasePairsTrading,PearsonCorrelationPairsTrading}AlphaModel.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.alphas.base import AlphaModel
from leanib.engine.framework.enums import InsightDirection
from leanib.engine.framework.insight import Insight
from leanib.engine.indicators import ExponentialMovingAverage, Identity, IndicatorExtensions
from leanib.engine.naming import LeanEnum
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market import Slice
    from leanib.engine.market.universe import SecurityChanges

__all__ = ["BasePairsTradingAlphaModel", "PearsonCorrelationPairsTradingAlphaModel"]


class _State(LeanEnum):
    """Which side of the ratio is traded."""

    SHORT_RATIO = -1
    FLAT_RATIO = 0
    LONG_RATIO = 1


class _Pair:
    """Two securities, their ratio, its average and the thresholds around it."""

    def __init__(
        self, algorithm: QCAlgorithm, asset1: Symbol, asset2: Symbol, interval: object, threshold: float
    ) -> None:
        self.asset1, self.asset2 = asset1, asset2
        self._algorithm, self._interval = algorithm, interval
        self._state = _State.FLAT_RATIO
        self._price1, self._consolidator1 = self._follow(asset1)
        self._price2, self._consolidator2 = self._follow(asset2)
        self._ratio = IndicatorExtensions.over(self._price1, self._price2)
        self._mean = IndicatorExtensions.of(ExponentialMovingAverage("EMA(500)", 500), self._ratio)
        self._upper = IndicatorExtensions.times(self._mean, 1 + threshold / 100)
        self._lower = IndicatorExtensions.times(self._mean, 1 - threshold / 100)

    def _follow(self, symbol: Symbol) -> tuple[Identity, Any]:
        algorithm = self._algorithm
        service = algorithm.subscription_manager.subscription_data_config_service
        resolution = min(config.resolution for config in service.get_subscription_data_configs(symbol))
        identity = Identity(base_of(algorithm).create_indicator_name(symbol, "close", resolution))
        consolidator = base_of(algorithm).resolve_consolidator(symbol, resolution)
        base_of(algorithm).register_indicator(symbol, identity, consolidator)
        return identity, consolidator

    def dispose(self) -> None:
        manager = self._algorithm.subscription_manager
        manager.remove_consolidator(self.asset1, self._consolidator1)
        manager.remove_consolidator(self.asset2, self._consolidator2)

    def insights(self) -> list[Insight]:
        if not self._mean.is_ready:
            return []
        if self._state is not _State.LONG_RATIO and self._ratio > self._upper:
            self._state = _State.LONG_RATIO
            return self._group(InsightDirection.DOWN, InsightDirection.UP)
        if self._state is not _State.SHORT_RATIO and self._ratio < self._lower:
            self._state = _State.SHORT_RATIO
            return self._group(InsightDirection.UP, InsightDirection.DOWN)
        return []

    def _group(self, first: InsightDirection, second: InsightDirection) -> list[Insight]:
        one = Insight.price(self.asset1, self._interval, first)
        return Insight.group(one, Insight.price(self.asset2, self._interval, second))


class BasePairsTradingAlphaModel(AlphaModel):
    """Trades the ratio of two securities back to its average."""

    def __init__(self, lookback: int = 1, resolution: Resolution = Resolution.DAILY, threshold: float = 1.0) -> None:
        self.lookback, self.resolution, self.threshold = lookback, resolution, threshold
        self.prediction_interval = resolution.to_time_span() * lookback
        self.pairs: dict[tuple[Symbol, Symbol], _Pair] = {}
        self.securities: dict[Any, None] = {}
        self.name = f"{type(self).__name__}({lookback},{resolution.lean_name},{threshold:g})"

    def update(self, algorithm: QCAlgorithm, data: Slice) -> list[Insight]:
        """The insights of all pairs."""
        return [insight for pair in self.pairs.values() for insight in pair.insights()]

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Follow the securities."""
        self._take(changes)
        self.update_pairs(algorithm)
        for security in changes.removed_securities:
            for key in [key for key in self.pairs if security.symbol in key]:
                self.pairs.pop(key).dispose()

    def _take(self, changes: SecurityChanges) -> None:
        for security in changes.added_securities:
            self.securities[security] = None
        for security in changes.removed_securities:
            self.securities.pop(security, None)

    def update_pairs(self, algorithm: QCAlgorithm) -> None:
        """Make a pair of any two securities that pass the test."""
        symbols = sorted(security.symbol for security in self.securities)
        for i, first in enumerate(symbols):
            for second in symbols[i + 1 :]:
                known = (first, second) in self.pairs or (second, first) in self.pairs
                if not known and self.has_passed_test(algorithm, first, second):
                    pair = _Pair(algorithm, first, second, self.prediction_interval, self.threshold)
                    self.pairs[(first, second)] = pair

    def has_passed_test(self, algorithm: QCAlgorithm, asset1: Symbol, asset2: Symbol) -> bool:
        """Whether two securities make a pair."""
        return True


class PearsonCorrelationPairsTradingAlphaModel(BasePairsTradingAlphaModel):
    """Trades the pair with the highest correlation of returns."""

    def __init__(
        self,
        lookback: int = 15,
        resolution: Resolution = Resolution.MINUTE,
        threshold: float = 1.0,
        minimum_correlation: float = 0.5,
    ) -> None:
        super().__init__(lookback, resolution, threshold)
        self.minimum_correlation = minimum_correlation
        self.best_pair: tuple[Symbol, Symbol] | None = None

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Look for the best pair among the securities."""
        self._take(changes)
        symbols = sorted(security.symbol for security in self.securities)
        history = algorithm.history(symbols, self.lookback, self.resolution)
        if not history.empty:
            self._find_best_pair(symbols, self._returns(history.close.unstack(level=0)))
        super().on_securities_changed(algorithm, changes)

    def _find_best_pair(self, symbols: list[Symbol], returns: Any) -> None:
        correlations = np.corrcoef(returns.to_numpy(), rowvar=False)
        count = returns.shape[1]
        ranked = [(correlations[i, j], i, j) for i in range(count) for j in range(i + 1, count)]
        if ranked:
            best, i, j = max(ranked, key=lambda row: row[0])
            if best >= self.minimum_correlation:
                self.best_pair = (symbols[i], symbols[j])

    def _returns(self, prices: Any) -> Any:
        """Logarithmic returns at the times that all securities have, in UTC when their zones differ."""
        import pandas as pd

        logs = np.log(prices)
        zones = {str(security.symbol.id): security.exchange.time_zone for security in self.securities}
        zones |= {security.symbol.value: security.exchange.time_zone for security in self.securities}
        if len(set(zones.values())) > 1:
            columns = {}
            for column in logs:
                zone = zones[str(column)]
                series = logs[column]
                times = [zone.to_utc(time) for time in series.index]
                series.index = [time.date() for time in times] if self.resolution is Resolution.DAILY else times
                columns[column] = series
            logs = pd.DataFrame(columns).dropna()
        return (logs - logs.shift(1)).dropna()

    def has_passed_test(self, algorithm: QCAlgorithm, asset1: Symbol, asset2: Symbol) -> bool:
        """Only the best pair passes."""
        return self.best_pair == (asset1, asset2)
