"""Insights are written as LEAN writes them."""

import json
from datetime import datetime, timedelta

from leanib.engine.framework import Insight, InsightDirection
from leanib.engine.results.insights_json import insights_json
from leanib.engine.symbols import Market, SecurityType, Symbol

NOON = datetime(2013, 10, 7, 12)


def test_an_insight_has_leans_members():
    """Times in seconds, numbers rounded to four decimals as text, the earlier insight first."""
    symbol = Symbol.create("EURUSD", SecurityType.FOREX, Market.OANDA)
    insights = []
    for hours in (1, 0):
        insight = Insight.price(symbol, timedelta(minutes=20), InsightDirection.UP, 0.025123, 0.5, "Mine")
        insight.generated_time_utc = NOON + timedelta(hours=hours)
        insight.close_time_utc = insight.generated_time_utc + insight.period
        insights.append(insight)
    first, second = json.loads(insights_json(insights))
    assert (first["createdTime"], second["createdTime"]) == (1381147200.0, 1381150800.0)
    assert first["symbol"] == str(symbol.id)
    assert (first["magnitude"], first["confidence"], first["direction"], first["period"]) == (
        "0.0251",
        "0.5",
        1,
        1200.0,
    )
