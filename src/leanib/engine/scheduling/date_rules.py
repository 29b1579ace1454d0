"""`self.date_rules`: on which days something happens (`Common/Scheduling/DateRules.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.exceptions import ArgumentOutOfRangeException
from leanib.engine.market.time import Time
from leanib.engine.scheduling.periods import month_days, quarter_days, trading_days, week_days, year_days
from leanib.engine.scheduling.rules import FuncDateRule, IDateRule, ScheduleRules
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["DateRules"]

_Days = Callable[["SecurityExchangeHours | None", datetime, datetime, int, bool, bool], Iterator[datetime]]
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


class DateRules(ScheduleRules):
    """Makes date rules. Days are those of the algorithm's time zone; with a symbol, its trading days."""

    def on(self, *dates: Any) -> IDateRule:
        """On the given dates, or on (year, month, day)."""
        if len(dates) == 3 and all(isinstance(part, int) for part in dates):
            dates = (datetime(*dates),)
        elif len(dates) == 1 and isinstance(dates[0], list | tuple):
            dates = tuple(dates[0])
        days = [datetime(date.year, date.month, date.day) for date in dates]
        name = ",".join(day.strftime("%m/%d/%Y") for day in days)
        return FuncDateRule(name, lambda start, end: (day for day in days if start <= day <= end))

    @property
    def today(self) -> IDateRule:
        """Only today."""
        return FuncDateRule("TodayOnly", lambda *_: [self._now_day()])

    @property
    def tomorrow(self) -> IDateRule:
        """Only tomorrow."""
        return FuncDateRule("TomorrowOnly", lambda *_: [self._now_day() + timedelta(days=1)])

    def _now_day(self) -> datetime:
        now = self._time_zone.to_local(self._securities.utc_time)
        return datetime(now.year, now.month, now.day)

    def every(self, *days: Any) -> IDateRule:
        """On the given days of the week."""
        wanted = {int(day) for day in days}
        name = ",".join(_WEEKDAYS[int(day)] for day in days)
        return FuncDateRule(
            name, lambda start, end: (day for day in Time.each_day(start, end) if day.isoweekday() % 7 in wanted)
        )

    def every_day(self, symbol: Symbol | str | None = None, extended_market_hours: bool = False) -> IDateRule:
        """Every day, or every day on which the symbol trades."""
        if symbol is None:
            return FuncDateRule("EveryDay", Time.each_day)
        hours = self._hours(symbol)
        name = f"{self._symbol(symbol).value}: EveryDay"
        return FuncDateRule(name, lambda s, e: Time.each_tradeable_day(hours, s, e, extended_market_hours))

    def year_start(self, *where: object, **options: object) -> IDateRule:
        """`year_start([symbol,] days_offset=0, extended_market_hours=True)`: that many days after the year's first."""
        return self._periodic("YearStart", year_days, 365, True, where, options)

    def year_end(self, *where: object, **options: object) -> IDateRule:
        """`year_end([symbol,] days_offset=0, extended_market_hours=True)`: that many days before the year's last."""
        return self._periodic("YearEnd", year_days, 365, False, where, options)

    def quarter_start(self, *where: object, **options: object) -> IDateRule:
        """`quarter_start([symbol,] days_offset=0, extended_market_hours=True)`."""
        return self._periodic("QuarterStart", quarter_days, 92, True, where, options)

    def quarter_end(self, *where: object, **options: object) -> IDateRule:
        """`quarter_end([symbol,] days_offset=0, extended_market_hours=True)`."""
        return self._periodic("QuarterEnd", quarter_days, 92, False, where, options)

    def month_start(self, *where: object, **options: object) -> IDateRule:
        """`month_start([symbol,] days_offset=0, extended_market_hours=True)`."""
        return self._periodic("MonthStart", month_days, 30, True, where, options)

    def month_end(self, *where: object, **options: object) -> IDateRule:
        """`month_end([symbol,] days_offset=0, extended_market_hours=True)`."""
        return self._periodic("MonthEnd", month_days, 30, False, where, options)

    def week_start(self, *where: object, **options: object) -> IDateRule:
        """`week_start([symbol,] days_offset=0, extended_market_hours=True)`: weeks begin on Monday."""
        return self._periodic("WeekStart", week_days, 6, True, where, options)

    def week_end(self, *where: object, **options: object) -> IDateRule:
        """`week_end([symbol,] days_offset=0, extended_market_hours=True)`: counted back from Friday."""
        return self._periodic("WeekEnd", week_days, 6, False, where, options)

    def _periodic(
        self, name: str, days: _Days, limit: int, forward: bool, where: tuple[Any, ...], options: dict[str, Any]
    ) -> IDateRule:
        symbol, offset, extended = _arguments(*where, **options)
        hours = None if symbol is None else self._hours(symbol)
        if hours is not None and days is week_days:
            limit = len(trading_days(hours)) - 1
        if not 0 <= offset <= limit:
            raise ArgumentOutOfRangeException(f"DateRules.{name}() : Offset must be between 0 and {limit}")
        title = f"{name}{offset if forward else -offset:+}" if offset else name
        if symbol is not None:
            title = f"{self._symbol(symbol).value}: {title}"
        extended = extended and symbol is not None

        def get_dates(start: datetime, end: datetime) -> Iterable[datetime]:
            return days(hours, start, end, offset, forward, extended)

        return FuncDateRule(title, get_dates)


def _arguments(
    *where: Any,
    symbol: AnySymbol | None = None,
    days_offset: int = 0,
    extended_market_hours: bool = True,
    **pascal: Any,
) -> tuple[Any, int, bool]:
    """Tell `(days_offset)` from `(symbol, days_offset, extended_market_hours)`."""
    parts = list(where)
    if parts and not isinstance(parts[0], int):
        symbol = parts.pop(0)
    if parts:
        days_offset = parts.pop(0)
    if parts:
        extended_market_hours = parts.pop(0)
    offset = pascal.get("daysOffset", days_offset)
    return symbol, int(offset), bool(pascal.get("extendedMarketHours", extended_market_hours))
