"""LEAN's `symbol-properties/symbol-properties-database.csv`: tick size, lot size, multiplier and quote currency.

Numbers are exact decimals with the file's scale. A line is decoded when somebody asks for it: the file may have tens of
thousands, of which a run needs a few. Facts: LEAN's Common/Securities/SymbolPropertiesDatabase.cs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from leanib.data.archive import read_text_lines
from leanib.errors import DataError

__all__ = ["SymbolPropertiesFile", "SymbolPropertiesRow"]

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class SymbolPropertiesRow:
    """One line; `minimum_order_size` is None where the file says nothing."""

    description: str
    quote_currency: str
    contract_multiplier: Decimal
    minimum_price_variation: Decimal
    lot_size: Decimal
    market_ticker: str = ""
    minimum_order_size: Decimal | None = None
    price_magnifier: Decimal = Decimal(1)
    strike_multiplier: Decimal = Decimal(1)


class SymbolPropertiesFile:
    """The database, by (market, ticker or `[*]`, security type); case does not matter."""

    def __init__(self, path: Path | str) -> None:
        """Index the file.

        Raises:
            DataError: the file is missing, or a line has too few columns.
        """
        self.path = Path(path)
        self._lines: dict[str, tuple[int, str]] = {}
        header_seen = False
        for number, line in enumerate(read_text_lines(path), 1):
            if line.startswith("#") or not line.strip():
                continue
            if header_seen:
                self._lines.setdefault(self._key(number, line), (number, line))
            header_seen = True

    def _key(self, number: int, line: str) -> str:
        fields = line.split(",", 3)
        if len(fields) < 4:
            raise DataError(f"{self.path}, line {number}: {line[:60]!r} has too few columns; repair or remove the line")
        return f"{fields[0]},{fields[1]},{fields[2]}".lower()

    def find(self, market: str, ticker: str, security_type: str) -> SymbolPropertiesRow | None:
        """The line of exactly this ticker (`[*]` for the market's own), or None.

        Raises:
            DataError: the line is malformed.
        """
        found = self._lines.get(f"{market},{ticker},{security_type}".lower())
        return None if found is None else self._decode(*found)

    def markets(self) -> list[str]:
        """The markets that the file names, in lower case."""
        return sorted({key.partition(",")[0] for key in self._lines})

    def find_market(self, ticker: str, security_type: str) -> str | None:
        """The first market in the file that lists the ticker."""
        wanted = f",{ticker},{security_type}".lower()
        return next((key.removesuffix(wanted) for key in self._lines if key.endswith(wanted)), None)

    def rows(self, market: str, security_type: str | None = None) -> Iterator[tuple[_Key, SymbolPropertiesRow]]:
        """All lines of a market, with their keys (market lower, ticker upper, security type lower)."""
        beginning = f"{market.lower()},"
        for key, (number, line) in self._lines.items():
            if key.startswith(beginning):
                _, ticker, kind = key.split(",")
                if security_type in {None, kind}:
                    yield (market.lower(), ticker.upper(), kind), self._decode(number, line)

    def _decode(self, number: int, line: str) -> SymbolPropertiesRow:
        fields = [part.strip() for part in line.split(",")]
        fields += [""] * (12 - len(fields))
        try:
            return SymbolPropertiesRow(
                description=fields[3],
                quote_currency=fields[4],
                contract_multiplier=Decimal(fields[5]),
                minimum_price_variation=_without_exponent(Decimal(fields[6])),
                lot_size=Decimal(fields[7]),
                market_ticker=fields[8],
                minimum_order_size=Decimal(fields[9]) if fields[9] else None,
                price_magnifier=Decimal(fields[10] or 1),
                strike_multiplier=Decimal(fields[11] or 1),
            )
        except InvalidOperation:
            raise DataError(f"{self.path}, line {number}: a number is malformed in {line[:80]!r}; repair it") from None


def _without_exponent(value: Decimal) -> Decimal:
    """`1e-8` as 0.00000001."""
    return Decimal(format(value, "f"))
