"""How soon a loss is noticed and how soon everything is back; the figures of docs/BENCHMARKS.md."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from tests.faults.world import World

Play = Callable[..., World]


@pytest.mark.parametrize("fault", ["reset", "disconnect"])
def test_dead_socket_is_noticed_within_a_second(play: Play, fault: str) -> None:
    """A socket that the Gateway closed or reset is noticed at once, not at the next health check."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        world.sim.faults.inject(fault)
        assert await program.lost(within=1.0) < 0.1
        await program.ready(within=5.0)

    play(scenario)


def test_silent_link_is_noticed_within_the_health_interval(play: Play) -> None:
    """A half-open socket is noticed by the health check: its interval and its deadline together at most."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        world.sim.faults.freeze()
        settings = world.settings().connection
        await program.lost(within=settings.health_interval + settings.health_timeout + 0.1)
        world.sim.faults.thaw()
        await program.ready(within=5.0)

    play(scenario)


@pytest.mark.parametrize("away", [1.0, 20.0, 600.0, 3600.0])
def test_service_is_back_within_five_seconds_of_the_gateway(play: Play, away: float) -> None:
    """However long the Gateway was away, everything is reconciled five seconds after it listens again."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        world.sim.faults.restart(seconds=away)
        await asyncio.sleep(away)
        await program.ready(within=5.0)

    play(scenario)


@pytest.mark.parametrize("waiting", [30.0, 3600.0])
def test_service_is_back_within_five_seconds_of_the_login(play: Play, waiting: float) -> None:
    """Once somebody confirms the login, everything is reconciled within five seconds."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        world.sim.faults.require_login()
        await asyncio.sleep(waiting)
        world.sim.faults.acknowledge_login()
        await program.ready(within=5.0)

    play(scenario)
