"""Insights over a restart: what an algorithm predicted, and what is not over yet, is there again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from leanib.engine.framework.enums import InsightDirection, InsightType
from leanib.engine.framework.insight import Insight
from leanib.engine.live.state import RunState
from leanib.engine.symbols import SecurityIdentifier, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["KeptInsights"]

_EPOCH = datetime(1970, 1, 1)
_SECOND = timedelta(seconds=1)


class KeptInsights:
    """Writes the algorithm's active insights down and brings back those of the last run.

    Args:
        algorithm: Whose insights they are.
        state: Where they are written.
    """

    def __init__(self, algorithm: QCAlgorithm, state: RunState) -> None:
        self._algorithm = algorithm
        self._state = state
        self._waiting = [_insight(values) for values in json.loads(state.get("insights", "[]"))]
        self._written = state.get("insights", "[]")
        self._count = 0

    def restore(self) -> None:
        """Brings back what is not over, of securities that the algorithm has; of others as soon as it has them."""
        if not self._waiting:
            return
        algorithm, waiting = self._algorithm, []
        for insight in self._waiting:
            if not insight.is_active(algorithm.utc_time):
                continue
            if insight.symbol in algorithm.securities:
                algorithm.insights.add(insight)
            else:
                waiting.append(insight)
        self._waiting = waiting

    def keep(self, *, now: bool = False) -> None:
        """Writes the active ones, when there are new ones or `now`."""
        insights = self._algorithm.insights
        if not now and insights.total_count == self._count:
            return
        self._count = insights.total_count
        active = [*insights.get_active_insights(self._algorithm.utc_time), *self._waiting]
        text = json.dumps([_values(insight) for insight in active])
        if text != self._written:
            self._written = text
            self._state.set(insights=text)


def _values(insight: Insight) -> dict[str, Any]:
    return {
        "id": insight.id.hex,
        "group": None if insight.group_id is None else insight.group_id.hex,
        "sid": str(insight.symbol.id),
        "ticker": insight.symbol.value,
        "generated": (insight.generated_time_utc - _EPOCH) / _SECOND,
        "close": (insight.close_time_utc - _EPOCH) / _SECOND,
        "period": insight.period / _SECOND,
        "type": int(insight.type),
        "direction": int(insight.direction),
        "magnitude": insight.magnitude,
        "confidence": insight.confidence,
        "weight": insight.weight,
        "source": insight.source_model,
        "tag": insight.tag,
        "reference": float(insight.reference_value),
    }


def _insight(values: dict[str, Any]) -> Insight:
    symbol = Symbol(SecurityIdentifier.parse(values["sid"]), values["ticker"])
    insight = Insight(
        symbol, values["period"] * _SECOND, InsightType(values["type"]), InsightDirection(values["direction"]),
        values["magnitude"], values["confidence"], values["source"], values["weight"], values["tag"],
    )  # fmt: skip
    insight.id = UUID(hex=values["id"])
    insight.group_id = UUID(hex=values["group"]) if values["group"] else None
    insight.generated_time_utc = _EPOCH + values["generated"] * _SECOND
    insight.close_time_utc = _EPOCH + values["close"] * _SECOND
    insight.reference_value = values["reference"]
    return insight
