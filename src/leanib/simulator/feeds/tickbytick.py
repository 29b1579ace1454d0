"""Answer reqTickByTickData: every trade, quote or midpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leanib.simulator.clock import SECOND_US
from leanib.simulator.feeds.pump import Pump
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.quotes import Quote
from leanib.simulator.protocol import market as answers
from leanib.simulator.protocol.fields import number

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session

KINDS = {"Last": 1, "AllLast": 2, "BidAsk": 3, "MidPoint": 4}
LIMIT = 5  # IB: five per 100 market data lines


@dataclass(slots=True, eq=False)
class _Subscription:
    session: Session
    req_id: int
    item: Instrument
    kind: int
    ignore_size: bool
    shown: tuple[object, ...] = ()


class TickByTickFeed:
    """All reqTickByTickData subscriptions."""

    def __init__(self, gateway: Gateway, pump: Pump) -> None:
        self.gateway = gateway
        self.pump = pump
        self.by_key: dict[tuple[int, int], _Subscription] = {}
        self._by_item: dict[int, list[_Subscription]] = {}

    def subscribe(self, session: Session, req_id: int, item: Instrument, kind: str, ignore_size: bool) -> None:
        """Begin to send, or answer with the reason why not."""
        number_of = KINDS.get(kind)
        if number_of is None or (item.sec_type == "IND" and number_of > 2):
            session.error(req_id, 10189, f"No market data permissions for {item.exchange} {item.sec_type}")
            return
        if item.sec_type == "CASH" and number_of <= 2:
            session.error(req_id, 10189, f"No trades are reported for {item.exchange} {item.sec_type}")
            return
        if len([key for key in self.by_key if key[0] == session.number]) >= LIMIT:
            session.error(req_id, 10190)
            return
        one = _Subscription(session, req_id, item, number_of, ignore_size)
        self.by_key[session.number, req_id] = one
        self._by_item.setdefault(item.con_id, []).append(one)
        self.pump.watch(item)
        if not self.gateway.faults.data_dead:
            self._send(one, self.gateway.market.quote(item))

    def cancel(self, session: Session, req_id: int) -> None:
        """Stop; an unknown request is answered with error 300."""
        one = self.by_key.pop((session.number, req_id), None)
        if one is None:
            session.error(req_id, 300, req_id)
            return
        self._drop(one)

    def forget(self, session: Session) -> None:
        """A client is gone."""
        for key in [key for key in self.by_key if key[0] == session.number]:
            self._drop(self.by_key.pop(key))

    def _drop(self, one: _Subscription) -> None:
        self._by_item[one.item.con_id].remove(one)
        self.pump.release(one.item)

    def on_quote(self, item: Instrument, quote: Quote) -> None:
        """Send to whoever watches, unless the data is dead."""
        if self.gateway.faults.data_dead:
            return
        for one in self._by_item.get(item.con_id, ()):
            self._send(one, quote)

    def _send(self, one: _Subscription, quote: Quote) -> None:
        epoch = quote.time // SECOND_US
        if one.kind in {1, 2}:
            state: tuple[object, ...] = (quote.last, quote.volume)
            if quote.last is not None and state != one.shown:
                venue = one.item.primary_exchange or one.item.exchange
                one.session.send(
                    answers.tick_by_tick_last(
                        one.req_id, one.kind, epoch, number(quote.last), number(quote.last_size), venue
                    )
                )
        elif one.kind == 3 and quote.bid is not None and quote.ask is not None:
            sizes = () if one.ignore_size else (quote.bid_size, quote.ask_size)
            state = (quote.bid, quote.ask, *sizes)
            if state != one.shown:
                texts = map(number, (quote.bid, quote.ask, quote.bid_size, quote.ask_size))
                one.session.send(answers.tick_by_tick_quote(one.req_id, epoch, *texts))
        else:
            state = (quote.mid,)
            if quote.mid is not None and state != one.shown:
                one.session.send(answers.tick_by_tick_mid(one.req_id, epoch, number(quote.mid)))
        one.shown = state
