"""`System.Collections.Generic` as algorithms use it: Python's own containers, answering to .NET's member names too."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from leanib.engine.dotnet.exceptions import ArgumentOutOfRangeException
from leanib.engine.naming import LeanObject

__all__ = ["Dictionary", "HashSet", "List", "PyList", "Queue"]

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class List(list[T], LeanObject):
    """`List[type]()`, and what LEAN hands out as one: a list with `add`, `count` and their like."""

    __slots__ = ()

    @property
    def count(self) -> int:  # type: ignore[override]  # .NET's property, not Python's method
        """How many there are."""
        return len(self)

    def add(self, item: T) -> None:
        """Append one."""
        self.append(item)

    def add_range(self, items: Iterable[T]) -> None:
        """Append several."""
        self.extend(items)

    def insert_range(self, index: int, items: Iterable[T]) -> None:
        """Put several in before a place."""
        self[index:index] = items

    def contains(self, item: T) -> bool:
        """Whether it is in the list."""
        return item in self

    def exists(self, match: Callable[[T], object]) -> bool:
        """Whether there is one that a function says yes to."""
        return any(match(item) for item in self)

    def true_for_all(self, match: Callable[[T], object]) -> bool:
        """Whether a function says yes to all."""
        return all(match(item) for item in self)

    def index_of(self, item: T, index: int = 0) -> int:
        """The first place, from an index on, where it is; -1 when it is nowhere."""
        return next((place for place in range(index, len(self)) if self[place] == item), -1)

    def last_index_of(self, item: T) -> int:
        """The last place where it is; -1 when it is nowhere."""
        return next((place for place in reversed(range(len(self))) if self[place] == item), -1)

    def find(self, match: Callable[[T], object]) -> T | None:
        """The first that a function says yes to, or None."""
        return next((item for item in self if match(item)), None)

    def find_last(self, match: Callable[[T], object]) -> T | None:
        """The last that a function says yes to, or None."""
        return next((item for item in reversed(self) if match(item)), None)

    def find_all(self, match: Callable[[T], object]) -> List[T]:
        """All that a function says yes to."""
        return List(item for item in self if match(item))

    def find_index(self, match: Callable[[T], object]) -> int:
        """The place of the first that a function says yes to; -1 without one."""
        return next((place for place, item in enumerate(self) if match(item)), -1)

    def get_range(self, index: int, count: int) -> List[T]:
        """So many from a place on."""
        self._check(index, count)
        return List(self[index : index + count])

    def for_each(self, action: Callable[[T], object]) -> None:
        """Call a function with each."""
        for item in self:
            action(item)

    def remove(self, item: T) -> bool:  # type: ignore[override]  # .NET's says, where Python's raises
        """Take the first that is equal out; whether there was one."""
        place = self.index_of(item)
        if place >= 0:
            del self[place]
        return place >= 0

    def remove_at(self, index: int) -> None:
        """Take out what is at a place."""
        self._check(index, 1)
        del self[index]

    def remove_range(self, index: int, count: int) -> None:
        """Take so many out from a place on."""
        self._check(index, count)
        del self[index : index + count]

    def remove_all(self, match: Callable[[T], object]) -> int:
        """Take out all that a function says yes to; how many there were."""
        before = len(self)
        self[:] = [item for item in self if not match(item)]
        return before - len(self)

    def to_list(self) -> List[T]:
        """A copy."""
        return List(self)

    def to_array(self) -> list[T]:
        """A copy as an array."""
        return list(self)

    def _check(self, index: int, count: int) -> None:
        """A place of .NET's counts from the start only."""
        if index < 0 or count < 0 or index + count > len(self):
            raise ArgumentOutOfRangeException(
                f"Index was out of range. Must be non-negative and less than the size of the collection ({len(self)})."
            )


class _Count(int):
    """How many there are, which called as Python's `list.count(item)` says how many equal an item."""

    _counted: list[Any]

    def __call__(self, item: object) -> int:
        return list.count(self._counted, item)

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        """A copy is a number."""
        return int, (int(self),)


class PyList(List[T]):
    """What LEAN makes a Python list of, the keys of a dictionary say, though in C# it is a .NET list or collection.

    `keys().count` is met as both: a number, and Python's method.
    """

    __slots__ = ()

    @property
    def count(self) -> int:  # type: ignore[override]
        """How many there are; called with an item, how many equal that."""
        number = _Count(len(self))
        number._counted = self
        return number

    def remove(self, item: T) -> None:  # type: ignore[override]
        """Take the first that is equal out; a ValueError where there is none, as in Python."""
        list.remove(self, item)


class Dictionary(dict[K, V], LeanObject):
    """`Dictionary[key, value]()`, and what LEAN hands out as one: a dict with `add`, `contains_key` and their like."""

    __slots__ = ()

    def add(self, key: K, value: V) -> None:
        """Put a new key in."""
        self[key] = value

    def contains_key(self, key: K) -> bool:
        """Whether there is such a key."""
        return key in self

    def contains_value(self, value: V) -> bool:
        """Whether a key has such a value."""
        return value in dict.values(self)

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

    def keys(self) -> PyList[K]:  # type: ignore[override]  # a view, in Python
        """The keys."""
        return PyList(dict.keys(self))

    def values(self) -> PyList[V]:  # type: ignore[override]
        """The values."""
        return PyList(dict.values(self))

    def items(self) -> PyList[tuple[K, V]]:  # type: ignore[override]
        """Pairs of key and value."""
        return PyList(dict.items(self))

    @property
    def Keys(self) -> List[K]:  # noqa: N802 - .NET's property; the method is Python's
        """The keys."""
        return List(dict.keys(self))

    @property
    def Values(self) -> List[V]:  # noqa: N802
        """The values."""
        return List(dict.values(self))


class HashSet(set[T], LeanObject):
    """`HashSet[type]()`, and what LEAN hands out as one."""

    __slots__ = ()

    def add(self, item: T) -> bool:  # type: ignore[override]  # .NET's says, where Python's does not
        """Put one in; whether it is new."""
        is_new = item not in self
        set.add(self, item)
        return is_new

    def contains(self, item: T) -> bool:
        """Whether it is in the set."""
        return item in self

    def remove(self, item: T) -> bool:  # type: ignore[override]
        """Take one out; whether it was there."""
        was_there = item in self
        self.discard(item)
        return was_there

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self)


class Queue(deque[T], LeanObject):
    """`Queue[type]()`, and what LEAN hands out as one: first in, first out."""

    @property
    def count(self) -> int:  # type: ignore[override]  # .NET's property, not Python's method
        """How many there are."""
        return len(self)

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
