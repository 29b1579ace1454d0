"""Goes over a stretch: time steps that bring nothing but prices.

What is due at a certain time lies in two lists: `_events` (scheduled events, scans of consolidators) and `_dues`
(samples, checks of the margin, the hourly look at models). Up to the first of them a step is: the cursor moves,
consolidators take their bar, `on_data` is called; where nobody has one, many steps are one. Where something of `_dues`
comes, or orders are pending, a step has all its parts, in the order of `AlgorithmManager`; of a sample it is noted that
it was due, if it may wait (`stretch_samples`). Whatever changes more than prices calls `TimeKeeper.interrupt`, and the
stretch ends with that step.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from leanib.engine.core.stretch import Stretch, StretchSlice
from leanib.engine.core.stretch_consolidators import Feeds
from leanib.engine.core.stretch_orders import OrderSteps
from leanib.engine.core.stretch_samples import StretchSamples
from leanib.engine.core.stretch_values import StretchValues
from leanib.engine.core.stretch_watch import Watch
from leanib.engine.market import Slice
from leanib.engine.market.base_data import END_OF_TIME
from leanib.engine.market.calendars import ONE_HOUR, round_down
from leanib.engine.securities import ImmediateSettlementModel, MarginInterestRateModel
from leanib.engine.symbols import AlgorithmStatus

if TYPE_CHECKING:
    from leanib.engine.core.algorithm_manager import AlgorithmManager
    from leanib.engine.core.ports import StretchPorts
    from leanib.engine.core.run import Run

__all__ = ["Course"]

_RUNNING = AlgorithmStatus.RUNNING



class Course:
    """One stretch being gone over. `done` counts the steps that are over."""

    def __init__(self, run: Run, manager: AlgorithmManager, ports: StretchPorts, stretch: Stretch) -> None:
        self._run = run
        self._manager = manager
        self._stretch = stretch
        self._clock, self._portfolio = run.clock, run.portfolio
        self._strategy, self._scheduler = ports.strategy, ports.scheduler
        self._results, self._broker = ports.results, ports.broker
        self.done = 0

    def run(self) -> bool:
        """Go as far as possible; whether another stretch may follow at once."""
        stretch, clock = self._stretch, self._clock
        stretch.open()
        stretch.on_settle = self._on_settle
        clock.interrupt = stretch.settle
        try:
            self._prepare()
            if self._limit:
                self._go()
        finally:
            stretch.settle()
            self._manager.data_points += stretch.count(max(self.done, stretch.step + 1))
        self._finish()
        return not self._was_interrupted and self.done == len(stretch.times)

    def _prepare(self) -> None:
        run, stretch, manager = self._run, self._stretch, self._manager
        self._was_interrupted = False
        self._values = StretchValues(run, self._results, stretch)
        self._feeds = Feeds(stretch)
        self._visible = stretch.visible()
        self._limit = self._values.limit
        self._scans_models = any(
            security.margin_interest_rate_model is not MarginInterestRateModel.NULL
            or type(security.settlement_model) is not ImmediateSettlementModel
            for security in run.securities.values()
        )
        self._converting = [c for c in run.portfolio.cash_book.values() if c.currency_conversion is not None]
        self._converting = [cash for cash in self._converting if cash.security_symbols]
        self._samples = StretchSamples(run, self._results, stretch, self._values)
        self._samples_wait = self._samples.may_wait and not self._scans_models
        results = self._results
        self._dues: list[Callable[[], datetime]] = [
            results.next_snapshot if self._samples_wait else results.next_time
        ]
        if self._scans_models:
            self._dues.append(lambda: manager.next_model_scan)
        if not self._values.has_plenty:
            self._dues.append(lambda: manager.next_margin_call)
        self._events: list[Callable[[], datetime]] = [self._scheduler.next_time]
        if run.consolidators.next_scan < END_OF_TIME:
            self._events.append(lambda: run.consolidators.next_scan)
        self._looks = self._plan_looks()
        self._watch = Watch(run, results, stretch)
        results.before_sample = self._fold
        if self._samples_wait:
            results.keep_sample = self._keep_sample
        self._jumps = not self._converting and not self._strategy.hears_data

    def _plan_looks(self) -> OrderSteps | None:
        """When pending orders are looked at; None when at each step, or when there are none."""
        orders = self._broker.pending_orders
        if not orders or not self._values.is_known:
            return None
        looks = OrderSteps(self._run, orders, self._broker.sleeping_orders, self._stretch, self._values)
        return looks if looks.is_known else None

    # --- steps ---------------------------------------------------------------------------------------------------

    def _go(self) -> None:
        stretch, times, limit = self._stretch, self._stretch.times, self._limit
        self._whole_steps()
        while self.done < limit and not stretch.over:
            due = min([when() for when in self._dues])
            last = limit if times[limit - 1] < due else bisect_left(times, due, self.done, limit)
            if self._looks is not None:
                last = min(last, self._looks.next_step(self.done))
            last = min(last, self._watch.next_step(self.done))
            self._until_sampled(last)
            if last < limit and self.done == last and not stretch.over:
                self._step(last, whole=True)
                self._whole_steps()

    def _until_sampled(self, last: int) -> None:
        """Steps up to one that has all its parts, with the samples of the equity that are due on the way."""
        stretch = self._stretch
        while self._samples_wait and self.done < last and not stretch.over:
            due = self._samples.next_step(self.done)
            if due >= last:
                break
            self._until(due + 1)
            if self.done <= due or stretch.over:
                return
            if self._results.has_news:
                self._end_step(due, self._strategy.current_slice)
            else:
                self._samples.note_equity(due)
        self._until(last)

    def _whole_steps(self) -> None:
        """Steps that have all their parts, as long as each has to."""
        while self._needs_whole_steps() and self.done < self._limit and not self._stretch.over:
            self._step(self.done, whole=True)

    def _needs_whole_steps(self) -> bool:
        """Whether each step has to have all its parts; that begins with a change, which begins a new stretch."""
        if not self._values.is_known or self._strategy.uses_framework:
            return True
        if self._looks is not None and self._broker.pending_orders is None:
            self._looks = None
        return self._broker.is_waiting and self._looks is None

    def _until(self, last: int) -> None:
        """Steps up to one that has all its parts, with the events that come between and at steps."""
        stretch, times = self._stretch, self._stretch.times
        while self.done < last and not stretch.over:
            due = min([when() for when in self._events])
            if self._samples_wait and due < times[self.done] and self._scheduler.fire_quiet(times[self.done]):
                continue
            if due > times[self.done]:
                self._plain_steps(last if times[last - 1] < due else bisect_left(times, due, self.done, last))
            else:
                self._step(self.done, whole=False)

    def _plain_steps(self, stop: int) -> None:
        """Steps up to one at which something is due."""
        stretch, clock, portfolio, strategy = self._stretch, self._clock, self._portfolio, self._strategy
        times, feeds, visible, converting = stretch.times, self._feeds, self._visible, self._converting
        on_data = strategy.on_data
        self._manager.phase = "OnData"
        step = self.done
        while step < stop:
            if self._jumps and feeds.next_step > step:  # nobody looks at the steps until then
                step = min(feeds.next_step, stop - 1)
            stretch.step = step
            clock.utc_time = times[step]
            portfolio.invalidate_total_portfolio_value()
            for cash in converting:
                cash.update()
            data = strategy.current_slice = StretchSlice(stretch, step)
            if step >= feeds.next_step:
                feeds.run(step)
            if visible is None or visible[step]:
                on_data(data)
            self.done = step = step + 1
            if stretch.over:
                self._end_interrupted(step - 1, data)
                return

    def _step(self, step: int, whole: bool) -> None:
        """A step with all its parts, or one with scheduled events; what is due before it comes first."""
        stretch, strategy, manager = self._stretch, self._strategy, self._manager
        time = stretch.times[step]
        if self._values.is_ruined():
            stretch.settle()
            return  # which the loop finds out at its next step
        manager.catch_up_with(time)
        if stretch.over:
            manager.owes_step = True  # the step is taken by itself
            return
        stretch.step, stretch.early = step, True
        self._clock.utc_time = time
        self._portfolio.invalidate_total_portfolio_value()
        data = strategy.current_slice = self._slice(step)
        if self._scans_models and time >= manager.next_model_scan:
            manager.scan_models(time)
        for cash in self._converting:
            cash.update()
        if whole and self._looks_at_orders(step):
            manager.phase = "Transactions"
            self._broker.process_synchronous_events()
        manager.phase = "Scheduled event"
        self._scheduler.set_time(time)
        if not self._goes_on_to_data(step, time):
            return
        stretch.early = False
        if stretch.over or step >= self._feeds.next_step:
            manager.phase = "Consolidators update"
            self._feeds.run(step)
        manager.phase = "OnData"
        if data.has_data:
            strategy.on_data(data)
        if whole or stretch.over:
            self._end_step(step, data)
        self.done = step + 1

    def _looks_at_orders(self, step: int) -> bool:
        return self._looks is None or self._stretch.over or self._looks.next_step(step) == step

    def _goes_on_to_data(self, step: int, time: datetime) -> bool:
        """After the events of a step: the margin is checked where it may matter; False when the run ends."""
        manager = self._manager
        if self._stretch.over:
            if self._strategy.status is not _RUNNING:
                self.done = step + 1
                return False
            manager.next_margin_call = self._next_margin_call(manager.next_margin_call, step)
        elif self._values.has_plenty:
            return True
        if time >= manager.next_margin_call:
            manager.check_margin(time)
        return True

    def _slice(self, step: int) -> Slice:
        stretch, time = self._stretch, self._stretch.times[step]
        if self._visible is None or self._visible[step]:
            return StretchSlice(stretch, step)
        return Slice(stretch.to_local(time), [], time, False, False)

    def _end_interrupted(self, step: int, data: Slice) -> None:
        """The rest of a plain step in which more than prices changed."""
        if self._visible is not None and not self._visible[step]:
            data = self._strategy.current_slice = self._slice(step)
        self._end_step(step, data)

    def _end_step(self, step: int, data: Slice) -> None:
        strategy, manager = self._strategy, self._manager
        strategy.on_framework_data(data)
        if self._looks_at_orders(step):
            manager.phase = "Transactions"
            self._broker.process_synchronous_events()
        self._samples.take()
        self._values.fold(step)
        self._watch.fold(step)
        self._results.process_synchronous_events()
        self._values.skip(step + 1)
        self._watch.skip(step + 1)
        manager.phase = "OnEndOfTimeStep"
        strategy.on_end_of_time_step()

    # --- the end -------------------------------------------------------------------------------------------------

    def _on_settle(self) -> None:
        """More than prices is about to change, or the stretch is over: until here nothing did."""
        self._clock.interrupt = self._clock.nothing
        self._results.before_sample = self._clock.nothing
        self._results.keep_sample = _not_kept
        self._was_interrupted = self.done < self._limit
        self._portfolio.invalidate_total_portfolio_value()
        self._values.fold_paths(self._stretch.step + 1)
        self._fold()

    def _fold(self) -> None:
        self._samples.take()
        self._values.fold(self.done)
        self._watch.fold(self.done)

    def _keep_sample(self, time: datetime) -> bool:
        self._samples.note_day(time, self.done)
        return True

    def _finish(self) -> None:
        stretch, manager, done = self._stretch, self._manager, self.done
        self._feeds.close(done)
        if not done:
            return
        manager.time = stretch.times[done - 1]
        if self._values.has_plenty:
            manager.next_margin_call = self._next_margin_call(manager.next_margin_call, done)
        if not self._scans_models and manager.next_model_scan <= manager.time:
            manager.next_model_scan = round_down(manager.time, ONE_HOUR) + ONE_HOUR
        stretch.move_streams(done)

    def _next_margin_call(self, due: datetime, done: int) -> datetime:
        """When the margin would be checked next if it had been checked on the way."""
        times, step = self._stretch.times, 0
        while done and due <= times[done - 1]:
            step = bisect_left(times, due, step, done)
            due = times[step] + self._manager.MARGIN_CALL_FREQUENCY
        return due


def _not_kept(_time: datetime) -> bool:
    return False
