"""Long work in small pieces, so that no client holds up another.

A turn of the event loop does one piece for one client: the messages of a client that sent many at once, or a part of a
long answer. Whoever has little to say is answered at once. For a client that does not read nothing more is done.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leanib.simulator.session import Session

Work = Iterator[None]
#: Pieces that are done at once while nobody else waits: a day of minutes is answered without a break.
AT_ONCE = 3


class Chores:
    """What is left to do for each client, one after the other."""

    def __init__(self) -> None:
        self._late: deque[Session] = deque()
        self._work: dict[Session, deque[Work]] = {}
        self._scheduled = False

    @property
    def busy(self) -> bool:
        """Is there work left that could be done?"""
        return bool(self._late) or any(not session.slow for session in self._work)

    def begin(self, session: Session, work: Work) -> None:
        """Do the first pieces now and the rest in turns; without an event loop everything now."""
        if session.leaving:
            return
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            for _ in work:
                pass
            return
        if not self._work and not session.slow:
            for _ in range(AT_ONCE):
                if next(work, self) is self:
                    return
        self._work.setdefault(session, deque()).append(work)
        self.wake()

    def read_on(self, session: Session) -> None:
        """The client sent more than fits into a turn."""
        self._late.append(session)
        self.wake()

    def forget(self, session: Session) -> None:
        """A client is gone."""
        self._work.pop(session, None)

    def wake(self) -> None:
        """There is something to do (again)."""
        if not self._scheduled and (self._late or self._work):
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        """One piece of each kind."""
        self._scheduled = False
        if self._late:
            self._late.popleft().read_on()
        session = next((one for one in self._work if not one.slow), None)
        if session is not None:
            works = self._work.pop(session)
            if next(works[0], self) is self:
                works.popleft()
            if works and not session.closed:
                self._work[session] = works  # behind the others
        if self.busy:
            self.wake()
