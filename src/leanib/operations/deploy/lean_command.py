"""Where the `lean` CLI is."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from leanib.errors import LeanIBError

__all__ = ["lean_command"]


def lean_command() -> list[str]:
    """The CLI of this environment, else the one on the PATH.

    Raises:
        LeanIBError: It is not installed.
    """
    own = Path(sys.executable).with_name("lean")
    found = str(own) if own.is_file() else shutil.which("lean")
    if found is None:
        raise LeanIBError("the lean CLI is not installed: pip install lean")
    return [found]
