"""Brokers of private investors (`Common/Brokerages/*BrokerageModel.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from leanib.engine.brokerages.messages import Verdict, refusal
from leanib.engine.brokerages.rules import (
    order_crosses_zero,
    validate_cross_zero_order,
    validate_market_on_open_order,
)
from leanib.engine.brokerages.supported import (
    BASIC_ORDER_TYPES,
    SupportedOrdersModel,
)
from leanib.engine.orders.broker_properties import PublicOrderProperties
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.fees import (
    AlpacaFeeModel,
    CharlesSchwabFeeModel,
    PublicFeeModel,
    TastytradeFeeModel,
    TDAmeritradeFeeModel,
    TradeStationFeeModel,
    WebullFeeModel,
)
from leanib.engine.orders.time_in_force import (
    DayTimeInForce,
)
from leanib.engine.symbols import AccountType, SecurityType

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.requests import UpdateOrderRequest
    from leanib.engine.securities.security import Security

__all__ = [
    "AlpacaBrokerageModel",
    "CharlesSchwabBrokerageModel",
    "PublicBrokerageModel",
    "TDAmeritradeBrokerageModel",
    "TastytradeBrokerageModel",
    "TradeStationBrokerageModel",
    "WebullBrokerageModel",
]

_EQUITY = SecurityType.EQUITY
_OPTION = SecurityType.OPTION
_INDEX_OPTION = SecurityType.INDEX_OPTION
_FUTURE = SecurityType.FUTURE


class AlpacaBrokerageModel(SupportedOrdersModel):
    """Alpaca: kinds of order by kind of security."""

    fee_model = AlpacaFeeModel
    supported_security_types = (_EQUITY, _OPTION, SecurityType.CRYPTO)
    _TYPES: ClassVar[dict[SecurityType, Iterable[OrderType]]] = {
        _EQUITY: (
            *BASIC_ORDER_TYPES,
            OrderType.TRAILING_STOP,
            OrderType.MARKET_ON_OPEN,
            OrderType.MARKET_ON_CLOSE,
        ),
        _OPTION: (OrderType.MARKET, OrderType.LIMIT),
        SecurityType.CRYPTO: (OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_LIMIT),
    }

    def _order_types(self, security: Security) -> Iterable[OrderType] | None:
        return self._TYPES[security.type]

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """Whether kind, hours and position allow the order."""
        accepted, reason = super().can_submit_order(security, order, message)
        outside = bool(getattr(order.properties, "outside_regular_trading_hours", False))
        regular = order.order_type is OrderType.LIMIT and isinstance(order.time_in_force, DayTimeInForce)
        if accepted and outside and not regular:
            kind = (
                f"{order.order_type.lean_name} orders with {type(order.time_in_force).__name__} TIF "
                "outside regular hours. "
            )
            return refusal(
                f"The {self._name()} does not support {kind}"
                "Only Limit orders with Day TIF are supported outside regular trading hours."
            )
        if accepted:
            accepted, reason = validate_cross_zero_order(self, security, order)
        if accepted:
            accepted, reason = validate_market_on_open_order(security, order, self._window, (_EQUITY,))
        return accepted, reason

    @staticmethod
    def _window(start: timedelta, _end: timedelta) -> tuple[timedelta, timedelta]:
        """From 19:00 to two minutes before the open."""
        return timedelta(hours=19), start - timedelta(minutes=2)


class CharlesSchwabBrokerageModel(SupportedOrdersModel):
    """Charles Schwab."""

    fee_model = CharlesSchwabFeeModel
    supported_security_types = (_EQUITY, _OPTION, _INDEX_OPTION)
    supported_order_types = (
        OrderType.MARKET,
        OrderType.LIMIT,
        OrderType.STOP_MARKET,
        OrderType.COMBO_MARKET,
        OrderType.COMBO_LIMIT,
        OrderType.MARKET_ON_CLOSE,
        OrderType.MARKET_ON_OPEN,
        OrderType.STOP_LIMIT,
    )


class PublicBrokerageModel(SupportedOrdersModel):
    """Public.com: combos by limit only; they cannot be changed."""

    fee_model = PublicFeeModel
    supported_security_types = (_EQUITY, _OPTION, _INDEX_OPTION, SecurityType.CRYPTO)
    supported_order_types = (*BASIC_ORDER_TYPES, OrderType.COMBO_LIMIT)

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """Limit orders outside regular hours; the margin that an order uses follows from the account."""
        accepted, reason = super().can_submit_order(security, order, message)
        properties = order.properties
        if not accepted or not isinstance(properties, PublicOrderProperties):
            return accepted, reason
        if properties.outside_regular_trading_hours and order.order_type is not OrderType.LIMIT:
            return refusal(
                "Orders for extended market must be of type 'Limit' and with 'DAY' time-in-force, but "
                f"{order.order_type.lean_name} was specified."
            )
        properties.use_margin = self.account_type is not AccountType.CASH and properties.use_margin is not False
        return True, None

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Everything but combos."""
        if order.group_order_manager is not None:
            return refusal("Public.com does not support updating combo (multi-leg) orders.")
        return True, None


class TDAmeritradeBrokerageModel(SupportedOrdersModel):
    """TD Ameritrade: equities."""

    fee_model = TDAmeritradeFeeModel
    checks_minimum_order_size = True
    supported_security_types = (_EQUITY,)
    supported_order_types = BASIC_ORDER_TYPES


class TastytradeBrokerageModel(SupportedOrdersModel):
    """Tastytrade."""

    fee_model = TastytradeFeeModel
    supported_security_types = (_EQUITY, _OPTION, _INDEX_OPTION, _FUTURE, SecurityType.FUTURE_OPTION)
    supported_order_types = (*BASIC_ORDER_TYPES, OrderType.COMBO_LIMIT)

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """Combos must not cross zero."""
        accepted, reason = super().can_submit_order(security, order, message)
        if accepted:
            return validate_cross_zero_order(self, security, order, (OrderType.COMBO_LIMIT,))
        return accepted, reason


class TradeStationBrokerageModel(SupportedOrdersModel):
    """TradeStation."""

    fee_model = TradeStationFeeModel
    supported_security_types = (_EQUITY, _OPTION, _FUTURE, _INDEX_OPTION)
    supported_order_types = (
        *BASIC_ORDER_TYPES,
        OrderType.COMBO_MARKET,
        OrderType.COMBO_LIMIT,
        OrderType.MARKET_ON_OPEN,
        OrderType.MARKET_ON_CLOSE,
        OrderType.TRAILING_STOP,
    )
    _COMBOS = (OrderType.COMBO_MARKET, OrderType.COMBO_LIMIT)

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """Whether kind, hours and position allow the order."""
        outside = bool(getattr(order.properties, "outside_regular_trading_hours", False))
        if outside and (order.order_type is not OrderType.LIMIT or not order.symbol.asset.is_share):
            return refusal(
                "To place an order outside regular trading hours, please use a limit order and ensure the security is "
                "an equity.",
                "NotSupportedOutsideRegularMarketHours",
            )
        accepted, reason = super().can_submit_order(security, order, message)
        if accepted:
            not_across = (*self._COMBOS, OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE)
            accepted, reason = validate_cross_zero_order(self, security, order, not_across)
        if accepted:
            kinds = (_EQUITY, _OPTION, _INDEX_OPTION)
            accepted, reason = validate_market_on_open_order(security, order, self._window, kinds)
        return accepted, reason

    @staticmethod
    def _window(start: timedelta, _end: timedelta) -> tuple[timedelta, timedelta]:
        """From 6:00 to a minute before the open."""
        return timedelta(hours=6), start - timedelta(minutes=1)

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Quantities of combos and of orders that cross zero stay."""
        quantity = request.quantity_decimal
        if quantity is None or quantity == order.quantity_decimal:
            return True, None
        if order_crosses_zero(security.holdings.quantity_decimal, order.quantity_decimal):
            return refusal(
                f"Unfortunately, the {self._name()} brokerage model does not support updating the quantity of "
                "Cross Zero Orders.",
                "UpdateRejected",
            )
        if order.order_type in self._COMBOS:
            return refusal(
                f"Order type '{order.order_type.lean_name}' is not supported to update quantity in the {self._name()}."
            )
        return True, None


class WebullBrokerageModel(SupportedOrdersModel):
    """Webull."""

    fee_model = WebullFeeModel
    supported_security_types = (_EQUITY, _OPTION, _INDEX_OPTION)

    def _order_types(self, security: Security) -> Iterable[OrderType] | None:
        trailing = (OrderType.TRAILING_STOP,) if security.symbol.asset.is_share else ()
        return (*BASIC_ORDER_TYPES, *trailing)
