"""Models that users write without deriving from ours, in either naming style."""

from __future__ import annotations

from typing import Any

from leanib.engine.naming import LeanObject, to_pascal

__all__ = ["adapted"]


class _Adapter:
    """Answers snake_case names from an object that has them in PascalCase."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        model = self._model
        return getattr(model, name) if hasattr(model, name) else getattr(model, to_pascal(name))


def adapted(model: Any) -> Any:
    """The model itself when it knows both naming styles, otherwise something that does."""
    if isinstance(model, LeanObject) or not any(name[:1].isupper() for name in dir(type(model))):
        return model
    return _Adapter(model)
