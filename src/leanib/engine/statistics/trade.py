"""A closed trade and the ways of grouping fills into trades (`Common/Statistics/Trade.cs`, `TradeEnums.cs`)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from leanib.engine.dotnet.collections import HashSet, List
from leanib.engine.naming import LeanIntEnum, LeanObject
from leanib.engine.numbers import ZERO, to_float

__all__ = ["FillGroupingMethod", "FillMatchingMethod", "Trade", "TradeDirection"]

_EPOCH = datetime(1, 1, 1)
_EXACT = ("entry_price", "quantity", "exit_price", "profit_loss", "total_fees", "mae", "mfe", "end_trade_drawdown")


class TradeDirection(LeanIntEnum):
    """Bought first, or sold first."""

    LONG = 0
    SHORT = 1

    @property
    def sign(self) -> int:
        """+1 for a long trade, -1 for a short one."""
        return 1 if self is TradeDirection.LONG else -1


class FillGroupingMethod(LeanIntEnum):
    """What makes a trade: each fill and its opposite, flat to flat, or flat to any reduction."""

    FILL_TO_FILL = 0
    FLAT_TO_FLAT = 1
    FLAT_TO_REDUCED = 2


class FillMatchingMethod(LeanIntEnum):
    """Which pending fill an opposite fill closes: the first in, or the last in."""

    FIFO = 0
    LIFO = 1


@dataclass(slots=True, eq=False)
class Trade(LeanObject):
    """A closed trade. Times are UTC; money is in the account's currency, prices in the symbol's quote currency."""

    symbol: Any
    direction: TradeDirection
    entry_time: datetime
    entry_price: Decimal
    quantity: Decimal
    exit_time: datetime = _EPOCH
    exit_price: Decimal = ZERO
    profit_loss: Decimal = ZERO
    total_fees: Decimal = ZERO
    mae: Decimal = ZERO
    mfe: Decimal = ZERO
    end_trade_drawdown: Decimal = ZERO
    is_win: bool = False
    id: str = ""
    order_ids: HashSet[int] = field(default_factory=HashSet)

    def in_floats(self) -> Trade:
        """The same for an algorithm, which sees floats."""
        view: Any = replace(self)
        for name in _EXACT:
            setattr(view, name, to_float(getattr(self, name)))
        return view  # type: ignore[no-any-return]

    @property
    def symbols(self) -> List[Any]:
        """The symbols traded (one)."""
        return List((self.symbol,))

    @property
    def duration(self) -> timedelta:
        """From entry to exit."""
        return self.exit_time - self.entry_time
