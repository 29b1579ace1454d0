"""What happens to a made-up company: its first day, its last, splits, dividends, new names.

How often is LEAN's (`DividendSplitMapGenerator.cs`): of those that have any, dividends come in the first month of every
quarter or of one in ten, a split in one month of twenty and a new name in one of ten. Unlike LEAN's, prices leap with
a split and fall with a dividend, and the factor file says exactly that; splits have ratios such as companies choose.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import numpy as np

from leanib.data.corporate import FactorRow, MapRow
from leanib.operations.generate.sessions import Session
from leanib.operations.generate.settings import GenerateSettings

__all__ = ["END_OF_TIME", "Action", "Life", "factor_rows", "life_of", "map_rows", "split_of"]

END_OF_TIME = dt.date(2050, 12, 31)

_FORWARD = (Fraction(2), Fraction(2), Fraction(2), Fraction(3), Fraction(3, 2), Fraction(4))
_REVERSE = (Fraction(1, 2), Fraction(1, 4), Fraction(1, 10))
_CHEAP = 20
_MONTH_SESSIONS = 21
_LATEST_WEEKDAY = 3  # Thursday
_MONTHLY_SPLIT, _REVERSE_SPLIT, _QUARTERLY_DIVIDEND, _RENAME, _DELISTED = 5.0, 5.0, 10.0, 10.0, 1.0
_LEAST_MONTHS = 6


@dataclass(slots=True)
class Life:
    """By number of session: which have a split, a dividend, a new name from then on; and the first and last session."""

    first: int = 0
    last: int = 0
    is_delisted: bool = False
    splits: set[int] = field(default_factory=set)
    dividends: set[int] = field(default_factory=set)
    renames: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Action:
    """Before the session after `previous_date`: each share became `split` shares, and paid `dividend`."""

    previous_date: dt.date
    previous_close: Decimal
    split: Fraction = Fraction(1)
    dividend: Decimal = Decimal(0)


def life_of(days: list[Session], settings: GenerateSettings, random: np.random.Generator) -> Life:
    """Draw what happens on the days."""

    def happens(percent: float) -> bool:
        return float(random.random()) < percent / 100

    life = Life(last=len(days) - 1)
    if happens(settings.ipo_percentage):
        life.first = int(random.integers(0, len(days)))
    months = [i for i in range(life.first, len(days)) if i == life.first or _month(days[i]) != _month(days[i - 1])]
    if happens(_DELISTED) and len(months) > _LEAST_MONTHS:
        life.last, life.is_delisted = int(random.integers((life.first + len(days)) // 2, len(days))), True
    has_names, has_splits = happens(settings.rename_percentage), happens(settings.splits_percentage)
    has_dividends = happens(settings.dividends_percentage)
    is_regular = happens(settings.dividend_every_quarter_percentage)
    for begin in months:
        is_quarter = days[begin].date.month % 3 == 1
        if has_dividends and is_quarter and (is_regular or happens(_QUARTERLY_DIVIDEND)):
            life.dividends |= _drawn(days, begin, life.last, random)
        if has_splits and happens(_MONTHLY_SPLIT):
            life.splits |= _drawn(days, begin, life.last, random)
        if has_names and happens(_RENAME):
            life.renames |= _drawn(days, begin, life.last, random)
    return life


def _month(session: Session) -> int:
    return session.date.month


def _drawn(days: list[Session], begin: int, last: int, random: np.random.Generator) -> set[int]:
    """A session of the next month, Monday to Thursday; none where there is none.

    Not the second one: on the day after a stock's first LEAN's factor file tells nothing.
    """
    within = range(begin + 2, min(begin + _MONTH_SESSIONS, last) + 1)
    possible = [i for i in within if days[i].date.weekday() <= _LATEST_WEEKDAY]
    return {possible[int(random.integers(0, len(possible)))]} if possible else set()


def split_of(price: Decimal, random: np.random.Generator) -> Fraction:
    """How many shares one becomes: rarely fewer, and always fewer where they are cheap."""
    is_reverse = price < _CHEAP or float(random.random()) < _REVERSE_SPLIT / 100
    kinds = _REVERSE if is_reverse else _FORWARD
    return kinds[int(random.integers(0, len(kinds)))]


def factor_rows(first: dt.date, actions: list[Action]) -> list[FactorRow]:
    """LEAN's factor file: factors are 1 after the last action and multiply up backwards in time."""
    rows = [FactorRow(END_OF_TIME, Decimal(1), Decimal(1))]
    for action in reversed(actions):
        newer = rows[-1]
        price = newer.price_factor * (action.previous_close - action.dividend) / action.previous_close
        split = newer.split_factor * action.split.denominator / action.split.numerator
        rows.append(FactorRow(action.previous_date, price, split, action.previous_close))
    rows.append(FactorRow(first, rows[-1].price_factor, rows[-1].split_factor, Decimal(1)))
    return rows[::-1]


def map_rows(first: dt.date, names: list[tuple[dt.date, str]]) -> list[MapRow]:
    """LEAN's map file; names with their last days, the last of which may be `END_OF_TIME`."""
    return [MapRow(first, names[0][1]), *(MapRow(date, name) for date, name in names)]
