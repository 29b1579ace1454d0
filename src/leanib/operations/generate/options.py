"""Made-up stocks with a chain of options: one expiry, a call and a put of each strike, priced from the stock's price.

As in LEAN's `OptionSymbolGenerator.cs` and `OptionPriceModelPriceGenerator.cs`: the expiry is a Friday from a week
after the first to a week after the last day, strikes lie within three eighths of 100 on either side, and there are
prices once the stock's volatility is known, after three days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

import numpy as np

from leanib.data.columns import Times
from leanib.data.paths import OPTION_LIST_HEADING, Contract
from leanib.data.series_files import Columns
from leanib.data.tables import read_interest_rates
from leanib.errors import UsageError
from leanib.operations.generate.actions import END_OF_TIME
from leanib.operations.generate.bars import Put
from leanib.operations.generate.coarse import CoarseLists
from leanib.operations.generate.contracts import ContractFiles
from leanib.operations.generate.equities import Stock, write_company
from leanib.operations.generate.job import Job, Made
from leanib.operations.generate.open_interest import OpenInterest
from leanib.operations.generate.option_prices import ENGINES, Floats, greeks
from leanib.operations.generate.pairs import TwoSided
from leanib.operations.generate.sessions import Session
from leanib.operations.generate.volatility import Volatility
from leanib.operations.generate.walk import Clock, Walk

__all__ = ["make_options"]

_STRIKES = range(63, 138)
_WEEK = dt.timedelta(days=7)
_FRIDAY = 4
_YEAR = 365.0
_CENT = Decimal("0.01")


@dataclass(slots=True)
class _Option:
    """A contract, and what makes its prices."""

    contract: Contract
    is_call: bool
    strike: int
    clock: Clock
    walk: Walk
    both: TwoSided
    interest: OpenInterest
    seen: list[float] = field(default_factory=list)
    """The present day's open, high, low and close."""

    def see(self, prices: Floats) -> None:
        """A day's prices."""
        self.seen = [float(prices[0]), float(prices.max()), float(prices.min()), float(prices[-1])]


def make_options(job: Job, names: Iterator[str], coarse: CoarseLists) -> Made:
    """A stock and its chain."""
    settings, name = job.settings, next(names)
    made = Made(name)
    days = job.sessions("equity", name, settings.start, settings.end)
    expiry = _expiry(job, name)
    walk, clock = job.walk("equity", name), job.clock("equity", name)
    stock, files = Stock(job, made, name, with_days=False), ContractFiles(job, made, "option", name)
    options = [_option(job, files, name, expiry, strike, right) for strike in _strikes(job, name) for right in (1, 0)]
    chain = _Chain(job, options, expiry)
    for session in days:
        times = clock.of(session)
        if len(times):
            prices = walk.go(len(times))
            stock.add(walk, times, prices)
            made.reach(session.date)
            if session.date <= expiry:
                chain.go(session, times, walk.money(prices))
                files.flush()
                rows = chain.rows(session.date, walk.money(prices))
                files.write_list(session.date, OPTION_LIST_HEADING, rows)
        job.progress(name, session.date)
    stock.close()
    for option in options:
        option.both.close()
        files.put_open_interest(option.contract, option.interest.days)
    files.flush()
    files.label()
    if made.first is not None:
        write_company(job, made, [(END_OF_TIME, name, None)], [], coarse)
    made.events.append(f"{expiry}: {len(options)} options expire")
    return made


class _Chain:
    """Prices the options."""

    def __init__(self, job: Job, options: list[_Option], expiry: dt.date) -> None:
        self._options, self._expiry = options, expiry
        self._engine = ENGINES[job.settings.option_price_engine]
        self._rate = _rate(job)
        self._volatility = Volatility(job.settings.volatility_model_resolution)

    def go(self, session: Session, times: Times, prices: Floats) -> None:
        """A session's prices of all options, from the stock's."""
        self._volatility.add(times, prices)
        years = self._years(session.date)
        for option in self._options:
            moments = option.clock.of(session)
            moments = moments[moments >= times[0]]
            volatility = self._volatility.at(moments)
            moments, volatility = moments[~np.isnan(volatility)], volatility[~np.isnan(volatility)]
            spot = prices[np.searchsorted(times, moments, side="right") - 1]
            option.seen = []
            if len(moments):
                self._price(option, moments, spot, np.full(len(spot), years), volatility)
            option.interest.next(session.date)

    def _price(self, option: _Option, moments: Times, spot: Floats, years: Floats, volatility: Floats) -> None:
        value = self._engine(option.is_call, spot, float(option.strike), years, volatility, self._rate)
        cents = np.rint(value * 100).astype(np.int64)
        worth = cents > 0
        if worth.any():
            option.both.add(option.walk, moments[worth], cents[worth])
            option.see(cents[worth] / 100)

    def _years(self, date: dt.date) -> float:
        """Until the day after the expiry, on which it is settled."""
        return ((self._expiry - date).days + 1) / _YEAR

    def rows(self, date: dt.date, prices: Floats) -> list[str]:
        """LEAN's list of the day: the stock, then the contracts that can be traded on the next."""
        bar = ",".join(f"{price:.4f}" for price in (prices[0], prices.max(), prices.min(), prices[-1]))
        found = [f",,,{bar},0,,,,,,,"]
        if date >= self._expiry:
            return found
        volatility = float(self._volatility.at(np.array([np.datetime64(date, "us") + np.timedelta64(1, "D")]))[0])
        for option in self._options:
            named = f"{self._expiry:%Y%m%d},{option.strike},{'C' if option.is_call else 'P'}"
            count = option.interest.days[-1][1] if option.interest.days else 0
            if not option.seen or np.isnan(volatility):
                found.append(f"{named},,,,,0,{count},,,,,,")
                continue
            known = greeks(
                self._engine, option.is_call, float(prices[-1]), float(option.strike),
                self._years(date), volatility, self._rate,
            )  # fmt: skip
            seen = ",".join(f"{price:.4f}" for price in option.seen)
            numbers = ",".join(f"{number:.7f}" for number in (volatility, *known))
            found.append(f"{named},{seen},0,{count},{numbers}")
        return found


def _option(job: Job, files: ContractFiles, name: str, expiry: dt.date, strike: int, is_call: int) -> _Option:
    contract = Contract("american", "call" if is_call else "put", Decimal(strike), expiry)
    own = (name, strike, contract.right)

    def putting(tick_type: str) -> Put:
        def put(date: dt.date | None, columns: Columns) -> None:
            files.put(contract, tick_type, date, columns)

        return put

    walk = Walk(_CENT, job.settings.resolution, job.random("price", *own))
    both = TwoSided(job, putting("trade"), putting("quote"), *own)
    interest = OpenInterest(job.random("interest", *own))
    return _Option(contract, bool(is_call), strike, job.clock("option", *own), walk, both, interest)


def _strikes(job: Job, name: str) -> list[int]:
    count = job.settings.chain_symbol_count
    if count > len(_STRIKES):
        raise UsageError(f"--chain-symbol-count may be {len(_STRIKES)} at most: strikes are whole dollars near 100")
    return sorted(job.random("strikes", name).choice(np.array(_STRIKES), size=count, replace=False).tolist())


def _expiry(job: Job, name: str) -> dt.date:
    """A Friday, or the trading day before it."""
    first, last = job.settings.start + _WEEK, job.settings.end + _WEEK
    span = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    fridays = [day for day in span if day.weekday() == _FRIDAY] or [last + dt.timedelta(days=(4 - last.weekday()) % 7)]
    friday = fridays[int(job.random("expiry", name).integers(0, len(fridays)))]
    before = job.sessions("equity", name, friday - _WEEK, friday)
    return before[-1].date


def _rate(job: Job) -> float:
    """The mean interest rate of the span (LEAN's `InterestRateProvider`)."""
    path = job.folder / "alternative" / "interest-rate" / "usa" / "interest-rate.csv"
    settings = job.settings
    rates = sorted(read_interest_rates(path).items())
    days = 0
    total = 0.0
    for (begin, rate), (end, _) in pairwise([*rates, (END_OF_TIME, Decimal(0))]):
        within = (min(end, settings.end + dt.timedelta(days=1)) - max(begin, settings.start)).days
        if within > 0:
            days, total = days + within, total + within * float(rate)
    return total / days if days else float(rates[0][1])
