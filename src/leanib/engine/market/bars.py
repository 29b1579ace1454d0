"""Bars of trades and of quotes (`Common/Data/Market/{Bar,TradeBar,QuoteBar}.cs`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leanib.engine.market.base_data import NO_TIME, VALUE_SLOT, BaseData, MarketDataType
from leanib.engine.market.volumes import add_volumes
from leanib.engine.naming import LeanNames
from leanib.engine.numbers import decimal_text, middle, smart_rounding, to_decimal

if TYPE_CHECKING:
    from leanib.engine.market.config import SubscriptionDataConfig
    from leanib.engine.market.source import SubscriptionDataSource
    from leanib.engine.symbols import Symbol

__all__ = ["ONE_MINUTE", "Bar", "QuoteBar", "TradeBar", "price_text"]

ONE_MINUTE = timedelta(minutes=1)
_TRADE_BAR = MarketDataType.TRADE_BAR  # asking the enum for it is a quarter of what a bar costs


class Bar(LeanNames):
    """Open, high, low and close: one side of a quote bar."""

    is_made_often = True

    __slots__ = ("close", "high", "low", "open")

    def __init__(self, open: float = 0.0, high: float = 0.0, low: float = 0.0, close: float = 0.0) -> None:
        self.open = open
        self.high = high
        self.low = low
        self.close = close

    def update(self, value: float) -> None:
        """Take in a price; 0 means there is none."""
        if value == 0:
            return
        if self.open == 0:
            self.open = self.high = self.low = self.close = value
            return
        if value > self.high:
            self.high = value
        if value < self.low:
            self.low = value
        self.close = value

    def clone(self) -> Bar:
        """A copy."""
        return Bar(self.open, self.high, self.low, self.close)

    def __repr__(self) -> str:
        return _prices(self)


class _PeriodData(BaseData):
    """Data that spans `period` from `time`."""

    __slots__ = ("period",)

    period: timedelta

    @property
    def end_time(self) -> datetime:
        """The bar's end, in the time zone of the data's exchange."""
        return self.time + self.period

    @end_time.setter
    def end_time(self, value: datetime) -> None:
        self.period = value - self.time

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> SubscriptionDataSource:
        """The file of LEAN's data folder that holds a stream's day."""
        from leanib.engine.market.lean_files import price_source  # which needs the bars

        return price_source(config, date)


class TradeBar(_PeriodData):
    """Trades of one period. `close`, `value` and `price` are one number."""

    __slots__ = ("data_type", "high", "low", "open", "volume")

    close: float = VALUE_SLOT

    def __init__(
        self,
        time: datetime | TradeBar = NO_TIME,
        symbol: Symbol | None = None,
        open: float = 0.0,
        high: float = 0.0,
        low: float = 0.0,
        close: float = 0.0,
        volume: float = 0.0,
        period: timedelta | None = ONE_MINUTE,
        is_fill_forward: bool = False,
    ) -> None:
        if type(time) is not datetime and isinstance(time, TradeBar):
            self._copy_from(time)
            return
        self.data_type = _TRADE_BAR  # LEAN lets algorithms change it
        self.time = time
        self.symbol = symbol  # type: ignore[assignment]
        self.open = open
        self.high = high
        self.low = low
        self.value = close
        self.volume = volume
        self.period = ONE_MINUTE if period is None else period
        self.is_fill_forward = is_fill_forward

    def clone(self, fill_forward: bool | None = None) -> TradeBar:
        """A copy, marked as filled forward or not when asked; what is filled forward has no volume."""
        volume = 0.0 if fill_forward else self.volume
        if type(self) is not TradeBar:
            twin: TradeBar = super().clone(fill_forward)
            twin.volume = volume
            return twin
        filled = self.is_fill_forward if fill_forward is None else fill_forward
        return TradeBar(self.time, self.symbol, self.open, self.high, self.low, self.value, volume, self.period, filled)

    def _copy_from(self, other: TradeBar) -> None:
        TradeBar.__init__(
            self, other.time, other.symbol, other.open, other.high, other.low, other.value, other.volume, other.period
        )

    def update(
        self, last_trade: float, bid_price: float, ask_price: float, volume: float, bid_size: float, ask_size: float
    ) -> None:
        """Take in a trade."""
        if self.open == 0:
            self.open = self.high = self.low = last_trade
        if last_trade > self.high:
            self.high = last_trade
        if last_trade < self.low:
            self.low = last_trade
        self.volume = add_volumes(self.volume, volume)
        self.value = last_trade

    def __str__(self) -> str:
        return f"{self.symbol}: {_prices(self)} V: {price_text(self.volume)}"

    def reader(self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool) -> TradeBar:
        """The bar of a line of LEAN's files."""
        return TradeBar.parse(config, line, date)

    @staticmethod
    def parse(config: SubscriptionDataConfig, line: str, date: datetime) -> TradeBar:
        """The bar of a line of LEAN's files, prices scaled as the security's type says."""
        from leanib.engine.market.lean_files import parse_trade_bar

        return parse_trade_bar(config, line, date)

    @staticmethod
    def parse_equity(config: SubscriptionDataConfig, line: str, date: datetime) -> TradeBar:
        """The bar of a line of an equity's file, whatever the stream: prices are in ten-thousandths."""
        from leanib.engine.market.lean_files import EQUITY_SCALE, parse_trade_bar

        return parse_trade_bar(config, line, date, EQUITY_SCALE)

    @staticmethod
    def parse_forex(config: SubscriptionDataConfig, line: str, date: datetime) -> TradeBar:
        """The bar of a line of a currency pair's file: prices are as they are."""
        from leanib.engine.market.lean_files import parse_trade_bar

        return parse_trade_bar(config, line, date, 1.0)

    parse_crypto = parse_cfd = parse_index = parse_forex


class QuoteBar(_PeriodData):
    """Best bid and ask of one period; `open/high/low/close` are the middle of both, or the one side there is."""

    __slots__ = ("ask", "bid", "last_ask_size", "last_bid_size")

    data_type = MarketDataType.QUOTE_BAR

    def __init__(
        self,
        time: datetime = NO_TIME,
        symbol: Symbol | None = None,
        bid: Bar | None = None,
        last_bid_size: float = 0.0,
        ask: Bar | None = None,
        last_ask_size: float = 0.0,
        period: timedelta | None = ONE_MINUTE,
        is_fill_forward: bool = False,
    ) -> None:
        self.time = time
        self.symbol = symbol  # type: ignore[assignment]
        self.bid = bid
        self.last_bid_size = last_bid_size
        self.ask = ask
        self.last_ask_size = last_ask_size
        self.period = ONE_MINUTE if period is None else period
        self.is_fill_forward = is_fill_forward
        if bid is not None and ask is not None:
            self.value = _middle(bid.close, ask.close)
        else:
            self.value = bid.close if bid is not None else ask.close if ask is not None else 0.0

    @property
    def open(self) -> float:
        """The opening mid price."""
        bid, ask = self.bid, self.ask
        if bid is not None and ask is not None:
            return _middle(bid.open, ask.open)
        return bid.open if bid is not None else ask.open if ask is not None else 0.0

    @property
    def high(self) -> float:
        """The highest mid price."""
        bid, ask = self.bid, self.ask
        if bid is not None and ask is not None:
            return _middle(bid.high, ask.high)
        return bid.high if bid is not None else ask.high if ask is not None else 0.0

    @property
    def low(self) -> float:
        """The lowest mid price."""
        bid, ask = self.bid, self.ask
        if bid is not None and ask is not None:
            return _middle(bid.low, ask.low)
        return bid.low if bid is not None else ask.low if ask is not None else 0.0

    @property
    def close(self) -> float:
        """The closing mid price."""
        bid, ask = self.bid, self.ask
        if bid is not None and ask is not None:
            return _middle(bid.close, ask.close) or self.value
        return bid.close if bid is not None else ask.close if ask is not None else self.value

    def update(
        self, last_trade: float, bid_price: float, ask_price: float, volume: float, bid_size: float, ask_size: float
    ) -> None:
        """Take in a quote."""
        self.bid = _updated(self.bid, bid_price)
        self.ask = _updated(self.ask, ask_price)
        self.last_bid_size = bid_size or self.last_bid_size
        self.last_ask_size = ask_size or self.last_ask_size
        self.value = last_trade or ask_price or bid_price or self.value

    def collapse(self) -> TradeBar:
        """The mid prices as a trade bar without volume."""
        return TradeBar(self.time, self.symbol, self.open, self.high, self.low, self.close, 0.0, self.period)

    def reader(self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool) -> QuoteBar:
        """The bar of a line of LEAN's files."""
        from leanib.engine.market.lean_files import parse_quote_bar

        return parse_quote_bar(config, line, date)

    def clone(self, fill_forward: bool | None = None) -> QuoteBar:
        """A copy that shares no side with this one."""
        twin: QuoteBar = QuoteBar.__new__(QuoteBar) if type(self) is QuoteBar else super().clone()
        bid, ask = self.bid, self.ask
        twin.time, twin.symbol, twin.period, twin.value = self.time, self.symbol, self.period, self.value
        twin.bid = bid.clone() if bid is not None else None
        twin.ask = ask.clone() if ask is not None else None
        twin.last_bid_size, twin.last_ask_size = self.last_bid_size, self.last_ask_size
        twin.is_fill_forward = self.is_fill_forward if fill_forward is None else fill_forward
        return twin

    def __str__(self) -> str:
        return f"{self.symbol}: {_side_text('Bid', self.bid)}{_side_text('Ask', self.ask)}"


def price_text(price: float) -> str:
    """A price as LEAN prints it in messages."""
    return decimal_text(smart_rounding(to_decimal(price)))


def _side_text(name: str, side: Bar | None) -> str:
    """With a blank after each price, and no price of a side that is not there."""
    prices = ("", "", "", "") if side is None else map(price_text, (side.open, side.high, side.low, side.close))
    return "".join(f"{name}: {letter}: {price} " for letter, price in zip("OHLC", prices, strict=True))


def _prices(bar: Bar | TradeBar) -> str:
    return f"O: {price_text(bar.open)} H: {price_text(bar.high)} L: {price_text(bar.low)} C: {price_text(bar.close)}"


def _middle(bid: float, ask: float) -> float:
    """The middle of two prices, or the one that is not 0."""
    return middle(bid, ask) if bid and ask else bid or ask


def _updated(side: Bar | None, price: float) -> Bar | None:
    if price == 0:
        return side
    if side is None:
        return Bar(price, price, price, price)
    side.update(price)
    return side
