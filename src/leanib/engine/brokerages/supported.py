"""Base of the brokerage models that say which securities, orders and times in force they take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.brokerages.default import DEFAULT_MARKETS, DefaultBrokerageModel
from leanib.engine.brokerages.messages import BrokerageMessageEvent, BrokerageMessageType, Verdict
from leanib.engine.dotnet.collections import Dictionary
from leanib.engine.numbers import decimal_text
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.time_in_force import TimeInForce
from leanib.engine.securities.benchmarks import FuncBenchmark, SecurityBenchmark
from leanib.engine.symbols import SecurityType, Symbol

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.securities.security import Security

__all__ = ["BASIC_ORDER_TYPES", "SupportedOrdersModel", "markets_with", "updates_not_supported", "zero_benchmark"]

BASIC_ORDER_TYPES = (OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.STOP_LIMIT)


class SupportedOrdersModel(DefaultBrokerageModel):
    """Refuses what the class attributes do not name; None means no limit."""

    supported_security_types: ClassVar[Iterable[SecurityType] | None] = None
    supported_order_types: ClassVar[Iterable[OrderType] | None] = None
    supported_time_in_forces: ClassVar[Iterable[type[TimeInForce]] | None] = None
    requires_whole_quantity: ClassVar[bool] = False
    checks_minimum_order_size: ClassVar[bool] = False
    fee_model: ClassVar[Callable[[], Any] | None] = None
    #: ticker, kind and market of the default benchmark
    benchmark: ClassVar[tuple[str, SecurityType, str] | None] = None

    def can_submit_order(self, security: Security, order: Order, message: object = None) -> Verdict:
        """Whether the order is of a kind that the brokerage takes."""
        if self.checks_minimum_order_size:
            accepted, reason = self.is_valid_order_size(security, order.quantity_decimal)
            if not accepted:
                return accepted, reason
        if self.supported_security_types is not None and security.type not in self.supported_security_types:
            return self._unsupported_security_type(security)
        supported = self._order_types(security)
        if supported is not None and order.order_type not in supported:
            return self._unsupported_order_type(order, supported)
        forces = self.supported_time_in_forces
        if forces is not None and type(order.time_in_force) not in forces:
            return self._unsupported_time_in_force(order)
        if self.requires_whole_quantity and order.quantity_decimal % 1:
            return self._fractional(order.quantity_decimal)
        return super().can_submit_order(security, order, message)

    def _order_types(self, security: Security) -> Iterable[OrderType] | None:
        """The kinds of order that are taken for a security."""
        return self.supported_order_types

    @staticmethod
    def _fractional(quantity: Decimal) -> Verdict:
        text = f"Order Quantity must be Integer, but provided {decimal_text(quantity)}."
        return False, BrokerageMessageEvent(BrokerageMessageType.WARNING, "NotSupported", text)

    def get_fee_model(self, security: Security) -> Any:
        """The brokerage's fees."""
        model = type(self).fee_model
        return super().get_fee_model(security) if model is None else model()

    def get_benchmark(self, securities: object) -> Any:
        """The brokerage's default benchmark."""
        if self.benchmark is None:
            return super().get_benchmark(securities)
        return SecurityBenchmark.create_instance(securities, Symbol.create(*self.benchmark))


def updates_not_supported(code: str = "0") -> Verdict:
    """The refusal of every change of an order."""
    text = "Brokerage does not support update. You must cancel and re-create instead."
    return False, BrokerageMessageEvent(BrokerageMessageType.WARNING, code, text)


def markets_with(*types: SecurityType, market: str) -> dict[SecurityType, str]:
    """LEAN's default markets with another one for some kinds of security."""
    return Dictionary(DEFAULT_MARKETS | dict.fromkeys(types, market))


def zero_benchmark() -> FuncBenchmark:
    """A benchmark that is always zero."""
    return FuncBenchmark(lambda _: 0)
