"""What LEAN hands out as .NET's lists, dictionaries and sets has `.count` and `.Count`: seen in a run."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from tests.engine.core import conftest
from tests.engine.core.test_options import FRIDAY, MONDAY, write_week

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.charting import Chart, Series, SeriesType
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.derivatives.strategies import OptionStrategies
from leanib.engine.dotnet import ArgumentOutOfRangeException, Dictionary, HashSet, List
from leanib.engine.dotnet.collections import PyList
from leanib.engine.exchanges.market_hours import DayOfWeek
from leanib.engine.framework import (
    EqualWeightingPortfolioConstructionModel,
    ExecutionModel,
    Insight,
    InsightDirection,
    PortfolioTarget,
    PortfolioTargetCollection,
    RiskManagementModel,
)
from leanib.engine.market import Slice, Tick, TradeBar
from leanib.engine.orders.combo import Leg
from leanib.engine.symbols import Globals, Market, Resolution

#: where in an algorithm, on a Tuesday with orders, trades and a chain; `data` is the slice
PLACES = [
    "data.all_data",
    "data.keys()",
    "data.values()",
    "data.items()",
    "data.Keys",
    "data.Values",
    "data.bars",
    "data.bars.keys()",
    "data.bars.values()",
    "data.bars.items()",
    "data.bars.Keys",
    "data.bars.Values",
    "data.option_chains",
    "data.option_chains.values()",
    "chain.contracts",
    "chain.contracts.values()",
    "self.portfolio.keys()",
    "self.portfolio.values()",
    "self.portfolio.items()",
    "self.portfolio.Keys",
    "self.portfolio.Values",
    "self.portfolio.cash_book.keys()",
    "self.portfolio.cash_book.values()",
    "self.portfolio.positions.groups[0].positions",
    "self.securities.keys()",
    "self.securities.values()",
    "self.securities.items()",
    "self.securities.total",
    "self.active_securities",
    "self.active_securities.values()",
    "self.transactions.get_open_orders()",
    "self.transactions.get_open_orders(self.stock)",
    "self.transactions.get_orders()",
    "self.transactions.get_orders(lambda order: order.symbol == self.stock)",
    "self.transactions.get_orders_by_brokerage_id('1')",
    "self.transactions.get_order_tickets()",
    "self.transactions.get_open_order_tickets()",
    "self.transactions.transaction_record",
    "self.bought.order_events",
    "self.waiting.update_requests",
    "self.transactions.get_order_by_id(self.bought.order_id).broker_id",
    "self.combo",
    "self.transactions.get_order_by_id(self.combo[0].order_id).group_order_manager.order_ids",
    "self.set",
    "self.cancelled",
    "self.liquidated",
    "self.strategy.option_legs",
    "self.trade_builder.closed_trades",
    "self.trade_builder.closed_trades[0].symbols",
    "self.trade_builder.closed_trades[0].order_ids",
    "self.statistics.summary",
    "self.subscription_manager.subscriptions",
    "self.securities[self.stock].subscriptions",
    "self.securities[self.stock].exchange.hours.market_hours",
    "self.securities[self.stock].exchange.hours.market_hours[DayOfWeek.MONDAY].segments",
    "self.securities[self.stock].exchange.hours.get_market_hours(self.time).segments",
    "self.securities[self.stock].exchange.hours.holidays",
    "self.securities[self.stock].exchange.hours.early_closes",
    "self.securities[self.stock].cache.get_all(TradeBar)",
    "self.securities[self.stock].cache.get_all[TradeBar]()",
    "self.securities[self.stock].data.get_all(TradeBar)",
    "self.securities[self.stock].data.get_all[TradeBar]()",
    "self.get_last_known_prices(self.stock)",
    "self.option_chain_provider.get_option_contract_list(self.stock, self.time)",
    "self.option_chain(self.stock)",
    "self.universe_manager.keys()",
    "self.universe_manager.values()",
    "self.coarse.securities",
    "self.coarse.securities.keys()",
    "self.coarse.members",
    "self.coarse.selected",
    "self.brokerage_model.default_markets",
    "self.tags",
    "self.get_parameters()",
    "self.runtime_statistics",
    "self.runtime_statistics.values()",
    "self.object_store.keys",
    "self.insights",
    "self.insights.get_insights()",
    "self.insights.get_active_insights(self.utc_time)",
    "self.insights[self.stock]",
    "self.generated.insights",
    "self.charted.values",
    "self.chart.series",
    "self.debug_messages",
    "self.changes.added_securities",
    "self.given['coarse']",
    "self.given['targets']",
    "self.given['executed']",
    "self.targets.keys",
    "self.targets.values",
    "self.average.consolidators",
    "self.history_of_average.current",
    "self.average.window",
    "self.trading_calendar.get_trading_day(FRIDAY).option_expirations",
    "self.statistics.total_performance.closed_trades",
    "self.securities[self.stock].cache.properties",
    "Market.supported_markets()",
    "self.portfolio_construction.get_target_insights()",
    "self.given['filter']",
]


class Counted(NamedTuple):
    """What a place answered."""

    count: Any
    pascal: Any
    size: int
    truth: bool


_NAMES = {"TradeBar": TradeBar, "DayOfWeek": DayOfWeek, "Market": Market, "FRIDAY": FRIDAY}


class Noting(RiskManagementModel, ExecutionModel):
    """Notes the targets that it is given, and does nothing."""

    def __init__(self, given: dict[str, Any], name: str) -> None:
        self._given, self._name = given, name

    def manage_risk(self, algorithm: Any, targets: Any) -> list[Any]:
        """No other targets."""
        self.execute(algorithm, targets)
        return []

    def execute(self, algorithm: Any, targets: Any) -> None:
        """No orders."""
        if targets.count:
            self._given[self._name] = targets


class Holder(QCAlgorithm):
    """Does a bit of everything on a Tuesday, and notes what the places answer afterwards."""

    def initialize(self) -> None:
        """A share, its calls, a universe, a chart."""
        self.set_start_date(MONDAY)
        self.set_end_date(FRIDAY - timedelta(days=2))
        self.set_cash(1_000_000)
        self.set_benchmark(lambda _time: 1)
        self.stock = self.add_equity("XYZ", Resolution.MINUTE).symbol
        option = self.add_option("XYZ", Resolution.MINUTE)
        option.set_filter(lambda universe: universe.contracts(self.choose_contracts))
        self.option = option.symbol
        self.coarse = self.add_universe(self.choose)
        self.set_tags(["a", "b"])
        self.set_runtime_statistic("mood", "fine")
        self.object_store.save("counted", "1")
        self.given: dict[str, Any] = {}
        self.seen: dict[str, Counted | Exception] = {}
        self.steps = 0
        self.insights_generated += self.hear
        self.chart = self.make_chart()
        self.set_portfolio_construction(EqualWeightingPortfolioConstructionModel())
        self.set_risk_management(Noting(self.given, "targets"))
        self.set_execution(Noting(self.given, "executed"))
        self.average = self.sma(self.stock, 2, Resolution.MINUTE)
        self.targets = PortfolioTargetCollection()
        self.targets.add(PortfolioTarget(self.stock, 1))
        self.securities[self.stock].add("mine", 1)

    def make_chart(self) -> Any:
        """A chart with a series."""
        chart = Chart("mine")
        self.charted = Series("drawn", SeriesType.LINE, 0)
        chart.add_series(self.charted)
        self.add_chart(chart)
        return chart

    def hear(self, _algorithm: Any, collection: Any) -> None:
        """The insights of a step."""
        self.generated = collection

    def choose(self, coarse: Any) -> list[Any]:
        """Everything of the day's file."""
        self.given["coarse"] = coarse
        return [each.symbol for each in coarse]

    def choose_contracts(self, contracts: Any) -> Any:
        """Every contract."""
        self.given["filter"] = contracts
        return contracts

    def on_securities_changed(self, changes: Any) -> None:
        """Those with additions are kept."""
        if changes.added_securities.count > 0:
            self.changes = changes

    def on_data(self, data: Slice) -> None:
        """Acts in the first step with a chain on Tuesday, looks in the next one."""
        chain = data.option_chains.get(self.option)
        if self.time.date() != (MONDAY + timedelta(days=1)).date() or chain is None or chain.count == 0:
            return
        self.steps += 1
        if self.steps == 1:
            self.act(chain)
        elif self.steps == 2:
            self.look(data, chain)

    def act(self, chain: Any) -> None:
        """Orders of all kinds, insights, points."""
        contract = next(iter(chain)).symbol
        self.bought = self.market_order(self.stock, 10)
        self.market_order(self.stock, -10)
        self.waiting = self.limit_order(self.stock, 5, 1.0)
        self.waiting.update_limit_price(1.5)
        self.set = self.set_holdings(self.stock, 0.1)
        self.combo = self.combo_market_order([Leg.create(contract, 1), Leg.create(self.stock, -1)], 1)
        self.liquidated = self.liquidate(self.stock)
        self.market_order(self.stock, 20)
        self.limit_order(self.stock, 1, 1.0)
        self.cancelled = self.transactions.cancel_open_orders()
        self.waiting = self.limit_order(self.stock, 5, 1.0)
        self.waiting.update_limit_price(1.5)
        self.strategy = OptionStrategies.naked_call(self.option, 95, FRIDAY)
        self.emit_insights(Insight.price(self.stock, timedelta(days=1), InsightDirection.UP))
        self.charted.add_point(self.time, 1.0)
        self.debug("said")

    def look(self, data: Slice, chain: Any) -> None:
        """What each place answers now."""
        self.debug("now")
        self.history_of_average = self.indicator_history(self.average, self.stock, 3)
        names = {"self": self, "data": data, "chain": chain, **_NAMES}
        for place in PLACES:
            try:
                value = eval(place, names)
                self.seen[place] = Counted(value.count, value.Count, len(value), bool(value.count > 0))
            except Exception as error:
                self.seen[place] = error


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Counted | Exception]]:
    """What the run saw at each place."""
    before = Globals.data_folder
    market = conftest.Market(tmp_path_factory.mktemp("counted"))
    write_week(market)
    for day in range(4):
        market.write(f"equity/usa/fundamental/coarse/{MONDAY + timedelta(days=day):%Y%m%d}.csv", _COARSE)
    job = Job(market.folder, parameters={"speed": "3"}, object_store_root=market.folder / "store")
    run = run_backtest(Holder, job)
    assert run.error is None, run.error
    yield run.algorithm.seen
    Globals.reset(before)


_COARSE = "XYZ R735QTJ8XC9X,XYZ,10,1,10"


@pytest.mark.parametrize("place", PLACES)
def test_what_lean_hands_out_can_be_counted(seen: dict[str, Counted | Exception], place: str) -> None:
    """`.count` and `.Count` are the number, where Python's lists have a method or nothing."""
    found = seen[place]
    if isinstance(found, Exception):
        raise found
    assert found.size > 0
    assert isinstance(found.count, int)
    assert found == (found.size, found.size, found.size, True)


def test_both_names_of_a_dictionarys_keys_work_as_both() -> None:
    """`keys()` is a Python list in LEAN and `Keys` is not: its count is a number there, and a method in Python."""
    keys = PyList(["a", "b", "a"])
    assert (keys.count, keys.count("a"), keys.Count) == (3, 2, 3)
    assert keys.count > 2
    assert not PyList().count
    assert type(pickle.loads(pickle.dumps(keys.count))) is int
    assert json.dumps([keys.count, copy.deepcopy(keys)]) == '[3, ["a", "b", "a"]]'
    with pytest.raises(ValueError, match="not in list"):
        keys.remove("c")


def _removed(numbers: List[int]) -> list[int]:
    numbers.remove_at(1)
    return numbers


@pytest.mark.parametrize(
    ("pascal", "snake", "expected"),
    [
        (lambda n: n.IndexOf(7), lambda n: n.index_of(7), 1),
        (lambda n: n.IndexOf(70), lambda n: n.index_of(70), -1),
        (lambda n: n.LastIndexOf(7), lambda n: n.last_index_of(7), 3),
        (lambda n: n.Contains(8), lambda n: n.contains(8), True),
        (lambda n: n.Find(lambda x: x > 7), lambda n: n.find(lambda x: x > 7), 8),
        (lambda n: n.FindAll(lambda x: x > 6), lambda n: n.find_all(lambda x: x > 6), [7, 8, 7]),
        (lambda n: n.FindIndex(lambda x: x > 7), lambda n: n.find_index(lambda x: x > 7), 2),
        (lambda n: n.FindLast(lambda x: x > 6), lambda n: n.find_last(lambda x: x > 6), 7),
        (lambda n: n.Exists(lambda x: x > 9), lambda n: n.exists(lambda x: x > 9), False),
        (lambda n: n.TrueForAll(lambda x: x > 5), lambda n: n.true_for_all(lambda x: x > 5), True),
        (lambda n: n.GetRange(1, 2), lambda n: n.get_range(1, 2), [7, 8]),
        (lambda n: (n.RemoveAt(1), n)[1], _removed, [6, 8, 7]),
        (lambda n: (n.Remove(7), n.Remove(70), n), lambda n: (n.remove(7), n.remove(70), n), (True, False, [6, 8, 7])),
        (lambda n: (n.RemoveAll(lambda x: x == 7), n), lambda n: (n.remove_all(lambda x: x == 7), n), (2, [6, 8])),
        (lambda n: (n.RemoveRange(0, 2), n)[1], lambda n: (n.remove_range(0, 2), n)[1], [8, 7]),
        (lambda n: (n.Insert(0, 5), n)[1], lambda n: (n.insert(0, 5), n)[1], [5, 6, 7, 8, 7]),
        (lambda n: (n.InsertRange(1, [1]), n)[1], lambda n: (n.insert_range(1, [1]), n)[1], [6, 1, 7, 8, 7]),
        (lambda n: (n.Reverse(), n)[1], lambda n: (n.reverse(), n)[1], [7, 8, 7, 6]),
        (lambda n: (n.Sort(), n)[1], lambda n: (n.sort(), n)[1], [6, 7, 7, 8]),
        (lambda n: n.ToArray(), lambda n: n.to_array(), [6, 7, 8, 7]),
        (lambda n: (n.Clear(), n.Count)[1], lambda n: (n.clear(), n.count)[1], 0),
    ],
)
def test_a_list_has_dotnets_methods(pascal: Callable[..., Any], snake: Callable[..., Any], expected: object) -> None:
    """In both spellings."""
    assert pascal(List([6, 7, 8, 7])) == expected
    assert snake(List([6, 7, 8, 7])) == expected


def test_a_place_that_is_none_is_refused() -> None:
    """.NET's places count from the start."""
    for index in (-1, 4):
        with pytest.raises(ArgumentOutOfRangeException, match=r"Index was out of range\. Must be non-negative"):
            List([6, 7, 8, 7]).remove_at(index)


def test_dictionaries_and_sets_say_what_changed() -> None:
    """`remove` and `add` answer as .NET's."""
    table, names = Dictionary({"a": 1}), HashSet({"a"})
    assert (table.Keys.Count, table.Values.Count, table.keys().count, table.items().count) == (1, 1, 1, 1)
    assert (table.contains_value(1), table.Remove("b"), table.remove("a"), table.count) == (True, False, True, 0)
    assert (names.Add("a"), names.add("b"), names.Count) == (False, True, 2)
    assert (names.remove("c"), names.Remove("a"), names.count) == (False, True, 1)


def test_the_last_data_of_a_type_is_had_in_brackets_too(market: Any) -> None:
    """`cache.get_data[TradeBar]()` is C#'s `GetData<TradeBar>()`."""
    market.minutes("xyz", MONDAY, {0: 100.0, 1: 101.0})

    class Reader(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(MONDAY)
            self.set_benchmark(lambda _time: 1)
            self.stock = self.add_equity("XYZ", Resolution.MINUTE)

        def on_end_of_algorithm(self) -> None:
            cache, data = self.stock.cache, self.stock.data
            self.answers = [cache.get_data[TradeBar](), cache.GetData[TradeBar](), data.get[TradeBar]()]
            self.answers += [cache.get_data(TradeBar), cache.get_data()]
            self.flags = [cache.has_data[TradeBar](), data.has_data[TradeBar](), data.HasData(Tick)]

    algorithm = market.run(Reader).algorithm
    assert [bar.close for bar in algorithm.answers] == [101.0] * 5
    assert algorithm.flags == [True, True, False]
