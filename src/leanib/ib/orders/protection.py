"""A position never stands unprotected in silence: the legs of brackets are watched, fitted to their parent, and missed.

IB cancels a leg when the other fills and when its parent is cancelled unfilled; all else is looked at here, a moment
after anything of a bracket has changed and after every reconciliation. What is done about a lost leg is the user's
choice: `lost_leg` in `[orders]` of config/.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from typing import Protocol

from leanib.ib.alerts import Severity
from leanib.ib.connection import IBConnection
from leanib.ib.errors import IBError, JournalError
from leanib.ib.journal import Journal, OrderRecord
from leanib.ib.order_request import OrderRequest
from leanib.ib.orders.bracket import Bracket, leg_name
from leanib.ib.orders.changes import Change
from leanib.ib.orders.notes import Notes
from leanib.ib.orders.orphans import Orphans
from leanib.ib.signals import Signal

__all__ = ["Protection"]

_GIVEN_UP = "cancel intended"
_TOLD = "protection lost"
_AGAIN = 1.0
"""Seconds before a bracket is looked at again for which nothing could be sent."""
_FLATTENING, _FLATTENED, _NOT_FLATTENED = "flatten intended", "flattened", "flatten refused"


class _Orders(Protocol):
    async def place(self, request: OrderRequest) -> OrderRecord: ...

    async def modify(self, ref: str, change: Change) -> OrderRecord: ...

    def cancel(self, ref: str) -> OrderRecord: ...

    async def wait(self, ref: str, timeout: float) -> OrderRecord: ...


class Protection:
    """Watches the brackets of one client id.

    Args:
        connection: Tells whether anything can be sent, and delivers alerts.
        journal: Where the brackets are.
        notes: Where what was told and done about them is kept.
        orders: Sends changes, cancellations and the closing order, each through all its own checks.
        changed: Emitted with every order that is not what it was.
        positions: Emitted with what is held, when everything was compared.
    """

    def __init__(
        self,
        connection: IBConnection,
        journal: Journal,
        notes: Notes,
        orders: _Orders,
        changed: Signal[[OrderRecord]],
        positions: Signal[[dict[tuple[str, int], Decimal]]],
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._notes = notes
        self._orders = orders
        self._settings = connection.settings.orders
        self._brackets: set[str] = set()
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._tried: dict[str, Decimal] = {}
        self._given_up_closing: set[str] = set()
        self._unseen_told: set[str] = set()
        changed.connect(self._on_change)
        self._orphans = Orphans(connection, journal, notes, self.bracket)
        positions.connect(self._orphans.compare)

    def watch(self, parent_ref: str) -> None:
        """A bracket was sent."""
        self._brackets.add(parent_ref)

    def resume(self) -> None:
        """After a reconciliation: every bracket that may still need something is looked at."""
        self._tried.clear()
        self._given_up_closing.clear()
        self._unseen_told.clear()
        everything = self._journal.orders(self._connection.account)
        mine = [r for r in everything if r.parent_ref and r.client_id == self._connection.client_id]
        self._brackets |= {leg.parent_ref for leg in mine}
        for ref in {leg.parent_ref for leg in mine if self._may_need_something(leg)}:
            self._look_soon(ref)

    def stop(self) -> None:
        """Nothing is looked at any more; what is at IB stays there."""
        for timer in self._due.values():
            timer.cancel()
        self._due.clear()
        self._orphans.stop()
        for task in self._busy.values():
            task.cancel()

    def bracket(self, ref: str) -> Bracket | None:
        """The bracket of an order, or that of the leg of that name; None for an order without legs."""
        record = self._journal.order(ref)
        parent = self._journal.order(record.parent_ref) if record is not None and record.parent_ref else record
        legs = self._journal.legs(parent.ref) if parent is not None else []
        if parent is None or not legs:
            return None
        given_up = frozenset(leg.ref for leg in legs if self._notes.has(leg.ref, _GIVEN_UP))
        closers = [self._journal.order(str(detail["order"])) for detail in self._notes.details(parent.ref, _FLATTENED)]
        closed = sum((one.filled for one in closers if one is not None), Decimal(0))
        return Bracket(parent, tuple(legs), given_up, closed)

    async def settled(self, ref: str, timeout: float) -> Bracket | None:
        """Waits until nothing is about to be done for an order's bracket; returns it as it is then."""
        bracket = self.bracket(ref)
        if bracket is None:
            return None
        name = bracket.parent.ref
        try:
            async with asyncio.timeout(timeout):
                while name in self._due or name in self._busy:
                    task = self._busy.get(name)
                    await (asyncio.wait({task}) if task is not None else asyncio.sleep(0.05))
        except TimeoutError:
            pass  # the bracket's present state is the answer
        return self.bracket(ref)

    async def finish(self) -> None:
        """Before the connection ends: lets be done what brackets need now; what is not done in seconds is told."""
        if self._connection.state.obstacle():
            return
        mine = [one for one in self._journal.open_orders(self._connection.account) if one.parent_ref]
        waiting = {leg.parent_ref for leg in mine if leg.client_id == self._connection.client_id}
        timeout = min(self._settings.leg_patience + 3, 0.8 * self._connection.settings.connection.request_timeout)
        try:
            async with asyncio.timeout(timeout):
                while waiting := {ref for ref in waiting if ref in self._busy or self._needs_something(ref)}:
                    await asyncio.sleep(0.05)
        except TimeoutError:
            names = " and ".join(sorted(waiting))
            self._tell(
                Severity.CRITICAL,
                "legs-not-looked-after",
                f"the program ends before the legs of {names} are known to be as they should: look at them in TWS; the "
                "next connection of this client id looks after them",
            )

    def _needs_something(self, ref: str) -> bool:
        """Whether something is on its way, or is about to be done or told."""
        bracket = self.bracket(ref)
        if bracket is None:
            return False
        if bracket.never_sent:
            return any(not self._notes.has(one.ref, _GIVEN_UP) for one in (bracket.parent, *bracket.working))
        if any(one.change for one in (bracket.parent, *bracket.legs)):
            return True
        if any(not self._notes.has(leg.ref, _TOLD) for leg in bracket.missing):
            return True
        return any(not self._notes.has(leg.ref, _size_told(bracket.wanted(leg))) for leg in bracket.misfits)

    def _may_need_something(self, leg: OrderRecord) -> bool:
        parent = self._journal.order(leg.parent_ref)
        return parent is not None and (not leg.status.is_final or not parent.status.is_final or self._is_exposed(leg))

    def _is_exposed(self, leg: OrderRecord) -> bool:
        bracket = self.bracket(leg.parent_ref)
        return bracket is not None and bool(bracket.exposed) and not self._notes.has(leg.ref, _TOLD)

    def _on_change(self, record: OrderRecord) -> None:
        ref = record.parent_ref or record.ref
        if ref in self._brackets:
            self._look_soon(ref)

    def _look_soon(self, ref: str) -> None:
        """In a moment, in which IB's own messages about the bracket's other orders can arrive."""
        if ref in self._busy:
            self._again.add(ref)
        elif ref not in self._due:
            loop = asyncio.get_running_loop()
            self._due[ref] = loop.call_later(self._settings.leg_patience, self._look, ref)

    def _look(self, ref: str) -> None:
        self._due.pop(ref, None)
        state = self._connection.state
        if state.obstacle() and not state.journal_behind:
            return  # resume looks again
        try:
            bracket = self.bracket(ref)
            if bracket is not None:
                self._look_after(ref, bracket)
        except JournalError as error:
            self._unseen(ref, str(error))

    def _look_after(self, ref: str, bracket: Bracket) -> None:
        if self._connection.state.journal_behind:  # nothing is sent, but a person can be told
            if bracket.missing and not bracket.never_sent:
                self._tell_missing(bracket)
            self._look_later(ref)
        elif bracket.never_sent:
            self._begin(ref, self._take_back(bracket))
        elif bracket.missing:
            self._begin(ref, self._miss(bracket))
        elif bracket.misfits:
            self._begin(ref, self._fit(bracket))

    def _look_later(self, ref: str) -> None:
        loop = asyncio.get_running_loop()
        self._due[ref] = loop.call_later(max(_AGAIN, self._settings.leg_patience), self._look, ref)

    def _unseen(self, ref: str, why: str) -> None:
        """The journal cannot be read: nobody can tell now whether the position is protected."""
        if ref not in self._unseen_told:
            self._unseen_told.add(ref)
            self._tell(
                Severity.CRITICAL,
                "protection-unknown",
                f"whether the position of order {ref} is protected is not known now: {why}; look at it in TWS",
            )
        self._look_later(ref)

    def _begin(self, ref: str, work: Awaitable[None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except JournalError as error:
                self._again.add(ref)
                self._connection.log.warning("a bracket could not be looked after now", ref=ref, error=str(error))
            except (IBError, ConnectionError) as error:
                self._connection.log.warning("a bracket could not be looked after now", ref=ref, error=str(error))

        task = asyncio.create_task(guarded(), name="ib-protection")
        self._busy[ref] = task
        task.add_done_callback(lambda _: self._done(ref))

    def _done(self, ref: str) -> None:
        self._busy.pop(ref, None)
        if ref in self._again:
            self._again.discard(ref)
            self._look_soon(ref)

    async def _take_back(self, bracket: Bracket) -> None:
        """Its last leg did not get through, so that IB holds the others back for ever: none of it is left there."""
        waiting = [bracket.parent, *bracket.working]
        asked = [one for one in waiting if not self._notes.has(one.ref, _GIVEN_UP) and self._cancel(one)]
        if asked:
            last = bracket.legs[-1]
            self._tell(
                Severity.CRITICAL,
                "bracket-not-sent",
                f"order {bracket.parent.ref} was not sent on, since its {leg_name(last)} {last.ref} did not get through"
                f"{f' ({last.message})' if last.message else ''}: nothing of it has filled, and what IB holds of it is "
                "cancelled",
            )

    async def _fit(self, bracket: Bracket) -> None:
        """Legs follow the size of what they protect; a change that did not help is not tried again."""
        for leg in bracket.misfits:
            wanted = bracket.wanted(leg)
            if wanted <= leg.filled:
                self._cancel(leg)
            elif self._tried.get(leg.ref) != wanted:
                self._tried[leg.ref] = wanted
                try:
                    await self._orders.modify(leg.ref, Change(quantity=wanted))
                except (IBError, ConnectionError) as error:
                    self._does_not_fit(bracket, leg, str(error))
            else:
                self._does_not_fit(bracket, leg, leg.message)

    def _does_not_fit(self, bracket: Bracket, leg: OrderRecord, why: str) -> None:
        wanted = bracket.wanted(leg)
        if self._notes.has(leg.ref, _size_told(wanted)):
            return
        self._notes.add(leg.ref, _size_told(wanted))
        self._tell(
            Severity.CRITICAL,
            "leg-size",
            f"the {leg_name(leg)} {leg.ref} is for {leg.quantity.normalize():f} and should be for "
            f"{wanted.normalize():f}, as order {bracket.parent.ref}{f' ({why})' if why else ''}: change it by hand",
        )

    async def _miss(self, bracket: Bracket) -> None:
        """A leg is lost: told once, and done about it what the user chose."""
        self._tell_missing(bracket)
        policy = self._policy_of(bracket)
        if policy != "tell" and not bracket.parent.status.is_final:
            self._cancel(bracket.parent)
        if policy == "flatten":
            await self._flatten(bracket)
        elif bracket.misfits:
            await self._fit(bracket)

    def _policy_of(self, bracket: Bracket) -> str:
        """What was chosen when the loss was told: a setting that changes later closes no position of before."""
        told = [detail for leg in bracket.missing for detail in self._notes.details(leg.ref, _TOLD)]
        return str(told[-1].get("policy", self._settings.lost_leg)) if told else self._settings.lost_leg

    def _tell_missing(self, bracket: Bracket) -> None:
        new = [leg for leg in bracket.missing if not self._notes.has(leg.ref, _TOLD)]
        if new:
            policy = self._settings.lost_leg
            for leg in new:
                self._notes.add(leg.ref, _TOLD, policy=policy)
            self._tell(Severity.CRITICAL, "protection-lost", f"{bracket.describe_missing()}; {_PROMISE[policy]}")

    async def _flatten(self, bracket: Bracket) -> None:
        """Cancels what is left of the bracket, waits until it is, and closes what has filled; once, come what may."""
        ref = bracket.parent.ref
        if self._notes.has(ref, _FLATTENED) or ref in self._given_up_closing:
            return
        for leg in bracket.working:
            self._cancel(leg)
        open_orders = [bracket.parent, *bracket.legs]
        ended = [await self._orders.wait(one.ref, self._settings.ack_timeout * 2) for one in open_orders]
        now_left = self.bracket(ref)
        assert now_left is not None
        if not now_left.exposed:
            return
        alive = [one.ref for one in ended if one.ref in {leg.ref for leg in now_left.working}]
        if alive or not now_left.parent.status.is_final:
            why = f"{' and '.join(alive) or ref} could not be cancelled"
            self._not_flattened(now_left, f"{why}, so that closing could reverse the position")
        elif len(self._notes.details(ref, _FLATTENING)) > len(self._notes.details(ref, _NOT_FLATTENED)):
            self._not_flattened(now_left, "it was being closed when the program ended, and is not closed twice")
        else:
            await self._close(now_left)

    async def _close(self, bracket: Bracket) -> None:
        parent = bracket.parent
        side = bracket.legs[0].action
        assert side in ("BUY", "SELL")
        request = OrderRequest(parent.symbol, "BUY" if side == "BUY" else "SELL", bracket.exposed)
        self._notes.add(parent.ref, _FLATTENING, quantity=str(bracket.exposed))
        try:
            closing = await self._orders.place(request)
        except (IBError, ConnectionError) as error:
            self._notes.add(parent.ref, _NOT_FLATTENED)
            self._not_flattened(bracket, str(error))
            return
        self._notes.add(parent.ref, _FLATTENED, order=closing.ref)
        self._tell(
            Severity.CRITICAL,
            "position-closed",
            f"order {closing.ref} closes the {bracket.exposed.normalize():f} {parent.symbol} of order {parent.ref}",
        )

    def _not_flattened(self, bracket: Bracket, why: str) -> None:
        self._given_up_closing.add(bracket.parent.ref)
        self._tell(
            Severity.CRITICAL,
            "position-not-closed",
            f"{bracket.exposed.normalize():f} {bracket.parent.symbol} of order {bracket.parent.ref} are not closed: "
            f"{why}; close the position or protect it by hand",
        )

    def _cancel(self, record: OrderRecord) -> bool:
        """Asks IB to cancel one of the bracket's orders; whether it was asked."""
        try:
            self._orders.cancel(record.ref)
        except (IBError, ConnectionError) as error:
            self._connection.log.warning("not cancelled", ref=record.ref, error=str(error))
            return False
        return True

    def _tell(self, severity: Severity, key: str, text: str) -> None:
        self._connection.alert(severity, key, text)


def _size_told(wanted: Decimal) -> str:
    return f"size {wanted} told"


_PROMISE = {
    "tell": "protect or close the position by hand (lost_leg in config/ can do it)",
    "cancel parent": "what is left of the order is cancelled",
    "flatten": "what is left of it is cancelled and the position is closed",
}
