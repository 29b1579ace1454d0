"""What is subscribed to, and the consolidators on it (`Common/Data/SubscriptionManager.cs`)."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from leanib.engine.consolidators.base import ConsolidatorBase
from leanib.engine.consolidators.market_hours import own_consolidator
from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import RefusedArgument
from leanib.engine.market import QuoteBar, SubscriptionDataConfig, Tick, TradeBar
from leanib.engine.market.base_data import END_OF_TIME, NO_TIME
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Resolution, SecurityType, Symbol, TickType

if TYPE_CHECKING:
    from leanib.engine.core.data_manager import DataManager
    from leanib.engine.market import BaseData
    from leanib.engine.securities import TimeKeeper

__all__ = ["SubscriptionManager", "ends_by_time"]

_ONE_SECOND = timedelta(seconds=1)


class SubscriptionManager(LeanObject):
    """The configurations of the algorithm's data, and when consolidators have to be looked at without new data."""

    def __init__(self, time_keeper: TimeKeeper) -> None:
        self._time_keeper = time_keeper
        self._scans: list[tuple[datetime, int, _ScannedConsolidator]] = []
        self._to_add: list[_ScannedConsolidator] = []
        self._scanned: dict[int, _ScannedConsolidator] = {}
        self._idle_until = NO_TIME  # up to when nobody has been looked at, as no bar was in the making
        self._ids = count()
        self.subscription_data_config_service: DataManager = None  # type: ignore[assignment]  # set by set_data_manager

    def set_data_manager(self, data_manager: DataManager) -> None:
        """Who keeps the configurations."""
        self.subscription_data_config_service = data_manager

    @property
    def subscriptions(self) -> List[SubscriptionDataConfig]:
        """The configurations without those of internal feeds."""
        return List(c for c in self.subscription_data_config_service.subscriptions if not c.is_internal_feed)

    @property
    def next_scan(self) -> datetime:
        """When a consolidator has to be looked at without new data; the end of time if never, long ago if not known."""
        if self._to_add:
            return NO_TIME
        self._note_idle_time()
        return self._scans[0][0] if self._scans else END_OF_TIME

    @property
    def count(self) -> int:
        """How many configurations there are in all."""
        return len(self.subscription_data_config_service.subscriptions)

    def lookup_subscription_config_data_types(
        self, security_type: SecurityType, resolution: Resolution, is_canonical: bool = False
    ) -> list[tuple[type, TickType]]:
        """The classes of data that a security of that type has at a resolution."""
        from leanib.engine.core.data_manager import lookup_subscription_config_data_types

        return lookup_subscription_config_data_types(security_type, resolution, is_canonical)

    def add_consolidator(
        self, symbol: Symbol, consolidator: ConsolidatorBase, tick_type: TickType | None = None
    ) -> None:
        """Feed a consolidator with the first stream of the symbol that it can take.

        Raises:
            UsageError: there is no such stream.
        """
        self._time_keeper.interrupt()
        configs = [config for config in self.subscriptions if config.symbol == symbol]
        if not configs:
            raise RefusedArgument(
                f"Please subscribe to this symbol before adding a consolidator for it. Symbol: {symbol}"
            )
        for config in configs:
            if _is_valid(config, consolidator, tick_type):
                if consolidator in config.consolidators:  # added by hand and again with an indicator
                    return
                config.consolidators.append(consolidator)
                if ends_by_time(consolidator):
                    scanned = _ScannedConsolidator(consolidator, config, self._time_keeper, next(self._ids))
                    self._scanned[id(consolidator)] = scanned
                    self._to_add.append(scanned)
                return
        raise RefusedArgument(_mismatch(configs, consolidator, tick_type))

    def remove_consolidator(self, symbol: Symbol | None, consolidator: Any) -> None:
        """Feed a consolidator no more."""
        self._time_keeper.interrupt()
        for config in self.subscription_data_config_service.get_subscription_data_configs(symbol):
            if consolidator in config.consolidators:
                config.consolidators.remove(consolidator)
        scanned = self._scanned.pop(id(consolidator), None)
        if scanned is not None:
            scanned.dispose()
        if hasattr(consolidator, "dispose"):
            consolidator.dispose()

    def scan_past_consolidators(self, utc_time: datetime, set_date_time: Callable[[datetime], object]) -> None:
        """Let consolidators whose bar ended before a time emit it, each at its own time."""
        if not self._to_add:
            if not self._scans or self._scans[0][0] >= utc_time:
                return
            if self._nothing_works() and not self._time_keeper.has_listeners:
                self._idle_until = utc_time
                return
        self._note_idle_time()
        for scanned in self._to_add:
            scanned.advance()
            heapq.heappush(self._scans, (scanned.scan_time, scanned.id, scanned))
        self._to_add.clear()
        scans, have_skipped = self._scans, self._time_keeper.has_listeners
        while scans and scans[0][0] < utc_time:
            due, _, scanned = scans[0]
            if scanned.disposed:
                heapq.heappop(scans)
                continue
            if not scanned.is_idle:
                have_skipped = self._time_keeper.has_listeners
            elif not have_skipped:
                self._skip_idle(utc_time)
                have_skipped = True
                continue
            if due != self._time_keeper.utc_time:
                set_date_time(due)
            if scanned.scan_time <= due:
                scanned.scan()
            heapq.heapreplace(scans, (scanned.scan_time, scanned.id, scanned))

    def _nothing_works(self) -> bool:
        return all(scanned.is_idle for _, _, scanned in self._scans)

    def _note_idle_time(self) -> None:
        """Leave out what would have been looked at while no bar at all was in the making."""
        if self._idle_until is not NO_TIME:
            for _, _, scanned in self._scans:
                scanned.skip_until(self._idle_until)
            self._idle_until = NO_TIME
            self._arrange([scanned for _, _, scanned in self._scans])

    def _arrange(self, known: list[_ScannedConsolidator]) -> None:
        self._scans[:] = [(scanned.scan_time, scanned.id, scanned) for scanned in known]
        heapq.heapify(self._scans)

    def _skip_idle(self, utc_time: datetime) -> None:
        """Leave out the looks that find nothing: until one that may emit a bar is looked at, nobody can change that."""
        known = [scanned for _, _, scanned in self._scans if not scanned.disposed]
        limit = min((scanned.scan_time for scanned in known if not scanned.is_idle), default=utc_time)
        for scanned in known:
            if scanned.is_idle:
                scanned.skip_until(min(limit, utc_time))
        self._arrange(known)


class _ScannedConsolidator:
    """A consolidator and when it has to be looked at next (`Common/Data/ConsolidatorWrapper.cs`)."""

    def __init__(
        self, consolidator: ConsolidatorBase, config: SubscriptionDataConfig, time_keeper: TimeKeeper, id: int
    ) -> None:
        self.id = id
        self.disposed = False
        self.scan_time = NO_TIME
        self._consolidator = consolidator
        self._own = own_consolidator(consolidator)
        self._zone = config.exchange_time_zone
        self._minimum = max(config.increment, _ONE_SECOND)
        self._time_keeper = time_keeper
        self._local_time_keeper = time_keeper.get_local_time_keeper(self._zone)
        self._span: timedelta | None = None
        self._handler: Callable[[Any, Any], None] = lambda _sender, bar: self._after(bar)
        consolidator.data_consolidated += self._handler

    @property
    def is_idle(self) -> bool:
        """Whether a look finds nothing, as no bar is in the making."""
        return self._own is not None and not self._own.has_working_bar

    def skip_until(self, time: datetime) -> None:
        """The first look from a time on, when those before it find nothing."""
        if self.scan_time < time:
            step = self._span or self._minimum
            self.scan_time += -((self.scan_time - time) // step) * step

    def scan(self) -> None:
        self._consolidator.scan(self._local_time_keeper.local_time)
        self.advance()

    def dispose(self) -> None:
        self.disposed = True
        self._consolidator.data_consolidated -= self._handler

    def _after(self, bar: BaseData) -> None:
        if self._span is None:
            self._span = max(bar.end_time - bar.time, self._minimum)
        self.scan_time = self._zone.to_utc(bar.end_time) + self._span

    def advance(self) -> None:
        now = self._time_keeper.utc_time
        if self.scan_time > now:
            return
        if self._span is not None:
            self.scan_time = now + self._span
            return
        self.scan_time = now + self._minimum
        working = getattr(self._consolidator, "working_data", None)  # a copy: only made where it is needed
        if working is not None:
            end = self._zone.to_utc(working.end_time)
            if end > now:
                self.scan_time = end


def ends_by_time(consolidator: ConsolidatorBase) -> bool:
    """Whether the time alone may end its bars: then it has a `scan` of its own."""
    scan = getattr(consolidator, "scan", None)
    return getattr(scan, "__func__", None) is not ConsolidatorBase.scan


def _is_valid(config: SubscriptionDataConfig, consolidator: ConsolidatorBase, tick_type: TickType | None) -> bool:
    if not issubclass(config.type, consolidator.input_type):
        return False
    if config.type is not Tick:
        return True
    if tick_type is not None:
        return config.tick_type is tick_type
    output = consolidator.output_type
    if output not in (TradeBar, QuoteBar, Tick):
        return True
    return config.tick_type is (TickType.TRADE if output is TradeBar else TickType.QUOTE)


def _mismatch(configs: list[SubscriptionDataConfig], consolidator: ConsolidatorBase, tick_type: TickType | None) -> str:
    if tick_type is not None and all(config.tick_type is not tick_type for config in configs):
        available = ", ".join(config.tick_type.lean_name for config in configs)
        return (
            f"No subscription with the requested Tick Type {tick_type.lean_name} was found. Available "
            f"Tick Types: {available}"
        )
    supported = ",".join(config.type.__name__ for config in configs)
    return (
        f"Type mismatch found between consolidator and symbol. Symbol: {configs[0].symbol.value} does not support "
        f"input type: {consolidator.input_type.__name__}. Supported types: {supported}."
    )
