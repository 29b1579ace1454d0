"""When a contract is taken off the exchange (`Extensions.GetDelistingDate`)."""

from __future__ import annotations

from datetime import datetime

from leanib.engine.derivatives.future_options.symbol import FutureOptionSymbol
from leanib.engine.derivatives.options.symbol import OptionSymbol
from leanib.engine.symbols import SecurityType, Symbol
from leanib.engine.symbols.map_files import END_OF_TIME, MapFile

__all__ = ["delisting_date"]


def delisting_date(symbol: Symbol, map_file: MapFile | None = None) -> datetime:
    """The last day, in the exchange's zone; of futures and index options with the expiry's time of day.

    Canonical symbols are never delisted, other securities when their map file ends.
    """
    if symbol.is_canonical():
        return END_OF_TIME
    match symbol.security_type:
        case SecurityType.OPTION:
            return OptionSymbol.get_last_day_of_trading(symbol)
        case SecurityType.FUTURE_OPTION:
            return FutureOptionSymbol.get_last_day_of_trading(symbol)
        case SecurityType.FUTURE | SecurityType.INDEX_OPTION:
            return symbol.id.date
    return END_OF_TIME if map_file is None else map_file.delisting_date
