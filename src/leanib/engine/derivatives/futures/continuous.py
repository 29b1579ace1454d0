"""The contracts behind a continuous future (`Common/Extensions.cs`, `Common/Data/Auxiliary/MapFile.cs`)."""

from __future__ import annotations

from leanib.engine.derivatives.futures.calendar import add_months, midnight
from leanib.engine.derivatives.futures.expiry import future_expiry
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.symbols import Symbol

__all__ = ["adjust_symbol_by_offset"]


def adjust_symbol_by_offset(symbol: Symbol, offset: int) -> Symbol:
    """The contract so many expiries behind a contract's."""
    if not symbol.asset.has_continuous_contract or symbol.is_canonical():
        raise InvalidOperationException(
            "Adjusting a symbol by an offset is currently only supported for non canonical futures"
        )
    expiry_of, expiry = future_expiry(symbol), symbol.id.date
    for _ in range(offset):
        months, following = 0, expiry
        while following <= expiry:
            months += 1
            following = midnight(expiry_of(add_months(expiry, months)))
        expiry = following
        symbol = Symbol.create_future(symbol.id.symbol, symbol.id.market, expiry)
    return symbol
