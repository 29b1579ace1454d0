"""The Gateway's link to IBKR and IBKR's data farms, as the message codes tell of them."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from leanib.ib.alerts import Severity
from leanib.ib.state import Farm, Link

if TYPE_CHECKING:
    from leanib.ib.connection import IBConnection

__all__ = ["LinkWatch"]

_LOST = (1100, 2110)
_RESTORED = (1101, 1102)
_FARMS = {
    2103: Farm.BROKEN,
    2105: Farm.BROKEN,
    2157: Farm.BROKEN,
    2104: Farm.OK,
    2106: Farm.OK,
    2158: Farm.OK,
    2107: Farm.INACTIVE,
    2108: Farm.INACTIVE,
    2119: Farm.CONNECTING,
}
_COMPETING_PAUSE = 900.0
"""Seconds between two alerts about a competing session."""
_LINK_PAUSE = 3600.0
"""Seconds between two alerts about a link that stays lost."""


class LinkWatch:
    """Keeps the link's and the farms' state; one transition and one alert each, however often a code repeats.

    The deadline of a lost link runs from the first sign of the loss. When it passes, a person is told and the
    connection is renewed, inside a reset window as outside of it.
    """

    def __init__(self, connection: IBConnection) -> None:
        self._connection = connection
        self._deadline: asyncio.TimerHandle | None = None
        self._catching_up: asyncio.Task[None] | None = None
        self._competing_at: float | None = None
        self._told_at: float | None = None

    def on_code(self, code: int, text: str) -> None:
        """Takes note of a message code."""
        if code in _LOST:
            self._lost(text)
        elif code in _RESTORED:
            self._restored(data_lost=code == 1101)
        elif code in _FARMS:
            self._farm(_farm_name(text), _FARMS[code])

    def forget(self) -> None:
        """A new connection: what the old one said of the link is past."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def end(self) -> None:
        """The connection is stopped: nothing is caught up any more."""
        self.forget()
        if self._catching_up is not None and self._catching_up is not asyncio.current_task():
            self._catching_up.cancel()

    def competing_session(self) -> None:
        """10197: another session of the same user takes the market data."""
        now = asyncio.get_running_loop().time()
        if self._competing_at is None or now - self._competing_at >= _COMPETING_PAUSE:
            self._competing_at = now
            self._connection.alert(
                Severity.WARNING,
                "competing-session",
                "another session of the same IB user takes the market data: log it out (TWS, mobile, a second Gateway)",
            )

    def _lost(self, text: str) -> None:
        state = self._connection.state
        if state.link is Link.LOST:
            return
        now = self._connection.clock.now()
        self._connection.change(link=Link.LOST, link_lost_at=now, reconciled=False, reason=f"link to IBKR lost: {text}")
        self._arm()

    def _arm(self) -> None:
        seconds = self._connection.settings.connection.link_deadline
        self._deadline = asyncio.get_running_loop().call_later(seconds, self._overdue)

    def _overdue(self) -> None:
        state = self._connection.state
        self._deadline = None
        if state.link is not Link.LOST:
            return
        window = self._connection.windows.at(self._connection.clock.now())
        inside = f"; it lies in the window '{window.source}'" if window else ""
        self._tell(f"the Gateway has had no link to IBKR since {state.link_lost_at:%H:%M:%S} UTC{inside}")
        self._connection.change(link=Link.UNKNOWN, link_lost_at=None)
        self._connection.renew("the link to IBKR did not return within the deadline")

    def _tell(self, text: str) -> None:
        now = asyncio.get_running_loop().time()
        if self._told_at is None or now - self._told_at >= _LINK_PAUSE:
            self._told_at = now
            self._connection.alert(Severity.CRITICAL, "link-lost", text)

    def _restored(self, *, data_lost: bool) -> None:
        self.forget()
        self._told_at = None
        reason = "link to IBKR restored, " + ("market data lost" if data_lost else "market data kept")
        self._connection.change(link=Link.UP, link_lost_at=None, reconciled=False, reason=reason)
        if self._connection.state.is_ready:
            catching_up = self._connection.link_is_back(data_lost=data_lost)
            self._catching_up = asyncio.create_task(self._guarded(catching_up), name="ib-link-restored")

    async def _guarded(self, work: Any) -> None:
        try:
            await work
        except Exception as error:
            self._connection.log.exception("catching up failed")
            self._connection.renew(f"catching up after the link returned failed: {error}")

    def _farm(self, name: str, farm: Farm) -> None:
        state = self._connection.state
        if state.farms.get(name) is farm:
            return
        self._connection.change(farms={**state.farms, name: farm}, reason=f"farm {name} is {farm.value}")


def _farm_name(text: str) -> str:
    found = re.search(r":\s*([\w.-]+)\s*$", text)
    return found[1] if found else text
