"""Insights, their collections, and targets."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from leanib.engine.framework import (
    Insight,
    InsightCollection,
    InsightDirection,
    InsightManager,
    InsightType,
    PortfolioTarget,
    PortfolioTargetCollection,
)
from leanib.engine.symbols import Market, SecurityType, Symbol

NOW = datetime(2020, 6, 1, 14)
HOUR = timedelta(hours=1)


def _symbol(ticker: str) -> Symbol:
    return Symbol.create(ticker, SecurityType.EQUITY, Market.USA)


def _insight(ticker: str, at: datetime = NOW, hours: int = 1, up: bool = True) -> Insight:
    direction = InsightDirection.UP if up else InsightDirection.DOWN
    insight = Insight.price(_symbol(ticker), hours * HOUR, direction)
    insight.generated_time_utc, insight.close_time_utc = at, at + hours * HOUR
    return insight


def test_what_an_insight_says() -> None:
    """`Insight.price` takes LEAN's parameters in LEAN's order, and the names that LEAN's Python gives."""
    insight: Any = Insight.price(_symbol("SPY"), HOUR, InsightDirection.DOWN, 0.01, 0.5, "mine", 0.25, "why")
    assert (insight.type, insight.direction, insight.period) == (InsightType.PRICE, InsightDirection.DOWN, HOUR)
    assert (insight.magnitude, insight.confidence, insight.weight) == (0.01, 0.5, 0.25)
    assert (insight.source_model, insight.tag) == ("mine", "why")
    assert insight.Symbol.value == "SPY"


def test_an_insight_ends() -> None:
    """Active until its close, expired after it, and ended by hand."""
    insight = _insight("SPY")
    assert insight.is_active(NOW + HOUR)
    assert insight.is_expired(NOW + HOUR + timedelta(seconds=1))
    insight.expire(NOW + HOUR / 2)
    assert insight.is_expired(NOW + HOUR / 2)


def test_a_group_shares_an_identifier() -> None:
    """An insight belongs to one group only."""
    first, second = _insight("SPY"), _insight("IBM")
    group = Insight.group([first, second])
    assert group[0].group_id == group[1].group_id is not None
    with pytest.raises(Exception, match="group"):
        Insight.group([first])


def test_a_copy_is_equal_but_apart() -> None:
    """Changing the clone leaves the original."""
    insight = _insight("SPY")
    twin = insight.clone()
    twin.tag = "changed"
    assert (twin.id, insight.tag) == (insight.id, "")


def test_a_collection_knows_who_is_active() -> None:
    """By symbol and by time; expired ones can be taken out."""
    collection = InsightCollection()
    short, long = _insight("SPY"), _insight("IBM", hours=5)
    collection.add_range([short, long])
    later = NOW + 2 * HOUR
    assert list(collection.get_active_insights(later)) == [long]
    assert collection.has_active_insights(_symbol("IBM"), later)
    assert not collection.has_active_insights(_symbol("SPY"), later)
    assert list(collection.remove_expired_insights(later)) == [short]
    assert len(collection) == 1


def test_a_manager_cancels() -> None:
    """Cancelled insights end one second ago; expired ones are left alone."""
    algorithm = SimpleNamespace(utc_time=NOW)
    manager = InsightManager(algorithm)
    insight = _insight("SPY", NOW - HOUR / 2)
    manager.add(insight)
    manager.cancel([_symbol("SPY")])
    assert insight.is_expired(NOW)


def test_targets_by_symbol() -> None:
    """The last target of a symbol counts; a symbol can be taken out."""
    targets = PortfolioTargetCollection()
    targets.add(PortfolioTarget(_symbol("SPY"), 5))
    targets.add(PortfolioTarget(_symbol("SPY"), 7))
    assert (targets.count, targets[_symbol("SPY")].quantity) == (1, 7)
    targets.remove(_symbol("SPY"))
    assert targets.is_empty
