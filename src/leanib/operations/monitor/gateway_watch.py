"""What is wrong with the Gateway, and what to do about it: wait, ask a person, restart, or stop it.

A restart of a live Gateway costs a login with a second factor, and too many logins lock the user out; so waiting comes
first, and every login counts against a budget.
"""

from __future__ import annotations

from datetime import timedelta

from leanib.ib.alerts import Severity
from leanib.operations.monitor.desk import Desk, spoken
from leanib.operations.monitor.outcome import Do
from leanib.operations.monitor.state import recent
from leanib.operations.probe import Layer

__all__ = ["GatewayWatch"]

_CONDITIONS = ("gateway-down", "gateway-unhealed", "login-needed", "link-lost", "network-cut")
_STOPPED_BY_US = ("wrong-password", "session-elsewhere", "too-many-logins")
"""Holds under which the Gateway stays down."""
_UNHEALED = timedelta(minutes=20)
_SESSION_PATIENCE = timedelta(minutes=5)
_LAST_CHANCE = timedelta(hours=1)
_FORGET_RESTARTS = timedelta(minutes=10)


class GatewayWatch:
    """Judges the Gateway's part of a look."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def look(self) -> None:
        """Changes the memory and the outcome of the desk."""
        desk, gateway = self._desk, self._desk.sight.gateway
        self._count_login()
        if gateway.is_ready:
            self._well()
            return
        state = desk.state
        state.away_since = state.away_since or desk.now
        state.ready_since = None
        if gateway.layer < Layer.LOGIN or not gateway.on_network or not gateway.is_running:
            state.lost_at, state.back_at = state.lost_at or gateway.lost_at or desk.now, None
        if desk.sight.wanted == "running" and not (state.phase == "held" and state.phase_why in _STOPPED_BY_US):
            self._ill()

    def _count_login(self) -> None:
        state, started = self._desk.state, self._desk.sight.gateway.started_at
        if started is None or started == state.gateway_seen_start:
            return
        if state.gateway_seen_start is not None:
            state.logins.append(started)
            state.last_push = started
            state.lost_at = state.lost_at or started  # however quickly it came back, LEAN's socket is gone
        state.gateway_seen_start = started
        state.logins = recent(state.logins, self._desk.now, self._desk.rules.logins_within)

    def _well(self) -> None:
        desk, state = self._desk, self._desk.state
        if state.ready_since is None:
            state.ready_since = desk.now
            if state.away_since is not None and state.away_since != desk.now:
                desk.out.notes.append(f"the Gateway is well again after {spoken(desk.now - state.away_since)}")
        if state.lost_at is not None and state.back_at is None:
            state.back_at = desk.now
        desk.right("the Gateway is well again", *_CONDITIONS)
        state.away_since = state.link_lost_since = state.off_network_since = None
        state.session_hinted = False
        state.pushes = []
        if desk.now - state.ready_since >= _FORGET_RESTARTS:
            state.restarts = []

    def _ill(self) -> None:
        gateway = self._desk.sight.gateway
        if self._desk.state.phase == "held" and self._desk.state.phase_why == "wrong-account":
            return
        if gateway.layer >= Layer.LOGIN and gateway.right_account is False:
            self._desk.hold(
                "wrong-account",
                "the Gateway serves another account than the one deployed on: log it in with the right user "
                "(TWS_USERID, TRADING_MODE in .env; 'leanib gateway up'), then 'leanib redeploy'",
            )
        elif gateway.hint == "wrong-password" and gateway.layer < Layer.LOGIN:
            self._give_up(
                "wrong-password",
                "IB refuses the user name or password; no further login is tried, since IB locks users out: correct "
                "TWS_USERID and TWS_PASSWORD, 'leanib gateway up', then 'leanib redeploy'",
            )
        elif self._logins() > self._desk.rules.logins:
            self._give_up(
                "too-many-logins",
                f"the Gateway logged in {self._logins()} times within "
                f"{spoken(self._desk.rules.logins_within)} and is stopped, before IB locks the user out: see 'leanib "
                "gateway logs', then 'leanib gateway up' and 'leanib redeploy'",
            )
        elif gateway.hint == "existing-session":
            self._session_elsewhere()
        elif not gateway.is_running:
            self._down()
        elif not gateway.on_network:
            self._off_network()
        elif gateway.layer >= Layer.LOGIN and gateway.link_lost:
            self._link_lost()
        elif gateway.layer < Layer.LOGIN and self._asks_second_factor():
            self._login_needed()
        else:
            self._silent()

    def _logins(self) -> int:
        """Logins within the budget's time: starts of the container, or tries that its log tells of."""
        return max(len(self._desk.state.logins), self._desk.sight.gateway.login_tries)

    def _give_up(self, key: str, text: str) -> None:
        if self._desk.sight.gateway.is_running:
            self._desk.out.act(Do.STOP_GATEWAY, key)
        self._desk.hold(key, text)

    def _session_elsewhere(self) -> None:
        """Another login of the same user is never fought: IB would throw each of the two out in turn."""
        desk, state = self._desk, self._desk.state
        if not state.session_hinted:
            state.session_hinted = True
            state.sessions = [*recent(state.sessions, desk.now, desk.rules.sessions_within), desk.now]
            desk.out.notes.append("the same IB user logged in elsewhere; waiting, not fighting")
        assert state.away_since is not None
        lasts = desk.now - state.away_since >= _SESSION_PATIENCE
        if lasts or len(state.sessions) >= desk.rules.sessions:
            self._give_up(
                "session-elsewhere",
                "the same IB user is logged in elsewhere (phone, TWS, web), so the Gateway gave way and LEAN is "
                "stopped: log out there (or use a second user name), 'leanib gateway up', then 'leanib redeploy'",
            )

    def _down(self) -> None:
        desk = self._desk
        gateway = desk.sight.gateway
        reason = "for lack of memory: raise IB_GATEWAY_MEMORY in .env" if gateway.out_of_memory else gateway.state
        desk.wrong("gateway-down", Severity.WARNING, f"the Gateway's container does not run ({reason})")
        self._unhealed()
        if self._away() >= desk.rules.gateway_grace and self._may_log_in():
            self._restart(Do.START_GATEWAY, f"its container is {gateway.state}")

    def _off_network(self) -> None:
        desk, state = self._desk, self._desk.state
        state.off_network_since = state.off_network_since or desk.now
        desk.wrong(
            "network-cut", Severity.WARNING, "the Gateway is cut off from LEAN's network; a restart would not help"
        )
        if desk.now - state.off_network_since >= desk.rules.network_patience:
            state.off_network_since = desk.now
            desk.out.act(Do.JOIN_NETWORK, f"cut off for {spoken(self._away())}")

    def _link_lost(self) -> None:
        """It restores itself; a restart would only cost a login. The deadline runs from the first sign."""
        desk, state = self._desk, self._desk.state
        state.link_lost_since = state.link_lost_since or desk.now
        lasts = desk.now - state.link_lost_since
        if lasts >= desk.rules.link_deadline or (lasts >= desk.rules.link_patience and not desk.in_reset()):
            desk.wrong(
                "link-lost",
                Severity.CRITICAL,
                f"the Gateway has had no link to IBKR for {spoken(lasts)}; {desk.until_open()}. It restores itself; "
                "see IBKR's system status page, and this machine's internet connection",
            )
        if lasts >= desk.rules.link_deadline and self._may_log_in():
            self._restart(self._gentlest(), f"no link to IBKR for {spoken(lasts)}")

    def _asks_second_factor(self) -> bool:
        gateway = self._desk.sight.gateway
        if gateway.hint == "two-factor-waiting":
            return True
        started = gateway.started_at
        young = started is not None and self._desk.now - started < self._desk.rules.gateway_start
        return self._desk.rules.two_factor and gateway.layer is Layer.HANDSHAKE and not young

    def _login_needed(self) -> None:
        """Only a person can confirm; asked again before the market opens, never in a loop."""
        desk, state = self._desk, self._desk.state
        desk.wrong(
            "login-needed",
            Severity.CRITICAL,
            f"the Gateway waits for your second factor: confirm it on your phone (IB Key); {desk.until_open()}. "
            "A push that was missed is asked for again before the opening, or now by 'leanib gateway restart'",
        )
        opening = desk.market.next_open(desk.now) if desk.market is not None else None
        last = state.last_push or state.away_since or desk.now
        if opening is None or desk.now - last < max(desk.rules.push_window, desk.rules.push_pause):
            return
        for lead in desk.rules.push_lead:
            name = f"{opening.isoformat()} -{spoken(lead)}"
            if desk.now >= opening - lead and name not in state.pushes and self._may_log_in():
                state.pushes.append(name)
                state.last_push = desk.now
                text = f"asking for the second factor again: {desk.until_open()}; confirm it on your phone now"
                desk.out.tell(Severity.CRITICAL, "login-asked-again", text)
                desk.out.act(Do.RESTART_GATEWAY, "the last push was missed")
                return

    def _silent(self) -> None:
        """It runs and does not answer."""
        desk, gateway = self._desk, self._desk.sight.gateway
        started = gateway.started_at
        starting = started is not None and desk.now - started < desk.rules.gateway_start
        if starting or self._away() < desk.rules.gateway_grace or desk.near_restart():
            return
        desk.wrong("gateway-down", Severity.WARNING, "the Gateway runs and does not answer")
        self._unhealed()
        if gateway.state == "elsewhere":
            return
        if self._may_log_in():
            self._restart(self._gentlest(), f"no answer for {spoken(self._away())}")

    def _unhealed(self) -> None:
        desk = self._desk
        tries = len(desk.state.restarts)
        ours = desk.sight.gateway.state != "elsewhere"
        since_first = desk.now - desk.state.restarts[0] if tries else self._away() * (not ours)
        if min(self._away(), since_first) >= _UNHEALED and not desk.in_reset():
            desk.wrong(
                "gateway-unhealed",
                Severity.CRITICAL,
                f"the Gateway has been away for {spoken(self._away())} and {tries} restarts did not bring it back; "
                f"{desk.until_open()}: see 'leanib doctor'",
            )

    def _gentlest(self) -> Do:
        """In an outage the Gateway is first asked to restart itself, which costs no login; then its container is."""
        return Do.RESTART_GATEWAY if self._desk.state.restarts else Do.SOFT_RESTART_GATEWAY

    def _away(self) -> timedelta:
        since = self._desk.state.away_since
        return self._desk.now - since if since is not None else timedelta(0)

    def _may_log_in(self) -> bool:
        """Not while IBKR resets its servers, and not around the Gateway's own restart."""
        return not self._desk.in_reset() and not self._desk.near_restart()

    def _restart(self, do: Do, why: str) -> None:
        desk, state = self._desk, self._desk.state
        count = len(state.restarts)
        if count >= desk.rules.gateway_restarts and not self._last_chance():
            return
        pause = min(desk.rules.restart_pause * 2 ** max(count - 1, 0), desk.rules.restart_pause_most)
        if count and desk.now - state.restarts[-1] < max(pause, desk.rules.gateway_start):
            return
        state.restarts.append(desk.now)
        desk.out.act(do, why)

    def _last_chance(self) -> bool:
        """Within the hour before the market opens, and not tried in it yet."""
        desk = self._desk
        opening = desk.market.next_open(desk.now) if desk.market is not None else None
        if opening is None or opening - desk.now > _LAST_CHANCE:
            return False
        return desk.state.restarts[-1] < opening - _LAST_CHANCE
