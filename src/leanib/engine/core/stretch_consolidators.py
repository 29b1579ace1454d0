"""Consolidators in a stretch: a longer bar takes in what lies inside it at once, when it ends or somebody looks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime
from itertools import repeat
from typing import Any

from leanib.engine.consolidators.bars import TradeBarConsolidator
from leanib.engine.consolidators.base import ConsolidatorBase
from leanib.engine.consolidators.identity import IdentityDataConsolidator
from leanib.engine.consolidators.market_hours import MarketHourAwareConsolidator
from leanib.engine.consolidators.period import nothing_left
from leanib.engine.core.stretch import NEVER, Lane, Stretch
from leanib.engine.core.subscription_manager import ends_by_time
from leanib.engine.feeds.blocks import DayBlock
from leanib.engine.indicators.ahead import BarFeeder, give_back, keep_back
from leanib.engine.indicators.point import IndicatorDataPoint

__all__ = ["Feeds"]

_IDENTITY = ("consolidated", "window", "data_consolidated", "_last", "_last_time")
_CHANGING = ("window", "updated", "_inputs", "_last_input", "_last_time")


class _Feed:
    """Feeds a consolidator with every bar of a lane. `next_step` is the step at which it has to be called next."""

    def __init__(self, stretch: Stretch, lane: Lane, consolidator: ConsolidatorBase) -> None:
        self._stretch = stretch
        self.lane = lane
        self.consolidator = consolidator
        self._to_local = lane.config.exchange_time_zone.to_local
        self._take, self._point = consolidator.update, lane.block.point
        self._scans = ends_by_time(consolidator)
        self._first = lane.start if lane.track.last is None else None  # whose bars follow each other step by step
        self.next_step = lane.track.next_step(0)

    def run(self, step: int) -> None:
        """A step has come."""
        if self._first is not None:
            self.next_step = step + 1
            self._update(step, self._first + step)
            return
        bar = self.lane.bar_at(step)
        if bar is not None:
            self._update(step, bar)
        self.next_step = self.lane.track.next_step(step + 1)

    def _update(self, step: int, bar: int) -> None:
        self._take(self._point(bar))
        if self._scans:
            self.consolidator.scan(self._to_local(self._stretch.times[step]))

    def close(self, done: int) -> None:
        """The stretch is over after a number of steps."""


class _MergingFeed(_Feed):
    """Feeds a consolidator of longer trade bars only where its bar may end."""

    def __init__(
        self, stretch: Stretch, lane: Lane, consolidator: ConsolidatorBase, inner: TradeBarConsolidator
    ) -> None:
        super().__init__(stretch, lane, consolidator)
        self._inner = inner
        self._to_utc = lane.config.exchange_time_zone.to_utc
        self._next_bar = lane.start  # of the lane's bars, the first that the consolidator has not seen
        inner.catch_up = self.catch_up
        self._plan(-1)

    def run(self, step: int) -> None:
        """A step has come at which the bar may end."""
        self._merge(step)
        bar = self.lane.bar_at(step)
        if bar is not None:
            self._next_bar = bar + 1
            self._update(step, bar)
        self._plan(step)

    def catch_up(self) -> None:
        """Somebody looks."""
        stretch = self._stretch
        self._merge(min(stretch.step + (0 if stretch.early else 1), self.next_step))

    def _merge(self, step: int) -> None:
        """Take in what comes before a step."""
        lane, inner = self.lane, self._inner
        first, stop = self._next_bar, lane.start + lane.track.through(step - 1)
        if first >= stop:
            return
        self._next_bar = stop
        inner.extend(*lane.block.merged(first, stop, inner.working_volume))

    def _plan(self, step: int) -> None:
        until = self._inner.quiet_until
        if until is None:
            self.next_step = step + 1
            return
        # A bar that is filled forward may end long before it comes: it is the time that ends the bar in the making.
        place = bisect_left(self._stretch.times, self._to_utc(until))
        self.next_step = max(self.lane.track.next_step(place), step + 1)

    def close(self, done: int) -> None:
        """Take in what is left."""
        self._merge(min(done, self.next_step))
        self._inner.catch_up = nothing_left


class _AheadFeed(_Feed):
    """Feeds an indicator that says beforehand what it will be, as long as nobody asks for more than its value."""

    def __init__(
        self, stretch: Stretch, lane: Lane, consolidator: IdentityDataConsolidator, feeder: BarFeeder
    ) -> None:
        super().__init__(stretch, lane, consolidator)
        self._identity, self._indicator, self._feeder = consolidator, feeder.indicator, feeder
        self._coming: Iterator[IndicatorDataPoint] | None = None  # before the first bar, and when somebody has asked
        self._given: list[IndicatorDataPoint] = []
        self._samples = 0
        self._kept: tuple[dict[str, Any], dict[str, Any]] | None = None

    def run(self, step: int) -> None:
        """A step has come with a bar."""
        if self._coming is None:
            self._coming = self._look_ahead(self.lane.bar_at(step))
        point = next(self._coming, None)
        if point is None:
            self._give_up()
            super().run(step)
            return
        self._given.append(point)
        indicator = self._indicator
        indicator.current = point
        indicator.samples = self._samples = self._samples + 1
        self.next_step = step + 1 if self._first is not None else self.lane.track.next_step(step + 1)

    def _look_ahead(self, first: int | None) -> Iterator[IndicatorDataPoint]:
        """What the indicator will be, from a bar on; nothing when nobody can say."""
        lane, indicator, identity = self.lane, self._indicator, self._identity
        block, stop = lane.block, lane.start + lane.track.count
        assert isinstance(block, DayBlock)
        symbol = block.symbol
        if first is None or block.symbol_at(first) is not symbol:
            return iter(())
        if identity.data_consolidated.handlers != (self._feeder,) or indicator.updated.handlers:
            return iter(())
        if indicator._symbol is not symbol:
            indicator._turn_to(symbol)
        ends: list[datetime] = block.rounded_ends()[first:stop].tolist()
        if ends[0] <= identity._last_time or ends[0] <= indicator._last_time:
            return iter(())
        self._next_bar, self._samples = first, indicator.samples
        coming = map(IndicatorDataPoint.of, repeat(symbol), ends, indicator.look_ahead(block.last_prices(first, stop)))
        names = (*_CHANGING, *indicator.changing)
        self._kept = keep_back(identity, _IDENTITY, self._give_up), keep_back(indicator, names, self._give_up)
        return coming

    def _give_up(self) -> None:
        """Somebody asks for more than the current value: from here on bar by bar."""
        self._coming = iter(())
        self._catch_up()

    def _catch_up(self) -> None:
        """Everything is as if each bar had been passed on."""
        if self._kept is None:
            return
        indicator, identity, given = self._indicator, self._identity, self._given
        (of_identity, of_indicator), self._kept = self._kept, None
        if given:
            count, stop = len(given), self._next_bar + len(given)
            bars, points = of_identity["window"], of_indicator["window"]
            last = [self._point(bar) for bar in range(max(self._next_bar, stop - bars.size - 1), stop)]
            bars.add_last(last, count)
            points.add_last(given[max(0, count - points.size - 1) :], count)
            of_identity.update(consolidated=last[-1], _last=last[-1], _last_time=given[-1].time)
            of_indicator.update(_last_input=last[-1], _last_time=given[-1].time)
        give_back(identity, of_identity)
        give_back(indicator, of_indicator)
        if given:
            block = self.lane.block
            assert isinstance(block, DayBlock)
            indicator.catch_up(block.last_prices(self._next_bar, stop))

    def close(self, done: int) -> None:
        """The stretch is over."""
        self._give_up()


class Feeds:
    """The consolidators of a stretch, in the order in which a step feeds them.

    Attributes:
        next_step: the first step at which one of them has to be called.
    """

    def __init__(self, stretch: Stretch) -> None:
        self._stretch = stretch
        self._feeds = [
            _feed(stretch, lane, consolidator) for lane in stretch.lanes for consolidator in lane.config.consolidators
        ]
        self.next_step = min((feed.next_step for feed in self._feeds), default=NEVER)

    def run(self, step: int) -> None:
        """A step has come; if it is the last one, consolidators may have come and gone in it."""
        if self._stretch.over:
            self._run_changed(step, self._stretch.lanes)
            return
        for number, feed in enumerate(self._feeds):
            if feed.next_step <= step:
                feed.run(step)
                if self._stretch.over:
                    self._finish(step, number)
                    break
        self.next_step = min([feed.next_step for feed in self._feeds])

    def _finish(self, step: int, number: int) -> None:
        """One of them has ended the stretch: those beside it are called as they were, later streams as they are now."""
        lane, lanes = self._feeds[number].lane, self._stretch.lanes
        for feed in self._feeds[number + 1 :]:
            if feed.lane is lane and feed.next_step <= step:
                feed.run(step)
        self._run_changed(step, lanes[lanes.index(lane) + 1 :])

    def _run_changed(self, step: int, lanes: list[Lane]) -> None:
        known = {(feed.lane, id(feed.consolidator)): feed for feed in self._feeds}
        for lane in lanes:
            for consolidator in tuple(lane.config.consolidators):
                feed = known.get((lane, id(consolidator)))
                if feed is None:
                    feed = _Feed(self._stretch, lane, consolidator)
                if feed.next_step <= step:
                    feed.run(step)

    def close(self, done: int) -> None:
        """The stretch is over after a number of steps."""
        for feed in self._feeds:
            feed.close(done)


def _feed(stretch: Stretch, lane: Lane, consolidator: ConsolidatorBase) -> _Feed:
    inner = consolidator
    if type(consolidator) is MarketHourAwareConsolidator and consolidator.takes_all(lane.config.extended_market_hours):
        inner = consolidator.inner
    if type(inner) is TradeBarConsolidator and lane.block.is_trade:
        return _MergingFeed(stretch, lane, consolidator, inner)
    if type(inner) is IdentityDataConsolidator and lane.block.is_trade and isinstance(lane.block, DayBlock):
        handlers = inner.data_consolidated.handlers
        feeder = handlers[0] if len(handlers) == 1 else None
        if isinstance(feeder, BarFeeder) and feeder.looks_ahead:
            return _AheadFeed(stretch, lane, inner, feeder)
    return _Feed(stretch, lane, consolidator)
