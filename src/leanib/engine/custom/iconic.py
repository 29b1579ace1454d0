"""The example types that LEAN ships for tests and samples (`Common/Data/Custom/IconicTypes`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leanib.engine.custom.source import FileFormat, SourcedData, SubscriptionDataSource
from leanib.engine.dotnet.collections import List
from leanib.engine.market import TradeBar
from leanib.engine.symbols import Resolution, SubscriptionTransportMedium
from leanib.engine.timezones import DateTimeZone, TimeZones

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig

__all__ = [
    "IndexedLinkedData",
    "IndexedLinkedData2",
    "LinkedData",
    "NullData",
    "UnlinkedData",
    "UnlinkedDataTradeBar",
]


class _DailySample(SourcedData):
    """Sparse daily data in UTC under `TestData`."""

    __slots__ = ()

    def is_sparse_data(self) -> bool:
        """Days without data are normal."""
        return True

    def data_time_zone(self) -> DateTimeZone:
        """Times are UTC."""
        return TimeZones.UTC

    def default_resolution(self) -> Resolution:
        """Daily."""
        return Resolution.DAILY

    def supported_resolutions(self) -> List[Resolution]:
        """Daily only."""
        return List((Resolution.DAILY,))


def _file(*parts: str, format: FileFormat = FileFormat.CSV) -> SubscriptionDataSource:
    return SubscriptionDataSource(str(Path("TestData", *parts)), SubscriptionTransportMedium.LOCAL_FILE, format)


class LinkedData(_DailySample):
    """Data that belong to a security and follow its ticker."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def requires_mapping(self) -> bool:
        """The file's name follows the ticker."""
        return True

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> SubscriptionDataSource:
        """One file a ticker."""
        underlying = config.symbol.underlying or config.symbol
        return _file("linked", f"{underlying.value.lower()}.csv")

    def reader(self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool) -> Any:
        """Ten of them, whatever the line says."""
        point = type(self)()
        point.count = 10
        point.symbol = config.symbol
        point.end_time = date
        return point


class IndexedLinkedData(LinkedData):
    """Linked data whose daily file lists entries of a content file."""

    __slots__ = ()

    _folder = "indexlinked"

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> SubscriptionDataSource:
        """The day's index."""
        return _file(self._folder, config.symbol.value.lower(), f"{date:%Y%m%d}.csv", format=FileFormat.INDEX)

    def get_source_for_an_index(
        self, config: SubscriptionDataConfig, date: datetime, index: str, is_live_mode: bool
    ) -> SubscriptionDataSource:
        """The content behind one line of the index."""
        return _file(self._folder, "content", f"{date:%Y%m%d}.zip#{index}")


class IndexedLinkedData2(IndexedLinkedData):
    """A second type of the same form."""

    __slots__ = ()

    _folder = "indexlinked2"


class UnlinkedData(_DailySample):
    """Data that belong to no security."""

    __slots__ = ("ticker",)

    any_ticker = False

    def __init__(self) -> None:
        super().__init__()
        self.ticker = ""

    def requires_mapping(self) -> bool:
        """The name is what it is."""
        return False

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> SubscriptionDataSource:
        """One file a name."""
        return _file("unlinked", "data.csv" if self.any_ticker else f"{config.symbol.value.lower()}.csv")

    def reader(self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool) -> Any:
        """The name, whatever the line says."""
        point = type(self)()
        point.ticker = "ANY" if self.any_ticker else config.symbol.value
        point.symbol = config.symbol
        point.end_time = date
        return point


class UnlinkedDataTradeBar(TradeBar):
    """Daily bars that belong to no security."""

    __slots__ = ()

    any_ticker = False

    def __init__(self) -> None:
        super().__init__(period=timedelta(days=1))

    requires_mapping = UnlinkedData.requires_mapping
    is_sparse_data = _DailySample.is_sparse_data
    data_time_zone = _DailySample.data_time_zone
    default_resolution = _DailySample.default_resolution
    supported_resolutions = _DailySample.supported_resolutions
    should_cache_to_security = SourcedData.should_cache_to_security

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> SubscriptionDataSource:
        """One file a name."""
        return _file("unlinkedtradebar", "data.csv" if self.any_ticker else f"{config.symbol.value.lower()}.csv")

    def reader(self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool) -> Any:
        """The same bar, whatever the line says."""
        bar = type(self)()
        bar.open, bar.high, bar.low, bar.value, bar.volume = 1.0, 2.0, 1.0, 1.5, 0.0
        bar.symbol = config.symbol
        bar.time = date - bar.period
        return bar


class NullData(SourcedData):
    """Nothing at all."""

    __slots__ = ()

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> Any:
        """Nowhere."""
        return None
