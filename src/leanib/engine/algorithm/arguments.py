"""What algorithms may give to methods that stand for several overloads of LEAN's, whatever its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from leanib.engine.exchanges import SecurityExchangeHours, SymbolProperties
    from leanib.engine.market import Slice
    from leanib.engine.market.universe import Universe, UniverseSettings
    from leanib.engine.naming import LeanEnum
    from leanib.engine.orders.properties import OrderProperties
    from leanib.engine.scheduling.rules import IDateRule
    from leanib.engine.symbols import Resolution
    from leanib.engine.symbols.any_symbol import AnySymbol
    from leanib.engine.timezones import DateTimeZone

__all__ = [
    "ConsolidateArgument",
    "CustomDataArgument",
    "IndicatorArgument",
    "OrderArgument",
    "Period",
    "SecurityArgument",
    "UniverseArgument",
    "UserFunction",
]

UserFunction: TypeAlias = Callable[..., Any]
"""A function of the user's: of a bar, a time, or rows of data."""
Period: TypeAlias = "Resolution | timedelta | None"
"""How long bars are; None for as long as the data's."""
IndicatorArgument: TypeAlias = "AnySymbol | Iterable[Slice] | Period | datetime | float | LeanEnum | UserFunction"
"""A period, a number, a kind of average, a resolution, a selector."""
ConsolidateArgument: TypeAlias = "AnySymbol | type | Period | float | LeanEnum | UserFunction"
"""A security, a type of bars, a size or a period, a kind of ticks, a handler."""
UniverseArgument: TypeAlias = "Universe | type | IDateRule | UniverseSettings | str | LeanEnum | UserFunction | None"
"""A universe, or what one is made of: a type of data, when, a name, a resolution, a market, settings, a selector."""
OrderArgument: TypeAlias = "bool | str | Decimal | float | OrderProperties | None"
"""A price or an amount, whether to wait, a tag, properties."""
SecurityArgument: TypeAlias = "str | bool | float | LeanEnum | None"
"""A resolution, a market, fill-forward, a leverage, extended hours, modes, an offset."""
CustomDataArgument: TypeAlias = (
    "SymbolProperties | SecurityExchangeHours | Resolution | DateTimeZone | str | bool | float | None"
)
"""Properties and hours of what the data are of, a resolution, a time zone, fill-forward, a leverage."""
