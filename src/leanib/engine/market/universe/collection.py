"""A bundle of data points of one moment, as universes get them (`BaseDataCollection.cs`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from leanib.engine.dotnet.collections import List
from leanib.engine.market.base_data import NO_TIME, BaseData
from leanib.engine.symbols import Symbol

__all__ = ["BaseDataCollection"]


class BaseDataCollection(BaseData):
    """Data points under one symbol; iterates over them."""

    __slots__ = ("_end_time", "data", "filtered_contracts", "underlying")

    def __init__(
        self,
        time: datetime = NO_TIME,
        end_time: datetime | None = None,
        symbol: Symbol | None = None,
        data: Iterable[Any] | None = None,
        underlying: BaseData | None = None,
        filtered_contracts: set[Symbol] | None = None,
    ) -> None:
        super().__init__()
        self.time = time
        self._end_time = end_time
        self.symbol = symbol  # type: ignore[assignment]
        self.data: list[Any] = List(() if data is None else data)
        self.underlying = underlying
        self.filtered_contracts = filtered_contracts

    @property
    def end_time(self) -> datetime:
        """When the bundle was complete."""
        return self.time if self._end_time is None else self._end_time

    @end_time.setter
    def end_time(self, value: datetime) -> None:
        self._end_time = value

    def add(self, point: BaseData) -> None:
        """Put one more point in."""
        self.data.append(point)

    def add_range(self, points: Iterable[BaseData]) -> None:
        """Put more points in."""
        self.data.extend(points)

    def should_cache_to_security(self) -> bool:
        """Whether the points become the last data of their securities."""
        if not self.data or type(self.data[0]) is type(self):
            return True
        answer: bool = self.data[0].should_cache_to_security()
        return answer

    def __iter__(self) -> Iterator[Any]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __bool__(self) -> bool:
        return True
