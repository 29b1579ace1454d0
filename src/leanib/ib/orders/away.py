"""What positions tell of orders that IB lists nowhere any more: they ended before the day that executions reach."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from leanib.ib.journal import Journal, OrderRecord

__all__ = ["judge_by_positions"]


def judge_by_positions(
    journal: Journal, missing: list[OrderRecord], held: dict[tuple[str, int], Decimal]
) -> dict[str, Decimal]:
    """How much each of the missing orders filled in all, where the positions leave no other reading.

    A position that did not change beyond the known executions says that none of them filled; one that did is given to
    the only order that could have done it, or to all of them when exactly all of them make it.
    """
    by_contract: dict[tuple[str, int], list[OrderRecord]] = defaultdict(list)
    for record in missing:
        if record.perm_id or record.confirmed is not None:  # it was at IB
            by_contract[record.account, record.con_id].append(record)
    judged: dict[str, Decimal] = {}
    for key, records in by_contract.items():
        change = journal.unexplained(*key, held.get(key, Decimal(0)))
        if change is not None:
            judged |= _judge(records, change)
    return judged


def _judge(records: list[OrderRecord], change: Decimal) -> dict[str, Decimal]:
    if change == 0:
        return {record.ref: record.filled for record in records}
    able = [record for record in records if record.signed(Decimal(1)) * change > 0]
    unable = {record.ref: record.filled for record in records if record not in able}
    if len(able) == 1 and abs(change) <= able[0].remaining and len(records) == 1:
        return {able[0].ref: able[0].filled + abs(change)} | unable
    if sum((record.signed(record.remaining) for record in able), Decimal(0)) == change:
        return {record.ref: record.filled + record.remaining for record in able} | unable
    return {}
