"""The last data of a security, and the prices that follow from them (`Common/Securities/SecurityCache.cs`).

Everything is kept as float: this is called for every data point. Exact prices are made when somebody asks, by
`to_exact`; a feed whose prices carry more than a float's 15 digits puts its own function there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from leanib.engine.dotnet.collections import Dictionary, List
from leanib.engine.market.bars import QuoteBar, TradeBar
from leanib.engine.market.base_data import NO_TIME, BaseData, MarketDataType
from leanib.engine.market.events import Split
from leanib.engine.market.tick import OpenInterest, Tick
from leanib.engine.naming import LeanNames
from leanib.engine.numbers import ZERO, to_decimal, to_float
from leanib.engine.securities.user_models import TypedMethod
from leanib.engine.symbols import TickType

__all__ = ["SecurityCache"]

_PRICES = ("price", "open", "high", "low", "close", "bid_price", "ask_price")
_SIZES = ("volume", "bid_size", "ask_size")


class SecurityCache(LeanNames):
    """Prices are floats, 0 while there is none. `properties` is what the algorithm hung on the security."""

    __slots__ = (
        "_by_type",
        "_last_data",
        "_last_ohlc_update",
        "_last_open_interest_update",
        "_last_quote_bar_update",
        "_quotes",
        "_trades",
        "ask_price",
        "ask_size",
        "bid_price",
        "bid_size",
        "close",
        "high",
        "low",
        "open",
        "open_interest",
        "price",
        "properties",
        "session",
        "to_exact",
        "volume",
    )

    price: float
    open: float
    high: float
    low: float
    close: float
    bid_price: float
    ask_price: float
    volume: float
    bid_size: float
    ask_size: float

    def __init__(self) -> None:
        self.properties: dict[str, Any] = Dictionary()
        self.to_exact: Callable[[float], Decimal] = to_decimal
        self.session: Any = None
        self.reset()

    def reset(self) -> None:
        """Forgets all data."""
        for name in (*_PRICES, *_SIZES):
            setattr(self, name, 0.0)
        if self.session is not None:
            self.session.reset()
        self.open_interest = 0
        self._last_data: BaseData | None = None
        self._by_type: dict[type, Sequence[BaseData]] = {}
        self._trades: Sequence[BaseData] = ()
        self._quotes: Sequence[BaseData] = ()
        self._last_quote_bar_update: datetime = NO_TIME
        self._last_ohlc_update: datetime = NO_TIME
        self._last_open_interest_update: datetime = NO_TIME

    # --- taking data in ------------------------------------------------------------------------------------------

    def add_data_list(
        self,
        data: Sequence[BaseData],
        data_type: type,
        contains_fill_forward_data: bool | None = None,
        is_internal_config: bool = False,
    ) -> None:
        """Takes the data of one subscription in; what was filled forward does not count."""
        if len(data) == 1 and self.session is None and (not data[0].is_fill_forward or data_type is OpenInterest):
            point = data[0]
            self.store_data(data, data_type)
            (_HANDLERS.get(type(point)) or _handler_of(point))(self, point)
            return
        fresh = data
        if contains_fill_forward_data is not False:
            fresh = [point for point in data if not point.is_fill_forward]
        if fresh:
            self.store_data(fresh, data_type)
        elif data_type is OpenInterest:
            self.store_data(data, data_type)
        if self.session is not None and not is_internal_config:
            for point in data:
                self.session.update(point)
        for point in data:
            self._process(point)

    def add_data(self, data: BaseData) -> None:
        """Takes one data point in."""
        if not data.is_fill_forward or _is_open_interest(data):
            self._store_point(data)
        self._process(data)

    def store_data(self, data: Sequence[BaseData], data_type: type) -> None:
        """Keeps the last data of a type."""
        if data_type is Tick:
            kind = getattr(data[-1], "tick_type", None)
            if kind is TickType.TRADE:
                self._trades = data
                return
            if kind is TickType.QUOTE:
                self._quotes = data
                return
        self._by_type[data_type] = data

    def _store_point(self, data: BaseData) -> None:
        self.store_data([data], type(data))

    def _process(self, data: BaseData) -> None:
        if data.is_fill_forward:
            if _is_open_interest(data):
                self._process_tick(cast("Tick", data))
            return
        (_HANDLERS.get(type(data)) or _handler_of(data))(self, data)

    def _process_trade_bar(self, data: TradeBar) -> None:
        end_time = data.time + data.period
        after_quote = self._last_quote_bar_update == end_time
        if not after_quote:
            self._last_data = data
        if not after_quote or self._last_ohlc_update != end_time:
            self._last_ohlc_update = end_time
            self.open = data.open or self.open
            self.high = data.high or self.high
            self.low = data.low or self.low
            close = data.value
            if close:
                self.price = self.close = close
        self.volume = data.volume or self.volume

    def _process_quote_bar(self, data: QuoteBar) -> None:
        end_time = data.time + data.period
        if data.symbol.asset.quotes_are_main:
            self._last_data = data
            if self._last_quote_bar_update != end_time or self._last_ohlc_update != end_time:
                self._last_ohlc_update = end_time
                self._set_ohlc(data.open, data.high, data.low, data.close)
        self._last_quote_bar_update = end_time
        ask, bid = data.ask, data.bid
        if ask is not None and ask.close:
            self.ask_price = ask.close
        if bid is not None and bid.close:
            self.bid_price = bid.close
        self.bid_size = data.last_bid_size or self.bid_size
        self.ask_size = data.last_ask_size or self.ask_size

    def _set_ohlc(self, open: float, high: float, low: float, close: float) -> None:
        if open:
            self.open = open
        if high:
            self.high = high
        if low:
            self.low = low
        if close:
            self.price = self.close = close

    def _process_tick(self, data: Tick) -> None:
        kind = data.tick_type
        if kind is TickType.OPEN_INTEREST:
            self.open_interest = int(data.value)
            self._last_open_interest_update = data.end_time
            return
        if kind is TickType.TRADE or data.symbol.asset.quotes_are_main:
            self._last_data = data
        if data.value:
            self.price = data.value
        if kind is TickType.TRADE:
            self.volume = data.quantity or self.volume
        else:
            self.bid_price = data.bid_price or self.bid_price
            self.bid_size = data.bid_size or self.bid_size
            self.ask_price = data.ask_price or self.ask_price
            self.ask_size = data.ask_size or self.ask_size

    def _process_other(self, data: BaseData) -> None:
        self._last_data = data
        price = data.price
        if data.data_type is not MarketDataType.BASE or price:
            self.price = price

    def _ignore(self, data: BaseData) -> None:
        """Splits, dividends and the like change no price."""

    # --- giving data out -----------------------------------------------------------------------------------------

    @TypedMethod
    def get_data(self, data_type: type | None = None) -> Any:
        """The last data point, or the last one of a type; None when there is none."""
        if data_type is None:
            return self._last_data
        data = self._data_of(data_type)
        return data[-1] if data else None

    @TypedMethod
    def get_all(self, data_type: type) -> List[Any]:
        """The data of a type in the last time step that had any."""
        if data_type is Tick:
            return List((*self._trades, *self._quotes))
        return List(self._by_type.get(data_type, ()))

    @TypedMethod
    def has_data(self, data_type: type) -> bool:
        """Whether there has been data of that type."""
        return bool(self._data_of(data_type))

    def _data_of(self, data_type: type) -> Sequence[BaseData]:
        if data_type is not Tick:
            return self._by_type.get(data_type, ())
        quotes = self._quotes
        if quotes and not quotes[-1].symbol.asset.quotes_are_main:
            quotes = ()  # trades are an equity's main data
        if quotes and self._trades:
            return quotes if quotes[-1].end_time > self._trades[-1].end_time else self._trades
        return quotes or self._trades

    @property
    def price_decimal(self) -> Decimal:
        """The exact last price."""
        return self.to_exact(self.price)

    @property
    def last_data_price_decimal(self) -> Decimal:
        """The exact price of the last data point; 0 when there is none."""
        data = self._last_data
        return ZERO if data is None else self.to_exact(data.price)

    @staticmethod
    def share_type_cache_instance(source_to_share: SecurityCache, target_to_modify: SecurityCache) -> None:
        """Lets both see the same data by type: custom data of a security."""
        for data_type, data in target_to_modify._by_type.items():
            source_to_share._by_type.setdefault(data_type, data)
        target_to_modify._by_type = source_to_share._by_type
        target_to_modify._trades = source_to_share._trades
        target_to_modify._quotes = source_to_share._quotes

    # --- splits --------------------------------------------------------------------------------------------------

    def apply_split(self, split: Split) -> None:
        """Restates prices, sizes and the last data in new shares."""
        factor = split.split_factor_decimal
        for name in _PRICES:
            setattr(self, name, self._scaled(getattr(self, name), factor))
        for name in _SIZES:
            setattr(self, name, to_float(to_decimal(getattr(self, name)) / factor))
        seen: set[int] = set()
        for data in (*self._by_type.values(), self._quotes, self._trades):
            for point in data:
                if id(point) not in seen:
                    seen.add(id(point))
                    self._scale_point(point, factor)

    def _scaled(self, price: float, factor: Decimal) -> float:
        return to_float(self.to_exact(price) * factor)

    def _scale_point(self, data: BaseData, factor: Decimal) -> None:
        if isinstance(data, TradeBar):
            for name in ("open", "high", "low", "value"):
                setattr(data, name, self._scaled(getattr(data, name), factor))
            data.volume = float(round(to_decimal(data.volume) / factor))
        elif isinstance(data, QuoteBar):
            for side in (data.bid, data.ask):
                if side is not None:
                    for name in ("open", "high", "low", "close"):
                        setattr(side, name, self._scaled(getattr(side, name), factor))
            data.value = data.close
            data.last_bid_size = float(round(to_decimal(data.last_bid_size) / factor))
            data.last_ask_size = float(round(to_decimal(data.last_ask_size) / factor))
        elif isinstance(data, Tick) and data.tick_type is not TickType.OPEN_INTEREST:
            self._scale_tick(data, factor)

    def _scale_tick(self, tick: Tick, factor: Decimal) -> None:
        if tick.tick_type is TickType.TRADE:
            tick.value = self._scaled(tick.value, factor)
            tick.quantity = float(round(to_decimal(tick.quantity) / factor))
            return
        tick.bid_price = self._scaled(tick.bid_price, factor)
        tick.ask_price = self._scaled(tick.ask_price, factor)
        tick.bid_size = float(round(to_decimal(tick.bid_size) / factor))
        tick.ask_size = float(round(to_decimal(tick.ask_size) / factor))
        tick.set_value()


_HANDLERS: dict[type, Callable[[SecurityCache, Any], None]] = {
    TradeBar: SecurityCache._process_trade_bar,
    QuoteBar: SecurityCache._process_quote_bar,
    Tick: SecurityCache._process_tick,
    OpenInterest: SecurityCache._process_tick,
}


def _is_open_interest(data: BaseData) -> bool:
    return isinstance(data, Tick) and data.tick_type is TickType.OPEN_INTEREST


def _handler_of(data: BaseData) -> Callable[[SecurityCache, Any], None]:
    """How data of a type are taken in that has not been met yet."""
    kind = type(data)
    handler: Callable[[SecurityCache, Any], None] = SecurityCache._process_other
    if data.data_type is MarketDataType.AUXILIARY:
        handler = SecurityCache._ignore
    else:
        handler = next((found for base, found in list(_HANDLERS.items()) if issubclass(kind, base)), handler)
    _HANDLERS[kind] = handler
    return handler
