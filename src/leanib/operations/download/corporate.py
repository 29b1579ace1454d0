"""Splits and dividends of what IB sends: its prices have splits taken out; dividends show in its adjusted prices.

The user's own map and factor files stay as they are. A factor file of ours has split factor 1 throughout, since the
prices are split-adjusted as of the day of the download, and a price factor for each dividend.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from leanib.data.corporate import FactorRow, MapRow, read_factor_file, read_map_file, write_factor_file, write_map_file
from leanib.data.folder import NOTES, folder_lock
from leanib.data.paths import factor_file_path, map_file_path
from leanib.data.sources import Series
from leanib.errors import DataError
from leanib.files import write_text
from leanib.ib.history import HistoryBar

__all__ = ["check_factors", "dividend_rows", "write_corporate"]

END_OF_TIME = dt.date(2050, 12, 31)
_ROUNDED = 0.005
_ONE = Decimal(1)


@dataclass(frozen=True)
class _Segment:
    """Days between two dividends: the last one and its close; of all days the middle ratio of adjusted to traded."""

    last: dt.date
    close: float
    ratio: float


def check_factors(root: Path, series: Series, first: dt.date) -> None:
    """Refuses to mix IB's split-adjusted prices with a factor file that would adjust them once more.

    Raises:
        DataError: The user's factor file has a split after the first day.
    """
    path = factor_file_path(root, series.market, series.ticker)
    if series.kind != "equity" or not path.is_file() or _is_ours(root, path):
        return
    rows = read_factor_file(path)
    later = next((row for row in rows if row.date >= first), None)
    if later is not None and later.split_factor != 1:
        raise DataError(
            f"{path} has a split after {first}, and IB's prices have it taken out already: it would count twice; "
            "download into a folder of its own (--data-folder), or begin later"
        )


def write_corporate(
    root: Path, series: Series, first: dt.date, days: list[HistoryBar], adjusted: list[HistoryBar]
) -> str:
    """Writes a stock's map and factor file where there is none, or ours; what was done, in words.

    Args:
        root: The data folder.
        series: Any series of the stock.
        first: The first day that IB has, or that was asked for: from it on the stock has its name.
        days: Its days, split-adjusted, up to now.
        adjusted: The same with dividends taken out; none where IB gives none.

    Raises:
        DataError: The folder is locked by another program all the time.
        OSError: A file cannot be written.
    """
    names = map_file_path(root, series.market, series.ticker)
    factors = factor_file_path(root, series.market, series.ticker)
    ticker = series.ticker.upper()
    with folder_lock(root):
        if not names.is_file() or _is_ours(root, names):
            begin = min([first, *(row.date for row in read_map_file(names))]) if names.is_file() else first
            write_map_file(names, [MapRow(begin, ticker), MapRow(END_OF_TIME, ticker)])
            _remember(root, names)
        if factors.is_file() and not _is_ours(root, factors):
            return f"{ticker}: {factors} is your own and stays as it is"
        if factors.is_file():
            first = min([first, *(row.date for row in read_factor_file(factors))])
        rows = dividend_rows(first, days, adjusted)
        write_factor_file(factors, rows)
        _remember(root, factors)
    if not adjusted:
        return f"{ticker}: IB gave no adjusted prices: its dividends are not known, and its factor file has none"
    count = len(rows) - 2
    some = f"{count} dividend{'' if count == 1 else 's'}"
    return f"{ticker}: {some} since {first}, from IB's adjusted prices, in {factors}"


def dividend_rows(first: dt.date, days: list[HistoryBar], adjusted: list[HistoryBar]) -> list[FactorRow]:
    """LEAN's factor rows: on an ex-date the ratio of adjusted to traded price jumps by more than rounding explains."""
    rows = [FactorRow(END_OF_TIME, _ONE, _ONE)]
    segments = _segments(days, adjusted)
    for before, after in reversed(list(pairwise(segments))):
        close = Decimal(repr(before.close))
        left = (close - _dividend(before.close * (1 - before.ratio / after.ratio))) / close
        rows.append(FactorRow(before.last, rows[-1].price_factor * left, _ONE, close))
    begin = min(first, rows[-1].date)
    rows.append(FactorRow(begin, rows[-1].price_factor, _ONE, _ONE))
    return rows[::-1]


def _dividend(estimate: float) -> Decimal:
    """In whole cents where prices in cents do not tell it from that, else in hundredths of a cent."""
    cents = round(Decimal(repr(estimate)), 2)
    return cents if cents and abs(float(cents) - estimate) < _ROUNDED else round(Decimal(repr(estimate)), 4)


def _segments(days: list[HistoryBar], adjusted: list[HistoryBar]) -> list[_Segment]:
    by_day = {bar.start: bar.close for bar in adjusted}
    pairs = [(bar.start.date(), bar.close, by_day[bar.start]) for bar in days if bar.start in by_day and bar.close > 0]
    groups: list[list[tuple[dt.date, float, float]]] = []
    for pair in pairs:
        before = groups[-1][-1] if groups else None
        if before is None or _jumps(before, pair):
            groups.append([])
        groups[-1].append(pair)
    return [_Segment(group[-1][0], group[-1][1], _middle([a / c for _, c, a in group])) for group in groups]


def _jumps(before: tuple[dt.date, float, float], after: tuple[dt.date, float, float]) -> bool:
    """Whether the ratio rises by more than prices in whole cents can make it rise."""
    (_, close, adjusted), (_, next_close, next_adjusted) = before, after
    rounding = _ROUNDED * sum(1 / price for price in (close, adjusted, next_close, next_adjusted))
    return (next_adjusted / next_close) / (adjusted / close) - 1 > max(rounding, 1e-4)


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _note(root: Path, path: Path) -> Path:
    return root / NOTES / "corporate" / path.parent.name / f"{path.stem}.sha256"


def _is_ours(root: Path, path: Path) -> bool:
    """Whether the file is as a download wrote it, and nobody changed it since."""
    note = _note(root, path)
    return note.is_file() and note.read_text(encoding="utf-8").strip() == _hash(path)


def _remember(root: Path, path: Path) -> None:
    write_text(_note(root, path), _hash(path) + "\n")


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
