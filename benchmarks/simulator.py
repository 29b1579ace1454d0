"""How fast the simulator is: `python benchmarks/simulator.py [--quick]` prints the table of docs/BENCHMARKS.md.

The simulator runs in a process of its own, as a user starts it; the clients run in this one. "ib_async's socket" means
ib_async's own Connection and frame reading; what its Decoder does with a tick on top of that is not the
simulator's time.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import platform
import resource
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "simulator"))
from raw import STOCK, Raw, message, place_order

from leanib import collector
from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.session import Session

SYMBOLS = 100
UNIVERSE = ("AAPL", "AMZN", "BAC", "GOOG", "IBM", "INTC", "JPM", "META", "MSFT", "NVDA", "TSLA", "WMT", "XOM")


def serve(pipe: Connection) -> None:
    """The simulator's process: obeys words on the pipe."""
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    async with Simulator(pacing=False, tick_interval=3600, max_tickers=1000, cash=10**12) as sim:
        sim.market.set_quote("AAPL", 99, 101)
        collector.settle()
        pipe.send(sim.port)
        loop = asyncio.get_running_loop()
        while True:
            word, *args = await loop.run_in_executor(None, pipe.recv)
            if word == "stop":
                return
            if word == "quotes":
                await _quotes(sim, *args)
            pipe.send(time.process_time() if word == "cpu" else _memory())


async def _quotes(sim: Simulator, seconds: float) -> None:
    """Change the quote of AAPL as often as the sockets take it."""
    end, n = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        for _ in range(20):
            n += 1
            sim.market.set_quote("AAPL", 99 + n % 2, 101 + n % 2)
        await asyncio.sleep(0)
        while any(s.slow for s in sim.clients):
            await asyncio.sleep(0.001)


def _memory() -> float:
    """Resident megabytes of this process, now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if sys.platform == "linux" else 0
    return pages * resource.getpagesize() / 2**20 or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


class Server:
    """The simulator's process, seen from the clients."""

    def __init__(self) -> None:
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(target=serve, args=(other,), daemon=True)
        self.process.start()
        self.host, self.port = "127.0.0.1", self.pipe.recv()

    async def tell(self, *words: object) -> float:
        """Say something and wait for the answer: the server's memory in MB."""
        self.pipe.send(words)
        return float(await asyncio.get_running_loop().run_in_executor(None, self.pipe.recv))

    async def cpu(self) -> float:
        """The server's CPU seconds so far."""
        return await self.tell("cpu")

    def stop(self) -> None:
        """End the process."""
        self.pipe.send(("stop",))
        self.process.join(5)


async def subscribe(raw: Raw, req_id: int = 1, stock: tuple[object, ...] = STOCK) -> None:
    """Ask for ticks."""
    raw.send(1, 11, req_id, *stock, 0, "", 0, 0, "")
    await raw.until(58)


async def count_ticks(raw: Raw, stop: asyncio.Event) -> int:
    """Count price and size ticks until told to stop."""
    ticks, rest = 0, b""
    while not stop.is_set():
        try:
            rest += await asyncio.wait_for(raw.reader.read(1 << 18), 0.3)
        except TimeoutError:
            continue
        at = 0
        while at + 4 <= len(rest):
            (length,) = struct.unpack_from(">I", rest, at)
            if at + 4 + length > len(rest):
                break
            ticks += rest[at + 4 : at + 6] in (b"1\0", b"2\0")
            at += 4 + length
        rest = rest[at:]
    return ticks


async def ticks_raw(server: Server, clients: int, seconds: float) -> float:
    """Ticks a second that `clients` clients got in all."""
    raws = [await Raw.login(server, n) for n in range(clients)]  # type: ignore[arg-type]
    for raw in raws:
        await subscribe(raw)
    stop = asyncio.Event()
    counting = [asyncio.create_task(count_ticks(raw, stop)) for raw in raws]
    started = time.perf_counter()
    await server.tell("quotes", seconds)
    elapsed = time.perf_counter() - started
    stop.set()
    total = sum(await asyncio.gather(*counting))
    await Raw.close_all()
    return total / elapsed


async def ticks_ib_async(server: Server, seconds: float) -> tuple[float, float]:
    """Ticks a second at ib_async's socket, and through its Decoder and Wrapper too."""
    import ib_async

    found = []
    for decode in (False, True):
        ib = ib_async.IB()
        await ib.connectAsync(server.host, server.port, clientId=1)
        ib.reqMktData(ib_async.Stock("AAPL", "SMART", "USD", conId=265598))
        await asyncio.sleep(0.2)
        if not decode:
            ib.client.decoder.interpret = lambda _: None
        before, started = ib.client._numMsgRecv, time.perf_counter()
        await server.tell("quotes", seconds)
        await asyncio.sleep(0)
        found.append((ib.client._numMsgRecv - before) / (time.perf_counter() - started))
        ib.disconnect()
        await asyncio.sleep(0.3)
    return found[0], found[1]


async def orders_per_second(server: Server, orders: int) -> tuple[float, float]:
    """Resting limit orders a second, to the last orderStatus Submitted; by the clock, and by the server's CPU time."""
    raw = await Raw.login(server, 1)  # type: ignore[arg-type]
    frames = b"".join(message(*place_order(1 + n, "BUY", 1, "LMT", 50)) for n in range(orders))
    before = await server.cpu()
    started = time.perf_counter()
    raw.writer.write(frames)
    seen, rest = 0, b""
    while seen < 2 * orders:  # once in openOrder, once in orderStatus
        data = rest + await raw.reader.read(1 << 18)
        seen += data.count(b"\0Submitted\0")
        rest = data[-10:] if not data.endswith(b"Submitted\0") else b""
    elapsed = time.perf_counter() - started
    used = await server.cpu() - before
    await Raw.close_all()
    return orders / elapsed, orders / used


async def latency(server: Server, orders: int, rate: float = 100.0) -> tuple[float, float]:
    """Milliseconds from placeOrder to its first orderStatus at `rate` orders a second: median and 99th percentile."""
    raw = await Raw.login(server, 1)  # type: ignore[arg-type]
    sent: dict[str, float] = {}
    times: list[float] = []
    first = 2_000_000 + int(time.time()) % 10_000 * 10_000

    async def listen() -> None:
        while len(times) < orders:
            fields = await raw.until(3)
            began = sent.pop(fields[1], None)
            if began is not None:
                times.append((time.perf_counter() - began) * 1000)

    listening = asyncio.create_task(listen())
    begin = time.perf_counter()
    for n in range(orders):
        await asyncio.sleep(max(0.0, begin + n / rate - time.perf_counter()))
        sent[str(first + n)] = time.perf_counter()
        raw.send(*place_order(first + n, "BUY", 1, "MKT"))
    await listening
    await Raw.close_all()
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


async def ping(server: Server, times: int, rate: float = 100.0) -> tuple[float, float]:
    """Milliseconds of a bare reqCurrentTime at the same rate: what the machine itself adds."""
    raw = await Raw.login(server, 1)  # type: ignore[arg-type]
    found: list[float] = []
    begin = time.perf_counter()
    for n in range(times):
        await asyncio.sleep(max(0.0, begin + n / rate - time.perf_counter()))
        sent = time.perf_counter()
        raw.send(49, 1)
        await raw.until(49)
        found.append((time.perf_counter() - sent) * 1000)
    await Raw.close_all()
    return statistics.median(found), statistics.quantiles(found, n=100)[98]


class Deaf(Session):
    """A client without a socket."""

    def transmit(self, payload: bytes) -> None:
        """Nobody listens."""


def handling(orders: int) -> tuple[float, float]:
    """Milliseconds of CPU that the server spends on a market order, fill included: median and 99th percentile."""
    sim = Simulator(clock=VirtualClock(), always_open=True, cash=10**12)
    sim.market.set_quote("AAPL", 99, 101)
    session = Deaf(sim.gateway)
    session.version, session.client_id = 178, 1
    sim.gateway.connected(session)
    found = []
    for n in range(orders):
        payload = message(*place_order(n + 1, "BUY", 1, "MKT"))[4:]
        began = time.thread_time()
        sim.gateway.received(session, payload)
        found.append((time.thread_time() - began) * 1000)
    return statistics.median(found), statistics.quantiles(found, n=100)[98]


async def memory(server: Server, orders: int) -> float:
    """Megabytes with 100 subscriptions and so many orders, resting and filled."""
    raw = await Raw.login(server, 1)  # type: ignore[arg-type]
    symbols = UNIVERSE
    for n in range(SYMBOLS):
        raw.send(1, 11, n + 1, 0, symbols[n % len(symbols)], *STOCK[2:], 0, "", 0, 0, "")
    await raw.until(58)
    first, done = 3_000_000, 0
    for n in range(orders):
        raw.send(*place_order(first + n, "BUY", 1, "MKT" if n % 2 else "LMT", "" if n % 2 else 50))
        if n % 100 == 99:
            while done < n:
                done += (await raw.until(3))[2] in {"Submitted", "Filled"}
    used = await server.tell("memory")
    await Raw.close_all()
    return used


def start_seconds() -> float:
    """Seconds from starting a process to a listening simulator."""
    code = "import asyncio\nfrom leanib.simulator import Simulator\nasyncio.run(Simulator().start())"
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


async def measure(quick: bool) -> list[tuple[str, str, str]]:
    """(what, result, target) of every measurement."""
    seconds, orders = (1.0, 1000) if quick else (5.0, 5000)
    rows = [("start of the process to listening", f"{min(start_seconds() for _ in range(3)):.2f} s", "< 1 s")]

    async def on_server(script: Callable[[Server], Awaitable[object]]) -> object:
        server = Server()
        try:
            return await script(server)
        finally:
            server.stop()

    one = await on_server(lambda s: ticks_raw(s, 1, seconds))
    many = await on_server(lambda s: ticks_raw(s, 32, seconds))
    socket, decoded = await on_server(lambda s: ticks_ib_async(s, seconds))  # type: ignore[misc]
    rows += [
        ("ticks/s to one client", f"{one:,.0f}", ""), ("ticks/s to 32 clients, together", f"{many:,.0f}", ""),
        ("ticks/s at ib_async's socket", f"{socket:,.0f}", ">= 20,000"),
        ("ticks/s that ib_async also decodes", f"{decoded:,.0f}", ""),
    ]  # fmt: skip
    rate, by_cpu = await on_server(lambda s: orders_per_second(s, orders))  # type: ignore[misc]
    rows.append(("orders/s acknowledged", f"{rate:,.0f}", ">= 1,000"))
    rows.append(("orders/s that the server's CPU time allows", f"{by_cpu:,.0f}", ""))
    middle, tail = await on_server(lambda s: latency(s, 300 if quick else 2000))  # type: ignore[misc]
    rows.append(("placeOrder to first status at 100/s, p50", f"{middle:.2f} ms", ""))
    rows.append(("placeOrder to first status at 100/s, p99", f"{tail:.2f} ms", "< 5 ms"))
    bare, bare_tail = await on_server(lambda s: ping(s, 300 if quick else 1000))  # type: ignore[misc]
    rows.append(("a bare reqCurrentTime under the same conditions, p50 / p99", f"{bare:.2f} / {bare_tail:.2f} ms", ""))
    cpu, cpu_tail = handling(500 if quick else 5000)
    rows.append(("CPU of the server for an order with its fill, p50 / p99", f"{cpu:.2f} / {cpu_tail:.2f} ms", ""))
    used = await on_server(lambda s: memory(s, 1000 if quick else 10_000))
    rows.append((f"memory, 100 subscriptions and {1000 if quick else 10_000:,} orders", f"{used:.0f} MB", "< 150 MB"))
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few seconds instead of a minute")
    quick = parser.parse_args().quick
    load = os.getloadavg()[0]
    cores = multiprocessing.cpu_count()
    print(f"Python {platform.python_version()}, {platform.machine()}, {cores} cores, load {load:.1f} before\n")
    rows = asyncio.run(measure(quick))
    print("| what | result | target |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
