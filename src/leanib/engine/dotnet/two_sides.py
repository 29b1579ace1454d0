"""LEAN's algorithm is two objects: the C# base, with which the engine works, and the user's Python object."""

from __future__ import annotations

from typing import Any, TypeVar

__all__ = ["base_of", "users_of"]

T = TypeVar("T")


def base_of(algorithm: T) -> T:
    """The engine's side of an algorithm, whose methods are LEAN's own, whichever side is given."""
    side: Any = getattr(algorithm, "_qc_base", algorithm)
    return side  # type: ignore[no-any-return]


def users_of(algorithm: T) -> T:
    """The user's side of an algorithm, which users' own models are given, whichever side is given."""
    side: Any = getattr(algorithm, "_qc_users", algorithm)
    return side  # type: ignore[no-any-return]
