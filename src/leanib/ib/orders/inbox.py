"""What IB tells is written in the order in which it came, now or as soon as the journal takes it again.

While the journal cannot be written (locked by another process, disk full, disk gone) messages are kept in memory and
tried again; the connection's state says so, and no new order and no change is sent. Nothing of a message is written
unless all of it is; listeners hear of it afterwards.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from leanib.ib.alerts import Severity
from leanib.ib.connection import IBConnection
from leanib.ib.errors import JournalError
from leanib.ib.journal import Journal

__all__ = ["Inbox"]

_PATIENCE = 0.1
"""Seconds that the event loop may stand still for another process that is writing."""
_EVERY = 1.0
"""Seconds between two tries."""

Work = Callable[[], None]


class Inbox:
    """Applies messages to the journal, one transaction each."""

    def __init__(self, connection: IBConnection, journal: Journal, failed: Callable[[str], None]) -> None:
        self._connection = connection
        self._journal = journal
        self._failed = failed
        self._waiting: deque[Work] = deque()
        self._effects: list[Work] = []
        self._timer: asyncio.TimerHandle | None = None
        self._applying = False
        journal.be_patient(_PATIENCE)

    @property
    def is_behind(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._waiting)

    def take(self, work: Work) -> None:
        """Applies a message, after those that wait."""
        if self._applying:
            work()  # a part of what is being applied
            return
        if self._waiting:
            self._waiting.append(work)
            return
        problem = self._apply(work)
        if problem:
            self._waiting.append(work)
            self._fall_behind(problem)

    def afterwards(self, effect: Work) -> None:
        """Does something once the message is written: tells a listener, raises an alert."""
        if self._applying:
            self._effects.append(effect)
        else:
            effect()

    def retry(self) -> bool:
        """Writes what waits; whether nothing waits any more."""
        while self._waiting:
            if self._apply(self._waiting[0]):
                return False
            self._waiting.popleft()
        self._caught_up()
        return True

    def abandon(self) -> None:
        """Forgets what waits, as a process that dies does."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Tries a last time; what still cannot be written is told."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting and not self.retry():
            self._connection.alert(
                Severity.CRITICAL,
                "journal-incomplete",
                f"{len(self._waiting)} messages about orders could not be written to {self._journal.path}: the next "
                "connection asks IB for them; make room on the disk before, and compare with TWS",
            )

    def _apply(self, work: Work) -> str:
        """Applies one message whole; the reason when the journal cannot take it, else empty."""
        self._effects.clear()
        self._applying = True
        try:
            with self._journal.transaction():
                work()
        except JournalError as error:
            return str(error)
        except Exception as error:
            self._connection.log.exception("a message about an order could not be read")
            self._failed(repr(error))
            return ""
        finally:
            self._applying = False
        effects, self._effects = self._effects, []
        for effect in effects:
            effect()
        return ""

    def _fall_behind(self, problem: str) -> None:
        self._connection.change(journal_behind=True, reason=problem)
        self._connection.alert(
            Severity.CRITICAL,
            "journal-behind",
            f"{problem}; what IB tells is kept in memory and written when it can be, and until then no order is sent "
            "and none is changed (cancelling works): make room on the disk, or end the program that holds the file",
        )
        self._plan()

    def _plan(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_EVERY, self._try_again)

    def _try_again(self) -> None:
        self._timer = None
        if not self.retry():
            self._plan()

    def _caught_up(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._connection.state.journal_behind:
            self._connection.change(journal_behind=False, reason="the order journal is complete again")
            self._connection.alert(
                Severity.INFORMATION, "journal-complete", "the order journal is written again, and complete"
            )
