"""What options' symbols and tickers say, against LEAN's own tests."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from leanib.engine.derivatives.options import (
    IndexOptionSymbol,
    OptionSymbol,
    SymbolRepresentation,
    parse_option_ticker,
)
from leanib.engine.dotnet.exceptions import ArgumentException, FormatException
from leanib.engine.symbols import Market, OptionRight, OptionStyle, SecurityType, Symbol
from leanib.engine.symbols.map_files import MapFile

CALL, AMERICAN, EUROPEAN = OptionRight.CALL, OptionStyle.AMERICAN, OptionStyle.EUROPEAN


def _option(day: datetime, ticker: str = "AAPL") -> Symbol:
    return Symbol.create_option(ticker, Market.USA, AMERICAN, CALL, 192, day)


def _index_option(ticker: str, day: datetime) -> Symbol:
    index = Symbol.create(IndexOptionSymbol.map_to_underlying(ticker), SecurityType.INDEX, Market.USA)
    return Symbol.create_option(index, ticker, Market.USA, EUROPEAN, CALL, 200, day)


def _delisted(symbol: Symbol) -> datetime:
    return symbol.asset.delisting_date(symbol, MapFile(""))


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        (("AAPL", "2016-02-19"), "2016-02-19 16:00"),
        (("AAPL", "2016-02-20"), "2016-02-19 16:00"),
        (("SPXW", "2016-02-12"), "2016-02-12 15:00"),
        (("SPX", "2016-02-18"), "2016-02-18 08:30"),
        (("SPX", "2016-02-19"), "2016-02-19 08:30"),
        (("SPXW", "2016-02-19"), "2016-02-19 15:00"),
        (("RUTW", "2024-01-05"), "2024-01-05 15:00"),
        (("NQX", "2024-01-05"), "2024-01-05 15:00"),
    ],
)
def test_settlement_is_the_close_the_opening_or_three_oclock(symbol: tuple[str, str], expected: str) -> None:
    """`OptionSymbolTests.CalculatesSettlementDateTime`; times are the exchange's, Chicago for index options."""
    ticker, day = symbol[0], datetime.fromisoformat(symbol[1])
    option = _option(day) if ticker == "AAPL" else _index_option(ticker, day)
    assert OptionSymbol.GetSettlementDateTime(option) == datetime.fromisoformat(expected)


def test_an_option_expires_at_its_last_close() -> None:
    """`OptionSymbolTests.IsOptionContractExpired...`; the day's beginning in New York is not the end."""
    option = _option(datetime(2022, 3, 11))
    assert not OptionSymbol.is_option_contract_expired(option, datetime(2022, 3, 11))
    assert not OptionSymbol.is_option_contract_expired(option, datetime(2022, 3, 11, 20, 59, 59))
    assert OptionSymbol.is_option_contract_expired(option, datetime(2022, 3, 11, 21))
    equity = option.underlying
    assert equity is not None
    assert not OptionSymbol.is_option_contract_expired(equity, datetime(2030, 1, 1))
    with pytest.raises(ArgumentException, match="not an option"):
        OptionSymbol.get_settlement_date_time(equity)


@pytest.mark.parametrize(
    ("day", "standard", "weekly"),
    [
        (datetime(2017, 1, 20), True, False),
        (datetime(2017, 1, 19), True, False),
        (datetime(2014, 2, 22), True, False),
        (datetime(2017, 1, 18), False, False),
        (datetime(2017, 1, 13), False, True),
        (datetime(2017, 1, 27), False, True),
    ],
)
def test_standard_contracts_expire_at_the_end_of_the_third_week(day: datetime, standard: bool, weekly: bool) -> None:
    """The days of `OptionFilterTests.FiltersOutWeeklys`, and a Saturday of before 2015."""
    assert (OptionSymbol.is_standard(_option(day)), OptionSymbol.is_weekly(_option(day))) == (standard, weekly)


@pytest.mark.parametrize(
    ("ticker", "day", "standard", "am_settled"),
    [
        ("SPX", datetime(2021, 1, 4), True, True),
        ("SPXW", datetime(2021, 1, 15), True, False),
        ("SPXW", datetime(2021, 1, 8), False, False),
        ("VIXW", datetime(2021, 1, 8), True, False),
        ("NDXP", datetime(2021, 1, 8), True, False),
        ("VIX", datetime(2021, 1, 8), True, True),
    ],
)
def test_index_options_by_ticker(ticker: str, day: datetime, standard: bool, am_settled: bool) -> None:
    """`OptionSymbolTests.IsAMSettledClassifiesAllIndexOptionTickers`, `IndexOptionSymbol.cs`."""
    option = _index_option(ticker, day)
    assert (IndexOptionSymbol.IsStandard(option), IndexOptionSymbol.IsAMSettled(option)) == (standard, am_settled)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime(2014, 2, 22), datetime(2014, 2, 21)),
        (datetime(2016, 2, 19), datetime(2016, 2, 19)),
        (datetime(2016, 2, 20), datetime(2016, 2, 19)),
        (datetime(2015, 12, 25), datetime(2015, 12, 24)),
    ],
)
def test_the_last_day_of_trading_is_open(day: datetime, expected: datetime) -> None:
    """`OptionSymbol.GetLastDayOfTrading`: that is also when the contract is delisted."""
    assert OptionSymbol.get_last_day_of_trading(_option(day)) == expected == _delisted(_option(day))


def test_futures_and_index_options_are_delisted_at_their_expiry() -> None:
    """`Extensions.GetDelistingDate`: with its time of day; canonical symbols never."""
    future = Symbol.create_future("ES", Market.CME, datetime(2020, 6, 19, 13, 30))
    assert _delisted(future) == datetime(2020, 6, 19, 13, 30)
    assert _delisted(future.canonical) == datetime(2050, 12, 31)
    on_future = Symbol.create_option(future, Market.CME, AMERICAN, CALL, 3200, datetime(2020, 6, 19, 13, 30))
    assert _delisted(on_future) == datetime(2020, 6, 19)
    assert _delisted(_index_option("SPX", datetime(2021, 1, 15))) == datetime(2021, 1, 15)


@pytest.mark.parametrize(
    ("ticker", "kind", "underlying", "option", "strike", "expiry"),
    [
        ("SPXW  230111C02400000", SecurityType.INDEX_OPTION, "SPX", "SPXW", "2400", "2023-01-11"),
        ("AAPL240614C00100000", SecurityType.OPTION, "AAPL", "AAPL", "100", "2024-06-14"),
        ("JPM   240501C00130750", SecurityType.OPTION, "JPM", "JPM", "130.75", "2024-05-01"),
        ("V     231211P00220000", SecurityType.OPTION, "V", "V", "220", "2023-12-11"),
        ("BRK.B   260206C00495000", SecurityType.OPTION, "BRK.B", "BRK.B", "495", "2026-02-06"),
        ("ES20H20  200320P03290000", SecurityType.FUTURE_OPTION, "ES", "ES20H20", "3290", "2020-03-20"),
    ],
)
def test_osi_tickers_become_symbols(
    ticker: str, kind: SecurityType, underlying: str, option: str, strike: str, expiry: str
) -> None:
    """`SymbolRepresentationTests.cs`."""
    symbol = SymbolRepresentation.ParseOptionTickerOSI(ticker, kind)
    assert symbol.security_type is kind
    assert symbol.underlying is not None
    assert (symbol.underlying.id.symbol, symbol.id.symbol) == (underlying, option)
    assert symbol.id.strike_price_decimal == Decimal(strike)
    assert symbol.id.date == datetime.fromisoformat(expiry)
    assert symbol.id.option_right is OptionRight("CP".index(ticker.replace(" ", "")[-9]))


@pytest.mark.parametrize("ticker", ["", "AAPL", "AAPL240614X00100000", "AAPL24061C00100000", "AAPL241332C00100000"])
def test_what_is_no_osi_ticker_is_said(ticker: str) -> None:
    """A month of 13 is none either."""
    assert parse_option_ticker(ticker) is None
    with pytest.raises(FormatException, match="Invalid ticker format"):
        SymbolRepresentation.parse_option_ticker_osi(ticker)


def test_compact_osi_tickers() -> None:
    """`SymbolRepresentationTests.cs`: AMZN250101P03500500 and others."""
    option = Symbol.create_option("AMZN", Market.USA, AMERICAN, OptionRight.PUT, 3500.5, datetime(2025, 1, 1))
    assert SymbolRepresentation.GenerateOptionTickerOSICompact(option) == "AMZN250101P03500500"


@pytest.mark.parametrize(
    ("ticker", "parts"),
    [
        ("B29H7", ("B", 29, 3, 7, 1)),
        ("CL20Z17", ("CL", 20, 12, 17, 2)),
        ("A9N29G7", ("A9N", 29, 2, 7, 1)),
        ("YOF17", ("YO", 1, 1, 17, 2)),
        ("ESH0", ("ES", 1, 3, 0, 1)),
        ("6EZ21", ("6E", 1, 12, 21, 2)),
        ("22H20", ("22", 1, 3, 20, 2)),
    ],
)
def test_future_tickers_taken_apart(ticker: str, parts: tuple[str, int, int, int, int]) -> None:
    """`SymbolRepresentationTests.cs`."""
    assert SymbolRepresentation.ParseFutureTicker(ticker) == parts


@pytest.mark.parametrize("ticker", ["NQA23", "ES", "", "Z13"])
def test_what_is_no_future_ticker(ticker: str) -> None:
    """No month code, no year, no name."""
    assert SymbolRepresentation.parse_future_ticker(ticker) is None


@pytest.mark.parametrize(
    ("ticker", "year", "expected"),
    [
        ("CLU0", 2008, "2010-08-20"),
        ("CLU1", 2008, "2011-08-22"),
        ("CLU8", 2008, "2008-08-20"),
        ("CLU20", 2020, "2020-08-20"),
        ("CLU29", 2020, "2029-08-21"),
        ("CLU22", None, "2022-08-22"),
    ],
)
def test_future_tickers_become_contracts(ticker: str, year: int | None, expected: str) -> None:
    """`SymbolRepresentationTests.cs`: the first year from the given one on."""
    contract = SymbolRepresentation.parse_future_symbol(ticker, year)
    assert contract is not None
    assert f"{contract.id.date:%Y-%m-%d}" == expected


def test_future_option_tickers_become_options() -> None:
    """`SymbolRepresentation.ParseFutureOptionSymbol`."""
    option = SymbolRepresentation.parse_future_option_symbol("ESZ30 C3505")
    assert option is not None
    assert option.id.strike_price == 3505
    assert option.id.date == datetime(2030, 12, 20)
    assert option.underlying is not None
    assert option.underlying.id.date.date() == datetime(2030, 12, 20).date()
    assert SymbolRepresentation.parse_future_option_symbol("ESZ30") is None
