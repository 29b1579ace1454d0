"""Past points for warm-up and history: the data folder's first, and what it lacks from IB, within its pacing.

Source of what is asked of IB: `InteractiveBrokersBrokerage.cs`, GetHistory. Quotes are two requests, joined on their
times; hours begin on the hour; days at midnight of the exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from leanib.engine.feeds.data_feed import raw_points
from leanib.engine.live.contracts import ib_name
from leanib.engine.market import BaseData, MarketDataType, QuoteBar, SubscriptionDataConfig, TradeBar
from leanib.engine.market.bars import Bar
from leanib.engine.market.calendars import ONE_DAY, midnight, round_down
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.symbols import MapFileProvider, Resolution, TickType
from leanib.errors import LeanIBError
from leanib.ib import HistoryBar

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["PastBars", "RawPoints"]

_AUXILIARY = MarketDataType.AUXILIARY
_SIZES = {
    Resolution.SECOND: "1 secs",
    Resolution.MINUTE: "1 min",
    Resolution.HOUR: "1 hour",
    Resolution.DAILY: "1 day",
}
_MOST_SECONDS = timedelta(days=183)


class PastBars(Protocol):
    """Who asks IB."""

    def __call__(
        self, name: str, size: str, what: str, start: datetime, end: datetime, regular_hours: bool
    ) -> list[HistoryBar]:
        """The bars that begin in [start, end), aware; raises LeanIBError."""


class RawPoints:
    """Gives the points of a request as they were, oldest first.

    Args:
        ask: Asks IB; waits for the answer.
        tell: Told once of each symbol whose history IB has not.
        now: The wall clock, naive UTC.
    """

    def __init__(self, ask: PastBars, tell: Callable[[str], object], now: Callable[[], datetime]) -> None:
        self._ask = ask
        self._tell = tell
        self._now = now
        self._told: set[str] = set()

    def of(self, request: SubscriptionRequest, for_fill_forward: bool) -> Iterable[BaseData]:
        """The data folder's points, then IB's after the last of them."""
        config = request.configuration
        reached = request.start_time_local
        for point in raw_points(request, for_fill_forward):
            if point.data_type is not _AUXILIARY and point.end_time > reached:
                reached = point.end_time
            yield point
        if config.is_custom_data or config.type not in (TradeBar, QuoteBar):
            return
        yield from self._from_ib(request, reached)

    def _from_ib(self, request: SubscriptionRequest, reached: datetime) -> Iterator[BaseData]:
        config, hours = request.configuration, request.exchange_hours
        end = min(request.end_time_local, hours.time_zone.to_local(self._now()))
        if config.resolution is Resolution.SECOND:
            reached = max(reached, end - _MOST_SECONDS)
        reached = self._since_mapped(config, reached, end)
        if not self._may_have_bars(request, reached, end):
            return
        try:
            bars = self._bars(config, hours, reached, end)
        except LeanIBError as error:
            self._tell_once(f"Warning: no history of {config.symbol.value} from Interactive Brokers: {error}")
            return
        for bar in bars:
            if reached < bar.end_time <= end:
                yield bar

    def _since_mapped(self, config: SubscriptionDataConfig, reached: datetime, end: datetime) -> datetime:
        """Of a continuous future IB has what came since it stands for its contract; that the rest lacks is told."""
        if not config.symbol.is_canonical():
            return reached
        mode = config.data_mapping_mode
        ended = [row.date for row in MapFileProvider.map_file(config.symbol) if row.data_mapping_mode in (None, mode)]
        since = max((day + ONE_DAY for day in ended if day + ONE_DAY <= end), default=reached)
        if since > reached:
            self._tell_once(
                f"Warning: the data folder has no {config.resolution.lean_name.lower()} data of {config.symbol.value} "
                f"from {reached:%Y-%m-%d} to {since:%Y-%m-%d}, when it stood for another contract, and none is asked "
                "of Interactive Brokers"
            )
        return max(since, reached)

    def _may_have_bars(self, request: SubscriptionRequest, start: datetime, end: datetime) -> bool:
        """Whether a whole bar of open market fits between two times."""
        config, hours = request.configuration, request.exchange_hours
        if start + config.increment > end and config.resolution is not Resolution.DAILY:
            return False
        extended = config.extended_market_hours
        opens = start if hours.is_open(start, extended) else hours.get_next_market_open(start, extended)
        if config.resolution is Resolution.DAILY:
            return bool(hours.get_next_market_close(opens, False) <= end) or hours.is_market_always_open
        return bool(opens + config.increment <= end)

    def _bars(
        self, config: SubscriptionDataConfig, hours: SecurityExchangeHours, start: datetime, end: datetime
    ) -> list[BaseData]:
        name = ib_name(config.symbol)
        zone = hours.time_zone
        regular = config.symbol.asset.is_share and not config.extended_market_hours
        first = midnight(start) if config.resolution is Resolution.DAILY else round_down(start, config.increment)
        span = (zone.to_utc(first).replace(tzinfo=UTC), zone.to_utc(end).replace(tzinfo=UTC))
        if config.resolution is Resolution.DAILY:
            span = (first.replace(tzinfo=UTC), (midnight(end) + ONE_DAY).replace(tzinfo=UTC))

        def ask(what: str) -> list[HistoryBar]:
            return self._ask(name, _SIZES[config.resolution], what, *span, regular)

        def local(bar: HistoryBar) -> datetime:
            naive = bar.start.replace(tzinfo=None)
            if config.resolution is Resolution.DAILY:
                return naive
            return round_down(zone.to_local(naive), config.increment)

        if config.tick_type is TickType.QUOTE:
            asks = {bar.start: bar for bar in ask("ASK")}
            return [_quote(config, local(bid), bid, asks[bid.start]) for bid in ask("BID") if bid.start in asks]
        return [
            TradeBar(local(b), config.symbol, b.open, b.high, b.low, b.close, b.volume, config.increment)
            for b in ask("TRADES")
        ]

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text)


def _quote(config: SubscriptionDataConfig, time: datetime, bid: HistoryBar, ask: HistoryBar) -> QuoteBar:
    sides = [Bar(side.open, side.high, side.low, side.close) for side in (bid, ask)]
    return QuoteBar(time, config.symbol, sides[0], 0.0, sides[1], 0.0, config.increment)
