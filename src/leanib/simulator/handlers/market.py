"""Market data requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.simulator.feeds.generic import parse, refusal
from leanib.simulator.feeds.greeks import greeks, implied_volatility
from leanib.simulator.handlers.contracts import resolve
from leanib.simulator.protocol import market as answers
from leanib.simulator.protocol.contracts import read_contract, read_simple_legs
from leanib.simulator.protocol.fields import Reader
from leanib.simulator.protocol.ids import Request

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway, Handler
    from leanib.simulator.session import Session

_DEPTH_ROWS = (
    ("ISLAND", "STK", "", "Deep2", 1),
    ("ARCA", "STK", "ARCA", "Deep", 1),
    ("BATS", "STK", "BATS", "Deep", 1),
    ("CME", "FUT", "", "Deep", 2147483647),
    ("IDEALPRO", "CASH", "", "Deep", 4),
)
_COMPONENTS = ((0, "AMEX", "A"), (1, "BATS", "Z"), (2, "ARCA", "P"), (3, "NYSE", "N"), (4, "ISLAND", "Q"))


def market_data(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqMktData."""
    reader.integer()
    req_id = reader.integer()
    query = read_contract(reader)
    read_simple_legs(reader, query)
    if reader.boolean():
        reader.texts(("conId", "delta", "price"))
    generic, snapshot, regulatory = reader.text(), reader.boolean(), reader.boolean()
    if gateway.faults.competing_session:
        session.error(req_id, 10197)
        return
    item = resolve(gateway, session, req_id, query)
    if item is None:
        return
    kinds = parse(generic, item.sec_type)
    if kinds is None:
        session.error(req_id, 321, refusal(generic, item.sec_type))
    elif kinds and snapshot:
        cause = "Snapshot market data subscription is not applicable to generic ticks."
        session.error(req_id, 321, f"-'bQ' : cause - {cause}")
    else:
        gateway.feeds.ticks.subscribe(session, req_id, item, kinds, snapshot or regulatory)


def cancel_market_data(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelMktData."""
    reader.integer()
    gateway.feeds.ticks.cancel(session, reader.integer())


def market_data_type(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqMarketDataType: 1 live, 2 frozen, 3 delayed, 4 delayed frozen; for requests from now on."""
    reader.integer()
    kind = reader.integer()
    if kind not in {1, 2, 3, 4}:
        session.error(-1, 321, f"-'bW' : cause - Invalid market data type {kind}.")
        return
    session.market_data_type = kind


def depth(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqMktDepth."""
    reader.integer()
    req_id = reader.integer()
    query = read_contract(reader)
    rows, smart = reader.integer(), reader.boolean()
    item = resolve(gateway, session, req_id, query)
    if item is not None:
        gateway.feeds.books.subscribe(session, req_id, item, rows, smart)


def cancel_depth(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelMktDepth."""
    reader.integer()
    gateway.feeds.books.cancel(session, reader.integer())


def depth_exchanges(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqMktDepthExchanges."""
    session.send(answers.depth_exchanges(_DEPTH_ROWS))


def smart_components(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqSmartComponents."""
    session.send(answers.smart_components(reader.integer(), _COMPONENTS))


def real_time_bars(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqRealTimeBars."""
    reader.integer()
    req_id = reader.integer()
    query = read_contract(reader)
    reader.integer()  # the bar size, of which there is only one
    what, rth = reader.text(), reader.boolean()
    item = resolve(gateway, session, req_id, query)
    if item is not None:
        gateway.feeds.bars.subscribe(session, req_id, item, what, rth)


def cancel_real_time_bars(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelRealTimeBars."""
    reader.integer()
    gateway.feeds.bars.cancel(session, reader.integer())


def tick_by_tick(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqTickByTickData."""
    req_id = reader.integer()
    query = read_contract(reader)
    kind = reader.text()
    reader.integer()
    ignore_size = reader.boolean()
    item = resolve(gateway, session, req_id, query)
    if item is not None:
        gateway.feeds.tick_by_tick.subscribe(session, req_id, item, kind, ignore_size)


def cancel_tick_by_tick(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelTickByTickData."""
    gateway.feeds.tick_by_tick.cancel(session, reader.integer())


def calculate(gateway: Gateway, session: Session, reader: Reader, volatility_given: bool) -> None:
    """Answer calculateOptionPrice and calculateImpliedVolatility: one option computation, tick type 53."""
    reader.integer()
    req_id = reader.integer()
    query = read_contract(reader)
    value, spot = reader.decimal(), reader.decimal()
    item = resolve(gateway, session, req_id, query)
    if item is None:
        return
    if not item.is_option or not value or not spot or min(value, spot) <= 0:
        session.error(req_id, 321, "-'bZ' : cause - An option, and values above zero, are needed.")
        return
    now = gateway.clock.now_us()
    sigma = float(value) if volatility_given else implied_volatility(item, float(spot), now, float(value))
    session.send(answers.tick_option_computation(req_id, 53, greeks(item, float(spot), now, sigma)))


def implied(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer calculateImpliedVolatility."""
    calculate(gateway, session, reader, volatility_given=False)


def option_price(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer calculateOptionPrice."""
    calculate(gateway, session, reader, volatility_given=True)


HANDLERS: dict[Request, Handler] = {
    Request.MARKET_DATA: market_data,
    Request.CANCEL_MARKET_DATA: cancel_market_data,
    Request.MARKET_DATA_TYPE: market_data_type,
    Request.MARKET_DEPTH: depth,
    Request.CANCEL_MARKET_DEPTH: cancel_depth,
    Request.DEPTH_EXCHANGES: depth_exchanges,
    Request.SMART_COMPONENTS: smart_components,
    Request.REAL_TIME_BARS: real_time_bars,
    Request.CANCEL_REAL_TIME_BARS: cancel_real_time_bars,
    Request.TICK_BY_TICK: tick_by_tick,
    Request.CANCEL_TICK_BY_TICK: cancel_tick_by_tick,
    Request.IMPLIED_VOLATILITY: implied,
    Request.OPTION_PRICE: option_price,
}
