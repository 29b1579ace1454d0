"""Portfolios by weights (`Algorithm.Framework/Portfolio/*WeightingPortfolioConstructionModel.cs` and relatives)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.enums import InsightDirection, PortfolioBias
from leanib.engine.framework.insight import Insight
from leanib.engine.framework.portfolio.base import PortfolioConstructionModel, respects_bias
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market.universe import SecurityChanges
    from leanib.engine.securities import Security

__all__ = [
    "AccumulativeInsightPortfolioConstructionModel",
    "ConfidenceWeightedPortfolioConstructionModel",
    "EqualWeightingPortfolioConstructionModel",
    "InsightWeightingPortfolioConstructionModel",
    "SectorWeightingPortfolioConstructionModel",
]


class EqualWeightingPortfolioConstructionModel(PortfolioConstructionModel):
    """The same share for every security with an insight."""

    def __init__(
        self, rebalance: object = Resolution.DAILY, portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT
    ) -> None:
        super().__init__(rebalance)
        self.portfolio_bias = portfolio_bias

    def respect_portfolio_bias(self, insight: Insight) -> bool:
        """Whether the bias allows to follow an insight."""
        return respects_bias(insight, self.portfolio_bias)

    def _direction(self, insight: Insight) -> int:
        return int(insight.direction) if self.respect_portfolio_bias(insight) else 0

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        """One over the number of insights that are not flat."""
        count = sum(1 for insight in active_insights if self._direction(insight))
        percent = 1.0 / count if count else 0.0
        return {insight: self._direction(insight) * percent for insight in active_insights}


class InsightWeightingPortfolioConstructionModel(EqualWeightingPortfolioConstructionModel):
    """The insights' weights, scaled down when they add up to more than 1."""

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        """Whether it has a weight."""
        return insight.weight is not None

    def get_value(self, insight: Insight) -> float:
        """An insight's weight."""
        return abs(insight.weight or 0.0)

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        """The weights, signed."""
        total = sum(self.get_value(insight) for insight in active_insights if self.respect_portfolio_bias(insight))
        factor = 1 / total if total > 1 else 1.0
        return {insight: self._direction(insight) * self.get_value(insight) * factor for insight in active_insights}


class ConfidenceWeightedPortfolioConstructionModel(InsightWeightingPortfolioConstructionModel):
    """The insights' confidences as their weights."""

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        """Whether it has a confidence."""
        return insight.confidence is not None

    def get_value(self, insight: Insight) -> float:
        """An insight's confidence."""
        return insight.confidence or 0.0


class AccumulativeInsightPortfolioConstructionModel(PortfolioConstructionModel):
    """Every insight adds its share to the position; a flat one takes a share off."""

    def __init__(
        self,
        rebalance: object = None,
        portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT,
        percent: float = 0.03,
    ) -> None:
        super().__init__(rebalance)
        self.portfolio_bias = portfolio_bias
        self.percent = abs(percent)

    def get_target_insights(self) -> List[Insight]:
        """All active insights, the oldest first."""
        active = self.algorithm.insights.get_active_insights(base_of(self.algorithm).utc_time)
        wanted = filter(self.should_create_target_for_insight, active)
        return List(sorted(wanted, key=lambda insight: insight.generated_time_utc))

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        """The sum of the shares of each symbol, under its first insight."""
        percents: dict[Symbol, float] = {}
        for insight in active_insights:
            percent = percents.get(insight.symbol, 0.0)
            if insight.symbol in percents and insight.direction is InsightDirection.FLAT:
                step = -self.percent if percent > 0 else self.percent
                percent = 0.0 if abs(percent) < self.percent else percent + step
            percent += self.percent * int(insight.direction)
            sign = (percent > 0) - (percent < 0)
            if self.portfolio_bias is not PortfolioBias.LONG_SHORT and sign != int(self.portfolio_bias):
                percent = 0.0
            percents[insight.symbol] = percent
        first: dict[Symbol, Insight] = {}
        for insight in active_insights:
            first.setdefault(insight.symbol, insight)
        return {insight: percents[symbol] for symbol, insight in first.items()}


class SectorWeightingPortfolioConstructionModel(EqualWeightingPortfolioConstructionModel):
    """The same share for every sector, and within it for every security."""

    def __init__(self, rebalance: object = Resolution.DAILY) -> None:
        super().__init__(rebalance)
        self.sector_code_by_symbol: dict[Symbol, Any] = {}

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        """Whether its sector is known."""
        return insight.symbol in self.sector_code_by_symbol

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        """One over the number of sectors, over the number of insights in the sector."""
        result: dict[Insight, float] = {}
        by_sector: dict[Any, list[Insight]] = {}
        for insight in active_insights:
            if insight.direction is InsightDirection.FLAT:
                result[insight] = 0.0
            else:
                by_sector.setdefault(self.sector_code_by_symbol[insight.symbol], []).append(insight)
        for insights in by_sector.values():
            percent = 1.0 / len(by_sector) / len(insights)
            result.update((insight, int(insight.direction) * percent) for insight in insights)
        return result

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Follow the securities' sectors."""
        for security in changes.removed_securities:
            self.sector_code_by_symbol.pop(security.symbol, None)
        for security in changes.added_securities:
            code = self.get_sector_code(security)
            if code:
                self.sector_code_by_symbol[security.symbol] = code
        super().on_securities_changed(algorithm, changes)

    def get_sector_code(self, security: Security) -> Any:
        """The code of a security's industry."""
        fundamentals = security.fundamentals
        return fundamentals.company_reference.industry_template_code if fundamentals else None
