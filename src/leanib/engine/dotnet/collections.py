"""`System.Collections.Generic` as algorithms use it: Python's own containers, answering to .NET's member names too."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, TypeVar

from leanib.engine.naming import LeanObject

__all__ = ["Dictionary", "HashSet", "List", "Queue"]

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class List(list[T], LeanObject):
    """`List[type]()`: a list with `add`, `count` and their like."""

    def add(self, item: T) -> None:
        """Append one."""
        self.append(item)

    def add_range(self, items: Iterable[T]) -> None:
        """Append several."""
        self.extend(items)

    def contains(self, item: T) -> bool:
        """Whether it is in the list."""
        return item in self

    def to_list(self) -> list[T]:
        """A copy."""
        return list(self)

    @property
    def count(self) -> int:  # type: ignore[override]  # .NET's property, not Python's method
        """How many there are."""
        return len(self)


class Dictionary(dict[K, V], LeanObject):
    """`Dictionary[key, value]()`: a dict with `add`, `contains_key` and their like."""

    def add(self, key: K, value: V) -> None:
        """Put a new key in."""
        self[key] = value

    def contains_key(self, key: K) -> bool:
        """Whether there is such a key."""
        return key in self

    def remove(self, key: K) -> bool:
        """Take a key out; whether it was there."""
        return self.pop(key, _MISSING) is not _MISSING

    def try_get_value(self, key: K, default: object = None) -> tuple[bool, Any]:
        """Whether the key is there, and its value."""
        return key in self, self.get(key, default)

    @property
    def count(self) -> int:
        """How many keys there are."""
        return len(self)


class HashSet(set[T], LeanObject):
    """`HashSet[type]()`."""

    def contains(self, item: T) -> bool:
        """Whether it is in the set."""
        return item in self

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self)


class Queue(deque[T], LeanObject):
    """`Queue[type]()`: first in, first out."""

    def enqueue(self, item: T) -> None:
        """Put one at the end."""
        self.append(item)

    def dequeue(self) -> T:
        """Take the first."""
        return self.popleft()

    def peek(self) -> T:
        """Look at the first."""
        return self[0]


_MISSING: Any = object()
