"""`leanib order resolve`: settle an order whose fate is unknown."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from leanib.cli.ib_session import AccountOption, ClientIdOption, LiveOption, run, settings_for
from leanib.errors import UsageError
from leanib.ib.journal import Journal, OrderRecord, OrderStatus
from leanib.ib.manager import IBConnectionManager

__all__ = ["resolve"]


def resolve(
    ref: str,
    filled: Annotated[
        str, typer.Option("--filled", help="It is over and filled this in all, as TWS shows.", show_default=False)
    ] = "",
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: ClientIdOption = None,
) -> None:
    """Settle the order REF whose fate is unknown: ask IB, or take your word (--filled)."""
    amount = _quantity(filled)
    settings = settings_for(live, account)
    journal = Journal(settings.orders.journal)
    try:
        record = journal.order(ref)
    finally:
        journal.close()
    if record is None:
        raise UsageError(f"the journal knows no order {ref}; 'leanib order list --all' shows those it knows")

    async def work(manager: IBConnectionManager) -> OrderRecord:
        return await manager.orders.resolve(ref, filled=amount)

    # Only the client id that sent an order can ask for its cancellation, which tells whether IB knows it.
    sender = record.client_id if client_id is None else client_id
    done = run(work, live=live, account=account, client_id=sender, with_orders=True)
    if done is not None:
        typer.echo(f"order {ref} is {done.status.value}" + (f": {done.message}" if done.message else ""))
        if done.status is OrderStatus.UNKNOWN:
            raise typer.Exit(1)


def _quantity(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise UsageError(f"--filled: '{text}' is not a number") from None
    if not number.is_finite() or number < 0:
        raise UsageError(f"--filled: '{text}' is not a quantity")
    return number
