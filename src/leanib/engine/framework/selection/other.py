"""ETFs, schedules, futures and options (`Algorithm.Framework/Selection/*.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.selection.base import NEVER, UniverseSelectionModel
from leanib.engine.lean.extensions import Extensions
from leanib.engine.market import Tick
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import get_start_time_for_trade_bars
from leanib.engine.market.history_request import HistoryRequest
from leanib.engine.symbols import (
    DataNormalizationMode,
    Market,
    Resolution,
    SecurityType,
    Symbol,
    SymbolCache,
    TickType,
)
from leanib.engine.timezones import DateTimeZone, TimeZones

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.derivatives.filters.base import ContractSecurityFilterUniverse
    from leanib.engine.exchanges import MarketHoursEntry
    from leanib.engine.market.universe import Universe, UniverseSettings

__all__ = [
    "ETFConstituentsUniverseSelectionModel",
    "FutureUniverseSelectionModel",
    "FuturesUniverseSelectionModel",
    "OpenInterestFutureUniverseSelectionModel",
    "OptionChainedUniverseSelectionModel",
    "OptionUniverseSelectionModel",
    "ScheduledUniverseSelectionModel",
]


class ETFConstituentsUniverseSelectionModel(UniverseSelectionModel):
    """What an ETF holds, filtered."""

    def __init__(self, etf_symbol: str | Symbol, *arguments: Any, **named: Any) -> None:
        """`(etf, universe_settings=None, universe_filter_func=None)`, the settings may be left out."""
        values = [*arguments, *named.values()]
        self.universe_filter_function: Callable[[Any], Any] | None = next(filter(callable, values), None)
        self.universe_settings = next((v for v in values if v is not None and not callable(v)), None)
        self.etf_symbol = _equity(etf_symbol) if isinstance(etf_symbol, str) else etf_symbol
        self._universe: Any = None

    def create_universes(self, algorithm: QCAlgorithm) -> list[Any]:
        """The same universe each time."""
        if self._universe is None:
            self._universe = algorithm.universe.etf(
                self.etf_symbol, self.universe_settings, self.universe_filter_function
            )
        return [self._universe]


def _equity(ticker: str) -> Symbol:
    known = SymbolCache.try_get_symbol(ticker)
    if known is not None and known.asset.is_share:
        return known
    return Symbol.create(ticker, SecurityType.EQUITY, Market.USA)


class ScheduledUniverseSelectionModel(UniverseSelectionModel):
    """Selects at given times: `([time_zone,] date_rule, time_rule, selector, settings=None)`."""

    def __init__(self, *arguments: Any, settings: UniverseSettings | None = None) -> None:
        values = list(arguments)
        self._zone = values.pop(0) if isinstance(values[0], DateTimeZone) else TimeZones.UTC
        self._date_rule, self._time_rule, self._selector, *rest = values
        self._settings = rest[0] if rest else settings

    def create_universes(self, algorithm: QCAlgorithm) -> Iterator[Any]:
        """One universe."""
        from leanib.engine.universes import ScheduledUniverse

        settings = self._settings or algorithm.universe_settings
        yield ScheduledUniverse(self._zone, self._date_rule, self._time_rule, self._selector, settings=settings)


class _ChainModel(UniverseSelectionModel):
    """Makes a universe of contracts for each symbol that a function of the time returns."""

    def __init__(
        self,
        refresh_interval: timedelta,
        chain_symbol_selector: Callable[[datetime], Iterable[Symbol]],
        universe_settings: UniverseSettings | None = None,
    ) -> None:
        self.next_refresh_time_utc = NO_TIME
        self.refresh_interval = refresh_interval
        self._selector = chain_symbol_selector
        self.universe_settings = universe_settings

    def get_next_refresh_time_utc(self) -> datetime:
        """One interval after the last time."""
        return self.next_refresh_time_utc

    def filter(self, filter: ContractSecurityFilterUniverse) -> Any:
        """Which contracts to take."""
        return filter


class FutureUniverseSelectionModel(_ChainModel):
    """Continuous futures, and the contracts of their chains that the filter wants."""

    def create_universes(self, algorithm: QCAlgorithm) -> Iterator[Any]:
        """Two a future: what it stands for, and its chain."""
        self.next_refresh_time_utc = base_of(algorithm).utc_time + self.refresh_interval
        for symbol in dict.fromkeys(self._selector(base_of(algorithm).utc_time)):
            if not symbol.asset.has_continuous_contract:
                raise ValueError("futureChainSymbolSelector must return future symbols.")
            yield from Extensions.create_future_chain(algorithm, symbol, self.filter, self.universe_settings)


class FuturesUniverseSelectionModel(FutureUniverseSelectionModel):
    """Another name of `FutureUniverseSelectionModel`."""


class OptionUniverseSelectionModel(_ChainModel):
    """Contracts of options: define `filter`, and give a function from a UTC time to canonical options."""

    def create_universes(self, algorithm: QCAlgorithm) -> Iterator[Any]:
        """A chain for each underlying, once an interval from the next midnight (UTC) on."""
        self.next_refresh_time_utc = _midnight(base_of(algorithm).utc_time + self.refresh_interval)
        underlyings: set[Symbol | None] = set()
        for option in self._selector(base_of(algorithm).utc_time):
            if not option.asset.is_option:
                raise ValueError(
                    "optionChainSymbolSelector must return option, index options, or futures options symbols."
                )
            if option.underlying not in underlyings:
                underlyings.add(option.underlying)
                yield Extensions.create_option_chain(algorithm, option, self.filter, self.universe_settings)


def _midnight(time: datetime) -> datetime:
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


class OpenInterestFutureUniverseSelectionModel(FutureUniverseSelectionModel):
    """The contracts of futures with the most open interest."""

    def __init__(
        self,
        algorithm: QCAlgorithm,
        future_chain_symbol_selector: Callable[[datetime], Iterable[Symbol]],
        chain_contracts_lookup_limit: int | None = 6,
        results_limit: int | None = 1,
    ) -> None:
        super().__init__(timedelta(days=1), future_chain_symbol_selector)
        self._algorithm = algorithm
        self._looked_up, self._results = chain_contracts_lookup_limit, results_limit

    def filter(self, filter: ContractSecurityFilterUniverse) -> Any:
        """Those with the most open interest, of the ones that expire first."""
        return filter.contracts(self.filter_by_open_interest(dict.fromkeys(filter.all_symbols)))

    def filter_by_open_interest(self, contracts: Iterable[Symbol]) -> list[Symbol]:
        """The same of any contracts: most open interest first, then the first expiry."""
        symbols = list(contracts)
        if self._looked_up is not None:
            symbols = sorted(symbols, key=_expiry)[: self._looked_up]
        interest = self._open_interest(symbols)
        if not interest:
            base_of(self._algorithm).error(
                "OpenInterestFutureUniverseSelectionModel.FilterByOpenInterest: Failed to get historical open "
                "interest, no symbol will be selected."
            )
        chosen = sorted(interest, key=lambda symbol: (-interest[symbol], _expiry(symbol)))
        return chosen if self._results is None else chosen[: self._results]

    def _open_interest(self, symbols: list[Symbol]) -> dict[Symbol, float]:
        """What each of them had first in the last trading day's ticks."""
        algorithm, found = self._algorithm, dict[Symbol, float]()
        groups: dict[int, tuple[Any, list[Symbol]]] = {}
        for symbol in symbols:
            entry = algorithm.market_hours_database.get_entry(symbol.id.market, symbol, symbol.security_type)
            groups.setdefault(id(entry), (entry, []))[1].append(symbol)
        for entry, members in groups.values():
            requests = [_request_for_interest(base_of(algorithm).utc_time, symbol, entry) for symbol in members]
            for each in algorithm.history_provider.get_history(requests, entry.exchange_hours.time_zone):
                for symbol, ticks in each.ticks.items():
                    found.setdefault(symbol, ticks[-1].value)
        return found


def _expiry(symbol: Symbol) -> datetime:
    return symbol.id.date


def _request_for_interest(now: datetime, symbol: Symbol, entry: MarketHoursEntry) -> HistoryRequest:
    hours = entry.exchange_hours
    # LEAN takes the exchange's time of a day before for UTC.
    start = get_start_time_for_trade_bars(
        hours, hours.time_zone.to_local(now), timedelta(days=1), 1, True, entry.data_time_zone, False
    )
    return HistoryRequest(
        *(start, now, Tick, symbol, Resolution.TICK, hours, hours.time_zone, None, True, False),
        *(DataNormalizationMode.RAW, TickType.OPEN_INTEREST),
    )


class OptionChainedUniverseSelectionModel(UniverseSelectionModel):
    """Options on what another universe selects, after each of its selections."""

    def __init__(
        self, universe: Universe, option_filter: Callable[[Any], Any], universe_settings: UniverseSettings | None = None
    ) -> None:
        self._option_filter, self._universe_settings = option_filter, universe_settings
        self._next_refresh_time_utc = NEVER
        self._options: list[Symbol] = []
        universe.selection_changed.append(lambda _universe, event: self._take(event.current_selection))

    def _take(self, selection: Iterable[Symbol]) -> None:
        self._next_refresh_time_utc = NO_TIME
        self._options = [Symbol.create_canonical_option(symbol) for symbol in selection]

    def get_next_refresh_time_utc(self) -> datetime:
        """At once after a selection."""
        return self._next_refresh_time_utc

    def create_universes(self, algorithm: QCAlgorithm) -> Iterator[Any]:
        """A chain for each symbol of the last selection."""
        self._next_refresh_time_utc = NEVER
        for option in self._options:
            yield Extensions.create_option_chain(algorithm, option, self._option_filter, self._universe_settings)
