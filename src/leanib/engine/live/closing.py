"""Cancelling a run's orders and closing its positions without a line of the algorithm's own code.

For an algorithm that has failed or hangs: it runs on the connection's loop, whoever asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.live.contracts import ib_name
from leanib.engine.live.job import OnError
from leanib.errors import LeanIBError
from leanib.ib import IBConnectionManager, OrderRequest
from leanib.ib.contracts import qualify
from leanib.ib.sessions import TradingHours

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["AFTER_ERROR", "cancel_orders", "close_positions", "held_by", "wind_down"]

AFTER_ERROR = {
    OnError.KEEP: "its orders and positions stay as they are",
    OnError.STOP: "its open orders are cancelled, its positions stay",
    OnError.LIQUIDATE: "its open orders are cancelled and its positions closed",
}
"""What is done for an algorithm that has failed, in words."""


def held_by(algorithm: QCAlgorithm) -> dict[str, Decimal]:
    """What the algorithm holds, by IB's names."""
    held = ((s.symbol, s.holdings.quantity_decimal) for s in list(algorithm.securities.values()))
    return {ib_name(symbol): quantity for symbol, quantity in held if quantity}


async def wind_down(
    services: IBConnectionManager,
    refs: Iterable[str],
    quantities: Mapping[str, Decimal],
    tell: Callable[[str], object],
    timeout: float,
) -> bool:
    """Cancels the orders, then closes the positions that are given; whether all was done within the seconds."""
    cancelled = await cancel_orders(services, refs, tell, timeout / 3)
    closed = not quantities or await close_positions(services, quantities, tell, timeout / 3)
    return cancelled and closed


async def cancel_orders(
    services: IBConnectionManager, refs: Iterable[str], tell: Callable[[str], object], timeout: float
) -> bool:
    """Cancels orders and waits for their end; whether all have ended.

    Args:
        services: The connection with its services.
        refs: The orders' references.
        tell: Told what could not be done.
        timeout: Seconds for all of it.
    """
    orders, pending = services.orders, []
    for ref in refs:
        record = orders.journal.order(ref)
        if record is None or record.status.is_final:
            continue
        try:
            orders.cancel(ref)
            pending.append(ref)
        except LeanIBError as error:
            tell(f"order {ref} ({record.action} {record.symbol}) was not cancelled: {error}")
    ended = await asyncio.gather(*(orders.wait(ref, timeout) for ref in pending))
    for record in ended:
        if not record.status.is_final:
            tell(f"order {record.ref} ({record.action} {record.symbol}) is not confirmed as cancelled yet")
    return len(pending) == sum(record.status.is_final for record in ended)


async def close_positions(
    services: IBConnectionManager, quantities: Mapping[str, Decimal], tell: Callable[[str], object], timeout: float
) -> bool:
    """Closes positions at the market, or at the next opening where it is closed; whether none is left open.

    Args:
        services: The connection with its services.
        quantities: What is held, signed, by the name under which `leanib.ib` knows the security.
        tell: Told what was sent, and what could not be.
        timeout: Seconds to wait for the fills.
    """
    sent = []
    complete = True
    for name, quantity in quantities.items():
        if not quantity:
            continue
        try:
            kind = "MKT" if await _is_open(services, name) else "MOO"
            side = "SELL" if quantity > 0 else "BUY"
            request = OrderRequest(name, side, abs(quantity), kind)  # type: ignore[arg-type]
            sent.append(await services.orders.place(request))
            when = "at the market" if kind == "MKT" else "at the next opening: the market is closed"
            tell(f"closing {name}: {side} {abs(quantity):f} {when}")
        except LeanIBError as error:
            complete = False
            tell(f"the position of {quantity:f} {name} was not closed: {error}")
    ended = await asyncio.gather(*(services.orders.wait(r.ref, timeout) for r in sent if r.terms.get("tif") != "OPG"))
    for record in ended:
        if record.filled < record.quantity:
            complete = False
            tell(f"closing {record.symbol}: {record.filled:f} of {record.quantity:f} filled, {record.status.value}")
    return complete and len(ended) == len(sent)


async def _is_open(services: IBConnectionManager, name: str) -> bool:
    connection = services.connection
    instrument = await qualify(connection.client, name, connection.settings.connection.request_timeout)
    details = instrument.details
    hours = TradingHours.parse(details.liquidHours or details.tradingHours, details.timeZoneId)
    return hours.is_open(connection.clock.now()) is not False
