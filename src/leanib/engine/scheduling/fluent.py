"""`self.schedule.event()...`: a schedule written as a sentence (`Common/Scheduling/FluentScheduledEventBuilder.cs`)."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.naming import LeanObject
from leanib.engine.scheduling.rules import CompositeTimeRule, IDateRule, ITimeRule

if TYPE_CHECKING:
    from leanib.engine.scheduling.event import ScheduledEvent
    from leanib.engine.scheduling.manager import ScheduleManager
    from leanib.engine.securities import SecurityManager
    from leanib.engine.symbols import Symbol

__all__ = ["FluentScheduledEventBuilder"]

_Predicate = Callable[[datetime], bool]


class FluentScheduledEventBuilder(LeanObject):
    """First the days, then one or more times, conditions anywhere, `run(callback)` last."""

    def __init__(self, schedule: ScheduleManager, securities: SecurityManager, name: str | None = None) -> None:
        self._schedule = schedule
        self._securities = securities
        self._name = name
        self._date_rule: IDateRule | None = None
        self._time_rules: list[ITimeRule] = []
        self._predicates: list[_Predicate] = []

    def on(self, *dates: object) -> FluentScheduledEventBuilder:
        """On dates, or (year, month, day)."""
        return self._days(self._schedule.date_rules.on(*dates))

    def every(self, *days_or_interval: object) -> FluentScheduledEventBuilder:
        """Days of the week, or a timedelta between times of a day."""
        if isinstance(days_or_interval[0], timedelta):
            return self._times(self._schedule.time_rules.every(days_or_interval[0]))
        return self._days(self._schedule.date_rules.every(*days_or_interval))

    def every_day(self, symbol: Symbol | str | None = None) -> FluentScheduledEventBuilder:
        """Every day, or every trading day of the symbol."""
        return self._days(self._schedule.date_rules.every_day(symbol))

    def month_start(self, symbol: Symbol | str | None = None) -> FluentScheduledEventBuilder:
        """The month's first day, or first trading day of the symbol."""
        rules = self._schedule.date_rules
        return self._days(rules.month_start() if symbol is None else rules.month_start(symbol))

    def at(self, *when: object) -> FluentScheduledEventBuilder:
        """`(hour, minute[, second][, zone])` or `(timedelta[, zone])`."""
        return self._times(self._schedule.time_rules.at(*when))

    def after_market_open(self, *where: object, **options: object) -> FluentScheduledEventBuilder:
        """Minutes after a symbol's exchange opens."""
        return self._times(self._schedule.time_rules.after_market_open(*where, **options))

    def before_market_close(self, *where: object, **options: object) -> FluentScheduledEventBuilder:
        """Minutes before a symbol's exchange closes."""
        return self._times(self._schedule.time_rules.before_market_close(*where, **options))

    def where(self, predicate: _Predicate) -> FluentScheduledEventBuilder:
        """Only when the predicate holds for the UTC time."""
        self._predicates.append(predicate)
        return self

    def during_market_hours(self, symbol: Symbol, extended_market: bool = False) -> FluentScheduledEventBuilder:
        """Only while the symbol's exchange is open."""
        exchange = self._securities[symbol].exchange

        def is_open(utc_time: datetime) -> bool:
            local = exchange.time_zone.to_local(utc_time)
            return bool(exchange.hours.is_open(local, extended_market))

        return self.where(is_open)

    def run(self, callback: Callable[..., Any]) -> ScheduledEvent:
        """Add the event; the callback takes nothing, or the UTC time, or the name and the UTC time."""
        if self._date_rule is None or not self._time_rules:
            raise InvalidOperationException("a fluent schedule needs a day and a time before run(...)")
        time_rule = self._time_rules[0] if len(self._time_rules) == 1 else CompositeTimeRule(*self._time_rules)
        name = self._name or f"{self._date_rule.name}: {time_rule.name}"
        predicates = tuple(self._predicates)
        return self._schedule.run(
            name,
            self._date_rule,
            time_rule,
            _with_name_and_time(callback),
            (lambda time: all(predicate(time) for predicate in predicates)) if predicates else None,
        )

    def _days(self, rule: IDateRule) -> FluentScheduledEventBuilder:
        self._date_rule = rule
        return self

    def _times(self, rule: ITimeRule) -> FluentScheduledEventBuilder:
        self._time_rules.append(rule)
        return self


def _with_name_and_time(callback: Callable[..., Any]) -> Callable[[str, datetime], Any]:
    count = len(inspect.signature(callback).parameters)
    if count == 0:
        return lambda *_: callback()
    return (lambda _, time: callback(time)) if count == 1 else callback
