"""Built options: an algorithm finds them in its chain, with the prices that follow from the stock's."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from AlgorithmImports import *  # noqa: F403
from leanib.data.check import check_folder
from leanib.errors import DataError, UsageError
from leanib.testing import DataBuilder

EXPIRY = "2024-01-19"


class Holds(QCAlgorithm):  # noqa: F405
    """Buys one call of the middle strike on its first day and keeps it; writes down what the chain is."""

    def initialize(self) -> None:
        """Minutes, hours or days, as `get_parameter` says."""
        self.set_cash(100_000)
        span = getattr(Resolution, self.get_parameter("span", "daily").upper())  # noqa: F405
        self.add_equity("XYZ", span, data_normalization_mode=DataNormalizationMode.RAW)  # noqa: F405
        option = self.add_option("XYZ", span)
        option.set_filter(lambda universe: universe.strikes(-5, 5).expiration(0, 60))
        self.option, self.seen, self.expiries, self.call = option.symbol, {}, set(), None

    def on_data(self, data: Any) -> None:
        """Once a day is enough."""
        chain = data.option_chains.get(self.option)
        if chain is None:
            return
        self.seen[self.time] = {(one.strike, one.right): one for one in chain}
        self.expiries |= {one.expiry.date() for one in chain}
        if self.call is None:
            self.call = next(one.symbol for one in chain if one.strike == 100 and one.right == OptionRight.CALL)  # noqa: F405
            self.market_order(self.call, 1)


def _run(run_algorithm: Any, data: DataBuilder, span: str, end: datetime = datetime(2024, 1, 22)) -> Any:
    return run_algorithm(Holds, data, start=datetime(2024, 1, 2), end=end, parameters={"span": span})


@pytest.mark.parametrize(("span", "bars"), [("daily", 1), ("hour", 7), ("minute", 390)])
def test_a_call_that_ends_in_the_money_becomes_shares(
    lean_data: DataBuilder, run_algorithm: Any, span: str, bars: int
) -> None:
    """Whatever the resolution: the stock is at 100 and rises to 110 a week before the expiry."""
    lean_data.bars("XYZ", "2024-01-02", [100] * bars * 6 + [110] * bars * 9, span)
    lean_data.chain("XYZ", EXPIRY, [95, 100, 105])
    run = _run(run_algorithm, lean_data, span)
    bought = "MARKET_ON_OPEN" if span == "daily" else "MARKET"
    assert [order.type for order in run.orders] == [bought, "OPTION_EXERCISE"]
    assert run.holdings == {"XYZ": 100}
    [premium] = [fill.price for fill in run.fills if fill.order_id == 1]
    assert premium == pytest.approx(0.2 * 100 * (17 / 365) ** 0.5 * 0.3989 + 0.025, abs=0.06)  # of one at the money
    assert run.cash == pytest.approx(100_000 - 100 * premium - 100 * 100, abs=2)


def test_the_chain_has_what_was_built(lean_data: DataBuilder, run_algorithm: Any) -> None:
    """Strikes and rights, the spread, Greeks of the list; a call and its put differ by the stock less the strike."""
    lean_data.bars("XYZ", "2024-01-02", [100, 101, 102], "daily").chain("XYZ", EXPIRY, [90, 100], spread=0.1)
    seen = _run(run_algorithm, lean_data, "daily", datetime(2024, 1, 4)).algorithm.seen
    first = seen[min(seen)]
    put, call = OptionRight.PUT, OptionRight.CALL  # noqa: F405
    assert set(first) == {(90, call), (90, put), (100, call), (100, put)}
    for strike in (90, 100):
        prices = [(first[strike, right].bid_price + first[strike, right].ask_price) / 2 for right in (call, put)]
        assert prices[0] - prices[1] == pytest.approx(100 - strike, abs=0.05)
    assert first[100, call].ask_price - first[100, call].bid_price == pytest.approx(0.1)
    assert first[100, call].expiry == datetime(2024, 1, 19)
    rows = (lean_data.folder / "option/usa/universes/xyz/20240102.csv").read_text().splitlines()
    deltas = [float(row.split(",")[10]) for row in rows[2:]]
    assert deltas[0] - deltas[1] == pytest.approx(1)
    assert 0.5 < deltas[2] < 0.55


def test_what_is_built_later_moves_the_options_too(lean_data: DataBuilder, run_algorithm: Any) -> None:
    """More bars, another expiry, a hole."""
    lean_data.bars("XYZ", "2024-01-02", [100, 100], "daily").chain("XYZ", EXPIRY, [100], rights=["call"])
    lean_data.chain("XYZ", "2024-02-16", [100], rights=["call"]).bars("XYZ", "2024-01-04", [150, 150], "daily")
    lean_data.gap("XYZ", "2024-01-03", "2024-01-03")
    algorithm = _run(run_algorithm, lean_data, "daily", datetime(2024, 1, 5)).algorithm
    assert algorithm.expiries == {date(2024, 1, 19), date(2024, 2, 16)}
    last = algorithm.seen[max(algorithm.seen)]
    assert {round(one.bid_price) for one in last.values()} == {50}
    lists = sorted(path.stem for path in (lean_data.folder / "option/usa/universes/xyz").iterdir())
    assert lists == ["20231229", "20240102", "20240104", "20240105"]
    assert [problem for problem in check_folder(lean_data.folder) if problem.is_error] == []


@pytest.mark.parametrize(
    ("build", "error", "said"),
    [
        (lambda data: data.chain("XYZ", EXPIRY, []), UsageError, "strikes are positive prices"),
        (lambda data: data.chain("XYZ", EXPIRY, [-5]), UsageError, "strikes are positive prices"),
        (lambda data: data.chain("XYZ", EXPIRY, [100], rights=["straddle"]), UsageError, "a call or a put"),
        (lambda data: data.chain("XYZ", "2024-01-20", [100]), UsageError, "is no trading day"),
        (lambda data: data.chain("XYZ", EXPIRY, [100], volatility=0), UsageError, "positive fraction"),
        (lambda data: data.chain("ABC", EXPIRY, [100]), DataError, "build bars of ABC"),
    ],
)
def test_what_cannot_be_built_is_said(lean_data: DataBuilder, build: Any, error: type[Exception], said: str) -> None:
    """In a sentence, and nothing is written."""
    lean_data.bars("XYZ", "2024-01-02", [100] * 3, "daily").bars("ABC", "2024-01-02", [1] * 3, "second")
    with pytest.raises(error, match=said):
        build(lean_data)
    assert not (lean_data.folder / "option").exists()
