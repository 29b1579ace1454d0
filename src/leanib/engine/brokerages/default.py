"""The base of all brokerage models (`Common/Brokerages/DefaultBrokerageModel.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.assets import ASSETS
from leanib.engine.brokerages.messages import Verdict, refusal
from leanib.engine.dotnet.collections import Dictionary
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ONE, decimal_text, to_decimal, truncate
from leanib.engine.orders.enums import OrderField, OrderType
from leanib.engine.orders.requests import UpdateOrderFields
from leanib.engine.orders.slippage import NullSlippageModel
from leanib.engine.securities.benchmarks import SecurityBenchmark
from leanib.engine.securities.margin_interest import MarginInterestRateModel
from leanib.engine.securities.shortable import NullShortableProvider
from leanib.engine.symbols import AccountType, Market, SecurityType, Symbol

if TYPE_CHECKING:
    from leanib.engine.market import Split
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.requests import UpdateOrderRequest
    from leanib.engine.orders.ticket import OrderTicket
    from leanib.engine.securities.security import Security

__all__ = ["DEFAULT_MARKETS", "DefaultBrokerageModel"]

DEFAULT_MARKETS: dict[SecurityType, str] = Dictionary(
    {asset.kind: asset.default_market for asset in ASSETS.values() if asset.default_market}
)


class DefaultBrokerageModel(LeanObject):
    """Accepts nearly every order; Interactive Brokers' fees for equities, options and futures.

    `can_submit_order` and `can_update_order` return whether they accept, and a message where they do not.
    """

    default_markets: dict[SecurityType, str] = DEFAULT_MARKETS
    required_free_buying_power_percent: float = 0.0

    def __init__(self, account_type: AccountType = AccountType.MARGIN) -> None:
        self._account_type = account_type

    @property
    def account_type(self) -> AccountType:
        """Margin or cash."""
        # A subclass may have defined __init__ without calling ours.
        return getattr(self, "_account_type", AccountType.MARGIN)

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """Whether the brokerage takes the order."""
        if security.symbol.asset.trades_when_closed and order.order_type is OrderType.MARKET_ON_OPEN:
            return refusal("MarketOnOpen orders are not supported for futures and future options.")
        return True, None

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: object = None
    ) -> Verdict:
        """Whether the brokerage takes the change."""
        return True, None

    def can_execute_order(self, security: Security, order: Order) -> bool:
        """Whether the brokerage would fill the order now."""
        return True

    def apply_split(self, tickets: list[OrderTicket], split: Split) -> None:
        """Restate open orders in new shares."""
        factor = to_decimal(split.split_factor_decimal)
        for ticket in tickets:
            ticket.update(_split_fields(ticket, factor))

    def get_leverage(self, security: Security) -> float:
        """The leverage of a new security."""
        return 1.0 if self.account_type is AccountType.CASH else security.symbol.asset.leverage

    def get_benchmark(self, securities: object) -> Any:
        """What a strategy is compared with unless it says otherwise: SPY."""
        return SecurityBenchmark.create_instance(securities, Symbol.create("SPY", SecurityType.EQUITY, Market.USA))

    def get_fill_model(self, security: Security) -> Any:
        """How orders fill."""
        return security.symbol.asset.fill_model()

    def get_fee_model(self, security: Security) -> Any:
        """What fills cost."""
        return security.symbol.asset.fee_model()

    def get_slippage_model(self, security: Security) -> Any:
        """How much worse than the market orders fill."""
        return NullSlippageModel.INSTANCE

    def get_settlement_model(self, security: Security) -> Any:
        """When cash moves."""
        return security.symbol.asset.settlement_model(self.account_type is AccountType.CASH)

    def get_buying_power_model(self, security: Security) -> Any:
        """What may be held."""
        free, is_cash = self.required_free_buying_power_percent, self.account_type is AccountType.CASH
        return security.symbol.asset.buying_power_model(security, self.get_leverage(security), free, is_cash)

    def get_shortable_provider(self, security: Security) -> Any:
        """What can be borrowed."""
        return NullShortableProvider.INSTANCE

    def get_margin_interest_rate_model(self, security: Security) -> Any:
        """What borrowed money costs."""
        return MarginInterestRateModel.NULL

    @staticmethod
    def is_valid_order_size(security: Security, order_quantity: Decimal) -> Verdict:
        """Whether a quantity reaches the smallest order that the exchange takes."""
        minimum = security.symbol_properties.minimum_order_size_decimal
        if minimum is not None and abs(order_quantity) < minimum:
            return refusal(
                f"The minimum order size (in quote currency) for {security.symbol.value} is {decimal_text(minimum)}. "
                f"Order quantity was {decimal_text(order_quantity)}."
            )
        return True, None

    # ---- for the models of brokerages

    def _name(self) -> str:
        return type(self).__name__

    def _unsupported_security_type(self, security: Security) -> Verdict:
        return refusal(f"The {self._name()} does not support {security.type.lean_name} security type.")

    def _unsupported_order_type(self, order: Order, supported: Any) -> Verdict:
        types = ",".join(kind.lean_name for kind in supported)
        return refusal(
            f"The {self._name()} does not support {order.order_type.lean_name} order type. Only supports [{types}]"
        )

    def _unsupported_time_in_force(self, order: Order) -> Verdict:
        kind = type(order.time_in_force).__name__
        return refusal(f"The {self._name()} does not support {kind} time in force.")


def _split_fields(ticket: OrderTicket, factor: Decimal) -> UpdateOrderFields:
    """Whole new shares, and prices per new share."""
    kind = ticket.order_type

    def scaled(field: OrderField, applies: bool) -> Decimal | None:
        return to_decimal(ticket.get(field)) * factor if applies else None

    absolute_trail = kind is OrderType.TRAILING_STOP and not ticket.get(OrderField.TRAILING_AS_PERCENTAGE)
    return UpdateOrderFields(
        quantity=truncate(ticket.quantity_decimal / factor) * ONE,
        limit_price=scaled(OrderField.LIMIT_PRICE, kind.is_limit_order()),
        stop_price=scaled(OrderField.STOP_PRICE, kind.is_stop_order()),
        trigger_price=scaled(OrderField.TRIGGER_PRICE, kind is OrderType.LIMIT_IF_TOUCHED),
        trailing_amount=scaled(OrderField.TRAILING_AMOUNT, absolute_trail),
    )
