"""Finding strategies in positions (`Common/Securities/Option/StrategyMatcher/OptionStrategyMatcher.cs` and others).

Strategies with the most legs are taken first, each as often as it fits. If that leaves short options uncovered which
need not be, a second search puts the strategies without uncovered shorts first, and is kept when it leaves fewer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from leanib.engine.derivatives.strategies.definitions import (
    ALL_DEFINITIONS,
    LegDefinition,
    OptionStrategyDefinition,
)
from leanib.engine.derivatives.strategies.objective import minimum_uncovered, uncovered
from leanib.engine.derivatives.strategies.positions import OptionPosition, PositionBook
from leanib.engine.derivatives.strategies.strategy import OptionLegData, OptionStrategy, UnderlyingLegData

__all__ = ["OptionStrategyMatcher"]


class _LegMatch(NamedTuple):
    """A position that fits a leg so many times."""

    position: OptionPosition
    times: int


class OptionStrategyMatcher:
    """Splits positions into strategies."""

    def __init__(self, definitions: Iterable[OptionStrategyDefinition] = ALL_DEFINITIONS) -> None:
        self._definitions = sorted(definitions, key=lambda definition: -definition.leg_count)
        self._covered_first = sorted(self._definitions, key=OptionStrategyDefinition.has_uncovered_short_leg)

    def match_once(self, positions: Iterable[OptionPosition]) -> list[OptionStrategy]:
        """The strategies, whose legs have whole quantities; the underlying's are lots."""
        book = PositionBook.of(positions)
        strategies, left = _match(self._definitions, book)
        exposed = uncovered(strategies, left)
        if exposed <= minimum_uncovered(book):
            return strategies
        others, left = _match(self._covered_first, book)
        return others if uncovered(others, left) < exposed else strategies


def _match(
    definitions: Sequence[OptionStrategyDefinition], book: PositionBook
) -> tuple[list[OptionStrategy], PositionBook]:
    strategies = []
    for definition in definitions:
        while (found := _first_match(definition, book)) is not None:
            legs, times = found
            strategy = _strategy(definition, legs, times)
            for leg in (*strategy.option_legs, *strategy.underlying_legs):
                book = book.without(leg.symbol, leg.quantity)
            strategies.append(strategy)
        if not book:
            break
    return strategies, book


def _strategy(definition: OptionStrategyDefinition, legs: Sequence[_LegMatch], times: int) -> OptionStrategy:
    options = [OptionLegData.create(leg.position.quantity // leg.times * times, leg.position.symbol) for leg in legs]
    if not definition.underlying_lots:
        return OptionStrategy.of_legs(definition.name, options)
    underlying = legs[0].position.symbol.underlying
    assert underlying is not None
    lots = UnderlyingLegData.create(definition.underlying_lots * times, underlying)
    return OptionStrategy.of_legs(definition.name, [*options, lots])


def _first_match(definition: OptionStrategyDefinition, book: PositionBook) -> tuple[list[_LegMatch], int] | None:
    """The first positions that fit, and how many times all of them do."""
    if len(book) < definition.leg_count:
        return None
    most = 2**31 - 1
    lots = definition.underlying_lots
    if lots:
        held = book.underlying_quantity
        if held * lots <= 0 or abs(held) < abs(lots):
            return None
        most = held // lots
    return next(_matches(definition, [], book, most), None)


def _matches(
    definition: OptionStrategyDefinition, legs: list[_LegMatch], book: PositionBook, times: int
) -> Iterator[tuple[list[_LegMatch], int]]:
    if len(legs) == len(definition.legs):
        if legs:
            yield legs, times
        return
    if len(book) < definition.leg_count - len(legs):
        return
    earlier = [leg.position for leg in legs]
    for found in _candidates(definition.legs[len(legs)], earlier, book):
        rest = book.without(*found.position)
        yield from _matches(definition, [*legs, found], rest, min(times, found.times))


def _candidates(leg: LegDefinition, earlier: list[OptionPosition], book: PositionBook) -> Iterator[_LegMatch]:
    for position in book.options():
        if position.right is not leg.right or position.quantity * leg.quantity < 0:
            continue
        times = abs(position.quantity) // abs(leg.quantity)
        if times and all(rule.holds(earlier, position) for rule in leg.rules):
            yield _LegMatch(OptionPosition(position.symbol, times * leg.quantity), times)
