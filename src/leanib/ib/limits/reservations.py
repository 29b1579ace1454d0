"""What programs of ours are about to send, or have sent, on one account: shared through a small file under a lock.

A program holds the account's lock from looking at the account to having written what it is about to send, so that two
programs never both find the same room. A reservation stands until its order is over; one whose program died is dropped
when IB no longer lists the order.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from leanib.ib.clock import Clock
from leanib.ib.errors import OrderRefused
from leanib.ib.limits.account_lock import AccountLock
from leanib.ib.limits.store import Reservation, Stamp, Store, StoreFile

__all__ = ["Reservation", "Reservations", "Store"]

_POLL = 0.02
_SHOWN_BY = timedelta(seconds=60)
"""How long after a program died an order that it may have sent can take to be listed by IB."""


class Reservations:
    """The reservations of one account in one folder.

    Args:
        folder: The user's state folder, the same for all projects: an account has one set of limits at a time.
        account: The account's id; the file's name does not show it.
        clock: Tells the time.
        patience: Seconds to wait for the lock.
    """

    def __init__(self, folder: Path, account: str, clock: Clock, patience: float) -> None:
        self._folder = folder / "limits"
        self._name = hashlib.sha256(account.encode()).hexdigest()[:16]
        self.path = self._folder / f"{self._name}.json"
        self._file = StoreFile(self.path)
        self._clock = clock
        self._patience = patience
        self._inside = asyncio.Lock()
        self.owner = uuid.uuid4().hex
        self._alive: FileLock | None = None
        self._lock = AccountLock(self._folder / f"{self._name}.lock")

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[Store]:
        """The store, read under the account's lock.

        Raises:
            OrderRefused: Another program holds the lock for too long, or the file cannot be read or made.
        """
        async with self._inside:
            await self._wait_for_lock()
            try:
                self._show_life()
                yield self._open(self._file)
            finally:
                self._lock.release()

    def peek(self) -> Store:
        """What the file says now, without the lock: for showing, not for deciding.

        Raises:
            OrderRefused: The file cannot be read.
        """
        with contextlib.closing(StoreFile(self.path, for_writing=False)) as file:
            return self._open(file)

    def glance(self) -> Store:
        """What the file says now, without the lock: it holds while `stamp` is the same under the lock.

        Raises:
            OrderRefused: The file cannot be read.
        """
        return self._open(self._file)

    @property
    def is_busy(self) -> bool:
        """Whether this program holds the lock or waits for it."""
        return self._inside.locked()

    @property
    def stamp(self) -> Stamp:
        """As what the file was last read or written."""
        return self._file.stamp

    def mine(self, reservation: Reservation) -> Reservation:
        """The reservation as this program's own."""
        return reservation if reservation.owner == self.owner else replace(reservation, owner=self.owner)

    def save(self, store: Store, *, may_wait: bool = False) -> None:
        """Writes what changed; only inside of `locked`.

        Args:
            store: What was changed.
            may_wait: Whether no order waits for it, so that the file may be tidied up too.

        Raises:
            OrderRefused: The disk refuses.
        """
        try:
            self._file.save(store, may_wait=may_wait)
        except OSError as error:
            raise OrderRefused(
                f"not sent: the reservation cannot be written to {self.path} ({error.strerror or error}): "
                "make room on the disk, or make the folder writable"
            ) from error

    def is_stale(self, reservation: Reservation) -> bool:
        """Whether a reservation that IB does not list is nobody's: its program is dead, and was long enough ago."""
        if reservation.owner == self.owner or self._clock.now() - reservation.at < _SHOWN_BY:
            return False
        return not self._lives(reservation.owner)

    def close(self) -> None:
        """This program ends; its reservations stay until IB no longer lists their orders."""
        if self._alive is not None:
            self._alive.release()
            with contextlib.suppress(OSError):
                Path(self._alive.lock_file).unlink()
            self._alive = None
        self._file.close()
        self._lock.close()

    async def _wait_for_lock(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        try:
            if self._alive is None:
                self._make_folder()
            while not self._lock.take():
                if loop.time() >= deadline:
                    raise OrderRefused(
                        f"not sent: another program has been checking orders of this account for {self._patience:g} s "
                        f"({self._lock.path}); try again"
                    )
                await asyncio.sleep(_POLL)
        except OSError as error:
            raise OrderRefused(
                f"not sent: the account cannot be locked with {self._lock.path} ({error.strerror or error}): "
                "make the folder writable"
            ) from error

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise OrderRefused(
                f"not sent: {self._folder} cannot be made ({error.strerror or error}), where programs tell each other "
                "what they send: make the folder writable"
            ) from error

    def _show_life(self) -> None:
        """Holds a lock of its own for as long as this program lives; removes those of dead ones. Under the lock."""
        if self._alive is not None:
            return
        for path in self._folder.glob(f"{self._name}-*.alive"):
            self._lives(path.stem.removeprefix(f"{self._name}-"))
        alive = FileLock(self._life(self.owner), thread_local=False, mode=0o600)
        alive.acquire(blocking=False)
        self._alive = alive

    def _life(self, owner: str) -> Path:
        return self._folder / f"{self._name}-{owner}.alive"

    def _open(self, file: StoreFile) -> Store:
        try:
            return file.open(self._clock.now())
        except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise OrderRefused(
                f"not sent: the reservations in {self.path} cannot be read ({error}): when no program of yours runs, "
                "delete the file"
            ) from error

    def _lives(self, owner: str) -> bool:
        path = self._life(owner)
        if not path.exists():
            return False
        probe = FileLock(path, thread_local=False, mode=0o600)
        try:
            probe.acquire(blocking=False)
        except (Timeout, OSError):
            return True
        probe.release()
        with contextlib.suppress(OSError):
            path.unlink()
        return False
