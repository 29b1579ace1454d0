"""A world for one test: simulator and services on one event loop, whose time is virtual."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from leanib.ib import (
    Alert,
    IBConnection,
    Journal,
    LoopClock,
    OrderRecord,
    OrderRequest,
    OrderService,
    QuoteService,
    load_settings,
)
from leanib.ib.account import AccountService
from leanib.ib.limits.keeper import LimitKeeper
from leanib.ib.settings import IBSettings
from leanib.simulator import virtual_time
from leanib.simulator.simulator import Simulator

ACCOUNTS = ("DU1234567", "DU7654321")
ACCOUNT = ACCOUNTS[0]
PROJECT = Path(__file__).parents[2]
TRADING_HOURS = datetime(2024, 3, 6, 15, 0, tzinfo=UTC)  # a Wednesday, 10:00 in New York


@dataclass
class Services:
    """One program: a connection with account, quotes and orders."""

    connection: IBConnection
    accounts: Any
    quotes: QuoteService
    orders: OrderService
    journal: Journal

    async def start(self) -> None:
        """Connects, trying for ever."""
        await self.connection.start()

    async def stop(self) -> None:
        """Leaves in order."""
        await self.connection.stop()
        self.orders.close()

    async def kill(self) -> None:
        """Dies: nothing is said to the Gateway, nothing more is written."""
        session = self.connection._session
        if session is not None:
            session.abandon()
        self.orders.die()
        await self.connection.stop()
        self.journal.close()

    async def buy(self, quantity: int = 100, symbol: str = "AAPL", **terms: Any) -> OrderRecord:
        """Places a purchase."""
        return await self.orders.place(OrderRequest(symbol, "BUY", Decimal(quantity), **terms))

    async def sell(self, quantity: int = 100, symbol: str = "AAPL", **terms: Any) -> OrderRecord:
        """Places a sale."""
        return await self.orders.place(OrderRequest(symbol, "SELL", Decimal(quantity), **terms))

    async def ready(self, within: float) -> float:
        """Waits until orders may be sent; the seconds it took. Fails when it takes longer."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        assert await self.connection.wait_for(lambda state: state.is_trading_ready, within), self.connection.state
        return loop.time() - start

    def questions(self) -> list[float]:
        """When IB is asked for its open orders over the present connection, from now on; it grows."""
        client = self.connection.client
        ask, moments = client.reqAllOpenOrdersAsync, []

        def asked() -> Any:
            moments.append(asyncio.get_running_loop().time())
            return ask()

        client.reqAllOpenOrdersAsync = asked  # type: ignore[method-assign]
        return moments

    async def lost(self, within: float) -> float:
        """Waits until the loss of the connection is noticed; the seconds it took."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        assert await self.connection.wait_for(lambda state: not state.is_ready, within), self.connection.state
        return loop.time() - start


@dataclass
class World:
    """Simulator, programs and what people were told."""

    sim: Simulator
    folder: Path
    clock: LoopClock
    alerts: list[Alert] = field(default_factory=list)
    programs: list[Services] = field(default_factory=list)

    def settings(self, **overrides: Any) -> IBSettings:
        """Settings that dial the simulator; without limits on values, unless `risk` has some."""
        (self.folder / "config").mkdir(exist_ok=True)
        windows = PROJECT / "config" / "reset-windows.toml"
        given = {"host": self.sim.host, "paper_port": self.sim.port, "seed": 7, "reset_windows": windows}
        given |= {"state_folder": self.folder / "state"}
        given |= {"risk": {"unlimited": True}, **overrides}
        return load_settings("paper", self.folder, **given)

    def program(
        self, client_id: int = 10, *, with_account: bool = True, journal: str = "", **overrides: Any
    ) -> Services:
        """A program of its own with the journal of that name, or of its client id; not started."""
        settings = self.settings(**overrides)
        connection = IBConnection(settings, client_id=client_id, clock=self.clock, alert=self.alerts.append)
        book = Journal(self.folder / f"{journal or f'orders-{client_id}'}.sqlite3")
        randomness = random.Random(client_id + 1000 * len(self.programs))
        accounts = AccountService(connection) if with_account else None
        quotes = QuoteService(connection)
        limits = LimitKeeper(connection, book, accounts, quotes)
        identity = lambda: UUID(int=randomness.getrandbits(128))  # noqa: E731
        orders = OrderService(connection, book, limits=limits, identity=identity)
        services = Services(connection, accounts, quotes, orders, book)
        self.programs.append(services)
        return services

    async def started(self, **overrides: Any) -> Services:
        """A program that may trade."""
        program = self.program(**overrides)
        await program.start()
        await program.ready(within=30)
        return program

    def told(self, key: str) -> list[str]:
        """The texts of the alerts of that kind."""
        return [alert.text for alert in self.alerts if alert.key == key]

    def position(self, symbol: str = "AAPL") -> Decimal:
        """What the simulator's books hold."""
        item = self.sim.market.instrument(symbol)
        return self.sim.accounts.ledgers[ACCOUNT].quantity(item.con_id)

    def orders_at_ib(self) -> list[str]:
        """The references of all orders the simulator ever took, one an order."""
        return [order.spec.text("orderRef") for order in self.sim.orders.orders.values()]


Scenario = Callable[[World], Awaitable[None]]


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., World]:
    """Plays a scenario in virtual time from a given moment; returns the world as it was left."""

    def run(scenario: Scenario, *, start: datetime = TRADING_HOURS, **simulator: Any) -> World:
        with asyncio.Runner(loop_factory=virtual_time.VirtualTimeLoop) as runner:
            return runner.run(play_in(scenario, start, tmp_path, simulator))

    return run


async def play_in(scenario: Scenario, start: datetime, folder: Path, simulator: dict[str, Any]) -> World:
    """Plays a scenario on the running loop from a given moment, with files in a folder."""
    async with _world(start, folder, simulator) as world:
        async with asyncio.timeout(10 * 86400):  # virtual seconds: a scenario that waits for ever ends
            await scenario(world)
    return world


@asynccontextmanager
async def _world(start: datetime, folder: Path, simulator: dict[str, Any]) -> AsyncIterator[World]:
    loop = asyncio.get_running_loop()
    usual = {"accounts": [ACCOUNT], "seed": 1, "always_open": False, "tick_interval": 1.0, "pacing": True}
    options = {**usual, **simulator}
    async with Simulator(port=0, clock=virtual_time.LoopClock(start, loop), **options) as sim:
        world = World(sim, folder, LoopClock(start, loop))
        try:
            yield world
        finally:
            for services in world.programs:
                await services.stop()
