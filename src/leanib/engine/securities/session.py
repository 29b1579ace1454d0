"""The bars of the trading days, the one under way included (`Common/Data/Market/Session.cs`, `SessionBar.cs`).

`security.session.size = 3` switches it on: `session.open` ... are those of the day so far, `session[1]` is the day
before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leanib.engine.exchanges.exchange_hours import SecurityExchangeHours
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.market.bars import Bar, QuoteBar, TradeBar, price_text
from leanib.engine.market.tick import Tick
from leanib.engine.market.volumes import add_volumes
from leanib.engine.symbols import Symbol, TickType

if TYPE_CHECKING:
    from leanib.engine.market import BaseData

__all__ = ["Session", "SessionBar"]

_ONE_DAY = timedelta(days=1)
_NO_DAY = datetime(9999, 12, 31)
_NEVER = datetime(1, 1, 1)


class SessionBar(TradeBar):
    """A trading day: prices of trades, or the middle of quotes; volume of trades; open interest."""

    __slots__ = ("_data_end", "_quotes", "_source", "_volume_end", "open_interest")

    def __init__(self, source: TickType, symbol: Symbol, time: datetime, previous: SessionBar | None) -> None:
        super().__init__(time, symbol, period=_ONE_DAY)
        self.open_interest = 0.0
        self._source = source
        self._volume_end = _NEVER
        self._data_end: datetime | None = None
        self._quotes = QuoteBar(symbol=symbol)
        before = previous._quotes if previous is not None else None
        if source is TickType.QUOTE and before is not None:
            # The day starts with the last quotes of the day before.
            bid = before.bid.close if before.bid is not None else 0.0
            self._quotes.update(0.0, bid, before.ask.close if before.ask is not None else 0.0, 0.0, 0.0, 0.0)

    def take(self, data: BaseData) -> None:
        """Takes a data point in, unless it lies before what was taken already."""
        if self._data_end is not None and data.time < self._data_end:
            return
        if isinstance(data, TradeBar):
            self._add_volume(data, data.volume)
            if self._source is TickType.TRADE:
                self._add_prices(data.open, data.high, data.low, data.close)
                self._data_end = data.end_time
        elif isinstance(data, QuoteBar) and self._source is TickType.QUOTE:
            self._quotes.bid = _merged(self._quotes.bid, data.bid)
            self._quotes.ask = _merged(self._quotes.ask, data.ask)
            self._take_middle(data.end_time)
        elif isinstance(data, Tick):
            self._take_tick(data)

    def _take_tick(self, tick: Tick) -> None:
        self._add_volume(tick, tick.quantity)
        if tick.tick_type is not self._source:
            return
        if self._source is TickType.TRADE:
            self._add_prices(tick.value, tick.value, tick.value, tick.value)
            self._data_end = tick.end_time
        else:
            self._quotes.update(0.0, tick.bid_price, tick.ask_price, 0.0, tick.bid_size, tick.ask_size)
            self._take_middle(tick.end_time)

    def _add_volume(self, data: BaseData, volume: float) -> None:
        if self._volume_end <= data.time:
            self._volume_end = data.end_time
            self.volume = add_volumes(self.volume, volume)

    def _add_prices(self, open: float, high: float, low: float, close: float) -> None:
        if self._data_end is None:
            self.open, self.high, self.low = open, high, low
        self.high = max(self.high, high)
        self.low = min(self.low, low)
        self.value = close

    def _take_middle(self, end_time: datetime) -> None:
        quotes = self._quotes
        self.open, self.high, self.low, self.value = quotes.open, quotes.high, quotes.low, quotes.close
        self._data_end = end_time

    def __str__(self) -> str:
        return (
            f"O: {price_text(self.open)} H: {price_text(self.high)} L: {price_text(self.low)} "
            f"C: {price_text(self.close)} V: {price_text(self.volume)} OI: {self.open_interest:g}"
        )


def _merged(side: Bar | None, new: Bar | None) -> Bar | None:
    """One side of the day's quotes with those of another bar."""
    if side is None or new is None:
        return side if new is None else new.clone()
    return Bar(side.open, max(side.high, new.high), min(side.low, new.low), new.close)


class Session(RollingWindow):  # type: ignore[type-arg]  # subscripting makes a window, not a class
    """The trading days' bars, the newest at index 0; empty until it is given a size."""

    symbol: Symbol

    def __init__(self, tick_type: TickType, exchange_hours: SecurityExchangeHours, symbol: Symbol) -> None:
        super().__init__(0)
        self.symbol = symbol
        self._tick_type = tick_type
        self._hours = exchange_hours
        self._last: SessionBar | None = None
        self._working = self._new_bar()
        self._started = False
        self._last_emit = _NEVER

    def _new_bar(self) -> SessionBar:
        day = _NO_DAY
        if self._last is not None:
            following = self._hours.get_next_trading_day(self._last.time)
            day = datetime(following.year, following.month, following.day)
        self._started = False
        return SessionBar(self._tick_type, self.symbol, day, self._last)

    @property
    def size(self) -> int:
        """How many days it holds."""
        return self._size

    @size.setter
    def size(self, value: int) -> None:
        first = not self._size and value > 0
        RollingWindow.size.__set__(self, value)  # type: ignore[attr-defined]
        if first:
            self.add(self._working)

    def update(self, data: BaseData) -> None:
        """Takes a data point of the security in; its time is in the exchange's zone."""
        if not self._size:
            return
        if self._is_over(data.time):
            self._emit()
        if data.time < self._last_emit:
            return
        if not self._started:
            self._start(data.time)
        if isinstance(data, Tick) and data.tick_type is TickType.OPEN_INTEREST:
            self._working.open_interest = data.value
        elif self._hours.is_open(data.time, data.end_time, False):
            self._working.take(data)

    def _start(self, time: datetime) -> None:
        day = datetime(time.year, time.month, time.day)
        if self._working.time == _NO_DAY or day > self._working.time:
            self._working.time = day
        self._started = True

    def scan(self, current_local_time: datetime) -> None:
        """Closes the day's bar once the day is over."""
        if self._started and self._is_over(current_local_time):
            self._emit()

    def _is_over(self, time: datetime) -> bool:
        working = self._working.time
        if working == _NO_DAY or time - working < _ONE_DAY:
            return False
        return datetime(time.year, time.month, time.day) > self._last_emit

    def _emit(self) -> None:
        self._last_emit = self._working.time + _ONE_DAY
        self._last = self._working
        self._working = self._new_bar()
        self.add(self._working)

    def reset(self) -> None:
        """Forgets all days."""
        super().reset()
        self._last = None
        self._last_emit = _NEVER
        self._working = self._new_bar()
        if self._size:
            self.add(self._working)

    @property
    def open(self) -> float:
        """The day's open."""
        return self._working.open

    @property
    def high(self) -> float:
        """The day's high."""
        return self._working.high

    @property
    def low(self) -> float:
        """The day's low."""
        return self._working.low

    @property
    def close(self) -> float:
        """The last price of the day."""
        return self._working.close

    @property
    def volume(self) -> float:
        """The day's volume."""
        return self._working.volume

    @property
    def open_interest(self) -> float:
        """The day's open interest."""
        return self._working.open_interest

    @property
    def end_time(self) -> datetime:
        """When the day ends."""
        return self._working.time if self._working.time == _NO_DAY else self._working.end_time

    def __str__(self) -> str:
        return str(self._working)
