"""What the feed asks of the connection: market data of a symbol, and past bars."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from ib_async import TickData

from leanib.engine.live.aggregation import TickHub
from leanib.engine.live.bridge import Bridge
from leanib.errors import LeanIBError
from leanib.ib import (
    Gap,
    HistoryBar,
    HistoryService,
    IBConnectionManager,
    NotReady,
    Quote,
    QuoteStatus,
    UnknownContract,
)
from leanib.ib.contracts import Instrument, qualify

__all__ = ["MarketData", "PastData"]

_TRY_AGAIN = 30.0
_TRY_UNKNOWN_AGAIN = 3600.0
_PREPARE_EVERY = 60.0
_HISTORY_TIMEOUT = 3600.0
_TOLD_EVERY = timedelta(seconds=2)


class MarketData:
    """Subscribes symbols at IB without holding the algorithm up, and tells it of data that is refused or silent.

    Args:
        bridge: Reaches the connection.
        services: The connection with its services.
        hub: Takes the ticks.
        tell: Tells the user, on the algorithm's thread.
    """

    def __init__(
        self, bridge: Bridge, services: IBConnectionManager, hub: TickHub, tell: Callable[[str], object]
    ) -> None:
        self._bridge = bridge
        self._services = services
        self._hub = hub
        self._tell = tell
        self._wanted: set[str] = set()
        self._served: set[str] = set()
        self._refused: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        services.quotes.ticks.connect(self._on_ticks)
        services.quotes.told.connect(self._on_told)
        self._start(self._keep_prepared())

    def subscribe(self, name: str) -> None:
        """Has IB send a symbol's market data; while there is no connection, as soon as there is one."""
        self._wanted.add(name)
        self._start(self._subscribe(name))

    def unsubscribe(self, name: str) -> None:
        """Has IB send it no more."""
        self._wanted.discard(name)
        if self._closed:
            return

        async def end() -> None:
            self._services.quotes.unsubscribe(name)

        self._start(end())

    def close(self) -> None:
        """Hears nothing more; to be called on the connection's thread."""
        self._closed = True
        self._services.quotes.ticks.disconnect(self._on_ticks)
        self._services.quotes.told.disconnect(self._on_told)
        for task in self._tasks:
            task.cancel()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        def begin() -> None:
            task = self._bridge.loop.create_task(work, name="ib-live-data")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self._bridge.loop.call_soon_threadsafe(begin)

    async def _subscribe(self, name: str) -> None:
        while name in self._wanted:
            try:
                await self._services.quotes.subscribe([name])
            except NotReady:
                await asyncio.sleep(1.0)
            except UnknownContract as error:
                self._note(name, f"no market data of {name}: {error}")
                await asyncio.sleep(_TRY_UNKNOWN_AGAIN)
            except LeanIBError as error:
                self._note(name, f"no market data of {name}: {error}")
                await asyncio.sleep(_TRY_AGAIN)
            else:
                self._served.add(name)
                await self._prepare(name)
                return

    async def _keep_prepared(self) -> None:
        """One symbol after the other: messages that come in a burst are in an order's way."""
        while True:
            await asyncio.sleep(_PREPARE_EVERY)
            for name in sorted(self._served & self._wanted):
                await self._prepare(name)

    async def _prepare(self, name: str) -> None:
        """No order for a symbol that the run follows waits for its contract."""
        with suppress(LeanIBError, ConnectionError):  # an order asks again, and tells why it cannot be sent
            await self._services.orders.prepare(name)

    def _note(self, name: str, text: str) -> None:
        """Tells the user of a symbol's trouble, each once."""
        if self._refused.get(name) != text:
            self._refused[name] = text
            self._bridge.post(lambda: self._tell(text))

    def _on_ticks(self, name: str, ticks: list[TickData]) -> None:
        self._hub.on_messages(name, ticks, self._bridge.now())

    def _on_told(self, item: Quote | Gap) -> None:
        name = item.symbol
        if name not in self._wanted:
            return
        if isinstance(item, Gap):
            if item.until is None and self._hub.is_expected(name, self._bridge.now()):
                self._note(name, f"the market data of {name} has stopped: {item.reason}")
            elif item.until is not None and name in self._refused:
                self._refused.pop(name)
                self._bridge.post(lambda: self._tell(f"the market data of {name} is back"))
        elif item.status is QuoteStatus.REFUSED:
            self._note(name, f"no market data of {name}: IB refuses it ({item.reason})")
        elif item.data_type.startswith("delayed"):
            self._note(name, f"the market data of {name} is delayed: the account has no live subscription for it")


class PastData:
    """Asks IB for past bars, and waits.

    Args:
        bridge: Reaches the connection.
        services: The connection with its services.
        tell: Told how far back a long answer reaches.
    """

    def __init__(self, bridge: Bridge, services: IBConnectionManager, tell: Callable[[str], object]) -> None:
        self._bridge = bridge
        self._services = services
        self._history = HistoryService(services.connection)
        self._tell = tell
        self._instruments: dict[str, Instrument] = {}
        self._told_at = datetime(1, 1, 1)

    def __call__(
        self, name: str, size: Any, what: Any, start: datetime, end: datetime, regular_hours: bool
    ) -> list[HistoryBar]:
        """The bars that begin in [start, end), aware; raises LeanIBError."""

        def progress(reached: datetime) -> None:
            now = self._bridge.now()
            if now - self._told_at >= _TOLD_EVERY and end > start:
                self._told_at = now
                share = min(1.0, (end - reached) / (end - start))
                text = f"history of {name} from IB: {share:.0%}, back to {max(reached, start):%Y-%m-%d %H:%M}"
                self._bridge.post(lambda: self._tell(text))

        async def ask() -> list[HistoryBar]:
            client = self._services.connection.client
            instrument = self._instruments.get(name)
            if instrument is None:
                instrument = await qualify(client, name, self._services.settings.connection.request_timeout)
                self._instruments[name] = instrument
            return await self._history.bars(
                instrument, size, what, start, end, regular_hours=regular_hours, progress=progress
            )

        return self._bridge.call(ask(), _HISTORY_TIMEOUT)
