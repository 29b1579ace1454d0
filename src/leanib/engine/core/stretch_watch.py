"""Watching a market in a stretch: the volume that is traded for a while after a fill.

Where all that is watched of a symbol are the bars of one of the algorithm's streams, they are taken in together, before
anything else changes. Where it may be more, the steps that bring a bar have all their parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.core.stretch import NEVER, Lane, Stretch
from leanib.engine.core.stretch_orders import first_from, steps_where
from leanib.engine.feeds.blocks import DayBlock

if TYPE_CHECKING:
    from leanib.engine.core.ports import StretchResults
    from leanib.engine.core.run import Run
    from leanib.engine.symbols import Symbol

__all__ = ["Watch"]


class Watch:
    """The symbols that the results watch in a stretch; new ones come with a fill, which ends it."""

    def __init__(self, run: Run, results: StretchResults, stretch: Stretch) -> None:
        self._run = run
        self._volumes = results.volumes
        self._stretch = stretch
        self._folded = 0
        self._lanes: list[Lane] = []
        self._steps: dict[Symbol, list[int]] = {}
        for symbol in self._watched():
            lane = self._lane(symbol)
            if lane is None:
                self._steps[symbol] = self._find(symbol)
            else:
                self._lanes.append(lane)

    def next_step(self, step: int) -> int:
        """The first step from one on that has to have all its parts; far away when there is none."""
        if not self._steps:
            return NEVER
        steps = (first_from(self._steps[symbol], step) for symbol in self._watched() if symbol in self._steps)
        return min(steps, default=NEVER)

    def fold(self, done: int) -> None:
        """Take in the bars of the steps before one."""
        first, volumes = self._folded, self._volumes
        if done <= first or volumes is None or not self._lanes:
            return
        self._folded = done
        watched = volumes.watched
        for lane in self._lanes:
            symbol, block = lane.config.symbol, lane.block
            if symbol in watched and isinstance(block, DayBlock):
                start, stop = lane.track.through(first - 1), lane.track.through(done - 1)
                volumes.take_bars(symbol, block.traded(lane.start + start, lane.start + stop))

    def skip(self, done: int) -> None:
        """The results have seen these steps themselves."""
        self._folded = max(self._folded, done)

    def _watched(self) -> list[Symbol]:
        return [] if self._volumes is None else self._volumes.watched

    def _lane(self, symbol: Symbol) -> Lane | None:
        """The stream that brings all that is watched of a symbol, if there is just one."""
        own = [lane for lane in self._stretch.shown if lane.config.symbol == symbol]
        trades = [lane for lane in own if lane.block.is_trade]
        if len(trades) != 1 or not self._stretch.has_bars_only:
            return None
        (lane,) = trades
        security = self._run.securities[symbol]
        if security.quote_currency.security_symbols:
            return None  # whose rate moves
        if lane.track.last is None:
            return lane  # where it has no bar, quotes are looked at, or what only the engine gets
        assert self._volumes is not None
        return lane if len(own) == 1 and self._volumes.goes_by_slices(symbol) else None

    def _find(self, symbol: Symbol) -> list[int]:
        """The steps at which a symbol is traded: all that have a bar with a volume."""
        lanes = [lane for lane in self._stretch.lanes if lane.config.symbol == symbol]
        trades = [lane for lane in lanes if lane.block.is_trade and lane in self._stretch.shown]
        if lanes and not any(lane.track.steps is None for lane in trades):
            return list(range(len(self._stretch.times)))  # quotes, which have sizes when they are filled forward too
        return [int(step) for step in steps_where(trades, None)]
