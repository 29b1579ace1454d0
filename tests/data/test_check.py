"""The check finds what is wrong with a data folder, and mends what needs no guess."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from pathlib import Path

import pytest

from leanib.cli.main import main
from leanib.data.check import check_folder, fix_folder
from leanib.data.reader import read_trade_bars
from leanib.data.writer import write_zip

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def folder(tmp_path):
    """A data folder with the two databases, a stock's map and factor file, and no prices."""
    for name in ("market-hours", "symbol-properties"):
        shutil.copytree(DATA / name, tmp_path / name)
    for name, text in (("map_files", "20121231,abc\n20501231,abc\n"), ("factor_files", "20121231,1,1\n20501231,1,1\n")):
        (tmp_path / "equity/usa" / name).mkdir(parents=True)
        (tmp_path / "equity/usa" / name / "abc.csv").write_text(text)
    return tmp_path


def daily(folder, *lines):
    """Write one stock's daily file."""
    write_zip(folder / "equity/usa/daily/abc.zip", {"abc.csv": lines})
    return folder / "equity/usa/daily/abc.zip"


def minutes(folder, day, *lines, side="trade"):
    """Write one stock's minutes of a day."""
    path = folder / f"equity/usa/minute/abc/{day}_{side}.zip"
    write_zip(path, {f"{day}_abc_minute_{side}.csv": lines})
    return path


def found(folder, jobs=0):
    """Every problem, as (is it an error, its text)."""
    return [(problem.is_error, problem.text) for problem in check_folder(folder, jobs)]


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
    [(is_error, text)] = [one for one in found(folder) if one[0]]
    assert is_error
    assert says in text
    assert "abc.zip" in text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("34260000,10,9,12,11,100", "line 2: the high is below the low"),
        ("34200000,10,12,9,11,100", "line 2: the time is not after the line before"),
        ("34260000,10,12", "line 2: 3 columns where 6 are needed"),
        ("34260000,10,12,9,x,100", "line 2: not a number"),
    ],
)
def test_bad_lines_of_one_day_among_many(folder, line, says):
    """Days that are read together: the file and its own line are named, and the others are sound."""
    for day in ("20130102", "20130104"):
        minutes(folder, day, "34200000,10,12,9,11,100", "34260000,10,12,9,11,100")
    minutes(folder, "20130103", "34200000,10,12,9,11,100", line)
    [(is_error, text)] = found(folder)
    assert is_error
    assert "20130103_trade.zip, " + says in text


def test_missing_days(folder):
    """A trading day without data is a warning; a holiday is not."""
    daily(folder, "20121231 00:00,10,12,9,11,100", "20130103 00:00,10,12,9,11,100")
    [(is_error, text)] = found(folder)
    assert not is_error
    assert "no data on 1 trading day: 2013-01-02" in text


def test_missing_minute_file(folder):
    """A day's file that is missing between two others is a warning."""
    for day in ("20130102", "20130104"):
        minutes(folder, day, "34200000,10,12,9,11,100")
    [(_, text)] = found(folder)
    assert text == "equity/usa/minute/abc (trade): no data on 1 trading day: 2013-01-03"


def test_short_days(folder):
    """A day with less than half of the bars that its series has is a warning; so is none of a series full of holes."""
    whole = [f"{(570 + n) * 60000},10,12,9,11,100" for n in range(390)]
    for day in ("20130102", "20130103", "20130104", "20130107", "20130108"):
        minutes(folder, day, *whole)
    minutes(folder, "20130109", *whole[:100])
    [(is_error, text)] = found(folder)
    assert not is_error
    assert "less than half of its usual 390 bars a day 100 bars on 2013-01-09" in text


def test_crossed_quotes_outliers_and_closed_hours(folder):
    """One warning a series each, with the first line, and how many there are."""
    quote = "34200000,9,9,9,9,1,10,10,10,10,1"
    crossed = "34260000,11,11,11,11,1,10,10,10,10,1"
    minutes(folder, "20130102", quote, crossed, side="quote")
    minutes(folder, "20130103", quote, crossed, side="quote")
    lines = [f"{(570 + n) * 60000},100000,120000,90000,110000,100" for n in range(5)]
    lines[2] = lines[2].replace("120000", "990000")
    minutes(folder, "20130102", *lines)
    minutes(folder, "20130103", "7200000,100000,120000,90000,110000,100", *lines[:2])
    texts = {text for is_error, text in found(folder) if not is_error}
    assert any("_quote.zip, line 2 (and 1 more lines in 2 files): the bid is above the ask" in text for text in texts)
    assert any("20130102_trade.zip, line 3: a price is far" in text for text in texts)
    assert any("line 1: the market is closed then; are the times in America/New_York?" in text for text in texts)
    assert len(texts) == 3


def test_a_step_that_stays_is_no_outlier_but_may_be_a_split(folder):
    """Half the price from one day to the next: told, until the factor file has it."""
    before, after = "100000,120000,90000,110000,100", "55000,60000,45000,55000,100"
    daily(folder, f"20130102 00:00,{before}", f"20130103 00:00,{before}", f"20130104 00:00,{after}")
    [(is_error, text)] = found(folder)
    assert not is_error
    assert "prices step on 2013-01-04 as in a split of 2 for 1" in text
    (folder / "equity/usa/factor_files/abc.csv").write_text("20130102,1,0.5,1\n20130103,1,0.5,11\n20501231,1,1,0\n")
    assert found(folder) == []


def test_prices_of_options_may_leap(folder):
    """An option's price halves and doubles with every turn of its underlying."""
    lines = ("20130103 00:00,100,120,90,100,5", "20130104 00:00,300,900,200,800,5", "20130107 00:00,90,90,90,90,5")
    entry = "abc_trade_american_call_1000000_20130119.csv"
    write_zip(folder / "option/usa/daily/abc_2013_trade_american.zip", {entry: lines})
    assert found(folder) == []


def test_missing_map_and_factor_files(folder):
    """Named once each, with the stocks that lack them."""
    daily(folder, "20130103 00:00,10,12,9,11,100")
    shutil.rmtree(folder / "equity/usa/map_files")
    shutil.rmtree(folder / "equity/usa/factor_files")
    texts = [text for _, text in found(folder)]
    assert ["map file of 1 stock is missing" in texts[0], "factor file of 1 stock is missing" in texts[1]] == [True] * 2


def test_truncated_zip_and_exit_codes(folder, capsys):
    """A truncated zip is an error: exit code 1; no folder at all: 2; a good folder: 0."""
    assert main(["data", "check", str(folder)]) == 0
    path = daily(folder, "20130103 00:00,10,12,9,11,100")
    path.write_bytes(path.read_bytes()[:50])
    assert main(["data", "check", str(folder)]) == 1
    assert "abc.zip is not a complete zip file" in capsys.readouterr().out
    assert main(["data", "check", str(folder / "nowhere")]) == 2


def test_a_flipped_bit_is_found(folder):
    """The checksum of a day's file is looked at on the quick way too."""
    path = minutes(folder, "20130102", *[f"{(570 + n) * 60000},{n},{n},{n},{n},{n * 7}" for n in range(390)])
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    [(is_error, text)] = found(folder)
    assert is_error
    assert "is damaged" in text


def test_broken_databases(folder):
    """A database that cannot be read is an error."""
    (folder / "market-hours/market-hours-database.json").unlink()
    (folder / "symbol-properties/symbol-properties-database.csv").write_text("market,symbol,type\nusa,A\n")
    texts = [text for is_error, text in found(folder) if is_error]
    assert len(texts) == 2


def test_several_processes_find_the_same(folder):
    """In the same order."""
    for number in range(9):
        name = f"x{number}"
        write_zip(folder / f"equity/usa/daily/{name}.zip", {"x.csv": ["20130103 00:00,10,9,12,11,100"]})
    assert found(folder, 2) == found(folder, 1)
    assert sum(is_error for is_error, _ in found(folder, 2)) == 9


def test_fix_mends_what_needs_no_guess_and_keeps_the_old_files(folder, capsys):
    """Order and doubles; a zip that cannot be read goes aside; half files of killed programs go; the rest stays."""
    a, b = "34200000,10,12,9,11,100", "34260000,11,12,9,11,100"
    mixed = minutes(folder, "20130102", b, a, a)
    bad = minutes(folder, "20130103", a, b)
    bad.write_bytes(bad.read_bytes()[:40])
    wrong = minutes(folder, "20130104", a, "34260000,10,9,12,11,100")
    part = mixed.with_name(".x.zip.123-4.part")
    part.write_bytes(b"half")
    os.utime(part, (time.time() - 7200,) * 2)
    assert main(["data", "check", str(folder), "--fix"]) == 1  # a person must mend the impossible bar
    out = capsys.readouterr().out
    assert out.count("mended: ") == 3
    assert "1 error, 1 warning left" in out
    bars = read_trade_bars(mixed, dt.date(2013, 1, 2), 10000)
    assert bars.volume.tolist() == [100, 100]
    assert (bars.time[1:] > bars.time[:-1]).all()
    assert mixed.with_name(f"{mixed.name}.old").is_file()
    assert [bad.exists(), bad.with_name(f"{bad.name}.old").exists(), part.exists()] == [False, True, False]
    assert wrong.is_file()


def test_two_different_bars_of_one_time_are_left_to_a_person(folder):
    """Which of them is right is not guessed."""
    path = minutes(folder, "20130102", "34200000,10,12,9,11,100", "34200000,10,12,9,11,200")
    before = path.read_bytes()
    assert list(fix_folder(folder, check_folder(folder))) == []
    assert path.read_bytes() == before
