"""Where LEAN keeps what: paths below the data folder, and the names of zip entries (LEAN's Common/Util/LeanData.cs).

Everything is plain text here: security types, resolutions and tick types are LEAN's names in any case (`Equity`,
`IndexOption`, `Minute`, `OpenInterest`); tickers are the file's ticker (mapped to the date, for equities).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from leanib.errors import DataError

__all__ = [
    "FUTURE_LIST_HEADING",
    "OPTION_LIST_HEADING",
    "Contract",
    "check_ticker",
    "coarse_path",
    "entry_name",
    "factor_file_path",
    "is_whole_history",
    "map_file_path",
    "universe_path",
    "zip_path",
]


_LONGEST = 100
_NO_NAME = frozenset('/\\:*?"<>|\0\n\r\t')


@dataclass(frozen=True, slots=True)
class Contract:
    """What a derivative's file and entry names say beyond its ticker.

    `ticker` of a zip path is the underlying's for equity options, the option's own for index and future options, and
    the root for futures.
    """

    style: str = ""
    right: str = ""
    strike: Decimal = Decimal(0)
    expiry: dt.date | None = None
    month: dt.date | None = None
    """The contract month of a future (or of a future option's underlying); None is a perpetual future."""


def check_ticker(ticker: str, what: str = "ticker") -> str:
    """The ticker (or market, as `what` says), which becomes part of a path.

    Raises:
        DataError: it would lead out of the data folder, or is no file's name.
    """
    if not ticker or len(ticker) > _LONGEST or ticker.startswith(".") or not _NO_NAME.isdisjoint(ticker):
        shown = ticker if len(ticker) <= _LONGEST else f"{ticker[:20]}... ({len(ticker)} characters)"
        plain = "".join(letter for letter in ticker if letter.isalnum())[:_LONGEST]
        hint = f"; write {plain}" if "/" in ticker and "." not in ticker and plain else "; correct it"
        raise DataError(f"'{shown}' is no {what}: it names a file of the data folder{hint}")
    return ticker


def is_whole_history(resolution: str) -> bool:
    """Whether one file holds every day (hour and daily) instead of one day (minute, second, tick)."""
    return resolution.lower() in {"hour", "daily"}


def zip_path(
    root: Path | str,
    security_type: str,
    market: str,
    resolution: str,
    ticker: str,
    tick_type: str,
    date: dt.date | None = None,
    contract: Contract | None = None,
) -> Path:
    """The zip file that holds this market's data; `date` is the day, and for hour or daily options its year counts."""
    kind, name, ticks = security_type.lower(), check_ticker(ticker).lower(), tick_type.lower()
    folder = Path(root, kind, market.lower(), resolution.lower())
    whole = is_whole_history(resolution)
    if kind == "futureoption":
        folder = folder / name / _month(contract)
    elif not whole:
        folder = folder / name
    if not whole:
        name = f"{_day(date)}_{ticks}"
        return folder / (f"{name}_{_style(contract)}.zip" if kind.endswith("option") else f"{name}.zip")
    if kind.endswith("option"):
        year = date.year if date else 0
        return folder / f"{name}_{year}_{ticks}_{_style(contract)}.zip"
    return folder / (f"{name}_{ticks}.zip" if kind in {"crypto", "cryptofuture", "future"} else f"{name}.zip")


def entry_name(
    security_type: str,
    resolution: str,
    ticker: str,
    tick_type: str,
    date: dt.date | None = None,
    contract: Contract | None = None,
) -> str:
    """The CSV entry inside the zip."""
    kind, name, ticks, span = security_type.lower(), ticker.lower(), tick_type.lower(), resolution.lower()
    parts = [name, ticks] if is_whole_history(resolution) else [_day(date), name, span, ticks]
    if kind.endswith("option"):
        return "_".join([*parts, *_option_parts(contract)]) + ".csv"
    if kind in {"future", "cryptofuture"}:
        return "_".join([*parts, _month(contract)]) + ".csv"
    if is_whole_history(resolution):
        return f"{name}.csv"
    if span == "tick" and kind == "equity":
        return f"{_day(date)}_{name}_{tick_type.capitalize()}_Tick.csv"
    return "_".join(parts) + ".csv"


def map_file_path(root: Path | str, market: str, ticker: str, security_type: str = "equity") -> Path:
    """The map file of a ticker's last name (futures keep all roots of a market in one file, see LEAN's readme)."""
    return Path(root, security_type.lower(), market.lower(), "map_files", f"{check_ticker(ticker).lower()}.csv")


def factor_file_path(root: Path | str, market: str, ticker: str, security_type: str = "equity") -> Path:
    """The factor file of a ticker's last name."""
    return Path(root, security_type.lower(), market.lower(), "factor_files", f"{check_ticker(ticker).lower()}.csv")


def coarse_path(root: Path | str, market: str, date: dt.date) -> Path:
    """The coarse universe of one day."""
    return Path(root, "equity", market.lower(), "fundamental", "coarse", f"{date:%Y%m%d}.csv")


OPTION_LIST_HEADING = (
    "#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility,delta,gamma,vega,theta,rho"
)
FUTURE_LIST_HEADING = "#expiry,open,high,low,close,volume,open_interest"
"""The first line of a list of a day's contracts, see `universe_path`."""


def universe_path(root: Path | str, security_type: str, market: str, ticker: str, date: dt.date) -> Path:
    """The list of a day's contracts: of options on equities by the underlying's ticker, else by the contract's own."""
    return Path(
        root, security_type.lower(), market.lower(), "universes", check_ticker(ticker).lower(), f"{date:%Y%m%d}.csv"
    )


def _day(date: dt.date | None) -> str:
    if date is None:
        raise ValueError("files of minute, second and tick resolution hold one day: a date is needed")
    return f"{date:%Y%m%d}"


def _month(contract: Contract | None) -> str:
    return f"{contract.month:%Y%m}" if contract and contract.month else "perp"


def _style(contract: Contract | None) -> str:
    return (contract.style if contract else "american").lower()


def _option_parts(contract: Contract | None) -> list[str]:
    if contract is None or contract.expiry is None:
        raise ValueError("an option's entry name needs its style, right, strike and expiry")
    strike = int(contract.strike * 10000)
    return [contract.style.lower(), contract.right.lower(), str(strike), f"{contract.expiry:%Y%m%d}"]
