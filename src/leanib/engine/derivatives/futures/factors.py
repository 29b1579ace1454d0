"""How prices of a continuous future are joined (`Common/Data/Auxiliary/MappingContractFactor{Row,Provider}.cs`).

A factor file `future/<market>/factor_files/<ticker>.csv` has a JSON object a line: until that date, by what the prices
of the past are multiplied or shifted, for each mapping mode and contract depth.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from leanib.engine.derivatives.futures.calendar import midnight
from leanib.engine.dotnet.exceptions import ArgumentOutOfRangeException
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.numbers import ONE, ZERO
from leanib.engine.symbols import DataMappingMode, DataNormalizationMode, Globals, PerRun, Symbol
from leanib.errors import DataError

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig

__all__ = ["ContractFactors", "MappingContractFactorRow", "normalize_price", "price_factor", "read_factors"]

_RATIO = DataNormalizationMode.BACKWARDS_RATIO
_BACKWARDS = DataNormalizationMode.BACKWARDS_PANAMA_CANAL
_FORWARD = DataNormalizationMode.FORWARD_PANAMA_CANAL
_PANAMA = (_BACKWARDS, _FORWARD)


class MappingContractFactorRow(NamedTuple):
    """The factors that hold up to and including a date, by contract depth; None for any mapping mode."""

    date: datetime
    backwards_ratio_scale: tuple[Decimal, ...]
    backwards_panama_canal_scale: tuple[Decimal, ...]
    forward_panama_canal_scale: tuple[Decimal, ...]
    data_mapping_mode: DataMappingMode | None

    def scale(self, mode: DataNormalizationMode) -> tuple[Decimal, ...]:
        """The factors of a normalization mode."""
        if mode is _RATIO:
            return self.backwards_ratio_scale
        if mode is _BACKWARDS:
            return self.backwards_panama_canal_scale
        if mode is _FORWARD:
            return self.forward_panama_canal_scale
        raise ArgumentOutOfRangeException(f"{mode.lean_name} is no way of joining the prices of futures contracts")


def read_factors(path: Path) -> list[MappingContractFactorRow]:
    """A factor file's rows, oldest first; rows of mapping modes that LEAN does not have are dropped."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                fields = json.loads(line, parse_float=Decimal)
                mode = fields.get("DataMappingMode")
                if mode is None or mode in DataMappingMode.__members__.values():
                    rows.append(_row(fields, mode))
            except (ValueError, KeyError, TypeError, ArithmeticError) as error:
                raise DataError(
                    f"{path} is malformed in line {number} ({error}); each line is a JSON object with a Date and scales"
                ) from error
    return sorted(rows, key=lambda row: row.date)


def _row(fields: dict[str, Any], mode: int | None) -> MappingContractFactorRow:
    def scale(name: str) -> tuple[Decimal, ...]:
        return tuple(Decimal(number) for number in fields.get(name) or ())

    return MappingContractFactorRow(
        datetime.fromisoformat(fields["Date"]),
        scale("BackwardsRatioScale"),
        scale("BackwardsPanamaCanalScale"),
        scale("ForwardPanamaCanalScale"),
        None if mode is None else DataMappingMode(mode),
    )


def price_factor(
    rows: Sequence[MappingContractFactorRow],
    date: datetime,
    normalization: DataNormalizationMode,
    mapping: DataMappingMode | None = None,
    contract_offset: int = 0,
) -> Decimal:
    """The factor for prices of a day: that of the oldest row, not older than the day, with the mapping mode.

    Rows are oldest first. Raw prices have 0; without a row ratios have 1 and shifts 0.
    """
    if normalization is DataNormalizationMode.RAW:
        return ZERO
    day = midnight(date)
    for row in _first_of_each_date(rows, mapping):
        if row.date >= day:
            scale = row.scale(normalization)
            if len(scale) > contract_offset:
                return scale[contract_offset]
    if normalization is _RATIO:
        return ONE
    if normalization in _PANAMA:
        return ZERO
    raise ArgumentOutOfRangeException(f"{normalization.lean_name} is no way of joining the prices of futures contracts")


def _first_of_each_date(
    rows: Iterable[MappingContractFactorRow], mapping: DataMappingMode | None
) -> Iterable[MappingContractFactorRow]:
    seen = None
    for row in rows:
        if row.data_mapping_mode is mapping and row.date != seen:
            seen = row.date
            yield row


def normalize_price(price: Decimal, factor: Decimal, normalization: DataNormalizationMode) -> Decimal:
    """A contract's price as the continuous future shows it; volumes and open interest stay."""
    if normalization is _RATIO:
        return price * factor
    return price + factor if normalization in _PANAMA else price


class ContractFactors:
    """What joins the prices of a continuous future's contracts, by its mapping, normalization and contract depth."""

    def __init__(
        self,
        rows: Sequence[MappingContractFactorRow],
        normalization: DataNormalizationMode,
        mapping: DataMappingMode,
        contract_offset: int,
    ) -> None:
        self._rows = list(_first_of_each_date(rows, mapping))
        self._mapping = mapping
        self._normalization = normalization
        self._offset = contract_offset
        self.is_ratio = normalization is _RATIO

    @classmethod
    def of(cls, config: SubscriptionDataConfig) -> ContractFactors | None:
        """Those of a stream of prices; None where it shows them as they were."""
        normalization = config.data_normalization_mode
        if normalization is DataNormalizationMode.RAW:
            return None
        return cls(_rows_of(config.symbol), normalization, config.data_mapping_mode, config.contract_depth_offset)

    @staticmethod
    def forget() -> None:
        """Reads the files again when they are asked for: in a live run they grow."""
        _FILES.clear()

    def factor(self, day: datetime) -> Decimal:
        """What prices of a day are multiplied by, or what is added to them."""
        return price_factor(self._rows, day, self._normalization, self._mapping, self._offset)


def _rows_of(symbol: Symbol) -> list[MappingContractFactorRow]:
    """The rows of a future, read once a run; none without a file."""
    ticker, market = symbol.id.symbol, symbol.id.market
    known = _FILES()
    if (market, ticker) not in known:
        folder = Globals.data_folder / symbol.security_type.security_type_to_lower() / market / "factor_files"
        path = folder / f"{ticker.lower()}.csv"
        found = DATA_MONITOR().on_new_data_request(path, path.is_file())
        known[market, ticker] = read_factors(path) if found else []
    return known[market, ticker]


_FILES: PerRun[dict[tuple[str, str], list[MappingContractFactorRow]]] = PerRun(dict)
