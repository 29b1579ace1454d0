"""The simulated Gateway and the clock, for tests of programs that trade."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from leanib.cli.main import main
from leanib.ib import IBConnectionManager


@pytest.mark.simulator(cash=5000)
def test_commands_reach_the_simulated_gateway(paper_gateway: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """With the marker's settings, in a project folder of the test's own, limits included."""
    paper_gateway.run(lambda sim: sim.market.set_quote("SPY", 99.98, 100.02, 100.0))
    assert main(["order", "buy", "SPY", "10", "--wait"]) == 0
    capsys.readouterr()
    assert main(["account", "--json"]) == 0
    account = json.loads(capsys.readouterr().out)
    assert account["positions"][0]["quantity"] == 10
    assert account["values"]["NetLiquidation"] == pytest.approx(5000, abs=5)


def test_a_frozen_clock_dates_what_happens(paper_gateway: Any, frozen_clock: Any) -> None:
    """Everything of the connection is dated by it, and time goes on only when it is moved."""
    assert frozen_clock.now() == frozen_clock.now() == datetime(2024, 1, 2, 15, tzinfo=UTC)
    frozen_clock.move(minutes=5)
    with IBConnectionManager(clock=frozen_clock) as ib:
        assert ib.account().at == datetime(2024, 1, 2, 15, 5, tzinfo=UTC)
    with pytest.raises(ValueError, match="forward"):
        frozen_clock.move(seconds=-1)
