"""The margin model of an option strategy (`OptionStrategyPositionGroupBuyingPowerModel.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.derivatives.margin.option import OptionInitialMargin
from leanib.engine.derivatives.positions.group import StrategyGroup
from leanib.engine.derivatives.positions.strategy_margin import INITIAL, MAINTENANCE
from leanib.engine.dotnet.exceptions import NotImplementedException
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ONE, ZERO
from leanib.engine.orders.enums import OrderDirection
from leanib.engine.securities.buying_power.parameters import GetMaximumOrderQuantityResult, InitialMarginParameters
from leanib.engine.securities.fees import market_order_fee

if TYPE_CHECKING:
    from leanib.engine.derivatives.strategies.strategy import OptionStrategy
    from leanib.engine.securities.portfolio import SecurityPortfolioManager

__all__ = ["OptionStrategyPositionGroupBuyingPowerModel"]

_NAKED = frozenset({"Naked Call", "Naked Put"})


class OptionStrategyPositionGroupBuyingPowerModel(LeanObject):
    """By the strategy's name; None stands for positions that are being closed, which need nothing."""

    def __init__(self, option_strategy: OptionStrategy | None) -> None:
        self._strategy = option_strategy

    @property
    def name(self) -> str:
        """The strategy's."""
        return "" if self._strategy is None else self._strategy.name

    def get_maintenance_margin(self, portfolio: SecurityPortfolioManager, group: StrategyGroup) -> Decimal:
        """What the group ties up, in the account currency."""
        if self._strategy is None or not group.quantity_decimal:
            return ZERO
        rule = MAINTENANCE.get(self.name)
        if rule is None:
            raise _no_rule(self.name)
        return rule(group, portfolio)

    get_reserved_buying_power_for_position_group = get_maintenance_margin

    def get_initial_margin_requirement(
        self, portfolio: SecurityPortfolioManager, group: StrategyGroup
    ) -> OptionInitialMargin:
        """What opening the group needs; its premium is told apart."""
        if self._strategy is None or not group.quantity_decimal:
            return OptionInitialMargin(ZERO, ZERO)
        if self.name in _NAKED:
            return _naked(portfolio, group)
        rule = INITIAL.get(self.name)
        if rule is None:
            raise _no_rule(self.name)
        premium = ZERO
        for position in group.options():
            option = portfolio.securities[position.symbol]
            value = option.holdings.quantity_value(position.quantity_decimal, option.price_decimal)
            premium += value.in_account_currency_decimal
        return OptionInitialMargin(rule(group, portfolio), premium)

    def get_position_group_buying_power(
        self, portfolio: SecurityPortfolioManager, group: StrategyGroup, direction: OrderDirection
    ) -> Decimal:
        """What may be traded; selling the group also frees what it ties up."""
        power: Decimal = portfolio.margin_remaining_decimal
        if direction is OrderDirection.SELL:
            power += self.get_maintenance_margin(portfolio, group)
            power += abs(self.get_initial_margin_requirement(portfolio, group).value_decimal)
        return power

    def get_maximum_lots_for_delta_buying_power(
        self, portfolio: SecurityPortfolioManager, group: StrategyGroup, delta_buying_power: Decimal
    ) -> GetMaximumOrderQuantityResult:
        """How many times the strategy must be closed to free an amount, its sign that of the change.

        Towards less: the fewest that bring the initial margin under the target, fees allowed for.
        """
        value = portfolio.total_portfolio_value_decimal
        target = self.get_maintenance_margin(portfolio, group) + delta_buying_power
        if not value or target <= 0:
            return GetMaximumOrderQuantityResult(-group.quantity_decimal, "", False)
        share, lots = target / value, ZERO
        while lots < group.quantity_decimal:
            lots += ONE
            left = group.quantity_decimal - lots
            margin = self.get_initial_margin_requirement(portfolio, group.with_quantity(left)) if left else None
            if margin is None or abs(margin.value_decimal) <= (value - _fees(portfolio, group, lots)) * share:
                break
        return GetMaximumOrderQuantityResult(-lots, "", False)

    def __str__(self) -> str:
        return self.name


def _no_rule(name: str) -> NotImplementedException:
    return NotImplementedException(f"Option strategy {name} margin modeling has yet to be implemented")


def _naked(portfolio: SecurityPortfolioManager, group: StrategyGroup) -> OptionInitialMargin:
    """By the option's own model."""
    position = group.positions[0]
    security = portfolio.securities[position.symbol]
    parameters = InitialMarginParameters(security, position.quantity_decimal)
    margin = security.buying_power_model.get_initial_margin_requirement(parameters)
    if isinstance(margin, OptionInitialMargin):
        return OptionInitialMargin(abs(margin.value_without_premium_decimal), margin.premium_decimal)
    return OptionInitialMargin(margin.value_decimal, ZERO)


def _fees(portfolio: SecurityPortfolioManager, group: StrategyGroup, lots: Decimal) -> Decimal:
    total = ZERO
    for position in group.with_quantity(lots):
        fee = market_order_fee(portfolio.securities[position.symbol], position.quantity_decimal)
        total += portfolio.cash_book.convert_to_account_currency(fee).amount_decimal
    return total
