"""An account is one strategy's, or several strategies' with books; what a dead one left counts for nothing."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from leanib.engine.live.ownership import owning
from leanib.errors import LeanIBError


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("", "", "first-paper trades on this account already, as its only owner: end it first"),
        ("", "b", "as its only owner"),
        ("a", "", "with the book a: give this strategy one too"),
        ("a", "a", "trades with the book a already"),
    ],
)
def test_two_that_cannot_share_an_account_do_not(tmp_path: Path, first: str, second: str, sentence: str) -> None:
    """The second is refused with the first one's name; afterwards it may."""
    with (
        owning(tmp_path, "DU1", "first-paper", first),
        pytest.raises(LeanIBError, match=sentence),
        owning(tmp_path, "DU1", "second-paper", second),
    ):
        pass
    with owning(tmp_path, "DU1", "second-paper", second):
        pass
    assert list((tmp_path / "live").iterdir()) == []


def test_books_and_other_accounts_go_together(tmp_path: Path) -> None:
    """No file says which account it is of."""
    with owning(tmp_path, "DU1", "x", "a"), owning(tmp_path, "DU1", "y", "b"), owning(tmp_path, "DU2", "z", ""):
        assert not any("DU" in path.name for path in (tmp_path / "live").iterdir())


def test_a_killed_strategy_holds_nothing(tmp_path: Path) -> None:
    """Its lock is the system's, and what it left is removed."""
    code = textwrap.dedent("""
        import os, pathlib, signal, sys
        from leanib.engine.live.ownership import owning
        with owning(pathlib.Path(sys.argv[1]), "DU1", "dead", ""):
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60)
    assert done.returncode == -9
    assert list((tmp_path / "live").glob("*.json"))
    with owning(tmp_path, "DU1", "next", ""):
        assert len(list((tmp_path / "live").glob("*.json"))) == 1
