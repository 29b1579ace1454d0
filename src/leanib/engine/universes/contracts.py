"""The universes of single option contracts and of chains (`Option{Contract,Chain}Universe.cs` and others)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from leanib.engine.feeds.chain_files import chain_points
from leanib.engine.market import Tick
from leanib.engine.market.calendars import each_tradeable_day, midnight
from leanib.engine.market.config import SubscriptionDataConfig
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.market.universe import BaseDataCollection, Universe, UniverseSettings, UserDefinedUniverse
from leanib.engine.market.universe.universe import Member
from leanib.engine.market.universe.user_defined import NEVER, create_universe_symbol
from leanib.engine.symbols import (
    DEFAULT_DATE,
    DataNormalizationMode,
    MapFileProvider,
    OptionRight,
    OptionStyle,
    SecurityIdentifier,
    SecurityType,
    Symbol,
    TickType,
)

if TYPE_CHECKING:
    from leanib.engine.market.base_data import BaseData
    from leanib.engine.market.universe.requests import SubscriptionRequest
    from leanib.engine.securities import Security
    from leanib.engine.securities.future import Future
    from leanib.engine.securities.option import Option

__all__ = [
    "ContinuousContractUniverse",
    "ContractUniverse",
    "FuturesChainUniverse",
    "OptionChainUniverse",
    "OptionContractUniverse",
]


class OptionContractUniverse(UserDefinedUniverse):
    """The option contracts that were added by hand, each with what it is on."""

    def __init__(self, configuration: SubscriptionDataConfig, universe_settings: UniverseSettings) -> None:
        super().__init__(configuration.replace(fill_forward=False), universe_settings, NEVER)

    @staticmethod
    def create_symbol(market: str, security_type: SecurityType) -> Symbol:  # type: ignore[override]
        """The symbol of the universe of contracts on such underlyings of a market."""
        name = f"qc-universe-optioncontract-{security_type.security_type_to_lower()}-{market.lower()}"
        underlying = create_universe_symbol(security_type, market, name)
        identifier = SecurityIdentifier.generate_option(
            DEFAULT_DATE, underlying.id, None, market, 0, OptionRight.CALL, OptionStyle.AMERICAN
        )
        return Symbol(identifier, name)

    def remove(self, symbol: Symbol) -> bool:
        """Let a contract go; with the last one on an underlying the underlying goes too."""
        removed = super().remove(symbol)
        underlying = symbol.underlying
        if removed and symbol.asset.is_option and underlying is not None:
            left = {config.symbol for config in self._configs}
            if not any(one.asset.is_option and one.underlying == underlying for one in left):
                super().remove(underlying)
        return removed


class ContractUniverse(Universe):
    """Selects contracts of a day's file by the filter of the canonical security; members are raw."""

    def __init__(self, security: Security, universe_settings: UniverseSettings) -> None:
        config = security.subscription_data_config
        assert config is not None
        settings = UniverseSettings(universe_settings)
        settings.data_normalization_mode = DataNormalizationMode.RAW
        super().__init__(config, settings)
        self.canonical = security

    def data_points(self, request: SubscriptionRequest) -> Iterator[BaseData | None]:
        """A collection a day that has a file; it ends, and counts, at the next midnight."""
        return chain_points(request)


class OptionChainUniverse(ContractUniverse):
    """The contracts of a chain that the option's filter wants, and what they are on."""

    def __init__(self, option: Option, universe_settings: UniverseSettings) -> None:
        from leanib.engine.derivatives.filters import OptionFilterUniverse

        super().__init__(option, universe_settings)
        self.option = option
        self._contracts = OptionFilterUniverse(option)

    def select_symbols(self, utc_time: datetime, data: BaseDataCollection) -> Iterable[Symbol]:
        """The underlying first, then the contracts."""
        local = self.option.exchange.time_zone.to_local(utc_time)
        self._contracts.refresh(data.data, data.underlying, local)
        chosen = self.option.contract_filter.filter(self._contracts)
        underlying = self.option.symbol.underlying
        assert underlying is not None
        return [underlying, *(row.symbol for row in chosen)]

    def add_member(self, utc_time: datetime, security: Security, is_internal: bool) -> bool:
        """Take a security in, or renew the one that was renamed."""
        if self.dispose_requested or security.symbol in self.securities:
            return False
        self.securities[security.symbol] = Member(utc_time, security, is_internal)
        return True

    def get_subscription_requests(
        self, security: Security, current_time_utc: datetime, maximum_end_time_utc: datetime, subscription_service: Any
    ) -> Iterator[SubscriptionRequest]:
        """The streams of a member; contracts take the canonical option's price model."""
        if security.symbol == self.option.symbol.underlying:
            self.option.underlying = security
            security.set_data_normalization_mode(DataNormalizationMode.RAW)
        else:
            cast("Option", security).share_price_model(self.option)
        return super().get_subscription_requests(security, current_time_utc, maximum_end_time_utc, subscription_service)


class FuturesChainUniverse(ContractUniverse):
    """The contracts of a future that its filter wants."""

    def __init__(self, future: Future, universe_settings: UniverseSettings) -> None:
        super().__init__(future, universe_settings)
        self.future = future

    def select_symbols(self, utc_time: datetime, data: BaseDataCollection) -> Iterable[Symbol]:
        """The contracts."""
        from leanib.engine.derivatives.filters import FutureFilterUniverse

        local = self.future.exchange.time_zone.to_local(utc_time)
        chosen = self.future.contract_filter.filter(FutureFilterUniverse(data.data, local))
        return [row.symbol for row in chosen]


class ContinuousContractUniverse(Universe):
    """The continuous future, and the contract that it stands for; on the day of a change the one before too.

    The contract's streams are internal: it has prices and can be traded, but the algorithm sees no data of it.
    """

    #: whether the day counts and not the moment: a live run may begin at any time of a day
    selects_by_day = False

    def __init__(self, future: Future, universe_settings: UniverseSettings) -> None:
        chain = future.subscription_data_config
        assert chain is not None
        config = chain.replace(
            type=Tick,
            symbol=self.create_symbol(future.symbol),
            extended_hours=universe_settings.extended_market_hours,
            contract_depth_offset=universe_settings.contract_depth_offset,
        )
        super().__init__(config, universe_settings)
        self.data_security = self.future = future
        path = MapFileProvider.path(future.symbol)
        DATA_MONITOR().on_new_data_request(path, path.is_file())  # without, it stands for nothing
        self._mapped = ""
        self._contract: Symbol | None = None

    @staticmethod
    def create_symbol(symbol: Symbol) -> Symbol:
        """The universe's symbol."""
        kind, market = symbol.security_type, symbol.id.market
        return create_universe_symbol(
            kind, market, f"qc-universe-continuous-{market.lower()}-{kind.lean_name}-{symbol.id.symbol}"
        )

    def select_symbols(self, utc_time: datetime, data: BaseDataCollection) -> Iterable[Symbol]:
        """The continuous future first."""
        future, settings = self.future, self.universe_settings
        canonical = future.symbol.canonical
        chosen = [canonical]
        local = future.exchange.time_zone.to_local(utc_time)
        mapped = MapFileProvider.map_file(canonical).get_mapped_symbol(
            midnight(local) if self.selects_by_day else local, data_mapping_mode=settings.data_mapping_mode
        )
        if mapped and mapped != self._mapped:
            if self._contract is not None:
                chosen.append(self._contract)
            self._mapped = mapped
            self._contract = canonical.update_mapped_symbol(mapped, settings.contract_depth_offset).underlying
        if self._contract is not None:
            future.mapped = self._contract
            chosen.append(self._contract)
        return chosen

    def get_subscription_requests(
        self, security: Security, current_time_utc: datetime, maximum_end_time_utc: datetime, subscription_service: Any
    ) -> Iterator[SubscriptionRequest]:
        """The streams of the continuous future, or of a contract."""
        configs = [
            config.replace(is_internal_feed=config.is_internal_feed or config.tick_type is TickType.OPEN_INTEREST)
            for config in add_continuous_configurations(subscription_service, self.universe_settings, security.symbol)
        ]
        return self._requests(configs, security, current_time_utc, maximum_end_time_utc)

    def data_points(self, request: SubscriptionRequest) -> Iterator[BaseData]:
        """One tick at the beginning of each of the exchange's days."""
        start, end = request.start_time_local, request.end_time_local
        days = each_tradeable_day(request.exchange_hours, start, end, self.configuration.extended_market_hours)
        return (Tick(day, self.configuration.symbol) for day in days if day >= start)


def add_continuous_configurations(
    subscription_service: Any, settings: UniverseSettings, symbol: Symbol
) -> list[SubscriptionDataConfig]:
    """The streams of a continuous future, or the internal ones of a contract that it stands for."""
    return [
        config
        for kind in settings.subscription_data_types or ()
        for config in subscription_service.add(
            symbol,
            settings.resolution,
            settings.fill_forward,
            settings.extended_market_hours,
            is_internal_feed=not symbol.is_canonical() or kind[1] is TickType.OPEN_INTEREST,
            subscription_data_types=[kind],
            data_normalization_mode=settings.data_normalization_mode,
            data_mapping_mode=settings.data_mapping_mode,
            contract_depth_offset=abs(settings.contract_depth_offset),
        )
    ]
