"""What a fill costs: the base, and models that need no brokerage (`Common/Orders/Fees/FeeModel.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.symbols import Currencies

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.traded import TradedSecurity

__all__ = ["ConstantFeeModel", "FeeModel", "OrderFeeParameters", "PerShareFeeModel", "is_maker", "usd"]


class OrderFeeParameters(LeanObject):
    """The security and the order that a fee is asked for."""

    def __init__(self, security: TradedSecurity, order: Order) -> None:
        self.security = security
        self.order = order


class FeeModel(LeanObject):
    """Base of the fee models: no fee."""

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """The fee of filling the order."""
        return usd(ZERO)

    def follows_quantity(self, security: TradedSecurity) -> bool:
        """Whether market orders of the same quantity always cost the same, so that it need not be asked again."""
        return False


class ConstantFeeModel(FeeModel):
    """The same fee for every order."""

    def __init__(self, fee: Decimal | float, currency: str = "USD") -> None:
        self._fee = abs(to_decimal(fee))
        self._currency = currency

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """The constant."""
        return OrderFee(CashAmount(self._fee, self._currency))


class PerShareFeeModel(FeeModel):
    """A fee in USD per share."""

    default_fee_per_share = Decimal("0.005")

    def __init__(self, fees_per_share: Decimal | float | None = None) -> None:
        self._fees_per_share = self.default_fee_per_share if fees_per_share is None else to_decimal(fees_per_share)

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """Shares times the rate."""
        return usd(self._fees_per_share * parameters.order.absolute_quantity_decimal)


def usd(amount: Decimal) -> OrderFee:
    """A fee in US dollars."""
    return OrderFee(CashAmount(amount, Currencies.USD))


def is_maker(order: Order) -> bool:
    """Whether the order rested in the book: a limit that was post-only or did not cross the market when submitted."""
    if order.order_type is not OrderType.LIMIT:
        return False
    return bool(getattr(order.properties, "post_only", False)) or not order.is_marketable


def quoted_price(security: TradedSecurity, order: Order) -> Decimal:
    """The ask for a purchase, the bid for a sale."""
    if order.direction is OrderDirection.BUY:
        return security.ask_price_decimal
    return security.bid_price_decimal
