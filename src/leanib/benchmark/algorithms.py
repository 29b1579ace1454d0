"""What is run: one algorithm for each way in which a strategy spends the engine's time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from leanib.benchmark.data import COARSE_SELECTED, DAILY, MANY
from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.consolidators import TradeBarConsolidator
from leanib.engine.indicators import Delay, IndicatorExtensions, SimpleMovingAverage
from leanib.engine.market import Slice
from leanib.engine.symbols import Resolution, Symbol

__all__ = [
    "START_UP",
    "Coarse",
    "Consolidators",
    "DailyRotation",
    "HistoryEachDay",
    "ManyMinutes",
    "Minutes",
    "Orders",
    "Ribbon",
    "ScheduledEvents",
    "Seconds",
    "Ticks",
]

START_UP = """\
from AlgorithmImports import *


class StartUp(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2014, 1, 6)
        self.set_end_date(2014, 1, 10)
        self.set_cash(100000)
        self.add_equity("SPY", Resolution.MINUTE)

    def on_data(self, data):
        if not self.portfolio.invested:
            self.set_holdings("SPY", 1)
"""
"""A file as users have it: five days of minutes, from the start of the process to its exit."""


class Minutes(QCAlgorithm):
    """Two years of one stock's minutes, trades and quotes; buys once and looks at each step whether it holds."""

    years = 2

    def initialize(self) -> None:
        """One stock, and no benchmark."""
        self.set_start_date(2014, 1, 2)
        self.set_end_date(2013 + self.years, 12, 31)
        self.set_cash(100_000)
        self.set_benchmark(lambda _time: 1)
        self._spy = self.add_equity("SPY", Resolution.MINUTE).symbol
        self.set_up()

    def set_up(self) -> None:
        """What comes on top."""

    def on_data(self, slice: Slice) -> None:
        """Buys once."""
        if not self.portfolio.invested:
            self.set_holdings("SPY", 1)


class ManyMinutes(QCAlgorithm):
    """Eight days of the minutes of 350 stocks, and nothing done with them."""

    def initialize(self) -> None:
        """The stocks."""
        self.set_start_date(2015, 9, 1)
        self.set_end_date(2015, 9, 11)
        self.set_benchmark(lambda _time: 1)
        for ticker in MANY:
            self.add_equity(ticker, Resolution.MINUTE)

    def on_data(self, slice: Slice) -> None:
        """Nothing."""


class Seconds(QCAlgorithm):
    """Ten days of one stock's seconds."""

    def initialize(self) -> None:
        """One stock."""
        self.set_start_date(2014, 1, 2)
        self.set_end_date(2014, 1, 15)
        self.set_benchmark(lambda _time: 1)
        self.add_equity("SEC", Resolution.SECOND)

    def on_data(self, slice: Slice) -> None:
        """Nothing."""


class Ticks(QCAlgorithm):
    """Three days of one stock's ticks, each looked at."""

    def initialize(self) -> None:
        """One stock."""
        self.set_start_date(2014, 1, 2)
        self.set_end_date(2014, 1, 6)
        self.set_benchmark(lambda _time: 1)
        self._symbol = self.add_equity("TIC", Resolution.TICK).symbol
        self._volume = 0.0

    def on_data(self, slice: Slice) -> None:
        """Adds up what was traded."""
        for tick in slice.ticks[self._symbol]:
            self._volume += tick.quantity


class DailyRotation(QCAlgorithm):
    """Ten years of the days of 500 stocks; once a month the ten that rose most are held."""

    def initialize(self) -> None:
        """The stocks, and a window of closes of each."""
        self.set_start_date(2006, 1, 3)
        self.set_end_date(2015, 12, 31)
        self.set_cash(1_000_000)
        self.set_benchmark(lambda _time: 1)
        self._symbols = [self.add_equity(ticker, Resolution.DAILY).symbol for ticker in DAILY]
        self._closes: dict[Any, list[float]] = {symbol: [] for symbol in self._symbols}
        self._month = 0

    def on_data(self, slice: Slice) -> None:
        """Remembers the closes; at the turn of a month holds the best."""
        bars = slice.bars
        for symbol in self._symbols:
            bar = bars.get(symbol)
            if bar is not None:
                self._closes[symbol].append(bar.close)
        if self.time.month == self._month:
            return
        self._month = self.time.month
        ready = {symbol: closes for symbol, closes in self._closes.items() if len(closes) > 63}
        best = sorted(ready, key=lambda symbol: ready[symbol][-1] / ready[symbol][-64], reverse=True)[:10]
        for holding in list(self.portfolio.values()):
            if holding.invested and holding.symbol not in best:
                self.liquidate(holding.symbol)
        for symbol in best:
            self.set_holdings(symbol, 0.09)


class Ribbon(Minutes):
    """A year of minutes below fifty daily averages, each later than the one before."""

    years = 1

    def set_up(self) -> None:
        """The ribbon."""
        average = SimpleMovingAverage("average", 15)
        self._ribbon = []
        for number in range(50):
            delayed = IndicatorExtensions.of(Delay(f"delay {number}", 5 * (number + 1)), average)
            self.register_indicator(self._spy, delayed, Resolution.DAILY)
            self._ribbon.append(delayed)

    def on_data(self, slice: Slice) -> None:
        """Looks at all of it, when it is ready."""
        if all(line.is_ready for line in self._ribbon):
            for line in self._ribbon:
                _ = line.current.value


class Consolidators(Minutes):
    """A year of minutes, with consolidators whose bars the strategy takes: five minutes, a quarter, an hour, a day."""

    years = 1

    def set_up(self) -> None:
        """The consolidators."""
        self._bars = 0
        for minutes in (5, 15, 60, 24 * 60):
            consolidator = TradeBarConsolidator(timedelta(minutes=minutes))
            consolidator.data_consolidated += self._on_bar
            self.subscription_manager.add_consolidator(self._spy, consolidator)

    def _on_bar(self, _sender: Any, bar: Any) -> None:
        self._bars += bar.close > bar.open


class HistoryEachDay(Minutes):
    """A year of minutes; at the end of each day an hour of them and a day are asked for again."""

    years = 1

    def on_data(self, slice: Slice) -> None:
        """Nothing."""

    def on_end_of_day(self, symbol: Symbol | str = "") -> None:
        """The highest price of the last hour, and the last day."""
        minutes = self.history([self._spy], 60, Resolution.MINUTE)
        highest = 0.0
        for _, row in minutes.loc["SPY"].iterrows():
            highest = max(highest, row["high"])
        days = self.history([self._spy], 1, Resolution.DAILY)
        if len(days):
            _ = days.loc["SPY"].head()["high"]


class ScheduledEvents(Minutes):
    """A year of minutes with 600 events a day."""

    years = 1

    def set_up(self) -> None:
        """Each of the first and of the last 300 minutes of a day has one."""
        for minute in range(300):
            every_day = self.date_rules.every_day("SPY")
            self.schedule.on(every_day, self.time_rules.after_market_open("SPY", minute), self._rebalance)
            self.schedule.on(every_day, self.time_rules.before_market_close("SPY", minute), self._rebalance)

    def on_data(self, slice: Slice) -> None:
        """Nothing."""

    def _rebalance(self) -> None:
        """Nothing."""


class Orders(Minutes):
    """A hundred thousand market orders over a year of minutes: buys and sells in turn."""

    years = 1
    orders = 100_000

    def set_up(self) -> None:
        """How many were sent; LEAN stops at ten thousand by itself."""
        self.set_maximum_orders(2 * self.orders)
        self._sent = 0

    def on_data(self, slice: Slice) -> None:
        """Two orders."""
        if self._sent < self.orders:
            self._sent += 2
            self.market_order(self._spy, 10)
            self.market_order(self._spy, -10)


class Coarse(QCAlgorithm):
    """Seven thousand stocks to choose from each day; 250 are chosen, and some leave each day."""

    def initialize(self) -> None:
        """The universe."""
        self.universe_settings.resolution = Resolution.DAILY
        self.set_start_date(2017, 1, 3)
        self.set_end_date(2017, 3, 30)
        self.set_cash(50_000)
        self.set_benchmark(lambda _time: 1)
        self._left: list[Any] = []
        self._changes = 0
        self.add_universe(self._select)

    def _select(self, coarse: Any) -> list[Any]:
        known = [point for point in coarse if point.has_fundamental_data]
        traded = sorted(known, key=lambda point: point.dollar_volume, reverse=True)[: COARSE_SELECTED - 50]
        return [point.symbol for point in traded if point.symbol not in self._left][:250]

    def on_data(self, slice: Slice) -> None:
        """The first one leaves for fifty days."""
        if slice.has_data:
            self._left = [*self._left[-50:], slice.keys()[0]]

    def on_securities_changed(self, changes: Any) -> None:
        """Sells what left, buys what came."""
        for security in changes.removed_securities:
            if security.invested:
                self.liquidate(security.symbol)
        for security in changes.added_securities:
            self.set_holdings(security.symbol, 0.001)
