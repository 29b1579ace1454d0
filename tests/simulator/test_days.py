"""Days that are not like others: an expiry on a holiday, an order at the close, a month's last day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from raw import Raw, place_order

from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.clock import to_datetime, to_us
from leanib.simulator.history.spans import Duration, begins, sessions_for
from leanib.simulator.market.calendar import US_EQUITY
from leanib.simulator.market.catalogue import option_expirations
from leanib.simulator.market.expiries import is_business_day

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("today", "weekly"),
    [
        (date(2026, 12, 21), [date(2026, 12, 24), date(2026, 12, 31), date(2027, 1, 8), date(2027, 1, 15)]),
        (date(2026, 12, 25), [date(2026, 12, 31), date(2027, 1, 8), date(2027, 1, 15), date(2027, 1, 22)]),
        (date(2024, 3, 25), [date(2024, 3, 28), date(2024, 4, 5), date(2024, 4, 12), date(2024, 4, 19)]),
        (date(2026, 6, 15), [date(2026, 6, 18), date(2026, 6, 26), date(2026, 7, 2), date(2026, 7, 10)]),
    ],
)  # fmt: skip
def test_options_expire_before_a_holiday(today: date, weekly: list[date]) -> None:
    """Christmas, New Year, Good Friday and Juneteenth on a Friday: the Thursday before, as the OCC has it."""
    found = option_expirations(today)
    assert found[:4] == weekly
    assert found == sorted(set(found))
    assert all(map(is_business_day, found))


@pytest.mark.parametrize(("always_open", "after_the_close"), [(True, "Submitted"), (False, "Cancelled")])
async def test_around_the_clock_a_day_order_lives_a_day(always_open: bool, after_the_close: str) -> None:
    """Only where sessions end does the order end with one: a minute before the close it had a minute left."""
    clock = VirtualClock(datetime(2024, 1, 3, 15, 59, tzinfo=NEW_YORK))
    async with Simulator(clock=clock, always_open=always_open, accounts=["DU1"]) as sim:
        sim.market.set_quote("AAPL", bid=99, ask=100)
        client = await Raw.login(sim)
        client.send(*place_order(1, "BUY", 1, "LMT", 50))
        await client.until(5)
        await clock.advance(120)
        (order,) = sim.orders.orders.values()
        assert order.status == after_the_close
        await clock.advance(86_400)
        assert order.status == "Cancelled"


@pytest.mark.parametrize(
    ("end", "begin"),
    [
        (date(2024, 1, 31), date(2023, 12, 31)), (date(2024, 3, 29), date(2024, 2, 29)),
        (date(2023, 3, 31), date(2023, 2, 28)), (date(2024, 7, 30), date(2024, 6, 30)),
        (date(2028, 2, 29), date(2028, 1, 29)),
    ],
)  # fmt: skip
def test_a_month_back_is_the_same_day_of_the_month_before(end: date, begin: date) -> None:
    """Or its last one; not the 28th, up to three days too early."""
    noon = datetime(end.year, end.month, end.day, 12, tzinfo=NEW_YORK)
    assert to_datetime(begins(US_EQUITY, to_us(noon), Duration(1, "M"))).date() == begin
    assert sessions_for(US_EQUITY, to_us(noon), Duration(1, "M"), extended=False)[0].day >= begin


def test_a_year_back_from_a_leap_day() -> None:
    """There is no 29th: the last day of that February."""
    noon = datetime(2028, 2, 29, 12, tzinfo=NEW_YORK)
    assert to_datetime(begins(US_EQUITY, to_us(noon), Duration(1, "Y"))).date() == date(2027, 2, 28)
