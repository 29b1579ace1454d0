"""Answer reqHistoricalTicks: one tick a second of the path, within the sessions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.simulator.clock import SECOND_US
from leanib.simulator.history.spans import has_data
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.market import to_tick
from leanib.simulator.market.quotes import exact
from leanib.simulator.market.recorded import tick_values
from leanib.simulator.orders.timing import parse_moment
from leanib.simulator.protocol import market as answers
from leanib.simulator.protocol.ids import Answer

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session

MOST = 1000
KINDS = {
    "TRADES": Answer.HISTORICAL_TICKS_LAST,
    "BID_ASK": Answer.HISTORICAL_TICKS_BID_ASK,
    "MIDPOINT": Answer.HISTORICAL_TICKS,
}


@dataclass(frozen=True, slots=True)
class TickRequest:
    """The fields of reqHistoricalTicks beyond the contract; one of `start` and `end` is empty."""

    start: str
    end: str
    count: int
    what: str
    rth: bool


def answer(gateway: Gateway, session: Session, req_id: int, item: Instrument, asked: TickRequest) -> None:
    """Answer reqHistoricalTicks: from `start` on, or up to `end`."""
    zone, what = item.calendar.zone, asked.what
    moments: list[int | None] = []
    for name, text in (("Start Date/Time", asked.start), ("End Date/Time", asked.end)):
        try:
            moments.append(parse_moment(text, zone) if text else None)
        except ValueError:
            session.error(req_id, 10314, name)
            return
    first, last = moments
    if what not in KINDS or not 0 < asked.count <= MOST or (first is None) == (last is None):
        session.error(req_id, 321, "-'bT' : cause - Historical ticks need one of start and end, and 1 to 1000 ticks.")
        return
    if not has_data(item, what):
        session.error(req_id, 162, f"HMDS query returned no data: {item.local_symbol}@{item.exchange} {what.title()}")
        return
    recorded = _recorded(gateway, item, first, last, asked)
    if recorded is not None:
        session.send(answers.historical_ticks(KINDS[what], req_id, recorded))
        return
    times = _times(gateway, item, first, last, asked.count, not asked.rth)
    prices = gateway.history.path(item, times)
    pairs = [(t // SECOND_US, to_tick(p, item)) for t, p in zip(times, prices, strict=True) if p == p]
    rows = [_row(item, what, epoch, price) for epoch, price in pairs]
    session.send(answers.historical_ticks(KINDS[what], req_id, rows))


def _recorded(
    gateway: Gateway, item: Instrument, first: int | None, last: int | None, asked: TickRequest
) -> list[tuple[object, ...]] | None:
    """The ticks of the replayed folder's own files; None where it has none."""
    for source in gateway.market.replayed:
        place = source.place(item)
        if place is None:
            continue
        found = source.recorded.ticks(place, asked.what, first, last, asked.count, gateway.clock.now_us())
        if found is None:
            continue
        rows: list[tuple[object, ...]] = []
        for epoch, columns, row in found:
            values = [exact(value) for value in tick_values(columns, row)]
            if asked.what == "TRADES":
                rows.append((epoch, 0, *values, item.primary_exchange or item.exchange, ""))
            else:
                rows.append((epoch, 0, *values))
        return rows
    return None


def _times(
    gateway: Gateway, item: Instrument, first: int | None, last: int | None, count: int, extended: bool
) -> list[int]:
    now = gateway.clock.now_us()
    found: list[int] = []
    if first is not None:
        at = first - first % SECOND_US
        while len(found) < count and at <= now:
            session = item.calendar.next(at, extended)
            at = max(at, session.start)
            stop = min(session.end, now + 1)
            found += range(at, stop, SECOND_US)[: count - len(found)]
            at = session.end
        return found
    at = min(last or now, now)
    while len(found) < count:
        current = item.calendar.current(at - 1, extended) or item.calendar.previous(at, extended)
        stop = min(at, current.end)
        found += range(stop - SECOND_US, current.start - 1, -SECOND_US)[: count - len(found)]
        at = current.start
    return found[::-1]


def _row(item: Instrument, what: str, epoch: int, price: Decimal) -> tuple[object, ...]:
    if what == "TRADES":
        return epoch, 0, price, Decimal(100), item.primary_exchange or item.exchange, ""
    if what == "MIDPOINT":
        return epoch, 0, price, 0
    step = item.increment(price)
    return epoch, 0, item.floor(price - step), price + step, Decimal(100), Decimal(100)
