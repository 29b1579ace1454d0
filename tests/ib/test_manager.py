"""The manager as scripts use it: synchronous, in one `with`, against the simulator on another thread."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from leanib.ib import Change, IBConnectionManager, OrderRequest, OrderStatus, WrongAccount, load_settings
from leanib.simulator.testing import background_simulator

__all__ = ["background_simulator"]

SCRIPT = """
import sys, time
from pathlib import Path
from leanib.ib import IBConnectionManager, load_settings
with IBConnectionManager(load_settings("paper", Path(sys.argv[1]), paper_port=int(sys.argv[2]))) as ib:
    ib.subscribe("AAPL")
    print("ready", flush=True)
    time.sleep(60)
"""


def test_everyday_calls(background_simulator: Any, tmp_path: Path) -> None:
    """Account, quote, order, modification, cancel and wait work without a line of asyncio."""
    sim = background_simulator
    settings = load_settings("paper", tmp_path, host=sim.host, paper_port=sim.port)
    with IBConnectionManager(settings) as ib:
        assert ib.account().complete
        ib.subscribe("AAPL", "EURUSD")
        resting = ib.place(OrderRequest("AAPL", "BUY", Decimal(10), "LMT", limit_price=Decimal(1)))
        ib.modify(resting.ref, Change(limit_price=Decimal(2)))
        ib.cancel(resting.ref)
        assert ib.wait(resting.ref, 5).status is OrderStatus.CANCELLED
        filled = ib.wait(ib.place(OrderRequest("AAPL", "BUY", Decimal(10))).ref, 5)
        assert (filled.status, filled.filled) == (OrderStatus.FILLED, Decimal(10))
        quote = ib.quote("AAPL")
        assert quote is not None
        assert quote.bid is not None


def test_live_mode_refuses_a_paper_account(background_simulator: Any, tmp_path: Path) -> None:
    """The live mode leaves at once when the account is a paper account."""
    sim = background_simulator
    settings = load_settings("live", tmp_path, host=sim.host, live_port=sim.port, account="U7654321")
    with pytest.raises(WrongAccount, match="serves a paper account"), IBConnectionManager(settings):
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_in_order(background_simulator: Any, tmp_path: Path, number: int) -> None:
    """SIGINT and SIGTERM cancel the subscriptions and close the connection; the log says so."""
    sim = background_simulator
    arguments = [sys.executable, "-c", SCRIPT, str(tmp_path), str(sim.port)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.kill(process.pid, number)
        process.wait(timeout=20)
    deadline = time.monotonic() + 5
    log = tmp_path / "logs" / "ib_connection.log"
    while "connection closed" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    text = log.read_text()
    assert "connection closed" in text
    assert "did not end in order" not in text
    assert "DU1234567" not in text
