"""Past bars and ticks, asked for within IB's pacing.

IB answers a limited span at a time, so a long one is asked for backwards, piece by piece. Bars of 30 seconds and less,
and ticks, are paced as IB demands (https://interactivebrokers.github.io/tws-api/historical_limitations.html): no
identical request within 15 s, fewer than six of one kind within 2 s, at most 60 within ten minutes, of which one for
bids and asks together counts as two. A violation is waited out, a query that IB lost (366) is asked again, and only
IB's word that it has no data is taken for none: no permission is an error.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, TypeVar

from ib_async import BarData, Contract
from ib_async.wrapper import RequestError

from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument
from leanib.ib.errors import RequestFailed, RequestTimedOut

__all__ = ["SECONDS_A_PACED_REQUEST", "BarSize", "HistoryBar", "HistoryService", "HistoryTick", "TickKind", "What"]

BarSize = Literal["1 secs", "1 min", "1 hour", "1 day"]
What = Literal["TRADES", "BID", "ASK", "MIDPOINT", "ADJUSTED_LAST", "AGGTRADES"]
TickKind = Literal["TRADES", "BID_ASK"]
T = TypeVar("T")

_ANSWER_TIMEOUT = 60.0
_OPEN_AT_ONCE = 10
_PACED_WITHIN, _PACED_MOST, _PACED_TWIN = 600.0, 55, 15.0
_BURST_WITHIN, _BURST_MOST = 2.0, 5
_AFTER_VIOLATION = 15.0
_TRIES = 5
_TICKS_AT_ONCE = 1000
_REFUSED, _NO_SUCH_QUERY = 162, 366
_PACED_CODES = frozenset({162, 420})
_NOTHING = ("no data", "no head time stamp")
_DAY = timedelta(days=1)

SECONDS_A_PACED_REQUEST = _PACED_WITHIN / _PACED_MOST
"""How long a long row of requests for small bars or ticks takes, each."""


@dataclass(frozen=True)
class HistoryBar:
    """One bar.

    Attributes:
        start: Its begin in UTC; of a daily bar midnight UTC of its date.
        volume: Shares or contracts; 0 where IB tells none.
    """

    start: datetime
    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass(frozen=True)
class HistoryTick:
    """One trade, or one change of the quotes.

    Attributes:
        time: In UTC, to the second.
        price: What was paid; of a quote the bid.
        size: How much was traded; of a quote the bid's size.
        ask: The ask; 0 of a trade.
        ask_size: Likewise its size.
        exchange: Where it was traded; empty of a quote.
    """

    time: datetime
    price: float
    size: float
    ask: float = 0.0
    ask_size: float = 0.0
    exchange: str = ""


class _Pace:
    """When the next request for small bars may be sent."""

    def __init__(self) -> None:
        self._sent: deque[tuple[float, object, object]] = deque()

    def delay(self, now: float, kind: object, request: object, weight: int = 1) -> float:
        """Seconds to wait before sending one, which counts as `weight`; notes it as sent then."""
        while self._sent and self._sent[0][0] <= now - _PACED_WITHIN:
            self._sent.popleft()
        until = now
        most = _PACED_MOST - weight + 1
        if len(self._sent) >= most:
            until = max(until, self._sent[-most][0] + _PACED_WITHIN)
        same_kind = [at for at, other, _ in self._sent if other == kind]
        if len(same_kind) >= _BURST_MOST:
            until = max(until, same_kind[-_BURST_MOST] + _BURST_WITHIN)
        twins = [at for at, _, other in self._sent if other == request]
        if twins:
            until = max(until, twins[-1] + _PACED_TWIN)
        self._sent.extend([(until, kind, request)] * weight)
        return until - now


class HistoryService:
    """Asks for past bars."""

    def __init__(self, connection: IBConnection) -> None:
        self._connection = connection
        self._pace = _Pace()
        self._open = asyncio.Semaphore(_OPEN_AT_ONCE)

    async def bars(
        self,
        instrument: Instrument,
        size: BarSize,
        what: What,
        start: datetime,
        end: datetime,
        *,
        regular_hours: bool,
        progress: Callable[[datetime], None] | None = None,
    ) -> list[HistoryBar]:
        """The bars that begin in [start, end), oldest first; none where IB has none.

        Args:
            instrument: What is asked for.
            size: Length of a bar.
            what: Trades, or one side of the quotes.
            start: The first moment (aware).
            end: The moment after the last bar (aware).
            regular_hours: Whether only regular trading hours count.
            progress: Told how far back the answers reach.

        Raises:
            RequestFailed: IB refused.
            RequestTimedOut: IB did not answer.
            NotReady: There is no connection.
        """
        found: dict[datetime, HistoryBar] = {}
        until = end
        while until > start:
            duration, covered = _duration(size, until - start)
            piece = await self._piece(instrument.contract, size, what, until, duration, regular_hours)
            for bar in piece:
                if start <= bar.start < end:
                    found[bar.start] = bar
            reached = min((bar.start for bar in piece), default=until)
            until = min(reached, until - covered) if reached < until else until - covered
            if progress is not None:
                progress(until)
            if not piece and size != "1 secs" and end - until > timedelta(days=400):
                break  # IB has nothing before
        return [found[at] for at in sorted(found)]

    async def _piece(
        self, contract: Contract, size: BarSize, what: What, end: datetime, duration: str, regular_hours: bool
    ) -> list[HistoryBar]:
        async def ask() -> list[BarData]:
            moment = "" if what == "ADJUSTED_LAST" else end.astimezone(UTC)
            return list(
                await self._connection.client.reqHistoricalDataAsync(
                    contract, moment, duration, size, what, regular_hours, formatDate=2, timeout=0
                )
            )

        request = (contract.conId, size, what, end, duration, regular_hours)
        paced = request if size == "1 secs" else None
        return [_bar(bar) for bar in await self._answer(ask, contract, what, paced)]

    async def adjusted_days(self, instrument: Instrument, start: datetime) -> list[HistoryBar]:
        """Days since `start` with splits and dividends taken out of their prices; IB gives them up to now only.

        Raises:
            RequestFailed: IB refused.
            RequestTimedOut: IB did not answer.
            NotReady: There is no connection.
        """
        now = self._connection.clock.now()
        years = max(1, -(-(now - start).days // 365))
        bars = await self._piece(instrument.contract, "1 day", "ADJUSTED_LAST", now, f"{years} Y", True)
        return [bar for bar in bars if bar.start >= start]

    async def first_day(self, instrument: Instrument) -> date | None:
        """The day on which IB's trades of it begin (UTC); None where IB does not tell.

        Raises:
            RequestFailed: IB refused.
            RequestTimedOut: IB did not answer.
            NotReady: There is no connection.
        """

        async def ask() -> list[datetime]:
            client = self._connection.client
            return [await client.reqHeadTimeStampAsync(instrument.contract, "TRADES", True, 2)]

        found = await self._answer(ask, instrument.contract, "TRADES", None)
        return found[0].date() if found else None

    async def ticks(
        self,
        instrument: Instrument,
        what: TickKind,
        start: datetime,
        end: datetime,
        *,
        regular_hours: bool,
        progress: Callable[[datetime], None] | None = None,
    ) -> list[HistoryTick]:
        """The ticks in [start, end), oldest first, in IB's order; their times are whole seconds (IB tells no finer).

        Args:
            instrument: What is asked for.
            what: Trades, or quotes with both sides.
            start: The first moment (aware).
            end: The moment after the last tick (aware).
            regular_hours: Whether only regular trading hours count.
            progress: Told how far forward the answers reach.

        Raises:
            RequestFailed: IB refused.
            RequestTimedOut: IB did not answer.
            NotReady: There is no connection.
        """
        found: list[HistoryTick] = []
        at = start
        while at < end:
            piece = await self._tick_piece(instrument.contract, what, at, regular_hours)
            found += [tick for tick in piece if at <= tick.time < end]
            if not piece:
                break
            at = max(piece[-1].time, at) + timedelta(seconds=1)
            if progress is not None:
                progress(min(at, end))
        return found

    async def _tick_piece(
        self, contract: Contract, what: TickKind, start: datetime, regular_hours: bool
    ) -> list[HistoryTick]:
        async def ask() -> list[Any]:
            client = self._connection.client
            return list(
                await client.reqHistoricalTicksAsync(
                    contract, start.astimezone(UTC), "", _TICKS_AT_ONCE, what, regular_hours
                )
            )

        request = (contract.conId, what, start, regular_hours)
        return [_tick(tick, what) for tick in await self._answer(ask, contract, what, request)]

    async def _answer(
        self, ask: Callable[[], Awaitable[list[T]]], contract: Contract, what: str, paced: object | None
    ) -> list[T]:
        """IB's answer, asked for in time and again where it says so; nothing where IB says that it has none."""
        name = contract.localSymbol or contract.symbol
        for attempt in range(_TRIES):
            if paced is not None:
                now, weight = asyncio.get_running_loop().time(), 2 if what == "BID_ASK" else 1
                await asyncio.sleep(self._pace.delay(now, (contract.conId, what), paced, weight))
            try:
                async with self._open, asyncio.timeout(_ANSWER_TIMEOUT):
                    return await ask()
            except RequestError as error:
                if _says_none(error):
                    return []
                if attempt == _TRIES - 1 or not _says_later(error):
                    raise RequestFailed(error.code, error.message) from None
                await asyncio.sleep(_AFTER_VIOLATION * (attempt + 1))
            except TimeoutError:
                raise RequestTimedOut(f"IB sent no history of {name} within {_ANSWER_TIMEOUT:g} s") from None
            except ConnectionError:
                raise RequestTimedOut("the connection was lost while asking for history") from None
        raise AssertionError("unreachable")


def _says_none(error: RequestError) -> bool:
    return error.code == _REFUSED and any(words in error.message.lower() for words in _NOTHING)


def _says_later(error: RequestError) -> bool:
    paced = error.code in _PACED_CODES and "pacing" in error.message.lower()
    return paced or error.code == _NO_SUCH_QUERY


def _duration(size: BarSize, span: timedelta) -> tuple[str, timedelta]:
    """What to ask for at once, in IB's words, and how much that is."""
    seconds = max(1, -(-span // timedelta(seconds=1)))
    if size == "1 secs":
        seconds = min(2000, max(100, seconds))
        return f"{seconds} S", timedelta(seconds=seconds)
    if size == "1 min" and seconds <= 7200:
        seconds = max(120, seconds)
        return f"{seconds} S", timedelta(seconds=seconds)
    days = -(-seconds // 86400) + 1
    if size == "1 min":
        days = min(7, days)
        return f"{days} D", days * _DAY
    if size == "1 hour":
        return (f"{days} D", days * _DAY) if days < 120 else ("6 M", 180 * _DAY)
    return (f"{days} D", days * _DAY) if days < 365 else ("2 Y", 730 * _DAY)


def _bar(bar: BarData) -> HistoryBar:
    moment: date | datetime = bar.date
    if not isinstance(moment, datetime):
        start = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    else:
        start = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    volume = float(bar.volume) if bar.volume and bar.volume > 0 else 0.0
    return HistoryBar(start, bar.open, bar.high, bar.low, bar.close, volume)


def _tick(tick: Any, what: TickKind) -> HistoryTick:
    moment: datetime = tick.time
    at = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    if what == "BID_ASK":
        return HistoryTick(at, tick.priceBid, float(tick.sizeBid), tick.priceAsk, float(tick.sizeAsk))
    return HistoryTick(at, tick.price, float(tick.size), exchange=tick.exchange)
