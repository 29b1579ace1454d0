"""Chosen symbols and tickers (`Algorithm/Selection/{Manual,Custom}*.cs`, `InceptionDateUniverseSelectionModel.cs`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.assets import asset_of
from leanib.engine.framework.selection.base import UniverseSelectionModel
from leanib.engine.market import SubscriptionDataConfig, Tick, TradeBar
from leanib.engine.market.universe import UserDefinedUniverse
from leanib.engine.market.universe.universe import UNCHANGED
from leanib.engine.market.universe.user_defined import NEVER
from leanib.engine.symbols import Market, Resolution, SecurityType, Symbol, SymbolCache
from leanib.engine.timezones import TimeZones

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market.universe import UniverseSettings
    from leanib.engine.market.universe.requests import SubscriptionRequest
    from leanib.engine.securities import Security, SecurityExchangeHours
    from leanib.engine.timezones import DateTimeZone

__all__ = [
    "CustomUniverse",
    "CustomUniverseSelectionModel",
    "InceptionDateUniverseSelectionModel",
    "ManualUniverse",
    "ManualUniverseSelectionModel",
]


class _ByHand(UserDefinedUniverse):
    """Keeps the subscriptions that a security has already."""

    def get_subscription_requests(
        self, security: Security, current_time_utc: datetime, maximum_end_time_utc: datetime, subscription_service: Any
    ) -> Iterator[SubscriptionRequest]:
        """The security's own streams, or those that the settings ask for."""
        configs = subscription_service.get_subscription_data_configs(security.symbol)
        if configs:
            return self._requests(configs, security, current_time_utc, maximum_end_time_utc)
        return super().get_subscription_requests(security, current_time_utc, maximum_end_time_utc, subscription_service)


class ManualUniverse(_ByHand):
    """The symbols of a `ManualUniverseSelectionModel`."""


class CustomUniverse(_ByHand):
    """The tickers that a function returns."""


def _configuration(
    symbol: Symbol, settings: UniverseSettings, hours: SecurityExchangeHours, zone: DateTimeZone, *flags: bool
) -> SubscriptionDataConfig:
    kind = Tick if settings.resolution is Resolution.TICK else TradeBar
    fill_forward, extended_hours = flags
    return SubscriptionDataConfig(
        kind, symbol, settings.resolution, zone, hours.time_zone, fill_forward, extended_hours, True
    )


class ManualUniverseSelectionModel(UniverseSelectionModel):
    """Always the same symbols: `ManualUniverseSelectionModel(symbols, universe_settings=None)`."""

    def __init__(self, *symbols: Any, universe_settings: UniverseSettings | None = None) -> None:
        given = list(symbols)
        if len(given) == 2 and not isinstance(given[0], Symbol) and not isinstance(given[1], Symbol):
            universe_settings = given.pop()
        if len(given) == 1 and not isinstance(given[0], Symbol):
            given = list(given[0])
        self._symbols = [symbol for symbol in given if not symbol.is_canonical()]
        self._settings = universe_settings
        for symbol in self._symbols:
            SymbolCache.set(symbol.value, symbol)

    def create_universes(self, algorithm: QCAlgorithm) -> Iterator[ManualUniverse]:
        """A universe for each market and type of security."""
        settings = self._settings or algorithm.universe_settings
        groups: dict[tuple[str, SecurityType], list[Symbol]] = {}
        for symbol in self._symbols:
            groups.setdefault((symbol.id.market, symbol.security_type), []).append(symbol)
        for (market, kind), members in groups.items():
            code = abs(hash(tuple(str(member.id) for member in members)))
            ticker = f"manual-universe-selection-model-{kind.lean_name}-{market}-{code}"
            symbol = Symbol.create(ticker, kind, market)
            database = algorithm.market_hours_database
            if asset_of(kind).is_custom_data:
                entry = database.set_entry_always_open(market, ticker, kind, TimeZones.NEW_YORK)
            else:
                entry = database.get_entry(market, None, kind)
            config = _configuration(symbol, settings, entry.exchange_hours, entry.data_time_zone, False, False)
            yield ManualUniverse(config, settings, NEVER, members)


class CustomUniverseSelectionModel(UniverseSelectionModel):
    """The tickers that a function of the time returns, once a day.

    `(name, selector)` or `(security_type, name, market, selector, universe_settings, interval)`.
    """

    def __init__(self, *arguments: Any) -> None:
        security_type, market, settings, interval = SecurityType.EQUITY, Market.USA, None, timedelta(days=1)
        if len(arguments) <= 2:
            name, selector = (*arguments, None)[:2]
        else:
            security_type, name, market, selector, settings, interval = arguments
        self._selector: Callable[[datetime], Iterable[str]] | None = selector
        self._settings, self._interval = settings, interval
        self._symbol = Symbol.create(f"{name}-{security_type.lean_name}-{market}", security_type, market)

    def create_universes(self, algorithm: QCAlgorithm) -> Iterator[CustomUniverse]:
        """One universe."""
        settings = self._settings or algorithm.universe_settings
        entry = algorithm.market_hours_database.get_entry(self._symbol.id.market, None, self._symbol.security_type)
        hours, zone = entry.exchange_hours, entry.data_time_zone
        flags = (settings.fill_forward, settings.extended_market_hours)
        config = _configuration(self._symbol, settings, hours, zone, *flags)
        yield CustomUniverse(config, settings, self._interval, lambda time: self.select(algorithm, time))

    def select(self, algorithm: QCAlgorithm, date: datetime) -> Iterable[str]:
        """The tickers at a time (UTC)."""
        if self._selector is None:
            raise ValueError(f"{type(self).__name__} needs a selector, or has to define select")
        return self._selector(date)

    def __str__(self) -> str:
        return self._symbol.value


class InceptionDateUniverseSelectionModel(CustomUniverseSelectionModel):
    """Tickers from the dates on at which they came to the market."""

    def __init__(self, name: str, tickers_by_date: dict[str, Any]) -> None:
        super().__init__(name)
        self._queue = deque(
            (ticker, date if isinstance(date, datetime) else datetime(date.year, date.month, date.day))
            for ticker, date in tickers_by_date.items()
        )
        self._tickers: list[str] = []

    def select(self, algorithm: QCAlgorithm, date: datetime) -> Iterable[str]:
        """The tickers that are on the market."""
        before = len(self._tickers)
        while self._queue and self._queue[0][1] <= date:
            self._tickers.append(self._queue.popleft()[0])
        return self._tickers if len(self._tickers) > before else UNCHANGED
