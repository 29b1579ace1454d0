"""One algorithm in a process of its own: takes a JSON request, prints a JSON answer as its last line."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from leanib.engine.core.engine import BacktestRun, Job, run_backtest
from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.orders.hashing import order_list_hash
from leanib.engine.results.listener import SilentListener
from leanib.errors import NotSupportedError
from leanib.parity.fundamentals import RegressionFundamentals
from leanib.parity.runner import NO_DOWNLOAD, NOT_SUPPORTED

__all__ = ["main"]

_HASH = "OrderListHash"
#: what LEAN calls the state of an algorithm whose initialize() failed
_NEVER_RAN = "Running"
_NOTHING = {"data_points": 0, "history_data_points": 0}


def main() -> int:
    """Run what the first argument asks for."""
    request: dict[str, Any] = json.loads(sys.argv[1])
    file, lean = Path(request["file"]).absolute(), Path(request["lean"]).absolute()
    with tempfile.TemporaryDirectory() as destination, contextlib.chdir(_launcher(Path(destination), lean)):
        heard = _Heard()
        try:
            job = Job(
                lean / "Data",
                request["name"],
                parameters=request["parameters"],
                destination=Path(destination),
                fundamentals=RegressionFundamentals(lean),
                listener=heard,
            )
            answer = _answer(run_backtest(load_algorithm(file), job))
        except NotSupportedError as error:
            answer = _failure(error, NOT_SUPPORTED)
        except Exception as error:
            answer = {**_failure(error, _NEVER_RAN), **_NOTHING, "statistics": {_HASH: order_list_hash([])}}
            answer["missing"] = [*heard.refusals, *DATA_MONITOR().failed]
    answer["cpu_seconds"] = time.process_time()
    print()
    print(json.dumps(answer))
    return 0


class _Heard(SilentListener):
    """Keeps what the engine would not do, for runs that end before there is a result."""

    def __init__(self) -> None:
        self.refusals: list[str] = []

    def message(self, kind: str, text: str) -> None:
        if NO_DOWNLOAD in text:
            self.refusals.append(text)


def _launcher(folder: Path, lean: Path) -> Path:
    """A folder like the one LEAN's launcher works in: algorithms read `../../../Tests`; what they store is new."""
    working = folder / "Launcher" / "bin" / "Debug"
    working.mkdir(parents=True)
    for name in ("Data", "Tests"):
        (folder / name).symlink_to(lean / name)
    return working


def _answer(run: BacktestRun) -> dict[str, Any]:
    packet = run.results.final_results
    assert packet is not None
    statistics = dict(packet.statistics.summary)
    statistics[_HASH] = packet.order_list_hash
    answer: dict[str, Any] = {
        "status": run.algorithm.status.lean_name,
        "statistics": statistics,
        "data_points": run.data_points,
        "history_data_points": run.history_data_points,
        "log": run.results.log_store,
        "missing": [str(item) for item in run.missing_data],
    }
    if run.error is None:
        return answer
    status = NOT_SUPPORTED if isinstance(run.error, NotSupportedError) else "RuntimeError"
    return answer | _failure(run.error, status)


def _failure(error: BaseException, status: str) -> dict[str, Any]:
    return {
        "status": status,
        "error": "".join(traceback.format_exception_only(error)).strip().splitlines()[-1],
        "traceback": "".join(traceback.format_exception(error)),
    }


if __name__ == "__main__":
    sys.exit(main())
