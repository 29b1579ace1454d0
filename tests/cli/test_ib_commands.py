"""The commands that talk to IB Gateway, as typed, against the simulator."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leanib.cli.main import main
from leanib.simulator.testing import background_simulator

__all__ = ["background_simulator"]

PROJECT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    background_simulator: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs `leanib ...` in a project folder of its own; exit code, output, errors."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IB_HOST", background_simulator.host)
    monkeypatch.setenv("IB_PAPER_PORT", str(background_simulator.port))
    monkeypatch.setenv("LEANIB_ORDERS__RESTART_GATE", "0")
    monkeypatch.setenv("LEANIB_STATE_FOLDER", str(tmp_path / "state"))
    monkeypatch.setenv("LEANIB_ORDERS__LEG_PATIENCE", "0.5")

    def command(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        output = capsys.readouterr()
        return code, output.out, output.err

    return command


def test_account_as_json_is_marked_complete(run: Run) -> None:
    """`leanib account --json` prints one snapshot that says that it is complete."""
    code, out, _ = run("account", "--json")
    snapshot = json.loads(out)
    assert (code, snapshot["complete"], snapshot["base_currency"]) == (0, True, "USD")
    assert snapshot["values"]["NetLiquidation"] == 1_000_000


def test_an_order_from_placing_to_cancelling(run: Run) -> None:
    """Buy, list, modify, cancel and history, each as its own command, resumed from the journal."""
    code, out, _ = run("order", "buy", "AAPL", "10", "--limit", "1")
    assert (code, "submitted" in out) == (0, True)
    _, out, _ = run("order", "list", "--json")
    ref = json.loads(out)[0]["ref"]
    assert run("order", "modify", ref, "--limit", "2")[0] == 0
    code, out, _ = run("order", "cancel", ref)
    assert (code, "cancelled" in out) == (0, True)
    _, out, _ = run("order", "list", "--history", ref)
    assert [word for word in ("intended", "sent", "modify sent", "cancel intended") if word not in out] == []
    assert json.loads(run("order", "list", "--json")[1]) == []


def test_a_bracket_fills_and_protects(run: Run) -> None:
    """A market order with `--bracket` fills, and its two legs wait; cancel-all ends them, and says what that leaves."""
    code, out, _ = run("order", "buy", "AAPL", "10", "--bracket", "100000", "0.01", "--wait")
    assert (code, "filled" in out) == (0, True)
    assert len(json.loads(run("order", "list", "--json")[1])) == 2
    code, _, err = run("order", "cancel-all")
    assert (code, "10 AAPL of order" in err, "have no protection any more" in err) == (4, True, True)
    assert run("order", "cancel-all")[0] == 0
    assert json.loads(run("order", "list", "--json")[1]) == []


@pytest.mark.parametrize(("limit", "value"), [("KILL_SWITCH", "true"), ("MAX_ORDER_VALUE", "15")])
def test_a_change_of_price_passes_the_limits_too(run: Run, monkeypatch: Any, limit: str, value: str) -> None:
    """A higher price or a kill switch refuses a modification as it would refuse the order; cancelling still works."""
    run("order", "buy", "AAPL", "10", "--limit", "1")
    ref = json.loads(run("order", "list", "--json")[1])[0]["ref"]
    monkeypatch.setenv(f"LEANIB_RISK__{limit}", value)
    code, _, err = run("order", "modify", ref, "--limit", "2")
    assert (code, limit.lower() in err) == (2, True)
    assert json.loads(run("order", "list", "--json")[1])[0]["terms"]["lmtPrice"] == "1"
    assert run("order", "cancel", ref)[0] == 0


def test_the_kill_switch_is_thrown_and_released_by_hand(run: Run) -> None:
    """It refuses orders with the way out in the sentence, shows how it stands, and is released."""
    assert run("order", "kill-switch")[1].startswith("the kill switch is off on the paper account")
    assert "nothing but cancels" in run("order", "kill-switch", "on")[1]
    code, _, err = run("order", "buy", "AAPL", "1")
    assert (code, "leanib order kill-switch off" in err) == (2, True)
    assert run("order", "kill-switch", "off")[0] == 0
    assert run("order", "buy", "AAPL", "1", "--limit", "1")[0] == 0


def test_quotes_stream_as_json(run: Run) -> None:
    """`leanib quotes --json` prints an object a line with bid, ask and how far it can be trusted."""
    code, out, _ = run("quotes", "AAPL", "EURUSD", "--json", "--seconds", "1.5")
    quotes = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert {quote["symbol"] for quote in quotes} == {"AAPL", "EURUSD"}
    assert quotes[-1]["status"] == "current"
    assert quotes[-1]["bid"] < quotes[-1]["ask"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("order", "buy", "AAPL", "99999"), "max_order_quantity"),
        (("order", "buy", "NOSUCH", "1"), "IB knows no contract for 'NOSUCH'"),
        (("order", "buy", "AAPL", "ten"), "'ten' is not a number"),
        (("order", "buy", "AAPL", "0"), "must be positive"),
        (("order", "buy", "AAPL", "1", "--limit", "1", "--stop", "2"), "exclude each other"),
        (("order", "buy", "AAPL", "1", "--tif", "XYZ"), "time in force"),
        (("order", "cancel", "leanib-nothing"), "the journal knows no order"),
        (("account", "--live"), "--live needs --account"),
        (("account", "--live", "--account", "U1234567"), "nothing listens"),
    ],
)
def test_bad_input_is_one_sentence(run: Run, words: tuple[str, ...], sentence: str, monkeypatch: Any) -> None:
    """What cannot be done ends with exit code 2 and one sentence, nothing sent, no traceback."""
    monkeypatch.setenv("LEANIB_CONNECTION__RETRIES", "0")
    monkeypatch.setenv("IB_LIVE_PORT", "1")
    code, _, err = run(*words)
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err


def test_nobody_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Gateway the commands say so, how often they tried, and what to run."""
    monkeypatch.setenv("IB_PAPER_PORT", "1")
    monkeypatch.setenv("LEANIB_CONNECTION__RETRIES", "1")
    monkeypatch.setenv("LEANIB_CONNECTION__RETRY_BASE", "0.01")
    code, _, err = run("account")
    assert code == 2
    assert "nothing listens at 127.0.0.1:1 (tried 2 times); run 'leanib doctor'" in err


def test_doctor_is_green_without_docker(run: Run) -> None:
    """`leanib doctor --no-docker` goes through all layers of a healthy Gateway."""
    code, out, _ = run("doctor", "--no-docker", "--symbol", "AAPL", "--json")
    findings = json.loads(out)
    assert code == 0
    assert {finding["verdict"] for finding in findings} == {"ok"}
    assert findings[-1]["name"] == "what-if order"


def test_connect_checks_and_leaves(run: Run) -> None:
    """`leanib connect --check` proves login and account."""
    code, out, _ = run("connect", "--check")
    assert code == 0
    assert "login ready" in out


def test_doctor_names_files_that_others_can_read_and_variables_that_nothing_reads(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Warnings with the remedy: exit code 1."""
    run("order", "list")
    monkeypatch.setenv("IB_PAPERPORT", "7")
    loose = [Path(".env"), Path("storage/orders-paper.sqlite3")]
    Path(".env").touch()
    for path in loose:
        path.chmod(0o644)
    code, out, _ = run("doctor", "--no-docker", "--symbol", "AAPL", "--json")
    found = {finding["name"]: finding for finding in json.loads(out)}
    assert code == 1
    assert found["files"]["remedy"] == "chmod 600 " + " ".join(str(path.absolute()) for path in loose)
    assert "IB_PAPERPORT" in found["settings"]["text"]
