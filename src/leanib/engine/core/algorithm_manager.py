"""The loop: what happens in a time step, in LEAN's order (`Engine/AlgorithmManager.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.core.corporate_actions import SplitWarnings, apply_dividends, apply_splits
from leanib.engine.core.stretches import Stretches
from leanib.engine.core.time_slice import TimeSlice
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import ONE_HOUR, round_down
from leanib.engine.market.universe import SecurityChanges
from leanib.engine.securities import (
    ImmediateSettlementModel,
    MarginInterestRateModel,
    MarginInterestRateParameters,
    ScanSettlementModelParameters,
)
from leanib.engine.symbols import AlgorithmStatus

if TYPE_CHECKING:
    from leanib.engine.core.ports import StretchPorts
    from leanib.engine.core.run import Run
    from leanib.engine.market.universe import BaseDataCollection

__all__ = ["AlgorithmManager"]

_NO_CHANGES = SecurityChanges.NONE
_RUNNING = AlgorithmStatus.RUNNING


class AlgorithmManager:
    """Runs a run's strategy over its time steps, in stretches of them if it may (see `stretches`)."""

    MARGIN_CALL_FREQUENCY = timedelta(minutes=5)

    def __init__(self, run: Run, stretch_ports: StretchPorts | None = None) -> None:
        self._run = run
        self._strategy, self._broker = run.strategy, run.broker
        self._scheduler, self._results = run.scheduler, run.results
        self._portfolio, self._clock = run.portfolio, run.clock
        self._scan_consolidators = run.consolidators.scan_past_consolidators
        self._set_market_price = run.trades.set_market_price
        self.next_margin_call = NO_TIME
        self.next_model_scan = round_down(run.utc_time, ONE_HOUR) + ONE_HOUR
        self._was_warming_up = run.strategy.is_warming_up
        self.phase = ""
        self.time = run.algorithm.start_date
        self.data_points = 0
        self.splits = SplitWarnings(run)
        self.owes_step = False  # what was due before a step has happened already: it comes, whatever the status is now
        self.stretches = None if stretch_ports is None else Stretches(run, self, stretch_ports)

    def run(self) -> None:
        """All time slices, then the end. An error of the algorithm ends the run and is kept as its runtime error."""
        strategy, stretches = self._strategy, self.stretches
        try:
            self._begin()
            for step in self._run.feed.stream():
                if (strategy.status is not _RUNNING and not self.owes_step) or self._is_ruined(step):
                    break
                self.owes_step = False
                self._advance(step)
                if step.is_time_pulse:
                    continue
                if not self._step(step) or (stretches is not None and not stretches.advance()):
                    break
            if strategy.status is not AlgorithmStatus.RUNTIME_ERROR:
                self._end()
        except Exception as error:
            strategy.set_runtime_error(error, self.phase)

    def _begin(self) -> None:
        strategy, results = self._strategy, self._results
        rules = self._run.algorithm.schedule
        sampling = rules.on(
            "Daily Sampling",
            rules.date_rules.every_day(),
            rules.time_rules.midnight,
            lambda: results.sample(self._clock.utc_time),
        )
        sampling.is_quiet = True
        if self._was_warming_up:
            strategy.debug("Algorithm starting warm up...")
            return
        self.phase = "OnWarmupFinished"
        strategy.on_warmup_finished()

    def _is_ruined(self, step: TimeSlice) -> bool:
        self.time = step.time
        self.data_points += step.data_point_count
        portfolio = self._portfolio
        if self._run.algorithm.live_mode:  # live, the brokerage decides what may still be done
            return False
        if portfolio.approximate_value() > 1 or portfolio.total_portfolio_value_decimal > 0:
            return False
        self._results.system_debug_message(
            "AlgorithmManager.Run(): Portfolio value is less than or equal to zero, stopping strategy."
        )
        return True

    def _advance(self, step: TimeSlice) -> None:
        """To the step's time: what was due before it happens first, each at its own time."""
        self.catch_up_with(step.time)
        self._strategy.set_date_time(step.time)
        if step.is_time_pulse and self._was_warming_up:
            self._check_warm_up_finished()

    def catch_up_with(self, time: datetime) -> None:
        """What was due before a time happens, each at its own time."""
        self.phase = "Scheduled event"
        self._scheduler.scan_past_events(time)
        self.phase = "Consolidators update"
        self._scan_consolidators(time, self._strategy.set_date_time)

    @property
    def is_warm(self) -> bool:
        """Whether no warm-up is under way."""
        return not self._was_warming_up

    def _step(self, step: TimeSlice) -> bool:
        """One time step; False to end the run."""
        strategy, data, changes = self._strategy, step.slice, step.security_changes
        strategy.current_slice = data
        if changes is not _NO_CHANGES:
            self._announce(changes)
        self._update_securities(step)
        if self._was_warming_up:
            self._check_warm_up_finished()
        if step.auxiliary:
            self._on_symbol_changes(step)
        self.phase = "Transactions"
        self._broker.process_synchronous_events()
        self.phase = "Scheduled event"
        self._scheduler.set_time(step.time)
        if self.splits.pending:
            self.splits.process()
        if strategy.status is not _RUNNING:
            return False
        if step.time >= self.next_margin_call:
            self.check_margin(step.time)
        if changes is not _NO_CHANGES:
            self.phase = "OnSecuritiesChanged"
            for_users = changes.for_users()
            strategy.on_securities_changed(for_users)
            strategy.on_framework_securities_changed(for_users)
        if step.auxiliary:
            apply_dividends(self._run, data)
            apply_splits(self._run, data)
        self._update_consolidators(step)
        if step.auxiliary:
            self._on_corporate_events(step)
            self.splits.note(data)
        self.phase = "OnData"
        if data.has_data:
            strategy.on_data(data)
        strategy.on_framework_data(data)
        self.phase = "Transactions"
        self._broker.process_synchronous_events()
        self._results.process_synchronous_events()
        self.phase = "OnEndOfTimeStep"
        strategy.on_end_of_time_step()
        return True

    # --- parts of a step -----------------------------------------------------------------------------------------

    def _announce(self, changes: SecurityChanges) -> None:
        self._strategy.process_security_changes(changes)
        self._scheduler.on_securities_changed(changes.added_securities, changes.removed_securities)
        self._results.on_securities_changed(changes)

    def _update_securities(self, step: TimeSlice) -> None:
        portfolio, changed = self._portfolio, bool(step.auxiliary)
        for security, config, point in step.auxiliary:
            security.update([point], type(point), point.is_fill_forward, config.is_internal_feed)
        set_market_price = self._set_market_price
        for security, config, points, filled in step.updates:
            if security.update(points, config.type, filled, config.is_internal_feed) and security.holdings.invested:
                changed = True
            set_market_price(security.symbol, security.price)
        if step.time >= self.next_model_scan:
            self.scan_models(step.time)
        for collection in step.universe_data.values():
            if collection.should_cache_to_security():
                self._store_universe_data(collection)
        for cash in portfolio.cash_book.values():
            if cash.currency_conversion is not None and cash.update():
                changed = True
        portfolio.invalidate_total_portfolio_value(changed)

    def scan_models(self, time: datetime) -> None:
        """Let the models that go by the hour look: settlement, interest on margin."""
        portfolio = self._portfolio
        for security in self._run.securities.values():
            interest, settlement = security.margin_interest_rate_model, security.settlement_model
            if interest is not MarginInterestRateModel.NULL:
                interest.apply_margin_interest_rate(MarginInterestRateParameters(security, time))
            if type(settlement) is not ImmediateSettlementModel:
                settlement.scan(ScanSettlementModelParameters(portfolio, security, time))
        self.next_model_scan = round_down(time, ONE_HOUR) + ONE_HOUR

    def _store_universe_data(self, collection: BaseDataCollection) -> None:
        find = self._run.securities.by_symbol.get
        for point in collection.data:
            security = find(point.symbol)
            if security is not None:
                security.cache.store_data([point], type(point))

    def _check_warm_up_finished(self) -> None:
        strategy = self._strategy
        if not strategy.is_warming_up:
            self._was_warming_up = False
            self._results.on_warmup_finished()
            self.phase = "OnWarmupFinished"
            strategy.on_warmup_finished()
            strategy.debug("Algorithm finished warming up.")

    def _on_symbol_changes(self, step: TimeSlice) -> None:
        changes = step.slice.symbol_changed_events
        if not changes:
            return
        self.phase = "OnSymbolChangedEvents"
        self._strategy.on_symbol_changed_events(changes)
        for symbol in list(changes.keys()):
            for ticket in self._run.book.get_open_order_tickets(symbol):
                ticket.cancel("Open order cancelled on symbol changed event")

    def check_margin(self, time: datetime) -> None:
        """Warn of a margin call, or make one."""
        strategy = self._strategy
        model = self._portfolio.margin_call_model
        orders, warn = model.get_margin_call_orders()
        executed: list[Any] = []
        self.phase = "OnMarginCall"
        if orders and all(self._run.securities[order.symbol].exchange.exchange_open for order in orders):
            orders = strategy.on_margin_call(orders)
            if not orders:
                raise ArgumentException("OnMarginCall must return a non-empty list of SubmitOrderRequest")
            executed = model.execute_margin_call(orders)
            for ticket in executed:
                strategy.error(
                    f"{self._run.algorithm.time:%m/%d/%Y %H:%M:%S} - Executed MarginCallOrder: {ticket.symbol} - "
                    f"Quantity: {ticket.quantity_decimal} @ {ticket.average_fill_price_decimal}"
                )
        if warn and not executed:
            self.phase = "OnMarginCallWarning"
            strategy.on_margin_call_warning()
        self.next_margin_call = time + self.MARGIN_CALL_FREQUENCY

    def _update_consolidators(self, step: TimeSlice) -> None:
        self.phase = "Consolidators update"
        for _, config, points, _ in step.updates:
            if config.consolidators:
                local_time = config.exchange_time_zone.to_local(step.time)
                for consolidator in tuple(config.consolidators):
                    for point in points:
                        consolidator.update(point)
                    consolidator.scan(local_time)

    def _on_corporate_events(self, step: TimeSlice) -> None:
        strategy, data = self._strategy, step.slice
        handlers: tuple[tuple[str, Any, Callable[[Any], object]], ...] = (
            ("OnSplits", data.splits, strategy.on_splits),
            ("OnDividends", data.dividends, strategy.on_dividends),
            ("OnDelistings", data.delistings, strategy.on_delistings),
        )
        for phase, events, handler in handlers:
            if events:
                self.phase = phase
                handler(events)

    def _end(self) -> None:
        strategy, results = self._strategy, self._results
        self.phase = "OnEndOfAlgorithm"
        strategy.on_end_of_algorithm()
        results.process_synchronous_events(True)
        if strategy.status is AlgorithmStatus.STOPPED:
            results.log_message("Algorithm Stopped")
        strategy.set_status(AlgorithmStatus.COMPLETED)
        results.sample(self.time)
