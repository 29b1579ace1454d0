"""Who trades on an account: one strategy, or several with books.

Two owners would take each other's positions for theirs.

Each running strategy holds a lock in the user's state folder, whatever project it is of; the system lets go of it when
the program dies.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from leanib.errors import LeanIBError

__all__ = ["owning"]


@contextmanager
def owning(folder: Path, account: str, name: str, book: str) -> Iterator[None]:
    """Hold the account, or a book of it.

    Args:
        folder: The user's state folder.
        account: The account's id; files' names do not show it.
        name: What the strategy is called to others.
        book: Empty: all of the account.

    Raises:
        LeanIBError: Another strategy holds what this one wants, or the folder cannot be written.
    """
    place = folder / "live"
    stem = f"{hashlib.sha256(account.encode()).hexdigest()[:16]}-{uuid.uuid4().hex}"
    lock = FileLock(place / f"{stem}.lock", thread_local=False, mode=0o600)
    told = place / f"{stem}.json"
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire(blocking=False)
        told.write_text(json.dumps({"name": name, "book": book}), encoding="utf-8")
    except OSError as error:
        raise LeanIBError(
            f"{place} cannot be written ({error.strerror or error}), where strategies tell each other what they trade "
            "on: make the folder writable"
        ) from error
    try:
        for other, its_book in _others(place, stem):
            _refuse(other, its_book, book)
        yield
    finally:
        with contextlib.suppress(OSError):
            told.unlink()
        lock.release()
        with contextlib.suppress(OSError):
            (place / f"{stem}.lock").unlink()


def _refuse(other: str, its_book: str, book: str) -> None:
    if not its_book:
        raise LeanIBError(
            f"{other} trades on this account already, as its only owner: end it first, or start both with --book NAME"
        )
    if not book:
        raise LeanIBError(
            f"{other} trades on this account with the book {its_book}: give this strategy one too, with --book NAME"
        )
    if its_book == book:
        raise LeanIBError(f"{other} trades with the book {book} already: end it first, or take another name")


def _others(place: Path, own: str) -> Iterator[tuple[str, str]]:
    """Names and books of the strategies that run on the account; what dead ones left is removed."""
    account = own.partition("-")[0]
    for path in sorted(place.glob(f"{account}-*.json")):
        if path.stem == own:
            continue
        lock = FileLock(path.with_suffix(".lock"), thread_local=False, mode=0o600)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            with contextlib.suppress(OSError, ValueError, KeyError):  # it ended, or begins, in this moment
                content = json.loads(path.read_text(encoding="utf-8"))
                yield content["name"], content["book"]
            continue
        lock.release()
        for left in (path, path.with_suffix(".lock")):
            with contextlib.suppress(OSError):
                left.unlink()
