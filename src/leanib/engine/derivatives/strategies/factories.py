"""Making option strategies (`Common/Securities/Option/OptionStrategies.cs`).

Strikes are in the contracts' own scale, expirations the contracts' dates; the symbol is the canonical option's.
"""

from __future__ import annotations

from datetime import datetime

from leanib.engine.derivatives.strategies.definitions import OptionStrategyDefinition
from leanib.engine.derivatives.strategies.strategy import OptionStrategy
from leanib.engine.derivatives.strategies.two_legs import (
    CALL,
    PUT,
    Definitions,
    Leg,
    Strike,
    TwoLegStrategies,
    inverted,
    made,
    require,
)
from leanib.engine.symbols import OptionRight, Symbol

__all__ = ["OptionStrategies"]


def _butterfly(
    definition: OptionStrategyDefinition,
    right: OptionRight,
    canonical: Symbol,
    strikes: tuple[Strike, ...],
    day: datetime,
) -> OptionStrategy:
    higher, middle, lower = strikes
    is_even = higher > middle > lower and higher - middle == middle - lower  # type: ignore[operator]
    name = definition.name.replace(" ", "")
    require(is_even, f"{name}: upper and lower strikes must both be equidistant from the middle strike")
    return made(definition, canonical, [(right, higher, 1, day), (right, middle, -2, day), (right, lower, 1, day)])


def _calendar(
    definition: OptionStrategyDefinition,
    right: OptionRight,
    canonical: Symbol,
    strike: Strike,
    near: datetime,
    far: datetime,
) -> OptionStrategy:
    name = definition.name.replace(" ", "")
    require(near < far, f"{name}: near expiration must be less than far expiration")
    return made(definition, canonical, [(right, strike, -1, near), (right, strike, 1, far)])


def _ladder(
    definition: OptionStrategyDefinition,
    right: OptionRight,
    canonical: Symbol,
    strikes: tuple[Strike, ...],
    day: datetime,
) -> OptionStrategy:
    first, middle, last = strikes
    name, is_call = definition.name.replace(" ", ""), right is CALL
    in_order = first < middle < last if is_call else first > middle > last
    require(in_order, f"{name}: strike prices must be in {'ascending' if is_call else 'descending'} order")
    sign = -1 if is_call else 1
    legs: list[Leg] = [(right, first, sign, day), (right, middle, -sign, day), (right, last, -sign, day)]
    return made(definition, canonical, legs)


class OptionStrategies(TwoLegStrategies):
    """Strategies by LEAN's names."""

    @staticmethod
    def call_butterfly(
        canonical_option: Symbol,
        higher_strike: Strike,
        middle_strike: Strike,
        lower_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """A call on either side of two sold."""
        strikes = (higher_strike, middle_strike, lower_strike)
        return _butterfly(Definitions.BUTTERFLY_CALL, CALL, canonical_option, strikes, expiration)

    butterfly_call = call_butterfly

    @staticmethod
    def short_butterfly_call(
        canonical_option: Symbol,
        higher_strike: Strike,
        middle_strike: Strike,
        lower_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """A call butterfly sold."""
        strikes = (higher_strike, middle_strike, lower_strike)
        strategy = _butterfly(Definitions.BUTTERFLY_CALL, CALL, canonical_option, strikes, expiration)
        return inverted(strategy, Definitions.SHORT_BUTTERFLY_CALL)

    @staticmethod
    def put_butterfly(
        canonical_option: Symbol,
        higher_strike: Strike,
        middle_strike: Strike,
        lower_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """A put on either side of two sold."""
        strikes = (higher_strike, middle_strike, lower_strike)
        return _butterfly(Definitions.BUTTERFLY_PUT, PUT, canonical_option, strikes, expiration)

    butterfly_put = put_butterfly

    @staticmethod
    def short_butterfly_put(
        canonical_option: Symbol,
        higher_strike: Strike,
        middle_strike: Strike,
        lower_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """A put butterfly sold."""
        strikes = (higher_strike, middle_strike, lower_strike)
        strategy = _butterfly(Definitions.BUTTERFLY_PUT, PUT, canonical_option, strikes, expiration)
        return inverted(strategy, Definitions.SHORT_BUTTERFLY_PUT)

    @staticmethod
    def call_calendar_spread(
        canonical_option: Symbol, strike: Strike, near_expiration: datetime, far_expiration: datetime
    ) -> OptionStrategy:
        """A call sold, a later one bought."""
        days = (near_expiration, far_expiration)
        return _calendar(Definitions.CALL_CALENDAR_SPREAD, CALL, canonical_option, strike, *days)

    @staticmethod
    def short_call_calendar_spread(
        canonical_option: Symbol, strike: Strike, near_expiration: datetime, far_expiration: datetime
    ) -> OptionStrategy:
        """A call calendar spread sold."""
        days = (near_expiration, far_expiration)
        strategy = OptionStrategies.call_calendar_spread(canonical_option, strike, *days)
        return inverted(strategy, Definitions.SHORT_CALL_CALENDAR_SPREAD)

    @staticmethod
    def put_calendar_spread(
        canonical_option: Symbol, strike: Strike, near_expiration: datetime, far_expiration: datetime
    ) -> OptionStrategy:
        """A put sold, a later one bought."""
        days = (near_expiration, far_expiration)
        return _calendar(Definitions.PUT_CALENDAR_SPREAD, PUT, canonical_option, strike, *days)

    @staticmethod
    def short_put_calendar_spread(
        canonical_option: Symbol, strike: Strike, near_expiration: datetime, far_expiration: datetime
    ) -> OptionStrategy:
        """A put calendar spread sold."""
        days = (near_expiration, far_expiration)
        strategy = OptionStrategies.put_calendar_spread(canonical_option, strike, *days)
        return inverted(strategy, Definitions.SHORT_PUT_CALENDAR_SPREAD)

    @staticmethod
    def iron_condor(
        canonical_option: Symbol,
        long_put_strike: Strike,
        short_put_strike: Strike,
        short_call_strike: Strike,
        long_call_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """A put and a call sold, and further out a put and a call bought."""
        is_ascending = long_put_strike < short_put_strike <= short_call_strike < long_call_strike
        require(is_ascending, "IronCondor: strike prices must be in ascending order")
        strikes = (long_put_strike, short_put_strike, short_call_strike, long_call_strike)
        rights, quantities = (PUT, PUT, CALL, CALL), (1, -1, -1, 1)
        legs = [(right, k, q, expiration) for right, k, q in zip(rights, strikes, quantities, strict=True)]
        return made(Definitions.IRON_CONDOR, canonical_option, legs)

    @staticmethod
    def short_iron_condor(
        canonical_option: Symbol,
        short_put_strike: Strike,
        long_put_strike: Strike,
        long_call_strike: Strike,
        short_call_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """An iron condor sold."""
        strikes = (short_put_strike, long_put_strike, long_call_strike, short_call_strike)
        strategy = OptionStrategies.iron_condor(canonical_option, *strikes, expiration)
        return inverted(strategy, Definitions.SHORT_IRON_CONDOR)

    @staticmethod
    def iron_butterfly(
        canonical_option: Symbol,
        otm_put_strike: Strike,
        atm_strike: Strike,
        otm_call_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """An iron condor whose inner strikes are one."""
        is_even = atm_strike - otm_put_strike == otm_call_strike - atm_strike  # type: ignore[operator]
        require(is_even, "IronButterfly: intervals between exercise prices must be equal")
        strikes = (otm_put_strike, atm_strike, atm_strike, otm_call_strike)
        strategy = OptionStrategies.iron_condor(canonical_option, *strikes, expiration)
        strategy.name = Definitions.IRON_BUTTERFLY.name
        return strategy

    @staticmethod
    def short_iron_butterfly(
        canonical_option: Symbol,
        otm_put_strike: Strike,
        atm_strike: Strike,
        otm_call_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """An iron butterfly sold."""
        strikes = (otm_put_strike, atm_strike, otm_call_strike)
        strategy = OptionStrategies.iron_butterfly(canonical_option, *strikes, expiration)
        return inverted(strategy, Definitions.SHORT_IRON_BUTTERFLY)

    @staticmethod
    def box_spread(
        canonical_option: Symbol, higher_strike: Strike, lower_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A bear put spread and a bull call spread with the same strikes."""
        require(higher_strike > lower_strike, "BoxSpread: strike prices must be in descending order")
        legs: list[Leg] = [
            (PUT, higher_strike, 1, expiration),
            (PUT, lower_strike, -1, expiration),
            (CALL, lower_strike, 1, expiration),
            (CALL, higher_strike, -1, expiration),
        ]
        return made(Definitions.BOX_SPREAD, canonical_option, legs)

    @staticmethod
    def short_box_spread(
        canonical_option: Symbol, higher_strike: Strike, lower_strike: Strike, expiration: datetime
    ) -> OptionStrategy:
        """A box spread sold."""
        strategy = OptionStrategies.box_spread(canonical_option, higher_strike, lower_strike, expiration)
        return inverted(strategy, Definitions.SHORT_BOX_SPREAD)

    @staticmethod
    def jelly_roll(
        canonical_option: Symbol, strike: Strike, near_expiration: datetime, far_expiration: datetime
    ) -> OptionStrategy:
        """A call calendar spread and a put calendar spread sold."""
        days = (near_expiration, far_expiration)
        calls = OptionStrategies.call_calendar_spread(canonical_option, strike, *days)
        puts = OptionStrategies.short_put_calendar_spread(canonical_option, strike, *days)
        legs = [*calls.option_legs, *puts.option_legs]
        return OptionStrategy(Definitions.JELLY_ROLL.name, canonical_option, legs)

    @staticmethod
    def short_jelly_roll(
        canonical_option: Symbol, strike: Strike, near_expiration: datetime, far_expiration: datetime
    ) -> OptionStrategy:
        """A jelly roll sold."""
        strategy = OptionStrategies.jelly_roll(canonical_option, strike, near_expiration, far_expiration)
        return inverted(strategy, Definitions.SHORT_JELLY_ROLL)

    @staticmethod
    def bear_call_ladder(
        canonical_option: Symbol,
        lower_strike: Strike,
        middle_strike: Strike,
        higher_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """A call sold, two with higher strikes bought."""
        strikes = (lower_strike, middle_strike, higher_strike)
        return _ladder(Definitions.BEAR_CALL_LADDER, CALL, canonical_option, strikes, expiration)

    @staticmethod
    def bear_put_ladder(
        canonical_option: Symbol,
        higher_strike: Strike,
        middle_strike: Strike,
        lower_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """A put bought, two with lower strikes sold."""
        strikes = (higher_strike, middle_strike, lower_strike)
        return _ladder(Definitions.BEAR_PUT_LADDER, PUT, canonical_option, strikes, expiration)

    @staticmethod
    def bull_call_ladder(
        canonical_option: Symbol,
        lower_strike: Strike,
        middle_strike: Strike,
        higher_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """A bear call ladder sold."""
        strikes = (lower_strike, middle_strike, higher_strike)
        strategy = OptionStrategies.bear_call_ladder(canonical_option, *strikes, expiration)
        return inverted(strategy, Definitions.BULL_CALL_LADDER)

    @staticmethod
    def bull_put_ladder(
        canonical_option: Symbol,
        higher_strike: Strike,
        middle_strike: Strike,
        lower_strike: Strike,
        expiration: datetime,
    ) -> OptionStrategy:
        """A bear put ladder sold."""
        strikes = (higher_strike, middle_strike, lower_strike)
        strategy = OptionStrategies.bear_put_ladder(canonical_option, *strikes, expiration)
        return inverted(strategy, Definitions.BULL_PUT_LADDER)
