"""UTC times as an algorithm sees them: with their zone, as LEAN's bridge to Python gives a `DateTime` of kind `Utc`.

Inside the engine every time is naive. A time that a user has seen may come back, in a comparison, an argument or an
attribute, so it can be compared with the naive ones, which stand for UTC wherever both meet.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, overload

__all__ = ["UtcDateTime", "UtcView", "naive_utc"]

_NO_YEAR = 1  # `default(DateTime)`, of no kind


class UtcDateTime(datetime):
    """A UTC time that prints its zone, and meets naive times as what they are: UTC."""

    @classmethod
    def of(cls, time: datetime) -> datetime:
        """The user's view of a naive UTC time; .NET's empty time has no zone."""
        if type(time) is cls or time.year == _NO_YEAR:
            return time
        return cls(
            time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond, UTC, fold=time.fold
        )

    def _other(self, other: datetime) -> datetime:
        return other.replace(tzinfo=UTC) if self.tzinfo is not None and other.tzinfo is None else other

    def __eq__(self, other: object) -> bool:
        return super().__eq__(self._other(other)) if isinstance(other, datetime) else NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: object) -> bool:
        return super().__lt__(self._other(other)) if isinstance(other, datetime) else NotImplemented

    def __le__(self, other: object) -> bool:
        return super().__le__(self._other(other)) if isinstance(other, datetime) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return super().__gt__(self._other(other)) if isinstance(other, datetime) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return super().__ge__(self._other(other)) if isinstance(other, datetime) else NotImplemented

    def __hash__(self) -> int:
        return hash(naive_utc(self))

    def __sub__(self, other: object) -> Any:
        meant: Any = self._other(other) if isinstance(other, datetime) else other
        return super().__sub__(meant)

    def __rsub__(self, other: datetime) -> timedelta:
        return timedelta(0) - (self - other)  # type: ignore[no-any-return]


def naive_utc(time: datetime) -> datetime:
    """The engine's form of a UTC time that may come from a user: naive, and no subclass."""
    if type(time) is datetime and time.tzinfo is None:
        return time
    if time.tzinfo is not None and time.tzinfo is not UTC:
        time = time.astimezone(UTC)
    return datetime(
        time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond, fold=time.fold
    )


class UtcView:
    """Attribute that keeps a naive UTC time, or None, and shows it with its zone."""

    def __init__(self) -> None:
        self._slot = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot = "_" + name

    @overload
    def __get__(self, instance: None, owner: type) -> UtcView: ...

    @overload
    def __get__(self, instance: object, owner: type) -> Any: ...

    def __get__(self, instance: object, owner: type) -> Any:
        if instance is None:
            return self
        time = instance.__dict__.get(self._slot)
        return None if time is None else UtcDateTime.of(time)

    def __set__(self, instance: object, value: datetime | None) -> None:
        instance.__dict__[self._slot] = None if value is None else naive_utc(value)
