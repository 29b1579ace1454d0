"""Options on futures: their tickers, expiries and underlying contracts."""

from leanib.engine.derivatives.future_options.expiry import FuturesOptionsExpiryFunctions
from leanib.engine.derivatives.future_options.symbol import FutureOptionSymbol, FuturesOptionsSymbolMappings
from leanib.engine.derivatives.future_options.underlying import FuturesOptionsUnderlyingMapper

__all__ = [
    "FutureOptionSymbol",
    "FuturesOptionsExpiryFunctions",
    "FuturesOptionsSymbolMappings",
    "FuturesOptionsUnderlyingMapper",
]
