"""Dictionaries from symbol to data (`Common/Data/Market/DataDictionary.cs` and its subclasses)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from leanib.engine.dotnet.collections import List, PyList
from leanib.engine.dotnet.exceptions import KeyNotFoundException
from leanib.engine.market.bars import QuoteBar, TradeBar
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.events import Delisting, Dividend, MarginInterestRate, Split, SymbolChangedEvent
from leanib.engine.market.tick import Tick
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Symbol, SymbolCache

if TYPE_CHECKING:
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = [
    "DataDictionary",
    "Delistings",
    "Dividends",
    "FuturesChains",
    "KeyValuePair",
    "MarginInterestRates",
    "OptionChains",
    "QuoteBars",
    "Splits",
    "SymbolChangedEvents",
    "Ticks",
    "TradeBars",
    "no_data_text",
    "to_symbol",
]

T = TypeVar("T")


class KeyValuePair(NamedTuple):
    """What iterating over one of LEAN's dictionaries yields: unpacks, and has `key` and `value`."""

    key: Any
    value: Any

    @property
    def Key(self) -> Any:  # noqa: N802
        """LEAN's name."""
        return self.key

    @property
    def Value(self) -> Any:  # noqa: N802
        """LEAN's name."""
        return self.value


def to_symbol(key: object) -> Symbol | None:
    """The symbol that a symbol, a ticker, or anything that carries a symbol stands for."""
    if isinstance(key, Symbol):
        return key
    if isinstance(key, str):
        return SymbolCache.try_get_symbol(key)
    return getattr(key, "symbol", None)


def no_data_text(kind: str, key: object) -> str:
    """What LEAN says when there is no data for a symbol."""
    return (
        f"'{key}' wasn't found in the {kind} object, likely because there was no data at this moment in time and it "
        "wasn't possible to fillforward historical data. Please check the data exists before accessing it with "
        f'data.contains_key("{key}")'
    )


class DataDictionary(dict[Symbol, T], LeanObject, Generic[T]):
    """Data by symbol, also found by ticker; `time` is the slice's, in the algorithm's time zone.

    Iterating yields key-value pairs in the order of the symbols, as in LEAN.
    """

    is_made_often = True

    __slots__ = ("time",)

    def __init__(self, time: datetime = NO_TIME) -> None:
        self.time = time

    def __missing__(self, key: object) -> T:
        symbol = to_symbol(key)
        found = dict.get(self, symbol) if symbol is not None and symbol is not key else None
        if found is None:
            raise KeyNotFoundException(no_data_text(type(self).__name__, key))
        return found

    def __contains__(self, key: object) -> bool:
        return dict.__contains__(self, key if type(key) is Symbol else to_symbol(key))

    def __iter__(self) -> Iterator[Any]:
        return iter([KeyValuePair(symbol, dict.__getitem__(self, symbol)) for symbol in self._ordered()])

    def contains_key(self, key: object) -> bool:
        """Whether there is data for a symbol or ticker."""
        return key in self

    def get(self, key: object, default: object = None) -> Any:
        """The data of a symbol or ticker, or the default."""
        return super().get(key if type(key) is Symbol else to_symbol(key), default)  # type: ignore[arg-type]

    get_value = get

    def try_get_value(self, key: object, value: object = None) -> tuple[bool, T | None]:
        """Whether there is data, and the data."""
        found = self.get(key)
        return found is not None, found

    def add(self, key: Any, value: T | None = None) -> None:
        """Put data in, either with its symbol or alone."""
        self[key if value is not None else key.symbol] = value if value is not None else key

    def remove(self, key: AnySymbol) -> bool:
        """Take data out; says whether there was any."""
        symbol = to_symbol(key)
        return symbol is not None and super().pop(symbol, None) is not None

    def _ordered(self) -> list[Symbol]:
        return sorted(dict.keys(self)) if len(self) > 1 else list(dict.keys(self))

    def keys(self) -> Any:
        """The symbols, in order."""
        return PyList(self._ordered())

    def values(self) -> Any:
        """The data, in the order of the symbols."""
        return PyList([dict.__getitem__(self, symbol) for symbol in self._ordered()])

    def items(self) -> Any:
        """Pairs of symbol and data, in the order of the symbols."""
        return PyList(self)

    @property
    def count(self) -> int:
        """How many symbols there are."""
        return len(self)

    @property
    def Keys(self) -> List[Symbol]:  # noqa: N802
        """LEAN's property."""
        return List(self._ordered())

    @property
    def Values(self) -> List[T]:  # noqa: N802
        """LEAN's property."""
        return List(self.values())


class TradeBars(DataDictionary[TradeBar]):
    """Trade bars by symbol."""

    __slots__ = ()


class QuoteBars(DataDictionary[QuoteBar]):
    """Quote bars by symbol."""

    __slots__ = ()


class Ticks(DataDictionary[list[Tick]]):
    """Lists of ticks by symbol."""

    __slots__ = ()


class Splits(DataDictionary[Split]):
    """Splits by symbol."""

    __slots__ = ()


class Dividends(DataDictionary[Dividend]):
    """Dividends by symbol."""

    __slots__ = ()


class Delistings(DataDictionary[Delisting]):
    """Delistings by symbol."""

    __slots__ = ()


class SymbolChangedEvents(DataDictionary[SymbolChangedEvent]):
    """Changes of ticker by symbol."""

    __slots__ = ()


class MarginInterestRates(DataDictionary[MarginInterestRate]):
    """Funding rates by symbol."""

    __slots__ = ()


class OptionChains(DataDictionary[Any]):
    """Option chains by canonical symbol."""

    __slots__ = ()


class FuturesChains(DataDictionary[Any]):
    """Futures chains by canonical symbol."""

    __slots__ = ()
