"""Market data answers: ticks, depth, bars, historical data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from leanib.simulator.protocol import versions
from leanib.simulator.protocol.fields import encode, number
from leanib.simulator.protocol.ids import Answer


def tick_price(req_id: int, kind: int, price: str, size: str, attributes: int = 0) -> bytes:
    """A price tick with its size; the fastest path of the simulator, hence text in, no conversions."""
    return f"1\x006\x00{req_id}\x00{kind}\x00{price}\x00{size}\x00{attributes}\x00".encode("ascii")


def tick_size(req_id: int, kind: int, size: str) -> bytes:
    """A size tick."""
    return f"2\x006\x00{req_id}\x00{kind}\x00{size}\x00".encode("ascii")


def tick_generic(req_id: int, kind: int, value: float) -> bytes:
    """A generic tick."""
    return encode((Answer.TICK_GENERIC, 6, req_id, kind, value))


def tick_string(req_id: int, kind: int, value: str) -> bytes:
    """A string tick."""
    return encode((Answer.TICK_STRING, 6, req_id, kind, value))


def tick_request_parameters(req_id: int, min_tick: Decimal, exchange_map: str, permissions: int = 3) -> bytes:
    """The parameters that precede the ticks of a subscription."""
    return encode((Answer.TICK_REQUEST_PARAMETERS, req_id, min_tick, exchange_map, permissions))


def market_data_type(req_id: int, kind: int) -> bytes:
    """1 live, 2 frozen, 3 delayed, 4 delayed frozen."""
    return encode((Answer.MARKET_DATA_TYPE, 1, req_id, kind))


def snapshot_end(req_id: int) -> bytes:
    """The end of a snapshot."""
    return encode((Answer.TICK_SNAPSHOT_END, 1, req_id))


@dataclass(slots=True, frozen=True)
class Greeks:
    """An option computation; None is "not computed"."""

    volatility: float | None = None
    delta: float | None = None
    price: float | None = None
    dividend: float | None = None
    gamma: float | None = None
    vega: float | None = None
    theta: float | None = None
    underlying: float | None = None


def tick_option_computation(req_id: int, kind: int, greeks: Greeks, attribute: int = 0) -> bytes:
    """An option tick; -1 and -2 stand for "not computed"."""
    values = (
        (greeks.volatility, -1), (greeks.delta, -2), (greeks.price, -1), (greeks.dividend, -1),
        (greeks.gamma, -2), (greeks.vega, -2), (greeks.theta, -2), (greeks.underlying, -1),
    )  # fmt: skip
    shown = [fallback if value is None else value for value, fallback in values]
    return encode((Answer.TICK_OPTION_COMPUTATION, req_id, kind, attribute, *shown))


def market_depth(req_id: int, position: int, operation: int, side: int, price: Decimal, size: Decimal) -> bytes:
    """One change of a book; operation 0 insert, 1 update, 2 delete; side 0 ask, 1 bid."""
    return encode((Answer.MARKET_DEPTH, 1, req_id, position, operation, side, price, size))


def market_depth_l2(
    req_id: int, position: int, maker: str, operation: int, side: int, price: Decimal, size: Decimal, smart: bool
) -> bytes:
    """One change of a book that names the market maker or exchange."""
    return encode((Answer.MARKET_DEPTH_L2, 1, req_id, position, maker, operation, side, price, size, smart))


def depth_exchanges(rows: Sequence[tuple[str, str, str, str, int]]) -> bytes:
    """Exchanges with deep books: exchange, security type, listing exchange, service, aggregate group."""
    out: list[object] = [Answer.DEPTH_EXCHANGES, len(rows)]
    for row in rows:
        out += row
    return encode(out)


def smart_components(req_id: int, rows: Sequence[tuple[int, str, str]]) -> bytes:
    """Exchange map: bit number, exchange, letter."""
    out: list[object] = [Answer.SMART_COMPONENTS, req_id, len(rows)]
    for row in rows:
        out += row
    return encode(out)


@dataclass(slots=True, frozen=True)
class BarFields:
    """A bar as the wire carries it; `time` is already formatted as the request asked."""

    time: str
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    average: Decimal
    count: int


def historical_data(version: int, req_id: int, start: str, end: str, bars: Sequence[BarFields]) -> Iterator[bytes]:
    """All bars of one answer; what they cover stands before them, from version 196 on in a message behind them."""
    apart = version >= versions.HISTORICAL_DATA_END
    span = "" if apart else f"{start}\0{end}\0"
    parts = [f"{Answer.HISTORICAL_DATA.value}\0{req_id}\0{span}{len(bars)}\0"]
    parts += [
        f"{bar.time}\0{number(bar.open)}\0{number(bar.high)}\0{number(bar.low)}\0{number(bar.close)}\0"
        f"{number(bar.volume)}\0{number(bar.average)}\0{bar.count}\0"
        for bar in bars
    ]
    yield "".join(parts).encode("ascii")
    if apart:
        yield encode((Answer.HISTORICAL_DATA_END, req_id, start, end))


def historical_data_update(req_id: int, bar: BarFields) -> bytes:
    """The newest bar of a keepUpToDate subscription."""
    return encode(
        (
            Answer.HISTORICAL_DATA_UPDATE, req_id, bar.count, bar.time, bar.open, bar.close, bar.high, bar.low,
            bar.average, bar.volume,
        )
    )  # fmt: skip


def real_time_bar(req_id: int, epoch: int, bar: BarFields) -> bytes:
    """A five-second bar; `epoch` in seconds."""
    return encode(
        (
            Answer.REAL_TIME_BAR, 3, req_id, epoch, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.average,
            bar.count,
        )
    )  # fmt: skip


def head_timestamp(req_id: int, moment: str) -> bytes:
    """The earliest available data."""
    return encode((Answer.HEAD_TIMESTAMP, req_id, moment))


def histogram(req_id: int, rows: Sequence[tuple[Decimal, int]]) -> bytes:
    """Price, size pairs."""
    out: list[object] = [Answer.HISTOGRAM, req_id, len(rows)]
    for row in rows:
        out += row
    return encode(out)


def historical_schedule(
    req_id: int, start: str, end: str, zone: str, sessions: Sequence[tuple[str, str, str]]
) -> bytes:
    """Sessions: start, end, reference date."""
    out: list[object] = [Answer.HISTORICAL_SCHEDULE, req_id, start, end, zone, len(sessions)]
    for session in sessions:
        out += session
    return encode(out)


def historical_ticks(kind: Answer, req_id: int, rows: Iterable[tuple[object, ...]], done: bool = True) -> bytes:
    """Historical ticks; the row layout depends on `kind` (see `market.ticks`)."""
    listed = list(rows)
    out: list[object] = [kind, req_id, len(listed)]
    for row in listed:
        out += row
    return encode([*out, done])


def tick_by_tick_last(
    req_id: int, kind: int, epoch: int, price: str, size: str, exchange: str, mask: int = 0, conditions: str = ""
) -> bytes:
    """A trade; kind 1 Last, 2 AllLast."""
    return f"99\0{req_id}\0{kind}\0{epoch}\0{price}\0{size}\0{mask}\0{exchange}\0{conditions}\0".encode("ascii")


def tick_by_tick_quote(req_id: int, epoch: int, bid: str, ask: str, bid_size: str, ask_size: str) -> bytes:
    """A quote change."""
    return f"99\0{req_id}\x003\0{epoch}\0{bid}\0{ask}\0{bid_size}\0{ask_size}\x000\0".encode("ascii")


def tick_by_tick_mid(req_id: int, epoch: int, middle: str) -> bytes:
    """A change of the midpoint."""
    return f"99\0{req_id}\x004\0{epoch}\0{middle}\0".encode("ascii")
