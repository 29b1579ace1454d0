"""The monitor's patience: every duration and budget by which it decides, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

__all__ = ["Rules"]


@dataclass(frozen=True)
class Rules:
    """How long the monitor waits and how often it tries.

    Attributes:
        gateway_start: A Gateway may take so long to log in.
        gateway_grace: One that stopped answering may heal itself so long.
        stable: A Gateway counts as well after answering so long.
        restart_pause: Between two restarts of the Gateway; doubled each time, up to `restart_pause_most`.
        gateway_restarts: So many in one outage; after that only once more, an hour before the market opens.
        logins, logins_within: More logins than that within that time, and the Gateway is stopped: IBKR locks users out.
        around_restart: Before and after the Gateway's planned restart nothing is done about it.
        link_patience: A lost link to IBKR restores itself; told after that, or when the reset window ends, but never
            later than `link_deadline` from its first sign.
        network_patience: A Gateway off LEAN's network is brought back after that.
        push_lead: A login that waits for a second factor is asked for again so long before the market opens.
        push_pause: Never sooner after the last: every push that was missed makes the next ones fail.
        push_window: How long one push can be confirmed.
        login_lead: A person is told so long before the weekly login is due.
        lean_start: LEAN may take so long to trade.
        fresh_login: After the Gateway was away LEAN must log in again within that time.
        heartbeat: LEAN's loop is watched by a line a minute; stuck when none came for so long.
        step_warning, step_limit: A time step that takes so long is told, or ends in a stop (LEAN itself: 20 minutes).
        stop_patience: LEAN may take so long to leave before it is killed.
        book_pause: Between the two equal answers about the account that a redeployment needs.
        redeploys: At most so many in 24 hours, and never twice for the same error.
        least_free, little_free: Bytes; below the first LEAN is stopped, below the second a person is told.
        orders_left: Open orders of LEAN's own before a redeployment: `keep` (LEAN takes them over) or `ask`.
        differences: Positions that changed without a fill: `go-on` or `ask`.
        sessions, sessions_within: So many logins of the user elsewhere, and the Gateway gives way.
        two_factor: Whether logins of this mode ask for a second factor (paper: no).
    """

    gateway_start: timedelta = timedelta(seconds=240)
    gateway_grace: timedelta = timedelta(seconds=60)
    stable: timedelta = timedelta(seconds=60)
    restart_pause: timedelta = timedelta(seconds=120)
    restart_pause_most: timedelta = timedelta(seconds=1800)
    gateway_restarts: int = 6
    logins: int = 3
    logins_within: timedelta = timedelta(seconds=15 * 60)
    around_restart: timedelta = timedelta(seconds=180)
    link_patience: timedelta = timedelta(seconds=600)
    link_deadline: timedelta = timedelta(seconds=5 * 3600)
    network_patience: timedelta = timedelta(seconds=180)
    push_lead: tuple[timedelta, ...] = (timedelta(seconds=3600), timedelta(seconds=1200))
    push_pause: timedelta = timedelta(seconds=600)
    push_window: timedelta = timedelta(seconds=180)
    login_lead: timedelta = timedelta(seconds=12 * 3600)
    lean_start: timedelta = timedelta(seconds=600)
    fresh_login: timedelta = timedelta(seconds=300)
    heartbeat: timedelta = timedelta(seconds=300)
    step_warning: timedelta = timedelta(seconds=120)
    step_limit: timedelta = timedelta(seconds=600)
    stop_patience: timedelta = timedelta(seconds=120)
    book_pause: timedelta = timedelta(seconds=10)
    redeploys: int = 3
    least_free: int = 100 * 1024**2
    little_free: int = 1024**3
    orders_left: Literal["keep", "ask"] = "keep"
    differences: Literal["go-on", "ask"] = "go-on"
    sessions: int = 2
    sessions_within: timedelta = timedelta(seconds=30 * 60)
    two_factor: bool = False

    @classmethod
    def for_mode(cls, mode: str) -> Rules:
        """Those of an account's mode: with real money a person is asked where there is doubt."""
        return cls() if mode == "paper" else cls(orders_left="ask", differences="ask", two_factor=True)
