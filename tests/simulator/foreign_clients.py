"""Two public clients behind one face: ib_async and the official Python API (nautilus-ibapi), unchanged.

Both have the same request methods; what comes back is kept as (callback, arguments) under the official names.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import ib_async
from ibapi.client import EClient
from ibapi.contract import ComboLeg as OfficialLeg
from ibapi.contract import Contract as OfficialContract
from ibapi.execution import ExecutionFilter
from ibapi.order import Order as OfficialOrder
from ibapi.order import OrderComboLeg
from ibapi.order_cancel import OrderCancel
from ibapi.order_condition import PriceCondition, TimeCondition
from ibapi.tag_value import TagValue
from ibapi.wrapper import EWrapper

Event = tuple[str, tuple[Any, ...]]
#: Callbacks that do not come over the wire.
_LOCAL = {"logAnswer", "connectAck", "connectionClosed"}
_SAME = {"priceSizeTick": "tickPrice", "commissionAndFeesReport": "commissionReport"}


class Client:
    """What both have in common."""

    name = ""
    #: The server version that was agreed on.
    version = 0

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Event()

    def note(self, name: str, args: tuple[Any, ...]) -> None:
        self.events.append((_SAME.get(name, name), args))
        self._news.set()

    def seen(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of every call of a callback."""
        return [args for event, args in self.events if event == name]

    def codes(self) -> list[tuple[int, int]]:
        """(request, code) of every error but the farm messages."""
        return [(args[0], args[1]) for args in self.seen("error") if not 2100 <= args[1] < 2200]

    def names(self) -> set[str]:
        return {name for name, _ in self.events}

    async def until(
        self, name: str, test: Callable[..., bool] = lambda *_: True, timeout: float = 5.0
    ) -> tuple[Any, ...]:
        """The arguments of the first call of a callback that passes the test; waits for it."""

        async def look() -> tuple[Any, ...]:
            while True:
                self._news.clear()
                for args in self.seen(name):
                    if test(*args):
                        return args
                await self._news.wait()

        try:
            return await asyncio.wait_for(look(), timeout)
        except TimeoutError:
            raise AssertionError(f"{self.name} saw no such {name}; it saw {self.events[-12:]}") from None

    async def status(self, order_id: int, *wanted: str) -> tuple[Any, ...]:
        """The first orderStatus of an order with one of these states."""
        return await self.until("orderStatus", lambda *a: a[0] == order_id and a[1] in wanted)

    def statuses(self, order_id: int) -> list[str]:
        """The states that an order went through, repetitions left out."""
        found = [args[1] for args in self.seen("orderStatus") if args[0] == order_id]
        return [state for i, state in enumerate(found) if i == 0 or state != found[i - 1]]

    async def settle(self, seconds: float = 0.15) -> None:
        """Wait until nothing more comes."""
        while True:
            before = len(self.events)
            await asyncio.sleep(seconds)
            if len(self.events) == before:
                return

    def again(self) -> Client:
        """Another client of the same kind."""
        return type(self)()

    def stock(self, symbol: str = "AAPL", **fields: Any) -> Any:
        return self.contract(symbol=symbol, secType="STK", exchange="SMART", currency="USD", **fields)


class IbAsyncClient(Client):
    name = "ib_async"

    def __init__(self) -> None:
        super().__init__()
        logging.getLogger("ib_async").setLevel(logging.CRITICAL)
        self.ib = ib_async.IB()
        self.inside = 0
        for name in dir(EWrapper):
            if not name.startswith("_") and name not in _LOCAL:
                self._listen(name)
        for name in ("priceSizeTick", "commissionReport"):
            self._listen(name)

    def _listen(self, name: str) -> None:
        original = getattr(self.ib.wrapper, name, None)
        if original is None or not callable(original):
            return

        def heard(*args: Any) -> Any:
            if not self.inside:  # some callbacks call others; only the first came over the wire
                self.note(name, args)
            self.inside += 1
            try:
                return original(*args)
            finally:
                self.inside -= 1

        setattr(self.ib.wrapper, name, heard)

    async def connect(self, host: str, port: int, client_id: int) -> None:
        """Only the socket and startApi: the many requests of IB.connect are tested elsewhere."""
        self.ib.wrapper.clientId = client_id
        await self.ib.client.connectAsync(host, port, client_id, timeout=5)
        self.version = self.ib.client.serverVersion()

    def call(self, name: str, *args: Any) -> None:
        if name == "reqExecutions":
            args = (args[0], ib_async.ExecutionFilter())
        if name == "reqMktData":
            args = (*args[:-1], "")
        getattr(self.ib.client, name)(*args)

    def contract(self, **fields: Any) -> Any:
        return ib_async.Contract(**fields)

    def order(self, **fields: Any) -> Any:
        return ib_async.Order(**fields)

    def leg(self, **fields: Any) -> Any:
        return ib_async.ComboLeg(**fields)

    def part(self, kind: str, **fields: Any) -> Any:
        """A condition, the price of a leg, a parameter of an algorithm."""
        made = {
            "price condition": ib_async.PriceCondition, "time condition": ib_async.TimeCondition,
            "leg price": ib_async.OrderComboLeg, "tag": ib_async.TagValue,
        }  # fmt: skip
        return made[kind](**fields)

    def cancel(self, order_id: int) -> None:
        self.ib.client.cancelOrder(order_id)

    def cancel_all(self) -> None:
        self.ib.client.reqGlobalCancel()

    async def disconnect(self) -> None:
        self.ib.client.disconnect()
        await asyncio.sleep(0.05)


class _App(EWrapper, EClient):
    def __init__(self, owner: OfficialClient) -> None:
        EClient.__init__(self, self)
        self.owner = owner


class OfficialClient(Client):
    name = "nautilus-ibapi"

    def __init__(self) -> None:
        super().__init__()
        logging.getLogger("ibapi").setLevel(logging.CRITICAL)
        self.app = _App(self)
        self.loop = asyncio.get_running_loop()
        self.thread: threading.Thread | None = None
        for name in dir(EWrapper):
            if not name.startswith("_") and "ProtoBuf" not in name and name not in _LOCAL:
                setattr(self.app, name, self._heard(name))

    def _heard(self, name: str) -> Callable[..., None]:
        def heard(*args: Any, **_: Any) -> None:
            if name == "error":
                args = (args[0], args[2], args[3], args[4] if len(args) > 4 else "")
            self.loop.call_soon_threadsafe(self.note, name, args)

        return heard

    async def connect(self, host: str, port: int, client_id: int) -> None:
        await asyncio.to_thread(self.app.connect, host, port, client_id)
        self.version = self.app.serverVersion()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        await self.until("nextValidId")

    def call(self, name: str, *args: Any) -> None:
        if name == "reqExecutions":
            args = (args[0], ExecutionFilter())
        getattr(self.app, name)(*args)

    def contract(self, **fields: Any) -> Any:
        return self._fill(OfficialContract(), fields)

    def order(self, **fields: Any) -> Any:
        return self._fill(OfficialOrder(), fields)

    def leg(self, **fields: Any) -> Any:
        return self._fill(OfficialLeg(), fields)

    def part(self, kind: str, **fields: Any) -> Any:
        """A condition, the price of a leg, a parameter of an algorithm."""
        if kind == "tag":
            return TagValue(**fields)
        made = {"price condition": PriceCondition, "time condition": TimeCondition, "leg price": OrderComboLeg}
        return self._fill(made[kind](), {"exchange" if name == "exch" else name: fields[name] for name in fields})

    @staticmethod
    def _fill(thing: Any, fields: dict[str, Any]) -> Any:
        for name, value in fields.items():
            assert hasattr(thing, name), name
            setattr(thing, name, value)
        return thing

    def cancel(self, order_id: int) -> None:
        self.app.cancelOrder(order_id, OrderCancel())

    def cancel_all(self) -> None:
        self.app.reqGlobalCancel(OrderCancel())

    def _run(self) -> None:
        """The client's own loop; it falls over the version that its disconnect() takes away while it has a message."""
        try:
            self.app.run()
        except TypeError:
            if self.app.isConnected():
                raise

    async def disconnect(self) -> None:
        await asyncio.to_thread(self.app.disconnect)
        if self.thread is not None:
            await asyncio.to_thread(self.thread.join, 3)
        await asyncio.sleep(0.05)


CLIENTS: dict[str, type[Client]] = {client.name: client for client in (IbAsyncClient, OfficialClient)}
