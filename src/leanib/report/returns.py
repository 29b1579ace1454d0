"""Drawdowns, rolling figures and what else is made of the values at the end of each day."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leanib.report.periods import Day, daily_changes

__all__ = ["drawdown_table", "monthly_list", "rolling"]

_MOST_DRAWDOWNS = 10

Floats = NDArray[np.float64]


def monthly_list(calendar: Mapping[str, Any]) -> list[float]:
    """All months of `monthly_returns`, oldest first."""
    rows = [row[:12] for row in reversed(calendar["rows"])]
    return [value for row in rows for value in row if value is not None]


def drawdown_table(days: Sequence[Day]) -> list[dict[str, Any]]:
    """The deepest drawdowns of the daily closes: depth in percent, last day at the peak, trough, recovery, days.

    A drawdown that has not ended has no recovery; its days are counted to the last close.
    """
    found: list[dict[str, Any]] = []
    peak = trough = None
    for day in days:
        if peak is None or day.value >= peak.value:
            if peak is not None and trough is not None:
                found.append(_drawdown(peak, trough, day, recovered=True))
            peak, trough = day, None
        elif trough is None or day.value < trough.value:
            trough = day
    if peak is not None and trough is not None:
        found.append(_drawdown(peak, trough, days[-1], recovered=False))
    return sorted(found, key=lambda row: row["depth"])[:_MOST_DRAWDOWNS]


def _drawdown(peak: Day, trough: Day, last: Day, *, recovered: bool) -> dict[str, Any]:
    return {
        "depth": round((trough.value / peak.value - 1) * 100, 3) if peak.value > 0 else 0.0,
        "from": peak.date.isoformat(),
        "trough": trough.date.isoformat(),
        "to": last.date.isoformat() if recovered else None,
        "days": (last.date - peak.date).days,
    }


def rolling(days: Sequence[Day], benchmark: Sequence[Day], trading_days: int) -> dict[str, Any]:
    """Sharpe ratio (no risk-free rate), volatility in percent a year and beta, over half a year or a third of the run.

    Args:
        days: The strategy's daily closes.
        benchmark: The benchmark's; empty when there is none, and then there is no beta.
        trading_days: Of a year.
    """
    daily = daily_changes(days)
    window = max(min(trading_days // 2, len(daily) // 3), 5)
    if len(daily) < window:
        return {"window": window, "x": []}
    values = np.array([value for _, value in daily])
    mean, spread = _moments(values, window)
    with np.errstate(divide="ignore", invalid="ignore"):
        sharpe = np.where(spread > 1e-12, mean / spread * math.sqrt(trading_days), np.nan)
    result = {
        "window": window,
        "x": [time for time, _ in daily[window - 1 :]],
        "sharpe": _listed(sharpe),
        "volatility": _listed(spread * math.sqrt(trading_days) * 100),
    }
    others = dict(daily_changes(benchmark))
    if others:
        other = np.array([others.get(time, 0.0) for time, _ in daily])
        result["beta"] = _listed(_beta(values, other, window))
    return result


def _moments(values: Floats, window: int) -> tuple[Floats, Floats]:
    windows = np.lib.stride_tricks.sliding_window_view(values, window)
    return windows.mean(axis=1), windows.std(axis=1, ddof=1)


def _beta(values: Floats, benchmark: Floats, window: int) -> Floats:
    ours = np.lib.stride_tricks.sliding_window_view(values, window)
    theirs = np.lib.stride_tricks.sliding_window_view(benchmark, window)
    ours = ours - ours.mean(axis=1, keepdims=True)
    theirs = theirs - theirs.mean(axis=1, keepdims=True)
    variance = (theirs * theirs).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        beta: Floats = np.where(variance > 1e-18, (ours * theirs).sum(axis=1) / variance, np.nan)
    return beta


def _listed(values: Floats) -> list[float | None]:
    return [round(value, 4) if math.isfinite(value) else None for value in values.tolist()]
