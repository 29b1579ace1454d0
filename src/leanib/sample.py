"""The sample data: of the repository in a checkout, else what the package brings along."""

from __future__ import annotations

from pathlib import Path

from leanib.errors import DataError

__all__ = ["REFERENCE", "sample_data"]

REFERENCE = ("market-hours", "symbol-properties", "alternative")
"""Folders of tables that every data folder needs: opening hours, lot sizes, interest rates."""

_PACKAGED = Path(__file__).parent / "_sample" / "data"
_CHECKOUT = Path(__file__).parents[2] / "data"


def sample_data() -> Path:
    """The folder, in LEAN's layout; not to be written to.

    Raises:
        DataError: The package was installed without it.
    """
    found = next((folder for folder in (_PACKAGED, _CHECKOUT) if (folder / REFERENCE[0]).is_dir()), None)
    if found is None:
        raise DataError("this installation has no sample data; install leanib again from its wheel or its repository")
    return found
