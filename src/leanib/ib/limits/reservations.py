"""What programs of ours are about to send, or have sent, on one account: shared through a small file under a lock.

A program holds the account's lock from looking at the account to having written what it is about to send, so that two
programs never both find the same room. A reservation stands until its order is over; one whose program died is dropped
when IB no longer lists the order.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from leanib.ib.clock import Clock
from leanib.ib.errors import OrderRefused
from leanib.ib.limits.picture import Side

__all__ = ["Reservation", "Reservations", "Store"]

_POLL = 0.02
_MINUTE = timedelta(minutes=1)
_SHOWN_BY = timedelta(seconds=60)
"""How long after a program died an order that it may have sent can take to be listed by IB."""


@dataclass(frozen=True)
class Reservation:
    """One order of a program of ours.

    Attributes:
        key: Its reference.
        quantity: The most that may fill of it in all.
        filled: What its program knows to have filled.
        prices: The prices that it names itself.
        parent: The reference of the order it is attached to.
        owner: The program.
        at: When it was reserved, UTC.
    """

    key: str
    con_id: int
    side: Side
    quantity: Decimal
    filled: Decimal
    prices: tuple[Decimal, ...]
    parent: str
    owner: str
    at: datetime


class Store:
    """The file as read under the lock; `save` writes what changed."""

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        self._now = now
        self.reservations, self._sent = _read(path)
        self._sent = [moment for moment in self._sent if moment > now - _MINUTE]

    @property
    def sent_last_minute(self) -> int:
        """Orders that programs of ours were allowed to send in the last minute."""
        return len(self._sent)

    def reserve(self, reservations: Iterable[Reservation], *, new: int) -> None:
        """Adds or replaces reservations; `new` of them are new orders, which count for the pace."""
        self.reservations |= {one.key: one for one in reservations}
        self._sent += [self._now] * new

    def save(self) -> None:
        """Writes the file as a whole, for its owner only.

        Raises:
            OSError: The disk refuses; the file is as it was.
        """
        content = {
            "reservations": [_plain(one) for one in self.reservations.values()],
            "sent": [moment.isoformat() for moment in self._sent],
        }
        draft = self._path.with_suffix(f".{os.getpid()}.draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(content))  # `json.dump` does without the C encoder, at ten times the cost
        draft.replace(self._path)


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
        self._lock_path = self._folder / f"{self._name}.lock"
        self._clock = clock
        self._patience = patience
        self._inside = asyncio.Lock()
        self.owner = uuid.uuid4().hex
        self._alive: FileLock | None = None
        self._account_lock: FileLock | None = None

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[Store]:
        """The store, read under the account's lock.

        Raises:
            OrderRefused: Another program holds the lock for too long, or the file cannot be read or made.
        """
        async with self._inside:
            lock = await self._lock()
            try:
                self._show_life()
                yield self._open()
            finally:
                lock.release()

    def peek(self) -> Store:
        """What the file says now, without the lock: for showing, not for deciding.

        Raises:
            OrderRefused: The file cannot be read.
        """
        return self._open()

    def mine(self, reservation: Reservation) -> Reservation:
        """The reservation as this program's own."""
        return reservation if reservation.owner == self.owner else replace(reservation, owner=self.owner)

    def save(self, store: Store) -> None:
        """Writes what changed; only inside of `locked`.

        Raises:
            OrderRefused: The disk refuses.
        """
        try:
            store.save()
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

    async def _lock(self) -> FileLock:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        lock = self._account_lock = self._account_lock or self._new_lock()
        while True:
            try:
                lock.acquire(blocking=False)
            except Timeout:
                if loop.time() >= deadline:
                    raise OrderRefused(
                        f"not sent: another program has been checking orders of this account for {self._patience:g} s "
                        f"({self._lock_path}); try again"
                    ) from None
                await asyncio.sleep(_POLL)
            except OSError as error:
                raise OrderRefused(
                    f"not sent: the account cannot be locked with {self._lock_path} ({error.strerror or error}): "
                    "make the folder writable"
                ) from error
            else:
                return lock

    def _new_lock(self) -> FileLock:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise OrderRefused(
                f"not sent: {self._folder} cannot be made ({error.strerror or error}), where programs tell each other "
                "what they send: make the folder writable"
            ) from error
        return FileLock(self._lock_path, thread_local=False, mode=0o600)

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

    def _open(self) -> Store:
        try:
            return Store(self.path, self._clock.now())
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


def _read(path: Path) -> tuple[dict[str, Reservation], list[datetime]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, []
    found = [_reservation(row) for row in content["reservations"]]
    return {one.key: one for one in found}, [datetime.fromisoformat(text) for text in content["sent"]]


def _plain(one: Reservation) -> dict[str, Any]:
    return {
        **vars(one),
        "quantity": str(one.quantity),
        "filled": str(one.filled),
        "prices": [str(price) for price in one.prices],
        "at": one.at.isoformat(),
    }


def _reservation(row: dict[str, Any]) -> Reservation:
    return Reservation(
        key=str(row["key"]),
        con_id=int(row["con_id"]),
        side="BUY" if row["side"] == "BUY" else "SELL",
        quantity=Decimal(row["quantity"]),
        filled=Decimal(row["filled"]),
        prices=tuple(Decimal(price) for price in row["prices"]),
        parent=str(row["parent"]),
        owner=str(row["owner"]),
        at=datetime.fromisoformat(row["at"]),
    )
