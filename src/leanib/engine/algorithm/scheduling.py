"""`self.schedule`, `self.date_rules`, `self.time_rules` and `self.train` (`Algorithm/QCAlgorithm.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.naming import in_order
from leanib.engine.scheduling import DateRules, ScheduledEvent, ScheduleManager, TimeRules

if TYPE_CHECKING:
    from leanib.engine.securities import MarketHoursDatabase, SecurityManager
    from leanib.engine.timezones import DateTimeZone

__all__ = ["Scheduling"]


class Scheduling(AlgorithmPart):
    """The part of QCAlgorithm that makes things happen at given times."""

    if TYPE_CHECKING:
        securities: SecurityManager
        market_hours_database: MarketHoursDatabase

        @property
        def time_zone(self) -> DateTimeZone:
            """The algorithm's zone."""

    def _qc_init_scheduling(self) -> None:
        """Needs the securities, the time zone and the market hours database."""
        self.schedule = ScheduleManager(self, self.securities, self._qc_base.time_zone, self.market_hours_database)

    @property
    def date_rules(self) -> DateRules:
        """On which days something happens."""
        return self.schedule.date_rules

    @property
    def time_rules(self) -> TimeRules:
        """When on a day something happens."""
        return self.schedule.time_rules

    def train(self, *arguments: Any, **named: object) -> ScheduledEvent:
        """`train(code)` as soon as the loop runs, or `train(date_rule, time_rule, code)` whenever the rules say so."""
        arguments = in_order(arguments, named, "date_rule", "time_rule", "training_code")
        if len(arguments) == 1:
            code: Callable[[], Any] = arguments[0]
            return self.schedule.training_now(code)
        return self.schedule.training(*arguments)
