"""What is wrong with data, disk or texts is one sentence, and nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from leanib.cli.main import main

DATA = Path(__file__).parents[2] / "data"
ALGORITHM = """
from AlgorithmImports import *

class Sample(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2012, 11, 1)
        self.set_end_date(2012, 12, 31)
        self.set_benchmark(lambda time: 1)
        self.add_equity("AAPL", Resolution.DAILY)

    def on_end_of_algorithm(self):
        self.set_summary_statistic("[/bold]", "[red]1[/blue]")
"""


@pytest.fixture
def backtest(tmp_path):
    """Run a source; the exit code."""

    def run(*words, source=ALGORITHM, out="out"):
        file = tmp_path / "sample.py"
        file.write_text(source)
        return main(["backtest", str(file), "--data-folder", str(DATA), "--output", str(tmp_path / out), *words])

    return run


def test_markup_in_a_statistic_is_text(capsys, tmp_path, backtest):
    """In the table of a run and in that of a comparison."""
    assert backtest("--no-report", out="a") == 0
    assert "[red]1[/blue]" in capsys.readouterr().out
    assert backtest("--no-report", out="b", source=ALGORITHM.replace("[red]1", "[red]2")) == 0
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--no-page"]) == 1
    out = capsys.readouterr().out
    assert "[/bold]" in out
    assert "[red]2[/blue]" in out


@pytest.mark.parametrize(
    ("ticker", "hint"), [("../../x", "correct it"), ("x" * 300, "correct it"), ("EUR/USD", "write EURUSD")]
)
@pytest.mark.parametrize("method", ["add_equity", "add_forex", "add_index"])
def test_a_ticker_that_climbs_is_refused_in_the_users_line(capsys, tmp_path, backtest, method, ticker, hint):
    """With the file and the line, before anything is read."""
    assert backtest(source=ALGORITHM.replace('add_equity("AAPL"', f'{method}("{ticker}"')) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "is no ticker" in last
    assert hint in last
    assert "sample.py, line 9" in last


def test_a_zip_that_would_fill_the_memory_ends_the_run_in_a_sentence(capsys, tmp_path, backtest):
    """The file is named."""
    folder = tmp_path / "data"
    (folder / "equity/usa/daily").mkdir(parents=True)
    for name in ("market-hours", "symbol-properties", "alternative"):
        (folder / name).symlink_to(DATA / name)
    with zipfile.ZipFile(folder / "equity/usa/daily/aapl.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("aapl.csv", b"1" * (60 << 20))
    assert backtest("--data-folder", str(folder)) == 2
    assert "aapl.zip: entry aapl.csv unpacks from" in capsys.readouterr().err.splitlines()[-1]


def test_a_full_disk_leaves_no_truncated_file(tmp_path):
    """Files are cut off at four kilobytes: what carries its final name is whole, and one sentence ends the run."""
    file, out = tmp_path / "sample.py", tmp_path / "out"
    file.write_text(ALGORITHM)
    program = (
        "import resource, signal, sys; from leanib.cli.main import main; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); "
        f"sys.exit(main(['backtest', {str(file)!r}, '--data-folder', {str(DATA)!r}, '--output', {str(out)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 2
    assert "could not be written" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    for written in out.iterdir():
        assert not written.name.startswith(".")
        if written.suffix == ".json":
            json.loads(written.read_text())
    assert not (out / "Sample.json").exists()
