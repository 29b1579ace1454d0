"""The simulator in the Gateway's place, by docker-compose.yml, while things go wrong around it."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest
from tests.containers.gateway_stand import Stand, docker

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def running(services_image, tmp_path_factory):
    """The simulator, up and healthy, as `leanib gateway up --simulator` brings it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEANIB_IMAGE", services_image)
        stand = Stand(tmp_path_factory.mktemp("simulator"), patch, "simulator")
        try:
            assert stand.gateway("up") == 0
            yield stand
        finally:
            stand.remove()


@pytest.fixture
def stand(running: Stand, capsys):
    """The same, all well before and after a test."""
    running.until_health("healthy")
    yield running
    running.control("/clear")


def test_up_is_all_green(stand: Stand, capsys):
    """Two commands: the simulator is healthy and the doctor finds nothing."""
    assert stand.doctor(capsys) == (0, {})
    assert stand.gateway("status") == 0
    assert "healthy (logged in)" in capsys.readouterr().out


def test_it_is_shut_in(stand: Stand):
    """Not root, nothing writable but its volume, no capability, loopback only, limits, no secret."""
    state = stand.state()
    host = state["HostConfig"]
    assert docker("exec", stand.container, "id", "-u").strip() == "10001"
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert host["Memory"] == 512 * 1024**2
    assert host["PidsLimit"] == 100
    assert any("no-new-privileges" in option for option in host["SecurityOpt"])
    assert {b["HostIp"] for bound in host["PortBindings"].values() for b in bound} == {"127.0.0.1"}
    assert host["RestartPolicy"]["Name"] == "unless-stopped"
    assert not any("PASSWORD" in variable for variable in state["Config"]["Env"])
    assert "CapEff:\t0000000000000000" in docker("exec", stand.container, "grep", "CapEff", "/proc/self/status")


def test_it_is_found_by_name_on_leans_network(stand: Stand, services_image):
    """A container on `lean_cli`, as LEAN's are, reaches it as `ib-gateway` and logs in."""
    words = ["--network", "lean_cli", "--entrypoint", "python", services_image, "-m", "leanib.operations.probe"]
    assert "logged in" in docker("run", "--rm", *words, "--host", "ib-gateway", "--client-id", "5")


def test_a_killed_process_is_restarted(stand: Stand, capsys):
    """The restart policy brings it back, healthy, and the doctor is content."""
    before = stand.state()["RestartCount"]
    try:
        os.kill(stand.state()["State"]["Pid"], signal.SIGKILL)
    except OSError:
        pytest.skip("the container's process is out of this user's reach")
    stand.until(lambda: stand.state()["RestartCount"] > before, 30, "restarted")
    stand.until_health("healthy")
    assert stand.doctor(capsys) == (0, {})


def test_a_paused_container_is_named(stand: Stand, capsys):
    """Paused: its port accepts nothing more, and the doctor says why."""
    docker("pause", stand.container)
    try:
        assert stand.doctor(capsys) == (2, {"container": "container-paused"})
        assert stand.gateway("status") == 1
    finally:
        docker("unpause", stand.container)
    assert stand.doctor(capsys) == (0, {})


def test_a_cut_network_is_named(stand: Stand, capsys):
    """Healthy inside, unreachable outside: the doctor finds the missing network."""
    docker("network", "disconnect", "--force", "lean_cli", stand.container)
    try:
        assert stand.doctor(capsys) == (2, {"container": "network-cut"})
    finally:
        docker("network", "connect", "--alias", "ib-gateway", "lean_cli", stand.container)
    docker("restart", "--time", "1", stand.container)
    stand.until_health("healthy")
    assert stand.doctor(capsys) == (0, {})


def test_a_waiting_second_factor_is_unhealthy_though_the_port_is_open(stand: Stand, capsys):
    """The handshake is answered, the login is not: the health check sees it, and the doctor asks for the phone."""
    stand.fault("require_login")
    stand.until_health("unhealthy")
    assert stand.doctor(capsys) == (2, {"login": "login-waiting"})
    assert stand.gateway("status") == 1
    stand.fault("acknowledge_login")
    stand.until_health("healthy")


def test_a_dead_gateway_behind_an_open_port_is_unhealthy(stand: Stand, capsys):
    """A port that accepts proves nothing."""
    stand.fault("accept_and_ignore")
    stand.until_health("unhealthy")
    assert stand.doctor(capsys) == (2, {"handshake": "gateway-dead"})
    stand.control("/clear")
    stand.until_health("healthy")


def test_a_read_only_api_is_named(stand: Stand, capsys):
    """Orders would be refused: an error before anybody sends one."""
    stand.fault("read_only")
    code, faults = stand.doctor(capsys)
    assert (code, faults["api"]) == (2, "read-only-api")


def test_a_competing_session_is_a_warning(stand: Stand, capsys):
    """Another session has the market data: exit code 1."""
    stand.fault("compete")
    assert stand.doctor(capsys) == (1, {"market data": "competing-session"})


def test_an_old_gateway_is_named(stand: Stand, capsys):
    """A server version that is too old is said to be."""
    stand.fault("offer_version", version=150)
    code, faults = stand.doctor(capsys)
    stand.fault("offer_version", version=0)
    assert (code, faults) == (2, {"api version": "old-gateway"})


def test_the_wrong_account_is_named(stand: Stand, capsys, monkeypatch):
    """IB_ACCOUNT must be among the login's accounts."""
    monkeypatch.setenv("IB_ACCOUNT", "DU7654321")
    assert stand.doctor(capsys) == (2, {"account": "wrong-account"})


def test_the_wrong_port_is_named(stand: Stand, capsys, monkeypatch):
    """The port that is dialled leads to no container."""
    monkeypatch.setenv("IB_PAPER_PORT", "1")
    assert stand.doctor(capsys) == (2, {"port map": "port-not-published"})


def test_state_survives_a_restart(stand: Stand):
    """Orders and books are on the volume: the next order id goes on where it was."""
    assert stand.gateway("restart") == 0
    stand.until_health("healthy")
    assert "simulator.jsonl" in docker("exec", stand.container, "ls", "/state")


def test_a_stolen_port_is_named(services_image, tmp_path_factory, capsys):
    """Another program listens there: `up` fails with Docker's sentence, and the doctor names port and remedy."""
    with pytest.MonkeyPatch.context() as patch, socket.socket() as thief:
        patch.setenv("LEANIB_IMAGE", services_image)
        stand = Stand(tmp_path_factory.mktemp("stolen"), patch, "simulator")
        thief.bind(("127.0.0.1", stand.port))
        thief.listen()
        try:
            assert stand.gateway("up") == 2
            assert str(stand.port) in capsys.readouterr().err
            assert stand.doctor(capsys) == (2, {"container": "port-taken"})
        finally:
            stand.remove()


def test_a_full_disk_is_named(services_image, tmp_path_factory, capsys):
    """Its volume is full: it serves on, and the doctor says what will go wrong next."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEANIB_IMAGE", services_image)
        stand = Stand(tmp_path_factory.mktemp("full"), patch, "simulator")
        file = stand.root / "docker-compose.yml"
        small = "{driver: local, driver_opts: {type: tmpfs, device: tmpfs, o: 'size=2m,uid=10001'}}"
        file.write_text(file.read_text().replace("\n  simulator-state:\n", f"\n  simulator-state: {small}\n"))
        try:
            assert stand.gateway("up") == 0
            filler = ("dd", "if=/dev/zero", "of=/state/filler", "bs=1k", "count=2000")
            docker("exec", stand.container, *filler, check=False)
            assert stand.doctor(capsys) == (2, {"disk": "disk-full"})
            docker("exec", stand.container, "rm", "/state/filler")
            assert stand.doctor(capsys) == (1, {"disk": "disk-low"})
        finally:
            stand.remove()


def test_nothing_started_is_named(services_image, tmp_path_factory, capsys):
    """No container, no image: each with its remedy."""
    with pytest.MonkeyPatch.context() as patch:
        stand = Stand(tmp_path_factory.mktemp("nothing"), patch, "simulator")
        patch.setenv("IB_GATEWAY_IMAGE", "leanib.invalid/ib-gateway")
        assert stand.doctor(capsys) == (2, {"image": "image-missing"})
        patch.setenv("IB_GATEWAY_IMAGE", services_image)
        assert stand.doctor(capsys) == (2, {"container": "not-started"})
        started = time.monotonic()
        patch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
        assert stand.doctor(capsys) == (2, {"docker": "docker-not-running"})
        assert time.monotonic() - started < 60
