"""Currency pairs: `EURUSD` is EUR in USD (`Common/Util/CurrencyPairUtil.cs`)."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from leanib.engine.assets import asset_of
from leanib.engine.exchanges.symbol_properties import SymbolPropertiesDatabase
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Currencies, SecurityType, Symbol

__all__ = ["CurrencyPair", "CurrencyPairUtil", "PairMatch"]

_POTENTIAL_STABLE_COINS = ((1, 3), (1, 2), (0, 3), (0, 2))


class PairMatch(Enum):
    """How a pair relates to two currencies."""

    NO_MATCH = 0
    EXACT = 1
    INVERSE = 2


class CurrencyPair(NamedTuple):
    """Base currency, and quote currency in which the price is given."""

    base: str
    quote: str

    def other(self, currency: str) -> str | None:
        """The currency that is not this one; None when it is neither."""
        if currency == self.base:
            return self.quote
        return self.base if currency == self.quote else None

    def compare(self, base: str, quote: str, market: str) -> PairMatch:
        """Whether the pair converts base to quote; stable coins of the market count as what they are pegged to."""
        currencies = [self.base, self.quote, base, quote]
        for mine, theirs in _POTENTIAL_STABLE_COINS:
            if Currencies.is_stable_coin_pair(currencies[mine], currencies[theirs], market):
                currencies[mine] = currencies[theirs]
        if currencies[0] == base and currencies[1] == quote:
            return PairMatch.EXACT
        if currencies[0] == quote and currencies[1] == base:
            return PairMatch.INVERSE
        return PairMatch.NO_MATCH


class CurrencyPairUtil(LeanObject):
    """Takes pairs apart."""

    @staticmethod
    def split(ticker: str, security_type: SecurityType, quote_currency: str) -> CurrencyPair | None:
        """The currencies of a ticker with that quote currency, or None when it is no pair."""
        asset = asset_of(security_type)
        if asset.is_pair_of_codes:
            return CurrencyPair(ticker[:3], ticker[3:]) if len(ticker) == 6 else None
        if asset.is_pair and ticker.endswith(quote_currency):
            return CurrencyPair(ticker.removesuffix(quote_currency), quote_currency)
        return None

    @staticmethod
    def find_pair(symbol: Symbol, default_quote_currency: str = "USD") -> CurrencyPair | None:
        """The currencies of a symbol, or None when it is no pair."""
        quote_currency = default_quote_currency
        if symbol.asset.is_pair and not symbol.asset.is_pair_of_codes:
            quote_currency = (
                SymbolPropertiesDatabase.from_data_folder()
                .get_symbol_properties(symbol.id.market, symbol, symbol.security_type, default_quote_currency)
                .quote_currency
            )
        return CurrencyPairUtil.split(symbol.value, symbol.security_type, quote_currency)

    @staticmethod
    def decompose_currency_pair(symbol: Symbol, default_quote_currency: str = "USD") -> tuple[str, str]:
        """Base and quote currency, or ValueError."""
        pair = CurrencyPairUtil.find_pair(symbol, default_quote_currency)
        if pair is None:
            raise ValueError(f"{symbol.value} is not a currency pair such as EURUSD")
        return pair

    @staticmethod
    def is_decomposable(symbol: Symbol) -> bool:
        """Whether the symbol is a pair."""
        return CurrencyPairUtil.find_pair(symbol) is not None

    @staticmethod
    def is_valid_security_type(security_type: SecurityType) -> bool:
        """Whether securities of that type are pairs."""
        return asset_of(security_type).is_pair
