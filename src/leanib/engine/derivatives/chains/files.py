"""Files of all contracts of a day: `{type}/{market}/universes/{directory}/{yyyyMMdd}.csv` in the data folder.

From `LeanData.GenerateUniversesDirectory`, `OptionUniverse.cs` and `FutureUniverse.cs`. A line that begins with `#` is
a heading. Options: expiry, strike, right, then open, high, low, close, volume, open interest, implied volatility,
delta, gamma, vega, theta, rho; the first three are empty in the underlying's line. Futures: contract month, then the
columns from open to open interest.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from leanib.engine.derivatives.chains.universe_data import BaseChainUniverseData, FutureUniverse, OptionUniverse
from leanib.engine.derivatives.futures.calendar import future_contract_month
from leanib.engine.derivatives.futures.expiry import future_expiry
from leanib.engine.dotnet.exceptions import ArgumentOutOfRangeException
from leanib.engine.symbols import (
    DEFAULT_DATE,
    OptionRight,
    OptionStyle,
    PerRun,
    SecurityIdentifier,
    SecurityType,
    Symbol,
)
from leanib.errors import DataError

__all__ = ["read_universe_file", "universe_path"]


def universe_path(data_folder: Path, canonical: Symbol, day: date) -> Path:
    """Where the contracts of a canonical option or future on a day are."""
    folder = data_folder / canonical.security_type.security_type_to_lower() / canonical.id.market / "universes"
    name = canonical.id.symbol.lower()
    match canonical.security_type:
        case SecurityType.OPTION:
            assert canonical.underlying is not None
            folder /= canonical.underlying.value.lower()
        case SecurityType.FUTURE | SecurityType.INDEX_OPTION:
            folder /= name
        case SecurityType.FUTURE_OPTION:
            folder = folder / name / f"{future_contract_month(canonical):%Y%m}"
        case kind:
            raise ArgumentOutOfRangeException(f"Unsupported security type {kind.lean_name}")
    return folder / f"{day:%Y%m%d}.csv"


def read_universe_file(path: Path, canonical: Symbol, day: datetime) -> BaseChainUniverseData | None:
    """The collection of a file's contracts, in the file's order, with the underlying; None without a file.

    Symbols are made once a run: the same contract on two days is the same object.
    """
    if not path.is_file():
        return None
    is_future = canonical.security_type is SecurityType.FUTURE
    kind: type[BaseChainUniverseData] = FutureUniverse if is_future else OptionUniverse
    collection = kind(day, canonical)
    rows, columns = collection.data, 1 if is_future else 3
    scope = (canonical.security_type, canonical.id.market, canonical.id.symbol, canonical.underlying)
    known = _SYMBOLS().setdefault(scope, {})
    with _nothing_collected():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line or line[0] == "#":
                continue
            *named, rest = line.split(",", columns)
            if not line[0].isdigit():
                collection.underlying = kind(day, canonical.underlying, rest)
                continue
            key = tuple(named)
            symbol = known.get(key)
            if symbol is None:
                symbol = known[key] = _contract(path, number, canonical, named)
            rows.append(kind(day, symbol, rest))
        for row in rows:
            row.underlying = collection.underlying
    return collection


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Python's collector would look at all of a file's contracts again and again while they are made."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _contract(path: Path, number: int, canonical: Symbol, named: list[str]) -> Symbol:
    try:
        if len(named) == 1:
            month = datetime.strptime(named[0], "%Y%m")
            return Symbol.create_future(canonical.id.symbol, canonical.id.market, future_expiry(canonical)(month))
        expiry, strike, right = named
        return _option(canonical, _day(expiry), Decimal(strike), right)
    except (ValueError, ArithmeticError) as error:
        form = "contract month" if canonical.security_type is SecurityType.FUTURE else "expiry,strike,right"
        raise DataError(f"{path} is malformed in line {number} ({error}); a line begins with {form}") from error


@cache
def _day(text: str) -> datetime:
    if len(text) != 8:  # strptime would take `2015122` for the second of December
        raise ValueError(f"'{text}' is not a date such as 20151224")
    return datetime.strptime(text, "%Y%m%d")


def _option(canonical: Symbol, expiry: datetime, strike: Decimal, right: str) -> Symbol:
    template = _template(canonical)
    identifier = template.contract(expiry, strike, OptionRight.CALL if right.upper() == "C" else OptionRight.PUT)
    return Symbol(identifier, canonical.asset.alias(identifier, canonical.underlying) or "", canonical.underlying)


def _template(canonical: Symbol) -> SecurityIdentifier:
    """The identifier of the canonical option in the style that its contracts have; a file has thousands of them."""
    known = _TEMPLATES()
    found = known.get(canonical)
    if found is None:
        is_index_option = canonical.security_type is SecurityType.INDEX_OPTION
        found = known[canonical] = Symbol.create_option(
            canonical.underlying,
            canonical.id.symbol if is_index_option else None,
            canonical.id.market,
            OptionStyle.EUROPEAN if is_index_option else OptionStyle.AMERICAN,
            OptionRight.CALL,
            0,
            DEFAULT_DATE,
        ).id
    return found


_TEMPLATES: PerRun[dict[Symbol, SecurityIdentifier]] = PerRun(dict)
_SYMBOLS: PerRun[dict[tuple[object, ...], dict[tuple[str, ...], Symbol]]] = PerRun(dict)
"""Contracts by what they are on, and by what the files call them."""
