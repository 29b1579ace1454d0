"""Who may speak to the dashboard: by Host, by Origin, by the token, and by nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.operations.dashboard.conftest import log_in, own, send

TELLING = ("/session", "/stream", "/orders/history?ref=x", "/runs/log?run=x", "/backtests", "/backtests/report?run=x",
           "/backtests/compare?a=x&b=y", "/nothing")  # fmt: skip


def test_only_the_token_opens_a_session_and_only_a_session_tells_anything(served: Any) -> None:
    """Without a session every address but the empty page refuses; wrong tokens, schemes and methods open none."""
    for path in TELLING:
        assert send(served, "GET", path)[0] == 401, path
    assert send(served, "POST", "/commands", {"command": "flatten"}, **own(served))[0] == 401
    token = served.dashboard.keys.token
    wrong = ("Bearer wrong", f"Basic {token}", f"Bearer {token}x", f"Bearer {token[:-1]}", token, "Bearer ", "Bearer ö")
    for words in wrong:
        status, headers, _ = send(served, "POST", "/login", {}, Authorization=words, **own(served))
        assert (status, "set-cookie" in headers) == (401, False), words
    assert send(served, "GET", "/login", Authorization=f"Bearer {token}")[0] == 401
    assert send(served, "GET", f"/login?token={token}")[0] == 401
    cookie = log_in(served)
    assert send(served, "GET", "/session", Cookie=cookie)[0] == 200
    assert send(served, "GET", "/session", Cookie=cookie + "x")[0] == 401
    assert send(served, "GET", "/session", Cookie="\x01;;=,=")[0] == 401


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(served: Any) -> None:
    """HttpOnly, SameSite=Strict, and not the token itself."""
    words = f"Bearer {served.dashboard.keys.token}"
    _, headers, _ = send(served, "POST", "/login", {}, Authorization=words, **own(served))
    words = headers["set-cookie"].lower()
    assert "httponly" in words
    assert "samesite=strict" in words
    assert served.dashboard.keys.token not in headers["set-cookie"]


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "evil.test:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.test:{port}",
        "192.168.1.5:{port}",
        "",
        "127.0.0.1:{port}@evil.test",
    ],
)
def test_a_name_that_was_rebound_to_this_machine_is_refused(served: Any, host: str) -> None:
    """With the right cookie and all: the name in the address must be this machine's, with the port."""
    cookie = log_in(served)
    given = host.format(port=served.dashboard.port)
    for path in ("/", "/assets/live.js", "/session"):
        assert send(served, "GET", path, Host=given, Cookie=cookie)[0] in (400, 421)
    for name in ("localhost", "[::1]"):
        assert send(served, "GET", "/session", Host=f"{name}:{served.dashboard.port}", Cookie=cookie)[0] == 200


def test_pages_of_other_origins_are_refused_even_with_the_cookie(served: Any) -> None:
    """Reading, streaming and acting: an Origin that is not ours, or none where something is changed, ends it."""
    cookie, port = log_in(served), served.dashboard.port
    ours = (f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}", f"http://localhost:{port}")
    json_kind = {"Cookie": cookie, "Content_Type": "application/json"}
    for origin in ("http://evil.test", "null", *ours):
        assert send(served, "GET", "/stream", Cookie=cookie, Origin=origin)[0] == 403, origin
        assert send(served, "POST", "/commands", {"command": "kill"}, Origin=origin, **json_kind)[0] == 403
    assert send(served, "GET", "/session", Cookie=cookie, Sec_Fetch_Site="cross-site")[0] == 403
    assert send(served, "GET", "/session", Cookie=cookie, Sec_Fetch_Site="same-site")[0] == 403
    assert send(served, "POST", "/commands", {"command": "kill"}, **json_kind)[0] == 403
    form = {"Origin": served.base, "Content_Type": "text/plain"}
    assert send(served, "POST", "/commands", {"command": "kill"}, Cookie=cookie, **form)[0] == 415
    assert served.section("limits")["switch"] == ""


def test_every_answer_carries_the_headers_that_keep_the_page_to_itself(served: Any) -> None:
    """Refusals too: no frame, no other origin's scripts, no cache, no referrer; the page loads nothing foreign."""
    for path in ("/", "/assets/dashboard.js", "/session", "/nothing"):
        headers = send(served, "GET", path)[1]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")
        assert "server" not in headers
    page = send(served, "GET", "/")[2]
    assert re.findall(r"(?:src|href)=\"(?!/assets/|data:,)", page) == []
    assert "<script>" not in page
    assert not re.search(r" on[a-z]+=| style=", page)


def test_no_file_but_its_own_is_served(served: Any) -> None:
    """Neither by a path that climbs nor by a name of the report's that the page does not use."""
    for name in ("../app.py", "..%2fapp.py", "report.html", "dashboard.html", "%2e%2e/access.py", ""):
        assert send(served, "GET", f"/assets/{name}")[0] in (404, 401), name


def test_neither_token_nor_session_is_written_anywhere(served: Any) -> None:
    """Not in the log, not in the representation, not in any file of the project's folder."""
    cookie = log_in(served)
    send(served, "GET", "/backtests", Cookie=cookie)
    secrets = (served.dashboard.keys.token, cookie.partition("=")[2])
    assert not any(secret in repr(served.dashboard.keys) for secret in secrets)
    for file in served.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(secret.encode() in content for secret in secrets), file
