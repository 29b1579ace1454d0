"""Files of all contracts of a day: `{type}/{market}/universes/{directory}/{yyyyMMdd}.csv` in the data folder.

From `LeanData.GenerateUniversesDirectory`, `OptionUniverse.cs` and `FutureUniverse.cs`. A line that begins with `#` is
a heading. Options: expiry, strike, right, then open, high, low, close, volume, open interest, implied volatility,
delta, gamma, vega, theta, rho; the first three are empty in the underlying's line. Futures: contract month, then the
columns from open to open interest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from leanib.collector import resting
from leanib.engine.derivatives.chains.listed import ListedContract, option_list
from leanib.engine.derivatives.chains.universe_data import BaseChainUniverseData, FutureUniverse, OptionUniverse
from leanib.engine.derivatives.futures.expiry import future_expiry
from leanib.engine.symbols import PerRun, Symbol
from leanib.errors import DataError

__all__ = ["read_universe_file", "universe_path"]


def universe_path(data_folder: Path, canonical: Symbol, day: date) -> Path:
    """Where the contracts of a canonical option or future on a day are."""
    folder = data_folder / canonical.security_type.security_type_to_lower() / canonical.id.market / "universes"
    return folder / canonical.asset.universe_folder(canonical) / f"{day:%Y%m%d}.csv"


def read_universe_file(path: Path, canonical: Symbol, day: datetime) -> BaseChainUniverseData | None:
    """The collection of a file's contracts, in the file's order, with the underlying; None without a file.

    Symbols are made once a run, when somebody asks: the same contract on two days is the same object.
    """
    if not path.is_file():
        return None
    is_future = canonical.asset.has_continuous_contract
    kind: type[BaseChainUniverseData] = FutureUniverse if is_future else OptionUniverse
    collection = kind(day, canonical)
    rows, columns = collection.data, 1 if is_future else 3
    named_as = _future_of(canonical) if is_future else _option_of(canonical)
    with resting():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line or line[0] == "#":
                continue
            *named, rest = line.split(",", columns)
            if not line[0].isdigit():
                collection.underlying = kind(day, canonical.underlying, rest)
                continue
            try:
                rows.append(kind(day, named_as(tuple(named)), rest))
            except (ValueError, ArithmeticError) as error:
                form = "contract month" if is_future else "expiry,strike,right"
                raise DataError(f"{path} is malformed in line {number} ({error}); a line begins with {form}") from error
        for row in rows:
            row.underlying = collection.underlying
    return collection


def _option_of(canonical: Symbol) -> Callable[[tuple[str, ...]], ListedContract]:
    contracts = option_list(canonical)
    known, add = contracts.known.get, contracts.add
    return lambda named: known(named) or add(named)


def _future_of(canonical: Symbol) -> Callable[[tuple[str, ...]], Symbol]:
    known, scope = _FUTURES(), (canonical.id.market, canonical.id.symbol)

    def future(named: tuple[str, ...]) -> Symbol:
        found = known.get((*scope, *named))
        if found is None:
            expiry = future_expiry(canonical)(datetime.strptime(named[0], "%Y%m"))
            found = Symbol.create_future(canonical.id.symbol, canonical.id.market, expiry)
            known[(*scope, *named)] = found
        return found

    return future


_FUTURES: PerRun[dict[tuple[object, ...], Symbol]] = PerRun(dict)
"""Futures contracts by what they are on and by their months."""
