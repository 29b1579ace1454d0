"""Answer reqHistoricalData and its relatives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from leanib.simulator.clock import SECOND_US, Timer, to_datetime
from leanib.simulator.history.spans import (
    BAR_SECONDS,
    Duration,
    Edge,
    SpanError,
    bar_size,
    begins,
    duration,
    edges,
    has_data,
    parts,
    sessions_for,
    too_long,
)
from leanib.simulator.market.calendar import Session
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.market import to_tick
from leanib.simulator.market.quotes import exact
from leanib.simulator.market.recorded import RecordedBar
from leanib.simulator.orders.timing import parse_moment
from leanib.simulator.pacing import VIOLATION
from leanib.simulator.protocol import market as answers
from leanib.simulator.protocol import versions
from leanib.simulator.protocol.market import BarFields

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session as Client

PRICE_KINDS = frozenset({"TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK", "ADJUSTED_LAST", "AGGTRADES"})
VOLATILITY_KINDS = frozenset({"HISTORICAL_VOLATILITY", "OPTION_IMPLIED_VOLATILITY"})
_NONE = Decimal(-1)
#: So many bars still fit into a frame that clients take (16 MB).
MOST_BARS = 150_000


@dataclass(slots=True, frozen=True)
class HistoryRequest:
    """The fields of reqHistoricalData beyond the contract."""

    end: str
    size: str
    duration: str
    rth: bool
    what: str
    format: int
    keep: bool


@dataclass(slots=True, eq=False)
class _Kept:
    session: Client
    req_id: int
    item: Instrument
    request: HistoryRequest
    size: str
    timer: Timer | None = None


class History:
    """Answers historical requests; keeps the keepUpToDate subscriptions."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.kept: dict[tuple[int, int], _Kept] = {}

    def answer(self, session: Client, req_id: int, item: Instrument, request: HistoryRequest) -> None:
        """Answer reqHistoricalData with bars, a schedule, or the reason why not."""
        now = self.gateway.clock.now_us()
        try:
            end = min(parse_moment(request.end, item.calendar.zone), now) if request.end else now
        except ValueError:
            session.error(req_id, 10314, "End Date/Time")
            return
        try:
            size, span = bar_size(request.size), duration(request.duration)
        except SpanError as problem:
            session.error(req_id, 321, f"-'bS' : cause - {problem}")
            return
        if not self._allowed(session, req_id, item, request, size, span):
            return
        if request.what == "SCHEDULE":
            self._schedule(session, req_id, item, end, span)
            return
        found = sessions_for(item.calendar, end, span, not request.rth)
        if sum(one.end - one.start for one in found) // SECOND_US // BAR_SECONDS[size] > MOST_BARS:
            session.error(req_id, 162, "Time length exceed max.")
            return
        start = begins(item.calendar, end, span)
        covered = self._local(item, start, session.version), self._local(item, end, session.version)
        self.gateway.chores.begin(session, self._bring(_Kept(session, req_id, item, request, size), found, covered))

    def _bring(self, one: _Kept, found: list[Session], covered: tuple[str, str]) -> Iterator[None]:
        """Make the bars of some sessions at a time and send them all; others get their turn in between."""
        session, item, request = one.session, one.item, one.request
        bars: list[BarFields] = []
        for wanted in parts(found, one.size, item.calendar):
            bars += self.bars(item, request.what, wanted, one.size, request.format, session.version)
            yield
        if not bars:
            self._no_data(session, one.req_id, item, request.what)
            return
        if item.sec_type == "STK" and session.version < versions.HISTORY_IN_SHARES:
            bars = [replace(bar, volume=bar.volume // 100) if bar.volume > 0 else bar for bar in bars]
        for message in answers.historical_data(session.version, one.req_id, *covered, bars):
            session.send(message)
        if request.keep:
            self._keep(one)

    @staticmethod
    def _no_data(session: Client, req_id: int, item: Instrument, what: str) -> None:
        name = what.replace("_", " ").title()
        session.error(req_id, 162, f"HMDS query returned no data: {item.local_symbol}@{item.exchange} {name}")

    def _allowed(
        self, session: Client, req_id: int, item: Instrument, request: HistoryRequest, size: str, span: Duration
    ) -> bool:
        cause = ""
        if request.what not in PRICE_KINDS | VOLATILITY_KINDS | {"SCHEDULE"}:
            cause = "What to show field is missing or incorrect."
        elif request.keep and request.end:
            cause = "End Date/Time string cannot be set for a request with keepUpToDate."
        elif request.what == "SCHEDULE" and size != "1 day":
            cause = "Historical schedule needs bars of 1 day."
        if cause:
            session.error(req_id, 321, f"-'bS' : cause - {cause}")
            return False
        if too_long(size, span):
            session.error(req_id, 162, "Time length exceed max.")
            return False
        if not has_data(item, request.what):
            self._no_data(session, req_id, item, request.what)
            return False
        if BAR_SECONDS[size] <= 30:
            weight = 2 if request.what == "BID_ASK" else 1
            if not self.gateway.pacing.allow_history((item.con_id, request.what), (item.con_id, request), weight):
                session.error(req_id, 162, VIOLATION)
                return False
        return True

    def bars(
        self, item: Instrument, what: str, wanted: list[Edge], size: str, form: int, version: int
    ) -> list[BarFields]:
        """Bars for the edges, formatted as asked."""
        recorded = self._recorded(item, what, wanted, BAR_SECONDS[size])
        if recorded is not None:
            return [
                exact_bar(item, what, self.label(item, edge, size, form, version), bar)
                for edge, bar in zip(wanted, recorded, strict=True)
                if bar is not None
            ]
        columns = self.gateway.market.bars(item, [e.start for e in wanted], [e.end for e in wanted])
        rows = zip(wanted, columns.open.tolist(), columns.high.tolist(), columns.low.tolist(),
                   columns.close.tolist(), columns.volume.tolist(), strict=True)  # fmt: skip
        return [
            make_bar(item, what, self.label(item, edge, size, form, version), values)
            for edge, *values in rows
            if values[0] == values[0]
        ]

    def _recorded(
        self, item: Instrument, what: str, wanted: list[Edge], seconds: int
    ) -> list[RecordedBar | None] | None:
        """What the replayed folder itself says; None where it has no such file, and of a bar that is not over."""
        market = self.gateway.market
        now = self.gateway.clock.now_us()
        if not wanted or item.con_id in market.pinned:
            return None
        starts, ends, days = [e.start for e in wanted], [e.end for e in wanted], [e.session.day for e in wanted]
        begun = seconds >= 3600 and ends[-1] >= now
        for source in market.replayed:
            place = source.place(item)
            if place is None:
                continue
            today = to_datetime(now).astimezone(place.zone).date()
            found = source.recorded.bars(place, what, starts, ends, days, seconds, today)
            if found is not None:
                if begun:
                    found[-1] = self._begun(item, wanted[-1])
                return found
        return None

    def _begun(self, item: Instrument, edge: Edge) -> RecordedBar | None:
        """The bar that is being made, from what is known until now."""
        columns = self.gateway.market.bars(item, [edge.start], [edge.end])
        values = [float(c[0]) for c in (columns.open, columns.high, columns.low, columns.close, columns.volume)]
        return None if values[0] != values[0] else RecordedBar(*values)

    def label(self, item: Instrument, edge: Edge, size: str, form: int, version: int) -> str:
        """The bar's date as the request wants it: a day, local time with its zone, or seconds since the epoch."""
        if BAR_SECONDS[size] >= 86400:
            return f"{edge.session.day:%Y%m%d}"
        return str(edge.start // SECOND_US) if form == 2 else self._local(item, edge.start, version)

    def _local(self, item: Instrument, moment: int, version: int) -> str:
        """In the exchange's zone, which is named; before there were such, in the Gateway's, unnamed."""
        if version < versions.INSTRUMENT_TIME_ZONE:
            return f"{to_datetime(moment).astimezone(self.gateway.zone):%Y%m%d  %H:%M:%S}"
        return f"{item.calendar.local(moment):%Y%m%d %H:%M:%S} {item.calendar.zone_name}"

    def live_bar(self, item: Instrument, what: str, start: int, end: int) -> BarFields | None:
        """The bar of a span that just ended; flat at the pinned price when the quote is pinned."""
        label = str(start // SECOND_US)
        if item.con_id in self.gateway.market.pinned:
            quote = self.gateway.market.quote(item)
            price = {"BID": quote.bid, "ASK": quote.ask, "MIDPOINT": quote.mid}.get(what, quote.mark)
            if price is None:
                return None
            volume = Decimal(0) if what == "TRADES" else _NONE
            return BarFields(label, price, price, price, price, volume, price, 0)
        columns = self.gateway.market.bars(item, [start], [end])
        values = [float(c[0]) for c in (columns.open, columns.high, columns.low, columns.close, columns.volume)]
        return None if values[0] != values[0] else make_bar(item, what, label, values)

    # keepUpToDate

    def _keep(self, one: _Kept) -> None:
        self.kept[one.session.number, one.req_id] = one
        self.gateway.feeds.pump.watch(one.item)
        self._again(one)

    def _again(self, one: _Kept) -> None:
        step = 5 * SECOND_US
        when = (self.gateway.clock.now_us() // step + 1) * step
        one.timer = self.gateway.clock.call_at(when, self._update, one)

    def _update(self, one: _Kept) -> None:
        self._again(one)
        gateway = self.gateway
        if gateway.faults.data_dead or not gateway.desk.link_up:
            return
        last = self._present_edge(one, gateway.clock.now_us())
        if last is None:
            return
        bar = self.live_bar(one.item, one.request.what, last.start, last.end)
        if bar is not None:
            label = self.label(one.item, last, one.size, one.request.format, one.session.version)
            shown = BarFields(label, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.average, bar.count)
            one.session.send(answers.historical_data_update(one.req_id, shown))

    def _present_edge(self, one: _Kept, now: int) -> Edge | None:
        """The bar that is being made; None while the market is closed."""
        calendar = one.item.calendar
        if calendar.current(now - 1, not one.request.rth) is not None:
            cut = sessions_for(calendar, now, Duration(1, "D"), not one.request.rth)
            return edges(cut, one.size, calendar)[-1]
        if not self.gateway.market.always_open:
            return None
        step = BAR_SECONDS[one.size] * SECOND_US
        start = (now - 1) // step * step
        return Edge(start, now, calendar.next(now))

    def cancel(self, session: Client, req_id: int) -> None:
        """Stop a keepUpToDate subscription; an unknown one is answered with error 366."""
        one = self.kept.pop((session.number, req_id), None)
        if one is None:
            session.error(req_id, 366, req_id)
            return
        self._drop(one)
        session.error(req_id, 162, "API historical data query cancelled: " + str(req_id))

    def forget(self, session: Client) -> None:
        """A client is gone."""
        for key in [key for key in self.kept if key[0] == session.number]:
            self._drop(self.kept.pop(key))

    def _drop(self, one: _Kept) -> None:
        if one.timer is not None:
            one.timer.cancel()
        self.gateway.feeds.pump.release(one.item)

    # the others

    def _schedule(self, session: Client, req_id: int, item: Instrument, end: int, span: Duration) -> None:
        found = sessions_for(item.calendar, end, span, extended=False)
        form = "%Y%m%d-%H:%M:%S"
        rows = []
        for one in found:
            whole = item.calendar.session(one.day) or one
            start, stop = item.calendar.local(whole.start), item.calendar.local(whole.end)
            rows.append((f"{start:{form}}", f"{stop:{form}}", f"{one.day:%Y%m%d}"))
        if not rows:
            session.error(req_id, 10226)
            return
        message = answers.historical_schedule(req_id, rows[0][0], rows[-1][1], item.calendar.zone_name, rows)
        session.send(message)

    def head_timestamp(self, session: Client, req_id: int, item: Instrument, what: str, form: int) -> None:
        """The earliest data point."""
        if what not in PRICE_KINDS | VOLATILITY_KINDS:
            session.error(req_id, 321, "-'bS' : cause - What to show field is missing or incorrect.")
            return
        if not has_data(item, what):
            session.error(req_id, 162, "No head time stamp")
            return
        begin = self.gateway.market.source(item).begins(item)
        shown = str(begin // SECOND_US) if form == 2 else f"{to_datetime(begin):%Y%m%d-%H:%M:%S}"
        session.send(answers.head_timestamp(req_id, shown))

    def histogram(self, session: Client, req_id: int, item: Instrument, rth: bool, period: str) -> None:
        """How often each price traded."""
        words = period.split()
        try:
            span = duration(f"{words[0]} {words[1][0].upper()}" if len(words) == 2 else period)
        except SpanError as problem:
            session.error(req_id, 321, f"-'bS' : cause - {problem}")
            return
        sessions = sessions_for(item.calendar, self.gateway.clock.now_us(), span, not rth)
        wanted = edges(sessions, "5 mins" if span.seconds < 40 * 86400 else "1 day", item.calendar)
        columns = self.gateway.market.bars(item, [e.start for e in wanted], [e.end for e in wanted])
        sizes: dict[Decimal, int] = {}
        for price, volume in zip(columns.close.tolist(), columns.volume.tolist(), strict=True):
            if price == price:
                key = to_tick(price, item)
                sizes[key] = sizes.get(key, 0) + volume
        session.send(answers.histogram(req_id, sorted(sizes.items())))

    def path(self, item: Instrument, times: list[int]) -> list[float]:
        """Middle prices at `times`."""
        found: list[float] = self.gateway.market.source(item).path(item, np.array(times, dtype=np.int64)).tolist()
        return found


def exact_bar(item: Instrument, what: str, label: str, bar: RecordedBar) -> BarFields:
    """A bar of a file as it is, not rounded to the instrument's grid."""
    o, h, low, c = (exact(value) for value in (bar.open, bar.high, bar.low, bar.close))
    if what not in {"TRADES", "AGGTRADES", "ADJUSTED_LAST"}:
        return BarFields(label, o, h, low, c, _NONE, _NONE, -1)
    average = ((o + h + low + c) / 4).quantize(Decimal("0.0001"))
    volume = exact(int(bar.volume) if bar.volume.is_integer() else bar.volume) if item.tradable else Decimal(0)
    return BarFields(label, o, h, low, c, volume, average, max(int(bar.volume) // 180, 1))


def make_bar(item: Instrument, what: str, label: str, values: list[float]) -> BarFields:
    """Round one row of columns to the instrument's grid and give it the shape that `what` asks for."""
    volume, count = Decimal(int(values[4])), max(int(values[4]) // 180, 1)
    if what in VOLATILITY_KINDS:
        sigma = Decimal(str(round(item.volatility, 6)))
        return BarFields(label, sigma, sigma, sigma, sigma, _NONE, _NONE, -1)
    o, h, low, c = (to_tick(value, item) for value in values[:4])
    step = item.increment(c)
    half = max((c / 20000 / step).quantize(Decimal(1)), Decimal(1)) * step
    if what == "BID_ASK":
        return BarFields(label, item.floor(o - half), h + half, item.floor(low - half), c + half, _NONE, _NONE, -1)
    if what in {"BID", "ASK"}:
        shift = half if what == "ASK" else -half
        o, h, low, c = (item.floor(price + shift) for price in (o, h, low, c))
    if what in {"BID", "ASK", "MIDPOINT"} or item.sec_type == "CASH":
        return BarFields(label, o, h, low, c, _NONE, _NONE, -1)
    average = ((o + h + low + c) / 4).quantize(step / 100) if item.tradable else c
    return BarFields(label, o, h, low, c, volume if item.tradable else Decimal(0), average, count)
