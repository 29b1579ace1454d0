"""What LEAN's log tells of a live run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from leanib.operations.lean_log import LeanFacts, LeanLog, moment_of

START = """\
20261127 14:29:01.002 TRACE:: Engine.Main(): LEAN ALGORITHMIC TRADING ENGINE v2.5.0.0 Mode: DEBUG (64bit)
20261127 14:29:02.100 TRACE:: InteractiveBrokersBrokerage.InteractiveBrokersBrokerage(): Host: ib-gateway, Port: 4004
20261127 14:29:03.500 TRACE:: InteractiveBrokersBrokerage.HandleNextValidID(): IB next valid id received.
20261127 14:29:04.500 TRACE:: BrokerageSetupHandler.Setup(): Has existing holding: SPY: 12 @ $400.5 - Market: $401
20261127 14:29:05.000 TRACE:: AlgorithmManager.Run(): Begin DataStream - Start: 11/27/2026 2:29:05 PM
""".splitlines()


def told(*lines: str) -> LeanFacts:
    """What the start and more lines tell."""
    return LeanLog().feed([*START, *lines])


def test_a_start_is_followed_to_the_loop():
    """Address, login, holdings, loop, each with its time in UTC."""
    facts = told()
    assert facts.target == "ib-gateway:4004"
    assert facts.login_at == datetime(2026, 11, 27, 14, 29, 3, 500000, tzinfo=UTC)
    assert facts.trading_at == datetime(2026, 11, 27, 14, 29, 5, tzinfo=UTC)
    assert facts.holdings == {"SPY": Decimal(12)}
    assert not facts.cause
    assert not facts.own_gateway


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("ERROR:: Still disconnected, goodbye.", "connection"),
        ("ERROR:: Unexpected, not connected state. Unable to connect to Interactive Brokers.", "connection"),
        ("ERROR:: Runtime Error: Division by zero at OnData", "runtime-error"),
        ("ERROR:: Algorithm.Initialize() Error: no such symbol", "runtime-error"),
        ("ERROR:: Brokerage.OnMessage(): Error - Code: NoBrokerageResponse - Timeout", "order-unanswered"),
        ("TRACE:: AlgorithmManager.Run(): Algorithm state changed to Stopped", "stopped"),
    ],
)
def test_the_cause_of_an_end_is_recognised(line, cause):
    """With LEAN's words for it."""
    facts = told(f"20261127 15:00:00.000 {line}")
    assert facts.cause == cause
    assert facts.error
    assert not facts.ended


def test_what_lies_below_a_runtime_error_explains_it_better():
    """LEAN ends on a lost connection by a runtime error of its own."""
    lines = (
        "20261127 15:00:00.000 ERROR:: Runtime Error: x",
        "20261127 15:00:00.001 ERROR:: Still disconnected, goodbye.",
    )
    facts = told(*lines)
    assert facts.cause == "connection"


def test_the_heartbeat_shows_a_loop_that_hangs():
    """The result files would go on."""
    line = "TRACE:: Isolator.ExecuteWithTimeLimit(): Used: 143, Sample: 97, CurrentTimeStepElapsed: 03:12.500. CPU: 1%"
    facts = told(f"20261127 15:00:00.000 {line}")
    assert facts.step == timedelta(minutes=3, seconds=12.5)
    assert facts.heartbeat_at == datetime(2026, 11, 27, 15, tzinfo=UTC)


def test_a_disconnection_lasts_until_a_fresh_login():
    """With LEAN's own patience for it."""
    lost = (
        "20261127 15:00:00.000 TRACE:: DefaultBrokerageMessageHandler.Handle(): Disconnected.",
        "20261127 15:00:00.001 TRACE:: DefaultBrokerageMessageHandler.Handle(): trying to reconnect for 15 minutes.",
    )
    assert told(*lost).lost_at == datetime(2026, 11, 27, 15, tzinfo=UTC)
    assert told(*lost).gives_up_in == timedelta(minutes=15)
    assert told(*lost, "20261127 15:01:00.000 TRACE:: IB next valid id received.").lost_at is None
    assert told(*lost, "20261127 15:01:00.000 TRACE:: Handle(): Reconnected.").lost_at is None


def test_the_tripwire_of_a_second_gateway_is_seen():
    """LEAN must never start one of its own."""
    assert told("20261127 15:00:00.000 TRACE:: InteractiveBrokersBrokerage: Starting IB Automater...").own_gateway


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("2026-11-27T14:29:01.0020000Z TRACE:: x", datetime(2026, 11, 27, 14, 29, 1, 2000, tzinfo=UTC)),
        ("20261127 14:29:01.002 TRACE:: x", datetime(2026, 11, 27, 14, 29, 1, 2000, tzinfo=UTC)),
        ("20269927 14:29:01.002 TRACE:: x", None),
        ("   at QuantConnect.Lean.Engine", None),
        ("", None),
    ],
)
def test_both_forms_of_the_time_are_read(line, moment):
    """log.txt's and the console's; what is neither is no time."""
    assert moment_of(line) == moment
