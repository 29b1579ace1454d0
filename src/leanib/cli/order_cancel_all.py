"""`leanib order cancel-all`: what this client id has open, or everything on the account; says what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from leanib.cli.ib_session import (
    INTERRUPTED,
    AccountOption,
    ClientIdOption,
    LiveOption,
    Session,
    VerboseOption,
    run,
)
from leanib.cli.order_cancel_blind import open_when_settled, run_blindly
from leanib.cli.order_outcome import UNPROTECTED, without_protection
from leanib.cli.order_sender import files_obstacle
from leanib.ib.account import AccountSnapshot, OpenOrder
from leanib.ib.errors import JournalError
from leanib.ib.manager import IBConnectionManager

__all__ = ["cancel_all"]


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

    Exit code 0 when the account has no open order left, 1 when it has: they are listed; 4 when a position has lost its
    protective legs by it.
    """
    if everything and not yes:
        typer.confirm("cancel every open order of the login, all its accounts, other programs and TWS?", abort=True)
        typer.confirm("protective stops too: positions stand unprotected then. Really?", abort=True)

    session = Session(live, account, client_id, verbose)
    why = files_obstacle(session)
    if why:
        _cancel_blindly(session, everything, why)
        return
    try:
        done = run(lambda manager: _cancel(manager, everything), with_orders=True, **session.options())
    except JournalError as error:  # as on a disk that is full, which shows only when something is written
        _cancel_blindly(session, everything, str(error))
        return
    if done is None:
        raise typer.Exit(INTERRUPTED)
    snapshot, alone = done
    for sentence in alone:
        typer.echo(sentence, err=True)
    _tell(snapshot)
    if alone:
        raise typer.Exit(UNPROTECTED)


def _cancel_blindly(session: Session, everything: bool, why: str) -> None:
    typer.echo(f"warning: {why}; IB itself is asked, and nothing is noted", err=True)
    _tell(run_blindly(lambda manager: _cancel_listed(manager, everything), session))


async def _cancel(manager: IBConnectionManager, everything: bool) -> tuple[AccountSnapshot, list[str]]:
    """What the journal has open of this client id, or everything; and the positions that lost their legs by it."""
    orders = manager.orders
    legs = [record for record in orders.journal.open_orders(manager.connection.account) if record.parent_ref]
    if everything:
        orders.cancel_everything()
    sent = orders.cancel_all()
    snapshot = await _settled(manager, {record.order_id for record in sent}, everything)
    brackets = [orders.protection.bracket(ref) for ref in dict.fromkeys(leg.parent_ref for leg in legs)]
    listed = {order.order_ref for order in snapshot.open_orders}
    return snapshot, [
        without_protection(bracket)
        for bracket in brackets
        if bracket is not None and bracket.exposed and not listed & {leg.ref for leg in bracket.legs}
    ]


async def _cancel_listed(manager: IBConnectionManager, everything: bool) -> AccountSnapshot:
    """What IB lists of this client id, or everything."""
    client, own = manager.connection.client.client, manager.connection.client_id
    if everything:
        client.reqGlobalCancel()
    listed = (await manager.accounts.refresh()).open_orders
    mine = {order.order_id for order in listed if order.client_id == own}
    for order_id in mine:
        client.cancelOrder(order_id, "")
    return await _settled(manager, mine, everything)


async def _settled(manager: IBConnectionManager, asked: set[int], everything: bool) -> AccountSnapshot:
    typer.echo(f"asked IB to cancel {'every open order of the login' if everything else _count(len(asked))}")
    own = manager.connection.client_id
    return await open_when_settled(
        manager, lambda one: everything or (one.client_id == own and one.order_id in asked)
    )


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
