"""When orders begin and end: good-till dates, good-after times, sessions and auctions."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leanib.simulator.clock import SECOND_US, to_us
from leanib.simulator.market.calendar import Session
from leanib.simulator.orders.model import Order

DAY_US = 86400 * SECOND_US


def parse_moment(text: str, zone: ZoneInfo) -> int:
    """IB's dates: "YYYYMMDD", "YYYYMMDD HH:MM:SS [zone]" or "YYYYMMDD-HH:MM:SS" (UTC); raises ValueError."""
    words = text.strip()
    if len(words) == 8:
        return to_us(datetime.combine(datetime.strptime(words, "%Y%m%d"), time(23, 59, 59), zone))
    if "-" in words[:9]:
        return to_us(datetime.strptime(words, "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC))
    day, clock, *rest = words.split()
    if rest:
        try:
            zone = ZoneInfo({"EST": "US/Eastern", "EDT": "US/Eastern"}.get(rest[0], rest[0]))
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{rest[0]!r} is not a time zone") from None
    clock = clock if clock.count(":") == 2 else clock + ":00"
    return to_us(datetime.strptime(f"{day} {clock}", "%Y%m%d %H:%M:%S").replace(tzinfo=zone))


def session_of(order: Order, now: int) -> Session:
    """The session in which a DAY order lives: the present one, else the next."""
    return order.item.calendar.next(now, order.outside_rth)


def expiry(order: Order, now: int, always_open: bool = False) -> int | None:
    """When the order dies of old age; None for GTC, IOC and FOK. Around the clock no session ends: a day is a day."""
    if order.tif == "GTD":
        return parse_moment(order.spec.text("goodTillDate"), order.item.calendar.zone)
    if order.tif == "DAY" and order.kind not in {"MOC", "LOC"}:
        return order.created + DAY_US if always_open else session_of(order, now).end
    return None


def auction(order: Order, now: int) -> int | None:
    """The auction that the order waits for: the close for MOC and LOC, the next open for OPG."""
    calendar = order.item.calendar
    if order.kind in {"MOC", "LOC"}:
        return calendar.next(now).end
    if order.tif == "OPG":
        session = calendar.next(now)
        return session.start if session.start > now else calendar.next(session.end).start
    return None
