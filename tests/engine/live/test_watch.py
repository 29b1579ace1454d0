"""A strategy that hangs, floods or takes its time hurts nobody but itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.engine.live.kills import ACCOUNT, PROJECT, around_the_clock

from leanib.simulator.testing import BackgroundSimulator

HEAD = """
from AlgorithmImports import *
import time

class Troubled(QCAlgorithm):
    def initialize(self):
        self.set_benchmark(lambda t: 0)
        self.share = self.add_equity("AAPL", Resolution.SECOND).symbol
        self.bars = 0

    def on_data(self, data):
        if self.share not in data.bars or data.bars[self.share].is_fill_forward:
            return
        self.bars += 1
        self.debug(f"bar {self.bars}")
        if self.bars == 2:
            self.market_order(self.share, 5)
            self.limit_order(self.share, 1, 1)
            self.debug("bought")
"""


class Live:
    """`leanib live` on a strategy of its own."""

    def __init__(self, folder: Path, port: int, source: str, *words: str, risk: str = "unlimited = true") -> None:
        (folder / "troubled").mkdir()
        (folder / "troubled" / "main.py").write_text(source)
        (folder / "lean.json").write_text('{"data-folder": "data"}')
        (folder / "config").mkdir()
        (folder / "config" / "paper.toml").write_text(f"[risk]\n{risk}\n[orders]\nrestart_gate = 0\n")
        data = around_the_clock(folder)
        environment = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), "IB_PAPER_PORT": str(port)}
        self.output = folder / "output.txt"
        with self.output.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "leanib", "live", "troubled", "--data-folder", str(data), *words],
                cwd=folder, stdout=log, stderr=log, env=environment,
            )  # fmt: skip

    def end(self, status: int, seconds: float = 90) -> None:
        """Expects its exit code."""
        try:
            assert self.process.wait(seconds) == status, self.text[-4000:]
        finally:
            self.process.kill()
            self.process.wait()

    @property
    def text(self) -> str:
        """What it printed."""
        return self.output.read_text()

    def wait(self, words: str, seconds: float = 60) -> None:
        """Until it has printed something."""
        deadline = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < deadline, self.text
            assert self.process.poll() is None or words in self.text, self.text
            time.sleep(0.1)


@pytest.fixture
def sim() -> Any:
    """A simulator that trades around the clock."""
    with BackgroundSimulator(accounts=[ACCOUNT], tick_interval=0.2, always_open=True, pacing=False) as running:
        yield running


def held(sim: BackgroundSimulator) -> tuple[float, int]:
    """Position and working orders at IB."""
    return sim.run(
        lambda s: (
            float(s.accounts.ledgers[ACCOUNT].quantity(s.market.instrument("AAPL").con_id)),
            len(s.orders.open_orders()),
        )
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("action", ["keep", "stop", "liquidate"])
def test_a_strategy_that_hangs_is_given_up(sim: Any, tmp_path: Path, action: str) -> None:
    """Where it hangs is said; with its order and position is done without it what was asked for; exit code 1."""
    source = HEAD + "        while self.bars == 3:\n            time.sleep(0.01)\n"
    live = Live(tmp_path, sim.port, source, "--on-error", action, "--step-limit", "0.1")
    live.wait("bought")
    live.end(1)
    assert "main.py, line 2" in live.text
    assert "hangs: its step has taken" in live.text
    assert "Traceback" not in live.text
    if action != "liquidate":
        assert held(sim) == ((5, 1) if action == "keep" else (5, 0))
        return
    left = sim.run(lambda s: [order.tif for order in s.orders.open_orders()])
    # the simulator trades on, but New York may be closed at the time: then it is sold when it opens
    assert (held(sim)[0], left) in ((0, []), (5, ["OPG"]))


@pytest.mark.slow
def test_a_strategy_that_floods_is_stopped_by_the_limits(sim: Any, tmp_path: Path) -> None:
    """Orders beyond the rate are refused, lines beyond it are dropped, SIGTERM still ends it in order."""
    source = HEAD + (
        "        if self.bars > 2:\n            for n in range(600):\n"
        "                self.debug(f'line {self.bars} {n}')\n"
        "            for _ in range(40):\n                self.limit_order(self.share, 1, 1, asynchronous=True)\n"
    )
    risk = "unlimited = true\nmax_orders_per_minute = 10"
    live = Live(tmp_path, sim.port, source, "--on-exit", "cancel", risk=risk)
    live.wait("max_orders_per_minute")
    live.wait("lines were dropped")
    live.process.send_signal(signal.SIGTERM)
    live.end(0)
    assert sim.run(lambda s: len(s.orders.orders)) <= 20
    assert held(sim)[1] == 0


@pytest.mark.slow
def test_a_strategy_that_takes_its_time_misses_no_tick(sim: Any, tmp_path: Path) -> None:
    """Bars of the seconds in which it slept are there when it is back."""
    source = HEAD + "        if self.bars == 3:\n            time.sleep(4)\n"
    live = Live(tmp_path, sim.port, source)
    live.wait("bar 9")
    live.process.send_signal(signal.SIGINT)
    live.end(0)
    assert held(sim) == (5, 1)
