"""The mark that makes a method a fault, which scenario files and the control API may call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def fault(method: F) -> F:
    """Mark a method as a fault."""
    method.is_fault = True  # type: ignore[attr-defined]
    return method
