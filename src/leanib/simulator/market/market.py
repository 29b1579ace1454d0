"""The market: every instrument, its present quote, and who hears of changes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from leanib.errors import UsageError
from leanib.simulator.clock import Clock
from leanib.simulator.market.combos import Combos
from leanib.simulator.market.directory import Directory
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.quotes import PLENTY, ZERO, Number, Quote, exact
from leanib.simulator.market.sources import Bars, Source, WalkSource
from leanib.simulator.market.walk import Floats, Ints
from leanib.simulator.protocol.contracts import ContractQuery

if TYPE_CHECKING:
    from leanib.simulator.market.replay import LeanSource

Listener = Callable[[Instrument, Quote], None]


def to_tick(value: float, item: Instrument) -> Decimal:
    """`value` rounded to the price grid of the instrument, never below one tick."""
    price = Decimal(value)
    step = item.increment(price)
    return item.floor((price / step).quantize(Decimal(1), ROUND_HALF_EVEN) * step)


HUNDRED = Decimal(100)


def _price(item: Instrument, value: Number) -> Decimal:
    price = exact(value)
    if price.is_signed() and price and not item.negative:
        raise UsageError(f"{value} is below zero, which a price of {item.local_symbol} cannot be")
    return price


def _size(value: Number | None, default: Decimal) -> Decimal:
    if value is None:
        return default
    size = exact(value)
    if size < 0:
        raise UsageError(f"a size of {value} is below zero")
    return size


class Market:
    """Instruments and quotes.

    A quote comes from the user (`set_quote`, `trade`: then it is pinned and moves only when told to) or from the
    source (LEAN data, else the seeded walk). Listeners hear every change in the order in which they were added.
    """

    def __init__(self, clock: Clock, seed: int, always_open: bool) -> None:
        self.clock = clock
        self.always_open = always_open
        self.directory = Directory(clock, self._spot)
        self.walk = WalkSource(seed, self._underlying_path)
        self.sources: list[Source] = [self.walk]
        self.replayed: list[LeanSource] = []
        self.listeners: list[Listener] = []
        #: Called with an instrument whose price matters from now on.
        self.wake: Callable[[Instrument], None] = lambda _: None
        self.combos = Combos(self)
        self.listeners.append(self.combos.on_quote)
        self.pinned: set[int] = set()
        self._quotes: dict[int, Quote] = {}

    def instrument(self, symbol: str | Instrument) -> Instrument:
        """The instrument meant by a symbol: "AAPL", "EUR.USD", a local symbol such as "ESH4" or an OCC option name."""
        return symbol if isinstance(symbol, Instrument) else self.directory.named(symbol)

    def source(self, item: Instrument) -> Source:
        """The first source that knows the instrument."""
        return next(source for source in self.sources if source.covers(item))

    def replay(self, folder: Path) -> None:
        """Take prices from a LEAN data folder where it has them; what it holds becomes known."""
        from leanib.simulator.market.replay import LeanSource  # only who replays pays for the readers

        source = LeanSource(folder, find=self.directory.by_id.get)
        self.sources.insert(0, source)
        self.replayed.insert(0, source)
        self.directory.listed.insert(0, source)
        known = {(item.sec_type, item.symbol, item.currency) for item in self.directory.by_id.values()}
        for item in source.instruments():
            if (item.sec_type, item.symbol, item.currency) not in known:
                self.directory.add(item)

    def is_open(self, item: Instrument, extended: bool = False, moment: int | None = None) -> bool:
        """Can the instrument trade now (or at `moment`)?"""
        if self.always_open:
            return True
        return item.calendar.is_open(self.clock.now_us() if moment is None else moment, extended)

    def quote(self, symbol: str | Instrument) -> Quote:
        """The present quote; made from the source when nobody looked before."""
        item = self.instrument(symbol)
        found = self._quotes.get(item.con_id)
        if found is None:
            found = self.combos.quote(item) if item.sec_type == "BAG" else self._first_quote(item)
            self._quotes[item.con_id] = found
        return found

    def find(self, query: ContractQuery) -> list[Instrument]:
        """Every instrument that a client's query describes."""
        return self.combos.find(query) if query.sec_type == "BAG" else self.directory.find(query)

    def replace(self, item: Instrument, quote: Quote) -> None:
        """Publish a quote that was made elsewhere."""
        self._quotes[item.con_id] = quote
        self.publish(item, quote)

    def set_quote(
        self,
        symbol: str | Instrument,
        bid: Number | None = None,
        ask: Number | None = None,
        last: Number | None = None,
        *,
        bid_size: Number | None = None,
        ask_size: Number | None = None,
        last_size: Number | None = None,
        close: Number | None = None,
    ) -> Quote:
        """Pin the quote of an instrument; what is not given stays as it is.

        A size that is not given means plenty. `last` counts as a trade of `last_size` (default 100). The displayed
        sizes are fresh after each call: orders that filled against the last quote find new shares. Raises UsageError
        for a price below zero of what has none, and for what is no number.
        """
        item = self.instrument(symbol)
        new_bid = None if bid is None else _price(item, bid)  # all are checked before any is taken over
        new_ask = None if ask is None else _price(item, ask)
        new_last = None if last is None else _price(item, last)
        new_close = None if close is None else _price(item, close)
        sizes = _size(bid_size, PLENTY), _size(ask_size, PLENTY), _size(last_size, HUNDRED)
        quote = self._pin(item)
        if new_bid is not None:
            quote.bid = new_bid
        if new_ask is not None:
            quote.ask = new_ask
        quote.bid_size, quote.ask_size, traded = sizes
        if new_last is not None:
            quote.trade(new_last, traded)
        if new_close is not None:
            quote.close = new_close
        elif quote.close is None:
            quote.close = quote.mid
        self.publish(item, quote)
        return quote

    def trade(self, symbol: str | Instrument, price: Number, size: Number = 100) -> Quote:
        """Print a trade: pins the quote, leaves bid and ask as they are."""
        item = self.instrument(symbol)
        traded, traded_size = _price(item, price), _size(size, HUNDRED)
        quote = self._pin(item)
        quote.trade(traded, traded_size)
        self.publish(item, quote)
        return quote

    def release(self, symbol: str | Instrument) -> None:
        """Give a pinned quote back to the source."""
        item = self.instrument(symbol)
        self.pinned.discard(item.con_id)
        self.wake(item)

    def publish(self, item: Instrument, quote: Quote) -> None:
        """Tell the listeners that the quote is new."""
        quote.time = self.clock.now_us()
        quote.bid_taken = quote.ask_taken = ZERO
        for listener in self.listeners:
            listener(item, quote)
        quote.fresh = False

    def bars(self, item: Instrument, starts: list[int], ends: list[int]) -> Bars:
        """Bars from the instrument's source."""
        return self.source(item).bars(item, np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64))

    def _underlying_path(self, item: Instrument, times: Ints) -> Floats:
        """The path beneath an option or a CFD, from whatever source its underlying has."""
        under = self.directory.under(item)
        return self.source(under).path(under, times)

    def _spot(self, item: Instrument) -> float:
        """Where an underlying stands, for the strikes of its options."""
        mark = self.quote(item).mark
        return item.price if mark is None else float(mark)

    def _pin(self, item: Instrument) -> Quote:
        if item.con_id not in self.pinned:
            self.pinned.add(item.con_id)
            self._quotes[item.con_id] = Quote(time=self.clock.now_us())
        return self._quotes[item.con_id]

    def _first_quote(self, item: Instrument) -> Quote:
        now = self.clock.now_us()
        quote = Quote(time=now)
        previous = item.calendar.previous(now)
        session = item.calendar.current(now)
        end = now if session is not None else previous.end - 1
        closing = self._price(item, previous.end - 1)
        quote.close = closing
        if session is not None and session.start < now:
            self._fill_day(item, quote, session.start, now)
        price = self._price(item, end)
        if price is not None:
            self.spread(item, quote, price, end)
            quote.last, quote.last_size = price, Decimal(100)
        return quote

    def _fill_day(self, item: Instrument, quote: Quote, start: int, now: int) -> None:
        bars = self.bars(item, [start], [now])
        if not len(bars.open) or np.isnan(bars.open[0]):
            return
        quote.open, quote.high = to_tick(bars.open[0], item), to_tick(bars.high[0], item)
        quote.low, quote.volume = to_tick(bars.low[0], item), Decimal(int(bars.volume[0]))

    def _price(self, item: Instrument, moment: int) -> Decimal | None:
        value = float(self.source(item).path(item, np.array([moment], dtype=np.int64))[0])
        return None if value != value else to_tick(value, item)

    def spread(self, item: Instrument, quote: Quote, price: Decimal, moment: int) -> None:
        """Bid and ask around `price`, sizes from the seed."""
        step = item.increment(price)
        half = max((price / 20000 / step).quantize(Decimal(1)), Decimal(1)) * step
        quote.bid = item.floor(price - half) if item.tradable else None
        quote.ask = price + half if item.tradable else None
        walk = self.walk.walk(self.directory.under(item) if item.follows else item)
        scale = 1000 if item.sec_type == "CASH" else 1
        quote.bid_size = Decimal(walk.size(moment, 0) * scale) if item.tradable else ZERO
        quote.ask_size = Decimal(walk.size(moment, 1) * scale) if item.tradable else ZERO
