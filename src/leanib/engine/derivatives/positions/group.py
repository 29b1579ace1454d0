"""A group of positions that is margined as one (`Common/Securities/Positions/PositionGroup.cs`, `Position.cs`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.naming import LeanObject
from leanib.engine.numbers.exact import FloatView
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.derivatives.positions.model import OptionStrategyPositionGroupBuyingPowerModel

__all__ = ["GroupPosition", "StrategyGroup"]


class GroupPosition(LeanObject):
    """A quantity of a security; one unit of the group has `unit_quantity` of it."""

    __slots__ = ("quantity_decimal", "symbol", "unit_quantity_decimal")

    quantity = FloatView()
    unit_quantity = FloatView()

    def __init__(self, symbol: Symbol, quantity: Decimal, unit_quantity: Decimal) -> None:
        self.symbol = symbol
        self.quantity_decimal = quantity
        self.unit_quantity_decimal = unit_quantity

    def with_lots(self, lots: Decimal | int) -> GroupPosition:
        """The same side of it, so many times."""
        sign = -1 if self.quantity_decimal < 0 else 1
        return GroupPosition(self.symbol, lots * self.unit_quantity_decimal * sign, self.unit_quantity_decimal)

    def __repr__(self) -> str:
        return f"{self.symbol}: {self.quantity}"


class StrategyGroup(LeanObject):
    """An option strategy that is held; `quantity` is how many times, never negative."""

    __slots__ = ("_positions", "buying_power_model", "quantity_decimal")

    quantity = FloatView()
    is_default = False

    def __init__(
        self,
        buying_power_model: OptionStrategyPositionGroupBuyingPowerModel,
        quantity: Decimal,
        positions: Iterable[GroupPosition],
    ) -> None:
        self.buying_power_model = buying_power_model
        self.quantity_decimal = quantity
        self._positions = {position.symbol: position for position in positions}

    @property
    def positions(self) -> list[GroupPosition]:
        """The positions, options first."""
        return list(self._positions.values())

    @property
    def count(self) -> int:
        """How many positions."""
        return len(self._positions)

    def __iter__(self) -> Iterator[GroupPosition]:
        return iter(self.positions)

    def __len__(self) -> int:
        return len(self._positions)

    def __bool__(self) -> bool:
        return True

    def contains(self, symbol: Symbol) -> bool:
        """Whether a position of it is in the group."""
        return symbol in self._positions

    def options(self) -> list[GroupPosition]:
        """The positions in options."""
        return [position for position in self.positions if position.symbol.has_underlying]

    def shares(self) -> GroupPosition:
        """The position in the underlying; a strategy that has one is asked."""
        return next(position for position in self.positions if not position.symbol.has_underlying)

    def with_quantity(self, lots: Decimal | int) -> StrategyGroup:
        """The same strategy so many times, which must be more than none."""
        positions = [position.with_lots(lots) for position in self.positions]
        return StrategyGroup(self.buying_power_model, Decimal(lots), positions)

    def __repr__(self) -> str:
        return f"{self.buying_power_model}: {self.quantity}"
