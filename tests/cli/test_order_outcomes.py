"""What order commands say at the end, and the exit codes that scripts can rely on."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from tests.cli.test_ib_commands import Run, background_simulator, run

from leanib.cli import order as order_commands

__all__ = ["background_simulator", "run"]


@pytest.mark.parametrize(
    "words",
    [
        ("sell", "AAPL", "5000", "--limit", "1"),
        ("buy", "AAPL", "5000", "--stop", "1"),
        ("buy", "AAPL", "5000"),
        ("sell", "AAPL", "5000", "--trailing", "2%"),
    ],
)
def test_no_price_talks_an_order_past_the_limits_file(run: Run, words: tuple[str, ...]) -> None:
    """Refused before it is sent, the limit named, exit code 2; nothing is in the journal."""
    code, _, err = run("order", *words)
    assert (code, "max_order_value" in err) == (2, True)
    assert json.loads(run("order", "list", "--all", "--json")[1]) == []


def test_a_price_that_a_person_gives_counts_beside_the_markets(run: Run) -> None:
    """The worse of the two: a low one permits nothing, a high one refuses."""
    assert run("order", "buy", "AAPL", "5000", "--reference-price", "1")[0] == 2
    assert run("order", "buy", "AAPL", "10", "--reference-price", "100000")[0] == 2
    assert run("order", "buy", "AAPL", "10", "--reference-price", "100", "--wait")[0] == 0


def test_an_order_that_has_not_filled_by_the_deadline_says_so_by_its_own_code(run: Run, monkeypatch: Any) -> None:
    """Exit code 3, and the reference to go on with."""
    monkeypatch.setattr(order_commands, "_WAIT", 1.0)
    code, out, err = run("order", "buy", "AAPL", "10", "--limit", "1", "--wait")
    ref = json.loads(run("order", "list", "--json")[1])[0]["ref"]
    assert code == 3
    assert ref in out + err


def test_what_if_shows_margin_and_commission_and_sends_nothing(run: Run) -> None:
    """Exit code 0 and an empty journal."""
    code, out, _ = run("order", "buy", "AAPL", "10", "--what-if")
    assert code == 0
    assert "argin" in out
    assert "ommission" in out
    assert json.loads(run("order", "list", "--all", "--json")[1]) == []


def test_cancel_all_that_leaves_an_order_of_another_client_says_so(run: Run) -> None:
    """Exit code 1 with the order, its client id and what to type; with --everything none is left."""
    assert run("order", "buy", "AAPL", "1", "--limit", "1", "--client-id", "12")[0] == 0
    assert run("order", "buy", "AAPL", "1", "--limit", "1", "--client-id", "11")[0] == 0
    code, _, err = run("order", "cancel-all", "--client-id", "11")
    assert code == 1
    assert "1 order of the account still open" in err
    assert "client id 12" in err
    assert "--everything" in err
    code, out, _ = run("order", "cancel-all", "--everything", "--yes")
    assert (code, "no order is open on the account" in out) == (0, True)


def test_cancel_everything_asks_first(run: Run, monkeypatch: Any) -> None:
    """Whoever says no, once or at the second question, or nothing, cancels nothing."""
    assert run("order", "buy", "AAPL", "1", "--limit", "1")[0] == 0
    for answers in ("n\n", "y\nn\n", ""):
        monkeypatch.setattr("sys.stdin", io.StringIO(answers))
        code, _, err = run("order", "cancel-all", "--everything")
        assert code != 0
        assert "Traceback" not in err
    assert len(json.loads(run("order", "list", "--json")[1])) == 1


def test_a_change_to_a_negative_quantity_is_refused(run: Run) -> None:
    """In a sentence, and the order stays."""
    run("order", "buy", "AAPL", "10", "--limit", "1")
    ref = json.loads(run("order", "list", "--json")[1])[0]["ref"]
    code, _, err = run("order", "modify", ref, "--quantity=-5")
    assert code == 2
    assert "the new quantity must be positive, not -5" in err
    assert "Traceback" not in err
    assert json.loads(run("order", "list", "--json")[1])[0]["quantity"] in ("10", "10.0", 10)
