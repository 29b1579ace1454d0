"""Securities that universes dropped and that cannot go yet (`Engine/DataFeeds/PendingRemovalsManager.cs`)."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

from leanib.engine.market.universe import Member, Universe
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.securities import Security

__all__ = ["PendingRemovals"]


class PendingRemovals:
    """Holdings, open orders, targets or unsettled cash keep a security."""

    def __init__(self, orders: Any) -> None:
        self._orders = orders
        self._pending: dict[Universe, list[Member]] = {}

    def _is_safe(self, member: Member, universe: Universe) -> bool:
        security = member.security
        target = security.holdings.target
        if security.hold_stock or (target is not None and target.quantity != 0):
            return False
        if self._orders.get_open_orders(security.symbol):
            return False
        for symbol, other in universe.securities.items():
            underlying = symbol.underlying
            if underlying is not None and underlying == security.symbol and not self._is_safe(other, universe):
                return False
        unsettled = security.settlement_model.get_unsettled_cash()
        return unsettled is None or unsettled.amount <= 0

    def try_remove(self, member: Member, universe: Universe) -> list[tuple[Universe, Security]]:
        """The security, when it may go now; otherwise it waits."""
        if self._is_safe(member, universe):
            return [(universe, member.security)]
        waiting = self._pending.setdefault(universe, [])
        if member not in waiting:
            waiting.append(member)
        return []

    def is_pending(self, security: Security, is_internal: bool) -> bool:
        """Whether a security waits to go."""
        return any(
            member.is_internal == is_internal and member.security.symbol == security.symbol
            for members in self._pending.values()
            for member in members
        )

    def check(self, selected: Container[Symbol], universe: Universe) -> list[tuple[Universe, Security]]:
        """What may go by now; what the universe selected again waits no more."""
        result = []
        for owner, members in list(self._pending.items()):
            for member in list(members):
                safe = self._is_safe(member, owner)
                if safe:
                    result.append((owner, member.security))
                if safe or (owner is universe and member.security.symbol in selected):
                    members.remove(member)
            if not members:
                del self._pending[owner]
        return result
