"""Calendar periods for consolidators (`Common/Data/Consolidators/Calendar.cs`, `Common/Expiry.cs`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from leanib.engine.market.calendars import CalendarInfo, midnight
from leanib.engine.naming import LeanObject

__all__ = ["Calendar", "CalendarInfo", "CalendarType"]


class Calendar(LeanObject):
    """Functions from a time to the period that holds it: `self.consolidate(symbol, Calendar.WEEKLY, handler)`."""

    @staticmethod
    def weekly(time: datetime) -> CalendarInfo:
        """From Monday to Monday."""
        return CalendarInfo(midnight(time) - timedelta(days=time.weekday()), timedelta(days=7))

    @staticmethod
    def monthly(time: datetime) -> CalendarInfo:
        """The month."""
        return _months(datetime(time.year, time.month, 1), 1)

    @staticmethod
    def quarterly(time: datetime) -> CalendarInfo:
        """The quarter."""
        return _months(datetime(time.year, (time.month - 1) // 3 * 3 + 1, 1), 3)

    @staticmethod
    def yearly(time: datetime) -> CalendarInfo:
        """The year."""
        return _months(datetime(time.year, 1, 1), 12)

    WEEKLY = weekly
    MONTHLY = monthly
    QUARTERLY = quarterly
    YEARLY = yearly


CalendarType = Calendar


def _months(start: datetime, count: int) -> CalendarInfo:
    month = start.month - 1 + count
    end = datetime(start.year + month // 12, month % 12 + 1, 1)
    return CalendarInfo(start, end - start)
