"""Exercises of options that the algorithm asks for: an instruction to IB, and what IB does of it as LEAN tells it.

The exercise model of the option makes the events, in a backtest as here: the options go at nothing, what they are on
comes at the strike. That IB has done it tell its fills of the options, or the position where no fill is told (see
`leanib.engine.live.account`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.live.contracts import ib_name
from leanib.engine.live.followed import Followed
from leanib.engine.live.order_mapping import point_value
from leanib.engine.live.state import RunState
from leanib.engine.numbers import ZERO
from leanib.engine.orders.enums import OrderStatus, OrderType
from leanib.engine.orders.order import Order
from leanib.ib import FillRecord, OrderRequest

if TYPE_CHECKING:
    from leanib.engine.securities import Security
    from leanib.engine.securities.manager import SecurityManager

__all__ = ["Exercises", "exercise_request", "is_exercise"]


def is_exercise(order: Order) -> bool:
    """Whether an order is an exercise of options."""
    return order.order_type is OrderType.OPTION_EXERCISE


def exercise_request(order: Order, security: Security) -> OrderRequest:
    """What is asked of IB; what is not in the money is not exercised, as LEAN's plug-in asks it."""
    symbol = order.symbol
    value = point_value(symbol, security)
    return OrderRequest(ib_name(symbol), "SELL", abs(order.quantity_decimal), "EXERCISE", point_value=value)


class Exercises:
    """Tells the algorithm of exercises that IB has carried out. To be used on the algorithm's thread.

    Args:
        securities: What the algorithm holds.
        state: Where what was told is written down.
        tell: Told what a user must know.
        now: The wall clock, naive UTC.
        emit: Tells the algorithm an order's status, with a message.
    """

    def __init__(
        self,
        securities: Callable[[], SecurityManager],
        state: RunState,
        tell: Callable[[str], object],
        now: Callable[[], datetime],
        emit: Callable[[Order, OrderStatus, str], None],
    ) -> None:
        self._securities = securities
        self._state = state
        self._tell = tell
        self._now = now
        self._emit = emit
        #: lets an exercise happen to the algorithm; by the handler of its orders
        self.fill: Callable[[Order], None] = lambda _order: None
        self.last_fill_at = datetime(1, 1, 1)

    def follow(self, followed: Followed, fills: list[FillRecord]) -> None:
        """Tells of an exercise when all of it is done; once."""
        order = followed.order
        done = sum((abs(fill.signed_quantity) for fill in fills), ZERO)
        names = [fill.base_id or fill.exec_id for fill in fills]
        if done < order.absolute_quantity_decimal or all(name in followed.told for name in names):
            return
        followed.told.update(names)
        followed.filled = order.quantity_decimal
        self.last_fill_at = self._now()
        if order.status.is_closed():
            return  # the position had told it
        held: Decimal = self._securities()[order.symbol].holdings.quantity_decimal
        if held < order.absolute_quantity_decimal:
            self._tell(f"exercise {order.id} is done at IB; what it brought was taken over from IB before")
            self._emit(order, OrderStatus.FILLED, "what it brought was taken over from IB before")
            return
        for name in names:
            self._state.telling(name, order.id)
        self.fill(order)
        for name in names:
            self._state.told(name)
        self._state.follow(order)
