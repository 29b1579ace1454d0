"""Whether what an algorithm gives is what LEAN takes, and what to say of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from leanib.engine.dotnet.signatures import Matcher, Parameter, overloads_of
from leanib.engine.naming import to_snake

__all__ = ["Overloads", "expected", "kind_of"]

_PACKAGE = str(Path(__file__).resolve().parents[2])
_BETWEEN = frozenset({"named_either_way", "named_as_any_overload", "checked", "held_to_overloads", "__set__"})


class Overloads:
    """The overloads of a method, and the types of arguments that were found good."""

    __slots__ = ("_classes", "_misfits", "_overloads", "_text", "good")

    def __init__(self, text: str, classes: Mapping[str, Any]) -> None:
        self._text = text
        self._classes = classes
        self._overloads: list[tuple[Parameter, ...]] | None = None
        self._misfits: set[tuple[Any, ...]] = set()
        self.good: set[tuple[Any, ...]] = set()

    def misfit(
        self, key: tuple[Any, ...], arguments: tuple[Any, ...], named: dict[str, Any], caller: FrameType
    ) -> tuple[int, Parameter, object] | None:
        """The argument for which no overload takes what an algorithm gives, with its place, counted from 1."""
        if key in self._misfits and _is_engines(caller):
            return None
        if self._overloads is None:
            self._overloads = overloads_of(self._text)
        matcher = Matcher(self._classes)
        ours = {name if name.islower() else to_snake(name): value for name, value in named.items()}
        if matcher.matches(self._overloads, arguments, ours):
            if not matcher.by_value:
                self.good.add(key)
            return None
        if not matcher.by_value:
            self._misfits.add(key)
        return None if _is_engines(caller) else matcher.misfit


def expected(parameter: Parameter) -> str:
    """What a parameter takes, for a message."""
    told = {"Symbol*": "Symbol", "callable": "a function", "object": "an object", "things": "symbols"}
    return " | ".join(told.get(kind, kind) for kind in parameter.kinds if kind != "?")


def kind_of(value: object) -> str:
    """What was given, for a message."""
    return "type" if isinstance(value, type) else type(value).__name__


def _is_engines(caller: FrameType | None) -> bool:
    while caller is not None and caller.f_code.co_name in _BETWEEN:
        caller = caller.f_back
    return caller is not None and caller.f_code.co_filename.startswith(_PACKAGE)
