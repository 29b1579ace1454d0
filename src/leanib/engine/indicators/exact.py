"""LEAN's decimals behind an indicator's floats: models of its formulas, run when somebody wants to see the digits.

LEAN computes indicators in System.Decimal, and a point's text has all the digits of that, zeros at the end included.
The engine's indicators compute in floats; a model takes the same bars as decimals and gives LEAN's. Where an indicator
has none, the float's digits are shown.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from leanib.engine.indicators import averages, bands, rates, statistics, volatility
from leanib.engine.indicators.base import IndicatorBase
from leanib.engine.market.base_data import BaseData
from leanib.engine.numbers import ONE, ZERO, cast_double, to_float
from leanib.engine.numbers.system_decimal import divided, plus, times

__all__ = ["ExactBar", "ExactValues", "exact_model"]

_TWO, _HUNDRED = Decimal("2.0"), Decimal(100)


class ExactBar(NamedTuple):
    """A bar's prices, or a value as all of them."""

    high: Decimal
    low: Decimal
    value: Decimal


Values = dict[str, Decimal]
Model = Callable[[ExactBar], Values]
"""Takes a bar and gives the indicator's value as `current`, and those of its parts by their names."""
_Formula = Callable[[Decimal], Decimal]


def exact_model(indicator: IndicatorBase) -> Model | None:
    """A model of an indicator as it is after a reset; None where there is none, as of users' own classes."""
    make = _MODELS.get(type(indicator))
    if make is not None:
        return make(indicator)
    formula = _formula(indicator)
    return None if formula is None else lambda bar: {"current": formula(bar.value)}


class ExactValues:
    """The decimals of an indicator's history, worked out when the first of them is wanted.

    Args:
        model: The indicator's.
        exact: Makes decimals of a data point.
    """

    def __init__(self, model: Model, exact: Callable[[BaseData], ExactBar]) -> None:
        self._model, self._exact = model, exact
        self._inputs: deque[BaseData] = deque()
        self._outputs: list[Values] = []

    def __len__(self) -> int:
        """How many data points were taken in."""
        return len(self._outputs) + len(self._inputs)

    def take(self, data: BaseData) -> None:
        """The indicator takes a data point in."""
        self._inputs.append(data)

    def of(self, name: str, count: int) -> Decimal | None:
        """A value after so many data points; None where it is not modelled, or was not computed yet."""
        while self._inputs:
            self._outputs.append(self._model(self._exact(self._inputs.popleft())))
        return self._outputs[count - 1].get(name)


def _constant(number: float) -> Decimal:
    """What a parameter that Python gave is as a decimal: 2.0 keeps its zero."""
    return Decimal(str(number))


def _minus(one: Decimal, other: Decimal) -> Decimal:
    return plus(one, -other)


# --- one value from another ------------------------------------------------------------------------------------------


def _total(period: int) -> _Formula:
    values: deque[Decimal] = deque()
    total = ZERO

    def take(value: Decimal) -> Decimal:
        nonlocal total
        values.append(value)
        total = plus(total, value)
        if len(values) > period:
            total = _minus(total, values.popleft())
        return total

    return take


def _mean(period: int) -> _Formula:
    total, count = _total(period), 0

    def take(value: Decimal) -> Decimal:
        nonlocal count
        count = min(count + 1, period)
        return divided(total(value), count)

    return take


def _variance(period: int) -> _Formula:
    values: deque[Decimal] = deque()
    total = squares = ZERO

    def take(value: Decimal) -> Decimal:
        nonlocal total, squares
        values.append(value)
        total, squares = plus(total, value), plus(squares, times(value, value))
        if len(values) < 2 and period > 1:
            return ZERO
        count = len(values)
        mean, mean_square = divided(total, count), divided(squares, count)
        if count == period:
            oldest = values.popleft()
            total, squares = _minus(total, oldest), _minus(squares, times(oldest, oldest))
        return max(ZERO, _minus(mean_square, times(mean, mean)))

    return take


def _deviation(period: int) -> _Formula:
    variance = _variance(period)
    return lambda value: cast_double(math.sqrt(to_float(variance(value))))


def _exponential(period: int, factor: Decimal, is_from_mean: bool) -> _Formula:
    """With its first value the mean of a period, or one more step on from there."""
    mean, current, count, rest = _mean(period), ZERO, 0, _minus(ONE, factor)

    def take(value: Decimal) -> Decimal:
        nonlocal current, count
        count += 1
        if count < period:
            started = mean(value)
            current = ZERO if is_from_mean else started
        elif count == period and is_from_mean:
            current = mean(value)
        else:
            current = plus(times(value, factor), times(current, rest))
        return current

    return take


def _smoothing(own: Any) -> Decimal:
    return divided(_TWO, 1 + own._period) if own._is_default else _constant(own._k)


def _extreme(period: int, best: Callable[[Iterable[Decimal]], Decimal]) -> _Formula:
    values: deque[Decimal] = deque(maxlen=period)

    def take(value: Decimal) -> Decimal:
        values.appendleft(value)
        return best(values)

    return take


def _trailing(period: int, formula: Callable[[Decimal, Decimal], Decimal]) -> _Formula:
    """A value and the one of a period ago, or the oldest there is."""
    values: deque[Decimal] = deque(maxlen=period + 1)

    def take(value: Decimal) -> Decimal:
        values.append(value)
        return formula(value, values[0])

    return take


def _rate(value: Decimal, old: Decimal) -> Decimal:
    return divided(_minus(value, old), old) if old else ZERO


def _formula(indicator: Any) -> _Formula | None:
    """That of an indicator of values, as a part of others or by itself."""
    make = _FORMULAS.get(type(indicator))
    return None if make is None else make(indicator)


_FORMULAS: dict[type, Callable[[Any], _Formula]] = {
    statistics.Identity: lambda _: lambda value: value,
    statistics.Sum: lambda own: _total(own.period),
    statistics.SimpleMovingAverage: lambda own: _mean(own.period),
    statistics.Variance: lambda own: _variance(own.period),
    statistics.StandardDeviation: lambda own: _deviation(own.period),
    statistics.Maximum: lambda own: _extreme(own.period, max),
    statistics.Minimum: lambda own: _extreme(own.period, min),
    statistics.Delay: lambda own: _trailing(own.period, lambda _, old: old),
    averages.ExponentialMovingAverage: lambda own: _exponential(own._period, _smoothing(own), True),
    averages.WilderMovingAverage: lambda own: _exponential(own._period, divided(ONE, own._period), False),
    rates.Momentum: lambda own: _trailing(own.period, _minus),
    rates.RateOfChange: lambda own: _trailing(own.period, _rate),
    rates.RateOfChangePercent: lambda own: _trailing(own.period, lambda new, old: times(_HUNDRED, _rate(new, old))),
}


# --- indicators with parts, and of bars ------------------------------------------------------------------------------


def _bollinger(own: Any) -> Model | None:
    middle, deviation, factor = _formula(own.middle_band), _formula(own.standard_deviation), _constant(own._exact_k)
    if middle is None or deviation is None:
        return None
    width = share = ZERO

    def take(bar: ExactBar) -> Values:
        nonlocal width, share
        spread, center, price = deviation(bar.value), middle(bar.value), bar.value
        lower, upper = _minus(center, times(spread, factor)), plus(center, times(spread, factor))
        span = _minus(upper, lower)
        width = times(divided(span, center), _HUNDRED) if center else width
        share = divided(_minus(price, lower), span) if span else share
        bands = {"middle_band": center, "lower_band": lower, "upper_band": upper, "band_width": width}
        return {**bands, "current": price, "price": price, "standard_deviation": spread, "percent_b": share}

    return take


def _donchian(own: Any) -> Model:
    highest, lowest = _extreme(own.upper_band.period, max), _extreme(own.lower_band.period, min)

    def take(bar: ExactBar) -> Values:
        upper, lower = highest(bar.high), lowest(bar.low)
        return {"upper_band": upper, "lower_band": lower, "current": divided(plus(upper, lower), 2)}

    return take


def _true_range(_: Any) -> Model:
    before: Decimal | None = None

    def take(bar: ExactBar) -> Values:
        nonlocal before
        greatest = _minus(bar.high, bar.low)
        if before is not None:
            for value in (abs(_minus(before, bar.high)), abs(_minus(before, bar.low))):
                greatest = max(greatest, value)
        before = bar.value
        return {"current": greatest}

    return take


def _average_true_range(own: Any) -> Model | None:
    true_range, smoother = _true_range(own.true_range), _formula(own._average)
    if smoother is None:
        return None

    def take(bar: ExactBar) -> Values:
        found = true_range(bar)["current"]
        return {"true_range": found, "current": smoother(found)}

    return take


def _keltner(own: Any) -> Model | None:
    ranges, middle = _average_true_range(own.average_true_range), _formula(own.middle_band)
    if ranges is None or middle is None:
        return None
    factor, count, needed = _constant(own._exact_k), 0, own.middle_band.warm_up_period

    def take(bar: ExactBar) -> Values:
        nonlocal count
        count += 1
        reach = ranges(bar)["current"]
        center = middle(divided(plus(plus(bar.high, bar.low), bar.value), 3))
        distance = times(reach, factor)
        lower, upper = (_minus(center, distance), plus(center, distance)) if count >= needed else (ZERO, ZERO)
        bands = {"middle_band": center, "lower_band": lower, "upper_band": upper}
        return {**bands, "average_true_range": reach, "current": center}

    return take


_MODELS: dict[type, Callable[[Any], Model | None]] = {
    bands.BollingerBands: _bollinger,
    bands.DonchianChannel: _donchian,
    bands.KeltnerChannels: _keltner,
    volatility.TrueRange: _true_range,
    volatility.AverageTrueRange: _average_true_range,
}
