"""What is deployed, on disk: one deployment a mode, since one Gateway and one login serve one account.

`storage/operations/deployment-<mode>.json`, readable by its owner only (it holds the account's id). It outlives the
commands and the monitor, and says what ought to run; whether it does is Docker's to tell.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from leanib.errors import ConfigurationError
from leanib.ib.settings import Mode
from leanib.private_files import write_private
from leanib.project import OPERATIONS, find_project

__all__ = [
    "Deployment",
    "Engine",
    "load_deployment",
    "only_deployment",
    "project_root",
    "save_deployment",
]


Engine = Literal["lean", "embedded"]
"""LEAN by the `lean` CLI, or the embedded engine as the compose service `strategy`."""


@dataclass(frozen=True)
class Deployment:
    """One algorithm in its container.

    Attributes:
        project: The algorithm's folder, seen from the project's folder.
        account: IB's id of the account.
        image: The engine's image, as named.
        container: The container's name; a new one for every deployment.
        output: The result folder, seen from the project's folder.
        gateway: Host and port at which that container reaches the Gateway.
        service: The compose service behind it, `ib-gateway` or `simulator`; empty when it runs elsewhere.
        wanted: `running` or `stopped`: what a person asked for last.
        hold: Why nothing is started by itself until a person says so; empty when nothing holds.
        started_at: When it was started last, ISO 8601, UTC.
        generation: How many times it was started.
        commit: Of the project's git state at the deployment; empty outside of git.
        changed: Files that differ from that commit.
        engine: What runs it.
    """

    project: str
    mode: Mode
    account: str = field(repr=False)
    image: str
    container: str
    output: str
    gateway: str
    service: str
    wanted: str = "running"
    hold: str = ""
    started_at: str = ""
    generation: int = 1
    commit: str = ""
    changed: tuple[str, ...] = ()
    engine: Engine = "lean"

    def with_(self, **changes: Any) -> Deployment:
        """The same with other values."""
        return replace(self, **changes)


def save_deployment(root: Path, deployment: Deployment) -> None:
    """Writes it, whole or not at all, for its owner's eyes."""
    write_private(_file(root, deployment.mode), json.dumps(asdict(deployment), indent=2) + "\n")


def load_deployment(root: Path, mode: str) -> Deployment | None:
    """What is deployed in a mode; None when nothing ever was.

    Raises:
        ConfigurationError: The file is broken.
    """
    file = _file(root, mode)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        known = {one.name for one in fields(Deployment)}
        values = {name: value for name, value in content.items() if name in known}
        return Deployment(**{**values, "changed": tuple(values.get("changed", ()))})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{file} is not readable ({error}): look with 'docker ps' whether LEAN runs, stop it with "
            "'docker stop -t 90 NAME', then delete the file"
        ) from error


def only_deployment(root: Path, *, live: bool) -> Deployment:
    """The mode's deployment.

    Raises:
        ConfigurationError: Nothing is deployed.
    """
    mode = "live" if live else "paper"
    found = load_deployment(root, mode)
    if found is None:
        other = load_deployment(root, "paper" if live else "live")
        hint = f"; the {other.mode} account has {other.project}: {_switch(live)}" if other else ""
        raise ConfigurationError(f"nothing is deployed on the {mode} account{hint}; deploy with 'leanib deploy'")
    return found


def project_root() -> Path:
    """The project that the current folder lies in, else the current folder."""
    return find_project(Path.cwd()) or Path.cwd()


def _switch(live: bool) -> str:
    return "leave --live out" if live else "add --live"


def _file(root: Path, mode: str) -> Path:
    return root / OPERATIONS / f"deployment-{mode}.json"
