"""QuantBook: what an algorithm sees at a moment, a notebook sees too."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from AlgorithmImports import (
    AverageTrueRange,
    BollingerBands,
    Field,
    Fundamentals,
    QCAlgorithm,
    QuantBook,
    QuoteBar,
    Resolution,
    TradeBar,
    Universe,
)
from leanib.engine.algorithm.modes import AlgorithmMode
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.market.universe import BaseDataCollection
from leanib.engine.research.universe_history import selected
from leanib.engine.timezones import TimeZones
from leanib.errors import ConfigurationError

DATA = Path(__file__).parents[3] / "data"
DAY = date(2013, 1, 5)


@pytest.fixture
def book() -> Any:
    """A book on the sample data, early in 2013."""
    book = QuantBook(DATA)
    book.set_start_date(DAY)
    return book


class Looks(QCAlgorithm):
    """Keeps what it sees on its first morning."""

    def initialize(self) -> None:
        """The same securities as the book's."""
        self.set_start_date(2013, 1, 5)
        self.set_end_date(2013, 1, 8)
        self.stock = self.add_equity("AAPL", Resolution.DAILY).symbol
        self.pair = self.add_forex("EURUSD", Resolution.HOUR).symbol
        self.seen = _looks(self, self.stock, self.pair)


def _looks(who: Any, stock: Any, pair: Any) -> dict[str, pd.DataFrame]:
    return {
        "bars": who.history([stock], 40, Resolution.DAILY),
        "span": who.history(stock, timedelta(days=10), Resolution.DAILY),
        "dates": who.history(stock, datetime(2012, 11, 1), datetime(2012, 12, 1), Resolution.DAILY),
        "quotes": who.history(QuoteBar, pair, 30, Resolution.HOUR),
        "bands": who.indicator_history(BollingerBands(20, 2), stock, 30, Resolution.DAILY).data_frame,
        "range": who.indicator_history(AverageTrueRange(14), stock, 30, Resolution.DAILY).data_frame,
    }


def test_a_notebook_sees_what_an_algorithm_sees(book: Any) -> None:
    """The same frames on the same morning."""
    stock, pair = book.add_equity("AAPL", Resolution.DAILY).symbol, book.add_forex("EURUSD", Resolution.HOUR).symbol
    ours = _looks(book, stock, pair)
    theirs = run_backtest(Looks, Job(DATA)).algorithm.seen
    assert ours.keys() == theirs.keys()
    for name, frame in theirs.items():
        assert not frame.empty, name
        pd.testing.assert_frame_equal(ours[name], frame)


def test_nothing_later_than_its_day_is_seen(book: Any) -> None:
    """The day moves with `set_start_date`, forwards and backwards."""
    stock = book.add_equity("AAPL", Resolution.DAILY).symbol
    for day in (datetime(2012, 6, 1), datetime(2011, 3, 9), datetime(2012, 12, 1)):
        book.SetStartDate(day)
        last = book.History([stock], 5, Resolution.Daily).loc["AAPL"].index[-1]
        assert day - timedelta(days=4) < last <= day


def test_an_indicator_is_the_frame_of_its_history(book: Any) -> None:
    """All the arguments that `indicator_history` takes, in both spellings."""
    stock = book.add_equity("AAPL", Resolution.DAILY).symbol
    frame = book.indicator(BollingerBands(20, 2), stock, 30, Resolution.DAILY)
    assert len(frame) == 30
    assert {"upperband", "lowerband", "bandwidth"} <= set(frame.columns)
    highs = book.Indicator(BollingerBands(20, 2), "AAPL", 30, Resolution.Daily, Field.High)
    assert (highs["upperband"] > frame["middleband"]).all()
    start, end = datetime(2012, 6, 1), datetime(2012, 9, 1)
    assert book.indicator(BollingerBands(20, 2), stock, start, end, Resolution.DAILY).index[0] > pd.Timestamp(start)


def test_an_empty_history_is_told_with_what_helps(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A notebook has no end of a run at which missing data are told."""
    stock = book.add_equity("AAPL", Resolution.DAILY).symbol
    book.set_start_date(2020, 1, 1)
    assert book.history([stock], timedelta(days=10), Resolution.DAILY).empty
    said = capsys.readouterr().out
    assert "no data found" in said
    assert "set_start_date" in said


def test_typed_histories_stay_typed(book: Any) -> None:
    """`history[TradeBar](...)` gives bars."""
    stock = book.add_equity("AAPL", Resolution.DAILY).symbol
    bars = list(book.history[TradeBar](stock, 3, Resolution.DAILY))
    assert [type(bar) for bar in bars] == [TradeBar] * 3
    assert book.algorithm_mode is AlgorithmMode.RESEARCH


def test_portfolio_statistics_are_leans(book: Any) -> None:
    """A curve of two values a day: the day's last counts; a frame without the columns says so, as in LEAN."""
    times = pd.date_range("2012-01-02", periods=500, freq="12h")
    equity = pd.Series([100 * 1.001 ** (n // 2) for n in range(500)], times)
    found = book.get_portfolio_statistics(pd.DataFrame({"equity": equity, "benchmark": equity}))
    assert found["Net Profit (%)"] == pytest.approx((1.001**249 - 1) * 100)
    assert found["Beta"] == pytest.approx(1)
    assert found["Drawdown (%)"] == 0
    assert "benchmark" in book.get_portfolio_statistics(pd.DataFrame({"equity": equity}))["Runtime Error"]


def test_a_backtest_of_a_later_cell_leaves_the_book_alone(book: Any) -> None:
    """The thread works for the book again."""
    stock = book.add_equity("AAPL", Resolution.DAILY).symbol
    before = book.history([stock], 5, Resolution.DAILY)
    run_backtest(Looks, Job(DATA))
    pd.testing.assert_frame_equal(book.history([stock], 5, Resolution.DAILY), before)
    assert book.history(["AAPL"], 5, Resolution.DAILY).equals(before)


def test_what_is_not_there_is_said(book: Any, tmp_path: Path) -> None:
    """A folder that holds no data, a universe that is none."""
    with pytest.raises(ConfigurationError, match="is not a data folder"):
        QuantBook(tmp_path)
    with pytest.raises(ArgumentException, match="Failed to convert given universe"):
        book.universe_history(TradeBar, datetime(2012, 1, 1))


# --- universes -------------------------------------------------------------------------------------------------------

ROWS = {
    "20121203": {"AAPL": 500, "IBM": 100},
    "20121204": {"AAPL": 90, "IBM": 200},
    "20121205": {"AAPL": 70, "IBM": 60},
}
START, END = datetime(2012, 12, 3), datetime(2012, 12, 6)


@pytest.fixture
def coarse(tmp_path: Path) -> Any:
    """A book on a folder with three days of universe data."""
    for name in ("market-hours", "symbol-properties", "alternative"):
        (tmp_path / name).symlink_to(DATA / name)
    (tmp_path / "equity" / "usa").mkdir(parents=True)
    for name in ("map_files", "factor_files", "daily"):
        (tmp_path / "equity" / "usa" / name).symlink_to(DATA / "equity" / "usa" / name)
    folder = tmp_path / "equity" / "usa" / "fundamental" / "coarse"
    folder.mkdir(parents=True)
    ids = {"AAPL": "AAPL R735QTJ8XC9X", "IBM": "IBM R735QTJ8XC9X"}
    for day, volumes in ROWS.items():
        lines = [f"{ids[name]},{name},10,{volume},{volume * 10},True,1,1" for name, volume in volumes.items()]
        (folder / f"{day}.csv").write_text("\n".join(lines) + "\n")
    book = QuantBook(tmp_path)
    book.set_start_date(2012, 12, 10)
    return book


def _largest(data: Any) -> list[Any]:
    return [max(data, key=lambda point: point.dollar_volume).symbol]


def test_universe_history_selects_day_by_day(coarse: Any) -> None:
    """A universe selects by itself; a class of data by a function; without one all are there."""
    universe = coarse.add_universe(_largest)
    expected = [["AAPL"], ["IBM"], ["AAPL"]]
    for found in (
        coarse.universe_history(universe, START, END),
        coarse.UniverseHistory(Fundamentals, START, END, _largest),
    ):
        assert [[point.symbol.value for point in day] for day in found] == expected
    assert [len(day) for day in coarse.universe_history(Fundamentals, START, END)] == [2, 2, 2]


def test_universe_history_keeps_what_was_selected_while_it_is_unchanged(coarse: Any) -> None:
    """`Universe.UNCHANGED` is the selection of the day before."""
    answers = iter([_largest, lambda _data: Universe.UNCHANGED, lambda _data: Universe.UNCHANGED])
    found = coarse.universe_history(Fundamentals, START, END, lambda data: next(answers)(data))
    assert [[point.symbol.value for point in day] for day in found] == [["AAPL"]] * 3


def test_universe_history_takes_a_date_rule(coarse: Any) -> None:
    """The data of the day, or of the last one before it."""
    rule = coarse.date_rules.on([datetime(2012, 12, 5)])
    found = coarse.universe_history(Fundamentals, START, END, date_rule=rule)
    assert len(found) == 1
    assert found.index.get_level_values("time")[0] == pd.Timestamp(2012, 12, 5)


def test_a_flat_universe_history_has_a_row_a_member(coarse: Any) -> None:
    """With its properties as columns."""
    frame = coarse.universe_history(Fundamentals, START, END, _largest, flatten=True)
    assert list(frame["dollarvolume"]) == [5000, 2000, 700]


def test_fundamentals_are_a_row_a_day(coarse: Any) -> None:
    """A column a symbol; what is not known is None."""
    frame = coarse.get_fundamental(["AAPL", "IBM"], "DollarVolume", START, datetime(2012, 12, 5))
    assert list(frame.columns) == ["AAPL R735QTJ8XC9X", "IBM R735QTJ8XC9X"]
    assert frame.iloc[0].tolist() == [5000, 1000]
    unknown = coarse.get_fundamental("AAPL", "ValuationRatios.PERatio", START, datetime(2012, 12, 5))
    assert unknown.isna().all().all()


def test_a_universe_selects_by_itself(coarse: Any) -> None:
    """A function beside it is refused, as in LEAN."""
    with pytest.raises(ArgumentException, match="selection func argument isn't supported"):
        coarse.universe_history(coarse.add_universe(_largest), datetime(2012, 12, 3), func=_largest)


def test_a_date_without_data_takes_the_last_day_before_it() -> None:
    """Each day's data once, for the first date that asks for it."""
    days = [BaseDataCollection(datetime(2012, 12, day), datetime(2012, 12, day)) for day in (3, 4, 7, 10)]

    class Rule:
        """Dates of which some have no data."""

        def get_dates(self, _start: datetime, _end: datetime) -> list[datetime]:
            """A Wednesday, a Thursday and a Friday."""
            return [datetime(2012, 12, 5), datetime(2012, 12, 6), datetime(2012, 12, 7)]

    found = selected(days, None, TimeZones.NEW_YORK, Rule(), days[0].time, days[-1].time)
    assert [data.time.day for data in found] == [4, 7]
