"""LEAN's symbols and IB's contracts (`InteractiveBrokersSymbolMapper.cs`)."""

from __future__ import annotations

from ib_async import Contract

from leanib.engine.symbols import Market, SecurityType, Symbol
from leanib.errors import NotSupportedError

__all__ = ["ib_name", "lean_symbol"]

#: the exchange of indices that are not CBOE's, and under what name IB has those of other countries
_INDEX_EXCHANGES = {"NDX": "NASDAQ", "RUT": "RUSSELL", "COMP": "NASDAQ", "INDU": "CME", "NYA": "NYSE"}
_FOREIGN_INDICES = {
    "SX5E": "ESTX50:IND@EUREX/EUR",
    "DAX": "DAX:IND@EUREX/EUR",
    "HSI": "HSI:IND@HKFE/HKD",
    "N225": "N225:IND@OSE.JPN/JPY",
    "KM": "K200:IND@KSE/KRW",
}


def ib_name(symbol: Symbol) -> str:
    """The name under which `leanib.ib` knows a security, see `leanib.ib.contracts`.

    Raises:
        NotSupportedError: Interactive Brokers has no such security, or the engine cannot trade it.
    """
    ticker = symbol.value.upper()
    match symbol.security_type:
        case SecurityType.EQUITY if symbol.id.market == Market.USA:
            return ticker
        case SecurityType.FOREX:
            return ticker
        case SecurityType.INDEX:
            return _FOREIGN_INDICES.get(ticker, f"{ticker}:IND@{_INDEX_EXCHANGES.get(ticker, 'CBOE')}")
        case SecurityType.CFD if symbol.id.market == Market.INTERACTIVE_BROKERS:
            return f"{ticker}:CFD@SMART"
        case SecurityType.CRYPTO if len(ticker) > 3:
            return f"{ticker[:-3]}:CRYPTO@PAXOS/{ticker[-3:]}"
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
