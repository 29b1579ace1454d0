"""Whether the connection is alive: a request answered within a deadline, not an open port."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from leanib.ib.session import Session

if TYPE_CHECKING:
    from leanib.ib.connection import IBConnection

__all__ = ["HealthCheck"]


class HealthCheck:
    """Asks the Gateway for its time at the interval of the settings and gives the session up when no answer comes.

    A socket that the peer closed is noticed at once, by the session itself; this finds the silent ones.
    """

    def __init__(self, connection: IBConnection) -> None:
        self._connection = connection

    async def watch(self, session: Session) -> None:
        """Runs until cancelled or until the session has failed."""
        settings = self._connection.settings.connection
        while not session.lost.done():
            await asyncio.sleep(settings.health_interval)
            alive = await session.check_health(settings.health_timeout)
            self._connection.log.debug("health check", alive=alive)
            if not alive:
                session.fail(f"the Gateway did not answer a health check within {settings.health_timeout:g} s")
