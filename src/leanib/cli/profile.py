"""`leanib backtest --profile`: which of the user's own lines take the time."""

from __future__ import annotations

import importlib.util
import linecache
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from leanib.errors import UsageError
from leanib.files import write_text

if TYPE_CHECKING:
    from pyinstrument import Profiler

__all__ = ["LineTimes", "Profile"]

_FILE = "profile.html"
_SHOWN = 15
_INTERVAL = 0.001
_LINE = "l"
"""What pyinstrument marks the number of the line with that a frame is at."""

Record = tuple[list[str], float]
"""Frames from the outermost to the innermost, as pyinstrument writes them, and seconds."""


@dataclass
class LineTimes:
    """Seconds by file and line of the user's code, what it calls included; `own` counts a moment once, innermost."""

    total: float = 0.0
    own: dict[tuple[str, int], float] = field(default_factory=dict)
    whole: dict[tuple[str, int], float] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[Record], folder: Path) -> LineTimes:
        """The times of the lines of files in a folder or below it."""
        times, root = cls(), folder.resolve()
        is_own: dict[str, bool] = {}
        for stack, seconds in records:
            times.total += seconds
            lines = []
            for place in filter(None, map(_place, stack)):
                if place[0] not in is_own:
                    is_own[place[0]] = Path(place[0]).resolve().is_relative_to(root)
                if is_own[place[0]]:
                    lines.append(place)
            if not lines:
                continue
            times.own[lines[-1]] = times.own.get(lines[-1], 0.0) + seconds
            for line in dict.fromkeys(lines):
                times.whole[line] = times.whole.get(line, 0.0) + seconds
        return times

    def text(self, folder: Path) -> str:
        """A table of the lines that take most, and what they take together."""
        seconds = sum(self.own.values())
        share = seconds / self.total if self.total else 0.0
        lines = [f"your code, and what it calls: {seconds:.2f} s of {self.total:.2f} s ({share:.0%})"]
        slowest = sorted(self.whole.items(), key=lambda item: item[1], reverse=True)[:_SHOWN]
        for (file, number), spent in slowest:
            where = f"{Path(file).resolve().relative_to(folder.resolve())}:{number}"
            source = linecache.getline(file, number).strip()
            lines.append(f"{spent / self.total:>6.1%}{spent:>8.2f} s  {where:<20} {source}"[:120])
        return "\n".join(lines)


def _place(frame: str) -> tuple[str, int] | None:
    """The file and the line that a frame is at; None of what has neither."""
    identifier, *attributes = frame.split("\x01")
    parts = identifier.split("\x00")
    number = next((text[1:] for text in attributes if text.startswith(_LINE)), "")
    return (parts[1], int(number)) if len(parts) > 1 and number.isdigit() else None


class Profile:
    """Watches a run and tells afterwards."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the user's code.

        Raises:
            UsageError: pyinstrument is not installed.
        """
        if importlib.util.find_spec("pyinstrument") is None:
            raise UsageError("--profile needs pyinstrument; pip install 'leanib[profile]' brings it")
        self._folder = folder
        self._profiler: Profiler | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While the algorithm runs."""
        from pyinstrument import Profiler

        self._profiler = Profiler(interval=_INTERVAL, async_mode="disabled")
        self._profiler.start()
        try:
            yield
        finally:
            self._profiler.stop()

    def tell(self, results: Path) -> str:
        """The table of lines; the whole tree of calls is written beside the results."""
        assert self._profiler is not None
        session = self._profiler.last_session
        times = LineTimes.of([] if session is None else session.frame_records, self._folder)
        file = results / _FILE
        write_text(file, self._profiler.output_html())
        return f"{times.text(self._folder)}\nprofile: {file}"
