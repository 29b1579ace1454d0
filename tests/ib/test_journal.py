"""The order journal."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from leanib.ib.errors import JournalError
from leanib.ib.journal import FillRecord, Journal, OrderRecord, OrderStatus, Terms

NOW = datetime(2024, 3, 8, 15, 0, tzinfo=UTC)
ORDER = OrderRecord(
    ref="leanib-a", account="DU1", con_id=1, symbol="SPY", contract={"conId": 1}, action="BUY",
    asked=Terms(Decimal(100), {"orderType": "MKT", "tif": "DAY"}), client_id=10, order_id=7, created_at=NOW,
    updated_at=NOW,
)  # fmt: skip
FILL = FillRecord("0001.01.01", "leanib-a", 9, "DU1", 1, "SPY", "BOT", Decimal(40), Decimal("10.5"), NOW)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """An empty journal in a folder of its own."""
    return Journal(tmp_path / "state" / "orders.sqlite3")


def test_intent_survives_a_crash(journal: Journal) -> None:
    """What was meant is on disk for another process before anything else happens."""
    journal.intend([ORDER])
    again = Journal(journal.path)
    assert again.order("leanib-a") == ORDER
    assert again.high_water_mark(10) == 7
    assert again.high_water_mark(11) == 0


def test_what_each_order_asks_for_is_found_without_reading_all_orders(journal: Journal) -> None:
    """A journal is never emptied: what an order takes must not grow with it."""
    asked: list[str] = []
    with closing(sqlite3.connect(journal.path)) as database:
        journal._db.set_trace_callback(asked.append)
        journal.open_orders("DU1", 1)
        journal.exercises("DU1")
        journal.open_orders_and_exercises("DU1", 1)
        journal.knows("leanib-a")
        journal.sent_since(NOW, "DU1")
        journal.over(["leanib-a"])
        journal.legs("leanib-a")
        journal._db.set_trace_callback(None)
        plans = [str(step[3]) for query in asked for step in database.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert len(asked) == 7
    assert [plan for plan in plans if plan.startswith("SCAN orders")] == []


def test_open_orders_of_a_contract_and_exercises_are_found_in_one_look(journal: Journal) -> None:
    """The same as one by one: of other contracts exercises alone, of other accounts and of what is over nothing."""
    exercise = Terms(Decimal(1), {"orderType": "EXERCISE", "tif": "DAY"})
    of = [
        ORDER,
        replace(ORDER, ref="leanib-b", con_id=2, order_id=8),
        replace(ORDER, ref="leanib-c", con_id=2, order_id=9, asked=exercise),
        replace(ORDER, ref="leanib-d", order_id=10, asked=exercise),
        replace(ORDER, ref="leanib-e", order_id=11, asked=exercise, status=OrderStatus.FILLED),
        replace(ORDER, ref="leanib-f", order_id=12, account="DU2"),
    ]
    journal.intend(of)
    working, exercises = journal.open_orders_and_exercises("DU1", 1)
    assert [one.ref for one in working] == ["leanib-a", "leanib-d"]
    assert [one.ref for one in exercises] == ["leanib-c", "leanib-d"]
    assert (working, exercises) == (journal.open_orders("DU1", 1), journal.exercises("DU1"))
    assert (journal.knows("leanib-e"), journal.knows("leanib-g")) == (True, False)


def test_all_legs_or_none(journal: Journal) -> None:
    """A bracket whose second leg cannot be written leaves no first leg behind."""
    with pytest.raises(JournalError):
        journal.intend([ORDER, ORDER])
    assert journal.orders() == []


def test_a_fill_is_counted_once_however_often_it_comes(journal: Journal) -> None:
    """The same execution id is written once; quantity and average follow from the fills."""
    journal.intend([ORDER])
    assert journal.record_fill(FILL)
    assert not journal.record_fill(FILL)
    second = replace(FILL, exec_id="0002.01.01", quantity=Decimal(60), price=Decimal("11.5"))
    assert journal.record_fill(second)
    order = journal.order("leanib-a")
    assert order is not None
    assert (order.filled, order.average_price) == (Decimal(100), Decimal("11.1"))


def test_a_correction_replaces_what_it_corrects(journal: Journal) -> None:
    """An execution with the next suffix takes the place of the former, in whatever order they come."""
    journal.intend([ORDER])
    journal.record_fill(replace(FILL, exec_id="0001.01.02", price=Decimal("10.4")))
    journal.record_fill(FILL)
    assert [fill.price for fill in journal.fills("leanib-a")] == [Decimal("10.4")]


def test_commission_may_come_first(journal: Journal) -> None:
    """A commission report before its execution is kept and paired."""
    journal.intend([ORDER])
    journal.record_commission(FILL.exec_id, Decimal("1.05"), "USD")
    journal.record_fill(FILL)
    order = journal.order("leanib-a")
    assert order is not None
    assert order.commission == Decimal("1.05")


def test_history_tells_everything_in_order(journal: Journal) -> None:
    """Each change is noted with its kind and its new values."""
    journal.intend([ORDER])
    journal.update(ORDER, NOW, "IB says Submitted", status=OrderStatus.SUBMITTED, perm_id=9)
    kinds = [kind for _, kind, _ in journal.history("leanib-a")]
    assert kinds == ["intended", "IB says Submitted"]
    assert [order.ref for order in journal.orders_by_perm_id(9)] == [ORDER.ref]


def test_a_corrupt_file_is_refused_and_not_touched(tmp_path: Path) -> None:
    """A file that is no journal is named, and its bytes stay as they were."""
    file = tmp_path / "orders.sqlite3"
    file.write_bytes(b"not a database at all" * 100)
    with pytest.raises(JournalError, match=r"orders\.sqlite3"):
        Journal(file)
    assert file.read_bytes() == b"not a database at all" * 100


def test_an_older_record_overwrites_nothing(journal: Journal) -> None:
    """What came between the reading of a record and its update stays: status and permanent id of a fill."""
    journal.intend([ORDER])
    old = journal.order(ORDER.ref)
    assert old is not None
    journal.update(old, NOW, "filled", status=OrderStatus.FILLED, perm_id=9)
    changed = journal.update(old, NOW, "modify intended", asked=Terms(Decimal(3), ORDER.asked.fields))
    assert (changed.status, changed.perm_id, changed.quantity) == (OrderStatus.FILLED, 9, 3)


def test_open_orders_of_one_contract_and_what_is_over(journal: Journal) -> None:
    """What the limits ask: one contract's orders, and which of some references have ended."""
    journal.intend([ORDER, replace(ORDER, ref="leanib-b", con_id=2, order_id=8)])
    ended = replace(ORDER, ref="leanib-c", order_id=9)
    journal.intend([ended])
    journal.update(ended, NOW, "cancelled", status=OrderStatus.CANCELLED)
    assert [one.ref for one in journal.open_orders("DU1", 1)] == ["leanib-a"]
    assert [one.ref for one in journal.open_orders("DU1")] == ["leanib-a", "leanib-b"]
    assert journal.open_orders("DU2", 1) == []
    assert journal.over(["leanib-a", "leanib-c", "nobody's"]) == {"leanib-c"}
    assert journal.over([]) == frozenset()


@pytest.mark.parametrize(
    ("index", "query"),
    [
        ("orders_by_time", "SELECT COUNT(*) FROM orders WHERE created_at >= '2024' AND account = 'a'"),
        ("orders_by_parent", "SELECT * FROM orders WHERE parent_ref = 'a' AND parent_ref <> ''"),
    ],
)
def test_a_journal_from_before_an_index_gets_it_when_opened(journal: Journal, index: str, query: str) -> None:
    """Orders of the last minute are counted with every order, in journals of years."""
    journal.intend([ORDER])
    journal.close()
    with closing(sqlite3.connect(journal.path)) as database:
        database.execute(f"DROP INDEX {index}")
    again = Journal(journal.path)
    plan = again._db.execute(f"EXPLAIN QUERY PLAN {query}")
    assert index in plan.fetchone()["detail"]
    assert again.sent_since(NOW, "DU1") == 1
