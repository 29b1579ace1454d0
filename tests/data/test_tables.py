"""Reading LEAN's databases, corporate actions and small tables."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from leanib.data import (
    FactorRow,
    MapRow,
    MarketHoursFile,
    SymbolPropertiesFile,
    read_coarse_universe,
    read_constituents,
    read_contract_factor_file,
    read_factor_file,
    read_futures_margins,
    read_interest_rates,
    read_map_file,
)
from leanib.data.corporate import write_factor_file, write_map_file
from leanib.errors import DataError

HOURS = """{"entries": {
 "Equity-usa-[*]": {"dataTimeZone": "America/New_York", "exchangeTimeZone": "America/New_York",
  "monday": [{"start": "09:30:00", "end": "16:00:00", "state": "market"}],
  "holidays": ["9/2/2013"], "earlyCloses": {"11/29/2013": "13:00:00"}},
 "Equity-usa-ODD": {"dataTimeZone": "UTC", "exchangeTimeZone": "America/New_York",
  "monday": [{"start": "00:00:00", "end": "1.00:00:00", "state": "market"}], "holidays": ["10/14/2013"]},
 "Option-usa-[*]": {"dataTimeZone": "America/New_York", "exchangeTimeZone": "America/New_York",
  "monday": [{"start": "09:30:00", "end": "1:00:00:00", "state": "market"}], "holidays": []},
 "Equity-usa-BAD": {"dataTimeZone": "UTC"}
}}"""


@pytest.fixture
def hours(tmp_path):
    """The small database above."""
    path = tmp_path / "hours.json"
    path.write_text(HOURS)
    return MarketHoursFile(path)


def test_market_hours(hours):
    """Segments, holidays and early closes of a market."""
    entry = hours.entry("Equity-usa-[*]")
    segment = entry.days[0][0]
    assert (segment.start, segment.end, segment.state) == (dt.timedelta(hours=9.5), dt.timedelta(hours=16), "market")
    assert entry.early_closes == {dt.date(2013, 11, 29): dt.timedelta(hours=13)}
    assert not entry.is_trading_day(dt.date(2013, 9, 2))
    assert entry.is_trading_day(dt.date(2013, 9, 9))
    assert not entry.is_trading_day(dt.date(2013, 9, 10))


def test_special_days_are_merged(hours):
    """A symbol adds its market's holidays to its own; an option takes its underlying's."""
    assert hours.entry("Equity-usa-ODD").holidays == {dt.date(2013, 9, 2), dt.date(2013, 10, 14)}
    assert hours.entry("Option-usa-[*]").holidays == {dt.date(2013, 9, 2)}
    assert hours.entry("Option-usa-[*]").days[0][0].end == dt.timedelta(days=1)


def test_market_hours_errors(hours, tmp_path):
    """A missing key, a malformed entry and a missing file are named."""
    with pytest.raises(DataError, match="no entry Forex-oanda"):
        hours.entry("Forex-oanda-[*]")
    with pytest.raises(DataError, match="'Equity-usa-BAD' is malformed"):
        hours.entry("Equity-usa-BAD")
    with pytest.raises(DataError, match="cannot be read"):
        MarketHoursFile(tmp_path / "none.json")


def test_symbol_properties(tmp_path):
    """Lines are found by market, ticker and type, with exact decimals and defaults."""
    path = tmp_path / "properties.csv"
    es, usa = "cme,ES,future,E-mini,USD,50,0.25,1,,,1", "usa,[*],equity,,USD,1,0.01,1"
    path.write_text(f"market,symbol,type\n# comment\n\n{es}\n{usa}\n")
    properties = SymbolPropertiesFile(path)
    row = properties.find("CME", "es", "Future")
    assert row is not None
    assert (row.contract_multiplier, row.minimum_price_variation) == (Decimal(50), Decimal("0.25"))
    assert row.minimum_order_size is None
    assert row.strike_multiplier == 1
    assert properties.find_market("ES", "future") == "cme"
    assert properties.find("cme", "NQ", "future") is None
    assert [key for key, _ in properties.rows("usa")] == [("usa", "[*]", "equity")]


def test_symbol_properties_errors(tmp_path):
    """A line that cannot be read is named with its number."""
    path = tmp_path / "properties.csv"
    path.write_text("market,symbol,type\ncme,ES,future,E-mini,USD,many,0.25,1\n")
    with pytest.raises(DataError, match="line 2: a number is malformed"):
        SymbolPropertiesFile(path).find("cme", "ES", "future")
    path.write_text("market,symbol,type\ncme,ES\n")
    with pytest.raises(DataError, match=r"line 2: .* too few columns"):
        SymbolPropertiesFile(path)


def test_factor_and_map_files_round_trip(tmp_path):
    """What is written is read back, with LEAN's rounding."""
    factors = [FactorRow(dt.date(2005, 2, 25), Decimal("0.98765432"), Decimal("0.5"), Decimal("88.99"))]
    write_factor_file(tmp_path / "f.csv", factors)
    assert (tmp_path / "f.csv").read_text() == "20050225,0.9876543,0.5,88.99\n"
    assert read_factor_file(tmp_path / "f.csv")[0].reference_price == Decimal("88.99")
    names = [MapRow(dt.date(2014, 4, 2), "GOOG", "Q"), MapRow(dt.date(2050, 12, 31), "GOOGL")]
    write_map_file(tmp_path / "m.csv", names)
    assert read_map_file(tmp_path / "m.csv") == names


def test_mapping_modes_of_futures(tmp_path):
    """A number or a name; a row whose mode is not known is left out, as LEAN does."""
    path = tmp_path / "es.csv"
    path.write_text("20200101,es x,CME,1\n20210101,es y,CME,OpenInterest\n20220101,es z,CME,9\n")
    assert [(row.ticker, row.mapping_mode) for row in read_map_file(path)] == [("ES X", 1), ("ES Y", 2)]


def test_factor_file_lines_that_lean_skips(tmp_path):
    """Lines with infinite, exponential or zero factors are left out."""
    path = tmp_path / "f.csv"
    path.write_text("20000101,inf,1,1\n20010101,1.6e+6,1,1\n20020101,0,1,1\n20030101,1,0.5\n")
    assert read_factor_file(path) == [FactorRow(dt.date(2003, 1, 1), Decimal(1), Decimal("0.5"))]


def test_contract_factor_file(tmp_path):
    """Continuous futures have one JSON object a line."""
    path = tmp_path / "es.csv"
    path.write_text(
        '{"Date":"2009-11-30T00:00:00","BackwardsRatioScale":[0.87],"BackwardsPanamaCanalScale":[-244.00],'
        '"ForwardPanamaCanalScale":[0.0],"DataMappingMode":1}\n'
    )
    row = read_contract_factor_file(path)[0]
    assert (row.date, row.backwards_ratio, row.mapping_mode) == (dt.date(2009, 11, 30), (Decimal("0.87"),), 1)


def test_small_tables(tmp_path):
    """Universes, margins and interest rates."""
    path = tmp_path / "t.csv"
    path.write_text("A RPTMYV3VC57P,A,55.26,1983802,109624898,True,0.6694742,1\nB X,B,1,2,3\n")
    first, second = read_coarse_universe(path)
    assert (first.close, first.price_factor) == (Decimal("55.26"), Decimal("0.6694742"))
    assert first.has_fundamental_data
    assert (second.has_fundamental_data, second.split_factor) == (False, 1)
    path.write_text("AAL,AAL VM9RIYHM8ACL,20201127,0.00024714,5331000,\n")
    assert read_constituents(path)[0].market_value is None
    path.write_text("# comment\ndate,initial,maintenance\n20120326,4375,3500\n")
    assert read_futures_margins(path)[0].maintenance_overnight == 3500
    path.write_text("DATE,PCREDIT8\n2003-01-09,2.25\n")
    assert read_interest_rates(path) == {dt.date(2003, 1, 9): Decimal("0.0225")}


def test_table_errors(tmp_path):
    """A line that cannot be read is named with its number."""
    path = tmp_path / "t.csv"
    path.write_text("20040819,goog,Q\nyesterday,goog,Q\n")
    with pytest.raises(DataError, match=r"t\.csv, line 2: cannot read 'yesterday.*; write it like '20040402,goog,Q'"):
        read_map_file(path)
    path.write_text("DATE,PCREDIT8\n2003-01-09,2.25\nsoon,3\n")
    with pytest.raises(DataError, match="line 3"):
        read_interest_rates(path)
