"""What a type of data says about itself; the defaults are `Common/Data/BaseData.cs`'s."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.market import BaseData
from leanib.engine.market.source import FileFormat, SubscriptionDataSource
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Resolution
from leanib.engine.timezones import DateTimeZone, TimeZones

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig

__all__ = ["FileFormat", "SourcedData", "SubscriptionDataSource"]


class SourcedData(BaseData, LeanObject):
    """Data that know where they come from: override `get_source` and `reader`."""

    __slots__ = ()

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> SubscriptionDataSource:
        """Where the data of a day come from; the date is the data time zone's."""
        raise NotImplementedError(f"{type(self).__name__} must define get_source(config, date, is_live_mode)")

    def reader(self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool) -> Any:
        """The data point of a line, or None to skip it."""
        raise NotImplementedError(f"{type(self).__name__} must define reader(config, line, date, is_live_mode)")

    def requires_mapping(self) -> bool:
        """Whether the ticker depends on the date."""
        return self.symbol is not None and self.symbol.requires_mapping()

    def is_sparse_data(self) -> bool:
        """Whether days without data are normal, so that a missing file is no error."""
        return self.symbol is not None and self.symbol.asset.is_custom_data

    def should_cache_to_security(self) -> bool:
        """Whether the security's price follows the data."""
        return True

    def default_resolution(self) -> Resolution:
        """The resolution when none is asked for."""
        return Resolution.MINUTE

    def supported_resolutions(self) -> List[Resolution]:
        """The resolutions that may be asked for."""
        return List(Resolution)

    def data_time_zone(self) -> DateTimeZone:
        """The zone of the times in the source, unless `add_data` says otherwise."""
        return TimeZones.NEW_YORK
