"""`leanib research`: a notebook beside a strategy, with LEAN's QuantBook on the embedded engine."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from leanib.errors import UsageError
from leanib.scaffold.notebook import make_notebook

__all__ = ["research"]

_LAST_PORT = 65535


def research(
    path: Annotated[Path, typer.Argument(help="A strategy's folder, or any other.", show_default=".")] = Path(),
    port: Annotated[int, typer.Option("--port", help="On 127.0.0.1.")] = 8888,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser; the address is printed.")] = False,
    allow_root: Annotated[bool, typer.Option("--allow-root", help="Jupyter's own: run it as root.")] = False,
) -> None:
    """Open Jupyter Lab in a folder; without a notebook there, research.ipynb is made to begin with.

    In a notebook: `from AlgorithmImports import *`, then `qb = QuantBook()`. Ctrl-C ends it. Exit code 2 when Jupyter
    Lab is not installed.
    """
    if not path.is_dir():
        raise UsageError(f"{path} is no folder; give a strategy's folder, such as algorithms/daily_momentum")
    if not 0 < port <= _LAST_PORT:
        raise UsageError(f"--port takes a number from 1 to {_LAST_PORT}, not {port}")
    if importlib.util.find_spec("jupyterlab") is None:
        raise UsageError("Jupyter Lab is not installed here; type: pip install 'leanib[research]'")
    if not any(path.glob("*.ipynb")):
        typer.echo(f"made  {make_notebook(path)}")
    words = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    words += ["--ServerApp.port_retries=0", *(["--no-browser"] if no_open else [])]
    words += ["--allow-root"] if allow_root else []
    sys.stdout.flush()
    os.chdir(path)
    os.execv(sys.executable, words)  # noqa: S606 - Jupyter in our place: signals and the exit code are its own
