"""LEAN's dictionaries as Python algorithms use them (`Common/ExtendedDictionary.cs`).

Iterating yields key-value pairs, as .NET does (`for pair in portfolio: pair.key, pair.value`); Python's own `keys()`,
`values()`, `items()` and `in` work too.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

from leanib.engine.dotnet.collections import List, PyList
from leanib.engine.market.dictionary import KeyValuePair
from leanib.engine.naming import LeanNames, also_named, names_of

__all__ = ["ExtendedDictionary"]

K = TypeVar("K")
V = TypeVar("V")


class ExtendedDictionary(LeanNames, Generic[K, V]):
    """A mapping over `_items()`, a dict that the subclass keeps."""

    @abstractmethod
    def _items(self) -> dict[K, V]:
        """What iteration shows."""

    @abstractmethod
    def find(self, key: object) -> V | None:
        """The value of a key in any of its forms, or None."""

    def __getitem__(self, key: object) -> V:
        value = self.find(key)
        if value is None:
            raise KeyError(self._missing(key))
        return value

    @abstractmethod
    def _missing(self, key: object) -> str:
        """The message for a key that is not there."""

    def __contains__(self, key: object) -> bool:
        return self.find(key) is not None

    def __iter__(self) -> Iterator[Any]:
        return iter([KeyValuePair(key, value) for key, value in self._items().items()])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {names_of(self._items())}>"

    def __len__(self) -> int:
        return len(self._items())

    @property
    def count(self) -> int:
        """How many entries there are."""
        return len(self._items())

    @also_named(symbol="key")
    def contains_key(self, key: object) -> bool:
        """Whether the key is there."""
        return key in self

    @also_named(symbol="key", default_value="default")
    def get(self, key: object, default: object = None) -> Any:
        """The value of a key, or the default."""
        value = self.find(key)
        return default if value is None else value

    get_value = get

    @also_named(symbol="key", security="value", holding="value")
    def try_get_value(self, key: object, value: object = None) -> tuple[bool, V | None]:
        """Whether the key is there, and its value."""
        found = self.find(key)
        return found is not None, found

    def keys(self) -> PyList[K]:
        """The keys, in the order of insertion."""
        return PyList(self._items())

    def values(self) -> PyList[V]:
        """The values, in the order of insertion."""
        return PyList(self._items().values())

    def items(self) -> PyList[Any]:
        """Key-value pairs, in the order of insertion."""
        return PyList(self)

    def get_keys(self) -> PyList[K]:
        """LEAN's name for the keys."""
        return self.keys()

    def get_values(self) -> PyList[V]:
        """LEAN's name for the values."""
        return self.values()

    def get_items(self) -> PyList[Any]:
        """LEAN's name for the pairs."""
        return self.items()

    def copy(self) -> dict[K, V]:
        """A plain dict of the entries."""
        return dict(self._items())

    def pop(self, key: object, *default: object) -> Any:
        """Takes an entry out, and returns it; or the default when it is not there."""
        found = self.find(key)
        if found is None and default:
            return default[0]
        value = self[key]
        self.remove(key)
        return value

    @also_named(symbol="key", default_value="default")
    def setdefault(self, key: object, default: object = None) -> Any:
        """The value of a key, which is the default from now on when there was none."""
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, other: Mapping[Any, Any]) -> None:
        """Sets all entries of another dictionary."""
        for key, value in other.items():
            self[key] = value

    def remove(self, key: Any) -> bool:
        """Takes an entry out; whether it was there."""
        raise NotImplementedError(f"entries of {type(self).__name__} cannot be removed")

    def clear(self) -> None:
        """Takes everything out."""
        raise NotImplementedError(f"{type(self).__name__} cannot be cleared")

    def __setitem__(self, key: Any, value: Any) -> None:
        raise NotImplementedError(f"entries of {type(self).__name__} cannot be set")

    @property
    def Keys(self) -> List[K]:  # noqa: N802 - LEAN's property; the method is Python's
        """The keys."""
        return List(self._items())

    @property
    def Values(self) -> List[V]:  # noqa: N802
        """The values."""
        return List(self._items().values())
