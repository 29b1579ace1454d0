"""One algorithm in a process of its own, which is forked from one that has imported this module."""

from __future__ import annotations

import contextlib
import gc
import os
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leanib.engine.core.engine import BacktestRun, Job, run_backtest
from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.engine.lean.imports import names
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.orders.hashing import order_list_hash
from leanib.engine.results.listener import SilentListener
from leanib.errors import NotSupportedError
from leanib.parity.fundamentals import RegressionFundamentals
from leanib.parity.runner import NO_DOWNLOAD, NOT_SUPPORTED

__all__ = ["run"]

names()  # what algorithms import, now instead of in each of their processes
gc.freeze()
_HASH = "OrderListHash"
#: what LEAN calls the state of an algorithm whose initialize() failed
_NEVER_RAN = "Running"
_NOTHING = {"data_points": 0, "history_data_points": 0}


def run(request: Mapping[str, Any], output: Path) -> dict[str, Any]:
    """The answer to a request; what the algorithm prints goes to a file."""
    with output.open("a") as said:
        for descriptor in (1, 2):
            os.dup2(said.fileno(), descriptor)
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
    return answer


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
