"""Building futures: contracts with trades, quotes and open interest, LEAN's lists, the continuous future."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from leanib.data.columns import QuoteBarColumns, TradeBarColumns
from leanib.data.continuous import MARKET_CODES, FutureContract, Joined, write_continuous
from leanib.data.market_hours import MarketHoursEntry
from leanib.data.paths import FUTURE_LIST_HEADING, Contract, entry_name, is_whole_history, universe_path, zip_path
from leanib.data.reader import price_scale
from leanib.data.writer import quote_bar_lines, trade_bar_lines, write_zip
from leanib.engine.derivatives.futures.expiry_table import EXPIRY_RULES
from leanib.engine.symbols.future_tickers import contract_month_delta
from leanib.errors import UsageError
from leanib.files import write_text
from leanib.testing.moments import backwards

__all__ = ["FutureChainPlan", "contract_rows", "market_of_future", "write_future_chain"]

Rows = dict[datetime, tuple[float, ...]]
"""Bars (open, high, low, close, volume) by the moment at which they begin, in UTC."""

_SIZE = 10.0
_OPEN, _OPEN_BEHIND, _OPEN_AFTER, _OPEN_FAR = 1000, 100, 2000, 10
_TOLD = timedelta(hours=12)
_MIDNIGHT = timedelta()


@dataclass
class FutureChainPlan:
    """A future's contracts.

    Attributes:
        spread: Between bid and ask, around the trades.
        margin: Of one contract, initial and maintenance.
        moves_before: So many days before a contract expires more is open in the next one.
        bars: By resolution and contract.
    """

    market: str
    ticker: str
    spread: float = 0.0
    margin: float = 0.0
    moves_before: int = 0
    bars: dict[str, dict[FutureContract, Rows]] = field(default_factory=dict)

    def settle(self, spread: float, margin: float, moves_before: int) -> None:
        """What holds of the whole chain from now on; UsageError where it is none."""
        if not 0 <= spread < math.inf or not 0 <= margin < math.inf or moves_before < 0:
            raise UsageError(f"spread, margin and moves_before are not below 0, not {spread}, {margin}, {moves_before}")
        self.spread, self.margin, self.moves_before = spread, margin, moves_before


def market_of_future(ticker: str, market: str) -> str:
    """The exchange, in lower case: by default the one whose rule for the ticker is known.

    Raises:
        UsageError: Nobody knows when it expires there, or its map file could not name it.
    """
    known = [of for of, root in EXPIRY_RULES if root == ticker and of in MARKET_CODES]
    if market.lower() in ("", *known) and known:
        return market.lower() or known[0]
    where = f" at {market}" if market else ""
    raise UsageError(f"when {ticker}{where} expires is not known, so no chain of it is built")


def contract_rows(
    plan: FutureChainPlan, month: str, hours: MarketHoursEntry, rows: Iterable[tuple[datetime, tuple[float, ...]]]
) -> dict[FutureContract, Rows]:
    """The contract of a month such as `2024-03`, and those of its bars that begin by its last day.

    Raises:
        UsageError: It is no month, no contract of that month is listed, or no bar is left.
    """
    contract = _contract(plan.market, plan.ticker, month, hours)
    found = {moment: row for moment, row in rows if moment.date() <= contract.expiry}
    if not found:
        raise UsageError(f"the contract {month} of {plan.ticker} has no bar up to its last day, {contract.expiry}")
    return {contract: found}


def _contract(market: str, ticker: str, month: str, hours: MarketHoursEntry) -> FutureContract:
    """By the exchange's rule."""
    try:
        named = datetime.strptime(month, "%Y-%m")
    except ValueError:
        raise UsageError(f"'{month}' is no contract month such as 2024-03") from None
    holidays = frozenset(datetime(day.year, day.month, day.day) for day in hours.holidays | hours.bank_holidays)
    last = EXPIRY_RULES[market, ticker].expiry(named, holidays).date()
    months = last.year * 12 + last.month + contract_month_delta(ticker)
    if months != named.year * 12 + named.month:
        raise UsageError(f"no contract of {ticker} is named for {month}; the exchange lists other months")
    return FutureContract(named.date(), last)


def write_future_chain(folder: Path, plan: FutureChainPlan, hours: MarketHoursEntry) -> None:
    """Writes every file of the chain and of the continuous future, anew."""
    contracts = sorted({one for known in plan.bars.values() for one in known}, key=lambda one: one.expiry)
    days = [_days(plan, contract) for contract in contracts]
    dates = sorted({day for known in days for day in known})
    interest = _open_interest(plan, contracts, dates)
    closes = [{day: bar[3] for day, bar in known.items()} for known in days]
    write_continuous(folder, plan.market, plan.ticker, Joined(contracts, closes, interest))
    for resolution, known in plan.bars.items():
        _write_prices(folder, plan, resolution, known)
        counts = dict(zip(contracts, interest, strict=True))
        _write_open_interest(folder, plan, resolution, {contract: counts[contract] for contract in known})
    before = next(day for day in backwards(dates[0]) if hours.is_trading_day(day))
    _write_lists(folder, plan, contracts, days, interest, [before, *dates])
    margins = f"date,initial,maintenance\n19980102,{plan.margin:g},{plan.margin:g}\n"
    write_text(folder / "future" / plan.market / "margins" / f"{plan.ticker}.csv", margins)


def _days(plan: FutureChainPlan, contract: FutureContract) -> dict[date, tuple[float, ...]]:
    """The contract's days: of several resolutions that have one, the first."""
    found: dict[date, tuple[float, ...]] = {}
    for known in plan.bars.values():
        by_day: dict[date, list[tuple[float, ...]]] = {}
        for moment, row in sorted(known.get(contract, {}).items()):
            by_day.setdefault(moment.date(), []).append(row)
        found = {day: _joined(rows) for day, rows in by_day.items()} | found
    return found


def _joined(bars: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    return (
        bars[0][0], max(bar[1] for bar in bars), min(bar[2] for bar in bars), bars[-1][3], sum(bar[4] for bar in bars),
    )  # fmt: skip


def _open_interest(
    plan: FutureChainPlan, contracts: Sequence[FutureContract], dates: Iterable[date]
) -> list[dict[date, float]]:
    found: list[dict[date, float]] = [{} for _ in contracts]
    for day in dates:
        alive = [place for place, contract in enumerate(contracts) if contract.expiry >= day]
        for behind, place in enumerate(alive):
            has_moved = (contracts[alive[0]].expiry - day).days <= plan.moves_before
            after = _OPEN_AFTER if has_moved else _OPEN_BEHIND
            found[place][day] = (_OPEN, after)[behind] if behind < 2 else _OPEN_FAR
    return found


def _write_prices(
    folder: Path, plan: FutureChainPlan, resolution: str, known: Mapping[FutureContract, Rows]
) -> None:
    scale = price_scale("future")
    files: dict[tuple[str, date | None], dict[str, Iterable[str]]] = {}
    for contract, rows in known.items():
        parts: dict[date | None, list[datetime]] = {}
        for moment in sorted(rows):
            parts.setdefault(None if is_whole_history(resolution) else moment.date(), []).append(moment)
        for day, moments in parts.items():
            times = np.array(moments, dtype="datetime64[us]")
            open_, high, low, close, volume = np.array([rows[moment] for moment in moments]).T
            trades = TradeBarColumns(times, open_, high, low, close, volume)
            half, size = plan.spread / 2, np.full(len(moments), _SIZE)
            bid, ask = ([price + shift for price in (open_, high, low, close)] for shift in (-half, half))
            quotes = QuoteBarColumns(times, bid[0], bid[1], bid[2], bid[3], size, ask[0], ask[1], ask[2], ask[3], size)
            lines = {"trade": trade_bar_lines(trades, day, scale), "quote": quote_bar_lines(quotes, day, scale)}
            for kind, text in lines.items():
                name = entry_name("future", resolution, plan.ticker, kind, day, Contract(month=contract.month))
                files.setdefault((kind, day), {})[name] = text
    for (kind, day), entries in files.items():
        write_zip(zip_path(folder, "future", plan.market, resolution, plan.ticker, kind, day), entries)


def _write_open_interest(
    folder: Path, plan: FutureChainPlan, resolution: str, counts: Mapping[FutureContract, Mapping[date, float]]
) -> None:
    """A line a day: of days at midnight, of shorter bars at noon in UTC, before the stock market opens."""
    files: dict[date | None, dict[str, list[str]]] = {}
    told = _MIDNIGHT if resolution == "daily" else _TOLD
    for contract, known in counts.items():
        for day, count in known.items():
            part = None if is_whole_history(resolution) else day
            moment = datetime(day.year, day.month, day.day) + told
            stamp = f"{moment:%Y%m%d %H:%M}" if part is None else f"{told // timedelta(milliseconds=1)}"
            name = entry_name("future", resolution, plan.ticker, "openinterest", part, Contract(month=contract.month))
            files.setdefault(part, {}).setdefault(name, []).append(f"{stamp},{count:.0f}")
    for part, entries in files.items():
        path = zip_path(folder, "future", plan.market, resolution, plan.ticker, "openinterest", part)
        write_zip(path, dict(entries))


def _write_lists(
    folder: Path,
    plan: FutureChainPlan,
    contracts: Sequence[FutureContract],
    days: Sequence[Mapping[date, tuple[float, ...]]],
    interest: Sequence[Mapping[date, float]],
    dates: Sequence[date],
) -> None:
    """The contracts that can be traded on the next day; those that have no bar yet as their first one begins."""
    for day in dates:
        lines = [FUTURE_LIST_HEADING]
        for contract, known, counts in zip(contracts, days, interest, strict=True):
            if contract.expiry > day and known:
                past = max((one for one in known if one <= day), default=None)
                opening = known[min(known)][0]
                bar = (opening, opening, opening, opening, 0.0) if past is None else known[past]
                count = counts.get(day, counts[min(counts)])
                prices = ",".join(f"{price:.10g}" for price in bar[:4])
                lines.append(f"{contract.month:%Y%m},{prices},{bar[4]:.0f},{count:.0f}")
        write_text(universe_path(folder, "future", plan.market, plan.ticker, day), "\n".join(lines) + "\n")
