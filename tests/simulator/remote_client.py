"""A public client in a process and an environment of its own, behind the face of `foreign_clients.Client`."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from clients.environments import Package, environment
from foreign_clients import Client

BRIDGE = Path(__file__).parent / "clients" / "bridge.py"


class Thing(SimpleNamespace):
    """A contract, an order or a leg, to be made on the other side with the client's own class."""

    def __init__(self, kind: str, fields: dict[str, Any]) -> None:
        super().__init__(**fields)
        self.__dict__["_kind"] = kind

    def wire(self) -> dict[str, Any]:
        """As it crosses the bridge."""
        fields = {name: encoded(value) for name, value in vars(self).items() if name != "_kind"}
        return {"kind": self.__dict__["_kind"], "fields": fields}


def encoded(value: Any) -> Any:
    """An argument of a request as JSON."""
    if isinstance(value, Thing):
        return value.wire()
    return [encoded(one) for one in value] if isinstance(value, list) else value


def decoded(value: Any) -> Any:
    """An argument of a callback: objects with attributes, decimals, lists."""
    if isinstance(value, list):
        return [decoded(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "decimal" in value:
        return Decimal(value["decimal"])
    return SimpleNamespace(**{name: decoded(one) for name, one in value["object"].items()})


class Bridge:
    """The process in which clients of one package live."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.clients: dict[int, RemoteClient] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start the process."""
        python = await asyncio.to_thread(environment, self.package.requirement)
        self._process = await asyncio.create_subprocess_exec(
            str(python), str(BRIDGE), self.package.kind,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 24,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._reader is not None:
            await self._reader

    def client(self) -> RemoteClient:
        """A client that is not connected yet."""
        one = RemoteClient(self, len(self.clients))
        self.clients[one.number] = one
        return one

    def say(self, **word: Any) -> None:
        """A line to the process."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(word).encode() + b"\n")

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            word = json.loads(line)
            self.clients[word["client"]].note(word["event"], tuple(decoded(one) for one in word["args"]))


class RemoteClient(Client):
    """One client at the other end of the bridge."""

    def __init__(self, bridge: Bridge, number: int) -> None:
        super().__init__()
        self.bridge, self.number = bridge, number
        self.name = bridge.package.name
        self._connected = False

    def again(self) -> RemoteClient:
        return self.bridge.client()

    async def connect(self, host: str, port: int, client_id: int) -> None:
        self._say(do="connect", host=host, port=port, id=client_id)
        (self.version,) = await self.until("connected", timeout=30)
        self._connected = True
        await self.until("nextValidId", timeout=20)
        self._forget("connected")

    def _say(self, **word: Any) -> None:
        self.bridge.say(client=self.number, **word)

    def _forget(self, name: str) -> None:
        self.events = [event for event in self.events if event[0] != name]

    def call(self, name: str, *args: Any) -> None:
        self._say(do="call", name=name, args=[encoded(one) for one in args])

    def contract(self, **fields: Any) -> Any:
        return Thing("contract", fields)

    def order(self, **fields: Any) -> Any:
        return Thing("order", fields)

    def leg(self, **fields: Any) -> Any:
        return Thing("leg", fields)

    def part(self, kind: str, **fields: Any) -> Any:
        return Thing(kind, fields)

    def cancel(self, order_id: int) -> None:
        self.call("cancelOrder", order_id)

    def cancel_all(self) -> None:
        self.call("reqGlobalCancel")

    async def settle(self, seconds: float = 0.15) -> None:
        await super().settle(max(seconds, 0.2))  # the bridge adds its own delay

    async def disconnect(self) -> None:
        if not self._connected:
            return
        self._connected = False
        self._say(do="disconnect")
        await self.until("disconnected", timeout=10)
        self._forget("disconnected")
