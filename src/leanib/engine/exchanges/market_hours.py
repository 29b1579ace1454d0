"""The hours of one day of the week (`Common/Securities/LocalMarketHours.cs`, `MarketHoursSegment.cs`).

Times of day are timedeltas since midnight in the exchange's time zone; a segment holds its start and not its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from leanib.engine.dotnet.collections import List
from leanib.engine.naming import LeanIntEnum, LeanNames, readable

__all__ = [
    "DayOfWeek",
    "LocalMarketHours",
    "MarketHoursSegment",
    "MarketHoursState",
    "as_date",
    "closed_early",
    "opened_late",
]

_MIDNIGHT = timedelta(0)
_ONE_DAY = timedelta(days=1)


class DayOfWeek(LeanIntEnum):
    """.NET's days of the week: Sunday is 0."""

    SUNDAY = 0
    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6


class MarketHoursState(LeanIntEnum):
    """What a part of the day is."""

    CLOSED = 0
    PRE_MARKET = 1
    MARKET = 2
    POST_MARKET = 3


class _Segment(NamedTuple):
    state: MarketHoursState
    start: timedelta
    end: timedelta


class MarketHoursSegment(_Segment, LeanNames):
    """A part of the day during which the market is in one state."""

    __slots__ = ()

    @staticmethod
    def open_all_day() -> MarketHoursSegment:
        """Regular trading from midnight to midnight."""
        return MarketHoursSegment(MarketHoursState.MARKET, _MIDNIGHT, _ONE_DAY)

    @staticmethod
    def closed_all_day() -> MarketHoursSegment:
        """No trading from midnight to midnight."""
        return MarketHoursSegment(MarketHoursState.CLOSED, _MIDNIGHT, _ONE_DAY)

    @staticmethod
    def get_market_hours_segments(
        extended_market_open: timedelta,
        market_open: timedelta,
        market_close: timedelta,
        extended_market_close: timedelta,
    ) -> List[MarketHoursSegment]:
        """Pre-market, market and post-market, those of them that last."""
        if not extended_market_open <= market_open <= market_close <= extended_market_close:
            raise ValueError("extended open, open, close and extended close of a market must follow each other")
        segments = [
            MarketHoursSegment(MarketHoursState.PRE_MARKET, extended_market_open, market_open),
            MarketHoursSegment(MarketHoursState.MARKET, market_open, market_close),
            MarketHoursSegment(MarketHoursState.POST_MARKET, market_close, extended_market_close),
        ]
        return List(segment for segment in segments if segment.start != segment.end)

    def contains(self, time: timedelta) -> bool:
        """Whether that time of day lies in it."""
        return self.start <= time < self.end

    def overlaps(self, start: timedelta, end: timedelta) -> bool:
        """Whether it has any time in common with start to end."""
        return self.start < end and self.end > start


class LocalMarketHours(LeanNames):
    """When the exchange is open on one day."""

    __slots__ = ("day_of_week", "is_closed_all_day", "is_open_all_day", "market_duration", "segments")

    def __init__(
        self, day: DayOfWeek, *segments: Iterable[MarketHoursSegment] | MarketHoursSegment | timedelta
    ) -> None:
        """Segments, or open and close, or extended open, open, close and extended close."""
        self.day_of_week = day
        self.segments = List(s for s in _as_segments(segments) if s.state is not MarketHoursState.CLOSED)
        self.is_closed_all_day = not self.segments
        self.is_open_all_day = self.segments == [MarketHoursSegment.open_all_day()]
        self.market_duration = sum(
            (s.end - s.start for s in self.segments if s.state is MarketHoursState.MARKET), _MIDNIGHT
        )

    @staticmethod
    def closed_all_day(day_of_week: DayOfWeek) -> LocalMarketHours:
        """A day without trading."""
        return _CLOSED[day_of_week]

    @staticmethod
    def open_all_day(day_of_week: DayOfWeek) -> LocalMarketHours:
        """A day of regular trading from midnight to midnight."""
        return _OPEN[day_of_week]

    def get_market_open(
        self, time: timedelta, extended_market_hours: bool, previous_day_last_segment: timedelta | None = None
    ) -> timedelta | None:
        """The start of the segment that is under way or next, unless the one before it leads into it without a gap."""
        previous, from_previous_day = previous_day_last_segment, True
        for segment in self.segments:
            if segment.state is not MarketHoursState.MARKET and not extended_market_hours:
                continue
            continuous = self.is_continuous_market_open(previous, segment.start, from_previous_day)
            if segment.end > time and not continuous:
                return segment.start
            previous, from_previous_day = segment.end, False
        return None

    def get_market_close(
        self,
        time: timedelta,
        extended_market_hours: bool,
        next_day_segment_start: timedelta | None = None,
        last_close: bool = False,
    ) -> timedelta | None:
        """The end of the segment that is under way or next; or the day's last end."""
        last = None
        for index, segment in enumerate(self.segments):
            if segment.end <= time or (segment.state is not MarketHoursState.MARKET and not extended_market_hours):
                continue
            if last_close:
                last = segment.end
            elif not self._leads_on(index, extended_market_hours, next_day_segment_start):
                return segment.end
        return last

    def _leads_on(self, index: int, extended: bool, next_day_start: timedelta | None) -> bool:
        """Whether trading goes on without a gap after that segment."""
        if index == len(self.segments) - 1:
            return self.is_continuous_market_open(self.segments[index].end, next_day_start, True)
        following = self.segments[index + 1]
        if following.state is not MarketHoursState.MARKET and not extended:
            return False
        return self.is_continuous_market_open(self.segments[index].end, following.start, False)

    def is_open(self, start: timedelta, end: timedelta | bool, extended_market_hours: bool | None = None) -> bool:
        """`is_open(time, extended)`, or `is_open(start, end, extended)`: any part of the interval."""
        if extended_market_hours is None or start == end:
            extended = bool(end) if extended_market_hours is None else extended_market_hours
            return any(s.contains(start) and (extended or s.state is MarketHoursState.MARKET) for s in self.segments)
        assert isinstance(end, timedelta)
        return any(
            s.overlaps(start, end) for s in self.segments if extended_market_hours or s.state is MarketHoursState.MARKET
        )

    @staticmethod
    def is_continuous_market_open(
        previous_segment_end: timedelta | None,
        next_segment_start: timedelta | None,
        prev_segment_is_from_prev_day: bool = True,
    ) -> bool:
        """Whether the market does not close between two segments."""
        if previous_segment_end is None or next_segment_start is None:
            return False
        if prev_segment_is_from_prev_day:
            return previous_segment_end == _ONE_DAY and next_segment_start == _MIDNIGHT
        return previous_segment_end == next_segment_start

    def __str__(self) -> str:
        if self.is_closed_all_day:
            return "Closed All Day"
        return f"{self.day_of_week}: " + " | ".join(f"{s.state}: {s.start}-{s.end}" for s in self.segments)

    __repr__ = readable


def _as_segments(parts: tuple[object, ...]) -> list[MarketHoursSegment]:
    if parts and isinstance(parts[0], timedelta):
        times = [part for part in parts if isinstance(part, timedelta)]
        if len(times) == 2:
            times = [times[0], *times, times[1]]
        return MarketHoursSegment.get_market_hours_segments(*times)
    if len(parts) == 1 and not isinstance(parts[0], MarketHoursSegment):
        return list(parts[0])  # type: ignore[call-overload, no-any-return]
    return [part for part in parts if isinstance(part, MarketHoursSegment)]


_CLOSED = {day: LocalMarketHours(day) for day in DayOfWeek}
_OPEN = {day: LocalMarketHours(day, MarketHoursSegment.open_all_day()) for day in DayOfWeek}


def closed_early(segments: list[MarketHoursSegment], close: timedelta) -> list[MarketHoursSegment]:
    """What of the segments lies before an early close."""
    for index, segment in enumerate(segments):
        if segment.start <= close <= segment.end:
            return [*segments[:index], MarketHoursSegment(segment.state, segment.start, close)]
        if close < segment.start:
            # LEAN drops the segment before the gap too (`index = i - 1`).
            return segments[: max(index - 1, 0)]
    return segments


def opened_late(segments: list[MarketHoursSegment], opening: timedelta | None) -> list[MarketHoursSegment]:
    """What of the segments lies after a late open."""
    assert opening is not None
    for index, segment in enumerate(segments):
        if segment.start <= opening <= segment.end:
            return [MarketHoursSegment(segment.state, opening, segment.end), *segments[index + 1 :]]
        if opening < segment.start:
            return segments[index:]
    return segments


def as_date(day: date) -> date:
    """The day of a moment, or the day itself."""
    return day.date() if isinstance(day, datetime) else day
