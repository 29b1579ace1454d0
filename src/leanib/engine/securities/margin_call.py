"""What is sold when the margin is used up (`Common/Securities/DefaultMarginCallModel.cs`)."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ONE, ZERO, to_decimal
from leanib.engine.orders.combo import GroupOrderManager
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.requests import SubmitOrderRequest
from leanib.engine.securities.positions import PositionGroup

if TYPE_CHECKING:
    from leanib.engine.orders.properties import OrderProperties
    from leanib.engine.orders.ticket import OrderTicket
    from leanib.engine.securities.portfolio import SecurityPortfolioManager
    from leanib.engine.securities.positions import Position

__all__ = ["DefaultMarginCallModel", "MarginCallModel", "MarginCallOrdersParameters"]

_WARNING_AT = Decimal("0.05")
_PLENTY = 0.06

Amounts = Any
"""A float, or a numpy array of them."""


class MarginCallOrdersParameters(LeanObject):
    """What a margin call for one position has to go by."""

    __slots__ = ("position_group", "total_portfolio_value_decimal", "total_used_margin_decimal")

    def __init__(
        self, position_group: PositionGroup, total_portfolio_value: Decimal, total_used_margin: Decimal
    ) -> None:
        self.position_group = position_group
        self.total_portfolio_value_decimal = total_portfolio_value
        self.total_used_margin_decimal = total_used_margin


class MarginCallModel(LeanObject):
    """Base of the models, and the one that never calls: `MarginCallModel.NULL`."""

    NULL: MarginCallModel
    Null: MarginCallModel

    def get_margin_call_orders(self, issue_margin_call_warning: bool = False) -> tuple[list[SubmitOrderRequest], bool]:
        """The orders of a margin call, and whether to warn."""
        return [], False

    def execute_margin_call(self, generated_margin_call_orders: Iterable[SubmitOrderRequest]) -> list[OrderTicket]:
        """Sends the orders, as many as are needed; their tickets."""
        return []


MarginCallModel.NULL = MarginCallModel.Null = MarginCallModel()


class DefaultMarginCallModel(MarginCallModel):
    """Warns below 5 % free margin; reduces every position once the used margin exceeds the value by the buffer."""

    def __init__(
        self,
        portfolio: SecurityPortfolioManager,
        default_order_properties: OrderProperties | None,
        margin_buffer: Decimal | float = Decimal("0.10"),
    ) -> None:
        self.portfolio = portfolio
        self.default_order_properties = default_order_properties
        self._margin_buffer = to_decimal(margin_buffer)

    def get_margin_call_orders(self, issue_margin_call_warning: bool = False) -> tuple[list[SubmitOrderRequest], bool]:
        """The orders of a margin call, and whether to warn."""
        portfolio = self.portfolio
        if self._has_plenty():
            return [], False
        used = portfolio.total_margin_used_decimal
        if used <= 0:
            return [], False
        value = portfolio.total_portfolio_value_decimal
        remaining = value - portfolio.unsettled_cash_decimal - used
        if remaining > 0:
            return [], remaining <= value * _WARNING_AT
        orders: List[SubmitOrderRequest] = List()
        if used > value * (ONE + self._margin_buffer):
            for group in portfolio.positions.groups:
                generated = self.generate_margin_call_orders(MarginCallOrdersParameters(group, value, used))
                if all(order.quantity_decimal for order in generated):
                    orders += generated
        return orders, bool(orders)

    def _has_plenty(self) -> bool:
        """Whether so much margin is free that there is no need to work it out exactly, as nearly always."""
        used = self.portfolio.approximate_margin_used()
        return used is not None and bool(self.is_plenty(self.portfolio.approximate_value(), used))

    def is_plenty(self, value: Amounts, used: Amounts) -> Amounts:
        """Whether so much is free, at one value of the portfolio and of the used margin or at several."""
        return value - float(self.portfolio.unsettled_cash_decimal) - used > value * _PLENTY

    def generate_margin_call_orders(self, parameters: MarginCallOrdersParameters) -> List[SubmitOrderRequest]:
        """The orders that bring one group's margin back; those of a strategy's legs are a combo."""
        group, securities = parameters.position_group, self.portfolio.securities
        if not all(securities[position.symbol].quote_currency.conversion_rate_decimal for position in group):
            return List()
        excess = parameters.total_used_margin_decimal - parameters.total_portfolio_value_decimal
        used = group.buying_power_model.get_reserved_buying_power_for_position_group(self.portfolio, group)
        keep = max(ZERO, used - excess)
        delta = (used - keep) * (-1 if group.quantity_decimal > 0 else 1)
        result = group.buying_power_model.get_maximum_lots_for_delta_buying_power(self.portfolio, group, delta)
        lots = abs(result.quantity_decimal)
        kind, combo = OrderType.MARKET, None
        if group.count > 1 and lots:
            group_id = self.portfolio.transactions.get_increment_group_order_manager_id()
            kind, combo = OrderType.COMBO_MARKET, GroupOrderManager(group.count, lots, id=group_id)
        return List(self._reduction(position, lots, kind, combo) for position in group)

    def _reduction(
        self, position: Position, lots: Decimal, kind: OrderType, combo: GroupOrderManager | None
    ) -> SubmitOrderRequest:
        """Trades against a position."""
        security = self.portfolio.securities[position.symbol]
        quantity = lots * position.unit_quantity_decimal * (-1 if position.quantity_decimal > 0 else 1)
        return SubmitOrderRequest(
            kind,
            security.type,
            security.symbol,
            quantity,
            security.exchange.time_zone.to_utc(security.local_time),
            "Margin Call",
            copy.copy(self.default_order_properties),
            combo,
        )

    def execute_margin_call(self, generated_margin_call_orders: Iterable[SubmitOrderRequest]) -> list[OrderTicket]:
        """Sends the orders, the largest losers first and a combo's together, until the margin is back."""
        portfolio = self.portfolio
        if portfolio.margin_remaining_decimal >= 0:
            return []
        executed: list[OrderTicket] = []
        for requests in sorted(_together(generated_margin_call_orders), key=self._unrealized_profit):
            tickets = [portfolio.transactions.add_order(request) for request in requests]
            for ticket in tickets:
                if ticket.status.is_open():
                    portfolio.transactions.wait_for_order(ticket.order_id)
            executed += tickets
            if portfolio.margin_remaining_decimal >= 0:
                break
        return executed

    def _unrealized_profit(self, requests: list[SubmitOrderRequest]) -> Decimal:
        return sum((self.portfolio[request.symbol].unrealized_profit_decimal for request in requests), ZERO)


def _together(requests: Iterable[SubmitOrderRequest]) -> list[list[SubmitOrderRequest]]:
    """The legs of a combo as one, every other order by itself."""
    found: dict[Any, list[SubmitOrderRequest]] = {}
    for number, request in enumerate(requests):
        combo = request.group_order_manager
        found.setdefault(("order", number) if combo is None else ("combo", combo.id), []).append(request)
    return list(found.values())
