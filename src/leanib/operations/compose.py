"""Docker Compose, whichever of the two generations is there: `docker compose` (2) or `docker-compose` (1.29)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from leanib.errors import LeanIBError

__all__ = ["SECRET", "Compose", "ComposeError", "compose_files", "find_compose"]

SECRET = Path("secrets/tws_password")
"""Where the password may be instead of .env, seen from the project's folder."""

_DEADLINE = 600.0


class ComposeError(LeanIBError):
    """Compose is missing or failed; the text ends with its own last words."""


def find_compose() -> list[str]:
    """The command's words.

    Raises:
        ComposeError: Neither generation is installed.
    """
    docker = shutil.which("docker")
    if docker and _succeeds([docker, "compose", "version"]):
        return [docker, "compose"]
    old = shutil.which("docker-compose")
    if old:
        return [old]
    raise ComposeError("Docker Compose is not installed; see https://docs.docker.com/compose/install/")


class Compose:
    """Runs compose on the project's file.

    Args:
        root: Folder of docker-compose.yml.
        environment: Variables on top of the process's own; they win over `.env`.
        project: Compose's project name; by default the folder's.
        overlays: Further compose files, seen from `root`.
    """

    def __init__(
        self,
        root: Path,
        environment: Mapping[str, str] | None = None,
        project: str | None = None,
        overlays: Sequence[str] = (),
    ) -> None:
        self._command = find_compose()
        self._root = root
        self._environment = {**os.environ, **(environment or {})}
        self._project = project
        self._files = [*compose_files(root), *overlays]

    def run(self, *words: str, deadline: float = _DEADLINE) -> str:
        """Runs a compose command to its end; its standard output.

        Raises:
            ComposeError: It failed or took longer than `deadline` seconds.
        """
        command = [*self._base(), *words]
        try:
            done = subprocess.run(  # noqa: S603 - our own words
                command,
                cwd=self._root,
                env=self._environment,
                capture_output=True,
                text=True,
                timeout=deadline,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ComposeError(f"compose {_verb(words)} did not end within {deadline:g} s") from None
        if done.returncode:
            raise ComposeError(f"compose {_verb(words)} failed: {_last_words(done.stderr or done.stdout)}")
        return done.stdout

    def stream(self, *words: str) -> int:
        """Runs a compose command on this terminal; its exit status."""
        return subprocess.run(  # noqa: S603
            [*self._base(), *words], cwd=self._root, env=self._environment, check=False
        ).returncode

    def _base(self) -> list[str]:
        project = ["--project-name", self._project] if self._project else []
        files = [word for name in self._files for word in ("--file", str(self._root / name))]
        return [*self._command, *files, *project]


def compose_files(root: Path) -> list[str]:
    """The project's compose files; the password as a Docker secret where secrets/tws_password holds it."""
    files = ["docker-compose.yml"]
    return [*files, "docker-compose.secrets.yml"] if (root / SECRET).is_file() else files


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False


def _verb(words: Sequence[str]) -> str:
    return words[2] if words[0] == "--profile" else words[0]


def _last_words(text: str) -> str:
    """The last line that tells of an error; 1.29 ends with one that tells nothing."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() and "encountered errors while" not in line.lower()]
    return (telling or lines or ["it said nothing"])[-1]
