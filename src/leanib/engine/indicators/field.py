"""Ready-made selectors (`Common/Field.cs`): `self.sma(symbol, 14, Resolution.DAILY, Field.VOLUME)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leanib.engine.market.bars import QuoteBar, TradeBar
from leanib.engine.market.tick import Tick
from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.market.base_data import BaseData

__all__ = ["Field"]

Selector = Callable[[Any], float]


def _of_bar(compute: Selector) -> Selector:
    """Of bars; other data answer with their value."""
    return lambda data: compute(data) if hasattr(data, "high") else data.value


def _of_quote(side: str, part: str) -> Selector:
    """Of one side of a quote bar; other data answer with their value."""
    return lambda data: getattr(getattr(data, side), part) if isinstance(data, QuoteBar) else data.value


def _best(side: str) -> Selector:
    def select(data: BaseData) -> float:
        if isinstance(data, Tick):
            return getattr(data, f"{side}_price")  # type: ignore[no-any-return]
        return getattr(data, side).close if isinstance(data, QuoteBar) else data.value

    return select


def _volume(data: BaseData) -> float:
    if isinstance(data, TradeBar):
        return data.volume
    return data.quantity if isinstance(data, Tick) else data.value


class Field(LeanObject):
    """One function for each field of data."""

    OPEN = staticmethod(_of_bar(lambda bar: bar.open))
    HIGH = staticmethod(_of_bar(lambda bar: bar.high))
    LOW = staticmethod(_of_bar(lambda bar: bar.low))
    CLOSE = staticmethod(lambda data: data.value)
    VOLUME = staticmethod(_volume)
    AVERAGE = staticmethod(_of_bar(lambda bar: (bar.open + bar.high + bar.low + bar.close) / 4))
    MEDIAN = staticmethod(_of_bar(lambda bar: (bar.high + bar.low) / 2))
    TYPICAL = staticmethod(_of_bar(lambda bar: (bar.high + bar.low + bar.close) / 3))
    WEIGHTED = staticmethod(_of_bar(lambda bar: (bar.high + bar.low + 2 * bar.close) / 4))
    SEVEN_BAR = staticmethod(_of_bar(lambda bar: (2 * bar.open + bar.high + bar.low + 3 * bar.close) / 7))
    BID_OPEN = staticmethod(_of_quote("bid", "open"))
    BID_HIGH = staticmethod(_of_quote("bid", "high"))
    BID_LOW = staticmethod(_of_quote("bid", "low"))
    BID_CLOSE = staticmethod(_of_quote("bid", "close"))
    BID_PRICE = staticmethod(_best("bid"))
    ASK_OPEN = staticmethod(_of_quote("ask", "open"))
    ASK_HIGH = staticmethod(_of_quote("ask", "high"))
    ASK_LOW = staticmethod(_of_quote("ask", "low"))
    ASK_CLOSE = staticmethod(_of_quote("ask", "close"))
    ASK_PRICE = staticmethod(_best("ask"))


QUOTE_FIELDS = tuple(getattr(Field, name) for name in vars(Field) if name.startswith(("BID_", "ASK_")))
for _name in [name for name in vars(Field) if name.isupper()]:
    setattr(Field, _name.lower(), vars(Field)[_name])
    setattr(Field, "".join(word.capitalize() for word in _name.split("_")), vars(Field)[_name])
