"""LEAN as the monitor sees it: its container, its log as it grows, its result files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from leanib.operations.deploy.containers import LeanContainers
from leanib.operations.deploy.control import results_at
from leanib.operations.deploy.record import Deployment
from leanib.operations.lean_log import LeanFacts, LeanLog
from leanib.operations.monitor.docker_watch import DockerWatch
from leanib.operations.monitor.sight import LeanSight

__all__ = ["LeanEye"]


class LeanEye:
    """Looks at one deployment after the other; a log is read on from where it was left.

    Args:
        root: The project's folder.
        containers: Docker's containers.
        watch: Docker's events; they alone tell how a container ended that removed itself.
    """

    def __init__(self, root: Path, containers: LeanContainers, watch: DockerWatch) -> None:
        self._root = root
        self._containers = containers
        self._watch = watch
        self._tail: _Tail | None = None

    def look(self, deployment: Deployment) -> LeanSight:
        """What there is to see of it now."""
        since = datetime.fromisoformat(deployment.started_at) if deployment.started_at else datetime.now(UTC)
        found = self._containers.find(deployment.container)
        code, oom = found.exit_code, found.out_of_memory
        if not found.is_running:
            ending = self._watch.ending(deployment.container)
            if ending is not None:
                code, oom = ending.exit_code, oom or ending.out_of_memory
            elif found.state == "absent":
                code = self._containers.find(deployment.container, since).exit_code
        output = self._root / deployment.output
        return LeanSight(
            state=found.state,
            exit_code=code,
            out_of_memory=oom,
            results_at=results_at(output),
            facts=_of_this_start(self._facts(output, deployment.container, running=found.is_running), since),
        )

    def _facts(self, output: Path, container: str, *, running: bool) -> LeanFacts:
        """From log.txt; before there is one, from the console, which is read whole since it is short then."""
        file = output / "log.txt"
        if self._tail is None or self._tail.file != file:
            self._tail = _Tail(file)
        if file.is_file() or not running:
            return self._tail.read()
        return LeanLog().feed(self._containers.log(container))


def _of_this_start(facts: LeanFacts, since: datetime) -> LeanFacts:
    """Nothing yet, where the log still tells of a process before the last start: the same container writes on in it."""
    return LeanFacts() if facts.begun_at is not None and facts.begun_at < since else facts


class _Tail:
    """A log that grows: what is new is read; one that was cut or replaced is read from its beginning."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._log = LeanLog()
        self._at = 0
        self._rest = b""

    def read(self) -> LeanFacts:
        try:
            with self.file.open("rb") as stream:
                if stream.seek(0, 2) < self._at:
                    self._log, self._at, self._rest = LeanLog(), 0, b""
                stream.seek(self._at)
                new = stream.read()
        except OSError:
            return self._log.facts
        self._at += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        return self._log.feed(line.decode(errors="replace") for line in lines)
