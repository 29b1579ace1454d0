"""Candles are read from the data folder, as fine as they are useful, in the run's prices and on its clock."""

import zipfile
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from leanib.report import PriceSource, read_candles

FIRST, LAST = date(2020, 1, 6), date(2020, 1, 10)


def _source(resolution="Minute", tick_type="Trade", **more):
    fields = {
        "symbol": "SPY",
        "security_type": "Equity",
        "market": "usa",
        "ticker": "SPY",
        "resolution": resolution,
        "tick_type": tick_type,
        "data_time_zone": "America/New_York",
    }
    return PriceSource(**fields | more)


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.csv", text)


def _minutes(root, day, prices, ticker="spy"):
    """A bar a minute from 9:30, each from one price to the next."""
    lines = [
        f"{(570 + n) * 60_000},{o * 10000},{max(o, c) * 10000},{min(o, c) * 10000},{c * 10000},100"
        for n, (o, c) in enumerate(pairwise(prices))
    ]
    _write(root / f"equity/usa/minute/{ticker}/{day:%Y%m%d}_trade.zip", "\n".join(lines))


def _read(root, source, most=5000, zone="America/New_York", files=100):
    return read_candles(root, source, FIRST, LAST, zone, most, files)


def test_minutes_are_put_together_to_what_a_page_can_use(tmp_path):
    """Five minutes: the first open, the highest high, the lowest low, the last close."""
    _minutes(tmp_path, FIRST, [100, 103, 99, 101, 102, 104, 105])
    fine = _read(tmp_path, _source())
    assert fine.step == 60
    assert len(fine.time) == 6
    coarse = _read(tmp_path, _source(), most=400)
    assert coarse.step == 300
    assert [float(getattr(coarse, name)[0]) for name in ("open", "high", "low", "close")] == [100, 104, 99, 104]
    assert datetime.fromtimestamp(coarse.time[0] / 1000, UTC) == datetime(2020, 1, 6, 9, 30, tzinfo=UTC)


def test_candles_stand_on_the_algorithms_clock(tmp_path):
    """Half past nine in New York is half past two in the afternoon in London."""
    _minutes(tmp_path, FIRST, [100, 101])
    candles = _read(tmp_path, _source(), zone="Europe/London")
    assert datetime.fromtimestamp(candles.time[0] / 1000, UTC).hour == 14


def test_prices_are_those_of_the_run(tmp_path):
    """A factor file's row counts for the days up to its date: splits only, or dividends too, or neither."""
    _minutes(tmp_path, FIRST, [100, 100])
    _minutes(tmp_path, LAST, [100, 100])
    factors = tmp_path / "equity/usa/factor_files/spy.csv"
    factors.parent.mkdir(parents=True)
    factors.write_text("20200108,0.9,0.5,100\n20501231,1,1,0\n")
    for adjustment, first in (("raw", 100.0), ("split", 50.0), ("adjusted", 45.0)):
        candles = _read(tmp_path, _source(adjustment=adjustment))
        assert candles.close.tolist() == pytest.approx([first, 100.0])


def test_a_renamed_security_is_found_under_its_earlier_name(tmp_path):
    """The map file tells until when a file was called what."""
    _minutes(tmp_path, FIRST, [1, 2], ticker="old")
    _minutes(tmp_path, LAST, [3, 4], ticker="spy")
    map_file = tmp_path / "equity/usa/map_files/spy.csv"
    map_file.parent.mkdir(parents=True)
    map_file.write_text("19980102,old\n20200107,old\n20501231,spy\n")
    assert _read(tmp_path, _source()).open.tolist() == [1.0, 3.0]


def test_quotes_are_shown_in_the_middle(tmp_path):
    """Between bid and ask; where one is absent, the other."""
    rows = "0,1,1,1,1,0,3,3,3,3,0\n60000,0,0,0,0,0,4,4,4,4,0\n"
    _write(tmp_path / f"forex/oanda/minute/eurusd/{FIRST:%Y%m%d}_quote.zip", rows)
    source = _source(tick_type="Quote", security_type="Forex", market="oanda", ticker="EURUSD", data_time_zone="UTC")
    assert _read(tmp_path, source, most=10_000, zone="UTC").close.tolist() == [2.0, 4.0]


def test_daily_files_give_the_days_of_the_run_only(tmp_path):
    """What lies before and after is not shown."""
    days = "\n".join(f"202001{n:02} 00:00,{n}0000,{n}0000,{n}0000,{n}0000,1" for n in range(2, 16))
    _write(tmp_path / "equity/usa/daily/spy.zip", days)
    candles = _read(tmp_path, _source("Daily"))
    assert candles.close.tolist() == [6, 7, 8, 9, 10]
    assert candles.step == 86_400


def test_no_file_is_no_candles(tmp_path):
    """And a damaged file is as good as none: the run itself has said so."""
    assert _read(tmp_path, _source()) is None
    broken = tmp_path / "equity/usa/daily/spy.zip"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"no zip")
    assert _read(tmp_path, _source("Daily")) is None


def test_no_more_files_are_read_than_allowed(tmp_path):
    """The latest of them."""
    for number in range(5):
        _minutes(tmp_path, date(2020, 1, 6 + number), [number + 1, number + 1])
    assert _read(tmp_path, _source(), files=2).close.tolist() == [4.0, 5.0]
