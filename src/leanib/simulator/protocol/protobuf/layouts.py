"""Layouts: which field of a protobuf message stands where in the text form of the same message.

Both forms carry the same things, so one set of handlers reads and writes the text and a layout says how it becomes
protobuf. A layout is words in the order of the text's fields:

    name            a field; `outer.name` or `outer(name other)` those of a nested message
    name!           a number that is sent even when it is IB's "not set"
    _               a text field that protobuf does not have
    'words          the same, with what requests of the newest text version hold there
    name*           a count, then that many values of a list
    name*(a b)      a count, then a and b of each item of a list of messages (or key and value of a map)
    name*bag(a b)   the same, there only when the contract is a combination (requests)
    name?(a b)      a flag, then a and b of the nested message if it is there (requests)
    name%(a b)      a bit mask of flags of a nested message
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from leanib.simulator.protocol.fields import UNSET_DOUBLES, UNSET_INTEGER, number_text, truth
from leanib.simulator.protocol.protobuf.wire import Field, Message, Values

_WORD = re.compile(r"(?P<path>[A-Za-z0-9.]+)(?P<mark>\*bag|[*?%!])?|_|'(?P<literal>\S*)")
_UNSET_TEXTS = UNSET_DOUBLES | {str(UNSET_INTEGER)}


@dataclass(slots=True, frozen=True)
class Slot:
    """One word of a layout, resolved against its message."""

    path: tuple[str, ...]  # the nested messages on the way
    field: Field | None  # None: protobuf does not have it
    mark: str = ""
    literal: str = ""
    items: tuple[Slot, ...] = ()


Layout = tuple[Slot, ...]


def compile_layout(message: Message, text: str) -> Layout:
    """The slots of a layout; raises KeyError for a field that the message does not have."""
    return tuple(_slots(message, text))


def _slots(message: Message, text: str) -> Iterator[Slot]:
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        found = _WORD.match(text, at)
        assert found is not None, text[at:]
        at = found.end()
        inner = ""
        if at < len(text) and text[at] == "(":
            close = _closing(text, at)
            inner, at = text[at + 1 : close], close + 1
        if inner and not found["mark"]:
            yield from _group(message, found["path"], inner)
        else:
            yield _slot(message, found, inner)


def _group(message: Message, name: str, inner: str) -> Iterator[Slot]:
    nested = message.by_name[name].message
    assert nested is not None, name
    for slot in _slots(nested, inner):
        yield replace(slot, path=(name, *slot.path))


def _closing(text: str, at: int) -> int:
    depth = 0
    for index in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return index
    raise ValueError(f"{text!r} has no closing bracket")


def _slot(message: Message, found: re.Match[str], inner: str) -> Slot:
    if found["path"] is None:
        return Slot((), None, literal=found["literal"] or "")
    *path, name = found["path"].split(".")
    for step in path:
        nested = message.by_name[step].message
        assert nested is not None, step
        message = nested
    field = message.by_name[name]
    items = tuple(_slots(field.message, inner)) if field.message is not None else ()
    return Slot(tuple(path), field, found["mark"] or "", items=items)


def rows(table: str, macros: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The (head, layout) of every line of a table; a line goes on where the next one is indented."""
    for line in table.strip().replace("\n  ", " ").split("\n"):
        head, _, layout = line.partition(":")
        for name, text in macros.items():
            layout = layout.replace(name, text)
        yield head, layout


# from text to a message


def from_text(layout: Layout, fields: Sequence[str]) -> Values:
    """The message whose text form is `fields` (the id left out)."""
    values: Values = {}
    _read(layout, iter(fields), values)
    return values


def _read(layout: Layout, fields: Iterator[str], values: Values) -> None:
    for slot in layout:
        text = next(fields)
        field = slot.field
        if field is None:
            continue
        target = values
        for step in slot.path:
            target = target.setdefault(step, {})
        if slot.mark == "*":
            _read_list(slot, field, int(text), fields, target)
        elif slot.mark == "%":
            mask = int(text)
            target[field.name] = {
                item.field.name: bool(mask >> bit & 1)
                for bit, item in enumerate(slot.items)
                if item.field is not None
            }
        else:
            value = to_value(field, text, slot.mark == "!")
            if value is not None:
                target[field.name] = value


def _read_list(slot: Slot, field: Field, count: int, fields: Iterator[str], target: Values) -> None:
    if field.kind == "m":
        target[field.name] = {next(fields): next(fields) for _ in range(count)}
    elif field.message is None:
        target[field.name] = [to_value(field, next(fields), True) for _ in range(count)]
    else:
        rows: list[Values] = [{} for _ in range(count)]
        for row in rows:
            _read(slot.items, fields, row)
        target[field.name] = rows


def to_value(field: Field, text: str, keep_unset: bool = False) -> Any:
    """A text field as the value of a protobuf field; None when it is not set."""
    kind = field.kind
    if text == "":
        return None
    if kind == "b":
        return truth(text)
    if text in _UNSET_TEXTS and not keep_unset:
        return None
    if kind == "d":
        return float(text)
    if kind in {"i", "l"}:
        return int(text)
    # a contract without a right shows "?" or "0" in text, and nothing in protobuf
    return None if field.name == "right" and text not in {"C", "P"} else text


# from a message to text


def to_text(layout: Layout, values: Values) -> list[str]:
    """The text form of a message (the id left out)."""
    out: list[str] = []
    for slot in layout:
        _write(slot, values, out)
    return out


def _write(slot: Slot, values: Values, out: list[str]) -> None:
    field = slot.field
    if field is None:
        out.append(slot.literal)
        return
    source = values
    for step in slot.path:
        source = source.get(step, {})
    value = source.get(field.name)
    if slot.mark == "*bag" and source.get("secType", "").upper() != "BAG":
        return
    if slot.mark in {"*", "*bag"}:
        rows = value or []
        out.append(str(len(rows)))
        for row in rows:
            if field.message is None:
                out.append(of_value(row))
            else:
                out += to_text(slot.items, row)
    elif slot.mark == "?":
        out.append("0" if value is None else "1")
        if value is not None:
            out += to_text(slot.items, value)
    else:
        out.append(of_value(value))


def of_value(value: Any) -> str:
    """A protobuf value as the text form shows it; empty when it is not there."""
    if value is None:
        return ""
    if value.__class__ is float:
        return number_text(value)
    return str(int(value)) if isinstance(value, int) else str(value)
