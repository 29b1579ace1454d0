"""What is wrong with LEAN while it should trade: ended, disconnected, stuck, or silent."""

from __future__ import annotations

from datetime import timedelta

from leanib.ib.alerts import Severity
from leanib.operations.monitor.desk import Desk, spoken
from leanib.operations.monitor.outcome import Do

__all__ = ["LeanWatch"]

LEAN_CONDITIONS = (
    "lean-down", "lean-disconnected", "lean-stuck", "lean-blind", "lean-needs-you", "lean-no-data", "book-unknown",
    "client-id-held",
)  # fmt: skip


_DATA_WORD = timedelta(minutes=30)
"""LEAN repeats that it gets no data every quarter of an hour; silent for twice as long, it gets some again."""


class LeanWatch:
    """Judges LEAN's part of a look while the phase is `watch`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def look(self) -> None:
        """Changes the memory and the outcome of the desk."""
        desk, lean = self._desk, self._desk.sight.lean
        if not lean.is_running:
            self.ended()
            return
        if lean.facts.own_gateway:
            self.second_gateway()
        elif lean.facts.trading_at is None:
            desk.state.enter("starting", "found starting", desk.now)
        elif not (self._login() or self._loop()):
            self._words()

    def second_gateway(self) -> None:
        """LEAN logs in by itself: two sessions of one user fight."""
        self._desk.hold(
            "second-gateway",
            "LEAN started an IB Gateway of its own, which would fight the shared one, and is stopped: update LEAN's "
            "image and the lean CLI, then 'leanib redeploy'",
        )

    def _login(self) -> bool:
        """Whether LEAN was stopped since it lost the Gateway; it may stay alive and disconnected in silence."""
        desk, state, facts = self._desk, self._desk.state, self._desk.sight.lean.facts
        if state.lost_at is not None and facts.login_at is not None and facts.login_at >= state.lost_at:
            desk.out.notes.append("LEAN logged in to the Gateway again")
            state.lost_at = state.back_at = None
        if facts.lost_at is None and state.lost_at is None:
            desk.right("LEAN is connected again", "lean-disconnected")
            return False
        if facts.lost_at is not None:
            ends = f"; it ends itself at {facts.lost_at + facts.gives_up_in:%H:%M} UTC" if facts.gives_up_in else ""
            text = f"LEAN lost its connection{ends}; {desk.until_open()}"
            desk.wrong("lean-disconnected", Severity.WARNING, text)
        back = state.back_at or (state.ready_since if facts.lost_at is not None else None)
        if (
            state.ready_since is None
            or back is None
            or desk.now - max(back, state.ready_since) < desk.rules.fresh_login
        ):
            return False
        self.stop("LEAN did not log in again after the Gateway was back")
        return True

    def _loop(self) -> bool:
        """Whether LEAN was stopped since its loop hangs. Its result files go on meanwhile."""
        desk, lean = self._desk, self._desk.sight.lean
        facts, rules = lean.facts, desk.rules
        if facts.step >= rules.step_limit:
            self.stop(f"LEAN's loop has hung for {spoken(facts.step)} (on_data or an order that blocks)")
            return True
        if facts.step >= rules.step_warning:
            text = f"LEAN's loop hangs in one time step for {spoken(facts.step)}; {desk.until_open()}"
            desk.wrong("lean-stuck", Severity.WARNING, text)
        elif desk.state.conditions.get("lean-stuck") is not None:
            desk.right("LEAN's loop goes on", "lean-stuck")
        signs = [
            one for one in (facts.heartbeat_at, lean.results_at, facts.trading_at, facts.last_at) if one is not None
        ]
        if signs and desk.now - max(signs) >= rules.heartbeat:
            self.stop(f"LEAN gave no sign of life for {spoken(desk.now - max(signs))}")
            return True
        return False

    def _words(self) -> None:
        desk, facts = self._desk, self._desk.sight.lean.facts
        if facts.blind:
            text = f"LEAN trades without a connection: {facts.blind}; compare with 'leanib account'"
            desk.wrong("lean-blind", Severity.CRITICAL, text)
        if facts.needs_person:
            desk.wrong("lean-needs-you", Severity.CRITICAL, f"LEAN asks for you: {facts.needs_person}")

        self._data()

    def _data(self) -> None:
        """Silent data look like a quiet market: said when LEAN hears why."""
        desk, facts = self._desk, self._desk.sight.lean.facts
        if facts.no_data_at is None or desk.now - facts.no_data_at >= _DATA_WORD:
            desk.right("LEAN gets market data again", "lean-no-data")
            return
        severity = Severity.CRITICAL if desk.is_open() else Severity.WARNING
        text = f"LEAN gets no market data: {facts.no_data}; {desk.until_open()}. Log the same IB user out elsewhere"
        desk.wrong("lean-no-data", severity, f"{text}, or wait until IBKR's data farm is back")

    def stop(self, why: str) -> None:
        """Stops LEAN in order to start it anew."""
        desk = self._desk
        severity = Severity.CRITICAL if desk.is_open() else Severity.WARNING
        desk.wrong("lean-down", severity, f"{why}: it is stopped, and started again once the account is known")
        desk.out.act(Do.STOP_LEAN, why)
        desk.state.enter("stopping", why, desk.now)

    def ended(self) -> None:
        """LEAN ended and nobody here asked for it: on purpose, by the strategy's error, or by something outside."""
        desk, lean = self._desk, self._desk.sight.lean
        facts, code = lean.facts, lean.exit_code
        on_purpose = code == 0 or (facts.cause == "stopped" and code in (None, 1) and facts.ended)
        if on_purpose:
            self._on_purpose()
        elif facts.cause == "runtime-error":
            desk.hold(
                "strategy-error",
                f"the algorithm ended with an error: {facts.error}. It is not started again by itself: mend it, then "
                "'leanib redeploy'",
            )
        elif facts.cause == "order-unanswered":
            desk.hold(
                "order-unanswered",
                f"LEAN ended since IB did not answer an order: {facts.error}. The order may be open, filled or unborn; "
                "a fresh start might send it again: look at 'leanib account', then 'leanib redeploy'",
            )
        else:
            self._by_something_outside()

    def _on_purpose(self) -> None:
        desk = self._desk
        desk.out.tell(Severity.INFORMATION, "lean-ended", "the algorithm ended on purpose (exit code 0) and stays so")
        desk.out.act(Do.ENDED, "exit code 0")
        desk.right("the algorithm ended on purpose", *LEAN_CONDITIONS)
        desk.state.enter("watch", "ended", desk.now)

    def _by_something_outside(self) -> None:
        desk, lean = self._desk, self._desk.sight.lean
        facts = lean.facts
        code = "" if lean.exit_code is None else f" (exit code {lean.exit_code})"
        if facts.cause == "connection":
            why, desk.state.error = f"LEAN gave the connection up{code}: {facts.error}", ""
        elif lean.out_of_memory:
            why = desk.state.error = f"LEAN ran out of memory{code}"
        elif lean.exit_code == 1:
            why = desk.state.error = f"LEAN ended with exit code 1: {facts.error or 'without a word'}"
        else:
            why, desk.state.error = f"LEAN was killed{code}", ""
        severity = Severity.CRITICAL if desk.is_open() else Severity.WARNING
        desk.wrong("lean-down", severity, f"{why}; it is started again once the Gateway is well and the account known")
        desk.state.enter("recover", why, desk.now)
