"""Chains: contracts by symbol, chains by canonical symbol (`Common/Data/Market/{Base,Option,Futures}Chain*.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from leanib.engine.derivatives.chains.contracts import BaseContract, FuturesContract, OptionContract
from leanib.engine.derivatives.chains.universe_data import FutureUniverse, OptionUniverse
from leanib.engine.dotnet.collections import List
from leanib.engine.market.bars import QuoteBar, TradeBar
from leanib.engine.market.base_data import NO_TIME, BaseData, MarketDataType
from leanib.engine.market.dictionary import DataDictionary, QuoteBars, Ticks, TradeBars, to_symbol
from leanib.engine.market.tick import Tick
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.exchanges.symbol_properties import SymbolProperties

__all__ = ["FuturesChain", "FuturesChains", "FuturesContracts", "OptionChain", "OptionChains", "OptionContracts"]

C = TypeVar("C", bound=BaseContract)
Chain = TypeVar("Chain", bound="BaseChain[Any]")


class OptionContracts(DataDictionary[OptionContract]):
    """Option contracts by symbol."""

    __slots__ = ()


class FuturesContracts(DataDictionary[FuturesContract]):
    """Futures contracts by symbol."""

    __slots__ = ()


class BaseChain(BaseData, Generic[C]):
    """The contracts of one canonical symbol at a time; iterating gives them in the order of their symbols.

    `time` is in the algorithm's time zone.
    """

    __slots__ = (
        "_auxiliary",
        "_flatten",
        "_frame",
        "contracts",
        "filtered_contracts",
        "quote_bars",
        "ticks",
        "trade_bars",
        "underlying",
    )

    # In a frame of chains the contracts are a list in a cell.
    pandas_columns: ClassVar[dict[str, Callable[[Any], Any]]] = {"contracts": attrgetter("data")}
    contracts_class: type[DataDictionary[Any]]

    def __init__(self, canonical_symbol: Symbol, time: datetime = NO_TIME, flatten: bool = True) -> None:
        super().__init__()
        self.symbol = canonical_symbol
        self.time = time
        self.underlying: BaseData = QuoteBar()
        self.ticks, self.trade_bars, self.quote_bars = Ticks(time), TradeBars(time), QuoteBars(time)
        self.contracts: DataDictionary[C] = self.contracts_class(time)
        self.filtered_contracts: dict[Symbol, None] = {}
        self._auxiliary: dict[type, dict[Symbol, list[BaseData]]] = {}
        self._flatten = flatten
        self._frame: Any = None

    @property
    def data(self) -> List[C]:
        """The contracts in a list."""
        return List(self.contracts.values())

    def __iter__(self) -> Iterator[C]:
        return iter(self.contracts.values())

    def __len__(self) -> int:
        return len(self.contracts)

    def __bool__(self) -> bool:
        return True

    @property
    def count(self) -> int:
        """How many contracts there are."""
        return len(self.contracts)

    def contains_key(self, key: object) -> bool:
        """Whether there is such a contract."""
        return key in self.contracts

    @property
    def data_frame(self) -> Any:
        """A row for each contract, with the symbol as index."""
        from leanib.engine.market.frames import frame_of_points  # pandas is loaded when somebody asks for a frame

        if self._frame is None:
            self._frame = frame_of_points([self], self._flatten, symbol_only=True)
        return self._frame

    def add_data(self, data: BaseData) -> None:
        """Keep a contract's point of this time step."""
        if isinstance(data, Tick):
            self.ticks.setdefault(data.symbol, []).append(data)
        elif isinstance(data, TradeBar):
            self.trade_bars[data.symbol] = data
        elif isinstance(data, QuoteBar):
            self.quote_bars[data.symbol] = data
        elif data.data_type is MarketDataType.BASE:
            self._auxiliary.setdefault(type(data), {}).setdefault(data.symbol, []).append(data)

    def get_aux(self, data_type: type, symbol: Symbol | None = None) -> Any:
        """The last point of a type of data of a contract, or of all contracts by symbol."""
        points = self._auxiliary.get(data_type, {})
        if symbol is not None:
            found = points.get(symbol)
            return found[-1] if found else None
        last: DataDictionary[Any] = DataDictionary(self.time)
        for contract, found in points.items():
            last[contract] = found[-1]
        return last

    def get_aux_list(self, data_type: type, symbol: Symbol | None = None) -> Any:
        """All points of a type of data of a contract, or of all contracts by symbol."""
        points = self._auxiliary.get(data_type, {})
        return points if symbol is None else List(points.get(symbol, ()))


class OptionChain(BaseChain[OptionContract]):
    """The contracts of an option."""

    __slots__ = ()

    data_type = MarketDataType.OPTION_CHAIN
    contracts_class = OptionContracts

    @classmethod
    def of_universe(
        cls,
        canonical: Symbol,
        time: datetime,
        rows: Iterable[OptionUniverse],
        symbol_properties: SymbolProperties,
        flatten: bool = True,
    ) -> OptionChain:
        """Of a universe file's rows, without those that have expired by the time (exchange's zone)."""
        chain = cls(canonical, time, flatten)
        underlying = None
        for row in rows:
            underlying = underlying or row.underlying
            if row.symbol.id.date.date() >= time.date():
                chain.contracts[row.symbol] = OptionContract(row, symbol_properties)
        if underlying is not None:
            chain.underlying = underlying
        return chain


class FuturesChain(BaseChain[FuturesContract]):
    """The contracts of a future."""

    __slots__ = ()

    data_type = MarketDataType.FUTURES_CHAIN
    contracts_class = FuturesContracts

    @classmethod
    def of_universe(
        cls, canonical: Symbol, time: datetime, rows: Iterable[FutureUniverse], flatten: bool = True
    ) -> FuturesChain:
        """Of a universe file's rows, without those that have expired by the time (exchange's zone)."""
        chain = cls(canonical, time, flatten)
        for row in rows:
            if row.symbol.id.date.date() >= time.date():
                chain.contracts[row.symbol] = FuturesContract(row)
        return chain


class BaseChains(DataDictionary[Chain]):
    """Chains by canonical symbol."""

    __slots__ = ("_flatten", "_frame")

    def __init__(self, time: datetime = NO_TIME, flatten: bool = True) -> None:
        super().__init__(time)
        self._flatten = flatten
        self._frame: Any = None

    @property
    def data_frame(self) -> Any:
        """A row for each contract, with canonical symbol and symbol as index."""
        if self._frame is None:
            self._frame = self._joined()
        return self._frame

    def _joined(self) -> Any:
        import pandas as pd

        parts = {symbol: chain.data_frame for symbol, chain in self.items()}
        filled = {symbol: frame for symbol, frame in parts.items() if not frame.empty}
        if not filled:
            return pd.DataFrame()
        if not self._flatten:
            return pd.concat(list(filled.values()), sort=False)
        return pd.concat(list(filled.values()), keys=list(filled), names=["canonical", "symbol"], sort=False)


class OptionChains(BaseChains[OptionChain]):
    """Option chains by canonical symbol; an underlying or a contract finds its chain too."""

    __slots__ = ()

    def __getitem__(self, key: object) -> OptionChain:
        return super().__getitem__(_canonical_option(key))

    def __contains__(self, key: object) -> bool:
        return super().__contains__(_canonical_option(key))

    def get(self, key: object, default: Any = None) -> Any:
        """The chain of an option, an underlying or a contract, or the default."""
        return super().get(_canonical_option(key), default)

    get_value = get

    def remove(self, key: object) -> bool:
        """Take a chain out; says whether there was one."""
        return super().remove(_canonical_option(key))


def _canonical_option(key: object) -> Any:
    symbol = to_symbol(key)
    if symbol is None:
        return key
    if symbol.asset.option_kind is not None:
        return Symbol.create_canonical_option(symbol)
    return symbol.canonical if symbol.asset.is_option else symbol


class FuturesChains(BaseChains[FuturesChain]):
    """Futures chains by canonical symbol."""

    __slots__ = ()
