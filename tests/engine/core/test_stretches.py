"""A run in stretches and a run step by step come to the same charts, orders, trades, log lines and counts."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.engine.core.both_ways import check

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.consolidators import TradeBarConsolidator
from leanib.engine.market import Slice
from leanib.engine.securities import MarginCallModel
from leanib.engine.symbols import DataNormalizationMode, Resolution

MONDAY = datetime(2014, 6, 2)
DAYS = 9
OPEN = 34_200_000


def trades(rng: random.Random, price: float, minutes: range, density: float) -> tuple[list[str], float]:
    """A day's trade bars: a walk with gaps, some without volume, some before and after the market's hours."""
    lines = []
    for minute in minutes:
        if rng.random() > density:
            continue
        first, price = price, max(1.0, price + rng.choice((-0.11, -0.03, 0.0, 0.02, 0.12)))
        high, low = max(first, price) + 0.01, min(first, price) - 0.01
        prices = ",".join(f"{value * 10000:.0f}" for value in (first, high, low, price))
        lines.append(f"{OPEN + minute * 60_000},{prices},{rng.choice((0, 100, 250, 300))}")
    return lines, price


def quotes(rng: random.Random, minutes: range, density: float) -> list[str]:
    """A day's quote bars around 50, now and then without one of the sides."""
    lines = []
    for minute in minutes:
        if rng.random() > density:
            continue
        bid = 50 + rng.random()
        sides = [",".join([f"{value * 10000:.0f}"] * 4) for value in (bid, bid + 0.05)]
        without = rng.choice((None, None, None, 0, 1))
        if without is not None:
            sides[without] = "0,0,0,0"
        lines.append(f"{OPEN + minute * 60_000},{sides[0]},{rng.randrange(9)},{sides[1]},{rng.randrange(9)}")
    return lines


@pytest.fixture
def minutes(market: Any) -> Any:
    """Three stocks: dense, sparse with quotes, and one that splits, pays and misses days; a benchmark by the hour."""
    rng = random.Random(7)
    price = {"abc": 50.0, "xyz": 20.0, "spl": 100.0}
    for number in range(DAYS + 5):
        day = MONDAY + timedelta(days=number)
        if day.weekday() > 4:
            continue
        for ticker, span, density in (
            ("abc", range(-40, 450), 0.97),
            ("xyz", range(390), 0.2),
            ("spl", range(390), 0.6),
        ):
            if ticker == "spl" and number in (2, 3):
                continue
            lines, price[ticker] = trades(rng, price[ticker], span, density)
            market.write_zip(f"equity/usa/minute/{ticker}/{day:%Y%m%d}_trade.zip", lines)
        market.write_zip(f"equity/usa/minute/abc/{day:%Y%m%d}_quote.zip", quotes(rng, range(390), 0.7))
    market.factor_file("spl", "20140604,0.99,0.5,99.5", "20140609,1,0.5,50")
    for ticker in price:
        market.map_file(ticker)
    return market


class Minutes(QCAlgorithm):
    """Nine days of minutes; notes what it sees."""

    resolution = Resolution.MINUTE

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(MONDAY + timedelta(days=DAYS))
        self.set_cash(100_000)
        self.set_benchmark(lambda _time: 1)
        self.steps = 0
        self.set_up()

    def set_up(self) -> None:
        """What is subscribed to."""
        self.add_equity("ABC", self.resolution)
        self.add_equity("XYZ", self.resolution)

    def say(self, *things: Any) -> None:
        """A line of the log."""
        self.log(" ".join(str(thing) for thing in things))

    def on_data(self, data: Slice) -> None:
        self.steps += 1
        self.step(data)

    def step(self, data: Slice) -> None:
        """What is done at each step."""


def test_holding_and_looking_now_and_then(minutes: Any) -> None:
    """Prices, bars, the account and the last data are looked up when asked for, at any step."""

    class Looks(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.rng = random.Random(1)
            self.kept: list[Slice] = []

        def step(self, data: Slice) -> None:
            abc, xyz = self.securities["ABC"], self.securities["XYZ"]
            if not self.portfolio.invested and self.steps > 3:
                self.set_holdings("ABC", 0.6)
                self.set_holdings("XYZ", -0.3)
            look = self.rng.random()
            if look < 0.02:
                self.say(
                    self.time, self.utc_time, data.time, abc.price, xyz.close, abc.bid_price, abc.ask_size, xyz.volume
                )
            elif look < 0.04:
                self.say(
                    self.portfolio.total_portfolio_value, self.portfolio.total_unrealized_profit, abc.holdings.price
                )
            elif look < 0.06:
                self.say([(bar.key.value, str(bar.value), bar.value.is_fill_forward) for bar in data.bars])
                self.say([str(quote.value) for quote in data.quote_bars], data.contains_key("XYZ"), len(data))
            elif look < 0.08:
                self.say(abc.get_last_data(), abc.cache.get_data().end_time, xyz.local_time, abc.has_data)
                self.kept.append(data)
            elif look < 0.082:
                self.liquidate("XYZ")

        def on_end_of_algorithm(self) -> None:
            for data in self.kept:
                self.say(data.time, [point.end_time for point in data.all_data], self.current_slice.time)

    run = check(minutes, Looks)
    assert len(run.algorithm.trade_builder.exact_trades) == 1


def test_splits_dividends_and_days_that_are_missing(minutes: Any) -> None:
    """Corporate events come between stretches; a day without a file is filled forward."""

    class Raw(Minutes):
        def set_up(self) -> None:
            self.add_equity("SPL", data_normalization_mode=DataNormalizationMode.RAW)
            self.add_equity("ABC")

        def step(self, data: Slice) -> None:
            if self.steps == 100:
                self.market_order("SPL", 50)
            if data.splits or data.dividends:
                self.say(data.splits, data.dividends, self.portfolio.cash)

    check(minutes, Raw)


@pytest.mark.parametrize("extended", [False, True])
def test_extended_hours_and_scheduled_events(minutes: Any, extended: bool) -> None:
    """Events fire between steps and at steps, trade, and change the schedule."""

    class Scheduled(Minutes):
        def set_up(self) -> None:
            self.add_equity("ABC", extended_market_hours=extended)
            self.schedule.on(
                self.date_rules.every_day("ABC"), self.time_rules.after_market_open("ABC", 7.5), self.buy_some
            )
            self.schedule.on(self.date_rules.every_day("ABC"), self.time_rules.at(12, 30), self.look)
            self.schedule.on(self.date_rules.every_day(), self.time_rules.every(timedelta(minutes=37)), self.look)

        def buy_some(self) -> None:
            self.say("buys", self.time, self.securities["ABC"].price, self.market_order("ABC", 10).average_fill_price)
            later = self.time + timedelta(minutes=11)
            self.schedule.on(self.date_rules.on(later), self.time_rules.at(later.hour, later.minute), self.look)

        def look(self) -> None:
            self.say("looks", self.time, self.securities["ABC"].close, self.portfolio.total_portfolio_value)

        def on_end_of_day(self, symbol: Any) -> None:
            self.say("end of day", symbol, self.time)

    check(minutes, Scheduled)


def test_orders_that_wait(minutes: Any) -> None:
    """Pending orders see every step; a fill calls the algorithm, which orders again."""

    class Waits(Minutes):
        def step(self, data: Slice) -> None:
            if self.steps % 300 == 10:
                price = self.securities["ABC"].price
                self.limit_order("ABC", 10, price - 0.5)
                self.stop_market_order("ABC", 5, price + 0.4)
                self.market_on_close_order("XYZ", 3)
            if self.steps % 300 == 200:
                self.transactions.cancel_open_orders()
            if self.steps % 701 == 0:
                self.market_on_open_order("XYZ", -1)

        def on_order_event(self, order_event: Any) -> None:
            self.say(self.time, order_event)

    run = check(minutes, Waits, least=100)
    assert len(run.algorithm.transactions.get_orders()) > 20


def test_consolidators_and_indicators(minutes: Any) -> None:
    """Bars that end within a stretch, at the end of the day, and those that the algorithm looks at half made."""

    class Consolidates(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.fast, self.slow = self.sma("ABC", 5), self.ema("ABC", 3, Resolution.DAILY)
            self.trend = self.rsi("XYZ", 4, resolution=Resolution.HOUR)
            for minutes_ in (5, 17, 60):
                self.consolidate("ABC", timedelta(minutes=minutes_), self.on_bar)
            self.consolidate("XYZ", Resolution.DAILY, self.on_bar)
            self.own = TradeBarConsolidator(timedelta(minutes=45))
            self.counted = TradeBarConsolidator(11)
            self.own.data_consolidated += lambda _, bar: self.on_bar(bar)
            self.subscription_manager.add_consolidator("XYZ", self.own)
            self.subscription_manager.add_consolidator("ABC", self.counted)
            self.schedule.on(self.date_rules.every_day("ABC"), self.time_rules.at(11, 11), self.look)

        def on_bar(self, bar: Any) -> None:
            self.say(self.time, bar, bar.end_time, bar.volume, self.securities["ABC"].price)
            if bar.period == timedelta(minutes=60) and bar.close > bar.open:
                self.market_order("ABC", 1)

        def look(self) -> None:
            self.say("makes", self.own.working_data, self.counted.working_data, self.trend)

        def step(self, data: Slice) -> None:
            if self.steps % 97 == 0:
                self.look()
                self.say(self.fast, self.slow, self.slow.is_ready)
            if self.steps == 1500:
                self.subscription_manager.remove_consolidator("XYZ", self.own)
                self.late = self.sma("XYZ", 3, Resolution.HOUR)

    check(minutes, Consolidates)


def test_what_changes_on_the_way(minutes: Any) -> None:
    """Securities come and go, cash is added, leverage and models change: the stretch ends with that step."""

    class Changes(Minutes):
        def step(self, data: Slice) -> None:
            if self.steps == 50:
                self.set_holdings("ABC", 0.9)
            if self.steps == 333:
                self.add_equity("SPL")
            if self.steps == 1111:
                self.remove_security("SPL")
            if self.steps == 777:
                self.portfolio.cash_book["USD"].add_amount(1234)
            if self.steps == 900:
                self.securities["ABC"].set_leverage(1)
            if self.steps == 950:
                self.securities["XYZ"].session.size = 2
            if self.steps == 2000:
                self.quit("enough")

        def on_securities_changed(self, changes: Any) -> None:
            self.say(self.time, changes)

    run = check(minutes, Changes, least=500)
    assert run.algorithm.steps == 2000


def test_consolidators_that_come_and_go_at_a_step(minutes: Any) -> None:
    """What an event, or another consolidator, adds before a step's consolidators has that step's bar already."""

    class Coming(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.made: list[Any] = []
            for hour in (11, 13, 15):
                self.schedule.on(self.date_rules.every_day(), self.time_rules.at(hour, 0), self.come)
                self.schedule.on(self.date_rules.every_day(), self.time_rules.at(hour, 30), self.go)
            self.consolidate("ABC", timedelta(minutes=45), self.on_bar)

        def come(self) -> None:
            for ticker in ("ABC", "XYZ"):
                self.made.append((ticker, self.consolidate(ticker, timedelta(minutes=2), self.tell)))

        def go(self) -> None:
            for ticker, consolidator in self.made:
                self.subscription_manager.remove_consolidator(self.symbol(ticker), consolidator)
            self.made.clear()

        def tell(self, bar: Any) -> None:
            self.say(self.time, bar)

        def on_bar(self, bar: Any) -> None:
            self.say("long", self.time, bar)
            if len(self.made) < 6:
                self.come()

    check(minutes, Coming)


@pytest.mark.parametrize("leverage", [1.9, 8.0])
def test_margin_calls_and_ruin(minutes: Any, leverage: float) -> None:
    """Near the limit the margin is looked at as often as step by step; where nothing is left the run ends."""

    class Levered(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.securities["ABC"].set_leverage(10)
            self.settings.free_portfolio_value_percentage = 0

        def step(self, data: Slice) -> None:
            if self.steps == 30:
                self.set_holdings("ABC", leverage)

        def on_margin_call_warning(self) -> None:
            self.say("warning", self.time)

        def on_margin_call(self, requests: Any) -> Any:
            self.say("call", self.time, len(requests))
            return requests

    check(minutes, Levered, least=200)


def test_a_model_of_the_algorithms_own_for_margin_calls(minutes: Any) -> None:
    """It is asked at the same times."""

    class Mine(MarginCallModel):
        def __init__(self, algorithm: Any) -> None:
            self.algorithm = algorithm

        def get_margin_call_orders(self, issue_margin_call_warning: bool = False) -> Any:
            self.algorithm.say("asked", self.algorithm.time)
            return [], False

    class Own(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.portfolio.set_margin_call_model(Mine(self))

    check(minutes, Own)


@pytest.mark.parametrize("seconds", [0, 30])
def test_an_event_that_ends_the_run(minutes: Any, seconds: int) -> None:
    """At a step or between two; what it ordered before is done."""

    class Ends(Minutes):
        def set_up(self) -> None:
            super().set_up()
            when = MONDAY + timedelta(days=2)
            self.schedule.on(self.date_rules.on(when), self.time_rules.at(13, 3, seconds), self.end)

        def end(self) -> None:
            self.market_order("ABC", 10)
            self.quit("by an event")

    check(minutes, Ends, least=500)


def test_an_error_of_the_algorithm(minutes: Any) -> None:
    """It ends the run at the same step, with the same counts."""

    class Fails(Minutes):
        def step(self, data: Slice) -> None:
            if self.steps == 1234:
                raise RuntimeError(f"at {self.time} with {self.securities['ABC'].price}")

    check(minutes, Fails, fails=True)


def test_bars_off_the_grid(minutes: Any) -> None:
    """From a day on whose rows do not fit whole minutes the stream comes point by point."""
    day = MONDAY + timedelta(days=3)
    lines, _ = trades(random.Random(3), 50.0, range(390), 0.5)
    shifted = [f"{int(line.split(',', 1)[0]) + 30_000},{line.split(',', 1)[1]}" for line in lines]
    minutes.write_zip(f"equity/usa/minute/abc/{day:%Y%m%d}_trade.zip", shifted)

    class OffGrid(Minutes):
        def step(self, data: Slice) -> None:
            if self.steps % 50 == 0:
                self.say([str(point) for point in data.all_data])

    check(minutes, OffGrid, least=300)


def test_a_security_by_the_hour_beside_minutes(minutes: Any) -> None:
    """What is not a block comes between stretches."""
    lines = [
        f"{MONDAY + timedelta(days=day):%Y%m%d} {hour:02}:00,100000,110000,90000,105000,1000"
        for day in range(5)
        for hour in range(9, 16)
    ]
    minutes.write_zip("equity/usa/hour/slow.zip", lines)

    class Both(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.add_equity("SLOW", Resolution.HOUR, fill_forward=False)

        def step(self, data: Slice) -> None:
            if self.steps % 30 == 0 or data.contains_key("SLOW"):
                self.say(self.time, data.keys(), self.securities["SLOW"].price)

    check(minutes, Both)


def test_crypto_whose_currency_is_held(market: Any) -> None:
    """What is held of a currency is worth what its rate says: the value is not known beforehand, each step sees it."""
    rng, price = random.Random(5), 400.0
    for number in range(3):
        day = MONDAY + timedelta(days=number)
        trade_lines, quote_lines = [], []
        for minute in range(24 * 60):
            price += rng.choice((-0.5, 0.0, 0.25, 0.5))
            if rng.random() < 0.8:
                trade_lines.append(f"{minute * 60_000},{price},{price + 1},{price - 1},{price},{rng.random():.4f}")
            quote = ",".join([str(price - 0.1)] * 4), ",".join([str(price + 0.1)] * 4)
            quote_lines.append(f"{minute * 60_000},{quote[0]},1,{quote[1]},2")
        market.write_zip(f"crypto/coinbase/minute/btcusd/{day:%Y%m%d}_trade.zip", trade_lines)
        market.write_zip(f"crypto/coinbase/minute/btcusd/{day:%Y%m%d}_quote.zip", quote_lines)

    class Coins(Minutes):
        def set_up(self) -> None:
            self.set_end_date(MONDAY + timedelta(days=2))
            self.add_crypto("BTCUSD", Resolution.MINUTE)

        def step(self, data: Slice) -> None:
            if self.steps == 700:
                self.set_holdings("BTCUSD", 0.7)
            if self.steps % 400 == 0:
                self.say(
                    self.securities["BTCUSD"].price, self.portfolio.total_portfolio_value, self.portfolio.cash_book
                )
            if self.steps == 3100:
                self.liquidate()

    run = check(market, Coins)
    assert run.algorithm.trade_builder.exact_trades


def test_a_slice_that_is_asked_in_parts_says_the_same(minutes: Any) -> None:
    """One symbol, one kind of bar or all of it, in any order; a filled bar is an object of its own at each step."""

    class Parts(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.add_equity("SPL", self.resolution)
            self.set_end_date(MONDAY + timedelta(days=DAYS + 20))  # the data end on the way
            self.rng, self.last = random.Random(4), None

        def step(self, data: Slice) -> None:
            symbols = [security.symbol for security in self.securities.values()]
            looks = [
                lambda s: s in data and str(data[s]),
                lambda s: str(data.get(s)),
                lambda s: data.contains_key(s.value),
                lambda _: [str(bar.value) for bar in data.bars],
                lambda _: [(str(quote.value), quote.value.bid, quote.value.price) for quote in data.quote_bars],
                lambda _: (len(data), list(data.ticks), [str(point) for point in data.all_data]),
                lambda s: s in data and data[s] is data.bars[s],
            ]
            if self.rng.random() < 0.2:
                for look in self.rng.sample(looks, 3):
                    self.say(self.time, look(self.rng.choice(symbols)))
            if symbols[0] in data:
                assert data[symbols[0]] is not self.last
                self.last = data[symbols[0]]

    check(minutes, Parts)
