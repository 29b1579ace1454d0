"""Statements of the journal that are put together of its columns, or said in more than one place."""

from __future__ import annotations

from leanib.ib.journal.records import OrderStatus
from leanib.ib.journal.rows import ORDER_COLUMNS

__all__ = ["EXERCISE", "INSERT_FILL", "INSERT_ORDER", "LATEST_FILLS", "OPEN", "SIGNED_FILLS"]

INSERT_ORDER = f"INSERT INTO orders ({', '.join(ORDER_COLUMNS)}) VALUES ({', '.join('?' * len(ORDER_COLUMNS))})"  # noqa: S608
INSERT_FILL = "INSERT OR IGNORE INTO fills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
LATEST_FILLS = """
SELECT f.*, c.amount, c.currency FROM fills f LEFT JOIN commissions c ON c.exec_id = f.exec_id
WHERE f.correction = (SELECT MAX(correction) FROM fills g WHERE g.base_id = f.base_id)
"""
SIGNED_FILLS = """
SELECT f.ref, f.side, f.quantity, (SELECT MIN(g.rowid) FROM fills g WHERE g.base_id = f.base_id) > ? AS later
FROM fills f WHERE f.correction = (SELECT MAX(correction) FROM fills g WHERE g.base_id = f.base_id)
AND f.account = ? AND f.con_id = ?
"""
OPEN = f"status IN ({', '.join(repr(status.value) for status in OrderStatus if not status.is_final)})"
"""Said so that the index is used: each order asks for those that are open, of a journal that grows."""
EXERCISE = "terms LIKE '%\"EXERCISE\"%'"
