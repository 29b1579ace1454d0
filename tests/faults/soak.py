"""`make soak`: every random schedule and every kill; what came of it is written to docs/BENCHMARKS.md with its date."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from tests.faults import running
from tests.faults.kills import DisagreementError, kill_often, seeds_of_lanes

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "BENCHMARKS.md"
HUNG = 70
"""How a process ends whose schedule hangs; it has told the schedule before."""
LANES = 4


def soak_schedules(parts: int, jobs: int) -> str:
    """Plays parts of the random schedules, several at a time; what came of them, in a sentence."""
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, context, running.end_when_it_hangs, (HUNG,)) as pool:
        for line in pool.map(running.run_part, range(parts)):
            print(line, flush=True)
    first, last = running.seeds_of(0)[0], running.seeds_of(parts - 1)[-1]
    disk = subprocess.run(
        [sys.executable, "-c", "from tests.faults.smalldisk import SmallDisk as S\nwith S() as d: print(d.kind)"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    return f"{last - first + 1:,} schedules, seeds {first} to {last}, full disk: {disk}; all books equal"


def soak_kills(kills: int) -> str:
    """Kills trading programs so often; what came of it, in a sentence."""
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        result = kill_often(Path(folder), kills, LANES)
    return (
        f"{result.kills} kills ({result.while_starting} of programs that were starting), {result.orders:,} orders, "
        f"{result.fills:,} fills; nothing lost, doubled or unknown, journal and Gateway agreed after "
        f"{result.slowest:.0f} s at the latest, seeds {seeds_of_lanes(LANES)}"
    )


def _measured(name: str, work: Callable[[], str]) -> bool:
    """Does one part of the soak and writes its row; whether it held."""
    start = time.perf_counter()
    try:
        text, held = work(), True
    except BrokenProcessPool:
        text, held = "a schedule hung; it was printed", False
    except (AssertionError, DisagreementError) as problem:
        print(problem, file=sys.stderr, flush=True)
        text, held = f"**failed**: {str(problem).splitlines()[0][:200]}", False
    minutes = (time.perf_counter() - start) / 60
    print(f"{name}: {text} ({minutes:.0f} min)", flush=True)
    _write(name, f"| {name} | {datetime.now(UTC):%Y-%m-%d %H:%M} UTC | {_commit()} | {minutes:.0f} min | {text} |")
    return held


def _write(name: str, row: str) -> None:
    """Replaces the row of that name in the page's table."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    (found,) = [number for number, line in enumerate(lines) if line.startswith(f"| {name} |")]
    lines[found] = row
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _commit() -> str:
    done = subprocess.run(
        ["git", "-C", str(PROJECT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return f"`{done.stdout.strip()}`" if done.returncode == 0 else "-"


def main() -> int:
    """The command line; 0 when everything held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", type=int, default=running.PARTS, help="of 250 schedules; 0: none")
    parser.add_argument("--kills", type=int, default=300, help="0: none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="schedules at a time")
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors", flush=True)
    held = not given.parts or _measured("random schedules", lambda: soak_schedules(given.parts, given.jobs))
    return 0 if (not given.kills or _measured("SIGKILL", lambda: soak_kills(given.kills))) and held else 1


if __name__ == "__main__":
    sys.exit(main())
