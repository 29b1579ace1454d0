"""Money in one currency (`Common/Securities/Cash.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from leanib.engine.assets import ASSETS
from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.event import Event
from leanib.engine.exchanges.currency_pairs import CurrencyPairUtil
from leanib.engine.exchanges.symbol_properties import SymbolPropertiesDatabase
from leanib.engine.naming import LeanNames
from leanib.engine.numbers import round_decimal, round_to_significant_digits, short_text, to_decimal
from leanib.engine.numbers.exact import FloatView
from leanib.engine.securities.currency_conversion import (
    ConstantCurrencyConversion,
    ConversionCandidate,
    CurrencyConversion,
    SecurityCurrencyConversion,
)
from leanib.engine.symbols import Currencies, Resolution, SecurityType, Symbol

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.market.universe import SecurityChanges
    from leanib.engine.securities.manager import SecurityManager
    from leanib.engine.securities.security import Security

__all__ = ["Cash"]

_RATE_ASSETS = sorted((asset for asset in ASSETS.values() if asset.rate_order), key=lambda asset: asset.rate_order)
_CENT = Decimal("0.01")


class Cash(LeanNames):
    """An amount in a currency with its rate to the account currency.

    `updated` calls its handlers with this object when amount or rate change; `currency_conversion_updated` when the way
    to find the rate changes.
    """

    __slots__ = (
        "_conversion",
        "amount_decimal",
        "before_change",
        "currency_conversion_updated",
        "currency_symbol",
        "rate_is_stale",
        "symbol",
        "updated",
    )

    amount = FloatView()
    conversion_rate = FloatView()
    value_in_account_currency = FloatView()

    def __init__(self, symbol: str, amount: Decimal | float, conversion_rate: Decimal | float) -> None:
        if not symbol:
            raise ValueError("cash needs the code of its currency, such as 'USD'")
        self.symbol = symbol.upper()
        self.amount_decimal = to_decimal(amount)
        self.currency_symbol = Currencies.get_currency_symbol(self.symbol)
        self.updated = Event()
        self.currency_conversion_updated = Event()
        self.rate_is_stale: Callable[[], object] = _ignored  # what a cash book does when the rate may have changed
        self.before_change: Callable[[], object] = _ignored  # called before the amount becomes another
        self._conversion: CurrencyConversion = ConstantCurrencyConversion(
            self.symbol, None, to_decimal(conversion_rate)
        )
        self._conversion.conversion_rate_updated += self._on_rate_updated

    @property
    def currency_conversion(self) -> CurrencyConversion:
        """Where the rate comes from. A new one starts with the rate of the old one until it has its own."""
        return self._conversion

    @currency_conversion.setter
    def currency_conversion(self, value: CurrencyConversion) -> None:
        last_rate = self._conversion.conversion_rate_decimal
        self._conversion.conversion_rate_updated -= self._on_rate_updated
        self._conversion = value
        if last_rate:
            value.conversion_rate_decimal = last_rate
        value.conversion_rate_updated += self._on_rate_updated
        self.currency_conversion_updated(self)

    def _on_rate_updated(self, rate: Decimal) -> None:
        self.updated(self)

    @property
    def conversion_rate_decimal(self) -> Decimal:
        """What one unit is worth in the account currency; 0 when not known yet."""
        return self._conversion.conversion_rate_decimal

    @conversion_rate_decimal.setter
    def conversion_rate_decimal(self, value: Decimal) -> None:
        self._conversion.conversion_rate_decimal = value

    @property
    def value_in_account_currency_decimal(self) -> Decimal:
        """The amount in the account currency."""
        return self.amount_decimal * self._conversion.conversion_rate_decimal

    @property
    def security_symbols(self) -> List[Symbol]:
        """The securities that give the rate."""
        return List(security.symbol for security in self._conversion.conversion_rate_securities)

    def update(self) -> bool:
        """Prices have changed: the rate is worked out when somebody asks. Whether it may be another now."""
        if not self._conversion.conversion_rate_securities:
            return False
        self._conversion.update()
        self.rate_is_stale()
        return True

    def add_amount(self, amount: Decimal | float) -> float:
        """Adds (or takes away); returns the new amount."""
        self.before_change()
        self.amount_decimal += to_decimal(amount)
        self.updated(self)
        return self.amount

    def set_amount(self, amount: Decimal | float) -> None:
        """Replaces the amount."""
        exact = to_decimal(amount)
        if exact != self.amount_decimal:
            self.before_change()
            self.amount_decimal = exact
            self.updated(self)

    # --- finding the rate ----------------------------------------------------------------------------------------

    def ensure_currency_data_feed(
        self,
        securities: SecurityManager,
        subscriptions: object,
        market_map: Mapping[SecurityType, str],
        changes: SecurityChanges,
        security_service: Any,
        account_currency: str,
        default_resolution: Resolution = Resolution.MINUTE,
    ) -> list[SubscriptionDataConfig]:
        """Finds securities that give the rate, and subscribes to the missing ones; the new internal subscriptions.

        `subscriptions` is the algorithm's subscription manager; `changes` may be None or has `added_securities`.
        """
        if self._conversion.destination_currency is not None:
            return []
        conversion = self._known_conversion(market_map, account_currency)
        if conversion is not None:
            self.currency_conversion = conversion
            return []
        existing = [*securities.values(), *(changes.added_securities if changes is not None else ())]
        candidates = [*self._existing_candidates(existing), *_listed_candidates(market_map, securities.keys())]
        listed = [candidate for candidate in candidates if candidate.security is None]
        if not any(self.symbol in candidate.pair for candidate in listed):
            self.currency_conversion = ConstantCurrencyConversion.null(account_currency, self.symbol)
            return []
        required: list[SubscriptionDataConfig] = []

        def make(symbol: Symbol) -> Security:
            config = _add_internal_feed(symbol, subscriptions, default_resolution)
            security: Security = security_service.create_security(
                symbol, config, add_to_symbol_cache=False, seed_security=False
            )
            securities.add(symbol, security)
            required.append(config)
            return security

        self.currency_conversion = SecurityCurrencyConversion.linear_search(
            self.symbol, account_currency, candidates, make
        )
        return required

    def _known_conversion(
        self, market_map: Mapping[SecurityType, str], account_currency: str
    ) -> CurrencyConversion | None:
        if self.symbol == account_currency:
            return ConstantCurrencyConversion.identity(account_currency)
        crypto_market = market_map.get(SecurityType.CRYPTO)
        if crypto_market is not None and Currencies.is_stable_coin_without_pair(
            account_currency, self.symbol, crypto_market
        ):
            return ConstantCurrencyConversion.identity(account_currency, self.symbol)
        return None

    @staticmethod
    def _existing_candidates(securities: list[Security]) -> Iterator[ConversionCandidate]:
        for security in securities:
            asset = security.symbol.asset
            if asset.rate_order and asset.rate_markets is None:
                pair = CurrencyPairUtil.find_pair(security.symbol)
                if pair is not None:
                    yield ConversionCandidate(
                        pair, security.symbol.id.market, partial(getattr, security, "symbol"), security
                    )

    # --- text ----------------------------------------------------------------------------------------------------

    def to_string(self, account_currency: str = Currencies.USD) -> str:
        """`EUR: €         100.00 @    1.1234 = $112.34`."""
        rate = self.conversion_rate_decimal
        rate = round_to_significant_digits(rate, 5) if rate < 1000 else round_decimal(rate, 2)
        amount = self.amount_decimal.quantize(_CENT, ROUND_HALF_UP)
        shown = rate.quantize(Decimal("0.000001"), ROUND_HALF_UP)
        digits = format(shown, "f").rstrip("0")
        whole, _, decimals = digits.partition(".")
        value = round_decimal(self.value_in_account_currency_decimal, 2)
        sign = Currencies.get_currency_symbol(account_currency)
        return (
            f"{self.symbol}: {self.currency_symbol}{amount:>15} @ {whole + '.' + decimals.ljust(2, '0'):>10} = "
            f"{sign}{value:f}"
        )

    def __str__(self) -> str:
        return self.to_string()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {short_text(self.amount_decimal)} {self.symbol}>"


def _ignored() -> None:
    """Nobody keeps a total."""


def _listed_candidates(market_map: Mapping[SecurityType, str], added: list[Symbol]) -> Iterator[ConversionCandidate]:
    """The pairs that the symbol properties database lists on the markets in use."""
    markets: dict[SecurityType, dict[str, None]] = {}
    for symbol in added:
        markets.setdefault(symbol.security_type, {})[symbol.id.market] = None
    for asset in _RATE_ASSETS:
        if asset.rate_sibling in markets and asset.kind not in markets:
            markets[asset.kind] = markets[asset.rate_sibling]
    for asset in _RATE_ASSETS:
        kind = asset.kind
        if asset.rate_markets is not None and market_map.get(kind) not in asset.rate_markets:
            continue
        wanted = {market_map[kind]: None} if kind in market_map else {}
        for market in {**wanted, **markets.get(kind, {})}:
            yield from _candidates_on(market, kind)


def _candidates_on(market: str, kind: SecurityType) -> Iterator[ConversionCandidate]:
    database = SymbolPropertiesDatabase.from_data_folder()
    for key, properties in database.get_symbol_properties_list(market, kind):
        pair = CurrencyPairUtil.split(key.symbol, kind, properties.quote_currency)
        if pair is not None:
            yield ConversionCandidate(pair, market, _SymbolMaker(key.symbol, kind, market))


class _SymbolMaker:
    """Makes a symbol when it turns out to be the one."""

    def __init__(self, ticker: str, kind: SecurityType, market: str) -> None:
        self._arguments = (ticker, kind, market)

    def __call__(self) -> Symbol:
        return Symbol.create(*self._arguments)


def _add_internal_feed(symbol: Symbol, subscriptions: Any, default_resolution: Resolution) -> SubscriptionDataConfig:
    """Subscribes to a pair at the finest resolution in use; the algorithm does not see the data."""
    resolution = min((config.resolution for config in subscriptions.subscriptions), default=default_resolution)
    kinds = subscriptions.lookup_subscription_config_data_types(symbol.security_type, resolution, False)
    configs = subscriptions.subscription_data_config_service.add(
        symbol,
        resolution,
        fill_forward=True,
        extended_market_hours=False,
        is_internal_feed=True,
        subscription_data_types=[kinds[0]],
    )
    config: SubscriptionDataConfig = configs[0]
    return config
