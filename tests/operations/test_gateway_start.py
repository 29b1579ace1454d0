"""Starting a Gateway without Docker: its volume is its user's, and the start is done when somebody is logged in."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from leanib.operations import gateway_start
from leanib.operations.compose import Compose
from leanib.operations.gateway import Gateway, GatewayStatus
from leanib.operations.gateway_start import GatewayStart
from leanib.operations.probe import ProbeResult
from leanib.operations.settings_volume import give_to_image_user

PROJECT = Path(__file__).parents[2]
PASSWORD = "made-up"
RUNNING = GatewayStatus("ib-gateway", "running", identifier="one", health="starting", said="not yet")


class _Gateway:
    """Tells one status after the other, then the last one again."""

    def __init__(self, *statuses: GatewayStatus) -> None:
        self.environment = {"TWS_PASSWORD": PASSWORD}
        self._statuses = list(statuses)

    def status(self) -> GatewayStatus:
        return self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers on the port, the container's log has a secret in it, and no look waits for long."""
    log = f"IBC: starting\npermission denied: /home/ibgateway/tws_settings\nthe password is {PASSWORD}\n".encode()
    containers = SimpleNamespace(get=lambda _: SimpleNamespace(logs=lambda **_: log))
    monkeypatch.setattr(gateway_start, "docker_client", lambda: SimpleNamespace(containers=containers))
    monkeypatch.setattr(
        gateway_start, "probe", lambda *_, **__: ProbeResult("127.0.0.1", 4001, problem="nothing listens")
    )
    monkeypatch.setattr(gateway_start, "_LOOK", 0.01)


def _wait(*statuses: GatewayStatus, seconds: float = 30) -> str:
    gateway: Any = _Gateway(*statuses)
    return GatewayStart(gateway, 4001, lambda _: None).wait(seconds)


@pytest.mark.parametrize(
    "ended",
    [
        GatewayStatus("ib-gateway", "exited", identifier="one", exit_code=7),
        GatewayStatus("ib-gateway", "dead", identifier="one", exit_code=7),
        GatewayStatus("ib-gateway", "restarting", identifier="one", exit_code=7, restarts=2),
        GatewayStatus("ib-gateway", "running", identifier="one", exit_code=7, restarts=4),
    ],
    ids=["ended", "dead", "starts again", "starts again and again"],
)
def test_a_container_that_does_not_stay_up_is_a_failure_in_its_own_words(ended: GatewayStatus) -> None:
    """As soon as it is seen, with what it said last, and with no secret."""
    told = _wait(RUNNING, ended)
    assert "does not stay up" in told
    assert "permission denied: /home/ibgateway/tws_settings" in told
    assert PASSWORD not in told


def test_a_login_that_does_not_come_in_time_is_a_failure() -> None:
    """A container that runs is no login; its health check says why."""
    told = _wait(RUNNING, seconds=0.05)
    assert "is not logged in after 0.05 s; its health check says: not yet" in told


def test_a_start_is_done_when_the_container_is_healthy() -> None:
    """And not before."""
    healthy = GatewayStatus("ib-gateway", "running", identifier="one", health="healthy")
    assert _wait(RUNNING, RUNNING, healthy) == ""


class _Docker:
    """Docker's low-level client as far as a volume is given away with it."""

    def __init__(self, code: int = 0) -> None:
        self.code = code
        self.made: list[dict[str, Any]] = []
        self.api = self

    def create_host_config(self, **settings: Any) -> dict[str, Any]:
        return settings

    def create_container(self, image: str, **settings: Any) -> str:
        self.made.append({"image": image, **settings})
        return "helper"

    def start(self, _helper: str) -> None: ...

    def wait(self, _helper: str, timeout: float) -> dict[str, int]:
        assert timeout
        return {"StatusCode": self.code}

    def remove_container(self, helper: str, force: bool) -> None:
        assert (helper, force) == ("helper", True)


def _container(user: str, *kinds: str) -> Any:
    mounts = [{"Type": kind, "Name": f"v{n}", "Destination": f"/folder/{n}"} for n, kind in enumerate(kinds)]
    return SimpleNamespace(attrs={"Config": {"User": user, "Image": "an/image"}, "Mounts": mounts})


@pytest.mark.parametrize(
    ("user", "kinds", "given"),
    [
        ("1000:1000", ("volume",), ["/folder/0"]),
        ("ibgateway", ("bind", "volume", "volume"), ["/folder/1", "/folder/2"]),
        ("1000", ("bind",), None),  # the user's own folder is nobody else's to give
        ("", ("volume",), None),  # an image that runs as root can write
        ("0:0", ("volume",), None),
        ("root", ("volume",), None),
    ],
)
def test_what_root_owns_on_named_volumes_is_given_to_the_image_s_user(
    user: str, kinds: tuple[str, ...], given: list[str] | None
) -> None:
    """By a container of the same image that sees the volumes and no network."""
    docker = _Docker()
    assert give_to_image_user(docker, _container(user, *kinds)) is True
    assert [made["command"] for made in docker.made] == ([given] if given else [])
    for made in docker.made:
        assert (made["environment"], made["user"], made["network_disabled"]) == ({"OWNER": user}, "0:0", True)
        assert made["image"] == "an/image"


def test_a_volume_that_cannot_be_given_away_is_no_success() -> None:
    """The container itself will say what it lacks."""
    assert give_to_image_user(_Docker(code=1), _container("1000", "volume")) is False


def test_the_volume_is_given_away_before_the_container_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made, not started; then it is given its volume; then it starts."""
    done: list[str] = []

    def compose(_self: Compose, *words: str) -> str:
        if "ps" in words:
            return "one\n" if done else ""
        done.append(" ".join(words))
        return ""

    container = _container("1000:1000", "volume")
    client = SimpleNamespace(containers=SimpleNamespace(get=lambda _: container))
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    (tmp_path / ".env").write_text("TWS_USERID=u\nTWS_PASSWORD=p\nIB_GATEWAY_PAPER_PORT=4004\nIB_GATEWAY_IMAGE=x/y\n")
    monkeypatch.setattr(Compose, "run", compose)
    monkeypatch.setattr("leanib.operations.gateway.docker_client", lambda: client)
    monkeypatch.setattr("leanib.operations.gateway.ensure_network", lambda _: None)
    monkeypatch.setattr("leanib.operations.gateway.give_to_image_user", lambda *_: done.append("given"))
    Gateway(tmp_path).up()
    assert done == ["up --no-start ib-gateway", "given", "up -d ib-gateway"]
