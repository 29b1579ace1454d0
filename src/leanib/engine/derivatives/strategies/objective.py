"""Short options left uncovered by strategies (`UncoveredShortQuantityOptionStrategyMatchObjectiveFunction.cs`).

A long option of the same right covers a short one if it expires no earlier and its strike is no more than a tenth of
the short one's on the wrong side of it. Lots of the underlying cover calls, lots sold short cover puts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from leanib.engine.derivatives.strategies.positions import OptionPosition, PositionBook
from leanib.engine.derivatives.strategies.strategy import OptionStrategy
from leanib.engine.symbols import OptionRight

__all__ = ["minimum_uncovered", "uncovered"]

_WIDEST_COVER = Decimal("0.1")


def uncovered(strategies: Iterable[OptionStrategy], unmatched: PositionBook) -> int:
    """The short contracts that the strategies do not cover, and those in none."""
    total = sum(_uncovered_in(strategy) for strategy in strategies)
    return total - sum(position.quantity for position in unmatched.options() if position.quantity < 0)


def minimum_uncovered(book: PositionBook) -> int:
    """The short contracts that no way of splitting can cover."""
    lots = book.underlying_quantity
    calls = sum(position.quantity for position in book.options() if position.right is OptionRight.CALL)
    puts = sum(position.quantity for position in book.options() if position.right is OptionRight.PUT)
    return max(0, -calls - max(0, lots)) + max(0, -puts - max(0, -lots))


def _uncovered_in(strategy: OptionStrategy) -> int:
    lots = sum(leg.quantity for leg in strategy.underlying_legs)
    legs = [OptionPosition(leg.symbol, leg.quantity) for leg in strategy.option_legs]
    return _of_right(legs, OptionRight.CALL, max(0, lots)) + _of_right(legs, OptionRight.PUT, max(0, -lots))


def _of_right(legs: Sequence[OptionPosition], right: OptionRight, lots: int) -> int:
    sign = 1 if right is OptionRight.CALL else -1
    own = [leg for leg in legs if leg.right is right]
    shorts = sorted((leg for leg in own if leg.quantity < 0), key=lambda leg: sign * leg.symbol.id.strike_price_decimal)
    longs = [leg for leg in own if leg.quantity > 0]
    free = [leg.quantity for leg in longs]
    exposed = 0
    for short in shorts:
        left = -short.quantity
        for index, cover in enumerate(longs):
            if _covers(sign, short, cover):
                used = min(left, free[index])
                left, free[index] = left - used, free[index] - used
        from_lots = min(left, lots)
        left, lots = left - from_lots, lots - from_lots
        exposed += left
    return exposed


def _covers(sign: int, short: OptionPosition, cover: OptionPosition) -> bool:
    strike = short.symbol.id.strike_price_decimal
    distance = sign * (cover.symbol.id.strike_price_decimal - strike)
    return cover.symbol.id.date >= short.symbol.id.date and distance <= _WIDEST_COVER * strike
