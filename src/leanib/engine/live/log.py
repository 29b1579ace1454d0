"""`log.txt` in the run's folder: every line at once, in the form of LEAN's own log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from leanib.engine.results.listener import Listener
from leanib.errors import ResultError

__all__ = ["LogFile"]

_WORDS = {"debug": "Debug: ", "log": "Log: ", "error": "Error: "}


class LogFile:
    """Writes a run's log; a context manager.

    Args:
        folder: The run's folder, made when it is missing.
        now: The wall clock (aware).

    Raises:
        ResultError: It cannot be written.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] | None = None) -> None:
        self._now = now or (lambda: datetime.now(UTC))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: TextIO = (folder / "log.txt").open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise ResultError(
                f"{folder / 'log.txt'} cannot be written ({error.strerror}); choose another folder with --output"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def beside(self, listener: Listener) -> Listener:
        """A listener that writes what it hears, and passes it on."""
        return _Both(self, listener)

    def line(self, kind: str, text: str) -> None:
        """One line, such as `2026-11-29T02:08:48.1234567Z TRACE:: Debug: ...`."""
        level = "ERROR" if kind in ("error", "runtime-error") else "TRACE"
        self._file.write(f"{self._now():%Y-%m-%dT%H:%M:%S.%f}0Z {level}:: {_WORDS.get(kind, '')}{text}\n")


class _Both:
    def __init__(self, log: LogFile, listener: Listener) -> None:
        self._log = log
        self._listener = listener

    def message(self, kind: str, text: str) -> None:
        """A line for the user."""
        self._log.line(kind, text)
        self._listener.message(kind, text)

    def progress(self, fraction: float, utc_time: datetime, data_points: int) -> None:
        """Passed on."""
        self._listener.progress(fraction, utc_time, data_points)
