"""Exercises of options: journal, limits, what IB says, and what becomes of them over a kill."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.faults.world import World, play

from leanib.errors import UsageError
from leanib.ib import Change, OrderRefused, OrderRequest, OrderStatus
from leanib.ib.combos import leg_reference
from leanib.ib.exercises import EXERCISE
from leanib.ib.references import new_reference

__all__ = ["play"]

Play = Callable[..., World]
D = Decimal


def call_of(world: World, quantity: int = 3) -> Any:
    """A call on AAPL that is deep in the money, and held."""
    directory = world.sim.market.directory
    share = directory.named("AAPL")
    item = next(one for one in directory.chain(share) if one.right == "C" and one.strike < 150)
    world.sim.market.set_quote(item, bid="60", ask="60.10")
    world.sim.accounts.set_position(world.sim.accounts.default, item, quantity, 6000)
    return item


def exercise(item: Any, quantity: int = 2, **fields: Any) -> OrderRequest:
    """Of so many of them."""
    name = f"AAPL:OPT:{item.expiry}:{item.right}:{item.strike:f}"
    return OrderRequest(name, "SELL", D(quantity), EXERCISE, **fields)


def instructions(world: World) -> list[Any]:
    """What IB was told to exercise."""
    return [order for order in world.sim.orders.orders.values() if order.exercise]


def test_it_takes_the_options_and_brings_the_shares(play: Play) -> None:
    """The order is what it took; what came has a reference of its own, and neither cost anything."""

    async def scenario(world: World) -> None:
        item = call_of(world)
        program = await world.started()
        record = await program.orders.place(exercise(item))
        await asyncio.sleep(5)
        done = program.orders.order(record.ref)
        assert (done.status, done.filled, done.average_price) == (OrderStatus.FILLED, 2, 0)
        journal = program.orders.journal
        (gone,), (came,) = journal.fills(record.ref), journal.fills(leg_reference(record.ref, 1))
        assert (gone.signed_quantity, gone.price, gone.commission) == (-2, 0, 0)
        assert (came.signed_quantity, came.price, came.commission) == (200, item.strike, 0)
        assert (world.position(), len(instructions(world))) == (200, 1)
        assert world.alerts == []
        with pytest.raises(OrderRefused, match=r"1 of AAPL.* are held and not exercised yet, and 2"):
            await program.orders.place(exercise(item))

    play(scenario)


def test_limits_count_the_options_and_what_comes(play: Play) -> None:
    """Shares at the worse of strike and market; while it works nothing else has their room, over a restart too."""

    async def scenario(world: World) -> None:
        item = call_of(world)
        world.sim.gateway.exercises.delay = 3600.0
        program = await world.started(risk={"max_position_quantity": 250, "unlimited": True})
        with pytest.raises(OrderRefused, match="300 long, more than 250"):
            await program.orders.place(exercise(item, 3))
        await program.orders.place(exercise(item, 2))
        with pytest.raises(OrderRefused, match="300 long, more than 250"):
            await program.buy(100)
        await program.buy(50)
        await program.stop()
        again = await world.started(risk={"max_position_quantity": 250, "unlimited": True})
        with pytest.raises(OrderRefused, match="350 long, more than 250"):
            await again.buy(100)

    play(scenario)


def test_what_ib_ignores_is_rejected_and_what_it_gives_up_is_cancelled(play: Play) -> None:
    """In IB's words; an exercise is not changed."""

    async def scenario(world: World) -> None:
        directory = world.sim.market.directory
        item = [one for one in directory.chain(directory.named("AAPL")) if one.right == "C"][-1]
        world.sim.market.set_quote(item, bid="0.10", ask="0.15")
        world.sim.accounts.set_position(world.sim.accounts.default, item, 3, 10)
        world.sim.gateway.exercises.delay = 3600.0
        program = await world.started()
        record = await program.orders.place(exercise(item))
        await asyncio.sleep(3)
        refused = program.orders.order(record.ref)
        assert refused.status is OrderStatus.REJECTED
        assert refused.message.endswith("Exercise ignored because option is not in-the-money.")
        other = await program.orders.place(exercise(item, override=True))
        await asyncio.sleep(3)
        assert program.orders.order(other.ref).status is OrderStatus.SUBMITTED
        with pytest.raises(OrderRefused, match="an exercise is not changed"):
            await program.orders.modify(other.ref, Change(quantity=D(1)))
        program.orders.cancel_everything()
        await asyncio.sleep(3)
        assert program.orders.order(other.ref).status is OrderStatus.CANCELLED
        assert world.position() == 0

    play(scenario)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_kill_between_journal_and_wire_never_sends_it_twice(play: Play, arrived: bool) -> None:
    """It is unknown until executions or the position tell, and waits for a person or a day where they do not."""

    async def scenario(world: World) -> None:
        item = call_of(world)
        world.sim.gateway.exercises.delay = 120.0
        program = await world.started()
        ref = new_reference()
        if not arrived:
            program.connection.client.client.exerciseOptions = lambda *_: None
        await program.orders.place(exercise(item), ref=ref)
        await program.kill()
        again = await world.started()
        await asyncio.sleep(60)
        record = again.orders.order(ref)
        assert record.status is (OrderStatus.SUBMITTED if arrived else OrderStatus.UNKNOWN)
        with pytest.raises(OrderRefused, match=r"1 of AAPL.* are held and not exercised yet"):
            await again.orders.place(exercise(item))
        with pytest.raises(OrderRefused, match="has an order"):
            await again.orders.place(exercise(item), ref=ref)
        await asyncio.sleep(180)
        assert len(instructions(world)) == int(arrived)
        if arrived:
            assert again.orders.order(ref).status is OrderStatus.FILLED
            return
        with pytest.raises(OrderRefused, match="look it up in TWS"):
            await again.orders.resolve(ref)
        account, share = world.sim.accounts.default, world.sim.market.instrument("AAPL")
        for one, signed, price in ((item, D(-2), D(0)), (share, D(200), item.strike)):  # it had arrived after all
            world.sim.accounts.ledgers[account].fill(one, signed, price, D(0))
            world.sim.accounts.notify(account, one)
        await again.stop()
        third = await world.started()
        await asyncio.sleep(5)
        settled = third.orders.order(ref)
        assert (settled.status, settled.filled) == (OrderStatus.FILLED, 2)

    play(scenario)


def test_one_that_nobody_knows_of_is_over_after_a_day(play: Play) -> None:
    """The options are there, IB lists nothing and the Gateway has restarted: it never arrived."""

    async def scenario(world: World) -> None:
        item = call_of(world)
        program = await world.started(orders={"restart_gate": 0})
        program.connection.client.client.exerciseOptions = lambda *_: None
        record = await program.orders.place(exercise(item))
        await program.kill()
        await asyncio.sleep(timedelta(days=1, minutes=1).total_seconds())
        again = await world.started(orders={"restart_gate": 0})
        await asyncio.sleep(30)
        assert again.orders.order(record.ref).status is OrderStatus.REJECTED
        assert not instructions(world)

    play(scenario)


def test_what_is_no_exercise_is_refused() -> None:
    """Before anything is asked."""
    whole: dict[str, Any] = {"symbol": "AAPL:OPT:20270115:C:150", "side": "SELL", "quantity": D(1), "kind": EXERCISE}
    for fields in ({"side": "BUY"}, {"limit_price": D(1)}, {"tif": "GTC"}, {"take_profit": D(1)}):
        with pytest.raises(UsageError, match="an exercise sells what is held"):
            OrderRequest(**whole | fields)
