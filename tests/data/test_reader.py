"""Reading LEAN's price files."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leanib.data import (
    entry_names,
    read_open_interest,
    read_quote_bars,
    read_quote_ticks,
    read_trade_bars,
    read_trade_ticks,
)
from leanib.data.archive import read_entry
from leanib.data.numbers import decode_table
from leanib.data.writer import write_zip
from leanib.errors import DataError

DAY = dt.date(2013, 10, 7)


def zipped(folder: Path, *lines: str, name: str = "a.csv") -> Path:
    """A zip file with one entry of these lines."""
    path = folder / "file.zip"
    write_zip(path, {name: lines})
    return path


def test_minute_trade_bars(tmp_path):
    """Milliseconds become times of the day, and equity prices are divided by 10000."""
    bars = read_trade_bars(zipped(tmp_path, "34200000,1675400,1676400,1675300,1675900,165489"), DAY, 10000)
    assert bars.time.tolist() == [dt.datetime(2013, 10, 7, 9, 30)]
    assert [bars.open[0], bars.high[0], bars.low[0], bars.close[0]] == [167.54, 167.64, 167.53, 167.59]
    assert bars.volume.tolist() == [165489]


def test_daily_bars_without_scale(tmp_path):
    """Hour and daily files carry their own dates, and unscaled decimals come back exactly."""
    path = zipped(tmp_path, "20131001 00:00,125.99,126.49,125.9,126.4,9.30124609\r", "20131002 01:00,1,2,0.5,1.5,2\r")
    bars = read_trade_bars(path, None, 1)
    assert bars.time.tolist() == [dt.datetime(2013, 10, 1), dt.datetime(2013, 10, 2, 1)]
    assert bars.high.tolist() == [126.49, 2.0]
    assert bars.volume.tolist() == [9.30124609, 2.0]


def test_quote_bar_with_an_absent_side(tmp_path):
    """Empty fields, which mean that a side has no quotes, are zeros."""
    path = zipped(tmp_path, "75660000,,,,,0,1682.25,1682.5,1682.25,1682.25,39", "75720000,1,2,1,2,3,,,,,0")
    bars = read_quote_bars(path, DAY, 1)
    assert bars.bid_close.tolist() == [0.0, 2.0]
    assert bars.ask_high.tolist() == [1682.5, 0.0]
    assert bars.ask_size.tolist() == [39.0, 0.0]


def test_equity_ticks(tmp_path):
    """Ticks keep exchange, condition and the suspicious flag as the file has them."""
    path = zipped(tmp_path, "14400688,491800,300,P,2000,0", "14581540,488700,2000,Q,20,1")
    ticks = read_trade_ticks(path, DAY, "Equity")
    assert ticks.price.tolist() == [49.18, 48.87]
    assert ticks.exchange.tolist() == ["P", "Q"]
    assert ticks.sale_condition.tolist() == ["2000", "20"]
    assert ticks.suspicious.tolist() == [False, True]


@pytest.mark.parametrize(
    ("kind", "line", "suspicious"),
    [
        ("equity", "14400152,100,200,494100,300,Q,1,1", True),
        ("option", "14400152,100,200,494100,300,Q,1", True),
        ("crypto", "14400152,0.01,200,49.41,300", False),
        ("forex", "14400152.25,0.01,49.41", False),
    ],
)
def test_quote_ticks_of_each_kind(tmp_path, kind, line, suspicious):
    """Each security type has its own columns after the prices."""
    ticks = read_quote_ticks(zipped(tmp_path, line), DAY, kind)
    assert (ticks.bid_price[0], ticks.ask_price[0]) == (0.01, 49.41)
    assert ticks.suspicious.tolist() == [suspicious]


def test_fractions_of_a_millisecond(tmp_path):
    """A tick's time may have digits behind the millisecond."""
    ticks = read_quote_ticks(zipped(tmp_path, "43.142,1291.677,1292.033"), DAY, "cfd")
    assert ticks.time.tolist() == [dt.datetime(2013, 10, 7, 0, 0, 0, 43142)]


def test_open_interest_of_one_contract(tmp_path):
    """A file with many entries is read one entry at a time, by name."""
    path = tmp_path / "many.zip"
    write_zip(path, {"first.csv": ["1,2"], "second.csv": ["9480000,835996"]})
    assert entry_names(path) == ["first.csv", "second.csv"]
    assert read_open_interest(path, DAY, "second.csv").value.tolist() == [835996.0]


def test_rows_chosen_by_mask(tmp_path):
    """A part of the columns is the same kind of columns."""
    bars = read_trade_bars(zipped(tmp_path, "1,1,1,1,1,1", "2,2,2,2,2,2", "3,3,3,3,3,3"), DAY, 1)
    assert bars.part(bars.close > 1).volume.tolist() == [2.0, 3.0]
    assert len(bars.part(slice(0, 1))) == 1


def test_empty_file(tmp_path):
    """A file without lines has no bars."""
    assert len(read_trade_bars(zipped(tmp_path), DAY, 1)) == 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("34260000,1,2,3", "line 2: 4 columns where 6 are needed"),
        ("34260000,1,2,x,4,5", "line 2: not a number"),
        ("34260000,1,2,1.2.3,4,5", "line 2: not a number"),
        ("garbage", "line 2: 1 columns where 6 are needed"),
    ],
)
def test_malformed_line(tmp_path, line, says):
    """A malformed line is named with its file and number."""
    path = zipped(tmp_path, "34200000,1,1,1,1,1", line, "34320000,1,1,1,1,1")
    with pytest.raises(DataError) as error:
        read_trade_bars(path, DAY, 1)
    assert says in str(error.value)
    assert str(path) in str(error.value)


def test_malformed_date(tmp_path):
    """A first column that is no date is named with its line."""
    with pytest.raises(DataError, match="line 2: the first column is not yyyyMMdd HH:mm"):
        read_trade_bars(zipped(tmp_path, "20131001 00:00,1,1,1,1,1", "20131301 00:00,1,1,1,1,1"), None, 1)


def test_truncated_zip(tmp_path):
    """A zip that was cut off says so and what to do."""
    path = zipped(tmp_path, "34200000,1,1,1,1,1")
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(DataError, match=r"not a complete zip file .* generate the file again"):
        read_trade_bars(path, DAY, 1)


def test_damaged_entry(tmp_path):
    """A flipped byte inside an entry is found by its checksum."""
    path = zipped(tmp_path, *(f"{n},1,1,1,1,1" for n in range(200)))
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match="is damaged"):
        read_trade_bars(path, DAY, 1)


def test_missing_file_and_entry(tmp_path):
    """A missing file and a missing entry are named."""
    with pytest.raises(DataError, match=r"cannot read .*nowhere\.zip"):
        read_trade_bars(tmp_path / "nowhere.zip", DAY, 1)
    with pytest.raises(DataError, match=r"no entry named b\.csv"):
        read_trade_bars(zipped(tmp_path, "1,1,1,1,1,1"), DAY, 1, "b.csv")


numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=5, allow_nan=False)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # how busy the machine is proves nothing
@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=20))
def test_numbers_come_back_exactly(rows):
    """Whatever decimals are written, the doubles read are the nearest ones, as Python's own float() gives them."""
    content = "\n".join(",".join(format(Decimal(value), "f") for value in row) for row in rows).encode()
    table = decode_table(content, 3, "test", dated=False)
    assert np.array_equal(table, np.array([[float(value) for value in row] for row in rows]))


def test_long_noisy_numbers():
    """More digits than a double holds are rounded as Python rounds them."""
    table = decode_table(b"1.4758166499999998,9999999999999999999,0.1\n", 3, "test", dated=False)
    assert table.tolist() == [[1.4758166499999998, 9999999999999999999.0, 0.1]]


def test_a_zip_that_would_fill_the_memory_is_refused(tmp_path):
    """A few kilobytes that unpack to a hundred megabytes are no prices; the file is named before it is unpacked."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"0" * (100 << 20))
    with pytest.raises(DataError, match=r"bomb\.zip: entry bomb\.csv unpacks from 10\d,\d{3} to 104,857,600 bytes"):
        read_trade_bars(path, None, 10000)


def test_an_entry_is_unpacked_no_further_than_its_directory_says(tmp_path):
    """A directory that lies about the size gets a damaged entry."""
    path = tmp_path / "liar.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("liar.csv", b"0" * (50 << 20))
    content = path.read_bytes()
    path.write_bytes(content.replace((50 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    with pytest.raises(DataError, match="is damaged"):
        read_trade_bars(path, None, 10000)


@pytest.mark.parametrize(
    "names", [["a.csv"], ["a.csv", "b.csv", "folder/c.csv"], ["é.csv", "a.csv"], ["folder/", "a.csv"], []]
)
@pytest.mark.parametrize("comment", [b"", b"a comment"])
def test_any_zip_is_read_as_python_reads_it(tmp_path, names, comment):
    """Plain directories are read in a quicker way; of others the same comes."""
    path = tmp_path / "any.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment
        for number, name in enumerate(names):
            archive.writestr(name, "" if name.endswith("/") else f"{number}\n" * 50)
    entries = [name for name in names if not name.endswith("/")]
    assert entry_names(path) == entries
    for name in entries:
        with zipfile.ZipFile(path) as archive:
            assert read_entry(path, name) == archive.read(name)


def test_a_zip_behind_other_bytes_is_read_too(tmp_path):
    """A directory that does not lie where its end says is Python's to find."""
    path = zipped(tmp_path, "1,1,1,1,1,1")
    path.write_bytes(b"before" + path.read_bytes())
    assert read_entry(path) == b"1,1,1,1,1,1\n"
