"""All scenes in order, in a project folder that is made for them and taken away."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from leanib.demo.connection import show_connection
from leanib.demo.gateway import show_gateway
from leanib.demo.market import show_account, show_quotes
from leanib.demo.night import show_night
from leanib.demo.orders import show_orders
from leanib.demo.stage import Criterion, Stage
from leanib.demo.strategy import show_strategy
from leanib.errors import UsageError
from leanib.simulator.testing import BackgroundSimulator

__all__ = ["SCENES", "play"]

SCENES: tuple[Callable[[Stage], None], ...] = (
    show_gateway,
    show_connection,
    show_account,
    show_quotes,
    show_orders,
    show_strategy,
    show_night,
)
_NEEDED = ("config", "data", "algorithms", "docker-compose.yml", "README.md", ".env.example", "lean.json")
_OURS = ("IB_", "TWS_", "LEANIB_", "TRADING_MODE", "READ_ONLY_API", "COMPOSE_", "HEALTH_", "VNC_")


def play(
    root: Path,
    command: Callable[[Sequence[str]], int],
    console: Console,
    scenes: Sequence[Callable[[Stage], None]] | None = None,
) -> list[Criterion]:
    """Shows everything; the criteria that were shown, in order.

    Args:
        root: The project's folder.
        command: Runs `leanib` with these words in this process; its exit code.
        console: Where it is told.
        scenes: What is shown instead of `SCENES`.

    Raises:
        SceneError: A scene did not do what it says.
        UsageError: The folder is not this project's.
    """
    missing = [name for name in _NEEDED if not (root / name).exists()]
    if missing:
        raise UsageError(f"the demonstration needs the project's repository; {root} has no {missing[0]}")
    began = time.monotonic()
    with BackgroundSimulator(seed=1, always_open=True, tick_interval=0.4) as gateway, _folder(root, gateway) as folder:
        stage = Stage(console, command, root, folder, gateway)
        for scene in SCENES if scenes is None else scenes:
            scene(stage)
    _credits(stage, time.monotonic() - began)
    return stage.shown


@contextmanager
def _folder(root: Path, gateway: BackgroundSimulator) -> Iterator[Path]:
    """A project folder and an environment that are the demonstration's own; the user's stay as they are."""
    before, here = dict(os.environ), Path.cwd()
    folder = Path(tempfile.mkdtemp(prefix="leanib-demo-")).resolve()
    try:
        for name in [name for name in os.environ if name.startswith(_OURS)]:
            del os.environ[name]
        os.environ.update(IB_HOST=gateway.host, IB_PAPER_PORT=str(gateway.port), COLUMNS="100")
        os.environ["LEANIB_ORDERS__RESTART_GATE"] = "0"  # it can be shown around the Gateway's nightly restart too
        shutil.copytree(root / "config", folder / "config")
        shutil.copy(root / "lean.json", folder)
        for name in ("data", "algorithms"):
            (folder / name).symlink_to(root / name)
        os.chdir(folder)
        yield folder
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


def _credits(stage: Stage, seconds: float) -> None:
    stage.title("Shown")
    for story in dict.fromkeys(story for story, _ in stage.shown):
        criteria = [criterion for one, criterion in stage.shown if one == story]
        stage.console.print(f"[green]✓[/] [bold]{story}[/]  {escape(' · '.join(criteria))}", highlight=False)
    stage.say(f"{len(stage.shown)} criteria in {seconds:.0f} s; docs/epic.md has the tests behind each.")
