"""`leanib demo`: everything on the simulator, told, shown and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from leanib.cli.main import main
from leanib.demo import SceneError, play
from leanib.demo.recording import WIDTH, Tape, write_recording
from leanib.errors import UsageError
from leanib.operations.deploy.record import project_root

__all__ = ["demo"]


def demo(
    record: Annotated[
        Path | None,
        typer.Option(
            "--record", metavar="FOLDER", help="Write demo.cast (asciinema) and demo.svg there.", show_default=False
        ),
    ] = None,
) -> None:
    """Walk through the Interactive Brokers integration on the simulator, in under two minutes.

    Gateway, connection, account, quotes, orders, a strategy, a bad night. Needs no account, touches nothing of yours,
    and ends with exit code 1 when something does not do what it says.
    """
    tape = Tape() if record is not None else None
    console = Console()
    if tape is not None:
        console = Console(file=tape, force_terminal=True, width=WIDTH, color_system="standard")
    root, here = project_root(), Path.cwd()
    try:
        play(root, main, console)
    except SceneError as failure:
        typer.echo(f"leanib: the demonstration failed: {failure}", err=True)
        raise typer.Exit(1) from None
    if tape is not None and record is not None:
        _write(tape, here / record)


def _write(tape: Tape, folder: Path) -> None:
    try:
        files = write_recording(tape.frames, folder)
    except OSError as error:
        raise UsageError(f"the recording cannot be written to {folder}: {error.strerror}") from None
    for file in files:
        typer.echo(f"written: {file}")
