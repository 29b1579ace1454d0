"""The wire itself: handshake, framing errors, unknown messages, fuzzing, determinism."""

from __future__ import annotations

import asyncio
import gc
import random
import socket
import struct
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from raw import HELLO, Raw, message, place_order

from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.protocol.ids import Request


async def test_handshake_negotiates_the_highest_common_version(simulator: Simulator) -> None:
    """The answer to a range is the highest version that both sides know."""
    pairs = ((b"v100..199", "199"), (b"v157..160", "160"), (b"v165", "165"), (b"v213..300 +PACEAPI", "226"))
    for text, wanted in pairs:
        raw = await Raw.dial(simulator)
        raw.writer.write(b"API\0" + struct.pack(">I", len(text)) + text)
        assert (await raw.fields())[0] == wanted
        await raw.close()


async def test_versions_out_of_range_are_refused_politely(simulator: Simulator) -> None:
    """A client that is too old, and one that speaks no v100+ protocol, gets error 506 and a clean end."""
    for hello in (b"API\0\0\0\0\x09v100..149", b"63\0"):
        raw = await Raw.dial(simulator)
        raw.writer.write(hello)
        assert (await raw.fields())[2:4] == ["-1", "506"]
        assert await raw.gone()
        await raw.close()


async def test_a_client_that_wants_newer_versions_is_told_the_newest_there_is(simulator: Simulator) -> None:
    """It judges by itself: its own error messages speak of a server that is too old."""
    raw = await Raw.dial(simulator)
    raw.writer.write(b"API\0\0\0\0\x09v227..230")
    assert (await raw.fields())[0] == "226"


async def test_hello_in_single_bytes(simulator: Simulator) -> None:
    """A client may send its bytes one at a time."""
    raw = await Raw.dial(simulator)
    for byte in HELLO + message(71, 2, 5, ""):
        raw.writer.write(bytes([byte]))
        await raw.writer.drain()
    assert (await raw.fields())[0] == "178"
    assert await raw.fields() == ["15", "1", "DU1234567"]


async def test_absurd_length_ends_the_connection(simulator: Simulator) -> None:
    """A length prefix beyond reason is answered with 507 and the end, and others notice nothing."""
    other = await Raw.login(simulator, 2)
    raw = await Raw.login(simulator)
    raw.writer.write(b"\xff\xff\xff\xff")
    assert (await raw.fields())[3] == "507"
    assert await raw.gone()
    other.send(49, 1)
    assert (await other.fields())[0] == "49"


async def test_requests_before_start_api_are_refused(simulator: Simulator) -> None:
    """Nothing but startApi is answered before it."""
    raw = await Raw.dial(simulator)
    raw.writer.write(HELLO + message(49, 1))
    await raw.fields()
    assert (await raw.fields())[3] == "504"


@pytest.mark.parametrize(("version", "size", "volume"), [(158, "3", 100), (160, "300", 100), (176, "300", 1)])
async def test_sizes_in_shares_or_lots(version: int, size: str, volume: int) -> None:
    """Clients before version 159 get stock sizes in round lots, historical volumes in lots before 175."""
    async with Simulator(server_version=version, always_open=True, pacing=False) as sim:
        sim.market.set_quote("SPY", 400, 401, bid_size=300, ask_size=500)
        raw = await Raw.login(sim)
        raw.send(1, 11, 1, *STOCK_SPY, 0, "", 0, 0, "")
        assert (await raw.until(1))[5] == size
        raw.send(20, 2, *STOCK_SPY, 0, "20240103 15:00:00 US/Eastern", "1 hour", "1 D", 1, "TRADES", 1, 0, "")
        shown = int((await raw.until(17))[10])
        item = sim.market.instrument("SPY")
        true = int(sim.market.bars(item, [1704292200 * 10**6], [1704294000 * 10**6]).volume[0])
        assert shown == true // volume


async def test_unreadable_messages_are_answered_with_320(simulator: Simulator) -> None:
    """Unknown ids, missing fields and wrong types are errors of the request, not of the connection."""
    raw = await Raw.login(simulator)
    for fields in ((999, 1), ("x",), (1, 11, 5), (8, 1, 1, 1), (3, "abc"), (20, 1, "notanumber")):
        raw.send(*fields)
        answer = await raw.fields()
        assert answer[:2] == ["9", "1"] if fields[0] == 8 else answer[3] == "320"
    raw.send(49, 1)
    assert (await raw.fields())[0] == "49"


async def test_client_ids(simulator: Simulator) -> None:
    """A taken id is refused with 326; 32 clients fit, the 33rd does not."""
    clients = [await Raw.login(simulator, n) for n in range(32)]
    for client_id in (5, 40):
        raw = await Raw.dial(simulator)
        raw.writer.write(HELLO + message(71, 2, client_id, ""))
        await raw.fields()
        assert (await raw.fields())[3] == "326"
        assert await raw.gone()
    await clients[5].close()
    await (await Raw.login(simulator, 5)).close()


@pytest.mark.simulator(master_client_id=9, pacing=False)
async def test_master_client_hears_everything(simulator: Simulator) -> None:
    """The master client gets the orders and executions of others."""
    simulator.market.set_quote("AAPL", 99, 101)
    master, trader = await Raw.login(simulator, 9), await Raw.login(simulator, 1)
    trader.send(*place_order(1, "BUY", 10, "MKT"))
    assert (await master.until(5))[1] == "1"
    for raw in (master, trader):
        execution = await raw.until(11)
        assert (execution[14][8:], execution[17]) == (".00000001.01.01", "ISLAND")


def malformed(rng: random.Random) -> bytes:
    """A frame that is wrong in one of many ways."""
    kind = rng.choice([int(r) for r in Request if r is not Request.START_API] + [0, -1, 999])
    choice = rng.random()
    if choice < 0.2:
        payload = rng.randbytes(rng.randint(0, 200))
    elif choice < 0.4:
        payload = f"{kind}\0".encode() + rng.randbytes(rng.randint(0, 60))
    elif choice < 0.7:
        fields = [rng.choice(("", "1", "-1", "AAPL", "STK", "9" * 30, "nan", "1e308", "\ufffd", "0.01", "BUY"))
                  for _ in range(rng.randint(0, 120))]  # fmt: skip
        payload = "".join(f"{f}\0" for f in [str(kind), *fields]).encode()
    else:
        order = [str(f) for f in place_order(rng.randint(-5, 2**40), "BUY", 1, "LMT", 50)]
        for _ in range(rng.randint(1, 6)):
            order[rng.randrange(1, len(order))] = rng.choice(("", "x", "-1", "1e20", "NaN", "2", "true", "Infinity"))
        payload = "".join(f"{f}\0" for f in order[: rng.randint(1, len(order))]).encode()
    return struct.pack(">I", len(payload)) + payload


async def fuzz(sim: Simulator, frames: int) -> None:
    """Send malformed frames while another client works; both must be answered throughout."""
    rng = random.Random(5)
    sim.market.set_quote("AAPL", 99, 101)
    good = await Raw.login(sim, 2)
    bad = await Raw.login(sim, 1)

    async def drain(raw: Raw) -> None:
        while await raw.reader.read(1 << 20):
            pass

    draining = asyncio.create_task(drain(bad))
    for number in range(frames):
        bad.writer.write(malformed(rng))
        if number % 500 == 0:
            await bad.writer.drain()
            good.send(49, 1)
            assert (await good.until(49))[0] == "49"
    await bad.writer.drain()
    bad.send(49, 1)
    good.send(49, 1)
    assert (await good.until(49))[0] == "49"
    assert sim.gateway.client(1) is not None
    assert sim.gateway.failures == 0
    draining.cancel()
    await good.close()
    await bad.close()


@pytest.mark.simulator(pacing=False, tick_interval=5.0)
async def test_fuzz(simulator: Simulator) -> None:
    """2,000 malformed frames do not bring the server down, nor the client next to them."""
    await fuzz(simulator, 2_000)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.simulator(pacing=False, tick_interval=5.0)
async def test_fuzz_long(simulator: Simulator) -> None:
    """100,000 malformed frames: the server stays up, answers others meanwhile, and does not grow."""
    await fuzz(simulator, 20_000)
    before = resident_bytes()
    await fuzz(simulator, 80_000)
    gc.collect()
    assert len(simulator.orders.orders) < 200  # the few that happen to be valid orders stay, as they should
    assert resident_bytes() - before < 20_000_000


def resident_bytes() -> int:
    """How much memory this process holds; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


async def test_random_bytes_instead_of_a_hello(simulator: Simulator) -> None:
    """Whoever dials and talks nonsense is dropped; nobody else notices."""
    rng = random.Random(3)
    for _ in range(60):
        raw = await Raw.dial(simulator)
        raw.writer.write(rng.randbytes(rng.randint(1, 300)))
        await raw.close()
    await (await Raw.login(simulator)).close()
    await asyncio.sleep(0.05)
    assert len(simulator.gateway.sessions) == 0


async def script(seed: int) -> bytes:
    """A script against a virtual clock; returns every byte the client got."""
    clock = VirtualClock(datetime(2024, 1, 3, 14, 15, tzinfo=UTC))
    async with Simulator(clock=clock, seed=seed) as sim:
        raw = await Raw.dial(sim)
        raw.writer.write(HELLO + message(71, 2, 1, ""))
        data = await raw.everything(0.05)
        raw.send(1, 11, 1, *STOCK_SPY, 0, "", 0, 0, "")
        raw.send(20, 2, *STOCK_SPY, 0, "", "5 mins", "2 D", 1, "TRADES", 1, 0, "")
        raw.send(6, 2, 1, "DU1234567")
        data += await raw.everything(0.05)
        raw.send(*place_order(1, "BUY", 100, "MKT", stock=STOCK_SPY))
        raw.send(*place_order(2, "SELL", 100, "TRAIL", "", 0.5, stock=STOCK_SPY))
        data += await raw.everything(0.05)
        await clock.advance(2400)
        data += await raw.everything(0.05)
        await raw.close()
    return data


STOCK_SPY = (0, "SPY", "STK", "", 0.0, "", "", "SMART", "", "USD", "", "")


async def test_same_seed_same_bytes() -> None:
    """The same script against the same seed gives the same bytes, another seed others."""
    first, second, other = await script(7), await script(7), await script(8)
    assert first == second
    assert len(first) > 50_000
    assert first != other




@pytest.mark.simulator(pacing=False, tick_interval=5.0)
async def test_slow_consumer_loses_ticks_and_not_orders(simulator: Simulator) -> None:
    """A client that does not read loses ticks, keeps its order messages, and costs no memory without end."""
    simulator.market.set_quote("AAPL", 99, 101)
    raw = await Raw.login(simulator)
    raw.send(1, 11, 1, *STOCK_SPY[:1], "AAPL", *STOCK_SPY[2:], 0, "", 0, 0, "")
    await raw.until(58)
    session = simulator.gateway.client(1)
    assert session is not None
    assert session.transport is not None
    session.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
    for n in range(30_000):
        simulator.market.set_quote("AAPL", 99 + n % 2, 101 + n % 2)
        if n % 200 == 0:
            await asyncio.sleep(0)
    assert session.dropped > 0
    raw.send(*place_order(1, "BUY", 10, "MKT"))
    assert (await raw.until(11))[2] == "1"


async def test_a_mistake_of_the_simulator_is_told(simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    """When the simulator itself makes a mistake, the client gets 322, the log a traceback, others go on."""

    def broken(*_: object) -> None:
        raise RuntimeError("oops")

    raw = await Raw.login(simulator)
    simulator.gateway.handlers = {**simulator.gateway.handlers, Request.POSITIONS: broken}
    raw.send(61, 1)
    assert (await raw.fields())[3] == "322"
    assert "oops" in caplog.text
    raw.send(49, 1)
    assert (await raw.fields())[0] == "49"
