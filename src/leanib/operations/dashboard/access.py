"""Who may speak to the dashboard: this machine's browser, by this machine's name, with the token that was printed.

A page elsewhere on the web can make a browser send requests here, and can have its own name resolve to 127.0.0.1 (DNS
rebinding). So the `Host` must be this server's, an `Origin` must be its own, and whatever tells or does something needs
the session cookie, which is given once for the token. The token comes in the address's fragment, which browsers do not
send; the page posts it in a header. Neither is ever logged.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["PAGE_POLICY", "REPORT_POLICY", "Guard", "Keys"]

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
REPORT_POLICY = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""A report carries its scripts inside it; it runs in an origin of its own, which may ask this server nothing."""

_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": PAGE_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_MOST_SESSIONS = 64
_PENALTY = 0.5
"""Seconds that a wrong token costs."""


class Keys:
    """The token of this run, and the sessions that were opened with it."""

    def __init__(self, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(32)
        self._sessions: OrderedDict[bytes, None] = OrderedDict()

    def __repr__(self) -> str:
        return "Keys(********)"

    def open_session(self, token: str) -> str | None:
        """A new session for the right token; None for a wrong one."""
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return None
        session = secrets.token_urlsafe(32)
        self._sessions[_digest(session)] = None
        while len(self._sessions) > _MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return session

    def knows(self, session: str) -> bool:
        """Whether a session was opened with the token."""
        return _digest(session) in self._sessions


class Guard:
    """Middleware around the whole application.

    Args:
        app: What is guarded.
        keys: Token and sessions.
        port: The port that is listened on.
    """

    def __init__(self, app: ASGIApp, keys: Keys, port: int) -> None:
        self._app = app
        self._keys = keys
        self._hosts = {f"{name}:{port}" for name in _NAMES}
        self.cookie = f"leanib_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request pass or not; what passes gets the safe headers."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
        elif scope["path"] == "/login":
            await (await self._log_in(Request(scope, receive)))(scope, receive, _with_headers(send))
        else:
            await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if host not in self._hosts:
            return _refused(421, "this is not the dashboard's address: use 127.0.0.1 and the port it printed")
        own = f"http://{host}"
        if headers.get("origin", own) != own:
            return _refused(403, "pages of other origins may not use the dashboard")
        is_shell = scope["method"] == "GET" and (scope["path"] == "/" or scope["path"].startswith("/assets/"))
        if is_shell:
            return None
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return _refused(403, "pages of other origins may not use the dashboard")
        if scope["method"] not in ("GET", "HEAD"):
            if "origin" not in headers:
                return _refused(403, "what changes something is only taken from the dashboard's own page")
            if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
                return _refused(415, "send application/json")
        if scope["path"] == "/login" or self._keys.knows(self._session(headers)):
            return None
        return _refused(401, "open the address that 'leanib dashboard' printed: this page has no session with it")

    def _session(self, headers: Headers) -> str:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return ""
        return found.value if found is not None else ""

    async def _log_in(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        session = self._keys.open_session(token) if request.method == "POST" and scheme == "Bearer" else None
        if session is None:
            await asyncio.sleep(_PENALTY)
            return _refused(401, "this is not the token that 'leanib dashboard' printed when it started last")
        answer = JSONResponse({"done": "login"})
        answer.set_cookie(self.cookie, session, httponly=True, samesite="strict", path="/")
        return answer


def _refused(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


def _digest(session: str) -> bytes:
    return hashlib.sha256(session.encode()).digest()
