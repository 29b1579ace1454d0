"""Told to stop, a program stops: within seconds, whoever says it and whatever it is waiting for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.faults import schedules
from tests.faults.schedules import Step
from tests.faults.world import World, play

from leanib.ib import load_settings
from leanib.ib.connection import IBConnection
from leanib.simulator.testing import background_simulator

__all__ = ["background_simulator", "play"]

Play = Callable[..., World]
SOON = timedelta(seconds=30)


def test_a_cut_answer_and_a_kill_in_the_same_moment_end_the_owner(play: Play) -> None:
    """A request that fails in the very tick in which it is cancelled does not dial again."""
    schedule = [
        Step(40.0, "cut_after", (("bytes_sent", 388),)),
        Step(0.05, "disconnect"),
        Step(0.001, "kill"),
    ]
    play(lambda world: schedules.play(world, schedule))


@pytest.mark.parametrize("bytes_sent", range(300, 480, 12))
def test_a_stop_at_any_byte_of_an_answer_ends_it(play: Play, bytes_sent: int) -> None:
    """After stop() has returned nothing of the program is left, and nobody logs in again."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        await program.ready(within=30)
        world.sim.faults.inject("cut_after", bytes_sent=bytes_sent)
        world.sim.faults.inject("disconnect")
        await asyncio.sleep(0.05)
        async with asyncio.timeout(SOON.total_seconds()):
            await program.stop()
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert not {name for name in names if name.startswith("ib-")}
        before = len(world.sim.gateway.sessions)
        await asyncio.sleep(300)
        assert len(world.sim.gateway.sessions) <= before

    play(scenario)


def test_stopping_twice_and_at_once_ends_once(play: Play) -> None:
    """Two stops at the same time, and one more later, return."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        async with asyncio.timeout(SOON.total_seconds()):
            await asyncio.gather(program.connection.stop(), program.connection.stop())
            await program.connection.stop()

    play(scenario)


def test_a_listener_may_stop_the_connection(play: Play) -> None:
    """From inside a callback of the connection itself."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        await program.ready(within=30)
        stopping: list[asyncio.Task[None]] = []
        program.orders.changed.connect(lambda _: stopping.append(asyncio.create_task(program.connection.stop())))
        world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=100, ask_size=100)
        await program.buy(1)
        await asyncio.sleep(5)
        assert stopping
        async with asyncio.timeout(SOON.total_seconds()):
            await asyncio.gather(*stopping)
        assert not program.connection.state.is_ready

    play(scenario)


def test_stopping_while_it_dials_for_the_first_time_ends_it(play: Play) -> None:
    """The Gateway takes the call and never answers; the start says that it was stopped."""

    async def scenario(world: World) -> None:
        world.sim.faults.inject("never_answer_login")
        program = world.program()
        starting = asyncio.create_task(program.connection.start(tries=None))
        await asyncio.sleep(0.5)
        async with asyncio.timeout(SOON.total_seconds()):
            await program.connection.stop()
            await asyncio.gather(starting, return_exceptions=True)
        assert starting.done()

    play(scenario)


async def test_another_thread_may_stop_the_connection(background_simulator: Any, tmp_path: Path) -> None:
    """By run_coroutine_threadsafe, while the loop's own thread goes on."""
    sim, loop = background_simulator, asyncio.get_running_loop()
    settings = load_settings("paper", tmp_path, host=sim.host, paper_port=sim.port)
    connection = IBConnection(settings, client_id=10)
    await connection.start(tries=1)
    stopping = asyncio.to_thread(lambda: asyncio.run_coroutine_threadsafe(connection.stop(), loop).result(15))
    async with asyncio.timeout(20):
        await stopping
    assert not connection.state.is_ready
