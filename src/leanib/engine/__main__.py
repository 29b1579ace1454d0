"""`python -m leanib.engine FILE.py --data-folder DIR [--parameter KEY VALUE] [--json]`: one run, no comforts."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from leanib.engine.core.engine import BacktestRun, Job, run_backtest
from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.errors import LeanIBError

__all__ = ["main"]


class _Terminal:
    """Prints an algorithm's messages to standard error."""

    def message(self, kind: str, text: str) -> None:
        print(f"{kind}: {text}", file=sys.stderr)

    def progress(self, fraction: float, utc_time: datetime, data_points: int) -> None:
        """Nothing to print."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run an algorithm; 0 is success, 1 an error of the algorithm, 2 bad usage, configuration or data."""
    options = _parser().parse_args(arguments)
    parameters = dict(options.parameter or ())
    try:
        job = Job(options.data_folder, parameters=parameters, listener=_Terminal(), destination=options.output)
        run = run_backtest(load_algorithm(options.file), job)
    except LeanIBError as error:
        print(error, file=sys.stderr)
        return 2
    except Exception:
        traceback.print_exc()
        return 1
    _print(run, options.json)
    if isinstance(run.error, LeanIBError):
        print(run.error, file=sys.stderr)
        return 2
    if run.error is not None:
        traceback.print_exception(run.error)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m leanib.engine")
    parser.add_argument("file", type=Path, help="the algorithm's file, or its folder")
    parser.add_argument("--data-folder", type=Path, default=Path("data"))
    parser.add_argument("--output", type=Path, default=None, help="where result files go; none are written without it")
    parser.add_argument("--parameter", nargs=2, action="append", metavar=("KEY", "VALUE"))
    parser.add_argument("--json", action="store_true", help="print statistics as JSON")
    return parser


def _print(run: BacktestRun, as_json: bool) -> None:
    packet = run.results.final_results
    statistics = dict(packet.statistics.summary) if packet is not None else {}
    if as_json:
        counts = {"DataPoints": run.data_points, "AlgorithmHistoryDataPoints": run.history_data_points}
        print(json.dumps({"statistics": statistics, **counts}))
        return
    for name, value in statistics.items():
        print(f"{name:<32}{value}")
    print(f"{'Data points':<32}{run.data_points:,}")


if __name__ == "__main__":
    sys.exit(main())
