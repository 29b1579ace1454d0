"""`self.schedule` (`Common/Scheduling/ScheduleManager.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.dotnet.exceptions import NoMethodMatches
from leanib.engine.dotnet.overloads import takes_at_least
from leanib.engine.market.time import Time
from leanib.engine.naming import LeanObject
from leanib.engine.scheduling.date_rules import DateRules
from leanib.engine.scheduling.event import ScheduledEvent
from leanib.engine.scheduling.fluent import FluentScheduledEventBuilder
from leanib.engine.scheduling.rules import IDateRule, ITimeRule
from leanib.engine.scheduling.time_rules import TimeRules

if TYPE_CHECKING:
    from leanib.engine.core.parts import StrategyParts
    from leanib.engine.securities import MarketHoursDatabase, SecurityManager
    from leanib.engine.timezones import DateTimeZone

__all__ = ["EventSchedule", "ScheduleManager"]


class EventSchedule(Protocol):
    """Who fires events when their time comes."""

    def add(self, scheduled_event: ScheduledEvent) -> None:
        """From now on fire this one too."""

    def remove(self, scheduled_event: ScheduledEvent) -> None:
        """Fire this one no more."""


class ScheduleManager(LeanObject):
    """Makes scheduled events and hands them to whoever fires them; keeps them until that one is known."""

    def __init__(
        self,
        algorithm: StrategyParts,
        securities: SecurityManager,
        time_zone: DateTimeZone,
        market_hours_database: MarketHoursDatabase,
    ) -> None:
        self._securities = securities
        self._schedule: EventSchedule | None = None
        self._waiting: list[ScheduledEvent] = []
        self.date_rules = DateRules(algorithm, securities, time_zone, market_hours_database)
        self.time_rules = TimeRules(algorithm, securities, time_zone, market_hours_database)

    def set_default_time_zone(self, time_zone: DateTimeZone) -> None:
        """The zone of rules that name none."""
        self.date_rules.set_default_time_zone(time_zone)
        self.time_rules.set_default_time_zone(time_zone)

    def set_event_schedule(self, event_schedule: EventSchedule) -> None:
        """Who fires the events, those made so far included."""
        self._schedule = event_schedule
        for event in self._waiting:
            event_schedule.add(event)
        self._waiting.clear()

    def add(self, scheduled_event: ScheduledEvent) -> None:
        """Add an event."""
        if self._schedule is None:
            self._waiting.append(scheduled_event)
        else:
            self._schedule.add(scheduled_event)

    def remove(self, scheduled_event: ScheduledEvent) -> None:
        """Take an event away."""
        if self._schedule is None:
            self._waiting.remove(scheduled_event)
        else:
            self._schedule.remove(scheduled_event)

    @takes_at_least(3)
    def on(self, *arguments: Any) -> ScheduledEvent:
        """`on([name,] date_rule, time_rule, callback)`: call back without arguments whenever the rules say so."""
        if len(arguments) not in (3, 4) or not callable(arguments[-1]):
            raise NoMethodMatches("On", *arguments)
        *names, date_rule, time_rule, callback = arguments
        name = names[0] if names else f"{date_rule.name}: {time_rule.name}"
        return self.run(name, date_rule, time_rule, lambda _name, _time: callback())

    def event(self, name: str | None = None) -> FluentScheduledEventBuilder:
        """Begin a fluent schedule: `event().every_day().at(9, 30).run(callback)`."""
        return FluentScheduledEventBuilder(self, self._securities, name)

    def training_now(self, training_code: Callable[[], Any]) -> ScheduledEvent:
        """Call once, as soon as the loop runs."""
        name = f"Training: Now: {self._securities.utc_time.isoformat()}"
        return self.on(name, self.date_rules.today, self.time_rules.now, training_code)

    def training(self, date_rule: IDateRule, time_rule: ITimeRule, training_code: Callable[[], Any]) -> ScheduledEvent:
        """Call whenever the rules say so."""
        return self.on(date_rule, time_rule, training_code)

    def run(
        self,
        name: str,
        date_rule: IDateRule,
        time_rule: ITimeRule,
        callback: Callable[[str, datetime], Any],
        predicate: Callable[[datetime], bool] | None = None,
    ) -> ScheduledEvent:
        """Add an event whose callback takes its name and the UTC time; the predicate filters the UTC times."""
        times = time_rule.create_utc_event_times(self._dates(date_rule))
        event = ScheduledEvent(name, times if predicate is None else filter(predicate, times), callback)
        self.add(event)
        return event

    def _dates(self, date_rule: IDateRule) -> Iterator[datetime]:
        """The rule's dates from yesterday on, asked for when the first one is needed: the warm-up sets time back."""
        now = self._securities.utc_time
        yield from date_rule.get_dates(datetime(now.year, now.month, now.day) - timedelta(days=1), Time.end_of_time)
