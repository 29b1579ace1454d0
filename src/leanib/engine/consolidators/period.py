"""Consolidators by time, by count, and by both (`Common/Data/Consolidators/PeriodCountConsolidatorBase.cs`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from leanib.engine.consolidators.base import ConsolidatorBase
from leanib.engine.dotnet.exceptions import RefusedArgument
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import CalendarInfo, midnight, round_down
from leanib.engine.symbols import Resolution
from leanib.errors import UsageError

if TYPE_CHECKING:
    from leanib.engine.market import BaseData

__all__ = ["PeriodCountConsolidatorBase", "nothing_left"]

ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)
ONE_SECOND = timedelta(seconds=1)
_ZERO = timedelta(0)
_A_DATE = datetime(2022, 1, 3, 10, 10, 10)

PeriodFunction = Callable[[datetime], CalendarInfo]


class PeriodCountConsolidatorBase(ConsolidatorBase):
    """Emits when a period is over or a count of inputs is reached.

    `Consolidator(timedelta)`, `Consolidator(timedelta, start_time)`, `Consolidator(count)`, `Consolidator(count,
    timedelta)` or `Consolidator(function)`, where the function gives the `CalendarInfo` of the bar that holds a time.
    """

    has_period: ClassVar[bool] = True
    catch_up: Callable[[], object]
    """Takes in what a stretch of steps has left for later."""
    _max_count: int | None
    _function: PeriodFunction | None
    _start_time: timedelta | None
    _period: timedelta | None

    def __new__(cls, *_arguments: object, **_options: object) -> Self:
        """Set up; not left to __init__, which users define without calling ours: LEAN's base is always constructed."""
        self = super().__new__(cls)
        ConsolidatorBase.__init__(self)
        self._max_count = self._function = self._start_time = self._period = None
        self.catch_up = nothing_left
        self._clear()
        return self

    def __init__(
        self,
        period: timedelta | int | PeriodFunction,
        start_time: timedelta | None = None,
    ) -> None:
        super().__init__()
        if isinstance(period, timedelta):
            self._period, self._start_time = period, start_time
        elif isinstance(period, int):
            self._max_count, self._period = period, start_time
        elif callable(period):
            self._period, self._function = ONE_SECOND, _verified(period)
        else:
            raise UsageError(
                f"Unable to create a consolidator period from {period!r}: "
                "give a timedelta, a count, or a function that returns a CalendarInfo"
            )
        self._clear()

    @classmethod
    def from_resolution(cls, resolution: Resolution) -> Any:
        """A consolidator of bars of a resolution."""
        return cls(resolution.to_time_span())

    def _clear(self) -> None:
        self._symbol: Any = None
        self._count = 0
        self._working: Any = None
        self._last_emit: datetime | None = None
        self._length_checked = self._max_count is not None or self._function is not None

    @property
    def period(self) -> timedelta | None:
        """The length of the bar in the making."""
        return self._period

    @property
    def is_time_based(self) -> bool:
        """Whether no count of inputs ends a bar."""
        return self._max_count is None

    @property
    def working_data(self) -> Any:
        """A copy of the bar in the making, or None."""
        self.catch_up()
        return None if self._working is None else self._working.clone()

    @property
    def has_working_bar(self) -> bool:
        """Whether a bar is in the making."""
        return self._working is not None

    def reset(self) -> None:
        """Go back to the state before the first update; the handlers stay."""
        self.catch_up()
        super().reset()
        self._clear()

    def update(self, data: BaseData) -> None:
        """Take in a data point.

        Raises:
            UsageError: the consolidator is for another type of data.
        """
        if self.catch_up is not nothing_left:
            self.catch_up()
        expected: Any = self.input_type
        if not isinstance(data, expected):
            raise RefusedArgument(
                f"Received type of {type(data).__name__} but {type(self).__name__} expected {expected.__name__}"
            )
        if self._symbol is not data.symbol:
            self._check_symbol(data)
        if not self._should_process(data):
            return
        if not self._length_checked:
            self._check_length(data)
        time = data.time
        if self._last_emit is None:
            self._last_emit = NO_TIME if self._max_count is None else time
        if self._max_count is None and self._period != _ZERO:
            working = self._working
            if working is not None and time - working.time >= self._period and self._start_of(data) > self._last_emit:
                self._finish(time)
            if time >= self._last_emit:
                self._working = self._aggregate(self._working, data)
        else:
            self._update_counted(data, time)

    @property
    def quiet_until(self) -> datetime | None:
        """Before what time no input can end the bar in the making; None where that is not known."""
        working, period = self._working, self._period
        if working is None or not period or self._max_count is not None:
            return None
        until: datetime = working.time + period
        return until

    def _update_counted(self, data: BaseData, time: datetime) -> None:
        """The data point belongs to the bar that it completes."""
        assert self._last_emit is not None
        is_complete = self._period == _ZERO
        if self._max_count is not None:
            self._count += 1
            if self._count >= self._max_count:
                self._count, is_complete = 0, True
        working = self._working
        if self._period and working is not None and time - working.time >= self._period:
            is_complete = is_complete or self._start_of(data) > self._last_emit
        if time >= self._last_emit:
            self._working = self._aggregate(working, data)
            if self._max_count is not None:
                self._working.end_time = data.end_time
        if is_complete:
            self._finish(time)

    def scan(self, current_local_time: datetime) -> None:
        """Emit the bar in the making if its period ended by a time."""
        self.catch_up()
        working, period = self._working, self._period
        if working is None or not period or current_local_time - working.time < period:
            return
        if self._last_emit is None or self._rounded(current_local_time) > self._last_emit:
            self._last_emit = working.end_time
            self._emit(working)

    def _finish(self, time: datetime) -> None:
        working = self._working
        if working is not None and self._period is not None and self.has_period:
            working.period = self._period
        self._last_emit = working.end_time if self._max_count is None and working is not None else time
        self._emit(working)

    def _emit(self, bar: BaseData) -> None:
        super()._emit(bar)
        self._working = None

    def _should_process(self, data: BaseData) -> bool:
        return True

    def _aggregate(self, working: Any, data: Any) -> Any:
        """The bar in the making with a data point in it."""
        raise NotImplementedError

    def aggregate_bar(self, working_bar: Any, data: Any) -> Any:
        """For subclasses of users: takes data into a bar of theirs, or starts one."""
        return self._aggregate(working_bar, data)

    def on_data_consolidated(self, bar: BaseData) -> None:
        """For subclasses of users: emits a bar of theirs."""
        ConsolidatorBase._emit(self, bar)

    def _bar_period(self, data: Any) -> timedelta | None:
        """The length a new bar starts with."""
        return self._period if self._max_count is None and self._period is not None else data.period

    def _check_symbol(self, data: BaseData) -> None:
        if self._symbol is not None and data.symbol != self._symbol:
            raise RuntimeError(
                "Consolidators can only be used with a single symbol. The previous consolidated symbol "
                f"({self._symbol}) is not the same as in the current data ({data.symbol})."
            )
        self._symbol = data.symbol

    def _check_length(self, data: BaseData) -> None:
        self._length_checked = True
        length = data.end_time - data.time
        if self._period is not None and length > self._period:
            raise ValueError(
                f"For Symbol {data.symbol} can not consolidate bars of period: {self._period}, "
                f"using data of the same or higher period: {length}"
            )

    def _rounded(self, time: datetime) -> datetime:
        """When the bar that holds a time starts."""
        if self._function is not None:
            info = self._function(time)
            if self._working is None:
                self._period = info.period
            return info.start
        if self._max_count is not None or self._period is None:
            return time
        if self._start_time is not None:
            return _scheduled_start(self._period, self._start_time, time)
        return time if self._period > ONE_DAY else round_down(time, self._period)

    def _start_of(self, data: BaseData) -> datetime:
        """When the bar that holds a data point starts; data over its end, as at daylight saving changes, start one."""
        start, end = self._rounded(data.time), data.end_time
        if self._period is not None and start + self._period < end:
            if end - data.time == ONE_HOUR and start.date() < data.time.date():
                return self._rounded(end)
            return data.time
        return start


def nothing_left() -> None:
    """What consolidators catch up with outside of stretches."""


def _verified(function: PeriodFunction) -> PeriodFunction:
    def bar_of(time: datetime) -> CalendarInfo:
        start, period = function(time)
        return CalendarInfo(start if isinstance(start, datetime) else midnight(start), period)

    if bar_of(_A_DATE).start > _A_DATE:
        raise RefusedArgument(
            "Please use a function that computes the start of the bar associated with the given date time. "
            "Should never return a time later than the one passed in."
        )
    return bar_of


def _scheduled_start(period: timedelta, start_time: timedelta, time: datetime) -> datetime:
    """Bars counted from a time of day; of the first of the month when they last a week or longer."""
    reference = midnight(time) + start_time
    if period >= 7 * ONE_DAY:
        reference = datetime(time.year, time.month, 1) + start_time
    return reference + math.floor((time - reference) / period) * period
