"""What Python.NET says of arguments that no overload takes, in place of the error that they come to inside the engine.

An argument of a wrong type (`add_equity("SPY", "daily")`) fails wherever it is first used. When an algorithm has ended
so, the call in its line is looked at again: where an argument is not of the type that the method is written for, the
error becomes LEAN's `No method matches given arguments`. Nothing is checked while calls succeed.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from numbers import Number
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from leanib.engine.dotnet.exceptions import NoMethodMatches
from leanib.engine.dotnet.overloads import method_name
from leanib.errors import LeanIBError

__all__ = ["as_lean_says"]

_PACKAGE = str(Path(__file__).resolve().parents[2])
_PYTHONS = (TypeError, AttributeError, KeyError, IndexError, ValueError, InvalidOperation)
_PLAIN = frozenset({str, int, float, bool, list, tuple, dict, set, type(None)})
_WRAPPERS = frozenset({"named_either_way", "named_as_any_overload", "checked", "held_to_overloads"})


def as_lean_says(error: BaseException) -> BaseException:
    """The error as LEAN tells it; itself where it is not about an argument of a wrong type."""
    if type(error) not in _PYTHONS and not isinstance(error, InvalidOperation):
        return error
    if isinstance(error, LeanIBError):
        return error
    frames = list(_frames(error))
    own = [number for number, frame in enumerate(frames) if not _is_engines(frame)]
    called = [frame for frame in frames[own[-1] + 1 :] if own] if own else []
    found = _call(called)
    if found is None or found[0].__name__ == "__getitem__":
        return error
    function, bound = found
    given = [value for key, value in _given(function, bound) if key not in ("self", "cls")]
    if not _has_wrong_argument(function, bound) and not any(_is_about(error, value) for value in given):
        return error
    return NoMethodMatches(_name(function, bound.arguments.get("self")), *given).with_traceback(error.__traceback__)


def _name(function: Callable[..., Any], owner: object) -> str:
    name = function.__name__
    if name in ("__init__", "__call__"):  # a constructor, or an object that stands for a method
        return type(owner).__name__.lstrip("_").removesuffix("Method")
    return method_name(function)


def _frames(error: BaseException) -> Iterator[FrameType]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def _is_engines(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_PACKAGE)


def _call(frames: list[FrameType]) -> tuple[Callable[..., Any], inspect.BoundArguments] | None:
    """The method that the algorithm called and its arguments."""
    for frame in frames:
        names = frame.f_locals
        if frame.f_code.co_name in _WRAPPERS:
            function = inspect.unwrap(names.get("function") or names["method"])
            arguments, named = names["arguments"], names["named"]
        elif (function := _function_of(frame)) is not None:
            arguments, named = _arguments_of(frame)
        else:
            return None
        try:
            return function, inspect.signature(function).bind(*arguments, **named)
        except TypeError:
            continue
    return None


def _function_of(frame: FrameType) -> Any:
    code, names = frame.f_code, frame.f_locals
    owner = type(names["self"]) if "self" in names else names.get("cls")
    candidates = [vars(kind).get(code.co_name) for kind in getattr(owner, "__mro__", ())]
    candidates += [vars(kind).get(code.co_name) for kind in frame.f_globals.values() if isinstance(kind, type)]
    for candidate in candidates:
        function = inspect.unwrap(getattr(candidate, "__func__", candidate)) if candidate is not None else None
        if getattr(function, "__code__", None) is code:
            return function
    return None


def _arguments_of(frame: FrameType) -> tuple[tuple[Any, ...], dict[str, Any]]:
    code, names = frame.f_code, frame.f_locals
    places = code.co_varnames
    first, only_named = code.co_argcount, code.co_kwonlyargcount
    arguments = [names[name] for name in places[:first]]
    named = {name: names[name] for name in places[first : first + only_named]}
    after = first + only_named
    if code.co_flags & inspect.CO_VARARGS:
        arguments += names[places[after]]
        after += 1
    if code.co_flags & inspect.CO_VARKEYWORDS:
        named.update(names[places[after]])
    return tuple(arguments), named


def _given(function: Callable[..., Any], bound: inspect.BoundArguments) -> Iterator[tuple[str, Any]]:
    """The arguments one by one, without those that are as they would be if they had been left out."""
    for name, value in bound.arguments.items():
        parameter = inspect.signature(function).parameters[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            yield from ((name, each) for each in value)
        elif parameter.kind is parameter.VAR_KEYWORD:
            yield from ((name, each) for each in value.values())
        elif value is not parameter.default:
            yield name, value


def _has_wrong_argument(function: Callable[..., Any], bound: inspect.BoundArguments) -> bool:
    notes = function.__annotations__
    parameters = inspect.signature(function).parameters
    return any(
        value is not parameters[name].default and not _fits(value, str(notes[name]), function.__globals__)
        for name, value in _given(function, bound)
        if name in notes
    )


def _is_about(error: BaseException, value: object) -> bool:
    """Whether it is Python's answer about an argument that is one of Python's own objects."""
    if type(value) not in _PLAIN:
        return False
    if isinstance(error, AttributeError):
        return error.obj is value
    if isinstance(error, KeyError):
        return len(error.args) == 1 and error.args[0] is value
    if isinstance(error, InvalidOperation):
        return type(value) is str
    text, kind = str(error), f"'{type(value).__name__}'"
    if isinstance(error, TypeError):
        return text.startswith(f"{kind} object is not ") or text.endswith(f"not {kind}") or f"of {kind} and" in text
    return isinstance(error, ValueError) and type(value) is str and repr(value) in text


def _fits(value: object, note: str, names: dict[str, Any]) -> bool:
    """Whether a value may stand where an annotation is; what is not a plain type takes anything."""
    return any(_fits_one(value, part.strip(), names) for part in note.split("|"))


def _places() -> Iterator[ModuleType]:
    """Where the types of annotations are, those too that a module names for its checks only."""
    names = ("builtins", "datetime", "decimal", "leanib.engine.symbols")
    return (sys.modules[name] for name in names if name in sys.modules)


def _fits_one(value: object, note: str, names: dict[str, Any]) -> bool:
    if note == "None":
        return value is None
    if note.startswith("Callable"):
        return callable(value)
    kind = next((vars(place)[note] for place in _places() if note in vars(place)), names.get(note))
    if not isinstance(kind, type) or kind is object:
        return True
    if kind in (int, float, Decimal):
        return isinstance(value, Number | Decimal | Enum)
    if kind is bool:
        return True  # everything is true or false
    if issubclass(kind, date):
        return isinstance(value, date) or hasattr(value, "to_pydatetime")
    if issubclass(kind, timedelta):
        return isinstance(value, timedelta)
    if kind is not str and not issubclass(kind, Enum):
        return True  # LEAN's classes stand for what becomes one, such as a ticker for a symbol
    return isinstance(value, kind) or (kind is str and hasattr(value, "symbol"))
