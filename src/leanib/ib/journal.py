"""The order journal: what was meant, sent and answered, on disk before the socket.

One SQLite file (write-ahead log, full synchronisation). Money is stored as text so that no digit is lost. Identity is
our own `order_ref`, IB's `perm_id` and, for fills, `exec_id`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from leanib.ib.errors import JournalError

__all__ = ["FillRecord", "Journal", "OrderRecord", "OrderStatus"]


class OrderStatus(Enum):
    """Where an order stands."""

    PENDING = "pending"
    SUBMITTED = "submitted"
    PARTIALLY_FILLED = "partially filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is expected of the order."""
        return self in (OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED)


@dataclass(frozen=True)
class OrderRecord:
    """One order as the journal holds it.

    Attributes:
        ref: Our own name for it, in IB's `orderRef`.
        action: BUY or SELL.
        quantity: Shares, contracts or units of base currency; always positive.
        terms: The rest of the order: type, prices, time in force, as IB's field names.
        perm_id: IB's permanent id; 0 until IB has told it.
        parent_ref: The order this one is attached to.
        filled: Sum over its executions.
        average_price: Of its executions, None without any.
        message: IB's or our last word about it.
    """

    ref: str
    account: str
    con_id: int
    symbol: str
    contract: dict[str, Any]
    action: str
    quantity: Decimal
    terms: dict[str, Any]
    client_id: int
    order_id: int
    perm_id: int
    parent_ref: str
    status: OrderStatus
    filled: Decimal
    average_price: Decimal | None
    commission: Decimal
    message: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class FillRecord:
    """One execution. A correction has the same `base_id` as what it corrects and a higher suffix."""

    exec_id: str
    ref: str
    perm_id: int
    account: str
    con_id: int
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    time: datetime
    commission: Decimal | None = None
    commission_currency: str = ""

    @property
    def base_id(self) -> str:
        """The execution's id without its correction suffix."""
        return self.exec_id.rpartition(".")[0]

    @property
    def correction(self) -> int:
        """The correction suffix as a number."""
        suffix = self.exec_id.rpartition(".")[2]
        return int(suffix) if suffix.isdigit() else 0

    @property
    def signed_quantity(self) -> Decimal:
        """Positive when bought."""
        return self.quantity if self.side.upper().startswith("B") else -self.quantity


_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    ref TEXT PRIMARY KEY, account TEXT NOT NULL, con_id INTEGER NOT NULL, symbol TEXT NOT NULL, contract TEXT NOT NULL,
    action TEXT NOT NULL, quantity TEXT NOT NULL, terms TEXT NOT NULL, client_id INTEGER NOT NULL,
    order_id INTEGER NOT NULL, perm_id INTEGER NOT NULL, parent_ref TEXT NOT NULL, status TEXT NOT NULL,
    message TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS orders_by_perm_id ON orders (perm_id);
CREATE INDEX IF NOT EXISTS orders_by_id ON orders (client_id, order_id);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, ref TEXT NOT NULL, kind TEXT NOT NULL,
    detail TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fills (
    exec_id TEXT PRIMARY KEY, base_id TEXT NOT NULL, correction INTEGER NOT NULL, ref TEXT NOT NULL,
    perm_id INTEGER NOT NULL, account TEXT NOT NULL, con_id INTEGER NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL,
    quantity TEXT NOT NULL, price TEXT NOT NULL, time TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS fills_by_ref ON fills (ref);
CREATE TABLE IF NOT EXISTS commissions (
    exec_id TEXT PRIMARY KEY, amount TEXT NOT NULL, currency TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""

_INSERT_ORDER = "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_FILL = "INSERT OR IGNORE INTO fills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

_LATEST_FILLS = """
SELECT f.*, c.amount, c.currency FROM fills f LEFT JOIN commissions c ON c.exec_id = f.exec_id
WHERE f.correction = (SELECT MAX(correction) FROM fills g WHERE g.base_id = f.base_id)
"""


class Journal:
    """The journal of one account. Not for use by several processes with the same client id at once.

    Args:
        path: The SQLite file; made with its folder when missing.

    Raises:
        JournalError: The file is no journal, or the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=5)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise JournalError(
                f"the order journal {path} cannot be opened ({error}); it was not changed: "
                "repair the disk or move the file away before trading"
            ) from error

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise JournalError(f"the order journal {self.path} cannot be written: {error}") from error

    def intend(self, records: list[OrderRecord]) -> None:
        """Writes orders before they are sent, with their ids as the new high-water mark, all or none."""
        with self._transaction() as db:
            for record in records:
                db.execute(_INSERT_ORDER, _order_row(record))
                self._raise_mark(db, record.client_id, record.order_id)
                self._event(db, record.created_at, record.ref, "intended", _described(record))

    def update(self, record: OrderRecord, at: datetime, kind: str, **fields: Any) -> OrderRecord:
        """Changes what is named of an order and notes why; returns it as it is then.

        Nothing else is written: the record at hand may be older than a fill that came meanwhile.
        """
        columns = {name: _as_column(value) for name, value in fields.items()} | {"updated_at": at.isoformat()}
        assignments = ", ".join(f"{name} = ?" for name in columns)
        with self._transaction() as db:
            statement = f"UPDATE orders SET {assignments} WHERE ref = ?"  # noqa: S608 - our own names
            db.execute(statement, (*columns.values(), record.ref))
            detail = {name: value.value if isinstance(value, Enum) else value for name, value in fields.items()}
            self._event(db, at, record.ref, kind, detail)
        changed = self.order(record.ref)
        assert changed is not None
        return changed

    def note(self, ref: str, at: datetime, kind: str, **detail: Any) -> None:
        """Adds to an order's history without changing it."""
        with self._transaction() as db:
            self._event(db, at, ref, kind, detail)

    def record_fill(self, fill: FillRecord) -> bool:
        """Writes an execution; False when it was there already. Nothing is ever overwritten."""
        with self._transaction() as db:
            row = (
                fill.exec_id, fill.base_id, fill.correction, fill.ref, fill.perm_id, fill.account, fill.con_id,
                fill.symbol, fill.side, str(fill.quantity), str(fill.price), fill.time.isoformat(),
            )  # fmt: skip
            cursor = db.execute(_INSERT_FILL, row)
            return cursor.rowcount == 1

    def record_commission(self, exec_id: str, amount: Decimal, currency: str) -> None:
        """Writes what an execution cost; may come before the execution."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO commissions VALUES (?, ?, ?)", (exec_id, str(amount), currency))

    def order(self, ref: str) -> OrderRecord | None:
        """The order of that name."""
        return self._first("ref = ?", ref)

    def order_by_perm_id(self, perm_id: int) -> OrderRecord | None:
        """The order that IB knows by that permanent id."""
        return self._first("perm_id = ?", perm_id) if perm_id else None

    def order_by_id(self, client_id: int, order_id: int) -> OrderRecord | None:
        """The latest order sent under that id by that client."""
        return self._first("client_id = ? AND order_id = ? ORDER BY created_at DESC", client_id, order_id)

    def orders(self) -> list[OrderRecord]:
        """All orders, oldest first."""
        return self._orders("1 = 1 ORDER BY created_at, ref")

    def open_orders(self) -> list[OrderRecord]:
        """Those of which something is still expected, the unknown ones included."""
        final = [status.value for status in OrderStatus if status.is_final]
        return self._orders(f"status NOT IN ({','.join('?' * len(final))}) ORDER BY created_at, ref", *final)

    def sent_since(self, moment: datetime) -> int:
        """How many orders were meant since then."""
        return int(
            self._db.execute("SELECT COUNT(*) FROM orders WHERE created_at >= ?", (moment.isoformat(),)).fetchone()[0]
        )

    def fills(self, ref: str | None = None) -> list[FillRecord]:
        """Executions as last corrected, of one order or of all, oldest first."""
        query = _LATEST_FILLS + ("AND f.ref = ? " if ref is not None else "") + "ORDER BY f.time, f.exec_id"
        rows = self._db.execute(query, (ref,) if ref is not None else ())
        return [_fill(row) for row in rows]

    def history(self, ref: str) -> list[tuple[datetime, str, dict[str, Any]]]:
        """Everything noted about an order, oldest first."""
        rows = self._db.execute("SELECT at, kind, detail FROM events WHERE ref = ? ORDER BY number", (ref,))
        return [(datetime.fromisoformat(row["at"]), row["kind"], json.loads(row["detail"])) for row in rows]

    def high_water_mark(self, client_id: int) -> int:
        """The highest order id ever meant by a client; 0 when none."""
        row = self._db.execute("SELECT value FROM marks WHERE name = ?", (_mark(client_id),)).fetchone()
        return int(row["value"]) if row else 0

    def _first(self, where: str, *values: Any) -> OrderRecord | None:
        found = self._orders(where + " LIMIT 1", *values)
        return found[0] if found else None

    def _orders(self, where: str, *values: Any) -> list[OrderRecord]:
        rows = self._db.execute("SELECT * FROM orders WHERE " + where, values).fetchall()  # noqa: S608 - our own texts
        return [_order(row, self.fills(row["ref"])) for row in rows]

    @staticmethod
    def _raise_mark(db: sqlite3.Connection, client_id: int, order_id: int) -> None:
        db.execute(
            "INSERT INTO marks VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = MAX(value, excluded.value)",
            (_mark(client_id), order_id),
        )

    @staticmethod
    def _event(db: sqlite3.Connection, at: datetime, ref: str, kind: str, detail: dict[str, Any]) -> None:
        db.execute(
            "INSERT INTO events (at, ref, kind, detail) VALUES (?, ?, ?, ?)",
            (at.isoformat(), ref, kind, json.dumps(detail, default=str)),
        )


def _mark(client_id: int) -> str:
    return f"order_id:{client_id}"


def _as_column(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return json.dumps(value) if isinstance(value, dict) else str(value) if isinstance(value, Decimal) else value


def _described(record: OrderRecord) -> dict[str, Any]:
    return {"symbol": record.symbol, "action": record.action, "quantity": str(record.quantity), **record.terms}


def _order_row(record: OrderRecord) -> tuple[Any, ...]:
    return (
        record.ref, record.account, record.con_id, record.symbol, json.dumps(record.contract), record.action,
        str(record.quantity), json.dumps(record.terms), record.client_id, record.order_id, record.perm_id,
        record.parent_ref, record.status.value, record.message, record.created_at.isoformat(),
        record.updated_at.isoformat(),
    )  # fmt: skip


def _order(row: sqlite3.Row, fills: list[FillRecord]) -> OrderRecord:
    filled = sum((fill.quantity for fill in fills), Decimal(0))
    value = sum((fill.quantity * fill.price for fill in fills), Decimal(0))
    return OrderRecord(
        ref=row["ref"],
        account=row["account"],
        con_id=row["con_id"],
        symbol=row["symbol"],
        contract=json.loads(row["contract"]),
        action=row["action"],
        quantity=Decimal(row["quantity"]),
        terms=json.loads(row["terms"]),
        client_id=row["client_id"],
        order_id=row["order_id"],
        perm_id=row["perm_id"],
        parent_ref=row["parent_ref"],
        status=OrderStatus(row["status"]),
        filled=filled,
        average_price=value / filled if filled else None,
        commission=sum((fill.commission or Decimal(0) for fill in fills), Decimal(0)),
        message=row["message"],
        created_at=datetime.fromisoformat(row["created_at"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
    )


def _fill(row: sqlite3.Row) -> FillRecord:
    return FillRecord(
        exec_id=row["exec_id"],
        ref=row["ref"],
        perm_id=row["perm_id"],
        account=row["account"],
        con_id=row["con_id"],
        symbol=row["symbol"],
        side=row["side"],
        quantity=Decimal(row["quantity"]),
        price=Decimal(row["price"]),
        time=datetime.fromisoformat(row["time"]),
        commission=Decimal(row["amount"]) if row["amount"] is not None else None,
        commission_currency=row["currency"] or "",
    )
