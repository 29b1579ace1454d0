"""What a live run must know after a crash: its orders by number and reference, and the fills that were told.

One SQLite file a strategy (and book), beside the order journal, which has what became of each order. An order is
written here before it is handed over, a fill before the algorithm is told of it: neither happens twice.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from leanib.engine.live.order_mapping import given
from leanib.engine.orders.broker_properties import InteractiveBrokersOrderProperties
from leanib.engine.orders.combo import GroupOrderManager
from leanib.engine.orders.enums import OrderStatus, OrderType
from leanib.engine.orders.order import Order
from leanib.engine.orders.properties import OrderProperties
from leanib.engine.orders.requests import SubmitOrderRequest
from leanib.engine.orders.time_in_force import GoodTilDateTimeInForce, TimeInForce
from leanib.engine.symbols import SecurityIdentifier, Symbol
from leanib.errors import DataError
from leanib.ib.combos import order_reference

__all__ = ["KeptOrder", "RunState", "check_no_other_runs", "last_client_id"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, ref TEXT UNIQUE NOT NULL, terms TEXT NOT NULL,
    status INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS told (exec_id TEXT PRIMARY KEY, order_id INTEGER NOT NULL, done INTEGER NOT NULL);
"""
_VERSION = "1"
_PRICES = ("limit_price", "stop_price", "trigger_price", "trailing_amount")
_KEPT_ORDERS = 10_000


@dataclass(frozen=True)
class KeptOrder:
    """An order of an earlier session.

    Attributes:
        id: Its number.
        ref: Its reference at IB.
        request: What was asked for.
        status: What the algorithm was last told.
        time: When it was made, naive UTC.
    """

    id: int
    ref: str
    request: SubmitOrderRequest
    status: OrderStatus
    time: datetime


class RunState:
    """The file of a strategy. To be used by one thread.

    Args:
        path: Where it is; made with its folder when missing, readable by its owner only.

    Raises:
        DataError: It is damaged or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(path, isolation_level=None, timeout=5.0)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
            self._guard = _guard(path)
            if self.get("version", _VERSION) != _VERSION:
                raise DataError(f"{path} was written by a newer leanib: update it, or start with --fresh")
            self.set(version=_VERSION)
        except (sqlite3.Error, OSError) as error:
            raise DataError(
                f"{path}, which keeps the live run's state, cannot be used ({error}): make its folder writable, or "
                "move the file away to start afresh"
            ) from error

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
        self._guard.close()

    def get(self, name: str, default: str = "") -> str:
        """A value."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return default if row is None else str(row[0])

    def set(self, **values: str) -> None:
        """Writes values."""
        with self._written():
            self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))

    def forget(self) -> None:
        """Forgets everything: a fresh start."""
        with self._written():
            for table in ("meta", "orders", "told"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        self.set(version=_VERSION)

    # --- orders --------------------------------------------------------------------------------------------------

    def add(self, orders: Iterable[tuple[Order, str]], meanwhile: Callable[[], object] = lambda: None) -> None:
        """Writes orders with their references before they are handed over, all or none.

        Args:
            orders: New ones.
            meanwhile: Called when only the disk is waited for.
        """
        rows = [(order.id, ref, json.dumps(_terms(order)), int(order.status)) for order, ref in orders]
        with self._written():
            self._db.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
            meanwhile()

    def follow(self, order: Order) -> None:
        """Writes an order as it is now."""
        with self._written():
            self._db.execute(
                "UPDATE orders SET terms = ?, status = ? WHERE id = ?",
                (json.dumps(_terms(order)), int(order.status), order.id),
            )

    def orders(self) -> list[KeptOrder]:
        """The newest orders, oldest first."""
        query = "SELECT * FROM (SELECT * FROM orders ORDER BY id DESC LIMIT ?) ORDER BY id"
        groups: dict[str, GroupOrderManager] = {}
        return [_kept(groups, *row) for row in self._db.execute(query, (_KEPT_ORDERS,))]

    @property
    def last_order_id(self) -> int:
        """The highest number that an order ever had."""
        row = self._db.execute("SELECT MAX(id) FROM orders").fetchone()
        return max(int(row[0] or 0), int(self.get("last_order_id", "0")))

    def ref_of(self, order_id: int) -> str:
        """The reference of an order, empty for one that is not known."""
        row = self._db.execute("SELECT ref FROM orders WHERE id = ?", (order_id,)).fetchone()
        return "" if row is None else str(row[0])

    # --- fills ---------------------------------------------------------------------------------------------------

    def telling(self, exec_id: str, order_id: int) -> None:
        """The algorithm is about to be told of a fill."""
        with self._written():
            self._db.execute("INSERT OR IGNORE INTO told VALUES (?, ?, 0)", (exec_id, order_id))

    def told(self, exec_id: str) -> None:
        """The algorithm has been told of it."""
        with self._written():
            self._db.execute("UPDATE told SET done = 1 WHERE exec_id = ?", (exec_id,))

    def told_fills(self) -> frozenset[str]:
        """Of which fills the algorithm was told, or was being told."""
        return frozenset(str(row[0]) for row in self._db.execute("SELECT exec_id FROM told"))

    def interrupted(self) -> list[int]:
        """Orders whose fill the algorithm was being told of when the process died."""
        rows = self._db.execute("SELECT order_id FROM told WHERE done = 0").fetchall()
        with self._written():
            self._db.execute("UPDATE told SET done = 1 WHERE done = 0")
        return [int(row[0]) for row in rows]

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise DataError(f"{self.path}, which keeps the live run's state, cannot be written: {error}") from error


def _guard(path: Path) -> sqlite3.Connection:
    """One process has the file: it stays locked by a transaction of its own on a file beside it."""
    guard = sqlite3.connect(path.with_suffix(".lock"), isolation_level=None, timeout=0.0)
    try:
        guard.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        guard.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        raise DataError(
            f"another process runs this strategy live (it holds {path.name}); stop it first, or give this one "
            "a book of its own with --book NAME"
        ) from None
    return guard


def check_no_other_runs(path: Path) -> None:
    """Lets a start go on that opens the file later.

    Raises:
        DataError: Another process has it: the strategy runs already.
    """
    if path.is_file():
        with suppress(sqlite3.Error):  # whoever opens it for writing says what is wrong with it
            _guard(path).close()


def last_client_id(path: Path) -> int | None:
    """The client id of the last run, to which IB ties its orders; None when there was none."""
    if not path.is_file():
        return None
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5.0)
    try:
        row = database.execute("SELECT value FROM meta WHERE name = 'client_id'").fetchone()
    except sqlite3.Error:  # whoever opens it for writing says what is wrong with it
        return None
    finally:
        database.close()
    return None if row is None else int(row[0])


def _terms(order: Order) -> dict[str, Any]:
    """An order as plain values."""
    properties, force = order.properties, order.time_in_force
    terms: dict[str, Any] = {
        "type": int(order.order_type),
        "sid": str(order.symbol.id),
        "ticker": order.symbol.value,
        "quantity": str(order.quantity_decimal),
        "time": order.time.isoformat(),
        "tag": order.tag,
        "time_in_force": type(force).__name__,
    }
    group = order.group_order_manager
    if group is not None:
        terms["group"] = [group.id, group.count, str(group.quantity_decimal), str(group.limit_price_decimal)]
    for name in _PRICES:
        value = given(order, f"{name}_decimal")
        if value is not None:
            terms[name] = str(value)
    if given(order, "trailing_as_percentage"):
        terms["trailing_as_percentage"] = True
    if isinstance(force, GoodTilDateTimeInForce):
        terms["expiry"] = force.expiry.isoformat()
    if given(properties, "outside_regular_trading_hours"):
        terms["outside_regular_trading_hours"] = True
    return terms


def _kept(groups: dict[str, GroupOrderManager], id: int, ref: str, text: str, status: int) -> KeptOrder:
    terms = json.loads(text)
    symbol = Symbol(SecurityIdentifier.parse(terms["sid"]), terms["ticker"])
    time = datetime.fromisoformat(terms["time"])
    request = SubmitOrderRequest(
        OrderType(terms["type"]),
        symbol.security_type,
        symbol,
        Decimal(terms["quantity"]),
        time=time,
        tag=terms["tag"],
        properties=_properties(terms),
        group_order_manager=_group(groups, terms, id, ref),
        trailing_as_percentage=terms.get("trailing_as_percentage", False),
        **{name: Decimal(terms[name]) for name in _PRICES if name in terms},
    )
    request.set_order_id(id)
    return KeptOrder(id, ref, request, OrderStatus(status), time)


def _group(
    groups: dict[str, GroupOrderManager], terms: dict[str, Any], order_id: int, ref: str
) -> GroupOrderManager | None:
    """What the legs of a combo share, one object for all of them."""
    if "group" not in terms:
        return None
    number, count, quantity, limit = terms["group"]
    made = GroupOrderManager(count, Decimal(quantity), Decimal(limit), number)
    group = groups.setdefault(order_reference(ref), made)
    group.add_order_id(order_id)
    return group


def _properties(terms: dict[str, Any]) -> OrderProperties:
    properties = InteractiveBrokersOrderProperties()
    properties.outside_regular_trading_hours = terms.get("outside_regular_trading_hours", False)
    match terms["time_in_force"]:
        case "DayTimeInForce":
            properties.time_in_force = TimeInForce.DAY
        case "GoodTilDateTimeInForce":
            properties.time_in_force = TimeInForce.good_til_date(datetime.fromisoformat(terms["expiry"]))
    return properties
