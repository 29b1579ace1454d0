"""The sections: what they say, what they do not know, and that a day of them leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.operations.dashboard.world import Trader

from leanib.ib import OpenOrder, PositionLine, Quote, QuoteStatus
from leanib.operations.dashboard.board import Board
from leanib.operations.dashboard.curve import EquityCurve
from leanib.operations.dashboard.equity import EquityBook
from leanib.operations.dashboard.panels import priced, protection_of
from leanib.operations.dashboard.timeline import Timeline

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)
HELD = PositionLine("AAPL", "STK", "NASDAQ", "USD", 1, 100.0, 50.0, 60.0, 6000.0, 1000.0)


def order(**more: Any) -> OpenOrder:
    """A working stop that would close all of it."""
    plain = {
        "perm_id": 1, "order_id": 1, "client_id": 10, "order_ref": "", "symbol": "AAPL", "action": "SELL",
        "quantity": 100.0, "filled": 0.0, "order_type": "STP", "limit_price": None, "stop_price": 45.0,
        "time_in_force": "GTC", "status": "PreSubmitted", "con_id": 1,
    }  # fmt: skip
    return OpenOrder(**{**plain, **more})


@pytest.mark.parametrize(
    ("orders", "covered", "word"),
    [
        ([], 0, "none"),
        ([order()], 100, "all"),
        ([order(quantity=40.0)], 40, "part"),
        ([order(quantity=40.0), order(perm_id=2, quantity=60.0, order_type="TRAIL")], 100, "all"),
        ([order(quantity=100.0, filled=30.0)], 70, "part"),
        ([order(oca_group="g"), order(perm_id=2, oca_group="g")], 100, "all"),
        ([order(quantity=60.0, oca_group="g"), order(perm_id=2, quantity=60.0, oca_group="g")], 60, "part"),
        ([order(quantity=60.0, parent_id=7), order(perm_id=2, quantity=60.0, parent_id=7)], 60, "part"),
        ([order(order_type="LMT", limit_price=90.0)], 0, "none"),
        ([order(action="BUY")], 0, "none"),
        ([order(con_id=2)], 0, "none"),
        ([order(status="Inactive")], 0, "none"),
        ([order(status="PendingCancel")], 0, "none"),
        ([order(quantity=500.0)], 100, "all"),
    ],
)
def test_what_protects_a_position(orders: list[OpenOrder], covered: float, word: str) -> None:
    """Working stops on the other side in the same contract, whoever placed them; of a group only the largest."""
    found = protection_of(HELD, orders)
    assert (found["covered"], found["word"]) == (covered, word)


def test_a_short_position_is_protected_by_a_stop_that_buys() -> None:
    """The other side of what is held."""
    short = PositionLine("AAPL", "STK", "NASDAQ", "USD", 1, -100.0, 50.0)
    assert protection_of(short, [order(action="BUY")])["word"] == "all"
    assert protection_of(short, [order()])["word"] == "none"


def test_a_position_is_valued_by_its_quote_only_while_that_is_current() -> None:
    """With IB's multiplier; stale, half or missing quotes leave IB's own value."""
    quote = Quote("#1", 69.0, 71.0, 70.0, 1, 1, 1, 1, 1, None, NOON, 0.1, "live", QuoteStatus.CURRENT)
    valued = priced(HELD, quote)
    assert (valued.market_price, valued.market_value, valued.unrealized_pnl) == (70.0, 7000.0, 2000.0)
    for worse in ({"status": QuoteStatus.STALE}, {"bid": None}, {"status": QuoteStatus.INTERRUPTED}):
        assert priced(HELD, Quote(**{**quote.__dict__, **worse})) == HELD
    assert priced(HELD, None) == HELD


def test_what_two_programs_do_is_shown_with_its_owner_and_its_protection(served: Any) -> None:
    """Positions, stops, open orders of every client, fills of another program, limits used up, quotes of positions."""
    with Trader(served.settings) as trader:
        trader.filled("BUY", 100, take_profit=110, stop_loss=90)
        served.simulator.run(lambda sim: sim.faults.manual_order("MSFT", "BUY", 5, orderType="LMT", lmtPrice="150"))
        positions = served.until("positions", lambda found: found["rows"] and found["rows"][0]["protection"]["stops"])
        (row,) = positions["rows"]
        assert (row["symbol"], row["quantity"], row["protection"]["word"]) == ("AAPL", 100, "all")
        orders = served.until("orders", lambda found: len(found["rows"]) == 3)["rows"]
        assert sorted(one["owner"] for one in orders) == ["LEAN", "a script", "a script"]
        assert {one["journal"] for one in orders if one["owner"] == "a script"} == {"submitted"}
        served.until("fills", lambda found: [one["quantity"] for one in found["rows"]] == [100])
        value = served.until("limits", lambda found: any(one["used"] for one in found["uses"]))
        assert {one["key"]: one["where"] for one in value["uses"]}["max_position_value"] == "AAPL"
        served.until("quotes", lambda found: [one["symbol"] for one in found["rows"]] == ["AAPL"])


def test_a_gateway_that_is_gone_leaves_the_last_values_with_their_age(served: Any) -> None:
    """Not an empty table: what was known, since when it is old, and why; then all of it anew."""
    with Trader(served.settings) as trader:
        trader.filled("BUY", 100)
        served.until("positions", lambda found: found["live"] and found["rows"])
    served.simulator.run(lambda sim: (sim.faults.refuse(), sim.faults.reset()))
    gone = served.until("positions", lambda found: not found["live"])
    assert [row["quantity"] for row in gone["rows"]] == [100]
    assert gone["at"]
    assert "not connected to the Gateway" in gone["reason"]
    account = served.until("account", lambda found: not found["live"])
    assert account["values"]["NetLiquidation"] > 0
    limits = served.until("limits", lambda found: not found["live"])
    assert all(use["used"] is None for use in limits["uses"])
    served.simulator.run(lambda sim: sim.faults.accept())
    served.until("positions", lambda found: found["live"] and found["rows"])


def test_a_gateway_that_falls_silent_is_told_before_its_socket_breaks(served: Any) -> None:
    """Half-open: the socket is up, nothing comes; the account no longer counts as current within seconds."""
    served.until("account", lambda found: found["live"])
    served.simulator.run(lambda sim: sim.faults.freeze())
    silent = served.until("account", lambda found: not found["live"])
    assert "has not answered since" in silent["reason"] or "no complete answer" in silent["reason"]
    assert silent["at"]


def test_a_lost_link_is_not_a_current_account(served: Any) -> None:
    """1100: the Gateway answers, IBKR does not; what is shown is old. 1102: current again."""
    served.until("account", lambda found: found["live"])
    served.simulator.run(lambda sim: sim.faults.lose_link())
    assert "no link to IBKR" in served.until("account", lambda found: not found["live"])["reason"]
    assert "no link" in served.until("connection", lambda found: found["obstacle"])["obstacle"]
    served.simulator.run(lambda sim: sim.faults.restore_link())
    served.until("account", lambda found: found["live"])
    history = served.until("history", lambda found: any("link" in row["changed"] for row in found["rows"]))
    assert [row["changed"]["link"] for row in history["rows"] if "link" in row["changed"]][-2:] == ["lost", "up"]


def test_before_anything_is_known_nothing_is_claimed(tmp_path: Path) -> None:
    """Nobody listens: the account is not known, was never, and the reason is there."""
    from tests.operations.dashboard.world import Served, project, settings_for

    nobody = type("Nobody", (), {"host": "127.0.0.1", "port": 1})
    folder = project(tmp_path)
    with Served(settings_for(nobody, folder), folder) as served:
        found = served.until("account", lambda one: "nothing listens" in one["reason"])
        assert (found["live"], found["at"], found["values"]) == (False, None, {})
        assert served.section("positions")["live"] is False
        assert served.section("connection")["ready"] is False


@pytest.mark.slow
def test_a_day_of_ticks_to_ten_viewers_one_of_them_asleep_leaves_nothing_behind() -> None:
    """86,400 changes: the sleeper gets the newest of each section and no queue was kept for it."""

    async def scenario() -> tuple[int, list[tuple[str, str]]]:
        board = Board()
        streams = [board.stream() for _ in range(10)]
        board.put("quotes", {"tick": -1})
        for stream in streams:
            await anext(stream)
        before = 0
        for tick in range(86_400):
            board.put("quotes", {"tick": tick, "rows": [{"symbol": "AAPL", "bid": tick / 7, "ask": float("nan")}]})
            if tick % 1000 == 0:
                for stream in streams[1:]:
                    await anext(stream)
            if tick == 5000:
                tracemalloc.start()
                before = tracemalloc.get_traced_memory()[0]
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        late = [await anext(streams[0])]
        board.close()
        return grown, late

    grown, late = asyncio.run(scenario())
    assert grown < 200_000
    (section, text), = late
    assert (section, json.loads(text)["tick"]) == ("quotes", 86_399)
    assert json.loads(text)["rows"][0]["ask"] is None


def test_the_equity_is_kept_by_the_minute_and_over_a_restart(tmp_path: Path) -> None:
    """The last of a minute counts; a year of minutes is thinned; accounts are apart and not named in the file."""
    file = tmp_path / "equity.sqlite3"
    book = EquityBook(file)
    for second in range(0, 3600, 5):
        book.note("DU1", NOON + timedelta(seconds=second), 100.0 + second)
    book.note("DU2", NOON, 7.0)
    book.close()
    book = EquityBook(file)
    kept = book.since("DU1", NOON, 1000)
    assert (len(kept), kept[0][1], kept[-1][1]) == (60, 155.0, 3695.0)
    assert len(book.since("DU1", NOON, 10)) <= 11
    assert book.since("DU1", NOON, 10)[-1] == kept[-1]
    assert book.before("DU1", NOON + timedelta(minutes=1)) == 155.0
    assert book.before("DU1", NOON) is None
    assert b"DU1" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    curve = EquityCurve(book, lambda: NOON + timedelta(minutes=30))
    section = curve.section("DU1", NOON + timedelta(hours=1))
    assert (len(section["today"]), len(section["deployment"])) == (60, 30)
    assert curve.section("DU1", NOON + timedelta(hours=1)) is section
    curve.close()


def test_the_timeline_follows_a_log_that_rotates_and_forgets_what_is_old(tmp_path: Path) -> None:
    """New lines once, a cut line when it is whole, garbage not at all, and never more than it keeps."""
    file = tmp_path / "log"
    timeline = Timeline(file)
    assert timeline.follow() is False
    assert "cannot be read" in timeline.problem

    def line(n: int) -> str:
        told = {"timestamp": NOON.isoformat(), "event": "alert", "severity": "critical", "key": f"k{n}", "text": "t"}
        return json.dumps(told) + "\n"

    file.write_text(line(1) + "garbage\n[]\n{}\n" + line(2)[:20])
    assert timeline.follow() is True
    with file.open("a") as stream:
        stream.write(line(2)[20:])
    assert timeline.follow() is True
    assert timeline.follow() is False
    file.write_text(line(3))
    timeline.follow()
    assert ([one["key"] for one in timeline.incidents], timeline.problem) == (["k1", "k2", "k3"], "")
    with file.open("a") as stream:
        stream.writelines(line(n) for n in range(10_000))
    timeline.follow()
    assert (len(timeline.incidents), timeline.incidents[-1]["key"]) == (300, "k9999")
