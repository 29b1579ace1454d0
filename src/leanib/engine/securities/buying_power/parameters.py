"""What buying power models are asked and what they answer (`Common/Securities/*Parameters.cs`, `*Result.cs`, ...).

Amounts are in the account currency; exact under the names that end in `_decimal`, floats otherwise.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import decimal_text, to_decimal
from leanib.engine.numbers.exact import FloatView

if TYPE_CHECKING:
    from leanib.engine.orders.enums import OrderDirection
    from leanib.engine.orders.order import Order
    from leanib.engine.securities.cash_book import CashBook
    from leanib.engine.securities.portfolio import SecurityPortfolioManager
    from leanib.engine.securities.security import Security

__all__ = [
    "BuyingPower",
    "BuyingPowerParameters",
    "GetMaximumOrderQuantityForDeltaBuyingPowerParameters",
    "GetMaximumOrderQuantityForTargetBuyingPowerParameters",
    "GetMaximumOrderQuantityResult",
    "HasSufficientBuyingPowerForOrderParameters",
    "HasSufficientBuyingPowerForOrderResult",
    "InitialMargin",
    "InitialMarginParameters",
    "InitialMarginRequiredForOrderParameters",
    "MaintenanceMargin",
    "MaintenanceMarginParameters",
    "ReservedBuyingPowerForPosition",
    "ReservedBuyingPowerForPositionParameters",
    "exact",
]


def exact(answer: Any) -> Decimal:
    """The exact number in what a model answered: one of ours, or a bare number from a user's model."""
    value = getattr(answer, "value_decimal", answer)
    return value if isinstance(value, Decimal) else to_decimal(value)


class _Amount(LeanObject):
    """One amount."""

    __slots__ = ("value_decimal",)

    value = FloatView()

    def __init__(self, value: Decimal | float) -> None:
        self.value_decimal = to_decimal(value)

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        return decimal_text(self.value_decimal)


class InitialMargin(_Amount):
    """What must be free to open a position; signed like it."""

    __slots__ = ()

    ZERO: InitialMargin
    Zero: InitialMargin


InitialMargin.ZERO = InitialMargin.Zero = InitialMargin(0)


class MaintenanceMargin(_Amount):
    """What an open position ties up."""

    __slots__ = ()


class BuyingPower(_Amount):
    """What may be spent."""

    __slots__ = ()


class ReservedBuyingPowerForPosition(LeanObject):
    """What a position ties up."""

    __slots__ = ("absolute_used_buying_power_decimal",)

    absolute_used_buying_power = FloatView()

    def __init__(self, reserved_buying_power_for_position: Decimal | float) -> None:
        self.absolute_used_buying_power_decimal = to_decimal(reserved_buying_power_for_position)


class GetMaximumOrderQuantityResult(LeanObject):
    """How much can be ordered; a reason why it is nothing is an error unless `is_error` says otherwise."""

    __slots__ = ("is_error", "quantity_decimal", "reason")

    quantity = FloatView()

    def __init__(self, quantity: Decimal | float, reason: str | None = None, is_error: bool | None = None) -> None:
        self.quantity_decimal = to_decimal(quantity)
        self.reason = reason or ""
        self.is_error = bool(self.reason) if is_error is None else is_error


class HasSufficientBuyingPowerForOrderResult(LeanObject):
    """Whether an order can be paid, and why not."""

    __slots__ = ("is_sufficient", "reason")

    def __init__(self, is_sufficient: bool, reason: str | None = None) -> None:
        self.is_sufficient = is_sufficient
        self.reason = reason


class BuyingPowerParameters(LeanObject):
    """Buying power for trading a security in a direction."""

    __slots__ = ("direction", "portfolio", "security")

    def __init__(self, portfolio: SecurityPortfolioManager, security: Security, direction: OrderDirection) -> None:
        self.portfolio = portfolio
        self.security = security
        self.direction = direction

    def result(self, buying_power: Decimal | float, currency: str) -> BuyingPower:
        """The answer, in that currency."""
        return BuyingPower(buying_power)

    def result_in_account_currency(self, buying_power: Decimal | float) -> BuyingPower:
        """The answer."""
        return BuyingPower(buying_power)


class ReservedBuyingPowerForPositionParameters(LeanObject):
    """What the position in a security ties up."""

    __slots__ = ("security",)

    def __init__(self, security: Security) -> None:
        self.security = security

    def result_in_account_currency(self, reserved_buying_power: Decimal | float) -> ReservedBuyingPowerForPosition:
        """The answer."""
        return ReservedBuyingPowerForPosition(reserved_buying_power)


class InitialMarginParameters(LeanObject):
    """What opening a position of that quantity needs."""

    __slots__ = ("quantity_decimal", "security")

    quantity = FloatView()

    def __init__(self, security: Security, quantity: Decimal | float) -> None:
        self.security = security
        self.quantity_decimal = to_decimal(quantity)


class InitialMarginRequiredForOrderParameters(LeanObject):
    """What an order needs, fees included."""

    __slots__ = ("currency_converter", "order", "security")

    def __init__(self, currency_converter: CashBook, security: Security, order: Order) -> None:
        self.currency_converter = currency_converter
        self.security = security
        self.order = order


class MaintenanceMarginParameters(LeanObject):
    """What holding a quantity ties up."""

    __slots__ = ("holdings_cost_decimal", "holdings_value_decimal", "quantity_decimal", "security")

    absolute_holdings_cost = FloatView()
    absolute_holdings_value = FloatView()
    absolute_quantity = FloatView()
    holdings_cost = FloatView()
    holdings_value = FloatView()
    quantity = FloatView()

    def __init__(
        self,
        security: Security,
        quantity: Decimal | float,
        holdings_cost: Decimal | float,
        holdings_value: Decimal | float,
    ) -> None:
        self.security = security
        self.quantity_decimal = to_decimal(quantity)
        self.holdings_cost_decimal = to_decimal(holdings_cost)
        self.holdings_value_decimal = to_decimal(holdings_value)

    @staticmethod
    def for_current_holdings(security: Security) -> MaintenanceMarginParameters:
        """For what is held."""
        held = security.holdings
        return MaintenanceMarginParameters(
            security, held.quantity_decimal, held.holdings_cost_decimal, held.holdings_value_decimal
        )

    @staticmethod
    def for_quantity_at_current_price(security: Security, quantity: Decimal | float) -> MaintenanceMarginParameters:
        """For a quantity bought now."""
        value = security.holdings.get_quantity_value(quantity).in_account_currency_decimal
        return MaintenanceMarginParameters(security, quantity, value, value)

    @property
    def absolute_quantity_decimal(self) -> Decimal:
        """The quantity without its sign."""
        return abs(self.quantity_decimal)

    @property
    def absolute_holdings_cost_decimal(self) -> Decimal:
        """The cost without its sign."""
        return abs(self.holdings_cost_decimal)

    @property
    def absolute_holdings_value_decimal(self) -> Decimal:
        """The value without its sign."""
        return abs(self.holdings_value_decimal)


class HasSufficientBuyingPowerForOrderParameters(LeanObject):
    """Whether an order can be paid."""

    __slots__ = ("order", "portfolio", "security")

    def __init__(self, portfolio: SecurityPortfolioManager, security: Security, order: Order) -> None:
        self.portfolio = portfolio
        self.security = security
        self.order = order

    def sufficient(self) -> HasSufficientBuyingPowerForOrderResult:
        """Yes."""
        return HasSufficientBuyingPowerForOrderResult(True)

    def insufficient(self, reason: str) -> HasSufficientBuyingPowerForOrderResult:
        """No, and why."""
        return HasSufficientBuyingPowerForOrderResult(False, reason)


class _MaximumOrderQuantityParameters(LeanObject):
    """What both ways of asking for the largest order have in common."""

    __slots__ = (
        "minimum_order_margin_portfolio_percentage_decimal",
        "portfolio",
        "security",
        "silence_non_error_reasons",
    )

    minimum_order_margin_portfolio_percentage = FloatView()

    def _init(
        self,
        portfolio: SecurityPortfolioManager,
        security: Security,
        minimum_order_margin_portfolio_percentage: Decimal | float,
        silence_non_error_reasons: bool,
    ) -> None:
        self.portfolio = portfolio
        self.security = security
        self.minimum_order_margin_portfolio_percentage_decimal = to_decimal(minimum_order_margin_portfolio_percentage)
        self.silence_non_error_reasons = silence_non_error_reasons


class GetMaximumOrderQuantityForTargetBuyingPowerParameters(_MaximumOrderQuantityParameters):
    """The largest order that leads to a signed fraction of the portfolio value."""

    __slots__ = ("target_buying_power_decimal",)

    target_buying_power = FloatView()

    def __init__(
        self,
        portfolio: SecurityPortfolioManager,
        security: Security,
        target_buying_power: Decimal | float,
        minimum_order_margin_portfolio_percentage: Decimal | float,
        silence_non_error_reasons: bool = False,
    ) -> None:
        self._init(portfolio, security, minimum_order_margin_portfolio_percentage, silence_non_error_reasons)
        self.target_buying_power_decimal = to_decimal(target_buying_power)


class GetMaximumOrderQuantityForDeltaBuyingPowerParameters(_MaximumOrderQuantityParameters):
    """The largest order that changes the used buying power by an amount."""

    __slots__ = ("delta_buying_power_decimal",)

    delta_buying_power = FloatView()

    def __init__(
        self,
        portfolio: SecurityPortfolioManager,
        security: Security,
        delta_buying_power: Decimal | float,
        minimum_order_margin_portfolio_percentage: Decimal | float,
        silence_non_error_reasons: bool = False,
    ) -> None:
        self._init(portfolio, security, minimum_order_margin_portfolio_percentage, silence_non_error_reasons)
        self.delta_buying_power_decimal = to_decimal(delta_buying_power)
