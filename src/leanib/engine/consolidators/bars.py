"""Consolidators of trade bars, quote bars, ticks and any data by time or count."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from leanib.engine.consolidators.period import ONE_DAY, ONE_HOUR, ONE_SECOND, PeriodCountConsolidatorBase
from leanib.engine.custom import DynamicData
from leanib.engine.market.bars import Bar, QuoteBar, TradeBar
from leanib.engine.market.base_data import BaseData
from leanib.engine.market.tick import OpenInterest, Tick
from leanib.engine.market.volumes import add_volumes
from leanib.engine.symbols import TickType

__all__ = [
    "BaseDataConsolidator",
    "DynamicDataConsolidator",
    "OpenInterestConsolidator",
    "QuoteBarConsolidator",
    "TickConsolidator",
    "TickQuoteBarConsolidator",
    "TradeBarConsolidator",
]


def _extend(bar: TradeBar, high: float, low: float, close: float, volume: float) -> TradeBar:
    """A bar with more data in it."""
    bar.value = close
    bar.volume = add_volumes(bar.volume, volume)
    if low < bar.low:
        bar.low = low
    if high > bar.high:
        bar.high = high
    return bar


class TradeBarConsolidator(PeriodCountConsolidatorBase):
    """Trade bars to longer trade bars."""

    input_type = TradeBar
    output_type = TradeBar

    def extend(self, high: float, low: float, close: float, volume: float) -> None:
        """Take several bars at once into the bar in the making, of which none can end it (see `quiet_until`).

        `volume` is that of the bar with theirs.
        """
        self._working.volume = volume
        _extend(self._working, high, low, close, 0.0)

    @property
    def working_volume(self) -> float:
        """The volume of the bar in the making."""
        volume: float = self._working.volume
        return volume

    def _aggregate(self, working: Any, data: Any) -> TradeBar:
        if working is not None:
            return _extend(working, data.high, data.low, data.value, data.volume)
        start = self._start_of(data)
        return TradeBar(
            start, data.symbol, data.open, data.high, data.low, data.value, data.volume, self._bar_period(data)
        )


class BaseDataConsolidator(PeriodCountConsolidatorBase):
    """The values of any data to trade bars."""

    input_type = BaseData
    output_type = TradeBar

    def _aggregate(self, working: Any, data: Any) -> TradeBar:
        value = data.value
        if working is not None:
            return _extend(working, value, value, value, 0.0)
        return TradeBar(self._rounded(data.time), data.symbol, value, value, value, value)


class TickConsolidator(PeriodCountConsolidatorBase):
    """Trade ticks to trade bars."""

    input_type = Tick
    output_type = TradeBar

    def _should_process(self, data: Any) -> bool:
        return data.tick_type is TickType.TRADE

    def _aggregate(self, working: Any, data: Any) -> TradeBar:
        value = data.value
        if working is not None:
            return _extend(working, value, value, value, data.quantity)
        start = self._start_of(data)
        return TradeBar(start, data.symbol, value, value, value, value, data.quantity, self._period)


class DynamicDataConsolidator(PeriodCountConsolidatorBase):
    """Custom data to trade bars, by its properties Open, High, Low, Close and Volume or by its value."""

    input_type = DynamicData
    output_type = TradeBar

    def _aggregate(self, working: Any, data: Any) -> TradeBar:
        first, high, low, close = (_named(data, name) for name in ("open", "high", "low", "close"))
        volume = float(data.get_property("volume")) if data.has_property("volume") else 0.0
        if working is not None:
            return _extend(working, high, low, close, volume)
        return TradeBar(self._start_of(data), data.symbol, first, high, low, close, volume)


def _named(data: DynamicData, name: str) -> float:
    return float(data.get_property(name)) if data.has_property(name) else data.value


class _QuoteBars(PeriodCountConsolidatorBase):
    """Emits quote bars; a new one opens with the last quote."""

    output_type = QuoteBar

    def _new_bar(self, data: BaseData, period: timedelta | None) -> QuoteBar:
        bar = QuoteBar(self._start_of(data), data.symbol, None, 0.0, None, 0.0, period)
        last = self.consolidated
        if last is not None:
            bid, ask = last.bid, last.ask
            bar.update(
                0.0, bid.close if bid else 0.0, ask.close if ask else 0.0, 0.0, last.last_bid_size, last.last_ask_size
            )
        return bar


class QuoteBarConsolidator(_QuoteBars):
    """Quote bars to longer quote bars."""

    input_type = QuoteBar

    def _aggregate(self, working: Any, data: Any) -> QuoteBar:
        if working is None:
            self._start_of(data)
            working = self._new_bar(data, self._bar_period(data))
        if data.bid is not None:
            working.last_bid_size = data.last_bid_size
            working.bid = _extend_side(working.bid, data.bid)
        if data.ask is not None:
            working.last_ask_size = data.last_ask_size
            working.ask = _extend_side(working.ask, data.ask)
        working.value = data.value
        return working  # type: ignore[no-any-return]


def _extend_side(side: Bar | None, data: Bar) -> Bar:
    if side is None:
        return data.clone()
    side.close = data.close
    if side.high < data.high:
        side.high = data.high
    if side.low > data.low:
        side.low = data.low
    return side


class TickQuoteBarConsolidator(_QuoteBars):
    """Quote ticks to quote bars."""

    input_type = Tick

    def _should_process(self, data: Any) -> bool:
        return data.tick_type is TickType.QUOTE

    def _aggregate(self, working: Any, data: Any) -> QuoteBar:
        if working is None:
            self._start_of(data)
            working = self._new_bar(data, self._period)
        working.update(0.0, data.bid_price, data.ask_price, 0.0, data.bid_size, data.ask_size)
        if self._period is None:
            working.end_time = self._rounded(data.end_time)
        return working  # type: ignore[no-any-return]


class OpenInterestConsolidator(PeriodCountConsolidatorBase):
    """Open interest ticks to the last one of each period."""

    input_type = Tick
    output_type = OpenInterest
    has_period = False

    def _clear(self) -> None:
        super()._clear()
        self._is_long = self.is_time_based and self._period is not None and self._period >= ONE_HOUR
        self._last_input: Any = None

    def _should_process(self, data: Any) -> bool:
        return data.tick_type is TickType.OPEN_INTEREST

    def update(self, data: Any) -> None:
        """Take in a tick; a new hour or day ends the bar before it."""
        last = self._last_input
        if last is not None and self._is_long and self._is_over(last.end_time, data.end_time):
            self.scan(last.end_time + (self._period or ONE_DAY) + ONE_SECOND)
        super().update(data)
        self._last_input = data

    def _is_over(self, last: datetime, now: datetime) -> bool:
        if self._period == ONE_HOUR:
            return now.hour != last.hour
        return self._period == ONE_DAY and now.date() != last.date()

    def _aggregate(self, working: Any, data: Any) -> OpenInterest:
        if working is None:
            time = data.end_time if self._is_long else self._start_of(data)
            return OpenInterest(time, data.symbol, data.value)
        working.value = data.value
        if self._is_long:
            working.time = data.end_time
        return working  # type: ignore[no-any-return]
