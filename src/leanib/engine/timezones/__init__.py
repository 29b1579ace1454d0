"""Time zones, and times that know that they are UTC."""

from leanib.engine.timezones.zones import DateTimeZone, TimeZones

__all__ = ["DateTimeZone", "TimeZones"]
