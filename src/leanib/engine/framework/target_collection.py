"""Targets by symbol (`Common/Algorithm/Framework/Portfolio/PortfolioTargetCollection.cs`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from leanib.engine.dotnet.collections import List
from leanib.engine.framework.portfolio_target import PortfolioTarget, order_targets_by_margin_impact
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["PortfolioTargetCollection"]


class PortfolioTargetCollection(LeanObject):
    """The targets that an execution model works on, one a symbol."""

    def __init__(self) -> None:
        self._targets: dict[Symbol, PortfolioTarget] = {}

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._targets)

    @property
    def is_empty(self) -> bool:
        """Whether there are none."""
        return not self._targets

    @property
    def keys(self) -> List[Symbol]:
        """The symbols."""
        return List(self._targets)

    @property
    def values(self) -> List[PortfolioTarget]:
        """The targets."""
        return List(self._targets.values())

    def add(self, target: PortfolioTarget | None) -> None:
        """Take in a target; it takes the place of the symbol's last one."""
        if target is not None:
            self._targets[target.symbol] = target

    def add_range(self, targets: Iterable[PortfolioTarget]) -> None:
        """Take in targets."""
        for target in targets:
            self._targets[target.symbol] = target

    def clear(self) -> None:
        """Forget all."""
        self._targets.clear()

    def clear_fulfilled(self, algorithm: QCAlgorithm) -> None:
        """Forget what the portfolio holds already."""
        for target in self.values:
            security = algorithm.securities[target.symbol]
            missing = target.quantity_decimal - security.holdings.quantity_decimal
            if abs(missing) < security.symbol_properties.lot_size_decimal:
                del self._targets[target.symbol]

    def contains(self, target: PortfolioTarget) -> bool:
        """Whether the target's symbol has one."""
        return target.symbol in self._targets

    def contains_key(self, symbol: Symbol) -> bool:
        """Whether a symbol has a target."""
        return symbol in self._targets

    def remove(self, target: Symbol | PortfolioTarget) -> bool:
        """Forget a target, or a symbol's; says whether there was one."""
        symbol = target if isinstance(target, Symbol) else target.symbol
        return self._targets.pop(symbol, None) is not None

    def try_get_value(self, symbol: Symbol, target: object = None) -> tuple[bool, PortfolioTarget | None]:
        """Whether a symbol has a target, and the target."""
        return symbol in self._targets, self._targets.get(symbol)

    def order_by_margin_impact(self, algorithm: QCAlgorithm) -> List[PortfolioTarget]:
        """The targets worth an order: those that free margin first, then the biggest."""
        return List(order_targets_by_margin_impact(self.values, algorithm))

    def __getitem__(self, symbol: Symbol) -> PortfolioTarget:
        return self._targets[symbol]

    def __setitem__(self, symbol: Symbol, target: PortfolioTarget) -> None:
        self._targets[symbol] = target

    def __contains__(self, item: object) -> bool:
        return getattr(item, "symbol", item) in self._targets

    def __iter__(self) -> Iterator[PortfolioTarget]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self._targets)
