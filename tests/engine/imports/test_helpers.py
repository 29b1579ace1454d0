"""LEAN's static helpers, as algorithms call them."""

from __future__ import annotations

import zipfile
from datetime import datetime, timedelta
from io import BytesIO

import pytest

from leanib.engine.lean.extensions import Compression, Expiry, Extensions, Globals, LeanData, Parse
from leanib.engine.lean.helpers import CircularQueue, JsonConvert
from leanib.engine.market import SubscriptionDataConfig, TradeBar
from leanib.engine.market.lean_files import parse_quote_bar
from leanib.engine.market.time import Time
from leanib.engine.symbols import Market, Resolution, SecurityType, Symbol, TickType
from leanib.engine.timezones import TimeZones

SPY = Symbol.create("SPY", SecurityType.EQUITY, Market.USA)
DAY = datetime(2020, 1, 31)


def config(resolution: Resolution = Resolution.MINUTE) -> SubscriptionDataConfig:
    """Trade bars of SPY."""
    return SubscriptionDataConfig(TradeBar, SPY, resolution, TimeZones.NEW_YORK, TimeZones.NEW_YORK)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (Expiry.END_OF_DAY, datetime(2020, 2, 1)),
        (Expiry.end_of_week, datetime(2020, 2, 3)),
        (Expiry.EndOfMonth, datetime(2020, 2, 1)),
        (Expiry.END_OF_QUARTER, datetime(2020, 4, 1)),
        (Expiry.END_OF_YEAR, datetime(2021, 1, 1)),
        (Expiry.ONE_MONTH, datetime(2020, 2, 29, 15)),
        (Expiry.ONE_YEAR, datetime(2021, 1, 31, 15)),
    ],
)
def test_expiries_are_functions_of_a_time(function, expected):
    """In any of LEAN's spellings; a month after 31 January is the end of February."""
    assert function(datetime(2020, 1, 31, 15)) == expected


def test_times_are_converted_between_zones():
    """Naive in, naive out."""
    assert Extensions.convert_from_utc(DAY, TimeZones.NEW_YORK) == datetime(2020, 1, 30, 19)
    assert Extensions.convert_to(DAY, TimeZones.UTC, TimeZones.TOKYO) == datetime(2020, 1, 31, 9)
    assert Extensions.ToTimeSpan(Resolution.HOUR) == timedelta(hours=1)
    assert Extensions.round_to_significant_digits(123.456, 4) == 123.5


def test_data_files_have_leans_names():
    """By resolution, tick type and security type."""
    names = [
        LeanData.generate_zip_file_name(SPY, DAY, resolution, TickType.TRADE)
        for resolution in (Resolution.DAILY, Resolution.MINUTE)
    ]
    assert names == ["spy.zip", "20200131_trade.zip"]
    path = LeanData.generate_zip_file_path("x", SPY, DAY, Resolution.MINUTE, TickType.QUOTE)
    assert path.replace("\\", "/") == "x/equity/usa/minute/spy/20200131_quote.zip"
    assert isinstance(Globals.data_folder, str)


def test_lines_of_data_files_become_bars():
    """Minutes count milliseconds from midnight, days have a date; prices of equities are in ten-thousandths."""
    bar = TradeBar.parse_equity(config(), "34200000,1416100,1416200,1416000,1416150,12", DAY)
    assert (bar.time, bar.open, bar.close, bar.volume) == (datetime(2020, 1, 31, 9, 30), 141.61, 141.615, 12)
    daily = TradeBar.parse(config(Resolution.DAILY), "20200131 00:00,10000,20000,5000,15000,7", DAY)
    assert (daily.end_time, daily.high) == (datetime(2020, 2, 1), 2.0)
    quote = parse_quote_bar(config(), "34200000,10000,10000,10000,10000,5,,,,,", DAY)
    assert (quote.bid.close, quote.ask, quote.last_bid_size) == (1.0, None, 5)


def test_a_configuration_can_be_copied_with_changes():
    """As custom data do that read a security's own files."""
    other = Symbol.create("AAPL", SecurityType.EQUITY, Market.USA)
    copy = SubscriptionDataConfig(config(), None, other)
    assert (copy.symbol, copy.type, copy.mapped_symbol, copy.resolution) == (other, TradeBar, "AAPL", Resolution.MINUTE)
    assert SubscriptionDataConfig(config(), TradeBar) == config()
    source = TradeBar().get_source(copy, DAY, False)
    assert source.source.endswith("20200131_trade.zip")


def test_a_circular_queue_begins_again():
    """The event tells when the first item comes round."""
    rounds = []
    queue = CircularQueue[int]([1, 2])
    queue.circle_completed += lambda _sender, _event: rounds.append(1)
    assert [queue.dequeue() for _ in range(5)] == [1, 2, 1, 2, 1]
    assert len(rounds) == 3


def test_bytes_are_zipped_and_json_is_written():
    """Compression and Newtonsoft's converter."""
    archive = Compression.zip_bytes(list(b"text"), "data")
    assert zipfile.ZipFile(BytesIO(archive)).read("data") == b"text"
    assert Compression.unzip_data(archive) == {"data": "text"}
    assert JsonConvert.SerializeObject({"day": DAY, "numbers": [1, 2.5], "symbol": SPY}) == (
        f'{{"day": "2020-01-31 00:00:00", "numbers": [1, 2.5], "symbol": "{SPY}"}}'
    )
    assert (Parse.int("3"), Parse.decimal("2.5")) == (3, 2.5)


def test_days_are_walked():
    """`Time`'s walks include both ends."""
    assert [day.day for day in Time.each_day(datetime(2020, 1, 30, 5), DAY)] == [30, 31]
    assert Time.multiply(Time.ONE_DAY, 0.5) == timedelta(hours=12)
    assert Time.EndOfTime.year == 2050
