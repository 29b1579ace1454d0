"""One hand at a time on LEAN: a person's command and the monitor never start or stop it together.

The lock is a file's (`storage/operations/start-<mode>.lock`); the operating system takes it back when its holder dies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from leanib.errors import LeanIBError
from leanib.project import OPERATIONS

__all__ = ["hands_on_lean", "is_busy"]

_PATIENCE = 240.0


@contextmanager
def hands_on_lean(
    root: Path, mode: str, *, patience: float = _PATIENCE, tell: Callable[[str], None] = lambda _line: None
) -> Iterator[None]:
    """Nobody else starts or stops LEAN on the mode's account meanwhile.

    Args:
        root: The project's folder.
        mode: `paper` or `live`.
        patience: Seconds to wait for another command or the monitor.
        tell: Hears when it waits.

    Raises:
        LeanIBError: Another one is still at it after that time.
    """
    lock = _lock(root, mode)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(f"another command or the monitor is at work on LEAN ({mode}); waiting up to {patience:g} s")
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            raise LeanIBError(
                f"another command or the monitor is still at work on LEAN ({mode}): see 'leanib status' and "
                "'leanib monitor status', then try again"
            ) from None
    try:
        yield
    finally:
        lock.release()


def is_busy(root: Path, mode: str) -> bool:
    """Whether another process has its hands on LEAN."""
    lock = _lock(root, mode)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _lock(root: Path, mode: str) -> FileLock:
    folder = root / OPERATIONS
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / f"start-{mode}.lock", mode=0o600)
