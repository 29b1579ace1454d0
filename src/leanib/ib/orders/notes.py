"""What is noted of orders without changing them: known at once, on disk as soon as the journal takes it."""

from __future__ import annotations

from typing import Any

from leanib.ib.clock import Clock
from leanib.ib.journal import Journal
from leanib.ib.orders.inbox import Inbox

__all__ = ["Notes"]


class Notes:
    """Writes notes through the inbox, in which they wait while nothing can be written, and reads them back."""

    def __init__(self, journal: Journal, inbox: Inbox, clock: Clock) -> None:
        self._journal = journal
        self._inbox = inbox
        self._clock = clock
        self._waiting: list[tuple[str, str, dict[str, Any]]] = []

    def add(self, ref: str, kind: str, **detail: Any) -> None:
        """Notes something of an order."""
        at, note = self._clock.now(), (ref, kind, detail)
        self._waiting.append(note)

        def write() -> None:
            self._journal.note(ref, at, kind, **detail)
            self._inbox.afterwards(lambda: self._waiting.remove(note))

        self._inbox.take(write)

    def has(self, ref: str, kind: str) -> bool:
        """Whether that was noted of an order."""
        return bool(self.details(ref, kind))

    def details(self, ref: str, kind: str) -> list[dict[str, Any]]:
        """The details of all notes of a kind, oldest first; those included that are not written yet."""
        written = [detail for _, noted, detail in self._journal.history(ref) if noted == kind]
        return written + [detail for name, noted, detail in self._waiting if (name, noted) == (ref, kind)]
