"""Futures: continuous contracts, their chains, and the options on them (`Algorithm/QCAlgorithm.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.derivatives import Derivatives
from leanib.engine.core.data_manager import lookup_subscription_config_data_types
from leanib.engine.dotnet.exceptions import ArgumentException, ArgumentOutOfRangeException
from leanib.engine.market.universe import UniverseSettings
from leanib.engine.naming import also_named
from leanib.engine.symbols import DataMappingMode, DataNormalizationMode, Resolution, SecurityType, Symbol
from leanib.engine.universes.contracts import (
    ContinuousContractUniverse,
    FuturesChainUniverse,
    add_continuous_configurations,
)

if TYPE_CHECKING:
    from leanib.engine.derivatives.filters import OptionFilterUniverse
    from leanib.engine.securities.future import Future
    from leanib.engine.symbols.any_symbol import HasSymbol

__all__ = ["Futures"]

_MOST_OFFSET = 2


class Futures(Derivatives):
    """The part of QCAlgorithm for continuous futures and what follows from them."""

    if TYPE_CHECKING:
        add_universe_options: Any

    def add_future(
        self,
        ticker: str,
        resolution: Resolution | None = None,
        market: str | None = None,
        fill_forward: bool | None = None,
        leverage: float = 0.0,
        extended_market_hours: bool | None = None,
        data_mapping_mode: DataMappingMode | None = None,
        data_normalization_mode: DataNormalizationMode | None = None,
        contract_depth_offset: int = 0,
    ) -> Future:
        """Add a continuous future; contracts of its chain come and go as the filter of what is returned says.

        Args:
            ticker: without a contract: `ES`.
            resolution: of its data and of the contracts'.
            market: the exchange; by default the one that lists the ticker.
            fill_forward: whether bars are repeated while nothing new comes.
            leverage: not used by futures.
            extended_market_hours: whether data out of regular hours come too.
            data_mapping_mode: when the continuous future goes on to the next contract.
            data_normalization_mode: how the prices of its contracts are joined.
            contract_depth_offset: 0 for the front month, 1 or 2 for the contracts behind it.
        """
        symbol = self._qc_symbol_of(SecurityType.FUTURE, ticker, market)
        return self._qc_base.add_security(  # type: ignore[no-any-return]
            *(symbol, resolution, fill_forward, leverage, extended_market_hours),
            data_mapping_mode=data_mapping_mode,
            data_normalization_mode=data_normalization_mode,
            contract_depth_offset=contract_depth_offset,
        )

    def _qc_add_continuous(
        self,
        symbol: Symbol,
        resolution: Resolution | None,
        fill_forward: bool,
        leverage: float,
        extended: bool,
        mapping: DataMappingMode | None,
        normalization: DataNormalizationMode | None,
        depth: int,
    ) -> Any:
        """The continuous future with its streams, the universe of the contracts it stands for, and its chain."""
        depth = abs(depth)
        if depth > _MOST_OFFSET:
            raise ArgumentOutOfRangeException(
                f"'contractDepthOffset' current maximum value is {_MOST_OFFSET}. Front month (0) and only "
                f"{_MOST_OFFSET} back month contracts are currently supported."
            )
        security = self._qc_add_chain(symbol, leverage, extended)
        if symbol not in self.universe_manager:
            settings = self._qc_chain_settings(resolution, fill_forward, leverage, extended)
            continuous = self._qc_continuous_settings(settings, symbol, mapping, normalization, depth)
            service = self.subscription_manager.subscription_data_config_service
            add_continuous_configurations(service, continuous, symbol)
            self._qc_base.add_universe(ContinuousContractUniverse(security, continuous))
            self._qc_base.add_universe(FuturesChainUniverse(security, settings))
        return security

    def _qc_chain_universes(self, symbol: Symbol) -> list[Any]:
        """The universe of what a continuous future stands for too."""
        found = super()._qc_chain_universes(symbol)
        if symbol.asset.has_continuous_contract:
            found = [*super()._qc_chain_universes(ContinuousContractUniverse.create_symbol(symbol)), *found]
        return found

    def _qc_continuous_settings(
        self,
        settings: UniverseSettings,
        symbol: Symbol,
        mapping: DataMappingMode | None,
        normalization: DataNormalizationMode | None,
        depth: int,
    ) -> UniverseSettings:
        known, asset = self.universe_settings, symbol.asset
        if mapping is None:
            mapping = asset.default_mapping(known.data_mapping_mode, symbol.id.market)
        if normalization is None:
            normalization = asset.default_normalization(known.data_normalization_mode)
        continuous = UniverseSettings(settings)
        continuous.data_mapping_mode, continuous.data_normalization_mode = mapping, normalization
        continuous.contract_depth_offset = depth
        continuous.subscription_data_types = lookup_subscription_config_data_types(
            symbol.security_type, settings.resolution
        )
        return continuous

    @also_named(future_symbol="symbol")
    def add_future_option(
        self, symbol: HasSymbol | Symbol, option_filter: Callable[[OptionFilterUniverse], object] | None = None
    ) -> None:
        """Add the options on each contract that a continuous future's chain, or it itself, selects."""
        symbol = symbol if isinstance(symbol, Symbol) else symbol.symbol
        if not symbol.is_canonical():
            raise ArgumentException(
                "Symbol provided must be canonical (i.e. the Symbol returned from AddFuture(), not AddFutureContract()."
            )
        self._qc_base.add_universe_options(symbol, option_filter)
        continuous = ContinuousContractUniverse.create_symbol(symbol)
        if continuous in self.universe_manager:
            self._qc_base.add_universe_options(continuous, option_filter)
