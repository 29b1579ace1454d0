"""What a run asked for and did not get is told, with names, dates and numbers of files."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.custom import PythonData, SubscriptionDataSource
from leanib.engine.results.listener import SilentListener
from leanib.engine.symbols import Resolution, SubscriptionTransportMedium

MONDAY = datetime(2014, 6, 2)
DAY = timedelta(days=1)


class OneWeek(QCAlgorithm):
    """From Monday to Friday; a constant is the benchmark."""

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(MONDAY + 4 * DAY)
        self.set_benchmark(lambda _time: 1)
        self.set_up()

    def set_up(self) -> None:
        """More to do in initialize()."""


def _told(market: Any, algorithm: type[Any]) -> list[str]:
    return [str(item) for item in market.run(algorithm).missing_data]


def _minutes(market: Any, *days: int) -> None:
    for day in days:
        market.minutes("xyz", MONDAY + day * DAY, dict.fromkeys(range(390), 10.0))


def test_a_run_with_all_its_data_says_nothing(market: Any) -> None:
    """Daily bars over the whole run."""

    class Whole(OneWeek):
        def set_up(self) -> None:
            self.add_equity("XYZ", Resolution.DAILY)

    market.days("xyz", MONDAY, [10.0] * 5)
    assert _told(market, Whole) == []


def test_days_without_a_file_are_counted(market: Any) -> None:
    """How many of how many, from when to when, and one of the files; trades and quotes together."""

    class Minutes(OneWeek):
        def set_up(self) -> None:
            self.add_equity("XYZ", Resolution.MINUTE)

    _minutes(market, 0, 3, 4)
    for day in (0, 3, 4):
        folder = market.folder / "equity/usa/minute/xyz"
        trades = folder / f"{MONDAY + day * DAY:%Y%m%d}_trade.zip"
        market.write_zip(f"equity/usa/minute/xyz/{trades.name.replace('trade', 'quote')}", [])
    (line,) = _told(market, Minutes)
    assert line == (
        "XYZ, minute trades and quotes (equity, usa): 2 of 5 days are not there, 2014-06-03 to 2014-06-04 "
        "(equity/usa/minute/xyz/20140603_trade.zip)"
    )


def test_quotes_that_only_trades_replace_are_told_and_are_no_error(market: Any) -> None:
    """Data of trades alone is data that people have."""

    class Minutes(OneWeek):
        def set_up(self) -> None:
            self.add_equity("XYZ", Resolution.MINUTE)

    _minutes(market, 0, 1, 2, 3, 4)
    (item,) = market.run(Minutes).missing_data
    assert "minute quotes" in item.what
    assert "5 of 5 days" in item.detail
    assert not item.is_error


def test_a_history_that_ends_before_the_run_is_told(market: Any) -> None:
    """As is one that begins after the run does; tickers of one kind are told together."""

    class Longer(OneWeek):
        def set_up(self) -> None:
            for ticker in ("XYZ", "ABC"):
                self.add_equity(ticker, Resolution.DAILY)
            self.add_equity("LATE", Resolution.DAILY)

    for ticker in ("xyz", "abc"):
        market.days(ticker, MONDAY, [10.0] * 2)
    market.days("late", MONDAY + 2 * DAY, [10.0] * 3)
    ends, begins = _told(market, Longer)
    assert ends.startswith("XYZ, ABC, daily prices (equity, usa): ends on 2014-06-03, the run on 2014-06-06; yearly")
    assert begins.startswith("LATE, daily prices (equity, usa): begins on 2014-06-04, the run on 2014-06-02")


def test_a_security_that_was_listed_or_delisted_meanwhile_lacks_nothing(market: Any) -> None:
    """Its map file says so."""

    class Longer(OneWeek):
        def set_up(self) -> None:
            self.add_equity("XYZ", Resolution.DAILY)

    market.days("xyz", MONDAY + DAY, [10.0] * 3)
    market.map_file("xyz", "20140603,xyz,Q", "20140605,xyz,Q")
    assert _told(market, Longer) == []


def test_a_security_without_any_data_and_an_empty_universe_are_told(market: Any) -> None:
    """A universe without data selects nothing: that is no reason to be silent."""

    class Universe(OneWeek):
        def set_up(self) -> None:
            self.add_equity("NOPE", Resolution.DAILY)
            self.add_universe(lambda coarse: [point.symbol for point in coarse])

    told = _told(market, Universe)
    assert told[0] == "NOPE: no data at all from 2014-06-02 to 2014-06-06"
    assert any(line.startswith("the fundamental universe, a file a day: ") for line in told)
    assert any(line.startswith("NOPE, daily prices (equity, usa): the file is not there") for line in told)


def test_a_benchmark_without_prices_is_told(market: Any) -> None:
    """Its statistics are zeros that mean nothing."""

    class Default(OneWeek):
        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(MONDAY + 4 * DAY)
            self.add_equity("XYZ", Resolution.DAILY)

    market.days("xyz", MONDAY, [10.0] * 5)
    assert any(line.startswith("the benchmark SPY: has no prices; alpha, beta") for line in _told(market, Default))


@pytest.mark.parametrize("expression", ["market_cap", "valuation_ratios.pe_ratio"])
def test_fundamental_values_that_nobody_knows_are_told(market: Any, expression: str) -> None:
    """Sorting by NaN selects something: the run says that it means nothing."""

    class Sorted(OneWeek):
        def set_up(self) -> None:
            self.universe_settings.resolution = Resolution.DAILY
            self.add_universe(self.select)

        def select(self, points: list[Any]) -> list[Any]:
            def value(point: Any) -> Any:
                for name in expression.split("."):
                    point = getattr(point, name)
                return point

            return [point.symbol for point in sorted(points, key=value)[:1]]

    market.days("xyz", MONDAY, [10.0] * 5)
    for day in range(-3, 5):
        market.write(f"equity/usa/fundamental/coarse/{MONDAY + day * DAY:%Y%m%d}.csv", "XYZ R735QTJ8XC9X,XYZ,10,1,10")
    told = _told(market, Sorted)
    assert any(expression in line and "every value is NaN" in line for line in told)


class AsksTheInternet(QCAlgorithm):
    """Fails in `initialize()` for want of a file that the engine would not download."""

    def initialize(self) -> None:
        self.debug("before the failure")
        symbol = self.add_data(Remote, "REMOTE", Resolution.DAILY).symbol
        if not list(self.history(Remote, symbol, 3)):
            raise ValueError("nothing came")


class Remote(PythonData):
    """One file on a server."""

    def get_source(self, config: Any, date: datetime, is_live: bool) -> SubscriptionDataSource:
        return SubscriptionDataSource("https://example.invalid/a.csv", SubscriptionTransportMedium.REMOTE_FILE)


def test_what_was_said_before_initialize_failed_is_heard(market: Any) -> None:
    """The algorithm's own lines, and why its history is empty."""
    heard: list[str] = []

    class Listening(SilentListener):
        def message(self, kind: str, text: str) -> None:
            heard.append(f"{kind}: {text}")

    with pytest.raises(ValueError, match="nothing came"):
        run_backtest(AsksTheInternet, Job(market.folder, listener=Listening()))
    assert any("before the failure" in line for line in heard)
    assert any("does not download https://example.invalid/a.csv" in line for line in heard)
