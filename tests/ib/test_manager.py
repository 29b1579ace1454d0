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

from leanib.errors import UsageError
from leanib.ib import (
    Change,
    ConnectionFailed,
    IBConnectionManager,
    OrderRequest,
    OrderStatus,
    WrongAccount,
    load_settings,
)
from leanib.simulator.testing import background_simulator

__all__ = ["background_simulator"]

SCRIPT = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs inherit that it is ignored
from pathlib import Path
from leanib.ib import IBConnectionManager, load_settings
with IBConnectionManager(load_settings("paper", Path(sys.argv[1]), paper_port=int(sys.argv[2]))) as ib:
    ib.subscribe("AAPL")
    print("ready", flush=True)
    while True:  # one long sleep may begin just after the signal has come
        time.sleep(0.05)
"""


def test_everyday_calls(background_simulator: Any, tmp_path: Path) -> None:
    """Account, quote, order, modification, cancel and wait work without a line of asyncio."""
    sim = background_simulator
    limits = {"max_order_value": 100_000, "max_position_value": 200_000, "max_daily_loss": 1000}
    # The real clock may be within minutes of the Gateway's nightly restart, before which no order is sent.
    any_time = {"restart_gate": 0}
    settings = load_settings("paper", tmp_path, host=sim.host, paper_port=sim.port, risk=limits, orders=any_time)
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


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("account", lambda ib: ib.account()),
        ("quote", lambda ib: ib.quote("AAPL")),
        ("subscribe", lambda ib: ib.subscribe("AAPL")),
        ("place", lambda ib: ib.place(OrderRequest("AAPL", "BUY", Decimal(1)))),
        ("cancel", lambda ib: ib.cancel("x")),
        ("modify", lambda ib: ib.modify("x", Change(quantity=Decimal(1)))),
        ("wait", lambda ib: ib.wait("x", 1)),
    ],
)
def test_a_call_that_waits_raises_a_sentence_in_a_callback(
    background_simulator: Any, tmp_path: Path, name: str, call: Any
) -> None:
    """On the thread that brings the answers nobody can wait for one: a sentence, not a deadlock."""
    sim = background_simulator
    settings = load_settings("paper", tmp_path, host=sim.host, paper_port=sim.port)
    said: list[str] = []

    def callback(*_: object) -> None:
        try:
            call(ib)
        except UsageError as error:
            said.append(str(error))

    with IBConnectionManager(settings) as ib:
        assert ib._loop is not None
        ib._loop.call_soon_threadsafe(callback)
        deadline = time.monotonic() + 10
        while not said and time.monotonic() < deadline:
            time.sleep(0.01)
    assert said
    assert said[0].startswith(f"ib.{name}() waits for an answer and was called from a callback")


def test_a_call_outside_of_the_with_block_raises_a_sentence(tmp_path: Path) -> None:
    """Without a connection there is a sentence, no assertion."""
    with pytest.raises(UsageError, match=r"ib\.account\(\) needs a connection"):
        IBConnectionManager(load_settings("paper", tmp_path)).account()


def test_two_programs_take_client_ids_of_their_own(background_simulator: Any, tmp_path: Path) -> None:
    """The second takes the next free id of the range; one of one's own choice is not exchanged."""
    sim = background_simulator
    settings = load_settings(
        "paper", tmp_path, host=sim.host, paper_port=sim.port, connection={"retries": 0, "connect_timeout": 5}
    )
    with IBConnectionManager(settings) as first, IBConnectionManager(settings) as second:
        assert (first.connection.client_id, second.connection.client_id) == (10, 11)
        with pytest.raises(ConnectionFailed, match=r"client id 10 is in use.*close the other program"):
            IBConnectionManager(settings, client_id=10).__enter__()
        with IBConnectionManager(settings, role="live") as live:
            assert live.connection.client_id == 1


def test_a_range_that_is_all_in_use_is_told(background_simulator: Any, tmp_path: Path) -> None:
    """Ten programs more than there are ids end with one sentence."""
    sim = background_simulator
    sim.run(lambda simulator: [simulator.faults.hold_client_id(number, 60) for number in range(10, 20)])
    settings = load_settings("paper", tmp_path, host=sim.host, paper_port=sim.port, connection={"retries": 0})
    with pytest.raises(ConnectionFailed, match="client ids 10 to 19 are all in use"):
        IBConnectionManager(settings).__enter__()
