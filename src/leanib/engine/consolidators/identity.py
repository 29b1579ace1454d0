"""Consolidators that pass on what comes, and chains of consolidators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from leanib.engine.consolidators.base import ConsolidatorBase
from leanib.engine.dotnet.event import Event
from leanib.engine.dotnet.exceptions import RefusedArgument
from leanib.engine.indicators.ahead import Lagging
from leanib.engine.market.base_data import NO_TIME, BaseData
from leanib.engine.market.tick import Tick
from leanib.engine.naming import to_pascal
from leanib.engine.symbols import TickType

__all__ = [
    "DataConsolidatorPythonWrapper",
    "FilteredIdentityDataConsolidator",
    "IdentityDataConsolidator",
    "PythonConsolidator",
    "SequentialConsolidator",
]


class IdentityDataConsolidator(ConsolidatorBase, Lagging):
    """Emits each data point; of several with one end time only the first, unless they are ticks.

    `IdentityDataConsolidator[TradeBar]()` takes trade bars.
    """

    def __init__(self, data_type: type = BaseData) -> None:
        super().__init__()
        self.input_type = self.output_type = data_type  # type: ignore[misc]
        self._last: Any = None
        self._last_time = NO_TIME

    def __class_getitem__(cls, data_type: type) -> Any:
        return partial(cls, data_type=data_type)

    @property
    def working_data(self) -> Any:
        """A copy of the last data point."""
        return None if self._last is None else self._last.clone()

    def update(self, data: BaseData) -> None:
        """Pass a data point on."""
        end_time = data.end_time
        if end_time != self._last_time or self._last is None or self.input_type is Tick:
            self._emit(data)
            self._last = data
            self._last_time = end_time

    def reset(self) -> None:
        """Forget the last data point."""
        super().reset()
        self._last = None


class FilteredIdentityDataConsolidator(IdentityDataConsolidator):
    """Emits the data points that a predicate lets through."""

    def __init__(self, predicate: Callable[[Any], bool], data_type: type = BaseData) -> None:
        super().__init__(data_type)
        self._predicate = predicate

    @staticmethod
    def for_tick_type(tick_type: TickType) -> FilteredIdentityDataConsolidator:
        """Only ticks of one type."""
        return FilteredIdentityDataConsolidator(lambda tick: tick.tick_type is tick_type, Tick)

    def update(self, data: BaseData) -> None:
        """Pass a data point on if the predicate says so."""
        if self._predicate(data):
            super().update(data)


class SequentialConsolidator(ConsolidatorBase):
    """Feeds the bars of a first consolidator to a second."""

    def __init__(self, first: ConsolidatorBase, second: ConsolidatorBase) -> None:
        super().__init__()
        if not issubclass(first.output_type, second.input_type):
            raise RefusedArgument("first.output_type must equal second.input_type!")
        self.first, self.second = first, second
        self.input_type, self.output_type = first.input_type, second.output_type  # type: ignore[misc]
        first.data_consolidated += lambda _, bar: second.update(bar)
        second.data_consolidated += lambda _, bar: self._emit(bar)

    @property
    def working_data(self) -> Any:
        """The second consolidator's bar in the making."""
        return self.second.working_data

    def update(self, data: BaseData) -> None:
        """Feed the first consolidator."""
        self.first.update(data)

    def scan(self, current_local_time: datetime) -> None:
        """Scan the first consolidator."""
        self.first.scan(current_local_time)

    def reset(self) -> None:
        """Reset both."""
        super().reset()
        self.first.reset()
        self.second.reset()

    def dispose(self) -> None:
        """Dispose of both."""
        super().dispose()
        self.first.dispose()
        self.second.dispose()


class PythonConsolidator(ConsolidatorBase):
    """Base class of a user's consolidator, which defines `update`, `working_data`, `input_type` and `output_type`.

    It emits with `self.on_data_consolidated(bar)`.
    """

    working_data: Any = None  # a plain attribute: the user's class assigns it

    def __new__(cls, *_arguments: object, **_options: object) -> Any:
        """Set up; not left to __init__, which users define without calling ours: LEAN's base is always constructed."""
        self = super().__new__(cls)
        ConsolidatorBase.__init__(self)
        return self

    def __init__(self, *_arguments: object, **_options: object) -> None:
        """The state is made in `__new__`."""

    def on_data_consolidated(self, consolidator: Any, data: Any = None) -> None:
        """Emit a bar: `on_data_consolidated(bar)` or `on_data_consolidated(self, bar)`."""
        self._emit(consolidator if data is None else data)


class DataConsolidatorPythonWrapper(ConsolidatorBase):
    """A user's consolidator that derives from nothing of ours; its names may be snake_case or PascalCase."""

    def __init__(self, consolidator: Any) -> None:
        super().__init__()
        self._wrapped = consolidator
        for name in ("update", "scan", "input_type", "output_type", "working_data", "data_consolidated"):
            if not (hasattr(consolidator, name) or hasattr(consolidator, to_pascal(name))):
                raise RefusedArgument(
                    f"{type(consolidator).__name__} must implement '{name}' to be used as a consolidator"
                )
        self.input_type = self._get("input_type")  # type: ignore[misc]
        self.output_type = self._get("output_type")  # type: ignore[misc]
        event = self._get("data_consolidated")
        if isinstance(event, Event):
            event += self._on_bar

    def _get(self, name: str) -> Any:
        return getattr(self._wrapped, name) if hasattr(self._wrapped, name) else getattr(self._wrapped, to_pascal(name))

    def _on_bar(self, _: object, bar: BaseData) -> None:
        self._emit(bar)

    @property
    def working_data(self) -> Any:
        """The user's bar in the making."""
        return self._get("working_data")

    def update(self, data: BaseData) -> None:
        """Call the user's `update`."""
        self._get("update")(data)

    def scan(self, current_local_time: datetime) -> None:
        """Call the user's `scan`."""
        self._get("scan")(current_local_time)

    def reset(self) -> None:
        """Call the user's `reset`."""
        self._get("reset")()
        super().reset()
