"""What the readers return: a file's content as numpy columns, one object a file.

All columns of one object have the same length. `time` is `datetime64[us]`, naive, in the market's **data time zone**
(the market-hours database says which), and is the *start* of a bar's period. Prices are float64 in units of the quote
currency, already divided by LEAN's price scale (10000 for equities and their options), each the nearest double to the
file's number, so that its 15 significant digits give the exact decimal back. `.tolist()` on a column is the fast way
to Python objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["OpenInterestColumns", "QuoteBarColumns", "QuoteTickColumns", "Times", "TradeBarColumns", "TradeTickColumns"]

Times = NDArray[np.datetime64]
Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
Flags = NDArray[np.bool_]


class _Columns:
    """Length and slicing, shared by every kind of columns."""

    __slots__: tuple[str, ...] = ()
    time: Times

    def __len__(self) -> int:
        return len(self.time)

    def part(self, chosen: slice | NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """The chosen rows, as the same kind of columns (views when `chosen` is a slice)."""
        return type(self)(*[getattr(self, column)[chosen] for column in self.__slots__])

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Rows of several one after the other; at least one of them."""
        return cls(*[np.concatenate([getattr(part, column) for part in parts]) for column in cls.__slots__])


@dataclass(slots=True)
class TradeBarColumns(_Columns):
    """Trade bars; volume in shares, contracts or coins."""

    time: Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats


@dataclass(slots=True)
class QuoteBarColumns(_Columns):
    """Quote bars; a side whose four prices are all 0 is absent in the file (LEAN: the bar's Bid or Ask is null)."""

    time: Times
    bid_open: Floats
    bid_high: Floats
    bid_low: Floats
    bid_close: Floats
    bid_size: Floats
    ask_open: Floats
    ask_high: Floats
    ask_low: Floats
    ask_close: Floats
    ask_size: Floats


@dataclass(slots=True)
class TradeTickColumns(_Columns):
    """Trades; `exchange` is the file's code, `sale_condition` its hexadecimal text, both '' where the file has none."""

    time: Times
    price: Floats
    quantity: Floats
    exchange: Texts
    sale_condition: Texts
    suspicious: Flags


@dataclass(slots=True)
class QuoteTickColumns(_Columns):
    """Quotes; a price of 0 means that the tick does not tell that side."""

    time: Times
    bid_price: Floats
    bid_size: Floats
    ask_price: Floats
    ask_size: Floats
    exchange: Texts
    sale_condition: Texts
    suspicious: Flags


@dataclass(slots=True)
class OpenInterestColumns(_Columns):
    """Open interest in contracts."""

    time: Times
    value: Floats
