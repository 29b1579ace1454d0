"""Reading what can be read of a journal, whole or damaged, and making a new one of it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from leanib.ib.errors import JournalError
from leanib.ib.journal.journal import Journal
from leanib.ib.journal.rows import fill_from, order_from

__all__ = ["Contents", "read_what_can_be", "recover"]

_TABLES = ("orders", "events", "fills", "commissions", "marks", "positions")
_LARGEST_ID = 2**31 - 1
_NO_COMMISSION = {"amount": None, "currency": None}


@dataclass(frozen=True)
class Contents:
    """Rows by table as far as they can be read, and what cannot, one sentence each."""

    rows: dict[str, list[dict[str, Any]]]
    problems: tuple[str, ...]


def read_what_can_be(path: Path) -> Contents:
    """Reads a journal without changing it, row by row.

    Raises:
        JournalError: There is no such file.
    """
    if not path.is_file():
        raise JournalError(f"there is no order journal {path}; it is made with the first order")
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES}
    problems: list[str] = []
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    db.text_factory = lambda raw: raw.decode(errors="strict")
    try:
        verdict = [row[0] for row in db.execute("PRAGMA integrity_check(5)")]
        problems += [str(text) for text in verdict if text != "ok"]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        problems.append(f"the file: {error}")
    for name in _TABLES:
        _read_table(db, name, rows[name], problems)
    db.close()
    return Contents(rows, tuple(dict.fromkeys(problems)))


def _read_table(db: sqlite3.Connection, name: str, rows: list[dict[str, Any]], problems: list[str]) -> None:
    """By row number, so that one that cannot be read hides no other."""
    try:
        columns = [str(row[1]) for row in db.execute(f"PRAGMA table_info({name})")]
        last = db.execute(f"SELECT MAX(rowid) FROM {name}").fetchone()[0] or 0  # noqa: S608 - our own names
    except (sqlite3.Error, UnicodeDecodeError) as error:
        problems.append(f"table {name}: {error}")
        return
    for number in range(1, min(int(last), 10_000_000) + 1):
        try:
            found = db.execute(f"SELECT * FROM {name} WHERE rowid = ?", (number,)).fetchone()  # noqa: S608
            if found is not None:
                row = dict(zip(columns, found, strict=True))
                _prove(name, row)
                rows.append(row)
        except (sqlite3.Error, ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
            problems.append(f"table {name}, row {number}: {error}")


def _prove(name: str, row: dict[str, Any]) -> None:
    """Raises what a reader of the row would."""
    earlier = {"confirmed": "", "change": "", "told_filled": "0", "away_total": "0"}
    if name == "orders":
        order_from({**earlier, **row}, [])
    elif name == "fills":
        fill_from({**row, **_NO_COMMISSION})
    elif name == "events":
        datetime.fromisoformat(row["at"])
        json.loads(row["detail"])
    elif name == "marks" and not 0 <= int(row["value"]) <= _LARGEST_ID:
        raise ValueError(f"{row['value']} is no mark")
    elif name in ("commissions", "positions"):
        Decimal(row["amount" if name == "commissions" else "quantity"])


def recover(path: Path, at: datetime) -> tuple[Path, Contents]:
    """Puts a new journal with all that can be read in the place of a damaged one, which is kept beside it.

    Returns:
        Where the damaged file is now, and what was read of it.

    Raises:
        JournalError: There is nothing to recover, or the new file cannot be written; the old one is where it was.
    """
    contents = read_what_can_be(path)
    if not contents.problems:
        raise JournalError(f"the order journal {path} is not damaged; nothing was changed")
    new = path.with_name(path.name + ".new")
    try:
        new.unlink(missing_ok=True)
        Journal(new).close()
        contents = _written(new, contents)
    except (OSError, sqlite3.Error) as error:
        raise JournalError(f"the new journal {new} cannot be written ({error}); the old one is where it was") from error
    kept = path.with_name(f"{path.name}.damaged-{at:%Y%m%d-%H%M%S}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(kept.with_name(kept.name + suffix))
    new.rename(path)
    return kept, contents


def _written(new: Path, contents: Contents) -> Contents:
    """Fills a new journal; what it does not take is a problem more."""
    kept: dict[str, list[dict[str, Any]]] = {name: [] for name in contents.rows}
    problems = list(contents.problems)
    db = sqlite3.connect(new)
    try:
        with db:
            for name, rows in contents.rows.items():
                known = [str(column[1]) for column in db.execute(f"PRAGMA table_info({name})")]
                for row in rows:
                    _insert(db, name, {key: row[key] for key in known if key in row}, kept[name], problems)
            # A mark that was lost would let an order take an id that was used before.
            db.execute(
                "INSERT INTO marks SELECT 'order_id:' || client_id, MAX(order_id) FROM orders GROUP BY client_id "
                "ON CONFLICT (name) DO UPDATE SET value = MAX(value, excluded.value)"
            )
    finally:
        db.close()
    return Contents(kept, tuple(problems))


def _insert(
    db: sqlite3.Connection, name: str, row: dict[str, Any], kept: list[dict[str, Any]], problems: list[str]
) -> None:
    statement = f"INSERT OR REPLACE INTO {name} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608
    try:
        db.execute(statement, tuple(row.values()))
    except (sqlite3.IntegrityError, sqlite3.OperationalError, sqlite3.InterfaceError) as error:
        problems.append(f"table {name}: a row is not whole: {error}")
    else:
        kept.append(row)
