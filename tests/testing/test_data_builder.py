"""Built data is LEAN's: what the engine reads of it is what was said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from AlgorithmImports import *  # noqa: F403
from leanib.data.check import check_folder
from leanib.errors import DataError, UsageError


def _watch(kind: str, ticker: str, resolution: Any, first: datetime, last: datetime, raw: bool = False) -> Any:
    """An algorithm that writes down what it sees."""

    class Watch(QCAlgorithm):  # noqa: F405
        def initialize(self) -> None:
            self.set_start_date(first)
            self.set_end_date(last)
            self.security = getattr(self, f"add_{kind}")(ticker, resolution)
            if raw:
                self.security.set_data_normalization_mode(DataNormalizationMode.RAW)  # noqa: F405
            self.seen: list[tuple[Any, ...]] = []

        def on_data(self, data: Any) -> None:
            symbol = self.security.symbol
            if data.splits.contains_key(symbol) and data.splits[symbol].type == SplitType.SPLIT_OCCURRED:  # noqa: F405
                self.seen.append(("split", self.time, data.splits[symbol].split_factor))
            if data.dividends.contains_key(symbol):
                self.seen.append(("dividend", self.time, data.dividends[symbol].distribution))
            if data.bars.contains_key(symbol):
                self.seen.append(("bar", self.time, data.bars[symbol].close))
            elif data.quote_bars.contains_key(symbol):
                bar = data.quote_bars[symbol]
                self.seen.append(("quote", self.time, bar.bid.close, bar.ask.close))

    return Watch


def test_daily_bars_skip_weekends_and_holidays(lean_data: Any, run_algorithm: Any) -> None:
    """The first of January 2024 was a Monday and a holiday."""
    lean_data.bars("SPY", "2023-12-29", [100, (101, 103, 99, 102), (102, 104, 101, 103, 5000)])
    days = [date(2023, 12, 29), date(2024, 1, 2), date(2024, 1, 3)]
    run = run_algorithm(_watch("equity", "SPY", Resolution.DAILY, days[0], days[2], raw=True), lean_data)  # noqa: F405
    seen = [(moment.date(), close) for _, moment, close in run.algorithm.seen]
    assert seen == list(zip(days, [100, 102, 103], strict=True))


@pytest.mark.parametrize(
    ("kind", "ticker", "resolution", "start", "first"),
    [
        ("equity", "SPY", "minute", "2024-01-03", datetime(2024, 1, 3, 9, 31)),
        ("equity", "SPY", "minute", "2024-01-03 15:58", datetime(2024, 1, 3, 15, 59)),
        ("equity", "SPY", "second", "2024-01-03 10:00:05", datetime(2024, 1, 3, 10, 0, 6)),
        ("equity", "SPY", "hour", "2024-01-03", datetime(2024, 1, 3, 10, 0)),
        ("crypto", "BTCUSD", "minute", "2024-01-06 12:00", datetime(2024, 1, 6, 7, 1)),
    ],
)
def test_shorter_bars_lie_in_opening_hours(
    lean_data: Any, run_algorithm: Any, kind: str, ticker: str, resolution: str, start: str, first: datetime
) -> None:
    """On the exchange's clock; the algorithm's is New York's. What does not fit a day goes on the next."""
    lean_data.bars(ticker, start, [100, 101, 102, 103], resolution, security_type=kind)
    if kind == "crypto":
        lean_data.quotes(ticker, start, [(99, 101)] * 4, resolution, security_type=kind)
    span = getattr(Resolution, resolution.upper())  # noqa: F405
    run = run_algorithm(_watch(kind, ticker, span, datetime(2024, 1, 3), datetime(2024, 1, 7)), lean_data)
    bars = [(time, close) for what, time, close, *_ in run.algorithm.seen if what == "bar"]
    assert bars[0] == (first, 100)
    assert [close for _, close in dict.fromkeys(bars)][:4] == [100, 101, 102, 103]


def test_quotes_of_a_currency_pair(lean_data: Any, run_algorithm: Any) -> None:
    """In UTC, as the files have them."""
    lean_data.quotes("EURUSD", "2024-01-03 10:00", [(1.1, 1.1002), (1.2, 1.2002)], security_type="forex")
    kind = _watch("forex", "EURUSD", Resolution.MINUTE, datetime(2024, 1, 3), datetime(2024, 1, 3))  # noqa: F405
    quotes = [one for one in run_algorithm(kind, lean_data).algorithm.seen if one[0] == "quote"]
    assert quotes[0][1:] == (datetime(2024, 1, 3, 5, 1), 1.1, 1.1002)


def test_a_split_and_a_dividend_are_told_and_prices_before_them_adjusted(lean_data: Any, run_algorithm: Any) -> None:
    """Two for one on the fourth day, then a dollar a share; raw prices stay as they were traded."""
    prices = [100, 102, 104, 52, 53, 52]
    lean_data.bars("SPY", "2024-01-02", prices).split("SPY", "2024-01-05", 2).dividend("SPY", "2024-01-09", 1.0)
    first, last = datetime(2024, 1, 2), datetime(2024, 1, 9)
    raw = run_algorithm(_watch("equity", "SPY", Resolution.DAILY, first, last, raw=True), lean_data).algorithm.seen  # noqa: F405
    assert [close for what, _, close in raw if what == "bar"] == prices
    assert [value for what, _, value in raw if what == "split"] == [0.5]
    assert [value for what, _, value in raw if what == "dividend"] == [1.0]
    adjusted = run_algorithm(_watch("equity", "SPY", Resolution.DAILY, first, last), lean_data).algorithm.seen  # noqa: F405
    assert [close for what, _, close in adjusted if what == "bar"] == pytest.approx(
        [price * factor * 52 / 53 for price, factor in zip(prices[:5], [0.5] * 3 + [1] * 2, strict=True)] + [52]
    )


def test_a_gap_is_taken_away(lean_data: Any, run_algorithm: Any) -> None:
    """Days, or minutes within one; nothing else."""
    lean_data.bars("SPY", "2024-01-02", range(100, 105)).gap("SPY", "2024-01-03", "2024-01-04")
    kind = _watch("equity", "SPY", Resolution.DAILY, datetime(2024, 1, 2), datetime(2024, 1, 8), raw=True)  # noqa: F405
    assert sorted({close for _, _, close in run_algorithm(kind, lean_data).algorithm.seen}) == [100, 103, 104]
    with pytest.raises(DataError, match="nothing of SPY"):
        lean_data.gap("SPY", "2024-02-01", "2024-02-02")


def test_built_folders_pass_the_check(lean_data: Any) -> None:
    """`leanib data check` finds nothing wrong with the files."""
    lean_data.bars("SPY", "2024-01-02", range(100, 110)).split("SPY", "2024-01-08", 2)
    lean_data.bars("SPY", "2024-01-02", range(100, 500), "minute").quotes("SPY", "2024-01-02", [(99, 100)] * 500)
    assert [problem for problem in check_folder(lean_data.folder) if "missing" not in str(problem)] == []


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda data: data.bars("SPY", "yesterday", [1]), "is no day"),
        (lambda data: data.bars("SPY", "2024-01-02", [1], "weekly"), "no resolution"),
        (lambda data: data.bars("SPY", "2024-01-02", [(1, 2)]), "a bar is"),
        (lambda data: data.bars("SPY", "2024-01-02", [(5, 4, 3, 4)]), "is not the extreme"),
        (lambda data: data.bars("EURUSD", "2024-01-02", [1], security_type="forex"), "has no trades"),
        (lambda data: data.bars("ES", "2024-01-02", [1], security_type="future"), "no data is built"),
        (lambda data: data.quotes("SPY", "2024-01-02", [(2, 1)]), "the ask is below"),
        (lambda data: data.split("SPY", "2024-01-02", 0), "more than no shares"),
    ],
)
def test_what_cannot_be_is_refused(lean_data: Any, build: Any, said: str) -> None:
    """In a sentence."""
    with pytest.raises(UsageError, match=said):
        build(lean_data)


def test_a_split_needs_the_price_before_it(lean_data: Any) -> None:
    """Else nobody could tell what it does to prices."""
    with pytest.raises(DataError, match="build bars of SPY before"):
        lean_data.split("SPY", "2024-01-02", 2)
