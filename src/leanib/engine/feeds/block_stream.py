"""A running stream with two faces: blocks for whoever goes over many steps at once, points for one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leanib.engine.feeds.block_reader import Points
from leanib.engine.feeds.blocks import DayBlock
from leanib.engine.feeds.subscription import Subscription, TimedPoint
from leanib.engine.feeds.timing import timed
from leanib.engine.market.universe.requests import SubscriptionRequest

if TYPE_CHECKING:
    from leanib.engine.market import BaseData

__all__ = ["BlockSubscription"]


class BlockSubscription(Subscription):
    """Stands at `block[position]`, of which `current` is the point; `block` is None between blocks.

    `parts` gives the blocks, and what comes between them: corporate events, points with their times, and at the end of
    a stream of minutes `Points`, on days whose clocks change and the like; `strict_enabled` is for those.
    """

    __slots__ = ("_parts", "_request", "_strict", "block", "position")

    def __init__(
        self,
        request: SubscriptionRequest,
        strict_enabled: bool,
        parts: Iterator[DayBlock | BaseData | TimedPoint | Points],
    ) -> None:
        super().__init__(request, iter(()))
        self._request = request
        self._strict = strict_enabled
        self._parts: Iterator[DayBlock | BaseData | TimedPoint | Points] | None = parts
        self.block: DayBlock | None = None
        self.position = -1

    def move_next(self) -> bool:
        """Go to the next point; False at the end."""
        return self.jump(self.position + 1)

    def jump(self, position: int) -> bool:
        """Go to a step of the block, or behind it to what follows; False at the end of the stream."""
        if self.end_of_stream:
            return False
        block = self.block
        if block is None or position >= len(block):
            return self._follow()
        self.position = position
        self.emit_time, self.current = block.utc(position), block.point(position)
        return True

    def _follow(self) -> bool:
        """What comes after a block or an event."""
        if self._parts is None:
            return super().move_next()
        self.block = None
        following = next(self._parts, None)
        if isinstance(following, DayBlock):
            self.block = following
            return self.jump(0)
        if isinstance(following, Points):
            self._parts = None
            self._next = timed(following.points, self._request, self._strict).__next__
            return super().move_next()
        if following is None:
            self.end_of_stream, self.current = True, None
            return False
        if isinstance(following, tuple):
            self.emit_time, self.current = following
            return True
        self.emit_time = self._request.exchange_hours.time_zone.to_utc(following.end_time)
        self.current = following
        return True
