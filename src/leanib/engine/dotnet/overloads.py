"""Methods that stand for several overloads of LEAN's, and so take any arguments, say when there are too few."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from leanib.engine.dotnet.exceptions import NoMethodMatches

__all__ = ["takes_at_least"]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def takes_at_least(count: int) -> Callable[[Callable[_Arguments, _Result]], Callable[_Arguments, _Result]]:
    """Decorates a method whose shortest overload has so many arguments, itself not counted."""

    def decorate(method: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
        name = "".join(part.capitalize() for part in method.__name__.split("_"))

        @wraps(method)
        def checked(*arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Result:
            if len(arguments) + len(named) <= count:
                raise NoMethodMatches(name, *arguments[1:], *named.values())
            return method(*arguments, **named)

        return checked

    return decorate
