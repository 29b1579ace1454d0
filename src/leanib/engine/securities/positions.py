"""Positions grouped for margin (`Common/Securities/Positions/**`).

Without options every group is one security's position, and its margin is that of the security's own model. The quantity
of a group is in lots. Where options are held or ordered, `derivatives/positions/` finds the strategies among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.naming import LeanNames, LeanObject
from leanib.engine.numbers import ZERO
from leanib.engine.numbers.exact import FloatView
from leanib.engine.orders.enums import OrderDirection
from leanib.engine.securities.buying_power.model import initial_margin, maintenance_margin
from leanib.engine.securities.buying_power.parameters import (
    GetMaximumOrderQuantityForDeltaBuyingPowerParameters,
    GetMaximumOrderQuantityResult,
    HasSufficientBuyingPowerForOrderParameters,
    HasSufficientBuyingPowerForOrderResult,
    MaintenanceMarginParameters,
)

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.securities.manager import SecurityManager
    from leanib.engine.securities.portfolio import SecurityPortfolioManager
    from leanib.engine.securities.security import Security
    from leanib.engine.symbols import Symbol

__all__ = [
    "Position",
    "PositionGroup",
    "SecurityPositionGroupBuyingPowerModel",
    "SecurityPositionGroupModel",
    "each_is_affordable",
]


class Position(LeanObject):
    """A quantity of a security, in lots of `unit_quantity`."""

    __slots__ = ("quantity_decimal", "symbol", "unit_quantity_decimal")

    quantity = FloatView()
    unit_quantity = FloatView()

    def __init__(self, security: Security, quantity: Decimal | None = None) -> None:
        self.symbol = security.symbol
        self.quantity_decimal = security.holdings.quantity_decimal if quantity is None else quantity
        self.unit_quantity_decimal = security.symbol_properties.lot_size_decimal


class SecurityPositionGroupBuyingPowerModel(LeanObject):
    """Asks the security's own model."""

    def get_reserved_buying_power_for_position_group(
        self, portfolio: SecurityPortfolioManager, group: PositionGroup
    ) -> Decimal:
        """What the position ties up, at the current price."""
        return self._maintenance_margin(group)

    @staticmethod
    def _maintenance_margin(group: PositionGroup) -> Decimal:
        security = group.security
        held = MaintenanceMarginParameters.for_quantity_at_current_price(security, group.position.quantity_decimal)
        return maintenance_margin(security, held)

    def get_position_group_buying_power(
        self, portfolio: SecurityPortfolioManager, group: PositionGroup, direction: OrderDirection
    ) -> Decimal:
        """What may be traded; a sale of the group also frees what it ties up."""
        power = portfolio.margin_remaining_decimal
        if direction is OrderDirection.SELL and group.position.quantity_decimal:
            power += self._maintenance_margin(group)
            power += abs(initial_margin(group.security, group.position.quantity_decimal))
        return power

    def get_maximum_lots_for_delta_buying_power(
        self, portfolio: SecurityPortfolioManager, group: PositionGroup, delta_buying_power: Decimal
    ) -> GetMaximumOrderQuantityResult:
        """The quantity, in lots, that changes the used buying power by that amount."""
        security = group.security
        result = security.buying_power_model.get_maximum_order_quantity_for_delta_buying_power(
            GetMaximumOrderQuantityForDeltaBuyingPowerParameters(portfolio, security, delta_buying_power, ZERO)
        )
        lots = result.quantity_decimal / security.symbol_properties.lot_size_decimal
        return GetMaximumOrderQuantityResult(lots, result.reason, result.is_error)


class PositionGroup(LeanObject):
    """The position in one security, or what strategies leave of it."""

    __slots__ = ("buying_power_model", "position", "security")

    quantity = FloatView()
    is_default = True

    def __init__(
        self,
        security: Security,
        buying_power_model: SecurityPositionGroupBuyingPowerModel,
        quantity: Decimal | None = None,
    ) -> None:
        self.security = security
        self.position = Position(security, quantity)
        self.buying_power_model = buying_power_model

    @property
    def quantity_decimal(self) -> Decimal:
        """The number of lots."""
        return self.position.quantity_decimal / self.position.unit_quantity_decimal

    @property
    def positions(self) -> List[Position]:
        """The one position."""
        return List((self.position,))

    @property
    def count(self) -> int:
        """One."""
        return 1

    def __iter__(self) -> Iterator[Position]:
        return iter(self.positions)


class SecurityPositionGroupModel(LeanNames):
    """The groups of what is held, found again when a position changes; `SecurityPositionGroupModel.NULL` makes none."""

    NULL: SecurityPositionGroupModel
    Null: SecurityPositionGroupModel
    finds_strategies = True

    def __init__(self) -> None:
        self._securities: SecurityManager | None = None
        self._held: list[Security] | None = []
        self._with_quantity: list[Security] | None = None
        self._groups: list[Any] | None = []
        self._model = SecurityPositionGroupBuyingPowerModel()

    def initialize(self, securities: SecurityManager) -> None:
        """Follows the positions of these securities."""
        self._securities = securities
        self._on_quantity_changed()
        for security in securities.values():
            security.holdings.quantity_changed += self._on_quantity_changed
        securities.collection_changed += self._on_collection_changed

    def _on_collection_changed(self, added: list[Security], removed: list[Security]) -> None:
        for security in added:
            security.holdings.quantity_changed += self._on_quantity_changed
        for security in removed:
            security.holdings.quantity_changed -= self._on_quantity_changed
        self._on_quantity_changed()

    def _on_quantity_changed(self, *_: object) -> None:
        self._held = self._groups = self._with_quantity = None

    @property
    def with_quantity(self) -> list[Security]:
        """The securities of which anything is held, less than a lot too."""
        if self._with_quantity is None:
            securities = () if self._securities is None else self._securities.values()
            self._with_quantity = [security for security in securities if security.holdings.quantity_decimal]
        return self._with_quantity

    @property
    def held_securities(self) -> list[Security]:
        """The securities of which at least a lot is held."""
        if self._held is None:
            assert self._securities is not None
            self._held = [security for security in self._securities.values() if security.holdings.invested]
        return self._held

    @property
    def groups(self) -> list[Any]:
        """The option strategies that are held, and a group for all that is held of a security beside them."""
        if self._groups is None:
            held = self.held_securities
            if self._is_about_options(security.symbol for security in held):
                self._groups = self._groups_with_strategies(held)
            else:
                self._groups = [PositionGroup(security, self._model) for security in held]
        return self._groups

    def _is_about_options(self, symbols: Iterable[Symbol]) -> bool:
        return self.finds_strategies and any(symbol.asset.is_option for symbol in symbols)

    def _groups_with_strategies(self, held: list[Security]) -> list[Any]:
        from leanib.engine.derivatives.positions import strategy_groups

        assert self._securities is not None
        positions = [(security.symbol, security.holdings.quantity_decimal) for security in held]
        strategies, left = strategy_groups(positions, self._securities)
        rest = [security for security in held if security.symbol in left]
        return [*strategies, *(PositionGroup(security, self._model, left[security.symbol]) for security in rest)]

    @property
    def is_only_default_groups(self) -> bool:
        """Whether no option strategy is held."""
        return all(group.is_default for group in self.groups)

    def get_or_create_default_group(self, security: Security) -> PositionGroup:
        """The group of a security, held or not; what strategies hold of it is not in there."""
        if not self.is_only_default_groups:
            own = (group for group in self.groups if group.is_default and group.security is security)
            return next(own, PositionGroup(security, self._model, ZERO))
        return PositionGroup(security, self._model)

    def has_sufficient_buying_power_for_orders(
        self, portfolio: SecurityPortfolioManager, orders: list[Order]
    ) -> HasSufficientBuyingPowerForOrderResult:
        """Whether all the orders can be paid: each by itself, unless they make a strategy or change one."""
        symbols = (order.symbol for order in orders)
        if self._is_about_options(symbols) or not self.is_only_default_groups:
            from leanib.engine.derivatives.positions import has_sufficient_buying_power

            return has_sufficient_buying_power(portfolio, self.groups, orders)
        return each_is_affordable(portfolio, orders)


def each_is_affordable(
    portfolio: SecurityPortfolioManager, orders: list[Order]
) -> HasSufficientBuyingPowerForOrderResult:
    """Whether every order can be paid by itself; the first that can not says why."""
    for order in orders:
        security = portfolio.securities[order.symbol]
        parameters = HasSufficientBuyingPowerForOrderParameters(portfolio, security, order)
        result: HasSufficientBuyingPowerForOrderResult = (
            security.buying_power_model.has_sufficient_buying_power_for_order(parameters)
        )
        if not result.is_sufficient:
            return result
    return HasSufficientBuyingPowerForOrderResult(True)


class _NullSecurityPositionGroupModel(SecurityPositionGroupModel):
    """Finds no strategies; like LEAN's, no group of what is held already, until a position changes."""

    finds_strategies = False

    def initialize(self, securities: SecurityManager) -> None:
        """Follows the positions of these securities from now on."""
        super().initialize(securities)
        self._groups = []


SecurityPositionGroupModel.NULL = SecurityPositionGroupModel.Null = _NullSecurityPositionGroupModel()
