"""Importing a user's own CSV files."""

from __future__ import annotations

import datetime as dt

import pytest

from leanib.data import read_factor_file, read_map_file, read_quote_bars, read_trade_bars
from leanib.data.importing import import_bars
from leanib.errors import DataError


def test_daily_stock(tmp_path):
    """A daily file becomes one zip, oldest first, with a map and a factor file."""
    source = tmp_path / "xyz.csv"
    source.write_text("Date,Open,High,Low,Close,Volume\n2024-01-03,2,3,1,2.5,200\n2024-01-02,1,2,0.5,1.5,100\n")
    assert import_bars(source, tmp_path / "data", "XYZ", "daily") == 2
    bars = read_trade_bars(tmp_path / "data/equity/usa/daily/xyz.zip", None, 10000)
    assert bars.time.tolist() == [dt.datetime(2024, 1, 2), dt.datetime(2024, 1, 3)]
    assert bars.close.tolist() == [1.5, 2.5]
    assert read_map_file(tmp_path / "data/equity/usa/map_files/xyz.csv")[0].date == dt.date(2024, 1, 2)
    assert [row.price_factor for row in read_factor_file(tmp_path / "data/equity/usa/factor_files/xyz.csv")] == [1, 1]


def test_minutes_of_a_pair(tmp_path):
    """A minute file of a currency pair becomes a quote file a day."""
    source = tmp_path / "pair.csv"
    lines = "close,low,high,open,timestamp", "1.1,1,1.2,1.05,2024-01-02T23:59:00", "1.2,1,1.2,1.1,2024-01-03 00:00"
    source.write_text("\n".join(lines))
    assert import_bars(source, tmp_path, "EURUSD", "Minute", "Forex", "oanda") == 2
    folder = tmp_path / "forex/oanda/minute/eurusd"
    assert sorted(path.name for path in folder.iterdir()) == ["20240102_quote.zip", "20240103_quote.zip"]
    bars = read_quote_bars(folder / "20240102_quote.zip", dt.date(2024, 1, 2), 1)
    assert (bars.time[0].item(), bars.bid_open[0], bars.ask_close[0]) == (dt.datetime(2024, 1, 2, 23, 59), 1.05, 1.1)


@pytest.mark.parametrize(
    ("text", "resolution", "says"),
    [
        ("open,high,low,close\n1,1,1,1\n", "daily", "the header lacks a time"),
        ("date,open,high,low\n2024-01-02,1,1,1\n", "daily", "the header lacks close"),
        ("date,open,high,low,close\n2024-01-02,1,1,1,x\n", "daily", "line 2: cannot read"),
        ("date,open,high,low,close\n2024-13-02,1,1,1,1\n", "daily", "line 2: cannot read"),
        ("date,open,high,low,close\n", "daily", "holds no bars"),
        ("date,open,high,low,close\n", "weekly", "cannot import equity at weekly resolution"),
    ],
)
def test_what_cannot_be_imported(tmp_path, text, resolution, says):
    """Each mistake is answered with one sentence."""
    source = tmp_path / "xyz.csv"
    source.write_text(text)
    with pytest.raises(DataError, match=says):
        import_bars(source, tmp_path, "XYZ", resolution)
