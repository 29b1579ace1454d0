"""Properties of securities: currency, multiplier, tick and lot size.

From `Common/Securities/SymbolProperties.cs` and `SymbolPropertiesDatabase.cs`; the file,
`symbol-properties/symbol-properties-database.csv` in the data folder, is read by `leanib.data.symbol_properties`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from leanib.data.symbol_properties import SymbolPropertiesFile, SymbolPropertiesRow
from leanib.engine.exchanges.database import SecurityDatabaseKey, get_database_symbol_key
from leanib.engine.naming import LeanNames, LeanObject, readable
from leanib.engine.numbers import ONE, decimal_text, to_decimal
from leanib.engine.numbers.exact import FloatView, OptionalFloatView
from leanib.engine.symbols import Globals, PerRun, SecurityType, Symbol
from leanib.errors import DataError

__all__ = ["SymbolProperties", "SymbolPropertiesDatabase"]


class SymbolProperties(LeanNames):
    """How a security is traded and counted."""

    __slots__ = (
        "contract_multiplier_decimal",
        "description",
        "lot_size_decimal",
        "market_ticker",
        "minimum_order_size_decimal",
        "minimum_price_variation_decimal",
        "price_magnifier_decimal",
        "quote_currency",
        "strike_multiplier_decimal",
    )

    contract_multiplier = FloatView()
    lot_size = FloatView()
    minimum_order_size = OptionalFloatView()
    minimum_price_variation = FloatView()
    price_magnifier = FloatView()
    strike_multiplier = FloatView()

    def __init__(
        self,
        description: str,
        quote_currency: str,
        contract_multiplier: Decimal | float,
        minimum_price_variation: Decimal | float,
        lot_size: Decimal | float,
        market_ticker: str = "",
        minimum_order_size: Decimal | float | None = None,
        price_magnifier: Decimal | float = ONE,
        strike_multiplier: Decimal | float = ONE,
    ) -> None:
        self.description = description
        self.quote_currency = quote_currency
        self.contract_multiplier_decimal = to_decimal(contract_multiplier)
        self.minimum_price_variation_decimal = to_decimal(minimum_price_variation)
        self.lot_size_decimal = to_decimal(lot_size)
        self.market_ticker = market_ticker
        self.minimum_order_size_decimal = None if minimum_order_size is None else to_decimal(minimum_order_size)
        self.price_magnifier_decimal = to_decimal(price_magnifier)
        self.strike_multiplier_decimal = to_decimal(strike_multiplier)
        for name in ("lot_size", "price_magnifier", "strike_multiplier"):
            if getattr(self, f"{name}_decimal") <= 0:
                raise ValueError(f"the {name.replace('_', ' ')} of a security must be positive")

    @staticmethod
    def get_default(quote_currency: str) -> SymbolProperties:
        """Those of a security that no database lists: cents, single units."""
        return SymbolProperties("", quote_currency.upper(), 1, Decimal("0.01"), 1)

    def __str__(self) -> str:
        fields: tuple[Any, ...] = (
            self.description,
            self.quote_currency,
            self.contract_multiplier_decimal,
            self.minimum_price_variation_decimal,
            self.lot_size_decimal,
            self.market_ticker,
            self.minimum_order_size_decimal,
            self.price_magnifier_decimal,
            self.strike_multiplier_decimal,
        )
        return ",".join(decimal_text(f) if isinstance(f, Decimal) else str(f or "") for f in fields)

    __repr__ = readable


class SymbolPropertiesDatabase(LeanObject):
    """Symbol properties by market, ticker and security type."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._entries: dict[SecurityDatabaseKey, SymbolProperties | None] = {}

    @classmethod
    def from_data_folder(cls) -> SymbolPropertiesDatabase:
        """The database of the run's data folder."""
        return _FROM_DATA_FOLDER()

    @classmethod
    def reset(cls) -> None:
        """Forgets the database of the data folder, and the entries that the algorithm set."""
        _FROM_DATA_FOLDER.clear()

    def get_symbol_properties(
        self, market: str, symbol: Symbol | str | None, security_type: SecurityType, default_quote_currency: str
    ) -> SymbolProperties:
        """Those of the symbol, else of its type on its market, else the default."""
        key = SecurityDatabaseKey(market, get_database_symbol_key(symbol), security_type)
        found = self._entry(key)
        if found is None and isinstance(symbol, Symbol) and symbol.asset.hours_kind is not None:
            underlying = symbol.underlying
            if underlying is not None:
                ticker = get_database_symbol_key(underlying)
                found = self._entry(SecurityDatabaseKey(market, ticker, underlying.security_type))
        found = found or self._entry(key.create_common_key())
        return found or SymbolProperties.get_default(default_quote_currency)

    def try_get_market(
        self, symbol: str, security_type: SecurityType, market: object = None
    ) -> tuple[bool, str | None]:
        """Whether a ticker of that type is listed, and its first market."""
        found = self.find_market(symbol, security_type)
        return found is not None, found

    def find_market(self, symbol: str, security_type: SecurityType) -> str | None:
        """The first market that lists the ticker, or None."""
        return self._file.find_market(symbol, security_type.security_type_to_lower())

    def contains_key(self, market: str, symbol: Symbol | str | None, security_type: SecurityType) -> bool:
        """Whether exactly that ticker is listed."""
        key = SecurityDatabaseKey(market, get_database_symbol_key(symbol), security_type)
        return self._entry(key) is not None

    def set_entry(self, market: str, symbol: str, security_type: SecurityType, properties: SymbolProperties) -> bool:
        """Adds or replaces an entry for this run."""
        self._entries[SecurityDatabaseKey(market, symbol, security_type)] = properties
        return True

    def get_symbol_properties_list(
        self, market: str, security_type: SecurityType | None = None
    ) -> Iterator[tuple[SecurityDatabaseKey, SymbolProperties]]:
        """Everything on a market, of one type or of all, in the file's order."""
        kinds = [security_type] if security_type is not None else list(SecurityType)
        by_name = {kind.security_type_to_lower(): kind for kind in kinds}
        seen = set()
        for (_, ticker, name), row in self._file.rows(market):
            if name in by_name:
                key = SecurityDatabaseKey(market, ticker, by_name[name])
                seen.add(key)
                yield key, self._entries.get(key) or self._properties(key, row)
        for key, properties in list(self._entries.items()):
            if key not in seen and properties is not None and key.market == market and key.security_type in kinds:
                yield key, properties

    @cached_property
    def _file(self) -> SymbolPropertiesFile:
        return SymbolPropertiesFile(self._path)

    def _entry(self, key: SecurityDatabaseKey) -> SymbolProperties | None:
        if key not in self._entries:
            row = self._file.find(key.market, key.symbol, key.security_type.security_type_to_lower())
            self._entries[key] = None if row is None else self._properties(key, row)
        return self._entries[key]

    def _properties(self, key: SecurityDatabaseKey, row: SymbolPropertiesRow) -> SymbolProperties:
        try:
            return SymbolProperties(
                row.description,
                row.quote_currency,
                row.contract_multiplier,
                row.minimum_price_variation,
                row.lot_size,
                row.market_ticker,
                row.minimum_order_size,
                row.price_magnifier,
                row.strike_multiplier,
            )
        except ValueError as error:
            raise DataError(f"{self._path}: the line of {key} cannot be used: {error}; correct it") from error


def _of_data_folder() -> SymbolPropertiesDatabase:
    return SymbolPropertiesDatabase(Globals.data_folder / "symbol-properties" / "symbol-properties-database.csv")


_FROM_DATA_FOLDER = PerRun(_of_data_folder)
