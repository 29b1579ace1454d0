"""A method with more than a function can do, such as `history`, which also takes a type in square brackets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

__all__ = ["MethodObject"]

T = TypeVar("T")


class MethodObject(Generic[T]):
    """An object that stands for a method: as with every method, an algorithm may have an attribute of that name.

    A property would refuse `self.history = ...`. In LEAN it hides the method under this spelling and no other.
    """

    def __init__(self, get: Callable[[Any], T]) -> None:
        self.fget = get
        self.__doc__ = get.__doc__

    def __get__(self, instance: object | None, owner: type | None = None) -> T:
        return self.fget(instance) if instance is not None else self  # type: ignore[return-value]
