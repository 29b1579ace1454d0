"""Orders of several legs (`Algorithm/QCAlgorithm.Trading.cs`, combo orders)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.numbers import ZERO, decimal_text, to_decimal
from leanib.engine.orders.combo import GroupOrderManager, Leg, greatest_common_divisor
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.ticket import OrderTicket

if TYPE_CHECKING:
    from leanib.engine.derivatives.strategies.strategy import OptionStrategy
    from leanib.engine.orders.properties import OrderProperties

__all__ = ["ComboTrading"]


class ComboTrading(AlgorithmPart):
    """The part of QCAlgorithm that orders legs which fill together or not at all."""

    if TYPE_CHECKING:
        transactions: Any
        _qc_pre_order_checks: Any
        _qc_request: Any
        _qc_security_for_order: Any

    def combo_market_order(
        self,
        legs: list[Leg],
        quantity: int,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> List[OrderTicket]:
        """The legs' ratios times the quantity, at the market."""
        return self._qc_submit_combo(legs, quantity, ZERO, asynchronous, tag, order_properties)

    def combo_leg_limit_order(
        self,
        legs: list[Leg],
        quantity: int,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> List[OrderTicket]:
        """Each leg at its own limit."""
        if any(not leg.order_price for leg in legs):
            raise ArgumentException("ComboLegLimitOrder requires a limit price for each leg")
        return self._qc_submit_combo(legs, quantity, ZERO, asynchronous, tag, order_properties)

    def combo_limit_order(
        self,
        legs: list[Leg],
        quantity: int,
        limit_price: Decimal | float,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> List[OrderTicket]:
        """All legs, at a limit on the sum of their prices times their ratios."""
        if not limit_price:
            raise ArgumentException("ComboLimitOrder requires a limit price")
        if any(leg.order_price for leg in legs):
            raise ArgumentException("ComboLimitOrder does not support limit prices for individual legs")
        return self._qc_submit_combo(legs, quantity, to_decimal(limit_price), asynchronous, tag, order_properties)

    @staticmethod
    def _qc_is_strategy(candidate: object) -> bool:
        """Whether something is an option strategy."""
        return hasattr(candidate, "option_legs")

    def _qc_order_strategy(
        self, strategy: OptionStrategy, quantity: int, asynchronous: bool, tag: str | None, properties: object
    ) -> List[OrderTicket]:
        strategy.set_symbols()
        legs = [*strategy.underlying_legs, *strategy.option_legs]
        # LEAN names the strategy only where the tag is null, which Python's default is not.
        return self._qc_submit_combo(legs, quantity, ZERO, asynchronous, tag or "", properties)

    def _qc_submit_combo(
        self, legs: list[Leg], quantity: int, limit_price: Decimal, asynchronous: bool, tag: str, properties: object
    ) -> List[OrderTicket]:
        _check_sizing(legs, quantity)
        group_id = self.transactions.get_increment_group_order_manager_id()
        group = GroupOrderManager(len(legs), quantity, limit_price, group_id)
        kind = OrderType.COMBO_LIMIT if limit_price else OrderType.COMBO_MARKET
        requests = []
        for leg in legs:
            security = self._qc_security_for_order(leg.symbol)
            if leg.order_price is not None:
                limit_price, kind = to_decimal(leg.order_price), OrderType.COMBO_LEG_LIMIT
            request = self._qc_request(
                kind,
                security,
                Decimal(leg.quantity) * group.quantity_decimal,
                tag,
                properties,
                asynchronous,
                limit_price=limit_price,
                group_order_manager=group,
            )
            response = self._qc_pre_order_checks(request)
            if response.is_error:
                return List([OrderTicket.invalid_submit_request(self.transactions, request, response)])
            requests.append(request)
        tickets = List([self.transactions.add_order(request) for request in requests])
        if not asynchronous and kind is OrderType.COMBO_MARKET:
            for ticket in tickets:
                if ticket.status.is_open():
                    self.transactions.wait_for_order(ticket.order_id)
        return tickets


def _check_sizing(legs: list[Leg], quantity: int) -> None:
    """Ratios must be in lowest terms: the size belongs in the quantity."""
    divisor = int(greatest_common_divisor(leg.quantity for leg in legs))
    if divisor == 1:
        return
    present = ", ".join(f"{leg.quantity} {leg.symbol}" for leg in legs)
    reduced = ", ".join(f"{leg.quantity // divisor} {leg.symbol}" for leg in legs)
    size = decimal_text(to_decimal(quantity))
    raise ArgumentException(
        "The global combo quantity should be used to increase or reduce the size of the order, "
        "while the leg quantities should be used to specify the ratio of the order. "
        f"The combo order quantities should be reduced from {size}x({present}) to {quantity * divisor}x({reduced})."
    )
