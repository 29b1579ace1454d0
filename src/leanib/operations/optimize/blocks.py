"""How the period is cut, so that parameters are chosen on one part of it and tried on another that they have not seen.

whole          one block, nothing is held back
walk-forward   each block after the first is tried with what was best on all blocks before it
purged         each block is tried with what was best on all others

Every block is a backtest of its own that starts from cash; days between two blocks belong to neither (the purge), so
that what is held over the end of one says nothing of the other. Source of the last: M. López de Prado, Advances in
Financial Machine Learning (2018), chapter 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from leanib.errors import UsageError

__all__ = ["KINDS", "Block", "Fold", "cut", "folds"]

KINDS = ("whole", "walk-forward", "purged")
_LEAST_DAYS = 20


@dataclass(frozen=True)
class Block:
    """A span of days, both included; None where the algorithm's own dates hold."""

    start: date | None
    end: date | None

    @property
    def text(self) -> str:
        """`2013-01-01 to 2014-12-31`."""
        return f"{self.start} to {self.end}" if self.start is not None else "the whole period"


@dataclass(frozen=True)
class Fold:
    """Which blocks parameters are chosen on, and on which they are tried."""

    train: tuple[Block, ...]
    test: Block


def cut(start: date, end: date, count: int, purge: int) -> tuple[Block, ...]:
    """Blocks of equal length with `purge` days between them.

    Raises:
        UsageError: They would be too short to say anything.
    """
    days = (end - start).days + 1
    length = (days - purge * (count - 1)) // count
    if count < 2 or length < _LEAST_DAYS:
        raise UsageError(
            f"{start} to {end} cannot be cut into {count} blocks of {_LEAST_DAYS} days or more"
            f"{f' with {purge} days between them' if purge else ''}: take fewer --folds, or a longer period"
        )
    begins = [start + timedelta(days=(length + purge) * number) for number in range(count)]
    ends = [begin + timedelta(days=length - 1) for begin in begins[:-1]] + [end]
    return tuple(Block(*days) for days in zip(begins, ends, strict=True))


def folds(kind: str, blocks: Sequence[Block]) -> tuple[Fold, ...]:
    """The folds of a kind; none for the whole period."""
    if kind == "walk-forward":
        return tuple(Fold(tuple(blocks[:number]), blocks[number]) for number in range(1, len(blocks)))
    if kind == "purged":
        return tuple(Fold(tuple(one for one in blocks if one != block), block) for block in blocks)
    return ()
