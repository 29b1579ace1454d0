"""Past bars, asked for within IB's pacing.

IB answers a limited span at a time, so a long one is asked for backwards, piece by piece. Bars of 30 seconds and less
are paced as IB demands (https://interactivebrokers.github.io/tws-api/historical_limitations.html): no identical request
within 15 s, fewer than six of one kind within 2 s, at most 60 within ten minutes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from ib_async import BarData, Contract
from ib_async.wrapper import RequestError

from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument
from leanib.ib.errors import RequestFailed, RequestTimedOut

__all__ = ["BarSize", "HistoryBar", "HistoryService", "What"]

BarSize = Literal["1 secs", "1 min", "1 hour", "1 day"]
What = Literal["TRADES", "BID", "ASK", "MIDPOINT"]

_ANSWER_TIMEOUT = 60.0
_OPEN_AT_ONCE = 10
_PACED_WITHIN, _PACED_MOST, _PACED_TWIN = 600.0, 55, 15.0
_BURST_WITHIN, _BURST_MOST = 2.0, 5
_AFTER_VIOLATION = 15.0
_TRIES = 5
_NO_DATA, _NO_SUCH_QUERY = 162, 366
_DAY = timedelta(days=1)


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


class _Pace:
    """When the next request for small bars may be sent."""

    def __init__(self) -> None:
        self._sent: deque[tuple[float, object, object]] = deque()

    def delay(self, now: float, kind: object, request: object) -> float:
        """Seconds to wait before sending one; notes it as sent then."""
        while self._sent and self._sent[0][0] <= now - _PACED_WITHIN:
            self._sent.popleft()
        until = now
        if len(self._sent) >= _PACED_MOST:
            until = max(until, self._sent[-_PACED_MOST][0] + _PACED_WITHIN)
        same_kind = [at for at, other, _ in self._sent if other == kind]
        if len(same_kind) >= _BURST_MOST:
            until = max(until, same_kind[-_BURST_MOST] + _BURST_WITHIN)
        twins = [at for at, _, other in self._sent if other == request]
        if twins:
            until = max(until, twins[-1] + _PACED_TWIN)
        self._sent.append((until, kind, request))
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
        for attempt in range(_TRIES):
            if size == "1 secs":
                request = (contract.conId, size, what, end, duration, regular_hours)
                await asyncio.sleep(
                    self._pace.delay(asyncio.get_running_loop().time(), (contract.conId, what), request)
                )
            try:
                async with self._open:
                    return await self._ask(contract, size, what, end, duration, regular_hours)
            except RequestError as error:
                if error.code in (_NO_DATA, _NO_SUCH_QUERY) and "pacing" not in error.message.lower():
                    return []
                if error.code != _NO_DATA or attempt == _TRIES - 1:
                    raise RequestFailed(error.code, error.message) from None
                await asyncio.sleep(_AFTER_VIOLATION * (attempt + 1))
        raise AssertionError("unreachable")

    async def _ask(
        self, contract: Contract, size: BarSize, what: What, end: datetime, duration: str, regular_hours: bool
    ) -> list[HistoryBar]:
        client = self._connection.client
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                bars = await client.reqHistoricalDataAsync(
                    contract, end.astimezone(UTC), duration, size, what, regular_hours, formatDate=2, timeout=0
                )
        except TimeoutError:
            raise RequestTimedOut(
                f"IB sent no history of {contract.localSymbol or contract.symbol} within {_ANSWER_TIMEOUT:g} s"
            ) from None
        except ConnectionError:
            raise RequestTimedOut("the connection was lost while asking for history") from None
        return [_bar(bar) for bar in bars]


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
