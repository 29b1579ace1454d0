"""One handler a request: reads the fields, checks them, hands over to whoever does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.simulator.handlers import account, contracts, history, market, orders, system
from leanib.simulator.protocol.ids import Request

if TYPE_CHECKING:
    from leanib.simulator.gateway import Handler

HANDLERS: dict[Request, Handler] = {
    **system.HANDLERS,
    **account.HANDLERS,
    **contracts.HANDLERS,
    **market.HANDLERS,
    **history.HANDLERS,
    **orders.HANDLERS,
}
