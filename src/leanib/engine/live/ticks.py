"""IB's market data messages as LEAN's ticks (`InteractiveBrokersBrokerage.cs`, HandleTickPrice and HandleTickSize).

A trade leaves with its price or with its size alone when only that changed; a quote leaves with each change of a side,
withheld while the sides cross. Ticks carry the moment of their arrival in the exchange's zone, for IB tells no other,
and so none of them is late.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from leanib.engine.market import OpenInterest, Tick
from leanib.engine.symbols import Symbol, TickType
from leanib.engine.timezones import DateTimeZone

__all__ = ["TickReader"]

#: IB's tick types, live and delayed: prices with sizes, and sizes alone
_BID, _ASK, _LAST = (1, 66), (2, 67), (4, 68)
_BID_SIZE, _ASK_SIZE, _LAST_SIZE = (0, 69), (3, 70), (5, 71)
_OPEN_INTEREST = (27, 28, 86)


class TickReader:
    """The state of one symbol's market data, and the ticks that its messages make; prices are in LEAN's unit."""

    def __init__(self, symbol: Symbol, zone: DateTimeZone) -> None:
        self._symbol = symbol
        self._zone = zone
        self._bid = self._bid_size = self._ask = self._ask_size = self._last = 0.0
        self._echo: float | None = None
        self._factor = float(symbol.asset.ib_price_factor(symbol))

    def read(self, messages: Iterable[Any], utc_now: datetime) -> list[Tick]:
        """The ticks of IB's messages (`TickData`), at a naive UTC time."""
        time = self._zone.to_local(utc_now)
        ticks: list[Tick] = []
        for message in messages:
            kind, price, size = message.tickType, _number(message.price) / self._factor, _number(message.size)
            if kind in _LAST or kind in _LAST_SIZE:
                tick = self._trade(kind in _LAST, price, size, time)
            elif kind in _OPEN_INTEREST:
                tick = OpenInterest(time, self._symbol, size) if size else None
            else:
                tick = self._quote(kind, price, size, time)
            if tick is not None:
                ticks.append(tick)
        return ticks

    def _trade(self, with_price: bool, price: float, size: float, time: datetime) -> Tick | None:
        """A trade. IB repeats the size of a price's message on its own right after it: that is the same trade."""
        if with_price:
            self._last = price
            self._echo = size
        elif self._echo == size:
            self._echo = None
            return None
        else:
            self._echo = None
        if not self._last:
            return None
        return Tick(time, self._symbol, self._last, tick_type=TickType.TRADE, quantity=size)

    def _quote(self, kind: int, price: float, size: float, time: datetime) -> Tick | None:
        if kind in _BID:
            self._bid, self._bid_size = price, size
        elif kind in _ASK:
            self._ask, self._ask_size = price, size
        elif kind in _BID_SIZE:
            self._bid_size = size
        elif kind in _ASK_SIZE:
            self._ask_size = size
        else:
            return None
        bid, ask = self._bid, self._ask
        if not (bid or ask) or (bid and ask and bid > ask):
            return None
        tick = Tick(
            time,
            self._symbol,
            bid_price=bid or ask,
            ask_price=ask or bid,
            tick_type=TickType.QUOTE,
            bid_size=self._bid_size,
            ask_size=self._ask_size,
        )
        tick.set_value()
        return tick


def _number(value: float) -> float:
    return value if value is not None and math.isfinite(value) and value != -1 else 0.0
