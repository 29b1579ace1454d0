"""The dashboard as one program: services, looking, and the server on the loopback address."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from leanib.errors import LeanIBError, UsageError
from leanib.ib.alerts import AlertSink
from leanib.ib.logs import get_logger
from leanib.ib.manager import IBConnectionManager
from leanib.ib.settings import IBSettings
from leanib.operations.dashboard.access import Keys
from leanib.operations.dashboard.app import make_app
from leanib.operations.dashboard.backtests import Backtests
from leanib.operations.dashboard.board import Board
from leanib.operations.dashboard.commands import Commands
from leanib.operations.dashboard.curve import EquityCurve
from leanib.operations.dashboard.deployments import Deployments
from leanib.operations.dashboard.equity import EquityBook
from leanib.operations.dashboard.watch import Watch
from leanib.project import OPERATIONS

__all__ = ["LOOPBACK", "Dashboard"]

LOOPBACK = "127.0.0.1"
_OUTSIDE = 10.0
"""Seconds between two looks at Docker and at the result folders."""


class Dashboard:
    """Serves one mode of one project.

    Args:
        settings: Of the mode; the account is shown and acted on within its limits.
        root: The project's folder.
        port: To listen on at 127.0.0.1; 0 takes a free one.
        symbols: Quotes to show besides those of the positions.
        client_id: At IB; by default the first free one of the dashboard's.
        alert: Receives what a person must hear of.

    Raises:
        UsageError: The port is taken.
        LeanIBError: The equity's file cannot be opened.
    """

    def __init__(
        self,
        settings: IBSettings,
        root: Path,
        *,
        port: int = 0,
        symbols: Sequence[str] = (),
        client_id: int | None = None,
        alert: AlertSink | None = None,
    ) -> None:
        self.keys = Keys()
        self.board = Board()
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]
        self.manager = IBConnectionManager(
            settings, role="dashboard", client_id=client_id, persistent=True, alert=alert
        )
        self.deployments = Deployments(root, settings)
        self._curve = EquityCurve(_equity_book(root, settings), self.deployments.deployed_at)
        self._watch = Watch(self.manager, self.board, symbols, self._curve)
        self.commands = Commands(self.manager, self._lean_runs, self._watch.poke)
        backtests = Backtests(root)
        app = make_app(self.manager, self.board, self.commands, self.deployments, backtests, self.keys, self.port)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=2,
                timeout_keep_alive=30,
            )
        )

    @property
    def address(self) -> str:
        """What to open; the token is in its fragment, which a browser does not send."""
        return f"http://{LOOPBACK}:{self.port}/#token={self.keys.token}"

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serves until `stop`, Ctrl-C or SIGTERM.

        Args:
            ready: Called once the page can be opened; the Gateway may still be away then.

        Raises:
            IBError: The account does not fit the mode, or the journal cannot be opened.
        """
        connecting = asyncio.create_task(self.manager.start(), name="dashboard-connect")
        await asyncio.sleep(0)  # opens log and journal
        if connecting.done():
            connecting.result()
        tasks = [
            asyncio.create_task(self._watch.run(), name="dashboard-watch"),
            asyncio.create_task(self._outside(), name="dashboard-outside"),
            connecting,
        ]
        serving = asyncio.create_task(self._server.serve([self._socket]), name="dashboard-serve")
        try:
            await self._until_served(serving, ready)
            await self._first_failure(serving, tasks)
        finally:
            self.board.close()
            self._server.should_exit = True
            await asyncio.wait({serving})
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self.manager.stop()
            self._curve.close()
            self._socket.close()

    def stop(self) -> None:
        """Ends `run`."""
        self._server.should_exit = True
        self.board.close()

    async def _until_served(self, serving: asyncio.Task[None], ready: Callable[[], None]) -> None:
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.01)
        if not serving.done():
            ready()

    async def _first_failure(self, serving: asyncio.Task[None], tasks: list[asyncio.Task[None]]) -> None:
        """Until the server ends; a task that fails ends everything, with its sentence."""
        running = {serving, *tasks}
        while not serving.done():
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if task is not serving:
                    task.result()
        serving.result()

    async def _outside(self) -> None:
        """Docker and the result folders, from a thread."""
        while True:
            for section, look in (
                ("gateway", self.deployments.gateway), ("lean", self.deployments.lean), ("runs", self._runs),
                ("monitor", self.deployments.monitor),
            ):  # fmt: skip
                try:
                    self.board.put(section, await asyncio.to_thread(look))
                except Exception as error:
                    get_logger().exception("the dashboard failed to look", about=section)
                    self.board.put(section, {"problem": f"{error!r}; see {self.manager.settings.log_file}"})
            await asyncio.sleep(_OUTSIDE)

    def _runs(self) -> dict[str, object]:
        return {"rows": self.deployments.runs(), "problem": ""}

    async def _lean_runs(self) -> str:
        """What trades beyond the reach of our limits."""
        found = await asyncio.to_thread(self.deployments.lean)
        if not found["deployed"]:
            return ""
        if found["problem"]:
            return f"Whether LEAN runs is not known ({found['problem']}); it does not obey the kill switch."
        if found["state"] in ("stopped", "ended", "held"):
            return ""
        return f"LEAN runs {found['project']} and does not obey the kill switch: 'leanib stop' stops it."


def _equity_book(root: Path, settings: IBSettings) -> EquityBook:
    file = root / OPERATIONS / f"equity-{settings.mode}.sqlite3"
    try:
        return EquityBook(file)
    except (sqlite3.Error, OSError) as error:
        raise LeanIBError(f"{file} cannot be opened ({error}): delete it, it only holds what the page draws") from error


def _listen(port: int) -> socket.socket:
    """The loopback address only: there is no option for another."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
    except OSError as error:
        listening.close()
        raise UsageError(f"port {port} cannot be listened on ({error.strerror}): give another with --port") from error
    return listening
