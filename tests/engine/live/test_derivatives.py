"""Options and futures, live on the simulator: prices, orders, rollovers, and what IB makes of positions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.engine.live.world import ACCOUNT, DATA, LiveWorld, live_world

from leanib.engine.orders.enums import OrderStatus, OrderType

__all__ = ["live_world"]

World = Callable[..., LiveWorld]
MINUTE = timedelta(minutes=1)

FUTURE = """
class Buys(QCAlgorithm):
    def initialize(self):
        self.future = self.add_future("ES", Resolution.MINUTE, extended_market_hours=True)
        self.future.set_filter(0, 180)
        self.seen, self.steps = None, 0

    def on_symbol_changed_events(self, changed):
        for event in changed.values():
            self.log(f"changed to {self.symbol(event.new_symbol).value} of {self.future.mapped.value} at {self.time}")

    def on_data(self, data):
        chain = data.future_chains.get(self.future.symbol)
        if chain is None or not data.contains_key(self.future.symbol):
            return
        self.steps += 1
        self.seen = {c.symbol.value: (c.last_price, c.open_interest) for c in chain}
        if self.steps == 1:
            self.market_order(self.future.mapped, 2)
            self.limit_order(self.future.mapped, -1, 9999.25)
"""


def test_a_future_is_traded_through_the_continuous_one(live_world: World) -> None:
    """The chain has prices and open interest, the contract it stands for is bought, with its multiplier."""
    world = live_world(data=None)
    outcome = world.run(world.algorithm(FUTURE), 5 * MINUTE)
    assert outcome.error is None
    algorithm = outcome.algorithm
    assert set(algorithm.seen) == {"ES15H13", "ES21M13"}
    assert all(price > 0 and interest > 0 for price, interest in algorithm.seen.values())
    market, limit = algorithm.transactions.get_orders()
    assert (market.symbol.value, market.status, limit.status) == (
        "ES15H13",
        OrderStatus.FILLED,
        OrderStatus.SUBMITTED,
    )
    security = algorithm.securities[market.symbol]
    assert security.holdings.quantity == world.position("ESH3") == 2
    assert security.holdings.holdings_value == 2 * 50 * security.price
    assert world.alerts == []


@pytest.mark.slow
def test_a_continuous_future_goes_on_to_the_next_contract_at_midnight(live_world: World) -> None:
    """The algorithm is told, and the prices are the next contract's from then on."""
    world = live_world(datetime(2012, 12, 19, 4, 58, tzinfo=UTC), data=None)
    outcome = world.run(world.algorithm(FUTURE), timedelta(minutes=70), settings={"orders": {"restart_gate": 0}})
    assert outcome.error is None
    assert [text[20:] for text in world.recorder.texts("changed to")] == [
        "changed to ES15H13 of ES15H13 at 2012-12-19 00:00:00"
    ]
    first = outcome.algorithm.transactions.get_order_by_id(1)
    assert first.symbol.value == "ES21Z12"


HOLDS = """
class Holds(QCAlgorithm):
    def initialize(self):
        self.set_benchmark(lambda time: 0)
        self.add_future("ES", Resolution.HOUR, extended_market_hours=True)
        self.values = []
        self.schedule.on(self.date_rules.every_day(), self.time_rules.every(timedelta(minutes=10)), self.look)

    def look(self):
        self.values.append((self.time, round(self.portfolio.total_portfolio_value, 2), self.portfolio.cash))
"""


def test_a_future_that_is_held_at_the_start_counts_what_ib_has_not_paid_yet(live_world: World) -> None:
    """Its profit of earlier days is in the cash already; this day's is counted once, before IB pays it and after."""
    world = live_world(datetime(2013, 2, 26, 4, 31, tzinfo=UTC), data=None, tick_interval=60.0)
    quote = world.sim.market.set_quote
    quote("ESH3", 1500, 1500, 1500)
    world.sim.accounts.set_position(ACCOUNT, "ESH3", 2, 1400 * 50)
    during = {540.0: lambda: quote("ESH3", 1510, 1510, 1510), 3600.0: lambda: quote("ESH3", 1520, 1520, 1520)}
    settings = {"orders": {"restart_gate": 0}}
    outcome = world.run(world.algorithm(HOLDS), 110 * MINUTE, settings=settings, during=during, in_rhythm=False)
    assert outcome.error is None
    values = outcome.algorithm.values
    fees = 4.3  # of closing, which LEAN takes off
    assert world.sim.accounts.figures(ACCOUNT).net_liquidation == 252_000
    assert [value + fees for _, value, _ in values] == [250_000] + [251_000] * 5 + [252_000] * 5
    assert [cash for _, _, cash in values] == [250_000] * 2 + [251_000] * 9  # IB paid at midnight


OPTIONS = """
class Sells(QCAlgorithm):
    def initialize(self):
        self.spy = self.add_equity("SPY", Resolution.MINUTE, data_normalization_mode=DataNormalizationMode.RAW).symbol
        self.calls = [
            Symbol.create_option(self.spy, Market.USA, OptionStyle.AMERICAN, OptionRight.CALL, k, datetime(2013, 3, 15))
            for k in (380, 385)
        ]
        for call in self.calls:
            self.add_option_contract(call, Resolution.MINUTE)
        self.steps, self.bars = 0, 0

    def on_data(self, data):
        if not all(call in data.quote_bars for call in self.calls):
            return
        self.steps += 1
        if self.steps == 1:
            self.market_order(self.calls[0], -2)
            self.limit_order(self.calls[1], 1, 0.05)
            self.bars = sum(1 for _ in self.history[TradeBar](self.calls[0], 30, Resolution.MINUTE))

    def on_assignment_order_event(self, event):
        self.log(f"assigned {event.symbol.value} {event.quantity}")
"""


def test_options_are_sold_bought_and_looked_back_on(live_world: World) -> None:
    """Orders and history of contracts of which the data folder has nothing."""
    world = live_world(data=None)
    outcome = world.run(world.algorithm(OPTIONS), 5 * MINUTE)
    assert outcome.error is None
    algorithm = outcome.algorithm
    sold, bid = algorithm.transactions.get_orders()
    assert (sold.status, bid.status, sold.quantity) == (OrderStatus.FILLED, OrderStatus.SUBMITTED, -2)
    option = algorithm.securities[algorithm.calls[0]]
    assert option.open_interest > 0
    assert option.holdings.holdings_value == -200 * option.price
    assert algorithm.bars > 20


def test_contracts_of_the_account_are_taken_over_at_a_restart(live_world: World) -> None:
    """With their average price; open orders too, under their numbers."""
    world = live_world(data=None)
    first = world.run(world.algorithm(OPTIONS), 5 * MINUTE)
    idle = world.algorithm("class Idle(QCAlgorithm):\n    def initialize(self):\n        pass\n", "idle")
    again = world.run(idle, MINUTE)
    assert again.error is None
    held = {s.symbol.value: s.holdings for s in again.algorithm.securities.values() if s.invested}
    before = first.algorithm.securities[first.algorithm.calls[0]].holdings
    assert list(held) == [first.algorithm.calls[0].value]
    holding = held[first.algorithm.calls[0].value]
    assert holding.quantity == -2
    assert abs(holding.average_price - before.average_price) < 0.02  # IB's has the commission
    (order,) = again.algorithm.transactions.get_open_orders()
    assert (order.id, order.symbol, order.quantity) == (2, first.algorithm.calls[1], 1)


def test_an_assignment_at_ib_reaches_the_algorithm(live_world: World) -> None:
    """The option goes at nothing, the shares come at the strike, and the algorithm is told."""
    world = live_world(data=None, cash=1_000_000)

    def assign() -> None:
        call = world.sim.market.instrument("SPY   130315C00380000")
        share = world.sim.market.instrument("SPY")
        world.sim.orders.clear(ACCOUNT, call, Decimal(2), Decimal(0))
        world.sim.orders.clear(ACCOUNT, share, Decimal(-200), Decimal(380))

    outcome = world.run(world.algorithm(OPTIONS), 6 * MINUTE, during={240: assign})
    assert outcome.error is None
    algorithm = outcome.algorithm
    assert algorithm.securities[algorithm.calls[0]].holdings.quantity == 0
    assert algorithm.securities[algorithm.spy].holdings.quantity == -200
    assert algorithm.securities[algorithm.spy].holdings.average_price == 380
    assert algorithm.transactions.get_orders()[-1].order_type is OrderType.OPTION_EXERCISE
    assert world.recorder.texts("assigned SPY")


def test_what_somebody_buys_back_in_tws_is_no_assignment(live_world: World) -> None:
    """The position is taken over from IB; no shares come or go."""
    world = live_world(data=None, cash=1_000_000)

    def buy_back() -> None:
        call = world.sim.market.instrument("SPY   130315C00380000")
        world.sim.orders.clear(ACCOUNT, call, Decimal(2), Decimal("7.7"))

    outcome = world.run(world.algorithm(OPTIONS), 6 * MINUTE, during={240: buy_back})
    assert outcome.error is None
    algorithm = outcome.algorithm
    assert [s.symbol for s in algorithm.securities.values() if s.invested] == []
    assert world.recorder.texts("assigned SPY") == []
    assert world.recorder.texts("taken over from IB")
    assert len(algorithm.transactions.get_orders()) == 2


def test_a_multiplier_that_is_not_ibs_is_refused(live_world: World, tmp_path: Path) -> None:
    """An order whose worth the algorithm misjudges is not sent."""
    data = with_properties(tmp_path / "data", lambda text: text.replace("Futures,USD,50,0.25", "Futures,USD,5,0.25", 1))
    world = live_world(data=None)
    outcome = world.run(world.algorithm(FUTURE), 3 * MINUTE, data_folder=data)
    assert outcome.error is None
    first = outcome.algorithm.transactions.get_order_by_id(1)
    assert first.status is OrderStatus.INVALID
    assert world.recorder.texts("worth 50 at IB and 5 to this algorithm")
    assert world.position("ESH3") == 0


def with_properties(folder: Path, change: Callable[[str], str]) -> Path:
    """The data folder with another table of symbol properties."""
    place = folder / "symbol-properties"
    place.mkdir(parents=True)
    for part in DATA.iterdir():
        if part.name != place.name:
            (folder / part.name).symlink_to(part)
    name = "symbol-properties-database.csv"
    before = (DATA / place.name / name).read_text()
    assert change(before) != before
    (place / name).write_text(change(before))
    return folder


def test_a_future_by_the_hour_has_live_prices(live_world: World) -> None:
    """Its internal stream by the minute joins contracts as the visible one does."""
    world = live_world(data=None)
    outcome = world.run(world.algorithm(FUTURE.replace("Resolution.MINUTE", "Resolution.HOUR")), 3 * MINUTE)
    assert outcome.error is None
    assert outcome.algorithm.future.price > 0


EXPIRING = """
class Expires(QCAlgorithm):
    def initialize(self):
        self.spy = self.add_equity("SPY", Resolution.MINUTE, data_normalization_mode=DataNormalizationMode.RAW).symbol
        last = datetime(2013, 3, 15)
        self.contracts = [
            Symbol.create_option(self.spy, Market.USA, OptionStyle.AMERICAN, OptionRight.CALL, 350, last),
            Symbol.create_option(self.spy, Market.USA, OptionStyle.AMERICAN, OptionRight.PUT, 350, last),
            Symbol.create_future("ES", Market.CME, last),
        ]
        for contract in self.contracts[:2]:
            self.add_option_contract(contract, Resolution.MINUTE)
        self.add_future_contract(self.contracts[2], Resolution.MINUTE)
        self.said, self.bought = [], False

    def on_data(self, data):
        if not self.bought and all(self.securities[contract].price for contract in self.contracts):
            self.bought = True
            for contract in self.contracts:
                self.market_order(contract, 1)

    def on_delistings(self, delistings):
        for symbol, delisting in delistings.items():
            self.said.append((symbol.value, delisting.type == DelistingType.DELISTED))
"""


@pytest.mark.slow
def test_what_expires_becomes_what_ib_makes_of_it(live_world: World) -> None:
    """A call in the money becomes shares, a put lapses, a future is settled; each was told to be at its end."""
    world = live_world(datetime(2013, 3, 15, 13, 29, tzinfo=UTC), data=None, cash=1_000_000, tick_interval=60.0)
    algorithm_class, settings = world.algorithm(EXPIRING), {"orders": {"restart_gate": 0}}
    outcome = world.run(algorithm_class, timedelta(hours=15), settings=settings, in_rhythm=False)
    assert outcome.error is None
    algorithm = outcome.algorithm
    assert world.position("SPY") == 100
    assert algorithm.securities[algorithm.spy].holdings.quantity == 100
    assert algorithm.securities[algorithm.spy].holdings.average_price == 350
    assert world.position("ESH3") == 0
    assert [s.symbol.value for s in algorithm.securities.values() if s.invested] == ["SPY"]
    assert sorted(algorithm.said) == sorted((contract.value, False) for contract in algorithm.contracts)


CHAIN = """
class Looks(QCAlgorithm):
    def initialize(self):
        self.spy = self.add_equity("SPY", Resolution.MINUTE, data_normalization_mode=DataNormalizationMode.RAW).symbol
        option = self.add_option("SPY", Resolution.MINUTE)
        option.set_filter(lambda contracts: contracts.strikes(-2, 2).expiration(0, 30))
        self.calls, self.deltas = option.symbol, []

    def on_data(self, data):
        chain = data.option_chains.get(self.calls)
        if chain is not None:
            self.deltas = [contract.greeks.delta for contract in chain if contract.right == OptionRight.CALL]
            self.listed = len(list(self.option_chain(self.spy)))
"""


def test_a_chain_comes_from_ib_where_the_data_folder_has_none(live_world: World, tmp_path: Path) -> None:
    """Its contracts are those that IB lists; that these lack numbers is said, and live prices give the Greeks."""
    data = tmp_path / "data"
    data.mkdir()
    for part in DATA.iterdir():
        if part.name != "option":
            (data / part.name).symlink_to(part)
    world = live_world(data=None)
    outcome = world.run(world.algorithm(CHAIN), 4 * MINUTE, data_folder=data)
    assert outcome.error is None
    assert outcome.algorithm.listed > 500
    assert len(outcome.algorithm.deltas) == 4 * 4
    assert all(0 < delta < 1 for delta in outcome.algorithm.deltas)
    assert len(world.recorder.texts("the data folder has no list of ?SPY's contracts of 2013-02-22")) == 1


PAST = """
class Past(QCAlgorithm):
    def initialize(self):
        self.future = self.add_future("ES", Resolution.MINUTE, extended_market_hours=True)
        self.times = None

    def on_data(self, data):
        if self.times is None and data.contains_key(self.future.symbol):
            bars = self.history[TradeBar](self.future.symbol, timedelta(days=3), Resolution.MINUTE)
            self.times = [bar.time for bar in bars]
"""


def test_the_past_of_a_continuous_future_is_no_other_contracts(live_world: World) -> None:
    """What IB has begins when the future went on to its present contract, and what lacks before is said."""
    world = live_world(datetime(2012, 12, 19, 14, 30, tzinfo=UTC), data=None)
    outcome = world.run(world.algorithm(PAST), 3 * MINUTE)
    assert outcome.error is None
    assert outcome.algorithm.times[0].date() == date(2012, 12, 19)
    assert len(world.recorder.texts("when it stood for another contract")) == 1
