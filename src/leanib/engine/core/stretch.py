"""A stretch: time steps that bring nothing but prices, with the streams' columns under a cursor.

Nothing is pushed anywhere while the cursor moves: a security that is asked catches up, a slice makes its parts when
somebody reads them. `settle` brings everything to where it would be if each step had been taken by itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leanib.engine.feeds.ahead_stream import AheadSubscription, PointBlock
from leanib.engine.feeds.block_stream import BlockSubscription
from leanib.engine.feeds.blocks import DayBlock
from leanib.engine.market import BaseData, QuoteBars, Slice, TradeBars
from leanib.engine.market.slice import put_bars
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.securities import Security
    from leanib.engine.timezones import DateTimeZone

__all__ = ["NEVER", "Ahead", "Lane", "SecurityLane", "Stretch", "StretchSlice", "Track", "distinct"]

_KINDS_OF_BARS = ("bars", "quote_bars")

NEVER = 1 << 60
"""A step that does not come."""

Ahead = BlockSubscription | AheadSubscription
"""A stream that tells what comes."""


def distinct(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """All that is in some arrays, sorted, each once; `np.unique` imports numpy's masked arrays to look for some."""
    merged = np.concatenate(parts)
    merged.sort()
    kept = np.ones(len(merged), np.bool_)
    np.not_equal(merged[1:], merged[:-1], out=kept[1:])
    once: NDArray[Any] = merged[kept]
    return once


class Track:
    """The steps of a stretch at which streams of one grid have a bar.

    Attributes:
        count: how many bars of the streams lie in the stretch.
        steps: the steps at which they have a bar; None when that is each.
        last: for each step the last bar up to it, -1 before the first; None when there is one at each step.
        present: whether there is a bar at each step; None likewise.
    """

    __slots__ = ("count", "last", "present", "steps")

    def __init__(self, ends: NDArray[np.datetime64], steps: NDArray[np.datetime64]) -> None:
        self.count = len(ends)
        self.last: list[int] | None = None
        self.present: list[bool] | None = None
        self.steps: list[int] | None = None
        if len(ends) != len(steps):
            last = np.searchsorted(ends, steps, "right") - 1
            self.last = last.tolist()
            present = np.diff(last, prepend=-1) > 0
            self.present, self.steps = present.tolist(), np.flatnonzero(present).tolist()

    def next_step(self, step: int) -> int:
        """The first step from one on at which there is a bar; far away when there is none."""
        if self.steps is None:
            return step
        place = bisect_left(self.steps, step)
        return self.steps[place] if place < len(self.steps) else NEVER

    def through(self, step: int) -> int:
        """How many bars there are up to a step, that one included; step -1 is before the first."""
        return step + 1 if self.last is None or step < 0 else self.last[step] + 1


class Lane:
    """One stream in a stretch: bar n of the track is `block.point(start + n)`."""

    __slots__ = ("block", "config", "security", "start", "stream", "taken", "track")

    def __init__(self, stream: Ahead, block: DayBlock | PointBlock, track: Track) -> None:
        self.stream = stream
        self.config = stream.configuration
        self.security: Security = stream.security
        self.block = block
        self.start = stream.position
        self.track = track
        self.taken = 0  # how many bars the security has seen

    @property
    def moves_price(self) -> bool:
        """Whether its bars set the price of the security: an equity's quotes do not."""
        return self.block.is_trade or self.security.symbol.asset.quotes_are_main

    def bar_at(self, step: int) -> int | None:
        """The bar's index in the block, if there is one at a step."""
        track = self.track
        if track.last is None:
            return self.start + step
        assert track.present is not None
        return self.start + track.last[step] if track.present[step] else None

    def fresh(self, through: int) -> Sequence[int]:
        """What the security has to take in, up to a number of bars: all rows of the file, or the last one."""
        first, self.taken = self.start + self.taken, through
        return self.block.rows_between(first, self.start + through)

    def closes_at(self, steps: int) -> NDArray[np.float64]:
        """The price that each step's bar gives the security; 0 where there is none."""
        track = self.track
        closes = self.block.closes()[self.start : self.start + track.count]
        if track.last is None:
            return closes
        present = np.asarray(track.present)
        at_steps = np.zeros(steps)
        at_steps[present] = closes[np.asarray(track.last)[present]]
        return at_steps


class SecurityLane:
    """A security's streams in a stretch; what a security asks while it is part of one (`PriceLane`)."""

    __slots__ = ("_price_lanes", "_prices", "_start", "at", "lanes", "security", "stretch")

    def __init__(self, stretch: Stretch, security: Security) -> None:
        self.stretch = stretch
        self.security = security
        self.lanes: list[Lane] = []
        self.at = -1
        self._start = security._cache.price
        self._price_lanes: list[Lane] = []
        self._prices: list[float] | None = None

    def add(self, lane: Lane) -> None:
        """Take in a stream."""
        self.lanes.append(lane)
        if lane.moves_price:
            self._price_lanes.append(lane)

    def catch_up(self) -> None:
        """Take everything in up to the present step."""
        step = self.stretch.step
        if step == self.at:
            return
        self.at = step  # what follows asks the security too
        lanes = self.lanes
        if len(lanes) == 1:
            self._take(lanes[0], lanes[0].fresh(lanes[0].track.through(step)))
            return
        waiting = [(lane, lane.fresh(lane.track.through(step))) for lane in lanes]
        bars = [(lane.block.utc(bar), number, lane, bar) for number, (lane, new) in enumerate(waiting) for bar in new]
        for _, _, lane, bar in sorted(bars, key=_by_time):
            self._take(lane, (bar,))

    def _take(self, lane: Lane, bars: Sequence[int]) -> None:
        for bar in bars:
            self.security.update([lane.block.point(bar)], lane.config.type, False, lane.config.is_internal_feed)

    def price(self) -> float:
        """The last price at the present step."""
        step = self.stretch.step
        return self.security._cache.price if step == self.at else self.price_at(step)

    def price_at(self, step: int) -> float:
        """The last price at a step; -1 is before the first."""
        if step < 0 or not self._price_lanes:
            return self._start
        if self._prices is None:
            self._prices = self.price_path()[:, -1].tolist()
        return self._prices[step]

    def price_path(self) -> NDArray[np.float64]:
        """The prices at each step of the stretch, in the order in which they come: a row of at least one a step."""
        now, steps = self._start, len(self.stretch.times)
        if not self._price_lanes:
            return np.full((steps, 1), now)
        closes = np.column_stack([lane.closes_at(steps) for lane in self._price_lanes]).ravel()
        source = np.maximum.accumulate(np.where(closes != 0, np.arange(1, len(closes) + 1), 0))
        path: NDArray[np.float64] = np.concatenate(([now], closes))[source].reshape(steps, -1)
        return path

    def prices_after(self, lane: Lane, path: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of its price path, the price at each step once one of its streams has brought its bar."""
        before = sum(other.moves_price for other in self.lanes[: self.lanes.index(lane) + 1])
        if before:
            return path[:, before - 1]
        return np.concatenate(([self._start], path[:-1, -1]))

    def interrupt(self) -> None:
        """End the stretch."""
        self.stretch.settle()


def _by_time(item: tuple[datetime, int, Lane, int]) -> tuple[datetime, int]:
    return item[0], item[1]


class Stretch:
    """Streams over steps at `times` (UTC); `step` is where the cursor stands, -1 before the first."""

    def __init__(
        self, lanes: list[Lane], times: list[datetime], zone: DateTimeZone, make_chains: Any = None
    ) -> None:
        self.lanes = lanes
        self.times = times
        self.step = -1
        self.over = False
        self.early = False  # whether the present step has not come to its consolidators yet
        self.to_local = zone.to_local
        self.shown = [lane for lane in lanes if not lane.config.is_internal_feed]
        # Who makes the bars, when all streams have one at each step.
        self._each_step: list[tuple[Callable[[int], BaseData], int]] | None = None
        if all(lane.track.last is None for lane in self.shown):
            self._each_step = [(lane.block.point, lane.start) for lane in self.shown]
        kinds = {lane.block.is_trade for lane in self.shown}
        self._brings = {kind: kinds == {kind} for kind in (True, False)}  # whether all of it is of one kind
        self.securities: dict[Security, SecurityLane] = {}
        self.on_settle: Any = None
        self.make_chains = make_chains
        self.default_lanes = _default_lanes(self.shown)
        #: whether the streams bring nothing but bars of trades and of quotes
        self.has_bars_only = all(isinstance(lane.block, DayBlock) for lane in self.shown)

    def open(self) -> None:
        """Put the securities on their lanes."""
        for lane in self.lanes:
            security = lane.security
            known = self.securities.get(security)
            if known is None:
                known = self.securities[security] = SecurityLane(self, security)
            known.add(lane)
        for security, known in self.securities.items():
            security._lane = known

    def settle(self) -> None:
        """End here: everything is as it would be if the steps had been taken one by one."""
        if self.over:
            return
        self.over = True
        for security, lane in self.securities.items():
            lane.catch_up()
            security._lane = None
        self.on_settle()

    def points(self, step: int, is_trade: bool | None = None) -> list[BaseData]:
        """What the algorithm gets at a step: all of it, or only what streams of trades bring, or only the others."""
        if self._each_step is not None and (is_trade is None or self._brings[is_trade]):
            return [point(start + step) for point, start in self._each_step]
        points = []
        for lane in self.shown:
            bar = lane.bar_at(step) if is_trade is None or lane.block.is_trade is is_trade else None
            if bar is not None:
                points.append(lane.block.point(bar))
        return points

    def has_rows(self, security: Security) -> bool:
        """Whether a security's streams bring a row of a file."""
        known = self.securities.get(security)
        return known is not None and any(lane.block.has_rows for lane in known.lanes)

    def count(self, steps: int) -> int:
        """How many data points there are in a number of steps."""
        return sum(lane.track.through(steps - 1) for lane in self.lanes)

    def move_streams(self, steps: int) -> None:
        """The streams go on behind a number of steps."""
        for lane in self.lanes:
            moved = lane.track.through(steps - 1)
            if moved and not lane.stream.end_of_stream:
                lane.stream.jump(lane.start + moved)

    def visible(self) -> list[bool] | None:
        """Whether the algorithm gets anything at each step; None when it always does."""
        if any(lane.track.present is None for lane in self.shown):
            return None
        presents = [lane.track.present or () for lane in self.shown]
        if not presents:
            return list(repeat(False, len(self.times)))
        seen = [any(step) for step in zip(*presents, strict=True)]
        return None if all(seen) else seen


def _default_lanes(lanes: list[Lane]) -> dict[Symbol, Lane]:
    """By symbol the stream that `slice[symbol]` is of, where it is the only one and a day of bars."""
    found: dict[Symbol, list[Lane]] = {}
    for lane in lanes:
        block = lane.block
        if block.is_trade or not isinstance(block, DayBlock) or block.symbol.asset.quotes_are_main:
            found.setdefault(block.symbol, []).append(lane)
            if isinstance(block, DayBlock) and block.tail is not None:
                found.setdefault(block.tail.symbol, []).append(lane)
    return {symbol: own[0] for symbol, own in found.items() if len(set(own)) == 1 and _brings_only(own[0], symbol)}


def _brings_only(lane: Lane, symbol: Symbol) -> bool:
    block = lane.block
    if not isinstance(block, DayBlock) or block.symbol != symbol:
        return False
    return block.tail is None or block.tail.symbol == symbol


class StretchSlice(Slice):
    """The slice of a step of a stretch: time and points are made when somebody reads them."""

    __slots__ = ("_step", "_stretch")

    has_auxiliary = False
    internal_data = ()
    _has_data = True

    def __init__(self, stretch: Stretch, step: int) -> None:
        self._stretch = stretch
        self._step = step

    def __getattr__(self, name: str) -> Any:
        if name == "points":
            self.points = self._stretch.points(self._step)
            return self.points
        if name == "time":
            self.time = self._stretch.to_local(self._stretch.times[self._step])
            return self.time
        if name in _KINDS_OF_BARS and self._stretch.has_bars_only:
            return self._collect_bars(name)
        if name == "chain_maker":
            return self._stretch.make_chains
        if name == "utc_time":
            self.utc_time = self._stretch.times[self._step]
            return self.utc_time
        return super().__getattr__(name)

    def _collect_bars(self, name: str) -> TradeBars | QuoteBars:
        """The bars of trades, or those of quotes, while the others are not made."""
        is_trades = name == "bars"
        bars: Any = TradeBars(self.time) if is_trades else QuoteBars(self.time)
        put_bars(bars, self._stretch.points(self._step, is_trades))
        setattr(self, name, bars)
        return bars  # type: ignore[no-any-return]

    def __contains__(self, key: object) -> bool:
        lane = self._stretch.default_lanes.get(key) if type(key) is Symbol else None
        return super().__contains__(key) if lane is None else lane.bar_at(self._step) is not None

    def __getitem__(self, key: object) -> Any:
        lane = self._stretch.default_lanes.get(key) if type(key) is Symbol else None
        bar = None if lane is None else lane.bar_at(self._step)
        return super().__getitem__(key) if lane is None or bar is None else lane.block.point(bar)

    def _get(self, key: object, default: object = None) -> Any:
        lane = self._stretch.default_lanes.get(key) if type(key) is Symbol else None
        if lane is None:
            return super()._get(key, default)
        bar = lane.bar_at(self._step)
        return default if bar is None else lane.block.point(bar)
