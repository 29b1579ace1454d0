"""Code in LEAN's ways: models in either naming style that do not derive from ours, generic methods."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any, Generic, TypeVar

from leanib.engine.naming import LeanNames, to_pascal

__all__ = ["GenericMethod", "TypedMethod", "adapted", "is_users"]


class GenericMethod:
    """A method that may be called as LEAN's generic ones are: `method[Type](...)` is `method(...)`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self if instance is None else _BoundGenericMethod(self._function, instance)


class _BoundGenericMethod:
    def __init__(self, function: Callable[..., Any], instance: Any) -> None:
        self._function = function
        self._instance = instance

    def __call__(self, *arguments: object, **options: object) -> Any:
        return self._function(self._instance, *arguments, **options)

    def __getitem__(self, _type: object) -> _BoundGenericMethod:
        return self


T = TypeVar("T")


class TypedMethod(Generic[T]):
    """A method of a type, which may stand in brackets as in C#: `method[Type]()` is `method(Type)`."""

    def __init__(self, function: Callable[..., T]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: object, owner: type | None = None) -> _BoundTypedMethod[T]:
        return _BoundTypedMethod(self._function, instance)


class _BoundTypedMethod(partial[T]):
    def __getitem__(self, kind: type) -> partial[T]:
        return partial(self, kind)


class _Adapter:
    """Answers snake_case names from an object that has them in PascalCase."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        model = self._model
        return getattr(model, name) if hasattr(model, name) else getattr(model, to_pascal(name))


def is_users(model: object) -> bool:
    """Whether a model is a user's own, which may do more than to answer."""
    kind: Any = type(model)
    return _is_users_class(kind)


@cache
def _is_users_class(kind: type) -> bool:
    return issubclass(kind, _Adapter) or not kind.__module__.startswith("leanib.")


def adapted(model: object) -> Any:
    """The model itself when it knows both naming styles, otherwise something that does."""
    if isinstance(model, LeanNames) or not any(name[:1].isupper() for name in dir(type(model))):
        return model
    return _Adapter(model)
