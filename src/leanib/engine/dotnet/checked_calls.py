"""Calls of algorithms are held to LEAN's overloads: an argument of a wrong type is refused before anything is done.

What has LEAN's names (`engine/lean/imports.py`) passes its classes here once. Each method that the table knows then
looks at the types of what it is given. A combination that was found good is remembered, which makes the look a third of
a microsecond; what does not fit is told to the algorithm, while the engine's own calls may give what they like.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

from leanib.engine.dotnet.exceptions import NoMethodMatches
from leanib.engine.dotnet.overloads import method_name
from leanib.engine.dotnet.signatures import Matcher, Parameter, lean_signatures, overloads_of
from leanib.engine.naming import takes_either, to_pascal, to_snake

__all__ = ["check_calls"]

_PACKAGE = str(Path(__file__).resolve().parents[2])
_BETWEEN = frozenset({"named_either_way", "named_as_any_overload", "checked", "held_to_overloads"})


def check_calls(classes: Mapping[str, Any]) -> None:
    """Hold the public methods and constructors of LEAN's classes, by name, to LEAN's overloads."""
    for name, text in lean_signatures().items():
        owner, _, method = name.partition(".")
        found = classes.get(owner)
        if isinstance(found, type) and found.__module__.startswith("leanib."):
            _hold(found, method, _Overloads(text, classes))


class _Overloads:
    """The overloads of a method, and the types of arguments that were found good."""

    __slots__ = ("_classes", "_overloads", "_text", "good")

    def __init__(self, text: str, classes: Mapping[str, Any]) -> None:
        self._text = text
        self._classes = classes
        self._overloads: list[tuple[Parameter, ...]] | None = None
        self.good: set[tuple[Any, ...]] = set()

    def require(
        self, method: str, key: tuple[Any, ...], arguments: tuple[Any, ...], named: dict[str, Any], caller: FrameType
    ) -> None:
        """Raises NoMethodMatches when the caller is an algorithm and no overload takes what it gives."""
        if self._overloads is None:
            self._overloads = overloads_of(self._text)
        matcher = Matcher(self._classes)
        ours = {key if key.islower() else to_snake(key): value for key, value in named.items()}
        if matcher.matches(self._overloads, arguments, ours):
            if not matcher.by_value:
                self.good.add(key)
        elif not _is_engines(caller):
            place, parameter, value = matcher.misfit or (0, Parameter("", (), False, False), None)
            expected = " | ".join(_told(kind) for kind in parameter.kinds if kind != "?")
            raise NoMethodMatches(
                method,
                *arguments,
                *named.values(),
                hint=f"argument {place} ('{parameter.name}') expected {expected}, got {type(value).__name__}",
            )


def _told(kind: str) -> str:
    return {"Symbol*": "Symbol", "callable": "a function", "object": "an object"}.get(kind, kind)


def _is_engines(caller: FrameType | None) -> bool:
    while caller is not None and caller.f_code.co_name in _BETWEEN:
        caller = caller.f_back
    return caller is not None and caller.f_code.co_filename.startswith(_PACKAGE)


def _hold(owner: type, method: str, overloads: _Overloads) -> None:
    """Replace a method by one that looks at its arguments, where it is inherited from and overridden too."""
    for cls, member in _places(owner, method):
        function = getattr(member, "__func__", member)
        if isinstance(member, property):
            _hold_callable(member, method, overloads)
        elif isinstance(function, FunctionType):
            function = getattr(function, "held", function)
            skipped = 0 if isinstance(member, staticmethod) else 1
            held = _held(function, _name(cls, function), skipped, overloads)
            kind = type(member) if isinstance(member, staticmethod | classmethod) else None
            setattr(cls, method, kind(held) if kind else held)
            pascal = to_pascal(method)
            if method != "__init__" and any(pascal in vars(kind) for kind in cls.__mro__):
                either = takes_either(held)
                setattr(cls, pascal, kind(either) if kind else either)


def _places(owner: type, method: str) -> Iterator[tuple[type, Any]]:
    """The class, with the member that it has or inherits, and the engine's classes below it that have their own."""
    if method == "__init__":
        first = next((kind for kind in owner.__mro__ if method in vars(kind)), object)
        if first.__module__.startswith("leanib.") and not getattr(owner, "is_made_often", False):
            yield owner, vars(first)[method]
        return
    member = next((vars(kind)[method] for kind in owner.__mro__ if method in vars(kind)), None)
    if member is not None:
        yield owner, member
    below: list[Any] = list(owner.__subclasses__())
    for cls in below:
        if cls.__module__.startswith("leanib."):
            below += cls.__subclasses__()
            if method in vars(cls):
                yield cls, vars(cls)[method]


def _hold_callable(member: property, method: str, overloads: _Overloads) -> None:
    """A property whose value is called as a method: `self.history(...)`."""
    note = getattr(member.fget, "__annotations__", {}).get("return")
    kind: Any = getattr(member.fget, "__globals__", {}).get(note)
    call: Any = vars(kind).get("__call__") if isinstance(kind, type) else None
    if isinstance(call, FunctionType):
        call = getattr(call, "held", call)
        kind.__call__ = _held(call, to_pascal(method), 1, overloads)


def _name(cls: type, function: Callable[..., Any]) -> str:
    return cls.__name__ if function.__name__ == "__init__" else method_name(function)


def _held(function: Callable[..., Any], name: str, skipped: int, overloads: _Overloads) -> Callable[..., Any]:
    good = overloads.good
    require = overloads.require
    frame = sys._getframe

    @wraps(function)
    def held_to_overloads(*arguments: Any, **named: Any) -> Any:
        key: tuple[Any, ...] = tuple(map(type, arguments))
        if named:
            key = (key, *named, *map(type, named.values()))
        if key not in good:
            require(name, key, arguments[skipped:], named, frame(1))
        return function(*arguments, **named)

    held_to_overloads.held = function  # type: ignore[attr-defined]
    return held_to_overloads
