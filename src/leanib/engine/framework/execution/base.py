"""What every execution model is (`Algorithm/Execution`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.portfolio_target import PortfolioTarget
from leanib.engine.framework.target_collection import PortfolioTargetCollection
from leanib.engine.naming import LeanObject
from leanib.engine.securities.buying_power.extensions import BuyingPowerModelExtensions
from leanib.engine.securities.sizing import OrderSizing

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market.universe import SecurityChanges
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.securities import Security

__all__ = ["ExecutionModel", "ImmediateExecutionModel", "NullExecutionModel"]


class ExecutionModel(LeanObject):
    """Makes orders from targets: define `execute`."""

    asynchronous = True

    def __init__(self, asynchronous: bool = True) -> None:
        self.asynchronous = asynchronous

    def execute(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> None:
        """New targets, or none: order what is due."""
        raise NotImplementedError("Types deriving from 'ExecutionModel' must implement the 'execute' method.")

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Securities were added or removed."""

    def on_order_event(self, algorithm: QCAlgorithm, order_event: OrderEvent) -> None:
        """An order was submitted, filled or otherwise changed."""


class NullExecutionModel(ExecutionModel):
    """Orders nothing."""

    def execute(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> None:
        """Nothing."""


class ImmediateExecutionModel(ExecutionModel):
    """Market orders at once."""

    def __init__(self, asynchronous: bool = True) -> None:
        super().__init__(asynchronous)
        self._targets = PortfolioTargetCollection()

    def execute(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> None:
        """Order what is missing to the targets."""
        self._targets.add_range(targets)
        if self._targets.is_empty:
            return
        for target in self._targets.order_by_margin_impact(algorithm):
            security = algorithm.securities[target.symbol]
            quantity = OrderSizing.unordered_quantity(algorithm, target, security, True)
            if quantity and _is_worth_it(algorithm, security, quantity):
                base_of(algorithm).market_order(security.symbol, quantity, self.asynchronous, target.tag)
        self._targets.clear_fulfilled(algorithm)


def _is_worth_it(algorithm: QCAlgorithm, security: Security, quantity: Decimal) -> bool:
    """Whether an order takes more margin than the settings' minimum; says once that one does not."""
    portfolio = algorithm.portfolio
    minimum = algorithm.settings.minimum_order_margin_portfolio_percentage
    if BuyingPowerModelExtensions.above_minimum_order_margin_portfolio_percentage(
        security.buying_power_model, security, quantity, portfolio, minimum
    ):
        return True
    portfolio.note_small_order_ignored()
    return False
