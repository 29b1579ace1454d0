"""The strategies that LEAN knows (`Common/Securities/Option/StrategyMatcher/OptionStrategyDefinitions.cs`).

A leg is a right, a signed ratio and rules that compare its strike and expiry with those of earlier legs. Strategies
with the underlying have a signed number of its lots. The order is LEAN's, and strategies with more legs are looked for
first.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from leanib.engine.derivatives.strategies.positions import OptionPosition
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import OptionRight

__all__ = ["ALL_DEFINITIONS", "LegDefinition", "LegRule", "OptionStrategyDefinition", "OptionStrategyDefinitions"]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "==": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class LegRule:
    """How a leg compares with the legs before it: `strike` or `expiration`, or `width` and `wing` of a butterfly.

    A width makes the third strike as far from the second as that from the first, a wing the strike as far from the
    first as the second, on the other side.
    """

    what: str
    compare: str = "=="
    leg: int = 0

    def holds(self, legs: Sequence[OptionPosition], position: OptionPosition) -> bool:
        """Whether a position fits after these."""
        if self.what == "expiration":
            return _COMPARE[self.compare](position.symbol.id.date, legs[self.leg].symbol.id.date)
        strike = _strike(position)
        if self.what == "width":
            return strike - _strike(legs[1]) == _strike(legs[1]) - _strike(legs[0])
        if self.what == "wing":
            return strike == _strike(legs[0]) * 2 - _strike(legs[1])
        return _COMPARE[self.compare](strike, _strike(legs[self.leg]))


def _strike(position: OptionPosition) -> Decimal:
    return position.symbol.id.strike_price_decimal


@dataclass(frozen=True)
class LegDefinition:
    """One leg."""

    right: OptionRight
    quantity: int
    rules: tuple[LegRule, ...] = ()

    def inverted(self) -> LegDefinition:
        """The other side of it."""
        return LegDefinition(self.right, -self.quantity, self.rules)


@dataclass(frozen=True)
class OptionStrategyDefinition:
    """A strategy's name, its lots of the underlying, and its legs."""

    name: str
    underlying_lots: int
    legs: tuple[LegDefinition, ...]

    @property
    def leg_count(self) -> int:
        """How many legs, the underlying one of them."""
        return len(self.legs) + bool(self.underlying_lots)

    def inverted(self) -> OptionStrategyDefinition:
        """The strategy sold."""
        return OptionStrategyDefinition(self.name, -self.underlying_lots, tuple(leg.inverted() for leg in self.legs))

    def has_uncovered_short_leg(self) -> bool:
        """Whether more calls or puts are sold than bought or covered by the underlying."""
        calls = sum(leg.quantity for leg in self.legs if leg.right is OptionRight.CALL)
        puts = sum(leg.quantity for leg in self.legs if leg.right is OptionRight.PUT)
        return -calls > max(0, self.underlying_lots) or -puts > max(0, -self.underlying_lots)

    def is_like(self, other: OptionStrategyDefinition) -> bool:
        """Whether each of the legs is one of the other's, whose rules may be more."""
        return (
            self.underlying_lots == other.underlying_lots
            and len(self.legs) == len(other.legs)
            and all(any(_is_like(leg, candidate) for candidate in other.legs) for leg in self.legs)
        )


def _is_like(leg: LegDefinition, other: LegDefinition) -> bool:
    same = leg.right is other.right and leg.quantity == other.quantity
    return same and set(leg.rules) <= set(other.rules)


_SAME_DAY = LegRule("expiration")
_SAME_STRIKE = LegRule("strike")
_LOWER = (LegRule("strike", "<"), _SAME_DAY)
_HIGHER = (LegRule("strike", ">"), _SAME_DAY)
_EQUAL = (_SAME_STRIKE, _SAME_DAY)
_LATER = (_SAME_STRIKE, LegRule("expiration", ">"))
_NOT_LOWER = (LegRule("strike", ">="), _SAME_DAY)
_OTHER_END = (LegRule("strike", ">=", 1), _SAME_DAY, LegRule("width"))
_HIGHER_THAN_SECOND = (LegRule("strike", ">", 1), _SAME_DAY)
_LOWER_THAN_SECOND = (LegRule("strike", "<", 1), _SAME_DAY)
_HIGHER_THAN_THIRD = (LegRule("strike", ">", 2), _SAME_DAY)
_WING = (LegRule("wing"), _SAME_DAY)
_SECOND_STRIKE = (LegRule("strike", "==", 1), _SAME_DAY)
_SECOND_DAY = (_SAME_STRIKE, LegRule("expiration", "==", 1))


def _call(quantity: int, rules: tuple[LegRule, ...] = ()) -> LegDefinition:
    return LegDefinition(OptionRight.CALL, quantity, rules)


def _put(quantity: int, rules: tuple[LegRule, ...] = ()) -> LegDefinition:
    return LegDefinition(OptionRight.PUT, quantity, rules)


def _define(name: str, *legs: LegDefinition, underlying: int = 0) -> OptionStrategyDefinition:
    return OptionStrategyDefinition(name, underlying, legs)


class OptionStrategyDefinitions(LeanNames):
    """All of them, by LEAN's names."""

    COVERED_CALL = _define("Covered Call", _call(-1), underlying=1)
    PROTECTIVE_CALL = _define("Protective Call", _call(1), underlying=-1)
    COVERED_PUT = _define("Covered Put", _put(-1), underlying=-1)
    PROTECTIVE_PUT = _define("Protective Put", _put(1), underlying=1)
    PROTECTIVE_COLLAR = _define("Protective Collar", _call(-1), _put(1, _LOWER), underlying=1)
    CONVERSION = _define("Conversion", _call(-1), _put(1, _EQUAL), underlying=1)
    REVERSE_CONVERSION = _define("Reverse Conversion", _call(1), _put(-1, _EQUAL), underlying=-1)
    NAKED_CALL = _define("Naked Call", _call(-1))
    NAKED_PUT = _define("Naked Put", _put(-1))
    BEAR_CALL_SPREAD = _define("Bear Call Spread", _call(-1), _call(1, _HIGHER))
    BEAR_PUT_SPREAD = _define("Bear Put Spread", _put(1), _put(-1, _LOWER))
    BULL_CALL_SPREAD = _define("Bull Call Spread", _call(1), _call(-1, _HIGHER))
    BULL_PUT_SPREAD = _define("Bull Put Spread", _put(-1), _put(1, _LOWER))
    STRADDLE = _define("Straddle", _call(1), _put(1, _EQUAL))
    SHORT_STRADDLE = _define("Short Straddle", _call(-1), _put(-1, _EQUAL))
    STRANGLE = _define("Strangle", _call(1), _put(1, _LOWER))
    SHORT_STRANGLE = _define("Short Strangle", _call(-1), _put(-1, _LOWER))
    BUTTERFLY_CALL = _define("Butterfly Call", _call(1), _call(-2, _NOT_LOWER), _call(1, _OTHER_END))
    SHORT_BUTTERFLY_CALL = _define("Short Butterfly Call", _call(-1), _call(2, _NOT_LOWER), _call(-1, _OTHER_END))
    BUTTERFLY_PUT = _define("Butterfly Put", _put(1), _put(-2, _NOT_LOWER), _put(1, _OTHER_END))
    SHORT_BUTTERFLY_PUT = _define("Short Butterfly Put", _put(-1), _put(2, _NOT_LOWER), _put(-1, _OTHER_END))
    CALL_CALENDAR_SPREAD = _define("Call Calendar Spread", _call(-1), _call(1, _LATER))
    SHORT_CALL_CALENDAR_SPREAD = _define("Short Call Calendar Spread", _call(1), _call(-1, _LATER))
    PUT_CALENDAR_SPREAD = _define("Put Calendar Spread", _put(-1), _put(1, _LATER))
    SHORT_PUT_CALENDAR_SPREAD = _define("Short Put Calendar Spread", _put(1), _put(-1, _LATER))
    IRON_BUTTERFLY = _define("Iron Butterfly", _put(-1), _put(1, _LOWER), _call(-1, _EQUAL), _call(1, _WING))
    SHORT_IRON_BUTTERFLY = _define(
        "Short Iron Butterfly", _put(1), _put(-1, _LOWER), _call(1, _EQUAL), _call(-1, _WING)
    )
    IRON_CONDOR = _define(
        "Iron Condor", _put(1), _put(-1, _HIGHER), _call(-1, _HIGHER_THAN_SECOND), _call(1, _HIGHER_THAN_THIRD)
    )
    SHORT_IRON_CONDOR = _define(
        "Short Iron Condor", _put(-1), _put(1, _HIGHER), _call(1, _HIGHER_THAN_SECOND), _call(-1, _HIGHER_THAN_THIRD)
    )
    BOX_SPREAD = _define("Box Spread", _put(1), _put(-1, _LOWER), _call(1, _SECOND_STRIKE), _call(-1, _EQUAL))
    SHORT_BOX_SPREAD = _define(
        "Short Box Spread", _put(-1), _put(1, _LOWER), _call(-1, _SECOND_STRIKE), _call(1, _EQUAL)
    )
    JELLY_ROLL = _define("Jelly Roll", _call(-1), _call(1, _LATER), _put(1, _EQUAL), _put(-1, _SECOND_DAY))
    SHORT_JELLY_ROLL = _define("Short Jelly Roll", _call(1), _call(-1, _LATER), _put(-1, _EQUAL), _put(1, _SECOND_DAY))
    BEAR_CALL_LADDER = _define("Bear Call Ladder", _call(-1), _call(1, _HIGHER), _call(1, _HIGHER_THAN_SECOND))
    BEAR_PUT_LADDER = _define("Bear Put Ladder", _put(1), _put(-1, _LOWER), _put(-1, _LOWER_THAN_SECOND))
    BULL_CALL_LADDER = _define("Bull Call Ladder", _call(1), _call(-1, _HIGHER), _call(-1, _HIGHER_THAN_SECOND))
    BULL_PUT_LADDER = _define("Bull Put Ladder", _put(-1), _put(1, _LOWER), _put(1, _LOWER_THAN_SECOND))
    CALL_BACKSPREAD = _define("Call Backspread", _call(-1), _call(2, _HIGHER))
    PUT_BACKSPREAD = _define("Put Backspread", _put(-1), _put(2, _LOWER))
    SHORT_CALL_BACKSPREAD = _define("Short Call Backspread", _call(1), _call(-2, _HIGHER))
    SHORT_PUT_BACKSPREAD = _define("Short Put Backspread", _put(1), _put(-2, _LOWER))


def _with_inverses() -> tuple[OptionStrategyDefinition, ...]:
    """Each definition, followed by it sold unless that is another one's name."""
    named = [value for name, value in vars(OptionStrategyDefinitions).items() if name.isupper()]
    found = []
    for definition in named:
        found.append(definition)
        inverse = definition.inverted()
        if not any(known.is_like(inverse) for known in named):
            found.append(inverse)
    return tuple(found)


ALL_DEFINITIONS = _with_inverses()
"""What is looked for in positions."""
