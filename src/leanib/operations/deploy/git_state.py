"""Which state of the project a deployment was made from."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["GitState", "git_state"]


@dataclass(frozen=True)
class GitState:
    """A commit and what differs from it; both empty outside of git."""

    commit: str = ""
    changed: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.commit:
            return "not under git: nobody will know later what ran"
        differing = f", {len(self.changed)} files differ from it" if self.changed else ", nothing differs from it"
        return f"commit {self.commit[:10]}{differing}"


def git_state(root: Path) -> GitState:
    """The state of the project's folder."""
    commit = _git(root, "rev-parse", "HEAD").strip()
    if not commit:
        return GitState()
    status = _git(root, "status", "--porcelain", "--untracked-files=normal")
    return GitState(commit, tuple(line[3:] for line in status.splitlines() if line))


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            ["git", *words],  # noqa: S607
            cwd=root,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
