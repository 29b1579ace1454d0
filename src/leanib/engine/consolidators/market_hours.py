"""A consolidator that knows when the market is open (`Common/Data/Consolidators/MarketHourAwareConsolidator.cs`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.consolidators.bars import (
    QuoteBarConsolidator,
    TickConsolidator,
    TickQuoteBarConsolidator,
    TradeBarConsolidator,
)
from leanib.engine.consolidators.base import ConsolidatorBase
from leanib.engine.consolidators.period import ONE_DAY, ONE_HOUR, PeriodCountConsolidatorBase
from leanib.engine.exchanges.exchange_hours import SecurityExchangeHours
from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
from leanib.engine.market.bars import QuoteBar, TradeBar
from leanib.engine.market.calendars import CalendarInfo, get_daily_calendar, round_down, use_strict_end_time
from leanib.engine.market.tick import Tick
from leanib.engine.symbols import Resolution, TickType
from leanib.errors import UsageError

if TYPE_CHECKING:
    from leanib.engine.market import BaseData
    from leanib.engine.symbols import Symbol

__all__ = ["MarketHourAwareConsolidator", "own_consolidator"]

_RESOLUTIONS = frozenset(
    (timedelta(0), timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))
)


class MarketHourAwareConsolidator(ConsolidatorBase):
    """Leaves out data of closed hours; daily bars last from the market's open to its close."""

    def __init__(
        self,
        daily_strict_end_time_enabled: bool,
        period: Resolution | timedelta,
        data_type: type,
        tick_type: TickType,
        extended_market_hours: bool,
    ) -> None:
        super().__init__()
        self._strict_enabled = daily_strict_end_time_enabled
        self._extended = extended_market_hours
        self._period: timedelta = period if isinstance(period, timedelta) else period.to_time_span()
        self._hours: SecurityExchangeHours | None = None
        self._strict = False
        self._consolidator = _consolidator_class(data_type, tick_type)(self._rule())
        self._consolidator.data_consolidated += self._forward
        self.input_type = self._consolidator.input_type  # type: ignore[misc]
        self.output_type = self._consolidator.output_type  # type: ignore[misc]

    def _rule(self) -> Any:
        """What ends the inner consolidator's bars."""
        if self._period >= ONE_DAY:
            return self._daily
        return self._period if self._period in _RESOLUTIONS else self._intraday

    @property
    def inner(self) -> Any:
        """The consolidator of the data that count."""
        return self._consolidator

    def takes_all(self, extended_market_hours: bool) -> bool:
        """Whether every bar of a stream counts, given whether the stream has closed hours."""
        return self._extended or not extended_market_hours

    @property
    def working_data(self) -> Any:
        """A copy of the bar in the making, or None."""
        return self._consolidator.working_data

    def update(self, data: BaseData) -> None:
        """Take in a data point if the market was open."""
        hours = self._hours or self._initialize(data.symbol)
        if self._extended or hours.is_open(data.time, False) or self._spans_open_hours(data, hours):
            self._consolidator.update(data)

    def _spans_open_hours(self, data: BaseData, hours: SecurityExchangeHours) -> bool:
        if self._period != ONE_DAY or data.end_time - data.time < ONE_HOUR:
            return False
        return hours.is_open(data.time, data.end_time, False)

    def scan(self, current_local_time: datetime) -> None:
        """Emit the bar in the making if it ended by a time."""
        self._consolidator.scan(current_local_time)

    def reset(self) -> None:
        """Go back to the state before the first update."""
        super().reset()
        self._hours, self._strict = None, False
        self._consolidator.reset()

    def dispose(self) -> None:
        """Emit to nobody any more."""
        self._consolidator.dispose()
        super().dispose()

    def _initialize(self, symbol: Symbol) -> SecurityExchangeHours:
        hours = MarketHoursDatabase.from_data_folder().get_exchange_hours(
            symbol.id.market, symbol, symbol.security_type
        )
        self._hours = hours
        self._strict = use_strict_end_time(self._strict_enabled, symbol, self._period, hours)
        return hours

    def _daily(self, time: datetime) -> CalendarInfo:
        if not self._strict or self._period > ONE_DAY or self._hours is None:
            return CalendarInfo(time if self._period > ONE_DAY else round_down(time, self._period), self._period)
        return get_daily_calendar(time, self._hours, self._extended)

    def _intraday(self, time: datetime) -> CalendarInfo:
        """Bars counted from the market's open, the last one cut at its close."""
        hours, period = self._hours, self._period
        if hours is None or hours.is_market_always_open:
            return CalendarInfo(round_down(time, period), period)
        moment = time + timedelta.resolution if hours.is_open(time, self._extended) else time
        opened = hours.get_previous_market_open(moment, self._extended)
        start = opened + (time - opened) // period * period
        close = hours.get_next_market_close(opened, self._extended)
        return CalendarInfo(start, min(start + period, close) - start)

    def _forward(self, _: ConsolidatorBase, bar: BaseData) -> None:
        self._emit(bar)


def own_consolidator(consolidator: Any) -> PeriodCountConsolidatorBase | None:
    """What makes the bars, where neither that nor how it is looked at is a user's."""
    if _looks_as(consolidator, MarketHourAwareConsolidator):
        consolidator = consolidator.inner
    return consolidator if _looks_as(consolidator, PeriodCountConsolidatorBase) else None


def _looks_as(consolidator: Any, kind: type[ConsolidatorBase]) -> bool:
    scan = getattr(getattr(consolidator, "scan", None), "__func__", None)
    return scan is kind.scan and type(consolidator).working_data is kind.working_data


def _consolidator_class(data_type: type, tick_type: TickType) -> Any:
    if data_type is Tick:
        return TickConsolidator if tick_type is TickType.TRADE else TickQuoteBarConsolidator
    if data_type is TradeBar:
        return TradeBarConsolidator
    if data_type is QuoteBar:
        return QuoteBarConsolidator
    raise UsageError(f"MarketHourAwareConsolidator takes trade bars, quote bars or ticks, not {data_type.__name__}")
