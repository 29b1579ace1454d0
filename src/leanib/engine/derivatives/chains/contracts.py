"""Contracts in a chain (`Common/Data/Market/{Base,Option,Futures}Contract.cs`).

Made of a universe file's row, or filled with a time step's data. Prices are floats, in the contract's own scale.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, cast

from leanib.engine.derivatives.chains.universe_data import FutureUniverse, OptionUniverse
from leanib.engine.derivatives.greeks import Greeks
from leanib.engine.derivatives.pricing.result import OptionPriceModelResult
from leanib.engine.market.bars import QuoteBar, TradeBar
from leanib.engine.market.base_data import NO_TIME, BaseData
from leanib.engine.market.tick import OpenInterest, Tick
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import OptionRight, OptionStyle, SecurityIdentifier, Symbol, TickType

if TYPE_CHECKING:
    from leanib.engine.exchanges.symbol_properties import SymbolProperties
    from leanib.engine.securities.option import Option

__all__ = ["BaseContract", "FuturesContract", "OptionContract"]

_COMMON_COLUMNS = ("open_interest", "last_price", "volume", "bid_price", "bid_size", "ask_price", "ask_size")
_GREEKS = ("delta", "gamma", "vega", "theta", "rho")


def _columns(*names: str) -> dict[str, Callable[[Any], Any]]:
    return {name.replace("_", ""): attrgetter(name) for name in names}


class BaseContract(LeanNames):
    """What all contracts tell. Stands for its symbol wherever one is wanted."""

    __slots__ = ("_quote", "_row", "_trade", "symbol", "time")

    symbol: Symbol
    time: datetime

    def __init__(self, symbol: Symbol, time: datetime = NO_TIME, row: Any = None) -> None:
        self.symbol = symbol
        self.time = time
        self._row = row
        self._trade: Any = None
        self._quote: Any = None

    @property
    def id(self) -> SecurityIdentifier:
        """The contract's identifier."""
        return self.symbol.id

    ID = id

    @property
    def underlying_symbol(self) -> Symbol | None:
        """What it is on; None for a future."""
        return self.symbol.underlying

    @property
    def expiry(self) -> datetime:
        """When it expires."""
        return self.symbol.id.date

    @property
    def last_price(self) -> float:
        """The last trade's price, 0 if there is none; of a file's row the close."""
        if self._row is not None:
            return float(self._row.close)
        return 0.0 if self._trade is None else float(self._trade.value)

    @property
    def value(self) -> float:
        """The last price."""
        return self.last_price

    price = close = value

    @property
    def volume(self) -> int:
        """What was traded."""
        if self._row is not None:
            return int(self._row.volume)
        return 0 if self._trade is None else int(_traded(self._trade))

    @property
    def bid_price(self) -> float:
        """The bid, 0 if there is none; of a file's row the close."""
        return self._quoted("bid")

    @property
    def ask_price(self) -> float:
        """The ask, 0 if there is none; of a file's row the close."""
        return self._quoted("ask")

    @property
    def bid_size(self) -> int:
        """How much is bid for."""
        return self._size("bid")

    @property
    def ask_size(self) -> int:
        """How much is asked for."""
        return self._size("ask")

    def _quoted(self, side: str) -> float:
        if self._row is not None:
            return float(self._row.close)
        quote = self._quote
        if quote is None:
            return 0.0
        if isinstance(quote, QuoteBar):
            bar = getattr(quote, side)
            return 0.0 if bar is None else float(bar.close)
        return float(getattr(quote, f"{side}_price"))

    def _size(self, side: str) -> int:
        quote = self._quote
        if quote is None:
            return 0
        name = f"last_{side}_size" if isinstance(quote, QuoteBar) else f"{side}_size"
        return int(getattr(quote, name))

    def __str__(self) -> str:
        return self.symbol.value

    __repr__ = __str__


def _traded(point: TradeBar | Tick) -> float:
    return float(point.volume if isinstance(point, TradeBar) else point.quantity)


class OptionContract(BaseContract):
    """One option of a chain."""

    __slots__ = ("_interest", "_model", "_result", "_strike_multiplier", "_underlying")

    pandas_columns: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **_columns("strike", "scaled_strike", "right", "style", "theoretical_price", "implied_volatility"),
        **{name: attrgetter(f"greeks.{name}") for name in _GREEKS},
        **_columns(*_COMMON_COLUMNS, "underlying_last_price", "underlying_symbol", "expiry"),
    }

    def __init__(
        self,
        security: Option | OptionUniverse,
        symbol_properties: SymbolProperties | None = None,
        time: datetime = NO_TIME,
    ) -> None:
        """Of an option's security; of a file's row with the symbol properties of the option."""
        row = security if isinstance(security, OptionUniverse) else None
        super().__init__(security.symbol, time if row is None else row.end_time, row)
        properties = cast("Option", security).symbol_properties if row is None else symbol_properties
        self._strike_multiplier = 1.0 if properties is None else float(properties.strike_multiplier)
        self._underlying: Any = None
        self._interest: Any = None
        self._model: Callable[[], OptionPriceModelResult] | None = None
        self._result: OptionPriceModelResult | None = None

    @classmethod
    def of_security(cls, security: Option, underlying: BaseData | None, time: datetime = NO_TIME) -> OptionContract:
        """A contract to be filled with a time step's data."""
        contract = cls(security, None, time)
        contract._underlying = underlying
        return contract

    def set_option_price_model(self, option_price_model_evaluator: Callable[[], OptionPriceModelResult]) -> None:
        """What prices it, called when price, volatility or Greeks are first asked for."""
        self._model, self._result = option_price_model_evaluator, None

    def update(self, data: BaseData) -> None:
        """Take in a point of the option, or of its underlying."""
        if data.symbol != self.symbol:
            if data.symbol == self.symbol.underlying:
                self._underlying = data
        elif isinstance(data, TradeBar):
            self._trade = data
        elif isinstance(data, QuoteBar):
            self._quote = data
        elif isinstance(data, OpenInterest):
            self._interest = data

    @property
    def strike(self) -> float:
        """The strike."""
        return self.symbol.id.strike_price

    @property
    def scaled_strike(self) -> float:
        """The strike in the underlying's scale."""
        return self.strike * self._strike_multiplier

    @property
    def right(self) -> OptionRight:
        """Call or put."""
        return self.symbol.id.option_right

    @property
    def style(self) -> OptionStyle:
        """American or European."""
        return self.symbol.id.option_style

    @property
    def open_interest(self) -> float:
        """How many contracts are open, by this time step's data or the file."""
        if self._row is not None:
            return float(self._row.open_interest)
        return 0.0 if self._interest is None else float(self._interest.value)

    @property
    def underlying_last_price(self) -> float:
        """The underlying's price."""
        underlying = self._underlying if self._row is None else self._row.underlying
        return 0.0 if underlying is None else float(underlying.price)

    def _priced(self) -> OptionPriceModelResult:
        if self._result is None:
            self._result = OptionPriceModelResult.NONE if self._model is None else self._model()
        return self._result

    @property
    def theoretical_price(self) -> float:
        """The model's price; files have none."""
        return 0.0 if self._row is not None else self._priced().theoretical_price

    @property
    def implied_volatility(self) -> float:
        """The file's, or the model's implied volatility."""
        return float(self._row.implied_volatility if self._row is not None else self._priced().implied_volatility)

    @property
    def greeks(self) -> Greeks:
        """The file's, or the model's Greeks."""
        greeks: Greeks = self._row.greeks if self._row is not None else self._priced().greeks
        return greeks


class FuturesContract(BaseContract):
    """One future of a chain."""

    __slots__ = ("_interest",)

    pandas_columns: ClassVar[dict[str, Callable[[Any], Any]]] = _columns(
        *_COMMON_COLUMNS, "underlying_symbol", "expiry"
    )

    def __init__(self, symbol: Symbol | FutureUniverse, time: datetime = NO_TIME) -> None:
        """Of a symbol, or of a file's row."""
        row = symbol if isinstance(symbol, FutureUniverse) else None
        super().__init__(cast("Symbol", symbol) if row is None else row.symbol, time, row)
        self._interest: Any = None

    @property
    def open_interest(self) -> float:
        """How many contracts are open."""
        if self._row is not None:
            return float(self._row.open_interest)
        return 0.0 if self._interest is None else float(self._interest.value)

    def update(self, data: BaseData) -> None:
        """Take in a point; of bars and ticks the later one counts, of the same time the bar."""
        if isinstance(data, TradeBar) or _is_tick(data, TickType.TRADE):
            self._trade = _later(self._trade, data)
        elif isinstance(data, QuoteBar) or _is_tick(data, TickType.QUOTE):
            self._quote = _later(self._quote, data)
        elif _is_tick(data, TickType.OPEN_INTEREST):
            self._interest = data


def _is_tick(data: BaseData, kind: TickType) -> bool:
    return isinstance(data, Tick) and data.tick_type is kind


def _later(known: Any, data: BaseData) -> Any:
    if known is None or isinstance(known, Tick) == isinstance(data, Tick):
        return data
    bar, tick = (known, data) if isinstance(data, Tick) else (data, known)
    return tick if tick.end_time > bar.end_time else bar
