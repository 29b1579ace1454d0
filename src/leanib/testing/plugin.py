"""The fixtures that pytest finds by itself where leanib is installed.

`lean_data`        an empty data folder to build in, see `leanib.testing.DataBuilder`
`run_algorithm`    runs a class, a file or a folder over a data folder, see `leanib.testing.run_algorithm`
`order_snapshot`   compares a run's orders with `snapshots/<test>.txt` beside the test; `--snapshot-update` writes it
`frozen_clock`     a clock that stands still
`paper_gateway`    a simulated Gateway with a project folder at it, for commands, scripts and `IBConnectionManager`

Nothing is imported before a fixture is used: other projects' tests in the same environment start as quickly as ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from leanib.simulator.testing import BackgroundSimulator
    from leanib.testing import Backtest, DataBuilder, FrozenClock
    from leanib.testing.snapshot import OrderSnapshot

_LIMITS = """\
mode = "paper"

[risk]
max_order_value = 1000000
max_position_value = 1000000

[orders]
restart_gate = 0
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--snapshot-update`."""
    parser.getgroup("leanib").addoption(
        "--snapshot-update", action="store_true", help="write the snapshots of runs' orders anew"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker of the simulated Gateway known."""
    config.addinivalue_line("markers", "simulator(**settings): what the simulator fixtures are made with")


@pytest.fixture
def lean_data(tmp_path: Path) -> DataBuilder:
    """An empty data folder to build in."""
    from leanib.testing import DataBuilder

    return DataBuilder(tmp_path / "data")


@pytest.fixture
def run_algorithm() -> Callable[..., Backtest]:
    """Runs a class, a file or a folder; see `leanib.testing.run_algorithm`."""
    from leanib.testing import run_algorithm

    return run_algorithm


@pytest.fixture
def order_snapshot(request: pytest.FixtureRequest) -> OrderSnapshot:
    """Compares a run's orders with those of the last time."""
    from leanib.testing.snapshot import OrderSnapshot

    name = re.sub(r"[^\w.-]+", "-", request.node.name).strip("-")
    update = bool(request.config.getoption("--snapshot-update"))
    return OrderSnapshot(request.path.parent / "snapshots", f"{request.path.stem}-{name}", update=update)


@pytest.fixture
def frozen_clock() -> FrozenClock:
    """A clock that stands still; `frozen_clock.move(minutes=5)` moves it."""
    from leanib.testing import FrozenClock

    return FrozenClock()


@pytest.fixture
def paper_gateway(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BackgroundSimulator]:
    """A simulated Gateway; the test's folder is a project of its own whose commands and programs reach it.

    Settings come from a marker: `@pytest.mark.simulator(cash=5000)`. `paper_gateway.run(lambda sim: ...)` sets prices
    and injects faults.
    """
    from leanib.simulator.testing import BackgroundSimulator

    marker = request.node.get_closest_marker("simulator")
    settings: dict[str, Any] = {"always_open": True, "pacing": False, **(marker.kwargs if marker else {})}
    project = tmp_path / "project"
    (project / "config").mkdir(parents=True)
    (project / "config" / "paper.toml").write_text(_LIMITS, encoding="utf-8")
    monkeypatch.chdir(project)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("IB_ACCOUNT", "LEANIB_ALERT_URLS"):
        monkeypatch.delenv(name, raising=False)
    with BackgroundSimulator(**settings) as gateway:
        monkeypatch.setenv("IB_HOST", gateway.host)
        monkeypatch.setenv("IB_PAPER_PORT", str(gateway.port))
        yield gateway
