"""The algorithm's universes (`Common/Securities/UniverseManager.cs`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leanib.engine.market.dictionary import DataDictionary
from leanib.engine.market.universe.universe import Universe
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.securities import Security

__all__ = ["UniverseManager"]


class UniverseManager(DataDictionary[Universe]):
    """Universes by symbol. Additions take effect at the end of the time step, when `process_changes` is called."""

    __slots__ = ("_pending", "collection_changed")

    def __init__(self) -> None:
        super().__init__()
        self._pending: deque[tuple[str, Universe]] = deque()
        self.collection_changed: Callable[[str, Universe], object] = lambda _action, _universe: None

    @property
    def active_securities(self) -> DataDictionary[Security]:
        """The securities of all universes."""
        result: DataDictionary[Security] = DataDictionary()
        for universe in dict.values(self):
            for symbol, member in universe.securities.items():
                result.setdefault(symbol, member.security)
        return result

    def is_active(self, symbol: Symbol) -> bool:
        """Whether the symbol's security is a member of any universe."""
        return any(symbol in universe.securities for universe in dict.values(self))

    def add(self, key: Any, value: Universe | None = None) -> None:
        """Take in a universe; one with the same symbol stays as it is."""
        universe: Universe = key if value is None else value
        if universe.symbol not in self:
            self[universe.symbol] = universe
            self._pending.append(("add", universe))

    def update(self, universe: Universe, action: str) -> None:  # type: ignore[override]
        """Note that a universe has to select again: "add" or "replace"."""
        if universe.symbol in self and all(pending is not universe for _, pending in self._pending):
            self._pending.append((action, universe))

    def process_changes(self) -> None:
        """Tell the data feed of what was added."""
        while self._pending:
            self.collection_changed(*self._pending.popleft())

    def remove(self, key: Any) -> bool:
        """Dispose of a universe; says whether it was there."""
        universe = self.get(key)
        if universe is None:
            return False
        dict.pop(self, universe.symbol)
        universe.dispose()
        self.collection_changed("remove", universe)
        return True
