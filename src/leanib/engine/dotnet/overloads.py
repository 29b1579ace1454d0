"""Methods that stand for several overloads of LEAN's, and so take any arguments, say when there are too few."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from leanib.engine.dotnet.exceptions import NoMethodMatches

__all__ = ["method_name", "takes_at_least"]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def method_name(method: Callable[..., object]) -> str:
    """A method by LEAN's name: `MarketOrder`, and `SMA` of those that make indicators."""
    name = method.__name__
    if "indicator" in method.__module__ and "_" not in name:
        return name.upper()
    return "".join(part.capitalize() for part in name.split("_"))


def takes_at_least(count: int) -> Callable[[Callable[_Arguments, _Result]], Callable[_Arguments, _Result]]:
    """Decorates a method whose shortest overload has so many arguments, itself not counted."""

    def decorate(method: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
        name = method_name(method)

        @wraps(method)
        def checked(*arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Result:
            if len(arguments) + len(named) <= count:
                raise NoMethodMatches(name, *arguments[1:], *named.values())
            return method(*arguments, **named)

        return checked

    return decorate
