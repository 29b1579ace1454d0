"""How long `lean backtest` takes with the engine image, from the command to the prompt, and which part takes what.

python benchmarks/lean_cli.py [--rounds N] [STRATEGY ...]

Runs the unmodified CLI on a copy of the project, as the container tests do, with the image that they use (it is built
when its content has changed). Needs a Docker engine.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.containers.images import image  # noqa: E402 - found by the line above
from tests.containers.lean_cli import LeanCli, install  # noqa: E402

STRATEGIES = ("daily_momentum", "framework_trend", "hourly_breakout", "intraday_reversion")
PARTS = ("CLI", "Docker, Python", "imports", "engine", "the end", "in all")
ROW = "{:20}" + "{:>16}" * len(PARTS)
FIRST, LAST = "the embedded engine of leanib runs", "Engine.Run(): completed in "


def one_run(lean: LeanCli, strategy: str, image_name: str) -> list[float]:
    """Seconds of each part of one run, and of all of it."""
    watch = ["docker", "events", "--filter", "event=create", "--format", "{{.TimeNano}}"]
    with subprocess.Popen(watch, stdout=subprocess.PIPE, text=True) as events:
        start = time.time()
        done = lean.run("backtest", f"algorithms/{strategy}", "--image", image_name, "--no-update")
        end = time.time()
        events.terminate()
        told = events.stdout.read() if events.stdout else ""
    if done.returncode:
        sys.exit(done.stdout)
    created = int(told.split()[0]) / 1e9
    first, last = stamp(done.stdout, FIRST), stamp(done.stdout, LAST)
    engine = float(re.search(rf"{re.escape(LAST)}(\S+)", done.stdout)[1])  # type: ignore[index]
    return [created - start, first - created, last - first - engine, engine, end - last, end - start]


def stamp(log: str, text: str) -> float:
    """The time, in seconds since 1970, of the log's line that holds a text."""
    line = next(line for line in log.splitlines() if text in line)
    return datetime.strptime(line[:21], "%Y%m%d %H:%M:%S.%f").replace(tzinfo=UTC).timestamp()


def main() -> None:
    """Prints the median of each part, and the fastest and the slowest run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("strategies", nargs="*", default=STRATEGIES)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    image_name = image("engine")
    inspect = ["docker", "image", "inspect", "--format", "{{.Size}}", image_name]
    size = subprocess.run(inspect, capture_output=True, text=True, check=True)
    print(f"{image_name}: {int(size.stdout) / 1e6:.0f} MB\n")
    print(ROW.format("seconds, median", *PARTS))
    with tempfile.TemporaryDirectory() as folder:
        lean = install(Path(folder))
        for strategy in given.strategies:
            rounds = [one_run(lean, strategy, image_name) for _ in range(given.rounds)]
            medians = [f"{statistics.median(part):.2f}" for part in zip(*rounds, strict=True)]
            totals = [seconds[-1] for seconds in rounds]
            print(ROW.format(strategy, *medians), f"  ({min(totals):.2f} to {max(totals):.2f})", flush=True)


if __name__ == "__main__":
    main()
