"""The journal's file: one SQLite database (write-ahead log, full synchronisation), of its owner alone.

Identity is our own `order_ref`, then IB's `perm_id`, then client and order id; for fills `exec_id`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from leanib.ib.errors import JournalError
from leanib.ib.journal.records import FillRecord, OrderRecord
from leanib.ib.journal.rows import as_columns, away_fill, described, fill_from, fill_row, noted, order_from, order_row
from leanib.ib.journal.schema import FutureVersion, migrate
from leanib.ib.journal.statements import EXERCISE, INSERT_FILL, INSERT_ORDER, LATEST_FILLS, OPEN, SIGNED_FILLS

__all__ = ["Journal"]

P = ParamSpec("P")
T = TypeVar("T")

_JSON = json.JSONEncoder(default=str)
_PASSING = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY,
})  # fmt: skip


def _reads(method: Callable[Concatenate[Journal, P], T]) -> Callable[Concatenate[Journal, P], T]:
    """Whatever a damaged file makes of a reading becomes one sentence with the remedy."""

    @wraps(method)
    def reading(self: Journal, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(self, *args, **kwargs)
        except sqlite3.OperationalError as error:
            if _is_passing(error):
                raise JournalError(f"the order journal {self.path} cannot be read now: {error}") from error
            raise self._damaged(error) from error
        except (sqlite3.Error, ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
            raise self._damaged(error) from error

    return reading


class Journal:
    """The journal of a project; every order in it names its account.

    Several processes may use the file at once, with client ids of their own.

    Args:
        path: The SQLite file; made with its folder when missing, readable by its owner only.
        patience: Seconds to wait for another process that is writing.

    Raises:
        JournalError: The file is no journal, is damaged, or the disk refuses.
    """

    def __init__(self, path: Path, patience: float = 5.0) -> None:
        self.path = path
        self._depth = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(path, isolation_level=None, timeout=patience)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            migrate(self._db)
            problem = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
        except FutureVersion as error:
            raise JournalError(f"the order journal {path} was written by a newer leanib ({error}): update it") from None
        except (sqlite3.Error, ValueError, TypeError) as error:
            if _is_passing(error):
                raise JournalError(self._refused(error)) from error
            raise self._damaged(error) from error
        except OSError as error:
            raise JournalError(self._refused(error)) from error
        if problem != "ok":
            self._db.close()
            raise self._damaged(problem)

    def _refused(self, error: Exception) -> str:
        return (
            f"the order journal {self.path} cannot be opened for writing ({error}); it was not changed: "
            f"make the folder {self.path.parent} writable, or set LEANIB_ORDERS__JOURNAL to a file in one that is"
        )

    def _damaged(self, error: object) -> JournalError:
        reason = " ".join(str(error).split())
        return JournalError(
            f"the order journal {self.path} is damaged ({reason}); nothing was changed: 'leanib journal check' says "
            "what can be read, 'leanib journal recover' makes a new journal of it and keeps the damaged file"
        )

    def be_patient(self, seconds: float) -> None:
        """How long a write waits for another process from now on."""
        self._db.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written inside is written, or nothing; transactions inside of it join it.

        Raises:
            JournalError: The file is locked, the disk is full or refuses; nothing was written.
        """
        if self._depth:
            yield
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1
        except sqlite3.Error as error:
            raise JournalError(f"the order journal {self.path} cannot be written: {error}") from error

    def intend(self, records: list[OrderRecord], **instrument: Any) -> None:
        """Writes orders before they are sent, with their ids as the new high-water mark, all or none.

        Args:
            records: The order and its legs.
            instrument: What is to be known of their instrument later.
        """
        with self.transaction():
            for record in records:
                self._db.execute(INSERT_ORDER, order_row(record))
                self._raise_mark(record.client_id, record.order_id)
                self._event(record.created_at, record.ref, "intended", described(record))
                if instrument:
                    self._event(record.created_at, record.ref, "instrument", instrument)

    def update(self, record: OrderRecord, at: datetime, kind: str, **fields: Any) -> OrderRecord:
        """Changes what is named of an order and notes why; returns it as it is then.

        Nothing else is written: the record at hand may be older than a fill that came meanwhile.
        """
        columns = as_columns(fields) | {"updated_at": at.isoformat()}
        assignments = ", ".join(f"{name} = ?" for name in columns)
        with self.transaction():
            statement = f"UPDATE orders SET {assignments} WHERE ref = ?"  # noqa: S608 - our own names
            self._db.execute(statement, (*columns.values(), record.ref))
            self._event(at, record.ref, kind, {name: noted(value) for name, value in fields.items()})
        changed = self.order(record.ref)
        assert changed is not None
        return changed

    def note(self, ref: str, at: datetime, kind: str, **detail: Any) -> None:
        """Adds to an order's history without changing it."""
        with self.transaction():
            self._event(at, ref, kind, detail)

    def record_fill(self, fill: FillRecord) -> bool:
        """Writes an execution; False when it was there already. Nothing is ever overwritten."""
        with self.transaction():
            return self._db.execute(INSERT_FILL, fill_row(fill)).rowcount == 1

    def record_commission(self, exec_id: str, amount: Decimal, currency: str) -> None:
        """Writes what an execution cost (negative: a rebate); may come before the execution."""
        with self.transaction():
            self._db.execute("INSERT OR REPLACE INTO commissions VALUES (?, ?, ?)", (exec_id, str(amount), currency))

    def record_positions(self, held: dict[tuple[str, int], Decimal], at: datetime) -> None:
        """Writes what IB held of each (account, contract id) when everything was compared."""
        with self.transaction():
            self._db.execute("DELETE FROM positions")
            count = self._db.execute("SELECT COALESCE(MAX(rowid), 0) FROM fills").fetchone()[0]
            rows = [(account, con_id, str(amount), at.isoformat(), count) for (account, con_id), amount in held.items()]
            self._db.executemany("INSERT INTO positions VALUES (?, ?, ?, ?, ?)", rows)
            marks = (("positions", count), ("positions_at", int(at.timestamp())))
            self._db.executemany("INSERT OR REPLACE INTO marks VALUES (?, ?)", marks)

    @_reads
    def compared_at(self) -> datetime | None:
        """When everything was last compared with IB, UTC to the second; None when it never was."""
        row = self._db.execute("SELECT value FROM marks WHERE name = 'positions_at'").fetchone()
        return datetime.fromtimestamp(row["value"], UTC) if row is not None else None

    @_reads
    def executions_of(self, account: str, con_id: int) -> frozenset[str]:
        """The executions of a contract that are written here, whosever they are, without their correction suffix."""
        rows = self._db.execute("SELECT base_id FROM fills WHERE account = ? AND con_id = ?", (account, con_id))
        return frozenset(row["base_id"] for row in rows)

    @_reads
    def unexplained(
        self, account: str, con_id: int, now: Decimal, fresh: frozenset[str] = frozenset()
    ) -> Decimal | None:
        """What a position has changed by since it was last compared, beyond what is booked since.

        Args:
            account: The account.
            con_id: The contract.
            now: What is held.
            fresh: Orders of which fills while away were entered since then; those of others were booked before, and an
                execution that comes late only takes their place.

        Returns:
            None when it was never compared.
        """
        mark = self._db.execute("SELECT value FROM marks WHERE name = 'positions'").fetchone()
        if mark is None:
            return None
        query = "SELECT quantity FROM positions WHERE account = ? AND con_id = ?"
        row = self._db.execute(query, (account, con_id)).fetchone()
        before = Decimal(row["quantity"]) if row is not None else Decimal(0)
        booked = Decimal(0)
        totals = self._away_totals(account, con_id)
        executed: dict[str, list[Decimal]] = {ref: [Decimal(0), Decimal(0)] for ref in totals}
        for fill in self._db.execute(SIGNED_FILLS, (mark["value"], account, con_id)):
            signed = Decimal(fill["quantity"]) * (1 if fill["side"].upper().startswith("B") else -1)
            if fill["ref"] not in totals:
                booked += signed if fill["later"] else 0
                continue
            then_and_now = executed[fill["ref"]]
            then_and_now[0] += 0 if fill["later"] else abs(signed)
            then_and_now[1] += abs(signed)
        for ref, (then, by_now) in executed.items():
            away = totals[ref]
            gained = max(by_now, abs(away)) - (then if ref in fresh else max(then, abs(away)))
            booked += gained if away > 0 else -gained
        return now - before - booked

    def _away_totals(self, account: str, con_id: int) -> dict[str, Decimal]:
        """By order what filled in all where executions told of less when it was entered; negative for sales."""
        query = "SELECT ref, action, away_total FROM orders WHERE account = ? AND con_id = ? AND away_total <> '0'"
        rows = self._db.execute(query, (account, con_id))
        return {row["ref"]: Decimal(row["away_total"]) * (1 if row["action"] == "BUY" else -1) for row in rows}

    @_reads
    def order(self, ref: str) -> OrderRecord | None:
        """The order of that name."""
        found = self._orders("ref = ?", ref)
        return found[0] if found else None

    @_reads
    def knows(self, ref: str) -> bool:
        """Whether there is an order of that name."""
        return self._db.execute("SELECT 1 FROM orders WHERE ref = ?", (ref,)).fetchone() is not None

    @_reads
    def orders_by_perm_id(self, perm_id: int) -> list[OrderRecord]:
        """The orders that IB has ever known by that permanent id, latest first: a paper Gateway may repeat one."""
        return self._orders("perm_id = ? ORDER BY created_at DESC", perm_id) if perm_id else []

    @_reads
    def order_by_id(self, client_id: int, order_id: int) -> OrderRecord | None:
        """The latest order sent under that id by that client."""
        found = self._orders("client_id = ? AND order_id = ? ORDER BY created_at DESC LIMIT 1", client_id, order_id)
        return found[0] if found else None

    @_reads
    def orders(self, account: str | None = None) -> list[OrderRecord]:
        """All orders, of one account or of all, oldest first."""
        return self._orders("? IN ('', account) ORDER BY created_at, rowid", account or "")

    @_reads
    def open_orders(self, account: str | None = None, con_id: int = 0) -> list[OrderRecord]:
        """Those of which something is still expected, the unknown ones too, of one account and contract or of all."""
        where = f"{OPEN} AND ? IN ('', account) AND ? IN (0, con_id) ORDER BY created_at, rowid"
        return self._orders(where, account or "", con_id)

    @_reads
    def open_orders_and_exercises(self, account: str, con_id: int) -> tuple[list[OrderRecord], list[OrderRecord]]:
        """`open_orders` of a contract and all `exercises` that are open, found in one look: each order needs both."""
        where = f"{OPEN} AND account = ? AND (con_id = ? OR {EXERCISE}) ORDER BY created_at, rowid"
        found = self._orders(where, account, con_id)
        of_contract = [one for one in found if one.con_id == con_id]
        return of_contract, [one for one in found if one.asked.fields.get("orderType") == "EXERCISE"]

    @_reads
    def over(self, refs: Iterable[str]) -> frozenset[str]:
        """Those of some orders of which nothing is expected any more."""
        query = f"SELECT ref FROM orders WHERE NOT {OPEN} AND ref IN (SELECT value FROM json_each(?))"  # noqa: S608
        return frozenset(row["ref"] for row in self._db.execute(query, (json.dumps(list(refs)),)))

    @_reads
    def exercises(self, account: str, *, done: bool = False) -> list[OrderRecord]:
        """The exercises of an account that are open, and those that are `done`."""
        which = f"({OPEN} OR status = 'filled')" if done else OPEN
        return self._orders(f"{which} AND account = ? AND {EXERCISE} ORDER BY rowid", account)

    @_reads
    def underfilled(self, since: datetime) -> list[OrderRecord]:
        """Orders of which IB said since then that more is filled than is written."""
        where = "updated_at >= ? AND CAST(told_filled AS REAL) > CAST(away_total AS REAL) ORDER BY created_at, rowid"
        told = self._orders(where, since.isoformat())
        return [record for record in told if record.told_filled > record.filled]

    @_reads
    def legs(self, parent_ref: str) -> list[OrderRecord]:
        """The orders attached to an order, in the order in which they were sent."""
        where = "parent_ref = ? AND parent_ref <> '' ORDER BY created_at, rowid"  # the second for the index
        return self._orders(where, parent_ref)

    @_reads
    def sent_since(self, moment: datetime, account: str) -> int:
        """How many orders of an account were meant since then."""
        query = "SELECT COUNT(*) FROM orders WHERE created_at >= ? AND account = ?"
        return int(self._db.execute(query, (moment.isoformat(), account)).fetchone()[0])

    @_reads
    def fills(self, ref: str | None = None) -> list[FillRecord]:
        """Executions as last corrected and what filled while away, of one order or of all, oldest first."""
        executions = self._executions(ref)
        condition = "ref = ?" if ref is not None else "away_total <> '0'"
        away = [away_fill(record) for record in self._orders(condition, *([ref] if ref is not None else []))]
        return executions + [fill for fill in away if fill.quantity]

    @_reads
    def recent_fills(self, account: str, most: int) -> list[FillRecord]:
        """The latest executions of an account as last corrected, those of other programs included, newest first."""
        query = LATEST_FILLS + "AND f.account = ? ORDER BY f.rowid DESC LIMIT ?"
        return [fill_from(row) for row in self._db.execute(query, (account, most))]

    @_reads
    def fill(self, exec_id: str) -> FillRecord | None:
        """The execution of that id."""
        query = "SELECT f.*, c.amount, c.currency FROM fills f LEFT JOIN commissions c ON c.exec_id = f.exec_id "
        row = self._db.execute(query + "WHERE f.exec_id = ?", (exec_id,)).fetchone()
        return fill_from(row) if row is not None else None

    @_reads
    def history(self, ref: str) -> list[tuple[datetime, str, dict[str, Any]]]:
        """Everything noted about an order, oldest first."""
        rows = self._db.execute("SELECT at, kind, detail FROM events WHERE ref = ? ORDER BY number", (ref,))
        return [(datetime.fromisoformat(row["at"]), row["kind"], json.loads(row["detail"])) for row in rows]

    @_reads
    def high_water_mark(self, client_id: int) -> int:
        """The highest order id ever meant by a client; 0 when none."""
        row = self._db.execute("SELECT value FROM marks WHERE name = ?", (_mark(client_id),)).fetchone()
        return int(row["value"]) if row else 0

    def _executions(self, ref: str | None) -> list[FillRecord]:
        query = LATEST_FILLS + ("AND f.ref = ? " if ref is not None else "") + "ORDER BY f.time, f.exec_id"
        return [fill_from(row) for row in self._db.execute(query, (ref,) if ref is not None else ())]

    def _orders(self, where: str, *values: Any) -> list[OrderRecord]:
        rows = self._db.execute("SELECT * FROM orders WHERE " + where, values).fetchall()  # noqa: S608 - our own texts
        return [order_from(row, self._executions(row["ref"])) for row in rows]

    def _raise_mark(self, client_id: int, order_id: int) -> None:
        self._db.execute(
            "INSERT INTO marks VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = MAX(value, excluded.value)",
            (_mark(client_id), order_id),
        )

    def _event(self, at: datetime, ref: str, kind: str, detail: dict[str, Any]) -> None:
        self._db.execute(
            "INSERT INTO events (at, ref, kind, detail) VALUES (?, ?, ?, ?)",
            (at.isoformat(), ref, kind, _JSON.encode(detail)),
        )


def _is_passing(error: Exception) -> bool:
    """Whether disk or another process says no, and not the content of the file."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING


def _mark(client_id: int) -> str:
    return f"order_id:{client_id}"
