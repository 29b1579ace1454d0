"""Futures' expiries, listings, joined prices and margins, against LEAN's own test data.

`future_expiries.csv` is from `Tests/TestData/FuturesExpiryFunctionsTestData.xml`: market, ticker, contract month, last
trade; four months a future, of those which the sample data's holidays give as LEAN's do.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from leanib.engine.derivatives.futures import (
    FutureMarginTable,
    FuturesExpiryFunctions,
    FuturesExpiryUtilityFunctions,
    FuturesListings,
    FutureSymbol,
    MarginRequirementsEntry,
    adjust_symbol_by_offset,
    future_expiry,
    normalize_price,
    price_factor,
    read_factors,
)
from leanib.engine.derivatives.futures.expiry_table import EXPIRY_RULES
from leanib.engine.dotnet.exceptions import ArgumentException, InvalidOperationException
from leanib.engine.symbols import DataMappingMode, DataNormalizationMode, Market, SecurityType, Symbol
from leanib.errors import DataError

HERE = Path(__file__).parent


def _rows(name: str) -> list[list[str]]:
    return [line.split(",") for line in (HERE / name).read_text().splitlines()]


def _future(ticker: str, market: str) -> Symbol:
    return Symbol.create(ticker, SecurityType.FUTURE, market)


def test_every_future_stops_trading_on_the_day_and_at_the_time_of_leans_test_data() -> None:
    """582 contracts of 151 futures."""
    wrong = []
    for market, ticker, month, expected in _rows("future_expiries.csv"):
        expiry = future_expiry(_future(ticker, market))(datetime.strptime(month, "%Y-%m"))
        if expiry != datetime.fromisoformat(expected):
            wrong.append((ticker, month, expected, expiry))
    assert not wrong


@pytest.mark.parametrize(
    ("market", "ticker", "month", "holidays", "expected"),
    [
        (Market.KRX, "KM", "2025-01", [], "2025-03-13"),
        (Market.KRX, "KM", "2002-06", ["2002-06-13"], "2002-06-12"),
        (Market.KRX, "KM", "2003-09", ["2003-09-11", "2003-09-10"], "2003-09-09"),
        (Market.NYMEX, "MCL", "2025-02", ["2025-01-20"], "2025-01-17"),
        (Market.NYMEX, "MCL", "2025-03", ["2025-02-17"], "2025-02-19"),
        (Market.NYMEX, "MCL", "2025-05", ["2025-04-18"], "2025-04-21"),
        (Market.HKFE, "HSI", "2025-01", ["2025-01-29", "2025-01-30", "2025-01-31"], "2025-01-27"),
        (Market.CFE, "VX", "2014-03", ["2014-04-18"], "2014-03-18"),
    ],
)
def test_holidays_move_the_last_day(market: str, ticker: str, month: str, holidays: list[str], expected: str) -> None:
    """Cases of `FuturesExpiryFunctionsTests.cs`; VX by its contract's rule."""
    closed = {datetime.fromisoformat(day) for day in holidays}
    expiry = EXPIRY_RULES[market, ticker].expiry(datetime.strptime(month, "%Y-%m"), closed)
    assert f"{expiry:%Y-%m-%d}" == expected


def test_an_unknown_future_is_named() -> None:
    """`FuturesExpiryFunction_MissingSymbol_ShouldThrowArgumentException`."""
    with pytest.raises(ArgumentException, match="AAAAA"):
        FuturesExpiryFunctions.FuturesExpiryFunction(_future("AAAAA", Market.CME))


@pytest.mark.parametrize(
    ("day", "n", "holidays", "expected"),
    [
        (datetime(2021, 7, 6), -1, {datetime(2021, 7, 5)}, datetime(2021, 7, 2)),
        (datetime(2021, 7, 2), 1, {datetime(2021, 7, 5)}, datetime(2021, 7, 6)),
        (datetime(2021, 7, 4, 9, 30), 2, set(), datetime(2021, 7, 6, 9, 30)),
    ],
)
def test_business_days_skip_weekends_and_holidays(
    day: datetime, n: int, holidays: set[datetime], expected: datetime
) -> None:
    """Monday the 5th of July 2021 was a holiday."""
    assert FuturesExpiryUtilityFunctions.AddBusinessDays(day, n, holidays) == expected


@pytest.mark.parametrize(
    ("month", "nth", "holidays", "expected"),
    [
        ("2016-02", 5, [], "2016-02-05"),
        ("2017-09", 7, [], "2017-09-11"),
        ("2021-01", 1, ["2021-01-01"], "2021-01-04"),
        ("2021-10", 3, [], "2021-10-05"),
    ],
)
def test_the_nth_business_day_of_a_month(month: str, nth: int, holidays: list[str], expected: str) -> None:
    """A holiday on a Friday the first is counted by LEAN's way."""
    closed = {datetime.fromisoformat(day) for day in holidays}
    day = FuturesExpiryUtilityFunctions.nth_business_day(datetime.strptime(month, "%Y-%m"), nth, closed)
    assert f"{day:%Y-%m-%d}" == expected


@pytest.mark.parametrize(
    ("ticker", "count", "first", "last"),
    [
        ("ZB", 3, datetime(2021, 3, 22), datetime(2021, 9, 21)),
        ("ZC", 17, datetime(2021, 3, 12), datetime(2024, 12, 13)),
        ("ZS", 23, datetime(2021, 1, 14), datetime(2024, 11, 14)),
        ("ZT", 3, datetime(2021, 3, 31), datetime(2021, 9, 30)),
        ("ZW", 13, datetime(2021, 3, 12), datetime(2023, 7, 14)),
    ],
)
def test_listed_contracts_as_the_exchange_had_them(ticker: str, count: int, first: datetime, last: datetime) -> None:
    """`FuturesListingsTests.cs`, on the 11th of January 2021."""
    listed = FuturesListings.ListedContracts(ticker, datetime(2021, 1, 11))
    assert listed is not None
    days = sorted(symbol.id.date.replace(hour=0, minute=0) for symbol in listed)
    assert (len(days), days[0], days[-1]) == (count, first, last)
    assert FuturesListings.ListedContracts("ES", datetime(2021, 1, 11)) is None


def test_contracts_behind_a_contract() -> None:
    """`ExtensionsTests.AdjustSymbolByOffsetTest`: each step is a later expiry; without one it stays."""
    contract = Symbol.create_future("ES", Market.CME, datetime(2014, 9, 19))
    assert adjust_symbol_by_offset(contract, 0) is contract
    assert [adjust_symbol_by_offset(contract, offset).id.date for offset in (1, 2)] == [
        datetime(2014, 12, 19),
        datetime(2015, 3, 20),
    ]
    with pytest.raises(InvalidOperationException, match="non canonical"):
        adjust_symbol_by_offset(contract.canonical, 1)


def test_a_contract_off_its_months_day_is_not_standard() -> None:
    """`FutureSymbol.cs`."""
    assert FutureSymbol.is_standard(Symbol.create_future("ES", Market.CME, datetime(2014, 9, 19)))
    assert FutureSymbol.is_weekly(Symbol.create_future("ES", Market.CME, datetime(2014, 9, 12)))
    assert FutureSymbol.is_standard(Symbol.create_future("AAAAA", Market.CME, datetime(2014, 9, 12)))


FACTORS = """\
{"Date":"2013-09-19T00:00:00","BackwardsRatioScale":[0.94,0.95,0.96],"BackwardsPanamaCanalScale":[-244.00,-241,-216.75],\
"ForwardPanamaCanalScale":[0.0,0.0,0.0],"DataMappingMode":1}
{"Date":"2013-09-19T00:00:00","BackwardsRatioScale":[0.9],"BackwardsPanamaCanalScale":[-1],\
"ForwardPanamaCanalScale":[2],"DataMappingMode":2}
{"Date":"2013-12-19T00:00:00","BackwardsRatioScale":[0.98,0.97],"BackwardsPanamaCanalScale":[-20],\
"ForwardPanamaCanalScale":[7.25],"DataMappingMode":1}
{"Date":"2013-12-20T00:00:00","BackwardsRatioScale":[5],"DataMappingMode":77}
"""
RATIO, BACKWARDS = DataNormalizationMode.BACKWARDS_RATIO, DataNormalizationMode.BACKWARDS_PANAMA_CANAL
FORWARD, RAW = DataNormalizationMode.FORWARD_PANAMA_CANAL, DataNormalizationMode.RAW


@pytest.mark.parametrize(
    ("day", "mode", "depth", "expected"),
    [
        ("2013-09-19", RATIO, 0, "0.94"),
        ("2013-09-20", RATIO, 0, "0.98"),
        ("2013-09-20", RATIO, 2, "1"),
        ("2013-09-19", RATIO, 2, "0.96"),
        ("2013-09-19", BACKWARDS, 0, "-244.00"),
        ("2013-10-01", FORWARD, 0, "7.25"),
        ("2014-01-01", RATIO, 0, "1"),
        ("2014-01-01", FORWARD, 0, "0"),
        ("2013-09-19", RAW, 0, "0"),
    ],
)
def test_the_factor_of_a_day_is_the_oldest_rows_that_is_not_older(
    tmp_path: Path, day: str, mode: DataNormalizationMode, depth: int, expected: str
) -> None:
    """`MappingContractFactorProvider.cs`; rows of unknown mapping modes are dropped."""
    path = tmp_path / "es.csv"
    path.write_text(FACTORS)
    factor = price_factor(read_factors(path), datetime.fromisoformat(day), mode, DataMappingMode.FIRST_DAY_MONTH, depth)
    assert str(factor) == expected


def test_ratios_multiply_and_shifts_add() -> None:
    """`Extensions.Normalize`; golden of BasicTemplateContinuousFuture: 1668.0 shows as 1562.69."""
    assert normalize_price(Decimal(100), Decimal("0.94"), RATIO) == Decimal(94)
    assert normalize_price(Decimal(100), Decimal(-4), BACKWARDS) == Decimal(96)
    assert normalize_price(Decimal(100), Decimal(0), RAW) == Decimal(100)


def test_a_malformed_factor_is_told_with_its_line(tmp_path: Path) -> None:
    """Nothing is silently wrong."""
    path = tmp_path / "es.csv"
    path.write_text(FACTORS + "oops\n")
    with pytest.raises(DataError, match="line 5"):
        read_factors(path)


MARGINS = """\
date,initial,maintenance
# a note

20120326,4375,3500
20120924,3850,3500,2000
20131003,4180,3800,2000,1000
"""


def test_margins_are_the_last_that_came_into_force(tmp_path: Path) -> None:
    """`FutureMarginModel.cs`, `MarginRequirementsEntry.cs`: by day two fifths where the file tells nothing."""
    path = tmp_path / "ES.csv"
    path.write_text(MARGINS)
    table = FutureMarginTable.read(path)
    by_day = defaultdict(tuple)
    for day in ("2000-01-01", "2012-09-23", "2012-09-24", "2020-01-01"):
        entry = table.on(datetime.fromisoformat(day) + timedelta(hours=9))
        by_day[day] = (
            entry.initial_overnight,
            entry.maintenance_overnight,
            entry.initial_intraday,
            entry.maintenance_intraday,
        )
    assert by_day == {
        "2000-01-01": (4375, 3500, 1750, 1400),
        "2012-09-23": (4375, 3500, 1750, 1400),
        "2012-09-24": (3850, 3500, 2000, 1400),
        "2020-01-01": (4180, 3800, 2000, 1000),
    }
    assert table.on(datetime(2020, 1, 1)).InitialOvernight == 4180


def test_without_a_file_nothing_is_asked(tmp_path: Path) -> None:
    """As LEAN does, which only logs it."""
    assert FutureMarginTable.read(tmp_path / "none.csv").on(datetime(2020, 1, 1)) is MarginRequirementsEntry.NONE


def test_a_malformed_margin_is_told_with_its_line(tmp_path: Path) -> None:
    """LEAN would take it for zero."""
    path = tmp_path / "ES.csv"
    path.write_text(MARGINS + "20140101,oops,1\n")
    with pytest.raises(DataError, match="line 7"):
        FutureMarginTable.read(path)
