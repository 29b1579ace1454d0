"""Calls of algorithms are held to LEAN's overloads: an argument of a wrong type is refused before anything is done.

What has LEAN's names (`engine/lean/imports.py`) passes its classes here once. Each method that the table knows then
looks at the types of what it is given. A combination that was found good is remembered, which makes the look a third of
a microsecond; what does not fit is told to the algorithm, while the engine's own calls may give what they like.
Properties are held likewise (`checked_properties.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import FunctionType
from typing import Any

from leanib.engine.dotnet.checked_properties import hold_property
from leanib.engine.dotnet.exceptions import NoMethodMatches
from leanib.engine.dotnet.given import Overloads, expected, kind_of
from leanib.engine.dotnet.overloads import method_name
from leanib.engine.dotnet.signatures import lean_signatures
from leanib.engine.naming import MethodObject, standing_for, takes_either, to_pascal

__all__ = ["check_calls"]


def check_calls(classes: Mapping[str, Any]) -> None:
    """Hold the public methods and constructors of LEAN's classes, by name, to LEAN's overloads."""
    for name, text in lean_signatures().items():
        owner, _, method = name.partition(".")
        found = classes.get(owner)
        if not isinstance(found, type) or not found.__module__.startswith("leanib."):
            continue
        if method.endswith("="):
            hold_property(found, method[:-1], Overloads(f"value:{text}", classes))
        else:
            _hold(found, method, Overloads(text, classes))


def _hold(owner: type, method: str, overloads: Overloads) -> None:
    """Replace a method by one that looks at its arguments, where it is inherited from and overridden too."""
    for cls, member in _places(owner, method):
        function = getattr(member, "__func__", member)
        if isinstance(member, MethodObject):
            _hold_callable(member, method, overloads)
        elif isinstance(function, FunctionType):
            function = getattr(function, "held", function)
            skipped = 0 if isinstance(member, staticmethod) else 1
            held = _held(function, partial(_name, cls, function), skipped, overloads)
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


def _hold_callable(member: MethodObject[Any], method: str, overloads: Overloads) -> None:
    """An object that stands for a method, and for one by type: `self.history(...)`, `self.history[TradeBar](...)`."""
    giver: Any = member.fget
    for _ in range(2):
        note = getattr(giver, "__annotations__", {}).get("return")
        kind: Any = getattr(giver, "__globals__", {}).get(note)
        members = vars(kind) if isinstance(kind, type) else {}
        call: Any = members.get("__call__")
        if isinstance(call, FunctionType):
            call = getattr(call, "held", call)
            kind.__call__ = _held(call, partial(to_pascal, method), 1, overloads)
        giver = members.get("__getitem__")


def _name(cls: type, function: Callable[..., Any]) -> str:
    return cls.__name__ if function.__name__ == "__init__" else method_name(function)


def _held(
    function: Callable[..., Any], name: Callable[[], str], skipped: int, overloads: Overloads
) -> Callable[..., Any]:
    good = overloads.good
    frame = sys._getframe

    def held_to_overloads(*arguments: Any, **named: Any) -> Any:
        key: tuple[Any, ...] = tuple(map(type, arguments))
        if named:
            key = (key, *named, *map(type, named.values()))
        if key not in good:
            wrong = overloads.misfit(key, arguments[skipped:], named, frame(1))
            if wrong is not None:
                place, parameter, value = wrong
                hint = f"argument {place} ('{parameter.name}') expected {expected(parameter)}, got {kind_of(value)}"
                raise NoMethodMatches(name(), *arguments[skipped:], *named.values(), hint=hint)
        return function(*arguments, **named)

    held = standing_for(function, held_to_overloads)
    held.held = function  # type: ignore[attr-defined]
    return held
