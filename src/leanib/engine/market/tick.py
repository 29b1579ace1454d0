"""Single trades, quotes and open interest (`Common/Data/Market/Tick.cs`, `OpenInterest.cs`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from leanib.engine.market.bars import price_text
from leanib.engine.market.base_data import NO_TIME, VALUE_SLOT, BaseData, MarketDataType
from leanib.engine.numbers import middle
from leanib.engine.symbols import TickType

if TYPE_CHECKING:
    from leanib.engine.symbols import Symbol

__all__ = ["OpenInterest", "Tick"]


class Tick(BaseData):
    """A trade (price and quantity) or a quote (bid, ask and sizes; the value is their middle)."""

    __slots__ = (
        "ask_price",
        "ask_size",
        "bid_price",
        "bid_size",
        "exchange",
        "quantity",
        "sale_condition",
        "suspicious",
        "tick_type",
    )

    data_type = MarketDataType.TICK
    last_price: float = VALUE_SLOT

    def __init__(
        self,
        time: datetime = NO_TIME,
        symbol: Symbol | None = None,
        value: float = 0.0,
        bid_price: float = 0.0,
        ask_price: float = 0.0,
        *,
        tick_type: TickType = TickType.QUOTE,
        quantity: float = 0.0,
        bid_size: float = 0.0,
        ask_size: float = 0.0,
        exchange: str = "",
        sale_condition: str = "",
        suspicious: bool = False,
    ) -> None:
        self.time = time
        self.symbol = symbol  # type: ignore[assignment]
        self.value = value
        self.is_fill_forward = False
        self.tick_type = tick_type
        self.quantity = quantity
        self.bid_price = bid_price
        self.ask_price = ask_price
        self.bid_size = bid_size
        self.ask_size = ask_size
        self.exchange = exchange
        self.sale_condition = sale_condition
        self.suspicious = suspicious

    def __copy__(self) -> Tick:
        """A copy, value by value: open interest is filled forward at every step for each contract of a chain."""
        kind = type(self)
        if kind is not Tick and kind is not OpenInterest:
            return super().__copy__()  # type: ignore[no-any-return]
        twin = object.__new__(kind)
        twin.time, twin.symbol, twin.value = self.time, self.symbol, self.value
        twin.is_fill_forward, twin.tick_type, twin.quantity = self.is_fill_forward, self.tick_type, self.quantity
        twin.bid_price, twin.ask_price = self.bid_price, self.ask_price
        twin.bid_size, twin.ask_size = self.bid_size, self.ask_size
        twin.exchange, twin.sale_condition, twin.suspicious = self.exchange, self.sale_condition, self.suspicious
        return twin

    def update(
        self, last_trade: float, bid_price: float, ask_price: float, volume: float, bid_size: float, ask_size: float
    ) -> None:
        """Take in a trade and a quote."""
        self.value = last_trade
        self.bid_price = bid_price
        self.ask_price = ask_price
        self.bid_size = bid_size
        self.ask_size = ask_size
        self.quantity = volume

    def is_valid(self) -> bool:
        """Whether the tick carries what its type needs."""
        if self.tick_type is TickType.TRADE:
            return self.value > 0 and (self.quantity > 0 or not self.symbol.asset.needs_trade_size)
        if self.tick_type is TickType.QUOTE:
            return (self.ask_price > 0 and self.ask_size > 0) or (self.bid_price > 0 and self.bid_size > 0)
        return self.value > 0

    def set_value(self) -> None:
        """The middle of bid and ask, or the one there is."""
        bid, ask = self.bid_price, self.ask_price
        self.value = middle(bid, ask) if bid and ask else bid + ask

    def __str__(self) -> str:
        if self.tick_type is TickType.TRADE:
            return f"{self.symbol}: Price: {price_text(self.value)} Quantity: {price_text(self.quantity)}"
        if self.tick_type is TickType.QUOTE:
            return (
                f"{self.symbol}: Bid: {price_text(self.bid_size)}@{price_text(self.bid_price)} "
                f"Ask: {price_text(self.ask_size)}@{price_text(self.ask_price)}"
            )
        return f"{self.symbol}: OpenInterest: {price_text(self.value)}"


class OpenInterest(Tick):
    """The number of open contracts."""

    __slots__ = ()

    def __init__(self, time: datetime = NO_TIME, symbol: Symbol | None = None, open_interest: float = 0.0) -> None:
        super().__init__(time, symbol, open_interest, tick_type=TickType.OPEN_INTEREST)
