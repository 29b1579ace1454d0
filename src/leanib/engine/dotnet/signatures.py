"""Which arguments LEAN's overloads take, as Python.NET matches them (`MethodBinder.cs`, `Converter.cs`).

`lean_signatures.txt` has a method a line, `Class.method: overload; overload`; an overload is its parameters,
`name:type` or `name=type` when it may be left out, `*name:type` for any number. A type is a plain one (`str`, `int`,
`float`, `bool`, `datetime`, `timedelta`, `list`, `callable`, `type`), a class or enum of LEAN's, `any`, `object`, which
is anything but Python's plain values, or `things`, which is anything but a number or a time. `|` stands between
alternatives, and `?` means that None is taken where .NET's type has no null; `Symbol*` takes what becomes a Symbol: a
ticker, a security, a contract.

More is taken than LEAN's bridge does where it can mean one thing only: numbers of numpy and Decimals, times of pandas,
tuples, sets and arrays for lists. Less is taken where it is a slip: a text or a number for a time, a span, an enum or a
whole number, which the bridge reads where a method has one overload only. A text that reads as a number is a number for
the bridge's decimals, and here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Matcher", "Parameter", "lean_signatures", "overloads_of"]

_PLAIN = (str, bytes, int, float, complex, Decimal, date, timedelta, Enum)
_CONTAINERS = frozenset({list, tuple, dict, set, frozenset})
_VALUE_TYPES = frozenset({"int", "float", "bool", "datetime", "timedelta"})
_BY_VALUE = {"int": (float, Decimal), "float": (str,)}
_SYMBOLS = frozenset({"Symbol", "Symbol*"})
_SEQUENCES = frozenset({"list", "Sequence", "Dict"})


class Parameter(NamedTuple):
    """A parameter of an overload."""

    name: str
    kinds: tuple[str, ...]
    optional: bool
    several: bool


@cache
def lean_signatures() -> dict[str, str]:
    """By `Class.method` the text of its overloads."""
    lines = Path(__file__).with_name("lean_signatures.txt").read_text(encoding="utf-8").splitlines()
    return {name: overloads for name, _, overloads in (line.partition(": ") for line in lines)}


def overloads_of(text: str) -> list[tuple[Parameter, ...]]:
    """The overloads that a line of the table writes."""
    return [tuple(map(_parameter, overload.split())) for overload in text.split(";")]


def _parameter(text: str) -> Parameter:
    place = min(index for index in (text.find(":"), text.find("=")) if index >= 0)
    name, kinds = text[:place], tuple(text[place + 1 :].split("|"))
    return Parameter(name.lstrip("*"), kinds, text[place] == "=", name[0] == "*")


class Matcher:
    """Matches the arguments of one call with overloads.

    `by_value` is set when the answer depends on more than the arguments' types; `misfit` is the first argument that did
    not fit where most did: its place, counted from 1, and its parameter.
    """

    def __init__(self, classes: Mapping[str, object]) -> None:
        self._classes = classes
        self.by_value = False
        self.misfit: tuple[int, Parameter, object] | None = None

    def matches(
        self, overloads: Iterable[tuple[Parameter, ...]], arguments: Sequence[object], named: Mapping[str, object]
    ) -> bool:
        """Whether an overload takes them; where none has so many parameters, or such names, nothing is judged."""
        judged, by_value, furthest = False, False, -1
        for overload in overloads:
            pairs = _assigned(overload, arguments, named)
            if pairs is None:
                continue
            judged, self.by_value = True, False
            wrong = next((place for place, (one, value) in enumerate(pairs) if not self._fits(value, one)), None)
            if wrong is not None:
                if wrong > furthest:
                    furthest = wrong
                    self.misfit = (wrong + 1, *pairs[wrong])
            elif self.by_value:
                by_value = True
            else:
                return True
        self.by_value = by_value
        return by_value or not judged

    def _fits(self, value: object, parameter: Parameter) -> bool:
        kinds = parameter.kinds
        if value is None:
            return "?" in kinds or not all(self._has_no_null(kind) for kind in kinds)
        return any(self._fits_kind(value, kind) for kind in kinds)

    def _has_no_null(self, kind: str) -> bool:
        return kind in _VALUE_TYPES or _is_enum(self._classes.get(kind))

    def _fits_kind(self, value: object, kind: str) -> bool:
        if kind == "any":
            return True
        if kind in _SYMBOLS:
            return type(value).__name__ == "Symbol" or hasattr(value, "symbol") or isinstance(value, str)
        if kind in _SEQUENCES:
            return not isinstance(value, str) and (hasattr(value, "__iter__") or hasattr(value, "__getitem__"))
        check = _CHECKS.get(kind)
        if check is not None:
            self.by_value = self.by_value or isinstance(value, _BY_VALUE.get(kind, ()))
            return check(value)
        return kind != "?" and self._is_one(value, self._classes.get(kind))

    def _is_one(self, value: object, known: object) -> bool:
        """Whether it may stand for an object of a class of LEAN's; a class that is not known here takes any object."""
        if isinstance(known, type) and isinstance(value, known):
            return True
        return not _is_enum(known) and not _is_plain(value)


def _assigned(
    overload: tuple[Parameter, ...], arguments: Sequence[object], named: Mapping[str, object]
) -> list[tuple[Parameter, object]] | None:
    """The parameters that are given something, in order; None where there are too many, or other names.

    Of too few the method itself tells, and which is missing.
    """
    pairs: list[tuple[Parameter, object]] = []
    rest = list(arguments)
    left = dict(named)
    for parameter in overload:
        if parameter.several:
            pairs += [(parameter, value) for value in rest]
            rest = []
        elif rest:
            pairs.append((parameter, rest.pop(0)))
        elif parameter.name in left:
            pairs.append((parameter, left.pop(parameter.name)))
    return None if rest or left else pairs


def _is_enum(known: object) -> bool:
    return isinstance(known, type) and issubclass(known, Enum)


def _is_plain(value: object) -> bool:
    return isinstance(value, _PLAIN) or type(value) in _CONTAINERS


def _is_number(value: object) -> bool:
    """A number, what becomes one, or a text that .NET's decimals read."""
    if isinstance(value, Enum):
        return False
    if isinstance(value, str):
        try:
            return Decimal(value).is_finite()
        except InvalidOperation:
            return False
    return hasattr(value, "__float__")


def _is_whole(value: object) -> bool:
    if isinstance(value, Enum | str):
        return False
    if isinstance(value, float | Decimal):
        return value == value // 1  # not a NaN, nor an infinity
    return hasattr(value, "__index__") or (hasattr(value, "__float__") and float(value) % 1 == 0)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str) or hasattr(value, "symbol") or type(value).__name__ == "Symbol",
    "int": _is_whole,
    "float": _is_number,
    "bool": lambda value: type(value).__name__ in ("bool", "bool_"),
    "datetime": lambda value: isinstance(value, date) or type(value).__name__ == "datetime64",
    "timedelta": lambda value: isinstance(value, timedelta) or type(value).__name__ == "timedelta64",
    "callable": callable,
    "type": lambda value: isinstance(value, type) or not _is_plain(value),
    "object": lambda value: not _is_plain(value),
    "things": lambda value: not isinstance(value, int | float | complex | Decimal | date | timedelta | Enum),
}
