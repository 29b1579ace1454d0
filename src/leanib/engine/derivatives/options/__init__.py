"""Options: what their symbols say, what they are worth at expiry."""

from leanib.engine.derivatives.options.index_symbol import IndexOptionSymbol
from leanib.engine.derivatives.options.representation import (
    OptionTicker,
    SymbolRepresentation,
    parse_option_ticker,
)
from leanib.engine.derivatives.options.symbol import OptionSymbol

__all__ = [
    "IndexOptionSymbol",
    "OptionSymbol",
    "OptionTicker",
    "SymbolRepresentation",
    "parse_option_ticker",
]
