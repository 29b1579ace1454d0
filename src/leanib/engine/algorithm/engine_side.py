"""The engine's side of an algorithm: LEAN's own members, whatever a user's class or attributes call by their names.

LEAN's algorithm is two objects: the C# base, with which the engine works, and the Python object, whose event handlers
it calls. A `def debug(self, ...)` or `self.error = ...` of the Python object is nobody's business but the user's. Here
both are one object's worth of attributes seen through two classes: the user's, and one made here of the engine's.
"""

from __future__ import annotations

from functools import cache, partial
from operator import attrgetter
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from leanib.engine.algorithm.events import AlgorithmEvents
from leanib.engine.naming import MethodObject, to_pascal

if TYPE_CHECKING:
    from leanib.engine.algorithm.algorithm import QCAlgorithm

    T = TypeVar("T", bound=QCAlgorithm)

__all__ = ["HANDLERS", "engine_side"]

#: of the handlers, what LEAN calls on its base (`AlgorithmPythonWrapper.cs`)
_OF_THE_BASE = frozenset({"on_framework_data", "framework_post_initialize"})
#: what LEAN calls on the user's object
HANDLERS = frozenset(
    name for name in vars(AlgorithmEvents) if name[0].islower() and name not in _OF_THE_BASE
)


def engine_side(algorithm: T) -> T:
    """The same algorithm and attributes: the methods are the engine's, the handlers the user's."""
    kind = next(kind for kind in type(algorithm).__mro__ if kind.__module__.startswith("leanib.engine."))
    side: Any = object.__new__(_side_of(kind))
    side.__dict__ = vars(algorithm)
    vars(algorithm).update(_qc_users=algorithm, _qc_base=side)
    return cast("T", side)


@cache
def _side_of(kind: type) -> type:
    """A class below the engine's whose methods no attribute of an instance hides.

    Properties, which come before the attributes of an instance, and made of what is written in C: a call of a method
    costs less than a tenth of a microsecond more than on the user's object.
    """
    members: dict[str, Any] = {"__module__": __name__, "__getattr__": _users_own}
    for part in reversed(kind.__mro__[:-1]):
        for name, member in vars(part).items():
            if name[0] == "_":
                continue
            if isinstance(member, FunctionType):
                members[name] = property(partial(MethodType, member))
            elif isinstance(member, MethodObject):
                members[name] = property(member.fget)
    for name in HANDLERS:
        for form in (name, to_pascal(name)):
            members[form] = property(attrgetter(f"_qc_users.{form}"))
    return type(kind)(kind.__name__, (kind,), members)


def _users_own(self: Any, name: str) -> Any:
    """What only the user's class has: models are handed the user's object, and whoever is handed this one finds all."""
    if name == "_qc_users":
        raise AttributeError(name)
    return getattr(self._qc_users, name)
