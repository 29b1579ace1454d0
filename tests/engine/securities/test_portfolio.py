"""Cash, holdings and the portfolio's value after fills, splits and dividends."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from leanib.engine.market import Bar, Dividend, QuoteBar, Split
from leanib.engine.securities import DelayedSettlementModel, ScanSettlementModelParameters, SymbolProperties
from leanib.engine.symbols import DataNormalizationMode, SecurityType


def test_buy_and_sell(account):
    """A round trip leaves its profit less both fees in cash, and a record of the trade."""
    spy = account.add("SPY")
    account.bar(spy, 100.0)
    account.fill(spy, 100, 100.0, fee=1)
    assert (spy.holdings.quantity, spy.holdings.average_price) == (100.0, 100.0)
    assert account.portfolio.cash == 89_999.0
    assert account.portfolio.total_portfolio_value == 99_999.0
    assert account.portfolio["SPY"].invested
    account.bar(spy, 110.0)
    assert account.portfolio.total_portfolio_value == 100_999.0
    account.fill(spy, -100, 110.0, fee=1)
    assert account.portfolio.cash == 100_998.0
    assert not account.portfolio.invested
    assert spy.holdings.average_price == 0.0
    assert (spy.holdings.profit, spy.holdings.net_profit, spy.holdings.last_trade_profit) == (1000.0, 998.0, 1000.0)
    assert spy.holdings.total_sale_volume == 21_000.0
    assert account.transactions.records == [(datetime(2013, 10, 7, 15), Decimal(998), True)]


@pytest.mark.parametrize(
    ("fills", "quantity", "average"),
    [
        ([(100, 100.0), (100, 110.0)], 200.0, 105.0),
        ([(100, 100.0), (-40, 110.0)], 60.0, 100.0),
        ([(100, 100.0), (-150, 110.0)], -50.0, 110.0),
        ([(-100, 5.0), (-100, 10.0)], -200.0, 7.5),
        ([(-100, 100.0), (40, 90.0)], -60.0, 100.0),
        ([(-100, 100.0), (150, 90.0)], 50.0, 90.0),
        ([(-100, 100.0), (100, 90.0)], 0.0, 0.0),
    ],
)
def test_average_price(account, fills, quantity, average):
    """The average price moves when a position grows, stays when it shrinks, and starts anew when it turns round."""
    spy = account.add("SPY")
    account.bar(spy, 100.0)
    for fill in fills:
        account.fill(spy, *fill)
    assert (spy.holdings.quantity, spy.holdings.average_price) == (quantity, average)


@pytest.mark.parametrize(("opened", "text"), [(-3, "-0.0"), (3, "0.0")])
def test_what_was_short_is_minus_zero(account, opened, text):
    """.NET's decimals keep the sign of the position that was closed, and an algorithm's log shows it."""
    spy = account.add("SPY")
    account.bar(spy, 100.0)
    account.fill(spy, opened, 100.0)
    account.fill(spy, -opened, 100.0)
    assert str(spy.holdings.quantity) == text
    assert str(spy.holdings.absolute_quantity) == str(spy.holdings.holdings_value) == "0.0"
    assert not spy.holdings.invested


def test_unrealized_profit_allows_for_the_closing_fee(account):
    """Closing 100 shares costs Interactive Brokers' minimum fee of one dollar."""
    spy = account.add("SPY")
    account.bar(spy, 100.0)
    account.fill(spy, 100, 100.0)
    account.bar(spy, 101.0)
    assert spy.holdings.unrealized_profit == 99.0
    assert spy.holdings.unrealized_profit_percent == pytest.approx(0.0099)
    assert spy.holdings.total_close_profit(include_fees=False) == 100.0
    assert account.portfolio.total_unrealized_profit == 99.0


def test_currency_pair_is_a_swap(account):
    """Buying EURUSD takes dollars and gives euros, which count at the pair's rate and not twice."""
    pair = account.add("EURUSD", SecurityType.FOREX, "oanda", QuoteBar)
    book = account.portfolio.cash_book
    assert list(book.keys()) == ["USD", "EUR"]
    book["EUR"].conversion_rate = 1.25
    quote = QuoteBar(pair.local_time, pair.symbol, Bar(1.24, 1.24, 1.24, 1.24), 1, Bar(1.26, 1.26, 1.26, 1.26), 1)
    pair.update([quote], QuoteBar)
    assert (pair.price, pair.bid_price, pair.ask_price) == (1.25, 1.24, 1.26)
    account.fill(pair, 10_000, 1.25)
    assert book["USD"].amount == 87_500.0
    assert book["EUR"].amount == 10_000.0
    assert account.portfolio.total_portfolio_value == 100_000.0


def test_split(account):
    """In raw data mode a 2-for-1 split doubles shares and pays out fractions."""
    spy = account.add("SPY")
    spy.set_data_normalization_mode(DataNormalizationMode.RAW)
    account.bar(spy, 100.0)
    account.fill(spy, 101, 100.0)
    split = Split(spy.symbol, datetime(2013, 10, 8), 100.0, 0.4)
    account.portfolio.apply_split(split, spy, False, DataNormalizationMode.RAW)
    assert (spy.holdings.quantity, spy.holdings.average_price, spy.price) == (252.0, 40.0, 40.0)
    assert account.portfolio.cash == 100_000 - 10_100 + 0.5 * 40
    assert account.portfolio.total_portfolio_value == 100_000.0


def test_dividend(account):
    """Raw prices do not contain dividends, so they are paid; adjusted prices do, so they are not."""
    spy = account.add("SPY")
    account.bar(spy, 100.0)
    account.fill(spy, 100, 100.0)
    dividend = Dividend(spy.symbol, datetime(2013, 10, 8), 0.5, 100.0)
    account.portfolio.apply_dividend(dividend, False, DataNormalizationMode.ADJUSTED)
    assert account.portfolio.cash == 90_000.0
    account.portfolio.apply_dividend(dividend, False, DataNormalizationMode.RAW)
    assert account.portfolio.cash == 90_050.0
    assert spy.holdings.total_dividends == 50.0


def test_delayed_settlement(account):
    """Proceeds are unsettled until the third trading day at eight o'clock in New York."""
    spy = account.add("SPY")
    spy.set_settlement_model(DelayedSettlementModel(3, timedelta(hours=8)))
    account.bar(spy, 100.0)
    account.fill(spy, 100, 100.0)
    account.fill(spy, -100, 100.0)
    assert (account.portfolio.cash, account.portfolio.unsettled_cash) == (90_000.0, 10_000.0)
    assert spy.settlement_model.get_unsettled_cash().amount == 10_000.0
    for time, settled in ((datetime(2013, 10, 10, 11, 59), 90_000.0), (datetime(2013, 10, 10, 12), 100_000.0)):
        spy.settlement_model.scan(ScanSettlementModelParameters(account.portfolio, spy, time))
        assert account.portfolio.cash == settled


def test_account_currency(account):
    """The account currency takes the cash with it, and cannot be changed once there are securities."""
    account.portfolio.set_account_currency("eur", 50_000)
    assert account.portfolio.cash_book.account_currency == "EUR"
    assert account.portfolio.cash == 50_000.0
    account.portfolio.set_account_currency("GBP")
    assert account.portfolio.cash_book.account_currency == "EUR"


def test_set_cash_in_another_currency(account):
    """A foreign balance counts at its rate."""
    account.portfolio.set_cash("eur", 1000, 1.5)
    assert account.portfolio.cash == 101_500.0
    assert account.portfolio.cash_book.convert(1000, "EUR", "USD") == 1500.0


def test_dictionary_of_holdings(account):
    """The portfolio iterates as key-value pairs, and works like a dictionary by symbol and by ticker."""
    spy = account.add("SPY")
    pairs = list(account.portfolio)
    assert [(pair.key, pair.value) for pair in pairs] == [(spy.symbol, spy.holdings)]
    assert pairs[0].Value is spy.holdings
    assert dict(account.portfolio.items()) == {spy.symbol: spy.holdings}
    assert "SPY" in account.portfolio
    assert account.securities["spy"] is spy
    assert account.securities.get("QQQ") is None
    with pytest.raises(KeyError, match="not found in your security list"):
        account.portfolio["QQQ"]


def test_removed_security_is_still_found(account):
    """Removing takes a security out of iteration; its fees still count."""
    spy = account.add("SPY")
    account.bar(spy, 100.0)
    account.fill(spy, 100, 100.0, fee=1)
    account.fill(spy, -100, 100.0, fee=1)
    assert account.securities.remove(spy.symbol)
    assert len(account.portfolio) == 0
    assert account.securities["SPY"] is spy
    assert account.portfolio.total_fees == 2.0


def test_less_than_a_lot_is_not_invested(account):
    """What cannot be sold because it is less than a lot does not count as invested."""
    spy = account.add("SPY")
    spy.symbol_properties = SymbolProperties("", "USD", 1, 0.01, 10)
    spy.holdings.set_holdings(100, 9)
    assert not spy.invested
    spy.holdings.set_holdings(100, 10)
    assert spy.invested


def test_own_properties(account):
    """An algorithm may hang anything on a security, by key or by attribute, and LEAN's C# names work."""
    spy = account.add("SPY")
    spy["signal"] = 3
    spy.memo = "later"
    assert (spy["signal"], spy.signal, spy["memo"], spy.Price) == (3, 3, "later", 0.0)
    spy.FeeModel = None
    assert spy.fee_model is None
