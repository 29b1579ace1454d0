"""Filters for the cycles in prices (Ehlers)."""

from __future__ import annotations

import math

from leanib.engine.indicators.base import Indicator
from leanib.engine.indicators.composite import FunctionalIndicator, minus
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.statistics import Delay, Identity
from leanib.engine.naming import LeanEnum

__all__ = ["HilbertTransform", "SwissArmyKnife", "SwissArmyKnifeTool"]


class HilbertTransform(Indicator):
    """The in-phase and quadrature parts of a price; its own value is the price (`Indicators/HilbertTransform.cs`)."""

    title = "Hilbert({length}, {in_phase_multiplication_factor}, {quadrature_multiplication_factor})"

    def __init__(
        self,
        name: str,
        length: int = 7,
        in_phase_multiplication_factor: float = 0.635,
        quadrature_multiplication_factor: float = 0.338,
    ) -> None:
        self._length = length
        self._in_phase_factor = in_phase_multiplication_factor
        self._quadrature_factor = quadrature_multiplication_factor
        self._input = Identity(name + "_input")
        self._previous = Delay(name + "_prev", length)
        self._detrended = minus(self._input, self._previous)
        self._detrended2 = Delay(name + "_detrendPriceDelay2", 1)
        self._detrended4 = Delay(name + "_detrendPriceDelay4", 3)
        self._in_phase3 = Delay(name + "_inPhaseDelay3", 2)
        self._quadrature2 = Delay(name + "_quadratureDelay2", 1)
        self.in_phase = FunctionalIndicator(
            name + "_inPhase", lambda _: self._in_phase(), lambda _: self.samples > length + 2
        )
        self.quadrature = FunctionalIndicator(
            name + "_quad", lambda _: self._quadrature(), lambda _: self.samples > length
        )
        self.warm_up_period = length + 2
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the warm-up period is over."""
        return self.samples >= self._length + 2

    def _next(self, data: IndicatorDataPoint) -> float:
        self._input.push(data)
        if self._previous.push(data):
            self._detrended.push(data)
        if self._detrended.is_ready:
            self._detrended2.push(self._detrended.current)
            self._detrended4.push(self._detrended.current)
        if self.in_phase.push(data):
            self._in_phase3.push(self.in_phase.current)
        if self.quadrature.push(data):
            self._quadrature2.push(self.quadrature.current)
        return data.value

    def _in_phase(self) -> float:
        if not self.in_phase.is_ready:
            return 0.0
        factor = self._in_phase_factor
        return 1.25 * (_value(self._detrended4) - _value(self._detrended2) * factor) + _value(self._in_phase3) * factor

    def _quadrature(self) -> float:
        if not self.quadrature.is_ready:
            return 0.0
        factor = self._quadrature_factor
        return _value(self._detrended2) - _value(self._detrended) * factor + _value(self._quadrature2) * factor


def _value(indicator: Indicator) -> float:
    return indicator.current.value if indicator.is_ready else 0.0


class SwissArmyKnifeTool(LeanEnum):
    """The filters of the Swiss army knife."""

    GAUSS = 0
    BUTTER = 1
    HIGH_PASS = 2
    TWO_POLE_HIGH_PASS = 3
    BAND_PASS = 4


class _Filter(Indicator):
    """One filter: out = c0 (b0 x0 + b1 x1 + b2 x2) + a1 y1 + a2 y2."""

    def __init__(self, name: str, period: int, delta: float, tool: SwissArmyKnifeTool) -> None:
        self._period = period
        self._c0, self._b1, self._b2, self._a1, self._a2 = _coefficients(period, delta, tool)
        super().__init__(name)

    def _start(self) -> None:
        self._x1 = self._x2 = self._y1 = self._y2 = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether a period of values came in."""
        return self.samples >= self._period

    def _next(self, data: IndicatorDataPoint) -> float:
        x = data.value
        if self.samples == 1:
            self._x1 = self._x2 = x
        y = self._c0 * (x + self._b1 * self._x1 + self._b2 * self._x2) + self._a1 * self._y1 + self._a2 * self._y2
        self._x1, self._x2 = x, self._x1
        self._y1, self._y2 = y, self._y1
        return y


def _coefficients(period: int, delta: float, tool: SwissArmyKnifeTool) -> tuple[float, float, float, float, float]:
    """c0, b1, b2, a1 and a2 of a filter."""
    angle = 2 * math.pi / period
    beta = 2.415 * (1 - math.cos(angle))
    alpha = -beta + math.sqrt(beta * beta + 2 * beta)
    two_pole = (2 * (1 - alpha), -((1 - alpha) ** 2))
    if tool is SwissArmyKnifeTool.GAUSS:
        return (alpha * alpha, 0.0, 0.0, *two_pole)
    if tool is SwissArmyKnifeTool.BUTTER:
        return (alpha * alpha / 4, 2.0, 1.0, *two_pole)
    if tool is SwissArmyKnifeTool.TWO_POLE_HIGH_PASS:
        return ((1 + alpha) ** 2 / 4, -2.0, 1.0, *two_pole)
    if tool is SwissArmyKnifeTool.HIGH_PASS:
        alpha = (math.cos(angle) + math.sin(angle) - 1) / math.cos(angle)
        return ((1 + alpha) / 2, -1.0, 0.0, 1 - alpha, 0.0)
    beta, gamma = math.cos(angle), 1 / math.cos(2 * angle * delta)
    alpha = gamma - math.sqrt(gamma * gamma - 1)
    return ((1 - alpha) / 2, 0.0, -1.0, -beta * (1 - alpha), alpha)


class SwissArmyKnife(Indicator):
    """Five filters at once, of which one gives its value (`Indicators/SwissArmyKnife.cs`)."""

    title = "Swiss({period},{delta},{tool})"

    def __init__(self, name: str, period: int, delta: float, tool: SwissArmyKnifeTool) -> None:
        self.warm_up_period = self._period = period
        self._tool = tool
        self.gauss = _Filter(f"{name}_Gauss", period, delta, SwissArmyKnifeTool.GAUSS)
        self.butter = _Filter(f"{name}_Butter", period, delta, SwissArmyKnifeTool.BUTTER)
        self.high_pass = _Filter(f"{name}_HP", period, delta, SwissArmyKnifeTool.HIGH_PASS)
        self.two_pole_high_pass = _Filter(f"{name}_2PHP", period, delta, SwissArmyKnifeTool.TWO_POLE_HIGH_PASS)
        self.band_pass = _Filter(f"{name}_BP", period, delta, SwissArmyKnifeTool.BAND_PASS)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of values came in."""
        return self.samples >= self._period

    def _next(self, data: IndicatorDataPoint) -> float:
        filters = (self.gauss, self.butter, self.high_pass, self.two_pole_high_pass, self.band_pass)
        for one in filters:
            one.push(data)
        return filters[self._tool.value].current.value
