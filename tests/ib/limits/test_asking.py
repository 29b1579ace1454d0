"""What is asked of IB before an order comes counts only where nothing has happened since."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.faults.world import Services, World, play

from leanib.ib import OrderRefused
from leanib.ib.limits import asking

__all__ = ["play"]

Play = Callable[..., World]
LIMITED = {"unlimited": True, "max_position_quantity": 300}


async def _started(world: World, client_id: int = 10) -> Services:
    world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=100_000, ask_size=100_000)
    program = world.program(client_id, risk=LIMITED)
    await program.start()
    await program.ready(within=30)
    return program


def _counted(program: Services) -> list[str]:
    """How often each question goes out from now on."""
    client, asked = program.connection.client, []

    def counting(name: str) -> None:
        method = getattr(client, name)

        def counted() -> Any:
            asked.append(name)
            return method()

        setattr(client, name, counted)

    counting("reqAllOpenOrdersAsync")
    counting("reqPositionsAsync")
    return asked


def test_an_order_that_was_expected_asks_nothing_more(play: Play) -> None:
    """The answers came while it was on its way; the next order asks for itself."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        asked = _counted(program)
        program.orders.expect()
        await asyncio.sleep(0.1)
        await program.buy(1)
        assert asked == ["reqAllOpenOrdersAsync", "reqPositionsAsync"]
        await asyncio.sleep(2)
        await program.buy(1)
        assert len(asked) == 4

    play(scenario)


async def _another_program(world: World, program: Services) -> None:
    other = await _started(world, 11)
    program.orders.expect()
    await asyncio.sleep(0.1)
    await other.buy(300)


async def _by_hand(world: World, program: Services) -> None:
    program.orders.expect()
    await asyncio.sleep(0.1)
    world.sim.faults.manual_order("AAPL", "BUY", 300)


async def _itself(world: World, program: Services) -> None:
    world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=100_000, ask_size=100_000)
    resting = await program.buy(300, kind="LMT", limit_price=50)
    await asyncio.sleep(2)
    program.orders.expect()
    await asyncio.sleep(0.1)
    world.sim.market.set_quote("AAPL", bid=48, ask=49, bid_size=100_000, ask_size=100_000)
    await program.orders.wait(resting.ref, 10)


@pytest.mark.parametrize("happens", [_another_program, _by_hand, _itself])
def test_what_happens_in_between_has_it_asked_again(
    play: Play, monkeypatch: pytest.MonkeyPatch, happens: Callable[[World, Services], Any]
) -> None:
    """Another program's order, one by hand, one of its own that filled: 300 are held by now, and 1 more is too much."""
    monkeypatch.setattr(asking, "_FRESH", 3600.0)

    async def scenario(world: World) -> None:
        program = await _started(world)
        asked = _counted(program)
        await happens(world, program)
        await asyncio.sleep(2)
        before = len(asked)
        with pytest.raises(OrderRefused, match="max_position_quantity"):
            await program.buy(1)
        assert (world.position(), len(asked)) == (300, before + 2)

    play(scenario)


def test_another_program_s_reservation_has_it_asked_again(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it wrote: an order that it has given up since may have filled before."""
    monkeypatch.setattr(asking, "_FRESH", 3600.0)

    async def scenario(world: World) -> None:
        program, other = await _started(world), await _started(world, 11)
        asked = _counted(program)
        program.orders.expect()
        await asyncio.sleep(0.1)
        resting = await other.buy(10, kind="LMT", limit_price=50)
        await program.buy(1)
        assert len(asked) == 4
        await asyncio.sleep(2)
        program.orders.expect()
        await asyncio.sleep(0.1)
        other.orders.cancel(resting.ref)
        await other.orders.wait(resting.ref, 30)
        await asyncio.sleep(1)
        await program.buy(1)
        assert len(asked) == 8

    play(scenario)


def test_an_answer_of_a_while_ago_is_asked_for_again(play: Play) -> None:
    """A working order by hand is told to nobody: what was asked long before it came does not count."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        program.orders.expect()
        await asyncio.sleep(0.1)
        world.sim.faults.manual_order("AAPL", "BUY", 300, orderType="LMT", lmtPrice="50", tif="GTC")
        await asyncio.sleep(0.3)
        with pytest.raises(OrderRefused, match="max_position_quantity"):
            await program.buy(1)

    play(scenario)


def test_an_order_that_was_expected_over_a_connection_that_is_lost_asks_the_new_one(play: Play) -> None:
    """And nothing is raised where there is no connection, or an order is expected and never comes."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        program.orders.expect()
        program.connection.renew("tried")
        await asyncio.sleep(0.05)
        program.orders.expect()
        await program.ready(within=30)
        await program.buy(300)
        await asyncio.sleep(2)
        with pytest.raises(OrderRefused, match="max_position_quantity"):
            await program.buy(1)

    play(scenario)
