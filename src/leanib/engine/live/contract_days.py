"""What an exchange day brings to the stream of a contract: an expiry, or another contract of a continuous future.

From `LiveMappingEventProvider.cs`, `LiveDelistingEventProvider.cs` and `SubscriptionDataConfigExtensions.cs`. A day
begins at the exchange's midnight, as in a backtest; map files and factors are read anew then.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from leanib.engine.feeds.corporate_events import CorporateEvents
from leanib.engine.feeds.price_files import joined_price
from leanib.engine.market import BaseData, Delisting, DelistingType, QuoteBar, Tick, TradeBar
from leanib.engine.market.bars import Bar
from leanib.engine.market.calendars import ONE_DAY, midnight
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.numbers import middle
from leanib.engine.symbols import TickType

__all__ = ["ContractDays"]


class ContractDays:
    """The days of one stream. Times are the exchange's.

    Args:
        request: The stream's; its configuration is mapped from contract to contract.
        now: When it begins.
        told: The delistings that its warm-up has told of.
    """

    def __init__(self, request: SubscriptionRequest, now: datetime, told: list[DelistingType]) -> None:
        config = self._config = request.configuration
        self._security = request.security
        self._hours = request.exchange_hours
        self._told = told
        self._events = CorporateEvents(config, now)
        self._factors = config.symbol.asset.contract_factors(config)
        self._begun = midnight(now) - ONE_DAY
        self._last: Delisting | None = None
        #: whether nothing comes any more
        self.has_ended = False

    def is_due(self, now: datetime) -> bool:
        """Whether a day has begun that was not begun yet, or something waits to be told."""
        return now >= self._begun + ONE_DAY or self._last is not None

    def begin(self, now: datetime, price: float) -> list[BaseData]:
        """What the days bring that have begun by now; `price` is the stream's last one.

        That a contract is no longer traded is told when nothing of it is held any more: until then what becomes of the
        position is IB's to say.
        """
        today, found = midnight(now), list[BaseData]()
        self._events.renew()
        self._factors = self._config.symbol.asset.contract_factors(self._config)
        while self._begun < today:
            self._begun += ONE_DAY
            if self._hours.is_date_open(self._begun, self._config.extended_market_hours):
                found += self._on_date(price)
        if self._last is not None and not self._security.invested:
            found.append(self._last)
            self._last, self.has_ended = None, True
        return found

    def _on_date(self, price: float) -> list[BaseData]:
        events = self._events
        found: list[BaseData] = []
        for event in events.on_date(self._begun, price):
            if not isinstance(event, Delisting):
                found.append(event)
            elif event.type is DelistingType.DELISTED:
                self._last = event
            elif event.type not in self._told:
                found.append(event)
        if events.silent_end is not None:
            self.has_ended = True
        return found

    def joined(self, point: BaseData) -> BaseData:
        """A contract's point as the continuous future shows it: with the factor of its day."""
        factors = self._factors
        if factors is None or self._config.tick_type is TickType.OPEN_INTEREST:
            return point
        end = point.end_time
        factor = factors.factor(midnight(end if end > midnight(end) else point.time))
        self._config.price_scale_factor_decimal = factor

        if isinstance(point, Tick):
            point = point.clone()
        _change_prices(point, lambda price: joined_price(price, factor, factors.is_ratio))
        return point


def _change_prices(point: BaseData, change: Callable[[float], float]) -> None:
    if isinstance(point, TradeBar):
        bars: tuple[TradeBar | Bar | None, ...] = (point,)
    elif isinstance(point, QuoteBar):
        bars = (point.bid, point.ask)
    else:
        bars = ()
    for bar in bars:
        if bar is not None:
            bar.open, bar.high, bar.low, bar.close = map(change, (bar.open, bar.high, bar.low, bar.close))
    if isinstance(point, QuoteBar):
        point.value = point.close
    elif isinstance(point, Tick):
        bid, ask = point.bid_price, point.ask_price = change(point.bid_price), change(point.ask_price)
        is_middle = point.tick_type is TickType.QUOTE and bid and ask
        point.value = middle(bid, ask) if is_middle else change(point.value)
