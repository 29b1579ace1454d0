"""What a run looks like on a terminal: messages, a progress bar on long runs, the statistics, the user's traceback.

Rich is imported when something is drawn with it: a run of half a second should not take one.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["TerminalListener", "print_statistics", "user_line", "user_traceback"]

_WIDE = 96  # columns that two statistics beside each other need
_PATIENCE = 1.0  # seconds before a progress bar appears
_PACKAGE = Path(__file__).resolve().parent.parent


class TerminalListener:
    """Prints a run's messages, and draws a progress bar once the run has taken a second.

    Both go to `stderr`, so that the result on `stdout` can be piped.
    """

    def __init__(self, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._quiet = quiet
        self._clock = clock
        self._started = clock()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._draws = sys.stderr.isatty() and not quiet

    def message(self, kind: str, text: str) -> None:
        """Print a line, above the bar if there is one."""
        if self._quiet or kind == "runtime-error":
            return
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            print(text, file=sys.stderr)

    def progress(self, fraction: float, utc_time: datetime, data_points: int) -> None:
        """Move the bar."""
        if not self._draws:
            return
        elapsed = self._clock() - self._started
        if self._bar is None:
            if elapsed < _PATIENCE:
                return
            self._open()
        assert self._bar is not None
        assert self._task is not None
        speed = data_points / elapsed / 1000
        self._bar.update(self._task, completed=fraction, date=f"{utc_time:%Y-%m-%d}", speed=f"{speed:,.0f}k points/s")

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.fields[date]}"),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            refresh_per_second=4,
        )
        self._task = self._bar.add_task("", total=1.0, date="", speed="")
        self._bar.start()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        self._draws = False


def print_statistics(statistics: Mapping[str, str]) -> None:
    """LEAN's statistics as a table; on a wide terminal in two columns."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    columns = 2 if console.width >= _WIDE else 1
    table = Table(box=box.ROUNDED, show_header=False)
    for _ in range(columns):
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="right", style="bold")
    rows = list(statistics.items())
    height = -(-len(rows) // columns)
    for index in range(height):
        cells = [rows[at] if at < len(rows) else ("", "") for at in range(index, height * columns, height)]
        table.add_row(*(Text(text) for cell in cells for text in cell))
    console.print(table)


def user_traceback(error: BaseException) -> str:
    """Python's traceback of an error, without the engine's own frames: it ends in the user's line.

    An error that no line of the user's is part of keeps all its frames: it is the engine's.
    """
    lines = traceback.TracebackException.from_exception(error)
    _cut(lines)
    return "".join(lines.format()).rstrip("\n")


def _cut(lines: traceback.TracebackException) -> None:
    own = [frame for frame in lines.stack if _is_users(frame.filename)]
    if own:
        lines.stack = traceback.StackSummary.from_list(own)
    for linked in (lines.__cause__, lines.__context__):
        if linked is not None:
            _cut(linked)


def user_line(error: BaseException) -> str:
    """`file, line n` of the user's line that an error came through; nothing when there is none."""
    found = ""
    frame: TracebackType | None = error.__traceback__
    while frame is not None:
        file = frame.tb_frame.f_code.co_filename
        if _is_users(file):
            found = f"{file}, line {frame.tb_lineno}"
        frame = frame.tb_next
    return found


def _is_users(filename: str) -> bool:
    """Whether a frame is in a file that is neither the engine's nor Python's own."""
    if filename.startswith("<"):
        return False
    path = Path(filename).resolve()
    return _PACKAGE not in path.parents and "site-packages" not in path.parts and not _is_standard(path)


def _is_standard(path: Path) -> bool:
    roots: list[Any] = [Path(sys.base_prefix).resolve() / "lib"]
    return any(root in path.parents for root in roots)
