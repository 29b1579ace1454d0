"""Clearing, India and execution systems (`Common/Brokerages/*BrokerageModel.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.brokerages.messages import Verdict, refusal
from leanib.engine.brokerages.supported import (
    BASIC_ORDER_TYPES,
    SupportedOrdersModel,
    markets_with,
    updates_not_supported,
    zero_benchmark,
)
from leanib.engine.dotnet.collections import Dictionary
from leanib.engine.dotnet.exceptions import ArgumentException, NotSupportedException
from leanib.engine.numbers import ZERO
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.fees import (
    AlphaStreamsFeeModel,
    AxosFeeModel,
    ConstantFeeModel,
    ExanteFeeModel,
    EzeFeeModel,
    RBIFeeModel,
    SamcoFeeModel,
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
    "AlphaStreamsBrokerageModel",
    "AxosClearingBrokerageModel",
    "BloombergFixBrokerageModel",
    "ExanteBrokerageModel",
    "EzeBrokerageModel",
    "RBIBrokerageModel",
    "SamcoBrokerageModel",
    "TerminalLinkBrokerageModel",
    "TradingTechnologiesBrokerageModel",
    "WolverineBrokerageModel",
    "ZerodhaBrokerageModel",
]

_EQUITY = SecurityType.EQUITY
_OPTION = SecurityType.OPTION
_INDEX_OPTION = SecurityType.INDEX_OPTION
_FUTURE = SecurityType.FUTURE


class AlphaStreamsBrokerageModel(SupportedOrdersModel):
    """Alpha Streams: margin accounts, low leverage, slippage."""

    fee_model = AlphaStreamsFeeModel
    _LEVERAGE = {SecurityType.FOREX: 10.0, SecurityType.CFD: 10.0}  # noqa: RUF012

    def __init__(self, account_type: AccountType = AccountType.MARGIN) -> None:
        if account_type is AccountType.CASH:
            raise ArgumentException("The Alpha Streams brokerage does not currently support Cash trading.")
        super().__init__(account_type)

    def get_leverage(self, security: Security) -> float:
        """Ten for forex and CFDs."""
        return self._LEVERAGE.get(security.type, 1.0)

    def get_slippage_model(self, security: Security) -> Any:
        """A basis point."""
        return AlphaStreamsSlippageModel()

    def get_settlement_model(self, security: Security) -> Any:
        """At once."""
        return ImmediateSettlementModel()


class AxosClearingBrokerageModel(SupportedOrdersModel):
    """Axos Clearing: equities, whole shares."""

    default_markets = Dictionary({_EQUITY: Market.USA})
    fee_model = AxosFeeModel
    supported_security_types = (_EQUITY,)
    supported_order_types = (OrderType.LIMIT, OrderType.MARKET, OrderType.MARKET_ON_CLOSE)
    requires_whole_quantity = True

    def get_shortable_provider(self, security: Security) -> Any:
        """What the data folder's files say."""
        if security.symbol.asset.is_share:
            return LocalDiskShortableProvider("axos")
        return super().get_shortable_provider(security)

    def get_benchmark(self, securities: object) -> Any:
        """None: zero."""
        return zero_benchmark()


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

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
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
        if self.account_type is AccountType.CASH or security.symbol.asset.is_custom_data:
            return 1.0
        if security.type not in self._LEVERED:
            raise ArgumentException(f"Invalid security type: {security.type.lean_name}")
        return 5.0

    def can_execute_order(self, security: Security, order: Order) -> bool:
        """What it supports."""
        forces = (GoodTilCanceledTimeInForce, DayTimeInForce, GoodTilDateTimeInForce)
        return security.type in self.supported_security_types and isinstance(order.time_in_force, forces)


class ZerodhaBrokerageModel(SamcoBrokerageModel):
    """Zerodha, in India."""

    fee_model = ZerodhaFeeModel
    supported_order_types = BASIC_ORDER_TYPES


class TerminalLinkBrokerageModel(SupportedOrdersModel):
    """Bloomberg TerminalLink."""

    supported_security_types = (_EQUITY, _OPTION, _FUTURE, SecurityType.FUTURE_OPTION, _INDEX_OPTION)
    supported_order_types = BASIC_ORDER_TYPES
    supported_time_in_forces = (GoodTilCanceledTimeInForce, DayTimeInForce, GoodTilDateTimeInForce)


class BloombergFixBrokerageModel(SupportedOrdersModel):
    """Bloomberg FixNet HUB: margin accounts."""

    supported_security_types = (_EQUITY, _OPTION, _INDEX_OPTION, _FUTURE)
    supported_order_types = (
        OrderType.MARKET,
        OrderType.MARKET_ON_OPEN,
        OrderType.MARKET_ON_CLOSE,
        OrderType.LIMIT,
        OrderType.STOP_MARKET,
        OrderType.STOP_LIMIT,
    )

    def __init__(self, account_type: AccountType = AccountType.MARGIN) -> None:
        if account_type is AccountType.CASH:
            raise NotSupportedException("Bloomberg FIX brokerage can only be used with a Margin account type")
        super().__init__(account_type)

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Every change."""
        return True, None


class TradingTechnologiesBrokerageModel(SupportedOrdersModel):
    """Trading Technologies: futures."""

    default_markets = Dictionary({_FUTURE: Market.CME})
    supported_security_types = (_FUTURE,)
    supported_order_types = BASIC_ORDER_TYPES
    supported_time_in_forces = (GoodTilCanceledTimeInForce, DayTimeInForce)

    def get_fee_model(self, security: Security) -> Any:
        """None."""
        return ConstantFeeModel(ZERO)

    def get_benchmark(self, securities: object) -> Any:
        """None: zero."""
        return zero_benchmark()

    def can_execute_order(self, security: Security, order: Order) -> bool:
        """Futures."""
        return order.symbol.asset.has_continuous_contract

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
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
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Never."""
        return updates_not_supported()


class RBIBrokerageModel(SupportedOrdersModel):
    """RBI: equities."""

    fee_model = RBIFeeModel
    checks_minimum_order_size = True
    supported_security_types = (_EQUITY,)
    supported_order_types = BASIC_ORDER_TYPES
