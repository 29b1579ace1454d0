"""What every consolidator is (`Common/Data/Consolidators/{IDataConsolidator,ConsolidatorBase}.cs`).

A consolidator takes data in the order of time and emits bars: `consolidator.data_consolidated += handler`, called with
(consolidator, bar). The engine calls `update` with each data point and `scan` with the exchange's time when a bar may
have ended without new data. Times are naive, in the zone of the data's exchange.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from leanib.engine.dotnet.event import Event
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.market.base_data import BaseData
from leanib.engine.naming import LeanObject

__all__ = ["ConsolidatorBase"]


class ConsolidatorBase(LeanObject):
    """Emits bars; the last ones are in `window`, `[0]` is the newest.

    Attributes:
        data_consolidated: event, called with (consolidator, bar).
        consolidated: the last bar emitted, or None.
    """

    input_type: ClassVar[type] = BaseData
    output_type: ClassVar[type] = BaseData

    def __init__(self) -> None:
        self.data_consolidated = Event()
        self.consolidated: Any = None
        self.window: RollingWindow[Any] = RollingWindow(2)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} last: {self.consolidated}>"

    @property
    def working_data(self) -> Any:
        """A copy of the bar in the making, or None."""
        return None

    @property
    def current(self) -> Any:
        """The last bar emitted."""
        return self.window[0]

    @property
    def previous(self) -> Any:
        """The bar before it."""
        return self.window[1] if len(self.window) > 1 else None

    def update(self, data: BaseData) -> None:
        """Take in a data point."""
        raise NotImplementedError

    def scan(self, current_local_time: datetime) -> None:
        """Emit the bar in the making if it ended by a time."""

    def reset(self) -> None:
        """Go back to the state before the first update; the handlers stay."""
        self.consolidated = None
        self.window.reset()

    def dispose(self) -> None:
        """Emit to nobody any more."""
        self.data_consolidated.handlers = ()

    def _emit(self, bar: BaseData) -> None:
        self.consolidated = bar
        self.window.add(bar)
        for handler in self.data_consolidated.handlers:
            handler(self, bar)

    def __getitem__(self, index: int) -> Any:
        return self.window[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.window)
