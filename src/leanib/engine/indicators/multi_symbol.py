"""Indicators of several securities at once (`Indicators/{MultiSymbolIndicator,Alpha,Beta,...}.cs`)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.event import Event
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
from leanib.engine.indicators.base import BarIndicator, IndicatorBase
from leanib.engine.indicators.rates import RateOfChange
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import safe_divide
from leanib.engine.naming import LeanEnum
from leanib.engine.symbols import Symbol, SymbolCache

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar
    from leanib.engine.market.base_data import BaseData

__all__ = [
    "Alpha",
    "Beta",
    "Correlation",
    "CorrelationType",
    "Covariance",
    "DualSymbolIndicator",
    "MultiSymbolIndicator",
]


class SymbolData:
    """One security of a `MultiSymbolIndicator`: its zone, its newest input and the inputs that met their partners."""

    def __init__(self, symbol: Symbol, period: int) -> None:
        hours = MarketHoursDatabase.from_data_folder().get_exchange_hours(
            symbol.id.market, symbol, symbol.id.security_type
        )
        self.exchange_time_zone = hours.time_zone
        self.data_points: RollingWindow[Any] = RollingWindow(period)
        self.new_input = Event()
        self.resolution: timedelta | None = None
        self.current_input: Any = None
        self.end_time_utc: datetime | None = None

    def take(self, data: BaseData) -> None:
        """Make an input the newest."""
        self.current_input = data
        self.end_time_utc = _floor(self.exchange_time_zone.to_utc(data.end_time), self.resolution)
        self.new_input(self, data)

    def reset(self) -> None:
        """Forget the inputs."""
        self.data_points.reset()
        self.current_input = self.end_time_utc = None


def _floor(time: datetime, resolution: timedelta | None) -> datetime:
    if resolution is None:
        return time
    midnight = time.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (time - midnight) // resolution * resolution


def _resolution_of(span: timedelta) -> timedelta | None:
    """What times are rounded down to: days, hours, minutes or nothing."""
    if span > timedelta(hours=1):
        return timedelta(days=1)
    if span >= timedelta(hours=1):
        return timedelta(hours=1)
    return timedelta(minutes=1) if span >= timedelta(minutes=1) else None


def _known(symbol: Symbol | str) -> Symbol:
    return SymbolCache.get_symbol(symbol) if isinstance(symbol, str) else symbol


class MultiSymbolIndicator(IndicatorBase):
    """Computes when all its securities have an input for the same time."""

    def __init__(self, name: str, symbols: Iterable[Symbol], period: int) -> None:
        self.data_by_symbol = {symbol: SymbolData(symbol, period) for symbol in map(_known, symbols)}
        zones = {data.exchange_time_zone for data in self.data_by_symbol.values()}
        self.warm_up_period: int = period + (1 if len(zones) > 1 else 0)
        super().__init__(name)

    def _start(self) -> None:
        self.indicator_value = 0.0
        for data in self.data_by_symbol.values():
            data.reset()

    @property
    def is_ready(self) -> bool:
        """Whether the windows of all securities are full."""
        return all(data.data_points.is_ready for data in self.data_by_symbol.values())

    def _next(self, data: TradeBar | QuoteBar) -> float:
        own = self.data_by_symbol.get(data.symbol)
        if own is None:
            known = ", ".join(str(symbol) for symbol in self.data_by_symbol)
            raise ArgumentException(
                f"Input symbol {data.symbol} does not correspond to any of the symbols this indicator works on "
                f"({known})"
            )
        if self.samples == 1:
            for each in self.data_by_symbol.values():
                each.resolution = _resolution_of(data.end_time - data.time)
            own.take(data)
            return 0.0
        own.take(data)
        everyone = self.data_by_symbol.values()
        if len({each.end_time_utc for each in everyone}) == 1:
            for each in everyone:
                each.data_points.add(each.current_input)
            self.indicator_value = self._compute_indicator()
        return self.indicator_value

    def _compute_indicator(self) -> float:
        raise NotImplementedError


class DualSymbolIndicator(MultiSymbolIndicator):
    """An indicator of a target and a reference security."""

    def __init__(self, name: str, target_symbol: Symbol, reference_symbol: Symbol, period: int) -> None:
        self.target_symbol = _known(target_symbol)
        self.reference_symbol = _known(reference_symbol)
        super().__init__(name, (self.target_symbol, self.reference_symbol), period)
        self._target_points = self.data_by_symbol[self.target_symbol].data_points
        self._reference_points = self.data_by_symbol[self.reference_symbol].data_points


class _Returns(DualSymbolIndicator):
    """Looks at the returns of two securities over `period` bars."""

    def __init__(self, name: str, target_symbol: Any, reference_symbol: Any, period: Any) -> None:
        if isinstance(target_symbol, int):  # LEAN's (name, period, target, reference)
            target_symbol, reference_symbol, period = reference_symbol, period, target_symbol
        if period < 2:
            raise ArgumentException(
                f"Period parameter for {type(self).__name__} indicator must be greater than 2 but was {period}."
            )
        self._target_returns: RollingWindow[float] = RollingWindow(period)
        self._reference_returns: RollingWindow[float] = RollingWindow(period)
        super().__init__(name, target_symbol, reference_symbol, 2)
        self.warm_up_period += period - 1

    @property
    def is_ready(self) -> bool:
        """Whether a period of returns is known."""
        return self._target_returns.is_ready and self._reference_returns.is_ready

    def _add_returns(self) -> None:
        for points, returns in (
            (self._target_points, self._target_returns),
            (self._reference_points, self._reference_returns),
        ):
            if points.is_ready:
                returns.add(safe_divide(points[0].close, points[1].close) - 1)


def _covariance(a: RollingWindow[float], b: RollingWindow[float]) -> float:
    """The sample covariance; 0 when there are too few samples."""
    n = len(a)
    if n < 2 or len(b) != n:
        return 0.0
    mean_a, mean_b = math.fsum(a) / n, math.fsum(b) / n
    return math.fsum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True)) / (n - 1)


class Beta(_Returns):
    """How much the target moves with the reference."""

    title = "B({period})"

    def _compute_indicator(self) -> float:
        self._add_returns()
        variance = _covariance(self._reference_returns, self._reference_returns)
        return _covariance(self._target_returns, self._reference_returns) / (variance or 1.0)


class Covariance(_Returns):
    """The covariance of the returns of target and reference."""

    title = "COV({period})"

    def _compute_indicator(self) -> float:
        self._add_returns()
        return _covariance(self._target_returns, self._reference_returns)


class CorrelationType(LeanEnum):
    """Of values or of ranks."""

    PEARSON = 0
    SPEARMAN = 1


class Correlation(DualSymbolIndicator):
    """The correlation of the closes of target and reference."""

    title = "Correlation({period})"

    def __init__(
        self,
        name: str,
        target_symbol: Symbol,
        reference_symbol: Symbol,
        period: int,
        correlation_type: CorrelationType = CorrelationType.PEARSON,
    ) -> None:
        if period < 2:
            raise ArgumentException(
                f"Period parameter for Correlation indicator must be greater than 2 but was {period}"
            )
        self._correlation_type = correlation_type
        super().__init__(name, target_symbol, reference_symbol, period)

    def _compute_indicator(self) -> float:
        a = [bar.close for bar in self._target_points]
        b = [bar.close for bar in self._reference_points]
        if self._correlation_type is CorrelationType.SPEARMAN:
            a, b = _ranks(a), _ranks(b)
        n = len(a)
        if n < 2:
            return 0.0
        mean_a, mean_b = math.fsum(a) / n, math.fsum(b) / n
        covariance = math.fsum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
        spread = math.sqrt(math.fsum((x - mean_a) ** 2 for x in a) * math.fsum((y - mean_b) ** 2 for y in b))
        return safe_divide(covariance, spread)


def _ranks(values: list[float]) -> list[float]:
    """The ranks of values, equal ones sharing their mean rank."""
    ordered = sorted(values)
    places: dict[float, list[int]] = {}
    for place, value in enumerate(ordered):
        places.setdefault(value, []).append(place)
    return [sum(places[value]) / len(places[value]) for value in values]


def interest_rate(model: Any, time: datetime) -> float:
    """The risk-free rate: a number, or what a model's `get_interest_rate` says."""
    return float(model) if isinstance(model, (int, float)) else float(model.get_interest_rate(time))


class Alpha(BarIndicator):
    """Jensen's alpha: what the target earned beyond its beta's share (`Indicators/Alpha.cs`)."""

    title = "ALPHA({target_symbol},{reference_symbol},{alpha_period},{beta_period})"

    def __init__(
        self,
        name: str,
        target_symbol: Symbol,
        reference_symbol: Symbol,
        alpha_period: int,
        beta_period: int | None = None,
        risk_free_rate: object = 0.0,
    ) -> None:
        beta_period = alpha_period if beta_period is None else beta_period
        if target_symbol == reference_symbol:
            raise ArgumentException("The target and reference symbols cannot be the same.")
        if alpha_period < 1:
            raise ArgumentException("The period must be equal or greater than 1.")
        if beta_period < 2:
            raise ArgumentException("The beta period must be equal or greater than 2.")
        self._target, self._reference = target_symbol, reference_symbol
        self._alpha_period = alpha_period
        self._risk_free_rate = risk_free_rate or 0.0
        self._target_roc = RateOfChange(f"{name}_TargetROC", alpha_period)
        self._reference_roc = RateOfChange(f"{name}_ReferenceROC", alpha_period)
        self._beta = Beta(f"{name}_Beta", target_symbol, reference_symbol, beta_period)
        self.warm_up_period = max(alpha_period, beta_period) + 1
        super().__init__(name)

    def _start(self) -> None:
        self._alpha = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether beta and both returns are."""
        return self._target_roc.is_ready and self._beta.is_ready and self._reference_roc.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        if data.symbol == self._target:
            self._target_roc.feed(data.end_time, data.close)
        elif data.symbol == self._reference:
            self._reference_roc.feed(data.end_time, data.close)
        else:
            raise ArgumentException(f"The input symbol {data.symbol} is not the target or reference symbol.")
        self._beta.push(data)
        if self._target_roc.samples == self._reference_roc.samples:
            self._alpha = self._compute() if self.is_ready else 0.0
        return self._alpha

    def _compute(self) -> float:
        target = self._target_roc.current.value / self._alpha_period
        reference = self._reference_roc.current.value / self._alpha_period
        free = interest_rate(self._risk_free_rate, self._target_roc.current.end_time)
        return target - (free + self._beta.current.value * (reference - free))
