"""All data of one moment (`Common/Data/Slice.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List, PyList
from leanib.engine.dotnet.exceptions import KeyNotFoundException
from leanib.engine.market.bars import QuoteBar, TradeBar
from leanib.engine.market.base_data import BaseData, MarketDataType
from leanib.engine.market.dictionary import (
    DataDictionary,
    Delistings,
    Dividends,
    FuturesChains,
    KeyValuePair,
    MarginInterestRates,
    OptionChains,
    QuoteBars,
    Splits,
    SymbolChangedEvents,
    Ticks,
    TradeBars,
    no_data_text,
    to_symbol,
)
from leanib.engine.market.events import Delisting, Dividend, MarginInterestRate, Split, SymbolChangedEvent
from leanib.engine.market.tick import OpenInterest, Tick
from leanib.engine.naming import LeanObject, also_named, names_of
from leanib.engine.symbols import Symbol, TickType

if TYPE_CHECKING:
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["Slice", "put_bars"]

_COLLECTIONS: dict[type, tuple[str, type]] = {
    TradeBar: ("bars", TradeBars),
    QuoteBar: ("quote_bars", QuoteBars),
    Split: ("splits", Splits),
    Dividend: ("dividends", Dividends),
    Delisting: ("delistings", Delistings),
    SymbolChangedEvent: ("symbol_changed_events", SymbolChangedEvents),
    MarginInterestRate: ("margin_interest_rates", MarginInterestRates),
}
_LAZY: dict[str, type] = {
    **dict(_COLLECTIONS.values()),
    "ticks": Ticks,
}
_CHAINS = ("option_chains", "futures_chains")
_AUXILIARY = {
    "splits": Splits(),
    "dividends": Dividends(),
    "delistings": Delistings(),
    "symbol_changed_events": SymbolChangedEvents(),
}
_ONLY_TRADES = {TradeBar}
_symbol_of = attrgetter("symbol")
_LAZY_PRICES = {name: kind for name, kind in _LAZY.items() if name not in _AUXILIARY}


class _Get:
    """A slice's `get`: called, or given a type in brackets first."""

    __slots__ = ("_slice",)

    def __init__(self, slice: Slice) -> None:
        self._slice = slice

    def __call__(self, key: object, default: object = None) -> Any:
        return self._slice._get(key, default)

    def __getitem__(self, kind: type) -> Callable[..., Any]:
        return partial(self._slice._get, kind)


class Slice(LeanObject):
    """The data of one moment, `time` in the algorithm's zone; each dictionary is made when somebody looks at it.

    `slice[symbol]` is the trade bar, quote bar or custom point of the symbol (whichever came last), or its ticks.
    """

    is_made_often = True

    __slots__ = (
        "__weakref__",
        "_by_symbol",
        "_by_type",
        "_has_data",
        "bars",
        "chain_maker",
        "delistings",
        "dividends",
        "futures_chains",
        "has_auxiliary",
        "internal_data",
        "margin_interest_rates",
        "option_chains",
        "points",
        "quote_bars",
        "splits",
        "symbol_changed_events",
        "ticks",
        "time",
        "utc_time",
    )

    bars: TradeBars
    quote_bars: QuoteBars
    ticks: Ticks
    splits: Splits
    dividends: Dividends
    delistings: Delistings
    symbol_changed_events: SymbolChangedEvents
    margin_interest_rates: MarginInterestRates
    option_chains: OptionChains
    futures_chains: FuturesChains
    #: what makes chains of the slice's data, and of data that the algorithm did not ask for
    chain_maker: Callable[[Slice, Sequence[BaseData]], tuple[Any, Any]] | None
    internal_data: Sequence[BaseData]
    #: what `all_data` lists
    points: Sequence[BaseData]

    def __init__(
        self,
        time: datetime,
        data: Sequence[BaseData],
        utc_time: datetime,
        has_data: bool | None = None,
        has_auxiliary: bool = True,
    ) -> None:
        """`has_auxiliary` False promises that there are no splits, dividends, delistings or changes of ticker."""
        self.time = time
        self.has_auxiliary = has_auxiliary
        self.utc_time = utc_time
        self.points = data
        self._has_data = has_data

    def __getattr__(self, name: str) -> Any:
        # A slot that nobody has filled yet.
        if name in _LAZY:
            if not self.has_auxiliary and name in _AUXILIARY:
                return _AUXILIARY[name]
            self._fill_collections()
            return getattr(self, name)
        if name in _CHAINS:
            self._fill_chains()
            return getattr(self, name)
        if name == "chain_maker":
            return None
        if name == "_by_symbol":
            self._by_symbol = _by_symbol(self.points)
            return self._by_symbol
        if name == "_by_type":
            self._by_type: dict[Any, Any] = {}
            return self._by_type
        return super().__getattr__(name)

    def _fill_chains(self) -> None:
        maker = self.chain_maker
        made = (OptionChains(self.time), FuturesChains(self.time)) if maker is None else maker(self, self.internal_data)
        self.option_chains, self.futures_chains = made

    def _fill_collections(self) -> None:
        time = self.time
        for name, kind in (_LAZY if self.has_auxiliary else _LAZY_PRICES).items():
            setattr(self, name, kind(time))
        points = self.points
        if set(map(type, points)) == _ONLY_TRADES:
            put_bars(self.bars, points)
            return
        for point in points:
            kind = type(point)
            if kind is Tick or kind is OpenInterest:
                known = self.ticks.get(point.symbol)
                if known is None:
                    self.ticks[point.symbol] = List((point,))  # type: ignore[arg-type]
                else:
                    known.append(point)
            elif kind in _COLLECTIONS:
                _put(getattr(self, _COLLECTIONS[kind][0]), point)

    @property
    def all_data(self) -> List[BaseData]:
        """All points, auxiliary ones too."""
        return List(self.points)

    @property
    def has_data(self) -> bool:
        """Whether there is anything, auxiliary data included."""
        return bool(self._by_symbol) if self._has_data is None else self._has_data

    @property
    def future_chains(self) -> FuturesChains:
        """Same as `futures_chains`."""
        return self.futures_chains

    def __getitem__(self, key: object) -> Any:
        # None when there is only auxiliary data, as in LEAN.
        found = self._by_symbol.get(key if type(key) is Symbol else to_symbol(key))  # type: ignore[arg-type]
        if found is None:
            raise KeyNotFoundException(no_data_text("Slice", key))
        return found.data

    def __setitem__(self, key: AnySymbol, value: object) -> None:
        raise TypeError("The Slice object is read-only. You cannot set data in the slice.")

    def __contains__(self, key: object) -> bool:
        return (key if type(key) is Symbol else to_symbol(key)) in self._by_symbol

    @also_named(symbol="key")
    def contains_key(self, key: object) -> bool:
        """Whether there is data for a symbol or ticker."""
        return key in self

    @property
    def get(self) -> _Get:
        """`get(type)`: a dictionary of that type's data; `get(type, symbol)`: its entry; `get(symbol)`: like `[]`.

        `get[type]()` and `get[type](symbol)` are .NET's way to say the same.
        """
        return _Get(self)

    def _get(self, key: object, default: object = None) -> Any:
        if isinstance(key, type):
            data = self._of_type(key)
            return data if default is None else data[default]
        found = self._by_symbol.get(key if type(key) is Symbol else to_symbol(key))  # type: ignore[arg-type]
        data = found.data if found is not None else None
        return default if data is None else data

    @also_named(symbol="key", data="value")
    def try_get_value(self, key: object, value: object = None) -> tuple[bool, Any]:
        """Whether there is data, and the data."""
        data = self._get(key)
        return data is not None, data

    def _of_type(self, kind: type) -> Any:
        known = _COLLECTIONS.get(kind)
        if known is not None:
            return getattr(self, known[0])
        if kind not in self._by_type:
            self._by_type[kind] = self._collect(kind)
        return self._by_type[kind]

    def _collect(self, kind: type) -> DataDictionary[Any]:
        result: DataDictionary[Any] = DataDictionary(self.time)
        if issubclass(kind, Tick):
            interest = issubclass(kind, OpenInterest)
            for symbol, ticks in self.ticks.items():
                for tick in ticks:
                    if (tick.tick_type is TickType.OPEN_INTEREST) is interest:
                        result[symbol] = tick
            return result
        for symbol, entry in self._by_symbol.items():
            if entry.custom is not None and type(entry.custom) is kind:
                result[symbol] = entry.custom
                continue
            for point in entry.auxiliary:
                if type(point) is kind:
                    result[symbol] = point
        return result

    def keys(self) -> PyList[Symbol]:
        """The symbols that have data, in order."""
        return PyList(sorted(self._by_symbol))

    def values(self) -> PyList[Any]:
        """The data points, ticks one by one, without auxiliary data."""
        return PyList(pair.value for pair in self)

    def get_keys(self) -> PyList[Symbol]:
        """LEAN's name for the keys."""
        return self.keys()

    def get_values(self) -> PyList[Any]:
        """LEAN's name for the values."""
        return self.values()

    def items(self) -> PyList[KeyValuePair]:
        """Pairs of symbol and data."""
        return PyList(self)

    def __iter__(self) -> Iterator[KeyValuePair]:
        for symbol in sorted(self._by_symbol):
            data = self._by_symbol[symbol].data
            if isinstance(data, list):
                yield from (KeyValuePair(symbol, tick) for tick in data)
            elif data is not None:
                yield KeyValuePair(symbol, data)

    def __repr__(self) -> str:
        return f"<Slice {self.time}: {names_of(self.keys())}>"

    def __len__(self) -> int:
        return len(self._by_symbol)

    def __bool__(self) -> bool:
        return True

    @property
    def count(self) -> int:
        """How many symbols have data."""
        return len(self._by_symbol)

    @property
    def Keys(self) -> List[Symbol]:  # noqa: N802
        """LEAN's property."""
        return List(self.keys())

    @property
    def Values(self) -> List[Any]:  # noqa: N802
        """LEAN's property."""
        return List(self.values())


def put_bars(collection: Any, bars: Sequence[Any]) -> None:
    """Take bars of one kind in: as a rule no symbol has two of them."""
    by_symbol = dict(zip(map(_symbol_of, bars), bars, strict=True))
    if len(by_symbol) == len(bars):
        collection.update(by_symbol)
        return
    for bar in bars:
        _put(collection, bar)


def _put(collection: dict[Symbol, Any], point: Any) -> None:
    """Of two bars of a symbol the shorter one stays; of events the last."""
    existing = collection.get(point.symbol)
    if existing is None or not hasattr(existing, "period") or existing.period > point.period:
        collection[point.symbol] = point


def _is_default(point: BaseData) -> bool:
    """`slice[symbol]` of an equity is its trades, never its quotes (`SubscriptionManager.IsDefaultDataType`)."""
    if point.symbol.asset.quotes_are_main:
        return True
    kind = point.data_type
    return kind is not MarketDataType.QUOTE_BAR and not (isinstance(point, Tick) and point.tick_type is TickType.QUOTE)


class _SymbolData:
    """What a slice holds for one symbol."""

    __slots__ = ("auxiliary", "custom", "data")

    def __init__(self) -> None:
        self.data: Any = None
        self.custom: BaseData | None = None
        self.auxiliary: list[BaseData] = []

    def take(self, point: BaseData) -> None:
        kind = point.data_type
        if kind is MarketDataType.AUXILIARY:
            self.auxiliary.append(point)
        elif kind is MarketDataType.TICK:
            if isinstance(self.data, list):
                self.data.append(point)
            else:
                self.data = List((point,))
        else:
            self.data = point
            if kind is MarketDataType.BASE:
                self.custom = point


def _by_symbol(points: Sequence[BaseData]) -> dict[Symbol, _SymbolData]:
    result: dict[Symbol, _SymbolData] = {}
    for point in points:
        if not _is_default(point):
            continue
        entry = result.get(point.symbol)
        if entry is None:
            entry = result[point.symbol] = _SymbolData()
        entry.take(point)
    return result
