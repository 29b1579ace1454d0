"""How IB names contracts, where it does not name them as exchanges and LEAN do.

Sources: `IB-symbol-map.json`, `InteractiveBrokersSymbolMapper.cs` and `InteractiveBrokersBrokerage.cs`
(`CreateContract`, `MapSymbol`) of LEAN's plug-in; futures of several sizes under one root: IB's contract search.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.enums import OptionRight

if TYPE_CHECKING:
    from ib_async import Contract

    from leanib.engine.symbols.security_identifier import SecurityIdentifier

__all__ = [
    "ib_class",
    "ib_day",
    "ib_exchange",
    "ib_option_name",
    "ib_price_factor",
    "ib_right",
    "ib_root",
    "ib_strike",
    "lean_future",
]

#: IB's roots of futures that LEAN calls otherwise
_ROOTS = {
    "6A": "AUD", "6B": "GBP", "6C": "CAD", "6E": "EUR", "6J": "JPY", "6L": "BRE", "6M": "MXP", "6N": "NZD",
    "6R": "RUR", "6S": "CHF", "6Z": "ZAR", "E7": "EUR", "J7": "JPY", "AW": "AIGCI", "BIO": "BQX", "BTC": "BRR",
    "DC": "DA", "EH": "AC", "ETH": "ETHUSDRR", "FDAX": "DAX", "FDXM": "DAX", "FDXS": "DAX", "FDIV": "DDAX",
    "FESX": "ESTX50", "FTDX": "TDX", "KM": "K200", "SIL": "SI", "VX": "VIX",
}  # fmt: skip
_SEVERAL_SIZES = frozenset(("E7", "J7", "FDXM", "FDXS", "SIL"))
_TICKERS = {root: ticker for ticker, root in _ROOTS.items() if ticker not in _SEVERAL_SIZES}
#: markets whose contracts have LEAN's tickers as trading classes at IB
_CLASSED = frozenset(("cbot", "cfe", "cme", "comex", "eurex", "ice", "nymex"))
_EXCHANGES = {"ice": "NYBOT", "krx": "KSE", "ose": "OSE.JPN", "india": "NSE"}
_IN_CENTS = frozenset(("CT", "GF", "HE", "KC", "KE", "LE", "OJ", "SB", "ZC", "ZL", "ZO", "ZS", "ZW"))
"""Quoted in cents at IB; LEAN's data have dollars, of which symbol properties do not always say something."""


def ib_root(ticker: str) -> str:
    """IB's root of a future: EUR of 6E."""
    return _ROOTS.get(ticker, ticker)


def ib_class(ticker: str, market: str) -> str:
    """IB's trading class of a future, which tells sizes and weeklies apart; empty where it is not known."""
    return ticker if market in _CLASSED else ""


def lean_future(root: str, trading_class: str) -> str:
    """LEAN's ticker of a future: 6E of EUR, and E7 of EUR with the trading class E7."""
    return trading_class if _ROOTS.get(trading_class) == root else _TICKERS.get(root, root)


def ib_exchange(market: str) -> str:
    """IB's exchange of a market."""
    return _EXCHANGES.get(market, market.upper())


def ib_price_factor(ticker: str, magnifier: Decimal) -> Decimal:
    """What IB's prices of a future are to LEAN's; `magnifier` is that of LEAN's symbol properties."""
    return Decimal(100) if ticker in _IN_CENTS else magnifier


def ib_option_name(
    root: str, kind: str, identifier: SecurityIdentifier, last: date, strike: Decimal, trading_class: str = ""
) -> str:
    """A contract as it is typed (see `leanib.ib.contracts`), without its exchange."""
    end = f":{trading_class}" if trading_class else ""
    return f"{root}:{kind}:{last:%Y%m%d}:{'CP'[identifier.option_right]}:{strike.normalize():f}{end}"


def ib_day(contract: Contract) -> datetime | None:
    """The last day of trading; None where IB does not tell the day."""
    text = contract.lastTradeDateOrContractMonth[:8]
    return datetime.strptime(text, "%Y%m%d") if len(text) == 8 and text.isdigit() else None


def ib_right(contract: Contract) -> OptionRight:
    """Call or put."""
    return OptionRight.CALL if contract.right[:1] == "C" else OptionRight.PUT


def ib_strike(contract: Contract) -> Decimal:
    """The strike as IB quotes it."""
    return Decimal(str(contract.strike)).normalize()
