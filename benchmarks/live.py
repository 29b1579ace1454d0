"""Live trading: from a tick's arrival to its order on the wire.

    python benchmarks/live.py
    TMPDIR=/dev/shm python benchmarks/live.py --limits --steps

A strategy on the real clock and in three threads, as `leanib live` runs it, answers each of some ticks with a market
order; the simulator is a process of its own, as a Gateway is. "Tick" is the moment at which the connection's thread has
the message, "order" the moment at which the order is on the wire: placeOrder has returned, or the simulator has the
order already. (The system may run a Gateway of the same machine before it lets the sender go on.) The time that SQLite
takes to bring journal and state to the disk in between is measured apart and taken out. What is done while the disk is
waited for is taken out with it; where the temporary folder lies in memory, as by the second line, there is no such
time.
"""

from __future__ import annotations

import argparse
import inspect
import json
import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.engine.live.kills import ACCOUNT, around_the_clock

from leanib import collector
from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.core.algorithm_manager import AlgorithmManager
from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.engine.live.bridge import ThreadBridge
from leanib.engine.live.broker import InteractiveBrokersBrokerage
from leanib.engine.live.job import LiveJob
from leanib.engine.live.run import LiveRun
from leanib.engine.live.services import MarketData
from leanib.engine.live.state import RunState
from leanib.ib import IBConnectionManager, Journal, SystemClock, load_settings
from leanib.ib.limits.keeper import LimitKeeper
from leanib.ib.limits.reservations import Reservations
from leanib.ib.orders.checking import Checking
from leanib.ib.orders.service import OrderService
from leanib.simulator.session import Session
from leanib.simulator.testing import BackgroundSimulator

ANSWER = """
from AlgorithmImports import *

class Answer(QCAlgorithm):
    def initialize(self):
        self.set_benchmark(lambda t: 0)
        self.share = self.add_equity("AAPL", Resolution.TICK).symbol

    def on_data(self, data):
        for tick in data.ticks.get(self.share, []):
            if tick.tick_type == TickType.TRADE and tick.quantity == 777:
                self.market_order(self.share, 1 if self.portfolio[self.share].quantity <= 0 else -1, asynchronous=True)
"""


LIMITS = {
    "max_order_value": 250_000,
    "max_position_value": 500_000,
    "max_daily_loss": 10_000,
    "max_orders_per_minute": 10_000,
}


STEPS: tuple[tuple[str, Any, str, bool], ...] = (
    ("woken", ThreadBridge, "wait", True),
    ("slice made", AlgorithmManager, "_step", False),
    ("on_data: market_order", QCAlgorithm, "market_order", False),
    ("checked by the engine", InteractiveBrokersBrokerage, "_place", False),
    ("state on the disk", RunState, "add", True),
    ("handed over", OrderService, "place", False),
    ("checked by the service", Checking, "of_request", True),
    ("prices known", LimitKeeper, "_measured", True),
    ("account locked", Reservations, "_wait_for_lock", True),
    ("reservations read", Reservations, "_open", True),
    ("account asked", LimitKeeper, "_with_account", True),
    ("reservations written", Reservations, "save", True),
    ("journal begun", Journal, "intend", False),
    ("journal on the disk", Journal, "intend", True),
)
"""Moments between a tick and its order: before a method, or after it."""


class Steps:
    """Notes when each of `STEPS` comes for the first time after a tick."""

    def __init__(self) -> None:
        self.moments: list[dict[str, float]] = []

    def install(self) -> None:
        """Begins to note."""
        for name, owner, method, after in STEPS:
            setattr(owner, method, self._noting(name, getattr(owner, method), after))

    def note(self, name: str) -> None:
        """It is now."""
        if self.moments:
            self.moments[-1].setdefault(name, time.perf_counter())

    def _noting(self, name: str, method: Any, after: bool) -> Any:
        def noting(*words: Any, **named: Any) -> Any:
            if not after:
                self.note(name)
                return method(*words, **named)
            answer = method(*words, **named)
            if inspect.isawaitable(answer):
                return self._awaited(name, answer)
            self.note(name)
            return answer

        return noting

    async def _awaited(self, name: str, answer: Any) -> Any:
        found = await answer
        self.note(name)
        return found

    def table(self) -> Iterator[str]:
        """Milliseconds since the step before and since the tick, in the order in which most ticks pass the steps."""
        names = {name for one in self.moments for name in one}
        since = {name: [one[name] - one["tick"] for one in self.moments if name in one] for name in names}
        yield f"{'':26}{'p50':>7}{'p99':>8}{'p50 since the tick':>21}{'p99':>8}"
        before = "tick"
        for name in sorted(names - {"tick"}, key=lambda name: statistics.median(since[name])):
            own = [one[name] - one[before] for one in self.moments if name in one and before in one]
            words = [f"{value:8.3f}" for one in (own, since[name]) for value in percentiles("", one).values()]
            yield f"{name:25}{words[0]}{words[1]}{words[2]:>21}{words[3]}"
            before = name


class Stopwatch:
    """Notes moments by wrapping methods; the code that is measured knows nothing of it."""

    def __init__(self, steps: Steps | None) -> None:
        self.steps = steps
        self.ticks: list[float] = []
        self.orders: list[float] = []
        self.writing: list[float] = [0.0]
        self.open = False
        self.ordered = threading.Event()

    def install(self) -> None:
        """Begins to note."""
        stopwatch = self
        on_ticks, written, transaction = MarketData._on_ticks, RunState._written, Journal.transaction

        def ticked(market: MarketData, name: str, ticks: Any) -> None:
            if any(tick.size == 777 and tick.tickType == 5 for tick in ticks):
                stopwatch.ticks.append(time.perf_counter())
                stopwatch.writing.append(0.0)
                stopwatch.open = True
                if stopwatch.steps is not None:
                    stopwatch.steps.moments.append({"tick": stopwatch.ticks[-1]})
            on_ticks(market, name, ticks)

        MarketData._on_ticks = ticked  # type: ignore[method-assign]
        for owner, name, method in ((RunState, "_written", written), (Journal, "transaction", transaction)):
            setattr(owner, name, self._timed(method))

    def _timed(self, method: Any) -> Any:
        stopwatch = self

        @contextmanager
        def timed(self: Any) -> Any:
            started = time.perf_counter()
            with method(self):
                entered = time.perf_counter()
                yield
                left = time.perf_counter()
            if stopwatch.open:
                stopwatch.writing[-1] += entered - started + time.perf_counter() - left

        return timed


def percentiles(name: str, seconds: list[float]) -> dict[str, float]:
    """Two of them, in milliseconds."""
    ordered = sorted(1000 * one for one in seconds)
    return {f"{name} p50": statistics.median(ordered), f"{name} p99": ordered[int(len(ordered) * 0.99)]}


def serve(pipe: Connection) -> None:
    """The simulator: tells its address, then does what it is told (a method of its market with its arguments).

    Its last words are when it had each order, in seconds of the clock that all processes of the machine share.
    """
    arrivals: list[float] = []
    received = Session.data_received

    def noted(session: Session, data: bytes) -> None:
        now = time.perf_counter()
        arrivals.extend([now] * data.count(b"\0MKT\0"))
        received(session, data)

    Session.data_received = noted  # type: ignore[method-assign]
    with BackgroundSimulator(accounts=[ACCOUNT], always_open=True, pacing=False) as sim:
        pipe.send((sim.host, sim.port))
        while (told := pipe.recv()) is not None:
            method, *words = told
            sim.run(lambda s, method=method, words=words: getattr(s.market, method)(*words))
            pipe.send(None)
        pipe.send(arrivals)


@contextmanager
def simulator(arrivals: list[float]) -> Iterator[tuple[Connection, str, int]]:
    """A simulator in a process of its own: what it is told by, its host and its port.

    Args:
        arrivals: Gets the moments at which it had the orders, when it has ended.
    """
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    process.start()
    host, port = here.recv()
    try:
        yield here, host, port
    finally:
        here.send(None)
        arrivals.extend(here.recv())
        process.join(30)


def tell(market: Connection, method: str, *words: Any) -> None:
    """Has the simulator's market do something, and waits for it."""
    market.send((method, *words))
    market.recv()


def latency(folder: Path, count: int, risk: dict[str, Any], steps: Steps | None) -> dict[str, float]:
    """Milliseconds from tick to order, without the writes; and the writes."""
    stopwatch = Stopwatch(steps)
    stopwatch.install()
    if steps is not None:
        steps.install()
    data = around_the_clock(folder)
    (folder / "main.py").write_text(ANSWER)
    (folder / "config").mkdir()
    arrivals: list[float] = []
    with simulator(arrivals) as (market, host, port):
        settings = load_settings(
            "paper", folder, host=host, paper_port=port, risk=risk, orders={"restart_gate": 0},
            state_folder=folder / "state",
        )  # fmt: skip
        bridge = ThreadBridge(SystemClock())
        services = IBConnectionManager(settings, role="live")
        bridge.call(services.start(), 30)
        wire = services.connection.client.client
        place = wire.placeOrder

        def placed(*words: Any) -> None:
            place(*words)
            stopwatch.open = False
            stopwatch.orders.append(time.perf_counter())
            stopwatch.ordered.set()

        wire.placeOrder = placed  # type: ignore[method-assign]
        job = LiveJob(data, name="bench", algorithm_id="L-1", state_folder=folder / "storage")
        ready = threading.Event()
        job.on_launch = ready.set
        runs: list[LiveRun] = []

        def work() -> None:
            runs.append(LiveRun(load_algorithm(folder / "main.py"), job, bridge, services))
            runs[0].run()

        collector.settle()
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        ready.wait(30)
        tell(market, "set_quote", "AAPL", 100, 101, 100.5)
        time.sleep(2)
        for n in range(count):
            stopwatch.ordered.clear()
            tell(market, "trade", "AAPL", 100 + n % 2, 777)
            if not stopwatch.ordered.wait(5):
                raise SystemExit(f"tick {n + 1} was not answered with an order within five seconds")
            time.sleep(0.12)
        runs[0].request_stop()
        thread.join(30)
        bridge.call(services.stop(), 30)
        bridge.close()
    if len(arrivals) != len(stopwatch.orders):
        raise SystemExit(f"{len(stopwatch.orders)} orders were sent, and {len(arrivals)} arrived")
    orders = [min(sent, arrived) for sent, arrived in zip(stopwatch.orders, arrivals, strict=True)]
    if steps is not None:
        for moments, order in zip(steps.moments, orders, strict=True):
            moments["order on the wire"] = order
    pairs = list(zip(stopwatch.ticks, orders, stopwatch.writing[1:], strict=True))
    writes = [writing for _, _, writing in pairs]
    whole = [order - tick for tick, order, _ in pairs]
    without = [one - writing for one, writing in zip(whole, writes, strict=True)]
    return {
        "orders": len(pairs), **percentiles("without writes", without), **percentiles("writes", writes),
        **percentiles("in all", whole),
    }  # fmt: skip


def main() -> None:
    """Prints what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=300, help="how many")
    parser.add_argument("--limits", action="store_true", help="with those of config/, which ask the Gateway")
    parser.add_argument("--steps", action="store_true", help="where the time goes, step by step, too")
    arguments = parser.parse_args()
    steps = Steps() if arguments.steps else None
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "a"
        folder.mkdir()
        print(json.dumps(latency(folder, arguments.orders, LIMITS if arguments.limits else {"unlimited": True}, steps)))
    for line in steps.table() if steps is not None else ():
        print(line)


if __name__ == "__main__":
    main()
