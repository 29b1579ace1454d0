"""The journal's tables, and how a file of an earlier version is brought up to date."""

from __future__ import annotations

import sqlite3

__all__ = ["VERSION", "FutureVersion", "migrate"]

VERSION = 2
"""Kept in the file's `user_version`; files made before it was kept have 0."""

_TABLES = """
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

_TO_2 = """
ALTER TABLE orders ADD COLUMN confirmed TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN change TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN told_filled TEXT NOT NULL DEFAULT '0';
ALTER TABLE orders ADD COLUMN away_total TEXT NOT NULL DEFAULT '0';
CREATE INDEX IF NOT EXISTS orders_by_status ON orders (status);
CREATE INDEX IF NOT EXISTS fills_by_base_id ON fills (base_id);
CREATE INDEX IF NOT EXISTS events_by_ref ON events (ref);
CREATE TABLE IF NOT EXISTS positions (
    account TEXT NOT NULL, con_id INTEGER NOT NULL, quantity TEXT NOT NULL, at TEXT NOT NULL, fills INTEGER NOT NULL,
    PRIMARY KEY (account, con_id));
"""
"""`quantity` and `terms` are what was asked; `confirmed` is what IB told. `away_total` is the quantity that filled in
all where executions tell of less. `positions` is what IB held when everything was last compared; `fills` counts the
executions known then."""

_INDEXES = {
    "orders_by_time": "CREATE INDEX IF NOT EXISTS orders_by_time ON orders (created_at, account)",
    "orders_by_parent": "CREATE INDEX IF NOT EXISTS orders_by_parent ON orders (parent_ref) WHERE parent_ref <> ''",
}
"""Each order asks how many were sent in the last minute, each change for legs; files of this version from before
them get them when opened."""


class FutureVersion(Exception):  # noqa: N818 - reads as what it is
    """The file was written by a newer version."""


def migrate(db: sqlite3.Connection) -> None:
    """Makes the tables or adds what a file of an earlier version lacks, all or nothing.

    Raises:
        FutureVersion: The file's version is newer than this program's; it was not changed.
    """
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version == VERSION:
        there = {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")}
        for statement in (statement for name, statement in _INDEXES.items() if name not in there):
            db.execute(statement)
        return
    if version > VERSION:
        raise FutureVersion(f"its version is {version}, this leanib knows versions up to {VERSION}")
    db.execute("BEGIN IMMEDIATE")
    try:
        if int(db.execute("PRAGMA user_version").fetchone()[0]) < VERSION:  # another process may have been faster
            for statement in (*(_TABLES + _TO_2).split(";"), *_INDEXES.values()):
                if statement.strip():
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
