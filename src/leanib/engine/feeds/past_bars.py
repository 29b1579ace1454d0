"""Reads the bars of a history as columns, with nothing made of them: for frames, which want columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from leanib.engine.feeds.block_reader import BlockReader, Points
from leanib.engine.feeds.blocks import DayBlock
from leanib.engine.feeds.price_files import is_dated
from leanib.engine.feeds.span_reader import Part, SpanReader
from leanib.engine.feeds.subscription import TimedPoint
from leanib.engine.feeds.timing import timed
from leanib.engine.market import BaseData, QuoteBar, TradeBar
from leanib.engine.market.bar_frames import PastBars
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.symbols import DataNormalizationMode

__all__ = ["can_be_columns", "read_bars"]

_TIME = np.dtype("datetime64[us]")


def can_be_columns(stream: SubscriptionRequest, span: timedelta | None) -> bool:
    """Whether a history's bars can be had as columns; `span` is the time between filled bars, None fills nothing."""
    config = stream.configuration
    if config.type not in (TradeBar, QuoteBar) or config.is_custom_data or config.is_of_a_chain:
        return False
    if config.data_time_zone is not config.exchange_time_zone:
        return False
    if is_dated(config.resolution):
        return span == config.increment
    if config.type is not TradeBar or config.symbol.asset.has_contracts:
        return False
    if config.data_normalization_mode is DataNormalizationMode.TOTAL_RETURN:  # dividends on top, from day to day
        return False
    return span is None or span >= config.increment


def read_bars(stream: SubscriptionRequest, strict: bool, strict_enabled: bool, span: timedelta | None) -> PastBars:
    """The bars that end after a request's start, and not after its end.

    Args:
        stream: the request, one that `can_be_columns`.
        strict: whether daily bars run from the market's open to its close.
        strict_enabled: whether the setting for that is on; see `timed`.
        span: the time between filled bars.
    """
    bars = PastBars(stream.configuration.symbol, stream.configuration.type is TradeBar)
    gathered = _Gathered(bars, stream, strict_enabled)
    for part in _parts(stream, strict, strict_enabled, span):
        gathered.take(part)
    gathered.finish()
    return bars


def _parts(
    stream: SubscriptionRequest, strict: bool, strict_enabled: bool, span: timedelta | None
) -> Iterator[DayBlock | BaseData | Points] | Iterator[Part]:
    if is_dated(stream.configuration.resolution):
        return BlockReader(stream, is_history=True).blocks()
    resolution = None if span is None else lambda: span
    return SpanReader(stream, strict, strict_enabled, resolution, is_history=True).parts()


class _Gathered:
    """Collects the bars of blocks and points."""

    def __init__(self, bars: PastBars, stream: SubscriptionRequest, strict_enabled: bool) -> None:
        self._bars = bars
        self._stream = stream
        self._strict_enabled = strict_enabled
        self._is_dated = is_dated(stream.configuration.resolution)
        self._start, self._end = np.datetime64(stream.start_time_local), np.datetime64(stream.end_time_local)
        self._known: list[NDArray[np.datetime64]] = [np.empty(0, _TIME)]
        self._ends: list[NDArray[np.datetime64]] = [np.empty(0, _TIME)]
        self._values: dict[str, list[NDArray[np.float64]]] = {name: [np.empty(0)] for name in bars.names}
        self._is_first = True

    def take(self, part: DayBlock | BaseData | TimedPoint | Points) -> None:
        """A block, a point, or all that follows; corporate events are no bars."""
        if isinstance(part, DayBlock):
            self._take_block(part)
        elif isinstance(part, Points):
            self._take_points(timed(part.points, self._stream, self._strict_enabled))
        elif isinstance(part, tuple):
            self._take_points((part,))

    def finish(self) -> None:
        """All is there."""
        bars = self._bars
        bars.known, bars.ends = np.concatenate(self._known), np.concatenate(self._ends)
        bars.values = {name: np.concatenate(parts) for name, parts in self._values.items()}

    def _take_block(self, block: DayBlock) -> None:
        first, stop = np.searchsorted(block.ends(), (self._start, self._end), "right").tolist()
        if first == stop:
            return
        if self._is_first:
            self._bars.symbol, self._is_first = block.symbol_at(first), False
        chosen = slice(first, stop)
        self._known.append(block.known()[chosen])
        self._ends.append(block.rounded_ends()[chosen])
        for name, values in block.table(chosen).items():
            self._values[name].append(values)

    def _take_points(self, points: Iterable[TimedPoint | None]) -> None:
        bars = [
            (known, bar)
            for known, bar in filter(None, points)
            if isinstance(bar, TradeBar | QuoteBar) and self._is_wanted(known, bar)
        ]
        if not bars:
            return
        if self._is_first:
            self._bars.symbol, self._is_first = bars[0][1].symbol, False
        self._known.append(np.array([known for known, _ in bars], _TIME))
        self._ends.append(np.array([bar.end_time for _, bar in bars], _TIME))
        for name, values in zip(self._values, zip(*(_row(bar) for _, bar in bars), strict=True), strict=True):
            self._values[name].append(np.array(values, np.float64))

    def _is_wanted(self, known: datetime, bar: BaseData) -> bool:
        """Times of the exchange decide, those before bars of hours and days are rounded."""
        end = bar.end_time if self._is_dated else self._stream.exchange_hours.time_zone.to_local(known)
        return self._stream.start_time_local < end <= self._stream.end_time_local


def _row(bar: TradeBar | QuoteBar) -> tuple[float, ...]:
    """What a block has of a bar: zeros for a side of a quote that is not there."""
    if isinstance(bar, TradeBar):
        return bar.open, bar.high, bar.low, bar.value, bar.volume
    row: list[float] = []
    for side, size in ((bar.bid, bar.last_bid_size), (bar.ask, bar.last_ask_size)):
        row += (0.0, 0.0, 0.0, 0.0) if side is None else (side.open, side.high, side.low, side.close)
        row.append(size)
    return tuple(row)
