"""A week in virtual time: nightly resets, restarts, a farm outage, a competing session, a Sunday login."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.faults.world import Services, World

from leanib.ib import OrderRefused, OrderStatus, QuoteStatus
from leanib.simulator.clock import to_us

MONDAY = datetime(2024, 3, 4, 14, 0, tzinfo=UTC)
SYMBOLS = ["AAPL", "MSFT", "EURUSD"]


@pytest.mark.slow
@pytest.mark.timeout(110)
def test_a_week_runs_through(play: Callable[..., World]) -> None:
    """After seven days every subscription is live, every fill is accounted for, and each trouble was told."""

    async def scenario(world: World) -> None:
        program = world.program(with_account=False)  # its profit would be told every second of the week
        await program.start()
        await program.quotes.subscribe(SYMBOLS)
        _schedule(world)
        for day in range(8):
            await _until(world, MONDAY + timedelta(days=day, hours=1))
            await _trade(program, day)
        await _until(world, MONDAY + timedelta(days=7, hours=3))
        assert {quote.symbol: quote.status for quote in program.quotes.quotes()} == dict.fromkeys(
            SYMBOLS, QuoteStatus.CURRENT
        )
        _check_books(world, program)
        assert world.told("login-needed")
        assert world.told("competing-session")
        assert world.told("gateway-back")

    play(scenario, start=MONDAY, tick_interval=30.0)


def _schedule(world: World) -> None:
    """What IBKR does to a Gateway in a week, on the simulator's clock (UTC; New York is five hours behind)."""
    faults = world.sim.faults
    for night in range(5):
        reset = MONDAY + timedelta(days=night + 1) - timedelta(hours=8, minutes=45)  # 00:15 in New York
        faults.at(reset, "lose_link")
        faults.at(reset + timedelta(minutes=2), "restore_link", data_lost=night % 2 == 0)
        faults.at(reset - timedelta(minutes=20), "restart", seconds=90.0)
    faults.at(MONDAY + timedelta(days=1, hours=2), "farm_down")
    faults.at(MONDAY + timedelta(days=1, hours=2, minutes=20), "farm_up")
    faults.at(MONDAY + timedelta(days=2, hours=2), "compete")
    faults.at(MONDAY + timedelta(days=2, hours=3), "stop_competing")
    faults.at(MONDAY + timedelta(days=3, hours=2), "kill_data")
    faults.at(MONDAY + timedelta(days=3, hours=2, minutes=30), "revive_data")
    sunday = MONDAY + timedelta(days=6) - timedelta(hours=8)  # 01:00 in New York
    faults.at(sunday, "require_login")
    faults.at(sunday + timedelta(hours=9), "acknowledge_login")


async def _until(world: World, moment: datetime) -> None:
    await asyncio.sleep((to_us(moment) - world.sim.clock.now_us()) / 1e6)


async def _trade(program: Services, day: int) -> None:
    """An order on each trading day; on the weekend it waits for Monday."""
    try:
        record = await program.buy(10 + day, symbol="AAPL", tif="GTC")
    except OrderRefused:
        assert day in (5, 6)  # Saturday and Sunday: the Gateway is away
        return
    if day not in (5, 6):
        assert (await program.orders.wait(record.ref, 30)).status is OrderStatus.FILLED


def _check_books(world: World, program: Services) -> None:
    booked = sum((fill.signed_quantity for fill in program.journal.fills()), Decimal(0))
    assert booked == world.position("AAPL") > 0
    assert all(record.status is OrderStatus.FILLED for record in program.journal.orders())
