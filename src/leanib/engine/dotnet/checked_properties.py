"""Properties take what LEAN's take, in both spellings.

In LEAN `self.Settings.FreePortfolioValue = 5` and `self.settings.free_portfolio_value = 5` set the same property, and a
text is refused there. An attribute of a Python object has neither rule: the first would be an attribute of its own that
nobody reads.
"""

from __future__ import annotations

import sys
from typing import Any

from leanib.engine.dotnet.given import Overloads, kind_of
from leanib.engine.dotnet.signatures import Parameter
from leanib.engine.naming import Alias, to_pascal
from leanib.engine.naming.missing import namespaces

__all__ = ["hold_property"]

#: whose values are checked; those of others are only reachable in both spellings
_CHECKED = frozenset({"AlgorithmSettings", "QCAlgorithm", "Security", "UniverseSettings", "UpdateOrderFields"})
_CHECKED_END = "OrderProperties"
#: what is read in every time step, or for every price: a check of what is written would slow reading down
_READ_OFTEN = frozenset(
    """
    cache exchange holdings is_delisted is_tradable notify portfolio securities subscription_manager symbol_properties
    transactions
    """.split()  # noqa: SIM905 a list of names reads best as text
)
_DOTNET = {
    "bool": "System.Boolean",
    "datetime": "System.DateTime",
    "float": "System.Decimal",
    "int": "System.Int32",
    "str": "System.String",
    "timedelta": "System.TimeSpan",
}


def hold_property(owner: type, name: str, overloads: Overloads) -> None:
    """Make a property of a class settable in both spellings, and look at what it is set to."""
    pascal = to_pascal(name)
    is_checked = owner.__name__ in _CHECKED or owner.__name__.endswith(_CHECKED_END)
    if is_checked and name not in _READ_OFTEN:
        held = _Held(owner, name, overloads)
        # A property reads a slot without Python's help: models are asked for with every order.
        setattr(owner, name, held if held.inner is None else property(held.inner.__get__, held.__set__))
        setattr(owner, pascal, Alias(name))
    elif _static(owner, pascal) is None:
        setattr(owner, pascal, Alias(name))


def _static(owner: type, name: str) -> Any:
    """What a class has or inherits under a name, as it stands there."""
    return next((vars(kind)[name] for kind in owner.__mro__ if name in vars(kind)), None)


_NO_DEFAULT = object()


class _Held:
    """An attribute, slot or property of a class that refuses values of a wrong type when an algorithm sets them."""

    __slots__ = ("_default", "_name", "_overloads", "_title", "inner")

    def __init__(self, owner: type, name: str, overloads: Overloads) -> None:
        inner = _static(owner, name)
        self.inner: Any = inner if hasattr(inner, "__set__") else None
        #: what the class says of an object that nobody has set it of
        self._default: Any = inner if any(name in vars(kind) for kind in owner.__mro__) else _NO_DEFAULT
        self._name = name
        self._overloads = overloads
        self._title = f"{owner.__name__}.{name}"

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if self.inner is not None:
            return self.inner.__get__(instance, owner)
        try:
            return vars(instance)[self._name]
        except (KeyError, TypeError):  # not set, or asked of the class
            if self._default is not _NO_DEFAULT:
                return self._default
            raise AttributeError(f"there is no {self._title}", name=self._name, obj=instance) from None

    def __set__(self, instance: object, value: object) -> None:
        key = (type(value),)
        if key not in self._overloads.good:
            wrong = self._overloads.misfit(key, (value,), {}, sys._getframe(1))
            if wrong is not None:
                raise TypeError(
                    f"'{kind_of(value)}' value cannot be converted to {_converted(wrong[1])} ({self._title})"
                )
        if self.inner is not None:
            self.inner.__set__(instance, value)
        else:
            vars(instance)[self._name] = value


def _converted(parameter: Parameter) -> str:
    kind = parameter.kinds[0]
    space = namespaces().get(kind)
    return f"{space}.{kind}" if space else _DOTNET.get(kind, kind)
