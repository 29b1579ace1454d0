"""The rules by which other people's files are judged, before any of them is looked at."""

from __future__ import annotations

import pytest

from leanib.parity.wild import WildRun, wild_summary
from leanib.parity.wild_rules import algorithm_files, judge, why_not

HEAD = "from AlgorithmImports import *\nclass Mine(QCAlgorithm):\n    def initialize(self):\n        "


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("self.add_equity('SPY')", ""),
        ("pass\nfrom QuantConnect.Indicators import *\nimport numpy, Alphas.X, helper", ""),
        ("'''https://example.com'''", ""),
        ("open('written.csv', 'w')", ""),
        ("print 'python 2'", "syntax:"),
        ("import no_such_package", "import: no_such_package"),
        ("import requests", "network: imports requests"),
        ("self.download('x')", "network: download"),
        ("self.url = 'https://example.com/x.csv'", "network: https://example.com/x.csv"),
        ("self.AddOption('SPY')", "derivatives: AddOption"),
        ("self.add_future(Futures.Indices.SP_500_E_MINI)", "derivatives: "),
        ("self.option_chain(x)", "derivatives: option_chain"),
        ("self.add_data(TiingoNews, 'AAPL')", "files: TiingoNews is a data set"),
        ("pd.read_csv('not_there.csv')", "files: not_there.csv is not there"),
        ("import neighbour", "network: imports requests"),
    ],
)
def test_what_could_run(tmp_path, line, reason):
    """Syntax, imports and files are there, no network is asked, no options and futures."""
    (tmp_path / "helper.py").write_text("import helper\n")
    (tmp_path / "neighbour.py").write_text("import requests\n")
    file = tmp_path / "mine.py"
    file.write_text(HEAD + line + "\n")
    assert why_not(file).startswith(reason) if reason else not why_not(file)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"status": "Completed"}, "runs"),
        ({"status": "Completed", "untold": ["a.zip"]}, "fails"),
        ({"status": "RuntimeError", "error": "x", "kind": "ZeroDivisionError", "users_line": True}, "could not run"),
        ({"status": "RuntimeError", "error": "x", "kind": "ZeroDivisionError", "users_line": False}, "fails"),
        ({"status": "RuntimeError", "error": "x", "kind": "NameError", "users_line": True, "known": True}, "fails"),
        (
            {"status": "RuntimeError", "error": "x", "kind": "NameError", "users_line": True, "known": False},
            "could not run",
        ),
        ({"status": "RuntimeError", "error": "x", "kind": "KeyError", "users_line": True, "is_ours": True}, "fails"),
        ({"status": "Running", "error": "x"}, "fails"),
    ],
)
def test_what_runs(answer, verdict):
    """The end as completed, with what was missing told; an error of the engine's is a failure."""
    assert judge({"error": "", **answer})[0] == verdict


def test_the_files_are_those_that_define_an_algorithm_and_are_counted(tmp_path):
    """In folders too; the share is of those that could run."""
    (tmp_path / "a").mkdir()
    for name, text in (
        ("a/x.py", HEAD),
        ("y.py", "class A(AlphaModel): pass"),
        ("z.py", "class B(IF, QCAlgorithm): x"),
    ):
        (tmp_path / name).write_text(text)
    files = algorithm_files(tmp_path)
    assert [file.name for file in files] == ["x.py", "z.py"]
    runs = [WildRun(files[0], verdict, "syntax: x") for verdict in ("runs", "runs", "fails", "could not run")]
    assert wild_summary(runs) == [
        "4 files; LEAN could run 3 of them on this data; 2 run (66.7%)",
        "  could not run, syntax: 1",
    ]
