"""What IB holds is the truth: identity, terms, lost fills, refusals, a journal that cannot be written."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from ib_async import CommissionReport
from tests.faults.world import Services, World, play

from leanib.errors import UsageError
from leanib.ib import Change, JournalError, OrderRefused, OrderStatus
from leanib.ib.execution_times import GatewayZone

__all__ = ["play"]

Play = Callable[..., World]
D = Decimal


async def _started(world: World, size: int = 100_000, **overrides: Any) -> Services:
    world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=size, ask_size=size)
    program = world.program(**overrides)
    await program.start()
    await program.ready(within=30)
    return program


def _at_ib(world: World, ref: str) -> Any:
    return next(order for order in world.sim.orders.orders.values() if order.spec.text("orderRef") == ref)


def test_a_perm_id_given_out_twice_never_moves_one_order_s_messages_to_another(play: Play) -> None:
    """Our reference decides: an order whose permId an older one had keeps its own callbacks, and so does the older."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        old = await program.buy(10, kind="LMT", limit_price=D(50), tif="GTC")
        await asyncio.sleep(1)
        program.orders.cancel(old.ref)
        await asyncio.sleep(1)
        world.sim.orders.next_perm = _at_ib(world, old.ref).perm_id - 1
        new = await program.buy(20, kind="LMT", limit_price=D(51), tif="GTC")
        await asyncio.sleep(1)
        await program.orders.modify(new.ref, Change(limit_price=D(52)))
        await asyncio.sleep(5)
        program.orders.cancel(new.ref)
        await asyncio.sleep(5)
        before, after = program.orders.order(old.ref), program.orders.order(new.ref)
        assert before.perm_id == after.perm_id
        assert (before.status, before.terms["lmtPrice"]) == (OrderStatus.CANCELLED, "50")
        assert (after.status, after.terms["lmtPrice"]) == (OrderStatus.CANCELLED, "52")

    play(scenario)


@pytest.mark.parametrize("code", [110, 135, 201, 321, 383, 10289, 99999])
def test_a_refused_change_leaves_the_terms_that_ib_holds(play: Play, code: int) -> None:
    """Whatever code refuses it, the journal says what IB holds, and the order fills as that."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await program.sell(100, kind="LMT", limit_price=D(110), tif="GTC")
        await asyncio.sleep(1)
        world.sim.faults.refuse_change(code=code, reason="no")
        await program.orders.modify(record.ref, Change(quantity=D(300), limit_price=D("105.01")))
        await asyncio.sleep(10)
        held = program.orders.order(record.ref)
        assert (held.quantity, held.terms["lmtPrice"], held.change) == (100, "110", "")
        assert world.told("change-refused")
        world.sim.market.set_quote("AAPL", bid=110, ask=112, bid_size=1000, ask_size=1000)
        await asyncio.sleep(5)
        done = program.orders.order(record.ref)
        assert (done.status, done.filled, done.remaining) == (OrderStatus.FILLED, 100, 0)

    play(scenario)


def test_a_change_to_no_quantity_is_refused_with_a_sentence() -> None:
    """A negative or empty quantity is no change."""
    for quantity in (D(-5), D(0)):
        with pytest.raises(UsageError, match="must be positive"):
            Change(quantity=quantity)


def test_a_lost_execution_is_asked_for_within_seconds(play: Play) -> None:
    """Status says filled, no execution came: IB is asked in the healthy session."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        world.sim.faults.lose_execution()
        record = await program.buy(100)
        await asyncio.sleep(8)
        done = program.orders.order(record.ref)
        assert (done.status, done.filled, done.away) == (OrderStatus.FILLED, 100, 0)

    play(scenario)


def test_a_fill_of_another_day_is_entered_at_a_price_not_known(play: Play) -> None:
    """50 filled, away over a midnight, 30 more filled: the journal says 80, and a person is told."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await program.buy(200, kind="LMT", limit_price=D(95), tif="GTC")
        await asyncio.sleep(1)
        world.sim.faults.fill_order(record.order_id, 10, 50)
        await asyncio.sleep(5)
        await program.kill()
        world.sim.faults.fill_order(record.order_id, 10, 30)
        world.sim.faults.pass_midnight()
        again = world.program()
        await again.start()
        held = again.orders.order(record.ref)
        assert (held.filled, held.away, held.status) == (80, 30, OrderStatus.PARTIALLY_FILLED)
        assert world.told("filled-while-away")
        assert sum(fill.signed_quantity for fill in again.journal.fills()) == world.position()

    play(scenario)


def test_an_order_that_ended_on_another_day_is_judged_by_the_position(play: Play) -> None:
    """Filled whole while away, listed nowhere any more: the position tells."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await program.buy(200, kind="LMT", limit_price=D(95), tif="GTC")
        await asyncio.sleep(1)
        program.connection.renew("a comparison with the order there")
        await asyncio.sleep(10)
        await program.kill()
        world.sim.faults.fill_order(record.order_id, 10)
        world.sim.faults.pass_midnight()
        again = world.program()
        await again.start()
        held = again.orders.order(record.ref)
        assert (held.filled, held.status) == (200, OrderStatus.FILLED)
        assert world.told("filled-while-away")

    play(scenario)


@pytest.mark.parametrize("code", [201, 0])
def test_an_order_thrown_out_later_is_lost_and_told(play: Play, code: int) -> None:
    """Inactive, with 201 or without any error: it is rejected, critical, and the listeners of lost orders hear."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        lost: list[str] = []
        program.orders.lost.connect(lambda record: lost.append(record.ref))
        record = await program.sell(100, kind="STP", stop_price=D(90), tif="GTC")
        await asyncio.sleep(60)
        world.sim.faults.reject_order(record.order_id, 10, "thrown out", code=code)
        await asyncio.sleep(8)
        assert program.orders.order(record.ref).status is OrderStatus.REJECTED
        assert world.told("order-lost")
        assert lost == [record.ref]

    play(scenario)


@pytest.mark.parametrize("code", [383, 387, 388, 412, 435, 436, 10052, 10243, 10244, 10268, 10289, 10311, 77777])
def test_any_error_on_a_new_order_is_a_refusal(play: Play, code: int) -> None:
    """Known or not, unless it is known to be a warning, within seconds."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        world.sim.faults.reject_next(code, "no")
        record = await program.buy(10)
        await asyncio.sleep(8)
        assert program.orders.order(record.ref).status is OrderStatus.REJECTED
        assert str(code) in program.orders.order(record.ref).message

    play(scenario)


def test_a_fill_is_kept_while_another_process_holds_the_journal(play: Play) -> None:
    """14 s locked: the fill waits in memory, no order is sent, cancelling works, and then it is written."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        first = await program.buy(100, kind="LMT", limit_price=D(95), tif="GTC")
        second = await program.buy(100, kind="LMT", limit_price=D(90), tif="GTC")
        await asyncio.sleep(1)
        program.journal.be_patient(0.01)
        other = sqlite3.connect(program.journal.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        world.sim.faults.fill_order(first.order_id, 10)
        await asyncio.sleep(1)
        assert world.told("journal-behind")
        with pytest.raises(OrderRefused, match="journal cannot be written"):
            await program.buy(1)
        with pytest.raises(OrderRefused, match="journal cannot be written"):
            await program.orders.modify(second.ref, Change(quantity=D(50)))
        program.orders.cancel(second.ref)
        await asyncio.sleep(13)
        assert _at_ib(world, second.ref).status == "Cancelled"
        other.execute("ROLLBACK")
        other.close()
        await asyncio.sleep(3)
        assert world.told("journal-complete")
        assert program.orders.order(first.ref).status is OrderStatus.FILLED
        assert program.orders.order(second.ref).status is OrderStatus.CANCELLED

    play(scenario)


def test_cancelling_works_when_the_disk_is_full(play: Play) -> None:
    """Nothing can be written: cancel_all sends, fills are kept, and all is there once there is room."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        first = await program.buy(100, kind="LMT", limit_price=D(95), tif="GTC")
        second = await program.buy(100, kind="LMT", limit_price=D(90), tif="GTC")
        await asyncio.sleep(1)
        program.journal._db.execute("PRAGMA query_only = ON")  # every write fails, as on a full disk
        world.sim.faults.fill_order(first.order_id, 10)
        await asyncio.sleep(1)
        assert not program.connection.state.is_trading_ready
        program.orders.cancel_all()
        await asyncio.sleep(3)
        assert _at_ib(world, second.ref).status == "Cancelled"
        program.journal._db.execute("PRAGMA query_only = OFF")
        await asyncio.sleep(3)
        assert program.orders.order(first.ref).status is OrderStatus.FILLED
        assert program.orders.order(second.ref).status is OrderStatus.CANCELLED
        assert program.connection.state.is_trading_ready

    play(scenario)


def test_cancel_all_works_when_the_journal_cannot_be_read(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lived at IB when last heard of is cancelled, and the journal's state is told; what had filled is not."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        first = await program.buy(100, kind="LMT", limit_price=D(95), tif="GTC")
        second = await program.buy(100, kind="LMT", limit_price=D(90), tif="GTC")
        over = await program.buy(1)
        await asyncio.sleep(1)
        sent: list[int] = []
        client = program.connection.client.client
        cancel = client.cancelOrder
        with monkeypatch.context() as patch:
            patch.setattr(client, "cancelOrder", lambda order_id, text: (sent.append(order_id), cancel(order_id, text)))
            patch.setattr(program.journal, "open_orders", _unreadable)
            with pytest.raises(JournalError, match="cannot be read now"):
                program.orders.cancel_all()
        await asyncio.sleep(2)
        assert _at_ib(world, first.ref).status == _at_ib(world, second.ref).status == "Cancelled"
        assert sorted(sent) == [first.order_id, second.order_id]
        assert program.orders.order(over.ref).status is OrderStatus.FILLED

    play(scenario)


def _unreadable(*_: Any) -> Any:
    raise JournalError("the order journal cannot be read now: disk I/O error")


def test_cancelling_works_after_a_reconnection_with_a_full_disk(play: Play) -> None:
    """The connection is kept: what IB holds can be cancelled over it, nothing new goes, and all is compared later."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        first = await program.buy(100, kind="LMT", limit_price=D(95), tif="GTC")
        second = await program.buy(100, kind="LMT", limit_price=D(90), tif="GTC")
        await asyncio.sleep(1)
        program.journal._db.execute("PRAGMA query_only = ON")  # every write fails, as on a full disk
        world.sim.faults.restart(seconds=5.0)
        await program.lost(within=5)
        world.sim.faults.fill_order(first.order_id, 10, 30)
        await asyncio.sleep(30)
        assert program.connection.state.is_ready
        assert not program.connection.state.is_trading_ready
        with pytest.raises(OrderRefused, match="journal"):
            await program.buy(1)
        generation = program.connection.state.generation
        program.orders.cancel_all()
        await asyncio.sleep(60)
        assert _at_ib(world, first.ref).status == _at_ib(world, second.ref).status == "Cancelled"
        assert program.connection.state.generation == generation
        program.journal._db.execute("PRAGMA query_only = OFF")
        await program.ready(within=15)
        one, two = program.orders.order(first.ref), program.orders.order(second.ref)
        assert (one.status, one.filled, two.status) == (OrderStatus.CANCELLED, 30, OrderStatus.CANCELLED)

    play(scenario)


@pytest.mark.parametrize("name", ["JST", "CST", "HKT", "US/Eastern", ""])
def test_a_fill_is_kept_whatever_zone_its_time_is_in(play: Play, name: str) -> None:
    """Short zone names and none at all: the fill is there at once."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        world.sim.faults.show_times(name)
        record = await program.buy(100)
        await asyncio.sleep(1)
        assert program.orders.order(record.ref).status is OrderStatus.FILLED

    play(scenario)


@pytest.mark.parametrize(
    ("text", "hour"),
    [("20240306 10:00:00 JST", 1), ("20240306 10:00:00 CST", 16), ("20240306 10:00:00", 15),
     ("20240306 10:00:00 US/Eastern", 15), ("20240306-10:00:00 UTC", 10), ("20240306 10:00:00 GMT+2", 8),
     ("20240306 10:00:00 XYZ", 15)],
)  # fmt: skip
def test_the_moment_of_an_execution_is_read_from_what_ib_writes(text: str, hour: int) -> None:
    """Named zones by their names, others by what the handshake showed the Gateway's clock to be ahead."""
    zone = GatewayZone()
    now = datetime(2024, 3, 6, 15, 0, tzinfo=UTC)
    zone.learn("20240306 10:00:00 EST", now)
    assert zone.moment(text, now) == (datetime(2024, 3, 6, hour, 0, tzinfo=UTC), True)


def test_shanghai_s_cst_is_told_from_chicago_s_by_the_gateway_s_clock() -> None:
    """A short name that two zones share is the one the Gateway's clock is in."""
    zone = GatewayZone()
    now = datetime(2024, 3, 6, 2, 0, tzinfo=UTC)
    zone.learn("20240306 10:00:00 CST", now)
    assert zone.moment("20240306 10:00:00 CST", now + timedelta(hours=1)) == (now, True)


@pytest.mark.parametrize(("shown", "known"), [("-0.35", D("-0.35")), ("-1.0", D(0)), ("1.7976931348623157E308", D(0))])
def test_a_negative_commission_is_a_rebate_and_only_two_values_mean_unknown(
    play: Play, shown: str, known: Decimal
) -> None:
    """-0.35 is paid to us; -1 and the largest double say nothing."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        world.sim.faults.show_commission(shown)
        record = await program.buy(100)
        await asyncio.sleep(2)
        assert program.orders.order(record.ref).commission == known

    play(scenario)


def test_a_commission_reads_no_more_than_its_own_fill(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many fills the journal has."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        done = await program.orders.wait((await program.buy(10)).ref, 10)
        await asyncio.sleep(1)
        (fill,) = program.journal.fills(done.ref)
        read: list[str | None] = []
        fills = program.journal.fills
        monkeypatch.setattr(program.journal, "fills", lambda ref=None: (read.append(ref), fills(ref))[1])
        program.connection.messages.commission.emit(CommissionReport(execId=fill.exec_id, commission=0.4))
        assert program.orders.order(done.ref).commission == D("0.4")
        assert None not in read

    play(scenario)


def test_a_change_that_nobody_confirmed_is_what_ib_holds_after_a_restart(play: Play) -> None:
    """Killed behind the socket: 30 at IB, 10 in the journal's last word; after 10 fill, 20 are still cancelled."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await program.buy(10, kind="LMT", limit_price=D(95), tif="GTC")
        await asyncio.sleep(1)
        await program.orders.modify(record.ref, Change(quantity=D(30)))
        await asyncio.sleep(0.0)
        await program.kill()
        await asyncio.sleep(1)
        world.sim.faults.fill_order(record.order_id, 10, 10)
        again = world.program()
        await again.start()
        held = again.orders.order(record.ref)
        at_ib = _at_ib(world, record.ref)
        assert (held.quantity, held.change) == (at_ib.quantity, "")
        if not at_ib.done:
            again.orders.cancel_all()
            await asyncio.sleep(2)
            assert at_ib.done

    play(scenario)


def test_an_order_that_never_reached_ib_is_settled_within_a_minute_of_the_restart(play: Play) -> None:
    """Swallowed by the dying Gateway: unknown, then asked through a cancellation, then settled; no limit is haunted."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        world.sim.faults.drop_orders(times=1, reset=True)
        record = await program.buy(100)
        await program.lost(within=1)
        await program.ready(within=20)
        await asyncio.sleep(40)
        held = program.orders.order(record.ref)
        assert (held.status, held.remaining) == (OrderStatus.REJECTED, 0)
        assert "never reached IB" in held.message

    play(scenario)


def test_a_person_s_word_settles_what_ib_cannot_tell(play: Play) -> None:
    """Resolve takes a filled quantity between what is known and what was ordered, and nothing else."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        world.sim.faults.drop_orders(times=1)
        record = await program.buy(100)
        await asyncio.sleep(12)
        assert program.orders.order(record.ref).status is OrderStatus.UNKNOWN
        with pytest.raises(OrderRefused, match="can have filled 0 to 100"):
            await program.orders.resolve(record.ref, filled=D(101))
        done = await program.orders.resolve(record.ref, filled=D(0))
        assert (done.status, done.remaining) == (OrderStatus.CANCELLED, 0)

    play(scenario)


@pytest.mark.parametrize("killed", [False, True])
def test_a_change_that_meets_the_fill_leaves_nothing_to_fill(play: Play, killed: bool) -> None:
    """23 filled while 376 were asked for: IB says that it is over, and no 353 haunt the limits, killed or not."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await program.buy(23, kind="LMT", limit_price=D(95), tif="GTC")
        await asyncio.sleep(1)
        program.journal.update(record, world.clock.now(), "on its way", asked=_larger(record, 376), change="sent")
        if killed:
            await program.kill()
        world.sim.faults.fill_order(record.order_id, 10)
        if killed:
            program = world.program()
            await program.start()
        else:
            world.sim.faults.message(104, "Cannot modify a filled order.", record.order_id)
        await asyncio.sleep(10)
        done = program.orders.order(record.ref)
        assert (done.status, done.quantity, done.remaining, done.change) == (OrderStatus.FILLED, 23, 0, "")

    play(scenario)


def test_a_quantity_changed_to_what_has_filled_ends_the_order(play: Play) -> None:
    """Half of it is filled and no more is wanted: it is filled, and nothing waits."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await program.buy(100, kind="LMT", limit_price=D(95), tif="GTC")
        await asyncio.sleep(1)
        world.sim.faults.fill_order(record.order_id, 10, 40)
        await asyncio.sleep(1)
        await program.orders.modify(record.ref, Change(quantity=D(40)))
        await asyncio.sleep(5)
        done = program.orders.order(record.ref)
        assert (done.status, done.quantity, done.remaining) == (OrderStatus.FILLED, 40, 0)

    play(scenario)


def _larger(record: Any, quantity: int) -> Any:
    return replace(record.holds, quantity=D(quantity))


def test_an_order_behind_a_dialog_neither_doubles_nor_escapes_the_limits(play: Play) -> None:
    """Never acknowledged and, by IB's word, not there: its room is not given to another while it could still come."""

    async def scenario(world: World) -> None:
        program = await _started(world, risk={"unlimited": True, "max_position_quantity": 300})
        world.sim.faults.hold_orders()
        await program.buy(1, kind="LMT", limit_price=D(90), tif="GTC")
        held = await program.buy(250, kind="LMT", limit_price=D(90), tif="GTC")
        await asyncio.sleep(10)
        generation = program.connection.state.generation
        while program.connection.state.generation == generation:  # it may still come out of the dialog
            assert not program.orders.order(held.ref).status.is_final
            with pytest.raises(OrderRefused, match="with all that could fill"):
                await program.buy(250, kind="LMT", limit_price=D(91), tif="GTC")
            await asyncio.sleep(5)
        await asyncio.sleep(60)
        world.sim.faults.release_orders()
        await asyncio.sleep(30)
        assert program.orders.order(held.ref).status is OrderStatus.REJECTED
        await program.buy(250, kind="LMT", limit_price=D(91), tif="GTC")
        await asyncio.sleep(5)
        living = [order for order in world.sim.orders.orders.values() if not order.done]
        assert sum(order.quantity for order in living) == 251
        assert sum(record.remaining for record in program.journal.open_orders()) == 251

    play(scenario)


@pytest.mark.parametrize("price", [90, 105])
def test_an_order_that_comes_alive_after_it_was_given_up_is_cancelled_again(play: Play, price: int) -> None:
    """Its cancellation was asked for: nobody counts on it; what it fills before counts, and a person is told."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        world.sim.faults.hold_orders()
        await program.buy(1, kind="LMT", limit_price=D(90), tif="GTC")
        held = await program.buy(250, kind="LMT", limit_price=D(price), tif="GTC")
        await asyncio.sleep(1)
        (_, payload), *_ = world.sim.faults._waiting
        await asyncio.sleep(200)
        assert program.orders.order(held.ref).status is OrderStatus.REJECTED
        world.sim.gateway.handle(world.sim.clients[0], payload)  # the dialog outlived the connection
        await asyncio.sleep(30)
        at_ib, record = _at_ib(world, held.ref), program.orders.order(held.ref)
        assert at_ib.done
        assert record.status.is_final
        assert (record.status is OrderStatus.FILLED) == (price == 105)
        assert record.filled == at_ib.filled
        assert world.told("order-late")

    play(scenario)


@pytest.mark.parametrize("orders", [("BUY", "SELL"), ("BUY", "BUY"), ("SELL", "BUY", "SELL")])
def test_a_position_that_may_be_read_in_two_ways_settles_nothing(play: Play, orders: tuple[str, ...]) -> None:
    """A purchase and a sale that both filled leave the position as it was: nobody says that neither did."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        records = []
        for number, side in enumerate(orders):
            price = D(90 - number) if side == "BUY" else D(110 + number)
            terms = {"kind": "LMT", "limit_price": price, "tif": "GTC"}
            records.append(await (program.buy if side == "BUY" else program.sell)(100, **terms))
        await asyncio.sleep(1)
        program.connection.renew("a comparison with the orders there")
        await asyncio.sleep(10)
        await program.kill()
        for record in records[:2]:
            world.sim.faults.fill_order(record.order_id, 10, 100 if orders != ("BUY", "BUY") else 50)
        for record in records:
            if not _at_ib(world, record.ref).done:
                world.sim.orders.end(_at_ib(world, record.ref), "Cancelled")
        world.sim.faults.pass_midnight()
        again = world.program()
        await again.start()
        for record in records:
            assert again.orders.order(record.ref).status is OrderStatus.UNKNOWN
            assert any(record.ref in text for text in world.told("order-unknown"))

    play(scenario)


def test_an_order_that_was_missing_before_is_not_settled_by_what_changed_since(play: Play) -> None:
    """Of unknown fate at one comparison, it is at the next and the one after: nothing has told of it meanwhile."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        bought = await program.buy(100, kind="LMT", limit_price=D(90), tif="GTC")
        sold = await program.sell(100, kind="LMT", limit_price=D(110), tif="GTC")
        await asyncio.sleep(1)
        program.connection.renew("a comparison with the orders there")
        await asyncio.sleep(10)
        await program.kill()
        for record in (bought, sold):
            world.sim.faults.fill_order(record.order_id, 10)
        world.sim.faults.pass_midnight()
        again = world.program()
        await again.start()
        for _ in range(3):
            again.connection.renew("another comparison")
            await asyncio.sleep(20)
            statuses = [again.orders.order(record.ref).status for record in (bought, sold)]
            assert statuses == [OrderStatus.UNKNOWN] * 2
        await again.orders.resolve(bought.ref, filled=D(100))
        again.connection.renew("another comparison")
        await asyncio.sleep(20)
        assert again.orders.order(sold.ref).status is OrderStatus.UNKNOWN

    play(scenario)


@pytest.mark.parametrize("late", [False, True])
def test_what_is_booked_without_an_execution_is_not_taken_for_another_order_s(play: Play, late: bool) -> None:
    """30 of one order are known by its status; the other, listed nowhere, did not fill them, nor loses them again."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        living = await program.buy(100, kind="LMT", limit_price=D(90), tif="GTC")
        other = await program.buy(30, kind="LMT", limit_price=D(89), tif="GTC")
        await asyncio.sleep(1)
        program.connection.renew("a comparison with the orders there")
        await asyncio.sleep(10)
        world.sim.faults.withhold_executions()
        if late:
            world.sim.faults.fill_order(living.order_id, 10, 30)
            await asyncio.sleep(30)
            assert program.orders.order(living.ref).away == 30
        await program.kill()
        if late:
            world.sim.faults.withhold_executions(on=False)  # they come after all, in place of what was booked
        else:
            world.sim.faults.fill_order(living.order_id, 10, 30)
        world.sim.orders.end(_at_ib(world, other.ref), "Cancelled")
        _at_ib(world, other.ref).completed_time = 0
        world.sim.gateway.forgotten_until = 1
        again = world.program()
        await again.start()
        assert again.orders.order(living.ref).filled == 30
        done = again.orders.order(other.ref)
        assert (done.status, done.filled) == (OrderStatus.CANCELLED, 0)

    play(scenario)


@pytest.mark.parametrize("ask", ["cancel", "resolve"])
def test_ib_s_answer_to_a_cancellation_settles_an_order_that_it_lists_nowhere_any_more(play: Play, ask: str) -> None:
    """10148 names the state: an order of unknown fate that IB calls filled has filled, at a price not known."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        bought = await program.buy(100, kind="LMT", limit_price=D(90), tif="GTC")
        sold = await program.sell(100, kind="LMT", limit_price=D(110), tif="GTC")
        await asyncio.sleep(1)
        program.connection.renew("a comparison with the orders there")
        await asyncio.sleep(10)
        await program.kill()
        for record in (bought, sold):
            world.sim.faults.fill_order(record.order_id, 10)
        world.sim.faults.pass_midnight()
        again = world.program()
        await again.start()
        for record in (bought, sold):
            assert again.orders.order(record.ref).status is OrderStatus.UNKNOWN
            if ask == "cancel":
                again.orders.cancel(record.ref)
                await asyncio.sleep(2)
            else:
                await again.orders.resolve(record.ref)
            done = again.orders.order(record.ref)
            assert (done.status, done.filled, done.away) == (OrderStatus.FILLED, 100, 100)

    play(scenario)


def test_a_trade_by_hand_that_was_taken_for_an_order_s_is_put_right_by_a_person(play: Play) -> None:
    """The position is all that tells: it is said to be a judgement, and `order resolve --filled` corrects it."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await program.buy(200, kind="LMT", limit_price=D(95), tif="GTC")
        await asyncio.sleep(1)
        program.connection.renew("a comparison with the order there")
        await asyncio.sleep(10)
        await program.kill()
        world.sim.orders.end(_at_ib(world, record.ref), "Cancelled")
        world.sim.faults.manual_order("AAPL", "BUY", 200)
        world.sim.faults.pass_midnight()
        again = world.program()
        await again.start()
        assert again.orders.order(record.ref).filled == 200  # wrong, and nobody can know
        (told,) = world.told("order-judged")
        assert f"leanib order resolve {record.ref} --filled" in told
        done = await again.orders.resolve(record.ref, filled=D(0))
        assert (done.status, done.filled, done.remaining) == (OrderStatus.CANCELLED, 0, 0)
        assert again.journal.fills(record.ref) == []

    play(scenario)


@pytest.mark.parametrize("readable", [True, False])
def test_what_another_program_traded_on_an_earlier_day_is_no_fill_of_an_order(play: Play, readable: bool) -> None:
    """It stands in that program's journal; where nobody can read it the order is unknown, and told."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await program.buy(100, kind="LMT", limit_price=D(95), tif="GTC")
        await asyncio.sleep(1)
        program.connection.renew("a comparison with nothing held")
        await asyncio.sleep(15)
        await program.kill()
        await asyncio.sleep(3600)
        other = world.program(11)
        await other.start()
        await other.ready(within=30)
        await other.orders.wait((await other.buy(50)).ref, 30)
        await other.stop()
        world.sim.faults.reject_order(record.order_id, 10, "by hand", code=202, status="Cancelled")
        world.sim.faults.pass_midnight()
        if not readable:
            (world.folder / "orders-11.sqlite3").write_bytes(b"nothing like it")
        again = world.program()
        await again.start()
        held = again.orders.order(record.ref)
        if readable:
            assert (held.filled, held.status) == (0, OrderStatus.CANCELLED)
            assert world.told("order-judged")
        else:
            assert (held.filled, held.status) == (0, OrderStatus.UNKNOWN)
            assert world.told("order-unknown")
        assert not world.told("filled-while-away")

    play(scenario)


def test_what_ib_itself_told_is_nobody_s_to_correct(play: Play) -> None:
    """A person's word settles what nobody knows, and takes nothing back."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await program.buy(100)
        await asyncio.sleep(2)
        with pytest.raises(OrderRefused, match="as IB itself told"):
            await program.orders.resolve(record.ref, filled=D(0))

    play(scenario)
