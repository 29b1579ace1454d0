# ruff: noqa: F405
"""Made-up data: what LEAN's generator makes, in the market's hours, sound by the check, and traded on in a backtest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from AlgorithmImports import *  # noqa: F403
from leanib.data import MarketHoursFile, read_coarse_universe, read_factor_file, read_map_file, read_trade_bars
from leanib.data.archive import entry_names, read_entry
from leanib.data.check import check_folder
from leanib.data.folder import bring_tables
from leanib.data.info import folder_info
from leanib.data.paths import coarse_path, factor_file_path, map_file_path, zip_path
from leanib.data.series_files import RESOLUTIONS, all_files, read_columns
from leanib.errors import UsageError
from leanib.operations.generate import KINDS, GenerateSettings, Generation, Made
from leanib.operations.generate.sessions import hours_of, sessions

FIRST, LAST = dt.date(2020, 3, 2), dt.date(2020, 3, 6)


def make(folder: Path, start: dt.date = FIRST, end: dt.date = LAST, **options: object) -> list[Made]:
    """Make data up in a folder that gets its tables first."""
    bring_tables(folder)
    if "tickers" not in options:
        options.setdefault("symbol_count", 2)
    settings = GenerateSettings(start, end, **{"random_seed": 7, **options})
    return list(Generation(folder, settings).symbols())


def prices(folder: Path) -> dict[str, bytes]:
    """The price files' texts."""
    return {str(file.path.relative_to(folder)): read_entry(file.path) for file in all_files(folder)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_every_kind_and_resolution_is_sound(tmp_path: Path, kind: str, resolution: str) -> None:
    """The check has nothing to say, and the folder says that all is made up."""
    if kind == "option" and resolution != "minute":
        with pytest.raises(UsageError, match="by the minute only"):
            make(tmp_path, security_type=kind, resolution=resolution)
        return
    days = 30 if resolution in {"hour", "daily"} or kind == "future" else 3
    density = "verysparse" if resolution in {"tick", "second"} else "dense"
    made = make(
        tmp_path, end=FIRST + dt.timedelta(days=days), security_type=kind, resolution=resolution, symbol_count=1,
        data_density=density, chain_symbol_count=2,
    )  # fmt: skip
    assert made[0].files
    assert [problem.text for problem in check_folder(tmp_path)] == []
    sources = {one.source.partition(", ")[2][:6] for one in folder_info(tmp_path)}
    assert sources == {"seed 7"}


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    """Another seed makes other names and other prices."""
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        make(tmp_path / name, random_seed=seed, resolution="hour")
    first, same, other = (prices(tmp_path / name) for name in "abc")
    assert first == same
    assert first.values() != other.values()
    assert set(first) != set(other)


def test_a_symbol_does_not_depend_on_its_neighbours(tmp_path: Path) -> None:
    """A symbol's files are the same, whatever else is made up."""
    make(tmp_path / "a", tickers=("AAA", "BBB"))
    make(tmp_path / "b", tickers=("BBB",))
    both, alone = prices(tmp_path / "a"), prices(tmp_path / "b")
    assert alone.items() <= both.items()


def _times(folder: Path) -> Iterator[dt.datetime]:
    for file in all_files(folder):
        yield from read_columns(file).time.astype("datetime64[s]").tolist()


@pytest.mark.parametrize(
    ("kind", "open_", "close"),
    [
        # 2020-03-08 New York's clocks went forward: its evening is an hour earlier in UTC from then on.
        ("forex", dt.datetime(2020, 3, 8, 21), dt.datetime(2020, 3, 13, 20, 59)),
        ("equity", dt.datetime(2020, 3, 9, 9, 30), dt.datetime(2020, 3, 13, 15, 59)),
        ("crypto", dt.datetime(2020, 3, 7), dt.datetime(2020, 3, 13, 23, 59)),
    ],
)
def test_prices_come_when_the_market_is_open(
    tmp_path: Path, kind: str, open_: dt.datetime, close: dt.datetime
) -> None:
    """In the zone of the files, over a change of clocks too."""
    make(tmp_path, dt.date(2020, 3, 7), dt.date(2020, 3, 13), security_type=kind, symbol_count=1, ipo_percentage=0.0)
    times = sorted(set(_times(tmp_path)) - {dt.datetime(2020, 3, day) for day in range(9, 14) if kind == "equity"})
    assert times[0] == open_
    assert times[-1] == close


def test_early_closes_and_holidays(tmp_path: Path) -> None:
    """Thanksgiving has no prices, and the day after ends at one o'clock."""
    make(tmp_path, dt.date(2019, 11, 27), dt.date(2019, 12, 2), tickers=("AAA",), ipo_percentage=0.0)
    days = {file.date: read_columns(file).time for file in all_files(tmp_path) if file.date}
    assert sorted(days) == [dt.date(2019, 11, 27), dt.date(2019, 11, 29), dt.date(2019, 12, 2)]
    assert days[dt.date(2019, 11, 29)][-1] == np.datetime64("2019-11-29T12:59")


def test_dense_has_every_minute_and_sparse_has_not(tmp_path: Path) -> None:
    """The densities are LEAN's: a price in every step, every 5, every 50."""
    counts = {}
    for density in ("dense", "sparse", "verysparse"):
        folder = tmp_path / density
        make(folder, FIRST, FIRST, tickers=("AAA",), data_density=density, ipo_percentage=0.0)
        path = zip_path(folder, "equity", "usa", "minute", "aaa", "trade", FIRST)
        counts[density] = len(read_trade_bars(path, FIRST, 10_000))
    assert counts["dense"] == 390
    assert 390 / 5 <= counts["sparse"] < 300
    assert 390 / 50 <= counts["verysparse"] < 40


def test_splits_dividends_and_names_stand_in_prices_and_tables_alike(tmp_path: Path) -> None:
    """Adjusted by the factor file no step is larger than a day's walk; each name has its own days, without a gap."""
    made = make(
        tmp_path, dt.date(2015, 1, 1), dt.date(2019, 12, 31), tickers=("AAA",), resolution="daily", ipo_percentage=0.0,
        splits_percentage=100.0, rename_percentage=100.0, dividends_percentage=100.0,
        dividend_every_quarter_percentage=100.0,
    )[0]  # fmt: skip
    kinds = [event.partition(": ")[2].split()[0] for event in made.events]
    assert kinds.count("dividend") >= 15
    assert "called" in kinds
    assert any("split" in event for event in made.events)
    last = next(event.split()[-1] for event in reversed(made.events) if "called" in event)
    names, factors = (
        read_map_file(map_file_path(tmp_path, "usa", last)),
        read_factor_file(factor_file_path(tmp_path, "usa", last)),
    )
    assert [names[0].ticker, names[1].ticker, names[-1].ticker] == ["AAA", "AAA", last]
    assert (names[0].date, names[-1].date) == (made.first, dt.date(2050, 12, 31))
    closes: list[float] = []
    opens: list[float] = []
    days: list[dt.date] = []
    for begin, end in pairwise(names):
        bars = read_trade_bars(zip_path(tmp_path, "equity", "usa", "daily", end.ticker, "trade"), None, 10_000)
        own = bars.time.astype("datetime64[D]").tolist()
        assert days == [] or begin.date < own[0]
        assert own[-1] <= end.date
        days += own
        for day, open_, close in zip(own, bars.open.tolist(), bars.close.tolist(), strict=True):
            row = next(row for row in factors if row.date >= day)
            factor = float(row.price_factor * row.split_factor)
            opens.append(open_ * factor)
            closes.append(close * factor)
    assert days == [session.date for session in sessions(hours_of(tmp_path, "Equity", "usa", "AAA"), days[0], days[-1])]
    steps = np.abs(np.array(opens[1:]) / np.array(closes[:-1]) - 1)
    assert float(steps.max()) < 0.012  # half of the widest change between two prices, and roundings


def test_the_coarse_lists_have_what_was_there_too(tmp_path: Path) -> None:
    """Lines of other stocks stay; a stock's line has its day's close and volume."""
    path = coarse_path(tmp_path, "usa", FIRST)
    path.parent.mkdir(parents=True)
    path.write_text("ZZZ R735QTJ8XC9X,ZZZ,1.5,10,15,True,1,1\n")
    make(tmp_path, tickers=("AAA",), ipo_percentage=0.0)
    rows = {row.ticker: row for row in read_coarse_universe(path)}
    daily = read_trade_bars(zip_path(tmp_path, "equity", "usa", "daily", "aaa", "trade"), None, 10_000)
    assert set(rows) == {"AAA", "ZZZ"}
    assert float(rows["AAA"].close) == daily.close[0]
    assert rows["AAA"].volume == daily.volume[0]
    make(tmp_path, tickers=("BBB",), include_coarse=False)
    assert {row.ticker for row in read_coarse_universe(path)} == {"AAA", "ZZZ"}


def test_what_is_there_is_not_lost(tmp_path: Path) -> None:
    """A ticker that has data is refused, or its files are kept beside the new ones."""
    make(tmp_path, tickers=("AAA",), resolution="daily")
    before = prices(tmp_path)
    with pytest.raises(UsageError, match=r"there is data of AAA already .* --overwrite"):
        make(tmp_path, tickers=("AAA",), random_seed=8)
    assert prices(tmp_path) == before
    make(tmp_path, tickers=("AAA",), random_seed=8, resolution="daily", overwrite=True)
    after = prices(tmp_path)
    assert after.keys() == before.keys()
    assert after != before
    old = tmp_path / "equity" / "usa" / "daily" / "aaa.zip.old"
    assert read_entry(old) == before["equity/usa/daily/aaa.zip"]


def test_two_contracts_of_a_future_share_their_files(tmp_path: Path) -> None:
    """The second contract's prices stand beside the first one's."""
    span = (FIRST, dt.date(2020, 12, 31))
    roots = {"tickers": ("ES",), "security_type": "future", "resolution": "daily"}
    names = {make(tmp_path, *span, **roots, random_seed=seed)[0].name for seed in (3, 4)}
    assert len(names) == 2
    with pytest.raises(UsageError, match="there is data of ES already"):
        make(tmp_path, *span, **roots, random_seed=3)
    path = zip_path(tmp_path, "future", "cme", "daily", "es", "trade")
    assert {f"ES {name[-10:-4]}" for name in entry_names(path)} == names


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"tickers": ()}, "--symbol-count 10"),
        ({"security_type": "bond"}, "--security-type bond is not known; it is one of equity"),
        ({"resolution": "week"}, "--resolution week is not known"),
        ({"data_density": "thin"}, "--data-density thin is not known"),
        ({"option_price_engine": "Magic"}, "one of BaroneAdesiWhaleyApproximationEngine"),
        ({"splits_percentage": 101.0}, "--splits-percentage 101 must be from 0 to 100"),
        ({"quote_trade_ratio": float("nan")}, "--quote-trade-ratio nan must be 0 or more"),
        ({"start": dt.date(1990, 1, 1)}, "too early"),
        ({"start": dt.date(2021, 1, 1)}, "is before --start"),
        ({"start": dt.date(2020, 2, 29), "end": dt.date(2020, 3, 1)}, "is not traded on any day"),
        ({"security_type": "crypto", "tickers": ("ABC",)}, "ABC is no crypto of coinbase; there are"),
        ({"security_type": "future", "tickers": ("ES",)}, "no contract of ES expires"),
        ({"security_type": "option", "chain_symbol_count": 76}, "may be 75 at most"),
        ({"market": "mars"}, "no equity of mars is known"),
    ],
)
def test_what_makes_no_sense_is_told(tmp_path: Path, options: dict[str, object], sentence: str) -> None:
    """In a sentence that names the option."""
    with pytest.raises(UsageError, match=sentence):
        make(tmp_path, **options)


def test_a_stock_is_traded_on_through_its_events(tmp_path: Path, run_algorithm) -> None:
    """A backtest is told every split and dividend that the factor file has."""
    make(
        tmp_path, dt.date(2019, 1, 1), dt.date(2020, 12, 31), tickers=("AAA",), resolution="daily", ipo_percentage=0.0,
        splits_percentage=100.0, dividends_percentage=100.0, dividend_every_quarter_percentage=100.0,
        rename_percentage=100.0, random_seed=9,
    )  # fmt: skip
    last = next(map_file_path(tmp_path, "usa", "x").parent.glob("*.csv")).stem
    told = {"split": 0, "dividend": 0}

    class Holder(QCAlgorithm):
        def initialize(self):
            self.set_start_date(2019, 1, 1)
            self.set_end_date(2020, 12, 31)
            self.stock = self.add_equity(last, Resolution.DAILY, data_normalization_mode=DataNormalizationMode.RAW)
            self.set_benchmark(lambda _: 1)

        def on_data(self, data):
            told["split"] += sum(one.type == SplitType.SPLIT_OCCURRED for one in data.splits.values())
            told["dividend"] += len(data.dividends)
            if not self.portfolio.invested:
                self.market_order(self.stock.symbol, 10)

    run = run_algorithm(Holder, tmp_path)
    rows = read_factor_file(factor_file_path(tmp_path, "usa", last))
    steps = list(pairwise(rows[1:]))
    assert told["dividend"] == sum(a.price_factor != b.price_factor for a, b in steps)
    assert told["split"] == sum(a.split_factor != b.split_factor for a, b in steps) > 0
    assert len(run.fills) >= 1
    assert run.missing_data == []


def test_contracts_are_found_in_their_lists(tmp_path: Path, run_algorithm) -> None:
    """A filter finds the option chain and the future, and an option can be bought."""
    make(tmp_path, FIRST, dt.date(2020, 3, 31), tickers=("AAA",), security_type="option", chain_symbol_count=4)
    make(tmp_path, FIRST, dt.date(2020, 3, 31), tickers=("ES",), security_type="future")
    seen: dict[str, int] = {}

    class Chains(QCAlgorithm):
        def initialize(self):
            self.set_start_date(2020, 3, 2)
            self.set_end_date(2020, 3, 12)
            self.option = self.add_option("AAA")
            self.option.set_filter(-100, 100, 0, 60)
            self.future = self.add_future("ES")
            self.future.set_filter(0, 90)
            self.set_benchmark(lambda _: 1)

        def on_data(self, data):
            for name, chain in (("option", data.option_chains), ("future", data.future_chains)):
                for one in chain.values():
                    seen[name] = max(seen.get(name, 0), len(list(one)))
            for chain in data.option_chains.values():
                for contract in chain:
                    if not self.portfolio.invested and contract.ask_price > 0:
                        self.market_order(contract.symbol, 1)

    run = run_algorithm(Chains, tmp_path)
    assert seen == {"option": 8, "future": 1}
    assert run.fills


def test_an_option_costs_what_its_stock_says(tmp_path: Path) -> None:
    """Calls get cheaper with the strike and puts dearer, and a put is never below what exercising gives."""
    make(tmp_path, FIRST, dt.date(2020, 3, 31), tickers=("AAA",), security_type="option", chain_symbol_count=10)
    lists = sorted((tmp_path / "option" / "usa" / "universes" / "aaa").glob("*.csv"))
    lines = [line.split(",") for line in lists[-3].read_text().splitlines()[1:]]
    stock = float(next(line for line in lines if not line[0])[6])
    closes = {
        right: [float(line[6] or 0) for line in sorted(lines, key=lambda one: float(one[1] or 0)) if line[2] == right]
        for right in "CP"
    }
    strikes = sorted({float(line[1]) for line in lines if line[1]})
    assert closes["C"] == sorted(closes["C"], reverse=True)
    assert closes["P"] == sorted(closes["P"])
    assert all(price >= strike - stock - 0.5 for price, strike in zip(closes["P"], strikes, strict=True))


def test_hours_are_the_database_s(tmp_path: Path) -> None:
    """A session has as many minutes as the exchange's day."""
    bring_tables(tmp_path)
    hours = MarketHoursFile(tmp_path / "market-hours" / "market-hours-database.json").entry("Equity-usa-[*]")
    (session,) = sessions(hours, dt.date(2020, 3, 9), dt.date(2020, 3, 9))
    assert Decimal(session.length) / 1_000_000 == 390 * 60
