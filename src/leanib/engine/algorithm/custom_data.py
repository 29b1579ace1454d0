"""`self.add_data`: custom data (`Algorithm/QCAlgorithm.Python.cs`, AddData)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.custom import ObjectStore, SourcedData
from leanib.engine.custom.reading import cached_copy
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.securities import SymbolProperties
from leanib.engine.symbols import (
    Market,
    Resolution,
    SecurityIdentifier,
    SecurityType,
    Symbol,
    SymbolCache,
    TickType,
)
from leanib.engine.timezones import DateTimeZone
from leanib.errors import UsageError

if TYPE_CHECKING:
    from leanib.engine.algorithm.arguments import CustomDataArgument
    from leanib.engine.securities import Security, SecurityExchangeHours, SecurityManager

__all__ = ["CustomData"]


class CustomData(AlgorithmPart):
    """The part of QCAlgorithm that adds data of any kind, and keeps values between runs."""

    if TYPE_CHECKING:
        securities: SecurityManager
        subscription_manager: Any
        market_hours_database: Any
        symbol_properties_database: Any
        object_store: ObjectStore

        def _qc_add_to_user_defined_universe(self, security: Security, configurations: list[Any]) -> Security: ...

    def add_data(
        self,
        type: type[SourcedData],
        ticker: str | Symbol,
        *arguments: CustomDataArgument,
        **options: CustomDataArgument,
    ) -> Security:
        """Subscribe to custom data.

        `add_data(type, ticker_or_underlying, resolution=None, time_zone=None, fill_forward=False, leverage=1)` or
        `add_data(type, ticker, properties, exchange_hours, resolution=None, fill_forward=False, leverage=1)`.

        Args:
            type: the class whose `get_source` and `reader` bring the data.
            ticker: a name for the data, or the symbol that they belong to.
            arguments: as above; the resolution is the type's own unless given, the time zone is that of its times.
            options: the same by keyword.

        Raises:
            UsageError: the type is no class with `get_source` and `reader`.
            InvalidOperationException: the type follows a security's ticker and there is no such security.
        """
        if not (isinstance(type, _Type) and hasattr(type, "get_source")):
            raise UsageError(f"add_data needs a class derived from PythonData, not {type!r}")
        places, named = cast("tuple[Any, ...]", arguments), cast("dict[str, Any]", options)
        own = places and isinstance(places[0], SymbolProperties)
        if own or "properties" in options or "symbol_properties" in options:
            return self._qc_add_with_properties(type, str(ticker), *places, **named)
        return self._qc_add_data(type, ticker, *places, **named)

    def _qc_add_with_properties(
        self,
        kind: type[SourcedData],
        ticker: str,
        properties: SymbolProperties,
        exchange_hours: SecurityExchangeHours,
        resolution: Resolution | None = None,
        fill_forward: bool = False,
        leverage: float = 1.0,
    ) -> Security:
        """Data with their own lot size, tick size and market hours."""
        key = SecurityIdentifier.generate_base_symbol(kind, ticker)
        self.market_hours_database.set_entry(Market.USA, key, SecurityType.BASE, exchange_hours)
        self.symbol_properties_database.set_entry(Market.USA, key, SecurityType.BASE, properties)
        return self._qc_add_data(kind, ticker, resolution, None, fill_forward, leverage)

    def _qc_add_data(
        self,
        kind: type[SourcedData],
        ticker: str | Symbol | Any,
        resolution: Resolution | None = None,
        time_zone: DateTimeZone | None = None,
        fill_forward: bool = False,
        leverage: float = 1.0,
    ) -> Security:
        symbol = _symbol_of(kind, ticker)
        alias = symbol.id.symbol
        SymbolCache.set(alias, symbol)
        if time_zone is not None:
            self.market_hours_database.set_entry_always_open(symbol.id.market, alias, SecurityType.BASE, time_zone)
        configs = self.subscription_manager.subscription_data_config_service.add(
            symbol,
            resolution,
            fill_forward,
            extended_market_hours=True,
            is_custom_data=True,
            subscription_data_types=[(kind, TickType.TRADE)],
        )
        security = self.securities.create_security(symbol, configs, leverage, add_to_symbol_cache=False)
        return self._qc_add_to_user_defined_universe(security, configs)

    def download(self, address: str, *credentials: object) -> str:
        """The text behind an address, from the copy in the cache or a `file://` address.

        Raises:
            DataError: there is no copy; the text says where it belongs.
        """
        return cached_copy(address).read_text(encoding="utf-8-sig")


_Type = type


def _symbol_of(kind: type[SourcedData], ticker: str | Symbol | Any) -> Symbol:
    """The symbol of the data: of a name, or of the security that they follow."""
    if not isinstance(ticker, str):
        underlying: Symbol = getattr(ticker, "symbol", ticker)
        return Symbol.create_base(kind, underlying, underlying.id.market)
    if not kind().requires_mapping():
        return Symbol(SecurityIdentifier.generate_base(kind, ticker, Market.USA, map_symbol=False), ticker)
    found = SymbolCache.try_get_symbol(ticker)
    if found is None:
        raise InvalidOperationException(
            f"The custom data type {kind.__name__} requires mapping, but the provided ticker is not in the cache. "
            "Please add this custom data type using a Symbol or perform this call after a Security has been added "
            "using AddEquity, AddForex, AddCfd, AddCrypto, AddFuture, AddOption or AddSecurity. "
            "An example use case can be found in CustomDataAddDataRegressionAlgorithm"
        )
    return Symbol.create_base(kind, found, found.id.market)
