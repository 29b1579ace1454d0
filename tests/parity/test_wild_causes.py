"""Errors that LEAN's user has for certain too, as against those that may be the engine's."""

import decimal
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


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("1.5 * decimal.Decimal(2)", True),
        ("decimal.Decimal(2) - 1.5", True),
        ("sorted([1], reversed=True)", True),
        ("1.5 * thing", False),
        ("None * 1.5", False),
        ("pd.DataFrame({'close': [1]})['adj close']", True),
        ("pd.DataFrame({'open': [1]})['close']", False),
        ("pd.DataFrame({'open': [1]})['SPY']", False),
    ],
)
def test_what_python_and_pandas_say_of_numbers_and_columns(tmp_path, line, same):
    """A price is a float in LEAN too; a column that LEAN's frames have may be missing by our fault."""
    error, file = failure(tmp_path, line, decimal=decimal, thing=Thing())
    assert is_same_in_lean(error, file) is same


@pytest.mark.parametrize(
    ("method", "arguments", "same"),
    [
        ("def Initialize(self, strategy): pass", 0, True),
        ("def initialize(self): pass", 1, False),
        ("def OnData(self): pass", 1, True),
        ("def on_data(self, slice): pass", 0, False),
        ("def OnData(self, data, more=None): pass", 0, False),
        ("def rebalance(self, day): pass", 0, False),
    ],
)
def test_a_method_with_other_parameters_than_lean_gives(tmp_path, method, arguments, same):
    """What LEAN gives is what its own class declares; a wrong call of ours stays a failure."""
    file = tmp_path / "main.py"
    file.write_text(f"class QCAlgorithm: pass\nclass Mine(QCAlgorithm):\n    {method}\n")
    names: dict[str, type] = {}
    exec(compile(file.read_text(), str(file), "exec"), names)
    name = method[4 : method.index("(")]
    with pytest.raises(TypeError) as raised:
        getattr(names["Mine"](), name)(*range(arguments))
    assert is_same_in_lean(raised.value, file) is same


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("int(thing.GetParameter('slow'))", True),
        ("float(thing.get_parameter('slow'))", True),
        ("int(thing.other('slow'))", False),
        ("int(thing.value)", False),
    ],
)
def test_a_parameter_that_nobody_gave_is_leans_null(tmp_path: Path, line: str, same: bool) -> None:
    """What Python makes of it, LEAN's user reads; another None may be the engine's."""

    class Parameters(Thing):
        def get_parameter(self, _name: str) -> None:
            return None

        other = GetParameter = get_parameter

    error, file = failure(tmp_path, line, thing=Parameters())
    assert is_same_in_lean(error, file) is same
