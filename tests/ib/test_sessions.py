"""Trading hours as IB's contract details tell them."""

from datetime import UTC, datetime

import pytest

from leanib.ib.sessions import TradingHours

HOURS = TradingHours.parse("20240308:0930-20240308:1600;20240309:CLOSED;20240310:CLOSED", "US/Eastern")


def test_session_is_open_in_its_zone() -> None:
    """14:30 UTC is the opening in New York in winter time; the end is exclusive."""
    assert HOURS.is_open(datetime(2024, 3, 8, 14, 30, tzinfo=UTC)) is True
    assert HOURS.is_open(datetime(2024, 3, 8, 21, 0, tzinfo=UTC)) is False


def test_closed_day_is_closed_and_unlisted_day_unknown() -> None:
    """A day that IB lists as closed is closed; beyond the list nothing is claimed."""
    assert HOURS.is_open(datetime(2024, 3, 9, 15, 0, tzinfo=UTC)) is False
    assert HOURS.is_open(datetime(2024, 3, 12, 15, 0, tzinfo=UTC)) is None


def test_short_form_and_old_zone_names() -> None:
    """`0930-1600` without the second date and `EST (Eastern Standard Time)` are understood."""
    hours = TradingHours.parse("20240308:0930-1600", "EST (Eastern Standard Time)")
    assert hours.opened_at(datetime(2024, 3, 8, 15, 0, tzinfo=UTC)) == datetime(2024, 3, 8, 14, 30, tzinfo=UTC)


def test_old_form_with_two_sessions_a_day() -> None:
    """`20090507:0700-1830,1830-2330` has two sessions; the closed day after it is known."""
    hours = TradingHours.parse("20090507:0700-1830,1830-2330;20090508:CLOSED", "GMT")
    assert [hours.is_open(datetime(2009, 5, 7, hour, 0, tzinfo=UTC)) for hour in (6, 7, 18, 19, 23)] == [
        False, True, True, True, True,
    ]  # fmt: skip
    assert hours.is_open(datetime(2009, 5, 7, 23, 30, tzinfo=UTC)) is False
    assert hours.is_open(datetime(2009, 5, 8, 12, 0, tzinfo=UTC)) is False
    assert hours.is_open(datetime(2009, 5, 10, 12, 0, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "text",
    [
        "20240308:0000-2400;20240309:CLOSED",
        "20240308:0000-20240308:2400;20240309:CLOSED",
        "20240308:0000-20240309:0000;20240309:CLOSED",
        " 20240308:0000-1200,1200-2400 ; 20240309:CLOSED ;",
    ],
)
def test_2400_is_the_midnight_that_ends_the_day(text: str) -> None:
    """In every form the day is open to its last minute and closed after it."""
    hours = TradingHours.parse(text, "UTC")
    assert hours.is_open(datetime(2024, 3, 8, 23, 59, tzinfo=UTC)) is True
    assert hours.is_open(datetime(2024, 3, 9, 0, 0, tzinfo=UTC)) is False


def test_a_session_over_midnight_in_the_short_form() -> None:
    """`1800-1700` ends on the next day."""
    hours = TradingHours.parse("20240307:1800-1700", "US/Eastern")
    assert hours.is_open(datetime(2024, 3, 8, 21, 0, tzinfo=UTC)) is True
    assert hours.is_open(datetime(2024, 3, 8, 22, 0, tzinfo=UTC)) is False
    assert hours.is_open(datetime(2024, 3, 8, 23, 0, tzinfo=UTC)) is None


@pytest.mark.parametrize("day", ["0930", "09:30-16:00", "0930-2500", "2401-2500", "OPEN", "", "0930-1660"])
def test_a_day_that_is_not_understood_is_unknown_and_spoils_no_other(day: str) -> None:
    """Of a day in a new form nothing is claimed; the days around it are known."""
    hours = TradingHours.parse(f"20240307:0930-1600;20240308:{day};20240309:CLOSED", "UTC")
    assert hours.is_open(datetime(2024, 3, 7, 12, 0, tzinfo=UTC)) is True
    assert hours.is_open(datetime(2024, 3, 8, 12, 0, tzinfo=UTC)) is None
    assert hours.is_open(datetime(2024, 3, 9, 12, 0, tzinfo=UTC)) is False


def test_of_an_unknown_zone_nothing_is_claimed() -> None:
    """Hours in a zone that nobody knows are not read as UTC."""
    hours = TradingHours.parse("20240308:0000-2400", "XYZ (Nowhere)")
    assert hours.is_open(datetime(2024, 3, 8, 12, tzinfo=UTC)) is None


def test_chinese_and_american_cst_are_told_apart() -> None:
    """Both zones are called CST."""
    nine = datetime(2024, 3, 8, 2, 0, tzinfo=UTC)
    assert TradingHours.parse("20240308:0930-1500", "CST (China Standard Time)").is_open(nine) is True
    assert TradingHours.parse("20240308:0930-1500", "CST (Central Standard Time)").is_open(nine) is False
