"""Which order of the journal a message of IB is about.

Our own reference decides, then IB's permanent id, then client and order id of the same day. A paper Gateway that forgot
its state gives permanent ids out again, and any Gateway may give out order ids again: a message whose identities name
two different orders is nobody's until IB has been asked (openOrder and executions carry the reference).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from leanib.ib.journal import Journal, OrderRecord
from leanib.ib.references import PREFIX

__all__ = ["Found", "Identities"]

_SAME_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Found:
    """The order a message is about, None when it is nobody's; `doubtful` when IB must be asked whose it is."""

    record: OrderRecord | None
    doubtful: bool = False


class Identities:
    """Finds orders by what IB says of their identity."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._seen: set[str] = set()

    def new_session(self) -> None:
        """Another connection: what was seen under an order id may have another one by now."""
        self._seen.clear()

    def seen(self, record: OrderRecord) -> None:
        """IB named the order by our reference in this session: its order id is proven, however old it is."""
        self._seen.add(record.ref)

    def find(self, ref: str, perm_id: int, client_id: int, order_id: int, now: datetime) -> Found:
        """The order behind IB's identities."""
        if ref:
            return Found(self._journal.order(ref) if ref.startswith(PREFIX) else None)
        by_id = self.by_id(client_id, order_id, now)
        by_perm_id = self._journal.orders_by_perm_id(perm_id)
        if by_id is None:
            return self._of_perm_id(by_perm_id)
        if not by_perm_id:
            given_again = bool(by_id.perm_id and perm_id and by_id.perm_id != perm_id)
            return Found(None, doubtful=True) if given_again else Found(by_id)
        if any(record.ref == by_id.ref for record in by_perm_id):
            return Found(by_id)
        return Found(None, doubtful=True)

    def by_id(self, client_id: int, order_id: int, now: datetime) -> OrderRecord | None:
        """The order under that id of that client, if it is of the same day or was seen under it in this session."""
        if order_id <= 0:
            return None
        record = self._journal.order_by_id(client_id, order_id)
        if record is None or record.ref in self._seen or now - record.created_at < _SAME_DAY:
            return record
        return None

    @staticmethod
    def _of_perm_id(records: list[OrderRecord]) -> Found:
        if len(records) <= 1:
            return Found(records[0] if records else None)
        living = [record for record in records if not record.status.is_final]
        return Found(living[0]) if len(living) == 1 else Found(None, doubtful=True)
