"""`leanib backtest` says which data it did not get: on the terminal, in the results, in the report, and as an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.report.pages import data_of

from leanib.cli.main import main

DATA = Path(__file__).parents[2] / "data"
ALGORITHM = """
from AlgorithmImports import *

class Sample(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2012, 11, 1)
        self.set_end_date(2012, 12, 31)
        self.set_benchmark(lambda time: 1)
        for ticker in ("AAPL", "NOTTHERE"):
            self.add_equity(ticker, Resolution.DAILY)
"""
FILE = "(equity/usa/daily/notthere.zip)"


def _run(tmp_path, *words, source=ALGORITHM):
    file = tmp_path / "sample.py"
    file.write_text(source)
    out = tmp_path / "out"
    return main(["backtest", str(file), "--data-folder", str(DATA), "--output", str(out), *words])


def test_missing_data_is_told_at_the_end_of_the_run(capsys, tmp_path):
    """Exit code 0, and a few lines with the files and what to type; the same lines in a file and in the report."""
    assert _run(tmp_path) == 0
    err = capsys.readouterr().err
    assert "NOTTHERE: no data at all from 2012-11-01 to 2012-12-31" in err
    assert FILE in err
    assert "leanib data import" in err
    assert FILE in (tmp_path / "out" / "missing-data.txt").read_text()
    assert any(FILE in note for note in data_of((tmp_path / "out" / "report.html").read_text())["dataNotes"])
    (tmp_path / "out" / "report.html").unlink()
    assert main(["report", str(tmp_path / "out")]) == 0
    assert any(FILE in note for note in data_of((tmp_path / "out" / "report.html").read_text())["dataNotes"])


def test_json_lists_missing_data(capsys, tmp_path):
    """For machines."""
    assert _run(tmp_path, "--json", "--no-report") == 0
    assert any(FILE in line for line in json.loads(capsys.readouterr().out)["missingData"])


def test_strict_data_makes_it_an_error(capsys, tmp_path):
    """Exit code 2 and one sentence at the end; the results are written."""
    assert _run(tmp_path, "--strict-data", "--no-report") == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("leanib: --strict-data: NOTTHERE")
    assert (tmp_path / "out" / "Sample.json").is_file()


@pytest.mark.parametrize("words", [[], ["--strict-data"]])
def test_a_run_that_had_everything_says_nothing(capsys, tmp_path, words):
    """No warning, exit code 0, no file."""
    assert _run(tmp_path, "--no-report", *words, source=ALGORITHM.replace('"AAPL", "NOTTHERE"', '"AAPL", "IBM"')) == 0
    assert "warning" not in capsys.readouterr().err
    assert not (tmp_path / "out" / "missing-data.txt").exists()
