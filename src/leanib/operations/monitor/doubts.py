"""What the journals say and IB's answer does not explain: before LEAN is started again, each difference has a name.

While LEAN runs: whether it believes that it holds what the account holds. A fill that comes while its socket is broken
is lost to it (LEAN drops it, and never asks for executions).

Two journals are compared: LEAN's own orders, as its result files have them, and the project's order journal, which the
scripts and the embedded engine keep.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from leanib.ib.errors import JournalError
from leanib.ib.journal import Journal, OrderStatus
from leanib.ib.redaction import mask_account
from leanib.operations.book import Book
from leanib.operations.deploy.control import result_of, results_at

__all__ = ["doubts_of", "holding_differences", "journal_doubts", "lean_doubts"]

_OPEN = {0: "new", 1: "submitted", 2: "partially filled", 8: "being cancelled", 9: "changed"}
"""LEAN's `OrderStatus` (Common/Orders/OrderTypes.cs) as its result files write it."""
_ROLES = range(10)
"""Client ids of LEAN and of the embedded engine."""
_PATIENCE = 2.0


def doubts_of(book: Book, account: str, output: Path | None, journal: Path) -> tuple[str, ...]:
    """Of both journals; none for a book that is not whole, since nothing can be concluded from it."""
    if not book.is_complete:
        return ()
    lean = lean_doubts(book, output) if output is not None else []
    return (*lean, *journal_doubts(book, account, journal))


def lean_doubts(book: Book, output: Path) -> list[str]:
    """Orders that LEAN's last result file calls open and of which IB knows neither the order nor a fill."""
    orders = result_of(output).get("orders")
    doubts = []
    for order in orders.values() if isinstance(orders, dict) else ():
        status = _status(order.get("status"))
        if status is None:
            continue
        numbers = [int(one) for one in order.get("brokerId") or [] if str(one).isdigit()]
        known = book.known_orders
        if not any((client, number) in known for client in _ROLES for number in numbers):
            name = (order.get("symbol") or {}).get("value", "?")
            doubts.append(
                f"LEAN's order {order.get('id')} ({order.get('quantity')} {name}) was {status} by its own results, and "
                "IB knows neither it nor a fill of it"
            )
    return doubts


def holding_differences(book: Book, output: Path, since: datetime) -> tuple[str, ...]:
    """Shares that a running LEAN counts otherwise than IB does; none where its last results are older than `since`.

    Only what LEAN itself lists is compared, by its ticker: assets that it does not know it leaves aside.
    """
    written = results_at(output)
    holdings = result_of(output).get("holdings")
    if not book.is_complete or written is None or written.astimezone(UTC) < since or not isinstance(holdings, dict):
        return ()
    found = []
    for name, held in holdings.items():
        ticker = str(name).split(" ")[0]
        try:
            quantity = Decimal(str(held["q"]))
        except (KeyError, TypeError, InvalidOperation):
            continue
        has = book.positions.get(ticker, Decimal(0))
        if has != quantity:
            found.append(f"LEAN counts {quantity.normalize():f} {ticker}, the account holds {has:f}")
    return tuple(found)


def _status(value: Any) -> str | None:
    """LEAN writes a number, older versions the name."""
    if isinstance(value, str) and not value.isdigit():
        names = {"new": 0, "submitted": 1, "partiallyfilled": 2, "cancelpending": 8, "updatesubmitted": 9}
        return _OPEN.get(names.get(value.lower(), -1))
    return _OPEN.get(int(value)) if value is not None else None


def journal_doubts(book: Book, account: str, path: Path) -> list[str]:
    """Orders of unknown fate, and those that the journal calls open and IB lists no more."""
    if not path.is_file():
        return []
    try:
        journal = Journal(path, patience=_PATIENCE)
        try:
            records = journal.open_orders(account)
        finally:
            journal.close()
    except JournalError as error:
        return [f"the order journal could not be read: {mask_account(str(error))}"]
    working = {order.perm_id for order in book.orders if order.perm_id}
    doubts = []
    for record in records:
        name = f"{record.ref} ({record.action} {record.quantity} {record.symbol})"
        if record.status is OrderStatus.UNKNOWN:
            doubts.append(f"the fate of order {name} is not known: 'leanib order resolve {record.ref}'")
        elif record.perm_id not in working and (record.client_id, record.order_id) not in book.known_orders:
            doubts.append(f"order {name} is {record.status.value} in the journal, and IB lists it no more")
    return doubts
