"""What the monitor sees: how far the Gateway answers, what logs hint at, how containers ended, what journals say."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from leanib.ib.clock import SystemClock
from leanib.ib.journal import Journal, OrderRecord, OrderStatus, Terms
from leanib.ib.settings import load_settings
from leanib.operations.book import Book, OpenOrder
from leanib.operations.hints import hint_from_log, login_tries
from leanib.operations.lean_log import LeanFacts, LeanLog
from leanib.operations.monitor.api_session import ApiSession
from leanib.operations.monitor.docker_watch import DockerWatch
from leanib.operations.monitor.doubts import doubts_of
from leanib.operations.monitor.gateway_container import compose_project
from leanib.operations.monitor.lean_eye import _of_this_start, _Tail
from leanib.operations.probe import Layer
from leanib.simulator.testing import background_simulator

__all__ = ["background_simulator"]

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
ACCOUNT = "DU1234567"


@pytest.fixture
def session(background_simulator, monkeypatch, tmp_path):
    """A session with a simulated Gateway."""
    monkeypatch.setenv("IB_PAPER_PORT", str(background_simulator.port))
    monkeypatch.setenv("LEANIB_CONNECTION__CONNECT_TIMEOUT", "1")
    monkeypatch.setenv("LEANIB_CONNECTION__HEALTH_TIMEOUT", "1")
    monkeypatch.setenv("LEANIB_CONNECTION__REQUEST_TIMEOUT", "2")
    session = ApiSession(load_settings(root=tmp_path, account=ACCOUNT), SystemClock())
    yield session
    session.close()


def test_how_far_the_gateway_answers(session, background_simulator):
    """On one session that stays; each fault shows at its layer, and the session comes back by itself."""
    fault = background_simulator.run
    view = session.look()
    assert (view.layer, view.right_account, view.link_lost, view.lost_at) == (Layer.REQUEST, True, False, None)
    assert session.ask().is_complete
    fault(lambda sim: sim.faults.require_login())
    view = session.look()
    assert (view.layer, view.right_account) == (Layer.HANDSHAKE, None)
    assert view.lost_at is not None
    assert not session.ask().is_complete
    fault(lambda sim: sim.faults.acknowledge_login())
    assert session.look().layer is Layer.REQUEST
    fault(lambda sim: sim.faults.accept_and_ignore())
    fault(lambda sim: sim.faults.reset())
    assert session.look().layer is Layer.SOCKET
    fault(lambda sim: sim.faults.accept())
    assert session.look().layer is Layer.REQUEST
    fault(lambda sim: sim.faults.refuse())
    fault(lambda sim: sim.faults.reset())
    assert session.look().layer is Layer.NOTHING


def test_a_lost_link_is_seen_on_a_session_that_stands(session, background_simulator):
    """The Gateway tells its time all the same; so does one that has no link when the monitor logs in."""
    assert session.look().layer is Layer.REQUEST
    background_simulator.run(lambda sim: sim.faults.lose_link())
    assert session.look().link_lost
    background_simulator.run(lambda sim: sim.faults.restore_link())
    view = session.look()
    assert (view.layer, view.link_lost) == (Layer.REQUEST, False)


def test_whether_the_gateway_would_let_lean_in(session, background_simulator):
    """326 for an id that a dead connection holds; asked without taking anything."""
    assert session.look().layer is Layer.REQUEST
    assert session.is_free(0) is True
    background_simulator.run(lambda sim: sim.faults.hold_client_id(client_id=0, seconds=60))
    assert session.is_free(0) is False
    background_simulator.run(lambda sim: sim.faults.refuse())
    assert session.is_free(0) is None


def test_another_account_is_no_login_of_ours(background_simulator, monkeypatch, tmp_path):
    """Nothing is asked of it."""
    monkeypatch.setenv("IB_PAPER_PORT", str(background_simulator.port))
    session = ApiSession(load_settings(root=tmp_path, account="DU7654321"), SystemClock())
    try:
        view = session.look()
        assert (view.layer, view.right_account) == (Layer.LOGIN, False)
        assert not session.ask().is_complete
    finally:
        session.close()


def test_hints_end_with_a_login_that_succeeded():
    """What stands above `Login has completed` is past; the latest telling line counts."""
    waits = "IBC: Second Factor Authentication initiated"
    assert hint_from_log(waits)[0] == "two-factor-waiting"
    assert hint_from_log(f"{waits}\nIBC: Login has completed\nIBC: Configuration tasks completed") is None
    assert hint_from_log(f"Login has completed\n{waits}")[0] == "two-factor-waiting"


def test_logins_are_counted_inside_one_container():
    """IBC's script starts the program again without a new process of the container's."""
    tried = "IBC: Login attempt: 1\nIBC: Cold restart in progress\n"
    assert login_tries(tried * 3) == 6
    assert login_tries(tried * 3 + "IBC: Login has completed\n") == 0
    assert login_tries(tried + "IBC: Login has completed\n" + tried) == 2


def test_the_projects_name_is_composes(tmp_path, monkeypatch):
    """As both generations make it of the folder; a given one wins."""
    monkeypatch.delenv("COMPOSE_PROJECT_NAME", raising=False)
    folder = tmp_path / "My Trading.v2"
    folder.mkdir()
    assert compose_project(folder) == "mytradingv2"
    (folder / ".env").write_text("COMPOSE_PROJECT_NAME=mine\n")
    assert compose_project(folder) == "mine"
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", "theirs")
    assert compose_project(folder) == "theirs"


def test_a_log_is_read_on_from_where_it_was_left(tmp_path):
    """Half a line waits for its end; a file that was replaced is read from its beginning."""
    file = tmp_path / "log.txt"
    tail = _Tail(file)
    assert tail.read().trading_at is None
    file.write_text("2026-11-24T17:00:00.0000000Z TRACE:: AlgorithmManager.Run(): Begin DataSt")
    assert tail.read().trading_at is None
    with file.open("a") as stream:
        stream.write("ream - Start\n2026-11-24T17:01:00.0Z TRACE:: Program.Main(): Exiting Lean...\n")
    facts = tail.read()
    assert facts.trading_at == NOW
    assert facts.ended
    file.write_text("2026-11-24T18:00:00.0Z TRACE:: IB next valid id received.\n")
    facts = tail.read()
    assert (facts.trading_at, facts.ended) == (None, False)
    assert facts.login_at is not None


def test_events_tell_how_a_container_ended_that_is_gone():
    """Its exit code and whether memory ran out; the monitor is woken, and an engine that fails is asked again."""

    class Client:
        def __init__(self) -> None:
            self.asked = 0
            self.told = threading.Event()

        def events(self, **_words: object):
            self.asked += 1
            if self.asked == 1:
                raise OSError("gone")
            actor = {"Attributes": {"name": "lean", "exitCode": "137"}}
            yield {"Action": "oom", "Actor": {"Attributes": {"name": "lean"}}}
            yield {"Action": "die", "Actor": actor, "timeNano": 1_800_000_000_000_000_000}
            self.told.set()
            threading.Event().wait(30)

    wake = threading.Event()
    client = Client()
    watch = DockerWatch(client, wake)
    assert client.told.wait(30)
    ending = watch.ending("lean")
    assert ending is not None
    assert (ending.exit_code, ending.out_of_memory, ending.at.year) == (137, True, 2027)
    assert watch.ending("other") is None
    assert wake.is_set()
    watch._take({"Action": "start", "Actor": {"Attributes": {"name": "lean"}}})
    assert watch.ending("lean") is None
    watch._stopped = True


def test_what_the_journals_say_and_ib_does_not(tmp_path):
    """LEAN's orders by its result file, the scripts' by the journal; what works or was filled is no doubt."""
    book = Book(
        NOW, orders=(OpenOrder(0, 11, "SPY", "BUY", "1", "MKT", 1),), filled_orders=frozenset({(0, 2), (12, 7)})
    )
    output = tmp_path / "live"
    output.mkdir()
    orders = {
        str(number): {"id": number, "brokerId": ids, "symbol": {"value": "SPY"}, "quantity": 1, "status": status}
        for number, ids, status in (
            (1, ["1"], 1), (2, ["2"], 1), (3, ["3"], 3), (4, ["4"], 1), (5, ["5"], "submitted"), (6, [], 0),
        )
    }  # fmt: skip
    (output / "L-3000000001.json").write_text(json.dumps({"orders": orders}))
    path = tmp_path / "orders.sqlite3"
    journal = Journal(path)
    for number, status in ((7, OrderStatus.SUBMITTED), (8, OrderStatus.SUBMITTED), (9, OrderStatus.UNKNOWN)):
        asked = Terms(Decimal(1))
        record = OrderRecord(
            f"leanib-{number}", ACCOUNT, 756733, "SPY", {}, "BUY", asked, 12, number, NOW, NOW, status=status
        )
        journal.intend([record])
    journal.close()
    doubts = doubts_of(book, ACCOUNT, output, path)
    assert [doubt.split(" (")[0] for doubt in doubts] == [
        "LEAN's order 4", "LEAN's order 5", "LEAN's order 6", "order leanib-8", "the fate of order leanib-9",
    ]  # fmt: skip
    assert doubts_of(Book(NOW, reason="lost"), ACCOUNT, output, path) == ()
    assert doubts_of(book, ACCOUNT, tmp_path / "none", tmp_path / "none.sqlite3") == ()
    path.write_bytes(b"no database")
    assert "the order journal could not be read" in doubts_of(book, ACCOUNT, None, path)[0]


def test_what_a_process_before_the_last_start_wrote_is_not_taken_for_the_present_ones():
    """The embedded engine's container writes on in its log; its old loss of the connection is not the new one's."""
    begun = datetime(2026, 11, 24, 15, tzinfo=UTC)
    lines = [
        "2026-11-24T15:00:00.0000000Z TRACE:: Engine.Main(): LEAN ALGORITHMIC TRADING ENGINE v0 (embedded)",
        "2026-11-24T15:00:01.0000000Z TRACE:: AlgorithmManager.Run(): Begin DataStream",
        "2026-11-24T15:10:00.0000000Z ERROR:: Error: Interactive Brokers is not reached: gone",
    ]
    facts = LeanLog().feed(lines)
    assert facts.lost_at is not None
    assert _of_this_start(facts, begun) is facts
    assert _of_this_start(facts, begun + timedelta(minutes=20)) == LeanFacts()
