"""Who watches an account: one monitor, by a lease on disk that runs out unless it is renewed.

`storage/operations/monitor-<mode>.lease`. A lock alone would not do: a monitor that hangs, or a machine that sleeps,
keeps its lock. Whoever finds the lease of another run out takes it; the other notices before its next act and ends.
"""

from __future__ import annotations

import json
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from leanib.errors import LeanIBError
from leanib.ib.clock import Clock
from leanib.private_files import write_private
from leanib.project import OPERATIONS

__all__ = ["Lease", "LeaseLost", "LeaseTaken", "read_lease"]

TERM = timedelta(seconds=60)
"""Without a renewal a lease runs out after that; the monitor renews it at every look and while it waits for a hand."""

_LOCK_PATIENCE = 10.0


class LeaseTaken(LeanIBError):  # noqa: N818 - reads as what happened
    """Another monitor watches this account."""


class LeaseLost(LeanIBError):  # noqa: N818
    """Another monitor has taken over; this one must not act any more."""


@dataclass(frozen=True)
class Holder:
    """Who holds a lease.

    Attributes:
        token: Of this one run.
        generation: Counts the holders, one after the other.
        until: When it runs out, ISO 8601, UTC.
    """

    token: str
    host: str
    pid: int
    since: str
    until: str
    generation: int = 1

    def is_over(self, now: datetime) -> bool:
        """Whether the lease ran out, or its holder's process on this machine is gone."""
        if datetime.fromisoformat(self.until) <= now:
            return True
        return self.host == socket.gethostname() and not _lives(self.pid)

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since}"


class Lease:
    """The lease of one mode's account.

    Args:
        root: The project's folder.
        mode: `paper` or `live`.
        clock: Tells the time.
    """

    def __init__(self, root: Path, mode: str, clock: Clock) -> None:
        self._file = _file(root, mode)
        self._mode = mode
        self._clock = clock
        self._token = uuid.uuid4().hex
        self._since = ""
        self._generation = 0

    def take(self) -> None:
        """Takes it when it is free or has run out.

        Raises:
            LeaseTaken: Another monitor has it.
        """
        with self._locked():
            now = self._clock.now()
            present = _read(self._file)
            if present is not None and present.token != self._token and not present.is_over(now):
                raise LeaseTaken(
                    f"another monitor watches the {self._mode} account ({present}): stop that one, or leave the watch "
                    "to it; 'leanib monitor status' shows it, '--stand-by' waits for its end"
                )
            self._generation = (present.generation if present is not None else 0) + 1
            self._since = now.isoformat(timespec="seconds")
            self._write(now)

    def renew(self) -> None:
        """Holds it for another term.

        Raises:
            LeaseLost: It ran out (a machine that slept) and another monitor took it.
        """
        with self._locked():
            present = _read(self._file)
            if present is not None and present.token != self._token:
                raise LeaseLost(f"another monitor has taken over the {self._mode} account ({present}); this one ends")
            self._write(self._clock.now())

    def give_back(self) -> None:
        """Ends it, so that the next monitor need not wait."""
        with self._locked():
            present = _read(self._file)
            if present is not None and present.token == self._token:
                self._file.unlink(missing_ok=True)

    def _write(self, now: datetime) -> None:
        until = (now + TERM).isoformat(timespec="seconds")
        holder = Holder(self._token, socket.gethostname(), os.getpid(), self._since, until, self._generation)
        try:
            write_private(self._file, json.dumps(asdict(holder)) + "\n")
        except OSError:
            if _read(self._file) is None:
                raise  # never held

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._file.with_suffix(".lease-lock"), timeout=_LOCK_PATIENCE, mode=0o600):
                yield
        except Timeout:
            raise LeaseTaken(f"{self._file} is locked by a process that does not let go; end that process") from None


def read_lease(root: Path, mode: str) -> Holder | None:
    """Who holds the mode's lease, run out or not; None when nobody does."""
    return _read(_file(root, mode))


def _file(root: Path, mode: str) -> Path:
    return root / OPERATIONS / f"monitor-{mode}.lease"


def _read(file: Path) -> Holder | None:
    """An unreadable lease is nobody's: whoever wrote it could not have renewed it either."""
    try:
        return Holder(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
