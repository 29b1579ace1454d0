"""Answer reqMktDepth: a deep book built around the quote."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.simulator.feeds.pump import Pump
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.quotes import Quote
from leanib.simulator.protocol import market as answers

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session

INSERT, UPDATE, DELETE = 0, 1, 2
ASK, BID = 0, 1
LIMIT = 3
_VENUES = ("ISLAND", "ARCA", "BATS", "NYSE", "EDGEA")
Level = tuple[Decimal, Decimal]


def levels(item: Instrument, quote: Quote, side: int, rows: int) -> list[Level]:
    """Up to ten levels of one side: the quote, then one increment further each, a little larger each."""
    best, size = (quote.ask, quote.ask_size) if side == ASK else (quote.bid, quote.bid_size)
    if best is None:
        return []
    step = item.increment(best) * (1 if side == ASK else -1)
    found = [(best + step * n, size + 100 * n) for n in range(min(rows, 10))]
    return [level for level in found if level[0] > 0]


@dataclass(slots=True, eq=False)
class _Book:
    session: Session
    req_id: int
    item: Instrument
    rows: int
    smart: bool
    shown: dict[int, list[Level]] = field(default_factory=lambda: {ASK: [], BID: []})


class BookFeed:
    """All reqMktDepth subscriptions."""

    def __init__(self, gateway: Gateway, pump: Pump) -> None:
        self.gateway = gateway
        self.pump = pump
        self.by_key: dict[tuple[int, int], _Book] = {}

    def subscribe(self, session: Session, req_id: int, item: Instrument, rows: int, smart: bool) -> None:
        """Begin to send the book, or answer with the reason why not."""
        if not item.tradable:
            session.error(req_id, 10092)
            return
        if len([key for key in self.by_key if key[0] == session.number]) >= LIMIT:
            session.error(req_id, 309)
            return
        book = _Book(session, req_id, item, rows or 10, smart)
        self.by_key[session.number, req_id] = book
        self.pump.watch(item)
        self._send(book, self.gateway.market.quote(item))

    def cancel(self, session: Session, req_id: int) -> None:
        """Stop; an unknown request is answered with error 310."""
        book = self.by_key.pop((session.number, req_id), None)
        if book is None:
            session.error(req_id, 310, req_id)
            return
        self.pump.release(book.item)

    def forget(self, session: Session) -> None:
        """A client is gone."""
        for key in [key for key in self.by_key if key[0] == session.number]:
            self.pump.release(self.by_key.pop(key).item)

    def reset(self, session: Session, req_id: int) -> None:
        """Tell the client to empty its book (317) and send it anew."""
        book = self.by_key[session.number, req_id]
        session.error(req_id, 317)
        book.shown = {ASK: [], BID: []}
        self._send(book, self.gateway.market.quote(book.item))

    def on_quote(self, item: Instrument, quote: Quote) -> None:
        """Send the changes to whoever watches."""
        if not self.by_key or self.gateway.faults.data_dead:
            return
        for book in self.by_key.values():
            if book.item.con_id == item.con_id:
                self._send(book, quote)

    def _send(self, book: _Book, quote: Quote) -> None:
        for side in (ASK, BID):
            new, old = levels(book.item, quote, side, book.rows), book.shown[side]
            for position, level in enumerate(new):
                if position >= len(old):
                    self._change(book, position, INSERT, side, level)
                elif level != old[position]:
                    self._change(book, position, UPDATE, side, level)
            for position in range(len(old) - 1, len(new) - 1, -1):
                self._change(book, position, DELETE, side, (Decimal(0), Decimal(0)))
            book.shown[side] = new

    def _change(self, book: _Book, position: int, operation: int, side: int, level: Level) -> None:
        if not book.smart:
            message = answers.market_depth(book.req_id, position, operation, side, *level)
        else:
            venue = _VENUES[position % len(_VENUES)]
            message = answers.market_depth_l2(book.req_id, position, venue, operation, side, *level, smart=True)
        book.session.send(message)
