"""What others do on the account counts: beyond a limit nothing is sent that adds to it, and a person is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.faults.world import ACCOUNTS, Services, World, play

from leanib.ib import OrderRefused

__all__ = ["play"]

Play = Callable[..., World]
LIMITED = {"unlimited": True, "max_position_quantity": 300}


async def _started(world: World, client_id: int = 10, **overrides: Any) -> Services:
    world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=100_000, ask_size=100_000)
    program = world.program(client_id, risk=LIMITED, **overrides)
    await program.start()
    await program.ready(within=30)
    return program


@pytest.mark.parametrize("who", ["by hand", "another client", "by hand, working"])
def test_an_excess_that_others_cause_stops_what_adds_to_it_and_is_told(play: Play, who: str) -> None:
    """400 where 300 are allowed: buying is refused, told once; selling goes on."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        working = {"orderType": "LMT", "lmtPrice": "50", "tif": "GTC"} if "working" in who else {}
        if who == "another client":
            world.sim.faults.client_order(77, "AAPL", "BUY", 400)
        else:
            world.sim.faults.manual_order("AAPL", "BUY", 400, **working)
        await asyncio.sleep(2)
        for _ in range(3):
            with pytest.raises(OrderRefused, match="max_position_quantity"):
                await program.buy(1)
        (told,) = world.told("limit-exceeded")
        assert "AAPL is beyond max_position_quantity by what is held and what works already" in told
        await program.sell(10)
        await asyncio.sleep(2)
        assert world.position() == (-10 if working else 390)

    play(scenario)


def test_an_excess_of_another_account_of_the_login_is_not_this_one_s(play: Play) -> None:
    """Sub-accounts have limits of their own."""

    async def scenario(world: World) -> None:
        program = await _started(world, account=ACCOUNTS[0])
        world.sim.faults.manual_order("AAPL", "BUY", 400, account=ACCOUNTS[1])
        await asyncio.sleep(2)
        await program.buy(300)
        await asyncio.sleep(2)
        assert world.position() == 300
        assert not world.told("limit-exceeded")

    play(scenario, accounts=list(ACCOUNTS))


@pytest.mark.parametrize("shared", [True, False])
def test_programs_that_send_at_once_find_the_room_once(play: Play, shared: bool) -> None:
    """Three programs, each with an order that would fit alone, in the same moment: one is sent."""

    async def scenario(world: World) -> None:
        names = ["orders"] * 3 if shared else ["a", "b", "c"]
        programs = [await _started(world, 10 + n, journal=name) for n, name in enumerate(names)]
        outcomes = await asyncio.gather(*(one.buy(200) for one in programs), return_exceptions=True)
        await asyncio.sleep(2)
        assert sum(isinstance(one, OrderRefused) for one in outcomes) == 2
        assert world.position() == 200

    play(scenario)


def test_positions_that_come_before_the_list_of_orders_are_asked_for_again(play: Play) -> None:
    """An order by hand fills after the positions were told and before the orders are listed: it is in neither."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        world.sim.faults.manual_order("AAPL", "BUY", 300, orderType="LMT", lmtPrice="50", tif="GTC")
        await asyncio.sleep(2)
        client, asked = program.connection.client, []
        positions = client.reqPositionsAsync

        def list_later() -> Any:
            answer = client.wrapper.startReq("openOrders")
            asyncio.get_running_loop().call_later(2, client.client.reqAllOpenOrders)
            return answer

        def list_positions() -> Any:
            asked.append(True)
            return positions()

        client.reqAllOpenOrdersAsync, client.reqPositionsAsync = list_later, list_positions  # type: ignore[method-assign]
        buying = asyncio.create_task(program.buy(1))
        await asyncio.sleep(1)
        world.sim.market.set_quote("AAPL", bid=48, ask=49, bid_size=100_000, ask_size=100_000)
        with pytest.raises(OrderRefused, match="max_position_quantity"):
            await buying
        assert (world.position(), len(asked)) == (300, 2)

    play(scenario)


def test_a_position_that_is_told_while_it_is_asked_for_counts_once(play: Play) -> None:
    """Counted twice, what is held would let a sale through that opens more than is allowed."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        await program.buy(300)
        await asyncio.sleep(2)
        client = program.connection.client
        positions, (held,) = client.reqPositionsAsync, client.positions()

        def told_meanwhile() -> Any:
            answer = positions()
            client.wrapper.position(held.account, held.contract, held.position, held.avgCost)
            return answer

        client.reqPositionsAsync = told_meanwhile  # type: ignore[method-assign]
        with pytest.raises(OrderRefused, match="max_position_quantity"):
            await program.sell(601)
        await program.sell(600)
        await asyncio.sleep(2)
        assert world.position() == -300

    play(scenario)
