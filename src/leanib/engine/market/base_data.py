"""What every data point is (`Common/Data/BaseData.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

from leanib.engine.naming import LeanNames
from leanib.engine.numbers import to_decimal
from leanib.engine.symbols import MarketDataType

if TYPE_CHECKING:
    from leanib.engine.symbols import Symbol

__all__ = ["END_OF_TIME", "NO_TIME", "VALUE_SLOT", "BaseData", "MarketDataType"]

_CENT = Decimal("0.01")
NO_TIME = datetime(1, 1, 1)
END_OF_TIME = datetime(9999, 12, 31, 23, 59, 59, 999999)


@cache
def _slots_of(kind: type) -> tuple[tuple[Callable[[Any, Any], None], Callable[[Any], Any]], ...]:
    """How to put and get what a class and its bases hold."""
    members = [member for cls in kind.__mro__ for member in vars(cls).values()]
    slots = {member for member in members if isinstance(member, MemberDescriptorType)}
    return tuple((slot.__set__, slot.__get__) for slot in slots)


class _DataPoint(LeanNames):
    """The storage of a data point, apart so that a subclass can give a slot a second name at no cost."""

    is_made_often = True

    __slots__ = ("is_fill_forward", "symbol", "time", "value")

    symbol: Symbol
    time: datetime
    value: float
    is_fill_forward: bool


VALUE_SLOT: Any = vars(_DataPoint)["value"]


class BaseData(_DataPoint):
    """One data point. `time` and `end_time` are naive, in the time zone of the data's exchange; `value` is a float.

    `price` is the same as `value`. An instant has an `end_time` equal to its `time`; what spans a period overrides it.
    """

    __slots__ = ()

    data_type = MarketDataType.BASE
    price: float = VALUE_SLOT

    def __init__(self) -> None:
        self.time = NO_TIME
        self.symbol = None  # type: ignore[assignment]
        self.value = 0.0
        self.is_fill_forward = False

    @property
    def end_time(self) -> datetime:
        """When the data point was complete, in the time zone of its exchange."""
        return self.time

    @end_time.setter
    def end_time(self, value: datetime) -> None:
        self.time = value

    def update(
        self,
        last_trade: float,
        bid_price: float,
        ask_price: float,
        volume: float,
        bid_size: float,
        ask_size: float,
    ) -> None:
        """Take in a trade or a quote: a plain data point keeps the last trade's price."""
        self.value = last_trade

    def should_cache_to_security(self) -> bool:
        """Whether the data point becomes the last one of its security when a universe brings it."""
        return True

    def __copy__(self) -> Any:
        """What `copy.copy` would make, by the slots themselves: quicker, and past properties that stand before them."""
        kind = type(self)
        twin = object.__new__(kind)
        for put, get in _slots_of(kind):
            try:
                put(twin, get(self))
            except AttributeError:  # nothing was put there yet
                continue
        if kind.__dictoffset__:
            twin.__dict__.update(self.__dict__)
        return twin

    def clone(self, fill_forward: bool | None = None) -> Any:
        """A copy, marked as filled forward or not when asked."""
        twin = self.__copy__()
        if fill_forward is not None:
            twin.is_fill_forward = fill_forward
        return twin

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        # .NET's currency format without a country: two decimals, ¤ before them, brackets around what is negative
        cents = abs(to_decimal(self.value)).quantize(_CENT, ROUND_HALF_UP)
        return f"{self.symbol}: " + (f"(¤{cents:,f})" if self.value < 0 and cents else f"¤{cents:,f}")
