"""`leanib benchmark`: the data is the same everywhere, each benchmark does what it says, a loss is told."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pytest

from leanib.benchmark import algorithms, data
from leanib.benchmark.cases import Case, all_cases, chosen
from leanib.benchmark.document import table, write_table
from leanib.benchmark.runner import Measured, compare, read_measured, write_measured
from leanib.cli.main import main
from leanib.engine.core.engine import Job, run_backtest
from leanib.errors import UsageError

CASE = Case("one", "a thing", "own", "Minutes", "minute")


def measured(cpu: float) -> Measured:
    """Something that took so much."""
    parts = {"imports": 0.3, "results": 0.1}
    return Measured(points=1000, orders=1, wall=cpu, cpu=cpu, memory=80.0, calibration=0.5, **parts)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: Any) -> data.BenchmarkData:
    """Benchmark data of a few days and stocks."""
    for name in ("MANY", "DAILY", "COARSE_TICKERS"):
        monkeypatch.setattr(data, name, getattr(data, name)[:5])
    monkeypatch.setattr(data, "COARSE_SELECTED", 3)
    monkeypatch.setattr(data, "COARSE_DAYS", 3)
    original = data.BenchmarkData.days
    few = lambda self, start, count: original(self, start, min(count, 4))  # noqa: E731
    monkeypatch.setattr(data.BenchmarkData, "days", few)
    return data.BenchmarkData(tmp_path / "data")


def contents(root: Path) -> dict[str, bytes]:
    """The generated files."""
    return {str(file.relative_to(root)): file.read_bytes() for file in root.glob("equity/**/*") if file.is_file()}


def test_the_data_is_the_same_each_time_and_made_once(folder: data.BenchmarkData, tmp_path: Path) -> None:
    """Byte for byte; a part that is there is not made again."""
    told: list[str] = []
    other = data.BenchmarkData(tmp_path / "other", told.append)
    for part in ("minute", "second", "tick", "daily", "coarse"):
        folder.make(part)
        other.make(part)
    assert contents(folder.folder) == contents(other.folder)
    assert len(told) == 5
    other.make("tick")
    assert len(told) == 5
    file = folder.folder / "equity/usa/minute/spy/20140102_trade.zip"
    with zipfile.ZipFile(file) as archive:
        assert len(archive.read(archive.namelist()[0]).splitlines()) == 390
    assert [*folder.days(dt.date(2014, 1, 18), 2)] == [dt.date(2014, 1, 21), dt.date(2014, 1, 22)]


@pytest.mark.parametrize(
    ("name", "part", "orders"),
    [
        ("Minutes", "minute", 1),
        ("Seconds", "second", 0),
        pytest.param("Ticks", "tick", 0, marks=pytest.mark.slow),
        ("Ribbon", "minute", 0),
        ("Consolidators", "minute", 1),
        ("HistoryEachDay", "minute", 0),
        ("ScheduledEvents", "minute", 0),
        ("Orders", "minute", 3_000),
        ("Coarse", "coarse", 0),
    ],
)
def test_each_algorithm_runs_and_does_what_it_says(
    folder: data.BenchmarkData, name: str, part: str, orders: int
) -> None:
    """On a few days of its data."""
    folder.make(part)
    end = dt.date(2017, 1, 9) if part == "coarse" else dt.date(2014, 1, 7)
    run = run_backtest(getattr(algorithms, name), Job(folder.folder, end=end))
    assert run.error is None
    assert run.data_points > 10
    assert len(run.algorithm.transactions.get_orders()) >= orders


def test_a_loss_is_looked_at_again_before_it_is_one() -> None:
    """Noise that goes away is none; what stays is told with both figures."""
    looks = iter([measured(2.0), measured(1.05), measured(2.0), measured(1.9)])
    found = {"one": measured(1.2)}
    assert compare([CASE], found, {"one": measured(1.0)}, lambda _case: next(looks)) == []
    assert found["one"].cal == pytest.approx(2.1)
    found = {"one": measured(2.0)}
    sentences = compare([CASE], found, {"one": measured(1.0)}, lambda _case: next(looks))
    assert sentences == ["one takes 3.80 cal, 90% more than 2.00"]


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    """And what cannot be is one sentence."""
    file = tmp_path / "kept.json"
    write_measured(file, {"one": measured(1.0)})
    assert read_measured(file) == {"one": measured(1.0)}
    file.write_text("[1]")
    with pytest.raises(UsageError, match="is not what `leanib benchmark --output` writes"):
        read_measured(file)
    with pytest.raises(UsageError, match="none of these benchmarks"):
        compare([CASE], {"one": measured(1.0)}, {"other": measured(1.0)}, lambda _case: measured(1.0))


def test_the_table_is_put_between_its_marks(tmp_path: Path) -> None:
    """What stands around it stays."""
    file = tmp_path / "B.md"
    file.write_text("before\n<!-- leanib benchmark -->\nold\n<!-- /leanib benchmark -->\nafter\n")
    write_table(file, table([CASE], {"one": measured(1.0)}))
    text = file.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "| one | a thing | 1,000 | 1,000 | 1.00 | 1.00 | 2.0 | 0.6 | 0.2 | 80 |" in text
    assert "old" not in text


def test_names_and_folders_that_are_none(tmp_path: Path) -> None:
    """A sentence that says what there is."""
    with pytest.raises(UsageError, match="there is no benchmark 'x'; there are start-up, minutes"):
        chosen(all_cases(tmp_path, None), ["x"])
    with pytest.raises(UsageError, match="is not a LEAN checkout"):
        all_cases(tmp_path, tmp_path)


@pytest.mark.slow
def test_the_command_runs_one_and_fails_on_a_loss(tmp_path: Path, capsys: Any) -> None:
    """Exit code 1, with a sentence; the figures are kept."""
    words = ["benchmark", "--only", "coarse", "--cache", str(tmp_path / "data"), "--output", str(tmp_path / "now.json")]
    assert main(words) == 0
    now = read_measured(tmp_path / "now.json")["coarse"]
    assert now.points > 400_000
    write_measured(tmp_path / "old.json", {"coarse": Measured(1, 1, 0.01, 0.01, 1.0, 1.0)})
    assert main([*words, "--against", str(tmp_path / "old.json")]) == 1
    assert "more than 0.01" in capsys.readouterr().err
