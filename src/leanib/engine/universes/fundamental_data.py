"""Fundamental data of US equities, one object a security and day (`Fundamental.cs`, `CoarseFundamental.cs`).

Prices and volumes come from `equity/usa/fundamental/coarse/<day>.csv`. Everything else (company profile, ratios,
statements) comes from a provider: LEAN's data folder has no such data: the default provider answers NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar, Protocol

from leanib.engine.custom import FileFormat, SourcedData, SubscriptionDataSource
from leanib.engine.market import SubscriptionDataConfig
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.symbols import (
    Globals,
    Market,
    PerRun,
    Resolution,
    SecurityIdentifier,
    SubscriptionTransportMedium,
    Symbol,
)

__all__ = [
    "CoarseFundamental",
    "FineFundamental",
    "Fundamental",
    "FundamentalProvider",
    "FundamentalService",
    "UnknownFundamental",
    "fundamental_source",
    "of_fields",
    "read_fundamentals",
]

_ONE_DAY = timedelta(days=1)


class FundamentalProvider(Protocol):
    """Where fundamental values come from."""

    def has_fundamental_data(self, time: datetime, identifier: SecurityIdentifier) -> bool:
        """Whether there is any for the security."""

    def get(self, time: datetime, identifier: SecurityIdentifier, path: str) -> Any:
        """The value at a path such as `valuation_ratios.pe_ratio`; None when it is not known."""


class _NoFundamentals:
    """Knows nothing but prices and volumes (`CoarseFundamentalDataProvider.cs`)."""

    def has_fundamental_data(self, time: datetime, identifier: SecurityIdentifier) -> bool:
        return False

    def get(self, time: datetime, identifier: SecurityIdentifier, path: str) -> Any:
        return None


_PROVIDER: PerRun[FundamentalProvider] = PerRun(_NoFundamentals)


class FundamentalService:
    """The run's provider."""

    @staticmethod
    def provider() -> FundamentalProvider:
        """The provider in use."""
        return _PROVIDER()

    @staticmethod
    def set_provider(provider: FundamentalProvider) -> None:
        """Use another provider in this run."""
        _PROVIDER.set(provider)


class UnknownFundamental(float):
    """A value that is not known, NaN; or the way to one: `x.valuation_ratios` of `x.valuation_ratios.pe_ratio`."""

    _owner: Fundamental
    _path: str

    @classmethod
    def at(cls, owner: Fundamental, path: str) -> UnknownFundamental:
        """The place at a path."""
        value = cls("nan")
        value._owner, value._path = owner, path
        return value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "has_value":
            return False
        return _look_up(self._owner, self._path if name == "value" else f"{self._path}.{name}")


class FundamentalSection:
    """One of the parts of fundamental data, as a value in a data frame: `frame.earningreports.iloc[0].basic_eps`."""

    __slots__ = ("_owner", "_path")

    def __init__(self, owner: Fundamental, path: str) -> None:
        self._owner = owner
        self._path = path

    @property
    def _time_provider(self) -> FundamentalSection:
        return self

    def get_utc_now(self) -> datetime:
        """The time for which the values hold."""
        return self._owner.end_time

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _look_up(self._owner, f"{self._path}.{name}")


def _section(name: str) -> Callable[[Any], FundamentalSection]:
    return lambda owner: FundamentalSection(owner, name)


_SECTIONS = (
    "asset_classification",
    "company_profile",
    "company_reference",
    "earning_ratios",
    "earning_reports",
    "financial_statements",
    "operation_ratios",
    "security_reference",
    "valuation_ratios",
)
_COARSE_COLUMNS = (
    *("adjusted_price", "dollar_volume", "has_fundamental_data", "market", "price_factor", "price_scale_factor"),
    *("split_factor", "value", "volume"),
)


class CoarseFundamental(SourcedData):
    """Price and volume of a security on a day; `time` is the day, known at the next midnight (`end_time`)."""

    __slots__ = ("_says_fundamental", "dollar_volume", "price_factor", "split_factor", "volume")

    pandas_columns: ClassVar[dict[str, Callable[[Any], Any]]] = {
        name.replace("_", ""): attrgetter(name) for name in _COARSE_COLUMNS
    }

    def __init__(self) -> None:
        super().__init__()
        self._says_fundamental = False
        self.volume = 0
        self.dollar_volume = 0.0
        self.price_factor = 1.0
        self.split_factor = 1.0

    @property
    def end_time(self) -> datetime:
        """The midnight that ends the day."""
        return self.time + _ONE_DAY

    @end_time.setter
    def end_time(self, value: datetime) -> None:
        self.time = value - _ONE_DAY

    @property
    def market(self) -> str:
        """The market of the security."""
        return self.symbol.id.market

    @property
    def has_fundamental_data(self) -> bool:
        """Whether there is more than price and volume: as the provider says or, without one, the file of the day."""
        provider = FundamentalService.provider()
        if isinstance(provider, _NoFundamentals):
            return self._says_fundamental
        return provider.has_fundamental_data(self.time, self.symbol.id)

    @property
    def price_scale_factor(self) -> float:
        """What the price is multiplied by to be adjusted for splits and dividends."""
        return self.price_factor * self.split_factor

    @property
    def adjusted_price(self) -> float:
        """The price adjusted for splits and dividends."""
        return self.value * self.price_scale_factor


class Fundamental(CoarseFundamental):
    """All that is known of a security on a day; `x.valuation_ratios.pe_ratio` and the like are NaN when unknown."""

    __slots__ = ()

    pandas_columns: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **CoarseFundamental.pandas_columns,
        "marketcap": attrgetter("market_cap"),
        **{name.replace("_", ""): _section(name) for name in _SECTIONS},
    }

    def __init__(self, time: datetime | None = None, symbol: Symbol | None = None) -> None:
        super().__init__()
        if time is not None and symbol is not None:
            self.time, self.symbol = time, symbol
            self._take_row(_ROWS()(time, symbol.id.market).get(str(symbol.id)))

    @staticmethod
    def for_date(time: datetime, symbol: Symbol) -> Fundamental:
        """What is known of a security at a time: the data of the day before."""
        return Fundamental(time - _ONE_DAY, symbol)

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> SubscriptionDataSource:
        """The file of the day."""
        return fundamental_source(config, date, FileFormat.CSV)

    def reader(self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool) -> Any:
        """The line of the stream's own security; None for all others."""
        fields = line.split(",")
        return of_fields(date, fields) if fields[0] == str(config.symbol.id) else None

    def default_resolution(self) -> Resolution:
        """One file a day."""
        return Resolution.DAILY

    def _take_row(self, fields: list[str] | None) -> None:
        if fields is None:
            return
        self.value = float(fields[2])
        self.volume = int(fields[3])
        self.dollar_volume = float(fields[4])
        self._says_fundamental = len(fields) > 5 and fields[5].strip().lower() == "true"
        if len(fields) > 7:
            self.price_factor, self.split_factor = float(fields[6]), float(fields[7])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name[:1].isupper():
            return super().__getattr__(name)
        path = {"market_cap": "company_profile.market_cap"}.get(name, name)
        return _look_up(self, path)


FineFundamental = Fundamental


def _look_up(owner: Fundamental, path: str) -> Any:
    value = FundamentalService.provider().get(owner.time, owner.symbol.id, path)
    if value is not None:
        return value
    DATA_MONITOR().on_unknown_value(path)
    return UnknownFundamental.at(owner, path)


def _file(day: datetime, market: str) -> Path:
    return Globals.data_folder / "equity" / market / "fundamental" / "coarse" / f"{day:%Y%m%d}.csv"


def _lines(day: datetime, market: str) -> list[list[str]]:
    path = _file(day, market)
    if not DATA_MONITOR().on_new_data_request(path, path.is_file()):
        return []
    return [line.split(",") for line in path.read_text(encoding="utf-8").splitlines() if line.count(",") >= 4]


def fundamental_source(config: SubscriptionDataConfig, date: datetime, form: FileFormat) -> SubscriptionDataSource:
    """The file of a day in the market of the stream's symbol."""
    return SubscriptionDataSource(str(_file(date, config.market)), SubscriptionTransportMedium.LOCAL_FILE, form)


def _cached_rows() -> Callable[[datetime, str], dict[str, list[str]]]:
    """The lines of a day's file by identifier; those of the last days asked for are kept."""
    return lru_cache(maxsize=4)(lambda day, market: {fields[0]: fields for fields in _lines(day, market)})


_ROWS = PerRun(_cached_rows)


@lru_cache(maxsize=20_000)
def _symbol(identifier: str, ticker: str) -> Symbol:
    return Symbol(SecurityIdentifier.parse(identifier), ticker)


def read_fundamentals(day: datetime, market: str = Market.USA) -> Iterator[Fundamental]:
    """All securities of a day's file; none when there is no such file."""
    return (of_fields(day, fields) for fields in _lines(day, market))


def of_fields(day: datetime, fields: list[str]) -> Fundamental:
    """A line of a day's file."""
    point = Fundamental()
    point.time = day
    point.symbol = _symbol(fields[0], fields[1])
    point._take_row(fields)
    return point
