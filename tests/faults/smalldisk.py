"""A disk that is really full: a small tmpfs where this machine lets us mount one, else a limit on the size of files."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["SmallDisk"]

_NAME = "small-disk-"


class SmallDisk:
    """A folder on a disk of a few megabytes, as a context manager.

    Attributes:
        path: The folder.
        kind: `tmpfs`, or `RLIMIT_FSIZE` where nothing can be mounted: then no file of this process grows while full.
    """

    def __init__(self, megabytes: int = 8, *, may_mount: bool = True) -> None:
        _sweep()
        self._holder = tempfile.TemporaryDirectory(prefix=f"{_NAME}{os.getpid()}-")
        self.path = Path(self._holder.name)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "small-disk", str(self.path)]
        may_mount = may_mount and os.geteuid() == 0
        mounted = may_mount and subprocess.run(mount, capture_output=True, check=False).returncode == 0
        self.kind = "tmpfs" if mounted else "RLIMIT_FSIZE"
        self._limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    @property
    def _filler(self) -> Path:
        return self.path / "filler"

    def fill(self) -> None:
        """Leaves no room: the next block that is asked for is refused by the kernel."""
        if self.kind == "RLIMIT_FSIZE":
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, self._limits[1]))
            return
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue

    def free(self) -> None:
        """Makes room again."""
        if self.kind == "RLIMIT_FSIZE":
            resource.setrlimit(resource.RLIMIT_FSIZE, self._limits)
        else:
            self._filler.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.free()
        if self.kind == "tmpfs":
            subprocess.run(["umount", "--lazy", str(self.path)], check=True)
        self._holder.cleanup()


def _sweep() -> None:
    """Unmounts what a process left behind that was killed."""
    for path in Path(tempfile.gettempdir()).glob(f"{_NAME}*"):
        pid = path.name.removeprefix(_NAME).partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists():
            if path.is_mount():
                subprocess.run(["umount", "--lazy", str(path)], check=False)
            shutil.rmtree(path, ignore_errors=True)
