"""Map files (a ticker's names over time) and factor files (splits and dividends), as rows.

Dates are exchange dates; factors are exact decimals with the file's scale. Facts: LEAN's MapFileRow.cs,
CorporateFactorRow.cs and MappingContractFactorRow.cs.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple, TypeVar

from leanib.data.archive import read_text_lines
from leanib.errors import DataError
from leanib.files import write_text

__all__ = [
    "ContractFactorRow",
    "FactorRow",
    "MapRow",
    "read_contract_factor_file",
    "read_factor_file",
    "read_map_file",
    "write_factor_file",
    "write_map_file",
]

_Row = TypeVar("_Row")
_MAPPING_MODES = {
    name: number
    for number, text in enumerate(("lasttradingday", "firstdaymonth", "openinterest", "openinterestannual"))
    for name in (str(number), text)
}


class MapRow(NamedTuple):
    """Until `date`, inclusive, the security was called `ticker` (upper case); 2050-12-31 is "still"."""

    date: dt.date
    ticker: str
    exchange: str = ""
    """The primary exchange's code (`Q` Nasdaq, `N` NYSE, `P` Arca ...), as in the file."""
    mapping_mode: int | None = None
    """For continuous futures, the number of LEAN's DataMappingMode: 0 last trading day, 1 first day of the month,
    2 open interest, 3 open interest by the year."""


@dataclass(frozen=True, slots=True)
class FactorRow:
    """Factors that apply to prices up to and including `date`; `reference_price` is that day's raw close."""

    date: dt.date
    price_factor: Decimal
    split_factor: Decimal
    reference_price: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ContractFactorRow:
    """Factors of a continuous future, one number per contract depth."""

    date: dt.date
    backwards_ratio: tuple[Decimal, ...]
    backwards_panama_canal: tuple[Decimal, ...]
    forward_panama_canal: tuple[Decimal, ...]
    mapping_mode: int | None


def read_map_file(path: Path | str) -> list[MapRow]:
    """The rows of a map file, in the file's order; those with a mapping mode that is not known are left out.

    Raises:
        DataError: the file is missing or a line is malformed.
    """
    return [row for row in _read(path, _map_row, "20040402,goog,Q") if row is not None]


def read_factor_file(path: Path | str) -> list[FactorRow]:
    """The rows of an equity's factor file, in the file's order.

    Lines whose factors lost their precision (`inf`, `1.6e+6`) or are zero are left out, as LEAN does.

    Raises:
        DataError: the file is missing or a line is malformed.
    """
    rows = _read(
        path, _factor_row, "20140606,0.8893653,0.0357143,645.57", skip=lambda line: "inf" in line or "e+" in line
    )
    return [row for row in rows if row.price_factor * row.split_factor > 0]


def read_contract_factor_file(path: Path | str) -> list[ContractFactorRow]:
    """The rows of a continuous future's factor file (one JSON object a line).

    Raises:
        DataError: the file is missing or a line is malformed.
    """
    return _read(path, _contract_factor_row, "an object with Date, BackwardsRatioScale and so on")


def write_map_file(path: Path | str, rows: list[MapRow]) -> None:
    """Write a map file as LEAN does (tickers in lower case)."""
    _write(path, [",".join(filter(None, (f"{row.date:%Y%m%d}", row.ticker.lower(), row.exchange))) for row in rows])


def write_factor_file(path: Path | str, rows: list[FactorRow]) -> None:
    """Write a factor file with LEAN's rounding: price factor 7, split factor 8, reference price 4 digits."""
    _write(path, [_factor_line(row) for row in rows])


def _factor_line(row: FactorRow) -> str:
    factors = f"{_rounded(row.price_factor, 7)},{_rounded(row.split_factor, 8)}"
    return f"{row.date:%Y%m%d},{factors},{_rounded(row.reference_price, 4)}"


def _rounded(value: Decimal, digits: int) -> str:
    text = f"{round(value, digits):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _write(path: Path | str, lines: list[str]) -> None:
    write_text(path, "".join(f"{line}\n" for line in lines))


def _read(
    path: Path | str, decode: Callable[[str], _Row], example: str, skip: Callable[[str], bool] = lambda _line: False
) -> list[_Row]:
    rows = []
    for number, line in enumerate(read_text_lines(path), 1):
        if not line.strip() or skip(line):
            continue
        try:
            rows.append(decode(line))
        except (ValueError, IndexError, KeyError, InvalidOperation):
            raise DataError(
                f"{path}, line {number}: cannot read {line[:80]!r}; write it like '{example}', or remove the line"
            ) from None
    return rows


def _date(text: str) -> dt.date:
    if len(text) != 8:
        raise ValueError(f"{text!r} is not a date such as 20040402")
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _map_row(line: str) -> MapRow | None:
    fields = line.strip().split(",")
    mode = None
    if len(fields) > 3:
        mode = _MAPPING_MODES.get(fields[3].lower())
        if mode is None:
            return None
    return MapRow(_date(fields[0]), fields[1].upper(), fields[2] if len(fields) > 2 else "", mode)


def _factor_row(line: str) -> FactorRow:
    fields = line.strip().split(",")
    reference = Decimal(fields[3]) if len(fields) > 3 and fields[3].strip() else Decimal(0)
    return FactorRow(_date(fields[0]), Decimal(fields[1]), Decimal(fields[2]), reference)


def _contract_factor_row(line: str) -> ContractFactorRow:
    content = json.loads(line, parse_float=Decimal, parse_int=Decimal)
    mode = content.get("DataMappingMode")
    return ContractFactorRow(
        date=dt.date.fromisoformat(content["Date"][:10]),
        backwards_ratio=tuple(content["BackwardsRatioScale"]),
        backwards_panama_canal=tuple(content["BackwardsPanamaCanalScale"]),
        forward_panama_canal=tuple(content["ForwardPanamaCanalScale"]),
        mapping_mode=int(mode) if mode is not None else None,
    )
