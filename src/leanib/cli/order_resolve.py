"""`leanib order resolve`: settle an order whose fate is unknown."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from leanib.cli.ib_session import AccountOption, ClientIdOption, LiveOption, Session, VerboseOption, run
from leanib.cli.order_sender import sender_of, told_whose_id_it_is
from leanib.errors import UsageError
from leanib.ib.errors import JournalError
from leanib.ib.journal import Journal, OrderRecord, OrderStatus
from leanib.ib.manager import IBConnectionManager

__all__ = ["note_offered", "offer_resolve", "resolve"]

_OFFERED = "resolve offered"


def resolve(
    ref: str,
    filled: Annotated[
        str, typer.Option("--filled", help="It is over and filled this in all, as TWS shows.", show_default=False)
    ] = "",
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: ClientIdOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Settle the order REF whose fate is unknown: ask IB, or take your word (--filled)."""
    amount = _quantity(filled)
    sender = sender_of(ref, Session(live, account, client_id, verbose))

    async def work(manager: IBConnectionManager) -> OrderRecord:
        return await manager.orders.resolve(ref, filled=amount)

    with told_whose_id_it_is(ref, sender):
        done = run(work, with_orders=True, **sender.options())
    if done is not None:
        typer.echo(f"order {ref} is {done.status.value}" + (f": {done.message}" if done.message else ""))
        if done.status is OrderStatus.UNKNOWN:
            raise typer.Exit(1)


def offer_resolve(journal: Journal, records: list[OrderRecord]) -> None:
    """Says how orders of unknown fate are settled, once for each."""
    unknown = [record for record in records if record.status is OrderStatus.UNKNOWN]
    for ref in [record.ref for record in unknown if not _is_known(journal, record)]:
        typer.echo(f"look {ref} up in TWS, then tell the journal: leanib order resolve {ref}")
        note_offered(journal, ref)


def note_offered(journal: Journal, ref: str) -> None:
    """Notes that a person has been told how to settle the order."""
    with contextlib.suppress(JournalError):  # a journal that cannot be written now: told again then
        journal.note(ref, datetime.now(UTC), _OFFERED)


def _is_known(journal: Journal, record: OrderRecord) -> bool:
    """Since it became unknown: an order may be found and lost again."""
    kinds = [kind for _, kind, _ in journal.history(record.ref)]
    since = max((n for n, kind in enumerate(kinds) if kind == "unknown"), default=0)
    return _OFFERED in kinds[since:]


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
