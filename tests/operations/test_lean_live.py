"""What `lean live deploy` starts in our image: LEAN's configuration in, LEAN's lines, files and exit status out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leanib.simulator.testing import background_simulator

__all__ = ["background_simulator"]

PROJECT = Path(__file__).parents[2]
ALGORITHM = """
from AlgorithmImports import *

class Holder(QCAlgorithm):
    def initialize(self):
        self.set_benchmark(lambda time: 0)
        self.pair = self.add_crypto("BTCUSD", Resolution.SECOND, Market.COINBASE).symbol
        self.log(f"mode {self.live_mode} {self.get_parameter('size')}")

    def on_command(self, data):
        self.log(f"told {data.word}")
        return True
"""


class Container:
    """The launcher in a folder as the CLI lays it out."""

    def __init__(self, folder: Path, port: int, **environment: Any) -> None:
        self.folder, self.results = folder, folder / "Results"
        (folder / "code").mkdir()
        (folder / "code" / "main.py").write_text(ALGORITHM)
        live = {
            "live-mode": True, "live-mode-brokerage": "InteractiveBrokersBrokerage", "ib-host": "127.0.0.1",
            "ib-port": str(port), "ib-account": "DU1234567", "ib-trading-mode": "paper", **environment,
        }  # fmt: skip
        config = {
            "environment": "lean-cli", "environments": {"lean-cli": live}, "algorithm-id": "L-3123456789",
            "algorithm-location": str(folder / "code" / "main.py"), "data-folder": str(PROJECT / "data"),
            "results-destination-folder": str(self.results), "object-store-root": str(folder / "Storage"),
            "parameters": {"size": "7"}, "leanib-risk": {"max_order_value": 1000},
        }  # fmt: skip
        (folder / "config.json").write_text(json.dumps(config))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "leanib.operations.lean_launcher"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
        )  # fmt: skip

    @property
    def log(self) -> str:
        """log.txt."""
        file = self.results / "log.txt"
        return file.read_text() if file.exists() else ""

    def wait(self, condition: Callable[[], object], seconds: float = 60) -> None:
        """Until a condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.log
            assert self.process.poll() is None or condition(), self.log
            time.sleep(0.1)

    def end(self) -> tuple[int, str]:
        """Its exit status, and what it printed."""
        printed, _ = self.process.communicate(timeout=60)
        return self.process.returncode, printed


def test_a_deployment_speaks_leans_language(background_simulator: Any, tmp_path: Path) -> None:
    """Its lines, its result file, its command files; a stop by command ends it with 0."""
    container = Container(tmp_path, background_simulator.port)
    container.wait(lambda: "Begin DataStream" in container.log)
    for words in ("Host: 127.0.0.1, Port: ", "Launching analysis for L-3123456789", "Log: ", "mode True 7"):
        container.wait(lambda words=words: words in container.log)  # type: ignore[misc]
    container.wait(lambda: (container.results / "L-3123456789.json").exists())
    assert json.loads((container.results / "L-3123456789.json").read_text())["state"]["Status"] == "Running"
    (tmp_path / "command-1.json").write_text(json.dumps({"Id": "1", "word": "hello"}))
    container.wait(lambda: (tmp_path / "result-command-1.json").exists())
    assert json.loads((tmp_path / "result-command-1.json").read_text())["Success"] is True
    container.wait(lambda: "told hello" in container.log)
    kind = "QuantConnect.Commands.AlgorithmStatusCommand, QuantConnect.Common"
    stop = {"$type": kind, "Id": "2", "Status": "Stopped"}
    (tmp_path / "command-2.json").write_text(json.dumps(stop))
    status, printed = container.end()
    assert status == 0, printed
    assert "Algorithm state changed to" in container.log
    assert (tmp_path / "Storage" / "orders-paper.sqlite3").exists()


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"ib-account": ""}, '"ib-account" is empty'),
        ({"ib-port": "x"}, "\"ib-port\" is 'x'"),
        ({"ib-trading-mode": "both"}, "it must be paper or live"),
        ({"ib-trading-mode": "live", "ib-account": "DU1234567"}, "serves a paper account"),
        ({"live-mode-brokerage": "OandaBrokerage"}, "trades with Interactive Brokers, not OandaBrokerage"),
    ],
)
def test_what_cannot_be_traded_ends_with_a_sentence(
    background_simulator: Any, tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    """One line that says why, exit status 1."""
    container = Container(tmp_path, background_simulator.port, **environment)
    status, printed = container.end()
    assert status == 1
    assert sentence in printed
    assert "Traceback" not in printed
