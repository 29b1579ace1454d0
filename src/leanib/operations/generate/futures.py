"""Made-up futures: one contract of a root, which expires by the exchange's rule within the span."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from leanib.data.archive import entry_names
from leanib.data.columns import TradeTickColumns
from leanib.data.paths import FUTURE_LIST_HEADING, Contract
from leanib.data.series_files import Columns
from leanib.engine.derivatives.futures.calendar import add_months
from leanib.engine.derivatives.futures.expiry_table import EXPIRY_RULES
from leanib.engine.symbols.future_tickers import contract_month_delta
from leanib.errors import UsageError
from leanib.operations.generate.bars import Collector, Put, trade_ticks
from leanib.operations.generate.contracts import ContractFiles
from leanib.operations.generate.job import Job, Made
from leanib.operations.generate.open_interest import OpenInterest
from leanib.operations.generate.pairs import TwoSided

__all__ = ["contract_of", "expiries", "has_contract", "make_future"]



def expiries(job: Job, root: str) -> list[tuple[dt.date, dt.date]]:
    """The contracts that expire after the first day and by the last one: first day of the month, last day of trading.

    Raises:
        UsageError: the exchange's rule for the root is not known.
    """
    settings = job.settings
    rule = EXPIRY_RULES.get((settings.market, root))
    if rule is None:
        raise UsageError(f"when {root} at {settings.market} expires is not known; name another root, or its --market")
    hours = job.hours("future", root)
    holidays = frozenset(dt.datetime(day.year, day.month, day.day) for day in hours.holidays | hours.bank_holidays)
    month = add_months(dt.datetime(settings.start.year, settings.start.month, 1), -1)
    found: dict[dt.date, dt.date] = {}
    while month.date() <= add_months(dt.datetime(settings.end.year, settings.end.month, 1), 3).date():
        last = rule.expiry(month, holidays).date()
        if settings.start < last <= settings.end:
            first = dt.datetime(last.year, last.month, 1)
            found[last] = add_months(first, contract_month_delta(root)).date()
        month = add_months(month, 1)
    return [(named, last) for last, named in sorted(found.items())]


def contract_of(job: Job, root: str) -> tuple[dt.date, dt.date]:
    """The contract that is made up: its month and its last day; raises UsageError where none expires in the span."""
    possible = expiries(job, root)
    if not possible:
        raise UsageError(
            f"no contract of {root} expires from {job.settings.start} to {job.settings.end}; give a longer span"
        )
    return possible[int(job.random("expiry", root).integers(0, len(possible)))]


def has_contract(folder: Path, market: str, root: str, month: dt.date) -> bool:
    """Whether there are prices of the contract."""
    ending = f"_{month:%Y%m}.csv"
    base, patterns = folder / "future" / market, (f"*/{root}_*.zip", f"*/{root}/*.zip")
    places = [path for pattern in patterns for path in base.glob(pattern)]
    return any(name.endswith(ending) for path in places for name in entry_names(path))


def make_future(job: Job, root: str) -> Made:
    """A contract's trades, quotes, open interest, and its line in each day's list."""
    settings = job.settings
    month, last = contract_of(job, root)
    made, contract = Made(f"{root} {month:%Y%m}"), Contract(month=month, expiry=last)
    walk, clock = job.walk("future", root), job.clock("future", root)
    files = ContractFiles(job, made, "future", root)
    interest = OpenInterest(job.random("interest", root))

    def putting(tick_type: str) -> Put:
        def put(date: dt.date | None, columns: Columns) -> None:
            files.put(contract, tick_type, date, columns)
            files.flush()

        return put

    both = TwoSided(job, putting("trade"), putting("quote"), "future", root)
    lists: Collector[TradeTickColumns] = Collector(
        "daily", lambda _, days: _write_lists(files, month, last, days, interest)
    )
    for session in job.sessions("future", root, settings.start, last):
        times = clock.of(session)
        interest.next(session.date)
        if len(times):
            prices = walk.go(len(times))
            both.add(walk, times, prices)
            lists.add(trade_ticks(times, walk.money(prices), np.ones(len(times))))
            made.reach(session.date)
        job.progress(made.name, session.date)
    both.close()
    lists.close()
    if made.first is not None:
        files.put_open_interest(contract, interest.days)
        files.flush()
        files.label()
        made.events.append(f"{last}: expires")
    return made


def _write_lists(
    files: ContractFiles, month: dt.date, last: dt.date, days: Columns, interest: OpenInterest
) -> None:
    """The day's bar of each day before the last."""
    counts = dict(interest.days)
    columns = [getattr(days, name).tolist() for name in ("open", "high", "low", "close", "volume")]
    for time, *numbers in zip(days.time.tolist(), *columns, strict=True):
        if time.date() < last:
            prices = ",".join(f"{number:g}" if number < 1e6 else f"{number:.0f}" for number in numbers)
            files.write_list(time.date(), FUTURE_LIST_HEADING, [f"{month:%Y%m},{prices},{counts.get(time.date(), '')}"])
