"""Stock, futures and forex brokers (`Common/Brokerages/*BrokerageModel.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.brokerages.messages import Verdict, refusal
from leanib.engine.brokerages.rules import (
    order_crosses_zero,
    validate_cross_zero_order,
    validate_market_on_open_order,
)
from leanib.engine.brokerages.supported import (
    BASIC_ORDER_TYPES,
    SupportedOrdersModel,
    markets_with,
    updates_not_supported,
    zero_benchmark,
)
from leanib.engine.dotnet.exceptions import ArgumentException, NotSupportedException
from leanib.engine.numbers import ZERO
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.fees import (
    AlpacaFeeModel,
    AlphaStreamsFeeModel,
    AxosFeeModel,
    CharlesSchwabFeeModel,
    ConstantFeeModel,
    ExanteFeeModel,
    EzeFeeModel,
    RBIFeeModel,
    SamcoFeeModel,
    TastytradeFeeModel,
    TDAmeritradeFeeModel,
    TradeStationFeeModel,
    WebullFeeModel,
    WolverineFeeModel,
    ZerodhaFeeModel,
)
from leanib.engine.orders.slippage import AlphaStreamsSlippageModel
from leanib.engine.orders.time_in_force import (
    DayTimeInForce,
    GoodTilCanceledTimeInForce,
    GoodTilDateTimeInForce,
)
from leanib.engine.securities.settlement import ImmediateSettlementModel
from leanib.engine.securities.shortable import LocalDiskShortableProvider
from leanib.engine.symbols import AccountType, Market, SecurityType

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.requests import UpdateOrderRequest
    from leanib.engine.securities.security import Security

__all__ = [
    "AlpacaBrokerageModel",
    "AlphaStreamsBrokerageModel",
    "AxosClearingBrokerageModel",
    "CharlesSchwabBrokerageModel",
    "ExanteBrokerageModel",
    "EzeBrokerageModel",
    "RBIBrokerageModel",
    "SamcoBrokerageModel",
    "TDAmeritradeBrokerageModel",
    "TastytradeBrokerageModel",
    "TerminalLinkBrokerageModel",
    "TradeStationBrokerageModel",
    "TradingTechnologiesBrokerageModel",
    "WebullBrokerageModel",
    "WolverineBrokerageModel",
    "ZerodhaBrokerageModel",
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

    def can_submit_order(self, security: Security, order: Order, message: Any = None) -> Verdict:
        """Whether kind, hours and position allow the order."""
        accepted, reason = super().can_submit_order(security, order, message)
        outside = bool(getattr(order.properties, "outside_regular_trading_hours", False))
        regular = order.order_type is OrderType.LIMIT and isinstance(order.time_in_force, DayTimeInForce)
        if accepted and outside and not regular:
            kind = f"{order.order_type} orders with {type(order.time_in_force).__name__} TIF outside regular hours. "
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


class AlphaStreamsBrokerageModel(SupportedOrdersModel):
    """Alpha Streams: margin accounts, low leverage, slippage."""

    fee_model = AlphaStreamsFeeModel

    def __init__(self, account_type: AccountType = AccountType.MARGIN) -> None:
        if account_type is AccountType.CASH:
            raise ArgumentException("The Alpha Streams brokerage does not currently support Cash trading.")
        super().__init__(account_type)

    def get_leverage(self, security: Security) -> float:
        """Ten for forex and CFDs."""
        return 10.0 if security.type in (SecurityType.FOREX, SecurityType.CFD) else 1.0

    def get_slippage_model(self, security: Security) -> Any:
        """A basis point."""
        return AlphaStreamsSlippageModel()

    def get_settlement_model(self, security: Security) -> Any:
        """At once."""
        return ImmediateSettlementModel()


class AxosClearingBrokerageModel(SupportedOrdersModel):
    """Axos Clearing: equities, whole shares."""

    default_markets = {_EQUITY: Market.USA}  # noqa: RUF012
    fee_model = AxosFeeModel
    supported_security_types = (_EQUITY,)
    supported_order_types = (OrderType.LIMIT, OrderType.MARKET, OrderType.MARKET_ON_CLOSE)
    requires_whole_quantity = True

    def get_shortable_provider(self, security: Security) -> Any:
        """What the data folder's files say."""
        if security.type is _EQUITY:
            return LocalDiskShortableProvider("axos")
        return super().get_shortable_provider(security)

    def get_benchmark(self, securities: Any) -> Any:
        """None: zero."""
        return zero_benchmark()


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


class ExanteBrokerageModel(SupportedOrdersModel):
    """Exante."""

    fee_model = ExanteFeeModel
    supported_security_types = (
        SecurityType.FOREX,
        _EQUITY,
        SecurityType.INDEX,
        _OPTION,
        _FUTURE,
        SecurityType.CFD,
        SecurityType.CRYPTO,
    )

    def __init__(self, account_type: AccountType = AccountType.CASH) -> None:
        super().__init__(account_type)

    def get_leverage(self, security: Security) -> float:
        """Little, on margin accounts."""
        if self.account_type is AccountType.CASH:
            return 1.0
        return {SecurityType.FOREX: 1.05, _EQUITY: 1.2}.get(security.type, 1.0)

    def can_submit_order(self, security: Security, order: Order, message: Any = None) -> Verdict:
        """Orders need a price."""
        if not order.price_decimal:
            return refusal("Price is not set.")
        return super().can_submit_order(security, order, message)


class EzeBrokerageModel(SupportedOrdersModel):
    """Eze: margin accounts, whole quantities."""

    fee_model = EzeFeeModel
    supported_security_types = (
        _EQUITY,
        _OPTION,
        _FUTURE,
        SecurityType.FUTURE_OPTION,
        SecurityType.INDEX,
        _INDEX_OPTION,
    )
    supported_order_types = (*BASIC_ORDER_TYPES, OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE)
    requires_whole_quantity = True

    def __init__(self, account_type: AccountType = AccountType.MARGIN) -> None:
        if account_type is AccountType.CASH:
            raise NotSupportedException("Eze brokerage can only be used with a Margin account type")
        super().__init__(account_type)


class RBIBrokerageModel(SupportedOrdersModel):
    """RBI: equities."""

    fee_model = RBIFeeModel
    checks_minimum_order_size = True
    supported_security_types = (_EQUITY,)
    supported_order_types = BASIC_ORDER_TYPES


class TDAmeritradeBrokerageModel(SupportedOrdersModel):
    """TD Ameritrade: equities."""

    fee_model = TDAmeritradeFeeModel
    checks_minimum_order_size = True
    supported_security_types = (_EQUITY,)
    supported_order_types = BASIC_ORDER_TYPES


class SamcoBrokerageModel(SupportedOrdersModel):
    """Samco, in India."""

    default_markets = markets_with(_EQUITY, _FUTURE, _OPTION, market=Market.INDIA)
    fee_model = SamcoFeeModel
    supported_security_types = (_EQUITY, _OPTION, _FUTURE)
    supported_order_types: ClassVar[Iterable[OrderType] | None] = (
        OrderType.MARKET,
        OrderType.LIMIT,
        OrderType.STOP_MARKET,
    )
    supported_time_in_forces = (GoodTilCanceledTimeInForce, DayTimeInForce, GoodTilDateTimeInForce)
    benchmark = ("NIFTYBEES", _EQUITY, Market.INDIA)
    _LEVERED = (_EQUITY, _FUTURE, _OPTION, SecurityType.INDEX)

    def get_leverage(self, security: Security) -> float:
        """Five on margin accounts."""
        if self.account_type is AccountType.CASH or security.type is SecurityType.BASE:
            return 1.0
        if security.type not in self._LEVERED:
            raise ArgumentException(f"Invalid security type: {security.type}")
        return 5.0

    def can_execute_order(self, security: Security, order: Order) -> bool:
        """What it supports."""
        forces = (GoodTilCanceledTimeInForce, DayTimeInForce, GoodTilDateTimeInForce)
        return security.type in (_EQUITY, _OPTION, _FUTURE) and isinstance(order.time_in_force, forces)


class ZerodhaBrokerageModel(SamcoBrokerageModel):
    """Zerodha, in India."""

    fee_model = ZerodhaFeeModel
    supported_order_types = BASIC_ORDER_TYPES


class TastytradeBrokerageModel(SupportedOrdersModel):
    """Tastytrade."""

    fee_model = TastytradeFeeModel
    supported_security_types = (_EQUITY, _OPTION, _INDEX_OPTION, _FUTURE, SecurityType.FUTURE_OPTION)
    supported_order_types = (*BASIC_ORDER_TYPES, OrderType.COMBO_LIMIT)

    def can_submit_order(self, security: Security, order: Order, message: Any = None) -> Verdict:
        """Combos must not cross zero."""
        accepted, reason = super().can_submit_order(security, order, message)
        if accepted:
            return validate_cross_zero_order(self, security, order, (OrderType.COMBO_LIMIT,))
        return accepted, reason


class TerminalLinkBrokerageModel(SupportedOrdersModel):
    """Bloomberg TerminalLink."""

    supported_security_types = (_EQUITY, _OPTION, _FUTURE, SecurityType.FUTURE_OPTION, _INDEX_OPTION)
    supported_order_types = BASIC_ORDER_TYPES
    supported_time_in_forces = (GoodTilCanceledTimeInForce, DayTimeInForce, GoodTilDateTimeInForce)


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

    def can_submit_order(self, security: Security, order: Order, message: Any = None) -> Verdict:
        """Whether kind, hours and position allow the order."""
        outside = bool(getattr(order.properties, "outside_regular_trading_hours", False))
        if outside and (order.order_type is not OrderType.LIMIT or order.security_type is not _EQUITY):
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
        self, security: Security, order: Order, request: UpdateOrderRequest, message: Any = None
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
                f"Order type '{order.order_type}' is not supported to update quantity in the {self._name()}."
            )
        return True, None


class TradingTechnologiesBrokerageModel(SupportedOrdersModel):
    """Trading Technologies: futures."""

    default_markets = {_FUTURE: Market.CME}  # noqa: RUF012
    supported_security_types = (_FUTURE,)
    supported_order_types = BASIC_ORDER_TYPES
    supported_time_in_forces = (GoodTilCanceledTimeInForce, DayTimeInForce)

    def get_fee_model(self, security: Security) -> Any:
        """None."""
        return ConstantFeeModel(ZERO)

    def get_benchmark(self, securities: Any) -> Any:
        """None: zero."""
        return zero_benchmark()

    def can_execute_order(self, security: Security, order: Order) -> bool:
        """Futures."""
        return order.security_type is _FUTURE

    def can_submit_order(self, security: Security, order: Order, message: Any = None) -> Verdict:
        """Stops must lie beyond the market, limits beyond their stop."""
        accepted, reason = super().can_submit_order(security, order, message)
        stop: Decimal | None = getattr(order, "stop_price_decimal", None)
        if not accepted or stop is None:
            return accepted, reason
        buying = order.direction is OrderDirection.BUY
        if stop <= security.price_decimal if buying else stop >= security.price_decimal:
            kind = order.order_type
            return refusal(f"{kind} Sell orders must be below market, {kind} Buy orders must be above market.")
        limit: Decimal | None = getattr(order, "limit_price_decimal", None)
        if limit is not None and (limit < stop if buying else limit > stop):
            return refusal(
                "StopLimit Buy limit price must be greater than or equal to stop price, "
                "StopLimit Sell limit price must be smaller than or equal to stop price."
            )
        return True, None


class WolverineBrokerageModel(SupportedOrdersModel):
    """Wolverine: no updates."""

    fee_model = WolverineFeeModel
    checks_minimum_order_size = True
    supported_security_types = (_EQUITY, _OPTION)
    supported_order_types = (OrderType.MARKET, OrderType.MARKET_ON_CLOSE, *BASIC_ORDER_TYPES[1:])

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: Any = None
    ) -> Verdict:
        """Never."""
        return updates_not_supported()


class WebullBrokerageModel(SupportedOrdersModel):
    """Webull."""

    fee_model = WebullFeeModel
    supported_security_types = (_EQUITY, _OPTION, _INDEX_OPTION)

    def _order_types(self, security: Security) -> Iterable[OrderType] | None:
        trailing = (OrderType.TRAILING_STOP,) if security.type is _EQUITY else ()
        return (*BASIC_ORDER_TYPES, *trailing)
