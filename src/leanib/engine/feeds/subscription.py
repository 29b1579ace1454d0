"""One running stream of data, and all of them (`Engine/DataFeeds/Subscription.cs`, `SubscriptionCollection.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.market import BaseData, SubscriptionDataConfig
from leanib.engine.market.base_data import END_OF_TIME
from leanib.engine.market.universe import Universe
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.symbols import Resolution

if TYPE_CHECKING:
    from leanib.engine.securities import Security

__all__ = ["Subscription", "SubscriptionCollection", "TimedPoint"]

TimedPoint = tuple[datetime, BaseData]
"""When a data point is emitted (UTC), and the data point."""

_ONE_MINUTE = timedelta(minutes=1)


class Subscription:
    """A stream and where it stands: `current` is the next point to emit, at `emit_time` (UTC)."""

    __slots__ = (
        "_next",
        "configuration",
        "current",
        "emit_time",
        "end_of_stream",
        "is_universe_selection_subscription",
        "removed_from_universe",
        "requests",
        "security",
        "universe",
        "utc_end_time",
        "utc_start_time",
    )

    def __init__(self, request: SubscriptionRequest, points: Iterator[TimedPoint | None]) -> None:
        self.requests = [request]
        self.security: Security = request.security
        self.configuration = request.configuration
        self.is_universe_selection_subscription = request.is_universe_subscription
        self.universe: Universe = request.universe
        self.utc_start_time, self.utc_end_time = request.start_time_utc, request.end_time_utc
        self.removed_from_universe = False
        self.end_of_stream = False
        self.current: BaseData | None = None
        self.emit_time = END_OF_TIME
        self._next = points.__next__

    def move_next(self) -> bool:
        """Go to the next point; False at the end. A stream may have nothing now and more later: `current` is None."""
        if self.end_of_stream:
            return False
        try:
            following = self._next()
        except StopIteration:
            self.end_of_stream = True
            self.current = None
            return False
        if following is None:
            self.current = None
        else:
            self.emit_time, self.current = following
        return True

    def add_request(self, request: SubscriptionRequest) -> None:
        """One more universe wants this stream."""
        if not self.is_universe_selection_subscription and all(
            r.universe is not request.universe for r in self.requests
        ):
            self.requests.append(request)

    def remove_request(self, universe: Universe | None = None) -> bool:
        """A universe, or everyone, lets go of this stream; says whether nobody wants it any more."""
        symbol = self.configuration.symbol
        leaving = [r.universe for r in self.requests if universe is None] if universe is None else [universe]
        self.requests = [] if universe is None else [r for r in self.requests if r.universe is not universe]
        if self.requests:
            return False
        if not any(left is not None and symbol in left.securities for left in leaving):
            self.removed_from_universe = True
        return True

    def dispose(self) -> None:
        """End the stream."""
        self.end_of_stream = True


class SubscriptionCollection:
    """The running streams, sorted by security type, tick type and ticker; and the time between filled points."""

    def __init__(self) -> None:
        self._subscriptions: dict[SubscriptionDataConfig, Subscription] = {}
        self._sorted: list[Subscription] | None = None
        self._frozen = False
        self.fill_forward_resolution = _ONE_MINUTE
        self.fill_forward_resolution_changed: Callable[[timedelta, timedelta], object] = lambda _old, _new: None

    def __contains__(self, config: SubscriptionDataConfig) -> bool:
        return config in self._subscriptions

    def get(self, config: SubscriptionDataConfig) -> Subscription | None:
        """The stream of a configuration."""
        return self._subscriptions.get(config)

    def add(self, subscription: Subscription) -> bool:
        """Take in a stream; False when it is there already."""
        config = subscription.configuration
        if config in self._subscriptions:
            return False
        self._subscriptions[config] = subscription
        self._sorted = None
        if _counts(config) and config.increment != self.fill_forward_resolution:
            self._update(list(self._subscriptions))
        return True

    def remove(self, config: SubscriptionDataConfig) -> Subscription | None:
        """Take a stream out."""
        subscription = self._subscriptions.pop(config, None)
        if subscription is None:
            return None
        self._sorted = None
        was_finest = _counts(config) and config.increment == self.fill_forward_resolution
        if (
            was_finest
            and not subscription.end_of_stream
            and not any(_counts(other) and other.resolution is config.resolution for other in self._subscriptions)
        ):
            self._update(list(self._subscriptions))
        return subscription

    def prepare_fill_forward_resolution(self, config: SubscriptionDataConfig) -> None:
        """Take into account a stream that is about to be added."""
        if _counts(config) and config.increment != self.fill_forward_resolution:
            self._update([*self._subscriptions, config])

    def freeze(self, frozen: bool) -> None:
        """While frozen, the time between filled points does not follow what is added and removed."""
        self._frozen = frozen

    def _update(self, configs: list[SubscriptionDataConfig]) -> None:
        if self._frozen:
            return
        finest = min((config.resolution for config in configs if _counts(config)), default=Resolution.MINUTE)
        old, new = self.fill_forward_resolution, finest.to_time_span()
        self.fill_forward_resolution = new
        if new != old:
            self.fill_forward_resolution_changed(old, new)

    def sorted(self) -> list[Subscription]:
        """The streams in the order in which a time step reads them. The list is not changed afterwards."""
        if self._sorted is None:
            self._sorted = sorted(self._subscriptions.values(), key=_order)
        return self._sorted

    def __iter__(self) -> Iterator[Subscription]:
        return iter(self.sorted())

    def __len__(self) -> int:
        return len(self._subscriptions)


def _counts(config: SubscriptionDataConfig) -> bool:
    return not config.is_internal_feed and config.resolution is not Resolution.TICK


def _order(subscription: Subscription) -> Any:
    config = subscription.configuration
    return int(config.security_type), int(config.tick_type), config.symbol
