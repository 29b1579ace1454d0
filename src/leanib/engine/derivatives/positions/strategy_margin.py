"""What strategies tie up (`Common/Securities/Option/OptionStrategyPositionGroupBuyingPowerModel.cs`).

All amounts are in the account currency. A rule gets the group and the portfolio, and finds prices and models there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.derivatives.options.value import intrinsic_value, out_of_the_money_amount
from leanib.engine.derivatives.positions.group import GroupPosition, StrategyGroup
from leanib.engine.derivatives.strategies.definitions import OptionStrategyDefinitions as Definitions
from leanib.engine.numbers import ONE, ZERO
from leanib.engine.securities.buying_power.model import initial_margin, maintenance_margin
from leanib.engine.securities.buying_power.parameters import MaintenanceMarginParameters
from leanib.engine.symbols import OptionRight

if TYPE_CHECKING:
    from leanib.engine.securities import Security
    from leanib.engine.securities.option import Option
    from leanib.engine.securities.portfolio import SecurityPortfolioManager

__all__ = ["INITIAL", "MAINTENANCE"]

Rule = Callable[[StrategyGroup, Any], Decimal]
_CALL, _PUT = OptionRight.CALL, OptionRight.PUT
_TENTH, _QUARTER = Decimal("0.1"), Decimal("0.25")
_CLOSING_FEE, _CLOSING_SURPLUS = Decimal("0.65"), Decimal("1.02")


# --- what rules are made of -----------------------------------------------------------------------------------------


def _security(portfolio: SecurityPortfolioManager, position: GroupPosition) -> Any:
    return portfolio.securities[position.symbol]


def _one(group: Iterable[GroupPosition], right: OptionRight | None = None, side: int = 0) -> GroupPosition:
    """The option of a right and side."""
    return next(
        position
        for position in group
        if position.symbol.has_underlying
        and (right is None or position.symbol.id.option_right is right)
        and position.quantity_decimal * side >= 0
        and (not side or position.quantity_decimal)
    )


def _in_account_currency(portfolio: SecurityPortfolioManager, amount: Decimal, security: Security) -> Decimal:
    converted: Decimal = portfolio.cash_book.to_account_currency(amount, security.quote_currency.symbol)
    return converted


def _units(option: Option, position: GroupPosition) -> Decimal:
    """How much of the underlying the position is on."""
    units: Decimal = abs(position.quantity_decimal) * option.contract_unit_of_trade
    return units


def _maintenance_of(portfolio: SecurityPortfolioManager, position: GroupPosition) -> Decimal:
    """By the security's own model, at the current price."""
    security = _security(portfolio, position)
    held = MaintenanceMarginParameters.for_quantity_at_current_price(security, position.quantity_decimal)
    return maintenance_margin(security, held)


def _initial_of(portfolio: SecurityPortfolioManager, position: GroupPosition) -> Decimal:
    """By the security's own model."""
    return initial_margin(_security(portfolio, position), position.quantity_decimal)


def _in_the_money(
    group: StrategyGroup, portfolio: SecurityPortfolioManager, right: OptionRight | None = None
) -> Decimal:
    """How much an option of the group is in the money, for all that it is on."""
    position = _one(group, right)
    option, price = _security(portfolio, position), _security(portfolio, group.shares()).price_decimal
    value = intrinsic_value(price, option.scaled_strike_price_decimal, option.right)
    return value * _units(option, position)


def _strike(position: GroupPosition) -> Decimal:
    return position.symbol.id.strike_price_decimal


def _difference(
    group: StrategyGroup, portfolio: SecurityPortfolioManager, higher: GroupPosition, lower: GroupPosition
) -> Decimal:
    """The difference of strikes for all that the group is on, if it is positive."""
    option = _security(portfolio, higher)
    units = option.contract_unit_of_trade * abs(group.quantity_decimal)
    return _in_account_currency(portfolio, max((_strike(higher) - _strike(lower)) * units, ZERO), option)


# --- with the underlying --------------------------------------------------------------------------------------------


def _protective_maintenance(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    position, shares = _one(group), group.shares()
    option, price = _security(portfolio, position), _security(portfolio, shares).price_decimal
    units = _units(option, position)
    outside = out_of_the_money_amount(price, option.scaled_strike_price_decimal, option.right) * units
    own = _TENTH * option.strike_price_decimal * units + outside
    return _in_account_currency(portfolio, min(own, abs(_maintenance_of(portfolio, shares))), option)


def _protective_initial(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    shares = group.shares()
    return _in_account_currency(portfolio, abs(_initial_of(portfolio, shares)), _security(portfolio, shares))


def _covered_call_maintenance(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    position, shares = _one(group), group.shares()
    option, underlying = _security(portfolio, position), _security(portfolio, shares)
    quantity = shares.quantity_decimal
    value = underlying.holdings.quantity_value(quantity, underlying.price_decimal).in_account_currency_decimal
    option_value = option.holdings.quantity_value(
        position.quantity_decimal, option.price_decimal
    ).in_account_currency_decimal
    lower_price = min(underlying.price_decimal, option.scaled_strike_price_decimal)
    lower_value = underlying.holdings.quantity_value(quantity, lower_price).in_account_currency_decimal
    at_lower = maintenance_margin(underlying, MaintenanceMarginParameters(underlying, quantity, ZERO, lower_value))
    at_price = maintenance_margin(underlying, MaintenanceMarginParameters(underlying, quantity, ZERO, value))
    needed = max(_in_the_money(group, portfolio) + at_lower, min(value, max(option_value, at_price)))
    return _in_account_currency(portfolio, needed, option)


def _covered_call_initial(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    position, shares = _one(group), group.shares()
    option = _security(portfolio, position)
    value = option.holdings.quantity_value(position.quantity_decimal, option.price_decimal).in_account_currency_decimal
    needed = abs(value) * Decimal("0.8") + _initial_of(portfolio, shares)
    return _in_account_currency(portfolio, needed, option)


def _shares_and_in_the_money(right: OptionRight | None) -> Rule:
    """The shares' initial margin and what the option is in the money."""

    def rule(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
        needed = abs(_initial_of(portfolio, group.shares())) + _in_the_money(group, portfolio, right)
        return _in_account_currency(portfolio, needed, _security(portfolio, _one(group, right)))

    return rule


def _collar_maintenance(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    put, call = _one(group, _PUT), _one(group, _CALL)
    option, underlying = _security(portfolio, put), _security(portfolio, group.shares())
    outside = out_of_the_money_amount(underlying.price_decimal, option.scaled_strike_price_decimal, _PUT)
    needed = min(_TENTH * _strike(put) + outside, _QUARTER * _strike(call)) * _units(option, put)
    return _in_account_currency(portfolio, needed, underlying)


def _conversion_maintenance(right: OptionRight) -> Rule:
    def rule(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
        position = _one(group, right)
        option = _security(portfolio, position)
        needed = _TENTH * _strike(position) * _units(option, position) + _in_the_money(group, portfolio, right)
        return _in_account_currency(portfolio, needed, _security(portfolio, group.shares()))

    return rule


# --- options only ---------------------------------------------------------------------------------------------------


def _nothing(_group: StrategyGroup, _portfolio: SecurityPortfolioManager) -> Decimal:
    return ZERO


def _naked_maintenance(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    return _maintenance_of(portfolio, _one(group))


def _call_spread(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    return _difference(group, portfolio, _one(group, _CALL, 1), _one(group, _CALL, -1))


def _put_spread(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    return _difference(group, portfolio, _one(group, _PUT, -1), _one(group, _PUT, 1))


def _short_leg_maintenance(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    return _maintenance_of(portfolio, _one(group, None, -1))


def _short_leg_initial(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    return abs(_initial_of(portfolio, _one(group, None, -1)))


def _larger_leg(margin: Callable[[Any, GroupPosition], Decimal]) -> Rule:
    """The larger leg's margin and the other's price."""

    def rule(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
        call, put = _one(group, _CALL), _one(group, _PUT)
        of_call, of_put = abs(margin(portfolio, call)), abs(margin(portfolio, put))
        larger, other = (of_put, call) if of_put > of_call else (of_call, put)
        option = _security(portfolio, other)
        price: Decimal = option.price_decimal
        return larger + price * _units(option, other)

    return rule


def _by_strike(group: StrategyGroup) -> list[GroupPosition]:
    return sorted(group.positions, key=_strike)


def _short_butterfly(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    low, middle, *_ = _by_strike(group)
    return _difference(group, portfolio, middle, low)


def _short_box(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    """What closing costs, with fees and a surplus, or the difference of the strikes."""
    long_call, short_call = _one(group, _CALL, 1), _one(group, _CALL, -1)
    option = _security(portfolio, long_call)
    asked = sum((_security(portfolio, _one(group, right, -1)).ask_price_decimal for right in (_CALL, _PUT)), ZERO)
    bid = sum((_security(portfolio, _one(group, right, 1)).bid_price_decimal for right in (_CALL, _PUT)), ZERO)
    units = _units(option, long_call)
    fees = max(abs(long_call.quantity_decimal) * _CLOSING_FEE, ONE) * 4
    cost = fees + (asked - bid) * units
    needed = max(_CLOSING_SURPLUS * cost, (_strike(long_call) - _strike(short_call)) * units)
    return _in_account_currency(portfolio, needed, option)


def _jelly_roll(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    last = max(position.symbol.id.date for position in group)
    legs = [position for position in group if position.symbol.id.date == last]
    return abs(_maintenance_of(portfolio, _one(legs, None, -1)))


def _call_ladder(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    """A bear call ladder's two lower strikes are a spread; a bull call ladder's highest call is naked."""
    low, middle, high = _by_strike(group)
    if low.quantity_decimal < 0:
        return _difference(group, portfolio, middle, low)
    return abs(_initial_of(portfolio, high))


def _put_ladder(group: StrategyGroup, portfolio: SecurityPortfolioManager) -> Decimal:
    """A bull put ladder's two higher strikes are a spread; a bear put ladder's lowest put is naked."""
    low, middle, high = _by_strike(group)
    if high.quantity_decimal < 0:
        return _difference(group, portfolio, high, middle)
    return abs(_initial_of(portfolio, low))


_SAME: tuple[tuple[Rule, tuple[Any, ...]], ...] = (
    (_call_spread, (Definitions.BEAR_CALL_SPREAD, Definitions.BULL_CALL_SPREAD)),
    (_put_spread, (Definitions.BEAR_PUT_SPREAD, Definitions.BULL_PUT_SPREAD)),
    (_put_spread, (Definitions.IRON_CONDOR, Definitions.IRON_BUTTERFLY)),
    (_put_spread, (Definitions.SHORT_IRON_CONDOR, Definitions.SHORT_IRON_BUTTERFLY)),
    (_nothing, (Definitions.CALL_CALENDAR_SPREAD, Definitions.PUT_CALENDAR_SPREAD, Definitions.BOX_SPREAD)),
    (_nothing, (Definitions.STRADDLE, Definitions.STRANGLE, Definitions.BUTTERFLY_CALL, Definitions.BUTTERFLY_PUT)),
    (_short_butterfly, (Definitions.SHORT_BUTTERFLY_CALL, Definitions.SHORT_BUTTERFLY_PUT)),
    (_short_box, (Definitions.SHORT_BOX_SPREAD,)),
    (_jelly_roll, (Definitions.JELLY_ROLL, Definitions.SHORT_JELLY_ROLL)),
    (_call_ladder, (Definitions.BEAR_CALL_LADDER, Definitions.BULL_CALL_LADDER)),
    (_put_ladder, (Definitions.BEAR_PUT_LADDER, Definitions.BULL_PUT_LADDER)),
)
_COMMON: dict[str, Rule] = {definition.name: rule for rule, definitions in _SAME for definition in definitions}
_COVERED_PUT = _shares_and_in_the_money(None)

MAINTENANCE: dict[str, Rule] = _COMMON | {
    "Protective Put": _protective_maintenance,
    "Protective Call": _protective_maintenance,
    "Covered Call": _covered_call_maintenance,
    "Covered Put": _COVERED_PUT,
    "Protective Collar": _collar_maintenance,
    "Conversion": _conversion_maintenance(_CALL),
    "Reverse Conversion": _conversion_maintenance(_PUT),
    "Naked Call": _naked_maintenance,
    "Naked Put": _naked_maintenance,
    "Short Call Calendar Spread": _short_leg_maintenance,
    "Short Put Calendar Spread": _short_leg_maintenance,
    "Short Straddle": _larger_leg(_maintenance_of),
    "Short Strangle": _larger_leg(_maintenance_of),
}
"""What holding a strategy ties up, by its name. Backspreads have no rule in LEAN either."""

INITIAL: dict[str, Rule] = _COMMON | {
    "Protective Put": _protective_initial,
    "Protective Call": _protective_initial,
    "Covered Call": _covered_call_initial,
    "Covered Put": _COVERED_PUT,
    "Protective Collar": _shares_and_in_the_money(_CALL),
    "Conversion": _shares_and_in_the_money(_CALL),
    "Reverse Conversion": _shares_and_in_the_money(_PUT),
    "Short Call Calendar Spread": _short_leg_initial,
    "Short Put Calendar Spread": _short_leg_initial,
    "Short Straddle": _larger_leg(_initial_of),
    "Short Strangle": _larger_leg(_initial_of),
}
"""What opening a strategy needs beside its premium, by its name; naked options are their own model's."""
