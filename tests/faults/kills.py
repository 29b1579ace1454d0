"""Killing a program that trades (SIGKILL) at random moments, and comparing its journal with the Gateway after each.

The simulator is a process of its own, which keeps running; so is the program. Every kill is followed by a start, after
which journal and Gateway must agree within a minute: the start after it is then killed in its turn.
"""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from tests.faults.trader import SYMBOLS

from leanib.ib import Journal, OrderRecord, OrderStatus

TRADER = Path(__file__).with_name("trader.py")
PROJECT = Path(__file__).parents[2]
MINUTE = 60.0
"""Seconds after which nothing may be unknown any more."""
POLICIES = ("tell", "flatten", "cancel parent")
DONE = ("Filled", "Cancelled", "ApiCancelled", "Inactive")
FINAL = {
    "Filled": (OrderStatus.FILLED,),
    "Cancelled": (OrderStatus.CANCELLED, OrderStatus.REJECTED),
    "Inactive": (OrderStatus.REJECTED,),
}


class DisagreementError(AssertionError):
    """What journal and Gateway do not agree about, a minute after the start."""


@dataclass
class Result:
    """What a lane of kills came to.

    Attributes:
        kills: How often the program was killed.
        orders: How many orders the Gateway saw.
        fills: How many executions.
        slowest: Seconds from `ready` to agreement, at the worst.
        while_starting: How many kills hit a program that was not ready yet.
    """

    kills: int = 0
    orders: int = 0
    fills: int = 0
    slowest: float = 0.0
    while_starting: int = 0


class Simulator:
    """`leanib simulate` as a process, spoken to over its control API."""

    def __init__(self, seed: int) -> None:
        command = [
            sys.executable, "-m", "leanib.cli.main", "simulate", "--port", "0", "--control-port", "0", "--no-view",
            "--always-open", "--seed", str(seed),
        ]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._control = self._read(r"control API at (http://\S+)")
        self.port = int(self._read(r"simulator at \S+:(\d+),"))
        self._rest = threading.Thread(target=self._process.stdout.read, daemon=True)
        self._rest.start()

    def _read(self, pattern: str) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            found = re.search(pattern, line)
            if found:
                return found[1]
        raise RuntimeError("the simulator ended before it listened")

    def ask(self, path: str, **body: Any) -> Any:
        """GET, or POST where there is a body."""
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(self._control + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def quote(self, symbol: str, middle: int, size: int) -> None:
        """Sets both sides of the book."""
        self.ask("/quote", symbol=symbol, bid=middle - 1, ask=middle + 1, bid_size=size, ask_size=size)

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait(20)
        self._rest.join(20)
        if self._process.stdout is not None:
            self._process.stdout.close()


class Trader:
    """The program, as a process."""

    def __init__(self, folder: Path, port: int, seed: int, policy: str) -> None:
        self._errors = (folder / "stderr.txt").open("a")
        command = [sys.executable, str(TRADER), str(folder), str(port), str(seed), policy]
        self._process = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.strip())

    def ready(self, timeout: float = MINUTE) -> None:
        """Waits until it says so."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                if self._lines.get(timeout=0.2) == "ready":
                    return
            except Empty:
                if self._process.poll() is not None:
                    break
        raise DisagreementError(f"the program was not ready after {timeout:g} s (exit code {self._process.poll()})")

    def go(self) -> None:
        """Lets it trade."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """SIGKILL: it does nothing more, not even close its files."""
        if self._process.poll() not in (None, -signal.SIGKILL):
            raise DisagreementError(f"the program ended by itself with {self._process.returncode}")
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)
        self._errors.close()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


@dataclass
class Lane:
    """One simulator and one program after the other, killed `kills` times.

    Args:
        folder: Of the program's files.
        seed: Decides what is traded and when it is killed, as far as two processes can be decided.
        policy: What the program does about a lost leg.
    """

    folder: Path
    seed: int
    policy: str = "tell"
    result: Result = field(default_factory=Result)

    def run(self, kills: int) -> Result:
        """Kills so often.

        Raises:
            DisagreementError: With what the journal and the Gateway say.
        """
        chance = random.Random(self.seed)
        self.folder.mkdir(parents=True, exist_ok=True)
        gateway = Simulator(self.seed)
        try:
            for number in range(kills):
                self._round(gateway, chance, number)
            self._settled(gateway, self._start(gateway, kills)).kill()
        finally:
            gateway.stop()
        return self.result

    def _start(self, gateway: Simulator, number: int) -> Trader:
        return Trader(self.folder, gateway.port, 10_000 * self.seed + number, self.policy)

    def _round(self, gateway: Simulator, chance: random.Random, number: int) -> None:
        for symbol in SYMBOLS:
            gateway.quote(symbol, 100, chance.choice([50, 200, 1000]))
        trader = self._start(gateway, number)
        if chance.random() < 0.15:
            time.sleep(chance.uniform(0.5, 2.5))
            self.result.while_starting += 1
        else:
            self._settled(gateway, trader)
            trader.go()
            self._trade(gateway, chance)
        trader.kill()
        self.result.kills += 1
        if chance.random() < 0.5:  # the market goes on while nobody listens
            gateway.quote(chance.choice(SYMBOLS), chance.randint(93, 107), chance.choice([50, 1000]))

    def _trade(self, gateway: Simulator, chance: random.Random) -> None:
        end = time.monotonic() + chance.expovariate(1.0)
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, chance.uniform(0.02, 0.3)))
            gateway.quote(chance.choice(SYMBOLS), chance.choice([94, 98, 99, 100, 101, 102, 106]), 200)

    def _settled(self, gateway: Simulator, trader: Trader) -> Trader:
        """Waits until journal and Gateway agree, a minute at most."""
        trader.ready()
        since = time.monotonic()
        while (differences := self.differences(gateway)) and time.monotonic() - since < MINUTE:
            time.sleep(0.2)
        if differences:
            trader.kill()
            raise DisagreementError(f"seed {self.seed}, kill {self.result.kills}: " + "\n".join(differences))
        self.result.slowest = max(self.result.slowest, time.monotonic() - since)
        return trader

    def differences(self, gateway: Simulator) -> list[str]:
        """What journal and Gateway do not agree about now."""
        journal = Journal(self.folder / "storage" / "orders.sqlite3")
        try:
            records, fills = {one.ref: one for one in journal.orders()}, journal.fills()
            given_up = {
                ref for ref in records if any(kind == "cancel intended" for _, kind, _ in journal.history(ref))
            }
            brackets = {one.parent_ref for one in records.values() if one.parent_ref}
        finally:
            journal.close()
        at_ib = gateway.ask("/orders")
        executions = {one["exec_id"]: one for one in gateway.ask("/executions")}
        self.result.orders, self.result.fills = len(at_ib), len(executions)
        refs = Counter(one["order_ref"] for one in at_ib)
        found = [f"sent {times} times: {ref}" for ref, times in refs.items() if times > 1]
        found += [f"at the Gateway and not in the journal: {ref}" for ref in set(refs) - set(records)]
        by_ref = {one["order_ref"]: one for one in at_ib}
        for ref, record in records.items():
            found += _compared(record, by_ref.get(ref))
        booked = {one.exec_id: (one.ref, one.quantity) for one in fills}
        held = {name: (one["order_ref"], Decimal(one["shares"])) for name, one in executions.items()}
        if booked != held:
            odd = [name for name in set(booked) | set(held) if booked.get(name) != held.get(name)]
            found.append(f"fills differ: {sorted(odd)}")
        if not found:
            found = [text for ref in brackets if (text := self._unprotected(ref, records, given_up))]
        return found

    def _unprotected(self, parent_ref: str, records: dict[str, OrderRecord], given_up: set[str]) -> str:
        """Where a position of a bracket stands without a leg of its size, and nobody was told nor wanted it."""
        parent = records[parent_ref]
        legs = [one for one in records.values() if one.parent_ref == parent_ref]
        exposed = parent.filled - sum((leg.filled for leg in legs), Decimal(0))
        stop = next(leg for leg in legs if leg.terms["orderType"] == "STP")
        if exposed <= 0 or stop.ref in given_up or (not stop.status.is_final and stop.remaining >= exposed):
            return ""
        if parent_ref in self.told() or stop.ref in self.told():
            return ""
        return f"{exposed} of order {parent_ref} unprotected and not told ({stop.ref}: {stop.status}, {stop.quantity})"

    def told(self) -> str:
        """The critical alerts of all programs so far."""
        lines = (self.folder / "alerts.txt").read_text().splitlines()
        return "\n".join(line for line in lines if line.startswith("critical"))


def _compared(record: OrderRecord, at_ib: dict[str, Any] | None) -> list[str]:
    ref, status = record.ref, record.status
    if status is OrderStatus.UNKNOWN or record.change:
        return [f"{ref} is {status.value} {record.change}"]
    if at_ib is None:
        return [] if status is OrderStatus.REJECTED else [f"{ref} is {status.value} and not at the Gateway"]
    word, filled = at_ib["status"], Decimal(at_ib["filled"])
    if filled != record.filled:
        return [f"{ref} has filled {record.filled}, at the Gateway {filled}"]
    if word in DONE:
        return [] if status in FINAL[word] else [f"{ref} is {status.value}, at the Gateway {word}"]
    if status.is_final:
        return [f"{ref} is {status.value}, at the Gateway {word} (transmitted: {at_ib['transmitted']})"]
    held = (Decimal(at_ib["quantity"]), at_ib["limit"], at_ib["stop"])
    ours = (record.quantity, record.terms.get("lmtPrice", ""), record.terms.get("auxPrice", ""))
    same = all(a == b or Decimal(a) == Decimal(b) for a, b in zip(held, ours, strict=True))
    return [] if same else [f"{ref} lives with {held} at the Gateway, in the journal {ours}"]


def kill_often(folder: Path, kills: int, lanes: int, seed: int = 1) -> Result:
    """Kills programs so often in all, side by side in some lanes with seeds and policies of their own.

    Raises:
        DisagreementError: Of the first lane that has one.
    """
    seeds = seeds_of_lanes(lanes, seed)
    every = [Lane(folder / f"lane-{n}", seeds[n], POLICIES[n % len(POLICIES)]) for n in range(lanes)]
    shares = [kills // lanes + (n < kills % lanes) for n in range(lanes)]
    print("seeds", seeds, flush=True)
    with ThreadPoolExecutor(lanes) as pool:
        results = list(pool.map(lambda lane, share: lane.run(share), every, shares))
    return Result(
        sum(one.kills for one in results),
        sum(one.orders for one in results),
        sum(one.fills for one in results),
        max(one.slowest for one in results),
        sum(one.while_starting for one in results),
    )


def seeds_of_lanes(lanes: int, seed: int = 1) -> list[int]:
    """The seeds of lanes that run side by side."""
    return [seed * 100 + number for number in range(lanes)]
