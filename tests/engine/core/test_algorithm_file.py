"""Which class of a file runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.errors import UsageError

TWO = """
from AlgorithmImports import *

class {first}(QCAlgorithm):
    pass

class {second}({base}):
    pass
"""


def _file(folder: Path, first: str, second: str, base: str) -> Path:
    path = folder / "two.py"
    path.write_text(TWO.format(first=first, second=second, base=base))
    return path


def test_of_several_algorithms_the_last_by_name_runs_as_in_lean_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """LEAN's wrapper goes through `dir(module)` and keeps the last."""
    found = load_algorithm(_file(tmp_path, "Zebra", "Ant", "QCAlgorithm"))
    assert found.__name__ == "Zebra"
    assert "several algorithms: Zebra runs, the last by its name as in LEAN, and not Ant" in caplog.text


def test_a_base_class_before_its_heir_is_no_choice_to_tell_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The heir comes last by its name: nobody could mean the base."""
    assert load_algorithm(_file(tmp_path, "Base", "Heir", "Base")).__name__ == "Heir"
    assert caplog.text == ""


def test_a_file_without_an_algorithm_is_refused(tmp_path: Path) -> None:
    """The sentence says what to add."""
    path = tmp_path / "none.py"
    path.write_text("x = 1\n")
    with pytest.raises(UsageError, match="add `class MyAlgorithm"):
        load_algorithm(path)


def test_a_file_without_its_imports_is_told_which_line_brings_them(tmp_path: Path) -> None:
    """QuantConnect's web editor adds the imports, so that many files that were copied from there have none."""
    path = tmp_path / "bare.py"
    path.write_text("class Bare(QCAlgorithm):\n    pass\n")
    with pytest.raises(NameError) as raised:
        load_algorithm(path)
    assert raised.value.__notes__ == ["QCAlgorithm is LEAN's: begin the file with `from AlgorithmImports import *`"]
    path.write_text("never_heard_of\n")
    with pytest.raises(NameError) as raised:
        load_algorithm(path)
    assert not hasattr(raised.value, "__notes__")
