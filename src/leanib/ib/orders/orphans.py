"""Legs that would close more than is held: the position was closed otherwise, by hand or by another order.

Whichever of them fires would open a position on the other side. That is told and no more: whose trade it was nobody
knows here, and IB has no order that only closes.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal

from leanib.ib.alerts import Severity
from leanib.ib.connection import IBConnection
from leanib.ib.journal import Journal
from leanib.ib.orders.bracket import Bracket
from leanib.ib.orders.notes import Notes

__all__ = ["Orphans"]

_TOLD = "legs beyond the position told"
_MOMENT = 5.0
"""Seconds in which what fills just now has been told."""

Held = Mapping[tuple[str, int], Decimal]


class Orphans:
    """Compares what legs would close with what the account holds.

    Args:
        connection: Tells the account and delivers alerts.
        journal: Where the brackets are.
        notes: What was told already.
        bracket: The bracket of an order.
    """

    def __init__(
        self, connection: IBConnection, journal: Journal, notes: Notes, bracket: Callable[[str], Bracket | None]
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._notes = notes
        self._bracket = bracket
        self._timer: asyncio.TimerHandle | None = None

    def compare(self, held: Held) -> None:
        """Looks for legs beyond the position, and again in a moment: a leg may just be filling.

        Args:
            held: Signed quantity by account and contract id.
        """
        self.stop()
        if self._beyond(held):
            self._timer = asyncio.get_running_loop().call_later(_MOMENT, self._look_again)

    def stop(self) -> None:
        """Looks no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_again(self) -> None:
        self._timer = None
        if not self._connection.state.is_trading_ready:
            return  # compared again when it is
        positions = self._connection.client.positions(self._connection.account)
        held = {(one.account, one.contract.conId): Decimal(str(one.position)) for one in positions}
        for bracket, position in self._beyond(held):
            self._tell(bracket, position)

    def _beyond(self, held: Held) -> list[tuple[Bracket, Decimal]]:
        """Brackets whose legs would, with those of others, close more than is held; with what is."""
        account = self._connection.account
        together: dict[tuple[int, str], list[Bracket]] = defaultdict(list)
        refs = dict.fromkeys(one.parent_ref for one in self._journal.open_orders(account) if one.parent_ref)
        for bracket in map(self._bracket, refs):
            if bracket is not None and bracket.exposed and bracket.working:
                together[bracket.parent.con_id, bracket.parent.action].append(bracket)
        found: list[tuple[Bracket, Decimal]] = []
        for (con_id, action), brackets in together.items():
            position = held.get((account, con_id), Decimal(0)) * (1 if action == "BUY" else -1)
            if position < sum(bracket.exposed for bracket in brackets):
                found += [(bracket, max(position, Decimal(0))) for bracket in brackets]
        return found

    def _tell(self, bracket: Bracket, position: Decimal) -> None:
        parent = bracket.parent
        if self._notes.has(parent.ref, _TOLD):
            return
        self._notes.add(parent.ref, _TOLD, held=str(position))
        side, becomes = ("held", "short") if parent.action == "BUY" else ("sold short", "long")
        self._connection.alert(
            Severity.CRITICAL,
            "legs-beyond-position",
            f"the legs of order {parent.ref} are to close {bracket.exposed.normalize():f} {parent.symbol}, and "
            f"{position.normalize():f} are {side}: the position was closed otherwise, and what fires beyond it makes "
            f"the account {becomes}; cancel them with 'leanib order cancel'",
        )
