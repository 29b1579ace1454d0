"""Answer reqRealTimeBars: a bar every five seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leanib.simulator.clock import SECOND_US, Timer
from leanib.simulator.feeds.pump import Pump
from leanib.simulator.history.spans import has_data
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.protocol import market as answers

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session

FIVE_SECONDS = 5 * SECOND_US


@dataclass(slots=True, eq=False)
class _Bars:
    session: Session
    req_id: int
    item: Instrument
    what: str
    rth: bool
    timer: Timer | None = None


class BarFeed:
    """All reqRealTimeBars subscriptions."""

    def __init__(self, gateway: Gateway, pump: Pump) -> None:
        self.gateway = gateway
        self.pump = pump
        self.by_key: dict[tuple[int, int], _Bars] = {}

    def subscribe(self, session: Session, req_id: int, item: Instrument, what: str, rth: bool) -> None:
        """Begin to send bars, or answer with the reason why not."""
        if what not in {"TRADES", "MIDPOINT", "BID", "ASK"}:
            session.error(req_id, 420, f"Unknown data type {what}")
            return
        if not has_data(item, what):
            session.error(req_id, 420, f"No {what.title()} data of {item.local_symbol}@{item.exchange}")
            return
        one = _Bars(session, req_id, item, what, rth)
        self.by_key[session.number, req_id] = one
        self.pump.watch(item)
        self._schedule(one)

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

    def bust(self) -> None:
        """A bust event: every subscription dies with error 10225."""
        for key, one in list(self.by_key.items()):
            one.session.error(one.req_id, 10225)
            self._drop(self.by_key.pop(key))

    def _drop(self, one: _Bars) -> None:
        if one.timer is not None:
            one.timer.cancel()
        self.pump.release(one.item)

    def _schedule(self, one: _Bars) -> None:
        clock = self.gateway.clock
        when = (clock.now_us() // FIVE_SECONDS + 1) * FIVE_SECONDS
        one.timer = clock.call_at(when, self._bar, one, when - FIVE_SECONDS)

    def _bar(self, one: _Bars, start: int) -> None:
        self._schedule(one)
        gateway = self.gateway
        if gateway.faults.data_dead or not gateway.desk.link_up:
            return
        if not gateway.market.is_open(one.item, extended=not one.rth, moment=start):
            return
        bar = gateway.history.live_bar(one.item, one.what, start, start + FIVE_SECONDS)
        if bar is not None:
            one.session.send(answers.real_time_bar(one.req_id, start // SECOND_US, bar))
