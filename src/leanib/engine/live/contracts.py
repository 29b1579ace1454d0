"""LEAN's symbols and IB's contracts (`InteractiveBrokersSymbolMapper.cs`)."""

from __future__ import annotations

from ib_async import Contract

from leanib.engine.symbols import Market, SecurityType, Symbol
from leanib.errors import NotSupportedError

__all__ = ["ib_name", "lean_symbol"]


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
        "Brokers is reached for US equities, currency pairs, indices, its CFDs and cryptocurrencies"
    )


def lean_symbol(contract: Contract) -> Symbol | None:
    """LEAN's symbol of a contract that IB holds; None for what the engine does not know."""
    if contract.secType == "STK" and contract.currency == "USD":
        return Symbol.create(contract.symbol.replace(" ", "."), SecurityType.EQUITY, Market.USA)
    if contract.secType == "CASH":
        return Symbol.create(contract.symbol + contract.currency, SecurityType.FOREX, Market.OANDA)
    if contract.secType == "CFD":
        return Symbol.create(contract.symbol, SecurityType.CFD, Market.INTERACTIVE_BROKERS)
    if contract.secType == "CRYPTO":
        return Symbol.create(contract.symbol + contract.currency, SecurityType.CRYPTO, Market.COINBASE)
    return None
