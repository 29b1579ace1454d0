"""Data points with any properties: the base of Python custom data (`Common/Data/DynamicData.cs`, `PythonData.cs`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from leanib.engine.custom.source import SourcedData
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.naming import to_snake
from leanib.engine.symbols import Symbol, SymbolCache

__all__ = ["DynamicData", "PythonData"]


class DynamicData(SourcedData):
    """Whatever is set that no class declares is kept by name, the case ignored, and becomes a column of a history."""

    __slots__ = ("_end", "_snake_names", "_storage")

    _storage: dict[str, Any]
    _snake_names: dict[str, str]

    def __new__(cls, *arguments: object, **options: object) -> Any:  # noqa: ARG004 a subclass may take any
        """Ready without `super().__init__()`, which user classes forget."""
        self = super().__new__(cls)
        put = object.__setattr__
        put(self, "_storage", {})
        put(self, "_snake_names", {})
        put(self, "_end", None)
        put(self, "time", NO_TIME)
        put(self, "symbol", None)
        put(self, "value", 0.0)
        put(self, "is_fill_forward", False)
        return self

    def __init__(self) -> None:
        pass

    @property
    def end_time(self) -> datetime:
        """When the data point was known; its time unless set."""
        return self._end or self.time

    @end_time.setter
    def end_time(self, value: datetime) -> None:
        object.__setattr__(self, "_end", value)
        if self.time is NO_TIME:
            object.__setattr__(self, "time", value)

    def __setattr__(self, name: str, value: object) -> None:
        if hasattr(type(self), name):
            object.__setattr__(self, name, _CONVERT[name](value) if name in _CONVERT else value)
        else:
            self._keep(name, value)

    def _keep(self, name: str, value: object) -> None:
        lower = name.lower()
        self._storage[lower] = value
        snake = to_snake(name)
        if snake != lower:
            self._snake_names[snake] = lower

    def __getattr__(self, name: str) -> Any:
        lower = name.lower()
        storage = self._storage if lower[:2] != "__" else {}
        if lower in storage:
            return storage[lower]
        known = self._snake_names.get(lower) if storage else None
        return storage[known] if known is not None else super().__getattr__(name)

    def set_property(self, name: str, value: object) -> Any:
        """Set a property by name."""
        lower = name.lower()
        if lower in _OWN:
            setattr(self, _OWN[lower], value)
        self._keep(name, value)
        return value

    def get_property(self, name: str) -> Any:
        """A property by name, the case ignored; raises KeyError, which names those there are."""
        lower = name.lower()
        if lower in _OWN:
            return getattr(self, _OWN[lower])
        key = lower if lower in self._storage else self._snake_names.get(lower)
        if key is None:
            known = ", ".join(self._storage)
            raise KeyError(f"Property with name '{name}' does not exist. Properties: Time, Symbol, Value {known}")
        return self._storage[key]

    def has_property(self, name: str) -> bool:
        """Whether a property of that name was set."""
        return name.lower() in self._storage

    def get_storage_dictionary(self) -> dict[str, Any]:
        """All that was set, by lower-case name."""
        return self._storage

    __getitem__ = get_property

    def __setitem__(self, name: str, value: Any) -> None:
        self.set_property(name, value)

    def __contains__(self, name: str) -> bool:
        return self.has_property(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._storage)

    def clone(self, fill_forward: bool | None = None) -> Any:
        """A copy that shares nothing that was set."""
        twin = super().clone(fill_forward)
        object.__setattr__(twin, "_storage", dict(self._storage))
        object.__setattr__(twin, "_snake_names", dict(self._snake_names))
        return twin


_OWN = {
    "time": "time",
    "endtime": "end_time",
    "end_time": "end_time",
    "value": "value",
    "price": "value",
    "symbol": "symbol",
}


def _to_symbol(value: Any) -> Symbol:
    return SymbolCache.get_symbol(value) if isinstance(value, str) else value


_CONVERT: dict[str, Any] = {
    "value": float,
    "Value": float,
    "price": float,
    "symbol": _to_symbol,
    "Symbol": _to_symbol,
}


class PythonData(DynamicData):
    """The base of custom data: define `get_source(config, date, is_live)` and `reader(config, line, date, is_live)`."""

    __slots__ = ()
