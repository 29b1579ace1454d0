"""What a person does with a deployment: look, stop, liquidate, start again."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leanib.errors import LeanIBError
from leanib.ib.settings import IBSettings
from leanib.operations.book import Book, ask_book
from leanib.operations.deploy.containers import LeanContainer, LeanContainers
from leanib.operations.deploy.embedded import sell_and_stop
from leanib.operations.deploy.launch import log_lines, sweep
from leanib.operations.deploy.lean_command import lean_command
from leanib.operations.deploy.preflight import DEPLOY_CLIENT
from leanib.operations.deploy.record import Deployment, save_deployment
from leanib.operations.lean_log import LeanFacts, LeanLog

__all__ = ["DeploymentStatus", "liquidate", "look", "result_of", "results_at", "stop"]

_COMMAND_DEADLINE = 60.0
_PATIENCE = 90


@dataclass(frozen=True)
class DeploymentStatus:
    """A deployment as it stands.

    Attributes:
        results_at: When LEAN last wrote a result file, aware UTC; None when it has not.
    """

    deployment: Deployment
    container: LeanContainer
    facts: LeanFacts
    results_at: datetime | None

    @property
    def word(self) -> str:
        """`trading`, `starting`, `disconnected`, `stuck`, `ended`, `stopped` or `held`."""
        if self.container.is_running:
            if self.facts.lost_at is not None:
                return "disconnected"
            if self.facts.step.total_seconds() > 120:
                return "stuck"
            return "trading" if self.facts.trading_at is not None else "starting"
        if self.deployment.hold:
            return "held"
        return "stopped" if self.deployment.wanted == "stopped" else "ended"

    @property
    def is_well(self) -> bool:
        """Whether what was asked for is so."""
        return self.word in ("trading", "stopped")

    def as_dict(self) -> dict[str, Any]:
        """For JSON; the account's id stays out."""
        one, facts = self.deployment, self.facts
        return {
            "state": self.word,
            "project": one.project,
            "mode": one.mode,
            "wanted": one.wanted,
            "hold": one.hold,
            "container": one.container,
            "output": one.output,
            "image": one.image,
            "generation": one.generation,
            "startedAt": one.started_at,
            "tradingAt": _iso(facts.trading_at),
            "loginAt": _iso(facts.login_at),
            "heartbeatAt": _iso(facts.heartbeat_at),
            "timeStepSeconds": facts.step.total_seconds(),
            "resultsAt": _iso(self.results_at),
            "exitCode": self.container.exit_code,
            "error": facts.error,
            "commit": one.commit,
            "uncommitted": list(one.changed),
        }


def look(root: Path, deployment: Deployment) -> DeploymentStatus:
    """Docker's word, LEAN's log and its result files."""
    containers = LeanContainers()
    since = datetime.fromisoformat(deployment.started_at) if deployment.started_at else datetime.now(UTC)
    output = root / deployment.output
    lines = log_lines(output) or containers.log(deployment.container)
    return DeploymentStatus(
        deployment, containers.find(deployment.container, since), LeanLog().feed(lines), results_at(output)
    )


def stop(root: Path, deployment: Deployment, tell: Callable[[str], None] = lambda _line: None) -> bool:
    """Stops the algorithm in order and writes down that it shall stay so; positions and open orders stay as they are.

    The CLI's `lean live stop` first where it started it, then SIGINT, at last SIGKILL; what counts is that the
    container's process is gone.

    Returns:
        Whether it left by itself; False after a kill, when orders may be open that its log does not show.

    Raises:
        LeanIBError: The container is still there.
    """
    save_deployment(root, deployment.with_(wanted="stopped"))
    containers = LeanContainers()
    gently = True
    if containers.find(deployment.container).is_running:
        tell(f"asking {deployment.project} to stop")
        gently = _asked_to_stop(root, deployment, containers, tell)
    if not _gone(containers, deployment.container, 10.0):
        raise LeanIBError(f"{deployment.container} does not end; 'docker kill {deployment.container}', then look at it")
    containers.remove(deployment.container)
    sweep(root)
    return gently


def _asked_to_stop(
    root: Path, deployment: Deployment, containers: LeanContainers, tell: Callable[[str], None]
) -> bool:
    """Whether it left without a kill."""
    name = deployment.container
    if deployment.engine == "lean":
        _lean(root, "live", "stop", deployment.project)
        if _gone(containers, name, 20.0):
            return True
        tell(f"interrupting it (up to {_PATIENCE} s)")
        return containers.stop(name, _PATIENCE)
    containers.interrupt(name)
    if _gone(containers, name, float(_PATIENCE)):
        return True
    containers.kill(name)
    return False


def _gone(containers: LeanContainers, name: str, deadline: float) -> bool:
    end = time.monotonic() + deadline
    while containers.find(name).is_running:
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


def liquidate(
    root: Path,
    deployment: Deployment,
    settings: IBSettings,
    deadline: float = 120.0,
    tell: Callable[[str], None] = print,
) -> Book:
    """Has the algorithm sell all it knows, waits until the account is flat, and stops it.

    The embedded engine sells and stops in one step; LEAN goes on meanwhile and is stopped when the account is flat.

    Raises:
        LeanIBError: It does not run, refused, or the account is not flat in time.
    """
    if not LeanContainers().find(deployment.container).is_running:
        raise LeanIBError(f"{deployment.project} does not run; close positions with 'leanib order', or in TWS")
    problem = _ask_to_sell(root, deployment)
    if problem:
        raise LeanIBError(
            f"{deployment.project} did not take the command: {problem}; close positions with 'leanib order', or in TWS"
        )
    if deployment.engine == "embedded":
        save_deployment(root, deployment.with_(wanted="stopped"))
    tell(f"{deployment.project} sells; waiting until the account holds nothing")
    end = time.monotonic() + deadline
    while True:
        book = ask_book(settings, DEPLOY_CLIENT)
        if book.is_complete and not book.positions:
            break
        if time.monotonic() > end:
            left = ", ".join(f"{quantity} {name}" for name, quantity in book.positions.items()) or book.reason
            so = "it still runs" if deployment.engine == "lean" else "it is stopped, its closing orders stay at IB"
            raise LeanIBError(f"not flat within {deadline:g} s: {left}; {so}. Markets may be closed")
        time.sleep(1.0)
    stop(root, deployment, tell)
    return ask_book(settings, DEPLOY_CLIENT)


def _ask_to_sell(root: Path, deployment: Deployment) -> str:
    """Empty when the command was taken, else why not."""
    if deployment.engine == "lean":
        code, said = _lean(root, "live", "liquidate", deployment.project)
        return said if code else ""
    folder, number = root / deployment.output, time.time_ns()
    sell_and_stop(folder, number)
    answer, end = folder / f"result-command-{number}.json", time.monotonic() + _COMMAND_DEADLINE
    while not answer.is_file():
        if time.monotonic() > end:
            (folder / f"command-{number}.json").unlink(missing_ok=True)
            return f"it did not answer within {_COMMAND_DEADLINE:g} s"
        time.sleep(0.2)
    taken = json.loads(answer.read_text(encoding="utf-8")).get("Success")
    return "" if taken else "it could not carry it out, see 'leanib logs'"


def _lean(root: Path, *words: str) -> tuple[int, str]:
    """One of the CLI's commands; its exit code and last line. Its own verdict on a stop is not to be trusted."""
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [*lean_command(), *words],
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, f"the lean CLI did not end within {_COMMAND_DEADLINE:g} s"
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return done.returncode, lines[-1] if lines else "it said nothing"


def result_of(output: Path) -> dict[str, Any]:
    """LEAN's own result file of a folder; empty while it is not there or half written."""
    files = [file for file in output.glob("L-*.json") if file.stem.count("-") == 1]
    for file in sorted(files, key=lambda one: one.stat().st_mtime, reverse=True):
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(content, dict):
            return content
    return {}


def results_at(output: Path) -> datetime | None:
    """When LEAN wrote a result file last, aware UTC."""
    times = [file.stat().st_mtime for file in output.glob("L-*") if file.is_file()]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
