"""Contracts of an option or a future on a day (`Common/Data/UniverseSelection/{BaseChain,Option,Future}Universe*.cs`).

A row's numbers stay the text of its line until somebody asks: a file has thousands of rows, and a filter keeps a few.
Of a date's file `time` is that day's midnight and `end_time` the next one's, in the exchange's zone. The collection of
a file's rows is of the same class as they are.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from leanib.engine.derivatives.chains.listed import ListedContract
from leanib.engine.derivatives.greeks import Greeks
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.market.base_data import NO_TIME, BaseData
from leanib.engine.market.universe.collection import BaseDataCollection
from leanib.engine.symbols import Resolution, SecurityIdentifier, Symbol

__all__ = ["BaseChainUniverseData", "FutureUniverse", "OptionUniverse"]

_ONE_DAY = timedelta(days=1)


class BaseChainUniverseData(BaseDataCollection):
    """One contract, or the underlying, on a day; and the collection of all of them."""

    __slots__ = ("_cells", "_line", "_of")

    #: a file of a day is of no hours (`LeanData.SupportsExtendedMarketHours`)
    has_extended_hours = False

    def __init__(self, date: datetime = NO_TIME, symbol: Symbol | ListedContract | None = None, csv: str = "") -> None:
        """`csv` is what follows in a file's line after the columns that name the contract."""
        self.time = date
        self._of = symbol
        self.is_fill_forward = False
        self.data = []
        self.underlying = None
        self.filtered_contracts = None
        self._line = csv
        self._cells: list[str] | None = None

    def _cell(self, index: int) -> float:
        cells = self._cells
        if cells is None:
            cells = self._cells = self._line.split(",")
        return float(cells[index] or 0) if index < len(cells) else 0.0

    @property
    def symbol(self) -> Symbol:
        """The contract's symbol."""
        of = self._of
        return of.symbol if type(of) is ListedContract else of  # type: ignore[return-value]

    @symbol.setter
    def symbol(self, value: Symbol) -> None:
        self._of = value

    def terms(self) -> ListedContract | SecurityIdentifier:
        """What has the contract's `date`, `strike_price_decimal` and `option_right`, without making its symbol.

        No property: those are the columns of frames.
        """
        of = self._of
        return of if type(of) is ListedContract else of.id  # type: ignore[union-attr]

    @property
    def id(self) -> SecurityIdentifier:
        """The contract's identifier."""
        return self.symbol.id

    ID = id

    @property
    def end_time(self) -> datetime:
        """The next day's midnight."""
        return self.time + _ONE_DAY

    @end_time.setter
    def end_time(self, value: datetime) -> None:
        self.time = value - _ONE_DAY

    @property
    def value(self) -> float:  # type: ignore[override]
        """The close."""
        return self.close

    price = value

    @property
    def open(self) -> float:
        """The day's first price, unscaled and unadjusted."""
        return self._cell(0)

    @property
    def high(self) -> float:
        """The day's highest price."""
        return self._cell(1)

    @property
    def low(self) -> float:
        """The day's lowest price."""
        return self._cell(2)

    @property
    def close(self) -> float:
        """The day's last price."""
        return self._cell(3)

    @property
    def volume(self) -> float:
        """What was traded."""
        return self._cell(4)

    @property
    def open_interest(self) -> float:
        """How many contracts are open."""
        return self._cell(5)

    def default_resolution(self) -> Resolution:
        """One file a day."""
        return Resolution.DAILY

    def to_symbol(self) -> Symbol:
        """The contract's symbol."""
        return self.symbol

    def __hash__(self) -> int:
        return id(self)


class OptionUniverse(BaseChainUniverseData):
    """An option contract on a day, with volatility and Greeks as the file has them; options on futures have none."""

    __slots__ = ()

    def _option_only(self, name: str) -> None:
        if not isinstance(self._of, ListedContract) and not self.symbol.asset.is_option:
            raise InvalidOperationException(f"{name} is only available for options.")

    @property
    def open_interest(self) -> float:
        """How many contracts are open."""
        self._option_only("OpenInterest")
        return self._cell(5)

    @property
    def implied_volatility(self) -> float:
        """The volatility that the price implies."""
        self._option_only("ImpliedVolatility")
        return self._cell(6)

    @property
    def greeks(self) -> Greeks:
        """The Greeks; the file's theta is by day."""
        self._option_only("Greeks")
        cell = self._cell
        return Greeks(cell(7), cell(8), cell(9), cell(10) * 365, cell(11))

    def add(self, point: BaseData) -> None:
        """Put a contract in, or take the underlying's row for all."""
        if not isinstance(point, BaseChainUniverseData):
            return
        if point.symbol.has_underlying:
            point.underlying = self.underlying
            self.data.append(point)
            return
        self.underlying = point
        for row in self.data:
            row.underlying = point


class FutureUniverse(BaseChainUniverseData):
    """A futures contract on a day."""

    __slots__ = ()


def is_chain_data(data_type: type) -> bool:
    """Whether a type is one of these."""
    return isinstance(data_type, type) and issubclass(data_type, BaseChainUniverseData)
