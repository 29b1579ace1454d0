"""What IB says of positions, and of what somebody else did to them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ib_async import Contract

from leanib.ib import IBConnectionManager, PositionLine
from leanib.ib.references import PREFIX

if TYPE_CHECKING:
    from leanib.engine.securities import Security

__all__ = ["average_price", "traded_elsewhere"]


def average_price(security: Security, line: PositionLine) -> Decimal:
    """What a unit of a position cost, in the price's unit; IB tells it a contract."""
    multiplier: Decimal = security.symbol_properties.contract_multiplier_decimal
    return Decimal(str(line.average_cost)) / multiplier


async def traded_elsewhere(services: IBConnectionManager) -> tuple[Contract, ...] | None:
    """What somebody else traded today, exercises and assignments not among it; None while IB does not tell.

    To be awaited on the connection's loop. IB books an exercise as a fill of the option at nothing.
    """
    connection = services.connection
    ask = connection.question("executions").ask
    fills = await ask(connection.client.reqExecutionsAsync, connection.settings.connection.request_timeout)
    if not fills.complete:
        return None
    executions = ((fill.contract, fill.execution) for fill in fills.items)
    return tuple(contract for contract, one in executions if one.price and not one.orderRef.startswith(PREFIX))
