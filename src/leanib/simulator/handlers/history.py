"""Historical requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.simulator.handlers.contracts import resolve
from leanib.simulator.history import ticks
from leanib.simulator.history.service import HistoryRequest
from leanib.simulator.protocol import versions
from leanib.simulator.protocol.contracts import read_contract, read_simple_legs
from leanib.simulator.protocol.fields import Reader
from leanib.simulator.protocol.ids import Request

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway, Handler
    from leanib.simulator.session import Session


def historical_data(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqHistoricalData."""
    req_id = reader.integer()
    query = read_contract(reader)
    query.include_expired = reader.boolean()
    end, size, duration, rth = reader.text(), reader.text(), reader.text(), reader.boolean()
    what, form = reader.text().upper(), reader.integer(1)
    read_simple_legs(reader, query)
    keep = reader.boolean()
    if what == "SCHEDULE" and session.version < versions.HISTORICAL_SCHEDULE:
        session.error(req_id, 321, "-'bS' : cause - What to show field is missing or incorrect.")
        return
    item = resolve(gateway, session, req_id, query)
    if item is not None:
        gateway.history.answer(session, req_id, item, HistoryRequest(end, size, duration, rth, what, form, keep))


def cancel_historical_data(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelHistoricalData."""
    reader.integer()
    gateway.history.cancel(session, reader.integer())


def head_timestamp(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqHeadTimeStamp."""
    req_id = reader.integer()
    query = read_contract(reader)
    reader.boolean()
    reader.boolean()
    what, form = reader.text().upper(), reader.integer(1)
    item = resolve(gateway, session, req_id, query)
    if item is not None:
        gateway.history.head_timestamp(session, req_id, item, what, form)


def histogram(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqHistogramData."""
    req_id = reader.integer()
    query = read_contract(reader)
    reader.boolean()
    rth, period = reader.boolean(), reader.text()
    item = resolve(gateway, session, req_id, query)
    if item is not None:
        gateway.history.histogram(session, req_id, item, rth, period)


def historical_ticks(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqHistoricalTicks."""
    req_id = reader.integer()
    query = read_contract(reader)
    reader.boolean()
    start, end, count = reader.text(), reader.text(), reader.integer()
    what, rth = reader.text().upper(), reader.boolean()
    item = resolve(gateway, session, req_id, query)
    if item is not None:
        asked = ticks.TickRequest(start, end, count, what, rth)
        ticks.answer(gateway, session, req_id, item, asked)


HANDLERS: dict[Request, Handler] = {
    Request.HISTORICAL_DATA: historical_data,
    Request.CANCEL_HISTORICAL_DATA: cancel_historical_data,
    Request.HEAD_TIMESTAMP: head_timestamp,
    Request.HISTOGRAM: histogram,
    Request.HISTORICAL_TICKS: historical_ticks,
}
