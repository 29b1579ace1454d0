"""When an insight ends (`Common/Algorithm/Framework/Alphas/Insight.cs`, the period specifications)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from leanib.engine.exchanges.exchange_hours import SecurityExchangeHours
from leanib.engine.market.time import Time
from leanib.engine.symbols import Resolution

__all__ = ["PeriodRule", "bar_count_rule", "close_time_rule", "function_rule", "time_span_rule"]

PeriodRule = Callable[[datetime, SecurityExchangeHours], tuple[datetime, timedelta]]
"""From the UTC time at which an insight is made, and the hours of its exchange, to its UTC end and its length."""

ONE_SECOND, ONE_MINUTE, ONE_DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
_FOREVER = timedelta(days=36500)


def time_span_rule(period: timedelta) -> PeriodRule:
    """So much time with an open market."""
    span = period or ONE_SECOND
    if span >= _FOREVER:
        return lambda _, __: (Time.END_OF_TIME, span)
    return lambda generated, hours: (_after_span(hours, generated, span), span)


def bar_count_rule(resolution: Resolution, bar_count: int) -> PeriodRule:
    """So many bars of a resolution."""
    if bar_count < 1:
        raise ValueError("Insight barCount must be greater than zero.")

    def rule(generated: datetime, hours: SecurityExchangeHours) -> tuple[datetime, timedelta]:
        end = _after_bars(hours, generated, *_as_bars(resolution, bar_count))
        return end, end - generated

    return rule


def close_time_rule(close_time_local: datetime) -> PeriodRule:
    """At a time in the exchange's zone, or at the next open after it."""
    if close_time_local == Time.END_OF_TIME:
        return lambda generated, _: (Time.END_OF_TIME, Time.END_OF_TIME - generated)

    def rule(generated: datetime, hours: SecurityExchangeHours) -> tuple[datetime, timedelta]:
        end = _open_at(hours, close_time_local)
        if generated > end:
            raise ValueError("Insight closeTimeLocal must not be in the past.")
        return end, end - generated

    return rule


def function_rule(expiry: Callable[[datetime], datetime]) -> PeriodRule:
    """At what a function of the time in the exchange's zone returns, or at the next open after it."""

    def rule(generated: datetime, hours: SecurityExchangeHours) -> tuple[datetime, timedelta]:
        end = _open_at(hours, expiry(hours.time_zone.to_local(generated)))
        return end, end - generated

    return rule


def _open_at(hours: SecurityExchangeHours, local: datetime) -> datetime:
    moment = local if hours.is_open(local, False) else hours.get_next_market_open(local, False)
    return hours.time_zone.to_utc(moment)


def _as_bars(resolution: Resolution, count: int) -> tuple[timedelta, int]:
    """The length of a bar and their number; hours count as minutes."""
    if resolution is Resolution.HOUR:
        return ONE_MINUTE, count * 60
    return (ONE_SECOND if resolution is Resolution.TICK else resolution.to_time_span()), count


def _after_bars(hours: SecurityExchangeHours, generated: datetime, bar: timedelta, count: int) -> datetime:
    """The end of so many bars with an open market (`Time.GetEndTimeForTradeBars`)."""
    current = hours.time_zone.to_local(generated)
    while count > 0:
        previous, current = current, current + bar
        is_open: Any = hours.is_date_open(current) if bar == ONE_DAY else hours.is_open(previous, current, False)
        if is_open:
            count -= 1
        elif bar < ONE_DAY and not hours.is_open(current, False):
            # None of the bars that end by the next opening counts.
            current += (hours.get_next_market_open(current, False) - current) // bar * bar
    return hours.time_zone.to_utc(current)


def _after_span(hours: SecurityExchangeHours, generated: datetime, span: timedelta) -> datetime:
    """The end of a time span: whole days are trading days, the rest of a day a part of the market's day."""
    bar = next((unit for unit in (ONE_DAY, ONE_MINUTE, ONE_SECOND) if span >= unit), ONE_SECOND)
    count = span // bar
    end = _after_bars(hours, generated, bar, count)
    if end == generated:
        return _after_bars(hours, generated, ONE_SECOND, 1)
    rest = span - bar * count
    if rest and bar == ONE_DAY:
        rest = hours.regular_market_duration * (rest / ONE_DAY)
    minutes = rest // ONE_MINUTE
    return _after_bars(hours, end, ONE_MINUTE, minutes) if minutes > 0 else end
