"""PEP 8 and PascalCase names for the same thing, as in LEAN.

LEAN's Python API answers to `self.set_cash` and to `self.SetCash`. Here everything is written once, in snake_case, and
`LeanNames`, `LeanObject` and `LeanEnum` answer to the other form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, EnumMeta
from functools import cache, partial, wraps
from inspect import signature
from types import FunctionType
from typing import Any, ClassVar

__all__ = [
    "Alias",
    "LeanEnum",
    "LeanIntEnum",
    "LeanNames",
    "LeanObject",
    "LeanType",
    "also_named",
    "in_order",
    "names_of",
    "readable",
    "standing_for",
    "takes_either",
    "to_pascal",
    "to_snake",
]

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def readable(self: object) -> str:
    """The `__repr__` of a class whose `str()` says what its object is: `<Cash USD: $100000.00>`, for debuggers."""
    return f"<{type(self).__name__} {self}>"


def names_of(things: Iterable[Any], most: int = 8) -> str:
    """The first few of many things, for a `__repr__`: `AAPL, IBM and 3 more`."""
    shown = [str(thing) for thing in things]
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" and {rest} more" if rest > 0 else "")


@cache
def to_snake(name: str) -> str:
    """`TotalPortfolioValue` to `total_portfolio_value`, `SMA` to `sma` (LEAN's `Extensions.ToSnakeCase`)."""
    return _WORD_START.sub("_", name).lower()


@cache
def to_pascal(name: str) -> str:
    """`total_portfolio_value` to `TotalPortfolioValue`."""
    return "".join([word[:1].upper() + word[1:] for word in name.split("_")])


@cache
def _parameter(name: str) -> str:
    """A C# parameter's name as we write it; what is snake_case already stays."""
    return name if name.islower() else to_snake(name)


def standing_for(function: Callable[..., Any], wrapper: Callable[..., Any]) -> Callable[..., Any]:
    """The wrapper with the name, text and annotations of its function, as `functools.wraps` gives them.

    In a third of the time: of LEAN's classes thousands of methods are wrapped before an algorithm starts.
    """
    wrapper.__module__, wrapper.__doc__ = function.__module__, function.__doc__
    wrapper.__name__, wrapper.__qualname__ = function.__name__, function.__qualname__
    wrapper.__annotations__ = function.__annotations__
    wrapper.__dict__.update(function.__dict__)
    wrapper.__wrapped__ = function  # type: ignore[attr-defined]
    return wrapper


def takes_either(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with its parameters by LEAN's C# names (`fillForward=`) as well as by ours (`fill_forward=`)."""

    def named_either_way(*arguments: Any, **named: Any) -> Any:
        if named:
            named = {_parameter(name): value for name, value in named.items()}
        return function(*arguments, **named)

    return standing_for(function, named_either_way)


def also_named(**names: str) -> Callable[[Callable[..., Any]], Any]:
    """Parameters by the names that LEAN's other overloads have for them: `also_named(symbols="symbol")`."""

    def with_names(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def named_as_any_overload(*arguments: Any, **named: Any) -> Any:
            if named:
                named = {names.get(name, name): value for name, value in named.items()}
            return function(*arguments, **named)

        named_as_any_overload.also_named = names  # type: ignore[attr-defined]
        return named_as_any_overload

    return with_names


def in_order(arguments: tuple[Any, ...], named: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    """Arguments of overloads that differ in kind: what is named comes after what is not, in the overloads' order."""
    unknown = [name for name in named if name not in names]
    if unknown:
        raise TypeError(f"there is no argument '{unknown[0]}'")
    return (*arguments, *(named[name] for name in names if name in named))


def _in_pascal(value: Any) -> Any:
    """A method as its PascalCase name gives it."""
    if isinstance(value, FunctionType):
        return takes_either(value) if _is_plain(value) else value
    if isinstance(value, (staticmethod, classmethod)):
        function = value.__func__
        return type(value)(takes_either(function)) if _is_plain(function) else value
    return value


def _is_plain(value: Any) -> bool:
    """Whether it is a function with parameters that can be named."""
    return isinstance(value, FunctionType) and value.__code__.co_argcount + value.__code__.co_kwonlyargcount > 0


class Alias:
    """The other name of a class attribute that instances may hide by one of their own."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> Any:
        return getattr(owner if instance is None else instance, self._name)

    def __set__(self, instance: object, value: Any) -> None:
        setattr(instance, self._name, value)


_OURS = "leanib."


def _take_constructor_arguments(cls: type) -> None:
    """Constructors take C# parameter names too; a user's subclass without one takes the base's arguments, or any.

    LEAN hands the arguments of such a subclass to the .NET constructor that fits, and drops them when none does.
    """
    own = vars(cls).get("__init__")
    if own is not None:
        if cls.__module__.startswith(_OURS) and _is_plain(own) and not cls.is_made_often:  # type: ignore[attr-defined]
            cls.__init__ = takes_either(own)  # type: ignore[misc]
        return
    if cls.__module__.startswith(_OURS) or vars(cls).get("__new__") is not None or _makes_itself(cls):
        return
    base = next((kind for kind in cls.__mro__[1:] if "__init__" in vars(kind)), object)
    if base is object or base.__module__.startswith(_OURS):
        cls.__init__ = _lax_constructor(cls, base)  # type: ignore[misc]


def _makes_itself(cls: type) -> bool:
    """Whether a class of the engine's above it has a `__new__` that takes the arguments."""
    return any("__new__" in vars(kind) and kind.__module__.startswith(_OURS) for kind in cls.__mro__)


def _lax_constructor(cls: Any, base: type) -> Callable[..., None]:
    def __init__(self: Any, *arguments: Any, **named: Any) -> None:  # noqa: N807
        construct = super(cls, self).__init__
        if base is object or (not arguments and not named):
            construct()
            return
        try:
            signature(construct).bind(*arguments, **{_parameter(name): value for name, value in named.items()})
        except TypeError:
            construct()
            return
        construct(*arguments, **named)

    __init__.__wrapped__ = base.__init__  # type: ignore[attr-defined,misc]
    __init__.__module__ = _OURS + "engine.naming"
    return __init__


class LeanType(type):
    """Classes that print with LEAN's name, as they do in LEAN's Python: `<class 'QuantConnect.Symbol'>`."""

    def __repr__(cls) -> str:
        return _class_text(cls)

    def __getattr__(cls, name: str) -> Any:
        # Reached only when ordinary look-up failed.
        raise _refusal(cls, name) or AttributeError(
            f"type object '{cls.__name__}' has no attribute '{name}'", name=name, obj=cls
        )


def _refusal(cls: type, name: str) -> AttributeError | None:
    """What says that LEAN has a member and the engine has not."""
    if name.startswith("_") or name in vars(cls).get("__annotations__", ()):  # the latter are instances'
        return None
    from leanib.engine.naming.missing import missing_member  # reads a file, when something is wrong

    return missing_member(cls, to_snake(name))


def _class_text(cls: type) -> str:
    from leanib.engine.naming.missing import namespaces  # reads a file, for a text that is seldom made

    space = namespaces().get(cls.__name__) if cls.__module__.startswith(_OURS) else None
    return f"<class '{space or cls.__module__}.{cls.__qualname__}'>"


class LeanNames(metaclass=LeanType):
    """Mixin: members written in snake_case are also reachable, settable and overridable in PascalCase.

    Members are what the class knows: methods, properties, slots, and instance attributes that it annotates.
    """

    __slots__ = ()

    #: whether so many are made that their constructor takes no other names of its parameters
    is_made_often: ClassVar[bool] = False

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
                    setattr(cls, pascal, _in_pascal(value) if bound else Alias(name))
            elif name.isupper():
                constant = to_pascal(name.lower())
                if constant not in members:
                    setattr(cls, constant, value)
            elif name[0].isupper():
                snake = to_snake(name)
                if snake not in members and any(snake in vars(kind) for kind in cls.__mro__):
                    setattr(cls, snake, value)
        for name in members.get("__annotations__", ()):
            if name[0].islower() and (pascal := to_pascal(name)) not in members:
                setattr(cls, pascal, Alias(name))
        _take_constructor_arguments(cls)

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
        elif name[:4] in ("set_", "get_"):
            # .NET's accessors, `set_Value(x)` or `set_value(x)`, of what is a property here.
            member = to_snake(name[4:])
            if hasattr(type(self), member) or member in getattr(self, "__dict__", ()):
                return partial(setattr, self, member) if name[0] == "s" else partial(getattr, self, member)
        raise _refusal(type(self), name) or AttributeError(
            f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self
        )


class _LeanEnumMeta(EnumMeta):
    """Looks a member up by LEAN's PascalCase name when its UPPER_SNAKE name is not what was asked for."""

    def __repr__(cls) -> str:
        return _class_text(cls)

    def __getattr__(cls, name: str) -> Any:
        if name[:1].isupper():
            members: Mapping[str, Any] = cls.__members__
            for upper in (to_snake(name).upper(), name.upper()):
                if upper in members:  # a member whose number is 0 is false
                    return members[upper]
        raise AttributeError(f"type object '{cls.__name__}' has no attribute '{name}'", name=name, obj=cls)


class LeanEnum(Enum, metaclass=_LeanEnumMeta):
    """An enum whose members are `Resolution.DAILY` and `Resolution.Daily` alike.

    `str()` and f-strings give `PARTIALLY_FILLED`, as in LEAN's Python; `to_string()` gives `PartiallyFilled`, .NET's
    name, which is also what LEAN itself writes into messages and files.
    """

    @classmethod
    def _missing_(cls, value: object) -> LeanEnum | None:
        """A number stands for a member whose value here is a text, as it does in C#."""
        members = list(cls)
        if isinstance(value, int) and not any(isinstance(member.value, int) for member in members):
            return members[value] if 0 <= value < len(members) else None
        return None

    def __str__(self) -> str:
        return self.name

    @property
    def lean_name(self) -> str:
        """.NET's name of the member."""
        return to_pascal(self.name.lower())

    def to_string(self) -> str:
        """.NET's `ToString()`."""
        return self.lean_name

    def ToString(self) -> str:  # noqa: N802 - the other spelling
        """.NET's `ToString()`."""
        return self.lean_name

    def __int__(self) -> int:
        return int(self.value)


class LeanIntEnum(int, LeanEnum):
    """A LeanEnum whose members are integers too: ordered, hashed as their number."""

    __str__ = LeanEnum.__str__
