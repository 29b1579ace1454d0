"""Built futures: an algorithm finds them in its chain, and the continuous future joins and rolls them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from AlgorithmImports import *  # noqa: F403
from leanib.data.check import check_folder
from leanib.errors import UsageError
from leanib.testing import DataBuilder

FIRST = "2024-03-04"  # a Monday; the March contract expires on Friday 2024-03-15
DAYS = 10


class Rolls(QCAlgorithm):  # noqa: F405
    """Holds one of what the continuous future stands for; writes down what it sees."""

    def initialize(self) -> None:
        """With the modes that the parameters name."""
        self.set_cash(100_000)
        self.set_benchmark(lambda _time: 1)
        mode = self.get_parameter("mode", "OPEN_INTEREST")
        joined = self.get_parameter("joined", "BACKWARDS_RATIO")
        self.future = self.add_future(
            "ES",
            getattr(Resolution, self.get_parameter("span", "hour").upper()),  # noqa: F405
            data_mapping_mode=getattr(DataMappingMode, mode),  # noqa: F405
            data_normalization_mode=getattr(DataNormalizationMode, joined),  # noqa: F405
        )
        self.future.set_filter(lambda universe: universe.expiration(0, 200))
        self.closes, self.chains, self.changes = {}, {}, []

    def on_symbol_changed_events(self, changed: Any) -> None:
        """Once a roll."""
        self.changes += [(self.time.date(), event.new_symbol) for event in changed.values()]

    def on_data(self, data: Any) -> None:
        """Buys, and goes on."""
        if data.bars.contains_key(self.future.symbol):
            self.closes[self.time] = data.bars[self.future.symbol].close
        chain = data.future_chains.get(self.future.symbol)
        if chain:
            self.chains[self.time] = list(chain)
        contract = self.future.mapped
        if not data.bars.contains_key(self.future.symbol) or not self.is_market_open(contract):
            return
        for held in [one for one, holding in self.portfolio.items() if holding.invested and one != contract]:
            self.liquidate(held)
        if not self.portfolio[contract].invested:
            self.market_order(contract, 1)


def _built(data: DataBuilder, span: str = "hour", bars: int = 8, days: int = DAYS) -> DataBuilder:
    contracts = {"2024-03": [5000] * bars * days, "2024-06": [5100] * bars * days}
    return data.future_chain("ES", FIRST, contracts, span, margin=6000)


def _run(run_algorithm: Any, data: DataBuilder, **parameters: str) -> Any:
    return run_algorithm(Rolls, data, start=datetime(2024, 3, 4), end=datetime(2024, 3, 15), parameters=parameters)


@pytest.mark.parametrize(
    ("mode", "day"),
    [("OPEN_INTEREST", 12), ("OPEN_INTEREST_ANNUAL", 12), ("LAST_TRADING_DAY", 15), ("FIRST_DAY_MONTH", None)],
)
def test_it_rolls_when_its_mode_says(lean_data: DataBuilder, run_algorithm: Any, mode: str, day: int | None) -> None:
    """More is open in June from five days before the expiry on, 11 March (a Monday); joined, no price leaps."""
    run = _run(run_algorithm, _built(lean_data), mode=mode)
    assert [change[0] for change in run.algorithm.changes] == ([] if day is None else [date(2024, 3, day)])
    assert {round(close, 6) for close in run.algorithm.closes.values()} == {5100}
    bought = [fill for fill in run.fills if fill.quantity > 0]
    assert [fill.price for fill in bought] == ([5100.125] if day is None else [5000.125, 5100.125])
    assert len(run.holdings) == 1


@pytest.mark.parametrize(
    ("joined", "prices"),
    [
        ("RAW", {5000, 5100}),
        ("BACKWARDS_PANAMA_CANAL", {5100}),
        ("FORWARD_PANAMA_CANAL", {5000}),
    ],
)
def test_prices_are_joined_as_asked(
    lean_data: DataBuilder, run_algorithm: Any, joined: str, prices: set[float]
) -> None:
    """As they were, the older ones up, or the later ones down."""
    algorithm = _run(run_algorithm, _built(lean_data), joined=joined).algorithm
    assert {round(close, 6) for close in algorithm.closes.values()} == prices


@pytest.mark.parametrize(("span", "bars"), [("daily", 1), ("hour", 8), ("minute", 450)])
def test_the_chain_has_what_was_built(lean_data: DataBuilder, run_algorithm: Any, span: str, bars: int) -> None:
    """Whatever the resolution: both contracts, their quotes around the trades, what is open, the exchange's expiry."""
    _built(lean_data, span, bars, 4)
    parameters = {"span": span}
    found = run_algorithm(Rolls, lean_data, start=datetime(2024, 3, 4), end=datetime(2024, 3, 6), parameters=parameters)
    assert found.missing_data == []
    chains = found.algorithm.chains
    first = chains[sorted(chains)[1]]  # of days, what is open is told on the second
    assert {one.expiry.date() for one in first} == {date(2024, 3, 15), date(2024, 6, 21)}
    by_expiry = sorted(first, key=lambda one: one.expiry)
    assert [(one.bid_price, one.last_price, one.ask_price) for one in by_expiry] == [
        (4999.875, 5000, 5000.125), (5099.875, 5100, 5100.125)
    ]  # fmt: skip
    assert [one.open_interest for one in by_expiry] == [1000, 100]
    assert [problem for problem in check_folder(lean_data.folder) if problem.is_error] == []


def test_margin_and_multiplier_are_there(lean_data: DataBuilder, run_algorithm: Any) -> None:
    """A position ties up the margin that was built, and a point is fifty dollars."""
    lean_data.future_chain("ES", FIRST, {"2024-06": [5100] * 8 + [5110] * 8}, "hour", margin=6000)
    run = run_algorithm(Rolls, lean_data, start=datetime(2024, 3, 4), end=datetime(2024, 3, 5))
    assert run.algorithm.portfolio.total_margin_used == 6000
    assert run.value == pytest.approx(100_000 + 50 * 10, abs=20)  # less the spread and fees


def test_a_later_call_adds_to_the_chain(lean_data: DataBuilder, run_algorithm: Any) -> None:
    """Another contract, and more days of the first."""
    lean_data.future_chain("ES", FIRST, {"2024-03": [5000] * 40}, "hour")
    lean_data.future_chain("ES", "2024-03-11", {"2024-03": [5000] * 40, "2024-06": [5100] * 40}, "hour")
    run = _run(run_algorithm, lean_data)
    assert [change[0] for change in run.algorithm.changes] == [date(2024, 3, 12)]
    assert len(run.holdings) == 1


@pytest.mark.parametrize(
    ("ticker", "contracts", "more", "said"),
    [
        ("ES", {}, {}, "at least one contract"),
        ("ES", {"2024-03": [5000]}, {"resolution": "second"}, "daily, hour, minute"),
        ("ES", {"March": [5000]}, {}, "is no contract month such as 2024-03"),
        ("ES", {"2024-04": [5000]}, {}, "the exchange lists other months"),
        ("ES", {"2024-03": []}, {}, "has no bar up to its last day"),
        ("ES", {"2023-12": [5000]}, {}, "has no bar up to its last day"),
        ("ES", {"2024-03": [-5]}, {}, "a price is not positive"),
        ("ES", {"2024-03": [5000]}, {"spread": -1}, "not below 0"),
        ("ES", {"2024-03": [5000]}, {"market": "comex"}, "when ES at comex expires is not known"),
        ("XYZ", {"2024-03": [5000]}, {}, "when XYZ expires is not known"),
    ],
)
def test_what_cannot_be_built_is_said(
    lean_data: DataBuilder, ticker: str, contracts: Any, more: dict[str, Any], said: str
) -> None:
    """In a sentence, and nothing is written."""
    with pytest.raises(UsageError, match=said):
        lean_data.future_chain(ticker, FIRST, contracts, **more)
    assert not (lean_data.folder / "future").exists()
