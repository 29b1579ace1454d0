"""No client slows another: neither by not reading nor by asking for much."""

from __future__ import annotations

import asyncio
import socket

import pytest
from raw import Raw

from leanib.simulator import Simulator, session
from leanib.simulator.chores import Chores

STOCK = (0, "SPY", "STK", "", 0.0, "", "", "SMART", "", "USD", "", "")


async def test_clients_that_never_read_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight ask for 200 histories each and read nothing: a ninth waits for a few small pieces of work at most."""
    turns = 0
    turn = Chores._turn

    def counted(self: Chores) -> None:
        nonlocal turns
        turns += 1
        turn(self)

    monkeypatch.setattr(Chores, "_turn", counted)
    async with Simulator(pacing=False, always_open=True) as sim:
        greedy = [await Raw.login(sim, n) for n in range(8)]
        for raw in greedy:
            for n in range(200):
                raw.send(20, n, *STOCK, 0, "", "1 min", "5 D", 1, "TRADES", 0, 0, "")
        other = await Raw.login(sim, 99)
        waited = []
        for _ in range(15):
            before = turns
            other.send(49, 1)
            await other.until(49)
            waited.append(turns - before)
        assert sim.gateway.chores.busy
        assert 0 < max(waited) < 10


async def test_for_a_client_that_does_not_read_nothing_more_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its requests wait, unread; when it reads, it gets every answer."""
    monkeypatch.setattr(session, "SLOW_BYTES", 1 << 14)
    async with Simulator(pacing=False, always_open=True) as sim:
        raw = await Raw.login(sim)
        (client,) = sim.clients
        assert client.transport is not None
        for transport, buffer in ((client.transport, socket.SO_SNDBUF), (raw.writer.transport, socket.SO_RCVBUF)):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, buffer, 1 << 13)
        for n in range(40):
            raw.send(20, n, *STOCK, 0, "", "1 day", "1 Y", 1, "TRADES", 1, 0, "")
        still = 0
        for _ in range(1000):
            before = client.sent
            await asyncio.sleep(0.02)
            still = still + 1 if client.slow and client.sent == before else 0
            if still == 20:
                break
        assert client.slow
        assert client.sent < 40
        seen = [int((await raw.until(17))[1]) for _ in range(40)]
        assert seen == list(range(40))


async def test_a_client_that_reads_late_gets_everything() -> None:
    """What waited is made when it reads: every history, in one piece each."""
    async with Simulator(pacing=False, always_open=True) as sim:
        raw = await Raw.login(sim)
        for n in range(15):
            raw.send(20, n, *STOCK, 0, "", "1 min", "5 D", 1, "TRADES", 0, 0, "")
        await asyncio.sleep(0.3)
        seen = [await raw.until(17) for _ in range(15)]
        assert [int(fields[1]) for fields in seen] == list(range(15))
        assert all(len(fields) == 5 + 8 * int(fields[4]) for fields in seen)


async def test_a_long_history_lets_others_in() -> None:
    """Thousands of bars for one client; another is answered meanwhile."""
    async with Simulator(pacing=False, always_open=True) as sim:
        raw, other = await Raw.login(sim), await Raw.login(sim, 2)
        raw.send(20, 1, *STOCK, 0, "", "1 min", "1 M", 1, "TRADES", 1, 0, "")
        other.send(49, 1)
        await other.until(49)
        assert sim.gateway.chores.busy
        while (fields := await raw.fields(timeout=60))[0] != "17":
            pass
        assert int(fields[4]) > 6000
