"""Opening hours, with the facts of LEAN's Tests/Common/Securities/SecurityExchangeHoursTests.cs."""

from datetime import datetime, timedelta

import pytest

from leanib.engine.securities import (
    DayOfWeek,
    LocalMarketHours,
    MarketHoursDatabase,
    MarketHoursSegment,
    MarketHoursState,
    SecurityExchangeHours,
)
from leanib.engine.symbols import SecurityType
from leanib.engine.timezones import TimeZones
from leanib.errors import DataError

DAY = timedelta(days=1)


def hours_of_day(hour, minute=0):
    """A time of day."""
    return timedelta(hours=hour, minutes=minute)


@pytest.fixture
def equity():
    """US shares."""
    return MarketHoursDatabase.from_data_folder().get_exchange_hours("usa", None, SecurityType.EQUITY)


@pytest.fixture
def forex():
    """Sunday to Friday, 17:00."""
    return MarketHoursDatabase.from_data_folder().get_exchange_hours("oanda", "EURUSD", SecurityType.FOREX)


@pytest.fixture
def hang_seng():
    """Three sessions a day, with a night session that runs to the end of the day."""
    market, extended = MarketHoursState.MARKET, MarketHoursState.POST_MARKET
    segments = [
        MarketHoursSegment(extended, hours_of_day(0), hours_of_day(3)),
        MarketHoursSegment(market, hours_of_day(9, 15), hours_of_day(12)),
        MarketHoursSegment(market, hours_of_day(13), hours_of_day(16, 30)),
        MarketHoursSegment(extended, hours_of_day(17, 15), DAY),
    ]
    week = {day: LocalMarketHours(day, segments) for day in DayOfWeek}
    return SecurityExchangeHours(TimeZones.HONG_KONG, (), week, {}, {})


@pytest.mark.parametrize(
    ("moment", "extended", "is_open"),
    [
        (datetime(2013, 10, 7, 9, 29), False, False),
        (datetime(2013, 10, 7, 9, 29), True, True),
        (datetime(2013, 10, 7, 9, 30), False, True),
        (datetime(2013, 10, 7, 16), False, False),
        (datetime(2013, 10, 7, 20), True, False),
        (datetime(2013, 10, 5, 12), False, False),
        (datetime(2013, 7, 4, 12), False, False),
        (datetime(2016, 11, 25, 12), False, True),
        (datetime(2016, 11, 25, 14), False, False),
        (datetime(2016, 11, 25, 14), True, False),
    ],
)
def test_is_open(equity, moment, extended, is_open):
    """A segment holds its start and not its end; holidays and early closes count."""
    assert equity.is_open(moment, extended) is is_open


def test_interval(forex):
    """An interval is open when any of it is."""
    friday_close = datetime(2015, 6, 19, 17)
    tick = timedelta(microseconds=1)
    assert not forex.is_open(friday_close, friday_close + 2 * DAY, False)
    assert forex.is_open(friday_close - tick, friday_close + 2 * DAY - tick, False)
    assert forex.is_open(friday_close + tick, friday_close + 2 * DAY + tick, False)
    sunday_open = datetime(2015, 6, 21, 17)
    assert not forex.is_open(sunday_open - timedelta(minutes=1), sunday_open, False)
    assert forex.is_open(friday_close - timedelta(minutes=1), friday_close, False)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (datetime(2015, 6, 30, 9, 30), datetime(2015, 7, 1, 9, 30)),
        (datetime(2016, 9, 5, 8), datetime(2016, 9, 6, 9, 30)),
        (datetime(2015, 6, 26, 9, 30, 1), datetime(2015, 6, 29, 9, 30)),
        (datetime(2015, 6, 30, 3), datetime(2015, 6, 30, 9, 30)),
    ],
)
def test_next_open(equity, start, expected):
    """The next opening comes after the time, over weekends and holidays."""
    assert equity.get_next_market_open(start, False) == expected


@pytest.mark.parametrize(
    ("start", "extended", "expected"),
    [
        (datetime(2015, 6, 30, 16), False, datetime(2015, 7, 1, 16)),
        (datetime(2016, 9, 5, 8), False, datetime(2016, 9, 6, 16)),
        (datetime(2016, 11, 25, 10), False, datetime(2016, 11, 25, 13)),
        (datetime(2016, 11, 25, 13, 30), False, datetime(2016, 11, 28, 16)),
        (datetime(2015, 6, 30, 10), True, datetime(2015, 6, 30, 20)),
    ],
)
def test_next_close(equity, start, extended, expected):
    """The next closing comes after the time; an early close is one; sessions that touch do not close in between."""
    assert equity.get_next_market_close(start, extended) == expected


def test_continuous_schedule(forex):
    """A market that trades through midnight opens on Sunday and closes on Friday."""
    assert forex.get_next_market_open(datetime(2015, 6, 22, 3), False) == datetime(2015, 6, 28, 17)
    assert forex.get_next_market_close(datetime(2015, 6, 22, 3), False) == datetime(2015, 6, 26, 17)
    assert forex.get_previous_market_open(datetime(2015, 6, 24, 3), False) == datetime(2015, 6, 21, 17)


@pytest.mark.parametrize(
    ("extended", "first", "second", "last"),
    [
        (False, datetime(2025, 1, 7, 12), datetime(2025, 1, 7, 16, 30), datetime(2025, 1, 7, 16, 30)),
        (True, datetime(2025, 1, 7, 3), datetime(2025, 1, 7, 12), datetime(2025, 1, 8)),
    ],
)
def test_several_sessions(hang_seng, extended, first, second, last):
    """Each session has its close; the last one of the day can be asked for."""
    day = datetime(2025, 1, 7)
    assert hang_seng.get_next_market_close(day, extended) == first
    assert hang_seng.get_next_market_close(first, extended) == second
    assert hang_seng.get_last_daily_market_close(day, extended) == last


def test_early_close_and_late_open():
    """On a day with both the market is shortened on both sides, or pauses when it closes before it opens."""
    segments = [MarketHoursSegment(MarketHoursState.MARKET, hours_of_day(9, 30), hours_of_day(16))]
    week = {day: LocalMarketHours(day, segments) for day in DayOfWeek}
    friday, monday = datetime(2016, 11, 25), datetime(2016, 11, 28)
    early = {friday.date(): hours_of_day(13), monday.date(): hours_of_day(11)}
    late = {friday.date(): hours_of_day(10), monday.date(): hours_of_day(12)}
    hours = SecurityExchangeHours(TimeZones.NEW_YORK, (), week, early, late)
    assert [(s.start, s.end) for s in hours.get_market_hours(friday).segments] == [(hours_of_day(10), hours_of_day(13))]
    assert [(s.start, s.end) for s in hours.get_market_hours(monday).segments] == [
        (hours_of_day(9, 30), hours_of_day(11)),
        (hours_of_day(12), hours_of_day(16)),
    ]


def test_trading_days(equity):
    """Neighbouring trading days skip weekends and holidays; a day's hours are 6.5 most of the time."""
    assert equity.get_next_trading_day(datetime(2013, 7, 3)) == datetime(2013, 7, 5)
    assert equity.get_previous_trading_day(datetime(2013, 10, 7)) == datetime(2013, 10, 4)
    assert equity.regular_market_duration == timedelta(hours=6.5)
    assert not equity.is_market_always_open


def test_database_entries():
    """A ticker's entry adds to its market's holidays; an unknown ticker has its market's hours; crypto never closes."""
    database = MarketHoursDatabase.from_data_folder()
    half = database.get_exchange_hours("usa", "HALF", SecurityType.EQUITY)
    assert half.holidays >= {datetime(2013, 1, 2), datetime(2013, 7, 4)}
    assert not half.is_open(datetime(2013, 10, 7, 8), True)
    assert database.get_entry("usa", "SPY", SecurityType.EQUITY) is database.get_entry("usa", None, SecurityType.EQUITY)
    assert database.get_exchange_hours("coinbase", "BTCUSD", SecurityType.CRYPTO).is_market_always_open
    with pytest.raises(DataError, match=r"no exchange hours for Future-cme-ES"):
        database.get_entry("cme", "ES", SecurityType.FUTURE)


def test_answers_do_not_depend_on_the_questions_before():
    """Around a holiday LEAN's next opening may change within a day; what is remembered does not blur that."""
    before, market, after = MarketHoursState.PRE_MARKET, MarketHoursState.MARKET, MarketHoursState.POST_MARKET
    segments = [
        MarketHoursSegment(before, hours_of_day(0), hours_of_day(9, 30)),
        MarketHoursSegment(market, hours_of_day(9, 30), hours_of_day(17)),
        MarketHoursSegment(after, hours_of_day(18), DAY),
    ]
    week = {day: LocalMarketHours(day, segments) for day in DayOfWeek}

    def index_future():
        return SecurityExchangeHours(TimeZones.NEW_YORK, (datetime(2006, 12, 25).date(),), week, {}, {})

    def ask(hours, moment):
        return [
            question(moment, extended)
            for question in (hours.get_next_market_open, hours.get_next_market_close, hours.get_previous_market_open)
            for extended in (True, False)
        ]

    used = index_future()
    moments = [datetime(2006, 12, 23) + timedelta(minutes=17 * n) for n in range(400)]
    assert [ask(used, moment) for moment in moments] == [ask(index_future(), moment) for moment in moments]
    assert used.get_next_market_open(datetime(2006, 12, 26, 9), True) == datetime(2006, 12, 27, 18)
    assert used.get_next_market_open(datetime(2006, 12, 26, 10), True) == datetime(2006, 12, 26, 18)


def test_own_entry():
    """An algorithm can give a market hours of its own for the run."""
    database = MarketHoursDatabase.from_data_folder()
    database.set_entry_always_open("usa", "MOON", SecurityType.BASE, TimeZones.UTC)
    assert database.get_exchange_hours("usa", "MOON", SecurityType.BASE).is_market_always_open
    MarketHoursDatabase.reset()
    assert MarketHoursDatabase.from_data_folder().find_entry("usa", "MOON", SecurityType.BASE) is None


def test_malformed_database(data_folder):
    """A broken entry, or no file, is one sentence that names the file."""
    path = data_folder / "market-hours" / "market-hours-database.json"
    path.write_text('{"entries": {"Equity-usa-[*]": {"exchangeTimeZone": "America/New_York"')
    MarketHoursDatabase.reset()
    with pytest.raises(DataError, match=r"entry 'Equity-usa-\[\*\]' is malformed"):
        MarketHoursDatabase.from_data_folder().get_entry("usa", "SPY", SecurityType.EQUITY)
    path.unlink()
    MarketHoursDatabase.reset()
    with pytest.raises(DataError, match="cannot be read"):
        MarketHoursDatabase.from_data_folder().get_entry("usa", "SPY", SecurityType.EQUITY)


@pytest.mark.parametrize("extended", [False, True])
@pytest.mark.parametrize("exchange", ["equity", "hang_seng"])
def test_daily_hours_are_the_first_opening_and_the_last_closing(exchange, extended, request):
    """At any moment, over a weekend, a holiday and an early close, as LEAN's two questions answer it."""
    hours = request.getfixturevalue(exchange)
    for hour in range(24 * 14):
        moment = datetime(2016, 11, 21) + timedelta(hours=hour)
        opens = hours.get_first_daily_market_open(moment, extended)
        closes = hours.get_last_daily_market_close(opens, extended)
        assert hours.get_daily_hours(moment, extended) == (opens, closes)
    with pytest.raises(ValueError, match="never closes"):
        SecurityExchangeHours.always_open(hours.time_zone).get_daily_hours(datetime(2016, 11, 21), extended)


def test_what_was_asked_before_does_not_change_whether_it_is_open(equity):
    """The open span found last answers only what lies in it."""
    night, morning = datetime(2016, 11, 25, 3), datetime(2016, 11, 25, 9, 30)
    assert equity.is_open(night, morning + hours_of_day(1), False)
    assert not equity.is_open(night, morning, False)
    assert equity.is_open(night, morning, True)
    assert not equity.is_open(datetime(2016, 11, 25, 13), datetime(2016, 11, 25, 16), False)
    assert equity.is_open(datetime(2016, 11, 25, 13), datetime(2016, 11, 28, 10), False)


def test_the_first_day_with_trading(equity):
    """Itself when there is trading, else the one after the weekend; none up to a day that is closed too."""
    friday, monday = datetime(2014, 6, 13), datetime(2014, 6, 16)
    assert equity.first_open_day(friday, monday, False) == friday
    for _ in range(2):
        assert equity.first_open_day(friday + DAY, monday, False) == monday
        assert equity.first_open_day(friday + DAY, monday - DAY, False) is None
