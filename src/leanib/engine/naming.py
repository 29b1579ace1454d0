"""PEP 8 and PascalCase names for the same thing, as in LEAN.

LEAN's Python API answers to `self.set_cash` and to `self.SetCash`. Here everything is written once, in snake_case, and
`LeanNames`, `LeanObject` and `LeanEnum` answer to the other form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, EnumMeta
from functools import cache
from typing import Any

__all__ = ["LeanEnum", "LeanIntEnum", "LeanNames", "LeanObject", "to_pascal", "to_snake"]

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def to_snake(name: str) -> str:
    """`TotalPortfolioValue` to `total_portfolio_value`, `SMA` to `sma` (LEAN's `Extensions.ToSnakeCase`)."""
    return _WORD_START.sub("_", name).lower()


@cache
def to_pascal(name: str) -> str:
    """`total_portfolio_value` to `TotalPortfolioValue`."""
    return "".join([word[:1].upper() + word[1:] for word in name.split("_")])


class _Alias:
    """The other name of a class attribute that instances may hide by one of their own."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> Any:
        return getattr(owner if instance is None else instance, self._name)

    def __set__(self, instance: object, value: Any) -> None:
        setattr(instance, self._name, value)


class LeanNames:
    """Mixin: members written in snake_case are also reachable, settable and overridable in PascalCase.

    Members are what the class knows: methods, properties, slots, and instance attributes that it annotates.
    """

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        members = vars(cls)
        for name, value in list(members.items()):
            if name[0] == "_":
                continue
            if name[0].islower():
                pascal = to_pascal(name)
                if pascal not in members:
                    bound = callable(value) or hasattr(value, "__get__")
                    setattr(cls, pascal, value if bound else _Alias(name))
            elif name[0].isupper():
                snake = to_snake(name)
                if snake not in members and hasattr(cls, snake):
                    setattr(cls, snake, value)
        for name in members.get("__annotations__", ()):
            if name[0].islower() and (pascal := to_pascal(name)) not in members:
                setattr(cls, pascal, _Alias(name))

    def to_string(self) -> str:
        """.NET's `ToString()`: what `str()` gives."""
        return str(self)

    ToString = to_string


class LeanObject(LeanNames):
    """Likewise, and every instance attribute, annotated or not, is reachable in PascalCase.

    The price: where a class has a `__getattr__`, Python looks every attribute up in the slow way, also those that it
    finds. What the engine touches in every time step is a LeanNames for that reason.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        # Reached only when ordinary look-up failed: an instance attribute asked for by its other name.
        if name[:1].isupper():
            snake = to_snake(name)
            if snake != name:
                return getattr(self, snake)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)


class _LeanEnumMeta(EnumMeta):
    """Looks a member up by LEAN's PascalCase name when its UPPER_SNAKE name is not what was asked for."""

    def __getattr__(cls, name: str) -> Any:
        if name[:1].isupper():
            members: Mapping[str, Any] = cls.__members__
            for upper in (to_snake(name).upper(), name.upper()):
                if upper in members:  # a member whose number is 0 is false
                    return members[upper]
        raise AttributeError(name)


class LeanEnum(Enum, metaclass=_LeanEnumMeta):
    """An enum whose members are `Resolution.DAILY` and `Resolution.Daily` alike; str() is LEAN's name."""

    def __str__(self) -> str:
        return to_pascal(self.name.lower())

    def __int__(self) -> int:
        return int(self.value)


class LeanIntEnum(int, LeanEnum):
    """A LeanEnum whose members are integers too: ordered, hashed as their number."""

    __str__ = LeanEnum.__str__
