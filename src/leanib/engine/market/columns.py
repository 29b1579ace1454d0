"""The columns that a data point fills in a data frame (`Common/Python/PandasData.cs`, GetDataTypeMembers)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.market.bars import Bar, QuoteBar, TradeBar
from leanib.engine.market.base_data import BaseData
from leanib.engine.market.tick import OpenInterest, Tick
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import Symbol, TickType

if TYPE_CHECKING:
    from leanib.engine.custom import DynamicData

__all__ = ["columns_of", "is_collection"]

_Columns = Iterable[tuple[str, Any]]
_NO_BAR = Bar()
_NOT_COLUMNS = frozenset(
    """
    time end_time symbol value price data_type is_fill_forward period underlying id security_type
    """.split()  # noqa: SIM905 a list of names reads best as text
)


def columns_of(point: BaseData) -> _Columns:
    """Pairs of column name and value; a type may say them in `pandas_columns`, getters by column name."""
    kind = type(point)
    filler = _FILLERS.get(kind)
    if filler is None:
        filler = _FILLERS[kind] = _filler_for(kind)
    return filler(point)


def is_collection(point: BaseData) -> bool:
    """Whether a data point is a collection of data points: universe data, chains."""
    return isinstance(getattr(point, "data", None), list)


def _trade_bar(bar: TradeBar) -> _Columns:
    return (
        ("open", bar.open),
        ("high", bar.high),
        ("low", bar.low),
        ("close", bar.value),
        ("volume", bar.volume),
    )


def _quote_bar(quote: QuoteBar) -> _Columns:
    columns = [("open", quote.open), ("high", quote.high), ("low", quote.low), ("close", quote.close)]
    for side, bar, size in (("bid", quote.bid, quote.last_bid_size), ("ask", quote.ask, quote.last_ask_size)):
        columns.append((f"{side}size", size))
        if bar is not None:
            columns += [(f"{side}{name}", getattr(bar, name)) for name in ("open", "high", "low", "close")]
    return columns


def _tick(tick: Tick) -> _Columns:
    is_quote = tick.tick_type is TickType.QUOTE
    is_interest = tick.tick_type is TickType.OPEN_INTEREST
    return (
        ("quantity", tick.quantity),
        ("exchange", tick.exchange),
        ("suspicious", tick.suspicious),
        ("bidprice", tick.bid_price if is_quote else None),
        ("askprice", tick.ask_price if is_quote else None),
        ("bidsize", tick.bid_size if is_quote else None),
        ("asksize", tick.ask_size if is_quote else None),
        ("lastprice", None if is_interest else tick.value),
        ("openinterest", tick.value if is_interest else None),
    )


def _dynamic(point: DynamicData) -> Iterator[tuple[str, Any]]:
    yield "value", point.value
    for name, value in point.get_storage_dictionary().items():
        if name != "value" and name[:2] != "__":
            yield name, value


_FILLERS: dict[type, Callable[[Any], _Columns]] = {
    TradeBar: _trade_bar,
    QuoteBar: _quote_bar,
    Tick: _tick,
    OpenInterest: _tick,
}


def _filler_for(kind: type) -> Callable[[Any], _Columns]:
    if hasattr(kind, "get_storage_dictionary"):
        return _dynamic
    getters = getattr(kind, "pandas_columns", None)
    if getters is not None:
        return lambda point: [(name, get(point)) for name, get in getters.items()]
    names = _members(kind)
    if issubclass(kind, BaseData):
        names.setdefault("value", "value")
    return lambda point: _declared(point, names)


def _members(kind: type) -> dict[str, str]:
    """Public attributes and properties of a type and its bases below BaseData: column name to attribute."""
    names: dict[str, str] = {}
    for cls in reversed([c for c in kind.__mro__ if c not in BaseData.__mro__ and c is not object]):
        for name, value in vars(cls).items():
            if _is_column(name) and _is_data(value):
                names[name.replace("_", "")] = name
    return names


def _is_column(name: str) -> bool:
    return name[:1].islower() and name not in _NOT_COLUMNS and not name.endswith("_decimal")


def _is_data(value: object) -> bool:
    """Whether a class attribute is a slot or a property."""
    kind = type(value)
    return hasattr(kind, "__get__") and not callable(value) and kind not in (staticmethod, classmethod)


def _declared(point: BaseData, names: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for column, name in names.items():
        value = getattr(point, name)
        if _is_nested(value):
            yield from columns_of(value)
        else:
            yield column, value


def _is_nested(value: object) -> bool:
    """Whether an object's own members become the columns: greeks, bars."""
    if not isinstance(value, LeanNames) or isinstance(value, Symbol | str | int | datetime | dict | list):
        return False
    return not isinstance(value, BaseData)
