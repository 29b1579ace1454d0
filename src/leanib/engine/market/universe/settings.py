"""How the securities that a universe selects are subscribed to (`UniverseSettings.cs`, `Schedule.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from leanib.engine.naming import LeanObject
from leanib.engine.symbols import DataMappingMode, DataNormalizationMode, Resolution, TickType

__all__ = ["Schedule", "UniverseSettings"]


class Schedule(LeanObject):
    """The days on which a universe selects; all of them until `on` names a date rule."""

    __slots__ = ("_date_rule",)

    def __init__(self) -> None:
        self._date_rule: Any = None

    @property
    def initialized(self) -> bool:
        """Whether a date rule was given."""
        return self._date_rule is not None

    def on(self, *date_rule: object) -> None:
        """Select on the days of this date rule, or on these days."""
        self._date_rule = date_rule[0] if len(date_rule) == 1 else list(date_rule)

    def get(self, start: datetime, end: datetime) -> Iterable[datetime]:
        """The days from start to end, in the exchange's zone."""
        rule = self._date_rule
        if hasattr(rule, "get_dates"):
            return rule.get_dates(start, end)  # type: ignore[no-any-return]
        days = rule if isinstance(rule, list | tuple) else [rule]
        return [day for day in days if start <= day <= end]

    def clone(self) -> Schedule:
        """A copy."""
        return copy(self)


class UniverseSettings(LeanObject):
    """Resolution, leverage and rules of the data of selected securities, and how long they stay at least."""

    __slots__ = (
        "asynchronous",
        "contract_depth_offset",
        "data_mapping_mode",
        "data_normalization_mode",
        "extended_market_hours",
        "fill_forward",
        "leverage",
        "minimum_time_in_universe",
        "resolution",
        "schedule",
        "subscription_data_types",
    )

    def __init__(
        self,
        resolution: Resolution | UniverseSettings,
        leverage: float = 0.0,
        fill_forward: bool = True,
        extended_market_hours: bool = False,
        minimum_time_in_universe: timedelta = timedelta(days=1),
        data_normalization_mode: DataNormalizationMode = DataNormalizationMode.ADJUSTED,
        data_mapping_mode: DataMappingMode = DataMappingMode.OPEN_INTEREST,
        contract_depth_offset: int = 0,
        asynchronous: bool | None = None,
        selection_date_rule: Any = None,
    ) -> None:
        if isinstance(resolution, UniverseSettings):
            self._copy_from(resolution)
            return
        self.resolution = resolution
        self.leverage = leverage
        self.fill_forward = fill_forward
        self.extended_market_hours = extended_market_hours
        self.minimum_time_in_universe = minimum_time_in_universe
        self.data_normalization_mode = data_normalization_mode
        self.data_mapping_mode = data_mapping_mode
        self.contract_depth_offset = contract_depth_offset
        self.asynchronous = asynchronous
        self.subscription_data_types: list[tuple[type, TickType]] | None = None
        self.schedule = Schedule()
        if selection_date_rule is not None:
            self.schedule.on(selection_date_rule)

    def _copy_from(self, other: UniverseSettings) -> None:
        for name in UniverseSettings.__slots__:
            setattr(self, name, getattr(other, name))
        self.schedule = other.schedule.clone()
