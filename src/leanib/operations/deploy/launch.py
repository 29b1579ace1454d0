"""Starting the algorithm's container, and waiting until it trades.

The `lean` CLI's exit code says little: 0 means that Docker took the container, 1 may mean that it runs all the same.
What counts is the container of the chosen name and what LEAN's log says.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from leanib.errors import LeanIBError
from leanib.operations.deploy.containers import LeanContainer, LeanContainers
from leanib.operations.deploy.embedded import launch_embedded
from leanib.operations.deploy.lean_command import lean_command
from leanib.operations.deploy.plan import PLACEHOLDER, DeployPlan
from leanib.operations.lean_log import LeanFacts, LeanLog
from leanib.project import OPERATIONS

__all__ = ["DeployFailed", "Start", "launch", "log_lines", "sweep", "wait_until_trading"]

_LAUNCH_DEADLINE = 180.0
_POLL = 0.5
_LOST = 20.0
"""Seconds after which a container that never was there counts as lost."""


class DeployFailed(LeanIBError):  # noqa: N818 - reads as what happened
    """LEAN does not trade; the text says why in LEAN's words and ours."""


def launch(plan: DeployPlan, *, alive: Callable[[], None] = lambda: None, deadline: float = _LAUNCH_DEADLINE) -> None:
    """Calls the CLI, or compose for the embedded engine; returns when the container is there.

    Args:
        plan: What to start.
        alive: Called about twice a second meanwhile.
        deadline: Seconds for the CLI.

    Raises:
        DeployFailed: There is no container; the text ends with the CLI's last words.
        LeanIBError: Compose, or what the embedded engine needs, says why not.
    """
    if plan.engine == "embedded":
        launch_embedded(plan)
        return
    sweep(plan.root)
    temporary = plan.root / OPERATIONS / f"tmp-{plan.container}"
    temporary.mkdir(parents=True, mode=0o700, exist_ok=True)
    with plan.private_config() as config, _printed(temporary) as file:
        command = [*lean_command(), *plan.words(config)]
        process = subprocess.Popen(  # noqa: S603 - our own words
            command,
            cwd=plan.root,
            env={**os.environ, "TMPDIR": str(temporary)},
            stdin=subprocess.DEVNULL,
            stdout=file.open("w"),
            stderr=subprocess.STDOUT,
            umask=0o077,
        )
        _await_end(process, alive, deadline)
        said = file.read_text(errors="replace")
    if not LeanContainers().find(plan.container).is_running and process.returncode != 0:
        raise DeployFailed(f"the lean CLI did not start LEAN: {_last_words(said)}")


@contextmanager
def _printed(folder: Path) -> Iterator[Path]:
    file = folder / "printed"
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def _await_end(process: subprocess.Popen[bytes], alive: Callable[[], None], deadline: float) -> None:
    end = time.monotonic() + deadline
    while process.poll() is None:
        if time.monotonic() > end:
            process.kill()
            process.wait()
            return
        alive()
        time.sleep(_POLL)


def sweep(root: Path) -> None:
    """Deletes the CLI's temporary configurations whose containers are gone: it leaves them behind for ever."""
    folders = list((root / OPERATIONS).glob("tmp-*"))
    if not folders:
        return
    used = {one.name for one in LeanContainers().running()}
    for folder in folders:
        if folder.name.removeprefix("tmp-") not in used:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Start:
    """A start that is being watched.

    Attributes:
        facts: What LEAN's log has said so far.
        seen: Whether the container was ever there.
    """

    plan: DeployPlan
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    facts: LeanFacts = field(default_factory=LeanFacts)
    seen: bool = False
    last_lines: list[str] = field(default_factory=list)

    def look(self) -> LeanContainer:
        """Looks at container and log once."""
        containers = LeanContainers()
        found = containers.find(self.plan.container, self.since)
        lines = containers.log(self.plan.container) or log_lines(self.plan.root / self.plan.output)
        if lines:
            self.last_lines = lines
            self.facts = LeanLog().feed(lines)
        self.seen = self.seen or found.state != "absent"
        return found


def log_lines(output: Path) -> list[str]:
    """LEAN's log.txt of a result folder; none while it is not there."""
    try:
        return (output / "log.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def wait_until_trading(
    plan: DeployPlan, *, deadline: float, tell: Callable[[str], None] = lambda _line: None
) -> LeanFacts:
    """Waits until the algorithm's loop runs.

    Args:
        plan: What was started.
        deadline: Seconds.
        tell: Hears of each stage once.

    Raises:
        DeployFailed: It ended, started a Gateway of its own, dialled another address, or took too long; the container
            is then stopped.
    """
    start, told, end = Start(plan), "", time.monotonic() + deadline
    began = time.monotonic()
    while True:
        found = start.look()
        problem = _problem(start, found, time.monotonic() - began)
        if problem:
            LeanContainers().stop(plan.container)
            raise DeployFailed(problem)
        stage = _stage(start.facts)
        if stage != told:
            told = stage
            tell(stage)
        if start.facts.trading_at is not None:
            return start.facts
        if time.monotonic() > end:
            LeanContainers().stop(plan.container)
            raise DeployFailed(f"it did not trade within {deadline:g} s and was stopped; it was {stage}")
        time.sleep(_POLL)


def _problem(start: Start, found: LeanContainer, seconds: float) -> str:
    facts, plan = start.facts, start.plan
    if facts.own_gateway:
        return "LEAN started a Gateway of its own ('Starting IB Automater') and was stopped: its plugin is too old"
    wanted = f"{plan.ib_host}:{plan.ib_port}"
    if facts.target and facts.target != wanted:
        return f"it dialled {facts.target} instead of {wanted} and was stopped"
    if found.is_running or (not start.seen and seconds < _LOST):
        return ""
    if facts.trading_at is not None and facts.ended and not facts.error:
        return ""
    code = "" if found.exit_code is None else f" (exit code {found.exit_code})"
    said = facts.error or _last_words("\n".join(start.last_lines))
    return f"it ended before it traded{code}: {said}; its log is {plan.output}/log.txt"


def _stage(facts: LeanFacts) -> str:
    if facts.trading_at is not None:
        return "trading"
    if facts.login_at is not None:
        return "logged in to the Gateway; initialising the algorithm"
    if facts.target:
        return f"connecting to {facts.target}"
    return "starting"


def _last_words(text: str) -> str:
    """The last line that tells something, without secrets or the CLI's hints."""
    lines = [line.strip() for line in text.replace(PLACEHOLDER, "...").splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() or "fail" in line.lower() or "missing" in line.lower()]
    return (telling or lines or ["it said nothing"])[-1]
