"""How .NET writes things in messages (`ToStringInvariant`)."""

from __future__ import annotations

from datetime import datetime

__all__ = ["round_trip_time_text", "time_text"]


def time_text(time: datetime) -> str:
    """`10/07/2013 13:31:00`."""
    return time.strftime("%m/%d/%Y %H:%M:%S")


def round_trip_time_text(time: datetime) -> str:
    """.NET's `o` format of a UTC time: `2013-10-07T13:41:00.0000000Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
