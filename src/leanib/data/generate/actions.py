"""Splits and dividends, recovered from what the source's adjusted closes do from one day to the next.

On an ex-date the ratio of adjusted to raw close jumps: by the split's ratio, or by 1 + dividend / close of the ex-date.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from leanib.data.corporate import FactorRow, MapRow
from leanib.data.generate.sources import DailyPrice

__all__ = ["END_OF_TIME", "Action", "actions_of", "factor_rows", "map_rows"]

END_OF_TIME = dt.date(2050, 12, 31)
_SMALLEST_JUMP = 2e-4


@dataclass(frozen=True, slots=True)
class Action:
    """What happened on `ex_date`: each old share became `split` shares, and paid `dividend` dollars."""

    ex_date: dt.date
    previous_date: dt.date
    previous_close: Decimal
    split: int = 1
    dividend: Decimal = Decimal(0)


def actions_of(prices: list[DailyPrice]) -> list[Action]:
    """The corporate actions within the prices' span, oldest first."""
    return [action for before, after in pairwise(prices) if (action := _action(before, after))]


def _action(before: DailyPrice, after: DailyPrice) -> Action | None:
    jump = (after.adjusted / after.close) / (before.adjusted / before.close)
    if jump - 1 < _SMALLEST_JUMP:
        return None
    close = Decimal(before.close) / 10000
    if jump > 1.5:
        return Action(after.date, before.date, close, split=round(jump))
    return Action(after.date, before.date, close, dividend=_dividend(jump, after.close / 10000))


def _dividend(jump: float, ex_close: float) -> Decimal:
    """The dividend in whole cents where that explains the jump, else in hundredths of a cent."""
    exact = (jump - 1) * ex_close
    cents = Decimal(round(exact * 100)) / 100
    return cents if abs(float(cents) - exact) < 0.0006 else Decimal(round(exact * 10000)) / 10000


def factor_rows(first_date: dt.date, actions: list[Action]) -> list[FactorRow]:
    """LEAN's factor file: factors are 1 after the last action and multiply up backwards in time."""
    rows = [FactorRow(END_OF_TIME, Decimal(1), Decimal(1))]
    for action in reversed(actions):
        newer = rows[-1]
        price = newer.price_factor * (action.previous_close - action.dividend) / action.previous_close
        split = newer.split_factor / action.split
        rows.append(FactorRow(action.previous_date, price, split, action.previous_close))
    rows.append(FactorRow(first_date, rows[-1].price_factor, rows[-1].split_factor, Decimal(1)))
    return rows[::-1]


def map_rows(first_date: dt.date, ticker: str, exchange: str) -> list[MapRow]:
    """LEAN's map file of a ticker that never changed its name."""
    return [MapRow(first_date, ticker, exchange), MapRow(END_OF_TIME, ticker, exchange)]
