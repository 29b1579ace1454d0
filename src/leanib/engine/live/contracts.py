"""LEAN's symbols and IB's contracts, as their assets map them (`InteractiveBrokersSymbolMapper.cs`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ib_async import Contract

from leanib.engine.assets import ASSETS
from leanib.engine.symbols import Symbol
from leanib.errors import NotSupportedError

__all__ = ["ib_name", "ib_price", "lean_price", "lean_symbol"]


def ib_name(symbol: Symbol) -> str:
    """The name under which `leanib.ib` knows a security, see `leanib.ib.contracts`.

    Raises:
        NotSupportedError: Interactive Brokers has no such security, or the engine cannot trade it.
    """
    name = symbol.asset.ib_name(symbol)
    if name is not None:
        return name
    raise NotSupportedError(
        f"{symbol.value} ({symbol.security_type.lean_name}, {symbol.id.market}) cannot be traded live: Interactive "
        "Brokers is reached for US equities and their options, US index options, futures and their options, currency "
        "pairs, indices, its CFDs and cryptocurrencies"
    )


def lean_symbol(contract: Contract, today: datetime) -> Symbol | None:
    """LEAN's symbol of a contract that IB holds; None for what the engine does not know.

    Args:
        contract: As IB tells it.
        today: Naive UTC.
    """
    kinds = (asset for asset in ASSETS.values() if asset.ib_type and asset.ib_type == contract.secType)
    found = (asset.of_ib(contract, today) for asset in kinds)
    return next((symbol for symbol in found if symbol is not None), None)


def ib_price(symbol: Symbol, price: Decimal) -> Decimal:
    """A price as IB quotes it: of grains in cents."""
    factor = symbol.asset.ib_price_factor(symbol)
    return price if factor == 1 else price * factor


def lean_price(symbol: Symbol, price: Decimal) -> Decimal:
    """A price of IB's in LEAN's unit."""
    factor = symbol.asset.ib_price_factor(symbol)
    return price if factor == 1 else price / factor
