"""Answer reqMktData: live, frozen and delayed ticks, snapshots, generic ticks."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.simulator.clock import SECOND_US
from leanib.simulator.feeds.generic import GenericTicks
from leanib.simulator.feeds.greeks import option_ticks
from leanib.simulator.feeds.pump import Pump
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.quotes import Quote
from leanib.simulator.protocol import market as answers
from leanib.simulator.protocol import versions

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session

LIVE, FROZEN, DELAYED, DELAYED_FROZEN = 1, 2, 3, 4
#: Tick types: bid, ask, last, high, low, close, open and the sizes; delayed ones have their own numbers.
_PRICES = {"bid": (1, 66), "ask": (2, 67), "last": (4, 68), "high": (6, 72), "low": (7, 73)}
_SIZES = {1: (0, 69), 2: (3, 70), 4: (5, 71)}
_CLOSE, _OPEN, _VOLUME, _LAST_TIME = (9, 75), (14, 76), (8, 74), (45, 88)
#: Errors that mean that there is no delayed data either.
NO_DELAYED = frozenset({10168, 10197, 10186, 200, 420})
_Shown = tuple[str, str]


@dataclass(slots=True, eq=False)
class TickSubscription:
    """One reqMktData."""

    session: Session
    req_id: int
    item: Instrument
    generic: frozenset[int]
    snapshot: bool
    delayed: bool
    lot: int = 1  # sizes are sent in units of so many: clients before version 159 count round lots of stocks
    shown: dict[int, _Shown] = field(default_factory=dict)


def lot_of(session: Session, item: Instrument) -> int:
    """What a size of 1 stands for in what this client is sent: a share, or a hundred of them."""
    return 100 if item.sec_type == "STK" and session.version < versions.MARKET_DATA_IN_SHARES else 1


class TickFeed:
    """All reqMktData subscriptions."""

    def __init__(self, gateway: Gateway, pump: Pump, limit: int) -> None:
        self.gateway = gateway
        self.pump = pump
        self.limit = limit
        self.by_key: dict[tuple[int, int], TickSubscription] = {}
        self._by_item: dict[int, list[TickSubscription]] = {}
        self.generic = GenericTicks(gateway)

    def subscribe(
        self, session: Session, req_id: int, item: Instrument, generic: frozenset[int], snapshot: bool
    ) -> None:
        """Begin to send ticks, or answer with the reason why not."""
        key = (session.number, req_id)
        if key in self.by_key:
            session.error(req_id, 322, "Duplicate ticker id")
            return
        if len([k for k in self.by_key if k[0] == session.number]) >= self.limit:
            session.error(req_id, 101)
            return
        unpaid = self.gateway.faults.missing_data(item.symbol)
        delayed = bool(unpaid)
        if delayed and (session.market_data_type < DELAYED or unpaid in NO_DELAYED):
            session.error(req_id, 10168 if unpaid == 354 and session.market_data_type != LIVE else unpaid)
            return
        if delayed:
            session.error(req_id, 10167)
        one = TickSubscription(session, req_id, item, generic, snapshot, delayed, lot_of(session, item))
        session.send(answers.tick_request_parameters(req_id, item.min_tick, "9c0001" if item.tradable else ""))
        session.send(answers.market_data_type(req_id, self._type(session, item, delayed)))
        quote = self.gateway.market.quote(item)
        if not self.gateway.faults.data_dead:
            self._send(one, quote, complete=True)
        if snapshot:
            late, end = self.gateway.faults.snapshot_seconds, answers.snapshot_end(req_id)
            if late:
                self.gateway.clock.call_later(late, session.send, end)
            else:
                session.send(end)
            return
        self.by_key[key] = one
        self._by_item.setdefault(item.con_id, []).append(one)
        self.pump.watch(item)
        if item.follows:
            self.pump.watch(self.gateway.market.directory.under(item))

    def _type(self, session: Session, item: Instrument, delayed: bool) -> int:
        closed = not self.gateway.market.is_open(item, extended=True)
        if delayed:
            return DELAYED_FROZEN if closed and session.market_data_type == DELAYED_FROZEN else DELAYED
        return FROZEN if closed and session.market_data_type in {FROZEN, DELAYED_FROZEN} else LIVE

    def cancel(self, session: Session, req_id: int) -> None:
        """Stop the ticks of a request; an unknown one is answered with error 300."""
        one = self.by_key.pop((session.number, req_id), None)
        if one is None:
            session.error(req_id, 300, req_id)
            return
        self._drop(one)

    def forget(self, session: Session) -> None:
        """A client is gone."""
        for key in [key for key in self.by_key if key[0] == session.number]:
            self._drop(self.by_key.pop(key))

    def _drop(self, one: TickSubscription) -> None:
        self._by_item[one.item.con_id].remove(one)
        self.pump.release(one.item)
        if one.item.follows:
            self.pump.release(self.gateway.market.directory.under(one.item))

    def on_quote(self, item: Instrument, quote: Quote) -> None:
        """Send what changed to whoever watches."""
        if self.gateway.faults.data_dead:
            return
        for one in self._by_item.get(item.con_id, ()):
            self._send(one, quote)

    def _send(self, one: TickSubscription, quote: Quote, complete: bool = False) -> None:
        if one.delayed and not complete and not self._due(one):
            return
        at = 1 if one.delayed else 0
        send, req_id = one.session.send, one.req_id
        last = None if one.item.sec_type == "CASH" else quote.last  # nobody reports the trades of currency pairs
        rows = (
            (_PRICES["bid"][at], quote.bid, quote.bid_size), (_PRICES["ask"][at], quote.ask, quote.ask_size),
            (_PRICES["last"][at], last, quote.last_size),
        )  # fmt: skip
        traded = False
        for base, (kind, price, size) in zip((1, 2, 4), rows, strict=True):
            if price is None:
                continue
            shown = (str(price), str(size if one.lot == 1 else size // one.lot))
            before = one.shown.get(kind)
            if shown == before:
                continue
            one.shown[kind] = shown
            traded = traded or base == 4
            if before is None or shown[0] != before[0]:
                send(answers.tick_price(req_id, kind, shown[0], shown[1], 1 if base != 4 and not at else 0))
            send(answers.tick_size(req_id, _SIZES[base][at], shown[1]))
        self._send_day(one, quote, at)
        if traded:
            send(answers.tick_string(req_id, _LAST_TIME[at], str(quote.time // SECOND_US)))
            if one.generic:
                for message in self.generic.traded(req_id, one.generic, quote):
                    send(message)
        if complete and one.generic:
            for message in self.generic.first(req_id, one.item, one.generic, quote):
                send(message)
        if one.item.is_option:
            for message in option_ticks(self.gateway.market, one.item, quote, req_id, delayed=bool(at)):
                send(message)

    def _send_day(self, one: TickSubscription, quote: Quote, at: int) -> None:
        send, req_id = one.session.send, one.req_id
        for kind, price in (
            (_PRICES["high"][at], quote.high), (_PRICES["low"][at], quote.low), (_CLOSE[at], quote.close),
            (_OPEN[at], quote.open),
        ):  # fmt: skip
            if price is not None and (shown := (str(price), "0")) != one.shown.get(kind):
                one.shown[kind] = shown
                send(answers.tick_price(req_id, kind, shown[0], "0"))
        if one.item.sec_type == "CASH":
            return
        volume = (str(quote.volume if one.lot == 1 else quote.volume // one.lot), "")
        if quote.volume and volume != one.shown.get(_VOLUME[at]):
            one.shown[_VOLUME[at]] = volume
            send(answers.tick_size(req_id, _VOLUME[at], volume[0]))

    def _due(self, one: TickSubscription) -> bool:
        """Delayed data comes more slowly: every tenth tick."""
        count = Decimal(one.shown.get(-1, ("0", ""))[0]) + 1
        one.shown[-1] = (str(count), "")
        return count % 10 == 0
