"""Universes of constituents: lists by day, and the holdings of ETFs.

From `ConstituentsUniverse.cs`, `ConstituentsUniverseData.cs`, `ETFConstituentUniverse.cs`,
`ETFConstituentsUniverseFactory.cs`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from leanib.engine.custom import FileFormat, SourcedData, SubscriptionDataSource
from leanib.engine.dotnet.collections import List
from leanib.engine.market import MarketDataType, SubscriptionDataConfig
from leanib.engine.market.universe import UniverseSettings
from leanib.engine.symbols import Globals, Resolution, SecurityIdentifier, SubscriptionTransportMedium, Symbol
from leanib.engine.timezones import DateTimeZone, TimeZones
from leanib.engine.universes.func import FuncUniverse, Selector

if TYPE_CHECKING:
    from leanib.engine.market import BaseData

__all__ = [
    "ConstituentsUniverse",
    "ConstituentsUniverseData",
    "ETFConstituentUniverse",
    "ETFConstituentsUniverseFactory",
]

_ONE_DAY = timedelta(days=1)
_IDENTIFIER = "qc-universe-etf-constituents"
_counter = count(1)


class _DailyUniverseData(SourcedData):
    """Data of one day, known when it is over."""

    __slots__ = ()

    @property
    def end_time(self) -> datetime:
        """The midnight that ends the day."""
        return self.time + _ONE_DAY

    @end_time.setter
    def end_time(self, value: datetime) -> None:
        self.time = value - _ONE_DAY

    def is_sparse_data(self) -> bool:
        """Days without a file are nothing to speak of."""
        return True

    def default_resolution(self) -> Resolution:
        """One file a day."""
        return Resolution.DAILY

    def supported_resolutions(self) -> List[Resolution]:
        """One file a day."""
        return List((Resolution.DAILY,))


class ConstituentsUniverseData(_DailyUniverseData):
    """One constituent on a day, from `universes/<resolution>/<name>/<day>.csv`."""

    __slots__ = ()

    data_type = MarketDataType.AUXILIARY

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> SubscriptionDataSource:
        """The file of the day."""
        name = config.symbol.id.symbol[config.mapped_symbol.rfind("-") + 1 :].lower()
        kind = config.security_type.security_type_to_lower()
        folder = Globals.data_folder / kind / config.market / "universes" / config.resolution.name.lower() / name
        return SubscriptionDataSource(str(folder / f"{date:%Y%m%d}.csv"), SubscriptionTransportMedium.LOCAL_FILE)

    def reader(self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool) -> Any:
        """Ticker and security identifier; `NONE,NONE 0` says that there is nothing on this day."""
        fields = line.split(",")
        if len(fields) < 2:
            return None
        point = ConstituentsUniverseData()
        point.symbol = Symbol(SecurityIdentifier.parse(fields[1]), fields[0])
        point.time = date
        return point

    def requires_mapping(self) -> bool:
        """The identifiers are those of the securities."""
        return False


class ConstituentsUniverse(FuncUniverse):
    """Selects of the constituents what a function of them returns; without one, all."""

    data_class: type = ConstituentsUniverseData

    def __init__(
        self,
        symbol: Symbol | SubscriptionDataConfig,
        universe_settings: UniverseSettings | None,
        constituents_filter: Selector | None = None,
    ) -> None:
        config = symbol if isinstance(symbol, SubscriptionDataConfig) else self._configuration(symbol)
        super().__init__(config, universe_settings, constituents_filter or _all_of)

    def _configuration(self, symbol: Symbol) -> SubscriptionDataConfig:
        zone = TimeZones.NEW_YORK
        return SubscriptionDataConfig(
            *(self.data_class, symbol, Resolution.DAILY, zone, zone, False, False),
            is_internal_feed=True,
            is_custom=True,
        )


def _all_of(constituents: Iterable[BaseData]) -> list[Symbol]:
    symbols = [constituent.symbol for constituent in constituents]
    return [] if symbols == [Symbol.NONE] else symbols


class ETFConstituentUniverse(_DailyUniverseData):
    """One holding of an ETF on a day; what the file does not tell is None."""

    __slots__ = ("last_update", "market_value", "shares_held", "weight")

    def __init__(self) -> None:
        super().__init__()
        self.last_update: datetime | None = None
        self.weight: float | None = None
        self.shares_held: float | None = None
        self.market_value: float | None = None

    @property
    def period(self) -> timedelta:
        """A day."""
        return _ONE_DAY

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> SubscriptionDataSource:
        """The file of the ETF and the day."""
        assert config.symbol.underlying is not None
        kind, ticker = config.security_type.security_type_to_lower(), config.symbol.underlying.value.lower()
        folder = Globals.data_folder / kind / config.market / "universes" / "etf" / ticker
        return SubscriptionDataSource(
            str(folder / f"{date:%Y%m%d}.csv"), SubscriptionTransportMedium.LOCAL_FILE, FileFormat.FOLDING_COLLECTION
        )

    def reader(self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool) -> Any:
        """Ticker, security identifier, day of the last update, weight, shares held, market value."""
        if not line:
            return None
        fields = line.split(",")
        point = ETFConstituentUniverse()
        point.symbol = Symbol(SecurityIdentifier.parse(fields[1]), fields[0])
        point.time = date
        point.last_update = datetime.strptime(fields[2], "%Y%m%d") if fields[2] else None
        point.weight, point.shares_held, point.market_value = (float(text) if text else None for text in fields[3:6])
        return point

    def requires_mapping(self) -> bool:
        """The ETF's ticker is the one of the day."""
        return True

    def data_time_zone(self) -> DateTimeZone:
        """The zone of the files' days."""
        return TimeZones.UTC


class ETFConstituentsUniverseFactory(ConstituentsUniverse):
    """Selects of an ETF's holdings what a function of them returns; without one, all."""

    data_class = ETFConstituentUniverse

    def __init__(
        self, symbol: Symbol, universe_settings: UniverseSettings | None, constituents_filter: Selector | None = None
    ) -> None:
        super().__init__(_universe_symbol(symbol), universe_settings, constituents_filter)


def _universe_symbol(etf: Symbol) -> Symbol:
    ticker = f"{_IDENTIFIER}-{next(_counter):010d}"
    identifier = SecurityIdentifier.generate_constituent_identifier(ticker, etf.security_type, etf.id.market)
    return Symbol(identifier, ticker, etf)
