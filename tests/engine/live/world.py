"""A live run for one test: simulator, services and algorithm on one thread, on virtual time."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.engine.live.bridge import LoopBridge
from leanib.engine.live.job import LiveJob, LiveOutcome
from leanib.engine.live.run import LiveRun
from leanib.ib import Alert, IBConnectionManager, LoopClock, load_settings
from leanib.simulator import virtual_time
from leanib.simulator.simulator import Simulator

__all__ = ["ACCOUNT", "DATA", "PROJECT", "LiveWorld", "live_world"]

PROJECT = Path(__file__).parents[3]
DATA = PROJECT / "data"
ACCOUNT = "DU1234567"
MORNING = datetime(2013, 2, 25, 14, 29, 30, tzinfo=UTC)  # half a minute before New York opens


class Recorder:
    """Keeps what the run tells."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def message(self, kind: str, text: str) -> None:
        """A line for the user."""
        self.lines.append((kind, text))

    def progress(self, fraction: float, utc_time: datetime, data_points: int) -> None:
        """Nothing to keep."""

    def texts(self, part: str) -> list[str]:
        """The lines that contain it."""
        return [text for _, text in self.lines if part in text]


class LiveWorld:
    """The simulator, and runs of algorithms against it, one after the other.

    Args:
        folder: Where everything is written.
        start: What the clock says at the beginning.
        simulator: What `Simulator` takes besides.
    """

    def __init__(self, folder: Path, start: datetime = MORNING, **simulator: Any) -> None:
        self.folder = folder
        self.runner = asyncio.Runner(loop_factory=virtual_time.VirtualTimeLoop)
        self.loop = self.runner.get_loop()
        asyncio.set_event_loop(self.loop)
        self.clock = LoopClock(start, self.loop)
        self.recorder = Recorder()
        self.alerts: list[Alert] = []
        given = {"data": DATA, "cash": 100_000, "always_open": False, "pacing": False, "accounts": [ACCOUNT]}
        self.sim = Simulator(clock=virtual_time.LoopClock(start, self.loop), **{**given, **simulator})
        self.runner.run(self.sim.start())
        self.runs: list[LiveRun] = []

    def close(self) -> None:
        """Ends everything."""
        self.runner.run(self.sim.stop())
        self.runner.close()
        asyncio.set_event_loop(None)

    def settings(self, **overrides: Any) -> Any:
        """Settings that dial the simulator, without limits on values unless `risk` has some."""
        (self.folder / "config").mkdir(exist_ok=True)
        given = {"host": self.sim.host, "paper_port": self.sim.port, "seed": 7}
        given |= {"reset_windows": PROJECT / "config" / "reset-windows.toml", "risk": {"unlimited": True}}
        return load_settings("paper", self.folder, **{**given, **overrides})

    def algorithm(self, source: str, name: str = "main") -> type[Any]:
        """The class of an algorithm's source."""
        file = self.folder / f"{name}.py"
        file.write_text("from AlgorithmImports import *\n" + textwrap.dedent(source))
        return load_algorithm(file)

    def job(self, **options: Any) -> LiveJob:
        """What to run, with the test's defaults."""
        given = {
            "data_folder": DATA,
            "name": "test",
            "algorithm_id": "L-3123456789",
            "state_folder": self.folder / "storage",
            "destination": self.folder / "live",
            "object_store_root": self.folder / "objects",
            "listener": self.recorder,
            "alert": self.alerts.append,
        }
        return LiveJob(**{**given, **options})

    def run(
        self,
        algorithm: type[Any],
        until: datetime | timedelta,
        *,
        settings: dict[str, Any] | None = None,
        during: dict[float, Callable[[], object]] | None = None,
        **options: Any,
    ) -> LiveOutcome:
        """Runs an algorithm until a moment (aware), or for so long.

        Args:
            algorithm: The class.
            until: When it is stopped.
            settings: Of the services.
            during: What happens so many seconds after the start.
            options: Of the job.
        """
        given = self.settings(**settings or {})
        services = IBConnectionManager(given, role="live", clock=self.clock, alert=self.alerts.append)
        bridge = LoopBridge(self.clock, self.loop)
        self.loop.run_until_complete(services.start())
        run = LiveRun(algorithm, self.job(**options), bridge, services)
        self.runs.append(run)
        delay = until if isinstance(until, timedelta) else until - self.clock.now()
        timers = [self.loop.call_later(delay.total_seconds(), run.request_stop)]
        for seconds, action in (during or {}).items():
            timers.append(self.loop.call_later(seconds, action))
        try:
            return run.run()
        finally:
            for timer in timers:
                timer.cancel()
            self.loop.run_until_complete(services.stop())

    def position(self, symbol: str) -> float:
        """What the simulator's books hold."""
        item = self.sim.market.instrument(symbol)
        return float(self.sim.accounts.ledgers[ACCOUNT].quantity(item.con_id))


@pytest.fixture
def live_world(tmp_path: Path) -> Any:
    """Makes worlds, and ends them."""
    worlds: list[LiveWorld] = []

    def make(start: datetime = MORNING, **simulator: Any) -> LiveWorld:
        worlds.append(LiveWorld(tmp_path, start, **simulator))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()
