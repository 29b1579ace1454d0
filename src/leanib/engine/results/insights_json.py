"""The insights of a run as LEAN writes them (`Alphas/Serialization/SerializedInsight.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.numbers import to_decimal
from leanib.engine.results.json_text import to_json
from leanib.engine.statistics.text import double_text, round_double

if TYPE_CHECKING:
    from leanib.engine.framework.insight import Insight

__all__ = ["insights_json"]

_EPOCH = datetime(1970, 1, 1)
_SECOND = timedelta(seconds=1)


def insights_json(insights: Iterable[Any]) -> str:
    """A list of insights, in order of their generation."""
    return to_json([_insight(insight) for insight in sorted(insights, key=lambda item: item.generated_time_utc)])


def _insight(insight: Insight) -> dict[str, Any]:
    created = (insight.generated_time_utc - _EPOCH) / _SECOND
    return {
        "id": insight.id.hex,
        "groupId": None if insight.group_id is None else insight.group_id.hex,
        "sourceModel": insight.source_model,
        "generatedTime": created,
        "createdTime": created,
        "closeTime": (insight.close_time_utc - _EPOCH) / _SECOND,
        "symbol": str(insight.symbol.id),
        "ticker": insight.symbol.value,
        "type": int(insight.type),
        "reference": to_decimal(insight.reference_value),
        "referenceValueFinal": to_decimal(insight.reference_value_final),
        "direction": int(insight.direction),
        "period": insight.period / _SECOND,
        "magnitude": _rounded(insight.magnitude),
        "confidence": _rounded(insight.confidence),
        "weight": insight.weight,
        "scoreIsFinal": insight.score.is_final_score,
        "scoreMagnitude": _rounded(insight.score.magnitude),
        "scoreDirection": _rounded(insight.score.direction),
        "estimatedValue": _rounded(insight.estimated_value),
        "tag": insight.tag,
    }


def _rounded(value: float | None) -> str | None:
    """LEAN writes these numbers as text with at most four decimals."""
    return None if value is None else double_text(round_double(float(value), 4))
