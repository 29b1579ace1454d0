"""The dashboard's addresses: the page and its files, the stream, what is asked for on demand, and the commands."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from leanib.errors import LeanIBError
from leanib.ib.manager import IBConnectionManager
from leanib.operations.dashboard.access import REPORT_POLICY, Guard, Keys
from leanib.operations.dashboard.backtests import Backtests
from leanib.operations.dashboard.board import Board
from leanib.operations.dashboard.commands import Commands
from leanib.operations.dashboard.deployments import Deployments
from leanib.report import asset

__all__ = ["make_app"]

_ASSETS = Path(__file__).parent / "assets"
_OWN = (
    "dashboard.css", "dashboard.js", "live.js", "tables-live.js", "overview.js", "orders.js", "curve.js", "commands.js",
    "runs.js", "uPlot.iife.min.js", "uPlot.min.css",
)  # fmt: skip
_SHARED = ("page.css", "format.js", "start.js")
"""Files of the report: one style, one way to write numbers and tabs."""
_TYPES = {".css": "text/css", ".js": "text/javascript"}
_MOST_LINES = 2000
_MOST_BODY = 4096


class _Pages:
    def __init__(
        self, manager: IBConnectionManager, board: Board, commands: Commands, deployments: Deployments,
        backtests: Backtests,
    ) -> None:  # fmt: skip
        self._manager = manager
        self._board = board
        self._commands = commands
        self._deployments = deployments
        self._backtests = backtests

    def routes(self) -> list[Route]:
        return [
            Route("/", _shell),
            Route("/assets/{name}", _asset),
            Route("/session", _session),
            Route("/stream", self._stream),
            Route("/orders/history", self._history),
            Route("/runs/log", self._log),
            Route("/backtests", self._list),
            Route("/backtests/report", self._report),
            Route("/backtests/compare", self._compare),
            Route("/commands", self._command, methods=["POST"]),
        ]

    async def _stream(self, request: Request) -> Response:
        async def events() -> AsyncIterator[str]:
            yield "retry: 1000\n\n"
            async for section, text in self._board.stream():
                yield f"event: {section}\ndata: {text}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    async def _history(self, request: Request) -> Response:
        """Everything that the journal notes of one order."""
        journal = self._manager.orders.journal
        ref = request.query_params.get("ref", "")
        events = journal.history(ref)
        fills = [
            {"time": fill.time, "side": fill.side, "quantity": str(fill.quantity), "price": _text(fill.price)}
            for fill in (journal.fills(ref) if events else ())
        ]
        rows = [{"at": at.isoformat(), "kind": kind, "detail": detail} for at, kind, detail in events]
        return _json({"ref": ref, "rows": rows, "fills": fills})

    async def _log(self, request: Request) -> Response:
        name = request.query_params.get("run", "")
        lines = await anyio.to_thread.run_sync(self._deployments.log, name, _MOST_LINES)
        if lines is None:
            raise LeanIBError("there is no such run any more")
        return _json({"run": name, "lines": lines})

    async def _list(self, _request: Request) -> Response:
        return _json({"rows": await anyio.to_thread.run_sync(self._backtests.rows)})

    async def _report(self, request: Request) -> Response:
        return _embedded(await self._backtests.report(request.query_params.get("run", "")))

    async def _compare(self, request: Request) -> Response:
        given = request.query_params
        return _embedded(await self._backtests.comparison(given.get("a", ""), given.get("b", "")))

    async def _command(self, request: Request) -> Response:
        body = await request.body()
        try:
            given = json.loads(body) if len(body) <= _MOST_BODY else None
        except ValueError:
            given = None
        if not isinstance(given, dict):
            return _json({"error": "send a JSON object"}, 400)
        if "id" in given:
            return _json(await self._commands.confirm(str(given["id"])))
        return _json(await self._commands.ask(str(given.get("command", ""))))


def make_app(
    manager: IBConnectionManager, board: Board, commands: Commands, deployments: Deployments, backtests: Backtests,
    keys: Keys, port: int,
) -> ASGIApp:  # fmt: skip
    """The application behind its guard."""
    pages = _Pages(manager, board, commands, deployments, backtests)
    inner = Starlette(routes=pages.routes(), exception_handlers={LeanIBError: _problem})
    return Guard(inner, keys, port)


async def _problem(_request: Request, error: Exception) -> Response:
    """What cannot be done, in one sentence."""
    return _json({"error": str(error)}, 409)


async def _session(_request: Request) -> Response:
    """Answers only who has a session: the guard refuses others."""
    return _json({"session": "open"})


async def _shell(_request: Request) -> Response:
    return HTMLResponse((_ASSETS / "dashboard.html").read_text(encoding="utf-8"))


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _OWN and name not in _SHARED:
        return _json({"error": "there is no such file"}, 404)
    return Response(_file(name), media_type=_TYPES[Path(name).suffix])


@cache
def _file(name: str) -> str:
    return asset(name) if name in _SHARED else (_ASSETS / name).read_text(encoding="utf-8")


def _embedded(page: str) -> Response:
    """A page of a run: it may run its own scripts in an origin of its own, and ask this server nothing."""
    return HTMLResponse(page, headers={"content-security-policy": REPORT_POLICY})


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content, default=_plain), status, media_type="application/json")


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _text(value: Any) -> str | None:
    return str(value) if value is not None else None
