"""The slice: look-ups by symbol, ticker and type."""

from datetime import datetime, timedelta

import pytest

from leanib.engine.market import Bar, Dividend, QuoteBar, Slice, Tick, TradeBar
from leanib.engine.symbols import Market, SecurityType, Symbol, SymbolCache, TickType

NOON = datetime(2020, 6, 1, 12)
SPY = Symbol.create("SPY", SecurityType.EQUITY, Market.USA)
IBM = Symbol.create("IBM", SecurityType.EQUITY, Market.USA)
EURUSD = Symbol.create("EURUSD", SecurityType.FOREX, Market.OANDA)


@pytest.fixture(autouse=True)
def _tickers() -> None:
    for symbol in (SPY, IBM, EURUSD):
        SymbolCache.set(symbol.value, symbol)


def _quote(symbol: Symbol) -> QuoteBar:
    return QuoteBar(NOON, symbol, Bar(1, 1, 1, 1), 1, Bar(3, 3, 3, 3), 1)


def test_a_symbol_and_its_ticker_find_the_same() -> None:
    """Everything that takes a symbol takes its ticker, on the slice and on its dictionaries."""
    bar = TradeBar(NOON, SPY, 1, 1, 1, 1, 1)
    data = Slice(NOON, [bar], NOON)
    assert data[SPY] is data["SPY"] is data.bars[SPY] is data.bars["SPY"] is data.get("SPY") is bar
    assert data.contains_key("SPY")
    assert SPY in data
    assert "SPY" in data.Bars
    assert not data.contains_key("IBM")
    assert data.quote_bars.get("SPY") is None


def test_the_error_names_the_ticker() -> None:
    """Looking up what is not there says so as LEAN does."""
    with pytest.raises(KeyError, match="'IBM' wasn't found in the Slice object"):
        Slice(NOON, [], NOON)["IBM"]
    with pytest.raises(KeyError, match="'IBM' wasn't found in the TradeBars object"):
        Slice(NOON, [], NOON).bars["IBM"]


def test_an_equity_is_its_trades_and_a_currency_pair_its_quotes() -> None:
    """Quotes of equities are in `quote_bars` only; of what has no trades they are the data."""
    bar, equity_quote, quote = TradeBar(NOON, SPY, 1, 1, 1, 1, 1), _quote(SPY), _quote(EURUSD)
    data = Slice(NOON, [bar, equity_quote, quote], NOON)
    assert data[SPY] is bar
    assert data.quote_bars[SPY] is equity_quote
    assert data[EURUSD] is quote


def test_the_shorter_of_two_bars_stays() -> None:
    """A symbol that is subscribed to by the hour and by the minute shows the minute's bar."""
    hour = TradeBar(NOON, SPY, 1, 1, 1, 1, 1, timedelta(hours=1))
    minute = TradeBar(NOON, SPY, 2, 2, 2, 2, 1)
    assert Slice(NOON, [hour, minute], NOON).bars[SPY] is minute
    assert Slice(NOON, [minute, hour], NOON).bars[SPY] is minute


def test_ticks_are_lists() -> None:
    """Ticks of one moment come as a list; `get(Tick)` gives the last one."""
    ticks = [Tick(NOON, SPY, price, tick_type=TickType.TRADE) for price in (1.0, 2.0)]
    data = Slice(NOON, ticks, NOON)
    assert data.ticks["SPY"] == data[SPY] == ticks
    assert data.get(Tick)[SPY] is ticks[1]


def test_iteration_goes_by_symbol() -> None:
    """Slices and dictionaries yield pairs with `key` and `value`, sorted by ticker; auxiliary data only by type."""
    points = [TradeBar(NOON, symbol, 1, 1, 1, 1, 1) for symbol in (SPY, IBM)]
    data = Slice(NOON, [*points, Dividend(IBM, NOON, 0.5, 100)], NOON)
    assert [pair.Key for pair in data] == [IBM, SPY]
    assert [symbol for symbol, _ in data.bars] == data.bars.keys() == [IBM, SPY]
    assert data.get(Dividend)[IBM].distribution == 0.5
    assert data.count == 2
