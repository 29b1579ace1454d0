"""Small classes of LEAN that algorithms construct by name: queues, JSON, providers of the data folder's files."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Generic, TypeVar

from leanib.engine.dotnet.event import Event
from leanib.engine.market.factor_files import FactorFile, FactorFileProvider
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import MapFileProvider, MapFileResolver, SecurityType, Symbol

__all__ = [
    "CircularQueue",
    "DefaultDataProvider",
    "JsonConvert",
    "LocalDiskFactorFileProvider",
    "LocalDiskMapFileProvider",
]

T = TypeVar("T")


class CircularQueue(LeanObject, Generic[T]):
    """A queue that never ends: what is taken goes to its end (`Common/Util/CircularQueue.cs`).

    `circle_completed` calls `handler(queue, None)` whenever the first item is taken.
    """

    def __init__(self, *items: Any) -> None:
        given = items[0] if len(items) == 1 and isinstance(items[0], Iterable) else items
        self._queue: deque[T] = deque(given)
        self._head: T | None = self._queue[0] if self._queue else None
        self.circle_completed = Event()

    def enqueue(self, item: T) -> None:
        """Put one more at the end."""
        if not self._queue:
            self._head = item
        self._queue.append(item)

    def dequeue(self) -> T:
        """Take the next one."""
        item = self._queue[0]
        if item == self._head:
            self.circle_completed(self, None)
        self._queue.rotate(-1)
        return item


class DefaultDataProvider(LeanObject):
    """Files of the data folder."""

    def fetch(self, key: str) -> bytes | None:
        """The content of a file, or None when it is not there."""
        path = Path(key)
        return path.read_bytes() if path.is_file() else None


class LocalDiskMapFileProvider(LeanObject):
    """Map files of the data folder."""

    def initialize(self, data_provider: object) -> None:
        """Nothing to do: the files are on disk."""

    def get(self, market: str = "usa", security_type: SecurityType = SecurityType.EQUITY) -> MapFileResolver:
        """The map files of a market."""
        return MapFileProvider.resolver(getattr(market, "market", market), security_type)


class LocalDiskFactorFileProvider(LeanObject):
    """Factor files of the data folder."""

    def initialize(self, map_file_provider: object, data_provider: object) -> None:
        """Nothing to do: the files are on disk."""

    def get(self, symbol: Symbol) -> FactorFile | None:
        """The symbol's factor file, or None when it has none."""
        return FactorFileProvider.get(symbol)


class JsonConvert(LeanObject):
    """Newtonsoft's converter: public members by name."""

    @staticmethod
    def serialize_object(value: object) -> str:
        """An object as JSON."""
        return json.dumps(_plain(value), sort_keys=True)

    @staticmethod
    def deserialize_object(text: str) -> Any:
        """JSON as dictionaries and lists."""
        return json.loads(text)


def _plain(value: object) -> Any:
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, date | timedelta | Enum | Symbol):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(str(each) for each in value)
    if isinstance(value, Iterable):
        return [_plain(each) for each in value]
    names = {name for cls in type(value).__mro__ for name in getattr(cls, "__slots__", ())} | set(vars(type(value)))
    public = {name for name in names if name[:1].islower() and not callable(getattr(value, name, None))}
    return {name: _plain(getattr(value, name)) for name in public} or str(value)
