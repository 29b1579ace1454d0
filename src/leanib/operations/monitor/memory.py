"""What outlives the monitor's process: its memory, and the heartbeat that others read.

`storage/operations/monitor-<mode>.json` is written before anything is done, so that a monitor that dies in the middle
goes on where it was; `monitor-<mode>.heartbeat` after every look.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from leanib.operations.monitor.state import MonitorState
from leanib.private_files import write_private
from leanib.project import OPERATIONS

__all__ = ["Heartbeat", "Memory", "is_paused", "pause", "resume"]

STALE = timedelta(seconds=90)
"""A heartbeat older than that is a monitor that hangs or is dead; a look takes seconds, a start of LEAN beats too."""


class Memory:
    """Keeps a `MonitorState` on disk.

    Args:
        root: The project's folder.
        mode: `paper` or `live`.
    """

    def __init__(self, root: Path, mode: str) -> None:
        self._file = root / OPERATIONS / f"monitor-{mode}.json"
        self._written = ""
        self.problem = ""

    def load(self) -> MonitorState:
        """What was kept; a fresh state when there is none. A broken file is set aside and `problem` says so."""
        try:
            text = self._file.read_text(encoding="utf-8")
            state = MonitorState.from_dict(json.loads(text))
        except FileNotFoundError:
            return MonitorState()
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            aside = self._file.with_suffix(".broken")
            self._file.replace(aside)
            self.problem = f"what the monitor remembered was not readable ({error}); it is kept as {aside.name}"
            return MonitorState()
        self._written = text
        return state

    def save(self, state: MonitorState) -> None:
        """Writes it when it changed; a disk that is full is told by `problem` and keeps nobody from acting."""
        text = json.dumps(state.as_dict())
        if text == self._written:
            return
        try:
            write_private(self._file, text)
            self._written, self.problem = text, ""
        except OSError as error:
            self.problem = f"what the monitor remembers cannot be written ({error.strerror or error})"


@dataclass(frozen=True)
class Heartbeat:
    """The monitor's last sign of life.

    Attributes:
        at: When, aware UTC.
        phase: `watch`, `stopping`, `recover`, `starting`, `held`, `paused`, or `blind` when Docker does not answer.
        wanted: What a person asked for last; empty when nothing was ever deployed.
        conditions: What is wrong, by key, since when (ISO).
    """

    at: datetime
    phase: str
    wanted: str = ""
    status: str = ""
    pid: int = 0
    conditions: dict[str, str] = field(default_factory=dict)

    def is_fresh(self, now: datetime) -> bool:
        """Whether the monitor lives, as far as its word goes."""
        return now - self.at < STALE

    def write(self, root: Path, mode: str) -> bool:
        """Writes it; False when the disk took it not, which whoever reads an old one will notice."""
        content = {**asdict(self), "at": self.at.isoformat()}
        try:
            write_private(_heartbeat_file(root, mode), json.dumps(content) + "\n")
        except OSError:
            return False
        return True

    @classmethod
    def read(cls, root: Path, mode: str) -> Heartbeat | None:
        """The last one; None when there is none or it is not readable."""
        try:
            content: dict[str, Any] = json.loads(_heartbeat_file(root, mode).read_text(encoding="utf-8"))
            return cls(**{**content, "at": datetime.fromisoformat(content["at"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None


def _heartbeat_file(root: Path, mode: str) -> Path:
    return root / OPERATIONS / f"monitor-{mode}.heartbeat"


def pause(root: Path, mode: str, until: datetime) -> None:
    """The monitor looks and does nothing until then."""
    write_private(_pause_file(root, mode), until.isoformat() + "\n")


def resume(root: Path, mode: str) -> bool:
    """The monitor acts again; whether it was paused."""
    there = _pause_file(root, mode).is_file()
    _pause_file(root, mode).unlink(missing_ok=True)
    return there


def is_paused(root: Path, mode: str, now: datetime) -> datetime | None:
    """Until when a person has paused the monitor; None when it may act."""
    try:
        until = datetime.fromisoformat(_pause_file(root, mode).read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
    return until if until > now else None


def _pause_file(root: Path, mode: str) -> Path:
    return root / OPERATIONS / f"monitor-{mode}.pause"
