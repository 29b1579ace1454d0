"""Currency conversion (Tests/Common/Securities/CashTests.cs, CashBookTests.cs)."""

from types import SimpleNamespace

import pytest

from leanib.engine.market import Bar, QuoteBar, SubscriptionDataConfig
from leanib.engine.securities import Cash, CashBook, CurrencyPairUtil, SymbolPropertiesDatabase
from leanib.engine.symbols import CashBookUpdateType, Resolution, SecurityType, Symbol, TickType
from leanib.engine.timezones import TimeZones
from leanib.errors import DataError

MARKETS = {SecurityType.FOREX: "oanda", SecurityType.CFD: "oanda", SecurityType.CRYPTO: "coinbase"}


class Subscriptions:
    """Stands in for the subscription manager; remembers what was subscribed to."""

    def __init__(self):
        self.subscriptions = []
        self.subscription_data_config_service = SimpleNamespace(add=self._add)

    def lookup_subscription_config_data_types(self, kind, resolution, is_canonical):
        return [(QuoteBar, TickType.QUOTE)]

    def _add(self, symbol, resolution, **options):
        zone = TimeZones.NEW_YORK
        config = SubscriptionDataConfig(QuoteBar, symbol, resolution, zone, zone, is_internal_feed=True)
        self.subscriptions.append(config)
        return [config]


def ensure(account):
    """Finds all rates; the new subscriptions."""
    feeds = Subscriptions()
    book = account.portfolio.cash_book
    added = book.ensure_currency_data_feeds(account.securities, feeds, MARKETS, None, account.securities)
    assert added == feeds.subscriptions
    return added


def quote(account, ticker, price):
    """A quote of a pair."""
    security = account.securities.find(Symbol.create(ticker, SecurityType.FOREX, "oanda"))
    side = Bar(price, price, price, price)
    security.update([QuoteBar(security.local_time, security.symbol, side, 1, side, 1)], QuoteBar)


def test_direct_and_inverse_rates(account):
    """Euros are found through EURUSD, yen through USDJPY upside down, each by an internal subscription."""
    account.portfolio.set_cash("EUR", 100, 0)
    account.portfolio.set_cash("JPY", 10_000, 0)
    added = ensure(account)
    assert [config.symbol.value for config in added] == ["EURUSD", "USDJPY"]
    assert all(config.is_internal_feed and config.resolution is Resolution.MINUTE for config in added)
    assert not account.securities[added[0].symbol].is_tradable
    quote(account, "EURUSD", 1.25)
    quote(account, "USDJPY", 80.0)
    book = account.portfolio.cash_book
    for cash in book.values():
        cash.update()
    assert (book["EUR"].conversion_rate, book["JPY"].conversion_rate) == (1.25, 0.0125)
    assert account.portfolio.unsettled_cash_book["EUR"].conversion_rate == 1.25
    assert account.portfolio.cash == 100_000 + 125 + 125
    assert ensure(account) == []


def test_existing_security_is_used(account):
    """A pair that the algorithm trades already gives the rate."""
    account.add("EURUSD", SecurityType.FOREX, "oanda", QuoteBar)
    assert ensure(account) == []
    assert [str(symbol.value) for symbol in account.portfolio.cash_book["EUR"].security_symbols] == ["EURUSD"]


def test_two_legs(account):
    """Without a direct pair two pairs do: from euros to yen by way of dollars."""
    account.portfolio.set_account_currency("JPY")
    account.portfolio.set_cash("EUR", 100, 0)
    assert [config.symbol.value for config in ensure(account)] == ["EURUSD", "USDJPY"]
    quote(account, "EURUSD", 1.25)
    quote(account, "USDJPY", 80.0)
    euro = account.portfolio.cash_book["EUR"]
    euro.update()
    assert euro.conversion_rate == 100.0


def test_currency_without_a_pair(account):
    """A currency that nothing converts counts nothing."""
    account.portfolio.set_cash("XXX", 100, 0)
    assert ensure(account) == []
    assert account.portfolio.cash == 100_000.0


def test_stable_coin(account):
    """USDC is a dollar on Coinbase although no pair of them is listed."""
    account.portfolio.set_cash("USDC", 100, 0)
    assert ensure(account) == []
    assert account.portfolio.cash_book["USDC"].conversion_rate == 1.0


def test_rate_given_by_the_user_holds_until_data(account):
    """A rate given with the cash is kept when a subscription is found, until it has a price."""
    account.portfolio.set_cash("EUR", 100, 1.1)
    ensure(account)
    assert account.portfolio.cash_book["EUR"].conversion_rate == 1.1


def test_cash_book_events():
    """Adding, changing and removing cash are told to whoever listens."""
    book, seen = CashBook(), []
    book.updated += lambda _sender, event: seen.append((event.update_type, event.cash.symbol))
    cash = book.add("EUR", 10, 2)
    cash.add_amount(5)
    cash.set_amount(15)
    book.remove("EUR")
    assert seen == [
        (CashBookUpdateType.ADDED, "EUR"),
        (CashBookUpdateType.UPDATED, "EUR"),
        (CashBookUpdateType.REMOVED, "EUR"),
    ]
    with pytest.raises(KeyError, match="was not found in your cash book"):
        book["EUR"]


def test_text():
    """The text is LEAN's."""
    assert str(Cash("EUR", 1234.5, 1.23456789)) == "EUR: €        1234.50 @     1.2346 = $1524.07"


def test_pairs():
    """Forex tickers have six letters; others end in their quote currency."""
    euro = Symbol.create("EURUSD", SecurityType.FOREX, "oanda")
    bitcoin = Symbol.create("BTCUSD", SecurityType.CRYPTO, "coinbase")
    assert CurrencyPairUtil.decompose_currency_pair(euro) == ("EUR", "USD")
    assert CurrencyPairUtil.decompose_currency_pair(bitcoin) == ("BTC", "USD")
    with pytest.raises(ValueError, match="not a currency pair"):
        CurrencyPairUtil.decompose_currency_pair(Symbol.create("SPY", SecurityType.EQUITY, "usa"))


def test_symbol_properties(data_folder):
    """A ticker's own line, its type's line, or the default; a malformed line is named."""
    database = SymbolPropertiesDatabase.from_data_folder()
    pair = database.get_symbol_properties("oanda", "EURUSD", SecurityType.FOREX, "USD")
    assert (pair.description, pair.quote_currency, pair.minimum_price_variation) == ("EUR/USD", "USD", 0.00001)
    assert database.get_symbol_properties("usa", "SPY", SecurityType.EQUITY, "USD").lot_size == 1.0
    default = database.get_symbol_properties("mars", "ROCK", SecurityType.BASE, "eur")
    assert (default.quote_currency, default.minimum_price_variation) == ("EUR", 0.01)
    assert database.find_market("BTCUSD", SecurityType.CRYPTO) == "coinbase"
    path = data_folder / "symbol-properties" / "symbol-properties-database.csv"
    path.write_text("market,symbol,type\nusa,[*],equity,,USD,one,0.01,1\n")
    SymbolPropertiesDatabase.reset()
    with pytest.raises(DataError, match="line 2: a number is malformed"):
        SymbolPropertiesDatabase.from_data_folder().get_symbol_properties("usa", "SPY", SecurityType.EQUITY, "USD")
