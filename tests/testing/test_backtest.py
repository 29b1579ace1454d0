"""Algorithms in tests: a class or a file, over built data, asked about everything that it did."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from AlgorithmImports import *  # noqa: F403
from leanib.errors import DataError, UsageError
from leanib.testing.snapshot import OrderSnapshot

SOURCE = """\
from AlgorithmImports import *

class Dip(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2024, 1, 2)
        self.set_end_date(2024, 1, 8)
        self.spy = self.add_equity("SPY", Resolution.DAILY).symbol

    def on_data(self, data):
        if self.spy in data.bars and data.bars[self.spy].close < 96:
            self.market_order(self.spy, int(self.get_parameter("size", "10")), tag="dip")
"""


class Dip(QCAlgorithm):  # noqa: F405
    """Buys when the price is low; the moment and the price stand in its log."""

    def initialize(self) -> None:
        self.set_start_date(2024, 1, 2)
        self.set_end_date(2024, 1, 8)
        self.spy = self.add_equity("SPY", Resolution.DAILY).symbol  # noqa: F405
        self.set_benchmark(lambda _: 1)

    def on_data(self, data: Any) -> None:
        if self.spy in data.bars:
            self.plot("Prices", "Close", data.bars[self.spy].close)
            if data.bars[self.spy].close < 96:
                self.log(f"a dip to {data.bars[self.spy].close}")
                self.market_order(self.spy, 10)


PRICES = [100, 101, 95, 97, 98]


def test_a_class_in_the_test_over_built_data(lean_data: Any, run_algorithm: Any) -> None:
    """Orders, fills, holdings, cash, logs and charts; with daily bars the next open is told at the next close."""
    lean_data.bars("SPY", "2024-01-02", PRICES)
    run = run_algorithm(Dip, lean_data)
    [order] = run.orders
    assert (order.symbol, order.quantity, order.status, order.type) == ("SPY", 10, "FILLED", "MARKET_ON_OPEN")
    [fill] = run.fills
    assert (fill.price, fill.quantity, fill.time) == (97, 10, datetime(2024, 1, 5, 21, 0))
    assert run.holdings == {"SPY": 10}
    assert run.value == pytest.approx(run.cash + 10 * 98)
    assert run.logs == ["2024-01-04 16:00:00 a dip to 95.0"]
    assert [value for _, value in run.charts["Prices"]["Close"]] == PRICES
    assert run.statistics["Total Orders"] == "1"
    assert run.missing_data == []
    assert run.error is None


def test_a_file_with_parameters_and_days_of_ones_own(lean_data: Any, run_algorithm: Any, tmp_path: Path) -> None:
    """A file or a project folder; what it says of dates and parameters is overridden."""
    lean_data.bars("SPY", "2024-01-02", PRICES)
    file = tmp_path / "dip" / "main.py"
    file.parent.mkdir()
    file.write_text(SOURCE)
    run = run_algorithm(file.parent, lean_data, parameters={"size": 3}, end=datetime(2024, 1, 5))
    assert run.holdings == {"SPY": 3}
    assert run.orders[0].tag.startswith("dip")
    assert run_algorithm(str(file), lean_data, end=datetime(2024, 1, 4)).holdings == {}


def test_a_run_takes_well_under_a_second(lean_data: Any, run_algorithm: Any) -> None:
    """Of this process's own time, the engine being imported already; a year of days."""
    lean_data.bars("SPY", "2023-01-03", [100 + day % 7 for day in range(250)])
    began = process_time()
    run_algorithm(Dip, lean_data, start=datetime(2023, 1, 3), end=datetime(2023, 12, 29))
    assert process_time() - began < 1.5


def test_an_error_of_the_algorithm_is_the_tests(lean_data: Any, run_algorithm: Any) -> None:
    """With its own traceback; unless the test wants to look at it."""

    class Broken(Dip):
        def on_data(self, data: Any) -> None:
            raise KeyError("mine")

    lean_data.bars("SPY", "2024-01-02", PRICES)
    with pytest.raises(KeyError, match="mine") as caught:
        run_algorithm(Broken, lean_data)
    assert any(entry.name == "on_data" for entry in caught.traceback)
    assert isinstance(run_algorithm(Broken, lean_data, raises=False).error, KeyError)


def test_what_is_missing_is_told(lean_data: Any, run_algorithm: Any) -> None:
    """A ticker that nobody built."""
    lean_data.bars("AAPL", "2024-01-02", PRICES)
    assert any("SPY" in line for line in run_algorithm(Dip, lean_data).missing_data)
    with pytest.raises(UsageError, match="does not exist"):
        run_algorithm("algorithms/none.py", lean_data)


def test_the_sample_data_are_there_without_a_folder(run_algorithm: Any) -> None:
    """A strategy of the repository, over days that its data have."""
    folder = Path(__file__).parents[2] / "algorithms" / "hourly_breakout"
    run = run_algorithm(folder, start=datetime(2010, 1, 4), end=datetime(2010, 2, 26))
    assert run.orders


def test_a_snapshot_of_the_orders(lean_data: Any, run_algorithm: Any, tmp_path: Path) -> None:
    """Without one the remedy is told; an update writes it; other orders are shown as a difference."""
    run = run_algorithm(Dip, lean_data.bars("SPY", "2024-01-02", PRICES))
    compare = OrderSnapshot(tmp_path / "snapshots", "test_dip")
    with pytest.raises(DataError, match="--snapshot-update"):
        compare(run)
    OrderSnapshot(tmp_path / "snapshots", "test_dip", update=True)(run)
    compare(run)
    assert "FILLED" in (tmp_path / "snapshots" / "test_dip.txt").read_text()
    other = run_algorithm(Dip, lean_data.bars("SPY", "2024-01-05", [93]))
    with pytest.raises(AssertionError, match=r"\+ +2 "):
        compare(other)


def test_the_fixture_of_the_snapshot_is_named_after_the_test(request: Any, order_snapshot: Any) -> None:
    """And lies beside it."""
    assert order_snapshot._folder == request.path.parent / "snapshots"
    assert order_snapshot._name == f"test_backtest-{request.node.name}"
