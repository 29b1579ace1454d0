"""The faults that come by the calendar: IB's nightly reset and the weekly login."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from leanib.simulator.clock import Timer, to_datetime, to_us
from leanib.simulator.faults.connection import ConnectionFaults
from leanib.simulator.faults.link import LinkFaults
from leanib.simulator.faults.mark import fault


class RoutineFaults(ConnectionFaults, LinkFaults):
    """Mixin: what happens every night and every Sunday."""

    _timers: list[Timer]

    @fault
    def weekly_login(self, weekday: int = 6, hour: int = 1) -> None:
        """From now on require a login every week (default Sunday 01:00 in the Gateway's time zone)."""
        self._daily(hour, 0, lambda day: day == weekday, self.require_login)

    @fault
    def nightly_reset(self, hour: int = 0, minute: int = 15, seconds: float = 90.0) -> None:
        """From now on lose the link every night but Saturday's (default 00:15) for so long (1100, then 1102)."""

        def lose() -> None:
            self.lose_link()
            self.gateway.clock.call_later(seconds, self.restore_link)

        self._daily(hour, minute, lambda day: day != 5, lose)

    def _daily(self, hour: int, minute: int, wanted: Callable[[int], bool], action: Callable[[], None]) -> None:
        clock, zone = self.gateway.clock, self.gateway.zone

        def following(after: int) -> int:
            today = to_datetime(after).astimezone(zone).replace(hour=hour, minute=minute, second=0, microsecond=0)
            return to_us(today) if to_us(today) > after else to_us(today + timedelta(days=1))

        def fire() -> None:
            if wanted(clock.now().astimezone(zone).weekday()):
                action()
            self._timers.append(clock.call_at(following(clock.now_us()), fire))

        self._timers.append(clock.call_at(following(clock.now_us()), fire))
