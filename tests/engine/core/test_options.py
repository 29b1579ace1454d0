"""Options in a run: a contract bought and exercised at its expiry, and a chain whose filter selects."""

from __future__ import annotations

import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.market import Slice
from leanib.engine.orders.enums import OrderType
from leanib.engine.symbols import OptionRight, OptionStyle, Resolution, SecurityType, Symbol

MONDAY = datetime(2014, 6, 2)
FRIDAY = datetime(2014, 6, 6)
DAY = timedelta(days=1)
OPEN = 34_200_000
STRIKES = (95, 100, 105)


def _entry(day: datetime, strike: int, tick: str) -> str:
    return f"{day:%Y%m%d}_xyz_minute_{tick}_american_call_{strike * 10000}_{FRIDAY:%Y%m%d}.csv"


def _quotes(price: float) -> str:
    """Two minutes of quotes a nickel wide."""
    bid, ask = round(price * 10000), round((price + 0.05) * 10000)
    sides = f"{','.join([str(bid)] * 4)},9,{','.join([str(ask)] * 4)},9"
    lines = [f"{OPEN + minute * 60_000},{sides}" for minute in (1, 2)]
    return "\n".join(lines) + "\n"


def write_week(market: Any) -> None:
    """A week of XYZ that rises from 100 to 104, and its calls of that Friday."""
    market.map_file("xyz")
    for number in range(5):
        day = MONDAY + number * DAY
        market.minutes("xyz", day, {0: 100.0 + number, 1: 100.0 + number, 389: 100.0 + number})
        folder = market.folder / "option/usa/minute/xyz"
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(folder / f"{day:%Y%m%d}_quote_american.zip", "w") as archive:
            for strike in STRIKES:
                archive.writestr(_entry(day, strike, "quote"), _quotes(max(100 + number - strike, 0) + 1))
        rows = [f"{FRIDAY:%Y%m%d},{strike},C,1,1,1,1,10,20,0.2,0.5,0.1,0.1,-0.1,0.1" for strike in STRIKES]
        before = day - (3 if number == 0 else 1) * DAY
        market.write(f"option/usa/universes/xyz/{before:%Y%m%d}.csv", "#expiry", ",,,100,100,100,100,5,,,,,,,", *rows)


@pytest.fixture
def week(market: Any) -> Any:
    """The week."""
    write_week(market)
    return market


class _Week(QCAlgorithm):
    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(FRIDAY + 3 * DAY)
        self.set_cash(100_000)
        self.set_benchmark(lambda _time: 1)
        self.set_up()

    def set_up(self) -> None:
        """What to add."""


class _Call(_Week):
    def set_up(self) -> None:
        share = Symbol.create_option("XYZ", "usa", OptionStyle.AMERICAN, OptionRight.CALL, 100, FRIDAY)
        self.call = self.add_option_contract(share, Resolution.MINUTE)
        self.told: list[str] = []

    def on_data(self, data: Slice) -> None:
        if not self.call.has_data or self.told:
            return
        self.told.append("bought")
        self.market_order(self.call.symbol, 1)


def test_a_call_in_the_money_becomes_shares_at_its_strike(week: Any) -> None:
    """The premium is paid for a hundred shares; after its last day the contract is gone and the shares are there."""
    algorithm = week.run(_Call).algorithm
    shares = algorithm.portfolio["XYZ"]
    assert (shares.quantity, shares.average_price) == (100, 100)
    assert algorithm.call.holdings.quantity == 0
    assert algorithm.call.is_delisted
    orders = sorted(algorithm.transactions.get_orders(), key=lambda order: order.id)
    assert [order.order_type for order in orders] == [OrderType.MARKET, OrderType.OPTION_EXERCISE]
    assert orders[0].price == pytest.approx(1.05)
    assert algorithm.portfolio.cash == pytest.approx(100_000 - 105 - 1 - 100 * 100)


def test_what_an_option_is_on_has_raw_prices(week: Any) -> None:
    """Strikes are not adjusted, so the share's prices are not either."""
    algorithm = week.run(_Call).algorithm
    assert str(algorithm.securities["XYZ"].data_normalization_mode) == "RAW"
    assert algorithm.call.underlying is algorithm.securities["XYZ"]


def test_a_chain_selects_what_its_filter_wants(week: Any) -> None:
    """Contracts come at midnight by the file of the day before; the slice has them by the option's symbol."""

    class Chain(_Week):
        def set_up(self) -> None:
            option = self.add_option("XYZ", Resolution.MINUTE)
            option.set_filter(lambda universe: universe.strikes(-1, 0).expiration(0, 30))
            self.option, self.seen = option.symbol, {}

        def on_data(self, data: Slice) -> None:
            chain = data.option_chains.get(self.option)
            if chain is not None:
                for contract in chain:
                    self.seen.setdefault(contract.strike, contract.ask_price)

    assert week.run(Chain).algorithm.seen == {95: 6.05, 100: 1.05}


def test_a_chain_can_be_asked_for_without_adding_it(week: Any) -> None:
    """`option_chain` reads the file of the trading day before, Greeks included."""

    class Asks(_Week):
        def set_up(self) -> None:
            self.chain = list(self.option_chain(self.add_equity("XYZ", Resolution.MINUTE).symbol))

    chain = week.run(Asks).algorithm.chain
    assert [contract.strike for contract in chain] == [95, 100, 105]
    assert chain[0].greeks.delta == 0.5


def test_an_option_is_closed_before_its_share_splits(week: Any) -> None:
    """On the day of the warning an order on the close takes the position out, and the contract trades no more."""
    week.factor_file("xyz", "20131231,0.5,0.5,98", "20140603,1,0.5,101")

    class Held(_Call):
        def on_data(self, data: Slice) -> None:
            if self.call.has_data and not self.told:
                self.told.append("bought")
                self.market_order(self.call.symbol, 1)

    algorithm = week.run(Held).algorithm
    orders = sorted(algorithm.transactions.get_orders(), key=lambda order: order.id)
    assert [order.order_type for order in orders] == [OrderType.MARKET, OrderType.MARKET_ON_CLOSE]
    assert orders[1].tag.startswith("Liquidated due to impending split")
    assert not algorithm.call.is_tradable


def test_an_option_by_ticker_is_on_what_has_that_ticker_today(market: Any) -> None:
    """The share keeps its present ticker, whatever its identifier is called."""
    market.map_file("aol", "19980102,aol,Q", "20090101,aol,Q", "20501231,twx,Q")

    class Asks(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(MONDAY)
            self.set_benchmark(lambda _time: 1)
            self.option = Symbol.create("TWX", SecurityType.OPTION, "usa")

    option = market.run(Asks).algorithm.option
    assert (option.underlying.value, option.underlying.id.symbol) == ("TWX", "AOL")
