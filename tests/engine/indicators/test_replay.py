"""Every indicator: after reset the same data gives the same values, and it is ready in time."""

from __future__ import annotations

import inspect
import math
from typing import Any

import pytest

from leanib.engine import indicators
from leanib.engine.indicators import candlesticks
from leanib.engine.indicators.base import BarIndicator, Indicator, IndicatorBase, TradeBarIndicator, WindowIndicator
from leanib.engine.indicators.multi_symbol import MultiSymbolIndicator
from leanib.engine.market import TradeBar

BASES = (Indicator, BarIndicator, TradeBarIndicator, WindowIndicator, IndicatorBase)
OTHERS = (
    *("Composite", "Functional", "Python", "AdvanceDecline", "ArmsIndex", "NewHighs", "McClellan"),
    *("Option", "ImpliedVolatility", "Delta", "Gamma", "Vega", "Theta", "Rho"),
    *("RelativeVigorIndexS", "Alpha", "CandlestickPattern", "MarketProfile", "Reset", "Constant"),
)
"""Beginnings of the names of those that are abstract, made of others, or of several securities."""

PARAMETERS: dict[str, Any] = {
    "ar_order": 1,
    "diff_order": 0,
    "ma_order": 1,
    "fast_period": 3,
    "slow_period": 7,
    "confidence_level": 0.95,
    "roc1_period": 3,
    "roc2_period": 4,
    "roc3_period": 5,
    "roc4_period": 6,
    "min_period": 4,
    "full_period": 9,
    "tool": getattr(getattr(indicators, "SwissArmyKnifeTool", None), "GAUSS", None),
    "delta": 0.1,
}


def _kind(name: str) -> Any:
    return getattr(indicators if name in indicators.__all__ else candlesticks, name)


def _names() -> list[str]:
    found = []
    for name in (*indicators.__all__, *candlesticks.__all__):
        kind = _kind(name)
        ours = isinstance(kind, type) and issubclass(kind, IndicatorBase) and kind not in BASES
        if ours and not issubclass(kind, MultiSymbolIndicator) and not name.startswith(OTHERS):
            found.append(name)
    return found


def _make(name: str) -> Any:
    kind = _kind(name)
    given = {}
    for key, parameter in list(inspect.signature(kind.__init__).parameters.items())[1:]:
        if key == "name" or (parameter.default is not parameter.empty and key not in PARAMETERS):
            continue
        given[key] = PARAMETERS.get(key, 8 if "int" in str(parameter.annotation) else 2.0)
    return kind(name, **given)


def _run(indicator: Any, bars: list[TradeBar]) -> list[tuple[float, bool]]:
    values = []
    for bar in bars:
        if indicator.takes_points:
            indicator.update(bar.end_time, bar.close)
        else:
            indicator.update(bar)
        values.append((indicator.current.value, indicator.is_ready))
    return values


@pytest.mark.parametrize("name", _names())
def test_reset_and_replay(name: str, bars: list[TradeBar]) -> None:
    """Nothing of the first run is left after reset, and every value is a number."""
    indicator = _make(name)
    first = _run(indicator, bars)
    assert all(math.isfinite(value) for value, _ in first)
    assert indicator.samples == len(bars)
    indicator.reset()
    assert indicator.samples == 0
    assert not indicator.is_ready or indicator.warm_up_period in (0, None)
    assert _run(indicator, bars) == first


@pytest.mark.parametrize("name", _names())
def test_ready_after_the_warm_up(name: str, bars: list[TradeBar]) -> None:
    """An indicator that tells its warm-up period is ready no later than that."""
    indicator = _make(name)
    period = indicator.warm_up_period
    if not period or period > len(bars):
        pytest.skip("it does not tell, or it needs more than the series has")
    _run(indicator, bars[:period])
    assert indicator.is_ready
