"""Where the unmodified clients live: one virtual environment each, made once, outside the tree.

`LEANIB_CLIENTS` names the folder; without it `leanib/clients` in the user's cache folder. What cannot be had (no
network, no compiler) raises UnavailableError with the reason.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock


class UnavailableError(Exception):
    """A client that cannot be had here; its text says why."""


@dataclass(frozen=True)
class Package:
    """A client from the package index."""

    name: str  # in the tables
    requirement: str
    kind: str  # what `bridge` drives it as
    #: The newest server version that it offers.
    version: int


PACKAGES = (
    Package("ibapi 9.81", "ibapi==9.81.1.post1", "ibapi", 157),
    Package("ibapi-stable 10.50", "ibapi-stable==10.50.2", "ibapi", 226),
    Package("ibapi-latest 10.51", "ibapi-latest==10.51.1", "ibapi", 226),
    Package("nautilus-ibapi 10.37", "nautilus-ibapi==10.37.2", "ibapi", 203),
    Package("ib_insync 0.9.86", "ib_insync==0.9.86", "ib_insync", 176),
    Package("ib_async 2.1.0", "ib_async==2.1.0", "ib_async", 178),
)
_PROTOBUF = "protobuf>=5.29.5"  # nautilus-ibapi does not say that it needs it


def folder() -> Path:
    """Where the environments are kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    found = Path(os.environ.get("LEANIB_CLIENTS") or Path(cache) / "leanib" / "clients")
    found.mkdir(parents=True, exist_ok=True)
    return found


def environment(requirement: str, *, timeout: float = 900.0) -> Path:
    """The Python of an environment that holds `requirement`, made when it is not there; raises UnavailableError."""
    home = folder() / f"{requirement.replace('==', '-').replace('[', '-').replace(']', '')}-py{sys.version_info[1]}"
    python, done = home / "bin" / "python", home / "installed.json"
    with FileLock(f"{home}.lock", timeout=timeout):
        if done.exists() and python.exists():
            return python
        shutil.rmtree(home, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(home)], timeout)
        wanted = [requirement, _PROTOBUF] if "nautilus" in requirement else [requirement]
        _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted], timeout)
        done.write_text(json.dumps(wanted), encoding="utf-8")
    return python


def rust_program(source: Path, *, timeout: float = 1500.0) -> Path:
    """The compiled program of a crate, copied and built outside the tree; raises UnavailableError."""
    cargo = shutil.which("cargo")
    if cargo is None:
        raise UnavailableError("there is no cargo")
    home = folder() / "rust"
    with FileLock(f"{home}.lock", timeout=timeout):
        shutil.copytree(source, home / "crate", dirs_exist_ok=True)
        manifest = home / "crate" / "Cargo.toml"
        _run([cargo, "build", "--quiet", "--manifest-path", str(manifest), "--target-dir", str(home)], timeout)
    return home / "debug" / "scenario"


def _run(command: list[str], timeout: float) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise UnavailableError(f"{command[0]}: {problem}") from None
    if done.returncode:
        raise UnavailableError(f"{' '.join(command[:4])} ...: {done.stderr.strip()[-600:]}")
