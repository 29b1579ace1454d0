"""Journals of other programs of this user: what they know of an account's trades that this one was never told.

Each program that keeps a journal writes down, in the user's state folder, where it lies. IB tells executions of one day
and of one client id; what another program of ours traded on an earlier day stands in its journal and nowhere else.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from leanib.private_files import write_private

__all__ = ["Neighbours"]

_FILLS = """
SELECT f.base_id, f.ref, f.side, f.quantity, f.time FROM fills f WHERE f.account = ? AND f.con_id = ?
AND f.correction = (SELECT MAX(correction) FROM fills g WHERE g.base_id = f.base_id)
"""
_AWAY = "SELECT COUNT(*) FROM orders WHERE account = ? AND con_id = ? AND away_total <> '0' AND updated_at > ?"


class Neighbours:
    """The other journals of a user.

    Args:
        folder: Where programs write down where their journals lie; the user's, the same for all projects.
        own: This program's journal.
    """

    def __init__(self, folder: Path, own: Path) -> None:
        self._folder = folder / "journals"
        self._own = own.resolve()

    def announce(self) -> None:
        """Writes down where the own journal lies; without room for it nobody hears of it."""
        name = hashlib.sha256(str(self._own).encode()).hexdigest()[:16]
        file = self._folder / f"{name}.path"
        with contextlib.suppress(OSError):
            if not file.exists():
                write_private(file, str(self._own))

    def traded(
        self, account: str, con_id: int, since: datetime | None, known: Collection[str], mine: Collection[str]
    ) -> Decimal | None:
        """What other programs traded of a contract, signed; None where one of them cannot tell.

        Args:
            account: Whose trades.
            con_id: Of what.
            since: After this moment, UTC; None when that is not known.
            known: Executions (without their correction suffix) that the own journal has.
            mine: References of the own orders: what filled of them is not others'.
        """
        total = Decimal(0)
        for path in self._others():
            if since is None:
                return None
            found = _traded(path, account, con_id, since, known, mine)
            if found is None:
                return None
            total += found
        return total

    def _others(self) -> list[Path]:
        told: list[Path] = []
        for file in sorted(self._folder.glob("*.path")):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                path = Path(file.read_text(encoding="utf-8"))
                if path != self._own and path.is_file():
                    told.append(path)
        return told


def _traded(
    path: Path, account: str, con_id: int, since: datetime, known: Collection[str], mine: Collection[str]
) -> Decimal | None:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0.2)) as db:
            if db.execute(_AWAY, (account, con_id, since.isoformat())).fetchone()[0]:
                return None  # it filled while that program was away, and nobody knows when
            rows = db.execute(_FILLS, (account, con_id)).fetchall()
            return sum(
                (
                    Decimal(quantity) * (1 if str(side).upper().startswith("B") else -1)
                    for base_id, ref, side, quantity, time in rows
                    if base_id not in known and ref not in mine and datetime.fromisoformat(time) > since
                ),
                Decimal(0),
            )
    except (sqlite3.Error, ValueError, ArithmeticError, TypeError):
        return None
