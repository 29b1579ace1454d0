"""How soon the connection notices a loss and is back, on the real clock against the simulator.

python benchmarks/recovery.py
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from leanib.ib import IBConnectionManager, load_settings
from leanib.simulator.simulator import Simulator

ROUNDS = 5
AWAY = 3.0
HEALTH = {"health_interval": 2.0, "health_timeout": 1.0}


async def lost(manager: IBConnectionManager) -> float:
    """Seconds until the loss is noticed."""
    start = time.perf_counter()
    assert await manager.connection.wait_for(lambda state: not state.is_ready, 60)
    return time.perf_counter() - start


async def back(manager: IBConnectionManager) -> float:
    """Seconds until everything is reconciled."""
    start = time.perf_counter()
    assert await manager.connection.wait_for(lambda state: state.is_trading_ready, 60)
    return time.perf_counter() - start


async def measure(name: str, one: Callable[[], Awaitable[float]]) -> None:
    """Runs a measurement a few times and prints its range."""
    seconds = [await one() for _ in range(ROUNDS)]
    print(f"{name:48} {min(seconds):8.3f} {statistics.median(seconds):8.3f} {max(seconds):8.3f} s")


async def main() -> None:
    """Prints minimum, median and maximum of each."""
    with tempfile.TemporaryDirectory() as folder:
        async with Simulator() as sim:
            settings = load_settings("paper", Path(folder), host=sim.host, paper_port=sim.port)
            connection = settings.connection.model_copy(update=HEALTH)
            settings = settings.model_copy(update={"connection": connection})
            async with IBConnectionManager(settings) as manager:
                await measure_all(sim, manager)


async def measure_all(sim: Simulator, manager: IBConnectionManager) -> None:
    """The three losses and the return."""

    async def reset() -> float:
        sim.faults.reset()
        seconds = await lost(manager)
        await back(manager)
        return seconds

    async def silent() -> float:
        sim.faults.freeze()
        seconds = await lost(manager)
        sim.faults.thaw()
        await back(manager)
        return seconds

    async def restart() -> float:
        sim.faults.restart(seconds=AWAY)
        await lost(manager)
        await asyncio.sleep(AWAY)
        return await back(manager)

    await measure("dead socket noticed after", reset)
    await measure(f"silent link noticed after (health {HEALTH['health_interval']:g} + 1 s)", silent)
    await measure(f"reconciled after the Gateway's return ({AWAY:g} s away)", restart)


if __name__ == "__main__":
    asyncio.run(main())
