"""A damaged journal: one sentence with the remedy, never a traceback, and nothing that can be read is lost."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from leanib.ib.errors import JournalError
from leanib.ib.journal import FillRecord, Journal, OrderRecord, Terms
from leanib.ib.journal.recovery import read_what_can_be, recover
from leanib.ib.journal.schema import VERSION

NOW = datetime(2024, 3, 8, 15, 0, tzinfo=UTC)
ORDER = OrderRecord(
    ref="leanib-0", account="DU1", con_id=1, symbol="SPY", contract={"conId": 1}, action="BUY",
    asked=Terms(Decimal(100), {"orderType": "MKT", "tif": "DAY"}), client_id=10, order_id=7, created_at=NOW,
    updated_at=NOW,
)  # fmt: skip


def filled_journal(path: Path) -> None:
    """A journal of thirty orders with an execution each."""
    journal = Journal(path)
    for number in range(30):
        ref = f"leanib-{number}"
        journal.intend([replace(ORDER, ref=ref, order_id=number + 1)])
        price = Decimal("10.5")
        journal.record_fill(FillRecord(f"{number:04}.01.01", ref, 9, "DU1", 1, "SPY", "BOT", Decimal(40), price, NOW))
    journal.close()


def test_twenty_random_bytes_make_one_sentence_or_no_difference(tmp_path: Path) -> None:
    """200 trials: each reads, or says in one sentence what to do; no other exception gets out."""
    path = tmp_path / "orders.sqlite3"
    filled_journal(path)
    whole = path.read_bytes()
    randomness = random.Random(12)
    told: list[str] = []
    for _ in range(200):
        content = bytearray(whole)
        for _ in range(20):
            content[randomness.randrange(len(content))] = randomness.randrange(256)
        for leftover in ("-wal", "-shm"):
            path.with_name(path.name + leftover).unlink(missing_ok=True)
        path.write_bytes(content)
        try:
            journal = Journal(path)
            try:
                journal.orders()
                journal.fills()
                journal.history("leanib-0")
            finally:
                journal.close()
        except JournalError as error:
            told.append(str(error))
    assert told
    assert all("journal" in text and "\n" not in text for text in told)


@pytest.mark.parametrize("marks", ["kept", "lost"])
def test_recovery_keeps_the_damaged_file_and_all_that_can_be_read(tmp_path: Path, marks: str) -> None:
    """One unreadable order: the other 29 and every execution are in the new journal; the old file is beside it.

    No order id is given out again, where the marks of those that were used are lost too.
    """
    path = tmp_path / "orders.sqlite3"
    filled_journal(path)
    db = sqlite3.connect(path)
    with db:
        db.execute("UPDATE orders SET terms = '{broken' WHERE ref = 'leanib-3'")
        if marks == "lost":
            db.execute("DELETE FROM marks")
    db.close()
    with pytest.raises(JournalError, match="leanib journal recover"):
        Journal(path).orders()
    before = path.read_bytes()
    assert "row 4" in read_what_can_be(path).problems[0]
    kept, _ = recover(path, NOW)
    assert kept.read_bytes() == before
    again = Journal(path)
    assert (len(again.orders()), len(again.fills())) == (29, 30)
    assert again.high_water_mark(10) == 30


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """The sentence names the file and the way out."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalError, match=r"make the folder .* writable"):
        Journal(tmp_path / "file" / "orders.sqlite3")


def test_a_journal_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """Orders written before terms were confirmed are all there, as asked."""
    path = tmp_path / "orders.sqlite3"
    filled_journal(path)
    db = sqlite3.connect(path)
    with db:
        db.execute("DROP INDEX orders_by_status")
        for column in ("confirmed", "change", "told_filled", "away_total"):
            db.execute(f"ALTER TABLE orders DROP COLUMN {column}")
        db.execute("PRAGMA user_version = 0")
    db.close()
    journal = Journal(path)
    assert len(journal.orders()) == 30
    assert (journal.orders()[0].quantity, journal.orders()[0].confirmed) == (100, None)


def test_a_journal_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    """It says to update leanib."""
    path = tmp_path / "orders.sqlite3"
    filled_journal(path)
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    with pytest.raises(JournalError, match="newer leanib"):
        Journal(path)
