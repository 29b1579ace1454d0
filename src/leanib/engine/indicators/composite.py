"""Indicators made of indicators (`Indicators/{CompositeIndicator,ConstantIndicator,FunctionalIndicator,...}.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from leanib.engine.indicators.base import Indicator, IndicatorBase, IndicatorResult, IndicatorStatus
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.statistics import Sum, WindowIdentity
from leanib.engine.market.base_data import NO_TIME

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar

__all__ = [
    "CompositeIndicator",
    "ConstantIndicator",
    "FilteredIdentity",
    "FunctionalIndicator",
    "ResetCompositeIndicator",
    "minus",
    "of",
    "over",
    "plus",
    "times",
    "weighted_by",
]

Composer = Callable[[Any, Any], Any]
Chained = TypeVar("Chained", bound=IndicatorBase)


class ConstantIndicator(Indicator):
    """Always the same value, always ready."""

    def __init__(self, name: str, value: float) -> None:
        self._value = value
        super().__init__(name)

    def _start(self) -> None:
        self._set_current(IndicatorDataPoint.of(None, NO_TIME, self._value))

    @property
    def is_ready(self) -> bool:
        """True."""
        return True

    def _next(self, data: IndicatorDataPoint) -> float:
        return self._value


class FunctionalIndicator(IndicatorBase):
    """An indicator whose value, readiness and reset are functions."""

    def __init__(
        self,
        name: str,
        compute_next_value: Callable[[Any], float],
        is_ready: Callable[[Any], bool],
        reset: Callable[[], None] | None = None,
    ) -> None:
        self._function = compute_next_value
        self._ready_function = is_ready
        self._reset_function = reset
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """What the function given for it says."""
        return self._ready_function(self)

    def feed(self, time: datetime, value: float) -> bool:
        """Update with a value."""
        return self.push(IndicatorDataPoint.of(None, time, value))

    def update(self, input: Any, value: float | None = None) -> bool:
        """Take in a data point, or a (time, value)."""
        return self.push(input) if value is None else self.feed(input, value)

    def reset(self) -> None:
        """Go back to the state before the first update."""
        if self._reset_function is not None:
            self._reset_function()
        super().reset()

    def _next(self, data: TradeBar | QuoteBar) -> float:
        return self._function(data)


class FilteredIdentity(IndicatorBase):
    """The value of the last data that a filter let through (`Indicators/FilteredIdentity.cs`)."""

    def __init__(self, name: str = "", filter: Callable[[Any], bool] | None = None) -> None:
        self._filter = filter
        super().__init__(name)

    def _start(self) -> None:
        self._last = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether there is a positive value."""
        return self.samples > 0 and self.current.value > 0

    def _next(self, data: TradeBar | QuoteBar) -> float:
        if self._filter is None or self._filter(data):
            self._last = data.value
        return self._last


class CompositeIndicator(Indicator):
    """A function of two indicators, computed when both have news."""

    def __init__(self, *arguments: Any) -> None:
        name = arguments[0] if isinstance(arguments[0], str) else None
        left, right, composer = arguments[-3:]
        self.left: IndicatorBase = left
        self.right: IndicatorBase = right
        self._composer: Composer = composer
        self._news: list[IndicatorDataPoint | None] = [None, None]
        super().__init__(name if name is not None else self._composed_name())
        left.updated += lambda _, point: self._on_update(0, right, point)
        right.updated += lambda _, point: self._on_update(1, left, point)

    def _composed_name(self) -> str:
        return f"COMPOSE({self.left.name},{self.right.name})"

    def _start(self) -> None:
        self._news = [None, None]

    @property
    def is_ready(self) -> bool:
        """Whether both are."""
        return self.left.is_ready and self.right.is_ready

    def _on_update(self, side: int, other: IndicatorBase, point: IndicatorDataPoint) -> None:
        self._news[side] = point
        if self._news[1 - side] is None and not isinstance(other, ConstantIndicator):
            return
        time = max(point.time, self.left.current.time, self.right.current.time)
        self.feed(time, 0.0)
        self._news = [None, None]

    def _next(self, data: IndicatorDataPoint) -> float | None:
        result = self._composer(self.left, self.right)
        if isinstance(result, IndicatorResult):
            return result.value if result.status is IndicatorStatus.SUCCESS else None
        return None if result is None else float(result)


class ResetCompositeIndicator(CompositeIndicator):
    """A composite with an action of its own at reset."""

    def __init__(self, *arguments: Any) -> None:
        self._extra_reset: Callable[[], None] = arguments[-1]
        super().__init__(*arguments[:-1])

    def _composed_name(self) -> str:
        return f"RESET_COMPOSE({self.left.name},{self.right.name})"

    def reset(self) -> None:
        """Go back to the state before the first update, and take the action."""
        super().reset()
        self._extra_reset()


def of(second: Chained, first: IndicatorBase, wait_for_first_to_ready: bool = True) -> Chained:
    """Feed an indicator with the values of another; returns the fed one."""

    def feed(_: IndicatorBase, point: IndicatorDataPoint) -> None:
        if not wait_for_first_to_ready or first.is_ready:
            second.push(point)

    first.updated += feed
    return second


def _compose(
    left: IndicatorBase, right: IndicatorBase | float, name: str | None, composer: Composer
) -> CompositeIndicator:
    if not isinstance(right, IndicatorBase):
        right = ConstantIndicator(f"{right:g}", float(right))
    return (
        CompositeIndicator(left, right, composer) if name is None else CompositeIndicator(name, left, right, composer)
    )


def plus(left: IndicatorBase, right: IndicatorBase | float, name: str | None = None) -> CompositeIndicator:
    """The sum of two indicators, or of an indicator and a number."""
    return _compose(left, right, name, lambda a, b: a.current.value + b.current.value)


def minus(left: IndicatorBase, right: IndicatorBase | float, name: str | None = None) -> CompositeIndicator:
    """The difference of two indicators, or of an indicator and a number."""
    return _compose(left, right, name, lambda a, b: a.current.value - b.current.value)


def times(left: IndicatorBase, right: IndicatorBase | float, name: str | None = None) -> CompositeIndicator:
    """The product of two indicators, or of an indicator and a number."""
    return _compose(left, right, name, lambda a, b: a.current.value * b.current.value)


def over(left: IndicatorBase, right: IndicatorBase | float, name: str | None = None) -> CompositeIndicator:
    """The quotient of two indicators, or of an indicator and a number; a division by zero leaves the value."""
    return _compose(left, right, name, _quotient)


def _quotient(left: IndicatorBase, right: IndicatorBase) -> float | None:
    return left.current.value / right.current.value if right.current.value else None


def weighted_by(value: IndicatorBase, weight: IndicatorBase, period: int) -> CompositeIndicator:
    """The mean of an indicator's last values, weighted by another indicator's."""
    x = WindowIdentity(f"WIN-ID{period}", period)
    y = WindowIdentity(f"WIN-ID{period}", period)
    numerator, denominator = Sum("Sum_xy", period), Sum("Sum_y", period)

    def on_value(_: IndicatorBase, point: IndicatorDataPoint) -> None:
        x.push(point)
        if x.samples == y.samples:
            numerator.feed(point.time, point.value * y.current.value)

    def on_weight(_: IndicatorBase, point: IndicatorDataPoint) -> None:
        y.push(point)
        if x.samples == y.samples:
            numerator.feed(point.time, point.value * x.current.value)
        denominator.push(point)

    def reset() -> None:
        x.reset()
        y.reset()

    value.updated += on_value
    weight.updated += on_weight
    return ResetCompositeIndicator(numerator, denominator, _quotient, reset)
