"""The algorithm framework at work: insights become targets, targets become orders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.framework import (
    AlphaModel,
    ConstantAlphaModel,
    EqualWeightingPortfolioConstructionModel,
    ImmediateExecutionModel,
    Insight,
    InsightDirection,
    InsightType,
    InsightWeightingPortfolioConstructionModel,
    ManualUniverseSelectionModel,
    MaximumDrawdownPercentPerSecurity,
    NullAlphaModel,
    NullPortfolioConstructionModel,
    PortfolioTarget,
)
from leanib.engine.symbols import Market, Resolution, SecurityType, Symbol

MONDAY = datetime(2014, 6, 2)
DAY = timedelta(days=1)
RISING = [10.0, 11.0, 12.0, 13.0, 14.0]


class Framework(QCAlgorithm):
    """Two stocks by the day for a week, chosen by hand; each test sets the models."""

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(MONDAY + 4 * DAY)
        self.set_cash(100_000)
        self.set_benchmark(lambda _time: 1)
        self.universe_settings.resolution = Resolution.DAILY
        symbols = [Symbol.create(ticker, SecurityType.EQUITY, Market.USA) for ticker in ("AAA", "BBB")]
        self.set_universe_selection(ManualUniverseSelectionModel(symbols))
        self.set_alpha(ConstantAlphaModel(InsightType.PRICE, InsightDirection.UP, 10 * DAY))
        self.set_portfolio_construction(EqualWeightingPortfolioConstructionModel())
        self.set_execution(ImmediateExecutionModel())
        self.set_up()

    def set_up(self) -> None:
        """What differs from test to test."""

    def weights(self) -> dict[str, float]:
        """The fraction of the portfolio in each holding."""
        total = self.portfolio.total_portfolio_value
        return {
            holding.symbol.value: round(float(holding.holdings_value) / float(total), 2)
            for holding in self.portfolio.values()
            if holding.invested
        }


@pytest.fixture
def two_stocks(market: Any) -> Any:
    """AAA rises, BBB stays."""
    market.days("aaa", MONDAY, RISING)
    market.days("bbb", MONDAY, [20.0] * 5)
    return market


def test_equal_weights(two_stocks: Any) -> None:
    """Two up insights: half the portfolio each."""

    class Equal(Framework):
        def on_end_of_algorithm(self) -> None:
            self.final = self.weights()

    final = two_stocks.run(Equal).algorithm.final
    assert set(final) == {"AAA", "BBB"}
    assert all(0.4 < weight < 0.62 for weight in final.values())


def test_the_insights_weights(two_stocks: Any) -> None:
    """A user's alpha model gives 30 % up and 20 % down."""

    class Mine(AlphaModel):
        def __init__(self) -> None:
            self.done = False

        def update(self, algorithm: Any, data: Any) -> list[Insight]:
            if self.done or not data.has_data:
                return []
            self.done = True
            up, down = InsightDirection.UP, InsightDirection.DOWN
            return [Insight.price("AAA", 9 * DAY, up, weight=0.3), Insight.price("BBB", 9 * DAY, down, weight=0.2)]

    class Weighted(Framework):
        def set_up(self) -> None:
            self.set_alpha(Mine())
            self.set_portfolio_construction(InsightWeightingPortfolioConstructionModel())

    algorithm = two_stocks.run(Weighted).algorithm
    found = algorithm.weights()
    assert found["AAA"] == pytest.approx(0.3, abs=0.1)
    assert found["BBB"] == pytest.approx(-0.2, abs=0.05)


def test_insights_are_announced_with_their_fields(two_stocks: Any) -> None:
    """`insights_generated` gives them with time, model, price and end."""
    heard: list[Any] = []

    class Listening(Framework):
        def set_up(self) -> None:
            self.insights_generated += lambda _, news: heard.extend(news.insights)

    two_stocks.run(Listening)
    first = heard[0]
    assert (first.source_model, first.reference_value > 0) == ("ConstantAlphaModel(Price,Up,10.00:00:00)", True)
    assert first.close_time_utc > first.generated_time_utc > MONDAY


def test_models_that_derive_from_nothing(two_stocks: Any) -> None:
    """A user's models in PascalCase, without our base classes."""

    class Targets:
        def CreateTargets(self, algorithm: Any, insights: Any) -> list[PortfolioTarget]:  # noqa: N802
            return [PortfolioTarget(insight.symbol, 300) for insight in insights]

    class Bare(Framework):
        def set_up(self) -> None:
            self.set_portfolio_construction(Targets())

    algorithm = two_stocks.run(Bare).algorithm
    assert {holding.quantity for holding in algorithm.portfolio.values()} == {300}


def test_risk_management_overrides(market: Any) -> None:
    """A loss of more than 5 % is closed, and its insight cancelled."""
    market.days("aaa", MONDAY, [10.0, 10.0, 8.0, 8.0, 8.0])
    market.days("bbb", MONDAY, [20.0] * 5)

    class Once(AlphaModel):
        done = False

        def update(self, algorithm: Any, data: Any) -> list[Insight]:
            symbols, self.done = ([] if self.done else list(algorithm.active_securities.keys())), True
            return [Insight.price(symbol, 9 * DAY, InsightDirection.UP) for symbol in symbols]

    class Careful(Framework):
        def set_up(self) -> None:
            self.set_alpha(Once())
            self.add_risk_management(MaximumDrawdownPercentPerSecurity(0.05))

    algorithm = market.run(Careful).algorithm
    assert not algorithm.portfolio["AAA"].invested
    assert algorithm.portfolio["BBB"].invested


def test_insights_by_hand(two_stocks: Any) -> None:
    """`emit_insights` runs the models at once; tickers do for symbols."""

    class ByHand(Framework):
        def set_up(self) -> None:
            self.set_alpha(NullAlphaModel())

        def on_data(self, data: Any) -> None:
            if not self.portfolio.invested:
                self.emit_insights(Insight.price("AAA", 5 * DAY, InsightDirection.UP))

    algorithm = two_stocks.run(ByHand).algorithm
    assert algorithm.portfolio["AAA"].invested
    assert not algorithm.portfolio["BBB"].invested


def test_without_construction_nothing_is_ordered(two_stocks: Any) -> None:
    """The null model makes no targets."""

    class Idle(Framework):
        def set_up(self) -> None:
            self.set_portfolio_construction(NullPortfolioConstructionModel())

    assert two_stocks.run(Idle).algorithm.transactions.orders_count == 0


def test_models_hear_of_securities(two_stocks: Any) -> None:
    """`on_securities_changed` reaches the alpha, portfolio, execution and risk models."""
    heard: list[str] = []

    class Hearing(AlphaModel):
        def update(self, algorithm: Any, data: Any) -> list[Insight]:
            return []

        def on_securities_changed(self, algorithm: Any, changes: Any) -> None:
            heard.extend(sorted(security.symbol.value for security in changes.added_securities))

    class Told(Framework):
        def set_up(self) -> None:
            self.add_alpha(Hearing())

    two_stocks.run(Told)
    assert heard == ["AAA", "BBB"]
