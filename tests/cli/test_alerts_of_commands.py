"""What a command tells a person reaches the addresses of the project too, and no address keeps it from its work."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from leanib.cli.main import main
from leanib.ib.alerts import Alert, Severity
from leanib.operations.alerts import AlertCenter, AlertPost, AlertRules
from leanib.simulator.testing import BackgroundSimulator

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def service() -> Any:
    """A web service that keeps what it is sent: its port, and the messages."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1], got
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project folder at a simulated Gateway that serves a live account at the paper port; without quiet hours."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    rules = tmp_path / "config" / "alerts.toml"
    rules.write_text('quiet_from = "00:00"\nquiet_until = "00:00"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEANIB_ALERT_URLS", raising=False)
    with BackgroundSimulator(accounts=["U7654321"], always_open=True) as gateway:
        monkeypatch.setenv("IB_HOST", gateway.host)
        monkeypatch.setenv("IB_PAPER_PORT", str(gateway.port))
        yield tmp_path


def _addresses(project: Path, text: str, mode: int = 0o600) -> None:
    file = project / "secrets" / "alerts"
    file.parent.mkdir()
    file.write_text(text)
    file.chmod(mode)


def test_what_is_told_on_the_terminal_reaches_the_addresses(
    project: Path, service: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Here a live account at the paper port; account numbers stay in the house."""
    port, got = service
    _addresses(project, f"json://127.0.0.1:{port}/\n")
    assert main(["connect", "--check"]) == 2
    assert capsys.readouterr().err.count("serves a live account (U*****21)") == 1
    assert [message["title"] for message in got] == ["leanib commands-paper: CRITICAL wrong-account"]
    assert "U*****21" in got[0]["message"]
    assert "U7654321" not in got[0]["message"]


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("json://127.0.0.1:9/s3cret\n", 0o644, "chmod 600"),
        ("nonsense-s3cret\n", 0o600, "is not one that Apprise knows"),
        ("json://127.0.0.1:9/s3cret\n", 0o600, "did not reach every address"),
    ],
)
def test_wrong_addresses_are_told_and_keep_no_command_from_its_work(
    project: Path, text: str, mode: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor are they printed."""
    _addresses(project, text, mode)
    assert main(["connect", "--check"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("serves a live account (U*****21)") == 1
    assert "s3cret" not in told


class _Slow:
    """A channel that answers when it is let."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.sent: list[str] = []

    def send(self, delivery: Any) -> bool:
        self.gate.wait(10)
        self.sent.append(delivery.key)
        return True


def test_a_slow_service_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller goes on; what is waiting is delivered at the end, or its lack is told."""
    quiet = AlertRules(quiet_from=AlertRules().quiet_from, quiet_until=AlertRules().quiet_from)
    told: list[str] = []
    channel = _Slow()
    post = AlertPost(AlertCenter(quiet, channel), told.append)
    for number in range(3):
        post(Alert(Severity.CRITICAL, f"key-{number}", "text"))
    assert channel.sent == []
    post.close(patience=0.05)
    assert len(told) == 1
    channel.gate.set()
    post.close()
    assert channel.sent == ["key-0", "key-1", "key-2"]
    assert len(told) == 1


def test_what_quiet_hours_held_back_is_delivered_by_the_next_run(tmp_path: Path) -> None:
    """It stands on disk meanwhile."""
    always = AlertRules(quiet_from=AlertRules().quiet_from, quiet_until=AlertRules().quiet_from)
    night = _Night(always)
    channel = _Slow()
    channel.gate.set()
    state = tmp_path / "state.json"
    post = AlertPost(AlertCenter(night, channel, state=state), print)
    post(Alert(Severity.WARNING, "disk-low", "little room"))
    post.close()
    assert channel.sent == []
    AlertPost(AlertCenter(always, channel, state=state), print).close()
    assert channel.sent == ["disk-low"]


class _Night(AlertRules):
    """Quiet at all times."""

    def __init__(self, rules: AlertRules) -> None:
        super().__init__(rules.quiet_from, rules.quiet_until)

    def is_quiet(self, now: Any) -> bool:
        return True


def test_without_addresses_nothing_is_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The terminal hears of it all the same."""
    assert main(["connect", "--check"]) == 2
    assert capsys.readouterr().err.count("serves a live account (U*****21)") == 1
    assert not (project / "storage" / "operations").exists()
