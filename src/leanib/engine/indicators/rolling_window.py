"""A window over the last values (`Common/Indicators/RollingWindow.cs`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Any, Generic, TypeVar

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.naming import LeanNames

__all__ = ["RollingWindow"]

T = TypeVar("T")


class RollingWindow(LeanNames, Generic[T]):
    """The last `size` values, the newest at index 0.

    `RollingWindow[float](5)` names the type of the values: an index with no value yet answers with that type's zero, or
    None. An index beyond the size widens the window, as in LEAN.
    """

    samples: int

    def __init__(self, size: int = 0, _default: Any = None) -> None:
        if size < 0:
            raise ArgumentException("RollingWindow must have a size of at least 0.")
        self._size = size
        self._items: deque[T] = deque(maxlen=None)
        self._removed: T | None = None
        self._default = _default
        self.samples = 0

    def __class_getitem__(cls, item: object) -> Any:
        default = item() if item in (int, float, bool) else None
        return partial(cls, _default=default)

    @property
    def size(self) -> int:
        """How many values the window holds at most."""
        return self._size

    @size.setter
    def size(self, value: int) -> None:
        self._size = value
        while len(self._items) > value:
            self._items.pop()

    @property
    def count(self) -> int:
        """How many values the window holds now."""
        return len(self._items)

    @property
    def is_ready(self) -> bool:
        """Whether the window has been filled once."""
        return self.samples >= self._size

    @property
    def most_recently_removed(self) -> T:
        """The value that the last `add` pushed out."""
        if self.samples <= self._size:
            raise RuntimeError("No items have been removed yet!")
        return self._removed  # type: ignore[return-value]

    def add(self, item: T) -> None:
        """Make an item the newest; the oldest leaves a full window."""
        self.samples += 1
        items, size = self._items, self._size
        if len(items) < size:
            items.appendleft(item)
        elif size:
            self._removed = items.pop()
            items.appendleft(item)

    def add_last(self, items: list[T], count: int) -> None:
        """As many items come as `count` says, of which these are the last: all, or one more than the window holds."""
        self.samples += count - len(items)
        for item in items:
            self.add(item)

    def reset(self) -> None:
        """Forget everything but the size."""
        self.samples = 0
        self._items.clear()

    def __getitem__(self, index: int) -> T:
        items = self._items
        if 0 <= index < len(items):
            return items[index]
        if index < 0:
            return self._from_end(index)
        if index >= self._size:
            self.size = index + 1
        return self._default  # type: ignore[no-any-return]

    def _from_end(self, index: int) -> T:
        if self._size + index < 0:
            raise IndexError("Index must be within the window's size.")
        position = len(self._items) + index
        return self._items[position] if position >= 0 else self._default

    def __setitem__(self, index: int, value: T) -> None:
        if index < 0:
            if self._size + index < 0:
                raise IndexError("Index must be within the window's size.")
            index += self._size
        if index >= self._size:
            self.size = index + 1
        while len(self._items) <= index:
            self.add(self._default)
        self._items[index] = value

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._items))

    def __repr__(self) -> str:
        newest = ", ".join(repr(item) for item in list(self)[:3])
        return f"<{type(self).__name__} {len(self._items)} of {self._size}: {newest}{', ...' * (len(self._items) > 3)}>"

    def __len__(self) -> int:
        return len(self._items)
