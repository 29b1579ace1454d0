"""Universes over files: constituents of ETFs, custom data, schedules, and time in a universe."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.market.universe import UNCHANGED
from leanib.engine.symbols import Resolution

MONDAY = datetime(2014, 6, 2)
DAY = timedelta(days=1)


class Chooser(QCAlgorithm):
    """Three days; notes selections and changes."""

    def initialize(self) -> None:
        self.called: list[str] = []
        self.set_start_date(MONDAY)
        self.set_end_date(MONDAY + 2 * DAY)
        self.set_benchmark(lambda _time: 1)
        self.universe_settings.resolution = Resolution.DAILY
        self.set_up()

    def set_up(self) -> None:
        """Adds the universe."""

    def on_securities_changed(self, changes: Any) -> None:
        self.called += [f"{self.time:%d} +{security.symbol.value}" for security in changes.added_securities]
        self.called += [f"{self.time:%d} -{security.symbol.value}" for security in changes.removed_securities]


def _stocks(market: Any) -> None:
    for ticker in ("aaa", "bbb", "spy"):
        market.days(ticker, MONDAY, [1.0, 2.0, 3.0])


def test_the_holdings_of_an_etf(market: Any) -> None:
    """The filter sees one object a holding, with weight and shares, on the day after the file's."""
    _stocks(market)
    folder = "equity/usa/universes/etf/spy"
    market.write(f"{folder}/20140530.csv", "AAA,AAA 2T,20140529,0.7,70,700", "BBB,BBB 2T,20140529,,30,300")
    market.write(f"{folder}/20140602.csv", "AAA,AAA 2T,20140602,0.2,20,200", "BBB,BBB 2T,20140602,0.8,80,800")

    class Holdings(Chooser):
        def set_up(self) -> None:
            self.add_universe(self.universe.etf("SPY", self.universe_settings, self.choose))

        def choose(self, holdings: Any) -> list[Any]:
            return [each.symbol for each in holdings if each.weight is not None and each.weight > 0.5]

    assert market.run(Holdings).algorithm.called == ["02 +AAA", "03 +BBB", "03 -AAA"]


def test_a_selector_may_leave_things_as_they_are(market: Any) -> None:
    """`Universe.UNCHANGED` keeps what is selected."""
    _stocks(market)
    for day in (530, 602, 603):
        market.write(f"equity/usa/fundamental/coarse/20140{day}.csv", "AAA 2T,AAA,10,100,5,True,1,1")

    class Lazy(Chooser):
        def set_up(self) -> None:
            self.add_universe(self.choose)

        def choose(self, points: Any) -> Any:
            self.called.append(f"{self.time:%d} select")
            return [point.symbol for point in points] if self.time.day == 2 else UNCHANGED

    assert market.run(Lazy).algorithm.called == ["02 select", "02 +AAA", "03 select", "04 select"]


def test_tickers_by_date(market: Any) -> None:
    """A named universe asks its selector for tickers every day."""
    _stocks(market)

    class Tickers(Chooser):
        def set_up(self) -> None:
            self.add_universe("mine", Resolution.DAILY, lambda time: ["AAA"] if time.day < 4 else ["BBB"])

    assert market.run(Tickers).algorithm.called == ["02 +AAA", "04 +BBB", "04 -AAA"]


def test_a_security_stays_for_the_minimum_time(market: Any) -> None:
    """What was selected a day ago cannot go yet when two days are the minimum."""
    _stocks(market)

    class Sticky(Chooser):
        def set_up(self) -> None:
            self.universe_settings.minimum_time_in_universe = 2 * DAY
            self.add_universe("mine", Resolution.DAILY, lambda time: ["AAA"] if time.day < 3 else ["BBB"])

    assert market.run(Sticky).algorithm.called == ["02 +AAA", "03 +BBB"]


def test_a_held_security_goes_once_it_is_sold(market: Any) -> None:
    """A security that is held leaves for the algorithm at once, but keeps its data until it is sold."""
    _stocks(market)

    class Holder(Chooser):
        def set_up(self) -> None:
            self.add_universe("mine", Resolution.DAILY, lambda time: ["AAA"] if time.day < 3 else ["BBB"])

        def on_data(self, data: Any) -> None:
            self.called.append(f"{self.time:%d} " + ",".join(symbol.value for symbol in list(data.keys())))
            if self.time.day == 2:
                self.market_on_open_order(data.bars.keys()[0], 10)

    algorithm = market.run(Holder).algorithm
    assert algorithm.called == ["02 +AAA", "02 AAA", "03 +BBB", "03 -AAA", "03 AAA,BBB", "04 AAA,BBB"]


def test_a_removed_universe_lets_its_securities_go(market: Any) -> None:
    """After remove_universe() nothing of it is left."""
    _stocks(market)

    class Remover(Chooser):
        def set_up(self) -> None:
            self.mine = self.add_universe("mine", Resolution.DAILY, lambda _time: ["AAA"])

        def on_data(self, data: Any) -> None:
            if self.time.day == 2:
                self.remove_universe(self.mine)

    assert market.run(Remover).algorithm.called == ["02 +AAA", "03 -AAA"]


def test_whether_a_security_has_fundamental_data_is_what_the_file_says(market: Any) -> None:
    """The filter that nearly every coarse selection begins with selects what the file marks."""

    class Marked(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(2014, 6, 2)
            self.set_end_date(2014, 6, 4)
            self.set_benchmark(lambda _time: 1)
            self.universe_settings.resolution = Resolution.DAILY
            self.found: set[str] = set()
            self.add_universe(self.select)

        def select(self, coarse: list[Any]) -> list[Any]:
            self.found |= {point.symbol.value for point in coarse if point.has_fundamental_data}
            return []

    for day in range(26, 31):
        rows = ("XYZ R735QTJ8XC9X,XYZ,10,1,10,True,1,1", "ABC R735QTJ8XC9X,ABC,10,1,10,False,1,1")
        market.write(f"equity/usa/fundamental/coarse/201405{day}.csv", *rows)
    assert market.run(Marked).algorithm.found == {"XYZ"}
