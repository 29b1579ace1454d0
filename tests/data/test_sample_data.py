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
    read_contract_factor_file,
    read_factor_file,
    read_map_file,
    read_quote_bars,
    read_trade_bars,
    read_trade_ticks,
)
from leanib.data.archive import entry_names
from leanib.data.check import check_folder
from leanib.data.generate import generate
from leanib.data.generate.black_scholes import greeks, values
from leanib.data.generate.future_files import write_futures
from leanib.data.generate.intraday import price_path, seeded, split_volume
from leanib.data.generate.option_files import write_options
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


OPTIONS = DATA / "option" / "usa"


def test_the_lists_of_options_agree_with_their_prices():
    """A contract of a day's list has prices on that day, a delta between 0 and 1, and can be traded tomorrow."""
    lists = sorted((OPTIONS / "universes/spy").glob("*.csv"))
    assert [path.name for path in lists] == [
        path.name for path in sorted((EQUITY / "fundamental/coarse").glob("*.csv"))
    ]
    _, stock, *contracts = [line.split(",") for line in (OPTIONS / "universes/spy/20120615.csv").read_text().split()]
    hours = read_trade_bars(EQUITY / "hour/spy.zip", None, 10000)
    of_day = hours.part(hours.time.astype("datetime64[D]") == np.datetime64("2012-06-15"))
    assert [float(cell) for cell in stock[3:7]] == [
        of_day.open[0], of_day.high.max(), of_day.low.min(), of_day.close[-1]
    ]  # fmt: skip
    assert {row[0] for row in contracts} == {"20120721"}  # those of June had their last day
    for expiry, strike, right, *rest in contracts:
        entry = f"spy_quote_american_{'call' if right == 'C' else 'put'}_{int(strike) * 10000}_{expiry}.csv"
        quotes = read_quote_bars(OPTIONS / "daily/spy_2012_quote_american.zip", None, 10000, entry)
        [at] = np.flatnonzero(quotes.time == np.datetime64("2012-06-15")).tolist()
        assert (quotes.bid_close[at] + quotes.ask_close[at]) / 2 == pytest.approx(float(rest[3]), abs=1e-4)
        assert 0 < (float(rest[7]) if right == "C" else -float(rest[7])) < 1


def test_days_of_options_are_their_hours():
    """Volumes add up, and a trade lies between bid and ask."""
    for name in entry_names(OPTIONS / "hour/spy_2012_trade_american.zip")[::17]:
        hours = read_trade_bars(OPTIONS / "hour/spy_2012_trade_american.zip", None, 10000, name)
        days = read_trade_bars(OPTIONS / "daily/spy_2012_trade_american.zip", None, 10000, name)
        assert hours.volume.sum() == days.volume.sum()
        quotes = read_quote_bars(
            OPTIONS / "hour/spy_2012_quote_american.zip", None, 10000, name.replace("trade", "quote")
        )
        quoted = quotes.part(np.isin(quotes.time, hours.time))
        assert ((quoted.bid_close <= hours.close) & (hours.close <= quoted.ask_close)).all()


def test_values_and_greeks_of_options_agree():
    """Call and put differ by the carried strike, and the Greeks are the differences of values."""
    price, years, volatility = np.array([42.0]), np.array([0.5]), np.array([0.2])
    call = values(True, price, 40.0, years, volatility)
    put = values(False, price, 40.0, years, volatility)
    assert call - put == pytest.approx(42 - 40 * np.exp(-0.0075 * 0.5))
    up, down = (values(True, price + step, 40.0, years, volatility)[0] for step in (0.01, -0.01))
    assert greeks(True, 42.0, 40.0, 0.5, 0.2).delta == pytest.approx((up - down) / 0.02, abs=1e-6)
    assert greeks(True, 42.0, 40.0, 0.5, 0.2).gamma == pytest.approx((up - 2 * call[0] + down) / 0.0001, abs=1e-4)


def test_options_generated_again_are_the_same(tmp_path):
    """From the fund's hours alone."""
    hours = tmp_path / "equity/usa/hour/spy.zip"
    hours.parent.mkdir(parents=True)
    hours.write_bytes((EQUITY / "hour/spy.zip").read_bytes())
    write_options(tmp_path)
    files = [path for path in (tmp_path / "option").rglob("*") if path.is_file()]
    assert len(files) == len([path for path in (DATA / "option").rglob("*") if path.is_file()])
    for path in files:
        assert content(path) == content(DATA / path.relative_to(tmp_path)), path


FUTURES = DATA / "future" / "cme"


def _of_future(month, resolution="daily"):
    return read_trade_bars(FUTURES / f"{resolution}/es_trade.zip", None, 1, f"es_trade_{month}.csv")


def test_days_of_futures_are_their_hours():
    """Volumes add up by the day of UTC, a trade is at the bid, the ask or between; prices are quarters of a point."""
    for name in entry_names(FUTURES / "hour/es_trade.zip"):
        hours, days = (read_trade_bars(FUTURES / f"{span}/es_trade.zip", None, 1, name) for span in ("hour", "daily"))
        dates = hours.time.astype("datetime64[D]")
        assert np.array_equal(np.unique(dates), days.time.astype("datetime64[D]"))
        assert hours.volume.sum() == days.volume.sum()
        quotes = read_quote_bars(FUTURES / "hour/es_quote.zip", None, 1, name.replace("trade", "quote"))
        assert np.array_equal(quotes.time, hours.time)
        assert ((quotes.bid_close <= hours.close) & (hours.close <= quotes.ask_close)).all()
        assert (quotes.bid_close < quotes.ask_close).all()
        assert (hours.low * 4 % 1 == 0).all()


def test_the_future_begins_above_what_it_ends_at():
    """A contract costs more than the one before it on every day, and both end near four times the fund."""
    fund = read_trade_bars(EQUITY / "daily/spy.zip", None, 10000)
    first, second = _of_future("201206", "hour"), _of_future("201209", "hour")
    common = np.isin(first.time, second.time)
    ahead = second.close[np.isin(second.time, first.time)] - first.close[common]
    assert (ahead > 0).all()
    [at] = np.flatnonzero(fund.time.astype("datetime64[D]") == np.datetime64("2012-06-14")).tolist()
    [last] = np.flatnonzero(first.time == np.datetime64("2012-06-14T19")).tolist()
    assert first.close[last] == pytest.approx(4 * fund.close[at], rel=0.01)


def test_the_continuous_future_joins_its_contracts_where_they_change():
    """For each way of mapping: identifiers are LEAN's, and factors follow from the closes of the day of the change."""
    months = {"201203": "201206", "201206": "201209", "201209": "201212", "201212": "201303"}
    names = {
        month: str(SecurityIdentifier.generate_future(dt.datetime(int(month[:4]), int(month[4:]), day), "ES", "cme"))
        for month, day in (("201203", 16), ("201206", 15), ("201209", 21), ("201212", 21), ("201303", 15))
    }
    rows, factors = (
        read_map_file(FUTURES / "map_files/es.csv"),
        read_contract_factor_file(FUTURES / "factor_files/es.csv"),
    )
    for mode in range(4):
        ends = {row.ticker: row.date for row in rows if row.mapping_mode == mode}
        scales = [row for row in factors if row.mapping_mode == mode]
        assert sorted(ends.values()) == [row.date for row in scales]
        for number, (month, following) in enumerate(months.items()):
            day = ends[names[month].upper()]
            is_summer = dt.date(2012, 3, 11) < day < dt.date(2012, 11, 4)
            end = np.datetime64(day) + np.timedelta64(20 if is_summer else 21, "h")  # 16:00 in New York
            old, new = (
                float(bars.close[bars.time == end][0])
                for bars in (_of_future(month, "hour"), _of_future(following, "hour"))
            )
            before, after = scales[number], scales[number + 1]
            assert float(before.backwards_ratio[0] / after.backwards_ratio[0]) == pytest.approx(new / old)
            assert float(before.backwards_panama_canal[0] - after.backwards_panama_canal[0]) == new - old
            assert float(after.forward_panama_canal[0] - before.forward_panama_canal[0]) == old - new
        assert scales[-1].backwards_ratio == (1, 1, 1)


def test_the_lists_of_futures_agree_with_their_prices():
    """Each contract of a day's list has that day's bar and can be traded tomorrow."""
    lists = sorted((FUTURES / "universes/es").glob("*.csv"))
    assert len(lists) > 280
    for path in lists[:-1:25]:
        rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
        assert len(rows) >= 3
        for month, *numbers in rows:
            bars = _of_future(month)
            [at] = np.flatnonzero(
                bars.time == np.datetime64(f"{path.stem[:4]}-{path.stem[4:6]}-{path.stem[6:]}")
            ).tolist()
            found = [column[at] for column in (bars.open, bars.high, bars.low, bars.close, bars.volume)]
            assert [float(number) for number in numbers[:5]] == found
            assert bars.time[-1] > bars.time[at]


def test_futures_generated_again_are_the_same(tmp_path):
    """From the fund's hours alone."""
    hours = tmp_path / "equity/usa/hour/spy.zip"
    hours.parent.mkdir(parents=True)
    hours.write_bytes((EQUITY / "hour/spy.zip").read_bytes())
    write_futures(tmp_path)
    files = [path for path in (tmp_path / "future").rglob("*") if path.is_file()]
    assert len(files) == len([path for path in (DATA / "future").rglob("*") if path.is_file()])
    for path in files:
        assert content(path) == content(DATA / path.relative_to(tmp_path)), path


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
@pytest.mark.timeout(600)
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
