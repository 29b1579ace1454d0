"""The pump: moves the quotes of instruments that somebody looks at, tick by tick, from their source."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from leanib.simulator.clock import SECOND_US, Timer
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.market import to_tick

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway

_BLOCK = 120


class Pump:
    """One timer for every watched instrument; prices come in blocks, because numpy likes them so.

    An instrument is watched while `watch` was called more often than `release`, while an order on it lives and while an
    account holds it. Pinned instruments stand still, closed markets too.
    """

    def __init__(self, gateway: Gateway, interval: float) -> None:
        self.gateway = gateway
        self.clock = gateway.clock
        self.market = gateway.market
        self.interval = round(interval * SECOND_US)
        gateway.market.wake = self.wake
        self._watched: dict[int, int] = {}
        self._timers: dict[int, Timer] = {}
        self._blocks: dict[int, tuple[int, list[float]]] = {}

    def watch(self, item: Instrument) -> None:
        """Somebody wants ticks of the instrument."""
        self._watched[item.con_id] = self._watched.get(item.con_id, 0) + 1
        self.wake(item)

    def wake(self, item: Instrument) -> None:
        """Begin to move an instrument that is needed (an order on it lives, an account holds it)."""
        if item.sec_type == "BAG":  # moves with its legs
            for leg in self.market.combos.legs[item.con_id]:
                self.watch(leg.item)
        elif item.con_id not in self._timers and item.con_id not in self.market.pinned:
            self._schedule(item)

    def release(self, item: Instrument) -> None:
        """Somebody wants them no more."""
        left = self._watched.get(item.con_id, 0) - 1
        if left > 0:
            self._watched[item.con_id] = left
            return
        self._watched.pop(item.con_id, None)

    def _schedule(self, item: Instrument) -> None:
        now = self.clock.now_us()
        when = (now // self.interval + 1) * self.interval
        if not self.market.is_open(item, extended=True, moment=when):
            when = item.calendar.next(when, extended=True).start
        self._timers[item.con_id] = self.clock.call_at(when, self._tick, item)

    def _needed(self, item: Instrument) -> bool:
        desk = self.gateway.desk
        if self._watched.get(item.con_id) or desk.living.get(item.con_id) or desk.conditions.watches(item.con_id):
            return True
        return any(
            ledger.quantity(item.con_id) for ledger in self.gateway.accounts.ledgers.values()
        )

    def _tick(self, item: Instrument) -> None:
        self._timers.pop(item.con_id, None)
        if item.con_id in self.market.pinned or not self._needed(item):
            self._blocks.pop(item.con_id, None)
            return
        self._schedule(item)
        if not self.gateway.desk.link_up:
            return
        self.move(item)

    def move(self, item: Instrument) -> None:
        """Take the next price from the source and publish the quote it makes."""
        now = self.clock.now_us()
        value = self._price(item, now)
        if value != value:
            return
        quote = self.market.quote(item)
        price = to_tick(value, item)
        self.market.spread(item, quote, price, now)
        quote.trade(price, Decimal(100) if item.tradable else Decimal(0))
        self.market.publish(item, quote)

    def _price(self, item: Instrument, now: int) -> float:
        start, values = self._blocks.get(item.con_id, (0, []))
        at = (now - start) // self.interval
        if not 0 <= at < len(values):
            start, at = now - now % self.interval, 0
            times = start + np.arange(_BLOCK, dtype=np.int64) * self.interval
            values = self.market.source(item).path(item, times).tolist()
            self._blocks[item.con_id] = (start, values)
        return values[at]
