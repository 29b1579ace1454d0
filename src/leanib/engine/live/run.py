"""Runs one algorithm live from start to end (`Engine/Engine.cs`, `BrokerageSetupHandler.cs`, `AlgorithmManager.cs`)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.modes import AlgorithmMode, DeploymentTarget
from leanib.engine.brokerages import BrokerageName
from leanib.engine.core.algorithm_manager import AlgorithmManager
from leanib.engine.core.data_manager import DataManager
from leanib.engine.core.run import Run, open_scope
from leanib.engine.core.universe_selection import UniverseSelection
from leanib.engine.core.unread_properties import UNREAD
from leanib.engine.custom import ObjectStore
from leanib.engine.feeds.chain_files import CHAIN_SOURCE
from leanib.engine.feeds.history import HistoryProvider
from leanib.engine.live.account import Account, told
from leanib.engine.live.aggregation import TickHub
from leanib.engine.live.books import Books
from leanib.engine.live.bridge import Bridge
from leanib.engine.live.broker import InteractiveBrokersBrokerage
from leanib.engine.live.chains import IBChains
from leanib.engine.live.closing import AFTER_ERROR, held_by, wind_down
from leanib.engine.live.commands import CommandFiles
from leanib.engine.live.feed import LiveDataFeed
from leanib.engine.live.history import RawPoints
from leanib.engine.live.insights import KeptInsights
from leanib.engine.live.internal import InternalFeeds
from leanib.engine.live.job import AtEnd, LiveJob, LiveOutcome, OnError, Pulse
from leanib.engine.live.messages import BrokerageMessages
from leanib.engine.live.restoring import Restoration
from leanib.engine.live.results import LiveResultHandler
from leanib.engine.live.services import MarketData, PastData
from leanib.engine.live.state import RunState
from leanib.engine.live.synchronizer import LiveSynchronizer
from leanib.engine.live.transactions import LiveTransactionHandler
from leanib.engine.market.universe import SecurityChanges
from leanib.engine.scheduling.handler import BacktestingRealTimeHandler
from leanib.engine.securities import SecurityService
from leanib.engine.securities.margin_call import MarginCallModel
from leanib.engine.symbols import AccountType, AlgorithmStatus, RunScope
from leanib.errors import LeanIBError
from leanib.ib import AccountSnapshot, Alert, IBConnectionManager, Severity

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["LiveRun"]

_LOG = logging.getLogger(__name__)
_END_TIMEOUT = 60.0
_STATE_EVERY = _MINUTE = timedelta(minutes=1)


class LiveRun:
    """One live run. Everything but `request_stop` and `wind_down` is for the algorithm's thread.

    Args:
        algorithm_class: The user's.
        job: What to run.
        bridge: Reaches the connection.
        services: The connection with its services; it is there.
        finest_pulse: How often there is a step at least; None: as often as the finest data has bars, a minute at
            most, for time that is not the wall clock's.

    Attributes:
        pulse: What the algorithm is doing.
    """

    def __init__(
        self,
        algorithm_class: type[QCAlgorithm],
        job: LiveJob,
        bridge: Bridge,
        services: IBConnectionManager,
        finest_pulse: timedelta | None = timedelta(seconds=1),
    ) -> None:
        self._class = algorithm_class
        self._job = job
        self._bridge = bridge
        self._services = services
        self._finest_pulse = finest_pulse
        self.pulse = Pulse()
        self.algorithm: QCAlgorithm | None = None
        self.cash_asked_for: float | None = None
        """What the algorithm's `set_cash` said, which counts for nothing live."""
        self._stop_asked = False
        self._next_state = datetime(1, 1, 1)

    # --- from other threads --------------------------------------------------------------------------------------

    def request_stop(self) -> None:
        """The run ends after the present step."""
        self._stop_asked = True
        self._bridge.wake()

    # --- the run -------------------------------------------------------------------------------------------------

    def run(self) -> LiveOutcome:
        """From start to end. What forbids the start is raised; later errors are in the outcome.

        Raises:
            LeanIBError: The account, the data or the state does not allow it.
        """
        outer = RunScope.current()
        scope = open_scope(self._job.data_folder)
        scope.under_way = True
        self.pulse.thread_id = threading.get_ident()
        self._state = RunState(self._job.state_file)
        try:
            return self._run(scope)
        finally:
            self._state.close()
            scope.under_way = False
            if outer.under_way:
                outer.enter()

    def _run(self, scope: RunScope) -> LiveOutcome:
        job = self._job
        if job.fresh:
            self._state.forget()
        self._check_account()
        self.results = LiveResultHandler(job.algorithm_id, job.destination, job.listener, self._bridge.now)
        self.results.in_rhythm = job.in_rhythm
        self._busy("constructing the algorithm")
        algorithm = self.algorithm = self._class()._qc_base
        UNREAD().tell = algorithm.debug
        self._wire(algorithm, scope)
        try:
            self._set_up(algorithm)
            self._trade(algorithm)
        except LeanIBError:
            self._release()
            raise
        except Exception as error:
            algorithm.set_runtime_error(error, "Algorithm.Initialize()")
        complete = self._end(algorithm)
        failure = algorithm.run_time_error
        return LiveOutcome(algorithm._qc_users, self.results, None if failure is None else failure.exception, complete)

    def _check_account(self) -> None:
        account = self._services.connection.account
        known = self._state.get("account")
        if known and known != account:
            raise LeanIBError(
                f"{self._state.path.name} is the state of a run on another account; start with --fresh to forget it, "
                "or give this run a book of its own with --book NAME"
            )
        self._state.set(account=account, client_id=str(self._services.connection.client_id))

    def _wire(self, algorithm: QCAlgorithm, scope: RunScope) -> None:
        """A live run behind the ports."""
        bridge, services = self._bridge, self._services
        self.broker = InteractiveBrokersBrokerage(algorithm, bridge, services, self._state, self._warn)
        self.handler = LiveTransactionHandler()
        self.handler.initialize(algorithm, self.broker, self.results)
        self.handler.connect(bridge)
        self.results.initialize(self.handler)
        algorithm.transactions.set_order_processor(self.handler)
        algorithm.securities.set_security_service(SecurityService(algorithm))
        self.hub = TickHub(bridge.wake)
        self.market_data = MarketData(bridge, services, self.hub, self._warn)
        past = PastData(bridge, services, self._tell_progress)
        raw = RawPoints(past, algorithm.debug, bridge.now)
        CHAIN_SOURCE().of = IBChains(algorithm, bridge, services, past, algorithm.debug).of
        algorithm.set_history_provider(HistoryProvider(algorithm.settings, raw.of))
        feeds: list[LiveDataFeed] = []

        def make_feed(streams: Any) -> LiveDataFeed:
            feeds.append(LiveDataFeed(algorithm, streams, self.hub, self.market_data, raw, self._job.on_subscription))
            return feeds[0]

        data_manager = DataManager(algorithm, make_feed)
        data_manager.data_feed_subscriptions.fill_forward_resolution_changed = lambda _old, _new: None
        algorithm.subscription_manager.set_data_manager(data_manager)
        algorithm.set_statistics_service(self.results)
        self.selection = UniverseSelection(algorithm, data_manager)
        self.internal = InternalFeeds(algorithm, data_manager)
        self.account = Account(algorithm, bridge, services, self._warn)
        job = self._job
        books = Books(job.state_folder, job.state_file, bridge, services) if job.book else None
        self.account.connect(self.broker, self.handler, books)
        self.messages = BrokerageMessages(algorithm, bridge, services)
        self._scheduler = BacktestingRealTimeHandler(algorithm)
        folder = job.command_folder
        self.commands = CommandFiles(algorithm, folder, algorithm.error, bridge.now) if folder else None
        self.engine = Run(
            scope,
            algorithm,
            data_manager,
            feed=LiveSynchronizer(
                algorithm,
                data_manager,
                self.selection,
                feeds[0],
                bridge,
                self._between,
                lambda: self._busy("in a step"),
                self._pulse_of(data_manager),
            ),
            broker=self.handler,
            scheduler=self._scheduler,
            results=self.results,
        )

    def _pulse_of(self, data_manager: DataManager) -> Callable[[], timedelta]:
        fixed, streams = self._finest_pulse, data_manager.data_feed_subscriptions
        if fixed is not None:
            return lambda: fixed
        return lambda: min(streams.fill_forward_resolution, _MINUTE)

    # --- the start -----------------------------------------------------------------------------------------------

    def _set_up(self, algorithm: QCAlgorithm) -> None:
        job = self._job
        self._busy("reading the account")
        snapshot = self.account.snapshot()
        self._initialize(algorithm, snapshot)
        self._busy("reconciling the account")
        restoration = Restoration(algorithm, self._bridge, self._services, self._state, self.broker, self.handler)
        restoration.read()
        snapshot = self.account.snapshot()
        self.cash_asked_for = float(algorithm.portfolio.cash_decimal)
        self.account.set_cash(snapshot)
        held = self.account.positions(snapshot)
        for said in told(snapshot):
            job.trace(f"BrokerageSetupHandler.Setup(): {said}")
        self.account.add_securities([*self.account.open_symbols(snapshot), *held, *restoration.symbols])
        restoration.restore_orders()
        self.account.adopt_orders(snapshot, restoration.refs)
        self.account.set_holdings(held, snapshot)
        if not snapshot.positions and not any(snapshot.cash.values()):
            self._warn("No cash balances or holdings were found in the brokerage account.")
        algorithm.post_initialize()
        self.selection.ensure_currency_data_feeds(SecurityChanges.NONE, seed_new_currencies=False)
        algorithm.seed_currency_conversion_rates()
        algorithm.portfolio.invalidate_total_portfolio_value(True)
        self.results.set_algorithm(algorithm, algorithm.portfolio.total_portfolio_value_decimal)
        algorithm.set_algorithm_id(job.algorithm_id)
        algorithm.set_locked()
        self.engine.scheduler.setup()
        self.engine.trades = algorithm.trade_builder
        self.messages.start()
        restoration.tell_missed(self._warn)
        self._restoration = restoration
        self._insights = KeptInsights(algorithm, self._state)
        self._insights.restore()

    def _initialize(self, algorithm: QCAlgorithm, snapshot: AccountSnapshot) -> None:
        job = self._job
        algorithm.set_algorithm_mode(AlgorithmMode.LIVE)
        algorithm.set_deployment_target(DeploymentTarget.LOCAL_PLATFORM)
        algorithm.transactions.set_live_mode(True)
        algorithm.securities.set_live_mode(True)
        algorithm.project_id = job.project_id
        if snapshot.base_currency and snapshot.base_currency != algorithm.account_currency:
            algorithm.set_account_currency(snapshot.base_currency)
        algorithm.set_live_mode_start_date(self._bridge.now())
        algorithm.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.MARGIN)
        algorithm.portfolio.margin_call_model = MarginCallModel.NULL
        algorithm.set_parameters(job.parameters)
        if job.object_store_root is not None:
            algorithm.set_object_store(ObjectStore(job.object_store_root))
        algorithm.schedule.set_event_schedule(self.engine.scheduler)
        self._busy("in initialize()")
        algorithm.initialize()
        if algorithm.benchmark is None:
            algorithm.set_benchmark("SPY")
        if algorithm.settings.trading_days_per_year is None:
            algorithm.settings.trading_days_per_year = 252

    # --- the loop ------------------------------------------------------------------------------------------------

    def _trade(self, algorithm: QCAlgorithm) -> None:
        self.results.launched()
        manager = AlgorithmManager(self.engine)
        self.results.count_data_points = lambda: manager.data_points
        self._job.on_launch()
        self._busy("warming up" if algorithm.is_warming_up else "running")
        self._job.trace(f"AlgorithmManager.Run(): Begin DataStream - Start: {algorithm.start_date} Stop: none")
        manager.run()
        self._job.trace(f"AlgorithmManager.Run(): Algorithm state changed to {algorithm.status.lean_name}")

    def _between(self) -> None:
        """Between two steps, on the algorithm's thread: what came, and what is due besides data."""
        algorithm = self.algorithm
        assert algorithm is not None
        self._busy("between two steps")
        if self._bridge.has_mail and not algorithm.is_warming_up:
            algorithm.set_date_time(max(algorithm.utc_time, self._bridge.now()))
        if self._stop_asked and algorithm.status is AlgorithmStatus.RUNNING:
            algorithm.set_status(AlgorithmStatus.STOPPED)
        self.handler.process_synchronous_events()
        if not algorithm.is_warming_up:
            self._restoration.tell_fills()
            self.internal.follow()
            self.account.check()
        if self.commands is not None:
            self.commands.run()
        self.messages.check_outage(self._job.alert)
        self._deliver_notifications(algorithm)
        self._keep_state(algorithm)
        self.results.write_due()
        self.pulse.phase, self.pulse.since = "waiting", None

    def _deliver_notifications(self, algorithm: QCAlgorithm) -> None:
        for message in algorithm.notify.take():
            deliver = self._job.notify
            if deliver is None or not deliver(message):
                algorithm.error(f"the notification by {message.kind} did not arrive")

    def _keep_state(self, algorithm: QCAlgorithm) -> None:
        """What the next start has to know besides orders: when this run was alive, the last number, the insights."""
        now = self._bridge.now()
        self._insights.restore()
        self._insights.keep()
        if now < self._next_state:
            return
        self._next_state = now + _STATE_EVERY
        self._state.set(alive=now.isoformat(), last_order_id=str(algorithm.transactions.last_order_id))
        self._restoration.keep(self._scheduler.upcoming)
        self._insights.keep(now=True)

    # --- the end -------------------------------------------------------------------------------------------------

    def _end(self, algorithm: QCAlgorithm) -> bool:
        """Does with orders and positions what is to be done, writes everything, and lets go; whether all was done."""
        self._busy("ending")
        failed = algorithm.run_time_error is not None
        complete = True
        try:
            if failed:
                complete = self._after_error(algorithm)
            elif self._job.on_exit is not AtEnd.KEEP or algorithm.status is AlgorithmStatus.LIQUIDATED:
                complete = self.wind_down(liquidate=self._job.on_exit is not AtEnd.CANCEL)
            self._bridge.pump()
        except LeanIBError as error:
            complete = False
            self._warn(f"orders and positions are as they were: {error}")
        self.broker.accepts_orders = False
        if failed:
            self.results.runtime_error(str(algorithm.run_time_error))
        self.results.completed(self.results.count_data_points() + algorithm.history_provider.data_point_count)
        self.results.exit()
        self._state.set(alive=self._bridge.now().isoformat())
        self._release()
        return complete

    def _after_error(self, algorithm: QCAlgorithm) -> bool:
        action = self._job.on_error
        text = f"{algorithm.name} has failed ({algorithm.run_time_error}): {AFTER_ERROR[action]}"
        self._job.alert(Alert(Severity.CRITICAL, "live-failed", text))
        if action is OnError.KEEP:
            return True
        return self.wind_down(liquidate=action is OnError.LIQUIDATE)

    def wind_down(self, *, liquidate: bool, say: Callable[[str], object] | None = None) -> bool:
        """From any thread that may wait: cancels the run's orders and, if asked, closes its positions.

        Args:
            liquidate: Whether positions are closed.
            say: Told what was done and what could not be; by default the user, on the algorithm's thread.
        """
        assert self.algorithm is not None
        held = held_by(self.algorithm) if liquidate else {}
        ending = wind_down(self._services, self.broker.open_refs, held, say or self._say_later, _END_TIMEOUT)
        return self._bridge.call(ending, _END_TIMEOUT)

    def _release(self) -> None:
        self.messages.stop()
        self.broker.disconnect()

        async def let_go() -> None:
            self.market_data.close()
            self.account.close()

        self._bridge.call(let_go(), _END_TIMEOUT)

    # --- telling -------------------------------------------------------------------------------------------------

    def _busy(self, phase: str) -> None:
        self.pulse.phase, self.pulse.since = phase, self._bridge.now()

    def _warn(self, text: str) -> None:
        """The user and, if need be, a person: something is not as it was thought to be."""
        if self.algorithm is not None:
            self.algorithm.error(text)
        self._job.alert(Alert(Severity.WARNING, "live-warning", f"{self._job.name}: {text}"))

    def _say_later(self, text: str) -> None:
        """From the connection's thread."""
        self._bridge.post(lambda: self.results.system_debug_message(text))

    def _tell_progress(self, text: str) -> None:
        self.results.system_debug_message(text)
