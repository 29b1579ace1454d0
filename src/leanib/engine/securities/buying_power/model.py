"""The base of the buying power models, with the rules of a margin account (`Common/Securities/BuyingPowerModel.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ONE, ZERO, ceiling, floor, to_decimal, to_float
from leanib.engine.numbers.exact import FloatView
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.order_kinds import LimitOrder
from leanib.engine.securities.buying_power.answers import (
    compared,
    less_than_a_lot,
    not_converged,
    nothing,
    too_small_a_change,
    zero_price_message,
)
from leanib.engine.securities.buying_power.parameters import (
    BuyingPower,
    BuyingPowerParameters,
    GetMaximumOrderQuantityForDeltaBuyingPowerParameters,
    GetMaximumOrderQuantityForTargetBuyingPowerParameters,
    GetMaximumOrderQuantityResult,
    HasSufficientBuyingPowerForOrderParameters,
    HasSufficientBuyingPowerForOrderResult,
    InitialMargin,
    InitialMarginParameters,
    InitialMarginRequiredForOrderParameters,
    MaintenanceMargin,
    MaintenanceMarginParameters,
    ReservedBuyingPowerForPosition,
    ReservedBuyingPowerForPositionParameters,
    exact,
)
from leanib.engine.securities.fees import market_order_fee, order_fee
from leanib.engine.securities.user_models import is_users

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.ticket import OrderTicket
    from leanib.engine.securities.portfolio import SecurityPortfolioManager
    from leanib.engine.securities.security import Security

__all__ = [
    "BuyingPowerModel",
    "initial_margin",
    "maintenance_margin",
    "maximum_order_quantity",
]


def initial_margin(security: Security, quantity: Decimal) -> Decimal:
    """What the security's model wants free to open a position of that quantity; signed like it."""
    return exact(
        security.buying_power_model.get_initial_margin_requirement(InitialMarginParameters(security, quantity))
    )


def maintenance_margin(security: Security, parameters: MaintenanceMarginParameters | None = None) -> Decimal:
    """What the position ties up, by the security's model."""
    if parameters is None:
        parameters = MaintenanceMarginParameters.for_current_holdings(security)
    return exact(security.buying_power_model.get_maintenance_margin(parameters))


def maximum_order_quantity(
    portfolio: SecurityPortfolioManager,
    security: Security,
    target: Decimal | float,
    minimum_order_margin_portfolio_percentage: Decimal | float,
) -> GetMaximumOrderQuantityResult:
    """The largest order towards a fraction of the portfolio value, by the security's model."""
    parameters = GetMaximumOrderQuantityForTargetBuyingPowerParameters(
        portfolio, security, target, minimum_order_margin_portfolio_percentage
    )
    result: GetMaximumOrderQuantityResult = (
        security.buying_power_model.get_maximum_order_quantity_for_target_buying_power(parameters)
    )
    return result


class BuyingPowerModel(LeanObject):
    """Margin as a fixed fraction of a position's value.

    Subclasses override the methods with LEAN's names, in either style; they may return plain numbers where a margin is
    asked for. All amounts are in the account currency.
    """

    NULL: ClassVar[BuyingPowerModel]
    Null: ClassVar[BuyingPowerModel]
    required_free_buying_power_percent = FloatView()

    def __init__(
        self,
        leverage: Decimal | float = 1,
        maintenance_margin_requirement: Decimal | float = 0,
        required_free_buying_power_percent: Decimal | float | None = None,
    ) -> None:
        """`(leverage=1, free_percent=0)` or `(initial margin, maintenance margin, free_percent)`, as fractions."""
        if required_free_buying_power_percent is None:
            free = to_decimal(maintenance_margin_requirement)
            initial = maintenance = _margin_of(leverage)
        else:
            free = to_decimal(required_free_buying_power_percent)
            initial, maintenance = to_decimal(leverage), to_decimal(maintenance_margin_requirement)
        for name, fraction in (("initial margin", initial), ("maintenance margin", maintenance), ("free", free)):
            if not 0 <= fraction <= 1:
                raise ValueError(f"the {name} requirement must be between 0 and 1, not {fraction}")
        self._initial_margin_requirement = initial
        self._maintenance_margin_requirement = maintenance
        self.required_free_buying_power_percent_decimal = free

    # --- margins -------------------------------------------------------------------------------------------------

    def get_leverage(self, security: Security) -> float:
        """The value that one unit of margin opens."""
        return to_float(ONE / self._initial_margin_requirement)

    def set_leverage(self, security: Security, leverage: Decimal | float) -> None:
        """Sets both margins to one over the leverage."""
        security._interrupt()
        self._initial_margin_requirement = self._maintenance_margin_requirement = _margin_of(leverage)

    def get_initial_margin_requirement(self, parameters: InitialMarginParameters) -> InitialMargin:
        """What opening the position needs; signed like it."""
        security = parameters.security
        return InitialMargin(
            security.quote_currency.conversion_rate_decimal
            * security.symbol_properties.contract_multiplier_decimal
            * security.price_decimal
            * parameters.quantity_decimal
            * self._initial_margin_requirement
        )

    def get_initial_margin_required_for_order(
        self, parameters: InitialMarginRequiredForOrderParameters
    ) -> InitialMargin:
        """What an order needs with its fee; signed like it."""
        fee = order_fee(parameters.security, parameters.order)
        fees = parameters.currency_converter.convert_to_account_currency(fee).amount_decimal
        margin = exact(
            self.get_initial_margin_requirement(
                InitialMarginParameters(parameters.security, parameters.order.quantity_decimal)
            )
        )
        return InitialMargin(margin + (fees if margin > 0 else -fees if margin < 0 else ZERO))

    def get_maintenance_margin(self, parameters: MaintenanceMarginParameters) -> MaintenanceMargin:
        """What the position ties up."""
        return MaintenanceMargin(parameters.absolute_holdings_value_decimal * self._maintenance_margin_requirement)

    @property
    def maintenance_margin_rate_decimal(self) -> Decimal:
        """The part of a position's value that it ties up, where the model goes by that alone."""
        return self._maintenance_margin_requirement

    @property
    def maintenance_margin_rate(self) -> float:
        """Likewise, in floats."""
        return float(self._maintenance_margin_requirement)

    def approximate_maintenance_margin(self, security: Security) -> float | None:
        """What the position ties up, in floats; None where the model has its own way to work it out."""
        if type(self).get_maintenance_margin is not BuyingPowerModel.get_maintenance_margin:
            return None
        return abs(security.holdings.approximate_value()) * float(self._maintenance_margin_requirement)

    def get_reserved_buying_power_for_position(
        self, parameters: ReservedBuyingPowerForPositionParameters
    ) -> ReservedBuyingPowerForPosition:
        """What the position ties up."""
        held = MaintenanceMarginParameters.for_current_holdings(parameters.security)
        return parameters.result_in_account_currency(exact(self.get_maintenance_margin(held)))

    def get_margin_remaining(
        self, portfolio: SecurityPortfolioManager, security: Security, direction: OrderDirection
    ) -> Decimal:
        """What is free for a trade in that direction: turning a position round frees its margin."""
        value = portfolio.total_portfolio_value_decimal
        remaining = portfolio.margin_remaining_at(value)
        holdings = security.holdings
        if (holdings.is_long and direction is OrderDirection.SELL) or (
            holdings.is_short and direction is OrderDirection.BUY
        ):
            held = MaintenanceMarginParameters.for_current_holdings(security)
            opening = InitialMarginParameters(security, holdings.absolute_quantity_decimal)
            remaining += exact(self.get_maintenance_margin(held))
            remaining += exact(self.get_initial_margin_requirement(opening))
        remaining -= value * self.required_free_buying_power_percent_decimal
        return max(remaining, ZERO)

    def get_buying_power(self, parameters: BuyingPowerParameters) -> BuyingPower:
        """What may be spent."""
        remaining = self.get_margin_remaining(parameters.portfolio, parameters.security, parameters.direction)
        return parameters.result_in_account_currency(exact(remaining))

    # --- orders --------------------------------------------------------------------------------------------------

    def has_sufficient_buying_power_for_order(
        self, parameters: HasSufficientBuyingPowerForOrderParameters
    ) -> HasSufficientBuyingPowerForOrderResult:
        """Whether what is not filled yet of the order can be paid. What only reduces a position always can."""
        order, security = parameters.order, parameters.security
        if not order.quantity_decimal:
            return parameters.sufficient()
        ticket = parameters.portfolio.transactions.get_order_ticket(order.id)
        if ticket is None:
            return parameters.insufficient(f"Null order ticket for id: {order.id}")
        if order.type is OrderType.OPTION_EXERCISE:
            return self._can_exercise(parameters, ticket)
        if self.only_reduces(security, order):
            return parameters.sufficient()
        if self._has_plenty(parameters):
            return parameters.sufficient()
        free = exact(self.get_margin_remaining(parameters.portfolio, security, order.direction))
        converter = parameters.portfolio.cash_book
        needed = exact(
            self.get_initial_margin_required_for_order(
                InitialMarginRequiredForOrderParameters(converter, security, order)
            )
        )
        return compared(parameters, ticket, free, needed)

    def _can_exercise(
        self, parameters: HasSufficientBuyingPowerForOrderParameters, ticket: OrderTicket
    ) -> HasSufficientBuyingPowerForOrderResult:
        """Whether the underlying that an exercise or an assignment brings can be paid; the option's margin is freed."""
        option: Any = parameters.security
        order, underlying = parameters.order, option.underlying
        if not (underlying.is_tradable and option.is_auto_exercised(underlying.close)):
            return parameters.sufficient()
        quantity = option.get_exercise_quantity_decimal(order.quantity_decimal)
        delivery = LimitOrder(underlying.symbol, quantity, option.strike_price_decimal, order.time)
        delivery.id = order.id
        portfolio, model = parameters.portfolio, underlying.buying_power_model
        free = exact(model.get_buying_power(BuyingPowerParameters(portfolio, underlying, delivery.direction)))
        freed = MaintenanceMarginParameters.for_quantity_at_current_price(option, -order.quantity_decimal)
        needed = model.get_initial_margin_required_for_order(
            InitialMarginRequiredForOrderParameters(portfolio.cash_book, underlying, delivery)
        )
        of_underlying = HasSufficientBuyingPowerForOrderParameters(portfolio, underlying, delivery)
        return compared(of_underlying, ticket, free + exact(self.get_maintenance_margin(freed)), exact(needed))

    def _has_plenty(self, parameters: HasSufficientBuyingPowerForOrderParameters) -> bool:
        """Whether floats, a sixth of the work, show that the order can be paid with a thousandth to spare.

        A pending order is asked this in every time step. Where a model of the user's own would have a say, floats say
        nothing, so that each is called exactly once.
        """
        portfolio = parameters.portfolio
        used = portfolio.approximate_margin_used()
        if used is None:
            return False
        security = parameters.security
        need = self.approximate_need(portfolio, security, parameters.order, security.price)
        value = portfolio.approximate_value()
        reserve = value * float(self.required_free_buying_power_percent_decimal)
        free = value - float(portfolio.unsettled_cash_decimal) - used - reserve
        return need is not None and (need.margin + need.fees) * 1.001 < free

    def approximate_need(
        self, portfolio: SecurityPortfolioManager, security: Security, order: Order, price: float
    ) -> ApproximateNeed | None:
        """What an order needs at a price, in floats; None where a model has its own way to work it out."""
        if is_users(security.fee_model) or not _has_plain_margins(type(self)):
            return None
        fee = order_fee(security, order)
        unit = security.quote_currency.conversion_rate_decimal * security.symbol_properties.contract_multiplier_decimal
        margin = float(unit * self._initial_margin_requirement * order.quantity_decimal) * price
        fees = float(portfolio.cash_book.to_account_currency(fee.amount_decimal, fee.currency))
        return ApproximateNeed(abs(margin), abs(fees))

    @staticmethod
    def only_reduces(security: Security, order: Order) -> bool:
        """Whether an order only reduces a position: then it can always be paid."""
        held = security.holdings.quantity_decimal
        return held * order.quantity_decimal < 0 and abs(held) >= abs(order.quantity_decimal)

    @property
    def checks_as_usual(self) -> bool:
        """Whether orders are checked as BuyingPowerModel does it."""
        kind, base = type(self), BuyingPowerModel
        return kind.has_sufficient_buying_power_for_order is base.has_sufficient_buying_power_for_order

    # --- the largest order ---------------------------------------------------------------------------------------

    def get_maximum_order_quantity_for_delta_buying_power(
        self, parameters: GetMaximumOrderQuantityForDeltaBuyingPowerParameters
    ) -> GetMaximumOrderQuantityResult:
        """The largest order that changes the used buying power by that amount."""
        portfolio, security = parameters.portfolio, parameters.security
        reserved = security.buying_power_model.get_reserved_buying_power_for_position(
            ReservedBuyingPowerForPositionParameters(security)
        )
        used = to_decimal(reserved.absolute_used_buying_power_decimal)
        target = (used if security.holdings.is_long else -used) + parameters.delta_buying_power_decimal
        value = portfolio.total_portfolio_value_decimal
        return self.get_maximum_order_quantity_for_target_buying_power(
            GetMaximumOrderQuantityForTargetBuyingPowerParameters(
                portfolio,
                security,
                target / value if value else ZERO,
                parameters.minimum_order_margin_portfolio_percentage_decimal,
                parameters.silence_non_error_reasons,
            )
        )

    def get_maximum_order_quantity_for_target_buying_power(
        self, parameters: GetMaximumOrderQuantityForTargetBuyingPowerParameters
    ) -> GetMaximumOrderQuantityResult:
        """The largest order that leads to that signed fraction of the portfolio value, its fee allowed for."""
        portfolio, security = parameters.portfolio, parameters.security
        value = portfolio.total_portfolio_value_decimal
        reserve = value * self.required_free_buying_power_percent_decimal
        target = parameters.target_buying_power_decimal * (value - reserve)
        if not target:
            return GetMaximumOrderQuantityResult(-security.holdings.quantity_decimal, "", False)
        current = self._margin(security, security.holdings.quantity_decimal)
        unit = self._margin(security, ONE)
        if not unit:
            return GetMaximumOrderQuantityResult(0, zero_price_message(security))
        too_small = too_small_a_change(parameters, abs(target - current))
        if too_small is not None:
            return too_small
        last_quantity = ZERO
        while True:
            quantity, margin = self._amount_to_order(security, target, unit)
            if not quantity:
                return nothing(parameters, less_than_a_lot(security, target - current))
            fee = portfolio.cash_book.convert_to_account_currency(market_order_fee(security, quantity)).amount_decimal
            target = (value - fee - reserve) * parameters.target_buying_power_decimal
            if quantity == last_quantity:
                raise ValueError(not_converged(parameters, target, fee))
            last_quantity = quantity
            if abs(margin) <= abs(target):
                return GetMaximumOrderQuantityResult(quantity)

    def get_amount_to_order(
        self, security: Security, target_margin: Decimal | float, margin_for_one_unit: Decimal | float
    ) -> tuple[float, float]:
        """The order that brings the margin to the target or just below, and the margin then."""
        quantity, margin = self._amount_to_order(security, to_decimal(target_margin), to_decimal(margin_for_one_unit))
        return float(quantity), float(margin)

    def _amount_to_order(self, security: Security, target: Decimal, unit: Decimal) -> tuple[Decimal, Decimal]:
        lot, held = security.symbol_properties.lot_size_decimal, security.holdings.quantity_decimal
        # Back to nothing first, then to the target: margins need not grow in line with the quantity.
        lots = (target / unit - held) / lot
        quantity = (ceiling(lots) if target < 0 else floor(lots)) * lot
        margin = self._margin(security, quantity + held)
        difference = margin - target
        while (target < 0 and difference < 0) or (target > 0 and difference > 0):
            quantity += lot if target < 0 else -lot
            margin = self._margin(security, quantity + held)
            new_difference = margin - target
            if abs(new_difference) > abs(difference) and (new_difference < 0) == (difference < 0):
                raise ValueError(
                    f"the margin of {security.symbol.value} moves away from its target {target}: "
                    f"one unit needs {unit}, {held} are held"
                )
            difference = new_difference
        return quantity, margin

    def _margin(self, security: Security, quantity: Decimal) -> Decimal:
        return exact(self.get_initial_margin_requirement(InitialMarginParameters(security, quantity)))


class ApproximateNeed(NamedTuple):
    """Margin and fees of an order in the account currency, without sign."""

    margin: float
    fees: float


def _has_plain_margins(kind: type[BuyingPowerModel]) -> bool:
    """Whether a kind of model works its margins out as BuyingPowerModel does."""
    base = BuyingPowerModel
    return (
        kind.get_margin_remaining is base.get_margin_remaining
        and kind.get_initial_margin_requirement is base.get_initial_margin_requirement
        and kind.get_initial_margin_required_for_order is base.get_initial_margin_required_for_order
    )


def _margin_of(leverage: Decimal | float) -> Decimal:
    factor = to_decimal(leverage)
    if factor < 1:
        raise ValueError(f"Leverage must be greater than or equal to 1, not {factor}")
    return ONE / factor


