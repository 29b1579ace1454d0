"""A prediction (`Common/Algorithm/Framework/Alphas/{Insight,InsightScore,GeneratedInsightsCollection}.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import ArgumentException, NoMethodMatches
from leanib.engine.framework.enums import InsightDirection, InsightScoreType, InsightType
from leanib.engine.framework.insight_periods import (
    PeriodRule,
    bar_count_rule,
    close_time_rule,
    function_rule,
    time_span_rule,
)
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Resolution, Symbol, SymbolCache
from leanib.engine.timezones.utc_time import UtcView

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["GeneratedInsightsCollection", "Insight", "InsightScore"]

_random = Random(0)  # noqa: S311 ids only have to differ


def _new_id() -> UUID:
    return UUID(int=_random.getrandbits(128), version=4)


class InsightScore(LeanObject):
    """How right an insight was, between 0 and 1."""

    def __init__(self, direction: float = 0.0, magnitude: float = 0.0, updated_time_utc: datetime = NO_TIME) -> None:
        self.direction = direction
        self.magnitude = magnitude
        self.updated_time_utc = updated_time_utc
        self.is_final_score = False

    def set_score(self, type: InsightScoreType, value: float, algorithm_utc_time: datetime) -> None:
        """Rate the insight; a final score stays."""
        if self.is_final_score:
            return
        self.updated_time_utc = algorithm_utc_time
        bounded = max(0.0, min(1.0, value))
        if type is InsightScoreType.DIRECTION:
            self.direction = bounded
        else:
            self.magnitude = bounded

    def finalize(self, algorithm_utc_time: datetime) -> None:
        """Make the score final."""
        self.is_final_score = True
        self.updated_time_utc = algorithm_utc_time

    def get_score(self, type: InsightScoreType) -> float:
        """The score of a type."""
        return self.direction if type is InsightScoreType.DIRECTION else self.magnitude

    def __str__(self) -> str:
        return f"Direction: {100 * self.direction:.2f} Magnitude: {100 * self.magnitude:.2f}"


class Insight(LeanObject):
    """That a security will go in a direction for a time.

    `Insight(symbol, period, type, direction, ...)`, where the period is a timedelta or a function from a time in the
    exchange's zone to the insight's end.
    """

    period: timedelta
    generated_time_utc = UtcView()
    close_time_utc = UtcView()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        if arguments and isinstance(arguments[0], datetime):
            generated, *rest = arguments
            self._init(*rest, **options)
            self.generated_time_utc = generated
            self.close_time_utc = generated + self.period
        else:
            self._init(*arguments, **options)

    def _init(
        self,
        symbol: Symbol,
        period: timedelta | Callable[[datetime], datetime],
        type: InsightType,
        direction: InsightDirection,
        magnitude: float | str | None = None,
        confidence: float | None = None,
        source_model: str | None = None,
        weight: float | None = None,
        tag: str = "",
    ) -> None:
        if isinstance(magnitude, str):  # LEAN's overload with the tag in fifth place
            tag, magnitude = magnitude, None
        self.id = _new_id()
        self.group_id: UUID | None = None
        self.source_model = source_model or ""
        self.generated_time_utc = self.close_time_utc = NO_TIME
        self.symbol: Symbol = (
            SymbolCache.get_symbol(symbol) if isinstance(symbol, str) else getattr(symbol, "symbol", symbol)
        )
        self.type = type
        self.reference_value = self.reference_value_final = self.estimated_value = 0.0
        self.direction = direction
        self.magnitude = magnitude
        self.confidence = confidence
        self.weight = weight
        self.score = InsightScore()
        self.tag = tag
        self.period = period if isinstance(period, timedelta) else timedelta(0)
        self._rule: PeriodRule = time_span_rule(period) if isinstance(period, timedelta) else function_rule(period)

    @staticmethod
    def price(symbol: AnySymbol, *arguments: Any, **options: Any) -> Insight:
        """A prediction of the price.

        `price(symbol, timedelta, direction, magnitude=None, confidence=None, source_model=None, weight=None, tag="")`;
        in place of the timedelta a resolution and a number of bars, a local time, or a function of the local time.
        """
        named = ("period", "resolution", "close_time_local", "expiry_func")
        rest = list(arguments)
        when = next((options.pop(name) for name in named if name in options), None)
        when = rest.pop(0) if when is None and rest else when
        if not isinstance(when, Resolution | datetime | timedelta) and not callable(when):
            raise NoMethodMatches("Price", symbol, *arguments, *options.values())
        if isinstance(when, Resolution):
            if "bar_count" not in options and not rest:
                raise NoMethodMatches("Price", symbol, *arguments, *options.values())
            count = options.pop("bar_count") if "bar_count" in options else rest.pop(0)
            rule = bar_count_rule(when, count)
        elif isinstance(when, datetime):
            rule = close_time_rule(when)
        else:
            rule = time_span_rule(when) if isinstance(when, timedelta) else function_rule(when)
        if isinstance(when, timedelta) and when < timedelta(seconds=1):
            raise ArgumentException("Insight period must be greater than or equal to 1 second.")
        period = when if isinstance(when, timedelta) else timedelta(0)
        insight = Insight(symbol, period, InsightType.PRICE, *rest, **options)
        insight._rule = rule
        return insight

    @staticmethod
    def group(*insights: Insight) -> List[Insight]:
        """Mark insights as belonging together."""
        members = List(insights[0] if len(insights) == 1 and not isinstance(insights[0], Insight) else insights)
        group_id = _new_id()
        for insight in members:
            if insight.group_id is not None:
                raise RuntimeError(
                    f"Unable to set group id on insight {insight} because it has already been assigned to a group."
                )
            insight.group_id = group_id
        return members

    def set_period_and_close_time(self, exchange_hours: SecurityExchangeHours) -> None:
        """Compute the end from the time at which it was made."""
        self.close_time_utc, self.period = self._rule(self.generated_time_utc, exchange_hours)

    def is_expired(self, utc_time: datetime) -> bool:
        """Whether it ended before a time."""
        return bool(self.close_time_utc < utc_time)

    def is_active(self, utc_time: datetime) -> bool:
        """Whether it has not ended before a time."""
        return bool(self.close_time_utc >= utc_time)

    def expire(self, utc_time: datetime) -> None:
        """End it now."""
        if self.is_active(utc_time):
            self.close_time_utc = utc_time - timedelta(seconds=1)
            self.period = self.close_time_utc - self.generated_time_utc

    cancel = expire

    def clone(self) -> Insight:
        """A copy with the same id."""
        return copy(self)

    def short_to_string(self) -> str:
        """One line without the id."""
        return f"{self.symbol.value} {self.type} {self.direction.lean_name} {self.period}"

    def __str__(self) -> str:
        parts = [f"{self.id.hex}: {self.symbol} {self.type.lean_name} {self.direction.lean_name} within {self.period}"]
        if self.magnitude is not None:
            parts.append(f"by {self.magnitude}%")
        if self.confidence is not None:
            parts.append(f"with {round(100 * self.confidence, 1):g}% confidence")
        if self.weight is not None:
            parts.append(f"and {round(100 * self.weight, 1):g}% weight")
        return " ".join(parts) + (f": {self.tag}" if self.tag else "")

    __repr__ = __str__


class GeneratedInsightsCollection(LeanObject):
    """The insights of one time step."""

    def __init__(self, date_time_utc: datetime, insights: list[Insight]) -> None:
        self.date_time_utc = date_time_utc
        self.insights = List(insights)
