"""What was asked and what IB holds are two things: changes, fills, refusals and silences in whatever mixture."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.faults.world import Services, World, play

from leanib.ib import Change, OrderRefused, OrderStatus
from leanib.simulator.orders import model

__all__ = ["play"]

Play = Callable[..., World]
D = Decimal


async def _started(world: World, **overrides: Any) -> Services:
    world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=100_000, ask_size=100_000)
    program = world.program(**overrides)
    await program.start()
    await program.ready(within=30)
    return program


async def _resting(program: Services, quantity: int = 100, price: int = 95) -> Any:
    record = await program.buy(quantity, kind="LMT", limit_price=D(price), tif="GTC")
    await asyncio.sleep(1)
    return program.orders.order(record.ref)


def _at_ib(world: World, ref: str) -> Any:
    return next(order for order in world.sim.orders.orders.values() if order.spec.text("orderRef") == ref)


def _holds(program: Services, ref: str) -> tuple[Decimal, str, str]:
    held = program.orders.order(ref)
    return held.quantity, held.terms["lmtPrice"], held.change


def test_terms_that_somebody_changes_in_tws_are_the_order_s_terms(play: Play) -> None:
    """Quantity and price as openOrder tells them, in a healthy session and while away."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        world.sim.faults.change_order(record.order_id, 10, totalQuantity=60, lmtPrice=94)
        await asyncio.sleep(2)
        assert _holds(program, record.ref) == (60, "94", "")
        await program.kill()
        world.sim.faults.change_order(record.order_id, 10, totalQuantity=70, lmtPrice=93)
        again = world.program()
        await again.start()
        assert _holds(again, record.ref) == (70, "93", "")

    play(scenario)


def test_a_change_that_is_swallowed_is_no_change(play: Play) -> None:
    """No answer at all: IB is asked, and what it holds stands; the person is told."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        world.sim.faults.drop_orders(times=1)
        await program.orders.modify(record.ref, Change(quantity=D(300)))
        assert program.orders.order(record.ref).most == 300
        await asyncio.sleep(30)
        assert _holds(program, record.ref) == (100, "95", "")
        assert world.told("change-refused")

    play(scenario)


def test_of_two_changes_the_refused_one_leaves_the_other(play: Play) -> None:
    """First refused, second taken; first taken, second refused."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        world.sim.faults.refuse_change(code=110, reason="no")
        await program.orders.modify(record.ref, Change(limit_price=D(90)))
        await asyncio.sleep(5)
        await program.orders.modify(record.ref, Change(quantity=D(50)))
        await asyncio.sleep(5)
        assert _holds(program, record.ref) == (50, "95", "")
        world.sim.faults.refuse_change(code=201, reason="no")
        await program.orders.modify(record.ref, Change(quantity=D(80), limit_price=D(91)))
        await asyncio.sleep(5)
        assert _holds(program, record.ref) == (50, "95", "")

    play(scenario)


def test_two_changes_sent_at_once_end_as_ib_holds_them(play: Play) -> None:
    """The second is sent before the first is answered; whichever IB refuses."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        for refused in (0, 1, 2):
            record = await _resting(program)
            if refused:
                world.sim.faults.refuse_change(code=110, reason="no", times=refused)
            await program.orders.modify(record.ref, Change(limit_price=D(94)))
            await program.orders.modify(record.ref, Change(quantity=D(120)))
            await asyncio.sleep(15)
            held, at_ib = program.orders.order(record.ref), _at_ib(world, record.ref)
            assert (held.quantity, held.change) == (at_ib.quantity, "")
            assert D(held.terms["lmtPrice"]) == at_ib.limit

    play(scenario)


def test_a_change_right_after_its_order_waits_for_ib_s_word(play: Play) -> None:
    """A word that is on its way is waited for; one that does not come in time refuses, and nothing is sent."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await program.buy(100, kind="LMT", limit_price=D(95), tif="GTC")
        assert program.orders.order(record.ref).confirmed is None
        await program.orders.modify(record.ref, Change(limit_price=D(94)))
        await asyncio.sleep(2)
        assert _holds(program, record.ref) == (100, "94", "")
        world.sim.faults.freeze()
        silent = await program.buy(100, kind="LMT", limit_price=D(95), tif="GTC")
        with pytest.raises(OrderRefused, match="has not confirmed order"):
            await program.orders.modify(silent.ref, Change(limit_price=D(94)))
        assert program.orders.order(silent.ref).change == ""

    play(scenario)


def test_a_fill_while_a_change_is_refused_leaves_no_phantom(play: Play) -> None:
    """40 of 100 filled, change to 300 refused: 60 are left, and nothing more once they fill."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        world.sim.faults.refuse_change(code=135, reason="no")
        world.sim.faults.fill_order(record.order_id, 10, 40)
        await program.orders.modify(record.ref, Change(quantity=D(300)))
        await asyncio.sleep(5)
        assert program.orders.order(record.ref).remaining == 60
        world.sim.faults.fill_order(record.order_id, 10)
        await asyncio.sleep(3)
        done = program.orders.order(record.ref)
        assert (done.status, done.filled, done.remaining) == (OrderStatus.FILLED, 100, 0)

    play(scenario)


def test_an_order_that_fills_whole_before_its_change_arrives_is_filled(play: Play) -> None:
    """104 or 201 in answer: filled, and no change is waited for."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        changing = program.orders.modify(record.ref, Change(quantity=D(150)))
        world.sim.faults.refuse_change(code=104, reason="Cannot modify a filled order.")
        world.sim.faults.fill_order(record.order_id, 10)
        with contextlib.suppress(OrderRefused):  # it had filled before it was sent
            await changing
        await asyncio.sleep(10)
        done = program.orders.order(record.ref)
        assert (done.status, done.filled, done.remaining, done.change) == (OrderStatus.FILLED, 100, 0, "")

    play(scenario)


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_some_of_several_executions_lost_are_found_within_seconds(play: Play, lost: int) -> None:
    """Three fills, one or more messages missing: the sum is right, at known prices."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        world.sim.faults.lose_execution(times=lost)
        for quantity in (20, 30, 50):
            world.sim.faults.fill_order(record.order_id, 10, quantity, 95)
            await asyncio.sleep(0.2)
        await asyncio.sleep(10)
        done = program.orders.order(record.ref)
        assert (done.filled, done.away, done.status, done.average_price) == (100, 0, OrderStatus.FILLED, 95)

    play(scenario)


def test_executions_that_ib_never_tells_are_entered_at_a_price_not_known_and_told(play: Play) -> None:
    """Withheld even when asked for: the status is believed in the end, and a person hears of it."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        world.sim.faults.withhold_executions()
        world.sim.faults.fill_order(record.order_id, 10, 30)
        await asyncio.sleep(30)
        held = program.orders.order(record.ref)
        assert (held.filled, held.away, held.average_price) == (30, 30, None)
        assert world.told("filled-while-away")
        world.sim.faults.withhold_executions(False)
        program.connection.renew("the executions are told after all")
        await asyncio.sleep(15)
        held = program.orders.order(record.ref)
        assert (held.filled, held.away, held.average_price) == (30, 0, 95)

    play(scenario)


def test_a_completed_order_tells_what_executions_no_longer_do(play: Play) -> None:
    """50 of 200 filled, away, 20 more filled, a midnight, cancelled by hand today: the completed order says 70."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program, 200)
        world.sim.faults.fill_order(record.order_id, 10, 50)
        await asyncio.sleep(3)
        await program.kill()
        world.sim.faults.fill_order(record.order_id, 10, 20)
        world.sim.faults.pass_midnight()
        await asyncio.sleep(60)
        world.sim.faults.reject_order(record.order_id, 10, "by hand", code=202, status="Cancelled")
        world.sim.faults.manual_order("AAPL", "BUY", 7, orderType="MKT")  # so that the position alone misleads
        again = world.program()
        await again.start()
        held = again.orders.order(record.ref)
        assert (held.filled, held.away, held.status) == (70, 20, OrderStatus.CANCELLED)
        assert world.told("filled-while-away")
        assert not world.told("order-judged")

    play(scenario)


def test_a_cancellation_while_away_leaves_what_had_filled(play: Play) -> None:
    """50 of 200 filled, away, 20 more filled, cancelled by hand, next day: 70 filled, cancelled, nothing remains."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program, 200)
        world.sim.faults.fill_order(record.order_id, 10, 50)
        await asyncio.sleep(3)
        program.connection.renew("a comparison with 50 filled")
        await asyncio.sleep(15)
        await program.kill()
        world.sim.faults.fill_order(record.order_id, 10, 20)
        world.sim.faults.reject_order(record.order_id, 10, "by hand", code=202, status="Cancelled")
        world.sim.faults.pass_midnight()
        again = world.program()
        await again.start()
        held = again.orders.order(record.ref)
        assert (held.filled, held.remaining, held.status) == (70, 0, OrderStatus.CANCELLED)
        assert sum(fill.signed_quantity for fill in again.journal.fills()) == world.position()

    play(scenario)


@pytest.mark.parametrize(("told", "left"), [(0, 60), (30, 30), (0, 300)])
def test_a_status_that_tells_another_total_than_the_terms_is_asked_about(play: Play, told: int, left: int) -> None:
    """Filled and remaining come from orderStatus, the quantity from openOrder: where they differ, IB is asked."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        tell = program.connection.messages.order_status.emit
        asked = program.questions()
        tell(record.order_id, "Submitted", 0, 100, record.perm_id, 10)
        await asyncio.sleep(20)
        assert not asked
        tell(record.order_id, "Submitted", told, left, record.perm_id, 10)
        await asyncio.sleep(5)
        assert asked
        assert _holds(program, record.ref) == (100, "95", "")

    play(scenario)


@pytest.mark.parametrize("code", [399, 404, 2109, 2137, 10349, 10167])
def test_a_warning_on_an_order_that_ib_has_not_confirmed_refuses_nothing(play: Play, code: int) -> None:
    """It is no answer either: the order is still awaited, and works once IB takes it."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        world.sim.faults.hold_orders()
        await program.buy(1, kind="LMT", limit_price=D(95))  # brings the dialog up
        asked = program.questions()
        record = await program.buy(100, kind="LMT", limit_price=D(95), tif="GTC")
        program.connection.messages.error.emit(record.order_id, code, "mind this")
        held = program.orders.order(record.ref)
        assert (held.status, held.message, held.remaining) == (OrderStatus.PENDING, f"{code}: mind this", 100)
        await asyncio.sleep(3)
        assert program.orders.order(record.ref).status is OrderStatus.PENDING
        assert not asked
        world.sim.faults.release_orders()
        await asyncio.sleep(2)
        assert program.orders.order(record.ref).status is OrderStatus.SUBMITTED

    play(scenario)


@pytest.mark.parametrize("code", [399, 404, 2109, 2137, 10349, 10167])
def test_a_warning_on_an_order_leaves_it_alive_and_is_kept(play: Play, code: int) -> None:
    """Known warnings refuse nothing, and nothing has to be asked."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        asked = program.questions()
        program.connection.messages.error.emit(record.order_id, code, "mind this")
        await asyncio.sleep(10)
        assert not asked
        held = program.orders.order(record.ref)
        assert (held.status, held.message) == (OrderStatus.SUBMITTED, f"{code}: mind this")

    play(scenario)


@pytest.mark.parametrize("code", [103, 161, 382, 10148, 10318, 77777])
def test_an_error_on_an_order_that_lives_on_is_asked_about_and_changes_nothing(play: Play, code: int) -> None:
    """Whatever it says, IB lists the order as open: it works."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        asked = program.questions()
        program.connection.messages.error.emit(record.order_id, code, "no such thing")
        await asyncio.sleep(10)
        assert asked
        assert program.orders.order(record.ref).status is OrderStatus.SUBMITTED
        assert not world.told("order-lost")

    play(scenario)


def test_an_order_that_is_held_and_then_released_counts_and_is_told(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inactive and listed as open is not the end: it still counts, and works again when IB says so."""
    monkeypatch.setattr(model, "DONE", model.DONE - {"Inactive"})

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        emit = program.connection.messages.order_status.emit
        order = _at_ib(world, record.ref)
        order.status = "Inactive"
        emit(record.order_id, "Inactive", 0, 100, program.orders.order(record.ref).perm_id, 10)
        await asyncio.sleep(10)
        held = program.orders.order(record.ref)
        assert (held.status, held.remaining) == (OrderStatus.INACTIVE, 100)
        assert world.told("order-inactive")
        order.status = "Submitted"
        emit(record.order_id, "Submitted", 0, 100, held.perm_id, 10)
        await asyncio.sleep(5)
        assert program.orders.order(record.ref).status is OrderStatus.SUBMITTED

    play(scenario)


def test_a_change_is_confirmed_late_while_the_journal_is_locked(play: Play) -> None:
    """What IB holds is kept and written later; until then no further change goes."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        program.journal.be_patient(0.01)
        await program.orders.modify(record.ref, Change(quantity=D(150)))
        other = sqlite3.connect(program.journal.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(2)
        with pytest.raises(OrderRefused, match="journal cannot be written"):
            await program.orders.modify(record.ref, Change(quantity=D(160)))
        other.execute("ROLLBACK")
        other.close()
        await asyncio.sleep(5)
        assert _holds(program, record.ref) == (150, "95", "")

    play(scenario)


def test_executions_repeated_and_out_of_order_after_a_reconnection_count_once(play: Play) -> None:
    """Told live and again when asked for, with their commissions."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        for quantity in (10, 20, 30):
            world.sim.faults.fill_order(record.order_id, 10, quantity)
        await asyncio.sleep(1)
        for _ in range(3):
            program.connection.renew("once more")
            await asyncio.sleep(15)
        held = program.orders.order(record.ref)
        assert (held.filled, len(program.journal.fills(record.ref))) == (60, 3)

    play(scenario)


@pytest.mark.parametrize("ending", ["Cancelled", "Inactive"])
def test_an_order_thrown_out_while_away_is_lost_and_told_at_the_next_start(play: Play, ending: str) -> None:
    """With what had filled before."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        world.sim.faults.fill_order(record.order_id, 10, 10)
        await asyncio.sleep(2)
        await program.kill()
        world.sim.faults.reject_order(record.order_id, 10, "thrown out", code=201, status=ending)
        again = world.program()
        lost: list[str] = []
        again.orders.lost.connect(lambda one: lost.append(one.ref))
        await again.start()
        await asyncio.sleep(10)
        held = again.orders.order(record.ref)
        assert (held.status.is_final, held.filled, held.remaining) == (True, 10, 0)
        assert lost == [record.ref]

    play(scenario)


def test_a_cancellation_that_ib_refuses_leaves_the_order_alive(play: Play) -> None:
    """10148 in answer: it works on, and a fill is counted."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await _resting(program)
        cancel = world.sim.orders.cancel

        def refused(client_id: int, order_id: int, *_: Any) -> None:
            world.sim.orders.audience.refused(client_id, order_id, 10148, "cannot be cancelled")

        world.sim.orders.cancel = refused
        program.orders.cancel(record.ref)
        await asyncio.sleep(10)
        assert program.orders.order(record.ref).status is OrderStatus.SUBMITTED
        world.sim.orders.cancel = cancel
        world.sim.faults.fill_order(record.order_id, 10)
        await asyncio.sleep(3)
        assert program.orders.order(record.ref).status is OrderStatus.FILLED

    play(scenario)


def test_a_reference_price_never_becomes_an_order_s_term(play: Play) -> None:
    """It measures, and nothing else."""

    async def scenario(world: World) -> None:
        program = await _started(world, risk={"max_order_value": 100_000})
        record = await _resting(program)
        await program.orders.modify(record.ref, Change(quantity=D(110)), reference_price=D(120))
        await asyncio.sleep(3)
        assert _holds(program, record.ref) == (110, "95", "")
        with pytest.raises(OrderRefused, match="max_order_value"):
            await program.orders.modify(record.ref, Change(quantity=D(900)), reference_price=D(120))

    play(scenario)
