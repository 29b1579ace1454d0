"""Calling models that users write: derived from ours or not, in either naming style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leanib.engine.naming import to_pascal
from leanib.errors import UsageError

__all__ = ["method_of"]


def method_of(model: object, name: str) -> Callable[..., Any]:
    """The model's method of that snake_case name, or of its PascalCase name; UsageError where it has neither."""
    method = getattr(model, name, None) or getattr(model, to_pascal(name), None)
    if method is None:
        raise UsageError(f"{type(model).__name__} must define {name}()")
    found: Callable[..., Any] = method
    return found
