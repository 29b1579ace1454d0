"""One message a transition, quiet hours with exceptions, reminders, escalation; addresses stay secret."""

from __future__ import annotations

import http.server
import json
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from leanib.cli.main import main
from leanib.errors import ConfigurationError
from leanib.ib.alerts import Alert, Severity
from leanib.ib.redaction import Redactor
from leanib.operations.alerts import (
    Addresses,
    AlertBook,
    AlertCenter,
    AlertRules,
    AppriseChannel,
    DeadMan,
    load_addresses,
    load_rules,
)  # fmt: skip

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
NIGHT = datetime(2026, 11, 25, 4, tzinfo=UTC)  # 23:00 in New York
CRITICAL = Alert(Severity.CRITICAL, "gateway-lost", "the Gateway is gone")
WARNING = Alert(Severity.WARNING, "disk-low", "little room")
MINUTE = timedelta(minutes=1)


def kinds(deliveries) -> list[str]:
    """What was delivered, in short."""
    return [f"{one.kind} {one.key}" + (" urgent" if one.urgent else "") for one in deliveries]


def test_one_message_when_it_begins_and_one_when_it_ends():
    """However often it is seen meanwhile."""
    book = AlertBook(AlertRules())
    told = [one for _ in range(5) for one in book.raise_condition(WARNING, NOON)]
    told += book.resolve("disk-low", "room again", NOON + MINUTE)
    told += book.resolve("disk-low", "room again", NOON + MINUTE)
    assert kinds(told) == ["raised disk-low", "resolved disk-low"]


def test_a_critical_condition_is_reminded_of_and_escalated():
    """A warning is not."""
    book = AlertBook(AlertRules())
    told = book.raise_condition(CRITICAL, NOON) + book.raise_condition(WARNING, NOON)
    for minute in range(1, 140):
        told += book.due(NOON + minute * MINUTE)
    told += book.resolve("gateway-lost", "back", NOON + 140 * MINUTE)
    assert kinds(told) == [
        "raised gateway-lost", "raised disk-low", "escalated gateway-lost urgent", "reminder gateway-lost urgent",
        "reminder gateway-lost urgent", "resolved gateway-lost urgent",
    ]  # fmt: skip


def test_in_quiet_hours_only_what_is_critical_is_told():
    """The rest waits for the morning, and what ended meanwhile is never told."""
    book = AlertBook(AlertRules())
    lasting = Alert(Severity.WARNING, "lasting", "still there")
    told = book.raise_condition(WARNING, NIGHT) + book.raise_condition(lasting, NIGHT)
    told += book.raise_condition(CRITICAL, NIGHT) + book.event(Alert(Severity.INFORMATION, "redeployed", "x"), NIGHT)
    told += book.resolve("disk-low", "room again", NIGHT + MINUTE)
    assert kinds(told) == ["raised gateway-lost"]
    morning = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert kinds(book.due(morning))[:2] == ["raised lasting", "event redeployed"]
    assert kinds(book.resolve("lasting", "gone", morning + MINUTE)) == ["resolved lasting"]


def test_the_same_event_is_told_once_an_hour():
    """Other words are another event."""
    book = AlertBook(AlertRules())
    told = [one for minute in (0, 5, 59, 61) for one in book.event(WARNING, NOON + minute * MINUTE)]
    told += book.event(Alert(Severity.WARNING, "disk-low", "no room"), NOON + 62 * MINUTE)
    assert len(told) == 3


def test_what_is_open_survives_a_restart():
    """Nothing is told twice, and the end is told to whom the beginning was."""
    book = AlertBook(AlertRules())
    book.raise_condition(CRITICAL, NOON)
    book.due(NOON + 20 * MINUTE)
    book.raise_condition(WARNING, NIGHT)
    again = AlertBook(AlertRules())
    again.restore(json.loads(json.dumps(book.as_dict())))
    assert again.raise_condition(CRITICAL, NIGHT) == []
    assert kinds(again.resolve("gateway-lost", "back", NIGHT)) == ["resolved gateway-lost urgent"]
    assert kinds(again.due(NIGHT + timedelta(hours=9))) == ["raised disk-low"]


class Clock:
    """Stands at noon."""

    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return 0.0


class Channel:
    """Keeps what it is given; refuses on request."""

    def __init__(self) -> None:
        self.sent, self.works = [], True

    def send(self, delivery) -> bool:
        if self.works:
            self.sent.append(delivery)
        return self.works


def test_what_does_not_arrive_is_tried_again():
    """At the next tick; the failure is logged."""
    channel, logged = Channel(), []
    center = AlertCenter(
        AlertRules(quiet_from=datetime.min.time(), quiet_until=datetime.min.time()),
        channel,
        log=lambda one, arrived: logged.append((one.key, arrived)),
    )
    channel.works = False
    center.raise_condition(CRITICAL)
    channel.works = True
    center.tick()
    assert [one.key for one in channel.sent] == ["gateway-lost"]
    assert logged == [("gateway-lost", False), ("gateway-lost", True)]


def test_an_alert_that_was_decided_outlives_a_kill_and_is_told_once(tmp_path):
    """SIGKILL in the middle of the delivery, or before it: the next start delivers, and the one after it does not."""
    state = tmp_path / "alerts.json"
    done = subprocess.run([sys.executable, "-c", KILLED, str(state)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    told = []
    for _ in range(3):
        channel = Channel()
        center = AlertCenter(AlertRules(), channel, clock=Clock(), state=state, keeps_outbox=True)
        center.tick()
        center.raise_condition(Alert(Severity.CRITICAL, "lean-down", "LEAN was killed"))  # decided again: known
        center(Alert(Severity.WARNING, "login-due", "the weekly login is due"))
        told += [one.key for one in channel.sent]
    assert told == ["lean-down", "login-due"]


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from leanib.ib.alerts import Alert, Severity
from leanib.operations.alerts import AlertCenter, AlertRules

class Clock:
    def now(self): return datetime(2026, 11, 24, 17, tzinfo=UTC)

class Channel:
    def send(self, delivery): os.kill(os.getpid(), signal.SIGKILL)

center = AlertCenter(AlertRules(), Channel(), clock=Clock(), state=Path(sys.argv[1]), keeps_outbox=True)
center.raise_condition(Alert(Severity.CRITICAL, "lean-down", "LEAN was killed"))
"""


def test_accounts_and_secrets_stay_in_the_house():
    """Every text is redacted before it leaves."""
    channel = Channel()
    center = AlertCenter(AlertRules(), channel, redactor=Redactor(["hunter22"]))
    center(Alert(Severity.CRITICAL, "x", "DU1234567 logs in with hunter22"))
    assert channel.sent[0].text == "DU*****67 logs in with ********"


@pytest.fixture
def service():
    """A web service that keeps what it is sent."""
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()))
            self.send_response(200)
            self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_words) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1], got
    server.shutdown()
    server.server_close()
    thread.join()


def test_apprise_delivers_and_the_test_command_says_so(service, tmp_path, monkeypatch, capsys):
    """By any of its services; here a plain JSON one. Urgent addresses hear of escalations only."""
    port, got = service
    (tmp_path / "lean.json").write_text("{}")
    (tmp_path / "secrets").mkdir()
    file = tmp_path / "secrets" / "alerts"
    file.write_text(f"# where to\njson://127.0.0.1:{port}/normal?token=s3cret\nurgent=json://127.0.0.1:{port}/pager\n")
    file.chmod(0o600)
    monkeypatch.chdir(tmp_path)
    assert main(["alerts", "test"]) == 0
    assert [path.split("?")[0] for path, _ in got] == ["/normal"]
    assert json.loads(got[0][1])["title"] == "leanib test: INFORMATION test"
    assert main(["alerts", "test", "--urgent"]) == 0
    assert [path.split("?")[0] for path, _ in got] == ["/normal", "/normal", "/pager"]
    assert main(["alerts", "show"]) == 0
    printed = capsys.readouterr()
    assert "s3cret" not in printed.out + printed.err
    assert "s3cret" not in repr(load_addresses(tmp_path))


def test_an_address_that_does_not_answer_is_said(tmp_path, monkeypatch, capsys):
    """Exit code 1, without the address."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEANIB_ALERT_URLS", "json://127.0.0.1:9/s3cret")
    assert main(["alerts", "test"]) == 1
    printed = capsys.readouterr()
    assert "took the message" in printed.err
    assert "s3cret" not in printed.out + printed.err


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        ("json://h\n", 0o644, "chmod 600 secrets/alerts"),
        ("nonsense\n", 0o600, "address 1 of secrets/alerts"),
        ("json://h\nurgent=nonsense\n", 0o600, "urgent address 1"),
        ("", 0o600, "there is no address"),
    ],
)
def test_wrong_addresses_are_named_by_number(tmp_path, monkeypatch, capsys, content, mode, said):
    """One sentence; the address itself is never printed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "alerts").write_text(content)
    (tmp_path / "secrets" / "alerts").chmod(mode)
    assert main(["alerts", "test"]) == 2
    printed = capsys.readouterr().err
    assert said in printed
    assert "nonsense" not in printed


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("quiet_from = 7", "'quiet_from' is not valid"),
        ('zone = "Mars"', "'zone' is not valid"),
        ('quiet_exceptions = "loud"', "'quiet_exceptions' is not valid"),
        ("quit = 1", "unknown key 'quit'"),
        ("=", "not valid TOML"),
    ],
)
def test_wrong_rules_are_named(tmp_path, content, said):
    """File and key."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "alerts.toml").write_text(content)
    with pytest.raises(ConfigurationError, match=said):
        load_rules(tmp_path)


def test_the_dead_mans_switch_is_fetched_and_never_fatal(service):
    """`/fail` with the reason when something is wrong; an unreachable service is a line in the log."""
    port, got = service
    lines = []
    switch = DeadMan(f"http://127.0.0.1:{port}/uuid", lines.append)
    switch.well()
    switch.ill("gateway-down")
    assert got == [("/uuid", ""), ("/uuid/fail", "gateway-down")]
    DeadMan("http://127.0.0.1:9/uuid", lines.append).well()
    assert len(lines) == 1
    assert "uuid" not in lines[0]
    DeadMan("", lines.append).well()
    with pytest.raises(ConfigurationError):
        DeadMan("ftp://x", lines.append)


def test_no_address_is_no_failure():
    """The log and the terminal still tell."""
    assert AppriseChannel(Addresses()).send(AlertBook(AlertRules()).raise_condition(CRITICAL, NOON)[0])
