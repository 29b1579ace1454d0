"""The check finds what is wrong with a data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from leanib.cli.main import main
from leanib.data.check import check_folder
from leanib.data.writer import write_zip

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def folder(tmp_path):
    """A data folder with the two databases and no prices."""
    for name in ("market-hours", "symbol-properties"):
        shutil.copytree(DATA / name, tmp_path / name)
    return tmp_path


def daily(folder, *lines):
    """Write one stock's daily file."""
    write_zip(folder / "equity/usa/daily/abc.zip", {"abc.csv": lines})


def found(folder):
    """Every problem, as (is it an error, its text)."""
    return [(problem.is_error, problem.text) for problem in check_folder(folder)]


def test_good_folder(folder):
    """Two good bars on two trading days are no problem."""
    daily(folder, "20130103 00:00,10,12,9,11,100", "20130104 00:00,10,12,9,11,100")
    assert found(folder) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("20130104 00:00,10,9,12,11,100", "line 2: the high is below the low"),
        ("20130104 00:00,10,12,9,13,100", "line 2: the open or close is outside high and low"),
        ("20130102 00:00,10,12,9,11,100", "line 2: the time is not after the line before"),
        ("20130104 00:00,10,12,9,11,-1", "line 2: the volume is negative"),
        ("20130104 00:00,10,12", "line 2: 3 columns where 6 are needed"),
    ],
)
def test_bad_lines(folder, line, says):
    """Each kind of bad line is an error that names the file and the line."""
    daily(folder, "20130103 00:00,10,12,9,11,100", line)
    [(is_error, text)] = found(folder)
    assert is_error
    assert says in text
    assert "abc.zip" in text


def test_missing_days(folder):
    """A trading day without data is a warning; a holiday is not."""
    daily(folder, "20121231 00:00,10,12,9,11,100", "20130103 00:00,10,12,9,11,100")
    [(is_error, text)] = found(folder)
    assert not is_error
    assert "no data on 1 trading day: 2013-01-02" in text


def test_missing_minute_file(folder):
    """A day's file that is missing between two others is a warning."""
    for day in ("20130102", "20130104"):
        write_zip(folder / f"equity/usa/minute/abc/{day}_trade.zip", {"a.csv": ["34200000,10,12,9,11,100"]})
    [(_, text)] = found(folder)
    assert text == "equity/usa/minute/abc (trade): no data on 1 trading day: 2013-01-03"


def test_truncated_zip_and_exit_codes(folder, capsys):
    """A truncated zip is an error: exit code 1; no folder at all: 2; a good folder: 0."""
    assert main(["data", "check", str(folder)]) == 0
    daily(folder, "20130103 00:00,10,12,9,11,100")
    path = folder / "equity/usa/daily/abc.zip"
    path.write_bytes(path.read_bytes()[:50])
    assert main(["data", "check", str(folder)]) == 1
    assert "abc.zip is not a complete zip file" in capsys.readouterr().out
    assert main(["data", "check", str(folder / "nowhere")]) == 2


def test_broken_databases(folder):
    """A database that cannot be read is an error."""
    (folder / "market-hours/market-hours-database.json").unlink()
    (folder / "symbol-properties/symbol-properties-database.csv").write_text("market,symbol,type\nusa,A\n")
    texts = [text for is_error, text in found(folder) if is_error]
    assert len(texts) == 2
