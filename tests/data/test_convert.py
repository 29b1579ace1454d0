"""LEAN's files become Parquet, DuckDB, CSV and frames, and come back as they were; the folder tells what it is."""

from __future__ import annotations

import builtins
import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from leanib.cli.main import main
from leanib.data.convert import choose_series, export, import_file
from leanib.data.frames import read_frame, write_frame
from leanib.data.info import folder_info
from leanib.data.series_files import all_files, read_columns, series_files
from leanib.data.sources import Series, SourceNote, write_note
from leanib.data.writer import write_zip
from leanib.errors import DataError

DATA = Path(__file__).parents[2] / "data"
AAPL = Series("equity", "usa", "aapl", "minute", "trade")


@pytest.fixture
def source(tmp_path):
    """A part of the sample data: days, hours, minutes, seconds and ticks; stocks, currencies, coins, an index."""
    folder = tmp_path / "source"
    for name in ("market-hours", "crypto/coinbase/daily", "forex/oanda/minute", "index/usa", "equity/usa/second"):
        shutil.copytree(DATA / name, folder / name)
    for name in ("equity/usa/daily/ibm.zip", "forex/oanda/daily/usdjpy.zip", "equity/usa/hour/fb.zip"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DATA / name, folder / name)
    for path in DATA.glob("equity/usa/*/aapl/2013022[78]_*.zip"):
        target = folder / path.relative_to(DATA)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return folder


def fresh(tmp_path, source):
    """A folder with nothing but the market hours."""
    folder = tmp_path / "back"
    shutil.copytree(source / "market-hours", folder / "market-hours")
    return folder


def assert_same(back, source):
    """Every price file of the one is in the other, with the same rows."""
    mine, theirs = ({file.path.relative_to(root): file for file in all_files(root)} for root in (back, source))
    assert set(mine) == set(theirs)
    for name, file in theirs.items():
        rows, same = read_columns(mine[name]), read_columns(file)
        for column in type(same).__slots__:
            assert np.array_equal(getattr(rows, column), getattr(same, column)), (name, column)


@pytest.mark.slow
def test_a_database_and_back_is_the_folder(tmp_path, source):
    """DuckDB takes all layouts; every file comes back with its rows, and its bytes."""
    target, back = tmp_path / "all.duckdb", fresh(tmp_path, source)
    assert main(["data", "convert", str(source), str(target)]) == 0
    assert main(["data", "convert", str(target), str(back)]) == 0
    assert_same(back, source)
    for file in all_files(source):
        import zipfile

        there = back / file.path.relative_to(source)
        with zipfile.ZipFile(there) as mine, zipfile.ZipFile(file.path) as theirs:
            assert mine.namelist() == theirs.namelist()
            assert mine.read(mine.namelist()[0]) == theirs.read(theirs.namelist()[0])


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
@pytest.mark.parametrize(("resolution", "tick_type"), [("minute", "quote"), ("tick", "trade"), ("daily", "trade")])
def test_one_layout_and_back(tmp_path, source, suffix, resolution, tick_type, capsys):
    """Parquet and CSV take one layout; the rows come back as they were."""
    target, back = tmp_path / f"rows{suffix}", fresh(tmp_path, source)
    words = ["--resolution", resolution, "--tick-type", tick_type]
    assert main(["data", "convert", str(source), str(target), *words]) == 0
    assert main(["data", "convert", str(target), str(back)]) == 0
    capsys.readouterr()
    for series in {file.series for file in all_files(source)}:
        if (series.resolution, series.tick_type) == (resolution, tick_type):
            for mine, theirs in zip(series_files(back, series), series_files(source, series), strict=True):
                assert read_columns(mine).time.tolist() == read_columns(theirs).time.tolist()
    mixed = main(["data", "convert", str(source), str(tmp_path / f"mixed{suffix}")])
    assert mixed == 2
    assert "write a .duckdb" in capsys.readouterr().err


def test_a_frame_states_its_columns_and_its_zone(source):
    """What a notebook gets."""
    frame = read_frame(source, AAPL)
    assert list(frame.columns[:7]) == [
        "security_type", "market", "ticker", "resolution", "tick_type", "time_zone", "time",
    ]  # fmt: skip
    assert set(frame["time_zone"]) == {"America/New_York"}
    assert len(frame) == 2 * 390
    import datetime as dt

    day = dt.date(2013, 2, 28)
    assert len(read_frame(source, AAPL, day, day)) == 390


def test_rows_that_are_there_are_not_lost(tmp_path, source):
    """The same rows are no change; others need --replace, and the old file is kept."""
    frame = read_frame(source, AAPL)
    assert write_frame(source, frame) == [(AAPL, 780)]
    frame.loc[0, "close"] = frame.loc[0, "high"]
    with pytest.raises(DataError, match="give --replace"):
        write_frame(source, frame)
    write_frame(source, frame, replace=True)
    assert len(list(source.rglob("*.zip.old"))) == 1
    assert read_frame(source, AAPL).loc[0, "close"] == frame.loc[0, "high"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda frame: frame.drop(columns="volume"), "lack the column volume"),
        (lambda frame: frame.drop(columns="market"), "lacks the column market"),
        (lambda frame: frame.assign(time_zone="UTC"), "are in UTC"),
        (lambda frame: frame.assign(time=frame["time"].dt.tz_localize("UTC")), "carry a time zone"),
        (lambda frame: frame.assign(close=float("nan")), "no number"),
        (lambda frame: frame.assign(security_type="option"), "is not converted"),
        (lambda frame: frame.assign(resolution="week"), "no resolution 'week'"),
        (lambda frame: frame.assign(ticker="../x"), "no ticker"),
    ],
)
def test_a_frame_that_is_none_of_ours_is_refused(tmp_path, source, change, sentence):
    """One sentence each, and nothing is written."""
    back = fresh(tmp_path, source)
    with pytest.raises(DataError, match=sentence):
        write_frame(back, change(read_frame(source, AAPL)))
    assert not list(back.rglob("*.zip"))


def test_files_that_are_none_of_ours_are_refused(tmp_path, source):
    """No Parquet, no database, nothing there, an unknown suffix, a target that exists."""
    for name in ("x.parquet", "x.duckdb"):
        (tmp_path / name).write_text("hello")
        with pytest.raises(DataError, match="that can be read"):
            import_file(tmp_path / name, tmp_path / "back")
    with pytest.raises(DataError, match="does not exist"):
        import_file(tmp_path / "none.parquet", tmp_path / "back")
    with pytest.raises(DataError, match="is none of"):
        export(source, [AAPL], tmp_path / "x.xlsx")
    with pytest.raises(DataError, match="is there already"):
        export(source, [AAPL], tmp_path / "x.parquet")
    with pytest.raises(DataError, match="no such series"):
        choose_series(source, lambda series: series.ticker == "nosuch")


def test_a_missing_package_is_named(tmp_path, source, monkeypatch):
    """The extra that brings it is in the sentence."""
    real = builtins.__import__
    for package in ("pyarrow", "pyarrow.parquet", "duckdb"):
        monkeypatch.setitem(sys.modules, package, None)
    assert builtins.__import__ is real
    for name in ("x.parquet", "x.duckdb"):
        with pytest.raises(DataError, match=r"pip install 'leanib\[convert\]'"):
            export(source, [AAPL], tmp_path / name)
    assert not list(tmp_path.glob(".x*"))


def test_info_knows_every_contract_of_a_zip(tmp_path):
    """The first and the last day of all entries, not of the first one."""
    path = tmp_path / "option/usa/daily/abc_2013_trade_american.zip"
    names = [f"abc_trade_american_call_{strike}_20130119.csv" for strike in (900000, 1000000, 1100000)]
    days = ("20130107", "20130103", "20130110")
    write_zip(path, {name: [f"{day} 00:00,1,1,1,1,5"] for name, day in zip(names, days, strict=True)})
    [line] = folder_info(tmp_path)
    assert (str(line.first), str(line.last)) == ("2013-01-03", "2013-01-10")


def test_info_tells_what_is_there(source, capsys):
    """Symbols, ranges, files, sizes and sources; as JSON too."""
    days = {"2013-02-28": "2026-11-29T10:00:00+00:00"}
    write_note(source, AAPL, SourceNote("Interactive Brokers", "split-adjusted", days))
    assert main(["data", "info", str(source), "--ticker", "AAPL", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    lines = {(row["resolution"], row["tick_type"]): row for row in rows}
    minutes = lines["minute", "trade"]
    assert (minutes["first"], minutes["last"], minutes["files"]) == ("2013-02-27", "2013-02-28", 2)
    assert minutes["source"] == "Interactive Brokers, split-adjusted (2013-02-28 to 2013-02-28), 2026-11-29"
    assert main(["data", "info", str(source)]) == 0
    out = capsys.readouterr().out
    assert "series of 10 symbols" in out or "symbols" in out
    assert "AAPL minute trade: Interactive Brokers, split-adjusted" in out
    assert main(["data", "info", str(source / "nowhere")]) == 2


def test_info_breaks_no_date_and_no_size_on_a_narrow_terminal(source, capsys, monkeypatch):
    """Eighty columns, whatever the longest name is."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["data", "info", str(source)]) == 0
    out = capsys.readouterr().out
    rows = [line for line in out.splitlines() if line.startswith(" AAPL")]
    assert len(rows) > 3
    for row in rows:
        assert re.search(r"20\d\d-\d\d-\d\d +20\d\d-\d\d-\d\d +\d+ +[\d.]+ k?B *$", row), row


def test_a_new_folder_gets_the_tables_that_it_needs(tmp_path, source, capsys):
    """By `convert` as by `import`: what was made is sound, and what it got besides is said."""
    bars = tmp_path / "xyz.csv"
    bars.write_text("date,open,high,low,close\n2024-01-02,1,2,1,2\n2024-01-03,2,3,2,2.5\n")
    assert main(["data", "import", str(bars), "--ticker", "XYZ", "--data-folder", str(tmp_path / "one")]) == 0
    frames = tmp_path / "ibm.csv"
    assert main(["data", "convert", str(source), str(frames), "--ticker", "IBM", "--resolution", "daily"]) == 0
    assert main(["data", "convert", str(frames), str(tmp_path / "two")]) == 0
    assert capsys.readouterr().err.count("taken from the sample data") == 2
    for folder in ("one", "two"):
        assert main(["data", "check", str(tmp_path / folder)]) == 0, capsys.readouterr().out
    assert main(["data", "import", str(bars), "--ticker", "ABC", "--data-folder", str(tmp_path / "one")]) == 0
    assert "taken from" not in capsys.readouterr().err
