"""Who runs the backtests: processes of this machine, or a Dask cluster that exists.

On Linux the processes are forked after the first backtest, so that they begin with everything imported and with the
data that it decoded, in memory that they share.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from typing import Any

from leanib.errors import LeanIBError, UsageError

__all__ = ["cores", "dask", "processes"]

_PATIENCE = 10.0


def cores() -> int:
    """How many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def processes(count: int) -> Iterator[tuple[Executor, int]]:
    """`count` processes of this machine; what still runs at the end is ended."""
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_leave_interrupts)
    try:
        yield pool, count
    finally:
        running = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in running:
            process.terminate()
        for process in running:
            process.join(_PATIENCE)


def _leave_interrupts() -> None:
    """Ctrl-C is the first process's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def dask(address: str) -> Iterator[tuple[Executor, int]]:
    """The workers of the cluster at an address (`tcp://host:8786`); they see the same files and have leanib installed.

    Raises:
        UsageError: dask.distributed is not installed.
        LeanIBError: Nothing answers there, or the cluster has no worker.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise UsageError("--dask needs dask.distributed: pip install 'leanib[dask]'") from error
    try:
        client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        hint = "start one with 'dask scheduler'"
        raise LeanIBError(f"no Dask scheduler answers at {address} ({reason}); {hint}") from None
    try:
        count = sum(client.nthreads().values())
        if not count:
            raise LeanIBError(f"the Dask cluster at {address} has no worker; start one with 'dask worker {address}'")
        yield client.get_executor(pure=False), count
    finally:
        client.close()
