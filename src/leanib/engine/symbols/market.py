"""Market names and their numbers in security identifiers (`Common/Market.cs`)."""

from __future__ import annotations

from typing import ClassVar

from leanib.engine.dotnet.collections import List
from leanib.engine.naming import LeanObject

__all__ = ["Market"]

_CODES: dict[str, int] = {
    "empty": 0, "usa": 1, "fxcm": 2, "oanda": 3, "dukascopy": 4, "bitfinex": 5, "cmeglobex": 6, "nymex": 7, "cbot": 8,
    "ice": 9, "cboe": 10, "india": 11, "kraken": 13, "bittrex": 14, "bithumb": 15, "binance": 16, "poloniex": 17,
    "coinone": 18, "hitbtc": 19, "okcoin": 20, "bitstamp": 21, "comex": 22, "cme": 23, "sgx": 24, "hkfe": 25,
    "nyseliffe": 26, "cfe": 33, "ftx": 34, "ftxus": 35, "binanceus": 36, "bybit": 37, "coinbase": 38,
    "interactivebrokers": 39, "eurex": 40, "ose": 41, "dydx": 42, "krx": 43,
}  # fmt: skip
_MAX_MARKET_IDENTIFIER = 1000


class Market(LeanObject):
    """The markets LEAN knows; names are lower case."""

    USA = "usa"
    OANDA = Oanda = "oanda"
    FXCM = "fxcm"
    DUKASCOPY = Dukascopy = "dukascopy"
    BITFINEX = Bitfinex = "bitfinex"
    GLOBEX = Globex = "cmeglobex"
    NYMEX = "nymex"
    CBOT = "cbot"
    ICE = "ice"
    CBOE = "cboe"
    CFE = "cfe"
    INDIA = India = "india"
    COMEX = "comex"
    CME = "cme"
    EUREX = "eurex"
    SGX = "sgx"
    HKFE = "hkfe"
    OSE = "ose"
    NYSELIFFE = "nyseliffe"
    GDAX = "coinbase"
    KRAKEN = Kraken = "kraken"
    BITSTAMP = Bitstamp = "bitstamp"
    OK_COIN = OkCoin = "okcoin"
    BITHUMB = Bithumb = "bithumb"
    BINANCE = Binance = "binance"
    POLONIEX = Poloniex = "poloniex"
    COINONE = Coinone = "coinone"
    HIT_BTC = HitBTC = "hitbtc"
    BITTREX = Bittrex = "bittrex"
    FTX = "ftx"
    FTXUS = "ftxus"
    BINANCE_US = BinanceUS = "binanceus"
    BYBIT = Bybit = "bybit"
    COINBASE = Coinbase = "coinbase"
    INTERACTIVE_BROKERS = InteractiveBrokers = "interactivebrokers"
    DYDX = "dydx"
    KRX = "krx"

    _codes: ClassVar[dict[str, int]] = dict(_CODES)
    # Code 12 was Coinbase's under its former name; identifiers with it are still read.
    _names: ClassVar[dict[int, str]] = {code: name for name, code in _CODES.items()} | {12: "coinbase"}

    @classmethod
    def add(cls, market: str, identifier: int) -> None:
        """Makes a further market known; its number must be free and below 1000."""
        market = market.lower()
        if not 0 <= identifier < _MAX_MARKET_IDENTIFIER:
            raise ValueError(f"the market identifier {identifier} must be below {_MAX_MARKET_IDENTIFIER}")
        if cls._codes.get(market, identifier) != identifier:
            raise ValueError(f"the market '{market}' exists already with the identifier {cls._codes[market]}")
        if cls._names.get(identifier, market) != market:
            raise ValueError(f"the market identifier {identifier} belongs to '{cls._names[identifier]}' already")
        cls._codes[market] = identifier
        cls._names[identifier] = market

    @classmethod
    def encode(cls, market: str) -> int | None:
        """The market's number, or None for an unknown one."""
        return cls._codes.get(market)

    @classmethod
    def decode(cls, code: int) -> str | None:
        """The market of that number, or None."""
        return cls._names.get(code)

    @classmethod
    def supported_markets(cls) -> List[str]:
        """All known markets."""
        return List(cls._codes)
