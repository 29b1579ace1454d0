"""The process around the judgement: lease, memory, heartbeat, timeline, watchdog, dead man, and what fails of them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from tests.operations.monitor.world import MARKET, WINDOWS

from leanib.errors import ConfigurationError, LeanIBError
from leanib.ib.alerts import Alert
from leanib.ib.redaction import Redactor
from leanib.operations.book import Book
from leanib.operations.lean_log import LeanFacts
from leanib.operations.monitor import GatewaySight, LeanSight, MonitorState, Rules, Sight, Supervisor
from leanib.operations.monitor.check import check, tell_of_death
from leanib.operations.monitor.daemon import Daemon, Records
from leanib.operations.monitor.incidents import Timeline, read_incidents
from leanib.operations.monitor.lease import TERM, Lease, LeaseLost, LeaseTaken, read_lease
from leanib.operations.monitor.memory import STALE, Heartbeat, Memory, is_paused, pause, resume
from leanib.operations.monitor.metrics import MonitorMetrics
from leanib.operations.monitor.notify import notify, watchdog_seconds
from leanib.operations.monitor.outcome import Action, Do, Outcome
from leanib.operations.monitor.service import unit_text
from leanib.operations.monitor.settings import load_monitor_settings
from leanib.operations.monitor.start import _take
from leanib.operations.probe import Layer

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)  # a Tuesday, the market is open
SECOND = timedelta(seconds=1)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment


class Alerts:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def __call__(self, alert: Alert) -> None:
        self.keys.append(alert.key)

    def raise_condition(self, alert: Alert) -> None:
        self.keys.append(alert.key)

    def resolve(self, key: str, text: str) -> None:
        self.keys.append(f"-{key}")


class DeadMan:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def well(self) -> None:
        self.calls.append("well")

    def ill(self, text: str) -> None:
        self.calls.append(f"ill: {text}")


class Log:
    """Keeps the events' names."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def info(self, event: str, **_fields: object) -> None:
        self.events.append(event)

    warning = exception = info


class Eyes:
    """Sees what it is given; an exception is raised."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        facts = LeanFacts(trading_at=NOON, login_at=NOON, heartbeat_at=NOON, last_at=NOON)
        self.lean = LeanSight("running", facts=facts)
        self.gateway = GatewaySight(started_at=NOON - timedelta(days=1), layer=Layer.REQUEST, right_account=True)
        self.error: Exception | None = None
        self.failures: list[str] = []
        self.wanted = "running"

    def look(self, *, failure="", book=None, doubts=(), differences=(), lean_id_free=None) -> Sight:
        self.failures.append(failure)
        if self.error is not None:
            raise self.error
        now = self.clock.now()
        lean = self.lean
        if lean.is_running:
            lean = replace(lean, facts=replace(lean.facts, heartbeat_at=now, last_at=now))
        return Sight(
            now, self.gateway, lean, self.wanted, "lean-1", book, doubts, differences, lean_id_free,
            free_bytes=10**12, failure=failure,
        )  # fmt: skip


class Hands:
    """Does nothing but say so."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.book: Book | None = None
        self.doubts: tuple[str, ...] = ()
        self.differences: tuple[str, ...] = ()
        self.lean_id_free: bool | None = None
        self.done: list[Do] = []
        self.failure = ""

    def do(self, action: Action) -> str:
        self.done.append(action.do)
        if action.do is Do.ASK_BOOK:
            self.book = Book(self.clock.now())
        return self.failure if action.do is Do.REDEPLOY else ""


class Stand:
    """A daemon in a folder."""

    def __init__(self, root: Path) -> None:
        self.root, self.clock = root, Clock()
        self.eyes, self.hands = Eyes(self.clock), Hands(self.clock)
        self.alerts, self.dead_man, self.log = Alerts(), DeadMan(), Log()
        self.metrics = MonitorMetrics("paper")
        self.start()

    def start(self) -> None:
        self.lease = Lease(self.root, "paper", self.clock)
        self.lease.take()
        memory = Memory(self.root, "paper")
        state = memory.load()
        state.container = state.container or "lean-1"
        self.supervisor = Supervisor(Rules(), WINDOWS, MARKET, state)
        records = Records(
            self.lease, memory, Timeline(self.root, "paper", Redactor()), self.alerts, self.dead_man, self.metrics,
            self.log, lambda now: is_paused(self.root, "paper", now), lambda beat: beat.write(self.root, "paper"),
        )  # fmt: skip
        self.daemon = Daemon(self.eyes, self.hands, self.supervisor, records, self.clock, pid=os.getpid())

    def look(self, times: int = 1, seconds: float = 5) -> None:
        for _ in range(times):
            self.clock.moment += timedelta(seconds=seconds)
            self.daemon.once()


@pytest.fixture
def stand(tmp_path) -> Stand:
    """All is well."""
    return Stand(tmp_path)


def test_all_is_well(stand: Stand):
    """A heartbeat after each look; the account is asked for once; nobody is told anything."""
    stand.look(3)
    beat = Heartbeat.read(stand.root, "paper")
    assert beat is not None
    assert (beat.at, beat.phase, beat.status) == (stand.clock.now(), "watch", "all is well")
    assert check(stand.root, "paper", stand.clock.now()).lives
    assert stand.hands.done == [Do.ASK_BOOK]
    assert stand.alerts.keys == []
    assert read_incidents(stand.root, "paper") == []


def test_an_incident_reads_like_a_report(stand: Stand):
    """From the first sign to the end, with what was done and why, in order."""
    stand.look(13)
    stand.eyes.lean = LeanSight("absent", exit_code=137, facts=stand.eyes.lean.facts)
    stand.look(8)
    stand.eyes.lean = LeanSight("running", facts=replace(stand.eyes.lean.facts, trading_at=stand.clock.now()))
    stand.look(2)
    (incident,) = read_incidents(stand.root, "paper")
    assert incident.verdict == "healed by itself"
    kinds = [one.kind for one in incident.entries]
    assert kinds == ["raised", "act", "told", "resolved", "end"]
    assert "LEAN was killed (exit code 137)" in incident.entries[0].text
    assert incident.title(NOON).startswith("Incident 1, Tue 2026-11-24 17:01:10 to")
    assert stand.alerts.keys == ["lean-down", "-lean-down", "redeployed"]
    assert stand.hands.done.count(Do.REDEPLOY) == 1


def test_what_it_decided_is_on_disk_before_it_is_done(stand: Stand):
    """A monitor that dies in the middle of an act finds it when it starts again, and does nothing twice."""
    stand.look(13)
    stand.eyes.lean = LeanSight("absent", exit_code=137, facts=stand.eyes.lean.facts)
    do = stand.hands.do

    def die(action: Action) -> str:
        if action.do is Do.REDEPLOY:
            raise KeyboardInterrupt
        return do(action)

    stand.hands.do = die
    with contextlib.suppress(KeyboardInterrupt):
        stand.look(20)
    kept = json.loads((stand.root / "storage/operations/monitor-paper.json").read_text())
    assert kept["phase"] == "starting"
    assert len(kept["redeploys"]) == 1
    stand.hands.do = do
    stand.clock.moment += 2 * TERM
    stand.start()
    stand.eyes.lean = LeanSight("running", facts=replace(stand.eyes.lean.facts, trading_at=stand.clock.now()))
    stand.look(3)
    assert Do.REDEPLOY not in stand.hands.done
    assert stand.alerts.keys == ["lean-down", "-lean-down", "redeployed"]
    assert [one.verdict for one in read_incidents(stand.root, "paper")] == ["healed by itself"]


def test_a_failed_start_is_judged_at_the_next_look(stand: Stand):
    """The hand's words reach the judgement."""
    stand.look(13)
    stand.hands.failure = "redeploy: the lean CLI did not start LEAN: no such image"
    stand.eyes.lean = LeanSight("absent", exit_code=137, facts=stand.eyes.lean.facts)
    stand.look(30)
    assert "redeploy: the lean CLI did not start LEAN: no such image" in stand.eyes.failures
    assert stand.alerts.keys[-1] == "same-error-twice"
    assert stand.hands.done.count(Do.REDEPLOY) == 2


def test_docker_that_does_not_answer_is_told_once_and_nothing_is_concluded(stand: Stand):
    """LEAN may trade on: unknown is not gone."""
    stand.look(2)
    stand.eyes.error = LeanIBError("the Docker engine does not answer")
    stand.look(10)
    beat = Heartbeat.read(stand.root, "paper")
    assert beat is not None
    assert (beat.phase, list(beat.conditions)) == ("blind", ["docker-down"])
    stand.eyes.error = None
    stand.look(1)
    assert stand.alerts.keys == ["docker-down", "-docker-down"]
    assert stand.supervisor.state.phase == "watch"


def test_a_look_that_fails_in_a_way_nobody_foresaw(stand: Stand):
    """Logged with its traceback, told once; after many in a row the process ends, to be started anew."""
    stand.eyes.error = ValueError("what is this")
    stand.look(19)
    assert stand.alerts.keys == ["monitor-error"]
    assert "a look failed" in stand.log.events
    with pytest.raises(LeanIBError, match="what is this"):
        stand.look(1)


def test_a_pause_is_a_persons(stand: Stand):
    """It looks and neither does nor tells anything; then it acts again."""
    stand.look(13)
    pause(stand.root, "paper", stand.clock.now() + timedelta(minutes=5))
    stand.eyes.lean = LeanSight("absent", exit_code=137, facts=stand.eyes.lean.facts)
    done = list(stand.hands.done)
    stand.look(20)
    assert stand.hands.done == done
    assert stand.alerts.keys == []
    beat = Heartbeat.read(stand.root, "paper")
    assert beat is not None
    assert beat.phase == "paused"
    assert resume(stand.root, "paper")
    assert not resume(stand.root, "paper")
    stand.look(1)
    assert stand.alerts.keys == ["lean-down"]


def test_the_dead_mans_switch_hears_of_life_and_of_illness(stand: Stand):
    """Once a minute; at once when something is wrong; then silence, so that whoever owns it grows restless."""
    stand.look(40)
    stand.eyes.lean = LeanSight("absent", exit_code=137, facts=stand.eyes.lean.facts)
    stand.look(5)
    stand.daemon._dead_man_pool.shutdown(wait=True)
    assert stand.dead_man.calls == ["well"] * 4 + ["ill: lean-down"]


def test_two_monitors_do_not_fight(tmp_path):
    """The second is refused; when the lease ran out it takes over, and the first one ends before its next act."""
    clock = Clock()
    first, second = Lease(tmp_path, "paper", clock), Lease(tmp_path, "paper", clock)
    first.take()
    with pytest.raises(LeaseTaken, match=f"process {os.getpid()} on {socket.gethostname()}"):
        second.take()
    Lease(tmp_path, "live", clock).take()
    clock.moment += TERM - SECOND
    first.renew()
    clock.moment += TERM - SECOND
    with pytest.raises(LeaseTaken):
        second.take()
    clock.moment += 2 * SECOND
    second.take()
    with pytest.raises(LeaseLost):
        first.renew()
    first.give_back()
    second.renew()
    holder = read_lease(tmp_path, "paper")
    assert holder is not None
    assert holder.generation == 2
    second.give_back()
    assert read_lease(tmp_path, "paper") is None


def test_the_lease_of_a_dead_process_is_free_at_once(tmp_path):
    """On this machine it is known that it is dead; on another one the lease must run out."""
    clock = Clock()
    Lease(tmp_path, "paper", clock).take()
    file = tmp_path / "storage/operations/monitor-paper.lease"
    content = json.loads(file.read_text())
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    file.write_text(json.dumps({**content, "pid": child, "host": "elsewhere"}))
    with pytest.raises(LeaseTaken):
        Lease(tmp_path, "paper", clock).take()
    file.write_text(json.dumps({**content, "pid": child}))
    Lease(tmp_path, "paper", clock).take()


def test_many_monitors_at_once_and_one_gets_it(tmp_path):
    """Whoever is first; the others are refused."""
    clock, got, refused = Clock(), [], []
    start = threading.Barrier(8)

    def try_it() -> None:
        start.wait()
        try:
            Lease(tmp_path, "paper", clock).take()
            got.append(1)
        except LeaseTaken:
            refused.append(1)

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 7)


def test_a_daemon_that_lost_its_lease_does_nothing_more(stand: Stand):
    """It ends before it looks."""
    stand.look(1)
    stand.clock.moment += 2 * TERM
    Lease(stand.root, "paper", stand.clock).take()
    done = list(stand.hands.done)
    with pytest.raises(LeaseLost, match="taken over"):
        stand.daemon.once()
    assert stand.hands.done == done


def test_systemd_hears_ready_watchdog_status_and_the_end(stand: Stand, monkeypatch):
    """`Type=notify` with a watchdog; the loop that looks feeds it."""
    address = str(stand.root / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        stand.look(1)
        assert listener.recv(200).startswith(b"WATCHDOG=1\nSTATUS=")
        listener.recv(200)
        stand.daemon.stop()
        stand.daemon.run()
        assert listener.recv(200) == b"READY=1\nSTATUS=watching"
        assert listener.recv(200) == b"STOPPING=1"
    monkeypatch.delenv("NOTIFY_SOCKET")
    assert not notify("READY=1")
    monkeypatch.setenv("WATCHDOG_USEC", "120000000")
    assert watchdog_seconds() == 120.0


def test_one_that_stands_by_has_started_well_for_systemd(tmp_path, monkeypatch):
    """Else `Type=notify` counts the wait as a start that hangs and kills it, again and again."""
    address = str(tmp_path / "notify")
    Lease(tmp_path, "paper", Clock()).take()
    stopped, said = threading.Event(), []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        monkeypatch.setattr("leanib.operations.monitor.start._STAND_BY", 0.05)
        lease = Lease(tmp_path, "paper", Clock())
        waiting = threading.Thread(target=lambda: _take(lease, stopped, stand_by=True, tell=said.append))
        waiting.start()
        for _ in range(2):
            assert listener.recv(300).startswith(b"READY=1\nWATCHDOG=1\nSTATUS=standing by: another monitor")
        stopped.set()
        waiting.join(30)
    assert len(said) == 1


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("mode", ["paper", "live"])
def test_systemd_takes_the_units_as_they_are_printed(tmp_path, mode):
    """Each under the name that its first line says; not a word of complaint."""
    text = "".join(
        unit_text(tmp_path, mode, Path(sys.executable), checker=checker) + "\n" for checker in (False, True)
    )
    parts = re.split(r"^# ~/\.config/systemd/user/(\S+?)(?:; then:)?$", text, flags=re.MULTILINE)[1:]
    units = dict(zip(parts[::2], parts[1::2], strict=True))
    suffix = "-live" if mode == "live" else ""
    assert set(units) == {f"leanib-monitor{suffix}{end}" for end in (".service", "-check.service", "-check.timer")}
    for name, content in units.items():
        (tmp_path / name).write_text(content)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", *(str(tmp_path / name) for name in units)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (0, "")


@pytest.mark.parametrize("mode", ["paper", "live"])
def test_the_systemd_unit_is_whole(tmp_path, mode):
    """The folder, the interpreter and the mode stand in it; the watchdog is longer than a heartbeat may take."""
    text = unit_text(tmp_path, mode, Path("/usr/bin/python3"))
    assert f"WorkingDirectory={tmp_path.resolve()}" in text
    assert ("--live" in text) == (mode == "live")
    assert "Type=notify" in text
    assert "WatchdogSec=120" in text
    assert timedelta(seconds=120) > STALE
    checker = unit_text(tmp_path, mode, Path("/usr/bin/python3"), checker=True)
    assert "monitor check --tell" in checker
    assert "OnUnitActiveSec" in checker


def test_what_it_remembers_survives_a_broken_file(tmp_path):
    """It is set aside and said; nothing is guessed from it."""
    memory = Memory(tmp_path, "paper")
    assert memory.load() == MonitorState()
    memory.save(MonitorState(phase="held"))
    file = tmp_path / "storage/operations/monitor-paper.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Memory(tmp_path, "paper").load().phase == "held"
    file.write_text('{"phase": ')
    broken = Memory(tmp_path, "paper")
    assert broken.load() == MonitorState()
    assert "monitor-paper.broken" in broken.problem


def test_a_disk_that_takes_nothing_keeps_nobody_from_acting(stand: Stand, monkeypatch):
    """Memory, heartbeat and timeline cannot be written: LEAN is healed all the same, and a person is told."""
    stand.look(13)

    def full(_path: Path, _text: str) -> None:
        raise OSError(28, "No space left on device")

    for name in ("memory", "lease"):
        monkeypatch.setattr(f"leanib.operations.monitor.{name}.write_private", full)
    stand.eyes.lean = LeanSight("absent", exit_code=137, facts=stand.eyes.lean.facts)
    stand.look(8)
    assert Do.REDEPLOY in stand.hands.done
    assert "memory-not-written" in stand.alerts.keys


def test_incidents_of_a_file_that_was_cut_are_those_that_can_be_read(tmp_path):
    """A dying process leaves half a line."""
    timeline = Timeline(tmp_path, "paper", Redactor(["geheim"]))
    outcome = Outcome()
    outcome.act(Do.STOP_LEAN, "account DU1234567 and geheim")
    timeline.take(outcome, MonitorState(conditions={"lean-down": NOON}), "running", NOON)
    file = tmp_path / "storage/operations/incidents-paper.jsonl"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "geheim" not in text
    assert "DU1234567" not in text
    file.write_text(text + '{"at": "2026-')
    (incident,) = read_incidents(tmp_path, "paper")
    assert incident.verdict == "lasts"
    again = Timeline(tmp_path, "paper", Redactor())
    again.take(Outcome(), MonitorState(), "stopped", NOON + SECOND)
    (incident,) = read_incidents(tmp_path, "paper")
    assert incident.verdict == "ended by a person"


def test_its_death_is_told_by_a_second_channel_once(tmp_path, monkeypatch):
    """A timer beside it looks at the heartbeat: one message when it is dead, one when it lives again."""
    sent: list[str] = []

    class Channel:
        def __init__(self, addresses: object, _name: str) -> None:
            assert addresses.normal == ("json://urgent/",)

        def send(self, delivery: object) -> bool:
            sent.append(f"{delivery.kind} {delivery.key}")
            return True

    monkeypatch.setattr("leanib.operations.monitor.check.AppriseChannel", Channel)
    monkeypatch.setenv("LEANIB_ALERT_URLS", "json://normal/ urgent=json://urgent/")
    now = datetime.now(UTC)
    Heartbeat(now, "watch").write(tmp_path, "paper")
    for moment in (now, now + STALE, now + 2 * STALE):
        tell_of_death(tmp_path, "paper", check(tmp_path, "paper", moment))
    Heartbeat(now + 3 * STALE, "watch").write(tmp_path, "paper")
    for _ in range(2):
        tell_of_death(tmp_path, "paper", check(tmp_path, "paper", now + 3 * STALE))
    assert sent == ["raised monitor-dead", "resolved monitor-dead"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("interval = 0", "'interval' must be a number from 1 to 30"),
        ("interval = true", "'interval' must be"),
        ("metrics_port = 70000", "'metrics_port'"),
        ("pace = 3", "unknown key 'pace'"),
        ("[rules]\nstabel = 3", "unknown rule 'stabel'"),
        ("[rules]\nstable = '3'", "rule 'stable' must be seconds"),
        ("[rules]\nredeploys = 1.5", "rule 'redeploys' must be a whole number"),
        ("[rules]\norders_left = 'sell'", "rule 'orders_left' must be keep or ask"),
        ("[rules]\npush_lead = 3", "must be a list of seconds"),
        ("rules = 3", "must be a section"),
        ("[rules", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, words):
    """One sentence with the file and the key."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/monitor.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=words) as error:
        load_monitor_settings(tmp_path, "paper")
    assert "config/monitor.toml" in str(error.value)


def test_the_files_values_are_the_defaults(tmp_path):
    """What config/monitor.toml shows as a default is one; with real money a person is asked where there is doubt."""
    assert load_monitor_settings(ROOT, "paper") == load_monitor_settings(tmp_path, "paper")
    assert load_monitor_settings(ROOT, "paper").rules == Rules()
    assert load_monitor_settings(ROOT, "live").rules.orders_left == "ask"
    (tmp_path / "config").mkdir()
    (tmp_path / "config/monitor.toml").write_text("[rules]\nredeploys = 1\nstable = 90\npush_lead = [60]\n")
    rules = load_monitor_settings(tmp_path, "live").rules
    assert (rules.redeploys, rules.stable, rules.push_lead) == (1, 90 * SECOND, (60 * SECOND,))


def test_the_dashboard_asks_for_metrics_that_there_are(stand: Stand):
    """Every name in the example dashboard and in the alerting rules is served."""
    from prometheus_client import generate_latest

    stand.look(2)
    served = generate_latest(stand.metrics.registry).decode()
    text = (ROOT / "config/grafana/leanib-monitor.json").read_text()
    dashboard = json.loads(text)
    rules = (ROOT / "config/prometheus/leanib-rules.yml").read_text()
    names = {word for part in (text, rules) for word in re.findall(r"leanib_\w+", part)}
    assert len(names) > 10
    for name in names:
        assert f"{name}{{" in served, name
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"]} == {"${datasource}"}
    assert [group["name"] for group in yaml.safe_load(rules)["groups"]] == ["leanib"]
