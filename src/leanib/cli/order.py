"""`leanib order`: buy, sell, list, modify, cancel."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated, Literal

import typer

from leanib.cli.ib_session import (
    INTERRUPTED,
    AccountOption,
    ClientIdOption,
    LiveOption,
    Session,
    VerboseOption,
    run,
    settings_for,
)
from leanib.cli.kill_switch import kill_switch
from leanib.cli.order_cancel_all import cancel_all
from leanib.cli.order_cancel_blind import cancel_blindly
from leanib.cli.order_input import PlacingCommand, Typed, distance, number
from leanib.cli.order_outcome import Outcome, end_with, outcome_of_cancel, outcome_of_change, outcome_of_order
from leanib.cli.order_resolve import offer_resolve, resolve
from leanib.cli.order_sender import files_obstacle, journal_of, sender_of, told_whose_id_it_is
from leanib.cli.order_view import as_json_object, print_orders, print_preview
from leanib.errors import UsageError
from leanib.ib.errors import JournalError
from leanib.ib.journal import Journal, OrderRecord
from leanib.ib.manager import IBConnectionManager
from leanib.ib.order_request import OrderRequest
from leanib.ib.orders import Change
from leanib.ib.orders.bracket import Bracket
from leanib.ib.orders.preview import Preview
from leanib.ib.orders.terms import differences

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Place, list, change and cancel orders.")

ReferenceOption = Annotated[
    str,
    typer.Option(
        "--reference-price", help="A price you know, for the limits where IB tells none.", show_default=False
    ),
]

_WAIT, _PAUSE = 60.0, 0.3
"""Seconds that --wait waits, and in which IB's warnings follow its first answer."""


def _command(side: Literal["BUY", "SELL"]) -> Callable[..., None]:
    """`buy` or `sell`: the same options for both sides."""

    def place(
        symbol: str,
        quantity: str,
        market: Annotated[bool, typer.Option("--market", help="At the market (the default).")] = False,
        limit: Annotated[str, typer.Option("--limit", help="Limit price.", show_default=False)] = "",
        stop: Annotated[str, typer.Option("--stop", help="Stop price.", show_default=False)] = "",
        stop_limit: Annotated[
            tuple[str, str], typer.Option("--stop-limit", help="Stop price and limit price.", show_default=False)
        ] = ("", ""),
        trailing: Annotated[
            str, typer.Option("--trailing", help="Distance: 1.50 in money, 2% in percent.", show_default=False)
        ] = "",
        tif: Annotated[str, typer.Option("--tif", help="DAY, GTC, IOC, FOK, OPG.")] = "DAY",
        bracket: Annotated[
            tuple[str, str], typer.Option("--bracket", help="Take-profit and stop-loss prices.", show_default=False)
        ] = ("", ""),
        take_profit: Annotated[
            str, typer.Option("--take-profit", help="A bracket with this leg only.", show_default=False)
        ] = "",
        stop_loss: Annotated[
            str, typer.Option("--stop-loss", help="A bracket with this leg only.", show_default=False)
        ] = "",
        outside_rth: Annotated[bool, typer.Option("--outside-rth", help="May trade outside regular hours.")] = False,
        reference_price: ReferenceOption = "",
        wait: Annotated[bool, typer.Option("--wait", help="Wait for the outcome, 60 s at most.")] = False,
        what_if: Annotated[
            bool, typer.Option("--what-if", help="Show margin and commission; nothing is sent.")
        ] = False,
        live: LiveOption = False,
        account: AccountOption = "",
        client_id: ClientIdOption = None,
        verbose: VerboseOption = False,
    ) -> None:
        typed = Typed(market, limit, stop, stop_limit, trailing, tif, bracket, take_profit, stop_loss, outside_rth)
        request = typed.request(side, symbol, quantity)
        session = Session(live, account, client_id, verbose)
        reference = number(reference_price, "--reference-price")
        if what_if:
            _preview(request, session, reference)
        else:
            _place(request, wait=wait, session=session, reference=reference)

    return place


app.command("buy", cls=PlacingCommand, help="Buy QUANTITY of SYMBOL.")(_command("BUY"))
app.command("sell", cls=PlacingCommand, help="Sell QUANTITY of SYMBOL, short if there is no position.")(
    _command("SELL")
)


app.command("resolve")(resolve)


@app.command("list")
def list_orders(
    everything: Annotated[bool, typer.Option("--all", help="Finished orders too.")] = False,
    history: Annotated[
        str, typer.Option("--history", help="Everything noted about one order.", show_default=False)
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    live: LiveOption = False,
    account: AccountOption = "",
    verbose: VerboseOption = False,
) -> None:
    """List the orders of the journal; needs no Gateway."""
    journal = Journal(settings_for(live, account, verbose).orders.journal)
    try:
        if history:
            _print_history(journal, history)
            return
        records = journal.orders(account) if everything else journal.open_orders(account)
        if as_json:
            typer.echo(json.dumps([as_json_object(record) for record in records], indent=2))
        else:
            print_orders(journal, records)
            offer_resolve(journal, records)
    finally:
        journal.close()


@app.command()
def modify(
    ref: str,
    quantity: Annotated[str, typer.Option("--quantity", help="New total quantity.", show_default=False)] = "",
    limit: Annotated[str, typer.Option("--limit", help="New limit price.", show_default=False)] = "",
    stop: Annotated[str, typer.Option("--stop", help="New stop price.", show_default=False)] = "",
    trailing: Annotated[
        str, typer.Option("--trailing", help="New distance: 1.50 in money, 2% in percent.", show_default=False)
    ] = "",
    reference_price: ReferenceOption = "",
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: ClientIdOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Change the quantity, a price or the distance of the open order REF."""
    trail = distance(trailing)
    change = Change(
        number(quantity, "--quantity"),
        number(limit, "--limit"),
        number(stop, "--stop"),
        trail.get("trail_amount"),
        trail.get("trail_percent"),
    )
    reference = number(reference_price, "--reference-price")

    async def work(manager: IBConnectionManager) -> Outcome:
        before = manager.orders.order(ref)
        await manager.orders.modify(ref, change, reference_price=reference)
        await manager.orders.answered(ref)
        after = await _quiet(manager, ref)
        wanted = not differences(change.applied(before.holds), after.holds)
        return outcome_of_change(before, after, wanted, await _bracket(manager, ref))

    _run_as_sender(work, Session(live, account, client_id, verbose), ref)


@app.command()
def cancel(
    ref: str,
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: ClientIdOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Cancel the open order REF; it needs no journal: without one, IB is asked who sent it."""
    session = Session(live, account, client_id, verbose)
    why = files_obstacle(session)
    if why:
        cancel_blindly(ref, session, why)
        return

    async def work(manager: IBConnectionManager) -> Outcome:
        manager.orders.cancel(ref)
        record = await manager.orders.wait(ref, manager.settings.orders.ack_timeout * 2)
        return outcome_of_cancel(record, await _bracket(manager, ref))

    try:
        _run_as_sender(work, session, ref)
    except JournalError as error:  # as on a disk that is full, which shows only when something is written
        cancel_blindly(ref, session, str(error))


app.command("cancel-all")(cancel_all)
app.command("kill-switch")(kill_switch)


def _place(request: OrderRequest, *, wait: bool, session: Session, reference: Decimal | None) -> None:
    placed: list[str] = []

    async def work(manager: IBConnectionManager) -> Outcome:
        record = await manager.orders.place(request, reference_price=reference)
        placed.append(record.ref)
        await manager.orders.answered(record.ref)
        if wait:
            await manager.orders.wait(record.ref, _WAIT)
        for leg in manager.orders.journal.legs(record.ref):
            await manager.orders.answered(leg.ref)
        record = await _quiet(manager, record.ref)
        bracket = await _bracket(manager, record.ref)
        return outcome_of_order(manager.orders.order(record.ref), bracket, waited=wait)

    _run_and_end(work, session, lambda: placed[0] if placed else "")


def _preview(request: OrderRequest, session: Session, reference: Decimal | None) -> None:
    async def work(manager: IBConnectionManager) -> Preview:
        return await manager.orders.preview(request, reference_price=reference)

    shown = run(work, with_orders=True, **session.options())
    if shown is None:
        raise typer.Exit(INTERRUPTED)
    print_preview(request, shown)


async def _bracket(manager: IBConnectionManager, ref: str) -> Bracket | None:
    """The order's bracket once nothing more is about to be done for it; None for an order without legs."""
    settings = manager.settings.orders
    return await manager.orders.protection.settled(ref, settings.leg_patience + 6 * settings.ack_timeout)


async def _quiet(manager: IBConnectionManager, ref: str) -> OrderRecord:
    """The order, after a moment in which IB's warnings about it can arrive."""
    await asyncio.sleep(_PAUSE)
    return manager.orders.order(ref)


def _run_as_sender(work: Callable[[IBConnectionManager], Awaitable[Outcome]], session: Session, ref: str) -> None:
    """Runs a command on an order of the journal, with the client id and the account that sent it."""
    sender = sender_of(ref, session)
    with told_whose_id_it_is(ref, sender):
        _run_and_end(work, sender, lambda: ref)


def _run_and_end(
    work: Callable[[IBConnectionManager], Awaitable[Outcome]], session: Session, ref: Callable[[], str]
) -> None:
    """Runs a command on one order; prints it with its legs and what became of it, also when it is interrupted."""
    outcome = run(work, with_orders=True, **session.options())
    name = ref()
    if outcome is None and not name:
        typer.echo("stopped; nothing was sent", err=True)
        raise typer.Exit(INTERRUPTED)
    journal = journal_of(session)
    try:
        record = journal.order(name)
        shown = [] if record is None else [record, *journal.legs(name)]
        end_with(journal, shown, outcome or (INTERRUPTED, f"stopped waiting; order {name} stands as shown"))
    finally:
        journal.close()


def _print_history(journal: Journal, ref: str) -> None:
    events = journal.history(ref)
    if not events:
        raise UsageError(f"the journal knows no order {ref}; 'leanib order list --all' shows those it knows")
    for at, kind, detail in events:
        typer.echo(f"{at:%Y-%m-%d %H:%M:%S} UTC  {kind}  {json.dumps(detail) if detail else ''}".rstrip())
