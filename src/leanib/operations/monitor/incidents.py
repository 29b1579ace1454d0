"""What happened at night, as a person reads it in the morning: incidents, from their first sign to their end.

`storage/operations/incidents-<mode>.jsonl` holds one line a happening. An incident begins with the first condition or
act and ends when nothing is wrong any more and LEAN is watched again, or a person has stopped it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from leanib.ib.redaction import Redactor
from leanib.operations.monitor.desk import spoken
from leanib.operations.monitor.outcome import Do, Outcome
from leanib.operations.monitor.state import MonitorState
from leanib.private_files import private_opener
from leanib.project import OPERATIONS

__all__ = ["Entry", "Incident", "Timeline", "read_incidents"]

_MOST_BYTES = 10 * 1024 * 1024
_QUIET = (Do.ASK_BOOK, Do.ENDED)


@dataclass(frozen=True)
class Entry:
    """One happening.

    Attributes:
        kind: `raised`, `resolved`, `told`, `act`, `failed`, `note`, `begin` or `end`.
        incident: Number of the incident it belongs to; 0 outside of one.
    """

    at: datetime
    kind: str
    text: str
    key: str = ""
    severity: str = ""
    incident: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        content = {"at": self.at.isoformat(timespec="milliseconds"), "kind": self.kind, "text": self.text}
        more = {"key": self.key, "severity": self.severity, "incident": self.incident}
        return {**content, **{name: value for name, value in more.items() if value}}


class Timeline:
    """Writes what the monitor sees and does; goes on with an open incident after the monitor's own death.

    Args:
        root: The project's folder.
        mode: `paper` or `live`.
        redactor: Keeps secrets and account numbers out.
    """

    def __init__(self, root: Path, mode: str, redactor: Redactor) -> None:
        self._file = _file(root, mode)
        self._redactor = redactor
        entries = _entries(self._file)
        self._last = max((one.incident for one in entries), default=0)
        ended = {one.incident for one in entries if one.kind == "end"}
        self._open = self._last if self._last and self._last not in ended else 0
        self._unwritten: list[Entry] = []

    def take(self, outcome: Outcome, state: MonitorState, wanted: str, now: datetime) -> None:
        """One look's outcome: what began, what was done, what ended."""
        acts = [action for action in outcome.actions if action.do not in _QUIET]
        if not self._open and (outcome.raised or acts):
            self._last += 1
            self._open = self._last
        said = {alert.text for alert in (*outcome.raised, *outcome.events)}
        said |= {f"{action.do.value}: {action.why}" for action in outcome.actions}
        entries = [
            *(Entry(now, "raised", one.text, one.key, one.severity.value) for one in outcome.raised),
            *(Entry(now, "note", text) for text in outcome.notes if text not in said and not _is_end(text, outcome)),
            *(Entry(now, "told", one.text, one.key, one.severity.value) for one in outcome.events),
            *(Entry(now, "act", f"{action.do.value}: {action.why}") for action in acts),
            *(Entry(now, "resolved", text, key) for key, text in outcome.resolved),
        ]
        self._write(entries)
        is_over = state.is_calm or (wanted != "running" and not state.conditions)
        if self._open and is_over:
            text = "LEAN trades, nothing is wrong" if wanted == "running" else "a person stopped the algorithm"
            self._write([Entry(now, "end", text)])
            self._open = 0

    def note(self, text: str, now: datetime, kind: str = "note") -> None:
        """A line of the daemon's own."""
        self._write([Entry(now, kind, text)])

    def _write(self, entries: list[Entry]) -> None:
        """A disk that is full keeps them for the next time."""
        fresh = [
            Entry(one.at, one.kind, self._redactor.text(one.text), one.key, one.severity, self._open) for one in entries
        ]
        self._unwritten += fresh
        if not self._unwritten:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            if self._file.is_file() and self._file.stat().st_size > _MOST_BYTES:
                self._file.replace(self._file.with_suffix(".jsonl.1"))
            with open(self._file, "ab+", opener=private_opener) as stream:
                if stream.tell() and stream.seek(-1, 2) and stream.read(1) != b"\n":
                    stream.write(b"\n")  # a process that died left half a line
                stream.writelines(json.dumps(one.as_dict()).encode() + b"\n" for one in self._unwritten)
        except OSError:
            return
        self._unwritten = []


def _is_end(note: str, outcome: Outcome) -> bool:
    """A condition's end is noted without its duration too."""
    return any(text.startswith(note) for _, text in outcome.resolved)


@dataclass
class Incident:
    """One bad time, from its first sign to its end."""

    number: int
    entries: list[Entry] = field(default_factory=list)

    @property
    def begun(self) -> datetime:
        """Its first sign."""
        return self.entries[0].at

    @property
    def ended(self) -> datetime | None:
        """Its end; None while it lasts."""
        last = self.entries[-1]
        return last.at if last.kind == "end" else None

    @property
    def verdict(self) -> str:
        """How it ended, in a few words."""
        if self.ended is None:
            keys = self.lasting
            return f"lasts ({', '.join(keys)})" if keys else "lasts"
        by_person = any(one.text == "LEAN was started anew by a person" for one in self._told()) or (
            "a person" in self.entries[-1].text
        )
        return "ended by a person" if by_person else "healed by itself"

    @property
    def lasting(self) -> list[str]:
        """Conditions that were raised and not resolved."""
        keys: list[str] = []
        for one in self.entries:
            if one.kind == "raised" and one.key not in keys:
                keys.append(one.key)
            elif one.kind == "resolved" and one.key in keys:
                keys.remove(one.key)
        return keys

    def _told(self) -> list[Entry]:
        return [Entry(e.at, e.kind, e.text.split(" (after ")[0]) for e in self.entries if e.kind == "resolved"]

    def title(self, now: datetime) -> str:
        """`Incident 3, Tue 2026-11-24 16:03:12 to 16:09:40 UTC: healed by itself after 6 min`."""
        length = spoken((self.ended or now) - self.begun)
        until = f" to {self.ended:%H:%M:%S}" if self.ended else ""
        after = f" after {length}" if self.ended else f", for {length} now"
        return f"Incident {self.number}, {self.begun:%a %Y-%m-%d %H:%M:%S}{until} UTC: {self.verdict}{after}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "incident": self.number,
            "begun": self.begun.isoformat(timespec="seconds"),
            "ended": self.ended.isoformat(timespec="seconds") if self.ended else None,
            "verdict": self.verdict,
            "entries": [one.as_dict() for one in self.entries],
        }


def read_incidents(root: Path, mode: str) -> list[Incident]:
    """All that are kept, oldest first."""
    incidents: dict[int, Incident] = {}
    for one in _entries(_file(root, mode)):
        if one.incident:
            incidents.setdefault(one.incident, Incident(one.incident)).entries.append(one)
    return list(incidents.values())


def _file(root: Path, mode: str) -> Path:
    return root / OPERATIONS / f"incidents-{mode}.jsonl"


def _entries(file: Path) -> list[Entry]:
    """Those that can be read; a line that a dying process left half written is passed over."""
    entries: list[Entry] = []
    for part in (file.with_suffix(".jsonl.1"), file):
        try:
            lines = part.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for line in lines:
            try:
                content = json.loads(line)
                entries.append(Entry(**{**content, "at": datetime.fromisoformat(content["at"])}))
            except (ValueError, TypeError, KeyError):
                continue
    return entries
