"""Two results beside each other."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from tests.report.pages import data_of

from leanib.cli.main import main
from leanib.operations.compare import compare, load_run

ORDER = {
    "id": 1, "type": 0, "status": 3, "quantity": 10.0, "price": 100.0, "value": 1000.0, "tag": "",
    "time": "2013-10-07T14:00:00Z", "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X"},
}  # fmt: skip
RESULT = {
    "statistics": {"Total Orders": "3", "Net Profit": "1.50%", "Total Fees": "$3.00", "Lowest Capacity Asset": "SPY"},
    "orders": {str(n): {**ORDER, "id": n} for n in (1, 2, 3)},
    "charts": {"Strategy Equity": {"series": {"Equity": {"values": [[100, 1, 1, 1, 1000.0], [200, 1, 1, 1, 1010.0]]}}}},
}


@pytest.fixture
def results(tmp_path):
    """Writes two results, the second one changed; their folders."""

    def write(change=lambda _result: None):
        folders = []
        for name in ("embedded", "lean"):
            result = copy.deepcopy(RESULT)
            if name == "lean":
                change(result)
            folder = tmp_path / name
            folder.mkdir(exist_ok=True)
            (folder / "1.json").write_text(json.dumps(result))
            (folder / "1-summary.json").write_text("{}")
            folders.append(folder)
        return folders

    return write


def _compared(folders, tolerance=0.0):
    return compare(load_run(folders[0]), load_run(folders[1]), tolerance)


def test_equal_results_agree(results):
    """Nothing differs between a result and its copy."""
    found = _compared(results())
    assert not found.differs
    assert found.equity_gap == 0


def test_statistics_are_compared_as_numbers(results):
    """A figure differs beyond the tolerance only; a text differs when it is another; a missing one differs."""

    def change(result):
        result["statistics"] = {"Total Orders": "3", "Net Profit": "1.51%", "Lowest Capacity Asset": "IBM"}

    strict = {row.name for row in _compared(results(change)).rows if row.differs}
    loose = {row.name for row in _compared(results(change), 0.01).rows if row.differs}
    assert strict == {"Net Profit", "Total Fees", "Lowest Capacity Asset"}
    assert loose == {"Total Fees", "Lowest Capacity Asset"}


def test_the_first_differing_order_is_named_with_its_context(results):
    """Position, fields and the orders before it."""

    def change(result):
        result["orders"]["2"]["quantity"] = 11.0
        result["orders"]["3"]["price"] = 5.0

    divergence = _compared(results(change)).divergence
    assert (divergence.position, divergence.fields) == (1, ("quantity",))
    assert [order["id"] for order in divergence.before] == [1]


def test_a_missing_order_is_a_difference(results):
    """One run traded less."""
    divergence = _compared(results(lambda result: result["orders"].pop("3"))).divergence
    assert (divergence.position, divergence.fields, divergence.right) == (2, ("missing",), None)


def test_the_equity_curves_are_compared_where_both_have_points(results):
    """The largest gap and its time; curves without a common time differ wholly."""

    def change(result):
        result["charts"]["Strategy Equity"]["series"]["Equity"]["values"][1] = [200, 1, 1, 1, 1111.0]

    found = _compared(results(change), 0.05)
    assert found.gap_at == 200
    assert found.equity_gap == pytest.approx(101 / 1111)
    assert found.differs

    def move(result):
        result["charts"]["Strategy Equity"]["series"]["Equity"]["values"] = [[300, 1000.0]]

    assert _compared(results(move)).equity_gap == 1


def test_the_command_prints_writes_and_judges(results, tmp_path, capsys):
    """Exit code 1 and a page with both curves when the runs differ, 0 when they agree, 2 for what is no result."""
    page = tmp_path / "page.html"

    def change(result):
        result["orders"]["2"]["quantity"] = 11.0
        result["orders"]["2"]["tag"] = "</script>"

    left, right = results(change)
    assert main(["compare", str(left), str(right), "--output", str(page)]) == 1
    assert "number 2, in tag, quantity" in capsys.readouterr().out
    text = page.read_text()
    assert data_of(text)["curves"][0]["y"] == [1000.0, 1010.0]
    assert any("</script>" in line for line in data_of(text)["orders"])
    assert text.count("</script") == 3
    assert main(["compare", str(left), str(left), "--no-page"]) == 0
    assert main(["compare", str(left), str(tmp_path / "nothing")]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_a_live_runs_folder_has_one_result(tmp_path: Path) -> None:
    """The files of its days and hours are not taken for it."""
    from leanib.report import find_result

    day = "L-3-2013-02-26"
    for name in ("L-3", f"{day}_minute", f"{day}_10minute", f"{day}-10_second_Strategy%20Equity"):
        (tmp_path / f"{name}.json").write_text("{}")
    assert find_result(tmp_path).name == "L-3.json"


def test_times_are_compared_to_the_second() -> None:
    """Milliseconds between an order and its fill are no difference; a second is."""
    from leanib.operations.compare import _second

    assert _second("2013-02-25T16:00:00Z") == _second("2013-02-25T16:00:00.000123Z")
    assert _second("2013-02-25T16:00:00Z") == _second("2013-02-25T15:59:59.9991Z")
    assert _second("2013-02-25T16:00:00Z") != _second("2013-02-25T16:00:01Z")
    assert _second(None) is None
