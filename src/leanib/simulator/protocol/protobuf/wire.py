"""Protocol Buffers on the wire, driven by tables; messages are dictionaries without the fields that are not there.

Source: the public encoding specification (protobuf.dev, "Encoding"). Readers take what any conforming writer may send:
fields in any order, unknown ones, packed and unpacked lists, the last of a repeated scalar.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

from leanib.simulator.protocol.fields import FieldError

Values = dict[str, Any]
VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
_DOUBLE = struct.Struct("<d")
_WIRE_TYPES = {"i": VARINT, "l": VARINT, "b": VARINT, "d": FIXED64}  # anything else is length-delimited
_PACKABLE = frozenset(_WIRE_TYPES)
_MASK = (1 << 64) - 1


class Field:
    """A field of a message.

    Its kind is i (int32), l (int64), d (double), b (bool), s (string), D (a decimal as string), m (a map of strings) or
    the name of a message.
    """

    __slots__ = ("kind", "message", "name", "number", "repeated", "tag")

    def __init__(self, number: int, name: str, kind: str, repeated: bool) -> None:
        self.number, self.name, self.kind, self.repeated = number, name, kind, repeated
        self.message: Message | None = None
        packed = repeated and kind in _PACKABLE
        self.tag = varint(number << 3 | (LENGTH if packed else _WIRE_TYPES.get(kind, LENGTH)))


class Message:
    """A message's fields, by name and by number."""

    __slots__ = ("by_name", "by_number", "name")

    def __init__(self, name: str, fields: list[Field]) -> None:
        self.name = name
        self.by_name = {one.name: one for one in fields}
        self.by_number = {one.number: one for one in fields}


def varint(value: int) -> bytes:
    """Base 128, least significant group first; negative numbers as 64-bit two's complement."""
    if 0 <= value < 128:
        return bytes((value,))
    value &= _MASK
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode(message: Message, values: Mapping[str, Any]) -> bytes:
    """The bytes of a message; raises KeyError for a name that the message does not have."""
    out = bytearray()
    fields = message.by_name
    for name, value in values.items():
        field = fields[name]
        if field.repeated:
            _put_list(out, field, value)
        elif field.kind == "m":
            for key, text in value.items():
                _put_bytes(out, field.tag, encode(_ENTRY, {"key": key, "value": text}))
        else:
            put = _PUT[field.kind] if field.message is None else _put_message
            put(out, field, value)
    return bytes(out)


def _put_bytes(out: bytearray, tag: bytes, data: bytes) -> None:
    out += tag
    out += varint(len(data))
    out += data


def _put_integer(out: bytearray, field: Field, value: int) -> None:
    out += field.tag
    out += varint(value)


def _put_double(out: bytearray, field: Field, value: float) -> None:
    out += field.tag
    out += _DOUBLE.pack(value)


def _put_text(out: bytearray, field: Field, value: str) -> None:
    _put_bytes(out, field.tag, value.encode("utf-8", "replace"))


def _put_message(out: bytearray, field: Field, value: Mapping[str, Any]) -> None:
    assert field.message is not None
    _put_bytes(out, field.tag, encode(field.message, value))


_PUT: dict[str, Callable[[bytearray, Field, Any], None]] = {
    "i": _put_integer, "l": _put_integer, "b": _put_integer, "d": _put_double, "s": _put_text, "D": _put_text,
}  # fmt: skip


def _put_list(out: bytearray, field: Field, values: list[Any]) -> None:
    if field.kind not in _PACKABLE:
        put = _PUT[field.kind] if field.message is None else _put_message
        for value in values:
            put(out, field, value)
    elif values:
        pack = _DOUBLE.pack if field.kind == "d" else varint
        _put_bytes(out, field.tag, b"".join(map(pack, values)))


class _Cursor:
    """A position in the bytes of one message; every read checks that they suffice."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self.data, self.at, self.end = data, at, end

    def varint(self) -> int:
        value = shift = 0
        data, end = self.data, self.end
        while self.at < end and shift < 70:
            byte = data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value & _MASK
            shift += 7
        raise FieldError("a number in the message is cut off or too long")

    def skip(self, count: int) -> int:
        """Move on by `count` bytes; returns where they began."""
        at = self.at
        if count > self.end - at:
            raise FieldError("the message ends too early")
        self.at = at + count
        return at


def decode(message: Message, data: bytes) -> Values:
    """The fields of a message; raises FieldError when the bytes are none."""
    return _decode(message, _Cursor(data, 0, len(data)))


def _decode(message: Message, cursor: _Cursor) -> Values:
    found: Values = {}
    while cursor.at < cursor.end:
        tag = cursor.varint()
        number, wire = tag >> 3, tag & 7
        if not 0 < number < 1 << 29:
            raise FieldError(f"{number} is not the number of a field")
        field = message.by_number.get(number)
        if field is None:
            _pass_over(cursor, wire)
        else:
            _take(field, wire, cursor, found)
    return found


def _pass_over(cursor: _Cursor, wire: int) -> None:
    if wire == VARINT:
        cursor.varint()
    elif wire == LENGTH:
        cursor.skip(cursor.varint())
    elif wire in {FIXED64, FIXED32}:
        cursor.skip(8 if wire == FIXED64 else 4)
    else:
        raise FieldError(f"{wire} is not a wire type of a message")


def _take(field: Field, wire: int, cursor: _Cursor, found: Values) -> None:
    expected = _WIRE_TYPES.get(field.kind, LENGTH)
    if field.repeated and field.kind in _PACKABLE and wire == LENGTH:
        size = cursor.varint()
        inner = _Cursor(cursor.data, cursor.skip(size), cursor.at)
        values = found.setdefault(field.name, [])
        while inner.at < inner.end:
            values.append(_scalar(field.kind, inner))
    elif wire != expected:
        _pass_over(cursor, wire)
    elif expected != LENGTH:
        value = _scalar(field.kind, cursor)
        if field.repeated:
            found.setdefault(field.name, []).append(value)
        else:
            found[field.name] = value
    else:
        size = cursor.varint()
        _take_bytes(field, _Cursor(cursor.data, cursor.skip(size), cursor.at), found)


def _take_bytes(field: Field, inner: _Cursor, found: Values) -> None:
    if field.kind == "m":
        pair = _decode(_ENTRY, inner)
        found.setdefault(field.name, {})[pair.get("key", "")] = pair.get("value", "")
    elif field.message is not None:
        value: Any = _decode(field.message, inner)
        if field.repeated:
            found.setdefault(field.name, []).append(value)
        else:
            found.setdefault(field.name, {}).update(value)
    else:
        value = _text(inner.data[inner.at : inner.end])
        if field.repeated:
            found.setdefault(field.name, []).append(value)
        else:
            found[field.name] = value


def _scalar(kind: str, cursor: _Cursor) -> int | float | bool:
    if kind == "d":
        value: float = _DOUBLE.unpack_from(cursor.data, cursor.skip(8))[0]
        return value
    number = cursor.varint()
    if kind == "b":
        return number != 0
    bits = 32 if kind == "i" else 64
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> (bits - 1) else number


def _text(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise FieldError("a text in the message is not UTF-8") from None
    if "\0" in text:
        raise FieldError("a text in the message holds a NUL")
    return text


_ENTRY = Message("MapEntry", [Field(1, "key", "s", False), Field(2, "value", "s", False)])
