"""Past days of the data folder, traded live: strategy, services and simulator on one virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from leanib.engine.live.bridge import LoopBridge
from leanib.engine.live.job import LiveJob, LiveOutcome
from leanib.engine.live.run import LiveRun
from leanib.engine.market import SubscriptionDataConfig
from leanib.errors import DataError, UsageError
from leanib.ib import IBConnectionManager, load_settings
from leanib.ib import LoopClock as ServiceClock
from leanib.operations.replay.instruments import instrument_of
from leanib.operations.replay.tape import Tape
from leanib.simulator import Simulator
from leanib.simulator.virtual_time import LoopClock, VirtualTimeLoop

__all__ = ["Replay"]

_NEW_YORK = ZoneInfo("America/New_York")
_ACCOUNT = "DU1234567"
_DAY = 86400.0


class Replay:
    """Trades an algorithm live on past days.

    Args:
        data_folder: LEAN's.
        first, last: The days, in New York; from the first one's midnight to the last one's end.
        cash: What the account begins with, in US dollars.
        folder: Where the services keep journal and log.
        alert: Hears the services' alerts.
    """

    def __init__(
        self,
        data_folder: Path,
        first: date,
        last: date,
        *,
        cash: float,
        folder: Path,
        alert: Callable[[Any], None],
    ) -> None:
        if last < first:
            raise UsageError(f"the last day, {last}, is before the first one, {first}; exchange them")
        self._data = data_folder
        self._start = datetime(first.year, first.month, first.day, tzinfo=_NEW_YORK).astimezone(UTC)
        end = datetime(last.year, last.month, last.day, tzinfo=_NEW_YORK) + timedelta(days=1)
        self._end = end.astimezone(UTC)
        self._cash = cash
        self._folder = folder
        self._alert = alert
        self.printed: dict[str, int] = {}
        """After the run: how many bars there were of each symbol that the algorithm subscribed to."""
        self.cash_asked_for: float | None = None
        """After the run: what the algorithm's `set_cash` said."""

    def run(self, algorithm: type[Any], make_job: Callable[[Callable[[], datetime]], LiveJob]) -> LiveOutcome:
        """From the first day to the last.

        Args:
            algorithm: Its class.
            make_job: Makes the job; given the clock (naive UTC).

        Raises:
            DataError: The simulator does not know what the algorithm subscribes to.
        """
        runner = asyncio.Runner(loop_factory=VirtualTimeLoop)
        loop = runner.get_loop()
        asyncio.set_event_loop(loop)
        simulator = Simulator(
            clock=LoopClock(self._start, loop), data=self._data, cash=self._cash, accounts=[_ACCOUNT],
            always_open=False, pacing=False,
        )  # fmt: skip
        try:
            runner.run(simulator.start())
            return self._play(loop, simulator, algorithm, make_job)
        finally:
            runner.run(simulator.stop())
            runner.close()
            asyncio.set_event_loop(None)

    def _play(
        self,
        loop: asyncio.AbstractEventLoop,
        simulator: Simulator,
        algorithm: type[Any],
        make_job: Callable[[Callable[[], datetime]], LiveJob],
    ) -> LiveOutcome:
        clock = ServiceClock(self._start, loop)
        settings = load_settings(
            "paper", self._folder, host=simulator.host, paper_port=simulator.port, seed=1, risk={"unlimited": True},
            quotes={"stale_after": _DAY}, orders={"restart_gate": 0},
        )  # fmt: skip
        services = IBConnectionManager(settings, role="live", clock=clock, alert=self._alert)
        bridge = LoopBridge(clock, loop)
        tape = Tape(simulator, self._data)
        job = make_job(bridge.now)
        run = LiveRun(algorithm, job, bridge, services, finest_pulse=None)

        job.in_rhythm = False  # minutes pass in a moment
        job.on_subscription = lambda config: self._play_stream(simulator, tape, config)
        loop.run_until_complete(services.start())
        timer = loop.call_later((self._end - clock.now()).total_seconds(), run.request_stop)
        try:
            return run.run()
        finally:
            self.printed, self.cash_asked_for = tape.printed, run.cash_asked_for
            timer.cancel()
            loop.run_until_complete(services.stop())

    @staticmethod
    def _play_stream(simulator: Simulator, tape: Tape, config: SubscriptionDataConfig) -> None:
        """Prints what the algorithm subscribes to."""
        name, symbol = config.resolution.lean_name.lower(), config.symbol
        item = instrument_of(symbol, simulator.market)
        if item is None:
            raise DataError(
                f"the simulator does not know {symbol.value} ({symbol.security_type.lean_name}, {symbol.id.market}): "
                "leave it out, or replay a day on which it is traded"
            )
        factor = symbol.asset.ib_price_factor(symbol)
        tape.play(item, {"tick": "second"}.get(name, name), name=symbol.value, factor=factor)
