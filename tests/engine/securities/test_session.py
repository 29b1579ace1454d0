"""The bars of the trading days (Tests/Common/Data/Market/SessionTests.cs)."""

from datetime import datetime, timedelta

from leanib.engine.market import Bar, QuoteBar, TradeBar
from leanib.engine.symbols import SecurityType

HOUR = timedelta(hours=1)


def trade(security, time, price, volume=10.0):
    """A minute bar around a price."""
    bar = TradeBar(time, security.symbol, price, price + 1, price - 1, price, volume)
    security.update([bar], TradeBar)


def test_days_of_trades(account):
    """The day's bar grows with regular trades only; with the next day's first one it becomes the day before."""
    spy = account.add("SPY")
    spy.session.size = 2
    trade(spy, datetime(2013, 10, 7, 9, 0), 50.0)
    trade(spy, datetime(2013, 10, 7, 9, 30), 100.0)
    trade(spy, datetime(2013, 10, 7, 15, 59), 110.0)
    session = spy.session
    assert (session.open, session.high, session.low, session.close, session.volume) == (100.0, 111.0, 99.0, 110.0, 20.0)
    trade(spy, datetime(2013, 10, 8, 9, 30), 120.0)
    assert (session.open, session[0].close, session[1].close, session[1].volume) == (120.0, 120.0, 110.0, 20.0)
    assert session[1].time == datetime(2013, 10, 7)
    assert session.end_time == datetime(2013, 10, 9)


def test_day_ends_without_data(account):
    """Time alone ends a day; the next bar waits for the next trading day."""
    spy = account.add("SPY")
    spy.session.size = 2
    trade(spy, datetime(2013, 10, 4, 10), 100.0)
    account.time_keeper.set_utc_date_time(datetime(2013, 10, 5, 12))
    assert (spy.session.open, spy.session[1].close) == (0.0, 100.0)
    assert spy.session[0].time == datetime(2013, 10, 7)


def test_days_of_quotes(account):
    """A pair's day is the middle of its quotes, and starts with the last ones of the day before."""
    pair = account.add("EURUSD", SecurityType.FOREX, "oanda", QuoteBar)
    pair.session.size = 2
    for time, bid in (
        (datetime(2013, 10, 7, 10), 1.0),
        (datetime(2013, 10, 7, 11), 3.0),
        (datetime(2013, 10, 8, 1), 2.0),
    ):
        side, other = Bar(bid, bid, bid, bid), Bar(bid + 1, bid + 1, bid + 1, bid + 1)
        pair.update([QuoteBar(time, pair.symbol, side, 1, other, 1)], QuoteBar)
    assert (pair.session[1].open, pair.session[1].high, pair.session[1].close) == (1.5, 3.5, 3.5)
    assert (pair.session.open, pair.session.low, pair.session.close) == (3.5, 2.5, 2.5)


def test_nothing_is_kept_unless_asked(account):
    """Without a size a session stays empty."""
    spy = account.add("SPY")
    trade(spy, datetime(2013, 10, 7, 10), 100.0)
    assert spy.session.open == 0.0
    assert len(spy.session) == 0


def test_reset(account):
    """A removed security starts anew."""
    spy = account.add("SPY")
    spy.session.size = 3
    trade(spy, datetime(2013, 10, 7, 10), 100.0)
    spy.cache.reset()
    assert spy.session.open == 0.0
    trade(spy, datetime(2013, 10, 9, 10), 200.0)
    assert (spy.session.open, spy.session.size) == (200.0, 3)
