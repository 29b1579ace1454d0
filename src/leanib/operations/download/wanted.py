"""What is asked for, and what cannot be: IB's data and LEAN's files have to fit together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from leanib.data.paths import check_ticker
from leanib.data.sources import Series
from leanib.errors import UsageError

__all__ = ["RESOLUTIONS", "TICK_TYPES", "Wanted", "wanted_series"]

RESOLUTIONS = ("tick", "second", "minute", "hour", "daily")
TICK_TYPES = ("trade", "quote")
_MARKETS = {"equity": "usa", "forex": "oanda", "crypto": "coinbase"}
_NOT_KEPT = frozenset(("hour", "daily"))
"""Resolutions of which LEAN has no quotes of stocks."""
_LONGEST_SECONDS = dt.timedelta(days=183)
_CRYPTO_EXCHANGE = "PAXOS"


@dataclass(frozen=True)
class Wanted:
    """One series, and the days of it.

    Attributes:
        series: What it is in the data folder.
        symbol: What it is called at IB, see `leanib.ib.contracts`.
        first: The first day (of the market's data time zone).
        last: The last day, included.
        regular_hours: Whether only regular trading hours are asked for.
        overwrite: Whether days that are there already are asked for again.
    """

    series: Series
    symbol: str
    first: dt.date
    last: dt.date
    regular_hours: bool
    overwrite: bool = False


def wanted_series(
    tickers: Sequence[str],
    security_type: str,
    market: str | None,
    resolution: str,
    tick_types: Sequence[str],
    first: dt.date,
    last: dt.date,
    today: dt.date,
    *,
    extended_hours: bool = False,
    overwrite: bool = False,
) -> list[Wanted]:
    """Every series that is asked for; without tick types all that LEAN has files of.

    Raises:
        UsageError: Something of it IB does not give, or LEAN does not read; the sentence names it.
    """
    kind, span = security_type.lower(), resolution.lower()
    if kind not in _MARKETS:
        raise UsageError(
            f"{security_type} is not downloaded from IB; the kinds are {', '.join(_MARKETS)}, and "
            "`leanib data import` takes your own files"
        )
    if span not in RESOLUTIONS:
        raise UsageError(f"there is no resolution '{resolution}'; choose one of {', '.join(RESOLUTIONS)}")
    if first > last:
        raise UsageError(f"--from {first} is later than --to {last}")
    if first > today:
        raise UsageError(f"--from {first} is in the future: IB has no prices of it")
    if span == "second" and first < today - _LONGEST_SECONDS:
        raise UsageError(
            f"IB keeps bars of seconds for six months: begin at {today - _LONGEST_SECONDS} or later, or take minutes"
        )
    kinds = _tick_types(kind, span, [text.lower() for text in tick_types])
    regular = kind == "equity" and (span in _NOT_KEPT or not extended_hours)
    folder = (market or _MARKETS[kind]).lower()
    return [
        Wanted(
            Series(kind, check_ticker(folder), check_ticker(ticker).lower(), span, tick_type),
            _ib_symbol(kind, ticker),
            first,
            min(last, today),
            regular,
            overwrite,
        )
        for ticker in dict.fromkeys(text.strip().upper() for text in tickers)
        for tick_type in kinds
    ]


def _tick_types(kind: str, span: str, asked: list[str]) -> list[str]:
    unknown = [name for name in asked if name not in TICK_TYPES]
    if unknown:
        why = "IB has no history of open interest" if unknown[0] == "openinterest" else "there is no such tick type"
        raise UsageError(f"'{unknown[0]}' cannot be downloaded: {why}; choose trade or quote")
    if kind == "forex":
        if "trade" in asked:
            raise UsageError("currency pairs have no trades, at IB and in LEAN's files; ask for quote")
        return ["quote"]
    if kind == "equity" and span in _NOT_KEPT:
        if "quote" in asked:
            raise UsageError(f"LEAN has no {span} quotes of stocks; take trade, or quotes by the minute")
        return ["trade"]
    return list(dict.fromkeys(asked)) or list(TICK_TYPES)


def _ib_symbol(kind: str, ticker: str) -> str:
    if kind == "forex" and len(ticker) != 6:
        raise UsageError(f"'{ticker}' is no currency pair; write it like EURUSD")
    if kind != "crypto":
        return ticker
    base, quote = ticker[:-3], ticker[-3:]
    if not base or quote != "USD":
        raise UsageError(f"IB trades coins for dollars only, and '{ticker}' is none such; write it like BTCUSD")
    return f"{base}:CRYPTO@{_CRYPTO_EXCHANGE}"
