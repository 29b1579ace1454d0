"""Universes over the fundamental data of US equities.

From `FundamentalUniverseFactory.cs`, `CoarseFundamentalUniverse.cs`, `FineFundamentalFilteredUniverse.cs`,
`FundamentalFilteredUniverse.cs`, `BaseDataCollectionSubscriptionEnumeratorFactory.cs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from leanib.engine.custom import FileFormat, SourcedData, SubscriptionDataSource
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.market import SubscriptionDataConfig
from leanib.engine.market.calendars import ONE_DAY
from leanib.engine.market.universe import BaseDataCollection, Universe, UniverseSettings
from leanib.engine.symbols import Market, Resolution, SecurityType, Symbol
from leanib.engine.timezones import TimeZones
from leanib.engine.universes.func import Selector, to_selection
from leanib.engine.universes.fundamental_data import fundamental_source, of_fields, read_fundamentals

if TYPE_CHECKING:
    from leanib.engine.market.universe.requests import SubscriptionRequest
    from leanib.engine.securities import Security

__all__ = [
    "CoarseFundamentalUniverse",
    "FineFundamentalFilteredUniverse",
    "FundamentalFilteredUniverse",
    "FundamentalUniverse",
    "FundamentalUniverseFactory",
]

_counter = count(1)


class FundamentalUniverse(BaseDataCollection, SourcedData):
    """The fundamental data of all securities on a day."""

    __slots__ = ()

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> SubscriptionDataSource:
        """The file of the day."""
        return fundamental_source(config, date, FileFormat.FOLDING_COLLECTION)

    def reader(self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool) -> Any:
        """One security."""
        fields = line.split(",")
        return of_fields(date, fields) if len(fields) > 4 else None

    def default_resolution(self) -> Resolution:
        """One file a day."""
        return Resolution.DAILY

    def is_sparse_data(self) -> bool:
        """Days without a file are told at the end of the run, not each in the log."""
        return True

    @staticmethod
    def usa(selector: Selector, universe_settings: UniverseSettings | None = None) -> FundamentalUniverseFactory:
        """The universe of US equities that a function of their fundamental data selects."""
        return FundamentalUniverseFactory(Market.USA, universe_settings, selector)

    USA = usa

    @staticmethod
    def universe_symbol(market: str = Market.USA) -> Symbol:
        """A new symbol for a universe."""
        ticker = f"FundamentalUniverse-{market}-{next(_counter):010d}"
        return Symbol.create(ticker, SecurityType.EQUITY, market)


def _configuration(symbol: Symbol) -> SubscriptionDataConfig:
    zone = TimeZones.NEW_YORK
    return SubscriptionDataConfig(
        *(FundamentalUniverse, symbol, Resolution.DAILY, zone, zone, False, False),
        is_internal_feed=True,
        is_filtered_subscription=False,
    )


class FundamentalUniverseFactory(Universe):
    """Selects what a function of the fundamental data of a day returns, at the next midnight."""

    def __init__(self, symbol: str | Symbol, universe_settings: UniverseSettings | None, selector: Selector) -> None:
        if isinstance(symbol, str):
            symbol = FundamentalUniverse.universe_symbol(symbol)
        super().__init__(_configuration(symbol), universe_settings)
        self._selector = selector

    def select_symbols(self, utc_time: datetime, data: BaseDataCollection) -> Iterable[Symbol]:
        """What the function returns."""
        return to_selection(self._selector(data.data))

    def data_points(self, request: SubscriptionRequest) -> Iterator[BaseDataCollection]:
        """The data of each trading day, at the midnight after it."""
        symbol = self.configuration.symbol
        for day in request.tradable_days_in_data_time_zone():
            points = read_fundamentals(day, self.configuration.market)
            yield BaseDataCollection(day + ONE_DAY, day + ONE_DAY, symbol, points)


class CoarseFundamentalUniverse(FundamentalUniverseFactory):
    """Likewise, by LEAN's older name."""

    def __init__(self, *arguments: Any) -> None:
        """`([symbol,] universe_settings, selector)`."""
        *first, settings, selector = arguments
        super().__init__(first[0] if first else Market.USA, settings, selector)


class FundamentalFilteredUniverse(Universe):
    """A universe whose selection is filtered by a function of its fundamental data."""

    def __init__(self, universe: Universe, fundamental_selector: Selector) -> None:
        settings = universe.universe_settings
        if isinstance(universe, CoarseFundamentalUniverse) and settings is not None and settings.asynchronous:
            raise ArgumentException(
                "Asynchronous universe setting is not supported for coarse & fine selections, please use the new "
                "Fundamental single pass selection"
            )
        super().__init__(universe.configuration, settings)
        self._universe = universe
        self.fundamental_universe = FundamentalUniverseFactory(
            Market.USA, universe.universe_settings, fundamental_selector
        )
        self.fundamental_universe.selection_changed.append(
            lambda _sender, event: self._on_selection_changed(dict.fromkeys(event.current_selection))
        )

    @property
    def universe_settings(self) -> UniverseSettings:
        """The settings of the universe that is filtered."""
        return self._settings

    @universe_settings.setter
    def universe_settings(self, value: UniverseSettings) -> None:
        self._settings = value
        if hasattr(self, "_universe") and self._universe.universe_settings is None:
            self._universe.universe_settings = value

    def select_symbols(self, utc_time: datetime, data: BaseDataCollection) -> Iterable[Symbol]:
        """What the universe selects, not filtered yet."""
        return self._universe.select_symbols(utc_time, data)

    def data_points(self, request: SubscriptionRequest) -> Iterable[Any] | None:
        """The universe's data."""
        return self._universe.data_points(request)

    def get_subscription_requests(
        self,
        security: Security,
        current_time_utc: datetime,
        maximum_end_time_utc: datetime,
        subscription_service: object,
    ) -> Iterator[SubscriptionRequest]:
        """The streams that a selected security needs, by the universe's own rules."""
        configs = [
            request.configuration
            for request in self._universe.get_subscription_requests(
                security, current_time_utc, maximum_end_time_utc, subscription_service
            )
        ]
        return self._requests(configs, security, current_time_utc, maximum_end_time_utc)


FineFundamentalFilteredUniverse = FundamentalFilteredUniverse
