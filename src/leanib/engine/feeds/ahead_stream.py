"""A running stream of hourly or daily bars that can be read ahead, for whoever goes over many steps at once.

What is read ahead is plain bars: it ends before a corporate event, and where the security's ticker changes. Nothing
else can change what follows: when the time between filled bars does, the stream is made anew.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leanib.engine.feeds.blocks import Grid
from leanib.engine.feeds.subscription import Subscription, TimedPoint
from leanib.engine.market import BaseData, QuoteBar, TradeBar
from leanib.engine.market.bar_frames import QUOTES, TRADES
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.symbols import PerRun

__all__ = ["AheadSubscription", "PointBlock"]

_MOST, _MOST_BARS = timedelta(days=90), 1024
"""So far it is read ahead; in a run on minutes, each may bring a bar that is filled forward."""
_LEAST, _LEAST_BARS = timedelta(days=30), 512
"""When less is left, it is read on."""
_KEPT_GRIDS = 64
_BARS = (TradeBar, QuoteBar)

_GRIDS = PerRun[dict[Any, Grid]](dict)


class AheadSubscription(Subscription):
    """Once `look_ahead` was asked for it stands at `block[position]`, of which `current` is the point."""

    __slots__ = ("_waiting", "block", "position")

    def __init__(self, request: SubscriptionRequest, points: Iterator[TimedPoint | None]) -> None:
        super().__init__(request, points)
        self.block: PointBlock | None = None
        self.position = -1
        # What comes after the block, and the configuration's ticker from then on.
        self._waiting: tuple[TimedPoint | None, Any] | None = None

    def move_next(self) -> bool:
        """Go to the next point; False at the end."""
        return self.jump(self.position + 1)

    def jump(self, position: int) -> bool:
        """Go to a bar of the block, or behind it to what follows; False at the end of the stream."""
        block = self.block
        if block is not None and position < len(block) and not self.end_of_stream:
            self.position = position
            self.emit_time, self.current = block.utc(position), block.point(position)
            return True
        self.block = None
        if self._waiting is None:
            return super().move_next()
        following, ticker = self._waiting
        self._waiting = None
        self._set_ticker(ticker)
        self.current = None
        if following is not None:
            self.emit_time, self.current = following
        return True

    def look_ahead(self) -> None:
        """Read on, as far as that is possible and worth it."""
        if self.end_of_stream or type(self.current) not in _BARS:
            return
        block = self.block
        if self._waiting is not None or (block is not None and self._is_far_enough(block)):
            return
        points = [self.current] if block is None else block.points[self.position :]
        times = [self.emit_time] if block is None else block.grid.times[self.position :]
        known = len(points)
        self._read(points, times)  # type: ignore[arg-type]
        if len(points) > known or block is None:
            self.block = PointBlock(points, times) if len(points) > 1 else None  # type: ignore[arg-type]
            self.position = 0

    def _is_far_enough(self, block: PointBlock) -> bool:
        return len(block) - self.position >= _LEAST_BARS or block.grid.times[-1] - self.emit_time >= _LEAST

    def _read(self, points: list[BaseData], times: list[datetime]) -> None:
        ticker = self._ticker()
        end = times[0] + _MOST
        while times[-1] < end and len(times) < _MOST_BARS:
            try:
                following = self._next()
            except StopIteration:
                return  # and again when it is asked the next time
            if following is None or not self._follows(following, points[-1], times[-1]) or self._ticker() != ticker:
                self._waiting = following, self._ticker()
                self._set_ticker(ticker)
                return
            times.append(following[0])
            points.append(following[1])

    @staticmethod
    def _follows(following: TimedPoint, last: BaseData, last_time: datetime) -> bool:
        time, point = following
        return type(point) is type(last) and time > last_time and point.end_time >= last.end_time

    def _ticker(self) -> Any:
        config = self.configuration
        return config.mapped_symbol, config.symbol, config.sum_of_dividends

    def _set_ticker(self, ticker: Any) -> None:
        config = self.configuration
        config.mapped_symbol, config.symbol, config.sum_of_dividends = ticker


class PointBlock:
    """Bars of a stream that were read ahead, as the columns of a day are (`DayBlock`)."""

    offset = 0

    def __init__(self, points: list[BaseData], times: list[datetime]) -> None:
        self.points = points
        self.is_trade = type(points[0]) is TradeBar
        self.symbol = points[0].symbol
        self.fresh: NDArray[np.bool_] = np.array([not point.is_fill_forward for point in points])
        self.grid = _grid([point.end_time for point in points], times)

    def __len__(self) -> int:
        return len(self.points)

    @property
    def has_rows(self) -> bool:
        """Whether any of the bars is a row of a file."""
        return bool(self.fresh.any())

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in the order in which a bar has them."""
        return TRADES if self.is_trade else QUOTES

    def utc(self, index: int) -> datetime:
        """When a bar ends, in UTC."""
        return self.grid.times[index]

    def point(self, index: int) -> BaseData:
        """The bar at a step."""
        return self.points[index]

    def closes(self) -> NDArray[np.float64]:
        """The price that each bar gives its security: 0 where it gives none, as when it is filled forward."""
        return self._closes

    @cached_property
    def _closes(self) -> NDArray[np.float64]:
        bars: Any = self.points
        return np.array([0.0 if bar.is_fill_forward else bar.close for bar in bars])

    def prices(self, name: str, bars: NDArray[np.intp]) -> NDArray[np.float64]:
        """A column at some bars; 0 where a quote has no such side."""
        points: Any = [self.points[bar] for bar in bars.tolist()]
        if self.is_trade:
            return np.array([getattr(point, name) for point in points], np.float64)
        side, _, name = name.partition("_")
        sides = [getattr(point, side) for point in points]
        return np.array([0.0 if side is None else getattr(side, name) for side in sides], np.float64)

    def merged(self, first: int, stop: int, volume: float) -> tuple[float, float, float, float]:
        """High, low and close over some trade bars, and their volumes on top of another, added one after the other."""
        bars: Any = self.points[first:stop]
        for bar in bars:
            volume += bar.volume
        return max(bar.high for bar in bars), min(bar.low for bar in bars), bars[-1].close, volume

    def rows_between(self, first: int, stop: int) -> Sequence[int]:
        """The bars that are rows of the file: all, or the last one where that replaces those before it."""
        fresh = self._fresh_bars
        rows = fresh[bisect_left(fresh, first) : bisect_left(fresh, stop)]
        return rows[-1:] if self._is_plain else rows

    @cached_property
    def _fresh_bars(self) -> list[int]:
        return [number for number, point in enumerate(self.points) if not point.is_fill_forward]

    @cached_property
    def _is_plain(self) -> bool:
        bars: Any = self.points
        return self.is_trade and all(bar.open and bar.high and bar.low and bar.close and bar.volume for bar in bars)


def _grid(ends: list[datetime], times: list[datetime]) -> Grid:
    """Streams whose bars end together share one."""
    grids, key = _GRIDS(), (tuple(times), tuple(ends))
    if key not in grids:
        if len(grids) >= _KEPT_GRIDS:
            grids.pop(next(iter(grids)))
        grids[key] = Grid(np.array(ends, "datetime64[us]"), np.array(times, "datetime64[us]"))
    return grids[key]
