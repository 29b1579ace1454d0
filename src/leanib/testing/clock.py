"""A clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["FrozenClock"]


class FrozenClock:
    """A `leanib.ib.clock.Clock` that shows the same moment until it is moved.

    Args:
        start: The moment, aware; a naive one is meant in UTC.
    """

    def __init__(self, start: datetime = datetime(2024, 1, 2, 15, 0, tzinfo=UTC)) -> None:
        self._now = start if start.tzinfo else start.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self._now.astimezone(UTC)

    def move(self, **length: float) -> datetime:
        """Moves on by a length as `timedelta` takes it (`minutes=5`); the new moment.

        Raises:
            ValueError: The length is negative: time does not go back.
        """
        step = timedelta(**length)
        if step < timedelta(0):
            raise ValueError(f"a clock is moved forward, not by {step}")
        self._now += step
        return self.now()
