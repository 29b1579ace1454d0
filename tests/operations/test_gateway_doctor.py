"""The doctor's layers behind the containers, and the probe and the health check, against a simulator."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from leanib.ib.settings import load_settings
from leanib.operations.disk_check import least_free
from leanib.operations.doctor import Doctor
from leanib.operations.findings import Finding, Verdict, exit_code
from leanib.operations.hints import hint_from_log
from leanib.operations.probe import Layer, probe
from leanib.simulator.testing import BackgroundSimulator

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docker/gateway/healthcheck.sh"


@pytest.fixture
def simulator():
    """A simulated Gateway in a thread."""
    with BackgroundSimulator(accounts=["DU1234567"], always_open=True, pacing=False) as background:
        yield background


@pytest.fixture
def faults_of(simulator, tmp_path, monkeypatch):
    """Examines the simulator; exit code, and the faults by check."""

    def examine(**settings):
        monkeypatch.setenv("IB_PAPER_PORT", str(settings.pop("port", simulator.port)))
        connection = {"connect_timeout": 2.0, "request_timeout": 2.0}
        given = {"risk": {"max_order_value": 1000}, "connection": connection, **settings}
        doctor = Doctor(tmp_path, load_settings(root=tmp_path, **given), docker=False)
        findings = doctor.examine()
        return exit_code(findings), {finding.name: finding.fault for finding in findings if finding.fault}

    return examine


def _script(port: int, deadline: int = 2) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(SCRIPT)],
        env={"PATH": "/usr/bin:/bin", "LEANIB_PROBE_PORTS": f"1 {port}", "LEANIB_PROBE_DEADLINE": str(deadline)},
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip


def test_all_is_well(simulator, faults_of):
    """No fault on a Gateway that answers; probe and health check agree."""
    assert faults_of() == (0, {})
    assert probe(simulator.host, simulator.port).layer is Layer.REQUEST
    said = _script(simulator.port, deadline=20)
    assert (said.returncode, said.stdout) == (0, "logged in\n")


def test_the_doctor_says_what_was_read_and_that_no_order_would_pass(simulator, tmp_path, monkeypatch):
    """Settings, journal and limits are named by file; a missing limits file is a warning with its remedy."""
    monkeypatch.setenv("IB_PAPER_PORT", str(simulator.port))
    (finding, *_) = Doctor(tmp_path, load_settings(root=tmp_path), docker=False).examine()
    assert (finding.verdict, finding.fault) == (Verdict.WARNING, "no-limits")
    assert "there is no limits file, config/paper.toml" in finding.text
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "paper.toml").write_text("[risk]\nmax_order_value = 1000\nmax_orders_per_minute = 3\n")
    (finding, *_) = Doctor(tmp_path, load_settings(root=tmp_path), docker=False).examine()
    assert finding.verdict is Verdict.OK
    assert f"settings: {tmp_path / 'config/paper.toml'}" in finding.text
    assert "limits: order value 1,000; orders a minute 3" in finding.text


def test_the_doctor_warns_of_the_kill_switch(simulator, faults_of):
    """Nobody wonders why nothing is sent."""
    assert faults_of(risk={"max_order_value": 1, "kill_switch": True}) == (1, {"settings": "kill-switch"})


@pytest.mark.parametrize(
    ("fault", "layer", "check", "name"),
    [
        ("accept_and_ignore", Layer.SOCKET, "handshake", "gateway-dead"),
        ("never_answer_handshake", Layer.SOCKET, "handshake", "gateway-dead"),
        ("never_answer_login", Layer.HANDSHAKE, "login", "login-waiting"),
        ("require_login", Layer.HANDSHAKE, "login", "login-waiting"),
        ("reset_on_accept", Layer.SOCKET, "handshake", "gateway-dead"),
    ],
)
def test_a_gateway_that_is_not_alive(simulator, faults_of, fault, layer, check, name):
    """However far it answers, probe, health check and doctor see that it is not logged in."""
    simulator.run(lambda sim: sim.faults.inject(fault))
    assert probe(simulator.host, simulator.port, timeout=1.5).layer is layer
    assert _script(simulator.port).returncode == 1
    assert faults_of() == (2, {check: name})


def test_a_client_id_in_use_is_named(simulator, faults_of):
    """Error 326 for the doctor's own client id."""
    simulator.run(lambda sim: sim.faults.inject("hold_client_id", client_id=95, seconds=60))
    assert faults_of() == (2, {"login": "client-id-in-use"})


def test_nothing_listens(simulator, faults_of):
    """A port where nobody is."""
    code, faults = faults_of(port=1)
    assert (code, faults) == (2, {"port": "nothing-listens"})
    assert "nothing listens" in _script(1).stdout


def test_what_is_no_gateway_is_said_to_be(faults_of):
    """Another server on the port."""
    import socketserver
    import threading

    class Chatter(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(100)
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Chatter) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        assert faults_of(port=server.server_address[1]) == (2, {"port": "port-taken"})
        server.shutdown()
        thread.join()


def test_a_clock_that_is_off(simulator, faults_of, monkeypatch):
    """A minute off is an error, ten seconds are a warning."""
    import leanib.operations.probe as module

    true = module.time.time
    monkeypatch.setattr(module.time, "time", lambda: true() - 100)
    assert faults_of() == (2, {"clock": "clock-off"})
    monkeypatch.setattr(module.time, "time", lambda: true() - 12)
    code, faults = faults_of()
    assert (code, faults["clock"]) == (1, "clock-off")


def test_a_lost_link(simulator, faults_of):
    """The Gateway is there and IBKR is not: an error, whatever layer shows it."""
    simulator.run(lambda sim: sim.faults.inject("lose_link"))
    code, faults = faults_of()
    assert code == 2
    assert faults


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Second Factor Authentication initiated", "two-factor-waiting"),
        ("IBC: Unrecognized Username or Password", "wrong-password"),
        ("Existing session detected", "existing-session"),
        ("write /state: No space left on device", "disk-full"),
        ("nothing to see", None),
    ],
)
def test_hints_of_a_log(line, fault):
    """Known lines name the fault sooner; the latest wins."""
    hint = hint_from_log("authenticating\n" + line if fault else line)
    assert (hint[0] if hint else None) == fault


def test_room_is_read_from_df():
    """The fullest file system counts; no line tells nothing."""
    head = "Filesystem 1024-blocks Used Available Capacity Mounted on\n"
    assert least_free(f"{head}tmpfs 2048 4 2044 1% /state\n/dev/vda1 100 10 90 10% /\n") == 90
    assert least_free(head) is None


def test_exit_code_is_the_worst_verdict():
    """0 well, 1 warnings, 2 errors."""
    found = [Finding("a", Verdict.OK, ""), Finding("b", Verdict.SKIPPED, "")]
    assert exit_code(found) == 0
    assert exit_code([*found, Finding("c", Verdict.WARNING, "")]) == 1
    assert exit_code([*found, Finding("c", Verdict.WARNING, ""), Finding("d", Verdict.ERROR, "")]) == 2
