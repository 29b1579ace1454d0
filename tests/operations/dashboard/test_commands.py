"""Kill switch, cancel all, flatten: asked twice, done through orders, limits and journal, and what stands is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.operations.dashboard.conftest import log_in, own, send
from tests.operations.dashboard.world import Trader

from leanib.ib import OrderRefused


def do(command: Any, name: str) -> dict[str, Any]:
    """Both questions answered with yes."""
    first = command(command=name)
    assert (first["status"], first["step"]) == (200, 1), first
    second = command(id=first["id"])
    assert (second["status"], second["step"]) == (200, 2), second
    return command(id=second["id"])


def test_nothing_is_done_before_the_second_answer_and_no_answer_is_good_twice(served: Any, command: Any) -> None:
    """One question, its answer again, a made-up answer, an old one: the switch stays off."""
    first = command(command="kill")
    second = command(id=first["id"])
    assert served.section("limits")["switch"] == ""
    assert command(id=first["id"])["status"] == 409
    assert command(id="made-up")["status"] == 409
    done = command(id=second["id"])
    assert (done["status"], done["step"]) == (200, 3)
    again = command(id=second["id"])
    assert (again["status"], "no longer open" in again["error"]) == (409, True)
    assert command(command="sell my car")["status"] == 409
    asked = command(command="release")

    async def a_minute_later() -> None:
        commands = served.dashboard.commands
        commands._asked = {key: type(one)(one.command, one.step, one.at - 61) for key, one in commands._asked.items()}

    served.call(a_minute_later())
    assert command(id=asked["id"])["status"] == 409
    assert "kill switch is on" in served.until("limits", lambda found: found["switch"])["switch"]


@pytest.mark.parametrize("body", ["[]", "nonsense", '"kill"', "9" * 5000, ""])
def test_what_is_no_command_is_refused(served: Any, body: str) -> None:
    """One sentence, and nothing done."""
    import http.client

    link = http.client.HTTPConnection("127.0.0.1", served.dashboard.port, timeout=20)
    headers = {name.replace("_", "-"): value for name, value in own(served).items()}
    link.request("POST", "/commands", body, {**headers, "Cookie": log_in(served)})
    answer = link.getresponse()
    assert (answer.status, list(json.loads(answer.read()))) == (400, ["error"])
    link.close()


def test_the_kill_switch_stops_a_program_that_runs_and_is_released(served: Any, command: Any) -> None:
    """Another program of the project is refused at once; what stands is told; released, it trades again."""
    with Trader(served.settings) as trader:
        trader.filled("BUY", 10)
        done = do(command, "kill")
        assert done["lines"] == ["The kill switch is on."]
        assert "Positions: 10 AAPL." in done["stands"]
        assert any("kill switch is on" in line for line in done["stands"])
        with pytest.raises(OrderRefused, match="the dashboard"):
            trader.place("BUY", 1)
        assert "off" in do(command, "release")["lines"][0]
        trader.filled("BUY", 1)


def test_cancel_all_ends_the_orders_of_every_client_and_tells_it(served: Any, command: Any) -> None:
    """A script's and one by hand in TWS; the first question lists them; afterwards none stands."""
    with Trader(served.settings) as trader:
        trader.place("BUY", 10, kind="LMT", limit_price=50)
        served.simulator.run(lambda sim: sim.faults.manual_order("MSFT", "BUY", 5, orderType="LMT", lmtPrice="150"))
        served.until("orders", lambda found: len(found["rows"]) == 2)
        first = command(command="cancel-all")
        assert any("BUY 5 MSFT" in line for line in first["lines"])
        assert any("BUY 10 AAPL" in line and "a script" in line for line in first["lines"])
        done = command(id=command(id=first["id"])["id"])
        assert "no order is open" in done["lines"][0]
        assert "Open orders: none." in done["stands"]
        served.until("orders", lambda found: found["rows"] == [])


def test_flatten_cancels_first_and_closes_both_sides_through_the_journal(served: Any, command: Any) -> None:
    """Long with a bracket and short: flat afterwards, no leg left, each closing order in the journal."""
    with Trader(served.settings) as trader:
        trader.filled("BUY", 100, take_profit=110, stop_loss=90)
        trader.filled("SELL", 50, "MSFT")
        served.until("positions", lambda found: len(found["rows"]) == 2)
        done = do(command, "flatten")
        assert sorted(line.partition(" at ")[0] for line in done["lines"][1:]) == [
            "AAPL is closed: 100 filled", "MSFT is closed: 50 filled",
        ]  # fmt: skip
        assert "Positions: none." in done["stands"]
        assert "Open orders: none." in done["stands"]
        assert any("may trade again" in line for line in done["stands"])
        fills = served.until("fills", lambda found: len(found["rows"]) == 4)["rows"]
        assert all(row["ref"].startswith("leanib-") for row in fills)


def test_flatten_is_refused_while_the_kill_switch_is_on_and_says_the_way(served: Any, command: Any) -> None:
    """Closing orders are orders: the limits are not gone around."""
    do(command, "kill")
    refused = command(command="flatten")
    assert (refused["status"], "turn it off" in refused["error"]) == (409, True)


@pytest.mark.dashboard(risk={"max_order_value": 1_000.0, "max_position_value": 100_000.0})
def test_what_a_limit_forbids_flatten_does_not_do_and_tells(served: Any, command: Any) -> None:
    """A position worth more than an order may be: it stands, named, with the limit's key."""
    served.simulator.run(lambda sim: sim.faults.manual_order("AAPL", "BUY", 100))
    served.simulator.run(lambda sim: sim.faults.manual_order("MSFT", "BUY", 2))
    served.until("positions", lambda found: len([row for row in found["rows"] if row["quantity"]]) == 2)
    done = do(command, "flatten")
    text = " ".join(done["lines"])
    assert "AAPL is not closed: not sent" in text
    assert "max_order_value" in text
    assert "MSFT is closed" in text
    assert "Positions: 100 AAPL." in done["stands"]


def test_an_order_that_does_not_go_keeps_its_position_from_being_closed(served: Any, command: Any) -> None:
    """Both could fill and reverse the position: it is left and named."""
    with Trader(served.settings) as trader:
        trader.filled("BUY", 10)
        trader.place("SELL", 10, kind="LMT", limit_price=120)
        served.until("orders", lambda found: found["rows"])
        served.dashboard.manager.settings.orders.__dict__["ack_timeout"] = 0.5
        served.simulator.run(lambda sim: sim.orders.__setattr__("cancel_all", lambda: None))
        done = do(command, "flatten")
        assert "1 order did not go" in done["lines"][0]
        assert any("AAPL is not closed: an order in it is still open" in line for line in done["lines"])
        assert "Positions: 10 AAPL." in done["stands"]


def test_without_a_gateway_nothing_is_done_and_that_is_said(served: Any, command: Any) -> None:
    """Cancel and flatten need it; the kill switch does not."""
    served.simulator.run(lambda sim: (sim.faults.refuse(), sim.faults.reset()))
    served.until("connection", lambda found: not found["ready"])
    for name in ("cancel-all", "flatten"):
        refused = command(command=name)
        assert (refused["status"], "not connected" in refused["error"]) == (409, True)
    done = do(command, "kill")
    assert done["lines"] == ["The kill switch is on."]
    assert any("not known" in line for line in done["stands"])


def test_the_history_of_an_order_is_its_journals(served: Any) -> None:
    """What was asked, sent, confirmed; of a stranger nothing."""
    with Trader(served.settings) as trader:
        record = trader.place("BUY", 10, kind="LMT", limit_price=50)
        served.until("orders", lambda found: any(row["journal"] == "submitted" for row in found["rows"]))
    cookie = log_in(served)
    _, _, text = send(served, "GET", f"/orders/history?ref={record.ref}", Cookie=cookie)
    kinds = [row["kind"] for row in json.loads(text)["rows"]]
    assert kinds[0] == "intended"
    assert "sent" in kinds
    assert json.loads(send(served, "GET", "/orders/history?ref=%27%3B--", Cookie=cookie)[2])["rows"] == []
