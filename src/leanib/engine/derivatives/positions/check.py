"""Whether orders with options can be paid (`PositionGroupBuyingPowerModel.cs`, `SecurityPositionGroupModel.cs`).

What counts is by how much the margin of all groups that the orders touch would grow: the initial margin of the groups
after the orders, less what the present ones tie up.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.derivatives.margin.option import OptionInitialMargin
from leanib.engine.derivatives.positions.group import StrategyGroup
from leanib.engine.derivatives.positions.resolver import is_option, strategy_groups
from leanib.engine.numbers import ZERO, decimal_text, normalize
from leanib.engine.securities.buying_power.model import initial_margin
from leanib.engine.securities.buying_power.parameters import HasSufficientBuyingPowerForOrderResult
from leanib.engine.securities.positions import each_is_affordable
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.securities.portfolio import SecurityPortfolioManager

__all__ = ["has_sufficient_buying_power"]

_Positions = list[tuple[Symbol, Decimal]]


def has_sufficient_buying_power(
    portfolio: SecurityPortfolioManager, groups: list[Any], orders: list[Any]
) -> HasSufficientBuyingPowerForOrderResult:
    """Whether all the orders can be paid, given the groups that are held."""
    ordered: _Positions = [(order.symbol, order.quantity_decimal) for order in orders]
    touched = _touched(groups, ordered)
    if not _makes_strategy(portfolio, groups, touched, ordered):
        return each_is_affordable(portfolio, orders)
    growth = _after(portfolio, touched, ordered) - _reserved(portfolio, touched)
    if growth < 0:
        return HasSufficientBuyingPowerForOrderResult(True)
    free = portfolio.margin_remaining_decimal
    if growth <= free:
        return HasSufficientBuyingPowerForOrderResult(True)
    ids = ",".join(str(order.id) for order in orders)
    return HasSufficientBuyingPowerForOrderResult(
        False,
        f"Id: {ids}, Maintenance Margin Delta: {decimal_text(normalize(growth))}, "
        f"Free Margin: {decimal_text(normalize(free))}",
    )


def _touched(groups: Iterable[Any], ordered: _Positions) -> list[Any]:
    """The groups with an ordered security, its underlying, or an option on it."""
    concerned = {symbol for symbol, _ in ordered}
    concerned |= {symbol.underlying for symbol, _ in ordered if is_option(symbol) and symbol.underlying is not None}
    return [group for group in groups if group.quantity_decimal and _is_in(group, concerned)]


def _is_in(group: StrategyGroup, concerned: set[Symbol]) -> bool:
    symbols = [position.symbol for position in group]
    return any(symbol in concerned or (is_option(symbol) and symbol.underlying in concerned) for symbol in symbols)


def _held(groups: Iterable[Any]) -> _Positions:
    return [(position.symbol, position.quantity_decimal) for group in groups for position in group]


def _makes_strategy(
    portfolio: SecurityPortfolioManager, groups: list[Any], touched: list[Any], ordered: _Positions
) -> bool:
    """Whether the orders and what they touch are, or close, a strategy; else each order is judged by itself."""
    if not groups and len(ordered) == 1:
        return False
    found, _ = strategy_groups([*ordered, *_held(touched)], portfolio.securities)
    return bool(found)


def _reserved(portfolio: SecurityPortfolioManager, groups: Iterable[Any]) -> Decimal:
    return sum(
        (group.buying_power_model.get_reserved_buying_power_for_position_group(portfolio, group) for group in groups),
        ZERO,
    )


def _after(portfolio: SecurityPortfolioManager, touched: list[Any], ordered: _Positions) -> Decimal:
    """The initial margin of the groups that there would be, with the premium of the strategies that are ordered."""
    found, left = strategy_groups([*ordered, *_held(touched)], portfolio.securities)
    margin = sum((_requirement(portfolio, group).value_without_premium_decimal for group in found), ZERO)
    margin += sum((initial_margin(portfolio.securities[symbol], quantity) for symbol, quantity in left.items()), ZERO)
    bought, _ = strategy_groups(ordered, portfolio.securities)
    requirements = [_requirement(portfolio, group) for group in bought]
    return margin + sum((each.value_decimal - each.value_without_premium_decimal for each in requirements), ZERO)


def _requirement(portfolio: SecurityPortfolioManager, group: StrategyGroup) -> OptionInitialMargin:
    requirement: OptionInitialMargin = group.buying_power_model.get_initial_margin_requirement(portfolio, group)
    return requirement
