"""What a market order would cost, asked of the security's own fee model (`Extensions.GetMarketOrderFees`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.fees.fee_model import OrderFeeParameters
from leanib.engine.orders.order_kinds import MarketOrder

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.securities.security import Security

__all__ = ["market_order_fee", "order_fee"]


def order_fee(security: Security, order: Order) -> CashAmount:
    """The fee of an order."""
    fee: CashAmount = security.fee_model.get_order_fee(OrderFeeParameters(security, order)).value
    return fee


def market_order_fee(security: Security, quantity: Decimal) -> CashAmount:
    """The fee of a market order now."""
    utc_time = security.exchange.time_zone.to_utc(security.local_time)
    return order_fee(security, MarketOrder(security.symbol, quantity, utc_time))
