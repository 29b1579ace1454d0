"""How long a newcomer needs from a clone to a paper trade: docs/tutorial.md, as it stands, with a watch beside it.

    python benchmarks/stopwatch.py [--repository URL] [--cached]

Clones into an empty folder and runs every command of the tutorial's first five parts in order, installing without pip's
cache (`--cached`: with it). For each part: the seconds that the machine took since the beginning, and the same with a
reader's time added, who reads 200 words and types 200 characters a minute and pastes files. Exit code 1 when a command
fails or an aim is missed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
AIMS = {
    1: ("first result", 120),
    2: ("a strategy of one's own", 300),
    3: ("a test of it", 420),
    5: ("a paper trade", 600),
}
LAST_PART = max(AIMS)
WORDS_A_SECOND = 200 / 60
CHARACTERS_A_SECOND = 200 / 60


@dataclass(frozen=True)
class Part:
    """A numbered part of the tutorial: its commands, its files by path, and its prose's number of words."""

    number: int
    commands: tuple[str, ...]
    files: dict[str, str]
    words: int

    @property
    def reading(self) -> float:
        """Seconds for reading it and for typing its commands."""
        typed = sum(len(command) + 1 for command in self.commands)
        return self.words / WORDS_A_SECOND + typed / CHARACTERS_A_SECOND


def parts(text: str) -> Iterator[Part]:
    """The parts that are measured."""
    for number, body in re.findall(r"^## (\d+)\. .*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
        if int(number) > LAST_PART:
            return
        blocks = re.findall(r"```(\w+)\n(.*?)```", body, re.DOTALL)
        shell = [line for kind, block in blocks if kind in ("bash", "console") for line in block.splitlines()]
        commands = tuple(line.strip() for line in shell if line.strip())
        files = {block.partition("\n")[0].removeprefix("# "): block for kind, block in blocks if kind == "python"}
        yield Part(int(number), commands, files, len(re.sub(r"```.*?```", "", body, flags=re.DOTALL).split()))


class Newcomer:
    """A terminal in an empty folder."""

    def __init__(self, folder: Path, repository: str, *, cached: bool) -> None:
        self._here = folder
        self._repository = repository
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        state = {"IB_PAPER_PORT": str(self._port), "XDG_STATE_HOME": str(folder / "state")}
        kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
        own = str(Path(sys.executable).parent)
        kept["PATH"] = ":".join(
            part for part in kept["PATH"].split(":") if sys.prefix == sys.base_prefix or part != own
        )
        self._environment = kept | state | ({} if cached else {"PIP_NO_CACHE_DIR": "1"})
        self._background: list[subprocess.Popen[bytes]] = []

    def save(self, path: str, text: str) -> None:
        """A file of the tutorial."""
        file = self._here / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def type(self, line: str) -> None:
        """A command; raises CalledProcessError when it fails."""
        line = line.replace("<this repository>", self._repository).replace("4001", str(self._port))
        if line.startswith("source "):
            binaries = self._here / ".venv" / "bin"
            self._environment |= {
                "PATH": f"{binaries}:{self._environment['PATH']}",
                "VIRTUAL_ENV": str(binaries.parent),
            }
        elif line.endswith("&"):
            words = line.removesuffix("&").split()
            self._background.append(subprocess.Popen(words, cwd=self._here, env=self._environment))
            self._wait_for_port()
        else:
            subprocess.run(["/bin/bash", "-c", line], cwd=self._here, env=self._environment, check=True)
            if found := re.search(r"&& cd (\w+)", line):
                self._here /= found[1]

    def _wait_for_port(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit(f"nothing listens on port {self._port}")

    def leave(self) -> None:
        """Ends what runs in the background."""
        for process in self._background:
            process.terminate()
            process.wait(timeout=20)


def main() -> None:
    """Types, measures, prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repository", default=str(ROOT))
    parser.add_argument("--cached", action="store_true")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="newcomer-"))
    newcomer = Newcomer(folder, asked.repository, cached=asked.cached)
    load, begun, reading, rows, missed = os.getloadavg()[0], time.monotonic(), 0.0, [], False
    try:
        for part in parts((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")):
            for path, text in part.files.items():
                newcomer.save(path, text)
            for command in part.commands:
                print(f"$ {command}", flush=True)
                newcomer.type(command)
            reading += part.reading
            if part.number in AIMS:
                name, aim = AIMS[part.number]
                machine = time.monotonic() - begun
                missed |= machine + reading > aim
                rows.append(f"| {name} | {machine:.0f} s | {_clock(machine + reading)} | {_clock(aim)} |")
    finally:
        newcomer.leave()
        shutil.rmtree(folder)
    print("\n| from the clone to | the machine took | with reading and typing | aim |\n|---|--:|--:|--:|")
    print("\n".join(rows))
    print(f"\n{os.cpu_count()} cores, load {load:.1f} before, Python {sys.version.split()[0]}")
    raise SystemExit(int(missed))


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02} min"


if __name__ == "__main__":
    main()
