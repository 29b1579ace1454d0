"""Options and futures: adding contracts and chains, and asking for chains (`Algorithm/QCAlgorithm.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.data import DataSubscriptions, UserDefinedChange
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.market import Tick
from leanib.engine.market.universe import UniverseSettings
from leanib.engine.naming import also_named
from leanib.engine.symbols import DataNormalizationMode, Resolution, SecurityType, Symbol, SymbolCache
from leanib.engine.universes.contracts import OptionChainUniverse, OptionContractUniverse

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.securities import Security
    from leanib.engine.securities.future import Future
    from leanib.engine.securities.option import Option
    from leanib.engine.symbols.any_symbol import HasSymbol

__all__ = ["Derivatives"]

_RAW = DataNormalizationMode.RAW
_MOST_SHOWN = 10


class Derivatives(DataSubscriptions):
    """The part of QCAlgorithm for what expires."""

    if TYPE_CHECKING:
        time: Any
        add_universe: Any
        debug: Any
        get_locked: Any
        _qc_model_universes: dict[Symbol, None]

    def _qc_init_derivatives(self) -> None:
        self._qc_made_raw: list[Symbol] | None = []

    # --- one contract ------------------------------------------------------------------------------------------------

    def add_option_contract(
        self,
        symbol: HasSymbol | Symbol,
        resolution: Resolution | None = None,
        fill_forward: bool = True,
        leverage: float = 0.0,
        extended_market_hours: bool = False,
    ) -> Option:
        """Add one option, and what it is on where that is not there; its prices are raw from now on."""
        symbol = _symbol_of(symbol)
        underlying = symbol.underlying
        if not symbol.asset.is_option or underlying is None:
            raise ArgumentException(
                f"Unexpected option symbol {symbol}. Please provide a valid option contract with it's underlying "
                "symbol set."
            )
        security, raw_configs = self._qc_underlying_of(
            symbol, resolution, fill_forward, leverage, extended_market_hours
        )
        service = self.subscription_manager.subscription_data_config_service
        configs = service.add(symbol, resolution, fill_forward, extended_market_hours, data_normalization_mode=_RAW)
        self.time_keeper.interrupt()
        option: Any = self.securities.create_security(symbol, configs, leverage, underlying=security)
        for config in raw_configs:
            config.data_normalization_mode = _RAW
        security.refresh_data_normalization_mode_property()
        self.securities.add(option)
        universe = self._qc_contract_universe(symbol, configs[0], raw_configs, extended_market_hours)
        self._qc_user_defined_changes.append(UserDefinedChange(universe, [*configs, *raw_configs], option))
        return option  # type: ignore[no-any-return]

    def _qc_underlying_of(
        self,
        symbol: Symbol,
        resolution: Resolution | None,
        fill_forward: bool,
        leverage: float,
        extended_market_hours: bool,
    ) -> tuple[Security, list[SubscriptionDataConfig]]:
        service = self.subscription_manager.subscription_data_config_service
        underlying = symbol.underlying
        assert underlying is not None
        security = self.securities.get(underlying)
        configs = service.get_subscription_data_configs(underlying)
        if security is None or (not security.is_tradable and not configs):
            security = self._qc_base.add_security(underlying, resolution, fill_forward, leverage, extended_market_hours)
            configs = service.get_subscription_data_configs(underlying)
        elif security.is_delisted:
            kind = underlying.security_type.lean_name
            raise ArgumentException(
                f"The underlying {kind} asset ({underlying.value}) is delisted (current time is {self._qc_base.time})"
            )
        elif self._qc_base.get_locked() and security.symbol.asset.has_factor_files:
            mode = security.data_normalization_mode
            if mode is not _RAW:
                raise ArgumentException(
                    f"The underlying {security.type.lean_name} asset ({security.symbol.value}) is set to "
                    f"{mode.lean_name}, please change this to DataNormalizationMode.Raw with the "
                    "SetDataNormalization() method"
                )
        return security, list(configs)

    def _qc_contract_universe(
        self,
        symbol: Symbol,
        config: SubscriptionDataConfig,
        underlying: list[SubscriptionDataConfig],
        extended_market_hours: bool,
    ) -> OptionContractUniverse:
        assert symbol.underlying is not None
        name = OptionContractUniverse.create_symbol(symbol.id.market, symbol.underlying.security_type)
        universe = self.universe_manager.get(name)
        if universe is None:
            settings = UniverseSettings(self.universe_settings)
            settings.data_normalization_mode = _RAW
            settings.resolution = min((one.resolution for one in underlying), default=config.resolution)
            settings.extended_market_hours = extended_market_hours
            like = config.replace(symbol=name, type=Tick, extended_hours=extended_market_hours)
            universe = self._qc_base.add_universe(OptionContractUniverse(like, settings))
        return universe  # type: ignore[no-any-return]

    def add_index_option_contract(
        self, symbol: HasSymbol | Symbol, resolution: Resolution | None = None, fill_forward: bool = True
    ) -> Option:
        """Add one option on an index."""
        symbol = _symbol_of(symbol)
        underlying = symbol.underlying
        if not symbol.asset.is_option or symbol.is_canonical() or underlying is None or underlying.asset.is_tradable:
            raise ArgumentException("Symbol provided must be non-canonical and of type SecurityType.IndexOption")
        return self._qc_base.add_option_contract(symbol, resolution, fill_forward)

    def add_future_option_contract(
        self,
        symbol: HasSymbol | Symbol,
        resolution: Resolution | None = None,
        fill_forward: bool = True,
        leverage: float = 0.0,
        extended_market_hours: bool = False,
    ) -> Option:
        """Add one option on a future."""
        symbol = _symbol_of(symbol)
        if symbol.is_canonical():
            raise ArgumentException(
                "Expected non-canonical Symbol (i.e. a Symbol representing a specific Future contract"
            )
        return self._qc_base.add_option_contract(symbol, resolution, fill_forward, leverage, extended_market_hours)

    def add_future_contract(
        self,
        symbol: HasSymbol | Symbol,
        resolution: Resolution | None = None,
        fill_forward: bool = True,
        leverage: float = 0.0,
        extended_market_hours: bool = False,
    ) -> Future:
        """Add one futures contract."""
        return self._qc_base.add_security(  # type: ignore[no-any-return]
            _symbol_of(symbol), resolution, fill_forward, leverage, extended_market_hours
        )

    def remove_option_contract(self, symbol: HasSymbol | Symbol, tag: str | None = None) -> bool:
        """Cancel its orders, liquidate it and end its data."""
        return self._qc_base.remove_security(_symbol_of(symbol), tag)

    # --- chains that select ------------------------------------------------------------------------------------------

    def add_option(
        self,
        underlying: Symbol | str,
        target_option: str | Resolution | None = None,
        resolution: Resolution | str | None = None,
        market: Any = None,
        fill_forward: bool | None = None,
        leverage: float = 0.0,
    ) -> Option:
        """Add the options on a share or an index: contracts come and go as the filter of what is returned says."""
        if isinstance(target_option, Resolution):
            target_option, resolution, market, fill_forward = _shifted(target_option, resolution, market, fill_forward)
        if isinstance(underlying, Symbol):
            owner = underlying
        else:
            home = self._qc_base.get_market(market, underlying, SecurityType.OPTION)
            owner = Symbol.create(underlying, SecurityType.EQUITY, home)
        kind = Symbol.get_option_type_from_underlying(owner)
        market = self._qc_base.get_market(market, target_option or owner.value, kind)
        alias = f"?{target_option or owner.value}"
        canonical = SymbolCache.try_get_symbol(alias)
        if canonical is None or canonical.id.market != market or not canonical.asset.is_option:
            canonical = Symbol.create_canonical_option(owner, target_option, market, alias)
        return self._qc_base.add_security(canonical, resolution, fill_forward, leverage)  # type: ignore[no-any-return]

    @also_named(symbol="underlying")
    def add_index_option(
        self,
        underlying: Symbol | str,
        target_option: str | Resolution | None = None,
        resolution: Resolution | str | None = None,
        market: Any = None,
        fill_forward: bool = True,
    ) -> Option:
        """Add the options on an index; a weekly's own ticker (SPXW) means those on its index."""
        from leanib.engine.derivatives.options import IndexOptionSymbol

        if isinstance(target_option, Resolution):
            target_option, resolution, market, filled = _shifted(target_option, resolution, market, fill_forward)
            fill_forward = bool(filled)
        if isinstance(underlying, Symbol):
            if underlying.asset.option_kind is None or underlying.asset.is_tradable:
                raise ArgumentException("Symbol provided must be of type SecurityType.Index")
            return self._qc_base.add_option(underlying, target_option, resolution, underlying.id.market, fill_forward)
        index = IndexOptionSymbol.map_to_underlying(underlying)
        if target_option is None and index.upper() != underlying.upper():
            self._qc_warn_once(
                f"Warning: '{underlying}' is an index option ticker, using index '{index}' as the underlying and "
                f"'{underlying}' as the target option."
            )
            target_option, underlying = underlying, index
        owner = self._qc_symbol_of(SecurityType.INDEX, underlying, market)
        return self._qc_base.add_option(owner, target_option, resolution, owner.id.market, fill_forward)

    def _qc_add_canonical(
        self, symbol: Symbol, resolution: Resolution | None, fill_forward: bool, leverage: float, extended: bool
    ) -> Any:
        """A chain: a daily stream of all contracts, and the universe that selects from them."""
        security = self._qc_add_chain(symbol, leverage, extended)
        if symbol not in self.universe_manager:
            settings = self._qc_chain_settings(resolution, fill_forward, leverage, extended)
            self._qc_base.add_universe(OptionChainUniverse(security, settings))
        return security

    def _qc_add_chain(self, symbol: Symbol, leverage: float, extended: bool) -> Any:
        """The security that stands for a chain, with the daily stream of all contracts."""
        service = self.subscription_manager.subscription_data_config_service
        configs = service.add(symbol, Resolution.DAILY, False, extended, False)
        self.time_keeper.interrupt()
        security: Any = self.securities.create_security(symbol, configs, leverage)
        security.is_tradable = False
        self.securities.add(security)
        return security

    def _qc_chain_settings(
        self, resolution: Resolution | None, fill_forward: bool, leverage: float, extended: bool
    ) -> UniverseSettings:
        known = self.universe_settings
        settings = UniverseSettings(
            known.resolution if resolution is None else resolution,
            leverage,
            fill_forward,
            extended,
            known.minimum_time_in_universe,
        )
        settings.asynchronous = known.asynchronous
        return settings

    def _qc_chain_universes(self, symbol: Symbol) -> list[Any]:
        """The universes that a chain has been added with."""
        return [universe for universe in self.universe_manager.values() if universe.symbol == symbol]

    def _qc_remove_chain(self, symbol: Symbol, tag: str) -> None:
        """A chain goes, with all that no other universe has."""
        for universe in self._qc_chain_universes(symbol):
            others = [each for each in self.universe_manager.values() if each is not universe]
            members = sorted(member.security.symbol for member in universe.securities.values())
            owned = [member for member in members if not member.is_canonical()]
            if symbol.underlying is not None:
                owned.insert(0, symbol.underlying)
            for member in dict.fromkeys(owned):
                if not any(member in other.securities for other in others):
                    self._qc_base.remove_security(member, tag)
            self.universe_manager.remove(universe.symbol)
            self._qc_model_universes.pop(universe.symbol, None)

    # --- what options need of their underlyings ----------------------------------------------------------------------

    def _qc_prepare_underlyings(self) -> None:
        """Options know what they are on, and that has raw prices (`QCAlgorithm.OnEndOfTimeStep`)."""
        service = self.subscription_manager.subscription_data_config_service
        pending = [change.security for change in self._qc_user_defined_changes if change.configs is not None]
        security: Any
        for security in [*self.securities.values(), *pending]:
            symbol = security.symbol
            if not symbol.asset.has_underlying_security:
                continue
            underlying = self.securities.get(symbol.underlying)
            if underlying is None:
                underlying = self._qc_add_underlying(symbol, service.get_subscription_data_configs(symbol))
            self._qc_make_raw(underlying)
            security.underlying = underlying

    def _qc_add_underlying(self, symbol: Symbol, configs: list[SubscriptionDataConfig]) -> Security:
        resolution: Any = min((config.resolution for config in configs), default=None)
        fill_forward = any(config.fill_data_forward for config in configs)
        universe = self.universe_manager.get(symbol)
        if universe is not None:
            resolution = universe.universe_settings.resolution
            fill_forward = universe.universe_settings.fill_forward
        extended = any(config.extended_market_hours for config in configs)
        assert symbol.underlying is not None
        return self._qc_add_symbol(  # type: ignore[no-any-return]
            symbol.underlying, resolution, fill_forward, 0.0, extended, data_normalization_mode=_RAW
        )

    def _qc_make_raw(self, security: Security) -> None:
        service = self.subscription_manager.subscription_data_config_service
        if not security.symbol.asset.has_factor_files:
            return
        changed = [
            c for c in service.get_subscription_data_configs(security.symbol) if c.data_normalization_mode is not _RAW
        ]
        for config in changed:
            config.data_normalization_mode = _RAW
            service.follow_changed_mode(config)
        if changed:
            security.refresh_data_normalization_mode_property()
            if self._qc_made_raw is not None:
                self._qc_made_raw.append(security.symbol)

    def _qc_tell_of_raw(self) -> None:
        if self._qc_made_raw:
            shown = ", ".join(symbol.value for symbol in self._qc_made_raw[:_MOST_SHOWN])
            self._qc_base.debug(
                "Warning: The following securities were set to raw price normalization mode to work with options: "
                f"{shown}..."
            )
            self._qc_made_raw = None


def _shifted(
    resolution: Resolution, *others: Resolution | str | bool | None
) -> tuple[None, Resolution, str | None, bool | None]:
    """What was given without a target option: resolution, market and fill-forward stand one place before."""
    market = next((each for each in others if isinstance(each, str)), None)
    fill_forward = next((each for each in others if isinstance(each, bool)), None)
    return None, resolution, market, fill_forward


def _symbol_of(symbol: HasSymbol | Symbol) -> Symbol:
    """A contract stands for its symbol, as in LEAN."""
    found: Symbol = symbol if isinstance(symbol, Symbol) else symbol.symbol
    return found
