"""What one time step brings, sorted by who needs it (`Engine/DataFeeds/TimeSlice.cs`, `TimeSliceFactory.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from leanib.engine.core.slice_chains import SliceChains
from leanib.engine.feeds.subscription import Subscription
from leanib.engine.market import BaseData, Delisting, Delistings, MarketDataType, Slice, SubscriptionDataConfig
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.universe import BaseDataCollection, SecurityChanges, Universe
from leanib.engine.timezones import DateTimeZone

if TYPE_CHECKING:
    from leanib.engine.securities import Security
    from leanib.engine.symbols import Symbol

__all__ = ["Packet", "TimeSlice", "TimeSliceFactory", "Update"]

Packet = tuple[Subscription, list[BaseData]]
"""A stream and its points of one time step."""

Update = tuple["Security", SubscriptionDataConfig, list[BaseData], bool]
"""A security, a stream of it, the stream's points that are prices, and whether any is filled forward."""

_AUXILIARY = MarketDataType.AUXILIARY
_TICK = MarketDataType.TICK
_NO_DELISTINGS = Delistings()
_NO_UNIVERSES: dict[Universe, BaseDataCollection] = {}


class TimeSlice:
    """One time step: `time` (UTC), the algorithm's slice, updates for securities and consolidators, changes."""

    __slots__ = (
        "auxiliary",
        "data_point_count",
        "is_time_pulse",
        "security_changes",
        "slice",
        "time",
        "universe_data",
        "updates",
    )

    def __init__(
        self,
        time: datetime,
        data_point_count: int,
        slice: Slice,
        updates: list[Update],
        auxiliary: list[tuple[Security, SubscriptionDataConfig, BaseData]],
        security_changes: SecurityChanges,
        universe_data: dict[Universe, BaseDataCollection],
        is_time_pulse: bool = False,
    ) -> None:
        self.time = time
        self.data_point_count = data_point_count
        self.slice = slice
        self.updates = updates
        self.auxiliary = auxiliary
        self.security_changes = security_changes
        self.universe_data = universe_data
        self.is_time_pulse = is_time_pulse


class TimeSliceFactory:
    """Makes time slices for an algorithm that lives in a time zone."""

    def __init__(
        self, time_zone: DateTimeZone, find_security: Callable[[Symbol], Security | None] | None = None
    ) -> None:
        self._to_local = time_zone.to_local
        self._make_chains = None if find_security is None else SliceChains(find_security).make
        self._no_slice = Slice(NO_TIME, [], NO_TIME)

    def create_time_pulse(self, utc_time: datetime) -> TimeSlice:
        """A step without data, that only advances the time."""
        return TimeSlice(utc_time, 0, self._no_slice, [], [], SecurityChanges.NONE, _NO_UNIVERSES, True)

    def create(
        self,
        utc_time: datetime,
        packets: Sequence[Packet],
        changes: SecurityChanges,
        universe_data: dict[Universe, BaseDataCollection],
    ) -> TimeSlice:
        """The step of all streams' points."""
        count = sum(len(collection.data) for collection in universe_data.values()) if universe_data else 0
        points: list[BaseData] = []
        updates: list[Update] = []
        auxiliary: list[tuple[Security, SubscriptionDataConfig, BaseData]] = []
        internal: list[BaseData] = []
        priced: set[Security] = set()
        for subscription, data in packets:
            if subscription.removed_from_universe:
                continue
            first, size = data[0], len(data)
            count += len(first.data) if size == 1 and type(first) is BaseDataCollection else size
            config = subscription.configuration
            if not config.is_internal_feed:
                points += data
            elif config.symbol.asset.has_contracts:
                internal += data
            if config.symbol.asset.is_option and not _has_underlying_price(subscription.security, updates, priced):
                continue
            if size == 1 and first.data_type is not _AUXILIARY and first.data_type is not _TICK:
                updates.append((subscription.security, config, data, first.is_fill_forward))
            else:
                _sort_out(subscription, data, updates, auxiliary)
        made = Slice(self._to_local(utc_time), points, utc_time, bool(points), bool(auxiliary))
        made.chain_maker, made.internal_data = self._make_chains, internal
        if not auxiliary:
            made.delistings = _NO_DELISTINGS  # what the transaction handler asks for in every step
        else:
            for _, config, point in auxiliary:
                if config.is_internal_feed:
                    made.delistings[point.symbol] = point  # type: ignore[assignment]
        return TimeSlice(utc_time, count, made, updates, auxiliary, changes, universe_data)


def _has_underlying_price(option: Security, updates: list[Update], priced: set[Security]) -> bool:
    """Whether what an option is on has had data: without, the option's are not used. `priced` have had some."""
    underlying = getattr(option, "underlying", None)
    if underlying is None or underlying in priced:
        return underlying is not None
    if not underlying.has_data and not any(security is underlying for security, *_ in updates):
        return False
    priced.add(underlying)
    return True


def _sort_out(
    subscription: Subscription,
    data: list[BaseData],
    updates: list[Update],
    auxiliary: list[tuple[Security, SubscriptionDataConfig, BaseData]],
) -> None:
    """Auxiliary data apart; suspicious ticks are for nobody but the slice."""
    config, security = subscription.configuration, subscription.security
    prices = []
    filled = False
    for point in data:
        filled |= point.is_fill_forward
        if point.data_type is _AUXILIARY:
            if isinstance(point, Delisting) or not config.is_internal_feed:
                auxiliary.append((security, config, point))
        elif not getattr(point, "suspicious", False):
            prices.append(point)
    if prices:
        updates.append((security, config, prices, filled))
