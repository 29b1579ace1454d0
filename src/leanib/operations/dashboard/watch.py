"""Keeps the board current: looks at the services twice a second and whenever they tell of a change, and asks IB.

IB pushes this client's orders only: those of LEAN and of other programs are asked for once a second, their executions
every few seconds. An answer that does not come is told as such: what is shown then is the last that was known.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ib_async import ExecutionFilter

from leanib.ib.account import AccountSnapshot
from leanib.ib.errors import IBError, JournalError
from leanib.ib.journal import FillRecord, OrderRecord
from leanib.ib.logs import get_logger
from leanib.ib.manager import IBConnectionManager
from leanib.ib.state import Link
from leanib.operations.dashboard.board import Board
from leanib.operations.dashboard.curve import EquityCurve
from leanib.operations.dashboard.panels import (
    Known,
    Obstacle,
    account_section,
    connection_section,
    fills_section,
    orders_section,
    positions_section,
    quotes_section,
)
from leanib.operations.dashboard.timeline import Timeline
from leanib.operations.dashboard.usage import limits_section

__all__ = ["Watch"]

_LOOK, _ASK, _EXECUTIONS = 0.5, 1.0, 5.0
_PATIENCE = 1.5
"""Seconds without an answer after which the account no longer counts as current."""
_AGAIN = 60.0
"""Seconds before a quote that was refused is asked for again."""
_MOST_FILLS = 100
_MOST_QUOTES = 40


class Watch:
    """Looks and asks until it is cancelled.

    Args:
        manager: The services.
        board: Where the sections go.
        symbols: Quotes that are shown besides those of the positions.
        curve: What the account was worth.
    """

    def __init__(
        self, manager: IBConnectionManager, board: Board, symbols: Sequence[str], curve: EquityCurve
    ) -> None:
        self._manager = manager
        self._board = board
        self._symbols = list(symbols)
        self._curve = curve
        self._timeline = Timeline(manager.settings.log_file)
        self._poke = asyncio.Event()
        self._last: AccountSnapshot | None = None
        self._seen_at: datetime | None = None
        self._asked_at: float | None = None
        self._asked_clock: datetime | None = None
        self._names: dict[str, str] = {}
        self._refused: dict[str, tuple[float, str]] = {}
        self._quote_problem = ""
        self._told: dict[str, str] = {}
        self._obstacle = Obstacle()

    async def run(self) -> None:
        """Goes on for ever."""
        connection = self._manager.connection
        connection.messages.state.connect(self._on_state)
        connection.messages.execution.connect(self._on_execution)
        loops = (
            self._every(_LOOK, self._look_now, "look", self._poke),
            self._every(_ASK, self._ask, "open orders"),
            self._every(_EXECUTIONS, self._executions, "executions"),
            self._every(_ASK, self._subscribe, "quotes"),
        )
        try:
            async with asyncio.TaskGroup() as group:
                for loop in loops:
                    group.create_task(loop)
        finally:
            connection.messages.state.disconnect(self._on_state)
            connection.messages.execution.disconnect(self._on_execution)

    def poke(self, *_: object) -> None:
        """Something has changed: look at once."""
        self._poke.set()

    def _on_state(self, _before: Any, _after: Any) -> None:
        self.poke()

    def _on_execution(self, _contract: Any, _execution: Any) -> None:
        self.poke()

    async def _every(
        self, seconds: float, work: Callable[[], Awaitable[None]], name: str, poke: asyncio.Event | None = None
    ) -> None:
        """Does its work again and again; a failure is shown and logged, and the next try comes all the same."""
        while True:
            if poke is not None:
                poke.clear()
            try:
                await work()
                self._told.pop(name, None)
            except (IBError, ConnectionError) as error:
                self._told[name] = str(error) if self._manager.state.is_ready else ""
            except Exception as error:
                get_logger().exception("the dashboard failed to look", about=name)
                self._told[name] = f"{name}: {error!r}; see {self._manager.settings.log_file}"
            self._board.put("trouble", sorted(text for text in self._told.values() if text))
            if poke is None:
                await asyncio.sleep(seconds)
                continue
            await asyncio.sleep(0.05)  # a burst of messages is one look
            try:
                async with asyncio.timeout(seconds):
                    await poke.wait()
            except TimeoutError:
                continue

    async def _look_now(self) -> None:
        self.look()

    def look(self) -> None:
        """Brings every section up to date from what is known; asks nobody."""
        manager, board = self._manager, self._board
        connection, now = manager.connection, manager.connection.clock.now()
        board.put("now", {"at": now})
        if self._timeline.follow() or self._timeline.problem:
            board.put("history", {"rows": list(self._timeline.transitions)[-60:], "problem": self._timeline.problem})
            board.put("incidents", {"rows": list(self._timeline.incidents)[-100:], "problem": self._timeline.problem})
        self._obstacle.follow(connection.state, now)
        board.put("connection", self._connection())
        snapshot, known = self._known(now)
        quotes = manager.quotes.quotes()
        shown = {quote.symbol: quote for quote in quotes}
        board.put("account", account_section(snapshot, known))
        board.put("positions", positions_section(snapshot, known, snapshot.complete, shown if known.live else {}))
        self._journal_sections(snapshot, known)
        board.put("quotes", quotes_section(quotes, self._names, self._quote_problem))
        board.put("limits", limits_section(manager, snapshot, known.live, known.reason))
        board.put("equity", self._equity(snapshot, known, now))

    def _connection(self) -> dict[str, Any]:
        connection, settings = self._manager.connection, self._manager.settings
        address = f"{settings.host}:{settings.port}"
        account = connection.account if connection.accounts else ""
        own, mode = connection.client_id, settings.mode
        return connection_section(connection.state, self._obstacle, address, own, account, mode)

    def _known(self, now: datetime) -> tuple[AccountSnapshot, Known]:
        """The account as last known, and how far that can be trusted now."""
        manager = self._manager
        snapshot = manager.accounts.snapshot()
        reason = self._reason(snapshot)
        if not reason:
            self._last, self._seen_at = replace(snapshot, at=now), now
            return self._last, Known(True, now)
        if self._last is None:
            return snapshot, Known(False, None, reason)
        return self._last, Known(False, self._seen_at, reason)

    def _reason(self, snapshot: AccountSnapshot) -> str:
        """Why the account is not known now; empty when it is."""
        state = self._manager.state
        if not state.is_ready:
            return self._obstacle.text
        if state.link is not Link.UP:
            return "the Gateway has no link to IBKR"
        waiting = asyncio.get_running_loop().time() - self._asked_at if self._asked_at is not None else 0.0
        if waiting > _PATIENCE and self._asked_clock is not None:
            return f"the Gateway has not answered since {self._asked_clock:%H:%M:%S} UTC"
        return snapshot.reason

    def _journal_sections(self, snapshot: AccountSnapshot, known: Known) -> None:
        manager, problem = self._manager, ""
        records: list[OrderRecord] = []
        fills: list[FillRecord] = []
        own = manager.connection.client_id
        try:
            if snapshot.account:
                records = manager.orders.journal.open_orders(snapshot.account)
                fills = manager.orders.journal.recent_fills(snapshot.account, _MOST_FILLS)
        except JournalError as error:
            problem = str(error)
        self._board.put("orders", orders_section(snapshot, known, records, problem, own))
        self._board.put("fills", fills_section(fills, problem, own))

    def _equity(self, snapshot: AccountSnapshot, known: Known, now: datetime) -> dict[str, Any]:
        value = snapshot.values.get("NetLiquidation")
        try:
            if known.live and value is not None:
                self._curve.note(snapshot.account, now, value)
            return self._curve.section(snapshot.account, now)
        except sqlite3.Error as error:
            return {"problem": f"the equity's history cannot be kept: {error}"}

    async def _ask(self) -> None:
        manager = self._manager
        if not manager.state.is_ready:
            self._asked_at = None
            return
        self._asked_at, self._asked_clock = asyncio.get_running_loop().time(), manager.connection.clock.now()
        try:
            await manager.accounts.refresh()
        finally:
            self._asked_at = None
        self.poke()

    async def _executions(self) -> None:
        """Of every client: this client's are pushed, LEAN's and other programs' are not."""
        connection = self._manager.connection
        if connection.state.is_trading_ready:
            await connection.question("executions").ask(
                lambda: connection.client.reqExecutionsAsync(ExecutionFilter()),
                connection.settings.connection.request_timeout,
            )

    async def _subscribe(self) -> None:
        """Quotes of the symbols asked for and of the positions; those of closed positions are let go."""
        manager = self._manager
        if not manager.state.is_ready or self._last is None:
            return
        held = {f"#{line.con_id}": line.symbol for line in self._last.positions if line.quantity}
        shown = {quote.symbol for quote in manager.quotes.quotes()}
        for name in shown - held.keys() - {symbol.strip().upper() for symbol in self._symbols}:
            manager.quotes.unsubscribe(name)
            self._names.pop(name, None)
        wanted = [*self._symbols, *held]
        now = asyncio.get_running_loop().time()
        for name in wanted[:_MOST_QUOTES]:
            tried_at, _ = self._refused.get(name, (-_AGAIN, ""))
            if name.strip().upper() in shown or now - tried_at < _AGAIN:
                continue
            try:
                await manager.quotes.subscribe([name])
                self._refused.pop(name, None)
            except IBError as error:
                self._refused[name] = now, str(error)
        self._names |= held
        beyond = len(wanted) - _MOST_QUOTES
        problems = [f"quotes of {beyond} more symbols are not shown"] if beyond > 0 else []
        problems += [text for name, (_, text) in self._refused.items() if name in wanted]
        self._quote_problem = "; ".join(problems)
