"""What became of an order, in words and as an exit code: "filled" is not the last word while protection is missing.

Exit codes of `leanib order`:

    0  done as asked
    1  refused by IB, or cancelled before it was filled, by somebody else or by its own time in force; or closed again
       since a leg was lost
    2  not sent: the command, a setting or a limit
    3  not filled within the time that --wait waits
    4  done, and a position stands without protection
    5  IB has not answered, or the order's fate is unknown
    130  stopped by Ctrl-C; the reference and what stands are printed
"""

from __future__ import annotations

import typer

from leanib.cli.order_resolve import note_offered
from leanib.cli.order_view import missing_protection, print_orders
from leanib.ib.journal import Journal, OrderRecord, OrderStatus
from leanib.ib.orders.bracket import Bracket

__all__ = [
    "REFUSED",
    "UNANSWERED",
    "UNPROTECTED",
    "Outcome",
    "end_with",
    "outcome_of_cancel",
    "outcome_of_change",
    "outcome_of_order",
    "without_protection",
]

REFUSED, NOT_FILLED, UNPROTECTED, UNANSWERED = 1, 3, 4, 5
Outcome = tuple[int, str]


def outcome_of_order(record: OrderRecord, bracket: Bracket | None, *, waited: bool) -> Outcome:
    """Exit code and sentence for an order that was placed; the sentence is empty where the table says all."""
    ref, status = record.ref, record.status
    if status is OrderStatus.UNKNOWN:
        return UNANSWERED, f"the fate of order {ref} is unknown: {record.message}"
    missing = missing_protection(bracket)
    if missing:
        filled = f"{status.value}, but " if record.filled else ""
        return UNPROTECTED, f"{filled}{missing}"
    if bracket is not None and bracket.closed_otherwise:
        closed = f"{bracket.closed_otherwise.normalize():f} {record.symbol}"
        return REFUSED, f"a leg of order {ref} was lost, and {closed} of it were closed again, as lost_leg says"
    if status in (OrderStatus.REJECTED, OrderStatus.INACTIVE):
        return REFUSED, f"order {ref} is {status.value}: {record.message or 'IB gives no reason'}"
    if status is OrderStatus.CANCELLED:
        said = f" ({record.message})" if record.message else ""
        return REFUSED, f"order {ref} was cancelled, and not by this command: {_filled(record)}{said}"
    if status is OrderStatus.PENDING:
        return UNANSWERED, f"IB has not answered to order {ref} yet; 'leanib order list' shows what becomes of it"
    if waited and status is not OrderStatus.FILLED:
        return NOT_FILLED, f"order {ref} is {status.value} and stays at IB: {_filled(record)} in time"
    return 0, ""


def outcome_of_change(before: OrderRecord, after: OrderRecord, wanted: bool, bracket: Bracket | None) -> Outcome:
    """Exit code and sentence for a change; `wanted` tells whether the order is now what was asked for."""
    code, sentence = _outcome_of_change(before, after, wanted)
    missing = "" if code else missing_protection(bracket)
    return (UNPROTECTED, missing) if missing else (code, sentence)


def _outcome_of_change(before: OrderRecord, after: OrderRecord, wanted: bool) -> Outcome:
    if after.change:
        return UNANSWERED, f"IB has not answered to the change of order {after.ref} yet; until it does, either may hold"
    if wanted:
        return 0, ""
    if after.status.is_final:
        return REFUSED, f"order {after.ref} is {after.status.value}; it was not changed"
    said = after.message if after.message != before.message else ""
    why = said or "it gives no reason"
    return REFUSED, f"IB refused the change of order {after.ref}, which stands as before: {why}"


def outcome_of_cancel(record: OrderRecord, bracket: Bracket | None) -> Outcome:
    """Exit code and sentence for a cancellation."""
    if record.status is OrderStatus.CANCELLED:
        if bracket is None or not record.parent_ref or not bracket.exposed or bracket.working:
            return 0, ""
        return UNPROTECTED, without_protection(bracket)
    if record.status.is_final:
        return REFUSED, f"order {record.ref} was {record.status.value} before it could be cancelled"
    return UNANSWERED, f"IB has not confirmed the cancellation of order {record.ref} yet: it is {record.status.value}"


def without_protection(bracket: Bracket) -> str:
    """What is left of a position whose legs were cancelled."""
    held = f"{bracket.exposed.normalize():f} {bracket.parent.symbol}"
    return f"{held} of order {bracket.parent.ref} have no protection any more"


def end_with(journal: Journal, records: list[OrderRecord], outcome: Outcome) -> None:
    """Prints orders and outcome; ends the command with its exit code unless that is 0."""
    print_orders(journal, records)
    for record in records:
        if record.status is OrderStatus.UNKNOWN:
            note_offered(journal, record.ref)  # by the alert that came with it
    code, sentence = outcome
    if sentence:
        typer.echo(sentence, err=True)
    if code:
        raise typer.Exit(code)


def _filled(record: OrderRecord) -> str:
    if not record.filled:
        return "nothing filled"
    return f"{record.filled.normalize():f} of {record.quantity.normalize():f} filled"
