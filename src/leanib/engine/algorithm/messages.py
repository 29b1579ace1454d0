"""What an algorithm says: debug, log and error lines, its errors and its end (`Algorithm/QCAlgorithm.cs`)."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.dotnet.collections import Queue
from leanib.engine.dotnet.wrong_arguments import as_lean_says
from leanib.engine.naming import also_named
from leanib.engine.statistics.text import double_text
from leanib.engine.symbols import AlgorithmStatus

__all__ = ["Messages", "RuntimeFailure"]

_FORMAT = "%Y-%m-%d %H:%M:%S"


def _text(message: object) -> str:
    """`PythonUtil.ToSafeString`: what has a `to_string` of its own, as LEAN's objects and frames, begins a line."""
    if isinstance(message, float):
        return double_text(message)
    write = getattr(message, "to_string", None)
    return f"\n{write()}" if callable(write) else str(message)


class RuntimeFailure:
    """The error that ended an algorithm: the exception, with its traceback, and what LEAN's loop was doing."""

    def __init__(self, exception: BaseException, context: str) -> None:
        self.exception = exception
        self.context = context

    def __str__(self) -> str:
        return f"{type(self.exception).__name__}: {self.exception} (in {self.context})"


class Messages(AlgorithmPart):
    """The part of QCAlgorithm that talks. Every line starts with the algorithm's time."""

    time: datetime
    live_mode: bool

    def _qc_init_messages(self) -> None:
        self.debug_messages: deque[str] = Queue()
        self.log_messages: deque[str] = Queue()
        self.error_messages: deque[str] = Queue()
        self._qc_previous_debug = ""
        self._qc_previous_error = ""
        self.status = AlgorithmStatus.RUNNING
        self.run_time_error: RuntimeFailure | None = None

    def debug(self, message: object) -> None:
        """A line for the console; in a backtest one that repeats the line before is dropped."""
        text = _text(message)
        if self.live_mode or (text and text != self._qc_previous_debug):
            self._qc_previous_debug = text
            self.debug_messages.append(self._qc_with_time(text))

    def log(self, message: object) -> None:
        """A line for the log."""
        text = _text(message)
        if text or self.live_mode:
            self.log_messages.append(self._qc_with_time(text))

    @also_named(error="message")
    def error(self, message: object) -> None:
        """An error that does not end the run; in a backtest one that repeats the error before is dropped."""
        text = _text(message)
        if self.live_mode or (text and text != self._qc_previous_error):
            self._qc_previous_error = text
            self.error_messages.append(self._qc_with_time(text))

    def _qc_with_time(self, text: str) -> str:
        return f"{self._qc_base.time.strftime(_FORMAT)} {text}"

    def quit(self, message: object = "") -> None:
        """End the run after this time step."""
        self._qc_base.debug(f"Quit(): {message}")
        self._qc_base.set_status(AlgorithmStatus.STOPPED)

    def set_quit(self, quit: bool) -> None:
        """End the run after this time step, without a word."""
        if quit:
            self._qc_base.set_status(AlgorithmStatus.DELETED)

    def get_quit(self) -> bool:
        """Whether the run is to end."""
        return self.status is not AlgorithmStatus.RUNNING

    def set_status(self, status: AlgorithmStatus) -> None:
        """Whether the algorithm runs, and how it ended."""
        self.time_keeper.interrupt()
        self.status = status

    def set_runtime_error(self, exception: BaseException, context: str = "") -> None:
        """The run ends with this error; `context` is LEAN's name of what was being done."""
        self.run_time_error = RuntimeFailure(as_lean_says(exception), context)
        self._qc_base.set_status(AlgorithmStatus.RUNTIME_ERROR)

    def set_run_time_error(self, exception: BaseException) -> None:
        """The run ends with this error."""
        self._qc_base.set_runtime_error(exception)
