"""The lock of an account between programs: the system holds it, and lets go of it for a program that dies."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]

__all__ = ["AccountLock"]


class AccountLock:
    """One program's hold on an account's lock file, which stays open from one order to the next.

    It is the lock that `filelock` takes on the file, and programs that take it through that wait for each other too.
    `filelock` opens the file anew each time, which took a third of a millisecond of every order.

    Args:
        path: The file; made when missing, for its owner only.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None
        self._elsewhere = FileLock(path, thread_local=False, mode=0o600) if fcntl is None else None

    def take(self) -> bool:
        """Takes the lock where no other program holds it; whether it did. Waits for nobody.

        Raises:
            OSError: The file cannot be opened or locked.
        """
        if self._elsewhere is not None:
            try:
                self._elsewhere.acquire(blocking=False)
            except Timeout:
                return False
            return True
        while True:
            if self._handle is None:
                self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            if os.fstat(self._handle).st_nlink:
                return True
            self.close()  # somebody has removed the folder: other programs lock another file by now

    def release(self) -> None:
        """Lets go of it."""
        if self._elsewhere is not None:
            self._elsewhere.release()
        elif self._handle is not None:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Lets go of it and of the file."""
        if self._elsewhere is not None:
            self._elsewhere.release()
        elif self._handle is not None:
            os.close(self._handle)
            self._handle = None
