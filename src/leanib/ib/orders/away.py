"""What positions tell of orders that IB lists nowhere any more: they ended before the day that executions reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from leanib.ib.exercises import is_exercise
from leanib.ib.journal import Journal, OrderRecord, OrderStatus

__all__ = ["JUDGED", "judge_by_positions"]

JUDGED = "judged by the position"
"""What is noted of an order of which nothing but the position told."""


def judge_by_positions(
    journal: Journal,
    missing: list[OrderRecord],
    held: dict[tuple[str, int], Decimal],
    fresh: frozenset[str],
    elsewhere: Callable[[str, int], Decimal | None],
) -> dict[str, Decimal]:
    """How much each of the missing orders filled in all, where the positions leave no other reading.

    Each may have filled anything up to what remained of it. One reading is left when the position's change beyond the
    known executions is all that one side could have done (nothing, where the other side has all the orders), or when
    there is but one order. What other programs of this user traded meanwhile is taken off it. Who traded by hand may
    still mislead it: it is told as the judgement that it is, and a person's word corrects it. Of an order that was
    missing before, what has changed since tells nothing; but an exercise is carried out in the evening, and of one that
    IB never answered to or lists nowhere, the options that are gone tell that it was.

    Args:
        journal: Has what was held when everything was last compared.
        missing: Orders that IB lists nowhere.
        held: What IB holds, by account and contract id.
        fresh: Orders of which fills while away were entered in this comparison.
        elsewhere: What other programs traded of an (account, contract id) since the last one, signed; None where
            nobody can tell.
    """
    by_contract: dict[tuple[str, int], list[OrderRecord]] = defaultdict(list)
    for record in missing:
        if (_is_known(record) or is_exercise(record.asked.fields)) and record.con_id:  # a combination has no position
            by_contract[record.account, record.con_id].append(record)
    judged: dict[str, Decimal] = {}
    for key, records in by_contract.items():
        change = journal.unexplained(*key, held.get(key, Decimal(0)), fresh)
        others = elsewhere(*key)
        if change is not None and others is not None:
            judged |= _judge(records, change - others)
    filled = {record.ref: record.filled for record in missing if not _is_known(record)}
    return {ref: total for ref, total in judged.items() if total != filled.get(ref)}


def _is_known(record: OrderRecord) -> bool:
    """Whether it was at IB, and not missing before; of others a position proves only what it has lost."""
    was_at_ib = bool(record.perm_id) or record.confirmed is not None
    return was_at_ib and record.status is not OrderStatus.UNKNOWN


def _judge(records: list[OrderRecord], change: Decimal) -> dict[str, Decimal]:
    """The quantities that each filled in all, if `change` can be made in one way only; else nothing."""
    if change == _remaining(records, "BUY"):
        full = "BUY"  # all that was left to buy, and nothing sold; nothing at all, where none buys
    elif change == -_remaining(records, "SELL"):
        full = "SELL"
    elif len(records) == 1 and 0 < records[0].signed(change) < records[0].remaining:
        return {records[0].ref: records[0].filled + abs(change)}
    else:
        return {}
    return {
        record.ref: record.filled + (record.remaining if record.action == full else Decimal(0)) for record in records
    }


def _remaining(records: list[OrderRecord], action: str) -> Decimal:
    return sum((record.remaining for record in records if record.action == action), Decimal(0))
