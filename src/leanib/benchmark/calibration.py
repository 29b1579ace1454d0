"""A fixed piece of work, half interpreter and half zlib and numpy as in a backtest, to compare machines with.

"cal" of something is its CPU time divided by that of this work, measured beside it.
"""

from __future__ import annotations

import time
import zlib

import numpy as np

__all__ = ["calibrate"]


class _Counter:
    __slots__ = ("total",)

    def __init__(self) -> None:
        self.total = 0.0

    def add(self, price: float, size: int) -> None:
        self.total += price * size


def _interpreter(count: int = 2_000_000) -> None:
    books = {number: _Counter() for number in range(16)}
    price = 100.0
    for number in range(count):
        price += ((number * 7919) % 13 - 6) * 0.01
        books[number & 15].add(price, number & 63)


def _columns(count: int = 400) -> None:
    rows = range(4000)
    lines = (b"%d,%d,%d,%d,%d,%d\n" % (n * 60000, 1000000 + n, 1000100 + n, 999900 + n, 1000050 + n, n) for n in rows)
    raw = zlib.compress(b"".join(lines))
    for _ in range(count):
        text = zlib.decompress(raw).replace(b"\n", b",").rstrip(b",").decode("ascii")
        table = np.fromstring(text, dtype=np.int64, sep=",").reshape(-1, 6)
        (table[:, 4] * 1e-4).cumsum()


def calibrate(rounds: int = 2) -> float:
    """CPU seconds of the work, the best of some rounds."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        _interpreter()
        _columns()
        times.append(time.process_time() - start)
    return min(times)
