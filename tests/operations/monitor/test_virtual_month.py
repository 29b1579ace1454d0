"""A month of nights in virtual time, drawn by a seed: whatever comes, the invariants of the world hold."""

from __future__ import annotations

import os
import random
import time
from datetime import datetime, timedelta

import pytest
from tests.operations.monitor.world import MARKET, NEW_YORK, Gateway, World, new_york

from leanib.operations.monitor import Do

SEEDS = int(os.environ.get("LEANIB_MONTHS", "2"))
"""How many months."""


def month(seed: int, mode: str, days: int) -> World:
    """Every night the Gateway's restart and IBKR's reset; Sundays a login (live); now and then something bad."""
    draw = random.Random(seed)
    world = World(new_york("2026-11-02 08:00"), mode, reconnects=draw.random() < 0.3)
    world.confirms = lambda asked: 7 <= asked.astimezone(NEW_YORK).hour < 23
    for number in range(days):
        night = world.now.astimezone(NEW_YORK).replace(hour=0, minute=0) + timedelta(days=number)
        world.at(night.replace(hour=23, minute=55), world.restart_gateway_softly)
        reset = night.replace(hour=0, minute=draw.randint(16, 40))
        world.at(reset, lambda: setattr(world.gateway, "link_lost", True))
        world.at(reset + timedelta(minutes=draw.randint(1, 60)), lambda: setattr(world.gateway, "link_lost", False))
        if mode == "live" and night.weekday() == 6:
            world.at(night.replace(hour=1), world.needs_login)
        if draw.random() < 0.4:
            moment = night + timedelta(minutes=draw.randint(0, 24 * 60 - 1))
            world.at(moment, draw.choice(misfortunes(world, moment, draw)))
        world.at(night.replace(hour=8, minute=45), lambda: person(world))
    world.run(world.now + timedelta(days=days), 60)
    return world


def misfortunes(world: World, moment: datetime, draw: random.Random) -> list:
    """What may happen on a day."""

    def cut() -> None:
        world.gateway.on_network = False
        world.at(moment + timedelta(minutes=draw.randint(1, 60)), lambda: setattr(world.gateway, "on_network", True))

    def wedge() -> None:
        world.gateway.wedged = True

    def hang() -> None:
        world.lean.hangs_since = world.now

    def elsewhere() -> None:
        if world.gateway.running:
            world.gateway.hint, world.gateway.logged_in_at = "existing-session", None

    return [world.kill_gateway, world.kill_lean, cut, wedge, hang, elsewhere]


def person(world: World) -> None:
    """In the morning somebody looks and starts what is held."""
    if world.supervisor.state.phase == "held":
        world.gateway = Gateway(started_at=world.now, logged_in_at=world.now)
        world.lean.running = False
        world._books_since_end = 2
        world._redeploy()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", ["paper", "live"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_month_of_nights_ends_well_and_in_time(seed, mode):
    """Most of the market's time is traded, no order is sent twice, logins stay few, and a month takes seconds."""
    began = time.monotonic()
    world = month(seed, mode, 30)
    seconds = time.monotonic() - began
    assert seconds < 120
    assert world.sent == 1
    assert world.count(Do.REDEPLOY) <= 3 * 30
    logins = world.count(Do.START_GATEWAY) + world.count(Do.RESTART_GATEWAY)
    assert logins <= 40
    world.run(world.now + timedelta(hours=30), 60)
    state = world.supervisor.state
    assert world.is_trading() or state.phase == "held" or state.conditions, state
    print(f"{mode} {seed}: {seconds:.1f} s, {world.count(Do.REDEPLOY)} redeployments, {logins} logins")


def test_the_market_knows_holidays_and_half_days():
    """Thanksgiving, the half day after it, a weekend, a day on which clocks change."""
    assert not MARKET.is_open(new_york("2026-11-26 12:00"))
    assert MARKET.is_open(new_york("2026-11-27 12:59"))
    assert not MARKET.is_open(new_york("2026-11-27 13:00"))
    assert MARKET.next_open(new_york("2026-11-27 13:00")) == new_york("2026-11-30 09:30")
    assert MARKET.next_open(new_york("2027-03-12 17:00")) == new_york("2027-03-15 09:30")
