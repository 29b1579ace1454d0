"""Order commands as typed: who may touch an order, what was mistyped, how they end, what is shown."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_ib_commands import Run, background_simulator, run

from leanib.cli import order as order_commands
from leanib.cli import order_sender
from leanib.ib.errors import ConnectionFailed
from leanib.ib.journal import Journal
from leanib.simulator import RealClock

__all__ = ["background_simulator", "run"]

SATURDAY = datetime(2024, 1, 6, 8, 0, tzinfo=UTC)
JOURNAL = Path("storage/orders-paper.sqlite3")


def _orders(run: Run, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("order", "list", "--json", *words)[1])
    return found


# whose order it is


def test_an_order_of_another_client_id_is_changed_and_cancelled_by_dialling_with_that_id(run: Run) -> None:
    """The journal knows who sent it: nothing has to be typed but its name."""
    assert run("order", "buy", "AAPL", "1", "--limit", "1", "--client-id", "17")[0] == 0
    (order,) = _orders(run)
    assert run("order", "modify", order["ref"], "--limit", "2")[0] == 0
    assert _orders(run)[0]["confirmed"]["lmtPrice"] == "2"
    assert run("order", "cancel", order["ref"])[0] == 0
    assert _orders(run) == []


def test_an_order_whose_client_id_another_program_has_is_left_and_it_says_what_to_do(
    run: Run, background_simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id is in use: one sentence with the ways there are, exit code 2, and no word of a login."""
    monkeypatch.setenv("LEANIB_CONNECTION__RETRIES", "0")
    run("order", "buy", "AAPL", "1", "--limit", "1", "--client-id", "17")
    (order,) = _orders(run)
    background_simulator.run(lambda sim: sim.faults.hold_client_id(17, 60))
    for words in (("modify", order["ref"], "--limit", "2"), ("cancel", order["ref"]), ("resolve", order["ref"])):
        code, _, err = run("order", *words)
        assert (code, "was sent with client id 17, which another program has now" in err) == (2, True)
        assert "cancel-all --everything" in err
        assert "IB Key" not in err
    assert len(_orders(run)) == 1


@pytest.mark.simulator(accounts=["DU1000001", "DU1000002"])
def test_an_order_of_another_account_is_not_touched_in_this_one_s_name(run: Run) -> None:
    """Named, it is refused; not named, the order's own account is the one that is dialled as."""
    run("order", "buy", "AAPL", "1", "--limit", "1", "--account", "DU1000002")
    (order,) = _orders(run, "--account", "DU1000002")
    assert _orders(run, "--account", "DU1000001") == []
    code, _, err = run("order", "cancel", order["ref"], "--account", "DU1000001")
    assert (code, "is of the account" in err) == (2, True)
    assert "DU1000002" not in err
    assert run("order", "cancel-all", "--account", "DU1000001")[0] == 0
    assert len(_orders(run, "--account", "DU1000002")) == 1
    assert run("order", "modify", order["ref"], "--limit", "2")[0] == 0
    assert run("order", "cancel", order["ref"])[0] == 0


@pytest.mark.parametrize("hindrance", ["full disk", "damaged", "no log", "locked"])
def test_cancelling_works_where_nothing_can_be_written(
    run: Run, monkeypatch: pytest.MonkeyPatch, hindrance: str
) -> None:
    """IB itself says who sent what: one by its reference, all of a client id, everything; it is noted later."""
    for _ in range(3):
        run("order", "buy", "AAPL", "1", "--limit", "1", "--client-id", "16")
    first, second, third = (order["ref"] for order in _orders(run))
    whole = JOURNAL.read_bytes()
    with monkeypatch.context() as patch, contextlib.closing(sqlite3.connect(JOURNAL, isolation_level=None)) as other:
        if hindrance == "locked":
            monkeypatch.setattr(order_sender, "_PATIENCE", 0.05)
            monkeypatch.setenv("LEANIB_CONNECTION__RETRIES", "0")
            other.execute("BEGIN IMMEDIATE")
        elif hindrance == "full disk":
            patch.setattr(sqlite3, "connect", _disk_is_full)
        elif hindrance == "damaged":
            JOURNAL.write_bytes(b"nothing like it")
        else:
            shutil.rmtree("logs")
            Path("logs").write_text("a file, where the folder should be")
        assert run("order", "cancel", "leanib-nobodys")[0] == 1
        code, out, err = run("order", "cancel", first)
        assert (code, f"order {first} is not open at IB any more" in out, "nothing is noted" in err) == (0, True, True)
        code, _, err = run("order", "cancel-all", "--client-id", "10")
        assert (code, second in err, third in err, first in err) == (1, True, True, False)
        assert run("order", "cancel-all", "--client-id", "16")[0] == 0
        assert run("order", "cancel-all", "--everything", "--yes")[0] == 0
        assert run("order", "buy", "AAPL", "1", "--limit", "1")[0] == 2
    if hindrance == "no log":
        Path("logs").unlink()
    if hindrance != "locked":
        JOURNAL.write_bytes(whole)
    assert run("order", "cancel-all")[0] == 0
    assert _orders(run) == []


@pytest.mark.parametrize("words", [("buy", "AAPL", "1", "--limit", "1"), ("modify", "leanib-x", "--limit", "2")])
def test_a_locked_journal_is_told_before_anything_is_dialled(
    run: Run, background_simulator: Any, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """One sentence after a moment's patience, with the remedy; nothing was sent, and nobody logged in four times."""
    run("order", "buy", "AAPL", "1", "--limit", "1", "--tif", "GTC")
    if words[0] == "modify":
        words = ("modify", _orders(run)[0]["ref"], *words[2:])
    monkeypatch.setattr("leanib.ib.manager._JOURNAL_PATIENCE", 0.1)
    before = background_simulator.run(lambda sim: len(sim.orders.orders))
    dialled: list[int] = []

    async def dial(*_: Any, **__: Any) -> None:
        dialled.append(1)
        raise ConnectionFailed("nobody is there")

    monkeypatch.setattr("leanib.ib.connection.IBConnection.start", dial)
    with contextlib.closing(sqlite3.connect(JOURNAL, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, _, err = run("order", *words)
    assert (code, err.count("leanib: "), "end the program that holds the file" in err) == (2, 1, True)
    assert dialled == []
    assert background_simulator.run(lambda sim: len(sim.orders.orders)) == before


def _disk_is_full(*_: Any, **__: Any) -> None:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


def test_account_watch_blocks_no_order(run: Run, background_simulator: Any) -> None:
    """Two terminals at once: the second command takes the next free id of the scripts' range."""
    words = [sys.executable, "-m", "leanib", "account", "--watch"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not background_simulator.run(lambda sim: [one for one in sim.gateway.sessions if one.client_id == 10]):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert run("order", "buy", "AAPL", "1", "--limit", "1")[0] == 0
        assert [order["client_id"] for order in _orders(run)] == [11]
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_a_list_of_live_orders_needs_the_account_too(run: Run) -> None:
    """Whether the Gateway is asked or not: no account of no name slips through."""
    code, _, err = run("order", "list", "--live")
    assert (code, "--live needs --account" in err) == (2, True)


# what was mistyped


@pytest.mark.parametrize("amount", ["-5", "-.5", "-1000"])
@pytest.mark.parametrize(("side", "other"), [("buy", "use sell to sell"), ("sell", "use buy to buy")])
def test_a_negative_quantity_is_no_unknown_option(run: Run, side: str, other: str, amount: str) -> None:
    """`order buy SPY -5` says what a quantity is."""
    code, _, err = run("order", side, "AAPL", amount, "--limit", "1")
    assert (code, err) == (2, f"leanib: the quantity {amount} must be positive; {other}\n")


@pytest.mark.parametrize("tif", ["gtd", "GTX", ""])
def test_a_time_in_force_that_cannot_be_typed_lists_those_that_can(run: Run, tif: str) -> None:
    """GTD needs a date, for which there is no option."""
    code, _, err = run("order", "buy", "AAPL", "1", "--limit", "1", "--tif", tif)
    assert (code, f"'{tif}' is none of DAY, GTC, IOC, FOK, OPG" in err) == (2, True)


def test_an_unknown_option_beside_numbers_is_still_one(run: Run) -> None:
    """The sentence is click's."""
    code, _, err = run("order", "buy", "AAPL", "5", "--limt", "-3")
    assert (code, "No such option: --limt" in err) == (2, True)


def test_a_wrong_account_is_blamed_on_what_named_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--account` or IB_ACCOUNT, never the other."""
    code, _, err = run("account", "--account", "DU7654321")
    assert (code, err.count("given with --account (DU*****21)"), "IB_ACCOUNT" in err) == (2, 1, False)
    monkeypatch.setenv("IB_ACCOUNT", "DU7654321")
    code, _, err = run("account")
    assert (code, "set in IB_ACCOUNT (DU*****21)" in err, "--account" in err) == (2, True, False)


def test_an_unknown_ib_key_in_env_is_refused_with_its_line_and_the_name_that_is_meant(run: Run) -> None:
    """A port that is not read is not dialled; nothing would say so."""
    Path(".env").write_text("# mine\nIB_PAPERPORT=4009\n")
    code, _, err = run("account")
    assert code == 2
    assert ".env, line 2: IB_PAPERPORT is not read by anything here: IB_PAPER_PORT is meant?" in err


def test_an_unknown_ib_key_in_the_environment_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be another program's: the command goes on."""
    monkeypatch.setenv("IB_ACOUNT", "DU7")
    code, _, err = run("account", "--json")
    assert (code, "the environment variable IB_ACOUNT is not read" in err) == (0, True)


def test_a_limit_in_a_section_that_does_not_exist_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would hold nothing back."""
    monkeypatch.setenv("LEANIB_RIKS__MAX_ORDER_VALUE", "1")
    code, _, err = run("order", "buy", "AAPL", "1", "--limit", "1")
    assert (code, "LEANIB_RIKS__MAX_ORDER_VALUE is not read by anything here" in err) == (2, True)


@pytest.mark.parametrize(
    ("price", "sentence"), [("-3", "it must be above zero"), ("0", "it must be above zero"), ("1.005", "no multiple")]
)
def test_a_share_s_price_is_above_zero_and_on_its_tick(run: Run, price: str, sentence: str) -> None:
    """Nothing is sent."""
    code, _, err = run("order", "buy", "AAPL", "1", "--limit", price)
    assert (code, sentence in err) == (2, True)
    assert _orders(run, "--all") == []


def test_ports_that_are_none_and_an_env_file_of_another_encoding_get_a_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback."""
    code, _, err = run("simulate", "--port", "99999")
    assert (code, "'--port'" in err) == (2, True)
    Path(".env").write_bytes(b"TWS_PASSWORD='p\xe4ss'\n")
    code, _, err = run("order", "list")
    assert (code, ".env, line 1, is not UTF-8" in err) == (2, True)
    Path(".env").unlink()
    monkeypatch.setenv("IB_PAPER_PORT", "99999")
    code, _, err = run("account")
    assert (code, "IB_PAPER_PORT" in err) == (2, True)


# what was read


@pytest.mark.parametrize(
    "words", [("order", "list"), ("account",), ("order", "buy", "AAPL", "1", "--limit", "1"), ("order", "cancel-all")]
)
def test_verbose_says_which_settings_limits_and_journal_were_read(run: Run, words: tuple[str, ...]) -> None:
    """From a folder below the project too, where the limits are the project's."""
    Path("algorithms/x").mkdir(parents=True)
    here = Path.cwd()
    os.chdir("algorithms/x")
    _, _, err = run(*words, "-v")
    assert f"settings: {here}/config/paper.toml" in err
    assert f"journal: {here}/storage/orders-paper.sqlite3" in err
    assert "limits: order value 250,000" in err
    assert "settings:" not in run(*words)[2]


# how it ends


def test_what_ib_refuses_ends_with_one(run: Run, background_simulator: Any) -> None:
    """With the reason and the code."""
    background_simulator.run(lambda sim: sim.faults.reject_next(201, "no margin"))
    code, out, err = run("order", "buy", "AAPL", "1")
    assert (code, "rejected" in out, "201: no margin" in err or "no margin" in err) == (1, True, True)


@pytest.mark.parametrize("wait", [("--wait",), ()])
def test_what_somebody_else_cancels_ends_with_one_and_not_as_a_deadline(
    run: Run, background_simulator: Any, monkeypatch: pytest.MonkeyPatch, wait: tuple[str, ...]
) -> None:
    """Waited for or not."""
    monkeypatch.setattr(order_commands, "_PAUSE", 1.0)
    background_simulator.run(lambda sim: sim.faults.reject_later(0.4, code=202, reason="by TWS", status="Cancelled"))
    code, out, err = run("order", "buy", "AAPL", "1", "--limit", "1", *wait)
    assert (code, "cancelled" in out) == (1, True)
    assert "was cancelled, and not by this command: nothing filled" in err


def test_what_ib_does_not_answer_ends_with_five_and_how_to_settle_it_is_said_once(
    run: Run, background_simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the alert that comes with it; no list repeats it."""
    monkeypatch.setenv("LEANIB_ORDERS__ACK_TIMEOUT", "0.3")
    background_simulator.run(lambda sim: sim.faults.drop_orders(times=1))
    code, out, err = run("order", "buy", "AAPL", "1", "--limit", "1")
    assert (code, "unknown" in out) == (5, True)
    (order,) = _orders(run)
    assert err.count(f"leanib order resolve {order['ref']}") == 1
    for _ in range(2):
        code, out, err = run("order", "list")
        assert (code, "unknown" in out, "resolve" in out + err) == (0, True, False)


def test_an_order_found_unknown_in_the_list_is_offered_once(
    run: Run, background_simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another program's alert said so and not this terminal."""
    monkeypatch.setenv("LEANIB_ORDERS__ACK_TIMEOUT", "0.3")
    background_simulator.run(lambda sim: sim.faults.drop_orders(times=1))
    monkeypatch.setattr("leanib.cli.order_outcome.note_offered", lambda _journal, _ref: None)
    run("order", "buy", "AAPL", "1", "--limit", "1")
    assert "leanib order resolve" in run("order", "list")[1]
    assert "leanib order resolve" not in run("order", "list")[1]


def test_a_filled_order_whose_leg_is_thrown_out_ends_with_four(run: Run, background_simulator: Any) -> None:
    """`filled` is not the last word."""
    background_simulator.run(
        lambda sim: sim.faults.reject_later(0.3, code=201, reason="no", status="Cancelled", order_type="STP")
    )
    code, out, err = run("order", "buy", "AAPL", "10", "--bracket", "100000", "1", "--wait")
    assert (code, "filled" in out) == (4, True)
    assert "are held without it" in err


def test_a_position_that_is_closed_again_since_a_leg_was_lost_ends_with_one(
    run: Run, background_simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the policy `flatten`: it was not done as asked."""
    monkeypatch.setenv("LEANIB_ORDERS__LOST_LEG", "flatten")
    background_simulator.run(
        lambda sim: sim.faults.reject_later(0.3, code=201, reason="no", status="Cancelled", order_type="STP")
    )
    code, _, err = run("order", "buy", "AAPL", "10", "--bracket", "100000", "1", "--wait")
    assert (code, "10 AAPL of it were closed again" in err) == (1, True)


def test_cancelling_the_last_leg_of_a_position_ends_with_four(run: Run) -> None:
    """The first may go, the last one leaves the position alone."""
    assert run("order", "buy", "AAPL", "10", "--bracket", "100000", "1", "--wait")[0] == 0
    first, last = (order["ref"] for order in _orders(run))
    assert run("order", "cancel", first)[0] == 0
    code, _, err = run("order", "cancel", last)
    assert (code, "have no protection any more" in err) == (4, True)


def test_changing_an_order_changes_its_legs_before_the_command_ends(run: Run) -> None:
    """Nobody would look after them afterwards."""
    run("order", "buy", "AAPL", "100", "--limit", "2", "--bracket", "100000", "1", "--tif", "GTC")
    parent = next(order["ref"] for order in _orders(run) if not order["parent_ref"])
    code, out, _ = run("order", "modify", parent, "--quantity", "50")
    assert (code, out.count("SELL 50 AAPL")) == (0, 2)
    assert {float(order["confirmed"]["quantity"]) for order in _orders(run)} == {50}


def test_a_leg_that_does_not_follow_ends_the_change_with_four(run: Run, background_simulator: Any) -> None:
    """What is held would be more, or less, than what protects it."""
    run("order", "buy", "AAPL", "100", "--limit", "2", "--bracket", "100000", "1", "--tif", "GTC")
    parent, leg, _ = _orders(run)
    background_simulator.run(
        lambda sim: sim.faults.refuse_change(code=201, reason="no", times=5, order_id=leg["order_id"])
    )
    code, _, err = run("order", "modify", parent["ref"], "--quantity", "50")
    assert (code, f"the take-profit {leg['ref']} is for 100 instead of 50" in err) == (4, True)


def test_ctrl_c_while_it_waits_prints_the_reference_and_what_stands_and_ends_with_130(
    run: Run, background_simulator: Any
) -> None:
    """The order stays at IB."""
    words = [sys.executable, "-m", "leanib", "order", "buy", "AAPL", "1", "--limit", "1", "--wait"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        _until_one_is_submitted()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    (order,) = _orders(run)
    assert process.returncode == 130
    assert order["ref"] in out
    assert f"stopped waiting; order {order['ref']} stands as shown" in err
    assert "Traceback" not in err


def _until_one_is_submitted() -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if JOURNAL.exists():
            journal = Journal(JOURNAL)
            found = [order.status.value for order in journal.orders()]
            journal.close()
            if found == ["submitted"]:
                return
        time.sleep(0.1)
    raise AssertionError("the order was not submitted")


# what is shown


@pytest.mark.simulator(always_open=False, clock=RealClock(SATURDAY))
def test_ib_s_warning_is_shown_in_one_line_of_text(run: Run) -> None:
    """399: when the order will be placed, and that it is IB who says so."""
    code, out, _ = run("order", "buy", "AAPL", "1", "--limit", "1")
    shown = " ".join(out.split())
    assert code == 0
    line = "BUY 1 AAPL NASDAQ.NMS Warning: your order will not be placed at the exchange until 2024-01-08"
    assert f"IB: 399: Order Message: {line}" in shown


def test_distances_of_trailing_stops_in_money_and_in_percent_read_differently(run: Run) -> None:
    """Where it is placed, in the list and in the account."""
    _, percent, _ = run("order", "sell", "AAPL", "1", "--trailing", "2%")
    _, money, _ = run("order", "sell", "AAPL", "1", "--trailing", "2")
    assert ("TRAIL 2% DAY" in percent, "TRAIL by 2.00 DAY" in money) == (True, True)
    _, account, _ = run("account")
    assert ("2%" in account, "by 2.00" in account) == (True, True)


@pytest.mark.parametrize(
    ("symbol", "limit", "shown"),
    [("EURUSD", "1.1", "1.10000"), ("AAPL", "1.5", "1.50"), ("ZC:FUT:202703@CBOT", "400", "400.00"),
     ("CL:FUT:202702@NYMEX", "-3.5", "-3.50")],
)  # fmt: skip
def test_prices_have_the_instrument_s_own_digits(run: Run, symbol: str, limit: str, shown: str) -> None:
    """As many as its increment has, also below zero where that is a price."""
    quantity = "20000" if symbol == "EURUSD" else "1"
    code, out, _ = run("order", "buy", symbol, quantity, "--limit", limit)
    assert (code, f"LMT {shown} DAY" in out) == (0, True)


def test_nothing_is_cut_at_eighty_columns(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders with legs, lines that are longer than that, quotes of long names, and the account."""
    monkeypatch.setenv("COLUMNS", "80")
    run("order", "buy", "AAPL", "1", "--limit", "1", "--bracket", "100000", "0.5", "--tif", "GTC")
    long = ("CL:FUT:202702@NYMEX", "1", "--limit", "-30.25", "--tif", "GTC", "--outside-rth")
    assert run("order", "buy", *long, "--take-profit", "100.25")[0] == 0
    parent, leg = _orders(run)[-2:]
    line = f"SELL 1 CL:FUT:202702@NYMEX LMT 100.25 GTC outside-rth, take-profit of {parent['ref']}"
    assert leg["parent_ref"] == parent["ref"]
    assert len(line) > 80
    assert line in " ".join(run("order", "list")[1].split())
    for words in (("order", "list"), ("account",), ("quotes", "CL:FUT:202702@NYMEX", "EURUSD", "--seconds", "1")):
        _, out, _ = run(*words)
        assert "…" not in out
        assert max(len(line) for line in out.splitlines()) <= 80
    assert "take-profit of leanib-" in " ".join(run("order", "list")[1].split())
