"""Trading hours as IB's contract details tell them."""

from datetime import UTC, datetime

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
