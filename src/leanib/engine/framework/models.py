"""Models that users write without deriving from ours, in snake_case or PascalCase."""

from __future__ import annotations

from typing import Any

from leanib.engine.naming import LeanNames, to_pascal

__all__ = ["adapted"]


class _Adapter:
    """Answers to snake_case names for an object that may have only the PascalCase ones."""

    def __init__(self, model: object) -> None:
        self.__dict__["_model"] = model

    def __getattr__(self, name: str) -> Any:
        model = self.__dict__["_model"]
        if hasattr(model, name):
            return getattr(model, name)
        if hasattr(model, to_pascal(name)):
            return getattr(model, to_pascal(name))
        if name.startswith("on_"):
            return _ignore
        raise AttributeError(f"'{type(model).__name__}' has to define '{name}'")

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self.__dict__["_model"], name, value)


def _ignore(*_: object) -> None:
    """A notification that the model does not care for."""


def adapted(model: object) -> Any:
    """A model as the engine calls it; a class is instantiated."""
    instance = model() if isinstance(model, type) else model
    return instance if isinstance(instance, LeanNames) else _Adapter(instance)
