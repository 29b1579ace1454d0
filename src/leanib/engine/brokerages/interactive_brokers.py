"""Interactive Brokers' order rules (`Common/Brokerages/InteractiveBrokersBrokerageModel.cs`)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.brokerages.default import DEFAULT_MARKETS, DefaultBrokerageModel
from leanib.engine.brokerages.messages import Verdict, refusal
from leanib.engine.brokerages.rules import validate_market_on_open_order
from leanib.engine.dotnet.collections import Dictionary
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.fees import InteractiveBrokersFeeModel
from leanib.engine.orders.time_in_force import (
    DayTimeInForce,
    GoodTilCanceledTimeInForce,
    GoodTilDateTimeInForce,
    TimeInForce,
)
from leanib.engine.securities.benchmarks import FuncBenchmark
from leanib.engine.symbols import AccountType, Market, SecurityType, SettlementType

if TYPE_CHECKING:
    from leanib.engine.orders.combo import GroupOrderManager
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.requests import UpdateOrderRequest
    from leanib.engine.securities.security import Security

__all__ = ["InteractiveBrokersBrokerageModel", "InteractiveBrokersFixModel"]

#: smallest and largest order by base currency; currencies whose limits are given in USD cannot be traded here
_FOREX_LIMITS = {
    "USD": (25000, 7000000),
    "AUD": (25000, 6000000),
    "CAD": (25000, 6000000),
    "CHF": (25000, 6000000),
    "CNH": (150000, 40000000),
    "CZK": (0, 0),
    "DKK": (150000, 35000000),
    "EUR": (20000, 6000000),
    "GBP": (20000, 5000000),
    "HKD": (200000, 50000000),
    "HUF": (0, 0),
    "ILS": (0, 0),
    "KRW": (0, 200000000),
    "JPY": (2500000, 550000000),
    "MXN": (300000, 70000000),
    "NOK": (150000, 35000000),
    "NZD": (35000, 8000000),
    "PLN": (0, 0),
    "RUB": (750000, 30000000),
    "SEK": (175000, 40000000),
    "SGD": (35000, 8000000),
    "ZAR": (350000, 100000000),
}
_LEVERAGE = {SecurityType.CFD: 10.0}


class InteractiveBrokersBrokerageModel(DefaultBrokerageModel):
    """Order types, sizes and times that Interactive Brokers takes, and its fees."""

    default_markets = Dictionary(
        {
            kind: (DEFAULT_MARKETS | {SecurityType.CFD: Market.INTERACTIVE_BROKERS})[kind]
            for kind in sorted({*DEFAULT_MARKETS} - {SecurityType.CRYPTO, SecurityType.CRYPTO_FUTURE})
        }
    )
    supported_security_types: ClassVar[frozenset[SecurityType]] = frozenset(SecurityType).difference(
        (SecurityType.BASE, SecurityType.COMMODITY, SecurityType.CRYPTO, SecurityType.CRYPTO_FUTURE)
    )
    on_open_security_types: ClassVar[frozenset[SecurityType]] = frozenset(
        {
            SecurityType.CFD,
            SecurityType.EQUITY,
            SecurityType.OPTION,
            SecurityType.FUTURE_OPTION,
            SecurityType.INDEX_OPTION,
        }
    )
    on_close_security_types: ClassVar[frozenset[SecurityType]] = frozenset(
        {SecurityType.FUTURE, SecurityType.EQUITY, SecurityType.CFD}
    )
    supported_order_types: ClassVar[tuple[OrderType, ...]] = (
        OrderType.MARKET,
        OrderType.MARKET_ON_OPEN,
        OrderType.MARKET_ON_CLOSE,
        OrderType.LIMIT,
        OrderType.STOP_MARKET,
        OrderType.STOP_LIMIT,
        OrderType.TRAILING_STOP,
        OrderType.LIMIT_IF_TOUCHED,
        OrderType.COMBO_MARKET,
        OrderType.COMBO_LIMIT,
        OrderType.COMBO_LEG_LIMIT,
        OrderType.OPTION_EXERCISE,
    )
    supported_time_in_forces: ClassVar[tuple[type[TimeInForce], ...]] = (
        GoodTilCanceledTimeInForce,
        DayTimeInForce,
        GoodTilDateTimeInForce,
    )

    def get_benchmark(self, securities: object) -> Any:
        """None: zero."""
        return FuncBenchmark(lambda _: 0)

    def get_fee_model(self, security: Security) -> Any:
        """Interactive Brokers' fees."""
        return InteractiveBrokersFeeModel()

    def get_leverage(self, security: Security) -> float:
        """Ten for CFDs on a margin account."""
        usual = super().get_leverage(security)
        return usual if self.account_type is AccountType.CASH else _LEVERAGE.get(security.type, usual)

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """Whether Interactive Brokers takes the order."""
        for rule in (self._check_type, self._check_security, self._check_terms):
            accepted, reason = rule(security, order)
            if not accepted:
                return accepted, reason
        return True, None

    def _check_type(self, security: Security, order: Order) -> Verdict:
        kind = order.order_type
        if kind not in self.supported_order_types:
            return self._unsupported_order_type(order, self.supported_order_types)
        if kind is OrderType.MARKET_ON_CLOSE and security.type not in self.on_close_security_types:
            return refusal(
                "InteractiveBrokers does not support Market-on-Close orders for other security types different than "
                "Future and Equity.",
                f"Unsupported order type for {security.type.lean_name} security type",
            )
        accepted, reason = validate_market_on_open_order(security, order, _on_open_window, self.on_open_security_types)
        if not accepted:
            return accepted, reason
        group = order.group_order_manager
        if kind is OrderType.COMBO_LEG_LIMIT and group is not None and group.count >= 4:
            return refusal(
                f"The {self._name()} does not support four-leg ComboLegLimit orders. "
                "Use ComboLimit orders for four-leg combinations or more."
            )
        return True, None

    def _check_security(self, security: Security, order: Order) -> Verdict:
        if security.type not in self.supported_security_types:
            return self._unsupported_security_type(security)
        if security.symbol.asset.is_pair_of_codes:
            return _within_forex_limits(order.symbol.value, order.quantity_decimal)
        return True, None

    def _check_terms(self, security: Security, order: Order) -> Verdict:
        if type(order.time_in_force) not in self.supported_time_in_forces:
            return self._unsupported_time_in_force(order)
        if order.order_type is OrderType.OPTION_EXERCISE and _is_cash_settled(security):
            return refusal(
                f"The {self._name()} does not support {order.order_type.lean_name} exercises for index "
                "and cash-settled options."
            )
        return True, None

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Whether Interactive Brokers takes the change."""
        if order.symbol.asset.is_pair_of_codes and request.quantity_decimal is not None:
            return _within_forex_limits(order.symbol.value, request.quantity_decimal)
        return True, None

    def can_execute_order(self, security: Security, order: Order) -> bool:
        """Not for custom data."""
        return not order.symbol.asset.is_custom_data


class InteractiveBrokersFixModel(InteractiveBrokersBrokerageModel):
    """Interactive Brokers through FIX: fewer kinds of order, and no combos of futures with options on futures."""

    supported_order_types = (
        OrderType.MARKET,
        OrderType.MARKET_ON_OPEN,
        OrderType.MARKET_ON_CLOSE,
        OrderType.LIMIT,
        OrderType.STOP_MARKET,
        OrderType.STOP_LIMIT,
        OrderType.TRAILING_STOP,
        OrderType.COMBO_MARKET,
        OrderType.COMBO_LIMIT,
    )
    supported_time_in_forces = (GoodTilCanceledTimeInForce, DayTimeInForce)
    _UNMIXED = frozenset({SecurityType.FUTURE, SecurityType.FUTURE_OPTION})

    def __init__(self, account_type: AccountType = AccountType.MARGIN) -> None:
        super().__init__(account_type)
        self._groups: dict[GroupOrderManager, set[SecurityType]] = {}

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """As Interactive Brokers; the last leg of a mixed combo is refused."""
        group = order.group_order_manager
        if group is not None and order.order_type in self.supported_order_types:
            kinds = self._groups.setdefault(group, set())
            kinds.add(order.security_type)
            if kinds >= self._UNMIXED:
                return refusal(
                    f"The {self._name()} does not support {order.order_type.lean_name} combining future "
                    "options and futures legs."
                )
        return super().can_submit_order(security, order, message)


def _on_open_window(start: timedelta, end: timedelta) -> tuple[timedelta, timedelta]:
    """From the close to two minutes before the open."""
    return end, start - timedelta(minutes=2)


def _is_cash_settled(security: Security) -> bool:
    asset = security.symbol.asset
    return asset.is_option and (
        asset.settlement_type is SettlementType.CASH
        or getattr(security, "exercise_settlement", None) is SettlementType.CASH
    )


def _within_forex_limits(pair: str, quantity: Decimal) -> Verdict:
    base = pair[:3]
    smallest, largest = _FOREX_LIMITS.get(base, (0, 0))
    size = abs(quantity)
    if (size >= smallest if smallest else size > 0) and size <= largest:
        return True, None
    limits = f"({smallest}, {largest}){base}"
    return refusal(f"The minimum and maximum limits for the allowable order size are {limits}.", "OrderSizeLimit")
