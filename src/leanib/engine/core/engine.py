"""Runs one algorithm from start to end (`Engine/Engine.cs`, `Engine/Setup/BacktestingSetupHandler.cs`)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from leanib import collector
from leanib.engine.brokerages.backtesting import BacktestingBrokerage
from leanib.engine.core.algorithm_manager import AlgorithmManager
from leanib.engine.core.data_manager import DataManager
from leanib.engine.core.ports import StretchPorts
from leanib.engine.core.run import Run, open_scope
from leanib.engine.core.synchronizer import Synchronizer
from leanib.engine.core.transactions import BacktestingTransactionHandler
from leanib.engine.core.universe_selection import UniverseSelection
from leanib.engine.core.unread_properties import UNREAD
from leanib.engine.custom import ObjectStore
from leanib.engine.dotnet.wrong_arguments import as_lean_says
from leanib.engine.feeds.decoded_files import DECODED_FILES, DecodedFiles
from leanib.engine.feeds.start_limits import START_LIMITS
from leanib.engine.market.universe import SecurityChanges
from leanib.engine.results import BacktestingResultHandler
from leanib.engine.results.listener import Listener
from leanib.engine.results.missing_data import MissingData
from leanib.engine.scheduling.handler import BacktestingRealTimeHandler
from leanib.engine.securities import SecurityService
from leanib.engine.symbols import RunScope
from leanib.engine.universes import FundamentalService
from leanib.errors import UsageError

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.core.ports import Scheduler
    from leanib.engine.universes.fundamental_data import FundamentalProvider

__all__ = ["BacktestRun", "Job", "run_backtest"]

_365_DAY_BROKERAGES = ("Coinbase", "Binance", "Bitfinex", "Bybit", "FTX", "Kraken")


@dataclass
class Job:
    """What to run: data folder, parameters, dates that override the algorithm's, where results go and who listens.

    `object_store_root` is where `self.object_store` keeps its values; by default storage/ below the working directory.
    `stretch` False takes every time step by itself, as LEAN does; the results are the same.
    `fundamentals` gives fundamental values; by default there are none but prices and volumes.
    `decoded` keeps decoded data files from one run to the next, for many runs on a data folder that does not change.
    `keep_interrupted` makes Ctrl-C end the run with the results until then (`BacktestRun.interrupted`); without it the
    KeyboardInterrupt goes on, so that nobody takes half a run for a whole one.
    """

    data_folder: Path
    algorithm_id: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    destination: Path | None = None
    start: date | None = None
    end: date | None = None
    listener: Listener | None = None
    object_store_root: Path | None = None
    fundamentals: FundamentalProvider | None = None
    decoded: DecodedFiles | None = None
    stretch: bool = True
    keep_interrupted: bool = False


class BacktestRun:
    """A finished run: the algorithm, the result handler, LEAN's counts of data points, and the data that it lacked.

    `unread_parameters` are those of the job that the algorithm never asked for; `steps_in_stretches` says how many time
    steps brought nothing but prices and were taken together; `seconds_of_results` is the CPU time that statistics and
    result files took.
    """

    def __init__(
        self,
        algorithm: QCAlgorithm,
        results: BacktestingResultHandler,
        manager: AlgorithmManager,
        interrupted: bool = False,
        unread_parameters: Sequence[str] = (),
    ) -> None:
        self.algorithm = algorithm
        self.results = results
        self.data_points = manager.data_points
        self.steps_in_stretches = 0 if manager.stretches is None else manager.stretches.steps
        self.interrupted = interrupted
        self.unread_parameters = list(unread_parameters)
        self.seconds_of_results = 0.0

    @property
    def history_data_points(self) -> int:
        """LEAN's AlgorithmHistoryDataPoints."""
        count: int = self.algorithm._qc_base.history_provider.data_point_count
        return count

    @property
    def missing_data(self) -> list[MissingData]:
        """What was asked for and is not there."""
        return self.results.missing_data

    @property
    def error(self) -> BaseException | None:
        """The error of the algorithm that ended the run."""
        failure = self.algorithm._qc_base.run_time_error
        return failure.exception if failure is not None else None


def run_backtest(algorithm_class: type[QCAlgorithm], job: Job) -> BacktestRun:
    """Run an algorithm. An error in `initialize()` or in the constructor is raised; later ones are in the run.

    Afterwards the thread still works for this run, so that what is asked of its algorithm has its answers; a run that
    was under way in the same thread goes on as before.

    Raises:
        ConfigurationError: the data folder is not there.
    """
    outer = RunScope.current()
    scope = open_scope(job.data_folder)
    scope.under_way = True
    try:
        with collector.seldom():
            return _run_backtest(algorithm_class, job, scope)
    finally:
        scope.under_way = False
        if outer.under_way:
            outer.enter()


def _run_backtest(algorithm_class: type[QCAlgorithm], job: Job, scope: RunScope) -> BacktestRun:
    if job.decoded is not None:
        DECODED_FILES.set(job.decoded)
    if job.fundamentals is not None:
        FundamentalService.set_provider(job.fundamentals)
    name = job.algorithm_id or algorithm_class.__name__
    results = BacktestingResultHandler(name, job.destination, job.listener)
    algorithm = algorithm_class()._qc_base
    START_LIMITS().tell = UNREAD().tell = results.debug_message
    run, ports, selection = _wire(algorithm, scope, results)
    try:
        _initialize(algorithm, job, run.scheduler)
    except Exception as error:
        results.initialization_failed(algorithm)
        told = as_lean_says(error)
        if told is error:
            raise
        raise told from None
    selection.ensure_currency_data_feeds(SecurityChanges.NONE, seed_new_currencies=False)
    algorithm.seed_currency_conversion_rates()
    results.set_algorithm(algorithm, algorithm.portfolio.cash_decimal)
    algorithm.set_algorithm_id(name)
    algorithm.set_locked()
    run.scheduler.setup()
    results.launched()
    run.trades = algorithm.trade_builder
    manager = AlgorithmManager(run, ports if job.stretch else None)
    results.count_data_points = lambda: manager.data_points
    interrupted = _loop(manager, job.keep_interrupted)
    results.completed(manager.data_points + algorithm.history_provider.data_point_count)
    for message in START_LIMITS().messages():
        results.debug_message(message)
    unread = algorithm._qc_unread_parameters()  # before the results ask for all of them
    before_results = time.process_time()
    _finish(algorithm, results)
    finished = BacktestRun(algorithm._qc_users, results, manager, interrupted, unread)
    finished.seconds_of_results = time.process_time() - before_results
    return finished


def _loop(manager: AlgorithmManager, keep_interrupted: bool) -> bool:
    """Run to the end; whether Ctrl-C ended it, where what was done until then is to have its results."""
    try:
        manager.run()
    except KeyboardInterrupt:
        if not keep_interrupted:
            raise
        return True
    return False


def _wire(
    algorithm: QCAlgorithm, scope: RunScope, results: BacktestingResultHandler
) -> tuple[Run, StretchPorts, UniverseSelection]:
    """A backtest behind the ports: data files, the simulated brokerage, simulated time."""
    transactions = BacktestingTransactionHandler()
    transactions.initialize(algorithm, BacktestingBrokerage(algorithm), results)
    results.initialize(transactions)
    algorithm.transactions.set_order_processor(transactions)
    algorithm.securities.set_security_service(SecurityService(algorithm))
    data_manager = DataManager(algorithm)
    algorithm.subscription_manager.set_data_manager(data_manager)
    algorithm.set_statistics_service(results)
    selection = UniverseSelection(algorithm, data_manager)
    feed, scheduler = Synchronizer(algorithm, data_manager, selection), BacktestingRealTimeHandler(algorithm)
    run = Run(*(scope, algorithm, data_manager), feed=feed, broker=transactions, scheduler=scheduler, results=results)
    return run, StretchPorts(algorithm, feed, transactions, scheduler, results), selection


def _initialize(algorithm: QCAlgorithm, job: Job, scheduler: Scheduler) -> None:
    algorithm.set_parameters(job.parameters)
    if job.object_store_root is not None:
        algorithm.set_object_store(ObjectStore(job.object_store_root))
    algorithm.schedule.set_event_schedule(scheduler)
    algorithm.initialize()
    if job.start is not None:
        algorithm.set_start_date(job.start)
    if job.end is not None:
        algorithm.set_end_date(job.end)
    if (job.start or job.end) and algorithm.end_date < algorithm.start_date:
        raise UsageError(
            f"the run would end on {algorithm.end_date:%Y-%m-%d}, before it starts on {algorithm.start_date:%Y-%m-%d}; "
            "give both --start and --end"
        )
    if algorithm.settings.trading_days_per_year is None:
        kinds = type(algorithm.brokerage_model).__mro__
        always_open = any(kind.__name__.startswith(_365_DAY_BROKERAGES) for kind in kinds)
        algorithm.settings.trading_days_per_year = 365 if always_open else 252
    algorithm.post_initialize()


def _finish(algorithm: QCAlgorithm, results: BacktestingResultHandler) -> None:
    failure = algorithm.run_time_error
    if failure is not None:
        results.runtime_error(str(failure.exception))
    results.exit()
