"""Repeats the last data point while the market is open and nothing new comes.

From `Engine/DataFeeds/Enumerators/FillForwardEnumerator.cs`. Times are in the exchange's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.feeds.data_reader import OUT_OF_HOURS
from leanib.engine.feeds.market_time import market_segments
from leanib.engine.market import BaseData, Delisting, DelistingType, MarketDataType, OpenInterest, TradeBar
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import (
    ONE_HOUR,
    CalendarInfo,
    get_daily_calendar,
    midnight,
    round_down_in_time_zone,
)
from leanib.engine.market.universe.requests import SubscriptionRequest

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["FillForward", "LastPoint", "filled_forward", "is_delisting"]

_AUXILIARY = MarketDataType.AUXILIARY
_ONE_DAY = timedelta(days=1)


class LastPoint:
    """The last point of the warm-up, from which fill-forward goes on after it."""

    __slots__ = ("point",)

    def __init__(self) -> None:
        self.point: BaseData | None = None


class FillForward:
    """Fills the gaps of one stream.

    Args:
        request: the stream.
        resolution: gives the time between filled points at that moment; it follows the finest subscription.
        strict: whether daily bars run from the market's open to its close.
        last: the warm-up's last point, for what follows it.
    """

    def __init__(
        self,
        request: SubscriptionRequest,
        resolution: Callable[[], timedelta],
        strict: bool,
        last: LastPoint | None = None,
    ) -> None:
        config = request.configuration
        self._hours: SecurityExchangeHours = request.security.exchange.hours
        self._zone = self._hours.time_zone
        self._resolution = resolution
        self._extended = config.extended_market_hours
        self._start, self._end = request.start_time_local, request.end_time_local
        self._data_resolution = config.increment
        self._data_zone = config.data_time_zone
        self._strict = strict
        self._strict_intraday = strict and config.type is OpenInterest
        self._last = last
        self._segment = (NO_TIME, NO_TIME)
        self._end_bar = self._last_bar()

    def _last_bar(self) -> CalendarInfo:
        if not self._strict or self._strict_intraday:
            return CalendarInfo(self._round_down(self._end, self._data_resolution), self._data_resolution)
        bar = get_daily_calendar(self._end, self._hours, False)
        while bar.end > self._end:
            bar = get_daily_calendar(bar.start - _ONE_DAY, self._hours, False)
        return bar

    def __call__(self, points: Iterable[BaseData]) -> Iterator[BaseData]:
        """The points, and between them what is filled forward."""
        previous = current = self.first_previous()
        delisted: datetime | None = None
        for point in points:
            if delisted is not None and (previous is None or previous.end_time >= delisted):
                return
            auxiliary = point.data_type is _AUXILIARY
            if auxiliary and is_delisting(point):
                delisted = point.end_time
            if previous is not None and self.may_lack(previous, point):
                previous = yield from self.between(previous, point, delisted is None)
                if previous is None:
                    return
            if point.is_fill_forward is not OUT_OF_HOURS:
                yield point
            current = point
            if not auxiliary:
                previous = point
        if delisted is None and previous is not None and current is not None:
            yield from self.until_end(previous, current)

    def may_lack(self, previous: BaseData, point: BaseData) -> bool:
        """Whether something may have to be filled in between two points."""
        step = self._data_resolution
        return self._strict_intraday or point.time - previous.time > step or self._resolution() < step

    def between(
        self, previous: BaseData, point: BaseData, is_listed: bool = True
    ) -> Generator[BaseData, None, BaseData | None]:
        """What is filled in between two points; the last before the second of them, None when the stream ends there."""
        while True:
            if is_listed:
                previous = yield from self._through_segment(previous, point)
            if (filled := self._next(previous, point)) is None:
                return previous
            if previous.end_time >= self._end:
                return None
            yield filled
            previous = filled

    def first_previous(self) -> BaseData | None:
        """The last point of the warm-up, at the time from which its gap is filled."""
        if self._last is None or self._last.point is None:
            return None
        point: BaseData = self._last.point.clone()
        point.time = self._start - self._data_resolution
        return point

    def until_end(self, previous: BaseData, current: BaseData) -> Iterator[BaseData]:
        """Goes on to the end of the subscription after the last data point."""
        last = previous.clone(True)
        last.time, last.end_time = self._end_bar.start, self._end_bar.end
        while previous.end_time < self._end:
            latest = yield from self._through_segment(previous, last)
            if latest is not previous:
                previous = current = latest
                continue
            filled = self._next(previous, last)
            if filled is None:
                is_open = self._hours.is_open(last.time, last.end_time, self._extended)
                if not is_open or current.end_time == last.end_time:
                    return
                filled = last
            yield filled
            previous = current = filled

    # --- one step ------------------------------------------------------------------------------------------------

    def _next(self, previous: BaseData, following: BaseData) -> BaseData | None:
        """What to fill in between two points, if anything."""
        smallest = min(self._resolution(), self._data_resolution)
        gap = following.time - previous.time
        if gap <= smallest and not self._strict_intraday:
            return None
        end = previous.end_time
        if self._in_segment(end) and not self._strict_intraday:
            if not self._strict:
                return self._next_in_segment(previous, following, end + smallest)
            if smallest <= ONE_HOUR and end + smallest <= self._segment[1]:
                return self._next_in_segment(previous, following, end + smallest)
        return None if self._opens_next(end, following) else self._next_anywhere(previous, following)

    def _opens_next(self, end: datetime, following: BaseData) -> bool:
        """Whether a point is the very bar with which the market opens next, as it is on most mornings."""
        step, hours, extended = self._data_resolution, self._hours, self._extended
        if following.data_type is _AUXILIARY or following.time == following.end_time or self._resolution() != step:
            return False
        if self._strict:
            bar = hours.get_daily_hours(hours.get_next_market_open(end, False), False)
            return bar == (following.time, following.end_time)
        if hours.is_open(end, end + step, extended):
            return False
        return self._round_down(hours.get_next_market_open(end, extended), step) == following.time

    def _through_segment(self, previous: BaseData, following: BaseData) -> Generator[BaseData, None, BaseData]:
        """What `_next` gives during the hours it last found, without asking anew for each; the last of it."""
        opens, closes = self._segment
        end = previous.end_time
        if self._strict_intraday or not opens <= end < closes:
            return previous
        strict, step, resolution = self._strict, self._data_resolution, self._resolution
        next_time, limit = following.time, self._limit(following)
        length = self._hours.get_market_hours(end).market_duration if strict else step
        time, run_end = previous.time, min(closes, self._end)
        while end < run_end:
            smallest = resolution()
            if smallest > step:
                smallest = step
            following_end = end + smallest
            if following_end >= limit or next_time - time <= smallest:
                break
            if strict and (smallest > ONE_HOUR or following_end >= closes):
                break  # the last one may end on the next day, whose length it has
            end, time = following_end, following_end - length
            previous = filled_forward(previous, time, end)
            yield previous
        return previous

    def _limit(self, following: BaseData) -> datetime:
        """Before what time a filled point has to end that comes before a data point."""
        if following.data_type is _AUXILIARY:  # what ends at the same time comes before it
            return (following.end_time if self._strict else following.time) + timedelta.resolution
        if self._strict:
            return following.end_time
        return following.time if following.time == following.end_time else following.time + self._data_resolution

    def _in_segment(self, time: datetime) -> bool:
        """Whether the market is open, and stays so, at a time on a day without a change of the clocks."""
        opens, closes = self._segment
        if opens <= time < closes:
            return True
        if not self._hours.is_open(time, self._extended):
            return False
        day = midnight(time)
        if self._zone.offset_at_local(day) != self._zone.offset_at_local(day + _ONE_DAY):
            return False
        for opens, closes in market_segments(self._hours, day, self._extended):
            if opens <= time < closes:
                self._segment = (opens, closes)
                return True
        return False

    def _next_in_segment(self, previous: BaseData, following: BaseData, end: datetime) -> BaseData | None:
        """Daily bars from open to close, repeated during the day, are each as long as the market is open that day."""
        if end >= self._limit(following):
            return None
        length = self._hours.get_market_hours(end).market_duration if self._strict else self._data_resolution
        return filled_forward(previous, end - length, end)

    def _next_anywhere(self, previous: BaseData, following: BaseData) -> BaseData | None:
        to_utc = self._zone.to_utc
        resolution = self._resolution()
        previous_time, next_time = to_utc(previous.time), to_utc(following.time)
        next_end = to_utc(following.end_time)
        if next_end < previous_time or not self._is_gap(previous_time, next_time, resolution):
            return None
        period = next_end - next_time
        if previous.is_fill_forward and (not self._strict or period <= ONE_HOUR):
            rounded = to_utc(self._round_down(following.time, period))
            if not self._is_gap(previous_time, rounded, resolution):
                return None
        limit = next_time + self._period_of(following)
        auxiliary = following.data_type is _AUXILIARY
        for bar in self._candidates(previous.end_time, resolution):
            start = bar.start if self._strict and bar.period > ONE_HOUR else self._round_down(bar.start, bar.period)
            end = to_utc(start) + bar.period
            if not (end < limit or (auxiliary and end == limit)):
                return None
            end_local = self._zone.to_local(end)
            if self._hours.is_open(end_local - bar.period, end_local, self._extended):
                return filled_forward(previous, self._zone.to_local(end - self._length(bar, end_local)), end_local)
        return None

    def _period_of(self, following: BaseData) -> timedelta:
        if self._strict:
            return following.end_time - following.time
        return timedelta(0) if following.time == following.end_time else self._data_resolution

    def _length(self, bar: CalendarInfo, end: datetime) -> timedelta:
        """Filled bars have the data's length; strict daily ones last as long as the market is open that day."""
        if not self._strict:
            return self._data_resolution
        reference = max(end - self._hours.regular_market_duration, bar.start)
        duration: timedelta = self._hours.get_market_hours(reference).market_duration
        return duration

    def _is_gap(self, previous_time: datetime, next_time: datetime, resolution: timedelta) -> bool:
        delta = next_time - previous_time
        return delta > resolution or delta > self._data_resolution or self._strict_intraday

    def _candidates(self, end: datetime, resolution: timedelta) -> Iterable[CalendarInfo]:
        """The bars that may follow one that ended then, by their end."""
        if resolution == self._data_resolution:
            return self._same_resolution(end, resolution)
        return self._two_resolutions(
            end, min(resolution, self._data_resolution), max(resolution, self._data_resolution)
        )

    def _same_resolution(self, end: datetime, resolution: timedelta) -> Iterator[CalendarInfo]:
        hours, extended = self._hours, self._extended
        if not self._strict:
            if hours.is_open(end, end + resolution, extended):
                yield CalendarInfo(end, resolution)
            yield CalendarInfo(hours.get_next_market_open(end, extended), resolution)
            return
        if self._strict_intraday:
            first = get_daily_calendar(hours.get_next_market_open(midnight(end), extended), hours, False)
            if first.end > end:
                yield first
        yield get_daily_calendar(hours.get_next_market_open(end, False), hours, False)

    def _two_resolutions(self, end: datetime, smaller: timedelta, larger: timedelta) -> Iterator[CalendarInfo]:
        hours, extended, found = self._hours, self._extended, []
        if hours.is_open(end, end + smaller, extended):
            if not self._strict:
                yield CalendarInfo(end, smaller)
            else:
                found.append(CalendarInfo(end, smaller))
        if self._strict:
            day = get_daily_calendar(end, hours, False)
            if end < day.end:
                found.append(day)
        else:
            start = self._round_down(end, larger)
            if hours.is_open(start, start + larger, extended):
                found.append(CalendarInfo(start, larger))
        found.append(CalendarInfo(hours.get_next_market_open(end, extended), smaller))
        if self._strict:
            found.append(get_daily_calendar(hours.get_next_market_open(end, False), hours, False))
        yield from sorted(found, key=_end_of)

    def _round_down(self, time: datetime, interval: timedelta) -> datetime:
        return round_down_in_time_zone(time, interval, self._zone, self._data_zone)


def filled_forward(previous: BaseData, time: datetime, end_time: datetime) -> BaseData:
    """The point again, at other times; a trade bar is made in one go instead of a copy that is changed."""
    if type(previous) is TradeBar:
        bar: TradeBar = previous
        return TradeBar(time, bar.symbol, bar.open, bar.high, bar.low, bar.value, 0.0, end_time - time, True)
    twin: BaseData = previous.clone(True)
    twin.time, twin.end_time = time, end_time
    return twin


def is_delisting(point: BaseData) -> bool:
    """Whether a point says that its security is gone."""
    return isinstance(point, Delisting) and point.type is DelistingType.DELISTED


def _end_of(bar: CalendarInfo) -> Any:
    return bar.end
