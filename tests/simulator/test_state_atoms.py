"""The state file holds whole events: wherever it ends, the books agree with the orders and the executions."""

from __future__ import annotations

import asyncio
import errno
import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from raw import Raw, place_order
from test_books import audit, check

from leanib.errors import ConfigurationError
from leanib.simulator import Simulator, VirtualClock, state
from leanib.simulator.gateway import Gateway
from leanib.simulator.session import Session

MORNING = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)
OPTION = (0, "SPY", "OPT", "20240119", 470.0, "C", "100", "SMART", "", "USD", "", "")


def make(path: Path) -> Simulator:
    """A simulator in virtual time with this state file."""
    return Simulator(clock=VirtualClock(MORNING), state=path, seed=3)


def agree(gateway: Gateway) -> None:
    """Books against executions, orders against executions, each in full."""
    check(gateway)
    audit(gateway)
    charged: dict[int, Decimal] = defaultdict(Decimal)
    for one in gateway.desk.blotter.executions.values():
        charged[one.perm_id] += one.commission
    for order in gateway.desk.orders.values():
        assert order.commission == charged[order.perm_id]
        assert order.perm_id <= gateway.desk.next_perm
        assert order.order_id <= gateway.desk.highest_ids.get(order.client_id, 0)


async def trade(sim: Simulator, events: int) -> None:
    """Orders of several kinds, partial fills, brackets, changes and cancellations."""
    pick = random.Random(5)
    raw = await Raw.login(sim)
    for n in range(events):
        level = 100 + Decimal(pick.randint(-20, 20)) / 100
        sim.market.set_quote("AAPL", level, level + Decimal("0.02"), level, bid_size=30, ask_size=30)
        kind = pick.choice(("MKT", "LMT", "TRAIL", "STP"))
        side = pick.choice(("BUY", "SELL"))
        if n % 7 == 3:
            raw.send(*place_order(n + 1, side, pick.randint(1, 3), "MKT", stock=OPTION))
        else:
            aux = {"TRAIL": "0.1", "STP": str(level)}.get(kind, "")
            limit = str(level) if kind == "LMT" else ""
            raw.send(*place_order(n + 1, side, pick.randint(1, 90), kind, limit, aux))
        await raw.pending()


async def restored(path: Path) -> None:
    """Start from the file and look."""
    async with make(path) as sim:
        agree(sim.gateway)


@pytest.mark.parametrize("places", [25, pytest.param(500, marks=pytest.mark.slow)])
async def test_wherever_the_file_is_cut_the_books_agree(tmp_path: Path, places: int) -> None:
    """At random places; a cut in the very first line is told and nothing is invented."""
    path, copy = tmp_path / "state.jsonl", tmp_path / "copy.jsonl"
    async with make(path) as sim:
        await trade(sim, 60)
    data = path.read_bytes()
    assert len(data) > 100_000
    first = data.index(b"\n") + 1
    pick = random.Random(1)
    for end in [*(pick.randint(first, len(data)) for _ in range(places)), len(data)]:
        copy.write_bytes(data[:end])
        await restored(copy)
    copy.write_bytes(data[: first // 2])
    with pytest.raises(ConfigurationError, match="line 1 is not a state"):
        make(copy).journal.open()  # type: ignore[union-attr]


async def test_at_every_write_the_file_agrees_and_nothing_was_told_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the process died before each write: the books agree, and no client knows of an execution that is lost."""
    path, copy = tmp_path / "state.jsonl", tmp_path / "copy.jsonl"
    moments: list[bytes] = []
    sim = make(path)
    write, flush = os.write, Session.flush

    def watched(file: int, data: bytes) -> int:
        moments.append(path.read_bytes())
        return write(file, data)

    def flushed(session: Session) -> None:
        flush(session)
        assert sim.journal is not None
        assert not sim.journal.behind

    async with sim:
        monkeypatch.setattr(state.os, "write", watched)
        monkeypatch.setattr(Session, "flush", flushed)
        await trade(sim, 25)
    monkeypatch.undo()
    assert len(moments) > 25
    for content in moments:
        copy.write_bytes(content)
        await restored(copy)


async def test_a_full_disk_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients go on; the terminal says so once; when there is room again everything is in the file."""
    path, copy = tmp_path / "state.jsonl", tmp_path / "copy.jsonl"
    full = False
    write = os.write

    def limited(file: int, data: bytes) -> int:
        if not full:
            return write(file, data)
        if len(data) > 10:
            return write(file, data[:10])  # what still fits
        raise OSError(errno.ENOSPC, "No space left on device")

    sim = make(path)
    async with sim:
        monkeypatch.setattr(state.os, "write", limited)
        await trade(sim, 5)
        full = True
        await trade_on(sim, 100)
        copy.write_bytes(path.read_bytes())
        notes = [note for note in sim.gateway.notes if "cannot be written" in note]
        assert len(notes) == 1
        assert "No space left on device" in notes[0]
        full = False
        await trade_on(sim, 200)
        assert any("is written again" in note for note in sim.gateway.notes)
        orders = len(sim.orders.orders)
    await restored(copy)
    async with make(path) as sim:
        assert len(sim.orders.orders) == orders
        agree(sim.gateway)


async def trade_on(sim: Simulator, first: int) -> None:
    """Market orders of another client, each with its fill and commission."""
    raw = await Raw.login(sim, first)
    sim.market.set_quote("AAPL", "99.98", "100.02", 100)
    for n in range(first, first + 5):
        raw.send(*place_order(n, "BUY", 10, "MKT"))
        assert (await raw.until(59))[0] == "59"


async def test_a_disk_that_stays_full_is_told_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear sentence, not a traceback out of the loop."""

    def full(file: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    sim = await make(tmp_path / "state.jsonl").start()
    monkeypatch.setattr(state.os, "write", full)
    await trade_on(sim, 1)
    with pytest.raises(ConfigurationError, match="No space left on device; what happened since is not in the file"):
        await sim.stop()


async def test_a_large_file_is_rewritten_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says the same."""
    path = tmp_path / "state.jsonl"
    async with make(path) as sim:
        await trade(sim, 30)
        before = {perm: (o.status, o.filled) for perm, o in ((o.perm_id, o) for o in sim.orders.orders.values())}
        executions = list(sim.orders.blotter.executions)
    size = path.stat().st_size
    monkeypatch.setattr(state, "REWRITE_BYTES", 1000)
    async with make(path) as sim:
        agree(sim.gateway)
        assert {o.perm_id: (o.status, o.filled) for o in sim.orders.orders.values()} == before
        assert list(sim.orders.blotter.executions) == executions
    assert path.stat().st_size < size
    assert path.read_bytes().count(b"\n") <= 3


PROGRAM = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from leanib.simulator import Simulator
from test_state_atoms import trade

async def main():
    sim = Simulator(state=Path({path!r}), seed=3, always_open=True, pacing=False)
    async with sim:
        print("ready", flush=True)
        while True:
            await trade(sim, 50)
            await asyncio.sleep(0)

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_killed_at_98_moments_the_books_agree(tmp_path: Path) -> None:
    """SIGKILL of a process that trades, each run going on where the one before died."""
    path = tmp_path / "state.jsonl"
    program = PROGRAM.format(tests=str(Path(__file__).parent), path=str(path))
    pick = random.Random(9)
    for _ in range(98):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"ready\n"
        await asyncio.sleep(pick.uniform(0.02, 0.4))
        process.send_signal(signal.SIGKILL)
        await process.wait()
        sim = Simulator(state=path, seed=3, always_open=True)
        assert sim.journal is not None
        sim.journal.open()
        agree(sim.gateway)
        sim.journal.close()
    assert path.stat().st_size > 100_000
