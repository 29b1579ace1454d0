"""Histories of chains in a notebook: the contracts that the filter takes, and what they are on."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from AlgorithmImports import (
    Futures,
    Market,
    OptionHistory,
    OptionRight,
    OptionStyle,
    QuantBook,
    Resolution,
    SecurityType,
    Symbol,
)
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.testing import DataBuilder

FRIDAY = date(2024, 1, 5)
DAYS = [date(2024, 1, day) for day in (2, 3, 4)]
STRIKES = (95, 100, 105)
OPEN = 34_200_000
UTC_OPEN = OPEN + 4 * 3_600_000


@pytest.fixture
def book(lean_data: DataBuilder) -> Any:
    """A book on three days of XYZ, which rises from 100 by five a day, and its calls of that Friday."""
    lean_data.bars("XYZ", "2024-01-02", [100] * 390 + [105] * 390 + [110] * 390, "minute")
    for number, day in enumerate(DAYS):
        _option_minutes(lean_data.folder, day)
        rows = [f"{FRIDAY:%Y%m%d},{strike},C,1,1,1,1,10,20,0.2,0.5,0.1,0.1,-0.1,0.1" for strike in STRIKES]
        close = 95 + 5 * number
        before = day - timedelta(days=1 if number else 4)
        file = lean_data.folder / f"option/usa/universes/xyz/{before:%Y%m%d}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(["#expiry", f",,,{close},{close},{close},{close},5,,,,,,,", *rows]) + "\n")
    book = QuantBook(lean_data.folder)
    book.set_start_date(2024, 1, 8)
    return book


def _option_minutes(folder: Path, day: date) -> None:
    """Two minutes of quotes of each call."""
    target = folder / "option/usa/minute/xyz"
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target / f"{day:%Y%m%d}_quote_american.zip", "w") as archive:
        for strike in STRIKES:
            name = f"{day:%Y%m%d}_xyz_minute_quote_american_call_{strike * 10000}_{FRIDAY:%Y%m%d}.csv"
            lines = [f"{OPEN + n * 60_000},{','.join(['10000'] * 4)},9,{','.join(['10500'] * 4)},9" for n in (1, 2)]
            archive.writestr(name, "\n".join(lines) + "\n")


def test_a_chains_history_has_what_its_filter_took_on_each_day(book: Any) -> None:
    """By the file of the day before, whose close is 95, then 100, then 105; of the last day too, as in LEAN."""
    option = book.add_option("XYZ")
    option.set_filter(lambda universe: universe.strikes(0, 0).expiration(0, 30))
    found = book.option_history(option.symbol, DAYS[0], DAYS[2] + timedelta(days=1))
    assert isinstance(found, OptionHistory)
    assert found.get_strikes() == [95, 100, 105]
    assert found.get_expiry_dates() == [datetime(2024, 1, 5)]
    assert book.option_history(option.symbol, DAYS[1]).get_strikes() == [100, 105]
    assert book.option_history(option.symbol, DAYS[1], datetime(2024, 1, 3, 16)).get_strikes() == [100]
    frame = found.data_frame
    assert frame.index.names == ["expiry", "strike", "type", "symbol", "time"]
    assert set(frame.xs(100.0, level="strike")["askclose"].dropna()) == {1.05}
    assert frame is found.get_all_data()
    assert len(list(found)) == len(found) == found.count


def test_the_arguments_are_leans(book: Any) -> None:
    """Both spellings and names, an underlying's symbol, the options' own ticker, a contract alone, no filled gaps."""
    stock = book.add_equity("XYZ").symbol
    day = datetime(2024, 1, 3)
    by_stock = book.GetOptionHistory(stock, day, fillForward=False)
    assert set(by_stock.GetStrikes()) <= set(STRIKES)
    named = book.option_history(stock, "XYZ", day, None, Resolution.MINUTE, False)
    assert named.get_strikes() == by_stock.get_strikes()
    call = Symbol.create_option(stock, "usa", OptionStyle.AMERICAN, OptionRight.CALL, 100, datetime(2024, 1, 5))
    alone = book.option_history(symbol=call, start=day, end=day, fill_forward=False)
    assert (len(alone.data_frame), alone.get_strikes()) == (2, [100])
    assert len(book.option_history(call, day).data_frame) > 2


def test_nothing_later_than_the_books_day_is_seen(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither contracts nor prices; an empty history says what would help."""
    book.set_start_date(2024, 1, 3)
    option = book.add_option("XYZ")
    option.set_filter(lambda universe: universe.strikes(0, 0))
    found = book.option_history(option.symbol, DAYS[0], datetime(2024, 1, 6))
    assert found.get_strikes() == [95, 100]
    assert max(found.data_frame.index.get_level_values("time")) <= datetime(2024, 1, 3)
    assert book.option_history(option.symbol, datetime(2024, 1, 10)).data_frame.empty
    assert "set_start_date" in capsys.readouterr().out


def test_a_filter_that_nothing_passes_is_told(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What is left is the stock alone."""
    option = book.add_option("XYZ")
    option.set_filter(lambda universe: universe.expiration(100, 200))
    assert book.option_history(option.symbol, DAYS[1]).get_strikes() == []
    assert "no contract of ?XYZ passes its filter" in capsys.readouterr().out


def test_a_futures_contract_has_a_history_of_its_own(lean_data: DataBuilder) -> None:
    """Without a chain."""
    day, expiry = date(2013, 10, 7), datetime(2013, 12, 20)
    target = lean_data.folder / "future/cme/minute/es"
    target.mkdir(parents=True)
    with zipfile.ZipFile(target / f"{day:%Y%m%d}_trade.zip", "w") as archive:
        lines = [f"{UTC_OPEN + n * 60_000},1680,1681,1679,1680.25,7" for n in range(3)]
        archive.writestr(f"{day:%Y%m%d}_es_minute_trade_201312.csv", "\n".join(lines) + "\n")
    book: Any = QuantBook(lean_data.folder)
    contract = Symbol.create_future(Futures.Indices.SP_500_E_MINI, Market.CME, expiry)
    found = book.future_history(contract, day, None, Resolution.MINUTE, False)
    assert found.get_expiry_dates() == [expiry]
    assert list(found.data_frame["close"]) == [1680.25] * 3


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda book: book.option_history(_future(), date(2024, 1, 2)), "stands for all contracts of a future"),
        (
            lambda book: book.option_history(Symbol.create("EURUSD", SecurityType.FOREX, "oanda"), DAYS[0]),
            "not an option",
        ),
        (lambda book: book.option_history(_future()), "begins at a date"),
        (lambda book: book.future_history(_future(), DAYS[0], DAYS[1], None, True, False, 7), "at most 5 others"),
    ],
)
def test_what_makes_no_sense_is_refused(book: Any, ask: Callable[[Any], Any], sentence: str) -> None:
    """In a sentence."""
    with pytest.raises(ArgumentException, match=sentence):
        ask(book)


def _future() -> Symbol:
    return Symbol.create(Futures.Indices.SP_500_E_MINI, SecurityType.FUTURE, Market.CME)
