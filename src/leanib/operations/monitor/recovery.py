"""From a LEAN that ended to one that trades again: prove it gone, know the account, start it, compare.

LEAN takes over the whole account when it starts and never asks for the fills that it missed, so nothing is started on
an answer that is not whole, or that differs from one ten seconds later.
"""

from __future__ import annotations

from datetime import timedelta

from leanib.ib.alerts import Severity
from leanib.operations.book import LEAN_CLIENT, Book, changes, unexplained
from leanib.operations.monitor.desk import Desk, spoken
from leanib.operations.monitor.lean_watch import LEAN_CONDITIONS, LeanWatch
from leanib.operations.monitor.outcome import Action, Do
from leanib.operations.monitor.state import recent

__all__ = ["Recovery"]

_DAY = timedelta(hours=24)
_LOST = timedelta(seconds=20)
"""After which a container that was started and is not there counts as ended."""
_BOOK_PATIENCE = timedelta(minutes=10)
_KILL_PAUSE = timedelta(seconds=30)
_ID_RESTARTS = 2


class Recovery:
    """Judges the phases `stopping`, `recover` and `starting`, and waits in `held`."""

    def __init__(self, desk: Desk, watch: LeanWatch) -> None:
        self._desk = desk
        self._watch = watch

    def stopping(self) -> None:
        """Until LEAN has left."""
        desk, state = self._desk, self._desk.state
        if not desk.sight.lean.is_running:
            state.error = ""
            state.enter("recover", state.phase_why, desk.now)
        else:
            self._kill_when_late()

    def held(self) -> None:
        """Nothing is started; what still runs is stopped, and the record says why as soon as it can be written."""
        state = self._desk.state
        if self._desk.sight.hold:
            state.held_for = ""
        elif state.held_for and state.in_phase(self._desk.now):
            self._desk.out.actions.append(Action(Do.HOLD, state.held_for))
        if self._desk.sight.lean.is_running:
            self._kill_when_late()

    def _kill_when_late(self) -> None:
        desk, state = self._desk, self._desk.state
        if state.in_phase(desk.now) < desk.rules.stop_patience:
            return
        if state.asked_at is None or desk.now - state.asked_at >= _KILL_PAUSE:
            state.asked_at = desk.now
            desk.out.act(
                Do.KILL_LEAN, f"it did not leave within {spoken(desk.rules.stop_patience)}; orders may be open"
            )

    def recover(self) -> None:
        """Until the Gateway is well and two whole answers about the account are the same."""
        desk, state = self._desk, self._desk.state
        if desk.sight.lean.is_running:
            state.enter("starting", "LEAN runs again", desk.now)
            return
        if self._is_spent() or not self._gateway_is_well():
            return
        book = desk.sight.book
        if state.asked_at is None:
            if state.first_book is None or desk.now - state.first_book.at >= desk.rules.book_pause:
                self._ask()
        elif book is not None and book.at >= state.asked_at:
            state.asked_at = None
            self._answered(book)
        elif desk.now - state.asked_at >= timedelta(seconds=60):
            self._ask()

    def _is_spent(self) -> bool:
        desk, state = self._desk, self._desk.state
        count = len(recent(state.redeploys, desk.now, _DAY))
        if count >= desk.rules.redeploys:
            text = f"LEAN was started again {count} times within a day and ended again ({state.phase_why}): "
            desk.hold("too-many-redeploys", text + "look at 'leanib logs', then 'leanib redeploy'")
            return True
        at = state.errors.get(state.error) if state.error else None
        if at is not None and desk.now - at < _DAY:
            text = f"LEAN ended twice in the same way: {state.error}. "
            desk.hold("same-error-twice", text + "Look at 'leanib logs', mend it, then 'leanib redeploy'")
            return True
        return False

    def _gateway_is_well(self) -> bool:
        desk, state = self._desk, self._desk.state
        if state.ready_since is None or desk.now - state.ready_since < desk.rules.stable:
            return False
        return not desk.in_reset() and not desk.near_restart()

    def _ask(self) -> None:
        self._desk.state.asked_at = self._desk.now
        self._desk.out.act(Do.ASK_BOOK, "before LEAN is started again")

    def _answered(self, book: Book) -> None:
        desk, state = self._desk, self._desk.state
        if not book.is_complete:
            state.first_book = None
            if state.in_phase(desk.now) >= _BOOK_PATIENCE:
                text = f"positions and orders cannot be known ({book.reason}); LEAN is not started before they are"
                desk.wrong("book-unknown", Severity.CRITICAL, text)
            return
        desk.right("positions and orders are known", "book-unknown")
        if state.first_book is None or not state.first_book.same_as(book):
            state.first_book = book
            return
        self._known(book)

    def _known(self, book: Book) -> None:
        desk, state = self._desk, self._desk.state
        if desk.sight.lean_id_free is False:
            self._id_is_held()
            return
        desk.right("LEAN's client id is free again", "client-id-held")
        state.id_held_since = None
        before = state.baseline
        differences = changes(before, book) if before is not None else []
        desk.out.notes += [*differences, *desk.sight.doubts]
        own = [order for order in book.orders if order.client_id == LEAN_CLIENT]
        if own and desk.rules.orders_left == "ask":
            text = f"LEAN left {len(own)} orders open ({own[0]}); a fresh start may send the same again: "
            desk.hold("orders-left", text + "keep or cancel them in TWS, then 'leanib redeploy'")
            return
        if self._others_orders(book):
            return
        if before is not None and desk.rules.differences == "ask" and (odd := unexplained(before, book)):
            text = f"positions changed without a fill that IB tells of ({odd[0]}): "
            desk.hold("positions-differ", text + "look at 'leanib account', then 'leanib redeploy'")
            return
        if desk.rules.differences == "ask" and desk.sight.doubts:
            text = f"the journals and IB differ ({desk.sight.doubts[0]}): "
            remedy = "look at 'leanib account' and 'leanib order list', then 'leanib redeploy'"
            desk.hold("orders-unknown", text + remedy)
            return
        state.baseline = book
        state.redeploys = [*recent(state.redeploys, desk.now, _DAY), desk.now]
        if state.error:
            state.errors = {**state.errors, state.error: desk.now}
        state.lost_at = state.back_at = None
        why = state.phase_why
        desk.out.act(Do.REDEPLOY, f"{why}; the account has {book.summary()}")
        state.enter("starting", why, desk.now)

    def _others_orders(self, book: Book) -> bool:
        """LEAN takes every client's orders for its own and can cancel none of them; whether a person is to decide."""
        desk = self._desk
        others = [order for order in book.orders if order.client_id != LEAN_CLIENT]
        if not others or desk.sight.engine != "lean":
            return False
        text = f"{len(others)} open orders are of other programs ({others[0]}): LEAN takes them for its own"
        desk.out.notes.append(f"{text} and cannot cancel them")
        if desk.rules.orders_left != "ask":
            return False
        remedy = "cancel them where they were sent ('leanib order cancel REF', TWS), then 'leanib redeploy'"
        desk.hold("orders-left", f"{text} and cannot cancel them: {remedy}")
        return True

    def _id_is_held(self) -> None:
        """A new LEAN could not log in (326). Only the Gateway's restart frees the id; it is asked to do that softly."""
        desk, state = self._desk, self._desk.state
        state.id_held_since = state.id_held_since or desk.now
        text = "the Gateway still holds LEAN's client id for a connection that is gone, so that LEAN could not log in"
        desk.wrong("client-id-held", Severity.WARNING, text)
        tries = [at for at in state.restarts if at >= state.id_held_since]  # those before had another reason
        pause = max(desk.rules.stable, desk.rules.gateway_start) if tries else desk.rules.stable
        if desk.now - (tries[-1] if tries else state.id_held_since) < pause:
            return
        if len(tries) >= _ID_RESTARTS:
            remedy = "see which program has client id 0 (TWS, another LEAN), end it, then 'leanib redeploy'"
            desk.hold("gateway-keeps-id", f"{text}, and restarts did not free it: {remedy}")
            return
        state.restarts.append(desk.now)
        desk.out.act(Do.SOFT_RESTART_GATEWAY, f"it holds LEAN's client id for {spoken(desk.now - state.id_held_since)}")

    def starting(self) -> None:
        """Until LEAN trades, with what the account holds."""
        desk, lean = self._desk, self._desk.sight.lean
        state = desk.state
        if desk.sight.failure:
            self._failed(desk.sight.failure)
        elif lean.facts.own_gateway and lean.is_running:
            self._watch.second_gateway()
        elif lean.facts.trading_at is not None and lean.is_running:
            self._trades()
        elif not lean.is_running:
            if state.in_phase(desk.now) >= _LOST or lean.exit_code is not None:
                self._watch.ended()
        elif state.in_phase(desk.now) >= desk.rules.lean_start:
            state.error = "LEAN did not come to trade in time"
            self._watch.stop(f"LEAN did not trade within {spoken(desk.rules.lean_start)}")

    def _failed(self, failure: str) -> None:
        desk, state = self._desk, self._desk.state
        state.error = failure
        severity = Severity.CRITICAL if desk.is_open() else Severity.WARNING
        desk.wrong("lean-down", severity, f"LEAN could not be started: {failure}")
        state.enter("recover", failure, desk.now)

    def _trades(self) -> None:
        desk, state, facts = self._desk, self._desk.state, self._desk.sight.lean.facts
        known = state.baseline.positions if state.baseline is not None and state.redeploys else {}
        other = {name: known[name] for name, held in facts.holdings.items() if name in known and known[name] != held}
        if other and state.in_phase(desk.now) < desk.rules.lean_start:
            name, quantity = next(iter(other.items()))
            text = f"LEAN took over {facts.holdings[name]} {name} and the account holds {quantity}: it is stopped. "
            desk.hold("holdings-differ", text + "Look at 'leanib account', then 'leanib redeploy'")
            return
        restarted = "lean-down" in state.conditions
        desk.right("LEAN trades again", *LEAN_CONDITIONS)
        if restarted:
            book = state.baseline.summary() if state.baseline is not None else "an account not asked"
            desk.out.tell(Severity.INFORMATION, "redeployed", f"LEAN trades again, with {book}")
        state.lost_at = state.back_at = None
        state.error = ""
        state.enter("watch", "trading", desk.now)
