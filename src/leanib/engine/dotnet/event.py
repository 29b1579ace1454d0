"""LEAN's events: `thing.updated += handler` registers a handler, `-=` takes it away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

__all__ = ["Event"]


class Event:
    """A list of handlers, called in the order in which they were added."""

    __slots__ = ("handlers",)

    def __init__(self) -> None:
        self.handlers: tuple[Callable[..., Any], ...] = ()

    def __iadd__(self, handler: Callable[..., Any]) -> Self:
        self.handlers = (*self.handlers, handler)
        return self

    def __isub__(self, handler: Callable[..., Any]) -> Self:
        kept = list(self.handlers)
        if handler in kept:
            kept.remove(handler)
        self.handlers = tuple(kept)
        return self

    def __call__(self, *arguments: object) -> None:
        """Call the handlers."""
        for handler in self.handlers:
            handler(*arguments)

    def __len__(self) -> int:
        return len(self.handlers)
