"""x"""
from __future__ import annotations

from typing import Any


def make_universe(algorithm: Any, arguments: Any, options: Any) -> Any:
    return arguments[0]
