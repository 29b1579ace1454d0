"""The optional HTTP control API: what the Python API does, from any language, as JSON.

    GET  /status             clock, clients, faults on messages, counts
    GET  /faults             every fault and what it does
    GET  /orders             all orders        GET /executions   all executions
    GET  /accounts           cash and positions
    POST /faults/<name>      inject a fault; the body holds its settings
    POST /clear              end all faults
    POST /quote              {"symbol": "AAPL", "bid": 99.98, "ask": 100.02}
    POST /trade              {"symbol": "AAPL", "price": 100}
    POST /deposit            {"account": "DU1", "amount": 500}
    POST /advance            {"seconds": 60}   (virtual clock only)

Whoever can reach the port can use it: keep it on the loopback address. What a page in a browser sends is refused, by
its `Origin`, and by a `Host` that is not this machine's (a name that was rebound to it).
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from typing import TYPE_CHECKING, Any

from leanib.errors import LeanIBError, UsageError
from leanib.simulator.clock import VirtualClock
from leanib.simulator.market.directory import UnknownInstrumentError
from leanib.simulator.protocol.fields import number

if TYPE_CHECKING:
    from leanib.simulator.simulator import Simulator

MAX_BODY = 1 << 20
MAX_HEADERS = 100
READ_SECONDS = 10.0
#: So far may one request move a virtual clock.
MAX_ADVANCE_SECONDS = 366 * 86400
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
KINDS = ("application/json", "application/x-www-form-urlencoded")  # the second is what curl -d says of any body
Body = dict[str, Any]


class Control:
    """The HTTP server; `port` 0 takes a free one. With a `token` every request must bring it (Bearer)."""

    def __init__(self, simulator: Simulator, host: str = "127.0.0.1", port: int = 0, token: str = "") -> None:
        self.simulator = simulator
        self.host, self.port = host, port
        self._token = token
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; raises OSError when the port is taken."""
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(READ_SECONDS):
                method, path, headers, body = await _request(reader)
            objection = _objection(headers, self.host)
            if objection:
                status, answer = 403, {"error": objection}
            elif not self._knows(headers):
                status, answer = 401, {"error": "send the token of the control API: Authorization: Bearer TOKEN"}
            else:
                status, answer = await self._answer(method, path, body)
        except (ValueError, RecursionError, asyncio.IncompleteReadError, TimeoutError, ConnectionError) as problem:
            status, answer = 400, {"error": f"not a request: {problem}"}
        data = json.dumps(answer, indent=1).encode() + b"\n"
        reasons = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
        reason = reasons[status]
        head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + data)
        writer.close()

    def _knows(self, headers: dict[str, str]) -> bool:
        """Does the request bring the token, where one is needed?"""
        given = headers.get("authorization", "").removeprefix("Bearer ").strip()
        return not self._token or hmac.compare_digest(given.encode(), self._token.encode())

    async def _answer(self, method: str, path: str, body: Body) -> tuple[int, Any]:
        name = f"{method.lower()}_{path.strip('/').split('/')[0].replace('-', '_')}"
        action = getattr(self, f"_{name}", None)
        if action is None:
            return 404, {"error": f"there is no {method} {path}; see docs/simulator.md"}
        try:
            if name == "post_advance":
                return 200, await self._post_advance(path, body)
            return 200, action(path, body)
        except (LeanIBError, UnknownInstrumentError) as problem:
            return 400, {"error": str(problem)}
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as problem:
            return 400, {"error": f"{name.replace('_', ' ')}: {type(problem).__name__}: {problem}"}

    def _get_status(self, path: str, body: Body) -> Body:
        gateway, journal = self.simulator.gateway, self.simulator.journal
        clients = [{"client_id": s.client_id, "version": s.version, "address": s.address} for s in gateway.clients()]
        return {
            "clock": gateway.clock.now().isoformat(),
            "clients": clients,
            "orders": len(gateway.desk.orders),
            "executions": len(gateway.desk.blotter.executions),
            "link_up": gateway.desk.link_up,
            "rules": [rule.action for rule in gateway.faults.rules],
            "notes": gateway.notes[-20:],
            "state_failure": "" if journal is None else journal.failure,
        }

    def _get_faults(self, path: str, body: Body) -> dict[str, str]:
        return self.simulator.faults.names()

    def _get_orders(self, path: str, body: Body) -> list[Body]:
        return [
            {
                "order_id": order.order_id, "client_id": order.client_id, "perm_id": order.perm_id,
                "account": order.account, "symbol": order.item.local_symbol, "action": order.spec.text("action"),
                "type": order.kind, "quantity": number(order.quantity), "filled": number(order.filled),
                "status": order.status, "average": number(order.average), "order_ref": order.spec.text("orderRef"),
                "limit": number(order.limit) if order.limit is not None else "",
                "stop": number(order.stop) if order.stop is not None else "", "transmitted": order.transmitted,
            }
            for order in self.simulator.orders.orders.values()
        ]  # fmt: skip

    def _get_executions(self, path: str, body: Body) -> list[Body]:
        return [
            {
                "exec_id": one.exec_id, "order_id": one.order_id, "client_id": one.client_id, "account": one.account,
                "symbol": one.item.local_symbol, "side": one.side, "shares": number(one.shares),
                "price": number(one.price), "commission": number(one.commission), "order_ref": one.order_ref,
            }
            for one in self.simulator.orders.blotter.executions.values()
        ]  # fmt: skip

    def _get_accounts(self, path: str, body: Body) -> Body:
        return {
            name: {
                "cash": {currency: number(amount) for currency, amount in ledger.cash.items()},
                "positions": {p.instrument.local_symbol: number(p.quantity) for p in ledger.held()},
            }
            for name, ledger in self.simulator.accounts.ledgers.items()
        }

    def _post_faults(self, path: str, body: Body) -> Body:
        _, _, name = path.strip("/").partition("/")
        self.simulator.faults.inject(name, **body)
        return {"done": name}

    def _post_clear(self, path: str, body: Body) -> Body:
        self.simulator.faults.clear()
        return {"done": "clear"}

    def _post_quote(self, path: str, body: Body) -> Body:
        quote = self.simulator.market.set_quote(**body)
        return {"bid": str(quote.bid), "ask": str(quote.ask), "last": str(quote.last)}

    def _post_trade(self, path: str, body: Body) -> Body:
        return {"last": str(self.simulator.market.trade(**body).last)}

    def _post_deposit(self, path: str, body: Body) -> Body:
        account = body.get("account", self.simulator.accounts.default)
        self.simulator.accounts.deposit(account, body["amount"], body.get("currency", ""))
        return {"done": "deposit"}

    async def _post_advance(self, path: str, body: Body) -> Body:
        clock = self.simulator.clock
        if not isinstance(clock, VirtualClock):
            raise UsageError("the simulator runs on the real clock, which cannot be advanced; start it with --virtual")
        seconds = float(body["seconds"])
        if not 0 <= seconds <= MAX_ADVANCE_SECONDS:
            raise UsageError(f"seconds = {seconds:g} must lie between 0 and {MAX_ADVANCE_SECONDS}")
        await clock.advance(seconds)
        return {"clock": clock.now().isoformat()}


async def _request(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str], Body]:
    """Method, path, headers (names in lower case) and JSON body; raises ValueError for anything else."""
    method, path, _ = (await reader.readline()).decode("latin-1").split()
    headers: dict[str, str] = {}
    while (line := (await reader.readline()).decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
        if len(headers) > MAX_HEADERS:
            raise ValueError("too many headers")
    if "transfer-encoding" in headers:
        raise ValueError("send the body in one piece, with its Content-Length")
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= MAX_BODY:
        raise ValueError("the body is too long")
    text = await reader.readexactly(length)
    body = json.loads(text, parse_constant=_no_number) if text.strip() else {}
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return method, path, headers, body


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number here")


def _objection(headers: dict[str, str], bound: str) -> str:
    """Why a request is refused that a page in a browser may have sent; empty when it may pass."""
    host = headers.get("host", "")
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    if name not in (*LOOPBACK, bound):
        return f"the Host '{host}' is not this machine's; use 127.0.0.1 or localhost"
    if headers.get("origin", f"http://{host}") != f"http://{host}" or headers.get("sec-fetch-site") == "cross-site":
        return "pages of other origins may not use the control API"
    kind = headers.get("content-type", KINDS[0]).partition(";")[0].strip().lower()
    return "" if kind in KINDS else f"a body of type {kind} is not taken; send application/json"
