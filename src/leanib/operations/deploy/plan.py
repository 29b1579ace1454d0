"""The exact call that starts an algorithm's container, and the private configuration that goes with it.

What is secret or personal stands in a copy of lean.json with mode 0600 that is deleted when the CLI has ended; the
command line shows nothing of it. The copy lies beside lean.json, whose folder the CLI takes as its root.

LEAN neither logs in nor needs the password when it is given the address of a Gateway that is not on its own machine;
the CLI asks for the keys all the same, so they hold a placeholder.
"""

from __future__ import annotations

import json
import os
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import json5

from leanib.errors import ConfigurationError, UsageError
from leanib.ib.settings import Mode
from leanib.operations.deploy.record import Engine

__all__ = ["ENVIRONMENT", "PLACEHOLDER", "DeployPlan", "read_lean_json"]

ENVIRONMENT = "live-interactive"
"""The environment of lean.json that is deployed."""

PLACEHOLDER = "external-gateway"
"""Stands for user and password, which LEAN does not need with a Gateway of ours."""

_LOCAL = ("", "127.0.0.1", "localhost", "::1", "0.0.0.0")  # noqa: S104 - compared, not bound


@dataclass(frozen=True)
class DeployPlan:
    """One start of an algorithm's container.

    Attributes:
        root: The folder of lean.json.
        project: The algorithm's folder, seen from `root`.
        account: IB's id of the account.
        ib_host: The Gateway as LEAN's container sees it; never this machine, or LEAN starts a Gateway of its own.
        image: The engine's image.
        container: The container's name.
        output: The result folder, seen from `root`.
        engine: What runs it: LEAN by the `lean` CLI, or the embedded engine by compose.
    """

    root: Path
    project: str
    mode: Mode
    account: str
    ib_host: str
    ib_port: int
    image: str
    container: str
    output: str
    engine: Engine = "lean"

    @property
    def service(self) -> str:
        """The compose service of the embedded engine."""
        return "strategy-live" if self.mode == "live" else "strategy"

    def __post_init__(self) -> None:
        """Refuses an address at which LEAN would start its own Gateway and fight ours."""
        if self.ib_host.lower() in _LOCAL:
            raise UsageError(
                f"LEAN's container cannot reach a Gateway at '{self.ib_host}' and would start one of its own: start "
                "the shared one with 'leanib gateway up', or give --ib-host and --ib-port as LEAN sees yours"
            )

    def words(self, config: Path) -> list[str]:
        """The CLI's words after `lean`."""
        return [
            "live", "deploy", self.project,
            "--environment", ENVIRONMENT,
            "--lean-config", str(config),
            "--ib-host", self.ib_host,
            "--ib-port", str(self.ib_port),
            "--image", self.image,
            "--no-update",
            "--output", str(self.root / self.output),
            "--extra-config", "container-name", self.container,
            "--detach",
        ]  # fmt: skip

    def shown(self) -> str:
        """The command as a person would type it."""
        if self.engine == "embedded":
            return f"docker compose --profile strategy up -d {self.service}"
        return "lean " + shlex.join(self.words(self.config))

    @property
    def config(self) -> Path:
        """Where the private configuration is while the CLI runs."""
        return self.root / f".lean-{self.container.removeprefix('lean_cli_')}.json"

    @contextmanager
    def private_config(self) -> Iterator[Path]:
        """The private copy of lean.json, for as long as the CLI runs."""
        path = self.config
        content = json.dumps(self.configuration(), indent=2)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(content)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def configuration(self) -> dict[str, Any]:
        """lean.json with this deployment's values.

        Raises:
            ConfigurationError: lean.json is not valid, or lacks the environment.
        """
        content = read_lean_json(self.root)
        environment = _environment(content, self.root)
        values = {
            "ib-host": self.ib_host,
            "ib-port": str(self.ib_port),
            "ib-account": self.account,
            "ib-user-name": PLACEHOLDER,
            "ib-password": PLACEHOLDER,
            "ib-trading-mode": self.mode,
        }
        content.update(values)
        environment.update(values)
        content["project-name"] = Path(self.project).name
        if "leanib-risk" not in content and (limits := _limits(self.root, self.mode)):
            content["leanib-risk"] = limits
        return content


def read_lean_json(root: Path) -> dict[str, Any]:
    """lean.json of a folder.

    Raises:
        ConfigurationError: It is missing or not valid.
    """
    file = root / "lean.json"
    try:
        content = json5.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} cannot be read ({error}); restore it from git") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{file} must hold an object; restore it from git")
    return content


def _limits(root: Path, mode: str) -> dict[str, Any]:
    """The project's limits, for an image of ours: LEAN's own does not know the key."""
    try:
        limits = tomllib.loads((root / "config" / f"{mode}.toml").read_text(encoding="utf-8")).get("risk")
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"config/{mode}.toml cannot be read ({error}); restore it from git") from error
    return dict(limits) if isinstance(limits, dict) else {}


def _environment(content: Mapping[str, Any], root: Path) -> dict[str, Any]:
    found = (content.get("environments") or {}).get(ENVIRONMENT)
    if not isinstance(found, dict):
        raise ConfigurationError(f"{root / 'lean.json'} has no environment '{ENVIRONMENT}'; restore it from git")
    missing = [key for key in ("live-mode-brokerage", "data-queue-handler", "history-provider") if not found.get(key)]
    if missing:
        raise ConfigurationError(
            f"{root / 'lean.json'}: environment '{ENVIRONMENT}' has no '{missing[0]}', which the lean CLI wants; "
            "restore it from git"
        )
    return found
