"""`leanib order cancel-all`: what this client id has open, or everything on the account; says what is left."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from leanib.cli.ib_session import INTERRUPTED, AccountOption, ClientIdOption, LiveOption, VerboseOption, run
from leanib.ib.account import AccountSnapshot, OpenOrder
from leanib.ib.manager import IBConnectionManager

__all__ = ["cancel_all"]

_PAUSE = 0.5
"""Seconds between two looks at what is still open."""


def cancel_all(
    everything: Annotated[
        bool,
        typer.Option("--everything", help="Every order of the login: other programs', TWS's too. Asks twice."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: ClientIdOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Cancel all open orders of this client id, or with --everything those of the whole login.

    Exit code 0 when the account has no open order left, 1 when it has: they are listed.
    """
    if everything and not yes:
        typer.confirm("cancel every open order of the login, all its accounts, other programs and TWS?", abort=True)
        typer.confirm("protective stops too: positions stand unprotected then. Really?", abort=True)

    async def work(manager: IBConnectionManager) -> AccountSnapshot:
        if everything:
            manager.orders.cancel_everything()
        sent = manager.orders.cancel_all()
        typer.echo(f"asked IB to cancel {'every open order of the login' if everything else _count(len(sent))}")
        return await _settled(manager, {record.order_id for record in sent}, everything)

    snapshot = run(work, live=live, account=account, client_id=client_id, verbose=verbose, with_orders=True)
    if snapshot is None:
        raise typer.Exit(INTERRUPTED)
    _tell(snapshot)


async def _settled(manager: IBConnectionManager, asked: set[int], everything: bool) -> AccountSnapshot:
    """The account when nothing that was asked for is open any more, or at the deadline."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + manager.settings.orders.ack_timeout * 2
    own = manager.connection.client_id
    while True:
        snapshot = await manager.accounts.refresh()
        waits = [one for one in snapshot.open_orders if everything or (one.client_id == own and one.order_id in asked)]
        if not waits or loop.time() >= deadline:
            return snapshot
        await asyncio.sleep(_PAUSE)


def _tell(snapshot: AccountSnapshot) -> None:
    left = snapshot.open_orders
    if not snapshot.complete:
        typer.echo(f"leanib: what is still open is not known ({snapshot.reason}); look with 'leanib account'", err=True)
        raise typer.Exit(1)
    if not left:
        typer.echo("no order is open on the account")
        return
    typer.echo(f"leanib: {_count(len(left))} of the account still open:", err=True)
    for line in _lines(left):
        typer.echo(f"  {line}", err=True)
    typer.echo("cancel another client id's with --client-id, all with --everything", err=True)
    raise typer.Exit(1)


def _count(number: int) -> str:
    return f"{number} order" if number == 1 else f"{number} orders"


def _lines(orders: Sequence[OpenOrder]) -> list[str]:
    return [
        f"{order.order_ref or f'permId {order.perm_id}'}: {order.action} {order.quantity:g} {order.symbol} "
        f"{order.order_type}, client id {order.client_id}, {order.status}"
        for order in orders
    ]
