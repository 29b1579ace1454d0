"""What the scenes share: telling, running commands as typed, and checking that they did what they say."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from leanib.errors import LeanIBError
from leanib.simulator.testing import BackgroundSimulator

__all__ = ["Criterion", "SceneError", "Stage"]

Criterion = tuple[str, str]
"""A story of docs/epic.md and one of its criteria, in its words."""

_INDENT = "    "


class SceneError(LeanIBError):
    """A scene did not do what it says."""


class Stage:
    """Where a demonstration is shown.

    Args:
        console: Where it is told.
        command: Runs `leanib` with these words in this process; its exit code.
        root: The project whose strategies, data and compose file are shown.
        folder: The project folder that commands are run in; nothing of the user's is touched.
        gateway: The simulated Gateway.
    """

    def __init__(
        self,
        console: Console,
        command: Callable[[Sequence[str]], int],
        root: Path,
        folder: Path,
        gateway: BackgroundSimulator,
    ) -> None:
        self.console = console
        self.root = root
        self.folder = folder
        self.gateway = gateway
        self.shown: list[Criterion] = []
        self._command = command

    def title(self, text: str) -> None:
        """A new scene."""
        self.console.print()
        self.console.rule(f"[bold cyan]{escape(text)}[/]", align="left", style="cyan")

    def say(self, text: str) -> None:
        """A sentence."""
        self.console.print(f"[italic]{escape(text)}[/]", highlight=False)

    def show(self, text: str) -> None:
        """What a program printed."""
        for line in text.replace(str(self.folder), ".").rstrip().splitlines():
            self.console.print(Text(f"{_INDENT}{line}".rstrip(), style="dim"), no_wrap=True, overflow="ellipsis")

    def run(self, *words: str, code: int = 0, show: Callable[[str], str] = str) -> str:
        """Types a command, shows what it prints (or what `show` makes of it) and returns that whole.

        Raises:
            SceneError: It ended with another exit code than `code`.
        """
        line = " ".join(f"'{word}'" if " " in word else word for word in ("leanib", *words))
        self.console.print(f"[bold green]$[/] [bold]{escape(line)}[/]", highlight=False)
        ended, text = self._capture(words)
        self.show(show(text))
        if ended != code:
            if show is not str:
                self.show(text)
            raise SceneError(f"'{line}' ended with exit code {ended}, not {code}")
        return text

    def ask(self, *words: str) -> str:
        """What a command prints, without showing it: how a scene looks at what it did.

        Raises:
            SceneError: The command failed.
        """
        ended, text = self._capture(words)
        if ended:
            raise SceneError(f"'leanib {' '.join(words)}' ended with exit code {ended}: {text.strip()[-300:]}")
        return text

    def _capture(self, words: Sequence[str]) -> tuple[int, str]:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            return self._command(words), printed.getvalue()

    def check(self, holds: object, what: str, *criteria: Criterion) -> None:
        """Marks what was shown.

        Raises:
            SceneError: It does not hold.
        """
        if not holds:
            self.console.print(f"[bold red]✗ {escape(what)}[/]", highlight=False)
            raise SceneError(f"this did not hold: {what}")
        self.console.print(f"[green]✓[/] {escape(what)}", highlight=False)
        self.shown += [one for one in criteria if one not in self.shown]

    def wait(self, condition: Callable[[], object], seconds: float, what: str) -> None:
        """Waits until something is so.

        Raises:
            SceneError: It is not, in time.
        """
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise SceneError(f"this did not come about within {seconds:g} s: {what}")
            time.sleep(0.02)
