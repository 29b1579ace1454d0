"""When an exchange is open, day by day (`Common/Securities/SecurityExchangeHours.cs`).

All datetimes are naive and in the exchange's time zone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from leanib.engine.dotnet.collections import Dictionary, HashSet
from leanib.engine.exchanges.market_hours import (
    DayOfWeek,
    LocalMarketHours,
    MarketHoursState,
    as_date,
    closed_early,
    opened_late,
)
from leanib.engine.naming import LeanNames
from leanib.engine.timezones import DateTimeZone

__all__ = ["SecurityExchangeHours"]

_ONE_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_SEARCHED_DAYS = 15
_NEVER = (datetime(9999, 12, 31), datetime(1, 1, 1))
_DAYS_OF_WEEK = tuple(DayOfWeek)


def _midnight(moment: date) -> datetime:
    return datetime(moment.year, moment.month, moment.day)


def _as_datetime(moment: date) -> datetime:
    """Algorithms may give a date where LEAN has a DateTime: it means midnight."""
    return moment if isinstance(moment, datetime) else _midnight(moment)


def _time_of_day(moment: datetime) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)


def _day_of_week(day: date) -> DayOfWeek:
    return _DAYS_OF_WEEK[day.isoweekday() % 7]


class SecurityExchangeHours(LeanNames):
    """The hours of an exchange: a week, and the days that differ from it."""

    __slots__ = (
        "_answers",
        "_bank_holidays",
        "_bounds",
        "_by_day",
        "_daily_hours",
        "_holidays",
        "_last_closes",
        "_open_days",
        "_open_span",
        "_open_spans",
        "early_closes",
        "is_market_always_open",
        "late_opens",
        "market_hours",
        "regular_market_duration",
        "time_zone",
    )

    def __init__(
        self,
        time_zone: DateTimeZone,
        holiday_dates: Iterable[date],
        market_hours_for_each_day_of_week: Mapping[DayOfWeek, LocalMarketHours],
        early_closes: Mapping[date, timedelta],
        late_opens: Mapping[date, timedelta],
        bank_holiday_dates: Iterable[date] = (),
    ) -> None:
        self.time_zone = time_zone
        self._holidays = {as_date(day) for day in holiday_dates}
        self._bank_holidays = {as_date(day) for day in bank_holiday_dates}
        self.early_closes = Dictionary({as_date(day): time for day, time in early_closes.items()})
        self.late_opens = Dictionary({as_date(day): time for day, time in late_opens.items()})
        week = market_hours_for_each_day_of_week
        self.market_hours = Dictionary({d: week.get(d) or LocalMarketHours.closed_all_day(d) for d in DayOfWeek})
        durations = Counter(hours.market_duration for hours in self.market_hours.values())
        self.regular_market_duration = max(durations, key=lambda duration: (durations[duration], duration))
        self.is_market_always_open = all(hours.is_open_all_day for hours in self.market_hours.values())
        # What follows holds as long as the object lives: its hours do not change once it is made.
        self._by_day: dict[date, LocalMarketHours] = {}
        self._open_days: dict[tuple[datetime, bool], datetime] = {}
        self._daily_hours: dict[tuple[date, bool, bool], tuple[datetime, datetime]] = {}
        self._bounds: dict[tuple[datetime, bool], tuple[datetime | None, datetime | None]] = {}
        self._last_closes: dict[tuple[datetime, bool], datetime] = {}
        self._open_spans: dict[date, list[tuple[datetime, datetime, bool]]] = {}
        # The latest answers, each after the span of times that it holds for: feeds ask again and again as time goes on.
        self._answers: dict[tuple[str, bool], tuple[datetime, datetime, datetime]] = {}
        # The open span found last, of regular and of extended hours.
        self._open_span = [_NEVER, _NEVER]

    @staticmethod
    def always_open(time_zone: DateTimeZone) -> SecurityExchangeHours:
        """An exchange that never closes."""
        week = {day: LocalMarketHours.open_all_day(day) for day in DayOfWeek}
        return SecurityExchangeHours(time_zone, (), week, {}, {})

    @property
    def holidays(self) -> HashSet[datetime]:
        """The days without trading."""
        return HashSet(_midnight(day) for day in self._holidays)

    @property
    def bank_holidays(self) -> HashSet[datetime]:
        """The days on which banks are closed though the exchange may be open."""
        return HashSet(_midnight(day) for day in self._bank_holidays)

    def is_open(
        self, local_date_time: datetime, end: datetime | bool, extended_market_hours: bool | None = None
    ) -> bool:
        """`is_open(time, extended)`, or `is_open(start, end, extended)`: at any time from start until before end."""
        if extended_market_hours is None:
            return self._is_open_at(local_date_time, bool(end))
        opens, closes = self._open_span[1 if extended_market_hours else 0]
        if local_date_time < closes and opens < end:  # type: ignore[operator]
            return True
        assert isinstance(end, datetime)
        if local_date_time == end:
            return self._is_open_at(local_date_time, extended_market_hours)
        return self._is_open_between(local_date_time, end, extended_market_hours)

    def _is_open_at(self, moment: datetime, extended: bool) -> bool:
        opens, closes = self._open_span[1 if extended else 0]
        if opens <= moment < closes:
            return True
        for opens, closes, regular in self._spans(moment.date()):
            if opens <= moment < closes:
                if extended or regular:
                    self._open_span[1 if extended else 0] = (opens, closes)
                return extended or regular
        return False

    def _is_open_between(self, start: datetime, end: datetime, extended: bool) -> bool:
        # A day's interval ends a tick before midnight, as in LEAN: what opens at the next midnight belongs to that day.
        day = start.date()
        while True:
            midnight = _midnight(day)
            first, last = max(start, midnight), min(end, midnight + _ONE_DAY - _TICK)
            for opens, closes, regular in self._spans(day):
                if (extended or regular) and opens < last and closes > first:
                    self._open_span[1 if extended else 0] = (opens, closes)
                    return True
            day += _ONE_DAY
            if end <= midnight + _ONE_DAY:
                return False

    def _spans(self, day: date) -> list[tuple[datetime, datetime, bool]]:
        spans = self._open_spans.get(day)
        if spans is None:
            midnight = _midnight(day)
            spans = self._open_spans[day] = [
                (midnight + s.start, midnight + s.end, s.state is MarketHoursState.MARKET)
                for s in self.get_market_hours(midnight).segments
            ]
        return spans

    def is_date_open(self, local_date_time: date, extended_market_hours: bool = False) -> bool:
        """Whether there is trading on that day."""
        hours = self.get_market_hours(local_date_time)
        if hours.is_closed_all_day:
            return False
        return bool(hours.market_duration) or extended_market_hours

    def first_open_day(self, day: datetime, last: datetime, extended_market_hours: bool) -> datetime | None:
        """The first day with trading from a midnight to another; scheduled events ask for the same ones again."""
        key = day, extended_market_hours
        found = self._open_days.get(key)
        if found is None:
            found = day
            while not self.is_date_open(found, extended_market_hours):
                found += _ONE_DAY
                if found > last:
                    return None
            self._open_days[key] = found
        return found if found <= last else None

    def get_market_hours(self, local_date_time: date) -> LocalMarketHours:
        """The hours of that day, with its early close or late open."""
        day = local_date_time.date() if isinstance(local_date_time, datetime) else local_date_time
        hours = self._by_day.get(day)
        if hours is None:
            hours = self._by_day[day] = self._hours_on(day)
        return hours

    def _hours_on(self, day: date) -> LocalMarketHours:
        weekday = _day_of_week(day)
        if day in self._holidays:
            return LocalMarketHours.closed_all_day(weekday)
        hours = self.market_hours[weekday]
        early, late = self.early_closes.get(day), self.late_opens.get(day)
        if early is None and late is None:
            return hours
        segments = list(hours.segments)
        if early is None:
            return LocalMarketHours(weekday, opened_late(segments, late))
        shortened = closed_early(segments, early)
        if late is None:
            return LocalMarketHours(weekday, shortened)
        if early >= late:
            return LocalMarketHours(weekday, opened_late(shortened, late))
        # An early close before a late open: the market pauses in between.
        return LocalMarketHours(weekday, shortened + opened_late(segments, late))

    # --- the next and the previous -------------------------------------------------------------------------------

    def get_next_market_open(self, local_date_time: date, extended_market_hours: bool) -> datetime:
        """The first opening after that time."""
        moment = _as_datetime(local_date_time)
        known = self._answers.get(("open", extended_market_hours))
        if known is not None and known[0] <= moment < known[1]:
            return known[2]
        opens = self._find_next_open(moment, extended_market_hours)
        self._answers["open", extended_market_hours] = (moment, min(opens, self._same_until(moment)), opens)
        return opens

    def _same_until(self, moment: datetime) -> datetime:
        """When the next segment begins or ends, or the day: LEAN's answers may change there, around holidays."""
        for opens, closes, _ in self._spans(moment.date()):
            if moment < opens:
                return opens
            if moment < closes:
                return closes
        return _midnight(moment) + _ONE_DAY

    def _find_next_open(self, local_date_time: datetime, extended_market_hours: bool) -> datetime:
        yesterday = self.get_market_hours(_midnight(local_date_time) - _ONE_DAY)
        last_end = yesterday.segments[-1].end if yesterday.segments else None
        time = local_date_time
        for _ in range(_SEARCHED_DAYS):
            hours = self.get_market_hours(time)
            midnight = _midnight(time)
            if hours.is_closed_all_day:
                last_end = None
            else:
                opens = hours.get_market_open(_time_of_day(time), extended_market_hours, last_end)
                if opens is not None and local_date_time < midnight + opens:
                    return midnight + opens
                last_end = None if midnight.date() in self.early_closes else hours.segments[-1].end
            time = midnight + _ONE_DAY
        raise ValueError(self._never("open", local_date_time))

    def get_next_market_close(
        self, local_date_time: date, extended_market_hours: bool, last_close: bool = False
    ) -> datetime:
        """The first closing after that time; or the last one of its day."""
        moment = _as_datetime(local_date_time)
        if last_close:
            return self._find_next_close(moment, extended_market_hours, last_close)
        known = self._answers.get(("close", extended_market_hours))
        if known is not None and known[0] <= moment < known[1]:
            return known[2]
        closes = self._find_next_close(moment, extended_market_hours, last_close)
        self._answers["close", extended_market_hours] = (moment, min(closes, self._same_until(moment)), closes)
        return closes

    def _find_next_close(self, local_date_time: datetime, extended_market_hours: bool, last_close: bool) -> datetime:
        time = local_date_time
        for _ in range(_SEARCHED_DAYS):
            midnight = _midnight(time)
            hours = self.get_market_hours(midnight)
            if not hours.is_closed_all_day:
                closes = hours.get_market_close(
                    _time_of_day(time), extended_market_hours, self._first_start(midnight + _ONE_DAY), last_close
                )
                if closes is not None and local_date_time < midnight + closes:
                    return midnight + closes
            time = midnight + _ONE_DAY
        raise ValueError(self._never("close", local_date_time))

    def _first_start(self, day: datetime) -> timedelta | None:
        if day.date() in self.early_closes:
            return None
        segments = self.get_market_hours(day).segments
        return segments[0].start if segments else None

    def get_last_daily_market_close(self, local_date_time: date, extended_market_hours: bool) -> datetime:
        """The last closing of the trading day."""
        key = _as_datetime(local_date_time), extended_market_hours
        known = self._last_closes.get(key)
        if known is None:
            # Scheduled events ask for the same midnights again and again; other times would fill the memory.
            known = self.get_next_market_close(local_date_time, extended_market_hours, last_close=True)
            if key[0] == _midnight(key[0]):
                self._last_closes[key] = known
        return known

    def get_opening_and_closing(
        self, date: datetime, extended_market_hours: bool
    ) -> tuple[datetime | None, datetime | None]:
        """The first opening on a day, if the trading day begins on it, and its last closing; without trading neither.

        Scheduled events ask for the same midnights again and again.
        """
        key = date, extended_market_hours
        known = self._bounds.get(key)
        if known is None:
            known = self._bounds[key] = self._find_opening_and_closing(*key)
        return known

    def _find_opening_and_closing(self, date: datetime, extended: bool) -> tuple[datetime | None, datetime | None]:
        if not self.is_date_open(date, extended):
            return None, None
        opens, _ = self.get_daily_hours(date + _ONE_DAY - _TICK, extended)
        return opens if opens.date() == date.date() else None, self.get_last_daily_market_close(date, extended)

    def get_first_daily_market_open(self, local_date_time: date, extended_market_hours: bool) -> datetime:
        """The first opening of the trading day."""
        return self.get_previous_market_open(local_date_time, extended_market_hours, first_open=True)

    def get_daily_hours(self, local_date_time: datetime, extended_market_hours: bool) -> tuple[datetime, datetime]:
        """The first opening and the last closing of the trading day that began last.

        A day has one answer before its first opening and one from then on.
        """
        day, began = local_date_time.date(), False
        for opens, _, regular in self._spans(day):
            if extended_market_hours or regular:
                began = opens <= local_date_time
                break
        key = (day, extended_market_hours, began)
        known = self._daily_hours.get(key)
        if known is None:
            known = self._daily_hours[key] = self._find_daily_hours(*key)
        return known

    def _find_daily_hours(self, day: date, extended: bool, began: bool) -> tuple[datetime, datetime]:
        moment = _midnight(day)
        if not self.is_market_always_open:
            for back in range(0 if began else 1, 9):  # as far back as get_first_daily_market_open looks
                spans = [span for span in self._spans(day - back * _ONE_DAY) if extended or span[2]]
                if spans:
                    return spans[0][0], spans[-1][1]
        raise ValueError(self._never("open", moment))

    def get_previous_market_open(
        self, local_date_time: date, extended_market_hours: bool, first_open: bool = False
    ) -> datetime:
        """The last opening at or before that time; or the first one of its day."""
        moment = _as_datetime(local_date_time)
        if first_open:
            return self._find_previous_open(moment, extended_market_hours, first_open)
        known = self._answers.get(("previous", extended_market_hours))
        if known is not None and known[0] <= moment < known[1]:
            return known[2]
        opened = self._find_previous_open(moment, extended_market_hours, first_open)
        # It stays the last opening until the next one.
        until = min(self.get_next_market_open(moment, extended_market_hours), self._same_until(moment))
        self._answers["previous", extended_market_hours] = (moment, until, opened)
        return opened

    def _find_previous_open(self, local_date_time: datetime, extended_market_hours: bool, first_open: bool) -> datetime:
        if local_date_time == self.get_next_market_open(local_date_time, extended_market_hours):
            return local_date_time
        midnight = _midnight(local_date_time)
        for _ in range(9):
            found: datetime | None = None
            for segment in reversed(self.get_market_hours(midnight).segments):
                opens = midnight + segment.start
                if opens > local_date_time or (
                    segment.state is not MarketHoursState.MARKET and not extended_market_hours
                ):
                    continue
                if first_open:
                    found = opens
                elif self.get_next_market_open(opens - _TICK, extended_market_hours) == opens:
                    return opens
            if found is not None:
                return found
            midnight -= _ONE_DAY
        raise ValueError(self._never("open", local_date_time))

    def get_previous_trading_day(self, local_date: datetime) -> datetime:
        """The last day with trading before that one."""
        local_date -= _ONE_DAY
        while not self.is_date_open(local_date):
            local_date -= _ONE_DAY
        return local_date

    def get_next_trading_day(self, date: datetime) -> datetime:
        """The first day with trading after that one."""
        date += _ONE_DAY
        while not self.is_date_open(date):
            date += _ONE_DAY
        return date

    def _never(self, event: str, moment: datetime) -> str:
        if self.is_market_always_open:
            return f"the market never closes, so there is no market {event} near {moment}"
        return f"no market {event} was found within two weeks of {moment}; check the market hours database"
