"""One insight for ever (`Algorithm.Framework/Alphas/ConstantAlphaModel.cs`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.alphas.base import AlphaModel
from leanib.engine.framework.enums import InsightDirection, InsightType
from leanib.engine.framework.insight import Insight
from leanib.engine.statistics.text import time_span_text
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market import Slice
    from leanib.engine.market.universe import SecurityChanges

__all__ = ["ConstantAlphaModel"]


class ConstantAlphaModel(AlphaModel):
    """The same insight for every security, again and again when it has ended."""

    def __init__(
        self,
        type: InsightType,
        direction: InsightDirection,
        period: timedelta,
        magnitude: float | None = None,
        confidence: float | None = None,
        weight: float | None = None,
    ) -> None:
        self.type = type
        self.direction = direction
        self.period = period
        self.magnitude = magnitude
        self.confidence = confidence
        self.weight = weight
        self.securities: list[Any] = []
        self.insights_time_by_symbol: dict[Symbol, datetime] = {}
        extra = "".join(f",{value}" for value in (magnitude, confidence) if value is not None)
        self.name = f"ConstantAlphaModel({type.lean_name},{direction.lean_name},{time_span_text(period)}{extra})"

    def update(self, algorithm: QCAlgorithm, data: Slice) -> list[Insight]:
        """An insight for each security that has a price and no insight."""
        return [
            Insight(
                security.symbol,
                self.period,
                self.type,
                self.direction,
                self.magnitude,
                self.confidence,
                weight=self.weight,
            )
            for security in self.securities
            if security.price != 0 and self.should_emit_insight(base_of(algorithm).utc_time, security.symbol)
        ]

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Follow the securities."""
        self.securities.extend(changes.added_securities)
        for removed in changes.removed_securities:
            if removed in self.securities:
                self.securities.remove(removed)
            self.insights_time_by_symbol.pop(removed.symbol, None)

    def should_emit_insight(self, utc_time: datetime, symbol: Symbol) -> bool:
        """Whether the last insight has ended."""
        if symbol.is_canonical():
            return False
        last = self.insights_time_by_symbol.get(symbol)
        if last is not None and utc_time - last < self.period:
            return False
        self.insights_time_by_symbol[symbol] = utc_time
        return True
