"""Limits of loss, profit and exposure (`Algorithm.Framework/Risk/*.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.portfolio_target import PortfolioTarget
from leanib.engine.framework.risk.base import RiskManagementModel
from leanib.engine.framework.target_collection import PortfolioTargetCollection
from leanib.engine.numbers import to_decimal
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market.universe import SecurityChanges
    from leanib.engine.securities import Security

__all__ = [
    "MaximumDrawdownPercentPerSecurity",
    "MaximumDrawdownPercentPortfolio",
    "MaximumSectorExposureRiskManagementModel",
    "MaximumUnrealizedProfitPercentPerSecurity",
    "TrailingStopRiskManagementModel",
]


def _close(algorithm: QCAlgorithm, symbol: Symbol) -> PortfolioTarget:
    """End the insights on a symbol, and sell it."""
    algorithm.insights.cancel([symbol])
    return PortfolioTarget(symbol, 0)


class _UnrealizedLimit(RiskManagementModel):
    """Closes positions by their unrealized profit."""

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> Iterable[PortfolioTarget]:
        """Zero for the positions beyond the limit."""
        return [
            _close(algorithm, security.symbol)
            for security in algorithm.securities.values()
            if security.invested and self._is_beyond(security.holdings.unrealized_profit_percent)
        ]

    def _is_beyond(self, profit: float) -> bool:
        raise NotImplementedError


class MaximumDrawdownPercentPerSecurity(_UnrealizedLimit):
    """Closes a position that lost more than a fraction of its cost."""

    def __init__(self, maximum_drawdown_percent: float = 0.05) -> None:
        self.maximum_drawdown_percent = -abs(maximum_drawdown_percent)

    def _is_beyond(self, profit: float) -> bool:
        return profit < self.maximum_drawdown_percent


class MaximumUnrealizedProfitPercentPerSecurity(_UnrealizedLimit):
    """Closes a position that won more than a fraction of its cost."""

    def __init__(self, maximum_unrealized_profit_percent: float = 0.05) -> None:
        self.maximum_unrealized_profit_percent = abs(maximum_unrealized_profit_percent)

    def _is_beyond(self, profit: float) -> bool:
        return profit > self.maximum_unrealized_profit_percent


class MaximumDrawdownPercentPortfolio(RiskManagementModel):
    """Closes all targets when the portfolio lost more than a fraction of its start, or of its high."""

    def __init__(self, maximum_drawdown_percent: float = 0.05, is_trailing: bool = False) -> None:
        self.maximum_drawdown_percent = -to_decimal(abs(maximum_drawdown_percent))
        self.is_trailing = is_trailing
        self._high: Decimal | None = None

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> Iterable[PortfolioTarget]:
        """Zero for all targets beyond the limit."""
        value = algorithm.portfolio.total_portfolio_value_decimal
        if self._high is None:
            self._high = value
        if self.is_trailing and self._high < value:
            self._high = value
            return []
        if value / self._high - 1 < self.maximum_drawdown_percent and targets:
            self._high = None
            return [_close(algorithm, target.symbol) for target in targets]
        return []


class TrailingStopRiskManagementModel(RiskManagementModel):
    """Closes a position that lost more than a fraction of its best value."""

    def __init__(self, maximum_drawdown_percent: float = 0.05) -> None:
        self.maximum_drawdown_percent = to_decimal(abs(maximum_drawdown_percent))
        self._best: dict[Symbol, tuple[bool, Decimal]] = {}

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> Iterable[PortfolioTarget]:
        """Zero for the positions beyond the limit."""
        closed = []
        for security in algorithm.securities.values():
            symbol, holdings = security.symbol, security.holdings
            if not security.invested:
                self._best.pop(symbol, None)
                continue
            is_long, value = holdings.is_long, holdings.absolute_holdings_value_decimal
            if symbol not in self._best or self._best[symbol][0] != is_long:
                self._best[symbol] = (is_long, holdings.absolute_holdings_cost_decimal)
            best = self._best[symbol][1]
            if best < value if is_long else best > value:
                self._best[symbol] = (is_long, value)
            elif self.maximum_drawdown_percent < abs((best - value) / best):
                del self._best[symbol]
                closed.append(_close(algorithm, symbol))
        return closed


class MaximumSectorExposureRiskManagementModel(RiskManagementModel):
    """Scales the securities of a sector down to a fraction of the portfolio."""

    def __init__(self, maximum_sector_exposure: float = 0.20) -> None:
        if maximum_sector_exposure <= 0:
            raise ValueError(
                "MaximumSectorExposureRiskManagementModel: the maximum sector exposure cannot be a non-positive value."
            )
        self.maximum_sector_exposure = to_decimal(maximum_sector_exposure)
        self._targets = PortfolioTargetCollection()

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> Iterable[PortfolioTarget]:
        """Smaller quantities for the sectors beyond the limit."""
        limit = algorithm.portfolio.total_portfolio_value_decimal * self.maximum_sector_exposure
        self._targets.add_range(targets)
        sectors: dict[Any, list[Any]] = {}
        for security in algorithm.universe_manager.active_securities.values():
            if security.fundamentals is not None and security.fundamentals.has_fundamental_data:
                code = security.fundamentals.company_reference.industry_template_code
                sectors.setdefault(code, []).append(security)
        reduced = []
        for securities in sectors.values():
            quantities = {security.symbol: self._quantity(security) for security in securities}
            ratio = sum((self._value(security) for security in securities), Decimal(0)) / limit
            if ratio > 1:
                reduced += [PortfolioTarget(s, quantity / ratio) for s, quantity in quantities.items() if quantity]
        return reduced

    def _quantity(self, security: Security) -> Decimal:
        if self._targets.contains_key(security.symbol):
            return self._targets[security.symbol].quantity_decimal
        return security.holdings.quantity_decimal

    def _value(self, security: Security) -> Decimal:
        if not self._targets.contains_key(security.symbol):
            return security.holdings.absolute_holdings_value_decimal
        unit = security.price_decimal * security.symbol_properties.contract_multiplier_decimal
        rate = security.quote_currency.conversion_rate_decimal
        return abs(self._quantity(security)) * unit * rate

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Make sure that there is fundamental data.

        Raises:
            RuntimeError: no security has any.
        """
        active = base_of(algorithm).active_securities.values()
        if not any(security.fundamentals and security.fundamentals.has_fundamental_data for security in active):
            raise RuntimeError(
                "MaximumSectorExposureRiskManagementModel.on_securities_changed: Please select a portfolio selection "
                "model that selects securities with fundamental data."
            )
