"""`self.time_rules`: when on a day something happens (`Common/Scheduling/TimeRules.cs`). Event times are naive UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, SupportsFloat

from leanib.engine.dotnet.exceptions import ArgumentException, NoMethodMatches
from leanib.engine.scheduling.rules import FuncTimeRule, ITimeRule, ScheduleRules
from leanib.engine.symbols import Symbol
from leanib.engine.timezones import DateTimeZone

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["TimeRules"]

_ONE_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_Where = tuple[Symbol | None, timedelta, bool]


class TimeRules(ScheduleRules):
    """Makes time rules. Clock times are the algorithm's unless a zone is given."""

    @property
    def now(self) -> ITimeRule:
        """At the present moment, whatever the date."""
        return FuncTimeRule("Now", lambda dates: (self._securities.utc_time for _ in dates))

    @property
    def midnight(self) -> ITimeRule:
        """When the day begins."""
        return FuncTimeRule("Midnight", lambda dates: map(self._time_zone.to_utc, dates))

    @property
    def noon(self) -> ITimeRule:
        """Twelve hours after midnight."""
        return FuncTimeRule("Noon", lambda dates: (self._time_zone.to_utc(d) + timedelta(hours=12) for d in dates))

    def at(self, *when: Any, time_zone: DateTimeZone | None = None) -> ITimeRule:
        """At `(hour, minute[, second])` or `(timedelta)`, in the time zone that may follow."""
        parts = list(when)
        if parts and isinstance(parts[-1], DateTimeZone):
            time_zone = parts.pop()
        if not parts or not all(isinstance(part, int | float | timedelta) for part in parts):
            raise NoMethodMatches("At", *when)
        zone = self._time_zone if time_zone is None else time_zone
        of_day = _time_of_day(parts)
        name = _number(of_day.total_seconds() / 3600)
        return FuncTimeRule(name, lambda dates: (zone.to_utc(date + of_day) for date in dates))

    def every(self, interval: timedelta) -> ITimeRule:
        """All day long from midnight, an interval apart."""
        if interval <= timedelta(0):
            raise ArgumentException("TimeRules.Every(): time span interval can not be zero or less")

        def create(dates: Iterable[datetime]) -> Iterator[datetime]:
            for date in dates:
                passed = timedelta(0)
                while passed < _ONE_DAY:
                    yield self._time_zone.to_utc(date + passed)
                    passed += interval

        return FuncTimeRule(f"Every {_number(interval.total_seconds() / 60)} min", create)

    def before_market_open(self, *where: Any, **options: Any) -> ITimeRule:
        """`before_market_open([symbol,] minutes_before_open=0, extended_market_open=False)`."""
        symbol, delta, extended = self._arguments("BeforeMarketOpen", *where, **options)
        return self._after_open(symbol, -delta, extended)

    def after_market_open(self, *where: Any, **options: Any) -> ITimeRule:
        """`after_market_open([symbol,] minutes_after_open=0, extended_market_open=False)`.

        Without a symbol: after the first of all exchanges opens.
        """
        return self._after_open(*self._arguments("AfterMarketOpen", *where, **options))

    def before_market_close(self, *where: Any, **options: Any) -> ITimeRule:
        """`before_market_close([symbol,] minutes_before_close=0, extended_market_close=False)`.

        Without a symbol: before the last of all exchanges closes.
        """
        return self._before_close(*self._arguments("BeforeMarketClose", *where, **options))

    def after_market_close(self, *where: Any, **options: Any) -> ITimeRule:
        """`after_market_close([symbol,] minutes_after_close=0, extended_market_close=False)`."""
        symbol, delta, extended = self._arguments("AfterMarketClose", *where, **options)
        return self._before_close(symbol, -delta, extended)

    def _after_open(self, symbol: Symbol | None, delta: timedelta, extended: bool) -> ITimeRule:
        hours = None if symbol is None else self._hours(symbol)

        def of_all(dates: Iterable[datetime]) -> Iterator[datetime]:
            known = self._all_hours()
            for date in dates:
                times = [utc for each in known for utc in _open_times(each, (date,), delta, extended)]
                if times:
                    yield min(times)

        def create(dates: Iterable[datetime]) -> Iterator[datetime]:
            return of_all(dates) if hours is None else _open_times(hours, dates, delta, extended)

        side = "after" if delta > timedelta(0) else "before"
        return FuncTimeRule(_market_name(symbol, delta, side, "MarketOpen", extended), create)

    def _before_close(self, symbol: Symbol | None, delta: timedelta, extended: bool) -> ITimeRule:
        hours = None if symbol is None else self._hours(symbol)

        def of_all(dates: Iterable[datetime]) -> Iterator[datetime]:
            known = self._all_hours()
            for date in dates:
                times = [utc for each in known for utc in _close_times(each, (date,), delta, extended)]
                if times:
                    yield max(times)

        def create(dates: Iterable[datetime]) -> Iterator[datetime]:
            return of_all(dates) if hours is None else _close_times(hours, dates, delta, extended)

        side = "before" if delta > timedelta(0) else "after"
        return FuncTimeRule(_market_name(symbol, delta, side, "MarketClose", extended), create)

    def _arguments(self, method: str, *where: Any, symbol: AnySymbol | None = None, **options: Any) -> _Where:
        """Tell `(minutes, extended)` from `(symbol, minutes, extended)`; keywords in any of LEAN's spellings."""
        parts = list(where)
        if parts and not isinstance(parts[0], int | float):
            symbol = parts.pop(0)
        minutes = parts.pop(0) if parts else _option(options, "minutes", 0)
        extended = parts.pop(0) if parts else _option(options, "extended", False)
        if not isinstance(minutes, SupportsFloat) or parts:
            raise NoMethodMatches(method, *where, *options.values())
        return None if symbol is None else self._symbol(symbol), timedelta(minutes=float(minutes)), bool(extended)


def _option(options: dict[str, Any], start: str, default: float) -> Any:
    """The keyword that begins like this: `minutes_after_open`, `extendedMarketClose` ..."""
    return next((value for name, value in options.items() if name.startswith(start)), default)


def _open_times(
    hours: SecurityExchangeHours, dates: Iterable[datetime], delta: timedelta, extended: bool
) -> Iterator[datetime]:
    bounds, to_utc = hours.get_opening_and_closing, hours.time_zone.to_utc
    for date in dates:
        opens = bounds(date, extended)[0]
        if opens is not None:
            yield to_utc(opens + delta)


def _close_times(
    hours: SecurityExchangeHours, dates: Iterable[datetime], delta: timedelta, extended: bool
) -> Iterator[datetime]:
    bounds, to_utc = hours.get_opening_and_closing, hours.time_zone.to_utc
    for date in dates:
        closes = bounds(date, extended)[1]
        if closes is not None:
            yield to_utc(closes - delta)


def _time_of_day(parts: list[Any]) -> timedelta:
    if isinstance(parts[0], timedelta):
        return parts[0]
    if isinstance(parts[0], time):
        return timedelta(hours=parts[0].hour, minutes=parts[0].minute, seconds=parts[0].second)
    hour, minute, second = [*parts, 0, 0][:3]
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _market_name(symbol: Symbol | None, delta: timedelta, side: str, event: str, extended: bool) -> str:
    text = f"{_number(abs(delta.total_seconds() / 60))} min {side} {'Extended' if extended else ''}{event}"
    return text if symbol is None else f"{symbol}: {text}"


def _number(value: float) -> str:
    """As .NET's "0.##" writes it."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
