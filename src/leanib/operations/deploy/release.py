"""What a deployment of the embedded engine runs on: a private copy of code, limits and settings, as they were then.

A container that Docker starts again runs what was deployed, whatever has been edited since. The copy is its owner's
(mode 0700) and holds no name and password of the Gateway's login, which this engine does not need.

    code/        the algorithm's folder, with config/, .env and secrets/alerts of the project in it
    library/     the project's Library/
    config.json  what the engine reads
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from leanib.engine.configuration import load_configuration
from leanib.engine.lean.algorithm_file import find_algorithm_file
from leanib.operations.alerts.settings import SECRET, load_addresses
from leanib.operations.deploy.containers import LeanContainers
from leanib.operations.deploy.plan import DeployPlan
from leanib.operations.gateway import environment_of
from leanib.private_files import write_private
from leanib.project import OPERATIONS

__all__ = ["make_release", "release_folder", "sweep_releases"]

_LEFT_OUT = ("backtests", "live", "optimizations", "storage", "__pycache__", ".git", ".venv", ".env", "snapshots")
_SETTINGS = re.compile(r"LEANIB_[A-Z]+__\w+|AUTO_RESTART_TIME|TIME_ZONE")
"""Of `.env` and the environment: settings of the services, nothing of the login."""


def release_folder(root: Path, container: str) -> Path:
    """Where the copy for a container is."""
    return root / OPERATIONS / f"release-{container}"


def make_release(plan: DeployPlan, journal: str) -> Path:
    """Copies what the container is to see; the folder.

    Args:
        plan: What is to be deployed.
        journal: The order journal's name in storage/.

    Raises:
        ConfigurationError: lean.json, `.env` or an address of the alerts is wrong.
        OSError: It cannot be written.
    """
    folder = release_folder(plan.root, plan.container)
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    project, code = plan.root / plan.project, folder / "code"
    shutil.copytree(project, code, ignore=shutil.ignore_patterns(*_LEFT_OUT), dirs_exist_ok=True)
    _add_settings(plan.root, code)
    library = plan.root / "Library"
    if library.is_dir():
        shutil.copytree(library, folder / "library", ignore=shutil.ignore_patterns(*_LEFT_OUT), dirs_exist_ok=True)
    (folder / "library").mkdir(exist_ok=True)
    write_private(folder / "config.json", json.dumps(_configuration(plan, project, journal), indent=2))
    return folder


def sweep_releases(root: Path, keep: str) -> None:
    """Deletes the copies whose containers are gone, but for the one to come."""
    for folder in (root / OPERATIONS).glob("release-*"):
        name = folder.name.removeprefix("release-")
        if name != keep and LeanContainers().find(name).state == "absent":
            shutil.rmtree(folder, ignore_errors=True)


def _add_settings(root: Path, code: Path) -> None:
    """The project's limits, windows, rules and addresses; a strategy's own config/ wins."""
    (code / "config").mkdir(exist_ok=True)
    for file in (root / "config").glob("*.toml"):
        if not (code / "config" / file.name).exists():
            shutil.copy2(file, code / "config" / file.name)
    given = environment_of(root)
    write_private(code / ".env", _env({name: value for name, value in given.items() if _SETTINGS.fullmatch(name)}))
    addresses = load_addresses(root)
    lines = [*addresses.normal, *(f"urgent={one}" for one in addresses.urgent)]
    shutil.rmtree(code / "secrets", ignore_errors=True)
    if lines:
        write_private(code / SECRET, "\n".join(lines) + "\n")


def _env(values: Mapping[str, str]) -> str:
    quoted = {name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in values.items()}
    return "".join(f"{name}='{value}'\n" for name, value in sorted(quoted.items()))


def _configuration(plan: DeployPlan, project: Path, journal: str) -> dict[str, object]:
    number = random.SystemRandom().randrange(10**9)
    return {
        **plan.configuration(),
        "environment": "live-interactive",
        "algorithm-id": f"L-3{number:09}",
        "algorithm-language": "Python",
        "algorithm-location": f"/LeanCLI/{find_algorithm_file(project).name}",
        "data-folder": "/Lean/Data",
        "results-destination-folder": "/Results",
        "object-store-root": "/Storage",
        "parameters": dict(load_configuration(project).parameters),
        "python-additional-paths": ["/Library"],
        "debugging": False,
        "leanib-journal": journal,
    }
