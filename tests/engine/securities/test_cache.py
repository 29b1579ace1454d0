"""Which data set which price (Tests/Common/Securities/SecurityCacheTests.cs)."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from leanib.engine.market import Bar, Dividend, OpenInterest, QuoteBar, Split, Tick, TradeBar
from leanib.engine.securities import SecurityCache
from leanib.engine.symbols import DataNormalizationMode, Globals, Market, SecurityType, Symbol, TickType

NOW = datetime(2013, 10, 7, 11)


@pytest.fixture
def euro():
    """A currency pair, of which quotes are the main data."""
    return Symbol.create("EURUSD", SecurityType.FOREX, Market.OANDA)


@pytest.fixture
def spy():
    """A share, of which trades are the main data."""
    return Symbol.create("SPY", SecurityType.EQUITY, Market.USA)


def trade_bar(symbol, price, **options):
    """A bar with four different prices."""
    return TradeBar(NOW, symbol, price, price + 2, price - 2, price + 1, 100.0, **options)


def quote_bar(symbol, bid, ask):
    """A bar that stays at its quotes."""
    return QuoteBar(NOW, symbol, Bar(bid, bid, bid, bid), 10.0, Bar(ask, ask, ask, ask), 20.0)


def test_trade_bar(spy):
    """A trade bar sets all but the quotes; zeros in it change nothing."""
    cache = SecurityCache()
    bar = trade_bar(spy, 100.0)
    cache.add_data(bar)
    assert (cache.open, cache.high, cache.low, cache.close, cache.price) == (100.0, 102.0, 98.0, 101.0, 101.0)
    assert (cache.volume, cache.bid_price, cache.ask_price) == (100.0, 0.0, 0.0)
    assert cache.get_data() is bar
    assert cache.get_data(TradeBar) is bar
    cache.add_data(TradeBar(NOW + timedelta(minutes=1), spy))
    assert (cache.open, cache.price, cache.volume) == (100.0, 101.0, 100.0)


def test_quotes_of_shares_set_no_price(spy):
    """An equity's price is that of its last trade; quotes only set bid and ask."""
    cache = SecurityCache()
    cache.add_data(trade_bar(spy, 100.0))
    cache.add_data(quote_bar(spy, 110.0, 112.0))
    assert (cache.price, cache.bid_price, cache.ask_price, cache.bid_size, cache.ask_size) == (
        101.0, 110.0, 112.0, 10.0, 20.0,
    )  # fmt: skip
    assert isinstance(cache.get_data(), TradeBar)
    assert isinstance(cache.get_data(QuoteBar), QuoteBar)


def test_quotes_win_over_trades_of_the_same_time(euro):
    """Outside of equities a quote bar sets the price, and a trade bar of the same time does not change it."""
    cache = SecurityCache()
    quote = quote_bar(euro, 1.0, 2.0)
    cache.add_data(quote)
    cache.add_data(trade_bar(euro, 100.0))
    assert (cache.price, cache.volume) == (1.5, 100.0)
    assert cache.get_data() is quote


def test_ticks(spy):
    """Trades set price and volume, quotes bid and ask, open interest itself."""
    cache = SecurityCache()
    cache.add_data(Tick(NOW, spy, 100.0, tick_type=TickType.TRADE, quantity=7.0))
    cache.add_data(Tick(NOW, spy, 0.0, 99.0, 101.0, bid_size=1.0, ask_size=2.0))
    cache.add_data(OpenInterest(NOW, spy, 55))
    assert (cache.price, cache.volume, cache.bid_price, cache.ask_price) == (100.0, 7.0, 99.0, 101.0)
    assert cache.open_interest == 55
    assert cache.get_data(Tick).tick_type is TickType.TRADE
    assert len(cache.get_all(Tick)) == 2


def test_filled_forward_and_auxiliary_data(spy):
    """Bars that were filled forward and dividends change nothing; the latter can be asked for."""
    cache = SecurityCache()
    cache.add_data_list([trade_bar(spy, 100.0)], TradeBar)
    cache.add_data_list([trade_bar(spy, 200.0, is_fill_forward=True)], TradeBar)
    dividend = Dividend(spy, NOW, 1.0, 100.0)
    cache.add_data(dividend)
    assert cache.price == 101.0
    assert cache.get_data(TradeBar).close == 101.0
    assert cache.get_data(Dividend) is dividend


def test_split(spy):
    """A split restates prices and sizes, in the last bar too."""
    cache = SecurityCache()
    bar = trade_bar(spy, 100.0)
    cache.add_data(bar)
    cache.apply_split(Split(spy, NOW, 101.0, 0.5))
    assert (cache.price, cache.high, cache.volume) == (50.5, 51.0, 200.0)
    assert (bar.close, bar.volume) == (50.5, 200.0)


def test_custom_data_share_the_cache_of_their_security(spy):
    """What one sees by type the other sees too; prices are their own."""
    source, target = SecurityCache(), SecurityCache()
    SecurityCache.share_type_cache_instance(source, target)
    target.add_data(trade_bar(spy, 100.0))
    assert source.get_data(TradeBar).close == 101.0
    assert (source.price, target.price) == (0.0, 101.0)


def test_exact_adjusted_price(account, data_folder):
    """An adjusted price has all the digits of file price times factor, more than a float keeps."""
    factors = data_folder / "equity" / "usa" / "factor_files" / "spy.csv"
    factors.parent.mkdir(parents=True)
    factors.write_text("20131231,0.8893653,0.0357143,645.57\n20501231,1,1,0\n")
    Globals.reset(data_folder)
    spy = account.add("SPY")
    exact = Decimal("483.5432") * Decimal("0.8893653") * Decimal("0.0357143")
    account.bar(spy, float(exact))
    assert spy.price_decimal == exact
    assert spy.holdings.price_decimal == exact
    spy.set_data_normalization_mode(DataNormalizationMode.RAW)
    account.bar(spy, 483.5432)
    assert spy.price_decimal == Decimal("483.5432")
