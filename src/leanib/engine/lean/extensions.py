"""LEAN's static helpers that Python algorithms call by name (`Common/Extensions.cs`, `Expiry.cs` ...)."""

from __future__ import annotations

import io
import zipfile
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leanib.engine import numbers
from leanib.engine import symbols as _symbols
from leanib.engine.assets import asset_of
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.market.calendars import midnight, round_down
from leanib.engine.market.lean_files import zip_file_name, zip_file_path
from leanib.engine.naming import LeanObject
from leanib.engine.orders.enums import OrderStatus, OrderType
from leanib.engine.symbols import Resolution, SecurityType, Symbol, TickType
from leanib.engine.timezones import DateTimeZone
from leanib.engine.universes.contracts import ContinuousContractUniverse

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market.universe import UniverseSettings
    from leanib.engine.securities import Security

__all__ = ["Compression", "Expiry", "Extensions", "Globals", "LeanData", "OrderExtensions", "Parse"]

_TIME_SPANS = {Resolution.TICK: timedelta(0), **{r: r.to_time_span() for r in Resolution}}


class Extensions(LeanObject):
    """Extension methods, called as static ones."""

    @staticmethod
    def convert_from_utc(time: datetime, to: DateTimeZone, strict: bool = False) -> datetime:  # noqa: ARG004
        """A naive UTC time as local time."""
        return to.to_local(time)

    @staticmethod
    def convert_to_utc(time: datetime, from_: DateTimeZone, strict: bool = False) -> datetime:  # noqa: ARG004
        """A naive local time as UTC."""
        return from_.to_utc(time)

    @staticmethod
    def convert_to(time: datetime, from_: DateTimeZone, to: DateTimeZone, strict: bool = False) -> datetime:  # noqa: ARG004
        """A naive time of one zone in another one."""
        return time if from_ is to else to.to_local(from_.to_utc(time))

    @staticmethod
    def to_time_span(resolution: Resolution) -> timedelta:
        """The length of a bar."""
        return _TIME_SPANS[resolution]

    @staticmethod
    def to_higher_resolution_equivalent(span: timedelta, require_exact_match: bool) -> Resolution:
        """The resolution whose bars are that long, or the next finer one."""
        for resolution in (Resolution.DAILY, Resolution.HOUR, Resolution.MINUTE, Resolution.SECOND):
            length = resolution.to_time_span()
            if length == span or (not require_exact_match and length <= span):
                return resolution
        return Resolution.TICK

    @staticmethod
    def round_down(time: datetime, interval: timedelta) -> datetime:
        """The last multiple of an interval at or before a time."""
        return round_down(time, interval)

    @staticmethod
    def is_option(kind: SecurityType) -> bool:
        """Whether securities of that type are options."""
        return asset_of(kind).is_option

    @staticmethod
    def create_option_chain(
        algorithm: QCAlgorithm,
        symbol: Symbol,
        filter: Callable[[Any], object] | None,
        universe_settings: UniverseSettings | None = None,
    ) -> Any:
        """Adds the options on what an option is on; the universe that selects from them by the filter."""
        if not symbol.asset.is_option:
            raise ArgumentException("CreateOptionChain requires an option symbol.")
        settings = universe_settings or algorithm.universe_settings
        canonical = symbol.canonical
        option = base_of(algorithm).add_security(
            canonical, settings.resolution, settings.fill_forward, settings.leverage, settings.extended_market_hours
        )
        option.set_filter(filter)
        return next(each for each in algorithm.universe_manager.values() if each.configuration.symbol == canonical)

    @staticmethod
    def create_future_chain(
        algorithm: QCAlgorithm,
        symbol: Symbol,
        filter: Callable[[Any], object] | None,
        universe_settings: UniverseSettings | None = None,
    ) -> list[Any]:
        """Adds a continuous future; the universes of what it stands for, and of its contracts by the filter."""
        if not symbol.asset.has_continuous_contract:
            raise ArgumentException("CreateFutureChain requires a future symbol.")
        settings = universe_settings or algorithm.universe_settings
        canonical = symbol.canonical
        future = base_of(algorithm).add_security(
            *(canonical, settings.resolution, settings.fill_forward, settings.leverage, settings.extended_market_hours),
            data_mapping_mode=settings.data_mapping_mode,
            data_normalization_mode=canonical.asset.default_normalization(settings.data_normalization_mode),
            contract_depth_offset=settings.contract_depth_offset,
        )
        future.set_filter(filter)
        wanted = (canonical, ContinuousContractUniverse.create_symbol(canonical))
        return [universe for universe in algorithm.universe_manager.values() if universe.symbol in wanted]

    @staticmethod
    def is_market_open(security: Security, extended_market_hours: bool) -> bool:
        """Whether the security's exchange is open now."""
        return bool(security.exchange.hours.is_open(security.local_time, extended_market_hours))

    @staticmethod
    def tick_type_to_lower(tick_type: TickType) -> str:
        """`trade`, `quote` or `openinterest`, as files are named."""
        return tick_type.name.replace("_", "").lower()

    @staticmethod
    def resolution_to_lower(resolution: Resolution) -> str:
        """`minute` ..., as folders are named."""
        return resolution.name.lower()

    @staticmethod
    def security_type_to_lower(kind: SecurityType) -> str:
        """`equity` ..., as folders are named."""
        return kind.security_type_to_lower()

    @staticmethod
    def round_to_significant_digits(value: float, digits: int) -> float:
        """Rounded to that many significant digits."""
        return numbers.to_float(numbers.round_to_significant_digits(numbers.to_decimal(value), digits))

    @staticmethod
    def normalize(value: float) -> float:
        """A number as it is: trailing zeros mean nothing to a float."""
        return value

    @staticmethod
    def smart_rounding(value: float) -> float:
        """Above 1000 four decimals, else seven significant digits."""
        return numbers.to_float(numbers.smart_rounding(numbers.to_decimal(value)))

    @staticmethod
    def get_order_direction(quantity: float) -> Any:
        """Buy, sell or hold, by the quantity's sign."""
        from leanib.engine.orders import OrderDirection

        if quantity == 0:
            return OrderDirection.HOLD
        return OrderDirection.BUY if quantity > 0 else OrderDirection.SELL

    @staticmethod
    def read_lines(data_provider: Any, path: str) -> list[str]:  # noqa: ARG004
        """The lines of a file of the data folder; none when there is no such file."""
        file = Path(path)
        return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []


class Expiry(LeanObject):
    """Functions from a time to the end of the period it lies in."""

    @staticmethod
    def one_month(time: datetime) -> datetime:
        """A month later."""
        return _add_months(time, 1)

    @staticmethod
    def one_quarter(time: datetime) -> datetime:
        """Three months later."""
        return _add_months(time, 3)

    @staticmethod
    def one_year(time: datetime) -> datetime:
        """A year later."""
        return _add_months(time, 12)

    @staticmethod
    def end_of_day(time: datetime) -> datetime:
        """The next midnight."""
        return midnight(time + timedelta(days=1))

    @staticmethod
    def end_of_week(time: datetime) -> datetime:
        """Monday's midnight."""
        return midnight(time + timedelta(days=8 - time.isoweekday()))

    @staticmethod
    def end_of_month(time: datetime) -> datetime:
        """The first of the next month."""
        return _add_months(datetime(time.year, time.month, 1), 1)

    @staticmethod
    def end_of_quarter(time: datetime) -> datetime:
        """The first of the next quarter."""
        return _add_months(datetime(time.year, (time.month - 1) // 3 * 3 + 1, 1), 3)

    @staticmethod
    def end_of_year(time: datetime) -> datetime:
        """The first of the next year."""
        return datetime(time.year + 1, 1, 1)


for _name in [name for name in vars(Expiry) if name.startswith(("one_", "end_of_"))]:
    setattr(Expiry, _name.upper(), staticmethod(getattr(Expiry, _name)))


def _add_months(time: datetime, months: int) -> datetime:
    years, month = divmod(time.month - 1 + months, 12)
    year = time.year + years
    return time.replace(year=year, month=month + 1, day=min(time.day, monthrange(year, month + 1)[1]))


class _GlobalsType(type):
    @property
    def data_folder(cls) -> str:
        """The data folder of the run."""
        return str(_symbols.Globals.data_folder)

    DataFolder = data_folder


class Globals(metaclass=_GlobalsType):
    """`Globals.data_folder` as a text, which algorithms add file names to."""


class Compression(LeanObject):
    """Zip archives in memory."""

    @staticmethod
    def zip_bytes(data: Iterable[int], zip_entry_name: str) -> bytes:
        """An archive with one entry."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zip_entry_name, bytes(data))
        return buffer.getvalue()

    @staticmethod
    def unzip_data(data: Iterable[int]) -> dict[str, str]:
        """The texts of an archive's entries."""
        with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}


class LeanData(LeanObject):
    """Names of LEAN's data files (`Common/Util/LeanData.cs`)."""

    @staticmethod
    def generate_zip_file_name(symbol: Symbol, date: datetime, resolution: Resolution, tick_type: TickType) -> str:
        """The zip that holds a day of a security's data; hour and daily data are in one for all days."""
        return zip_file_name(symbol, date, resolution, tick_type)

    @staticmethod
    def generate_zip_file_path(
        data_directory: str, symbol: Symbol, date: datetime, resolution: Resolution, tick_type: TickType
    ) -> str:
        """The same with its folder."""
        return str(zip_file_path(data_directory, symbol, date, resolution, tick_type))


class Parse(LeanObject):
    """Numbers and times from texts."""

    @staticmethod
    def decimal(text: str) -> float:
        """A number."""
        return float(text)

    @staticmethod
    def int(text: str) -> int:
        """An integer."""
        return round(float(text))

    @staticmethod
    def date_time(text: str) -> datetime:
        """A date or time in ISO form."""
        return datetime.fromisoformat(text)


class OrderExtensions(LeanObject):
    """What order statuses and types say of themselves, as static methods (`Common/Orders/OrderExtensions.cs`)."""

    is_closed = staticmethod(OrderStatus.is_closed)
    is_open = staticmethod(OrderStatus.is_open)
    is_fill = staticmethod(OrderStatus.is_fill)
    is_limit_order = staticmethod(OrderType.is_limit_order)
    is_stop_order = staticmethod(OrderType.is_stop_order)
