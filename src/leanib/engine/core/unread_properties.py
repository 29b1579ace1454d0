"""Properties that LEAN's classes have and the engine's lack: what they are set to changes nothing, and a run is told.

Without them an assignment, `option.enable_greek_approximation = True`, would be an attribute that nobody reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leanib.engine.naming import Alias, to_pascal
from leanib.engine.naming.missing import MissingMember, lean_setters, refusal
from leanib.engine.symbols import PerRun

__all__ = ["UNREAD", "Unread", "tell_of_unread"]


class Unread:
    """What a run set in vain; `tell` takes what is said of it, once for each property."""

    def __init__(self) -> None:
        self.tell: Callable[[str], None] = lambda _message: None
        self._told: set[str] = set()

    def note(self, title: str) -> None:
        """A property was set."""
        if title not in self._told:
            self._told.add(title)
            self.tell(f"Warning: the embedded engine has no {title}; what it is set to changes nothing.")


UNREAD = PerRun(Unread)


def tell_of_unread(classes: Mapping[str, Any]) -> None:
    """Give the engine's classes, by name, the properties that only LEAN's have (`lean_setters`)."""
    for owner, members in lean_setters().items():
        kind = classes[owner]
        for member in members:
            setattr(kind, member, _UnreadProperty(f"{owner}.{member}"))
            setattr(kind, to_pascal(member), Alias(member))


class _UnreadProperty:
    __slots__ = ("_member", "_title")

    def __init__(self, title: str) -> None:
        self._title, self._member = title, title.rpartition(".")[2]

    def __get__(self, instance: object | None, owner: type | None = None) -> Any:
        kept = getattr(instance, "__dict__", {})
        if self._member in kept:
            return kept[self._member]
        raise MissingMember(refusal(self._title))

    def __set__(self, instance: object, value: object) -> None:
        UNREAD().note(self._title)
        if hasattr(instance, "__dict__"):
            vars(instance)[self._member] = value
