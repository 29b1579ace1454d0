"""`self.history` in LEAN's forms, asked by a real algorithm on the project's own data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.custom import PythonData, SubscriptionDataSource
from leanib.engine.dotnet import ArgumentException, InvalidOperationException
from leanib.engine.market import Dividend, QuoteBar, Slice, Tick, TradeBar
from leanib.engine.symbols import DataNormalizationMode, Resolution
from leanib.errors import UsageError

DATA = Path(__file__).parents[3] / "data"
NOW = datetime(2013, 3, 1)
DAY = timedelta(days=1)


class Closes(PythonData):
    """The daily closes of a stock, as custom data."""

    def get_source(self, config, date, is_live_mode):
        return SubscriptionDataSource(str(DATA / "equity/usa/daily/ibm.zip"))

    def reader(self, config, line, date, is_live_mode):
        cells = line.split(",")
        point = Closes()
        point.symbol = config.symbol
        point.time = datetime.strptime(cells[0], "%Y%m%d %H:%M")
        point.end_time = point.time + DAY
        point.value = float(cells[4]) / 10000
        point["Volume"] = float(cells[5])
        return point


def ask(question: Callable[[Any], Any]) -> Any:
    """What an algorithm with AAPL and IBM by the day gets at the beginning of March 2013."""
    answers = []

    class Asking(QCAlgorithm):
        def initialize(self):
            self.set_start_date(2013, 3, 1)
            self.set_end_date(2013, 3, 1)
            self.set_benchmark(lambda _time: 0)
            self.aapl = self.add_equity("AAPL", Resolution.DAILY).symbol
            self.ibm = self.add_equity("IBM", Resolution.DAILY).symbol
            self.closes = self.add_data(Closes, "IBMC", Resolution.DAILY).symbol
            answers.append(question(self))

    run_backtest(Asking, Job(DATA))
    return answers[0]


def test_a_symbol_or_ticker_gives_a_frame():
    """The last bars before now, and the same for the ticker, in a list, and with a keyword."""
    frames = ask(
        lambda a: [
            a.history(a.aapl, 3),
            a.history("AAPL", 3, Resolution.DAILY),
            a.history([a.aapl], 3),
            a.history(a.securities["AAPL"], periods=3),
            a.History(a.aapl, 3),
        ]
    )
    for frame in frames:
        times = [time.to_pydatetime() for time in frame.index.get_level_values("time")]
        assert times == [datetime(2013, 2, day, 16) for day in (26, 27, 28)]
        assert list(frame.columns) == ["close", "high", "low", "open", "volume"]
        assert frame.equals(frames[0])


def test_times_may_be_a_span_or_a_start_and_an_end():
    """Data up to now, or between two times."""
    span, between = ask(lambda a: [a.history(a.aapl, 7 * DAY), a.history(a.aapl, NOW - 7 * DAY, NOW)])
    assert len(span) == 5
    assert span.equals(between)


def test_pandas_times_are_times():
    """Timestamps and Timedeltas, which frames hand out, may be used to ask again."""
    stamps, span = ask(
        lambda a: [
            a.history(a.aapl, pd.Timestamp(NOW - 7 * DAY), pd.Timestamp(NOW)),
            a.history(a.aapl, pd.Timedelta("7D")),
        ]
    )
    assert len(stamps) == 5
    assert stamps.equals(span)


def test_several_symbols_share_a_frame():
    """`unstack(0)` gives a column a symbol."""
    frame = ask(lambda a: a.history(["AAPL", a.ibm], 4, Resolution.DAILY))
    assert [symbol.value for symbol in frame.close.unstack(0).columns] == ["AAPL", "IBM"]


def test_without_symbols_slices_of_all_securities_come():
    """`history(10)` and `history(timedelta)`."""
    for slices in ask(lambda a: [a.history(2), a.history(4 * DAY, Resolution.DAILY)]):
        assert isinstance(slices[0], Slice)
        assert {point.symbol.value for each in slices for point in each.all_data} == {"AAPL", "IBM", "IBMC"}


def test_a_type_in_brackets_gives_data_points():
    """For one symbol a list of them, for several dictionaries."""
    bars, dictionaries = ask(lambda a: [a.history[TradeBar](a.aapl, 3), a.history[TradeBar]([a.aapl, a.ibm], 3)])
    assert [type(bar) for bar in bars] == [TradeBar] * 3
    assert [bar.end_time.day for bar in bars] == [26, 27, 28]
    assert {symbol.value for symbol in list(dictionaries[0].keys())} == {"AAPL", "IBM"}


def test_a_type_as_first_argument_gives_a_frame():
    """Of one symbol, of several, or of all securities."""
    frames = ask(lambda a: [a.history(TradeBar, a.aapl, 3), a.history(TradeBar, [a.aapl, a.ibm], 3)])
    assert [len(frame) for frame in frames] == [3, 6]


def test_finer_data_than_subscribed_can_be_asked_for():
    """Minutes have trades and quotes in one row; without fill-forward only what is in the files."""
    frame, filled = ask(
        lambda a: [
            a.history(a.aapl, NOW - DAY, NOW, Resolution.MINUTE, fill_forward=False),
            a.history(TradeBar, a.aapl, 5, Resolution.MINUTE),
        ]
    )
    assert {"close", "bidclose", "askclose", "volume"} <= set(frame.columns)
    assert len(filled) == 5


def test_ticks_are_asked_for_by_time_only():
    """Ticks come one by one; a number of ticks is refused as in LEAN."""
    ticks = ask(lambda a: a.history[Tick](a.aapl, NOW - DAY, NOW, Resolution.TICK)[:3])
    assert all(type(tick) is Tick for tick in ticks)
    with pytest.raises(InvalidOperationException, match="can not be used with Resolution"):
        ask(lambda a: a.history[Tick](a.aapl, 3, Resolution.TICK))


def test_prices_can_be_raw():
    """`data_normalization_mode` changes the prices, here before Apple's split of 28 February 2005, two for one."""
    times = (datetime(2005, 2, 24), datetime(2005, 2, 25))
    raw, adjusted = ask(
        lambda a: [
            a.history(a.aapl, *times, data_normalization_mode=DataNormalizationMode.RAW),
            a.history(a.aapl, *times),
        ]
    )
    assert raw.close.iloc[0] == pytest.approx(2 * adjusted.close.iloc[0], rel=0.05)
    assert raw.close.iloc[0] == 88.93


def test_custom_data_have_their_own_columns():
    """By symbol, by type and symbol, and as data points."""
    frame, same, points = ask(
        lambda a: [a.history(a.closes, 3), a.history(Closes, a.closes, 3), a.history[Closes](a.closes, 3)]
    )
    assert list(frame.columns) == ["value", "volume"]
    assert frame.equals(same)
    assert [point.volume for point in points] == list(frame.volume)


def test_corporate_events_have_a_history():
    """`history(Dividend, symbol, ...)`."""
    frame = ask(lambda a: a.history(Dividend, a.ibm, datetime(2012, 1, 1), NOW))
    assert len(frame) == 5
    assert frame.distribution.iloc[-1] == pytest.approx(0.85)


def test_the_future_is_cut_off():
    """An end after now is now, and the algorithm says so."""
    bars = ask(lambda a: list(a.history[TradeBar](a.aapl, NOW - 3 * DAY, NOW + 10 * DAY)))
    assert bars[-1].end_time == datetime(2013, 2, 28, 16)


def test_last_known_prices_are_those_before_now():
    """For seeding securities: the last bar of each kind."""
    points, price = ask(lambda a: [a.get_last_known_prices(a.aapl), a.get_last_known_price("AAPL")])
    assert [type(point) for point in points] == [TradeBar]
    assert price.end_time == datetime(2013, 2, 28, 16)


def test_quotes_of_a_day_there_are_none_of():
    """Equities have no daily quotes; asking for a type that a security does not have is an error, as in LEAN."""
    with pytest.raises(ArgumentException, match="Symbol: AAPL Requested Type: QuoteBar"):
        ask(lambda a: a.history[QuoteBar](a.aapl, NOW - 3 * DAY, NOW, Resolution.DAILY))


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (lambda a: a.history("NONE", 3), "Cannot create history for the given ticker 'NONE'"),
        (lambda a: a.history(a.aapl), "history needs a number of bars, a timedelta, or a start and an end"),
        (lambda a: a.history(a.aapl, 3, colour="red"), "unexpected keyword argument 'colour'"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_a_sentence(question, message):
    """The error names what is wrong."""
    with pytest.raises(UsageError, match=message):
        ask(question)
