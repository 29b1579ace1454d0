"""Option strategies and finding them in positions, against LEAN's `StrategyMatcher` tests and `OptionStrategies.cs`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

from leanib.engine.derivatives.strategies import (
    OptionPosition,
    OptionStrategies,
    OptionStrategy,
    OptionStrategyDefinitions,
    OptionStrategyMatcher,
    UnderlyingLegData,
)
from leanib.engine.derivatives.strategies.definitions import ALL_DEFINITIONS
from leanib.engine.derivatives.strategies.objective import uncovered
from leanib.engine.derivatives.strategies.positions import PositionBook
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.symbols import Market, OptionRight, OptionStyle, SecurityType, Symbol

DAYS = (datetime(2021, 1, 15), datetime(2021, 2, 19))
SPY = Symbol.create("SPY", SecurityType.EQUITY, Market.USA)
CANONICAL = Symbol.create_canonical_option(SPY)


def _position(text: str) -> OptionPosition:
    """`-2C105` on the first day, `1P100+` on the second, `3S` lots of the underlying."""
    for right in "CPS":
        quantity, found, rest = text.partition(right)
        if found:
            break
    if right == "S":
        return OptionPosition(SPY, int(quantity))
    day = DAYS[rest.endswith("+")]
    terms = (OptionStyle.AMERICAN, OptionRight("CP".index(right)), float(rest.rstrip("+")), day)
    return OptionPosition(Symbol.create_option(SPY, Market.USA, *terms), int(quantity))


def _positions(text: str) -> list[OptionPosition]:
    return [_position(part) for part in text.split()]


def _text(strategy: OptionStrategy) -> str:
    legs = [
        f"{leg.quantity}{'CP'[leg.right]}{leg.strike:g}{'+' if leg.expiration == DAYS[1] else ''}"
        for leg in strategy.option_legs
    ]
    return " ".join([*legs, *(f"{leg.quantity}S" for leg in strategy.underlying_legs)])


def _found(text: str) -> list[tuple[str, str]]:
    return [(strategy.name, _text(strategy)) for strategy in OptionStrategyMatcher().match_once(_positions(text))]


@pytest.mark.parametrize(
    ("positions", "name"),
    [
        ("1S -1C100", "Covered Call"),
        ("-1S -1P100", "Covered Put"),
        ("-1S 1C100", "Protective Call"),
        ("1S 1P100", "Protective Put"),
        ("1S -1C110 1P100", "Protective Collar"),
        ("1S -1C100 1P100", "Conversion"),
        ("-1S 1C100 -1P100", "Reverse Conversion"),
        ("1C110 -1C100", "Bear Call Spread"),
        ("-1P100 1P110", "Bear Put Spread"),
        ("-1C110 1C100", "Bull Call Spread"),
        ("1P100 -1P110", "Bull Put Spread"),
        ("1P100 1C100", "Straddle"),
        ("-1P100 -1C100", "Short Straddle"),
        ("1P95 1C100", "Strangle"),
        ("-1C110 -1P100", "Short Strangle"),
        ("-2C105 1C100 1C110", "Butterfly Call"),
        ("-1C110 2C105 -1C100", "Short Butterfly Call"),
        ("1P110 -2P105 1P100", "Butterfly Put"),
        ("-1P110 2P105 -1P100", "Short Butterfly Put"),
        ("1C100+ -1C100", "Call Calendar Spread"),
        ("-1C100+ 1C100", "Short Call Calendar Spread"),
        ("-1P100 1P100+", "Put Calendar Spread"),
        ("1P100 -1P105 -1C110 1C120", "Iron Condor"),
        ("-1P100 1P105 1C110 -1C120", "Short Iron Condor"),
        ("-1P105 1P100 -1C105 1C110", "Iron Butterfly"),
        ("1P110 -1P100 1C100 -1C110", "Box Spread"),
        ("-1C100 1C100+ 1P100 -1P100+", "Jelly Roll"),
        ("-1C100 1C105 1C110", "Bear Call Ladder"),
        ("1C595 -1C600 -1C605", "Bull Call Ladder"),
        ("1P110 -1P105 -1P100", "Bear Put Ladder"),
        ("-1C100", "Naked Call"),
        ("-1P100", "Naked Put"),
        ("1C100", "Naked Call"),
    ],
)
def test_positions_are_the_strategy_they_make(positions: str, name: str) -> None:
    """`OptionStrategyDefinitionTests.TestCases` and their kind; all positions are used."""
    found = _found(positions)
    assert [strategy for strategy, _ in found] == [name]
    assert sorted(found[0][1].split()) == sorted(positions.split())


def test_a_strategy_is_taken_as_often_as_it_fits() -> None:
    """What is left is something else."""
    assert _found("10C100 -20C110 12C120") == [("Butterfly Call", "10C100 -20C110 10C120"), ("Naked Call", "2C120")]
    assert _found("3S -5C100") == [("Covered Call", "-3C100 3S"), ("Naked Call", "-2C100")]


@pytest.mark.usefixtures("as_engine")
def test_positions_are_not_counted_twice() -> None:
    """`DoesNotDoubleCountPositions`."""
    matcher = OptionStrategyMatcher([OptionStrategyDefinitions.BearCallSpread])
    assert len(matcher.match_once(_positions("-1C100 -1C105 1C110 1C115"))) == 2


def test_spreads_win_over_a_ladder_that_leaves_a_short_uncovered() -> None:
    """`MatchesOverlappingDebitSpreadsAsSpreadsInsteadOfLadder`."""
    assert [name for name, _ in _found("1C598 1C600 -1C603 -1C605")] == ["Bull Call Spread"] * 2


def test_no_short_is_left_uncovered_where_all_can_be_covered() -> None:
    """`MatchLeavesNoShortContractUncoveredWhenFullCoverageExists`."""
    positions = _positions("3C598 2C600 3C604 2C608 -3C603 -2C605 -2C609 -1C613")
    strategies = OptionStrategyMatcher().match_once(positions)
    assert all(sum(leg.quantity for leg in strategy.option_legs) >= 0 for strategy in strategies)
    shorts = [leg.quantity for strategy in strategies for leg in strategy.option_legs if leg.quantity < 0]
    assert sum(shorts) == -8


@pytest.mark.parametrize(
    ("positions", "kept", "avoided"),
    [
        ("1C500 -1C550 -1C600 1C700", "Bull Call Ladder", "Bear Call Spread"),
        ("1P650 -1P600 -1P550 1P100", "Bear Put Ladder", "Bull Put Spread"),
    ],
)
def test_a_distant_long_covers_nothing(positions: str, kept: str, avoided: str) -> None:
    """`DoesNotCoverShort...WithDistantLongWhenNakedMarginIsCheaper`."""
    names = {name for name, _ in _found(positions)}
    assert kept in names
    assert avoided not in names


@pytest.mark.parametrize(
    ("positions", "expected"),
    [("1C600 -1C600+", 1), ("-1C600 1C600+", 0), ("1P600 -1P600+", 1), ("-1P600 1P600+", 0), ("100S -1C600", 0)],
)
def test_what_covers_a_short(positions: str, expected: int) -> None:
    """`ShortCalendarSpreadLeavesItsShortLegUncovered` and those that follow."""
    strategies = OptionStrategyMatcher().match_once(_positions(positions))
    assert uncovered(strategies, PositionBook()) == expected


def test_inverses_that_have_no_name_of_their_own_are_looked_for_too() -> None:
    """41 definitions; a collar or a naked option sold has no other name."""
    names = [definition.name for definition in ALL_DEFINITIONS]
    assert len(set(names)) == 41
    twice = {name for name in names if names.count(name) == 2}
    assert {"Protective Collar", "Naked Call", "Naked Put"} <= twice
    assert not {"Covered Call", "Straddle", "Bear Call Spread", "Iron Condor"} & twice


FIRST, SECOND = DAYS


@pytest.mark.parametrize(
    ("name", "arguments", "title", "legs"),
    [
        ("covered_call", (100, FIRST), "Covered Call", "-1C100 100S"),
        ("protective_call", (100, FIRST), "Protective Call", "1C100 -100S"),
        ("covered_put", (100, FIRST), "Covered Put", "-1P100 -100S"),
        ("protective_put", (100, FIRST), "Protective Put", "1P100 100S"),
        ("protective_collar", (110, 100, FIRST), "Protective Collar", "-1C110 1P100 100S"),
        ("conversion", (100, FIRST), "Conversion", "-1C100 1P100 100S"),
        ("reverse_conversion", (100, FIRST), "Reverse Conversion", "1C100 -1P100 -100S"),
        ("naked_call", (100, FIRST), "Naked Call", "-1C100"),
        ("naked_put", (100, FIRST), "Naked Put", "-1P100"),
        ("bear_call_spread", (100, 110, FIRST), "Bear Call Spread", "-1C100 1C110"),
        ("bear_put_spread", (110, 100, FIRST), "Bear Put Spread", "1P110 -1P100"),
        ("bull_call_spread", (100, 110, FIRST), "Bull Call Spread", "1C100 -1C110"),
        ("bull_put_spread", (110, 100, FIRST), "Bull Put Spread", "-1P110 1P100"),
        ("straddle", (100, FIRST), "Straddle", "1C100 1P100"),
        ("short_straddle", (100, FIRST), "Short Straddle", "-1C100 -1P100"),
        ("strangle", (110, 100, FIRST), "Strangle", "1C110 1P100"),
        ("short_strangle", (110, 100, FIRST), "Short Strangle", "-1C110 -1P100"),
        ("call_butterfly", (110, 105, 100, FIRST), "Butterfly Call", "1C110 -2C105 1C100"),
        ("ShortButterflyCall", (110, 105, 100, FIRST), "Short Butterfly Call", "-1C110 2C105 -1C100"),
        ("butterfly_put", (110, 105, 100, FIRST), "Butterfly Put", "1P110 -2P105 1P100"),
        ("short_butterfly_put", (110, 105, 100, FIRST), "Short Butterfly Put", "-1P110 2P105 -1P100"),
        ("call_calendar_spread", (100, FIRST, SECOND), "Call Calendar Spread", "-1C100 1C100+"),
        ("short_call_calendar_spread", (100, FIRST, SECOND), "Short Call Calendar Spread", "1C100 -1C100+"),
        ("put_calendar_spread", (100, FIRST, SECOND), "Put Calendar Spread", "-1P100 1P100+"),
        ("short_put_calendar_spread", (100, FIRST, SECOND), "Short Put Calendar Spread", "1P100 -1P100+"),
        ("iron_condor", (95, 100, 105, 110, FIRST), "Iron Condor", "1P95 -1P100 -1C105 1C110"),
        ("short_iron_condor", (95, 100, 105, 110, FIRST), "Short Iron Condor", "-1P95 1P100 1C105 -1C110"),
        ("iron_butterfly", (95, 100, 105, FIRST), "Iron Butterfly", "1P95 -1P100 -1C100 1C105"),
        ("short_iron_butterfly", (95, 100, 105, FIRST), "Short Iron Butterfly", "-1P95 1P100 1C100 -1C105"),
        ("box_spread", (110, 100, FIRST), "Box Spread", "1P110 -1P100 1C100 -1C110"),
        ("short_box_spread", (110, 100, FIRST), "Short Box Spread", "-1P110 1P100 -1C100 1C110"),
        ("jelly_roll", (100, FIRST, SECOND), "Jelly Roll", "-1C100 1C100+ 1P100 -1P100+"),
        ("short_jelly_roll", (100, FIRST, SECOND), "Short Jelly Roll", "1C100 -1C100+ -1P100 1P100+"),
        ("bear_call_ladder", (100, 105, 110, FIRST), "Bear Call Ladder", "-1C100 1C105 1C110"),
        ("bull_call_ladder", (100, 105, 110, FIRST), "Bull Call Ladder", "1C100 -1C105 -1C110"),
        ("bear_put_ladder", (110, 105, 100, FIRST), "Bear Put Ladder", "1P110 -1P105 -1P100"),
        ("bull_put_ladder", (110, 105, 100, FIRST), "Bull Put Ladder", "-1P110 1P105 1P100"),
        ("call_backspread", (100, 110, FIRST), "Call Backspread", "-1C100 2C110"),
        ("put_backspread", (110, 100, FIRST), "Put Backspread", "-1P110 2P100"),
        ("short_call_backspread", (100, 110, FIRST), "Short Call Backspread", "1C100 -2C110"),
        ("short_put_backspread", (110, 100, FIRST), "Short Put Backspread", "1P110 -2P100"),
    ],
)
def test_strategies_are_made_with_leans_legs_in_leans_order(
    name: str, arguments: Iterable[Any], title: str, legs: str
) -> None:
    """`OptionStrategies.cs`; each leg has its symbol."""
    strategy = getattr(OptionStrategies, name)(CANONICAL, *arguments)
    assert (strategy.name, _text(strategy)) == (title, legs)
    for leg in strategy.option_legs:
        assert (leg.symbol.underlying, leg.symbol.id.strike_price, leg.symbol.id.date) == (
            SPY,
            leg.strike,
            leg.expiration,
        )


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("protective_collar", (100, 110, FIRST), "callStrike must be greater"),
        ("bear_call_spread", (110, 100, FIRST), "leg1Strike must be less"),
        ("bull_put_spread", (100, 110, FIRST), "leg1Strike must be greater"),
        ("strangle", (100, 100, FIRST), "must be greater than putLegStrike"),
        ("call_butterfly", (110, 106, 100, FIRST), "equidistant"),
        ("put_calendar_spread", (100, SECOND, FIRST), "near expiration must be less"),
        ("iron_condor", (95, 94, 105, 110, FIRST), "ascending order"),
        ("iron_butterfly", (95, 100, 106, FIRST), "intervals between exercise prices"),
        ("box_spread", (100, 110, FIRST), "descending order"),
        ("bear_call_ladder", (100, 110, 105, FIRST), "ascending order"),
        ("bear_put_ladder", (100, 105, 110, FIRST), "descending order"),
        ("put_backspread", (100, 110, FIRST), "descending order"),
        ("naked_call", (100, datetime(1, 1, 1)), "must contain expiration date"),
    ],
)
def test_what_is_no_strategy_is_refused(name: str, arguments: Iterable[Any], message: str) -> None:
    """LEAN's sentences."""
    with pytest.raises(ArgumentException, match=message):
        getattr(OptionStrategies, name)(CANONICAL, *arguments)


def test_the_canonical_symbol_is_wanted() -> None:
    """An equity or a contract is none."""
    for symbol in (SPY, _position("1C100").symbol):
        with pytest.raises(ArgumentException, match="must contain canonical option symbol"):
            OptionStrategies.straddle(symbol, 100, FIRST)


def test_a_strategy_of_ones_own_finds_its_underlying_in_its_legs() -> None:
    """`OptionStrategy.SetSymbols`."""
    strategy = OptionStrategy()
    strategy.name = "Mine"
    strategy.underlying_legs = [UnderlyingLegData.create(100, SPY)]
    strategy.option_legs = [OptionStrategy.OptionLegData(OptionRight.CALL, 100, -1, FIRST)]
    strategy.SetSymbols()
    assert strategy.canonical_option == CANONICAL
    assert strategy.OptionLegs[0].symbol == _position("1C100").symbol
    assert str(strategy.option_legs[0]) == "Leg: -1. Right: Call. Strike: 100.0. Expiration: 20210115"
