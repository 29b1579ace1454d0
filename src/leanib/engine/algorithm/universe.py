"""Universes, and what happens to securities at the end of a time step (`Algorithm/QCAlgorithm.Universe.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.data import UserDefinedChange
from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.algorithm.universe_definitions import UniverseDefinitions
from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import ArgumentException, InvalidOperationException
from leanib.engine.market.universe import SecurityChanges, Universe, UniverseManager, UniverseSettings
from leanib.engine.naming import also_named
from leanib.engine.symbols import Symbol
from leanib.engine.universes.factory import make_universe
from leanib.engine.universes.fundamental_data import Fundamental

if TYPE_CHECKING:
    from leanib.engine.algorithm.arguments import UniverseArgument
    from leanib.engine.derivatives.filters import OptionFilterUniverse
    from leanib.engine.securities import Security, SecurityManager, SecurityPortfolioManager

__all__ = ["UniverseMethods"]


class UniverseMethods(AlgorithmPart):
    """The part of QCAlgorithm that chooses securities."""

    if TYPE_CHECKING:
        securities: SecurityManager
        portfolio: SecurityPortfolioManager
        universe_manager: UniverseManager
        universe_settings: UniverseSettings
        _qc_user_defined_changes: list[UserDefinedChange]
        add_security: Any
        add_universe_selection: Any
        get_last_known_prices: Any
        _qc_prepare_underlyings: Any
        _qc_tell_of_raw: Any

        @property
        def time(self) -> datetime:
            """Now, in the algorithm's time zone."""

    def _qc_init_universe(self) -> None:
        self.universe = UniverseDefinitions(self)
        self._qc_pending_universes = False
        self._qc_warned_of_coarse_and_fine = False

    def add_universe(self, *arguments: UniverseArgument, **options: UniverseArgument) -> Any:
        """Add a universe, or make one.

        `add_universe(universe)`; `add_universe(universe, fundamental_filter)`; `add_universe([date_rule,] selector)`
        over the fundamental data of US equities; `add_universe(coarse_selector, fine_selector)`; `add_universe(type,
        [name, resolution, market, universe_settings,] selector)` over custom data; `add_universe(name, [resolution,]
        selector)` whose selector gets a time and returns tickers.
        """
        if len(arguments) == 2 and all(map(callable, arguments)) and not isinstance(arguments[0], Universe | type):
            self._qc_warn_of_coarse_and_fine()
        universe = make_universe(self._qc_base, arguments, options)
        if isinstance(universe, list):
            return [self._qc_take_universe(each) for each in universe]
        return self._qc_take_universe(universe)

    def _qc_warn_of_coarse_and_fine(self) -> None:
        if not self._qc_warned_of_coarse_and_fine:
            self._qc_warned_of_coarse_and_fine = True
            self._qc_base.debug(
                "Warning: AddUniverse(coarseSelector, fineSelector) is obsolete, please use "
                "AddUniverse(Func<IEnumerable<Fundamental>, IEnumerable<Symbol>> selector) instead."
            )

    def _qc_take_universe(self, universe: Universe) -> Universe:
        if universe.universe_settings is None:
            universe.universe_settings = self.universe_settings
        self.time_keeper.interrupt()
        self._qc_pending_universes = True
        self.universe_manager.add(universe)
        return universe

    @also_named(symbols="symbol")
    def fundamentals(self, symbol: Symbol | Iterable[Symbol]) -> Any:
        """The fundamental data of the day before: of a symbol, or a list of those of several."""
        if isinstance(symbol, Symbol):
            return Fundamental.for_date(self._qc_base.time, symbol)
        return List(Fundamental.for_date(self._qc_base.time, each) for each in symbol)

    @also_named(underlying_symbol="universe")
    def add_universe_options(
        self, universe: Universe | Symbol, option_filter: Callable[[OptionFilterUniverse], object] | None = None
    ) -> None:
        """Options on what a universe selects, or on a security by its symbol, filtered by a function."""
        from leanib.engine.framework.selection import OptionChainedUniverseSelectionModel

        if isinstance(universe, Symbol):
            universe = self._qc_universe_of(universe)
        if not isinstance(universe, Universe):
            raise ArgumentException(f"add_universe_options: {universe!r} is neither a universe nor a symbol.")
        model = OptionChainedUniverseSelectionModel(universe, option_filter or (lambda all_: all_))
        self._qc_base.add_universe_selection(model)

    def _qc_universe_of(self, symbol: Symbol) -> Universe:
        found = self.universe_manager.get(symbol)
        if found is None:
            symbol = self._qc_base.add_security(symbol).symbol
            found = self.universe_manager.get(symbol)
        if found is None:
            raise InvalidOperationException(f"Universe not found for underlying Symbol: {symbol}.")
        return found  # type: ignore[no-any-return]

    def remove_universe(self, universe: Universe | Any) -> bool:
        """Remove a universe and what it selected; False when it is not there."""
        return self.universe_manager.remove(getattr(universe, "symbol", universe))

    def on_end_of_time_step(self) -> None:
        """What was added and removed by hand in this time step takes effect; so do new universes."""
        if not self._qc_user_defined_changes and not self._qc_pending_universes:
            return
        self._qc_prepare_underlyings()
        changes, self._qc_user_defined_changes = self._qc_user_defined_changes, []
        for change in changes:
            if change.configs is None:
                if change.universe.remove(change.security.symbol):
                    self.universe_manager.update(change.universe, "replace")
            elif sum(change.universe.add(config) for config in change.configs):
                self.universe_manager.update(change.universe, "add")
        self.universe_manager.process_changes()
        self._qc_pending_universes = False
        self._qc_tell_of_raw()

    def process_security_changes(self, changes: SecurityChanges) -> None:
        """New securities join; those that no universe has any more are not traded."""
        for security in changes.added_securities:
            self.securities.add(security)
        for security in changes.removed_securities:
            if not self.universe_manager.is_active(security.symbol):
                security.reset()

    def seed_securities(self, securities: Iterable[Security]) -> None:
        """Give the securities that have no price their last known ones."""
        missing = [security for security in securities if security.price == 0]
        if not missing:
            return
        known = self._qc_base.get_last_known_prices([security.symbol for security in missing])
        for security in missing:
            for point in known.get(security.symbol, ()):
                security.set_market_price(point)

    def seed_currency_conversion_rates(self) -> None:
        """Give the currencies that have no rate the last known one."""
        cashes = [
            cash
            for cash in self.portfolio.cash_book.values()
            if cash.currency_conversion is not None and cash.conversion_rate_decimal == 0
        ]
        securities = [s for cash in cashes for s in cash.currency_conversion.conversion_rate_securities]
        self._qc_base.seed_securities(dict.fromkeys(securities))
        for cash in cashes:
            cash.update()
