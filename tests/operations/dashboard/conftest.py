"""What the dashboard's tests share."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.operations.dashboard.world import Served, project, settings_for

from leanib.simulator.testing import BackgroundSimulator

Get = Callable[..., tuple[int, dict[str, str], str]]


@pytest.fixture(autouse=True)
def state_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test has just sent on the account uses up no limit of this one's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """A dashboard on a simulator; `simulator` is on it, and settings come from a marker `dashboard(...)`."""
    marker = request.node.get_closest_marker("dashboard")
    more = dict(marker.kwargs) if marker else {}
    symbols = more.pop("symbols", ())
    folder = project(tmp_path)
    with BackgroundSimulator(always_open=True, pacing=False) as simulator:
        simulator.run(lambda sim: sim.market.set_quote("AAPL", bid=99.98, ask=100.02, bid_size=9999, ask_size=9999))
        simulator.run(lambda sim: sim.market.set_quote("MSFT", bid=199.98, ask=200.02, bid_size=9999, ask_size=9999))
        settings = settings_for(simulator, folder, **more)
        with Served(settings, folder, symbols=symbols) as running:
            running.simulator, running.settings, running.folder = simulator, settings, folder
            running.until("connection", lambda found: found["trading"])
            yield running


def send(served: Served, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], str]:
    """One request, as it is written: status, headers (names in lower case), text. `_` in names is `-`."""
    link = http.client.HTTPConnection("127.0.0.1", served.dashboard.port, timeout=60)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        link.request(method, path, json.dumps(body) if body is not None else None, given)
        answer = link.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    finally:
        link.close()


def log_in(served: Served) -> str:
    """A session's cookie."""
    status, headers, _ = send(
        served, "POST", "/login", {}, Authorization=f"Bearer {served.dashboard.keys.token}", **own(served)
    )
    assert status == 200
    return headers["set-cookie"].partition(";")[0]


def own(served: Served) -> dict[str, str]:
    """What the page's own requests carry."""
    return {"Origin": served.base, "Content_Type": "application/json", "Sec_Fetch_Site": "same-origin"}


@pytest.fixture
def command(served: Served) -> Callable[..., dict[str, Any]]:
    """Posts to /commands as the page does; the answer, with its `status`."""
    cookie = log_in(served)

    def post(**body: Any) -> dict[str, Any]:
        status, _, text = send(served, "POST", "/commands", body, Cookie=cookie, **own(served))
        return {"status": status, **json.loads(text)}

    return post
