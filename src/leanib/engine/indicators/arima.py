"""The ARIMA model (`Indicators/{TimeSeriesIndicator,AutoRegressiveIntegratedMovingAverage}.cs`)."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.base import Indicator
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.rolling_window import RollingWindow

__all__ = ["AutoRegressiveIntegratedMovingAverage"]

_log = logging.getLogger(__name__)

Array = Any


def difference(order: int, series: Array) -> tuple[Array, list[float]]:
    """A series (newest first) differenced `order` times, and the oldest value that each step lost."""
    heads = []
    for _ in range(order):
        heads.append(float(series[-1]))
        series = series[:-1] - series[1:]
    return series, heads


def undo_difference(series: Array, heads: list[float]) -> Array:
    """The inverse of `difference`, with LEAN's order of the lost values."""
    for head in heads:
        series = np.cumsum(np.append(series, head)[::-1])[::-1]
    return series


def lagged(order: int, series: Array) -> Array:
    """Row t holds the `order` values before value t."""
    return np.array([[series[t - j] for j in range(1, order + 1)] for t in range(order, len(series))])


class AutoRegressiveIntegratedMovingAverage(Indicator):
    """A forecast by ARIMA(p, d, q), fitted in two steps over the last `period` values."""

    title = "ARIMA(({ar_order}, {diff_order}, {ma_order}), {period}, {intercept})"

    def __init__(
        self, name: str, ar_order: int, diff_order: int, ma_order: int, period: int, intercept: bool = True
    ) -> None:
        if ar_order < 0 or ma_order < 0:
            raise ArgumentException("AR/MA orders cannot be negative.")
        if ar_order == 0:
            raise ArgumentException(
                "ar_order (p) must be greater than zero for all currently available fitting methods."
            )
        if period < max(ar_order, ma_order):
            raise ArgumentException("Period must exceed both ar_order and ma_order")
        self._ar_order, self._diff_order, self._ma_order = ar_order, diff_order, ma_order
        self._with_intercept = intercept
        self._values: RollingWindow[float] = RollingWindow(period)
        self.warm_up_period = period
        super().__init__(name)

    def _start(self) -> None:
        self.ar_parameters: Array = None
        self.ma_parameters: Array = None
        self.intercept = 0.0
        self.ar_residual_error = self.ma_residual_error = 0.0
        self._residuals: Array = None
        self._said_singular = False

    @property
    def is_ready(self) -> bool:
        """Whether the window is full."""
        return self._values.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        self._values.add(data.value)
        if not self._values.is_ready:
            return 0.0
        series, heads = difference(self._diff_order, np.array(list(self._values)))
        self._fit(series)
        forecast = float(self.ar_parameters @ series[: self._ar_order]) + self.intercept
        if self._ma_order:
            start = self._ma_order + 1
            forecast += float(self.ma_parameters @ self._residuals[start : start + self._ma_order])
        return float(undo_difference(np.insert(series, 0, forecast), heads)[0])

    def _fit(self, series: Array) -> None:
        p, q = self._ar_order, self._ma_order
        lags = lagged(p, series)
        fits = self._least_squares(lags, series[p:])
        errors = series[p:] - lags @ fits
        self._residuals = np.concatenate([np.zeros(p), errors])
        self.ar_residual_error = float(errors @ errors) / (len(series) - p - 1)
        if not q:
            self.ar_parameters = fits
            return
        moving = lagged(q, self._residuals)
        rows = np.hstack([lags[: len(moving)], moving])
        if self._with_intercept:
            rows = np.hstack([np.ones((len(rows), 1)), rows])
        fits = self._least_squares(rows, series[q:])
        errors = series[q:] - rows @ fits
        if self._with_intercept:
            errors += fits[0]
            self.intercept, fits = float(fits[0]), fits[1:]
        self.ma_residual_error = float(errors @ errors) / (len(series) - max(p, q) - 1)
        self.ar_parameters, self.ma_parameters = fits[:p], fits[p:]

    def _least_squares(self, rows: Array, values: Array) -> Array:
        """By the normal equations; zeros when they have no solution."""
        try:
            return np.linalg.solve(rows.T @ rows, rows.T @ values)
        except np.linalg.LinAlgError:
            if not self._said_singular:
                self._said_singular = True
                _log.error("%s: the normal equations have no solution.", self.name)
            return np.zeros(rows.shape[1])
