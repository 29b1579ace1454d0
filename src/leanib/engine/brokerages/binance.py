"""Binance, its American branch and its futures (`Common/Brokerages/Binance*BrokerageModel.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.brokerages.crypto import CRYPTO, LeveragedCrypto, funding
from leanib.engine.brokerages.messages import Verdict, refusal
from leanib.engine.brokerages.supported import (
    BASIC_ORDER_TYPES,
    markets_with,
    updates_not_supported,
)
from leanib.engine.dotnet.exceptions import ArgumentException, InvalidOperationException
from leanib.engine.numbers import decimal_text
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.fees import (
    BinanceCoinFuturesFeeModel,
    BinanceFeeModel,
    BinanceFuturesFeeModel,
)
from leanib.engine.symbols import AccountType, Market, SecurityType

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.requests import UpdateOrderRequest
    from leanib.engine.securities.security import Security

__all__ = [
    "BinanceBrokerageModel",
    "BinanceCoinFuturesBrokerageModel",
    "BinanceFuturesBrokerageModel",
    "BinanceUSBrokerageModel",
]

_BINANCE_LEVERAGE = {SecurityType.CRYPTO_FUTURE: 25.0}


class BinanceBrokerageModel(LeveragedCrypto):
    """Binance: no updates, and orders of a smallest value."""

    default_markets = markets_with(SecurityType.CRYPTO, market=Market.BINANCE)
    supported_security_types = CRYPTO
    supported_order_types = BASIC_ORDER_TYPES
    fee_model: ClassVar[Callable[[], Any] | None] = BinanceFeeModel
    benchmark = ("BTCUSDC", SecurityType.CRYPTO, Market.BINANCE)
    base_api_endpoint: ClassVar[str] = "https://api.binance.com/api/v3"

    def __init__(self, account_type: AccountType = AccountType.CASH) -> None:
        super().__init__(account_type)

    def _margin_leverage(self, security: Security) -> float:
        return _BINANCE_LEVERAGE.get(security.type, 3.0)

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Never."""
        return updates_not_supported()

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """Whether kind and value of the order are acceptable."""
        if order.order_type is OrderType.STOP_MARKET and security.symbol.asset.swaps_currencies:
            ticker = security.symbol_properties.market_ticker
            return refusal(
                f"{order.order_type.lean_name} orders are not supported for this symbol. Please check "
                f"'{self.base_api_endpoint}/exchangeInfo?symbol={ticker}' to see supported order types."
            )
        if order.order_type in BASIC_ORDER_TYPES:
            if order.order_type is OrderType.MARKET and not security.has_data:
                return refusal(
                    "There is no data for this symbol yet, please check the security.HasData flag to ensure "
                    "there is at least one data point."
                )
            for price in _order_prices(security, order):
                accepted, reason = _value_is_large_enough(security, order, price)
                if not accepted:
                    return accepted, reason
        return super().can_submit_order(security, order, message)


def _order_prices(security: Security, order: Order) -> list[Decimal]:
    """The prices at which an order's value counts."""
    names = ("limit_price_decimal", "stop_price_decimal")
    prices = [getattr(order, name) for name in names if hasattr(order, name)]
    if prices:
        return prices
    buying = order.direction is OrderDirection.BUY
    return [security.ask_price_decimal if buying else security.bid_price_decimal]


def _value_is_large_enough(security: Security, order: Order, price: Decimal) -> Verdict:
    minimum = security.symbol_properties.minimum_order_size_decimal
    if minimum is None or order.absolute_quantity_decimal * price > minimum:
        return True, None
    return refusal(
        f"The minimum order size (in quote currency) for {security.symbol.value} is {decimal_text(minimum)}. "
        f"Order size was {decimal_text(order.quantity_decimal * price)}."
    )


class BinanceUSBrokerageModel(BinanceBrokerageModel):
    """Binance.US: cash accounts."""

    default_markets = markets_with(SecurityType.CRYPTO, market=Market.BINANCE_US)
    benchmark = ("BTCUSDC", SecurityType.CRYPTO, Market.BINANCE_US)
    base_api_endpoint = "https://api.binance.us/api/v3"

    def __init__(self, account_type: AccountType = AccountType.CASH) -> None:
        if account_type is AccountType.MARGIN:
            raise ArgumentException("The Binance.US brokerage does not currently support Margin trading.")
        super().__init__(account_type)


class BinanceFuturesBrokerageModel(BinanceBrokerageModel):
    """Binance USDT- and BUSD-margined futures: margin accounts."""

    fee_model: ClassVar[Callable[[], Any] | None] = BinanceFuturesFeeModel
    benchmark = ("BTCUSDT", SecurityType.CRYPTO_FUTURE, Market.BINANCE)

    def __init__(self, account_type: AccountType = AccountType.MARGIN) -> None:
        if account_type is AccountType.CASH:
            raise InvalidOperationException("CryptoFuture can only be traded using a Margin account type")
        super().__init__(account_type)

    def get_margin_interest_rate_model(self, security: Security) -> Any:
        """Perpetual futures pay or receive the funding rate."""
        return funding(security) or super().get_margin_interest_rate_model(security)


class BinanceCoinFuturesBrokerageModel(BinanceFuturesBrokerageModel):
    """Binance coin-margined futures."""

    fee_model = BinanceCoinFuturesFeeModel
    benchmark = ("BTCUSD", SecurityType.CRYPTO_FUTURE, Market.BINANCE)
