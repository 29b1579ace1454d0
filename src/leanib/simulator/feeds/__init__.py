"""Streams of market data to clients: ticks, tick-by-tick, depth and five-second bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.simulator.feeds.bars import BarFeed
from leanib.simulator.feeds.books import BookFeed
from leanib.simulator.feeds.pump import Pump
from leanib.simulator.feeds.tickbytick import TickByTickFeed
from leanib.simulator.feeds.ticks import TickFeed

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session


class Feeds:
    """All streams, and the pump that moves the market beneath them."""

    def __init__(self, gateway: Gateway, tick_interval: float, max_tickers: int) -> None:
        self._gateway = gateway
        self.pump = Pump(gateway, tick_interval)
        self.ticks = TickFeed(gateway, self.pump, max_tickers)
        self.tick_by_tick = TickByTickFeed(gateway, self.pump)
        self.books = BookFeed(gateway, self.pump)
        self.bars = BarFeed(gateway, self.pump)
        # streams hear of a quote before the order desk fills against it, as on a real market
        gateway.market.listeners[:0] = [self.ticks.on_quote, self.tick_by_tick.on_quote, self.books.on_quote]

    def lose(self) -> None:
        """Lose every data subscription without a word."""
        for session in self._gateway.sessions:
            self.forget(session)

    def forget(self, session: Session) -> None:
        """A client is gone."""
        for feed in (self.ticks, self.tick_by_tick, self.books, self.bars):
            feed.forget(session)


__all__ = ["BarFeed", "BookFeed", "Feeds", "Pump", "TickByTickFeed", "TickFeed"]
