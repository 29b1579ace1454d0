"""Bars of a history as a pandas frame straight from columns: what `frames` makes of slices, with no bar made.

From `Common/Python/PandasData.cs`: index symbol and time, columns in alphabetical order; a column of a symbol that says
nothing but 0 is left out. A trade bar and a quote bar of one moment share a row, and the trade's prices win.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leanib.engine.market.pandas_keys import teach_pandas
from leanib.engine.numbers import middle
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FRAME_LEVELS", "QUOTES", "TRADES", "PastBars", "frame_of_bars"]

TRADES = ("open", "high", "low", "close", "volume")
QUOTES = tuple(f"{side}_{name}" for side in ("bid", "ask") for name in ("open", "high", "low", "close", "size"))

FRAME_LEVELS = 2
"""So many levels the index has: of kinds of security whose frames have more, slices make the frame."""

_PRICES = TRADES[:4]
_NAMES = ["symbol", "time"]
_TIME = np.dtype("datetime64[us]")

Times = NDArray[np.datetime64]
Floats = NDArray[np.float64]
_Table = tuple[Symbol, Times, dict[str, Floats]]


class PastBars:
    """The bars of one stream.

    Attributes:
        symbol: whose they are, as the first bar has it.
        is_trade: whether they are trade bars, as against quote bars.
        known: when each was known, in UTC.
        ends: when each ended, in the exchange's zone.
        values: the columns by name, `TRADES` or `QUOTES`; a side of a quote that is not there is all zeros.
    """

    __slots__ = ("ends", "is_trade", "known", "symbol", "values")

    def __init__(self, symbol: Symbol, is_trade: bool) -> None:
        self.symbol = symbol
        self.is_trade = is_trade
        self.known: Times = np.empty(0, _TIME)
        self.ends: Times = np.empty(0, _TIME)
        self.values: dict[str, Floats] = {name: np.empty(0) for name in self.names}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return TRADES if self.is_trade else QUOTES

    def __len__(self) -> int:
        return len(self.known)


def frame_of_bars(found: Sequence[PastBars]) -> pd.DataFrame:
    """The bars of a history's streams, at most one of trades and one of quotes for each symbol."""
    import pandas as pd

    teach_pandas()
    symbols: dict[Symbol, list[PastBars]] = {}
    for bars in sorted(filter(len, found), key=_first_known):  # as slices would have brought them
        symbols.setdefault(bars.symbol, []).append(bars)
    tables = [(symbol, *_rows(bars)) for symbol, bars in symbols.items()]
    tables = [(symbol, times, columns) for symbol, times, columns in tables if columns]
    if not tables:
        return pd.DataFrame()
    names = sorted({name for _, _, columns in tables for name in columns})
    rows = np.full((len(names), sum(len(times) for _, times, _ in tables)), np.nan)
    start = 0
    for _, times, columns in tables:
        stop = start + len(times)
        for place, name in enumerate(names):
            if name in columns:
                rows[place, start:stop] = columns[name]
        start = stop
    return pd.DataFrame(rows.T, _index(tables), names)


def _first_known(bars: PastBars) -> Any:
    return bars.known[0]


def _rows(bars: list[PastBars]) -> tuple[Times, dict[str, Floats]]:
    """A symbol's rows: their times, and the columns that say something."""
    trades = next((one for one in bars if one.is_trade), None)
    quotes = next((one for one in bars if not one.is_trade), None)
    if quotes is None:
        assert trades is not None
        chosen = _last_of_each(trades.known)
        columns = {name: values[chosen] for name, values in trades.values.items()}
        times = trades.ends[chosen]
    else:
        times, columns = _with_quotes(trades, quotes)
    return times, {name: values for name, values in columns.items() if _says_something(values)}


def _last_of_each(known: Times) -> slice | NDArray[np.bool_]:
    """The last of bars that are known together, or before one that came earlier in the stream."""
    in_order = known[1:] > known[:-1]
    if in_order.all():
        return slice(None)
    latest = np.maximum.accumulate(known)
    return np.concatenate((latest[1:] > latest[:-1], [True]))


def _says_something(values: Floats) -> bool:
    first = values[0]
    return bool(first * first > 0) or bool(((values != 0) & (values == values)).any())


def _with_quotes(trades: PastBars | None, quotes: PastBars) -> tuple[Times, dict[str, Floats]]:
    """Quotes, and where there are any the trades of the same moments."""
    chosen = _last_of_each(quotes.known)
    at_quotes, times = np.maximum.accumulate(quotes.known)[chosen], quotes.ends[chosen]
    values = {name: column[chosen] for name, column in quotes.values.items()}
    sides = _sides(values)
    if trades is None:
        return times, _middles(values, sides) | _quote_columns(values, sides)
    taken = _last_of_each(trades.known)
    at_trades = np.maximum.accumulate(trades.known)[taken]
    bars = {name: column[taken] for name, column in trades.values.items()}
    if np.array_equal(at_trades, at_quotes):
        return trades.ends[taken], _quote_columns(values, sides) | bars
    known = np.union1d(at_trades, at_quotes)
    trade_rows, quote_rows = np.searchsorted(known, at_trades), np.searchsorted(known, at_quotes)
    ends = np.empty(len(known), _TIME)
    ends[quote_rows], ends[trade_rows] = times, trades.ends[taken]
    columns = {name: _spread(column, quote_rows, len(known)) for name, column in _quote_columns(values, sides).items()}
    columns["volume"] = _spread(bars["volume"], trade_rows, len(known))
    lone = ~np.isin(at_quotes, at_trades)
    lonely = {name: column[lone] for name, column in values.items()}
    middles = _middles(lonely, {name: there[lone] for name, there in sides.items()})
    for name in _PRICES:
        columns[name] = _spread(bars[name], trade_rows, len(known))
        columns[name][quote_rows[lone]] = middles[name]
    return ends, columns


def _spread(values: Floats, rows: NDArray[np.intp], count: int) -> Floats:
    spread = np.full(count, np.nan)
    spread[rows] = values
    return spread


def _sides(values: dict[str, Floats]) -> dict[str, NDArray[np.bool_]]:
    """Where there is a bid, and where an ask."""
    return {side: _any_there([values[f"{side}_{name}"] for name in _PRICES]) for side in ("bid", "ask")}


def _any_there(columns: list[Floats]) -> NDArray[np.bool_]:
    there = np.asarray(np.not_equal(columns, 0.0), np.bool_)  # of objects it has objects too
    some: NDArray[np.bool_] = np.logical_or.reduce(there)
    return some


def _quote_columns(values: dict[str, Floats], sides: dict[str, NDArray[np.bool_]]) -> dict[str, Floats]:
    columns = {}
    for side, there in sides.items():
        columns[f"{side}size"] = values[f"{side}_size"]
        for name in _PRICES:
            prices = values[f"{side}_{name}"]
            columns[f"{side}{name}"] = prices if there.all() else np.where(there, prices, np.nan)
    return columns


def _middles(values: dict[str, Floats], sides: dict[str, NDArray[np.bool_]]) -> dict[str, Floats]:
    """The prices of quote bars: the middle of both sides, or the one that there is."""
    both = (sides["bid"] & sides["ask"]).tolist()
    found = {}
    for name in _PRICES:
        rows = zip(values[f"bid_{name}"].tolist(), values[f"ask_{name}"].tolist(), both, strict=True)
        found[name] = np.array([middle(bid, ask) if two else bid + ask for bid, ask, two in rows], np.float64)
    return found


def _index(tables: list[_Table]) -> pd.MultiIndex:
    """Symbol and time, with the levels that pandas makes of them."""
    import pandas as pd

    symbols, counts = [symbol for symbol, _, _ in tables], [len(times) for _, times, _ in tables]
    if len({symbol.value.upper() for symbol in symbols}) < len(symbols):  # whose order pandas has to say
        owners = [symbol for symbol, count in zip(symbols, counts, strict=True) for _ in range(count)]
        return pd.MultiIndex.from_arrays([owners, np.concatenate([times for _, times, _ in tables])], names=_NAMES)
    times = np.concatenate([times for _, times, _ in tables]) if len(tables) > 1 else tables[0][1]
    moments, place = times, np.arange(len(times))
    if not (times[1:] > times[:-1]).all():
        moments, place = np.unique(times, return_inverse=True)
    ordered = sorted(range(len(symbols)), key=symbols.__getitem__)
    ranks = np.empty(len(symbols), np.intp)
    ranks[ordered] = np.arange(len(symbols))
    levels: Any = [pd.Index([symbols[one] for one in ordered], dtype=object), pd.DatetimeIndex(moments.astype(_unit()))]
    codes: Any = [np.repeat(ranks, counts), place]
    return pd.MultiIndex(levels, codes, names=_NAMES, verify_integrity=False)


@cache
def _unit() -> np.dtype[np.datetime64]:
    """What pandas makes of datetimes, which depends on its version."""
    import pandas as pd

    return np.dtype(pd.DatetimeIndex([datetime(2000, 1, 1)]).values.dtype)
