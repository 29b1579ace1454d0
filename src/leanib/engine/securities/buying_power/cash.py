"""A cash account: what is there can be spent (`Common/Securities/CashBuyingPowerModel.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.numbers import ZERO, decimal_text, normalize, to_decimal
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.securities.buying_power.answers import zero_price_message
from leanib.engine.securities.buying_power.model import BuyingPowerModel, maximum_order_quantity
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
    ReservedBuyingPowerForPosition,
    ReservedBuyingPowerForPositionParameters,
)
from leanib.engine.securities.fees import market_order_fee, order_fee

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.securities.cash import Cash
    from leanib.engine.securities.portfolio import SecurityPortfolioManager
    from leanib.engine.securities.security import Security

__all__ = ["CashBuyingPowerModel"]

_LIMIT_TYPES = (OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.LIMIT_IF_TOUCHED)
_STOP_TYPES = (OrderType.STOP_MARKET, OrderType.TRAILING_STOP)


def _base_currency(security: Security) -> Cash | None:
    cash: Cash | None = getattr(security, "base_currency", None)
    return cash


class CashBuyingPowerModel(BuyingPowerModel):
    """Currency pairs without leverage: a purchase needs the quote currency, a sale the base currency."""

    def __init__(self) -> None:
        super().__init__(1, 0, 0)

    def get_leverage(self, security: Security) -> float:
        """One."""
        return 1.0

    def set_leverage(self, security: Security, leverage: Decimal | float) -> None:
        """Only one is allowed."""
        if leverage != 1:
            raise InvalidOperationException(
                "CashBuyingPowerModel does not allow setting leverage. Cash accounts have no leverage."
            )

    def get_initial_margin_requirement(self, parameters: InitialMarginParameters) -> InitialMargin:
        """The full value."""
        security = parameters.security
        return InitialMargin(
            security.quote_currency.conversion_rate_decimal
            * security.symbol_properties.contract_multiplier_decimal
            * security.price_decimal
            * parameters.quantity_decimal
        )

    def get_reserved_buying_power_for_position(
        self, parameters: ReservedBuyingPowerForPositionParameters
    ) -> ReservedBuyingPowerForPosition:
        """Nothing: the position is the currency itself."""
        return parameters.result_in_account_currency(ZERO)

    # --- orders --------------------------------------------------------------------------------------------------

    def has_sufficient_buying_power_for_order(
        self, parameters: HasSufficientBuyingPowerForOrderParameters
    ) -> HasSufficientBuyingPowerForOrderResult:
        """Whether the currency to pay with is there and not reserved by other open orders."""
        base = _base_currency(parameters.security)
        if base is None:
            return parameters.insufficient(
                f"The '{parameters.security.symbol.value}' security is not supported by this cash model. "
                "Currently only Crypto and Forex are supported."
            )
        order = parameters.order
        reserved = _reserved_quantity(parameters.portfolio, parameters.security, base, order)
        if order.direction is not OrderDirection.BUY:
            return self._can_sell(parameters, base, reserved)
        available = parameters.security.quote_currency.amount_decimal
        price = _order_price(parameters.security, order)
        needed = order.absolute_quantity_decimal * price
        if order.type is OrderType.MARKET:
            most = abs(self._largest_purchase(parameters, base, available - reserved) * price)
        else:
            most = available - reserved - self._limit_fee(parameters)
        if needed <= most:
            return parameters.sufficient()
        quote = parameters.security.quote_currency.symbol
        return parameters.insufficient(
            f"Your portfolio holds {_text(available)} {quote}, {_text(reserved)} {quote} of which are reserved for "
            f"open orders, but your Buy order is for {_text(order.absolute_quantity_decimal)} {base.symbol}. Your "
            f"order requires a total value of {_text(needed)} {quote}, but only a total value of "
            f"{_text(abs(most))} {quote} is available."
        )

    @staticmethod
    def _can_sell(
        parameters: HasSufficientBuyingPowerForOrderParameters, base: Cash, reserved: Decimal
    ) -> HasSufficientBuyingPowerForOrderResult:
        quantity, available = parameters.order.absolute_quantity_decimal, base.amount_decimal
        if quantity <= available - reserved:
            return parameters.sufficient()
        return parameters.insufficient(
            f"Your portfolio holds {_text(available)} {base.symbol}, {_text(reserved)} {base.symbol} of which are "
            f"reserved for open orders, but your Sell order is for {_text(quantity)} {base.symbol}. Cash Modeling "
            "trading does not permit short holdings so ensure you only sell what you have, including any additional "
            "open orders."
        )

    @staticmethod
    def _largest_purchase(parameters: HasSufficientBuyingPowerForOrderParameters, base: Cash, free: Decimal) -> Decimal:
        """What all the free quote currency buys, fees allowed for."""
        portfolio, security = parameters.portfolio, parameters.security
        book, quote = portfolio.cash_book, security.quote_currency.symbol
        holdings = book.convert_decimal(base.amount_decimal, base.symbol, quote)
        target = book.to_account_currency(free + holdings, quote)
        value = portfolio.total_portfolio_value_decimal
        return maximum_order_quantity(portfolio, security, target / value if value else ZERO, 0).quantity_decimal

    @staticmethod
    def _limit_fee(parameters: HasSufficientBuyingPowerForOrderParameters) -> Decimal:
        if parameters.order.type is not OrderType.LIMIT:
            return ZERO
        fee = order_fee(parameters.security, parameters.order)
        quote = parameters.security.quote_currency.symbol
        return parameters.portfolio.cash_book.convert_decimal(fee.amount_decimal, fee.currency, quote)

    # --- the largest order ---------------------------------------------------------------------------------------

    def get_maximum_order_quantity_for_delta_buying_power(
        self, parameters: GetMaximumOrderQuantityForDeltaBuyingPowerParameters
    ) -> GetMaximumOrderQuantityResult:
        """Makes no sense without margin."""
        raise NotImplementedError(
            "The CashBuyingPowerModel does not require 'GetMaximumOrderQuantityForDeltaBuyingPower'."
        )

    def get_maximum_order_quantity_for_target_buying_power(
        self, parameters: GetMaximumOrderQuantityForTargetBuyingPowerParameters
    ) -> GetMaximumOrderQuantityResult:
        """The largest order towards that fraction of the portfolio value, its fee allowed for."""
        portfolio, security = parameters.portfolio, parameters.security
        target = parameters.target_buying_power_decimal * portfolio.total_portfolio_value_decimal
        if target < 0:
            return GetMaximumOrderQuantityResult(0, "The cash model does not allow shorting.")
        base = _base_currency(security)
        if base is None:
            return GetMaximumOrderQuantityResult(0, "The security type must be Crypto or Forex.")
        if not target:
            return GetMaximumOrderQuantityResult(-base.amount_decimal)
        position = portfolio.cash_book.to_account_currency(base.amount_decimal, base.symbol)
        buys = target > position
        unit_price = security.ask_price_decimal if buys else security.bid_price_decimal
        unit_price *= (
            security.quote_currency.conversion_rate_decimal * security.symbol_properties.contract_multiplier_decimal
        )
        if not unit_price:
            return GetMaximumOrderQuantityResult(0, _no_price(parameters))
        result = self._converge(parameters, abs(target - position), unit_price)
        if isinstance(result, GetMaximumOrderQuantityResult):
            return result
        return GetMaximumOrderQuantityResult(result if buys else -result)

    @staticmethod
    def _converge(
        parameters: GetMaximumOrderQuantityForTargetBuyingPowerParameters, target: Decimal, unit_price: Decimal
    ) -> Decimal | GetMaximumOrderQuantityResult:
        """Takes lots away until the order's value with its fee is within the target."""
        security = parameters.security
        lot = security.symbol_properties.lot_size_decimal
        quantity = _whole_lots(target / unit_price, lot)
        too_little = (
            f"The order quantity is less than the lot size of {decimal_text(lot)} and has been rounded to zero."
        )
        if not quantity:
            reason = None if parameters.silence_non_error_reasons else too_little
            return GetMaximumOrderQuantityResult(0, reason, False)
        last = value = ZERO
        while True:
            if value > target:
                excess = (value - target) / (value / quantity)
                quantity = _whole_lots(quantity - max(excess, lot), lot)
            if quantity <= 0:
                return GetMaximumOrderQuantityResult(0, too_little)
            if quantity == last:
                raise ValueError(
                    f"no quantity of {security.symbol.value} was found that is worth {target} with its fee"
                )
            last = quantity
            fee = market_order_fee(security, quantity)
            value = quantity * unit_price + parameters.portfolio.cash_book.to_account_currency(
                fee.amount_decimal, fee.currency
            )
            if value <= target:
                return quantity

    def get_buying_power(self, parameters: BuyingPowerParameters) -> BuyingPower:
        """What may be traded, in units of the base currency."""
        security = parameters.security
        base = _base_currency(security)
        if base is None or parameters.direction is OrderDirection.HOLD:
            return BuyingPower(ZERO)
        price = security.ask_price_decimal * security.symbol_properties.contract_multiplier_decimal
        if not price:
            return BuyingPower(ZERO)
        if parameters.direction is OrderDirection.SELL:
            return BuyingPower(base.amount_decimal)
        quote = parameters.portfolio.cash_book[security.quote_currency.symbol]
        return BuyingPower(quote.amount_decimal / price)


def _whole_lots(quantity: Decimal, lot: Decimal) -> Decimal:
    return quantity - quantity % lot


def _text(value: Decimal) -> str:
    return decimal_text(normalize(value))


def _no_price(parameters: GetMaximumOrderQuantityForTargetBuyingPowerParameters) -> str:
    security = parameters.security
    if not security.quote_currency.conversion_rate_decimal:
        return (
            f"The internal cash feed required for converting {security.quote_currency.symbol} to "
            f"{parameters.portfolio.cash_book.account_currency} does not have any data yet (or market may be closed)."
        )
    return zero_price_message(security)


def _order_price(security: Security, order: Order) -> Decimal:
    kind = order.type
    if kind is OrderType.MARKET:
        return security.price_decimal
    if kind in _LIMIT_TYPES:
        return to_decimal(order.limit_price_decimal)
    return to_decimal(order.stop_price_decimal) if kind in _STOP_TYPES else ZERO


def _reserved_quantity(portfolio: SecurityPortfolioManager, security: Security, base: Cash, order: Order) -> Decimal:
    """What other open orders will take of the currency that this order pays with."""
    currency = security.quote_currency.symbol if order.direction is OrderDirection.BUY else base.symbol
    directions: dict[Any, OrderDirection] = {}
    for other in portfolio.securities.values():
        other_base = _base_currency(other)
        if other_base is None:
            continue
        if other_base.symbol == currency:
            directions[other.symbol] = OrderDirection.SELL
        elif other.quote_currency.symbol == currency:
            directions[other.symbol] = OrderDirection.BUY

    def takes_the_currency(other: Order) -> bool:
        return (
            directions.get(other.symbol) is other.direction
            and other.id != order.id
            and other.type in (OrderType.LIMIT, OrderType.STOP_MARKET)
        )

    reserved = ZERO
    for open_order in portfolio.transactions.get_open_orders(takes_the_currency):
        quantity = open_order.absolute_quantity_decimal
        if portfolio.securities[open_order.symbol].quote_currency.symbol == currency:
            quantity *= _order_price(security, open_order)
        reserved += quantity
    return reserved
