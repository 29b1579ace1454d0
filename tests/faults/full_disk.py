"""Scenarios on a disk that is really full: `python -m tests.faults.full_disk SCENARIO KIND`, tmpfs or RLIMIT_FSIZE.

A process of their own: a limit on the size of files is one of the process, its standard output included.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.faults.smalldisk import SmallDisk
from tests.faults.world import ACCOUNTS, TRADING_HOURS, Services, World, play_in

from leanib.ib import LoopClock, OrderRefused, OrderStatus, Severity
from leanib.ib.errors import JournalError
from leanib.ib.logs import close_logging, connection_log
from leanib.ib.redaction import Redactor
from leanib.simulator.virtual_time import VirtualTimeLoop

D = Decimal
Scenario = Callable[[World, SmallDisk], Any]


def _play(disk: SmallDisk, scenario: Scenario) -> World:
    folder = disk.path / "project"
    folder.mkdir()
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(
            play_in(lambda world: scenario(world, disk), TRADING_HOURS, folder, {"accounts": list(ACCOUNTS)})
        )


async def _started(world: World) -> Services:
    world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=100_000, ask_size=100_000)
    program = world.program(account=ACCOUNTS[0], risk={"unlimited": True, "max_position_quantity": 10_000})
    await program.start()
    await program.ready(within=30)
    return program


def _living(world: World) -> list[Any]:
    return [order for order in world.sim.orders.orders.values() if not order.done]


def fills_and_cancels(disk: SmallDisk) -> None:
    """Nothing can be written: the state is not ready, a person is told, cancel and cancel_all go out at once."""

    async def scenario(world: World, disk: SmallDisk) -> None:
        program = await _started(world)
        log = connection_log(world.folder / "logs" / "ib.log", Redactor(()), LoopClock(TRADING_HOURS, _loop()))
        try:
            terms = {"kind": "LMT", "tif": "GTC"}
            filled, one, *_ = [await program.buy(100, limit_price=D(90 - n), **terms) for n in range(6)]
            await asyncio.sleep(2)
            disk.fill()
            for _ in range(200):  # what room is left inside of the files' last blocks is used up
                world.sim.faults.change_order(one.order_id, 10, lmtPrice=89 - _ % 2)
                await asyncio.sleep(0.05)
                if program.connection.state.journal_behind:
                    break
            assert not program.connection.state.is_trading_ready
            assert [a.severity for a in world.alerts if a.key == "journal-behind"] == [Severity.CRITICAL]
            world.sim.faults.fill_order(filled.order_id, 10)
            await asyncio.sleep(30)
            with pytest.raises(OrderRefused, match="journal cannot be written"):
                await program.buy(1)
            program.orders.cancel(one.ref)
            await asyncio.sleep(2)
            assert len(_living(world)) == 4
            assert len(program.orders.cancel_all()) >= 4
            await asyncio.sleep(2)
            assert _living(world) == []
            disk.free()
            await asyncio.sleep(5)
            assert program.connection.state.is_trading_ready
            assert world.told("journal-complete")
            statuses = [record.status for record in program.journal.orders()]
            assert statuses == [OrderStatus.FILLED] + [OrderStatus.CANCELLED] * 5
            assert sum(fill.signed_quantity for fill in program.journal.fills()) == 100 == world.position()
        finally:
            disk.free()
            close_logging(log)

    _play(disk, scenario)


def killed(disk: SmallDisk) -> None:
    """What waited in memory is gone with it: IB is asked; until there is room it says why it does not start."""

    async def scenario(world: World, disk: SmallDisk) -> None:
        program = await _started(world)
        record = await program.buy(100, kind="LMT", limit_price=D(90), tif="GTC")
        await asyncio.sleep(2)
        disk.fill()
        world.sim.faults.fill_order(record.order_id, 10)
        await asyncio.sleep(5)
        await program.kill()
        settings = {"account": ACCOUNTS[0], "risk": {"unlimited": True}}
        try:
            again = world.program(**settings)
        except JournalError as refused:
            disk.free()
            print(f"it does not start: {refused}")
            again = world.program(**settings)
        starting = asyncio.create_task(again.start())
        await asyncio.sleep(20)
        disk.free()
        await again.ready(within=600)
        await starting
        done = again.orders.order(record.ref)
        assert (done.status, done.filled) == (OrderStatus.FILLED, 100)
        assert again.connection.state.is_trading_ready

    _play(disk, scenario)


def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


SCENARIOS = {"fills_and_cancels": fills_and_cancels, "killed": killed}

if __name__ == "__main__":
    with SmallDisk(may_mount=sys.argv[2] == "tmpfs") as small:
        print(f"the disk that is filled: {small.kind}")
        SCENARIOS[sys.argv[1]](small)
