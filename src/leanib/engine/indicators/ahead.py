"""Indicators that can say beforehand what they will be, as long as nothing but their data comes.

Whoever feeds such an indicator, and the consolidator before it, gives it its `current` point and its `samples` as they
come, and keeps the rest of what changes back until somebody asks for any of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from leanib.engine.naming import LeanObject

__all__ = ["BarFeeder", "Lagging", "LooksAhead", "give_back", "keep_back"]


class Lagging(LeanObject):
    """Mixin: some attributes may be kept back by somebody; who asks for one of them makes him give all of them back."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        # Reached only when ordinary look-up failed.
        return_them: Callable[[], object] | None = vars(self).pop("_return_them", None)
        if return_them is None:
            return super().__getattr__(name)
        return_them()
        return getattr(self, name)


def keep_back(thing: Lagging, names: tuple[str, ...], return_them: Callable[[], object]) -> dict[str, Any]:
    """Take attributes away from an object that calls `return_them` when one of them is asked for."""
    own = vars(thing)
    kept = {name: own.pop(name) for name in names}
    own["_return_them"] = return_them
    return kept


def give_back(thing: Lagging, kept: dict[str, Any]) -> None:
    """Give attributes back, without those that somebody has set in the meantime."""
    own = vars(thing)
    own.pop("_return_them", None)
    own.update({name: value for name, value in kept.items() if name not in own})


class LooksAhead(Lagging):
    """Mixin of an indicator of values; `changing` names what it changes beside the attributes of every indicator."""

    __slots__ = ()

    changing: ClassVar[tuple[str, ...]] = ()

    def look_ahead(self, values: list[float]) -> Iterator[float]:
        """What it will be after each of some values, which it does not take in; ends where it cannot say."""
        raise NotImplementedError

    def catch_up(self, values: list[float]) -> None:
        """Take in what `look_ahead` looked at, but for `current` and `samples`, which are there already."""


class BarFeeder:
    """What a consolidator calls with its bars: an indicator takes them."""

    __slots__ = ("_push", "indicator")

    def __init__(self, indicator: Any) -> None:
        self.indicator = indicator
        self._push = indicator.push

    @property
    def looks_ahead(self) -> bool:
        """Whether the indicator does; of a user's subclass nobody knows."""
        return "look_ahead" in vars(type(self.indicator))

    def __call__(self, _sender: object, bar: object) -> bool:
        """Feed it."""
        return self._push(bar)  # type: ignore[no-any-return]
