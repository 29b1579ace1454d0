"""Fundamental data of US equities, one object a security and day (`Fundamental.cs`, `CoarseFundamental.cs`).

Prices and volumes come from `equity/usa/fundamental/coarse/<day>.csv`. Everything else (company profile, ratios,
statements) comes from a provider: LEAN's data folder has no such data: the default provider answers NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar, Protocol

from leanib.collector import resting
from leanib.engine.custom import FileFormat, SourcedData, SubscriptionDataSource
from leanib.engine.market import SubscriptionDataConfig
from leanib.engine.market.base_data import NO_TIME
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
        """Use another provider in this run, before its first data."""
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
_Row = tuple[float, int, float, bool | None, float, float]
"""Price, volume, dollar volume, whether there is more, price factor, split factor."""

_FIELDS = 5
"""So many a line has at least: identifier, ticker, price, volume, dollar volume."""

_NO_ROW: _Row = (0.0, 0, 0.0, False, 1.0, 1.0)

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

    _says_fundamental: bool | None

    def __init__(self) -> None:
        super().__init__()
        _, self.volume, self.dollar_volume, self._says_fundamental, self.price_factor, self.split_factor = _NO_ROW

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
        says = self._says_fundamental
        return _PROVIDER().has_fundamental_data(self.time, self.symbol.id) if says is None else says

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

    def __init__(self, time: datetime = NO_TIME, symbol: Symbol | None = None, row: _Row | None = None) -> None:
        """By default with the row of the day's file; thousands are made a day, so no other constructor is asked."""
        if row is None:
            row = _NO_ROW if symbol is None else _row(_ROWS()(time, symbol.id.market).get(str(symbol.id)))
        self.time = time
        self.symbol = symbol  # type: ignore[assignment]
        self.is_fill_forward = False
        self.value, self.volume, self.dollar_volume, self._says_fundamental, self.price_factor, self.split_factor = row

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


def _lines(day: datetime, market: str) -> list[str]:
    path = _file(day, market)
    if not DATA_MONITOR().on_new_data_request(path, path.is_file()):
        return []
    return path.read_text(encoding="utf-8").splitlines()


def fundamental_source(config: SubscriptionDataConfig, date: datetime, form: FileFormat) -> SubscriptionDataSource:
    """The file of a day in the market of the stream's symbol."""
    return SubscriptionDataSource(str(_file(date, config.market)), SubscriptionTransportMedium.LOCAL_FILE, form)


def _cached_rows() -> Callable[[datetime, str], dict[str, list[str]]]:
    """The lines of a day's file by identifier; those of the last days asked for are kept."""
    return lru_cache(maxsize=4)(
        lambda day, market: {
            fields[0]: fields for line in _lines(day, market) if len(fields := line.split(",")) >= _FIELDS
        }
    )


_ROWS = PerRun(_cached_rows)


@lru_cache(maxsize=20_000)
def _symbol(identifier: str, ticker: str) -> Symbol:
    return Symbol(SecurityIdentifier.parse(identifier), ticker)


def read_fundamentals(day: datetime, market: str = Market.USA) -> list[Fundamental]:
    """All securities of a day's file; none when there is no such file."""
    lines = _lines(day, market)
    widths = set(map(str.count, lines, repeat(",")))
    if len(widths) != 1 or (width := widths.pop() + 1) < _FIELDS:
        return [of_fields(day, fields) for line in lines if len(fields := line.split(",")) >= _FIELDS]
    fields = ",".join(lines).split(",")
    columns = [fields[place::width] for place in range(width)]
    with resting():
        return list(map(Fundamental, repeat(day), map(_symbol, *columns[:2]), _rows(columns)))


def of_fields(day: datetime, fields: list[str]) -> Fundamental:
    """A line of a day's file."""
    return Fundamental(day, _symbol(fields[0], fields[1]), _row(fields))


def _row(fields: list[str] | None) -> _Row:
    if fields is None:
        return (*_NO_ROW[:3], None, *_NO_ROW[4:]) if _has_provider() else _NO_ROW
    return next(_rows([[field] for field in fields]))


def _rows(columns: Sequence[Sequence[str]]) -> Iterator[_Row]:
    """The numbers of lines that have the same number of fields."""
    _, _, prices, volumes, dollar_volumes, *rest = columns
    says: Iterable[bool | None] = repeat(None if _has_provider() else False)
    if rest and not _has_provider():
        known = {text: text.strip().lower() == "true" for text in set(rest[0])}
        says = map(known.__getitem__, rest[0])
    factors: list[Iterable[float]] = (
        [map(float, column) for column in rest[1:3]] if len(rest) > 2 else [repeat(1.0)] * 2
    )
    return zip(map(float, prices), map(int, volumes), map(float, dollar_volumes), says, *factors, strict=False)


def _has_provider() -> bool:
    """Whether somebody else than the file says which securities have more than price and volume."""
    return not isinstance(_PROVIDER(), _NoFundamentals)
