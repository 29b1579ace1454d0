"""Whose a message of IB is: our reference decides, then permId, then client and order id of the day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.faults.world import Services, World, play

from leanib.ib import Change, OrderStatus
from leanib.ib.journal import Journal, OrderRecord, Terms
from leanib.ib.orders.identity import Found, Identities

__all__ = ["play"]

Play = Callable[..., World]
D = Decimal
NOW = datetime(2024, 3, 8, 15, 0, tzinfo=UTC)
OLD = OrderRecord(
    ref="leanib-old", account="DU1", con_id=1, symbol="SPY", contract={"conId": 1}, action="BUY",
    asked=Terms(D(100), {"orderType": "LMT", "lmtPrice": "1", "tif": "GTC"}), client_id=10, order_id=7, perm_id=900,
    created_at=NOW - timedelta(days=3), updated_at=NOW,
)  # fmt: skip
YOUNG = replace(OLD, ref="leanib-young", order_id=8, perm_id=901, created_at=NOW)
OTHER_CLIENT = replace(YOUNG, ref="leanib-other", client_id=11, order_id=8, perm_id=902)
UNSEEN = replace(YOUNG, ref="leanib-unseen", order_id=9, perm_id=0)
ENDED_TWIN = replace(YOUNG, ref="leanib-ended", order_id=3, perm_id=901, created_at=NOW - timedelta(hours=2))
SAME_IDS = replace(OLD, ref="leanib-again", perm_id=903, created_at=NOW)  # order id 7, given out again today


@pytest.mark.parametrize(
    ("ref", "perm_id", "client_id", "order_id", "expected"),
    [
        ("leanib-young", 0, 0, 0, "leanib-young"),
        ("leanib-young", 900, 10, 7, "leanib-young"),  # our reference against everything else
        ("leanib-young", 901, 11, 8, "leanib-young"),
        ("leanib-nobodys", 901, 10, 8, None),  # another journal's order under ids that are ours
        ("theirs", 901, 10, 8, None),  # another program's reference
        ("", 900, 0, 0, "leanib-old"),  # permId alone, however old the order is
        ("", 902, 11, 8, "leanib-other"),
        ("", 901, 10, 8, "leanib-young"),  # given out twice: the id of the day tells which
        ("", 901, 0, 0, "leanib-young"),  # given out twice: the one that lives
        ("", 0, 10, 9, "leanib-unseen"),
        ("", 555, 10, 9, "leanib-unseen"),  # its first permId
        ("", 0, 11, 9, None),  # our order id, another client
        ("", 902, 10, 8, "doubt"),  # permId and ids name two orders
        ("", 900, 10, 8, "doubt"),
        ("", 904, 10, 8, "doubt"),  # another permId than the order has: given out again, or two orders
        ("", 904, 10, 3, "doubt"),
        ("", 0, 10, 7, "leanib-again"),  # the latest under an id that was given out again
        ("", 900, 10, 7, "doubt"),
        ("", 0, 10, 0, None),  # by hand in TWS
        ("", 905, 10, -12, None),
        ("", 905, 0, 0, None),
    ],
)  # fmt: skip
def test_a_message_is_the_order_s_that_its_reference_names_or_nobody_s_until_it_was_asked_about(
    tmp_path: Path, ref: str, perm_id: int, client_id: int, order_id: int, expected: str | None
) -> None:
    """Reference, permId, then (client id, order id) of the same day; two different orders are a doubt."""
    journal = Journal(tmp_path / "orders.sqlite3")
    journal.intend([OLD, ENDED_TWIN, YOUNG, OTHER_CLIENT, UNSEEN, SAME_IDS])
    journal.update(ENDED_TWIN, NOW, "ended", status=OrderStatus.CANCELLED)
    found = Identities(journal).find(ref, perm_id, client_id, order_id, NOW)
    wanted = Found(None, doubtful=True) if expected == "doubt" else Found(journal.order(expected) if expected else None)
    assert found == wanted


@pytest.mark.parametrize("seen", [True, False])
def test_an_order_id_of_another_day_counts_only_when_ib_named_the_order_today(tmp_path: Path, seen: bool) -> None:
    """An error carries nothing but the id: of an old order that was not met in this session it is nobody's."""
    journal = Journal(tmp_path / "orders.sqlite3")
    journal.intend([OLD])
    identities = Identities(journal)
    if seen:
        identities.seen(OLD)
    assert (identities.by_id(10, 7, NOW) is not None) == seen
    identities.new_session()
    assert identities.by_id(10, 7, NOW) is None


async def _started(world: World, client_id: int = 10, journal: str = "") -> Services:
    for symbol in ("AAPL", "SPY"):
        world.sim.market.set_quote(symbol, bid=99, ask=101, bid_size=100_000, ask_size=100_000)
    program = world.program(client_id, journal=journal)
    await program.start()
    await program.ready(within=30)
    return program


def test_a_changed_order_s_messages_are_its_own_after_a_restart_that_forgot_permanent_ids(play: Play) -> None:
    """SPY, a Gateway that begins anew, AAPL under SPY's permId, changed and filled: SPY's record stays as it was."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        old = await program.buy(10, symbol="SPY", kind="LMT", limit_price=D(50), tif="GTC")
        await asyncio.sleep(1)
        perm_id = program.orders.order(old.ref).perm_id
        desk = world.sim.orders
        held = desk.orders.pop((10, old.order_id))  # the Gateway forgets all of it
        desk.living[held.item.con_id].clear()
        desk.next_perm = perm_id - 1
        world.sim.faults.restart(seconds=3.0, forget_ids=50)
        await program.lost(within=5)
        await program.ready(within=60)
        before = program.orders.order(old.ref)
        new = await program.buy(20, kind="LMT", limit_price=D(51), tif="GTC")
        await asyncio.sleep(1)
        assert program.orders.order(new.ref).perm_id == perm_id
        await program.orders.modify(new.ref, Change(limit_price=D(52)))
        await asyncio.sleep(2)
        program.orders.cancel(new.ref)
        await asyncio.sleep(5)
        spy, aapl = program.orders.order(old.ref), program.orders.order(new.ref)
        assert (spy.status, spy.terms, spy.filled) == (before.status, before.terms, 0)
        assert (aapl.status, aapl.terms["lmtPrice"]) == (OrderStatus.CANCELLED, "52")

    play(scenario)


@pytest.mark.parametrize("journal", ["", "shared"])
def test_two_programs_with_equal_order_ids_each_hear_their_own(play: Play, journal: str) -> None:
    """Client ids tell them apart, in fills, changes and refusals; with a journal each and with one for both."""

    async def scenario(world: World) -> None:
        one, two = await _started(world, 10, journal), await _started(world, 11, journal)
        first = await one.buy(10, kind="LMT", limit_price=D(50), tif="GTC")
        second = await two.buy(20, kind="LMT", limit_price=D(60), tif="GTC")
        assert first.order_id == second.order_id
        await asyncio.sleep(1)
        world.sim.faults.refuse_change(code=110, reason="no", client_id=10)  # an error names nothing but the order id
        await two.orders.modify(second.ref, Change(limit_price=D(61)))
        await one.orders.modify(first.ref, Change(limit_price=D(51)))
        world.sim.faults.fill_order(second.order_id, 11, 5)
        await asyncio.sleep(5)
        mine, theirs = one.orders.order(first.ref), two.orders.order(second.ref)
        assert (mine.terms["lmtPrice"], mine.filled, theirs.terms["lmtPrice"], theirs.filled) == ("50", 0, "61", 5)
        assert (mine.message.startswith("110"), theirs.message.startswith("110")) == (True, False)

    play(scenario)


def test_an_order_after_a_restart_that_forgot_ids_takes_no_id_that_was_ever_used(play: Play) -> None:
    """The journal's mark counts, not the Gateway's; the older order keeps its messages."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        old = await program.buy(10, kind="LMT", limit_price=D(50), tif="GTC")
        await asyncio.sleep(1)
        world.sim.faults.restart(seconds=3.0, forget_ids=50)
        await program.lost(within=5)
        await program.ready(within=60)
        new = await program.buy(20, kind="LMT", limit_price=D(51), tif="GTC")
        await asyncio.sleep(1)
        assert new.order_id > old.order_id
        world.sim.faults.fill_order(old.order_id, 10, 4)
        await asyncio.sleep(2)
        assert (program.orders.order(old.ref).filled, program.orders.order(new.ref).filled) == (4, 0)

    play(scenario)


def test_orders_by_hand_and_of_other_clients_are_nobody_s(play: Play) -> None:
    """Their fills are noted and counted for none of ours, whatever ids they have."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        mine = await program.buy(10, kind="LMT", limit_price=D(50), tif="GTC")
        await asyncio.sleep(1)
        world.sim.faults.manual_order("AAPL", "BUY", 7, orderType="MKT")
        world.sim.faults.client_order(77, "AAPL", "BUY", 9, orderType="MKT")
        await asyncio.sleep(5)
        program.connection.renew("a comparison with their fills")
        await asyncio.sleep(15)
        held = program.orders.order(mine.ref)
        assert (held.filled, held.status, world.position()) == (0, OrderStatus.SUBMITTED, 16)
        assert [record.ref for record in program.journal.orders()] == [mine.ref]

    play(scenario)


def test_a_doubtful_message_is_asked_about_and_changes_nothing(play: Play) -> None:
    """A status whose permId is one order's and whose order id is another's: neither ends."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        one = await program.buy(10, kind="LMT", limit_price=D(50), tif="GTC")
        two = await program.buy(20, kind="LMT", limit_price=D(51), tif="GTC")
        await asyncio.sleep(1)
        first, second = program.orders.order(one.ref), program.orders.order(two.ref)
        asked = program.questions()
        program.connection.messages.order_status.emit(second.order_id, "Cancelled", 0, 0, first.perm_id, 10)
        await asyncio.sleep(5)
        assert asked
        assert program.orders.order(one.ref).status is OrderStatus.SUBMITTED
        assert program.orders.order(two.ref).status is OrderStatus.SUBMITTED

    play(scenario)


def test_an_execution_with_our_reference_counts_whatever_ids_it_has(play: Play) -> None:
    """IB tells executions of an earlier session with other order ids."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        one = await program.buy(10, kind="LMT", limit_price=D(50), tif="GTC")
        two = await program.buy(20)
        await program.orders.wait(two.ref, 10)
        filled = next(fill for fill in program.journal.fills(two.ref))
        emit = program.connection.messages.execution.emit
        execution = next(f.execution for f in program.connection.client.fills() if f.execution.execId == filled.exec_id)
        other = replace(execution, execId="0009.01.01", orderRef=one.ref, orderId=two.order_id, permId=0, shares=3.0)
        emit(program.connection.client.fills()[0].contract, other)
        emit(program.connection.client.fills()[0].contract, other)
        assert program.orders.order(one.ref).filled == 3
        assert program.orders.order(two.ref).filled == 20

    play(scenario)
