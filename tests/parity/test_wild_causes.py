"""Errors that LEAN's user has for certain too, as against those that may be the engine's."""

import sys
from pathlib import Path

import pytest

from leanib.engine.market import Slice
from leanib.parity.wild_causes import is_about_empty_frame, is_same_in_lean

HEAD = "import datetime as d\nimport pandas as pd\ntime, then = d.datetime(2020, 1, 2), d.datetime(2020, 1, 1)\n"


def failure(tmp_path: Path, line: str, **names: object) -> tuple[BaseException, Path]:
    """The error of an algorithm's line, and its file."""
    file = tmp_path / "main.py"
    file.write_text(HEAD + line + "\n")
    try:
        exec(compile(file.read_text(), str(file), "exec"), dict(names))
    except Exception:
        error = sys.exc_info()[1]
        assert error is not None
        error.__traceback__ = error.__traceback__.tb_next  # type: ignore[union-attr]
        return error, file
    pytest.fail("the line does not fail")


class Nulls(Slice):
    def __init__(self) -> None:
        super().__init__(None, [], None)  # type: ignore[arg-type]

    def __getitem__(self, key: object) -> None:
        return None


class Thing:
    days = 5
    value = None


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("(time - then).days()", True),
        ("time.year()", True),
        ("(time - then).Days", True),
        ("data['SPY'].Close", True),
        ("pd.DataFrame().close", True),
        ("pd.DataFrame([[1]]).close", False),
        ("thing.days()", False),
        ("thing.value.Close", False),
        ("thing.never", False),
        ("{}['SPY'].Close", False),
    ],
)
def test_what_pythons_objects_and_leans_null_do_not_have(tmp_path, line, same):
    """Times are Python's in LEAN too, and only a slice's None is LEAN's null."""
    error, file = failure(tmp_path, line, data=Nulls(), thing=Thing())
    assert is_same_in_lean(error, file) is same


@pytest.mark.parametrize(
    ("line", "empty"), [("pd.DataFrame()['close']", True), ("pd.DataFrame([[1]])['close']", False)]
)
def test_what_pandas_says_of_a_frame_without_rows(tmp_path, line, empty):
    """A history without data is as empty in LEAN."""
    error, _ = failure(tmp_path, line)
    assert is_about_empty_frame(error) is empty
