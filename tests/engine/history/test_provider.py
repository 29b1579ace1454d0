"""The history provider reads the data folder by the loop's rules."""

from __future__ import annotations

from datetime import datetime, timedelta

from leanib.engine.feeds.history import Memoized
from leanib.engine.symbols import Resolution
from leanib.engine.timezones import TimeZones

MONDAY = datetime(2020, 6, 1)


def test_daily_bars_end_when_the_market_closes(stock):
    """With precise end times; the bar that ends at the start is left out, the one that ends at the end is in."""
    bars = stock.bars(Resolution.DAILY, datetime(2020, 6, 1, 16), datetime(2020, 6, 3, 16))
    assert [(bar.time, bar.end_time) for bar in bars] == [
        (datetime(2020, 6, day, 9, 30), datetime(2020, 6, day, 16)) for day in (2, 3)
    ]
    assert [bar.close for bar in bars] == [10.0002, 10.0003]


def test_gaps_are_filled_forward_while_the_market_is_open(stock):
    """Minutes 9:32 to 9:34 repeat what was known; after the last bar nothing is made up beyond the end."""
    bars = stock.bars(Resolution.MINUTE, MONDAY, datetime(2020, 6, 1, 9, 37))
    assert [(bar.end_time.minute, bar.close, bar.is_fill_forward) for bar in bars] == [
        *[(31, 1.0, False), (32, 2.0, False), (33, 2.0, True), (34, 2.0, True), (35, 5.0, False)],
        *[(36, 5.0, True), (37, 5.0, True)],
    ]


def test_without_fill_forward_only_what_is_in_the_file_comes(stock):
    """`fill_forward=False` of a history call."""
    bars = stock.bars(Resolution.MINUTE, MONDAY, datetime(2020, 6, 1, 9, 37), False)
    assert [bar.end_time.minute for bar in bars] == [31, 32, 35]


def test_data_points_are_counted_as_they_are_read(stock):
    """LEAN's AlgorithmHistoryDataPoints: a history nobody looks at counts nothing."""
    request = stock.request(Resolution.DAILY, MONDAY, MONDAY + timedelta(days=7))
    history = Memoized(stock.provider.get_history([request], TimeZones.NEW_YORK))
    assert stock.provider.data_point_count == 0
    assert len(history) == 5
    assert len(list(history)) == 5
    assert stock.provider.data_point_count == 5


def test_requests_are_synchronized(stock):
    """Two resolutions of one stock meet in the slice of their common end."""
    requests = [
        stock.request(Resolution.DAILY, MONDAY, datetime(2020, 6, 1, 16)),
        stock.request(Resolution.MINUTE, MONDAY, datetime(2020, 6, 1, 16)),
    ]
    slices = list(stock.provider.get_history(requests, TimeZones.UTC))
    assert [(each.time.hour, len(each.all_data)) for each in slices][-1] == (20, 2)


def test_a_memoized_history_is_like_a_list(stock):
    """It has a length, an order and a truth."""
    numbers = Memoized(iter(range(3)))
    assert bool(numbers)
    assert [numbers[0], numbers[-1]] == [0, 2]
    assert numbers == [0, 1, 2]
    assert not Memoized(iter(()))
