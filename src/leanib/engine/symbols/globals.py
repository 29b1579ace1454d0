"""What the whole process shares about its data folder (`Common/Globals.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

__all__ = ["Globals"]


class Globals:
    """The data folder, and the caches that depend on it.

    A cache that is filled from the data folder, or that a run fills, registers the function that empties it; every run
    starts with `Globals.reset(data_folder)`.
    """

    data_folder: Path = Path("data")
    _resets: list[Callable[[], object]] = []  # noqa: RUF012 - filled by modules as they are imported

    @classmethod
    def on_reset(cls, reset: Callable[[], object]) -> None:
        """Calls `reset` at the start of every run."""
        cls._resets.append(reset)

    @classmethod
    def reset(cls, data_folder: Path | str | None = None) -> None:
        """Forgets what an earlier run left, and takes this data folder."""
        if data_folder is not None:
            cls.data_folder = Path(data_folder)
        for reset in cls._resets:
            reset()
