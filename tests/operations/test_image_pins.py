"""Writing digests into `.env`, whatever stands there already."""

from __future__ import annotations

from pathlib import Path

import pytest

from leanib.errors import ConfigurationError
from leanib.operations.image_pins import ImagePin, write_pins

PIN = ImagePin("BASE_IMAGE", "python:3.11-slim", "", "sha256:ab")
LINE = "BASE_IMAGE=python:3.11-slim@sha256:ab"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", LINE),
        ("A=1\n", f"A=1\n{LINE}\n"),
        ("A=1", f"A=1\n{LINE}"),
        ("# BASE_IMAGE=x\n", f"# BASE_IMAGE=x\n{LINE}\n"),
        ("A='two\nlines'\nBASE_IMAGE='old'\nB=2\n", f"A='two\nlines'\n{LINE}\nB=2\n"),
        ("\n\nexport BASE_IMAGE=old # mine\n", f"\n\n{LINE}\n"),
    ],
)
def test_only_its_own_line_changes(tmp_path: Path, before: str, after: str) -> None:
    """Found as every reader of `.env` finds it; the file is its owner's afterwards."""
    file = tmp_path / ".env"
    file.write_text(before)
    write_pins([PIN], file)
    assert file.read_text().rstrip("\n") == after.rstrip("\n")
    assert file.stat().st_mode & 0o777 == 0o600


def test_without_env_nothing_is_made(tmp_path: Path) -> None:
    """A new one would keep the example from being copied."""
    with pytest.raises(ConfigurationError, match=r"copy \.env\.example"):
        write_pins([PIN], tmp_path / ".env")
    assert list(tmp_path.iterdir()) == []
