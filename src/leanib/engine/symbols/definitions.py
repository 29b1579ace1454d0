"""Industry identifiers of securities: CUSIP, FIGI, SEDOL, ISIN, CIK.

From `Common/Securities/SecurityDefinition.cs` and `SecurityDefinitionSymbolResolver.cs`; the file is
`symbol-properties/security-database.csv` in the data folder, with a security identifier and the others on each line.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from leanib.engine.symbols.globals import Globals, PerRun
from leanib.engine.symbols.map_files import MapFileProvider
from leanib.engine.symbols.security_identifier import SecurityIdentifier
from leanib.engine.symbols.symbol import Symbol
from leanib.errors import DataError

__all__ = ["SecurityDefinition", "SecurityDefinitionSymbolResolver"]


class SecurityDefinition(NamedTuple):
    """One security under all its names; None where one is not known."""

    security_identifier: SecurityIdentifier
    cusip: str | None = None
    composite_figi: str | None = None
    sedol: str | None = None
    isin: str | None = None
    cik: int | None = None


_NO_DEFINITION = SecurityDefinition(SecurityIdentifier.EMPTY)


class SecurityDefinitionSymbolResolver:
    """Finds a security's identifiers, and a security by one of them."""

    @classmethod
    def reset(cls) -> None:
        """Forgets the file of an earlier run."""
        _DEFINITIONS.clear()

    @classmethod
    def definition(cls, symbol: Symbol) -> SecurityDefinition:
        """What is known of a symbol."""
        return next((known for known in _DEFINITIONS() if known.security_identifier == symbol.id), _NO_DEFINITION)

    @classmethod
    def find(cls, kind: str, value: str | int, trading_date: datetime) -> list[Symbol]:
        """The securities with that CUSIP, ISIN ... (`kind` is the field's name), under their tickers on that day."""
        wanted = str(value).upper()
        found = [known for known in _DEFINITIONS() if str(getattr(known, kind)).upper() == wanted]
        return [_symbol_on(known.security_identifier, trading_date) for known in found]


def _read() -> list[SecurityDefinition]:
    path = Globals.data_folder / "symbol-properties" / "security-database.csv"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    try:
        return [_parse(line) for line in lines if line.strip() and line[0] != "#"]
    except (ValueError, IndexError) as error:
        remedy = "write identifier,CUSIP,composite FIGI,SEDOL,ISIN,CIK"
        raise DataError(f"{path} is malformed ({error}); {remedy}") from error


def _parse(line: str) -> SecurityDefinition:
    identifier, *names = (field.strip() or None for field in line.split(","))
    cusip, figi, sedol, isin = names[:4]
    cik = int(names[4]) if len(names) > 4 and names[4] else None
    return SecurityDefinition(SecurityIdentifier.parse(identifier), cusip, figi, sedol, isin, cik)


def _symbol_on(identifier: SecurityIdentifier, trading_date: datetime) -> Symbol:
    map_file = MapFileProvider.map_file(Symbol(identifier, identifier.symbol))
    return Symbol(identifier, map_file.get_mapped_symbol(trading_date, identifier.symbol))


_DEFINITIONS = PerRun(_read)
