"""What a project folder needs besides its strategies: LEAN's settings, limits, the Gateway's compose files, data."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from leanib.errors import DataError, UsageError
from leanib.sample import REFERENCE, sample_data

__all__ = ["make_project"]

_PACKAGED = Path(__file__).parents[1] / "_project"
_CHECKOUT = Path(__file__).parents[3]
_FILES = (
    "lean.json", ".env.example", ".gitignore", "docker-compose.yml", "docker-compose.secrets.yml", "config",
    "docker/gateway",
)  # fmt: skip
_PRICES = (
    "README.md", "crypto", "equity/usa/daily", "equity/usa/hour", "equity/usa/minute/aapl", "equity/usa/map_files",
    "equity/usa/factor_files", "equity/usa/fundamental", "forex", "future", "index", "option",
)  # fmt: skip


def make_project(root: Path, *, prices: bool) -> list[Path]:
    """Makes a folder a project; what is there stays. The files and folders that are new.

    Args:
        root: The folder; made when missing.
        prices: Whether the sample data's prices come along, not only opening hours and the like.

    Raises:
        DataError: leanib was installed without its sample data.
        UsageError: The folder cannot be written.
    """
    source, data = _source(), sample_data()
    wanted = [(source / name, root / name) for name in _FILES]
    wanted += [(data / name, root / "data" / name) for name in (*REFERENCE, *(_PRICES if prices else ()))]
    try:
        root.mkdir(parents=True, exist_ok=True)
        return [new for old, target in wanted if old.exists() for new in _copy(old, target)]
    except OSError as error:
        raise UsageError(f"{root} cannot be made a project: {error.strerror or error}") from error


def _source() -> Path:
    found = next((folder for folder in (_PACKAGED, _CHECKOUT) if (folder / "lean.json").is_file()), None)
    if found is None:
        raise DataError("this installation has no project files; install leanib again from its wheel or repository")
    return found


def _copy(old: Path, target: Path) -> Iterator[Path]:
    """Copies what is not there yet."""
    if old.is_dir():
        is_new = not target.exists()
        target.mkdir(parents=True, exist_ok=True)
        for inner in sorted(old.iterdir()):
            new = list(_copy(inner, target / inner.name))
            yield from () if is_new else new
        if is_new:
            yield target
    elif not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(old, target)
        yield target
