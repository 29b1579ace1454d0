"""Days against the calendar, against one another, and against the factor file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

import numpy as np

from leanib.data.check.problem import Problem
from leanib.data.columns import TradeBarColumns
from leanib.data.corporate import read_factor_file
from leanib.data.market_hours import MarketHoursEntry
from leanib.data.paths import factor_file_path
from leanib.data.series_files import Columns
from leanib.data.sources import Series
from leanib.errors import DataError

__all__ = ["missing_days", "short_days", "splits"]

_NAMED = 3
_LEAST_DAYS, _FULL, _SHORT = 5, 0.8, 0.5
_RATIOS = (2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 1.5)
_NEAR = 0.04


def missing_days(where: str, dates: list[dt.date], entry: MarketHoursEntry | None) -> Iterator[Problem]:
    """Trading days between the first and the last date for which there is nothing."""
    if entry is None or len(dates) < 2:
        return
    present = set(dates)
    span = (dates[0] + dt.timedelta(days=number) for number in range((dates[-1] - dates[0]).days))
    missing = [day for day in span if day.weekday() < 5 and day not in present and entry.is_trading_day(day)]
    if missing:
        days = f"{len(missing)} trading day{'s' if len(missing) > 1 else ''}"
        yield Problem(f"{where}: no data on {days}: {_named(missing)}", is_error=False)


def short_days(
    where: str, series: Series, counts: dict[dt.date, int], entry: MarketHoursEntry | None
) -> Iterator[Problem]:
    """Days of minutes and hours with less than half of what such days have, of a series that has every bar."""
    minutes = {"minute": 1, "hour": 60}.get(series.resolution)
    if entry is None or minutes is None or len(counts) < _LEAST_DAYS or series.kind not in {"equity", "index"}:
        return
    usual = median(counts.values())
    if usual < _FULL * _regular_minutes(entry) / minutes:
        return
    short = [day for day, rows in sorted(counts.items()) if rows < _SHORT * usual and day not in entry.early_closes]
    if short:
        rows = f"{counts[short[0]]:,} bars on {short[0]}" if len(short) == 1 else f"on {len(short)} days"
        text = f"{where}: less than half of its usual {usual:g} bars a day {rows}: {_named(short)}"
        yield Problem(text, is_error=False)


def _regular_minutes(entry: MarketHoursEntry) -> float:
    parts = [part for part in entry.days[0] if part.state == "market"]
    return sum((part.end - part.start).total_seconds() for part in parts) / 60


def splits(
    root: Path, series: Series, columns: Columns, owners: Mapping[tuple[str, str], str]
) -> Iterator[Problem]:
    """Steps of a stock's daily closes that look like a split of which the factor file does not know.

    `owners`: see `leanib.data.check.tables.former_names`.
    """
    if series.kind != "equity" or series.resolution != "daily" or not isinstance(columns, TradeBarColumns):
        return
    before, opens = columns.close[:-1], columns.open[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.maximum(before / opens, opens / before)
    suspects = [
        (number, ratio)
        for number in np.flatnonzero(steps > 1.4).tolist()
        for ratio in _RATIOS
        if abs(steps[number] / ratio - 1) < _NEAR
    ]
    if not suspects:
        return
    owner = owners.get((series.market, series.ticker), series.ticker)
    path = factor_file_path(root, series.market, owner)
    try:
        known = {row.date for row in read_factor_file(path)} if path.is_file() else set()
    except DataError:
        return  # told as a table
    for number, ratio in suspects:
        day, next_day = (columns.time[at].astype("datetime64[D]").item() for at in (number, number + 1))
        if day not in known:
            how = f"{ratio:g} for 1" if before[number] > opens[number] else f"1 for {ratio:g}"
            where = f"{series.kind}/{series.market}/{series.resolution}/{series.ticker}"
            text = f"{where}: prices step on {next_day} as in a split of {how}, of which {path} has nothing"
            yield Problem(text, is_error=False)


def _named(days: list[dt.date]) -> str:
    return ", ".join(str(day) for day in days[:_NAMED]) + (" ..." if len(days) > _NAMED else "")
