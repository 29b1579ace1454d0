"""The public surface: what users import, and what they may rely on."""

from __future__ import annotations

import inspect

import pytest

import leanib.simulator
from leanib.simulator import RealClock, Simulator, VirtualClock, forex, stock


def test_public_names() -> None:
    """Exactly these names are public."""
    wanted = ["Clock", "RealClock", "Simulator", "VirtualClock", "forex", "index", "stock"]
    assert sorted(leanib.simulator.__all__) == wanted


def test_settings_of_the_simulator() -> None:
    """The settings keep their names."""
    names = list(inspect.signature(Simulator).parameters)
    assert names == [
        "host", "port", "accounts", "clock", "seed", "cash", "base_currency", "always_open", "pacing",
        "master_client_id", "server_version", "time_zone", "tick_interval", "max_tickers", "record", "state", "data",
        "instruments",
    ]  # fmt: skip


def test_settings_that_make_no_sense() -> None:
    """Mistakes are said at once."""
    with pytest.raises(ValueError, match="between 150 and 226"):
        Simulator(server_version=227)
    with pytest.raises(ValueError, match="at least one"):
        Simulator(accounts=[])
    with pytest.raises(ValueError, match="above zero"):
        RealClock(speed=0)


def test_instruments_can_be_added() -> None:
    """A stock and a pair that nobody knew are traded like any other."""
    sim = Simulator(clock=VirtualClock())
    item = sim.market.directory.add(stock("XYZ", 25.0))
    pair = sim.market.directory.add(forex("USD", "MXN", 17.0))
    assert sim.market.quote("XYZ").bid is not None
    assert sim.market.instrument("USD.MXN") is pair
    assert item.conforms(sim.market.quote("XYZ").bid or 0)  # type: ignore[arg-type]
