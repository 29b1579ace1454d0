"""Which positions make option strategies (`Common/Securities/Positions/OptionStrategyPositionGroupResolver.cs`)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.derivatives.positions.group import GroupPosition, StrategyGroup
from leanib.engine.derivatives.positions.model import OptionStrategyPositionGroupBuyingPowerModel
from leanib.engine.derivatives.strategies.matcher import OptionStrategyMatcher
from leanib.engine.derivatives.strategies.positions import OptionPosition
from leanib.engine.derivatives.strategies.strategy import OptionStrategy
from leanib.engine.numbers import truncate
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityManager

__all__ = ["concerns_options", "empty_group", "strategy_groups"]

_MATCHER = OptionStrategyMatcher()


def is_option(symbol: Symbol) -> bool:
    """Whether it is one, on whatever."""
    answer: bool = symbol.asset.is_option
    return answer


def concerns_options(symbols: Iterable[Symbol]) -> bool:
    """Whether an option is among them."""
    return any(is_option(symbol) for symbol in symbols)


def strategy_groups(
    positions: Iterable[tuple[Symbol, Decimal]], securities: SecurityManager
) -> tuple[list[StrategyGroup], dict[Symbol, Decimal]]:
    """The strategies in positions, and what is left of these.

    Positions of one symbol may come more than once; where all cancel out there is an empty group.
    """
    total: dict[Symbol, Decimal] = {}
    for symbol, quantity in positions:
        total[symbol] = total.get(symbol, Decimal(0)) + quantity
    groups: list[StrategyGroup] = []
    for members in _by_underlying(total).values():
        if concerns_options(members):
            groups += _groups_of(members, total, securities)
    left = {symbol: quantity for symbol, quantity in total.items() if quantity}
    return groups, left


def _by_underlying(positions: Mapping[Symbol, Decimal]) -> dict[Symbol, list[Symbol]]:
    found: dict[Symbol, list[Symbol]] = {}
    for symbol in positions:
        underlying = symbol.underlying if is_option(symbol) else symbol
        if underlying is not None:
            found.setdefault(underlying, []).append(symbol)
    return found


def _groups_of(members: list[Symbol], total: dict[Symbol, Decimal], securities: SecurityManager) -> list[StrategyGroup]:
    """The strategies on one underlying; what they hold is taken off the total."""
    option = next(symbol for symbol in members if is_option(symbol))
    units = Decimal(securities[option].contract_unit_of_trade)
    lots = [
        OptionPosition(symbol, int(truncate(total[symbol] if is_option(symbol) else total[symbol] / units)))
        for symbol in members
    ]
    if not any(position.quantity for position in lots):
        return [empty_group()]
    groups = []
    for strategy in _MATCHER.match_once(lots):
        group = _group(strategy, units)
        for position in group:
            total[position.symbol] -= position.quantity_decimal
        groups.append(group)
    return groups


def _group(strategy: OptionStrategy, units: Decimal) -> StrategyGroup:
    legs = [*strategy.option_legs, *strategy.underlying_legs]
    times = math.gcd(*(leg.quantity for leg in legs))
    positions = []
    for leg in legs:
        size = 1 if is_option(leg.symbol) else units
        positions.append(
            GroupPosition(leg.symbol, Decimal(leg.quantity) * size, Decimal(abs(leg.quantity) // times) * size)
        )
    return StrategyGroup(OptionStrategyPositionGroupBuyingPowerModel(strategy), Decimal(times), positions)


def empty_group() -> StrategyGroup:
    """What is left of positions that are closed."""
    return StrategyGroup(OptionStrategyPositionGroupBuyingPowerModel(None), Decimal(0), [])
