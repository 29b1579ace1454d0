"""Universes of options: by selection models, on what other universes select, and what becomes of their underlyings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from AlgorithmImports import (
    Extensions,
    Market,
    OptionChainedUniverseSelectionModel,
    OptionUniverseSelectionModel,
    QCAlgorithm,
    Resolution,
    SecurityType,
    Symbol,
)
from leanib.testing import run_algorithm


class Chained(QCAlgorithm):
    """Counts the contracts that come with a universe of shares."""

    def initialize(self) -> None:
        self.set_start_date(2012, 2, 1)
        self.set_end_date(2012, 2, 3)
        self.universe_settings.resolution = Resolution.HOUR
        self.contracts: set[Symbol] = set()
        self.chains = 0
        self.chain(self.add_universe("shares", Resolution.DAILY, lambda _time: ["SPY"]))

    def chain(self, universe: Any) -> None:
        raise NotImplementedError

    def on_securities_changed(self, changes: Any) -> None:
        options = [one.symbol for one in changes.added_securities if one.symbol.security_type is SecurityType.OPTION]
        self.contracts.update(options)

    def on_data(self, data: Any) -> None:
        self.chains += len(data.option_chains)


class ByModel(Chained):
    def chain(self, universe: Any) -> None:
        self.add_universe_selection(OptionChainedUniverseSelectionModel(universe, lambda all_: all_.strikes(-1, 1)))


class ByUniverse(Chained):
    def chain(self, universe: Any) -> None:
        self.add_universe_options(universe, lambda all_: all_.strikes(-1, 1))


class Model(OptionUniverseSelectionModel):
    def filter(self, filter: Any) -> Any:
        return filter.strikes(-1, 1)


class ByTime(Chained):
    def chain(self, universe: Any) -> None:
        self.asked: list[datetime] = []
        self.set_universe_selection(Model(timedelta(days=1), self.choose))

    def choose(self, utc_time: datetime) -> Iterable[Symbol]:
        self.asked.append(utc_time)
        yield Symbol.create("SPY", SecurityType.OPTION, Market.USA)


@pytest.mark.parametrize("kind", [ByModel, ByUniverse, ByTime])
def test_options_follow_what_is_selected(kind: type[Chained]) -> None:
    """Two strikes of two expiries, calls and puts, and a chain in every hour of the session."""
    algorithm = run_algorithm(kind).algorithm
    assert 8 <= len(algorithm.contracts) <= 24
    assert {symbol.underlying.value for symbol in algorithm.contracts} == {"SPY"}
    assert algorithm.chains >= 20


def test_a_model_is_asked_again_after_its_interval() -> None:
    """From the next midnight (UTC) on, at the next time step."""
    asked = run_algorithm(ByTime).algorithm.asked
    assert [time.date().day for time in asked] == [1, 2, 3, 4]


class OfShare(Chained):
    def chain(self, universe: Any) -> None:
        self.add_universe_options(Symbol.create("SPY", SecurityType.EQUITY, Market.USA))


def test_chains_are_of_options_only() -> None:
    """As LEAN says it."""
    algorithm: Any = QCAlgorithm()
    with pytest.raises(Exception, match="CreateOptionChain requires an option symbol"):
        Extensions.create_option_chain(algorithm, Symbol.create("SPY", SecurityType.EQUITY, Market.USA), lambda a: a)
    with pytest.raises(Exception, match="Universe not found for underlying Symbol: SPY"):
        run_algorithm(OfShare)
    with pytest.raises(Exception, match="neither a universe nor a symbol"):
        algorithm.add_universe_options("SPY", lambda a: a)


class Midway(QCAlgorithm):
    """Adds options on a share that runs already."""

    def initialize(self) -> None:
        self.set_start_date(2012, 10, 15)
        self.set_end_date(2012, 10, 16)
        self.set_cash(100_000)
        self._share = self.add_equity("AAPL", Resolution.MINUTE).symbol
        self.closes: dict[datetime, float] = {}

    def on_data(self, data: Any) -> None:
        self.closes[self.time] = data.bars[self._share].close
        if len(self.closes) == 100:
            self.add_option("AAPL", Resolution.MINUTE)


def test_prices_are_raw_from_the_moment_that_options_are_added() -> None:
    """Of what the stream has read ahead too; no minute is lost or comes twice."""
    closes = run_algorithm(Midway).algorithm.closes
    prices = [price for _, price in sorted(closes.items())]
    assert len(prices) == 780
    steps = [after / before for before, after in pairwise(prices)]
    assert steps.index(max(steps)) == 99
    assert max(steps) * 0.9896855 == pytest.approx(1, abs=0.002)  # the factor file's of that day


class Unknown(QCAlgorithm):
    def initialize(self) -> None:
        self.set_start_date(2012, 10, 15)
        self.set_end_date(2012, 10, 15)
        self.open = self.is_market_open("NOBODY")


def test_a_ticker_that_nobody_knows_is_of_a_market_that_is_always_open() -> None:
    """As in LEAN, where it becomes a symbol of no market."""
    assert run_algorithm(Unknown).algorithm.open
