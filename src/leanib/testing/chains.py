"""Building the options on a stock: contracts with quotes, and LEAN's list of each day."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from leanib.data.columns import QuoteBarColumns
from leanib.data.paths import OPTION_LIST_HEADING, Contract, entry_name, is_whole_history, zip_path
from leanib.data.reader import price_scale
from leanib.data.writer import quote_bar_lines, write_zip
from leanib.files import write_text

__all__ = ["OptionChainPlan", "write_chains"]

Rows = Mapping[datetime, tuple[float, ...]]
"""A stock's bars (open, high, low, close, volume) by the moment at which they begin."""

_CENT = 0.01
_SIZE = 10.0
_INTEREST = 100
_CLOSE = time(16)


@dataclass(frozen=True)
class OptionChainPlan:
    """Calls and puts of one expiry.

    Attributes:
        rights: `call`, `put` or both.
        volatility: A year's, as a fraction; prices are Black and Scholes' at it, without interest.
        spread: Between bid and ask.
    """

    expiry: date
    strikes: tuple[Decimal, ...]
    rights: tuple[str, ...]
    volatility: float
    spread: float

    def contracts(self) -> Iterator[Contract]:
        """In order of strike."""
        for strike in self.strikes:
            for right in self.rights:
                yield Contract("american", right, strike, self.expiry)


@dataclass(frozen=True)
class _Value:
    """What a contract is worth, and how that changes: vega by a point of volatility, theta by a day."""

    price: float
    delta: float
    gamma: float = 0.0
    vega: float = 0.0
    theta: float = 0.0
    rho: float = 0.0


def write_chains(
    folder: Path,
    market: str,
    ticker: str,
    plans: Sequence[OptionChainPlan],
    bars: Mapping[str, Rows],
    steps: Mapping[str, timedelta],
    before: date,
) -> None:
    """Writes quotes of all contracts for each bar of the stock, and the lists that LEAN chooses contracts from.

    Args:
        folder: The data folder.
        market: `usa`.
        ticker: The stock's.
        plans: All expiries.
        bars: The stock's bars by resolution.
        steps: How long a bar of each resolution is.
        before: The trading day before the first bar; its list is what the first day chooses from.
    """
    for resolution, rows in bars.items():
        _write_quotes(folder, market, ticker, plans, resolution, rows, steps[resolution])
    days: dict[date, list[tuple[float, ...]]] = {}
    for rows in bars.values():
        known = set(days)
        for moment in sorted(rows):
            if moment.date() not in known:
                days.setdefault(moment.date(), []).append(rows[moment])
    if days:
        opening = days[min(days)][0][0]
        lists = {before: (opening, opening, opening, opening, 0.0)} | {
            day: _joined(parts) for day, parts in days.items()
        }
        for day, bar in lists.items():
            path = folder / "option" / market / "universes" / ticker.lower() / f"{day:%Y%m%d}.csv"
            write_text(path, "\n".join(_list(plans, day, bar)) + "\n")


def _write_quotes(
    folder: Path,
    market: str,
    ticker: str,
    plans: Sequence[OptionChainPlan],
    resolution: str,
    rows: Rows,
    step: timedelta,
) -> None:
    whole, scale = is_whole_history(resolution), price_scale("option")
    parts: dict[date, list[datetime]] = {}
    for moment in sorted(rows):
        parts.setdefault(date(moment.year, 1, 1) if whole else moment.date(), []).append(moment)
    for part, moments in parts.items():
        day = None if whole else part
        entries: dict[str, Iterable[str]] = {}
        for plan in plans:
            alive = [moment for moment in moments if moment.date() <= plan.expiry]
            for contract in plan.contracts() if alive else ():
                quotes = _quotes(plan, contract, alive, rows, step)
                name = entry_name("option", resolution, ticker, "quote", day, contract)
                entries[name] = quote_bar_lines(quotes, day, scale)
        if entries:
            style = Contract("american")
            write_zip(zip_path(folder, "option", market, resolution, ticker, "quote", part, style), entries)


def _quotes(
    plan: OptionChainPlan, contract: Contract, moments: list[datetime], rows: Rows, step: timedelta
) -> QuoteBarColumns:
    """Bars that stand still at what the contract is worth when the stock's bar ends."""
    daily = step >= timedelta(days=1)
    ends = [datetime.combine(moment, _CLOSE) if daily else moment + step for moment in moments]
    middle = [_value(plan, contract, rows[moment][3], end).price for moment, end in zip(moments, ends, strict=True)]
    bids = np.array([max(round(price - plan.spread / 2, 2), _CENT) for price in middle])
    asks = bids + round(max(plan.spread, _CENT), 2)
    sizes = np.full(len(moments), _SIZE)
    times = np.array(moments, dtype="datetime64[us]")
    return QuoteBarColumns(times, bids, bids, bids, bids, sizes, asks, asks, asks, asks, sizes)


def _list(plans: Sequence[OptionChainPlan], day: date, bar: tuple[float, ...]) -> Iterator[str]:
    """The stock's line, and a line a contract that can be traded on the next day."""
    prices = ",".join(f"{price:.4f}" for price in bar[:4])
    yield from (OPTION_LIST_HEADING, f",,,{prices},{bar[4]:.0f},,,,,,,")
    for plan in plans:
        for contract in plan.contracts() if plan.expiry > day else ():
            value = _value(plan, contract, bar[3], datetime.combine(day, _CLOSE))
            close = ",".join([f"{value.price:.4f}"] * 4)
            greeks = (plan.volatility, value.delta, value.gamma, value.vega, value.theta, value.rho)
            yield (
                f"{plan.expiry:%Y%m%d},{contract.strike},{contract.right[0].upper()},{close},0,{_INTEREST},"
                + ",".join(f"{number:.6f}" for number in greeks)
            )


def _joined(bars: list[tuple[float, ...]]) -> tuple[float, ...]:
    """A day's bar."""
    return (
        bars[0][0], max(bar[1] for bar in bars), min(bar[2] for bar in bars), bars[-1][3], sum(bar[4] for bar in bars),
    )  # fmt: skip


def _value(plan: OptionChainPlan, contract: Contract, price: float, moment: datetime) -> _Value:
    """Black and Scholes without interest; at the expiry what exercising gives."""
    sign = 1 if contract.right == "call" else -1
    strike = float(contract.strike)
    years = (datetime.combine(plan.expiry, _CLOSE) - moment) / timedelta(days=365)
    if years <= 0:
        return _Value(max(sign * (price - strike), 0.0), float(sign) if sign * (price - strike) > 0 else 0.0)
    width = plan.volatility * math.sqrt(years)
    upper = math.log(price / strike) / width + width / 2
    lower = upper - width
    density = math.exp(-upper * upper / 2) / math.sqrt(2 * math.pi)
    return _Value(
        price=sign * (price * _normal(sign * upper) - strike * _normal(sign * lower)),
        delta=sign * _normal(sign * upper),
        gamma=density / (price * width),
        vega=price * density * math.sqrt(years) / 100,
        theta=-price * density * plan.volatility / (2 * math.sqrt(years)) / 365,
        rho=sign * strike * years * _normal(sign * lower) / 100,
    )


def _normal(value: float) -> float:
    return math.erfc(-value / math.sqrt(2)) / 2
