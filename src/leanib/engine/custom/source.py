"""Where custom data come from (`Common/Data/SubscriptionDataSource.cs`), and what a type says about its data.

The defaults are `Common/Data/BaseData.cs`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.market import BaseData
from leanib.engine.naming import LeanIntEnum, LeanObject
from leanib.engine.symbols import Resolution, SecurityType, SubscriptionTransportMedium
from leanib.engine.timezones import DateTimeZone, TimeZones

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig

__all__ = ["FileFormat", "SourcedData", "SubscriptionDataSource"]


class FileFormat(LeanIntEnum):
    """What a source's lines are (`Common/Data/FileFormat.cs`)."""

    CSV = 0
    BINARY = 1
    ZIP_ENTRY_NAME = 2
    UNFOLDING_COLLECTION = 3
    INDEX = 4
    FOLDING_COLLECTION = 5


class SubscriptionDataSource(LeanObject):
    """A file, address or object store key; equal when the same data come from it. `sort` asks for order by end time."""

    __slots__ = ("format", "headers", "sort", "source", "transport_medium")

    def __init__(
        self,
        source: str,
        transport_medium: SubscriptionTransportMedium | None = None,
        format: FileFormat = FileFormat.CSV,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.source = str(source)
        if transport_medium is None:
            remote = self.source.lower().startswith(("http://", "https://"))
            transport_medium = (
                SubscriptionTransportMedium.REMOTE_FILE if remote else SubscriptionTransportMedium.LOCAL_FILE
            )
        self.transport_medium = transport_medium
        self.format = format
        self.headers = dict(headers or {})
        self.sort = False

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, SubscriptionDataSource)
            and self.source == other.source
            and self.transport_medium is other.transport_medium
            and self.headers == other.headers
        )

    def __hash__(self) -> int:
        return hash((self.source, self.transport_medium))

    def __str__(self) -> str:
        return f"{self.transport_medium}: {self.format} {self.source}"

    __repr__ = __str__


class SourcedData(BaseData):
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
        return self.symbol is not None and self.symbol.security_type is SecurityType.BASE

    def should_cache_to_security(self) -> bool:
        """Whether the security's price follows the data."""
        return True

    def default_resolution(self) -> Resolution:
        """The resolution when none is asked for."""
        return Resolution.MINUTE

    def supported_resolutions(self) -> list[Resolution]:
        """The resolutions that may be asked for."""
        return list(Resolution)

    def data_time_zone(self) -> DateTimeZone:
        """The zone of the times in the source, unless `add_data` says otherwise."""
        return TimeZones.NEW_YORK
