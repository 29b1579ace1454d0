"""Starts the monitor in its container, with a copy of the lean CLI that may write.

The CLI keeps its list of brokerages inside its own package and ends when it can neither find nor fetch it. The image is
read-only, so the package is copied to the home folder, where the list survives the container: a start of LEAN at night
does not depend on the internet.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path


def main() -> None:
    """Becomes `leanib <the arguments>`."""
    home = Path(os.environ["HOME"])
    packages = home / "packages"
    spec = find_spec("lean")
    if spec is None or spec.origin is None:
        sys.exit("the image lacks the lean CLI: make monitor-image")
    packages.mkdir(parents=True, exist_ok=True)
    shutil.copytree(Path(spec.origin).parent, packages / "lean", dirs_exist_ok=True)
    path = os.pathsep.join([str(packages), os.environ.get("PYTHONPATH", "")])
    words = [sys.executable, "-m", "leanib", *sys.argv[1:]]
    os.execve(words[0], words, {**os.environ, "PYTHONPATH": path})  # noqa: S606 - this process becomes it


if __name__ == "__main__":
    main()
