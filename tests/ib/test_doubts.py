"""How often IB is asked when what it tells does not fit together."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from leanib.ib.orders.doubts import Doubts
from leanib.simulator.virtual_time import VirtualTimeLoop


def test_a_gateway_that_contradicts_itself_for_ever_is_asked_once_a_minute() -> None:
    """Within seconds at first; an answer that raises the same doubt again is asked about at the slow pace."""
    asked: list[float] = []

    async def scenario() -> None:
        connection: Any = SimpleNamespace(
            state=SimpleNamespace(is_ready=True), log=SimpleNamespace(info=lambda *_, **__: None)
        )

        async def ask() -> None:
            asked.append(asyncio.get_running_loop().time())
            doubts.raise_about("order", "cancelled, and it lives")

        doubts = Doubts(connection, ask)
        doubts.raise_about("order", "cancelled, and it lives")
        await asyncio.sleep(600)
        doubts.cancel()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(scenario())
    assert [round(moment, 1) for moment in asked[:4]] == [1.5, 6.5, 21.5, 81.5]
    assert len(asked) == 12
