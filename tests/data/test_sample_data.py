"""The committed sample data: complete, consistent, and what the generator writes."""

from __future__ import annotations

import datetime as dt
import importlib.util
import zipfile
from pathlib import Path

import numpy as np
import pytest

from leanib.data import (
    MarketHoursFile,
    SymbolPropertiesFile,
    read_coarse_universe,
    read_factor_file,
    read_map_file,
    read_quote_bars,
    read_trade_bars,
    read_trade_ticks,
)
from leanib.data.check import check_folder
from leanib.data.generate import generate
from leanib.data.generate.intraday import price_path, seeded, split_volume
from leanib.engine.symbols import SecurityIdentifier

DATA = Path(__file__).parents[2] / "data"
EQUITY = DATA / "equity" / "usa"


def test_nothing_is_damaged():
    """The check finds neither an error nor a gap."""
    assert [problem.text for problem in check_folder(DATA)] == []


def test_it_is_small():
    """The folder stays under 20 MB."""
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 20_000_000


@pytest.mark.parametrize("ticker", ["aapl", "fb", "goog", "ibm", "msft", "spy"])
def test_hours_add_up_to_real_days(ticker):
    """Each day's hours have the real day's open, high, low, close and volume."""
    days = read_trade_bars(EQUITY / "daily" / f"{ticker}.zip", None, 10000)
    hours = read_trade_bars(EQUITY / "hour" / f"{ticker}.zip", None, 10000)
    _, first = np.unique(hours.time.astype("datetime64[D]"), return_index=True)
    assert np.array_equal(hours.open[first], days.open)
    assert np.array_equal(np.maximum.reduceat(hours.high, first), days.high)
    assert np.array_equal(np.minimum.reduceat(hours.low, first), days.low)
    assert np.array_equal(hours.close[np.append(first[1:], len(hours)) - 1], days.close)
    assert np.array_equal(np.add.reduceat(hours.volume, first), days.volume)


def test_all_resolutions_agree():
    """Ticks, seconds and minutes of a day have the same open, high, low, close and volume."""
    day = dt.date(2013, 2, 28)
    ticks = read_trade_ticks(EQUITY / "tick/aapl/20130228_trade.zip", day, "equity")
    seconds = read_trade_bars(EQUITY / "second/aapl/20130228_trade.zip", day, 10000)
    minutes = read_trade_bars(EQUITY / "minute/aapl/20130228_trade.zip", day, 10000)
    assert len(minutes) == 390
    for bars in (seconds, minutes):
        assert (bars.open[0], bars.close[-1]) == (ticks.price[0], ticks.price[-1])
        assert (bars.high.max(), bars.low.min()) == (ticks.price.max(), ticks.price.min())
        assert bars.volume.sum() == ticks.quantity.sum()


def test_early_close():
    """The day after Thanksgiving ends at 13:00."""
    bars = read_trade_bars(EQUITY / "minute/aapl/20121123_trade.zip", dt.date(2012, 11, 23), 10000)
    assert bars.time[-1] == np.datetime64("2012-11-23T12:59")


def test_the_lists_of_stocks_agree_with_the_days():
    """Every day of the span has one, with the daily files' closes and volumes, factors, and LEAN's identifiers."""
    files = sorted((EQUITY / "fundamental/coarse").glob("*.csv"))
    days = read_trade_bars(EQUITY / "daily/spy.zip", None, 10000)
    listed = [f"{day:%Y%m%d}.csv" for day in days.time.astype("datetime64[s]").tolist() if day.year >= 2012]
    assert [path.name for path in files] == listed
    rows = {row.ticker: row for row in read_coarse_universe(files[100])}
    assert len(rows) == 26
    assert not rows["SPY"].has_fundamental_data
    day = np.datetime64(f"{files[100].stem[:4]}-{files[100].stem[4:6]}-{files[100].stem[6:]}")
    factors = read_factor_file(EQUITY / "factor_files/ibm.csv")
    for ticker, row in rows.items():
        bars = read_trade_bars(EQUITY / f"daily/{ticker.lower()}.zip", None, 10000)
        [at] = np.flatnonzero(bars.time.astype("datetime64[D]") == day).tolist()
        assert (float(row.close), row.volume) == (bars.close[at], bars.volume[at])
        first = read_map_file(EQUITY / f"map_files/{ticker.lower()}.csv")[0].date
        begin = dt.datetime(first.year, first.month, first.day)
        assert row.security_id == str(SecurityIdentifier.generate_equity(begin, ticker, "usa"))
    assert rows["IBM"].price_factor == next(one for one in factors if one.date >= day.item()).price_factor


def test_known_corporate_actions():
    """Apple's split and dividends are where history has them."""
    rows = {row.date: row for row in read_factor_file(EQUITY / "factor_files" / "aapl.csv")}
    before, after = rows[dt.date(2005, 2, 25)], rows[dt.date(2012, 8, 8)]
    assert after.split_factor / before.split_factor == 2
    next_row = rows[dt.date(2012, 11, 6)]
    dividend = after.reference_price * (1 - after.price_factor / next_row.price_factor)
    assert round(dividend, 2) == round(dividend, 4) or abs(float(dividend) - 2.65) < 0.001


def test_reference_rates():
    """The euro's mid price closed at the ECB's rate of the day: 1.3129 dollars on 2013-02-28."""
    bars = read_quote_bars(DATA / "forex/oanda/daily/eurusd.zip", None, 1)
    day = int(np.flatnonzero(bars.time == np.datetime64("2013-02-28"))[0])
    assert (bars.bid_close[day] + bars.ask_close[day]) / 2 == pytest.approx(1.3129, abs=1e-9)


def test_databases_cover_what_is_there():
    """Every market in the folder has hours and properties."""
    hours = MarketHoursFile(DATA / "market-hours/market-hours-database.json")
    properties = SymbolPropertiesFile(DATA / "symbol-properties/symbol-properties-database.csv")
    for kind, market in (("Equity", "usa"), ("Index", "usa"), ("Forex", "oanda"), ("Option", "usa"), ("Future", "cme")):
        assert f"{kind}-{market}-[*]" in hours
    assert properties.find("usa", "[*]", "equity") is not None
    assert properties.find("oanda", "EURUSD", "forex") is not None
    assert properties.find("usa", "FIVE", "index") is not None
    assert not hours.entry("Equity-usa-[*]").is_trading_day(dt.date(2012, 10, 29))


def test_price_path_obeys_its_day():
    """A generated day starts, ends, tops and bottoms where it must, and volume adds up."""
    for day in range(200):
        random = seeded("test", day)
        path = price_path(random, 60, (1_000_500, 1_030_000, 990_000, 1_000_600), 100)
        assert (path[0], path[-1], path.max(), path.min()) == (1_000_500, 1_000_600, 1_030_000, 990_000)
        assert split_volume(random, 60, 123_457).sum() == 123_457


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("bokeh_sampledata") is None, reason="needs the extra leanib[data]")
def test_generated_again_it_is_the_same(tmp_path):
    """The generator writes the committed content again, and the same bytes where zlib is the same."""
    generate(tmp_path)
    written = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    committed = {path.relative_to(DATA) for path in DATA.rglob("*") if path.is_file()} - {Path("README.md")}
    assert written == committed
    for name in sorted(written):
        assert content(tmp_path / name) == content(DATA / name), name


def content(path: Path) -> dict[str, bytes]:
    """What a file holds, whatever compression made of it."""
    if path.suffix != ".zip":
        return {"": path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
