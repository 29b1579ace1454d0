"""Importing a user's own CSV files."""

from __future__ import annotations

import datetime as dt
import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from leanib.cli.main import main
from leanib.data import read_factor_file, read_map_file, read_quote_bars, read_trade_bars
from leanib.data.folder import bring_tables
from leanib.data.importing import import_bars
from leanib.data.sources import Series, SourceNote, read_note, write_note
from leanib.errors import DataError

SAMPLE = Path(__file__).parents[2] / "data"


def test_daily_stock(tmp_path):
    """A daily file becomes one zip, oldest first, with a map and a factor file."""
    source = tmp_path / "xyz.csv"
    source.write_text("Date,Open,High,Low,Close,Volume\n2024-01-03,2,3,1,2.5,200\n2024-01-02,1,2,0.5,1.5,100\n")
    assert import_bars(source, tmp_path / "data", "XYZ", "daily").written == 2
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
    assert import_bars(source, tmp_path, "EURUSD", "Minute", "Forex").written == 2
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
        ("date,open,high,low,close\n2024-01-02,1,1,2,1\n", "daily", "line 2: the high 1 is below the low 2; repair"),
        ("date,open,high,low,close\n2024-01-02,3,2,1,1\n", "daily", "line 2: open or close is outside high and low"),
        ("date,open,high,low,close\n2024-01-02,nan,2,1,1\n", "daily", "line 2: a number is not finite"),
        ("date,open,high,low,close,volume\n2024-01-02,1,2,1,1,-1\n", "daily", "line 2: the volume is negative"),
        ("date,open,high,low,close\n2024-01-02,1,1,-1,1\n", "daily", "has a price below zero at 2024-01-02"),
        (
            "date,open,high,low,close\n2024-01-02,1,1,1,1\n2024-01-02,2,2,2,2\n",
            "daily",
            "holds two different bars of 2024-01-02",
        ),
        ("date,open,high,low,close\n", "weekly", "cannot import equity at weekly resolution"),
    ],
)
def test_what_cannot_be_imported(tmp_path, text, resolution, says):
    """Each mistake is answered with one sentence."""
    source = tmp_path / "xyz.csv"
    source.write_text(text)
    with pytest.raises(DataError, match=says):
        import_bars(source, tmp_path, "XYZ", resolution)


def _csv(tmp_path, *bars, name="xyz.csv"):
    """Flat bars: a day of January 2024 and a price."""
    source = tmp_path / name
    lines = [f"2024-01-{day:02},{price},{price},{price},{price},100" for day, price in bars]
    source.write_text("\n".join(["date,open,high,low,close,volume", *lines]) + "\n")
    return source


def _closes(tmp_path):
    bars = read_trade_bars(tmp_path / "data/equity/usa/daily/xyz.zip", None, 10000)
    return {time.day: close for time, close in zip(bars.time.tolist(), bars.close.tolist(), strict=True)}


def test_a_file_with_one_row_loses_nothing(tmp_path):
    """Bars of other days stay, in the order of time; the same bar again changes nothing."""
    root = tmp_path / "data"
    import_bars(_csv(tmp_path, (2, 1), (4, 2), (5, 3)), root, "XYZ", "daily")
    for day in (3, 8):
        done = import_bars(_csv(tmp_path, (day, 9)), root, "XYZ", "daily")
        assert (done.written, done.changed, done.set_aside) == (1, 0, [])
    assert import_bars(_csv(tmp_path, (3, 9)), root, "XYZ", "daily").changed == 0
    assert _closes(tmp_path) == {2: 1, 3: 9, 4: 2, 5: 3, 8: 9}


def test_bars_are_changed_only_when_that_is_said(tmp_path):
    """Without --replace the number of bars is told and nothing is done; with it the old file is kept."""
    root = tmp_path / "data"
    import_bars(_csv(tmp_path, (2, 1), (4, 2)), root, "XYZ", "daily")
    before = (root / "equity/usa/daily/xyz.zip").read_bytes()
    with pytest.raises(DataError, match=r"differs in 1 bar from those of XYZ .* give --replace"):
        import_bars(_csv(tmp_path, (3, 5), (4, 7)), root, "XYZ", "daily")
    assert (root / "equity/usa/daily/xyz.zip").read_bytes() == before
    for price, name in ((7, "xyz.zip.old"), (8, "xyz.zip.old2")):
        done = import_bars(_csv(tmp_path, (3, 5), (4, price)), root, "XYZ", "daily", replace=True)
        assert (done.changed, done.kept, [path.name for path in done.set_aside]) == (1, 1, [name])
    assert (root / "equity/usa/daily/xyz.zip.old").read_bytes() == before
    assert _closes(tmp_path) == {2: 1, 3: 5, 4: 8}


def test_earlier_bars_move_the_beginning_of_the_stock(tmp_path):
    """Or the engine would not look at them."""
    root = tmp_path / "data"
    for day in (9, 2):
        import_bars(_csv(tmp_path, (day, 1)), root, "XYZ", "daily")
    assert read_map_file(root / "equity/usa/map_files/xyz.csv")[0].date == dt.date(2024, 1, 2)
    assert read_factor_file(root / "equity/usa/factor_files/xyz.csv")[0].date == dt.date(2024, 1, 2)


def test_a_disk_that_is_full_loses_no_file(tmp_path, monkeypatch):
    """The file that was there is as it was, and nothing half-written lies beside it."""
    root = tmp_path / "data"
    import_bars(_csv(tmp_path, (2, 1), (4, 2)), root, "XYZ", "daily")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    plain = Path.open

    def full(path, mode="r", *rest, **options):
        if mode != "wb":
            return plain(path, mode, *rest, **options)
        with plain(path, mode) as file:
            file.write(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(DataError, match=r"cannot be written \(No space left on device\)"):
        import_bars(_csv(tmp_path, (3, 5)), root, "XYZ", "daily")
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("ticker", ["../../x", "x" * 300, "", "a/b"])
def test_a_ticker_stays_in_the_data_folder(tmp_path, ticker):
    """Nothing is written."""
    with pytest.raises(DataError, match="is no ticker"):
        import_bars(_csv(tmp_path, (2, 1)), tmp_path / "data", ticker, "daily")
    assert not (tmp_path / "data").exists()


def test_crypto_needs_a_market(tmp_path):
    """None is usual; a market that is given is taken."""
    with pytest.raises(DataError, match="no market is usual for crypto; name it: --market coinbase"):
        import_bars(_csv(tmp_path, (2, 1)), tmp_path, "BTCUSD", "daily", "crypto")
    assert import_bars(_csv(tmp_path, (2, 1)), tmp_path, "BTCUSD", "daily", "crypto", "Coinbase").market == "coinbase"
    assert (tmp_path / "crypto/coinbase/daily/btcusd_trade.zip").is_file()


def test_a_bar_that_is_there_twice_counts_once(tmp_path):
    """As files have it that were put together."""
    assert import_bars(_csv(tmp_path, (2, 1), (2, 1), (3, 1)), tmp_path, "XYZ", "daily").written == 2


@pytest.mark.parametrize(
    ("market", "zone", "says"),
    [
        ("nowhere", None, "equity has no market 'nowhere' in .*; it has usa"),
        ("../..", None, "'../..' is no market"),
        ("usa", "Nowhere", "there is no time zone 'Nowhere'"),
    ],
)
def test_a_place_that_is_not_known_is_told(tmp_path, market, zone, says):
    """No strategy would find the prices; of days too, whose times need no zone."""
    shutil.copytree(SAMPLE / "market-hours", tmp_path / "data/market-hours")
    with pytest.raises(DataError, match=says):
        import_bars(_csv(tmp_path, (2, 1)), tmp_path / "data", "XYZ", "daily", "equity", market, time_zone=zone)
    assert not (tmp_path / "data/equity").exists()


MINUTES = {
    "ts": ["2024-01-02 14:30:00", "2024-01-02 14:31:00"],
    "Open": [1.0, 2.0], "High": [2.0, 3.0], "Low": [0.5, 1.5], "px_last": [1.5, 2.5], "Volume": [100, 200],
}  # fmt: skip
NAMES = {"time": "ts", "close": "px_last"}
HALF_PAST_NINE = [dt.datetime(2024, 1, 2, 9, 30), dt.datetime(2024, 1, 2, 9, 31)]


def _minutes(root):
    return read_trade_bars(root / "equity/usa/minute/xyz/20240102_trade.zip", dt.date(2024, 1, 2), 10000)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_columns_and_time_zone_are_stated(tmp_path, suffix, capsys):
    """Other names, and times in UTC, are said; what was taken for what is printed."""
    frame = pd.DataFrame(MINUTES)
    source = tmp_path / f"xyz{suffix}"
    frame.to_csv(source, index=False) if suffix == ".csv" else frame.to_parquet(source)
    words = ["--resolution", "minute", "--time-zone", "UTC", "--columns", "time=ts,close=px_last"]
    words += ["--data-folder", str(tmp_path / "data")]
    assert main(["data", "import", str(source), "--ticker", "XYZ", *words]) == 0
    assert _minutes(tmp_path / "data").time.tolist() == HALF_PAST_NINE
    out = capsys.readouterr().out
    assert "time from 'ts', close from 'px_last'; times turned from UTC into America/New_York" in out


def test_a_frame_is_imported_with_its_index_as_times(tmp_path):
    """As pandas users have it; aware times are turned into the market's zone."""
    frame = pd.DataFrame(MINUTES).rename(columns={"px_last": "close"}).drop(columns="ts")
    frame.index = pd.DatetimeIndex(MINUTES["ts"], tz="UTC", name="when")
    done = import_bars(frame.rename_axis("time"), tmp_path, "XYZ", "minute")
    assert (done.written, _minutes(tmp_path).time.tolist()) == (2, HALF_PAST_NINE)
    with pytest.raises(DataError, match="the frame differs in 2 bars"):
        import_bars(frame.rename_axis("time").assign(Volume=1), tmp_path, "XYZ", "minute")


def test_an_offset_counts_but_not_for_days(tmp_path):
    """14:30 at +00:00 is 9:30 in New York; a day is the day that is written."""
    source = tmp_path / "xyz.csv"
    source.write_text("date,open,high,low,close\n2024-01-02T14:30:00+00:00,1,1,1,1\n2024-01-02T14:31:00Z,1,1,1,1\n")
    import_bars(source, tmp_path, "XYZ", "minute")
    assert _minutes(tmp_path).time.tolist() == HALF_PAST_NINE
    source.write_text("date,open,high,low,close\n2024-01-02 00:00:00+00:00,1,1,1,1\n")
    import_bars(source, tmp_path / "data", "XYZ", "daily")
    assert _closes(tmp_path) == {2: 1}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"time_zone": "Mars/Olympus"}, "no time zone 'Mars/Olympus'"),
        ({"columns": {"time": "nosuch"}}, "no column 'nosuch'; it has ts, open"),
        ({"columns": {"price": "ts"}}, "no column 'price' to name"),
        ({"columns": {}}, "the header lacks a time, close"),
    ],
)
def test_what_is_said_wrongly_is_told(tmp_path, more, says):
    """One sentence each."""
    with pytest.raises(DataError, match=says):
        import_bars(pd.DataFrame(MINUTES), tmp_path, "XYZ", "minute", **{"columns": NAMES, **more})


def test_a_bad_row_of_a_frame_is_named(tmp_path):
    """No time, no number, an impossible bar."""
    for column, value in (("ts", pd.NaT), ("Open", float("nan")), ("High", 0.1), ("Open", "x")):
        frame = pd.DataFrame(MINUTES).astype(object)
        frame.loc[1, column] = value
        with pytest.raises(DataError, match="the frame, row 2: "):
            import_bars(frame, tmp_path, "XYZ", "minute", columns=NAMES)


def test_two_imports_at_once_do_not_corrupt(tmp_path):
    """Processes that each add their days to the same file, again and again: every day of all of them is there."""
    code = (
        "import sys, pandas as pd\n"
        "from leanib.data.importing import import_bars\n"
        "first, root = int(sys.argv[1]), sys.argv[2]\n"
        "for day in range(first, 28, 3):\n"
        "    bar = {'date': [f'2024-01-{day:02}'], 'open': [1], 'high': [99], 'low': [1], 'close': [day]}\n"
        "    frame = pd.DataFrame(bar)\n"
        "    import_bars(frame, root, 'XYZ', 'daily')\n"
    )
    commands = [[sys.executable, "-c", code, str(first), str(tmp_path / "data")] for first in (1, 2, 3)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for command in commands]
    errors = [process.communicate(timeout=100)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    assert _closes(tmp_path) == {day: day for day in range(1, 28)}
    assert not list(tmp_path.rglob(".*.part"))


def test_where_days_came_from_is_noted(tmp_path):
    """`leanib data info` tells it; days of another source that were changed are no longer its own."""
    root = tmp_path / "data"
    import_bars(_csv(tmp_path, (2, 1), (3, 2)), root, "XYZ", "daily")
    series = Series("equity", "usa", "xyz", "daily", "trade")
    note = read_note(root, series)
    assert (note.source, sorted(note.days)) == ("imported from xyz.csv", ["2024-01-02", "2024-01-03"])
    write_note(root, series, SourceNote("Interactive Brokers", "split-adjusted", note.days))
    import_bars(_csv(tmp_path, (3, 5)), root, "XYZ", "daily", replace=True)
    assert sorted(read_note(root, series).days) == ["2024-01-02"]


def test_tables_are_brought_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a table of opening hours would be read as a whole one by every run that follows."""
    copy = shutil.copyfile

    def full(source: Path, target: Path) -> Path:
        copy(source, target)
        if "symbol-properties" in str(target):
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        return target

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(DataError, match=r"symbol-properties cannot be written \(No space left on device\).*make room"):
        bring_tables(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["market-hours"]
    monkeypatch.setattr(shutil, "copyfile", copy)
    assert bring_tables(tmp_path) == ["symbol-properties", "alternative"]
