"""Currency codes and signs, stable coins, and amounts such as `$100` (`Common/Currencies.cs`)."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from leanib.engine.naming import LeanObject

__all__ = ["Currencies"]

_SIGNS = {
    "USD": "$", "GBP": "₤", "JPY": "¥", "KRW": "₩", "EUR": "€", "NZD": "$", "AUD": "$", "CAD": "$", "CHF": "Fr",
    "HKD": "$", "SGD": "$", "XAG": "Ag", "XAU": "Au", "CNH": "¥", "CNY": "¥", "CZK": "Kč", "DKK": "kr", "HUF": "Ft",
    "INR": "₹", "MXN": "$", "NOK": "kr", "PLN": "zł", "SAR": "﷼", "SEK": "kr", "THB": "฿", "TRY": "₺", "TWD": "NT$",
    "ZAR": "R", "RUB": "₽", "BRL": "R$", "GNF": "Fr", "IDR": "Rp", "BTC": "₿", "BCH": "Ƀ", "BSV": "Ɓ", "LTC": "Ł",
    "ETH": "Ξ", "EOS": "ε", "XRP": "✕", "XLM": "*", "ETC": "ξ", "ZRX": "ZRX", "USDT": "₮", "ADA": "₳", "SOL": "◎",
    "DOT": "●", "DOGE": "Ð", "DAI": "◈", "ALGO": "Ⱥ", "ICP": "∞", "XMR": "ɱ", "XTZ": "ꜩ", "IOTA": "ɨ", "MIOTA": "ɨ",
    "MKR": "\u039c", "ZEC": "ⓩ", "DASH": "Đ", "XNO": "Ӿ", "REP": "Ɍ", "STEEM": "ȿ", "THETA": "ϑ", "FIL": "⨎",
    "BAT": "⟁", "LSK": "Ⱡ", "NAV": "Ꞥ",
}  # fmt: skip
_STABLE_WITHOUT_PAIR = {
    "binance": frozenset(
        {
            "USDCUSD", "USDTUSD", "USDPUSD", "SUSDUSD", "BUSDUSD", "USTUSD", "TUSDUSD", "FDUSDUSD", "DAIUSD", "IDRTIDR",
            "BNFCRUSD",
        }
    ),
    "bitfinex": frozenset({"EURSEUR", "XCHFCHF"}),
    "coinbase": frozenset({"USDCUSD"}),
    "bybit": frozenset({"USDCUSD", "USDTUSD", "USDPUSD", "SUSDUSD", "BUSDUSD", "USTUSD", "TUSDUSD", "DAIUSD"}),
    "dydx": frozenset({"USDCUSD"}),
}  # fmt: skip
_DOLLARS = ("USDT", "USDC", "USD")
_LEADING_CURRENCY = re.compile(r"^[^\d\s\-+]+")


class Currencies(LeanObject):
    """Currency codes and what belongs to them."""

    USD = "USD"
    EUR = "EUR"
    GBP = "GBP"
    INR = "INR"
    IDR = "IDR"
    CNH = "CNH"
    CHF = "CHF"
    HKD = "HKD"
    JPY = "JPY"
    KRW = "KRW"
    NULL_CURRENCY = NullCurrency = "QCC"
    CURRENCY_SYMBOLS = CurrencySymbols = _SIGNS
    STABLE_PAIRS_GDAX = StablePairsGDAX = STABLE_PAIRS_COINBASE = StablePairsCoinbase = frozenset(
        {
            "DAIUSDC", "DAIUSD", "GYENUSD", "PAXUSD", "PAXUSDT", "MUSDUSD", "USDCEUR", "USDCGBP", "USDTEUR", "USDTGBP",
            "USDTUSD", "USDTUSDC", "USTEUR", "USTUSD", "USTUSDT", "WBTCBTC",
        }
    )  # fmt: skip

    @staticmethod
    def get_currency_symbol(currency: str) -> str:
        """The sign of a currency, the code itself when it has none."""
        return _SIGNS.get(currency, currency) if currency else ""

    @staticmethod
    def is_stable_coin_without_pair(account_currency: str, cash_symbol: str, market: str) -> bool:
        """Whether the two currencies are worth the same on that market although no pair of them is traded."""
        others = [account_currency]
        if account_currency in _DOLLARS:
            others = [dollar for dollar in _DOLLARS if dollar != cash_symbol]
        return any(Currencies.is_stable_coin_pair(other, cash_symbol, market) for other in others)

    @staticmethod
    def is_stable_coin_pair(currency: str, other: str, market: str) -> bool:
        """Whether one of the two is pegged to the other, and the market trades no pair of them."""
        pairs = _STABLE_WITHOUT_PAIR.get(market)
        return pairs is not None and (currency + other in pairs or other + currency in pairs)

    @staticmethod
    def try_parse(value: str, parsed_value: object = None) -> tuple[bool, float]:  # noqa: ARG004 - .NET's out parameter
        """Whether it is an amount, and the amount."""
        try:
            return True, float(Currencies.parse(value))
        except ValueError:
            return False, 0.0

    @staticmethod
    def parse(value: str) -> Decimal:
        """The number in `$1,000.5`, `EUR100` or `-3`."""
        text = _LEADING_CURRENCY.sub("", value).replace(",", "").strip()
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise ValueError(f"'{value}' is not an amount of money; write it like '100000' or '$100000'") from error
