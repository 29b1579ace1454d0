"""Adding and removing securities (`Algorithm/QCAlgorithm.cs`)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from leanib.data.paths import check_ticker
from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.assets import asset_of
from leanib.engine.core.subscription_manager import SubscriptionManager
from leanib.engine.dotnet.exceptions import RefusedArgument
from leanib.engine.market import SubscriptionDataConfig, Tick
from leanib.engine.market.universe import UniverseManager, UniverseSettings, UserDefinedUniverse
from leanib.engine.market.universe.user_defined import NEVER
from leanib.engine.securities import (
    Cfd,
    Crypto,
    CryptoFuture,
    Equity,
    Forex,
    Index,
    MarketHoursDatabase,
    Security,
    SecurityExchange,
    SecurityExchangeHours,
    SymbolPropertiesDatabase,
    TimeKeeper,
)
from leanib.engine.securities.trading_calendar import TradingCalendar
from leanib.engine.symbols import DataNormalizationMode, Resolution, SecurityType, Symbol, SymbolCache
from leanib.engine.timezones import TimeZones

if TYPE_CHECKING:
    from leanib.engine.algorithm.arguments import SecurityArgument
    from leanib.engine.securities import SecurityManager
    from leanib.engine.symbols import DataMappingMode

__all__ = ["DataSubscriptions", "UserDefinedChange"]

_ZERO_LEVERAGE = 0.0


class UserDefinedChange(NamedTuple):
    """A security that is added by hand (with its streams) or removed (without) at the end of the time step."""

    universe: UserDefinedUniverse
    configs: list[SubscriptionDataConfig] | None
    security: Security


class _UniverseSecurity:
    """As much of a security as the data of a universe need."""

    def __init__(self, symbol: Symbol, hours: SecurityExchangeHours) -> None:
        self.symbol = symbol
        self.exchange = SecurityExchange(hours)
        self.data_filter = None


class DataSubscriptions(AlgorithmPart):
    """The part of QCAlgorithm that adds and removes securities."""

    if TYPE_CHECKING:
        securities: SecurityManager
        time_keeper: TimeKeeper
        brokerage_model: Any
        transactions: Any
        is_warming_up: bool

        error: Any
        add_option_contract: Any
        _qc_add_canonical: Any
        _qc_add_continuous: Any
        _qc_remove_chain: Any

    def _qc_init_data(self) -> None:
        self.subscription_manager = SubscriptionManager(self.time_keeper)
        self.market_hours_database = MarketHoursDatabase.from_data_folder()
        self.symbol_properties_database = SymbolPropertiesDatabase.from_data_folder()
        self.universe_manager = UniverseManager()
        self.universe_settings = UniverseSettings(Resolution.MINUTE)
        self._qc_user_defined_changes: list[UserDefinedChange] = []

    @property
    def trading_calendar(self) -> TradingCalendar:
        """The business days, holidays and expirations of the algorithm's securities."""
        return TradingCalendar(self.securities, self.market_hours_database)

    @property
    def active_securities(self) -> Any:
        """The securities of all universes, those added by hand included."""
        return self.universe_manager.active_securities

    # --- by type -------------------------------------------------------------------------------------------------

    def add_equity(
        self,
        ticker: str,
        resolution: Resolution | None = None,
        market: str | None = None,
        fill_forward: bool = True,
        leverage: float = _ZERO_LEVERAGE,
        extended_market_hours: bool = False,
        data_normalization_mode: DataNormalizationMode | None = None,
    ) -> Equity:
        """Add a stock or fund by ticker."""
        return self._qc_add(  # type: ignore[no-any-return]
            *(SecurityType.EQUITY, ticker, resolution, market, fill_forward, leverage),
            extended_market_hours,
            data_normalization_mode,
        )

    def add_forex(
        self,
        ticker: str,
        resolution: Resolution | None = None,
        market: str | None = None,
        fill_forward: bool = True,
        leverage: float = _ZERO_LEVERAGE,
    ) -> Forex:
        """Add a currency pair, for example EURUSD."""
        return self._qc_add(SecurityType.FOREX, ticker, resolution, market, fill_forward, leverage)  # type: ignore[no-any-return]

    def add_cfd(
        self,
        ticker: str,
        resolution: Resolution | None = None,
        market: str | None = None,
        fill_forward: bool = True,
        leverage: float = _ZERO_LEVERAGE,
    ) -> Cfd:
        """Add a contract for difference."""
        return self._qc_add(SecurityType.CFD, ticker, resolution, market, fill_forward, leverage)  # type: ignore[no-any-return]

    def add_index(
        self,
        ticker: str,
        resolution: Resolution | None = None,
        market: str | None = None,
        fill_forward: bool = True,
    ) -> Index:
        """Add an index, which cannot be traded."""
        return self._qc_add(SecurityType.INDEX, ticker, resolution, market, fill_forward, 1.0)  # type: ignore[no-any-return]

    def add_crypto(
        self,
        ticker: str,
        resolution: Resolution | None = None,
        market: str | None = None,
        fill_forward: bool = True,
        leverage: float = _ZERO_LEVERAGE,
    ) -> Crypto:
        """Add a pair of a crypto currency and another currency."""
        return self._qc_add(SecurityType.CRYPTO, ticker, resolution, market, fill_forward, leverage)  # type: ignore[no-any-return]

    def add_crypto_future(
        self,
        ticker: str,
        resolution: Resolution | None = None,
        market: str | None = None,
        fill_forward: bool = True,
        leverage: float = _ZERO_LEVERAGE,
    ) -> CryptoFuture:
        """Add a perpetual or dated future on a crypto currency."""
        return self._qc_add(  # type: ignore[no-any-return]
            SecurityType.CRYPTO_FUTURE, ticker, resolution, market, fill_forward, leverage
        )

    def _qc_add(
        self,
        security_type: SecurityType,
        ticker: str,
        resolution: Resolution | None,
        market: str | None,
        fill_forward: bool,
        leverage: float,
        extended_market_hours: bool = False,
        mode: DataNormalizationMode | None = None,
    ) -> Any:
        symbol = self._qc_symbol_of(security_type, ticker, market)
        configs = self.subscription_manager.subscription_data_config_service.add(
            symbol,
            resolution,
            fill_forward,
            extended_market_hours,
            data_normalization_mode=self.universe_settings.data_normalization_mode if mode is None else mode,
        )
        return self._qc_add_to_user_defined_universe(
            self.securities.create_security(symbol, configs, leverage), configs
        )

    def _qc_symbol_of(self, security_type: SecurityType, ticker: str, market: str | None) -> Symbol:
        ticker = str(ticker)  # a symbol stands for its ticker, as in LEAN
        if not asset_of(security_type).is_custom_data:
            check_ticker(ticker)
        market = self._qc_base.get_market(market, ticker, security_type)
        symbol = SymbolCache.try_get_symbol(ticker)
        if symbol is None or symbol.id.market != market or symbol.security_type is not security_type:
            symbol = Symbol.create(ticker, security_type, market)
        return symbol

    def get_market(
        self, market: str | None, ticker: str, security_type: SecurityType, default_market: str | None = None
    ) -> str:
        """The market that is meant: the given one, the index's own, or the brokerage model's default for the type."""
        if market:
            return market.lower()
        own = asset_of(security_type).market_of(ticker)
        known: str | None = own or self.brokerage_model.default_markets.get(security_type) or default_market
        if known is None:
            raise RefusedArgument(
                f"No default market set for security type: {security_type.lean_name}; name the market of '{ticker}'"
            )
        return known

    # --- any security --------------------------------------------------------------------------------------------

    def add_security(
        self, security: SecurityType | Symbol, *arguments: SecurityArgument, **options: SecurityArgument
    ) -> Any:
        """`add_security(symbol, resolution, fill_forward, leverage, extended_market_hours, ...)`, or with a type.

        With a security type first: `add_security(type, ticker, resolution, [market,] fill_forward, leverage,
        extended_market_hours, ...)`.
        """
        places, named = cast("tuple[Any, ...]", arguments), cast("dict[str, Any]", options)
        if isinstance(security, SecurityType):
            return self._qc_add_by_type(security, *places, **named)
        return self._qc_add_symbol(security, *places, **named)

    def _qc_add_by_type(self, security_type: SecurityType, ticker: str, *arguments: Any, **options: Any) -> Any:
        arguments_left = list(arguments)
        for name in ("resolution", "market", "fill_forward", "leverage", "extended_market_hours"):
            if name == "market" and arguments_left and not isinstance(arguments_left[0], str | None):
                continue
            if arguments_left:
                options[name] = arguments_left.pop(0)
        market = options.pop("market", None)
        symbol = self._qc_symbol_of(security_type, ticker, market)
        return self._qc_add_symbol(symbol, **options)

    def _qc_add_symbol(
        self,
        symbol: Symbol | str,
        resolution: Resolution | None = None,
        fill_forward: bool | None = None,
        leverage: float = _ZERO_LEVERAGE,
        extended_market_hours: bool | None = None,
        data_mapping_mode: DataMappingMode | None = None,
        data_normalization_mode: DataNormalizationMode | None = None,
        contract_depth_offset: int = 0,
    ) -> Any:
        if isinstance(symbol, str):
            symbol = SymbolCache.get_symbol(symbol)
        settings = self.universe_settings
        fill_forward = settings.fill_forward if fill_forward is None else fill_forward
        extended = settings.extended_market_hours if extended_market_hours is None else extended_market_hours
        if symbol.is_canonical():
            chain = (symbol, resolution, fill_forward, leverage, extended)
            if not symbol.asset.has_continuous_contract:
                return self._qc_add_canonical(*chain)
            return self._qc_add_continuous(*chain, data_mapping_mode, data_normalization_mode, contract_depth_offset)
        if symbol.asset.is_option:
            return self._qc_base.add_option_contract(symbol, resolution, fill_forward, leverage, extended)
        mode = DataNormalizationMode.ADJUSTED if data_normalization_mode is None else data_normalization_mode
        configs = self.subscription_manager.subscription_data_config_service.add(
            symbol,
            resolution,
            fill_forward,
            extended,
            data_normalization_mode=mode,
        )
        return self._qc_add_to_user_defined_universe(
            self.securities.create_security(symbol, configs, leverage), configs
        )

    def _qc_add_to_user_defined_universe(self, security: Security, configs: list[SubscriptionDataConfig]) -> Any:
        self.time_keeper.interrupt()
        existing = self.securities.get(security.symbol)
        if existing is None:
            self.securities.add(security)
        elif not configs[0].is_internal_feed and existing.is_internal_feed():
            self._qc_replace_internal(security)
        universe = self._qc_user_defined_universe(security, configs[0])
        self._qc_user_defined_changes.append(UserDefinedChange(universe, configs, security))
        return security

    def _qc_replace_internal(self, security: Security) -> None:
        symbol = security.symbol
        for universe in self.universe_manager.values():
            if isinstance(universe, UserDefinedUniverse) and symbol in universe.securities:
                universe.remove(symbol)
                break
        self.securities.remove(symbol)
        self.securities.add(security)

    def _qc_user_defined_universe(self, security: Security, config: SubscriptionDataConfig) -> UserDefinedUniverse:
        symbol = UserDefinedUniverse.create_symbol(security.type, security.symbol.id.market)
        universe = self.universe_manager.get(symbol)
        if universe is None:
            universe_config = config.replace(
                symbol=symbol,
                is_internal_feed=True,
                fill_forward=False,
                exchange_time_zone=TimeZones.UTC,
                data_time_zone=TimeZones.UTC,
            )
            settings = UniverseSettings(
                *(config.resolution, security.leverage, config.fill_data_forward, config.extended_market_hours),
                minimum_time_in_universe=timedelta(0),
            )
            universe = UserDefinedUniverse(universe_config, settings, NEVER)
            self.universe_manager.add(universe)
        return universe  # type: ignore[no-any-return]

    def create_universe_security(self, config: SubscriptionDataConfig) -> Any:
        """What stands for the security that a universe's data belong to, when there is none."""
        if config.type is Tick or config.symbol.value.startswith("QC-UNIVERSE-USERDEFINED"):
            hours = SecurityExchangeHours.always_open(config.exchange_time_zone)
        else:
            hours = self.market_hours_database.get_entry(config.symbol, [config.type]).exchange_hours
        return _UniverseSecurity(config.symbol, hours)

    def remove_security(self, symbol: Symbol | str, tag: str | None = None) -> bool:
        """Cancel its orders, liquidate it and end its data; False when it is not there."""
        security = self.securities.get(symbol)
        if security is None:
            return False
        self.time_keeper.interrupt()
        tag = "Removed" if tag is None else tag
        if not self.is_warming_up:
            self.transactions.cancel_open_orders(security.symbol, tag)
        if security.invested:
            self._qc_base.liquidate(security.symbol, tag=tag)
        security.reset()
        if security.symbol.is_canonical():
            self._qc_remove_chain(security.symbol, tag)
            return True
        changes = self._qc_user_defined_changes
        self._qc_user_defined_changes = [change for change in changes if change.security.symbol != security.symbol]
        for universe in self.universe_manager.values():
            if isinstance(universe, UserDefinedUniverse) and security.symbol in universe.securities:
                self._qc_user_defined_changes.append(UserDefinedChange(universe, None, security))
        return True
