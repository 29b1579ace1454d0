"""What can be borrowed to sell short (`Common/Interfaces/IShortableProvider.cs`)."""

from __future__ import annotations

from datetime import datetime

from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Symbol

__all__ = ["NullShortableProvider", "ShortableProvider"]


class ShortableProvider(LeanObject):
    """Base: everything can be borrowed, at no fee."""

    def fee_rate(self, symbol: Symbol, local_time: datetime) -> float:
        """The annual borrowing fee: 0.01 is 1 %."""
        return 0.0

    def rebate_rate(self, symbol: Symbol, local_time: datetime) -> float:
        """The annual rebate."""
        return 0.0

    def shortable_quantity(self, symbol: Symbol, local_time: datetime) -> int | None:
        """How much can be borrowed; None for no limit."""
        return None


class NullShortableProvider(ShortableProvider):
    """No limits: `NullShortableProvider.INSTANCE`."""

    INSTANCE: NullShortableProvider
    Instance: NullShortableProvider


NullShortableProvider.INSTANCE = NullShortableProvider.Instance = NullShortableProvider()
