"""`Simulator`: an IB Gateway on a socket, as an async context manager."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.clock import Clock, RealClock
from leanib.simulator.faults import Faults
from leanib.simulator.gateway import Gateway
from leanib.simulator.market.market import Market
from leanib.simulator.market.quotes import Number
from leanib.simulator.orders.desk import Desk
from leanib.simulator.protocol.versions import MAX_VERSION, MIN_VERSION
from leanib.simulator.session import Session
from leanib.simulator.state import Journal


class Simulator:
    """An IB Gateway that needs no account.

    ```python
    async with Simulator(accounts=["DU1234567"], seed=1) as sim:
        sim.market.set_quote("AAPL", bid=99.98, ask=100.02)
        await ib.connectAsync(sim.host, sim.port, clientId=1)
    ```

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one, `port` tells which.
        accounts: Account ids; paper accounts begin with D.
        clock: `RealClock()` (default) or a `VirtualClock()` that the caller steps.
        seed: Decides prices, sizes and ids; the same script against the same seed gives the same bytes.
        cash: What every account starts with.
        base_currency: In which currency.
        always_open: Trade around the clock instead of in exchange hours. Default: with the real clock yes, so that
            tests pass on Sundays; with a virtual clock no.
        pacing: Enforce IB's 50 messages a second and its historical limits. Default: with the real clock only.
        master_client_id: The client that hears of everybody's orders.
        server_version: The highest version to offer, 150 to 226.
        time_zone: The zone of the Gateway, in which it writes times.
        tick_interval: Seconds between the ticks of an instrument that nobody pins.
        max_tickers: Market data lines per client; more are error 101.
        record: File that gets a readable transcript of all messages.
        data: LEAN data folder to replay; what it does not hold at all walks. Start the clock where the data is.
        instruments: File (TOML) with instruments besides the usual ones, see `market.table`.
        state: File that keeps orders, executions, books and ids from one run to the next.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        accounts: Sequence[str] = ("DU1234567",),
        clock: Clock | None = None,
        seed: int = 1,
        cash: Number = 1_000_000,
        base_currency: str = "USD",
        always_open: bool | None = None,
        pacing: bool | None = None,
        master_client_id: int | None = None,
        server_version: int = MAX_VERSION,
        time_zone: str = "US/Eastern",
        tick_interval: float | None = None,
        max_tickers: int = 100,
        record: Path | None = None,
        state: Path | None = None,
        data: Path | None = None,
        instruments: Path | None = None,
    ) -> None:
        if not MIN_VERSION <= server_version <= MAX_VERSION:
            raise ValueError(f"server_version is {server_version}; it must lie between {MIN_VERSION} and {MAX_VERSION}")
        if not accounts:
            raise ValueError("accounts is empty; name at least one, such as DU1234567")
        self.host = host
        self.port = port
        self.clock = clock if clock is not None else RealClock()
        virtual = self.clock.virtual
        self.gateway = Gateway(
            self.clock,
            accounts,
            seed=seed,
            cash=cash,
            base=base_currency,
            always_open=not virtual if always_open is None else always_open,
            pacing=not virtual if pacing is None else pacing,
            master_client_id=master_client_id,
            max_version=server_version,
            time_zone=time_zone,
            tick_interval=tick_interval if tick_interval is not None else (1.0 if virtual else 0.25),
            max_tickers=max_tickers,
        )
        if instruments is not None:
            self.gateway.market.directory.load(instruments)
        if data is not None:
            self.gateway.market.replay(data)
        self.record = record
        self.journal = Journal(self.gateway, state) if state is not None else None
        self._server: asyncio.Server | None = None
        self.gateway.faults.listen = self._switch_listening
        self._switching: asyncio.Task[None] | None = None
        self._running = False
        self._closers: list[Callable[[], object]] = []

    @property
    def market(self) -> Market:
        """Quotes and instruments: `set_quote`, `trade`, `instrument`, `directory`."""
        return self.gateway.market

    @property
    def accounts(self) -> Accounts:
        """The books: `ledgers`, `deposit`, `set_position`, `figures`."""
        return self.gateway.accounts

    @property
    def orders(self) -> Desk:
        """The order desk: `orders`, `place_manual`, `hard_to_borrow`, `blotter`."""
        return self.gateway.desk

    @property
    def faults(self) -> Faults:
        """Everything that can go wrong, on request."""
        return self.gateway.faults

    @property
    def clients(self) -> list[Session]:
        """Connected clients that completed startApi."""
        return self.gateway.clients()

    async def start(self) -> Self:
        """Listen; raises OSError when the port is taken."""
        if self.record is not None:
            self.gateway.trace.record(self.record)
        if self.journal is not None:
            self.journal.open()
        await self._listen()
        self._running = True
        self.clock.start()
        self.gateway.pacing.begin()
        return self

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Session(self.gateway), self.host, self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        self._running = False
        self.clock.stop()
        await self._unlisten()
        for closer in self._closers:
            closer()
        if self.journal is not None:
            self.journal.close()
        self.gateway.trace.close()

    def _switch_listening(self, on: bool) -> None:
        """Open or close the listening socket (faults do); connections live on."""
        if not on and self._server is not None:
            self._server.close()
            self._server = None
        elif on and self._server is None and self._running:
            self._switching = asyncio.get_running_loop().create_task(self._listen())

    async def _unlisten(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for session in list(self.gateway.sessions):
            session.close()
        await asyncio.sleep(0)

    async def serve_forever(self) -> None:
        """Run until cancelled."""
        await asyncio.Event().wait()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
