"""ETFs, schedules, futures and options (`Algorithm.Framework/Selection/*.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from leanib.engine.framework.selection.base import NEVER, UniverseSelectionModel
from leanib.engine.lean.extensions import Extensions
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.symbols import Market, SecurityType, Symbol, SymbolCache
from leanib.engine.timezones import DateTimeZone, TimeZones
from leanib.errors import NotSupportedError

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

    def create_universes(self, algorithm: Any) -> list[Any]:
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

    def __init__(self, *arguments: Any, settings: Any = None) -> None:
        values = list(arguments)
        self._zone = values.pop(0) if isinstance(values[0], DateTimeZone) else TimeZones.UTC
        self._date_rule, self._time_rule, self._selector, *rest = values
        self._settings = rest[0] if rest else settings

    def create_universes(self, algorithm: Any) -> Iterator[Any]:
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
        universe_settings: Any = None,
    ) -> None:
        self.next_refresh_time_utc = NO_TIME
        self.refresh_interval = refresh_interval
        self._selector = chain_symbol_selector
        self.universe_settings = universe_settings

    def get_next_refresh_time_utc(self) -> datetime:
        """One interval after the last time."""
        return self.next_refresh_time_utc

    def create_universes(self, algorithm: Any) -> Iterable[Any]:
        """Not supported: the embedded engine has no chains of contracts."""
        raise NotSupportedError(
            f"{type(self).__name__}: the embedded engine has no chains of contracts; run this algorithm with "
            "`lean backtest`"
        )

    def filter(self, filter: Any) -> Any:
        """Which contracts to take."""
        return filter


class FutureUniverseSelectionModel(_ChainModel):
    """Contracts of futures."""


class FuturesUniverseSelectionModel(FutureUniverseSelectionModel):
    """Another name of `FutureUniverseSelectionModel`."""


class OptionUniverseSelectionModel(_ChainModel):
    """Contracts of options: define `filter`, and give a function from a UTC time to canonical options."""

    def create_universes(self, algorithm: Any) -> Iterator[Any]:
        """A chain for each underlying, once an interval from the next midnight (UTC) on."""
        self.next_refresh_time_utc = _midnight(algorithm.utc_time + self.refresh_interval)
        underlyings: set[Symbol | None] = set()
        for option in self._selector(algorithm.utc_time):
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
        algorithm: Any,
        future_chain_symbol_selector: Callable[[datetime], Iterable[Symbol]],
        chain_contracts_lookup_limit: int | None = 6,
        results_limit: int | None = 1,
    ) -> None:
        super().__init__(timedelta(days=1), future_chain_symbol_selector)
        self._limits = (chain_contracts_lookup_limit, results_limit)


class OptionChainedUniverseSelectionModel(UniverseSelectionModel):
    """Options on what another universe selects, after each of its selections."""

    def __init__(self, universe: Any, option_filter: Callable[[Any], Any], universe_settings: Any = None) -> None:
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

    def create_universes(self, algorithm: Any) -> Iterator[Any]:
        """A chain for each symbol of the last selection."""
        self._next_refresh_time_utc = NEVER
        for option in self._options:
            yield Extensions.create_option_chain(algorithm, option, self._option_filter, self._universe_settings)
