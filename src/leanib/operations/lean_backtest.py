"""A backtest in LEAN's own container, by the `lean` CLI.

The CLI is used as it is: its words are printed, its exit status is kept, its result files are read.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from leanib.errors import LeanIBError, UsageError
from leanib.operations.gateway import docker_client, has_image

__all__ = ["LeanBacktest", "lean_root"]


@dataclass(frozen=True)
class LeanBacktest:
    """One run.

    Attributes:
        project: The project's folder, below the folder of lean.json.
        image: A LEAN engine image; empty for the CLI's own choice, `quantconnect/lean` or the project's `engine-image`.
        parameters: On top of those in the project's config.json.
        output: The folder of the results; None for the CLI's habit, `<project>/backtests/<time>`.
    """

    project: Path
    image: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    output: Path | None = None

    @property
    def destination(self) -> Path:
        """The folder that the results go to."""
        default = self.project / "backtests" / f"{datetime.now():%Y-%m-%d_%H-%M-%S}"
        return (self.output or default).absolute()

    def command(self, destination: Path, *, is_local: bool) -> list[str]:
        """The CLI's words; an image that is here already is taken as it is.

        Raises:
            UsageError: The `lean` CLI is not installed, or it would refuse the project or the output folder.
        """
        project = self.project.absolute()
        root = lean_root(project)
        if not destination.is_relative_to(root):
            raise UsageError(f"--output {destination} is outside of {root}, where lean keeps its results")
        words = [_lean(), "backtest", str(project.relative_to(root)), "--output", str(destination)]
        words += ["--image", self.image] if self.image else []
        words += ["--no-update"] if is_local else []
        for name, value in self.parameters.items():
            words += ["--parameter", name, value]
        return words

    def run(self, destination: Path, stdout: IO[Any] | None = None) -> int:
        """Runs it and streams what it prints; the CLI's exit status.

        Raises:
            UsageError: See `command`.
            LeanIBError: Docker does not answer.
        """
        is_local = bool(self.image) and has_image(docker_client(), self.image)
        command = self.command(destination, is_local=is_local)
        with subprocess.Popen(command, cwd=lean_root(self.project.absolute()), stdout=stdout) as process:  # noqa: S603
            return _wait(process)


def _wait(process: subprocess.Popen[Any]) -> int:
    """Waits; on Ctrl-C the CLI has been told by the terminal too, and stops its container before it ends."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def lean_root(project: Path) -> Path:
    """The folder of the nearest lean.json above a project, where the CLI is at home.

    Raises:
        UsageError: There is none.
    """
    for folder in (project, *project.parents):
        if (folder / "lean.json").is_file():
            return folder
    raise UsageError(f"there is no lean.json above {project}; move the project below one, or run 'lean init'")


def _lean() -> str:
    """The CLI of this environment, else the one on the PATH."""
    own = Path(sys.executable).with_name("lean")
    found = str(own) if own.is_file() else shutil.which("lean")
    if found is None:
        raise LeanIBError("the lean CLI is not installed: pip install lean")
    return found
