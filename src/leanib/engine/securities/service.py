"""Makes securities (`Common/Securities/SecurityService.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.exchanges.currency_pairs import CurrencyPairUtil
from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
from leanib.engine.exchanges.symbol_properties import SymbolPropertiesDatabase
from leanib.engine.naming import LeanObject
from leanib.engine.orders.exchanges import Exchange, primary_exchange
from leanib.engine.securities.cache import SecurityCache
from leanib.engine.securities.cash import Cash
from leanib.engine.securities.dynamic_data import RegisteredSecurityDataTypesProvider
from leanib.engine.securities.price_variation import EquityPriceVariationModel
from leanib.engine.securities.security import Security
from leanib.engine.symbols import (
    DataNormalizationMode,
    MapFileProvider,
    SecurityIdentifier,
    Symbol,
    SymbolCache,
)
from leanib.errors import DataError

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.securities.manager import SecurityManager
    from leanib.engine.securities.portfolio import SecurityPortfolioManager

__all__ = ["SecurityCacheProvider", "SecurityOwner", "SecurityService"]


class SecurityOwner(Protocol):
    """What of the algorithm making a security needs."""

    portfolio: SecurityPortfolioManager
    securities: SecurityManager
    settings: Any
    security_initializer: Any

    def seed_securities(self, securities: Iterable[Security]) -> object:
        """Gives securities without a price their last known one."""


class SecurityCacheProvider(LeanObject):
    """Makes caches; custom data that belong to a security share theirs with it."""

    def __init__(self, find_security: Callable[[Symbol], Security | None]) -> None:
        self._find_security = find_security
        self._waiting: dict[Symbol, list[Symbol]] = {}

    def get_security_cache(self, symbol: Symbol) -> SecurityCache:
        """A cache for a new security."""
        cache = SecurityCache()
        if not symbol.asset.is_custom_data:
            for custom in self._waiting.pop(symbol, ()):
                security = self._find_security(custom)
                if security is not None:
                    SecurityCache.share_type_cache_instance(cache, security.cache)
        elif symbol.underlying is not None:
            owner = self._find_security(symbol.underlying)
            if owner is not None:
                SecurityCache.share_type_cache_instance(owner.cache, cache)
            else:
                self._waiting.setdefault(symbol.underlying, []).append(symbol)
        return cache


class SecurityService(LeanObject):
    """Makes a security of the right kind, puts its currencies into the cash book, and has it set up."""

    def __init__(self, algorithm: SecurityOwner) -> None:
        self._algorithm = algorithm
        self._cash_book = algorithm.portfolio.cash_book
        self._find_security = algorithm.securities.find
        self._registered_types = RegisteredSecurityDataTypesProvider()
        self._cache_provider = SecurityCacheProvider(algorithm.securities.find)
        self._is_live_mode = False

    def set_live_mode(self, is_live_mode: bool) -> None:
        """Whether the algorithm trades live: prices then have their real steps."""
        self._is_live_mode = is_live_mode

    def create_security(
        self,
        symbol: Symbol,
        subscription_data_config_list: SubscriptionDataConfig | Iterable[SubscriptionDataConfig],
        leverage: Decimal | float = 0,
        add_to_symbol_cache: bool = True,
        underlying: Security | None = None,
        seed_security: bool = True,
    ) -> Security:
        """A new security with these subscriptions; or the one that is there already, with these added."""
        configs = _as_list(subscription_data_config_list)
        existing = self._find_security(symbol)
        if existing is not None:
            existing.add_data(configs)
            if not _is_internal(configs):
                existing.make_tradable()
            self._initialize(existing, seed_security)
            return existing
        security = self._make(symbol, add_to_symbol_cache, underlying)
        security.is_tradable = security.is_tradable and not _is_internal(configs)
        security.add_data(configs)
        self._initialize(security, seed_security)
        self._finish(security, leverage)
        return security

    def create_benchmark_security(self, symbol: Symbol) -> Security:
        """A security that is only looked at: no subscriptions, no initializer, no leverage."""
        security = self._make(symbol, add_to_symbol_cache=False)
        self._finish(security, 1)
        return security

    def _make(self, symbol: Symbol, add_to_symbol_cache: bool, underlying: Security | None = None) -> Security:
        kind, asset = symbol.security_type, symbol.asset
        security_class: type[Security] = asset.security_class()
        custom_type = SecurityIdentifier.try_get_custom_data_type_instance(symbol.id.symbol)
        entry = MarketHoursDatabase.from_data_folder().get_entry(symbol, [custom_type] if custom_type else [])
        properties_database = SymbolPropertiesDatabase.from_data_folder()
        if asset.must_be_listed and not properties_database.contains_key(symbol.id.market, symbol, kind):
            raise DataError(
                f"{symbol.value} is not in the symbol properties database for the market {symbol.id.market}; "
                "check the ticker and the market"
            )
        default = symbol.value[3:] if asset.is_pair_of_codes else self._cash_book.account_currency
        properties = properties_database.get_symbol_properties(symbol.id.market, symbol, kind, default)
        if add_to_symbol_cache:
            if asset.has_underlying_security and symbol.underlying is not None:
                SymbolCache.set(symbol.underlying.value, symbol.underlying)
            SymbolCache.set(symbol.value, symbol)
        quote = self._currency(properties.quote_currency)
        extra = self._extra_arguments(symbol, properties.quote_currency)
        if asset.has_underlying_security:
            extra |= {"underlying": underlying, "securities": self._algorithm.securities}
        cache = self._cache_provider.get_security_cache(symbol)
        return security_class(
            symbol,
            entry.exchange_hours,
            quote,
            properties,
            self._cash_book,
            self._registered_types,
            cache,
            **extra,
        )

    def _extra_arguments(self, symbol: Symbol, quote_currency: str) -> dict[str, Any]:
        asset = symbol.asset
        if asset.has_primary_exchange:
            return {"primary_exchange": _primary_exchange(symbol)}
        if not asset.has_base_currency:
            return {}
        pair = CurrencyPairUtil.split(symbol.value, asset.kind, quote_currency)
        if pair is None:
            raise DataError(
                f"the base currency of {symbol.value} cannot be told; check the symbol properties database and the "
                f"market {symbol.id.market}"
            )
        return {"base_currency": self._currency(pair.base)}

    def _currency(self, code: str) -> Cash:
        cash = self._cash_book.find(code) or self._cash_book.add(code, 0, 0)
        assert cash is not None
        return cash

    def _initialize(self, security: Security, seed_security: bool) -> None:
        if security.is_initialized:
            return
        if seed_security and self._algorithm.settings.seed_initial_prices:
            self._algorithm.seed_securities([security])
        self._algorithm.security_initializer.initialize(security)
        security.is_initialized = True

    def _finish(self, security: Security, leverage: Decimal | float) -> None:
        if leverage != Security.NULL_LEVERAGE:
            security.set_leverage(leverage)
        raw = security.data_normalization_mode is DataNormalizationMode.RAW
        if (self._is_live_mode or raw) and security.symbol.asset.has_sub_penny_steps:
            security.price_variation_model = EquityPriceVariationModel()


def _as_list(configs: Any) -> list[SubscriptionDataConfig]:
    return [configs] if hasattr(configs, "symbol") else list(configs)


def _is_internal(configs: list[SubscriptionDataConfig]) -> bool:
    return bool(configs) and all(config.is_internal_feed for config in configs)


def _primary_exchange(symbol: Symbol) -> Exchange:
    """The exchange in the last row of the map file (`MapFilePrimaryExchangeProvider`)."""
    rows = MapFileProvider.map_file(symbol).rows
    return (
        primary_exchange(rows[-1].primary_exchange, symbol.security_type, symbol.id.market)
        if rows
        else Exchange.UNKNOWN
    )
