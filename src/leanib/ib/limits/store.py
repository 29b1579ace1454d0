"""The file in which programs of ours tell each other what they are about to send on one account.

Its first line is all there is, each further line what changed: an order adds some hundred bytes and renames nothing,
which on a busy disk takes as long as the disk likes. Now and then it is written anew as a whole. All of it is read and
written under the account's lock, so what a program knows of the file is right while the file is as long as it was.

A line without its end after the first is nobody's: the program that wrote it died in it, or the machine did, before
what it was to say was sent. Any other damage refuses.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from leanib.ib.limits.picture import Side

__all__ = ["Reservation", "Stamp", "Store", "StoreFile"]

Stamp = tuple[int, int, int, int]
"""Device, inode, size and time of the last change of a file: another one where somebody has written it."""
_MINUTE = timedelta(minutes=1)
_LONG, _TOO_LONG = 32_768, 262_144
"""Bytes from which on the file is written anew where nobody waits for it, and wherever it is written."""


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
    """What the file says, to be changed under the lock and saved.

    Attributes:
        reservations: By key.
    """

    def __init__(self, reservations: dict[str, Reservation], sent: list[datetime], now: datetime) -> None:
        self.reservations, self.sent = dict(reservations), list(sent)
        self._now = now
        self._before, self._new = reservations, 0

    @property
    def sent_last_minute(self) -> int:
        """Orders that programs of ours were allowed to send in the last minute."""
        return len(self.sent)

    def reserve(self, reservations: Iterable[Reservation], *, new: int) -> None:
        """Adds or replaces reservations; `new` of them are new orders, which count for the pace."""
        self.reservations |= {one.key: one for one in reservations}
        self.sent += [self._now] * new
        self._new += new

    def whole(self) -> dict[str, Any]:
        """All of it as plain values."""
        return _plain(self.reservations.values(), self.sent)

    def changes(self) -> dict[str, Any]:
        """What is not as it was read, as plain values; empty where nothing changed."""
        before, now = self._before, self.reservations
        changed = [one for key, one in now.items() if before.get(key) != one]
        over = [key for key in before if key not in now]
        if not (changed or over or self._new):
            return {}
        return _plain(changed, self.sent[len(self.sent) - self._new :]) | {"over": over}


class StoreFile:
    """The file of one account as this program knows it.

    Args:
        path: Where it is.
        for_writing: Whether it is more than looked at.
    """

    def __init__(self, path: Path, *, for_writing: bool = True) -> None:
        self.path, self._name = path, str(path)
        self._flags = os.O_CLOEXEC | (os.O_RDWR | os.O_APPEND if for_writing else os.O_RDONLY)
        self._handle: int | None = None
        self._stamp: Stamp = (0, 0, 0, 0)
        self._known = 0
        self._is_ended = True
        self._reservations: dict[str, Reservation] = {}
        self._sent: list[datetime] = []

    def open(self, now: datetime) -> Store:
        """What it says.

        Raises:
            OSError: It cannot be read.
            ValueError: It is damaged, which KeyError, TypeError and ArithmeticError say too.
        """
        stamp = self._stamp_now()
        if stamp != self._stamp or self._handle is None:
            try:
                self._read(stamp)
            except BaseException:
                self.close()
                raise
        since = now - _MINUTE
        self._sent = [moment for moment in self._sent if moment > since]
        return Store(self._reservations, self._sent, now)

    def save(self, store: Store, *, may_wait: bool = False) -> None:
        """Writes what changed; where nobody waits for it, all of it when the file has grown long.

        Raises:
            OSError: The disk refuses; the file says what it said.
        """
        changes, too_long = store.changes(), self._stamp[2] > (_LONG if may_wait else _TOO_LONG)
        if too_long or (changes and (self._handle is None or not self._is_ended)):
            self._write_whole(store)
        elif changes:
            self._append(json.dumps(changes).encode() + b"\n")
        self._reservations, self._sent = dict(store.reservations), list(store.sent)

    def close(self) -> None:
        """Lets go of the file."""
        if self._handle is not None:
            os.close(self._handle)
        self._handle, self._known = None, 0

    @property
    def stamp(self) -> Stamp:
        """As what the file was last read or written; its inode is not used again while it is open."""
        return self._stamp

    def _stamp_now(self) -> Stamp:
        try:
            return _stamp(os.stat(self._name))  # noqa: PTH116 - each order looks twice
        except FileNotFoundError:
            return 0, 0, 0, 0

    def _read(self, stamp: Stamp) -> None:
        grown = self._handle is not None and stamp[:2] == self._stamp[:2] and stamp[2] > self._stamp[2]
        if not grown:
            self.close()
            self._reservations, self._sent = {}, []
            if stamp[1]:
                self._handle = os.open(self.path, self._flags)
        if self._handle is not None:
            found = os.pread(self._handle, stamp[2] - self._known, self._known)
            whole, end, rest = found.rpartition(b"\n")
            self._is_ended = bool(self._known or end)
            if not self._is_ended:  # the first line is written as a whole; earlier versions gave it no end
                whole = rest
            if end or not self._known:
                self._take(whole.decode(), first=not self._known)
            self._known += len(whole) + len(end)
        self._stamp = stamp

    def _take(self, text: str, *, first: bool) -> None:
        """Lines that were not known yet; the first of a file has to be there."""
        for number, line in enumerate(text.split("\n")):
            content = json.loads(line)
            over = () if first and not number else content["over"]
            left = {key: one for key, one in self._reservations.items() if key not in over}
            found = [_reservation(row) for row in content["reservations"]]
            self._reservations = left | {one.key: one for one in found}
            self._sent += [datetime.fromisoformat(moment) for moment in content["sent"]]

    def _append(self, line: bytes) -> None:
        assert self._handle is not None
        if self._known < self._stamp[2]:  # what somebody died in
            os.ftruncate(self._handle, self._known)
        written = 0
        try:
            while written < len(line):
                written += os.write(self._handle, line[written:])
        except OSError:
            with suppress(OSError):  # a line without its end is nobody's anyway
                os.ftruncate(self._handle, self._known)
            self.close()
            raise
        self._known += written
        self._stamp = _stamp(os.fstat(self._handle))

    def _write_whole(self, store: Store) -> None:
        line = json.dumps(store.whole()).encode() + b"\n"  # `json.dump` does without the C encoder
        draft = self.path.with_suffix(f".{os.getpid()}.draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(line)
        draft.replace(self.path)
        self.close()
        self._handle = os.open(self.path, self._flags)
        self._stamp, self._known, self._is_ended = self._stamp_now(), len(line), True


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _plain(reservations: Iterable[Reservation], sent: Iterable[datetime]) -> dict[str, Any]:
    return {"reservations": [_row(one) for one in reservations], "sent": [moment.isoformat() for moment in sent]}


def _row(one: Reservation) -> dict[str, Any]:
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
