"""The embedded engine behind LEAN's container contract: `dotnet QuantConnect.Lean.Launcher.dll` in our image.

The `lean` CLI mounts the complete configuration as `config.json` into the working directory, the project as /LeanCLI,
the data as /Lean/Data and the results as /Results, shows what is printed, and goes by the exit status. The lines have
the form of LEAN's own log (`Logging/LogHandlers`), since that is what people and tools look for. The engine is imported
when there is something to run: the first line does not wait for it, and an optimization does not need it.
"""

from __future__ import annotations

import importlib
import json
import signal
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO

from leanib import collector
from leanib.errors import ConfigurationError, LeanIBError, NotSupportedError
from leanib.operations.tracebacks import user_traceback

if TYPE_CHECKING:
    from leanib.engine.core.engine import BacktestRun, Job

__all__ = ["CONFIG", "LeanLog", "check_supported", "job_of", "main", "prepare", "read_config", "run"]

CONFIG = Path("config.json")
_DEBUG_PORT = 5678
_OPTIMIZER = "QuantConnect.Optimizer.Launcher.dll"


class LeanLog:
    """Prints LEAN's log lines, and keeps a copy in a file when one is given."""

    def __init__(self, out: TextIO, copy: TextIO | None = None, now: Callable[[], datetime] | None = None) -> None:
        self._outs = [out] if copy is None else [out, copy]
        self._now = now or (lambda: datetime.now(UTC))

    def line(self, level: str, text: str) -> None:
        """One line, such as `20250518 08:06:11.573 TRACE:: Engine.Run(): ...`."""
        moment = self._now()
        stamp = f"{moment:%Y%m%d %H:%M:%S}.{moment.microsecond // 1000:03}"
        for out in self._outs:
            out.write(f"{stamp} {level}:: {text}\n")
            out.flush()

    def message(self, kind: str, text: str) -> None:
        """A message of the algorithm or of the engine (a `Listener`'s method)."""
        words = {"debug": "Debug: ", "log": "Log: ", "error": "Error: "}
        self.line("ERROR" if kind in ("error", "runtime-error") else "TRACE", words.get(kind, "") + text)

    def progress(self, fraction: float, utc_time: datetime, data_points: int) -> None:
        """Progress is not logged (a `Listener`'s method)."""


def main(arguments: list[str] | None = None) -> int:
    """Runs what `config.json` in the working directory says; the exit status LEAN would give."""
    words = sys.argv[1:] if arguments is None else arguments
    signal.signal(signal.SIGTERM, _terminate)
    collector.exit_quickly()
    log = LeanLog(sys.stdout)
    try:
        if words and words[0] == _OPTIMIZER:
            from leanib.operations.lean_optimizer import optimize

            return optimize(estimate="--estimate" in words)
        return run(read_config(CONFIG), log)
    except LeanIBError as error:
        log.line("ERROR", f"Engine.Run(): {error}")
        return 1


def read_config(path: Path) -> dict[str, Any]:
    """The configuration that the CLI mounted.

    Raises:
        ConfigurationError: It is missing or not valid.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{path.absolute()} is not there; this image is started by the lean CLI") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.absolute()} is not valid JSON ({error})") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path.absolute()} must hold an object")
    return content


def job_of(config: Mapping[str, Any], log: LeanLog) -> Job:
    """What the engine is to do."""
    from leanib.engine.core.engine import Job

    parameters = config.get("parameters") or {}
    if isinstance(parameters, str):
        parameters = json.loads(parameters)
    return Job(
        data_folder=Path(config.get("data-folder") or "/Lean/Data"),
        algorithm_id=str(config.get("algorithm-id") or ""),
        parameters={str(name): str(value) for name, value in parameters.items()},
        destination=Path(config.get("results-destination-folder") or "/Results"),
        object_store_root=Path(config.get("object-store-root") or "/Storage"),
        listener=log,
        keep_interrupted=True,
    )


def run(config: Mapping[str, Any], log: LeanLog) -> int:
    """One backtest, or live trading; 0 when the algorithm ran to its end."""
    environment = check_supported(config)
    prepare(config, log)
    if str(environment.get("live-mode", "false")).lower() == "true":
        from leanib.operations.lean_live import run_live

        return run_live(config, environment, sys.stdout)
    log.line("TRACE", f"Engine.Run(): the embedded engine of leanib runs {config['algorithm-location']}")
    with collector.paused():
        from leanib.engine.core.engine import run_backtest
        from leanib.engine.lean.algorithm_file import load_algorithm
    job = job_of(config, log)
    started = time.perf_counter()
    try:
        with collector.paused():
            algorithm = load_algorithm(Path(config["algorithm-location"]))
        result = run_backtest(algorithm, job)
    except LeanIBError:
        raise
    except Exception as error:
        _log_traceback(error, log)
        return 1
    return _conclude(result, time.perf_counter() - started, log)


def check_supported(config: Mapping[str, Any]) -> dict[str, Any]:
    """The chosen environment's settings over the others.

    Raises:
        NotSupportedError: Another language or brokerage.
        ConfigurationError: Nothing is said about what to run.
    """
    language = str(config.get("algorithm-language") or "Python")
    if language != "Python":
        raise NotSupportedError(f"this image runs Python algorithms; for {language} use quantconnect/lean")
    environment = (config.get("environments") or {}).get(config.get("environment") or "", {})
    brokerage = str(environment.get("live-mode-brokerage") or "InteractiveBrokersBrokerage")
    if str(environment.get("live-mode", "false")).lower() == "true" and "InteractiveBrokers" not in brokerage:
        raise NotSupportedError(f"this image trades with Interactive Brokers, not {brokerage}; use quantconnect/lean")
    if not config.get("algorithm-location"):
        raise ConfigurationError('config.json has no "algorithm-location"; this image is started by the lean CLI')
    return {**config, **environment}


def prepare(config: Mapping[str, Any], log: LeanLog) -> None:
    """The user's own folders on the path, and the debugger when it is asked for."""
    for folder in config.get("python-additional-paths") or []:
        if folder not in sys.path:
            sys.path.insert(0, str(folder))
    if not config.get("debugging"):
        return
    method = str(config.get("debugging-method") or "")
    if method.lower() not in ("debugpy", "localplatform"):
        raise NotSupportedError(f"this image debugs with debugpy, not {method}: lean backtest --debug debugpy")
    debugpy = importlib.import_module("debugpy")  # the image installs it; the project itself does not need it
    debugpy.listen(("0.0.0.0", _DEBUG_PORT))  # noqa: S104 - inside the container; the CLI publishes it on the host
    log.line("TRACE", f"DebuggerHelper.Initialize(): waiting for a debugger to attach on port {_DEBUG_PORT}")
    debugpy.wait_for_client()


def _conclude(result: BacktestRun, seconds: float, log: LeanLog) -> int:
    packet = result.results.final_results
    assert packet is not None
    for name, value in packet.statistics.summary.items():
        log.line("TRACE", f"STATISTICS:: {name} {value}")
    log.line("TRACE", f"STATISTICS:: OrderListHash {packet.order_list_hash}")
    speed = result.data_points / seconds / 1000 if seconds else 0.0
    log.line(
        "TRACE",
        f"Engine.Run(): completed in {seconds:.2f} seconds at {speed:.0f}k data points per second. "
        f"Processing total of {result.data_points:,} data points.",
    )
    for item in result.missing_data:
        log.line("TRACE", f"DataMonitor: missing {item}")
    if result.error is not None:
        _log_traceback(result.error, log)
        return 1
    if result.interrupted:
        log.line("TRACE", f"Engine.Run(): stopped at {result.algorithm.time}; the results are those until then")
        return 143
    return 0


def _log_traceback(error: BaseException, log: LeanLog) -> None:
    log.line("ERROR", f"Engine.Run(): {error}\n{user_traceback(error)}")


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
