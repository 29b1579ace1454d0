"""A client of a few lines that sends and receives bytes, for tests of the wire itself."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from typing import ClassVar, Self

from leanib.simulator import Simulator

SLICE = 0.01
HELLO = b"API\0" + struct.pack(">I", 9) + b"v157..178"


def message(*fields: object) -> bytes:
    """A frame of NUL-terminated fields."""
    payload = "".join(f"{field}\0" for field in fields).encode()
    return struct.pack(">I", len(payload)) + payload


@contextlib.asynccontextmanager
async def patience(seconds: float) -> AsyncIterator[None]:
    """TimeoutError after so many seconds in which the simulator had its turns.

    They are counted in slices, each a turn of the event loop that both sides share: what a busy machine takes from one
    side it takes from the other too.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(None) as limit:

        def count(left: int) -> None:
            if left:
                timers.append(loop.call_later(SLICE, count, left - 1))
                del timers[0]
            else:
                limit.reschedule(loop.time())

        timers = [loop.call_later(SLICE, count, round(seconds / SLICE))]
        try:
            yield
        finally:
            timers[0].cancel()


class Raw:
    """A socket to the simulator; `close_all` is called after each test."""

    alive: ClassVar[list[Raw]] = []

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.alive.append(self)
        self.started = False

    @classmethod
    async def dial(cls, sim: Simulator) -> Self:
        return cls(*await asyncio.open_connection(sim.host, sim.port))

    @classmethod
    async def login(cls, sim: Simulator, client_id: int = 1) -> Self:
        """Handshake and startApi, up to the last farm message."""
        raw = await cls.dial(sim)
        raw.writer.write(HELLO + message(71, 2, client_id, ""))
        while (await raw.fields())[:1] != ["4"]:
            pass
        await raw.fields()
        await raw.fields()
        raw.started = True
        return raw

    def send(self, *fields: object) -> None:
        self.writer.write(message(*fields))

    async def fields(self, timeout: float = 5.0) -> list[str]:
        """The fields of the next message; [] at the end of the stream."""
        async with patience(timeout):
            try:
                (length,) = struct.unpack(">I", await self.reader.readexactly(4))
                return (await self.reader.readexactly(length)).decode().split("\0")[:-1]
            except (asyncio.IncompleteReadError, ConnectionError):
                return []

    async def pending(self, quiet: float = 1.0) -> list[list[str]]:
        """Every message that is on its way: up to the answer to a ping, the end, or until nothing comes for long."""
        found: list[list[str]] = []
        if self.started:
            self.send(49, 1)
        while True:
            try:
                fields = await self.fields(quiet if self.started else 0.1)
            except TimeoutError:
                return found
            if not fields or fields[0] == "49":
                return found
            found.append(fields)

    async def until(self, kind: int) -> list[str]:
        """The next message of a kind."""
        while True:
            fields = await self.fields()
            if not fields or fields[0] == str(kind):
                return fields

    async def everything(self, quiet: float = 0.1) -> bytes:
        """All bytes until nothing comes for a while."""
        data = b""
        while True:
            try:
                async with patience(quiet):
                    part = await self.reader.read(65536)
            except (TimeoutError, ConnectionError):
                return data
            if not part:
                return data
            data += part

    async def gone(self, timeout: float = 2.0) -> bool:
        """Does the other side end the connection in time?"""
        try:
            async with patience(timeout):
                return not await self.reader.read(1 << 20)
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    async def close(self) -> None:
        self.writer.close()
        await asyncio.sleep(0.02)

    @classmethod
    async def close_all(cls) -> None:
        """Close every socket of the test."""
        while cls.alive:
            raw = cls.alive.pop()
            raw.writer.close()
            with contextlib.suppress(ConnectionError, TimeoutError):
                await asyncio.wait_for(raw.writer.wait_closed(), 1)


STOCK = (0, "AAPL", "STK", "", 0.0, "", "", "SMART", "", "USD", "", "")


def place_order(
    order_id: int, action: str, quantity: float, kind: str, limit: float | str = "", aux: float | str = "",
    tif: str = "DAY", reference: str = "", stock: tuple[object, ...] = STOCK,
) -> tuple[object, ...]:  # fmt: skip
    """The fields of a placeOrder at version 178."""
    head = (3, order_id, *stock, "", "", action, quantity, kind, limit, aux, tif, "", "", "", 0, reference, 1, 0)
    middle = (0, 0, 0, 0, 0, 0, "", 0.0, "", "", "", "", "", "", 0, "", -1, 0, "", "", 0, "", "", 0, 0, "", 0)
    risk = ("", "", "", "", "", 0, "", "", "", "", 0, "", "", "", "", "", "", "", "", "", "", 0, "", "", 0, 0, "")
    tail = ("", 0, "", 0, 0, 0, 0, "", "", "", "", "", "", 0, "", "", "", "", "", "", "", "", 0, 0, 0, "")
    return (*head, *middle, *risk, *tail, "", "", 0, "", "")
