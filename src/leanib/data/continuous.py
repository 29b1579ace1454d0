"""The tables of a continuous future: which contract it stands for on which day, and how their prices are joined.

Facts: LEAN's `MapFileRow.cs`, `MappingContractFactorRow.cs`, `SecurityIdentifier.cs` and `DataMappingMode.cs`. A map
file has a row for each contract and mapping mode: the last day on which the continuous future stands for it. A factor
file has a row for each of these days: by what prices up to and including it are multiplied or shifted, for each depth.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from pathlib import Path

from leanib.data.paths import factor_file_path, map_file_path
from leanib.files import write_text

__all__ = ["MARKET_CODES", "FutureContract", "Joined", "write_continuous"]

MARKET_CODES = {"nymex": 7, "cbot": 8, "ice": 9, "comex": 22, "cme": 23, "hkfe": 25, "cfe": 33, "eurex": 40, "krx": 43}
"""LEAN's numbers of the exchanges of futures (`Market.cs`)."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DAY_UNIT, _MARKET_UNIT, _FUTURE = 10**14, 100, 5
_ZERO_DAY = dt.date(1899, 12, 30)
_END_OF_TIME = dt.date(2050, 12, 31)
_LAST_TRADING_DAY, _FIRST_DAY_OF_MONTH, _OPEN_INTEREST, _OPEN_INTEREST_ANNUAL = range(4)
_DEPTHS = 3
_DIGITS_OF_FACTORS = 28
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FutureContract:
    """A contract: the first day of the month that it is named for, and its last day of trading."""

    month: dt.date
    expiry: dt.date

    def identifier(self, ticker: str, market: str) -> str:
        """LEAN's text for it: the day of expiry, the market and the kind as a number in base 36."""
        number = (self.expiry - _ZERO_DAY).days * _DAY_UNIT + MARKET_CODES[market] * _MARKET_UNIT + _FUTURE
        text = ""
        while number:
            number, digit = divmod(number, 36)
            text = _DIGITS[digit] + text
        return f"{ticker} {text}"


@dataclass(frozen=True, slots=True)
class Joined:
    """What the tables are made of.

    Attributes:
        contracts: Oldest first, one for each expiry of the exchange's cycle.
        closes: Of each contract by day, all at the same time of the day.
        open_interest: Of each contract by day, known before that day's trading.
    """

    contracts: Sequence[FutureContract]
    closes: Sequence[Mapping[dt.date, float]]
    open_interest: Sequence[Mapping[dt.date, float]]

    def rolls(self, mode: int) -> list[tuple[dt.date, int]]:
        """The last day of each contract, and its place, oldest first; after the last nothing is mapped, or all is."""
        found: list[tuple[dt.date, int]] = []
        days = sorted({day for known in self.open_interest for day in known})
        for place, contract in enumerate(self.contracts):
            last = contract.expiry - _DAY
            if mode == _FIRST_DAY_OF_MONTH:
                last = contract.month - _DAY
            elif mode in (_OPEN_INTEREST, _OPEN_INTEREST_ANNUAL):
                farthest = len(self.contracts) if mode == _OPEN_INTEREST_ANNUAL else place + 2
                begin = found[-1][0] if found else dt.date.min
                passed = (day for day in days if begin < day <= last and self._is_passed(place, farthest, day))
                first = next(passed, None)
                if first is None and last > days[-1]:
                    return [*found, (_END_OF_TIME, place)]
                last = first or last
            found.append((last, place))
        return found

    def _is_passed(self, place: int, farthest: int, day: dt.date) -> bool:
        """Whether more is open in a contract behind this one."""
        behind = (
            self.open_interest[other].get(day, 0) for other in range(place + 1, min(farthest, len(self.contracts)))
        )
        return max(behind, default=0) > self.open_interest[place].get(day, 0)

    def step(self, day: dt.date, place: int, depth: int) -> tuple[Decimal, Decimal] | None:
        """The last closes of a day at which both the contract that is left and the next are known, in that order."""
        old, new = place + depth, place + depth + 1
        if new >= len(self.contracts):
            return None
        common = [known for known in self.closes[old] if known <= day and known in self.closes[new]]
        if not common or day > max(max(known) for known in self.closes if known):
            return None
        at = max(common)
        return Decimal(str(self.closes[old][at])), Decimal(str(self.closes[new][at]))


def write_continuous(root: Path, market: str, ticker: str, joined: Joined) -> None:
    """Writes map and factor file of the continuous future, for every mapping mode and depth that LEAN has."""
    exchange = market.upper()
    rows = [(dt.date(1899, 12, 30), -1, f"{ticker.lower()},{exchange}")]
    factors: list[tuple[dt.date, int, str]] = []
    for mode in range(4):
        rolls = joined.rolls(mode)
        for day, place in rolls:
            identifier = joined.contracts[place].identifier(ticker, market).lower()
            rows.append((day, mode, f"{identifier},{exchange},{mode}"))
        with localcontext(Context(prec=_DIGITS_OF_FACTORS)):
            factors += [(day, mode, line) for day, line in _factors(joined, mode, rolls)]
    names = "".join(f"{day:%Y%m%d},{rest}\n" for day, _, rest in sorted(rows))
    write_text(map_file_path(root, market, ticker, "future"), names)
    write_text(factor_file_path(root, market, ticker, "future"), "".join(f"{line}\n" for *_, line in sorted(factors)))


def _factors(joined: Joined, mode: int, rolls: list[tuple[dt.date, int]]) -> list[tuple[dt.date, str]]:
    """Ratios and shifts go backwards from the last roll, the other shifts forwards from the first."""
    steps = [[joined.step(day, place, depth) for depth in range(_DEPTHS)] for day, place in rolls]
    ratio, back = [Decimal("1.0")] * _DEPTHS, [Decimal("0.0")] * _DEPTHS
    ratios, backs = [], []
    for step in reversed(steps):
        for depth, pair in enumerate(step):
            if pair is not None:
                old, new = pair
                ratio[depth] *= new / old
                back[depth] += new - old
        ratios.append(list(ratio))
        backs.append(list(back))
    forward = [Decimal("0.0")] * _DEPTHS
    lines = []
    for (day, _), step, ratios_then, backs_then in zip(rolls, steps, reversed(ratios), reversed(backs), strict=True):
        texts = [",".join(f"{number:f}" for number in numbers) for numbers in (ratios_then, backs_then, forward)]
        line = (
            f'{{"Date":"{day:%Y-%m-%d}T00:00:00","BackwardsRatioScale":[{texts[0]}],'
            f'"BackwardsPanamaCanalScale":[{texts[1]}],"ForwardPanamaCanalScale":[{texts[2]}],"DataMappingMode":{mode}}}'
        )
        lines.append((day, line))
        for depth, pair in enumerate(step):
            if pair is not None:
                forward[depth] += pair[0] - pair[1]
    return lines
