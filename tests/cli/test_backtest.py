"""`leanib backtest` as typed, on the sample data: results, exit codes, and a sentence for everything that is wrong."""

import json
import shutil
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
        self.set_cash(int(self.get_parameter("cash", "100000")))
        self.set_benchmark(lambda time: 1)
        self.symbol = self.add_equity("AAPL", Resolution.DAILY).symbol

    def on_data(self, data):
        if not self.portfolio.invested:
            self.set_holdings(self.symbol, 0.5)
        self.plot("Mine", "Price", data.bars[self.symbol].close) if self.symbol in data.bars else None
"""


@pytest.fixture
def project(tmp_path):
    """A project folder with a config.json, under a lean.json that names the sample data."""
    folder = tmp_path / "algorithms" / "sample"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(ALGORITHM)
    (folder / "config.json").write_text('{"algorithm-language": "Python", "parameters": {"cash": "50000"}}')
    (tmp_path / "lean.json").write_text(json.dumps({"data-folder": str(DATA)}))
    return folder


def _run(capsys, *words):
    code = main(["backtest", *map(str, words)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def _json(capsys, *words):
    code, out, _ = _run(capsys, *words, "--json", "--no-report")
    assert code == 0
    return json.loads(out)


def test_a_project_is_run_and_leaves_results_and_a_report(capsys, project):
    """Table on the terminal; LEAN's files and the report in backtests/<time>."""
    code, out, _ = _run(capsys, project)
    assert code == 0
    assert "Sharpe Ratio" in out
    (folder,) = (project / "backtests").iterdir()
    names = {file.name for file in folder.iterdir()}
    assert names >= {"Sample.json", "Sample-summary.json", "Sample-order-events.json", "Sample-log.txt", "report.html"}
    assert json.loads((folder / "Sample.json").read_text())["charts"]["Mine"]["series"]["Price"]["values"]


def test_json_is_one_object(capsys, project, tmp_path):
    """Statistics, hash and counts for machines; parameters from config.json."""
    answer = _json(capsys, project, "--output", tmp_path / "out")
    assert answer["status"] == "Completed"
    assert answer["statistics"]["Start Equity"] == "50000"
    assert len(answer["statistics"]["OrderListHash"]) == 32
    assert answer["dataPoints"] > 40


def test_the_command_line_overrides_parameters_and_dates(capsys, project, tmp_path):
    """--parameter KEY VALUE, --start and --end."""
    dates = ["--start", "2012-12-03", "--end", "2012-12-07"]
    answer = _json(capsys, project, "--output", tmp_path / "out", "--parameter", "cash", "70000", *dates)
    assert answer["statistics"]["Start Equity"] == "70000"
    result = json.loads((tmp_path / "out" / "Sample.json").read_text())
    assert result["algorithmConfiguration"]["startDate"][:10] == "2012-12-03"
    assert result["algorithmConfiguration"]["endDate"][:10] == "2012-12-07"


def test_two_runs_give_the_same_result(capsys, project, tmp_path):
    """Nothing is left over from the run before, and nothing is random."""
    results = []
    for name in ("a", "b"):
        _json(capsys, project, "--output", tmp_path / name)
        result = json.loads((tmp_path / name / "Sample.json").read_text())
        results.append({key: result[key] for key in ("charts", "orders", "statistics", "totalPerformance")})
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("if not self.portfolio.invested", "if self.nothing", "if self.nothing:"),
        ("self.set_cash", "self.no_such_method(); self.set_cash", "self.no_such_method()"),
    ],
)
def test_an_error_in_the_algorithm_is_its_own_traceback_and_code_one(capsys, project, tmp_path, old, new, line):
    """Python's traceback without the engine's frames: its last line of code is the user's."""
    (project / "main.py").write_text(ALGORITHM.replace(old, new, 1))
    code, _, err = _run(capsys, project, "--output", tmp_path / "out", "--no-report")
    assert code == 1
    traceback = err[err.index("Traceback") :]
    assert line in traceback
    assert "src/leanib" not in traceback


def test_of_several_algorithms_in_a_file_the_one_that_runs_is_told(capsys, project, tmp_path, caplog):
    """LEAN's choice, the last by its name."""
    (project / "main.py").write_text(ALGORITHM + "class Other(QCAlgorithm):\n    pass\n")
    assert _run(capsys, project, "--output", tmp_path / "out", "--no-report")[0] == 0
    assert "has several algorithms: Sample runs" in caplog.text
    assert (tmp_path / "out" / "Sample.json").is_file()


def test_results_until_the_error_are_kept(capsys, project, tmp_path):
    """The state tells what went wrong and when."""
    (project / "main.py").write_text(ALGORITHM.replace("if not self", "1 / 0\n        if not self", 1))
    assert _run(capsys, project, "--output", tmp_path / "out", "--no-report")[0] == 1
    state = json.loads((tmp_path / "out" / "Sample.json").read_text())["state"]
    assert (state["Status"], state["RuntimeError"][20:]) == ("RuntimeError", "division by zero")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x = 1", "has no class that derives from QCAlgorithm"),
        (ALGORITHM.replace("(QCAlgorithm):", "(QCAlgorithm)"), "main.py, line 4: expected ':'"),
        (ALGORITHM.replace("import *", "import *\nimport no_such_module"), "imports no_such_module, which is neither"),
        (ALGORITHM.replace("set_end_date(2012", "set_end_date(2011"), "lies before the start date"),
        (ALGORITHM.replace('"AAPL"', '"NOTTHERE"'), "no data for NOTTHERE from 2012-11-01 to 2012-12-31"),
    ],
)
def test_a_wrong_algorithm_file_is_one_sentence_and_code_two(capsys, project, tmp_path, source, sentence):
    """No class, a syntax error, dates the wrong way round, a symbol without data."""
    (project / "main.py").write_text(source)
    code, _, err = _run(capsys, project, "--output", tmp_path / "out", "--no-report")
    assert code == 2
    assert sentence in err.splitlines()[-1]
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere"], "nowhere does not exist"),
        ([__file__.replace(".py", ".txt")], "does not exist"),
        (["{project}", "--data-folder", "/nowhere"], "the data folder /nowhere does not exist"),
        (["{project}", "--data-folder", "/"], "/ is not a data folder in LEAN's layout"),
        (["{project}", "--start", "tomorrow"], "--start takes a date such as 2013-10-07, not 'tomorrow'"),
        (
            ["{project}", "--start", "2012-12-05", "--end", "2012-12-04"],
            "--end 2012-12-04 is before --start 2012-12-05",
        ),
        (["{project}", "--start", "2013-12-05"], "the run would end on 2012-12-31, before it starts on 2013-12-05"),
        (["{project}", "--output", __file__ + "/x"], "is a file, so no results can be written to"),
        (["{project}", "--parameter", "=1"], "--parameter takes a key and a value"),
        (["{project}", "--image", "x"], "--image is for LEAN's container; give --engine lean with it"),
        (["{project}", "--lean-config", "/nowhere.json"], "/nowhere.json does not exist"),
        (["{project}/..", "--no-report"], "has no Python file; put the algorithm into"),
    ],
)
def test_bad_usage_is_one_sentence_and_code_two(capsys, project, words, sentence):
    """The sentence names what is wrong."""
    code, _, err = _run(capsys, *(word.format(project=project) for word in words))
    assert code == 2
    assert sentence in err
    assert err.count("\n") == 1


def _own_data(project, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("tick", "second", "minute", "hour", "forex"))
    return data


def test_a_truncated_zip_is_named(capsys, project, tmp_path):
    """File and remedy."""
    data = _own_data(project, tmp_path)
    file = data / "equity" / "usa" / "daily" / "aapl.zip"
    file.write_bytes(file.read_bytes()[:1000])
    code, _, err = _run(capsys, project, "--data-folder", data, "--output", tmp_path / "out", "--no-report")
    assert code == 2
    assert "daily/aapl.zip is not a complete zip file" in err.splitlines()[-1]


def test_a_malformed_line_is_named(capsys, project, tmp_path):
    """File, line and remedy."""
    data = _own_data(project, tmp_path)
    file = data / "equity" / "usa" / "daily" / "aapl.zip"
    with zipfile.ZipFile(file) as archive:
        name = archive.namelist()[0]
        lines = archive.read(name).decode().splitlines()
    lines[2] = lines[2].replace(",", ",abc", 1)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "\n".join(lines))
    code, _, err = _run(capsys, project, "--data-folder", data, "--output", tmp_path / "out", "--no-report")
    assert code == 2
    assert "aapl.zip, line 3: not a number" in err.splitlines()[-1]


def test_ctrl_c_writes_what_there_is(project, tmp_path):
    """An interrupted run has results, says until when, and ends with 130."""
    source = ALGORITHM.replace("if not self", "self.count = getattr(self, 'count', 0) + 1\n        if not self", 1)
    source = source.replace("if not self", "if self.count == 5: raise KeyboardInterrupt\n        if not self", 1)
    (project / "main.py").write_text(source)
    words = [sys.executable, "-m", "leanib", "backtest", str(project), "--output", str(tmp_path / "out"), "--no-report"]
    answer = subprocess.run(words, capture_output=True, text=True, check=False)
    assert answer.returncode == 130
    assert "stopped at 2012-11-0" in answer.stderr
    assert json.loads((tmp_path / "out" / "Sample.json").read_text())["orders"]


def test_a_parameter_that_the_algorithm_does_not_read_is_told(capsys, project, tmp_path):
    """One that it reads is not; nor are those of the project's own config.json."""
    words = ["--output", tmp_path / "out", "--no-report", "--parameter", "cash", "70000", "--parameter", "cahs", "1"]
    code, _, err = _run(capsys, project, *words)
    assert code == 0
    assert "warning: --parameter cahs changed nothing: the algorithm has not asked for it" in err
    assert "--parameter cash" not in err


def test_a_package_of_leans_image_is_named_with_what_brings_it(capsys, project, tmp_path, monkeypatch):
    """And the line that imports it."""
    monkeypatch.setitem(sys.modules, "hmmlearn", None)
    (project / "main.py").write_text(ALGORITHM.replace("import *", "import *\nimport hmmlearn"))
    code, _, err = _run(capsys, project, "--output", tmp_path / "out", "--no-report")
    assert code == 2
    assert "pip install 'leanib[lean-image]' brings it" in err.splitlines()[-1]
    assert "main.py, line 3" in err.splitlines()[-1]
