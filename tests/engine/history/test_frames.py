"""Frames have LEAN's index, columns and ways to be asked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from leanib.engine.custom import PythonData
from leanib.engine.market import Bar, Dividend, QuoteBar, Slice, Tick, TradeBar
from leanib.engine.market.frames import frame_of_points, frame_of_slices, indicator_frame
from leanib.engine.market.universe import BaseDataCollection
from leanib.engine.symbols import Market, SecurityType, Symbol, SymbolCache, TickType

START = datetime(2020, 6, 1, 9, 30)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def spy():
    """SPY, known by its ticker."""
    symbol = Symbol.create("SPY", SecurityType.EQUITY, Market.USA)
    SymbolCache.set("SPY", symbol)
    return symbol


@pytest.fixture
def aapl():
    """AAPL, known by its ticker."""
    symbol = Symbol.create("AAPL", SecurityType.EQUITY, Market.USA)
    SymbolCache.set("AAPL", symbol)
    return symbol


def slices(*points):
    """One slice for each end time."""
    times = sorted({point.end_time for point in points})
    return [Slice(time, [point for point in points if point.end_time == time], time) for time in times]


def bar(symbol, minute: int, close: float = 1.5, volume: float = 10):
    """A trade bar that starts so many minutes after 9:30."""
    return TradeBar(START + minute * MINUTE, symbol, 1, 2, 0.5, close, volume, MINUTE)


def test_trade_bars_become_sorted_columns_over_symbol_and_time(spy):
    """Times are end times."""
    frame = frame_of_slices(slices(bar(spy, 0), bar(spy, 1, 1.7)))
    assert list(frame.columns) == ["close", "high", "low", "open", "volume"]
    assert frame.index.names == ["symbol", "time"]
    assert frame.index[0] == (spy, START + MINUTE)
    assert list(frame.close) == [1.5, 1.7]


def test_a_frame_is_asked_with_ticker_or_symbol(spy, aapl):
    """`loc["SPY"]`, `loc[spy]`, `unstack(0)["SPY"]`, `"SPY" in index` mean the same."""
    frame = frame_of_slices(slices(bar(spy, 0), bar(aapl, 0, 9)))
    assert frame.loc["AAPL"].close.iloc[0] == frame.loc[aapl].close.iloc[0] == 9
    assert frame.close.unstack(0)["SPY"].iloc[0] == 1.5
    assert "SPY" in frame.index
    assert frame.loc[["SPY", "AAPL"]].shape == (2, 5)
    with pytest.raises(KeyError):
        frame.loc["MSFT"]


def test_quotes_and_trades_of_a_moment_share_a_row(spy):
    """The trade's prices win; columns without any value but 0 are left out."""
    quote = QuoteBar(START, spy, Bar(1, 1, 1, 1), 0, Bar(3, 3, 3, 3), 7, MINUTE)
    frame = frame_of_slices(slices(quote, bar(spy, 0)))
    assert len(frame) == 1
    row = frame.iloc[0]
    assert (row.close, row.bidclose, row.askclose, row.asksize) == (1.5, 1, 3, 7)
    assert "bidsize" not in frame.columns


def test_a_type_picks_its_data(spy):
    """`history(QuoteBar, ...)` shows nothing of trade bars."""
    quote = QuoteBar(START, spy, Bar(1, 1, 1, 1), 5, Bar(3, 3, 3, 3), 7, MINUTE)
    frame = frame_of_slices(slices(quote, bar(spy, 0)), QuoteBar)
    assert frame.iloc[0].close == 2
    assert "volume" not in frame.columns


def test_ticks_keep_every_row(spy):
    """Also those of one moment; quotes have no last trade quantity, trades no bid."""
    trade = Tick(START, spy, 5, tick_type=TickType.TRADE, quantity=3, exchange="P")
    quote = Tick(START, spy, 5, 4, 6, bid_size=1, ask_size=2)
    frame = frame_of_slices(slices(trade, quote), Tick)
    assert list(frame.columns) == [
        *["askprice", "asksize", "bidprice", "bidsize", "exchange", "lastprice", "quantity"],
    ]
    assert list(frame.lastprice) == [5, 5]
    assert frame.bidprice.isna().tolist() == [True, False]


def test_custom_data_show_what_was_set_on_them(spy):
    """`value`, and each property by its name."""
    point = PythonData()
    point.symbol, point.time, point.value, point.Volume_BTC = spy, START, 3, 8
    frame = frame_of_slices(slices(point))
    assert frame.iloc[0].to_dict() == {"value": 3, "volume_btc": 8}


def test_auxiliary_data_have_their_own_columns(spy):
    """`history(Dividend, ...)`."""
    frame = frame_of_slices(slices(Dividend(spy, START, 0.5, 100.0)), Dividend)
    assert frame.iloc[0].to_dict() == {"distribution": 0.5, "referenceprice": 100, "value": 0.5}


def test_collections_can_be_flattened(spy, aapl):
    """Universe data: one row a member and time."""
    universe = Symbol.create("UNI", SecurityType.EQUITY, Market.USA)
    members = [bar(spy, 0), bar(aapl, 0, 9)]
    collection = BaseDataCollection(START, START, universe, members)
    frame = frame_of_slices(slices(collection), BaseDataCollection, flatten=True)
    assert frame.index.names == ["time", "symbol"]
    assert frame.loc[(START, "AAPL")].close == 9


def test_nothing_is_an_empty_frame():
    """No data is no error."""
    assert frame_of_slices([]).empty
    assert frame_of_points([]).empty


def test_indicator_frames_have_a_column_a_series(spy):
    """Names in lower case and in order, end times as index."""
    frame = indicator_frame({"Upper": [bar(spy, 0)], "Lower": [bar(spy, 0, 1), bar(spy, 1, 2)]})
    assert list(frame.columns) == ["lower", "upper"]
    assert frame.lower.tolist() == [1, 2]


def test_a_series_is_asked_by_position(spy):
    """`frame.close[0]`, which LEAN's pandas allows and pandas 3 does not, where the index holds no numbers."""
    series = frame_of_slices(slices(bar(spy, 0), bar(spy, 1, 1.7))).loc["SPY"].close
    assert (series[0], series[-1]) == (1.5, 1.7)
    with pytest.raises(KeyError):
        series["nothing"]
