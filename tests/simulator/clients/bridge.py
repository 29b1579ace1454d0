"""Runs in the virtual environment of a public Python client and does what the tests say: requests in, callbacks out.

A line of JSON each: in `{"client": number, "do": "connect" | "call" | "disconnect", ...}`, out `{"client": number,
"event": name, "args": [...]}`. Knows the official client of any version (`ibapi`) and those with ib_insync's
interface. Standard library and the client only.
"""


from __future__ import annotations

import asyncio
import inspect
import json
import logging
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

#: Callbacks that do not come over the wire.
LOCAL = {"logAnswer", "connectAck", "connectionClosed", "winError"}
CALLBACKS_BESIDES = ("priceSizeTick", "commissionReport")
#: The official callbacks that ib_insync's wrapper has under the same names.
SHARED = {
    "accountDownloadEnd", "accountSummary", "accountSummaryEnd", "accountUpdateMulti", "accountUpdateMultiEnd",
    "completedOrder", "completedOrdersEnd", "contractDetails", "contractDetailsEnd", "currentTime", "error",
    "execDetails", "execDetailsEnd", "familyCodes", "headTimestamp", "histogramData", "historicalData",
    "historicalDataEnd", "historicalDataUpdate", "historicalSchedule", "historicalTicks", "historicalTicksBidAsk",
    "historicalTicksLast", "managedAccounts", "marketDataType", "marketRule", "mktDepthExchanges",
    "newsProviders", "nextValidId", "openOrder", "openOrderEnd", "orderBound", "orderStatus", "pnl", "pnlSingle",
    "position", "positionEnd", "positionMulti", "positionMultiEnd", "realtimeBar", "receiveFA", "scannerData",
    "scannerDataEnd", "scannerParameters", "securityDefinitionOptionParameter",
    "securityDefinitionOptionParameterEnd", "smartComponents", "softDollarTiers", "symbolSamples",
    "tickByTickAllLast", "tickByTickBidAsk", "tickByTickMidPoint", "tickGeneric", "tickOptionComputation",
    "tickPrice", "tickReqParams", "tickSize", "tickSnapshotEnd", "tickString", "updateAccountTime",
    "updateAccountValue", "updateMktDepth", "updateMktDepthL2", "updatePortfolio", "userInfo",
}  # fmt: skip
#: The official numbers of the kinds of conditions that the tests use.
CONDITIONS = {"price condition": 1, "time condition": 3}
#: What the official client calls otherwise than ib_insync does.
RENAMED = {"exch": "exchange"}
_out = threading.Lock()


def say(**message: Any) -> None:
    """One line to the tests."""
    with _out:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def plain(value: Any, depth: int = 0) -> Any:
    """An argument of a callback as JSON; objects become their attributes."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {"object": {key: plain(one, depth + 1) for key, one in zip(value._fields, value, strict=True)}}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one, depth + 1) for one in (sorted(value) if isinstance(value, set) else value)]
    if isinstance(value, dict):
        return {"object": {str(key): plain(one, depth + 1) for key, one in value.items()}}
    if depth > 6 or not hasattr(value, "__dict__"):
        return str(value)
    return {"object": {key: plain(one, depth + 1) for key, one in vars(value).items() if not key.startswith("_")}}


def built(value: Any, make: Callable[[str], Any]) -> Any:
    """What the tests sent: things are made with the client's own classes."""
    if isinstance(value, list):
        return [built(one, make) for one in value]
    if not isinstance(value, dict):
        return value
    if value["kind"] == "tag":  # which has no empty form in one of the clients
        return make("tags")(**value["fields"])
    thing = make(value["kind"])
    for name, one in value["fields"].items():
        if not hasattr(thing, name):
            name = RENAMED.get(name, name)
        if not hasattr(thing, name):
            raise AttributeError(f"{value['kind']} has no {name}")
        setattr(thing, name, built(one, make))
    return thing


def forward(number: int, name: str, method: Callable[..., Any] | None, args: tuple[Any, ...]) -> None:
    """A callback to the tests; `error` without its time, which only newer versions have."""
    if name == "error" and method is not None and "errorTime" in inspect.signature(method).parameters:
        args = (args[0], *args[2:])
    if name == "error":
        args = (*args, "")[:4]
    say(client=number, event=name, args=[plain(one) for one in args])


class Official:
    """The official client, in whichever version is installed."""

    def __init__(self, number: int) -> None:
        import ibapi.client
        import ibapi.wrapper

        self.number = number

        class App(ibapi.wrapper.EWrapper, ibapi.client.EClient):  # type: ignore[misc]
            def __init__(self) -> None:
                ibapi.client.EClient.__init__(self, self)

        self.app = App()
        self.thread: threading.Thread | None = None
        for name in dir(ibapi.wrapper.EWrapper):
            if not name.startswith("_") and "ProtoBuf" not in name and name not in LOCAL:
                original = getattr(ibapi.wrapper.EWrapper, name)
                setattr(self.app, name, self.heard(name, original))

    def heard(self, name: str, original: Callable[..., Any]) -> Callable[..., None]:
        """What stands in the place of a callback."""

        def heard(*args: Any, **named: Any) -> None:
            forward(self.number, name, original, (*args, *named.values()))

        return heard

    def connect(self, host: str, port: int, client_id: int) -> None:
        """Log in and start to read."""
        self.app.connect(host, port, client_id)
        self.thread = threading.Thread(target=self.app.run, daemon=True)
        self.thread.start()
        say(client=self.number, event="connected", args=[self.app.serverVersion()])

    def call(self, name: str, args: list[Any]) -> None:
        """One request; arguments that this version does not have are left out, new ones are filled."""
        method = getattr(self.app, name)
        wanted = list(inspect.signature(method).parameters.values())
        args = [built(one, self.make) for one in args]
        if name == "reqExecutions":
            args = [args[0], self.make("filter")]
        if name in {"cancelOrder", "reqGlobalCancel"} and len(args) < len(wanted):
            kind = "" if "Time" in wanted[-1].name else self.make("cancellation")
            args.append(kind)
        method(*args[: len(wanted)])

    @staticmethod
    def make(kind: str) -> Any:
        """An empty thing of the client's own class."""
        import ibapi.contract
        import ibapi.execution
        import ibapi.order

        if kind in CONDITIONS:
            import ibapi.order_condition

            return ibapi.order_condition.Create(CONDITIONS[kind])
        if kind == "tags":
            import ibapi.tag_value

            return ibapi.tag_value.TagValue
        if kind == "cancellation":
            import ibapi.order_cancel

            return ibapi.order_cancel.OrderCancel()
        return {
            "contract": ibapi.contract.Contract, "order": ibapi.order.Order, "leg": ibapi.contract.ComboLeg,
            "leg price": ibapi.order.OrderComboLeg, "filter": ibapi.execution.ExecutionFilter,
        }[kind]()  # fmt: skip

    def disconnect(self) -> None:
        """Leave in good order."""
        self.app.disconnect()
        if self.thread is not None:
            self.thread.join(3)


class Insync:
    """ib_insync and what has its interface."""

    def __init__(self, number: int, module: str, loop: asyncio.AbstractEventLoop) -> None:
        self.number, self.loop = number, loop
        self.module = __import__(module)
        self.ib = self.module.IB()
        self.inside = 0
        for name in dir(self.ib.wrapper):
            if not name.startswith("_") and callable(getattr(self.ib.wrapper, name)):
                self.listen(name)

    def listen(self, name: str) -> None:
        """Tell of a callback, then do what the client does with it."""
        original = getattr(self.ib.wrapper, name)
        official = name in SHARED or name in CALLBACKS_BESIDES
        if not official or name in LOCAL:
            return

        def heard(*args: Any) -> Any:
            if not self.inside:  # some callbacks call others; only the first came over the wire
                forward(self.number, name, None, args)
            self.inside += 1
            try:
                return original(*args)
            finally:
                self.inside -= 1

        setattr(self.ib.wrapper, name, heard)

    def run(self, work: Any) -> Any:
        """In the client's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def connect(self, host: str, port: int, client_id: int) -> None:
        """Only the socket and startApi."""
        self.ib.wrapper.clientId = client_id
        self.run(self.ib.client.connectAsync(host, port, client_id, timeout=5))
        say(client=self.number, event="connected", args=[self.ib.client.serverVersion()])

    def call(self, name: str, args: list[Any]) -> None:
        """One request."""
        args = [built(one, self.make) for one in args]
        if name == "reqExecutions":
            args = [args[0], self.module.ExecutionFilter()]
        if name == "reqMktData":
            args[-1] = ""

        async def ask() -> None:
            getattr(self.ib.client, name)(*args)

        self.run(ask())

    def make(self, kind: str) -> Any:
        """An empty thing of the client's own class."""
        names = {
            "contract": "Contract", "order": "Order", "leg": "ComboLeg", "leg price": "OrderComboLeg",
            "price condition": "PriceCondition", "time condition": "TimeCondition", "tags": "TagValue",
        }  # fmt: skip
        made = getattr(self.module, names[kind])
        return made if kind == "tags" else made()

    def disconnect(self) -> None:
        """Leave in good order."""

        async def leave() -> None:
            self.ib.client.disconnect()

        self.run(leave())


def in_loop(make: Callable[..., Any], number: int, kind: str, loop: asyncio.AbstractEventLoop) -> Any:
    """Make a client where its loop is the current one."""

    async def now() -> Any:
        return make(number, kind, loop)

    return asyncio.run_coroutine_threadsafe(now(), loop).result(30)


def serve(loop: asyncio.AbstractEventLoop) -> None:
    """The loop of clients that have one."""
    asyncio.set_event_loop(loop)
    loop.run_forever()


def main() -> None:
    """Obey until the input ends."""
    kind = sys.argv[1]
    logging.getLogger().setLevel(logging.CRITICAL)
    logging.getLogger(kind).setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    threading.Thread(target=serve, args=(loop,), daemon=True).start()
    clients: dict[int, Any] = {}
    for line in sys.stdin:
        word = json.loads(line)
        number = word["client"]
        try:
            if word["do"] == "connect":
                clients[number] = Official(number) if kind == "ibapi" else in_loop(Insync, number, kind, loop)
                clients[number].connect(word["host"], word["port"], word["id"])
            elif word["do"] == "call":
                clients[number].call(word["name"], word["args"])
            else:
                clients.pop(number).disconnect()
                say(client=number, event="disconnected", args=[])
        except Exception as problem:  # told to the tests, which fail with it
            say(client=number, event="problem", args=[f"{word}: {type(problem).__name__}: {problem}"])


if __name__ == "__main__":
    main()
