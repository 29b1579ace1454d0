"""Live equals backtest: a day of the data folder, traded live on a virtual clock, and the backtest of that day.

Orders are the same in number, symbol, type, quantity, prices, tag and status, and were made and filled in the same
second, with two rules besides those of `leanib.operations.replay`: an order on the open is told live when the market
opens, by a backtest on daily bars when the bar ends; and an exercise or assignment is told live when IB books it, by a
backtest at midnight.
"""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from leanib.engine.configuration import load_configuration
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.engine.live.job import LiveJob
from leanib.engine.orders.enums import OrderStatus, OrderType
from leanib.operations.replay import Replay

PROJECT = Path(__file__).parents[3]
DATA = PROJECT / "data"
MONDAY, THURSDAY, FRIDAY = date(2013, 2, 25), date(2013, 2, 28), date(2013, 3, 1)


_TOLD_OTHERWISE = (OrderType.MARKET_ON_OPEN, OrderType.OPTION_EXERCISE)


def second(moment: datetime | None) -> datetime | None:
    """The nearest second."""
    return None if moment is None else (moment + timedelta(milliseconds=500)).replace(microsecond=0)


def orders_of(algorithm: Any) -> list[tuple[Any, ...]]:
    """What makes two orders the same."""
    return [
        (
            order.id, order.order_type, order.symbol.value, order.quantity_decimal, order.price_decimal, order.status,
            order.tag, None if order.order_type is OrderType.OPTION_EXERCISE else second(order.time),
            getattr(order, "limit_price_decimal", None),
            getattr(order, "stop_price_decimal", None),
            None if order.order_type in _TOLD_OTHERWISE else second(order.last_fill_time),
        )
        for order in algorithm.transactions.get_orders()
    ]  # fmt: skip


def both(
    folder: Path, project: Path, first: date, last: date, data: Path, cash: float, *, told: str = "", **changed: str
) -> tuple[Any, Any]:
    """The orders of the backtest and of the live run, which alerts nobody but of what has `told` in its text.

    `changed` parameters win over the project's.
    """
    parameters = {**load_configuration(project, PROJECT / "lean.json").parameters, **changed}
    backtest = run_backtest(load_algorithm(project), Job(data, start=first, end=last, parameters=parameters))
    assert backtest.error is None
    expected = orders_of(backtest.algorithm)
    job = LiveJob(data, name="replay", algorithm_id="L-1", state_folder=folder, parameters=parameters)
    replay = Replay(data, first, last, cash=cash, folder=folder, alert=lambda alert: alerts.append(alert))
    alerts: list[Any] = []
    live = replay.run(load_algorithm(project), lambda _clock: job)
    assert live.error is None
    assert [alert.text for alert in alerts if not told or told not in alert.text] == []
    return expected, orders_of(live.algorithm)


@pytest.mark.parametrize(
    ("name", "first", "last", "count"),
    [
        ("hourly_breakout", MONDAY, MONDAY, 3),
        pytest.param("hourly_breakout", MONDAY, FRIDAY, 9, marks=pytest.mark.slow),
        pytest.param("intraday_reversion", MONDAY, MONDAY + timedelta(days=2), 6, marks=pytest.mark.slow),
        pytest.param("daily_momentum", THURSDAY, FRIDAY, 3, marks=pytest.mark.slow),
        pytest.param("framework_trend", MONDAY, MONDAY + timedelta(days=1), 2, marks=pytest.mark.slow),
        pytest.param("vwap_execution", MONDAY, MONDAY, 16, marks=pytest.mark.slow),
    ],
)
def test_live_equals_backtest(tmp_path: Path, name: str, first: date, last: date, count: int) -> None:
    """The same orders, at the same times, at the same prices."""
    cash = 5_000_000 if name == "vwap_execution" else 100_000
    expected, found = both(tmp_path, PROJECT / "algorithms" / name, first, last, DATA, cash)
    assert found == expected
    assert len(found) >= count


@pytest.mark.slow
def test_live_equals_backtest_with_a_universe(tmp_path: Path) -> None:
    """Selected each day from files of fundamentals; with a look back of a day, since it has no warm-up."""
    project = PROJECT / "algorithms" / "liquid_momentum"
    expected, found = both(tmp_path, project, date(2013, 2, 26), FRIDAY, DATA, 100_000, lookback="1")
    assert found == expected
    assert len(found) == 8


@pytest.mark.slow
def test_live_equals_backtest_with_options(tmp_path: Path) -> None:
    """Shares, a call sold on them, and its roll the next day: one order of two legs, which fill together."""
    project = PROJECT / "algorithms" / "covered_call"
    days = {"days-to-sell": "10", "days-to-roll": "9"}
    expected, found = both(tmp_path, project, date(2012, 2, 8), date(2012, 2, 9), DATA, 200_000, **days)
    assert found == expected
    assert [order[1] for order in found] == [OrderType.MARKET] * 2 + [OrderType.COMBO_MARKET] * 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "last", "price"), [(date(2012, 2, 16), date(2012, 2, 21), 330), (date(2012, 3, 16), date(2012, 3, 19), 0)]
)
def test_live_equals_backtest_when_an_option_expires(tmp_path: Path, first: date, last: date, price: int) -> None:
    """The shares are called away over the weekend, or the call lapses; the next one is sold when trading goes on."""
    project = PROJECT / "algorithms" / "covered_call"
    days = {"days-to-sell": "1", "days-to-roll": "-9"}
    told = "exercised, assigned or settled"
    expected, found = both(tmp_path, project, first, last, DATA, 200_000, told=told, **days)
    assert found == expected
    assert [order[4] for order in found if order[1] is OrderType.OPTION_EXERCISE] == [price]
    assert found[-1][0] > 3


RESTING = """
from AlgorithmImports import *

class Resting(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2012, 2, 8)
        self.set_end_date(2012, 2, 8)
        self.set_cash(1_000_000)
        self.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.MARGIN)
        self.spy = self.add_equity("SPY", Resolution.HOUR, data_normalization_mode=DataNormalizationMode.RAW).symbol
        american, last = (Market.USA, OptionStyle.AMERICAN, OptionRight.CALL), datetime(2012, 2, 18)
        self.pair = [Symbol.create_option(self.spy, *american, strike, last) for strike in (330, 335)]
        for symbol in self.pair:
            self.add_option_contract(symbol, Resolution.HOUR)

    def on_data(self, data):
        if not all(symbol in data.quote_bars for symbol in self.pair):
            return
        low, high = (self.middle(symbol) for symbol in self.pair)
        near, far = self.pair
        for off in (-0.1, 0.0, 0.1):
            LEGS
        first = next(iter(self.transactions.get_open_order_tickets()), None)
        if first is not None and self.time.hour == 12:
            first.cancel("cancelled")

    def middle(self, symbol):
        security = self.securities[symbol]
        return round((security.bid_price + security.ask_price) / 2 / 0.05) * 0.05
"""
BY_LEG = """
            legs = [Leg.create(near, 1, round(low + off, 2)), Leg.create(far, -1, round(high - off, 2))]
            self.combo_leg_limit_order(legs, 2, tag=f"legs {off}")
            legs = [Leg.create(near, 1, round(low - off, 2)), Leg.create(far, -1, round(high + off, 2))]
            self.combo_leg_limit_order(legs, -1, tag=f"sold {off}")
"""
WHOLE = """
            legs = [Leg.create(near, 1), Leg.create(far, -1)]
            self.combo_limit_order(legs, 2, round(low - high + off, 2), tag=f"whole {off}")
            self.combo_limit_order(legs, -1, round(low - high - off, 2), tag=f"sold {off}")
            covered = [Leg.create(self.spy, 100), Leg.create(far, -1)]
            self.combo_limit_order(covered, 1, round(self.securities[self.spy].price - high + off, 2), tag="covered")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "orders"), [(OrderType.COMBO_LEG_LIMIT, BY_LEG), (OrderType.COMBO_LIMIT, WHOLE)], ids=["legs", "whole"]
)
def test_live_equals_backtest_with_resting_combos(tmp_path: Path, kind: OrderType, orders: str) -> None:
    """With limits of their legs and with one: what fills does so at the same bar and price, what rests is left."""
    project = tmp_path / "resting"
    project.mkdir()
    (project / "main.py").write_text(RESTING.replace("LEGS", orders.strip()))
    expected, found = both(tmp_path, project, date(2012, 2, 8), date(2012, 2, 8), DATA, 1_000_000)
    assert found == expected
    counts = Counter(order[5] for order in found)
    assert {order[1] for order in found} == {kind}
    assert counts[OrderStatus.FILLED] > 20
    assert counts[OrderStatus.SUBMITTED] > 2
    assert counts[OrderStatus.CANCELED] == 2


@pytest.mark.slow
def test_live_equals_backtest_with_an_exercise(tmp_path: Path) -> None:
    """The options go and the shares come, which are sold; what of it is not held any more is not exercised again."""
    source = RESTING.replace("(330, 335)", "(320, 335)").partition("        low, high =")[0] + """
        near = self.pair[0]
        self.steps = getattr(self, "steps", 0) + 1
        if self.steps == 1:
            self.market_order(near, 3)
        if self.steps == 2:
            self.exercise_option(near, 2, tag="early")
        if self.steps == 3:
            self.market_order(self.spy, -self.portfolio[self.spy].quantity)
            self.exercise_option(near, 2)
"""
    project = tmp_path / "exercised"
    project.mkdir()
    (project / "main.py").write_text(source)
    expected, found = both(tmp_path, project, date(2012, 2, 8), date(2012, 2, 8), DATA, 1_000_000)
    assert found == expected
    assert [(order[1], order[3], order[4], order[5]) for order in found][1:] == [
        (OrderType.OPTION_EXERCISE, -2, 320, OrderStatus.FILLED),
        (OrderType.MARKET, -200, found[2][4], OrderStatus.FILLED),
    ]


@pytest.mark.slow
def test_live_equals_backtest_with_futures(tmp_path: Path) -> None:
    """Bought, and rolled when the continuous future goes on to the next contract."""
    project = PROJECT / "algorithms" / "futures_trend"
    expected, found = both(tmp_path, project, date(2012, 3, 13), date(2012, 3, 14), DATA, 200_000)
    assert found == expected
    assert [order[2] for order in found] == ["ES16H12", "ES16H12", "ES15M12"]


def test_every_sample_strategy_is_traded_both_ways() -> None:
    """None that is added later is forgotten here."""
    text = Path(__file__).read_text()
    samples = [folder.name for folder in (PROJECT / "algorithms").iterdir() if (folder / "main.py").is_file()]
    assert [name for name in samples if f'"{name}"' not in text] == []


@pytest.mark.slow
def test_live_equals_backtest_on_currencies(tmp_path: Path) -> None:
    """Likewise, on data whose quote bars open where the one before closed, as LEAN's live quote bars do."""
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("equity", "index"))
    for pair in ("eurusd", "gbpusd", "usdjpy"):
        join_quotes(data / "forex" / "oanda" / "hour" / f"{pair}.zip")
    shutil.rmtree(data / "forex" / "oanda" / "minute")
    expected, found = both(tmp_path, PROJECT / "algorithms" / "forex_trend", MONDAY, MONDAY, data, 100_000)
    assert found == expected
    assert len(found) == 3


def join_quotes(path: Path) -> None:
    """Lets each bar of a file of quotes begin where the one before it ended."""
    import zipfile

    with zipfile.ZipFile(path) as archive:
        name = archive.namelist()[0]
        lines = [line.split(",") for line in archive.read(name).decode().splitlines()]
    for before, line in pairwise(lines):
        for side in (1, 6):
            opened = before[side + 3]
            line[side] = opened
            line[side + 1] = max(line[side + 1], opened, key=float)
            line[side + 2] = min(line[side + 2], opened, key=float)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, "\n".join(",".join(line) for line in lines) + "\n")
