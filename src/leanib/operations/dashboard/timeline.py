"""What happened, from the log of the connection: every program of the project writes its transitions and alerts there.

The file is followed by its new bytes only; what is kept of it is bounded.
"""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import Any

__all__ = ["Timeline"]

_TAIL = 512 * 1024
_MOST = 300
_LAYERS = ("socket", "login", "link", "reconciled", "read_only", "journal_behind", "farms")


class Timeline:
    """Follows the log.

    Attributes:
        transitions: Changes of the connection's layers, oldest first.
        incidents: Alerts, oldest first.
        problem: Why the file cannot be read; empty when it can.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offset = -1
        self._rest = b""
        self.transitions: deque[dict[str, Any]] = deque(maxlen=_MOST)
        self.incidents: deque[dict[str, Any]] = deque(maxlen=_MOST)
        self.problem = ""

    def follow(self) -> bool:
        """Takes in what was written since the last call; whether anything was."""
        try:
            size = self._file.stat().st_size
            if self._offset < 0:
                self._offset = max(0, size - _TAIL)
                self._rest = b"" if self._offset == 0 else b"?"  # the first line is cut
            elif size < self._offset:  # rotated
                self._offset, self._rest = 0, b""
            if size == self._offset:
                return False
            with self._file.open("rb") as stream:
                stream.seek(self._offset)
                fresh = stream.read(size - self._offset)
        except OSError as error:
            self.problem = f"{self._file.name} cannot be read: {error.strerror or error}"
            return False
        self._offset, self.problem = size, ""
        lines = (self._rest + fresh).split(b"\n")
        self._rest = lines.pop()[-_TAIL:]
        taken = [self._take(line) for line in lines]
        return any(taken)

    def _take(self, line: bytes) -> bool:
        try:
            event = json.loads(line)
            at, kind = event["timestamp"], event["event"]
        except (ValueError, KeyError, TypeError):
            return False  # a cut line, or one of another kind
        if kind == "state changed":
            changed = {name: event[name] for name in _LAYERS if name in event}
            self.transitions.append({"at": at, "reason": str(event.get("reason", "")), "changed": changed})
        elif kind == "alert":
            severity, key, text = (str(event.get(name, "")) for name in ("severity", "key", "text"))
            self.incidents.append({"at": at, "severity": severity, "key": key, "text": text})
        else:
            return False
        return True
