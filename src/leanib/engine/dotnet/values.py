"""The value types of `System` as algorithms use them: each makes the Python value that LEAN hands over instead."""

from __future__ import annotations

import math
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from leanib.engine.dotnet.exceptions import FormatException
from leanib.engine.naming import LeanObject

__all__ = [
    "Action",
    "Array",
    "Boolean",
    "Console",
    "Convert",
    "DateTime",
    "Double",
    "Enum",
    "Func",
    "Guid",
    "Int32",
    "Int64",
    "Math",
    "Nullable",
    "Object",
    "Single",
    "String",
    "TimeSpan",
]

#: .NET's names of what are Python's own types in an algorithm's hands
Int32 = Int64 = int
Double = Single = float
Boolean = bool


class TimeSpan(LeanObject):
    """`TimeSpan(h, m, s)`, `TimeSpan(d, h, m, s)` and the `from_...` methods make a `datetime.timedelta`."""

    ZERO = Zero = zero = timedelta(0)
    MAX_VALUE = MaxValue = max_value = timedelta.max
    MIN_VALUE = MinValue = min_value = timedelta.min

    def __new__(cls, *parts: int) -> timedelta:  # type: ignore[misc]
        """From ticks of 100 ns, or hours-minutes-seconds, or days-hours-minutes-seconds[-milliseconds]."""
        if len(parts) == 1:
            return timedelta(microseconds=parts[0] / 10)
        if len(parts) == 3:
            return timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])
        days, hours, minutes, seconds, *milliseconds = parts or (0, 0, 0, 0)
        more = milliseconds[0] if milliseconds else 0
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=more)

    @staticmethod
    def from_days(value: float) -> timedelta:
        """So many days."""
        return timedelta(days=value)

    @staticmethod
    def from_hours(value: float) -> timedelta:
        """So many hours."""
        return timedelta(hours=value)

    @staticmethod
    def from_minutes(value: float) -> timedelta:
        """So many minutes."""
        return timedelta(minutes=value)

    @staticmethod
    def from_seconds(value: float) -> timedelta:
        """So many seconds."""
        return timedelta(seconds=value)

    @staticmethod
    def from_milliseconds(value: float) -> timedelta:
        """So many milliseconds."""
        return timedelta(milliseconds=value)

    @staticmethod
    def from_ticks(value: int) -> timedelta:
        """So many ticks of 100 nanoseconds."""
        return timedelta(microseconds=value / 10)


class _DateTimeType(type):
    """Lets `isinstance(x, DateTime)` mean what it says, and the clock be read like an attribute."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)

    @property
    def now(cls) -> datetime:
        """The time on this machine."""
        return datetime.now()

    @property
    def utc_now(cls) -> datetime:
        """The naive UTC time."""
        return datetime.now(UTC).replace(tzinfo=None)

    @property
    def today(cls) -> datetime:
        """Today's midnight on this machine."""
        return datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)

    Now = now
    UtcNow = utc_now
    Today = today


class DateTime(metaclass=_DateTimeType):
    """`DateTime(2020, 1, 31)` makes a `datetime.datetime`; statics as in .NET."""

    MIN_VALUE = MinValue = min_value = datetime.min  # noqa: DTZ901
    MAX_VALUE = MaxValue = max_value = datetime.max  # noqa: DTZ901

    def __new__(cls, *parts: int) -> datetime:  # type: ignore[misc]
        """Year, month, day[, hour, minute, second[, millisecond]]."""
        year, month, day, hour, minute, second, millisecond = (*parts, 0, 0, 0, 0)[:7]
        return datetime(year, month, day, hour, minute, second, millisecond * 1000)

    @staticmethod
    def parse(text: str) -> datetime:
        """A date in ISO form."""
        return datetime.fromisoformat(text)

    Parse = parse


class Math(LeanObject):
    """`System.Math`."""

    PI = math.pi
    E = math.e
    abs = staticmethod(abs)
    max = staticmethod(max)
    min = staticmethod(min)
    round = staticmethod(round)
    pow = staticmethod(math.pow)
    sqrt = staticmethod(math.sqrt)
    exp = staticmethod(math.exp)
    log = staticmethod(math.log)
    log10 = staticmethod(math.log10)
    sin = staticmethod(math.sin)
    cos = staticmethod(math.cos)
    tan = staticmethod(math.tan)
    atan = staticmethod(math.atan)
    floor = staticmethod(math.floor)
    ceiling = staticmethod(math.ceil)
    truncate = staticmethod(math.trunc)

    @staticmethod
    def sign(value: float) -> int:
        """-1, 0 or 1."""
        return (value > 0) - (value < 0)


class Object(LeanObject):
    """`System.Object`."""

    @staticmethod
    def reference_equals(left: object, right: object) -> bool:
        """Whether both are one object."""
        return left is right


class String(LeanObject):
    """`System.String`."""

    EMPTY = Empty = empty = ""

    @staticmethod
    def is_null_or_empty(value: str | None) -> bool:
        """Whether there is no text."""
        return not value

    @staticmethod
    def join(separator: str, values: Any) -> str:
        """The texts of the values, separated."""
        return separator.join(str(value) for value in values)

    @staticmethod
    def format(text: str, *values: object) -> str:
        """The text with `{0}`, `{1}` ... filled in."""
        return text.format(*values)


class Console(LeanObject):
    """`System.Console`: standard output."""

    @staticmethod
    def write_line(*values: object) -> None:
        """Print a line."""
        print(*values)

    @staticmethod
    def write(*values: object) -> None:
        """Print without ending the line."""
        print(*values, end="")


class _Passing:
    """`X[types](value)` is `X(value)`: type arguments mean nothing at run time."""

    def __class_getitem__(cls, item: object) -> type[_Passing]:
        return cls


class Action(_Passing):
    """`Action[...](function)` is the function."""

    def __new__(cls, function: object) -> Any:
        """The function itself."""
        return function


class Func(Action):
    """`Func[...](function)` is the function."""


class Array(_Passing):
    """`Array[type](values)` is a list of the values; of a number, so many Nones."""

    def __new__(cls, values: Any = ()) -> Any:
        """The list."""
        return [None] * values if isinstance(values, int) else list(values)


class Nullable(_Passing):
    """`Nullable[type](value)` is the value, and without one None."""

    def __new__(cls, value: object = None) -> Any:
        """The value itself."""
        return value


class Guid(LeanObject):
    """A number of 128 bits that nobody else has."""

    __slots__ = ("_value",)

    EMPTY: ClassVar[Guid]
    Empty: ClassVar[Guid]

    def __init__(self, text: str | uuid.UUID = "00000000-0000-0000-0000-000000000000") -> None:
        self._value = text if isinstance(text, uuid.UUID) else uuid.UUID(text)

    @staticmethod
    def new_guid() -> Guid:
        """A new one."""
        return Guid(uuid.uuid4())

    @staticmethod
    def parse(text: str) -> Guid:
        """The one that a text writes down; FormatException when it writes none."""
        try:
            return Guid(text)
        except ValueError as error:
            raise FormatException(f"Unrecognized Guid format: {text}") from error

    def to_string(self, format: str = "D") -> str:
        """Its digits in groups, or `N` without the lines between them, `B` in braces, `P` in brackets."""
        text = str(self._value)
        written = {"D": text, "N": self._value.hex, "B": f"{{{text}}}", "P": f"({text})"}.get(format.upper())
        if written is None:
            raise FormatException('Format string can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x".')
        return written

    ToString = to_string

    def __str__(self) -> str:
        return str(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guid) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)


Guid.EMPTY = Guid.Empty = Guid()


class Convert(LeanObject):
    """`Convert.to_int32(x)` and the like: .NET rounds half to even where Python cuts off."""

    @staticmethod
    def to_int32(value: Any) -> int:
        """A whole number: of a text, or the nearest one."""
        return int(value) if isinstance(value, str) else round(value)

    to_int64 = to_int32

    @staticmethod
    def to_double(value: Any) -> float:
        """A float."""
        return float(value)

    to_single = to_double

    @staticmethod
    def to_decimal(value: object) -> Decimal:
        """A decimal with the digits that the value shows."""
        return Decimal(str(value))

    @staticmethod
    def to_boolean(value: object) -> bool:
        """True or false, also from these words."""
        return value.strip().lower() == "true" if isinstance(value, str) else bool(value)

    @staticmethod
    def to_string(value: object = "") -> str:
        """The value's text."""
        return str(value)
