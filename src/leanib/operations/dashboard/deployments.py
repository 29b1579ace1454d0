"""What runs besides the dashboard: the Gateway's container, LEAN's deployment, live runs of the embedded engine.

All of it is looked at from a thread: Docker may take its time to answer, or not be there, which is told as not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leanib.errors import LeanIBError
from leanib.ib.redaction import Redactor, mask_account
from leanib.ib.settings import IBSettings
from leanib.operations.deploy.control import look
from leanib.operations.deploy.launch import log_lines
from leanib.operations.deploy.record import Deployment, load_deployment
from leanib.operations.folders import result_folders
from leanib.operations.monitor.incidents import read_incidents
from leanib.operations.monitor.memory import Heartbeat

__all__ = ["Deployments"]

_MOST_RUNS = 30
_MOST_INCIDENTS, _MOST_ENTRIES = 20, 150
_FRESH = 90.0
"""Seconds since its last written line within which a run counts as writing."""
_TAIL, _LINE = 256 * 1024, 2048


@dataclass(frozen=True)
class _Log:
    folder: Path
    file: Path | None


class Deployments:
    """The project's deployments and live runs.

    Args:
        root: The project's folder.
        settings: Of the mode; its secrets are kept out of logs.
    """

    def __init__(self, root: Path, settings: IBSettings) -> None:
        self._root = root
        self._settings = settings
        self._redactor = Redactor(settings.secrets)

    def deployed_at(self) -> datetime | None:
        """Since when the mode's deployment runs; None without one."""
        try:
            found = load_deployment(self._root, self._settings.mode)
        except LeanIBError:
            return None
        return datetime.fromisoformat(found.started_at) if found is not None and found.started_at else None

    def gateway(self) -> dict[str, Any]:
        """The container in the Gateway's place, by Docker's word."""
        if not (self._root / "docker-compose.yml").is_file():
            return {"state": "elsewhere", "problem": "", "text": "no docker-compose.yml here: it runs elsewhere"}
        from leanib.operations.gateway import Gateway

        try:
            for simulator in (False, True):
                status = Gateway(self._root, simulator=simulator).status()
                if status.state != "absent":
                    return {
                        "state": status.state, "service": status.service, "image": status.image,
                        "health": status.health, "said": status.said[-300:], "restarts": status.restarts,
                        "outOfMemory": status.out_of_memory, "problem": "", "text": "",
                    }  # fmt: skip
        except LeanIBError as error:
            return {"state": "not known", "problem": str(error), "text": ""}
        return {"state": "absent", "problem": "", "text": "no container of this project: the Gateway runs elsewhere"}

    def lean(self) -> dict[str, Any]:
        """LEAN's deployment of the mode."""
        mode = self._settings.mode
        try:
            record = load_deployment(self._root, mode)
        except LeanIBError as error:
            return {"deployed": False, "problem": str(error)}
        if record is None:
            return {"deployed": False, "problem": ""}
        return {"deployed": True, **self._looked_at(record)}

    def _looked_at(self, record: Deployment) -> dict[str, Any]:
        plain = {
            "project": record.project, "mode": record.mode, "account": mask_account(record.account),
            "wanted": record.wanted, "hold": record.hold, "generation": record.generation, "output": record.output,
            "image": record.image, "container": record.container, "startedAt": record.started_at,
            "commit": record.commit, "problem": "", "state": "not known", "well": False,
        }  # fmt: skip
        try:
            found = look(self._root, record)
        except LeanIBError as error:
            return {**plain, "problem": str(error)}
        return {**plain, **found.as_dict(), "well": found.is_well}

    def runs(self) -> list[dict[str, Any]]:
        """Live runs by their result folders, newest first: whose each is, and when it wrote last."""
        now = datetime.now(UTC)
        try:
            record = load_deployment(self._root, self._settings.mode)
        except LeanIBError:
            record = None
        deployed = (self._root / record.output).resolve() if record is not None else None
        return [self._run(log, now, deployed) for log in self._logs()]

    def monitor(self) -> dict[str, Any]:
        """What the monitor has written of its incidents, and when it looked last."""
        mode = self._settings.mode
        heartbeat = Heartbeat.read(self._root, mode)
        incidents = read_incidents(self._root, mode)[-_MOST_INCIDENTS:]
        entries = [(incident, entry) for incident in incidents for entry in incident.entries]
        return {
            "lookedAt": heartbeat.at if heartbeat is not None else None,
            "open": [f"incident {one.number} {one.verdict}" for one in incidents if one.ended is None],
            "rows": [
                {
                    "at": entry.at, "incident": incident.number, "severity": entry.severity or entry.kind,
                    "key": f"{entry.kind} {entry.key}", "text": self._redactor.text(entry.text),
                }
                for incident, entry in entries[-_MOST_ENTRIES:]
            ],
            "problem": "",
        }  # fmt: skip

    def _logs(self) -> Iterator[_Log]:
        for folder in result_folders(self._root, "live")[:_MOST_RUNS]:
            files = [folder / "log.txt", *sorted(folder.glob("*log.txt"))]
            yield _Log(folder, next((file for file in files if file.is_file()), None))

    def _run(self, log: _Log, now: datetime, deployed: Path | None) -> dict[str, Any]:
        times = [one.stat().st_mtime for one in log.folder.iterdir() if one.is_file()] if log.file is not None else []
        wrote = datetime.fromtimestamp(max(times), UTC) if times else None
        return {
            "name": str(log.folder.relative_to(self._root)),
            "engine": "LEAN" if log.folder.resolve() == deployed else _engine(log.folder),
            "wroteAt": wrote,
            "writing": wrote is not None and (now - wrote).total_seconds() < _FRESH,
            "last": self._redactor.text(_last_line(log.file)) if log.file is not None else "",
        }

    def log(self, name: str, lines: int) -> list[str] | None:
        """The last lines of a run's log; None when there is no such run."""
        found = next((log for log in self._logs() if str(log.folder.relative_to(self._root)) == name), None)
        if found is None:
            return None
        if found.file is None:
            return ["it has written no log yet"]
        if found.file.name == "log.txt" and found.file.stat().st_size < _TAIL:
            text = log_lines(found.folder)
        else:
            text = _tail(found.file)
        return [self._redactor.text(line) for line in text[-lines:]]


def _engine(folder: Path) -> str:
    """Whose folder it is: both engines leave the CLI's `config` there, ours names itself in it."""
    try:
        content = json.loads((folder / "config").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "not known"
    return "embedded" if isinstance(content, dict) and content.get("engine") == "leanib" else "LEAN"


def _last_line(file: Path) -> str:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - _LINE))
        lines = stream.read().decode("utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _tail(file: Path) -> list[str]:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - _TAIL))
        return stream.read().decode("utf-8", errors="replace").splitlines()[1:]
