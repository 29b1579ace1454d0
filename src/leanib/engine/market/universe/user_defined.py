"""The universe of what the algorithm adds by hand (`UserDefinedUniverse.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.assets import asset_of
from leanib.engine.market.config import SubscriptionDataConfig
from leanib.engine.market.tick import Tick
from leanib.engine.market.universe.collection import BaseDataCollection
from leanib.engine.market.universe.settings import UniverseSettings
from leanib.engine.market.universe.universe import UNCHANGED, UnchangedUniverse, Universe
from leanib.engine.symbols import SecurityType, Symbol

if TYPE_CHECKING:
    from leanib.engine.exchanges import SecurityExchangeHours
    from leanib.engine.market.base_data import BaseData
    from leanib.engine.market.universe.requests import SubscriptionRequest
    from leanib.engine.securities import Security

__all__ = ["NEVER", "UserDefinedUniverse", "create_universe_symbol"]

NEVER = timedelta.max
"""The interval of a universe that selects only when something is added or removed."""


def create_universe_symbol(security_type: SecurityType, market: str, ticker: str) -> Symbol:
    """The symbol of a universe (`UniverseExtensions.CreateSymbol`)."""
    return Symbol(asset_of(security_type).universe_identifier(ticker, market), ticker)


class UserDefinedUniverse(Universe):
    """Selects the symbols that were added; with a selector, what it returns at every interval."""

    def __init__(
        self,
        configuration: SubscriptionDataConfig,
        universe_settings: UniverseSettings,
        interval: timedelta,
        symbols: Iterable[Symbol] | Callable[[datetime], Iterable[Any]] = (),
    ) -> None:
        super().__init__(configuration, universe_settings)
        self.interval = interval
        self.collection_changed: list[Callable[[], object]] = []
        self._configs: dict[SubscriptionDataConfig, None] = {}
        self._pending_removed: dict[SubscriptionDataConfig, None] = {}
        self._selector: Callable[[datetime], Iterable[Any]] | None = symbols if callable(symbols) else None
        self._symbols: dict[Symbol, None] = {} if callable(symbols) else dict.fromkeys(symbols)

    @staticmethod
    def create_symbol(security_type: SecurityType, market: str) -> Symbol:
        """The symbol of the universe of a type and a market."""
        return create_universe_symbol(
            security_type, market, f"qc-universe-userdefined-{market.lower()}-{security_type.lean_name}"
        )

    def add(self, item: Symbol | SubscriptionDataConfig) -> bool:
        """Take in a symbol or a stream; says whether it is new."""
        known: dict[Any, None] = self._symbols if isinstance(item, Symbol) else self._configs
        if item in known:
            return False
        known[item] = None
        self._on_collection_changed()
        return True

    def remove(self, symbol: Symbol) -> bool:
        """Let a symbol and its streams go; says whether it was there."""
        removed = self._remove_and_keep_track(symbol)
        if removed:
            self._on_collection_changed()
        return removed

    def _on_collection_changed(self) -> None:
        for handler in self.collection_changed:
            handler()

    def _remove_and_keep_track(self, symbol: Symbol) -> bool:
        configs = [config for config in self._configs if config.symbol == symbol]
        removed = symbol in self._symbols
        self._symbols.pop(symbol, None)
        for config in configs:
            del self._configs[config]
            self._pending_removed[config] = None
        return removed or bool(configs)

    def select_symbols(self, utc_time: datetime, data: BaseDataCollection) -> Iterable[Symbol]:
        """What was added, or what the selector returns."""
        if self._selector is None:
            return dict.fromkeys([config.symbol for config in self._configs] + list(self._symbols))
        config = self.configuration
        result = self._selector(config.exchange_time_zone.to_local(utc_time))
        if isinstance(result, UnchangedUniverse):
            return UNCHANGED
        return [
            item if isinstance(item, Symbol) else Symbol.create(item, config.security_type, config.market)
            for item in result
        ]

    def get_trigger_times(
        self, start_time_utc: datetime, end_time_utc: datetime, hours: SecurityExchangeHours
    ) -> Iterator[datetime]:
        """When to select: at the start, then at every interval when the market is open (exchange's zone)."""
        time, end = hours.time_zone.to_local(start_time_utc), hours.time_zone.to_local(end_time_utc)
        yield time
        while self.interval != NEVER and (time := time + self.interval) <= end:
            if hours.is_open(time, time + self.interval, self.configuration.extended_market_hours):
                yield time

    def data_points(self, request: SubscriptionRequest) -> Iterator[BaseData]:
        """One tick at each time of selection."""
        symbol = self.configuration.symbol
        times = self.get_trigger_times(request.start_time_utc, request.end_time_utc, request.exchange_hours)
        return (Tick(time, symbol) for time in times)

    def get_subscription_requests(
        self,
        security: Security,
        current_time_utc: datetime,
        maximum_end_time_utc: datetime,
        subscription_service: object,
    ) -> Iterator[SubscriptionRequest]:
        """The streams that were added for the security."""
        configs = [config for config in self._configs if config.symbol == security.symbol]
        if not configs:
            configs = [config for config in self._pending_removed if config.symbol == security.symbol]
            for config in configs:
                del self._pending_removed[config]
        if not configs:
            requests = super().get_subscription_requests(
                security, current_time_utc, maximum_end_time_utc, subscription_service
            )
            configs = [request.configuration for request in requests]
            self._configs.update(dict.fromkeys(configs))
        return self._requests(configs, security, current_time_utc, maximum_end_time_utc)

    def remove_member(self, utc_time: datetime, security: Security) -> bool:
        """Let a security go when it may, with its streams."""
        if not super().remove_member(utc_time, security):
            return False
        self._remove_and_keep_track(security.symbol)
        return True
