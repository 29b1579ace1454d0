"""Scheduled events: date rules, time rules, and who fires them."""

from leanib.engine.market.time import Time
from leanib.engine.scheduling.date_rules import DateRules
from leanib.engine.scheduling.event import ScheduledEvent
from leanib.engine.scheduling.fluent import FluentScheduledEventBuilder
from leanib.engine.scheduling.handler import BacktestingRealTimeHandler
from leanib.engine.scheduling.manager import ScheduleManager
from leanib.engine.scheduling.rules import CompositeTimeRule, FuncDateRule, FuncTimeRule, IDateRule, ITimeRule
from leanib.engine.scheduling.time_rules import TimeRules

__all__ = [
    "BacktestingRealTimeHandler",
    "CompositeTimeRule",
    "DateRules",
    "FluentScheduledEventBuilder",
    "FuncDateRule",
    "FuncTimeRule",
    "IDateRule",
    "ITimeRule",
    "ScheduleManager",
    "ScheduledEvent",
    "Time",
    "TimeRules",
]
