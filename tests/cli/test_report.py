"""`leanib report` draws a result that is there already."""

import json

import pytest

from leanib.cli.main import main


@pytest.fixture
def folder(tmp_path):
    """A folder as a backtest leaves it."""
    (tmp_path / "Mine.json").write_text(json.dumps({"charts": {}, "state": {"Name": "Mine"}}))
    for name in ("Mine-summary.json", "Mine-order-events.json", "data-monitor-report-1.json"):
        (tmp_path / name).write_text("{}")
    return tmp_path


def test_the_result_in_a_folder_is_found_and_drawn(capsys, folder):
    """The one result among LEAN's files."""
    assert main(["report", str(folder)]) == 0
    assert "<title>Mine</title>" in (folder / "report.html").read_text()
    assert capsys.readouterr().out == f"report: {folder / 'report.html'}\n"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("nowhere", None, "does not exist"),
        ("bad.json", "{", "is not JSON"),
        ("Mine-summary.json", "[]", "is not the result of a backtest"),
        ("Mine.json", '{"charts": {}, "orders": {"1": {"id": 1}}}', "is damaged, or not as LEAN writes results"),
        ("Mine.json", '{"charts": {"Benchmark": 3}}', "is damaged, or not as LEAN writes results"),
    ],
)
def test_what_is_no_result_is_one_sentence(capsys, folder, name, text, sentence):
    """And code 2."""
    if text is not None:
        (folder / name).write_text(text)
    assert main(["report", str(folder / name)]) == 2
    assert sentence in capsys.readouterr().err


def test_two_results_have_to_be_told_apart(capsys, folder):
    """Which one is meant?"""
    (folder / "Other.json").write_text("{}")
    assert main(["report", str(folder)]) == 2
    assert "holds 2 result files" in capsys.readouterr().err


def test_lean_s_names_do_the_same(capsys, folder):
    """`lean report --backtest-results FILE --report-destination FILE`; one result is named, once."""
    target = folder / "there.html"
    words = ["--backtest-results", str(folder / "Mine.json"), "--report-destination", str(target)]
    assert main(["report", *words]) == 0
    assert "<title>Mine</title>" in target.read_text()
    assert main(["report"]) == 2
    assert main(["report", str(folder), *words]) == 2
    assert capsys.readouterr().err.count("leanib: name one result") == 2
