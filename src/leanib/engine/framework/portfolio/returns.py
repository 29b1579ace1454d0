"""Returns of securities side by side (`Algorithm.Framework/Portfolio/ReturnsSymbolData.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from leanib.engine.framework.past import past_points
from leanib.engine.indicators import IndicatorDataPoint, RateOfChange, RollingWindow
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["ReturnsSymbolData", "form_returns_matrix", "warm_up_returns"]


class ReturnsSymbolData(LeanObject):
    """A security's last returns."""

    def __init__(self, symbol: Symbol, lookback: int, period: int) -> None:
        self.symbol = symbol
        self.roc = RateOfChange(f"{symbol}.ROC({lookback})", lookback)
        self.roc.updated += self._on_update
        self.window: RollingWindow[IndicatorDataPoint] = RollingWindow(period)

    def _on_update(self, roc: RateOfChange, point: IndicatorDataPoint) -> None:
        if roc.is_ready:
            self._take(point)

    def _take(self, point: IndicatorDataPoint) -> None:
        if self.window.samples == 0 or self.window[0].end_time != point.end_time:
            self.window.add(point)

    def add(self, time: datetime, value: float) -> None:
        """Take in a return."""
        self._take(IndicatorDataPoint.of(self.symbol, time, value))

    def update(self, time: datetime, value: float) -> bool:
        """Take in a price."""
        return self.roc.feed(time, value)

    @property
    def returns(self) -> dict[datetime, float]:
        """The returns by time, the newest first."""
        return {point.end_time: point.value for point in self.window}

    def reset(self) -> None:
        """Forget the returns."""
        self.roc.updated -= self._on_update
        self.roc.reset()
        self.window.reset()


def form_returns_matrix(data: dict[Symbol, ReturnsSymbolData], symbols: Iterable[Symbol]) -> Any:
    """A row for each time, a column for each symbol; by position when the symbols' times differ."""
    columns = [data[symbol].returns for symbol in symbols if symbol in data]
    times = list(dict.fromkeys(time for column in columns for time in column))
    longest = max((len(own.returns) for own in data.values()), default=0)
    if longest == len(times):
        rows = [[column.get(time, np.nan) for column in columns] for time in times]
    else:
        values = [list(column.values()) for column in columns]
        rows = [[column[i] if i < len(column) else np.nan for column in values] for i in range(longest)]
    table = np.array(rows, dtype=float).reshape(len(rows), len(columns))
    totals = np.abs(table).sum(axis=1)
    return table[np.isfinite(totals) & (totals != 0)]


def warm_up_returns(
    algorithm: QCAlgorithm,
    data: dict[Symbol, ReturnsSymbolData],
    added: Iterable[Any],
    bars: int,
    resolution: Resolution,
) -> None:
    """Feed the prices of the past."""
    for point in past_points(algorithm, [security.symbol for security in added], bars, resolution):
        own = data.get(point.symbol)
        if own is not None:
            own.update(point.end_time, point.value)
