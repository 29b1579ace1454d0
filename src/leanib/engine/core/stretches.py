"""Goes over time steps in stretches, as long as they bring nothing but prices.

What is due at a certain time lies in two lists: `_events` (scheduled events, scans of consolidators) and `_dues`
(samples, checks of the margin, the hourly look at models). Up to the first of them a step is: the cursor moves,
consolidators take their bar, `on_data` is called. Where something of `_dues` comes, or orders are pending, a step has
all its parts, in the order of `AlgorithmManager`. Whatever changes more than prices calls `TimeKeeper.interrupt`, and
the stretch ends with that step.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leanib.engine.core.slice_chains import SliceChains
from leanib.engine.core.stretch import Ahead, Lane, Stretch, StretchSlice, Track
from leanib.engine.core.stretch_consolidators import Feeds
from leanib.engine.core.stretch_orders import OrderSteps, TradedSteps
from leanib.engine.core.stretch_values import StretchValues
from leanib.engine.feeds.ahead_stream import AheadSubscription
from leanib.engine.feeds.block_stream import BlockSubscription
from leanib.engine.market import Slice
from leanib.engine.market.base_data import END_OF_TIME
from leanib.engine.market.calendars import ONE_HOUR, round_down
from leanib.engine.securities import ImmediateSettlementModel, MarginInterestRateModel
from leanib.engine.securities.volatility import VolatilityModel
from leanib.engine.symbols import AlgorithmStatus

if TYPE_CHECKING:
    from leanib.engine.core.algorithm_manager import AlgorithmManager
    from leanib.engine.core.ports import StretchPorts
    from leanib.engine.core.run import Run
    from leanib.engine.securities import Security

__all__ = ["Stretches"]

_AHEAD = (BlockSubscription, AheadSubscription)
_RUNNING = AlgorithmStatus.RUNNING
_LEAST_STEPS = 4
_FEWEST_BARS, _MOST_BARS = 64, 1024  # looked at of a stream, by how far the last stretch came
_STREAMS_A_STEP = 128  # to set a stretch up costs for so many of its streams what it saves at a step
_LONGEST_WAIT = 64


class Stretches:
    """Goes on where the last time step of a run ended."""

    def __init__(self, run: Run, manager: AlgorithmManager, ports: StretchPorts) -> None:
        self._run = run
        self._ports = ports
        self._manager = manager
        self._streams = run.configurations.data_feed_subscriptions
        self._wait = self._waited = 0
        self._bars = _MOST_BARS
        self.steps = 0

    def advance(self) -> bool:
        """Take the steps that bring nothing but prices, if the next ones do; False to end the run.

        A stretch that cannot be is not tried again before some steps have gone by, the more the more often.
        """
        if self._waited < self._wait:
            self._waited += 1
            return True
        self._waited = 0
        going = True
        while going and self._strategy_runs():
            stretch = self._next_stretch()
            if stretch is None:
                self._wait = min(2 * self._wait + 1, _LONGEST_WAIT)
                return True
            going = (course := _Course(self._run, self._manager, self._ports, stretch)).run()
            self.steps += course.done
            self._bars = min(max(_FEWEST_BARS, 4 * course.done), _MOST_BARS)
            was_worth_it = course.done * _STREAMS_A_STEP >= len(stretch.lanes)
            self._wait = 0 if was_worth_it else min(2 * self._wait + 1, _LONGEST_WAIT)
            if course.done:
                self._ports.feed.forget_next()
        return self._strategy_runs() or self._manager.owes_step

    def _strategy_runs(self) -> bool:
        return self._run.strategy.status is _RUNNING

    # --- whether there is one ------------------------------------------------------------------------------------

    def _next_stretch(self) -> Stretch | None:
        if not self._manager.is_warm or not self._everything_is_ordinary():
            return None
        streams, limit = self._block_streams()
        if not streams:
            return None
        lanes, steps = _lanes(streams, limit, self._bars)
        if len(steps) < _LEAST_STEPS:
            return None
        return Stretch(lanes, steps.tolist(), self._run.time_zone, SliceChains(self._run.securities.find).make)

    def _everything_is_ordinary(self) -> bool:
        run = self._run
        if run.clock.has_listeners or run.portfolio.has_own_fee_models or self._manager.splits.pending:
            return False
        return all(
            security._cache.session is None
            and security.volatility_model is VolatilityModel.NULL
            and _can_be_priced(security)
            for security in run.securities.values()
        )

    def _block_streams(self) -> tuple[list[Ahead], datetime]:
        """The streams that stand in a block, and when the others have something next; none if that is unknown."""
        found: list[Ahead] = []
        limit, streams = END_OF_TIME, self._streams.sorted()
        if not any(isinstance(stream, BlockSubscription) and stream.block is not None for stream in streams):
            return [], limit  # to read points first is not worth it
        for stream in streams:
            if stream.is_universe_selection_subscription and stream.universe.dispose_requested:
                return [], limit
            if isinstance(stream, AheadSubscription):
                stream.look_ahead()
            if isinstance(stream, _AHEAD) and stream.block is not None and stream.current is not None:
                found.append(stream)
            elif stream.current is not None:
                limit = min(limit, stream.emit_time)
            elif not stream.end_of_stream:
                return [], limit
        return found, limit


def _can_be_priced(security: Security) -> bool:
    """Whether what an option is on has had data: without, the option's are not used."""
    if not security.symbol.asset.has_underlying_security:
        return True
    return security.underlying is not None and security.underlying.has_data


def _lanes(streams: list[Ahead], limit: datetime, most: int) -> tuple[list[Lane], NDArray[np.datetime64]]:
    """The streams from where they stand to the end of the first block, or until something else comes."""
    parts: dict[tuple[int, int, int], NDArray[np.datetime64]] = {}
    keys = []
    for stream in streams:
        block = stream.block
        assert block is not None
        first = block.offset + stream.position
        key = (id(block.grid), first, min(block.offset + len(block), first + most))
        keys.append(key)
        if key not in parts:
            parts[key] = block.grid.utc[key[1] : key[2]]
    stop = min(part[-1] for part in parts.values())
    end = np.datetime64(limit)
    side = "right" if stop < end else "left"
    last = min(stop, end)
    parts = {key: part[: int(np.searchsorted(part, last, side))] for key, part in parts.items()}  # type: ignore[call-overload]
    steps = next(iter(parts.values())) if len(parts) == 1 else np.unique(np.concatenate(list(parts.values())))
    tracks = {key: Track(part, steps) for key, part in parts.items()}
    lanes = [
        Lane(stream, stream.block, tracks[key])  # type: ignore[arg-type]
        for stream, key in zip(streams, keys, strict=True)
    ]
    return lanes, steps


class _Course:
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
        self._dues: list[Callable[[], datetime]] = [self._results.next_time]
        if self._scans_models:
            self._dues.append(lambda: manager.next_model_scan)
        if not self._values.has_plenty:
            self._dues.append(lambda: manager.next_margin_call)
        self._events: list[Callable[[], datetime]] = [self._scheduler.next_time]
        if run.consolidators.next_scan < END_OF_TIME:
            self._events.append(lambda: run.consolidators.next_scan)
        self._looks = self._plan_looks()
        self._traded = TradedSteps(stretch)
        self._results.before_sample = self._fold

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
            for symbol in self._results.watched:
                last = min(last, self._traded.next_step(symbol, self.done))
            self._until(last)
            if last < limit and self.done == last and not stretch.over:
                self._step(last, whole=True)
                self._whole_steps()

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
        for step in range(self.done, stop):
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
            self.done = step + 1
            if stretch.over:
                self._end_interrupted(step, data)
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
        self._values.fold(step)
        self._results.process_synchronous_events()
        self._values.skip(step + 1)
        manager.phase = "OnEndOfTimeStep"
        strategy.on_end_of_time_step()

    # --- the end -------------------------------------------------------------------------------------------------

    def _on_settle(self) -> None:
        """More than prices is about to change, or the stretch is over: until here nothing did."""
        self._clock.interrupt = self._clock.nothing
        self._results.before_sample = self._clock.nothing
        self._was_interrupted = self.done < self._limit
        self._portfolio.invalidate_total_portfolio_value()
        self._values.fold_paths(self._stretch.step + 1)
        self._fold()

    def _fold(self) -> None:
        self._values.fold(self.done)

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
