"""Fields: how values are written, and a reader that knows IB's ways of saying "not set"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

UNSET_INTEGER = 2147483647
#: What Java and Python clients send for a double that is not set.
UNSET_DOUBLES = frozenset({"", "1.7976931348623157E308", "1.7976931348623157e+308", "1.7976931348623157E+308"})
UNSET_DOUBLE_TEXT = "1.7976931348623157E308"


class FieldError(ValueError):
    """A field that is missing or does not parse; answered with error 320."""


def number(value: Decimal) -> str:
    """A decimal in plain notation without trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def number_text(value: float) -> str:
    """A float without a trailing ".0"."""
    text = repr(value)
    return text.removesuffix(".0")


def text_of(value: Any) -> str:
    """One field as it goes over the wire."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return number(value)
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, int) else repr(value)


def encode(fields: Iterable[Any]) -> bytes:
    """NUL-terminated fields; characters beyond ASCII are escaped, as servers from version 153 do."""
    texts = [field if field.__class__ is str else text_of(field) for field in fields]
    texts.append("")
    return "\0".join(texts).encode("ascii", "backslashreplace")


def decode(payload: bytes) -> list[str]:
    """The fields of a payload; a last field without its NUL is an error."""
    if not payload.endswith(b"\0"):
        raise FieldError("the message does not end with a NUL")
    return payload.decode("utf-8", "backslashreplace")[:-1].split("\0")


class Reader:
    """Takes the fields of one request one after the other."""

    __slots__ = ("_at", "_fields", "body")

    def __init__(self, fields: list[str], at: int = 0, body: bytes | None = None) -> None:
        self._fields = fields
        self._at = at
        #: The protobuf message itself where a handler reads that; then the only field is the request's id.
        self.body = body

    @property
    def left(self) -> int:
        """How many fields are not read yet."""
        return len(self._fields) - self._at

    def text(self) -> str:
        """The next field."""
        at = self._at
        if at >= len(self._fields):
            raise FieldError("the message ends too early")
        self._at = at + 1
        return self._fields[at]

    def texts(self, names: Sequence[str]) -> dict[str, str]:
        """The next fields under `names`."""
        at, end = self._at, self._at + len(names)
        if end > len(self._fields):
            raise FieldError("the message ends too early")
        self._at = end
        return dict(zip(names, self._fields[at:end], strict=True))

    def integer(self, default: int = 0) -> int:
        """An integer, "10.0" included; `default` when empty."""
        field = self.text()
        if not field:
            return default
        try:
            return int(field)
        except ValueError:
            whole, dot, rest = field.partition(".")
            if dot and not rest.strip("0") and whole.lstrip("-").isdigit():
                return int(whole)
            raise FieldError(f"{field!r} is not an integer") from None

    def count(self, limit: int = 1000) -> int:
        """How many items follow: an integer between 0 and `limit`."""
        value = self.integer()
        if not 0 <= value <= limit:
            raise FieldError(f"{value} is not a count between 0 and {limit}")
        return value

    def boolean(self) -> bool:
        """A flag: 1 or true."""
        return truth(self.text())

    def decimal(self) -> Decimal | None:
        """A number, or None when it is not set."""
        return to_decimal(self.text())


def truth(field: str) -> bool:
    """A flag as clients write it; C# sends 1, some send true."""
    return field not in {"", "0", "false", "False"}


def to_decimal(field: str) -> Decimal | None:
    """A number, or None for IB's ways of saying "not set"."""
    if field in UNSET_DOUBLES or field == str(UNSET_INTEGER):
        return None
    try:
        value = Decimal(field)
    except InvalidOperation:
        raise FieldError(f"{field!r} is not a number") from None
    if not value.is_finite():
        raise FieldError(f"{field!r} is not a finite number")
    # more digits than any order has would make exact arithmetic slow and then inexact
    if value and not -15 <= value.adjusted() <= 15:
        raise FieldError(f"{field!r} is out of range")
    return value
