"""Conditions: orders that wait for them, and orders that are cancelled by them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from test_order_types import Floor

from leanib.simulator.protocol.contracts import ContractQuery
from leanib.simulator.protocol.orderspec import OrderSpec, PlaceOrder

PRICE = ["1", "a", "1", "480.0", "756733", "SMART", "0"]  # SPY at 480 or above
BELOW = ["1", "a", "0", "470.0", "756733", "SMART", "0"]


@pytest.fixture
def floor() -> Floor:
    """AAPL at 100, SPY at 475; the market is open."""
    made = Floor()
    made.quote("SPY", "474.99", "475.01", last=475, close=475)
    return made


def waiting(floor: Floor, *rows: list[str], **fields: Any) -> Any:
    """A market order that waits."""
    return floor.living("MKT", spec={"conditions": [list(row) for row in rows]}, **fields)


def test_an_order_waits_for_a_price(floor: Floor) -> None:
    """Submitted and filled when SPY trades at 480, and once is enough."""
    order = waiting(floor, PRICE)
    assert (order.status, order.filled) == ("PreSubmitted", 0)
    floor.sim.market.trade("SPY", "479.99")
    assert order.status == "PreSubmitted"
    floor.sim.market.trade("SPY", 480)
    assert order.status == "Filled"


def test_an_order_is_cancelled_by_its_condition(floor: Floor) -> None:
    """With conditionsCancelOrder it works until then."""
    order = floor.living("LMT", lmtPrice=90, conditionsCancelOrder=1, spec={"conditions": [list(PRICE)]})
    assert order.status == "Submitted"
    floor.sim.market.trade("SPY", 481)
    assert order.status == "Cancelled"
    assert floor.client.codes() == [202]
    assert not floor.sim.orders.conditions.orders


@pytest.mark.parametrize(
    ("row", "act"),
    [
        (["3", "a", "1", "20240103 10:30:00 US/Eastern"], lambda f: f.clock.step(1801)),
        (["4", "a", "0", "90"], lambda f: f.sim.accounts.set_position("DU1234567", "SPY", 4000, 475)),
        (["5", "a", "STK", "SMART", "SPY"], lambda f: f.living("MKT", symbol="SPY")),
        (["6", "a", "1", "5000", "756733", "SMART"], lambda f: f.sim.market.trade("SPY", 475, 6000)),
        (["7", "a", "1", "1.5", "756733", "SMART"], lambda f: f.sim.market.trade("SPY", "482.2")),
        (["7", "a", "0", "-1.5", "756733", "SMART"], lambda f: f.sim.market.trade("SPY", "467.8")),
    ],
)
def test_every_kind_of_condition_comes_true(floor: Floor, row: list[str], act: Any) -> None:
    """Time, margin cushion, execution, volume, percent change up and down."""
    order = waiting(floor, row)
    floor.sim.market.trade("SPY", 475)
    assert order.status == "PreSubmitted"
    act(floor)
    floor.sim.market.trade("SPY", floor.sim.market.quote("SPY").last or 0, 1)
    assert order.status == "Filled"


def test_and_binds_more_tightly_than_or(floor: Floor) -> None:
    """SPY above 480 and more than 5000 shares, or below 470."""
    volume = ["6", "o", "1", "5000", "756733", "SMART"]
    order, other = waiting(floor, PRICE, volume, BELOW), waiting(floor, PRICE, volume, BELOW)
    floor.sim.market.trade("SPY", 481, 10)
    assert order.status == "PreSubmitted"
    floor.sim.market.trade("SPY", 481, 6000)
    assert order.status == other.status == "Filled"
    third = waiting(floor, PRICE, ["6", "o", "1", "99999", "756733", "SMART"], BELOW)
    floor.sim.market.trade("SPY", 469)
    assert third.status == "Filled"


def test_conditions_sleep_outside_regular_hours_unless_told_otherwise() -> None:
    """Unless conditionsIgnoreRth is set."""
    floor = Floor(datetime(2024, 1, 3, 12, 0, tzinfo=UTC))
    floor.quote("SPY", "474.99", "475.01", last=475)
    fields = {"lmtPrice": "100.02", "outsideRth": 1}
    patient = floor.living("LMT", spec={"conditions": [list(PRICE)]}, **fields)
    eager = floor.living("LMT", spec={"conditions": [list(PRICE)]}, conditionsIgnoreRth=1, **fields)
    floor.sim.market.trade("SPY", 481)
    assert (patient.status, eager.status) == ("PreSubmitted", "Filled")


def test_a_child_with_a_condition_waits_for_both(floor: Floor) -> None:
    """Its parent first, its condition then."""
    parent = floor.living("LMT", lmtPrice=90)
    child = floor.living("MKT", "SELL", parentId=1, spec={"conditions": [list(PRICE)]})
    floor.sim.market.trade("SPY", 481)
    assert child.status == "PreSubmitted"
    floor.quote("AAPL", "89.98", "90")
    assert (parent.status, child.status) == ("Filled", "Filled")  # SPY is still there


def test_conditions_that_cannot_be_are_refused(floor: Floor) -> None:
    """An unknown contract is 147, a time that is none 337."""
    for row in (["1", "a", "1", "480", "999", "SMART", "0"], ["3", "a", "1", "tomorrow at ten"]):
        assert floor.place("MKT", spec={"conditions": [row]}) is None
    assert floor.client.codes() == [147, 337]


def test_a_contract_that_only_a_condition_looks_at_moves() -> None:
    """On the walk, without anybody who subscribed to it."""
    floor = Floor()
    last = floor.sim.market.quote("SPY").last
    assert last is not None
    order = waiting(floor, ["1", "a", "1", str(last + 1), "756733", "SMART", "0"], conditionsIgnoreRth=1)
    under = waiting(floor, ["1", "a", "0", str(last - 1), "756733", "SMART", "0"], conditionsIgnoreRth=1)
    floor.clock.step(6 * 3600)
    assert "Filled" in {order.status, under.status}


def test_a_change_brings_its_own_conditions(floor: Floor) -> None:
    """Other ones take the place of the first; none sets the order free; a change by hand leaves them."""
    order = waiting(floor, PRICE)

    def change(*rows: list[str], **fields: str) -> None:
        spec = OrderSpec({**order.spec.values, **fields}, conditions=[list(row) for row in rows])
        floor.sim.orders.place(1, PlaceOrder(order.order_id, ContractQuery(con_id=order.item.con_id), spec))

    change(BELOW, totalQuantity="50")
    floor.sim.orders.change_by_hand(order, {"totalQuantity": "40"})
    floor.sim.market.trade("SPY", 481)
    assert (order.status, order.quantity, order.spec.conditions) == ("PreSubmitted", 40, [BELOW])
    change()
    assert order.status == "Filled"
    assert not floor.sim.orders.conditions.orders
    assert not floor.sim.orders.conditions.watches(756733)
