"""Contracts are asked for once a connection, and orders in a burst do not wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.faults.world import Services, World, play

from leanib.ib import Change
from leanib.ib.errors import UnknownContract

__all__ = ["play"]

Play = Callable[..., World]
D = Decimal


async def _started(world: World) -> Services:
    world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=100_000, ask_size=100_000)
    program = world.program()
    await program.start()
    await program.ready(within=30)
    return program


def _asked(program: Services) -> list[Any]:
    """The contracts that IB is asked for over the present connection, from now on."""
    client = program.connection.client
    ask, asked = client.reqContractDetailsAsync, []

    def asking(contract: Any) -> Any:
        asked.append(contract)
        return ask(contract)

    client.reqContractDetailsAsync = asking  # type: ignore[method-assign]
    return asked


def test_a_burst_of_orders_asks_for_its_contract_once_and_is_paced_by_orders_alone(play: Play) -> None:
    """Eighty orders in two of IB's seconds: 45 messages a second, and not one of them about the contract again."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        asked, loop = _asked(program), asyncio.get_running_loop()
        began = loop.time()
        records = await asyncio.gather(*(program.buy(1, kind="LMT", limit_price=D(90)) for _ in range(80)))
        while len(world.orders_at_ib()) < 80 and loop.time() - began < 10:
            await asyncio.sleep(0.05)
        assert loop.time() - began < 2.5
        assert len(asked) == 1
        await asyncio.sleep(1)
        for record in records[:10]:
            await program.orders.modify(record.ref, Change(limit_price=D(91)))
        assert len(asked) == 2  # as the contract of an order

    play(scenario)


def test_another_connection_and_another_hour_ask_again(play: Play) -> None:
    """What was told of a contract may not hold any more."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        await program.buy(1)
        asked = _asked(program)
        await asyncio.sleep(1800)
        await program.buy(1)
        assert asked == []
        await asyncio.sleep(1900)
        await program.buy(1)
        assert len(asked) == 1
        program.connection.renew("another connection")
        await asyncio.sleep(1)
        await program.ready(within=30)
        asked = _asked(program)
        await program.buy(1)
        assert len(asked) == 1

    play(scenario)


def test_an_order_for_what_was_prepared_waits_for_no_details(play: Play) -> None:
    """Neither the first one, nor one in any later hour, nor one while the details are asked for again."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        asked = _asked(program)
        await program.orders.prepare("AAPL")
        assert len(asked) == 1
        for _ in range(8):
            for _ in range(4):
                await asyncio.sleep(300)
                await program.orders.prepare("AAPL")
            before = len(asked)
            await program.buy(1)
            assert len(asked) == before
        assert len(asked) == 4  # ahead of each hour's end, and not each time

    play(scenario)


def test_what_ib_does_not_know_is_asked_for_again(play: Play) -> None:
    """It may be a moment's trouble, and a sentence each time."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        asked = _asked(program)
        for times in (1, 2):
            with pytest.raises(UnknownContract):
                await program.buy(1, symbol="NOSUCHTHING")
            assert len(asked) == times

    play(scenario)
