"""Applies what universes select: securities come and go (`Engine/DataFeeds/UniverseSelection.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.core.currency_feeds import CurrencyFeeds
from leanib.engine.core.data_manager import DataManager, lookup_subscription_config_data_types
from leanib.engine.core.pending_removals import PendingRemovals
from leanib.engine.dotnet.collections import List
from leanib.engine.market import BaseData
from leanib.engine.market.calendars import ONE_DAY, get_start_time_for_trade_bars, use_strict_end_time
from leanib.engine.market.universe import (
    BaseDataCollection,
    SecurityChanges,
    SecurityChangesConstructor,
    Universe,
    UniverseSettings,
)
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.market.universe.universe import SymbolSet, UnchangedUniverse
from leanib.engine.symbols import Resolution, Symbol, TickType
from leanib.engine.timezones import TimeZones
from leanib.engine.universes.fundamental import FundamentalFilteredUniverse
from leanib.engine.universes.fundamental_data import Fundamental

if TYPE_CHECKING:
    from leanib.engine.core.parts import StrategyParts
    from leanib.engine.securities import Security

__all__ = ["UniverseSelection"]


class UniverseSelection:
    """Turns selections into subscriptions and security changes."""

    def __init__(self, algorithm: StrategyParts, data_manager: DataManager) -> None:
        self._algorithm = algorithm
        self._data_manager = data_manager
        self._pending_removals = PendingRemovals(algorithm.transactions)
        self._currencies = CurrencyFeeds(algorithm)
        self._changes = SecurityChangesConstructor()
        self._benchmark_added = False
        self._told_of_missing_fundamentals = False
        self._created_at: datetime | None = None
        self._created: dict[Symbol, Security] = {}

    def apply_universe_selection(
        self, universe: Universe, utc_time: datetime, universe_data: BaseDataCollection
    ) -> SecurityChanges:
        """Let a universe select; the securities that came and went."""
        algorithm = self._algorithm
        end = algorithm.time_zone.to_utc(algorithm.end_date)
        if utc_time > end:
            return SecurityChanges.NONE
        result = self._select(universe, utc_time, universe_data)
        unchanged = isinstance(result, UnchangedUniverse)
        if not unchanged:
            universe.selected = SymbolSet(dict.fromkeys(result))
        self._remove(self._pending_removals.check(universe.selected, universe), utc_time, end)
        if unchanged:
            return SecurityChanges.NONE
        self._drop_deselected(universe, utc_time, end)
        self._add_selected(universe, utc_time, end)
        changes = self._changes.flush()
        if changes.added_securities:
            self.ensure_currency_data_feeds(changes)
        if algorithm.settings.seed_initial_prices and changes.added_securities:
            algorithm.seed_securities(changes.added_securities)
        return changes

    def _select(self, universe: Universe, utc_time: datetime, universe_data: BaseDataCollection) -> Iterable[Symbol]:
        """What a universe selects, filtered by fundamental data if it says so."""
        if universe.dispose_requested or not isinstance(universe, FundamentalFilteredUniverse):
            return universe.perform_selection(utc_time, universe_data)
        selected = universe.select_symbols(utc_time, universe_data)
        if isinstance(selected, UnchangedUniverse):
            return selected
        chosen = dict.fromkeys(selected)
        data = universe_data.data
        if data and isinstance(data[0], Fundamental):
            known = [point for point in data if chosen.pop(point.symbol, self) is not self]
            universe_data.data = List(point for point in known if point.has_fundamental_data)
            if len(universe_data.data) < len(known):
                self._note_missing_fundamentals()
        else:
            day = TimeZones.NEW_YORK.to_local(utc_time)
            universe_data.data = List(Fundamental(day, symbol) for symbol in chosen)
        return universe.fundamental_universe.perform_selection(utc_time, BaseDataCollection(data=universe_data.data))

    def _note_missing_fundamentals(self) -> None:
        if not self._told_of_missing_fundamentals:
            self._told_of_missing_fundamentals = True
            self._algorithm.debug(
                "Note: Your coarse selection filter was updated to exclude symbols without fine fundamental data. Make "
                "sure your coarse filter excludes symbols where HasFundamental is false."
            )

    def _drop_deselected(self, universe: Universe, utc_time: datetime, end: datetime) -> None:
        members = sorted(
            universe.securities.values(),
            key=lambda member: (int(member.security.symbol.security_type), member.security.symbol.id),
        )
        for member in members:
            security = member.security
            if security.symbol in universe.selected or not universe.can_remove_member(utc_time, security):
                continue
            if not security.is_delisted and not self._pending_removals.is_pending(security, member.is_internal):
                self._changes.remove(security, member.is_internal)
            self._remove(self._pending_removals.try_remove(member, universe), utc_time, end)

    def _add_selected(self, universe: Universe, utc_time: datetime, end: datetime) -> None:
        if self._created_at != utc_time:
            self._created_at, self._created = utc_time, {}
        for symbol in list(universe.selected):
            if symbol not in universe.securities:
                self._add_symbol(universe, symbol, utc_time, end)

    def _add_symbol(self, universe: Universe, symbol: Symbol, utc_time: datetime, end: datetime) -> None:
        underlying = None
        if symbol.underlying is not None:
            underlying = self._get_or_create(symbol.underlying, universe.universe_settings)
        security = self._get_or_create(symbol, universe.universe_settings, underlying)
        subscribed = is_new = False
        internal = True
        for request in universe.get_subscription_requests(security, utc_time, end, self._data_manager):
            config = request.configuration
            if not request.has_tradable_days():
                self._data_manager.remove_subscription(config, universe)
                continue
            if security.symbol == config.symbol and config not in security.subscriptions:
                security.add_data(config)
            replaced = self._currencies.feed_replaced_by(config.symbol)
            if replaced is not None:
                self._data_manager.remove_subscription(replaced)
            is_new = self._data_manager.add_subscription(request)
            if not request.is_universe_subscription:
                subscribed = True
                internal &= config.is_internal_feed
        if subscribed and universe.add_member(utc_time, security, internal) and is_new:
            self._changes.add(security, internal)

    def _get_or_create(
        self, symbol: Symbol, settings: UniverseSettings, underlying: Security | None = None
    ) -> Security:
        security = self._created.get(symbol)
        if security is None:
            security = self._created[symbol] = self._algorithm.securities.create_security(
                symbol,
                [],
                settings.leverage,
                symbol.asset.is_option,
                underlying=underlying,
                seed_security=False,
            )
        return security

    def _remove(self, removed: Iterable[tuple[Universe, Security]], utc_time: datetime, end: datetime) -> None:
        algorithm = self._algorithm
        for universe, security in removed:
            universe.remove_member(utc_time, security)
            is_active = algorithm.universe_manager.is_active(security.symbol)
            for request in universe.get_subscription_requests(security, utc_time, end, self._data_manager):
                gone = self._data_manager.remove_subscription(request.configuration, universe)
                if gone and not is_active:
                    security.reset()
                    security.cache.reset()
                    algorithm.securities.remove(security.symbol)

    def handle_delisting(self, point: BaseData, is_internal_feed: bool) -> SecurityChanges:
        """A security is delisted: it leaves the algorithm."""
        security = self._algorithm.securities.get(point.symbol)
        if security is None:
            return SecurityChanges.NONE
        if security.invested:
            # The day's last sample comes after this, and is of the position still held: LEAN knows its value by then.
            _ = self._algorithm.portfolio.total_portfolio_value_decimal
        security.is_delisted = True
        security.reset()
        self._algorithm.securities.remove(point.symbol)
        if self._pending_removals.is_pending(security, is_internal_feed):
            return SecurityChanges.NONE
        self._changes.remove(security, is_internal_feed)
        return self._changes.flush()

    # --- internal feeds ------------------------------------------------------------------------------------------

    def ensure_currency_data_feeds(self, changes: SecurityChanges, seed_new_currencies: bool = True) -> None:
        """Every currency of the cash book gets its conversion rate."""
        if self._currencies.ensure(changes) and seed_new_currencies:
            self._algorithm.seed_currency_conversion_rates()

    def add_pending_internal_data_feeds(self, utc_start: datetime) -> bool:
        """Start missing streams of the benchmark and of currency conversion; says whether there are new ones."""
        if self._benchmark_added and not self._currencies.has_pending():
            return False
        added = False
        if not self._benchmark_added:
            self._benchmark_added = True
            security = getattr(self._algorithm.benchmark, "security", None)
            if security is not None:
                added = self._add_benchmark(security, utc_start)
        algorithm = self._algorithm
        for config in self._currencies.pending():
            security = algorithm.securities[config.symbol]
            end = algorithm.time_zone.to_utc(algorithm.end_date)
            added |= self._data_manager.add_subscription(
                SubscriptionRequest(False, None, security, config, utc_start, end)
            )
        return added

    def _add_benchmark(self, security: Security, utc_start: datetime) -> bool:
        algorithm, symbol, hours = self._algorithm, security.symbol, security.exchange.hours
        kind, is_custom = self._benchmark_type(symbol)
        resolution = Resolution.MINUTE if algorithm.live_mode else Resolution.HOUR
        if is_custom:
            supported = kind[0]().supported_resolutions()
            resolution = resolution if resolution in supported else max(supported)
        config = self._data_manager.add(
            symbol,
            resolution,
            fill_forward=False,
            is_internal_feed=True,
            is_custom_data=is_custom,
            subscription_data_types=[kind],
        )[0]
        zone = hours.time_zone
        strict = use_strict_end_time(bool(algorithm.settings.daily_precise_end_time), symbol, ONE_DAY, hours)
        # From the bar before, so that the benchmark never has price 0.
        start = get_start_time_for_trade_bars(
            hours, zone.to_local(utc_start), ONE_DAY, 1, False, config.data_time_zone, strict
        )
        end = algorithm.time_zone.to_utc(algorithm.end_date)
        return self._data_manager.add_subscription(
            SubscriptionRequest(False, None, security, config, zone.to_utc(start), end)
        )

    def _benchmark_type(self, symbol: Symbol) -> tuple[tuple[Any, TickType], bool]:
        if symbol.asset.is_custom_data:
            configs = self._data_manager.get_subscription_data_configs(symbol)
            if configs:
                return (configs[0].type, TickType.TRADE), True
        return lookup_subscription_config_data_types(symbol.security_type, Resolution.HOUR)[0], False
