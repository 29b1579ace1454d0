"""Past data for models (`SliceExtensions.PushThrough`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from leanib.engine.market import QuoteBar, Slice, TradeBar
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["past_points", "points_of"]


def points_of(slice: Slice, kind: type | None = None) -> list[Any]:
    """The trade bars of a slice, its quote bars, or of whatever there is the last one of each symbol."""
    if kind is TradeBar:
        return list(slice.bars.values())
    if kind is QuoteBar:
        return list(slice.quote_bars.values())
    points = (slice[symbol] for symbol in slice.keys())  # noqa: SIM118 a slice iterates over pairs
    return [point[-1] if isinstance(point, list) else point for point in points]


def past_points(
    algorithm: QCAlgorithm, symbols: Iterable[Symbol], periods: int, resolution: Resolution | None
) -> Iterator[Any]:
    """The data points of so many bars before now."""
    for each in algorithm._qc_past_slices(list(symbols), periods, resolution):
        yield from points_of(each)
