"""Symbols and security identifiers agree with LEAN's, character for character (Tests/Common/SymbolTests.cs)."""

from datetime import datetime
from decimal import Decimal

import pytest

from leanib.engine.symbols import (
    DEFAULT_DATE,
    Globals,
    Market,
    OptionRight,
    OptionStyle,
    SecurityIdentifier,
    SecurityType,
    Symbol,
    SymbolCache,
)


@pytest.fixture(autouse=True)
def data_folder(tmp_path):
    """A data folder with three map files of LEAN's kind."""
    folder = tmp_path / "equity" / "usa" / "map_files"
    folder.mkdir(parents=True)
    (folder / "spy.csv").write_text("19980102,spy,P\n20501231,spy,P\n")
    (folder / "goocv.csv").write_text("20140327,goocv,Q\n20140402,goocv,Q\n20501231,goog,Q\n")
    (folder / "goog.csv").write_text("20040819,goog,Q\n20140402,goog,Q\n20501231,googl,Q\n")
    Globals.reset(tmp_path)
    yield tmp_path
    Globals.reset()


@pytest.mark.parametrize(
    ("kind", "ticker", "market", "expected"),
    [
        (SecurityType.EQUITY, "spy", "usa", "SPY R735QTJ8XC9X"),
        (SecurityType.EQUITY, "GOOG", "usa", "GOOCV VP83T1ZUHROL"),
        (SecurityType.EQUITY, "GOOGL", "usa", "GOOG T1AZ164W5VTX"),
        (SecurityType.FOREX, "EURUSD", "oanda", "EURUSD 8G"),
        (SecurityType.FOREX, "EURUSD", "fxcm", "EURUSD 5O"),
        (SecurityType.CRYPTO, "BTCUSD", "coinbase", "BTCUSD 2XR"),
        (SecurityType.INDEX, "SPX", "usa", "SPX 31"),
        (SecurityType.FUTURE, "ES", "cme", "ES 1S1"),
    ],
)
def test_identifier_text(kind, ticker, market, expected):
    """The identifier of every security type has LEAN's text, and reads back as the same identifier."""
    symbol = Symbol.create(ticker, kind, market)
    assert str(symbol.id) == expected
    assert SecurityIdentifier.parse(expected) == symbol.id


@pytest.mark.parametrize("strike", ["0.01", "0.5", "1", "99.99", "280", "1234.5", "47571", "-10.5"])
def test_strike_survives(strike):
    """A strike, its right and style come back from the identifier's digits."""
    underlying = SecurityIdentifier.generate_equity(datetime(1998, 1, 2), "SPY", "usa")
    made = SecurityIdentifier.generate_option(
        datetime(2015, 9, 18), underlying, None, "usa", Decimal(strike), OptionRight.PUT, OptionStyle.EUROPEAN
    )
    read = SecurityIdentifier.parse(str(made))
    assert read.strike_price_decimal == Decimal(strike)
    assert (read.option_right, read.option_style, read.date) == (
        OptionRight.PUT,
        OptionStyle.EUROPEAN,
        datetime(2015, 9, 18),
    )
    assert read.underlying == underlying


def test_known_option():
    """A contract of LEAN's regression data has LEAN's identifier and name."""
    symbol = Symbol.create_option(
        "GOOG", Market.USA, OptionStyle.AMERICAN, OptionRight.CALL, 750, datetime(2015, 12, 24)
    )
    assert str(symbol.id) == "GOOCV W6NBKMCS6GQU|GOOCV VP83T1ZUHROL"
    assert symbol.value == "GOOG  151224C00750000"
    assert symbol.canonical.value == "?GOOG"
    assert symbol.has_canonical()
    assert not symbol.is_canonical()


def test_future_names():
    """A contract is named after its contract month, which may come after its expiry."""
    assert Symbol.create_future("ES", Market.CME, datetime(2013, 12, 20)).value == "ES20Z13"
    assert Symbol.create_future("CL", Market.NYMEX, datetime(2020, 12, 21)).value == "CL21F21"
    assert Symbol.create("ES", SecurityType.FUTURE, Market.CME).value == "/ES"


def test_equality_and_text():
    """A symbol equals the ticker it was added under and its identifier, and shows that ticker."""
    spy = Symbol.create("SPY", SecurityType.EQUITY, Market.USA)
    assert str(spy) == "SPY R735QTJ8XC9X"
    assert spy != "SPY"
    SymbolCache.set("SPY", spy)
    assert spy == "SPY"
    assert spy == "spy"
    assert spy == spy.id
    assert spy == "SPY R735QTJ8XC9X"
    assert spy != "QQQ"
    assert str(spy) == "SPY"
    assert hash(Symbol(spy.id, "OTHER")) == hash(spy)
    assert Symbol(spy.id, "OTHER") == spy


def test_empty():
    """The empty symbol equals None and has no type."""
    assert Symbol.EMPTY == None  # noqa: E711 - the equality is what is tested
    assert Symbol.create("EURUSD", SecurityType.FOREX, "oanda") != None  # noqa: E711
    assert SecurityIdentifier.EMPTY.security_type == SecurityType.BASE


def test_mapping():
    """A ticker belongs to different securities in time, and a security has several tickers."""
    goog = Symbol.create("GOOG", SecurityType.EQUITY, Market.USA)
    assert SecurityIdentifier.ticker(goog, datetime(2014, 4, 1)) == "GOOCV"
    assert SecurityIdentifier.ticker(goog, datetime(2014, 4, 3)) == "GOOG"
    renamed = goog.update_mapped_symbol("GOOCV")
    assert renamed == goog
    assert renamed.value == "GOOCV"


def test_custom_data():
    """Custom data carry their type's name in the identifier, found by the ticker alone."""

    class Weather:
        pass

    symbol = Symbol.create("rain", SecurityType.BASE, Market.USA, base_data_type=Weather)
    assert symbol.id.symbol == "RAIN.Weather"
    assert SecurityIdentifier.try_get_custom_data_type_instance(symbol.id.symbol) is Weather
    SymbolCache.set("RAIN.Weather", symbol)
    assert symbol == "RAIN"


def test_pascal_case():
    """LEAN's C# names work."""
    spy = Symbol.Create("SPY", SecurityType.Equity, Market.USA)
    assert (spy.Value, spy.ID.Date, spy.SecurityType) == ("SPY", datetime(1998, 1, 2), SecurityType.EQUITY)
    assert SecurityIdentifier.DefaultDate == DEFAULT_DATE


def test_errors_name_what_is_wrong():
    """What cannot be an identifier is refused with a sentence."""
    with pytest.raises(ValueError, match="market 'mars' is not known"):
        Symbol.create("SPY", SecurityType.EQUITY, "mars")
    with pytest.raises(ValueError, match="is not a security identifier"):
        SecurityIdentifier.parse("SPY")
    with pytest.raises(KeyError, match="'QQQ' was not found"):
        SymbolCache.get_symbol("QQQ")
