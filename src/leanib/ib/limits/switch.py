"""The kill switch that is thrown while programs run: one file beside the order journal, seen by all of them.

While it is there, no program of the project sends anything but cancels on that mode's account. It is looked at before
every order and every change, so that it holds at once; a file that cannot be read counts as thrown. LEAN in its
container knows nothing of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from leanib.ib.errors import IBError
from leanib.ib.settings import IBSettings
from leanib.private_files import write_private

__all__ = ["KillSwitch", "Thrown"]


@dataclass(frozen=True)
class Thrown:
    """Who threw the switch, and when (aware UTC); `at` is None where the file does not say."""

    at: datetime | None
    by: str

    def __str__(self) -> str:
        since = f" since {self.at:%Y-%m-%d %H:%M:%S} UTC" if self.at is not None else ""
        return f"the kill switch is on{since} ({self.by})"


class KillSwitch:
    """The switch of a mode.

    Args:
        settings: Whose order journal it lies beside.
    """

    def __init__(self, settings: IBSettings) -> None:
        self.path: Path = settings.orders.journal.parent / f"kill-switch-{settings.mode}.json"

    def thrown(self) -> Thrown | None:
        """Who threw it; None while it is off."""
        try:
            self.path.stat()  # it is not there as a rule, and whoever opens it for that waits five times as long
            content = json.loads(self.path.read_text(encoding="utf-8"))
            return Thrown(datetime.fromisoformat(content["at"]), str(content["by"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            return Thrown(None, f"{self.path} is there and cannot be read: {type(error).__name__}")

    def throw(self, at: datetime, by: str) -> None:
        """Turns it on; it stays on over restarts until somebody turns it off.

        Raises:
            IBError: The file cannot be written: the switch is not on.
        """
        try:
            write_private(self.path, json.dumps({"at": at.isoformat(), "by": by}))
        except OSError as error:
            raise IBError(
                f"the kill switch is NOT on: {self.path} cannot be written ({error.strerror or error}); stop the "
                "programs, or make the folder writable"
            ) from error

    def release(self) -> None:
        """Turns it off.

        Raises:
            IBError: The file cannot be removed: the switch is still on.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise IBError(f"the kill switch is still on: {self.path} cannot be removed ({error.strerror})") from error
