"""Cancelling where nothing can be written or read here: IB's own list says who sent what.

A full disk, a damaged journal or a folder of somebody else must not keep an order at IB. What happens is noted nowhere;
the next connection with a journal asks IB what became of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import typer

from leanib.cli.ib_session import INTERRUPTED, Session, run
from leanib.cli.order_outcome import REFUSED, UNANSWERED
from leanib.cli.order_sender import told_whose_id_it_is
from leanib.ib.account import AccountSnapshot, OpenOrder
from leanib.ib.manager import IBConnectionManager

__all__ = ["cancel_blindly", "open_when_settled", "run_blindly"]

_PAUSE = 0.5
"""Seconds between two looks at what is still open."""


def run_blindly(work: Callable[[IBConnectionManager], Awaitable[AccountSnapshot]], session: Session) -> AccountSnapshot:
    """Runs a command without journal and log.

    Raises:
        typer.Exit: It was stopped, or what the account has open is not known.
    """
    snapshot = run(work, with_log=False, **session.options())
    if snapshot is None:
        raise typer.Exit(INTERRUPTED)
    if not snapshot.complete:
        typer.echo(f"what is open at IB is not known: {snapshot.reason}", err=True)
        raise typer.Exit(UNANSWERED)
    return snapshot


def cancel_blindly(ref: str, session: Session, why: str) -> None:
    """Cancels an order with the client id that IB says it was sent with; ends the command.

    Raises:
        typer.Exit: Unless IB lists the order no more.
    """
    typer.echo(f"warning: {why}; IB itself is asked for order {ref}, and nothing is noted", err=True)
    listed = run_blindly(lambda manager: manager.accounts.refresh(), session)
    order = next((one for one in listed.open_orders if one.order_ref == ref), None)
    if order is None:
        typer.echo(f"IB lists no open order {ref} on the account", err=True)
        raise typer.Exit(REFUSED)
    order_id = order.order_id

    async def work(manager: IBConnectionManager) -> AccountSnapshot:
        manager.connection.client.client.cancelOrder(order_id, "")
        return await open_when_settled(manager, lambda one: one.order_ref == ref)

    sender = replace(session, client_id=order.client_id if session.client_id is None else session.client_id)
    with told_whose_id_it_is(ref, sender):
        left = run_blindly(work, sender)
    if any(one.order_ref == ref for one in left.open_orders):
        typer.echo(f"IB has not confirmed the cancellation of order {ref} yet", err=True)
        raise typer.Exit(UNANSWERED)
    typer.echo(f"order {ref} is not open at IB any more; 'leanib account' shows whether some of it had filled")


async def open_when_settled(manager: IBConnectionManager, waits_for: Callable[[OpenOrder], bool]) -> AccountSnapshot:
    """The account when no such order is open any more, or at the deadline."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + manager.settings.orders.ack_timeout * 2
    while True:
        snapshot = await manager.accounts.refresh()
        if not any(map(waits_for, snapshot.open_orders)) or loop.time() >= deadline:
            return snapshot
        await asyncio.sleep(_PAUSE)
