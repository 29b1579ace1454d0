"""What the account was worth, minute by minute: kept over restarts, so that today and the deployment can be drawn.

IB tells the present value only. One SQLite file of its owner alone; a value a minute, half a megabyte a month.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["EquityBook"]

_MINUTE = 60


class EquityBook:
    """The values of one account in its base currency.

    Args:
        path: The file; made when missing.

    Raises:
        sqlite3.Error, OSError: The file is no database, or the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._db = sqlite3.connect(path, isolation_level=None, timeout=2.0)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS equity (account TEXT, minute INTEGER, value REAL, "
            "PRIMARY KEY (account, minute)) WITHOUT ROWID"
        )

    def note(self, account: str, at: datetime, value: float) -> None:
        """The value at an aware moment; the last of a minute is kept."""
        minute = int(at.timestamp()) // _MINUTE
        self._db.execute("INSERT OR REPLACE INTO equity VALUES (?, ?, ?)", (_key(account), minute, value))

    def since(self, account: str, begin: datetime, most: int) -> list[tuple[int, float]]:
        """(seconds since 1970, value) from an aware moment on, thinned to about `most`: the last of each span."""
        first = int(begin.timestamp()) // _MINUTE
        ends = "SELECT MIN(minute), MAX(minute) FROM equity WHERE account = ? AND minute >= ?"
        begins, last = self._db.execute(ends, (_key(account), first)).fetchone()
        if begins is None:
            return []
        step = (last - begins) // most + 1
        query = (
            "SELECT MAX(minute), value FROM equity WHERE account = ? AND minute >= ? "
            "GROUP BY minute / ? ORDER BY minute"
        )
        return [(row[0] * _MINUTE, row[1]) for row in self._db.execute(query, (_key(account), first, step))]

    def before(self, account: str, moment: datetime) -> float | None:
        """The last value before an aware moment; None without any."""
        query = "SELECT value FROM equity WHERE account = ? AND minute < ? ORDER BY minute DESC LIMIT 1"
        row = self._db.execute(query, (_key(account), int(moment.timestamp()) // _MINUTE)).fetchone()
        return float(row[0]) if row is not None else None

    def first_at(self, account: str) -> datetime | None:
        """Since when values are kept."""
        row = self._db.execute("SELECT MIN(minute) FROM equity WHERE account = ?", (_key(account),)).fetchone()
        return datetime.fromtimestamp(row[0] * _MINUTE, UTC) if row[0] is not None else None

    def close(self) -> None:
        """Closes the file."""
        self._db.close()


def _key(account: str) -> str:
    return hashlib.sha256(account.encode()).hexdigest()[:16]
