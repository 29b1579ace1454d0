"""Options on futures: expiries and underlying contracts, against LEAN's own tests.

`future_option_expiries.csv`: market, future, contract month, expiry of the option and of the contract under it, from
`FuturesOptionsExpiryFunctionsTests.cs`; `future_option_underlyings.csv`: market, future, expiry of the option and of
the contract under it as listed on 2021-01-01, from `FuturesOptionsUnderlyingMapperTests.cs`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from leanib.engine.derivatives.future_options import (
    FutureOptionSymbol,
    FuturesOptionsExpiryFunctions,
    FuturesOptionsSymbolMappings,
    FuturesOptionsUnderlyingMapper,
)
from leanib.engine.dotnet.exceptions import ArgumentNullException
from leanib.engine.symbols import Market, OptionRight, OptionStyle, SecurityType, Symbol

HERE = Path(__file__).parent


def _rows(name: str) -> list[list[str]]:
    return [line.split(",") for line in (HERE / name).read_text().splitlines()]


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d")


def test_options_and_the_futures_under_them_expire_as_in_leans_tests() -> None:
    """88 options."""
    wrong = []
    for market, ticker, month, option_day, future_day in _rows("future_option_expiries.csv"):
        canonical = Symbol.create_canonical_option(Symbol.create(ticker, SecurityType.FUTURE, market))
        expiry = FuturesOptionsExpiryFunctions.futures_option_expiry(canonical, _day(month + "01"))
        future = FuturesOptionsUnderlyingMapper.get_underlying_future_from_future_option(
            canonical.id.symbol, market, expiry, datetime(expiry.year, expiry.month, 1)
        )
        found = (expiry.date(), future and future.id.date.date())
        if found != (_day(option_day).date(), _day(future_day).date()):
            wrong.append((ticker, month, found))
    assert not wrong


def test_the_contract_under_an_option_is_the_next_one_listed() -> None:
    """37 options; none where nothing so late is listed."""
    wrong = []
    for market, ticker, option_day, future_day in _rows("future_option_underlyings.csv"):
        future = FuturesOptionsUnderlyingMapper.GetUnderlyingFutureFromFutureOption(
            FuturesOptionsSymbolMappings.map(ticker), market, _day(option_day), datetime(2021, 1, 1)
        )
        expected = _day(future_day).date() if future_day else None
        if (future and future.id.date.date()) != expected:
            wrong.append((ticker, option_day, future))
    assert not wrong


def test_options_expire_at_their_time_of_day() -> None:
    """`ExpiryTestCases` of `FuturesOptionsExpiryFunctionsTests.cs`, for the December contracts of 2020."""
    expected = {
        ("CL", Market.NYMEX): datetime(2020, 11, 17),
        ("ZB", Market.CBOT): datetime(2020, 11, 20),
        ("6S", Market.CME): datetime(2020, 12, 4, 9),
    }
    for (ticker, market), expiry in expected.items():
        future = Symbol.create(ticker, SecurityType.FUTURE, market)
        option = Symbol.create_canonical_option(future)
        month = datetime(2020, 12, 1)
        assert FuturesOptionsExpiryFunctions.futures_option_expiry(option, month) == expiry


def test_gold_options_expire_on_no_friday() -> None:
    """The fourth last business day of June 2021 is one."""
    option = Symbol.create_canonical_option(Symbol.create("GC", SecurityType.FUTURE, Market.COMEX))
    expiry = FuturesOptionsExpiryFunctions.futures_option_expiry(option, datetime(2021, 7, 1))
    assert expiry == datetime(2021, 6, 24, 12, 30)


def test_the_expiry_of_a_contracts_options() -> None:
    """CL's contract month is the one after its expiry."""
    contract = Symbol.create_future("CL", Market.NYMEX, datetime(2020, 11, 20))
    expiry = FuturesOptionsExpiryFunctions.get_future_option_expiry_from_future_expiry(contract)
    assert expiry == datetime(2020, 11, 17)


def test_a_listed_future_needs_a_date() -> None:
    """LEAN fails on the null."""
    with pytest.raises(ArgumentNullException, match="ZB"):
        FuturesOptionsUnderlyingMapper.get_underlying_future_from_future_option(
            "OZB", Market.CBOT, datetime(2021, 2, 19)
        )


def test_tickers_there_and_back() -> None:
    """`FuturesOptionsSymbolMappings.cs`."""
    assert FuturesOptionsSymbolMappings.Map("gc") == "OG"
    assert FuturesOptionsSymbolMappings.MapFromOption("OG") == "GC"
    assert FuturesOptionsSymbolMappings.map("ES") == FuturesOptionsSymbolMappings.map_from_option("ES") == "ES"


def test_the_last_day_of_trading_is_the_expirys() -> None:
    """`FutureOptionSymbol.cs`."""
    future = Symbol.create_future("ES", Market.CME, datetime(2020, 6, 19))
    option = Symbol.create_option(
        future, Market.CME, OptionStyle.AMERICAN, OptionRight.CALL, 3200, datetime(2020, 6, 19, 13, 30)
    )
    assert FutureOptionSymbol.get_last_day_of_trading(option) == datetime(2020, 6, 19)
    assert FutureOptionSymbol.is_standard(option)
