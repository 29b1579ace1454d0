"""`leanib backtest`: an algorithm on historical data."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer

from leanib import collector
from leanib.cli.missing_data import check_data, tell_missing_data
from leanib.cli.profile import Profile
from leanib.cli.run_options import (
    BacktestOutputOption,
    DataFolderOption,
    EndOption,
    Engine,
    EngineOption,
    ImageOption,
    JsonOption,
    LeanConfigOption,
    NoReportOption,
    NoStretchOption,
    ParameterOption,
    ProfileOption,
    StartOption,
    StrategyArgument,
    StrictDataOption,
)
from leanib.cli.terminal import TerminalListener, print_statistics, user_line, user_traceback
from leanib.engine.configuration import Configuration, load_configuration
from leanib.engine.core.engine import BacktestRun, Job, run_backtest
from leanib.engine.lean.algorithm_file import find_algorithm_file, load_algorithm
from leanib.engine.results.packet import ResultPacket
from leanib.errors import LeanIBError, NotSupportedError, ResultError, UsageError

__all__ = ["EXIT_ALGORITHM", "EXIT_INTERRUPTED", "backtest", "day_of", "explained", "parameters_of", "period"]

EXIT_ALGORITHM = 1
EXIT_INTERRUPTED = 130


def backtest(
    path: StrategyArgument,
    data_folder: DataFolderOption = None,
    output: BacktestOutputOption = None,
    parameter: ParameterOption = None,
    start: StartOption = None,
    end: EndOption = None,
    as_json: JsonOption = False,
    no_report: NoReportOption = False,
    strict_data: StrictDataOption = False,
    no_stretch: NoStretchOption = False,
    profile: ProfileOption = False,
    engine: EngineOption = Engine.EMBEDDED,
    image: ImageOption = "",
    lean_config: LeanConfigOption = None,
) -> None:
    """Run an algorithm on historical data with LEAN's numbers.

    Exit code 0 on success, 1 on an error in the algorithm, 2 on bad usage, configuration or data.
    """
    if engine is Engine.LEAN:
        _refuse(
            **{"--start": start, "--end": end, "--data-folder": data_folder, "--lean-config": lean_config},
            **{"--strict-data": strict_data or None, "--no-stretch": no_stretch or None},
            **{"--profile": profile or None},
        )
        _with_lean(path, image, parameters_of(parameter or []), output, as_json, no_report)
        return
    if image:
        raise UsageError("--image is for LEAN's container; give --engine lean with it")
    file = find_algorithm_file(path)
    project = path if path.is_dir() else path.parent
    configuration = load_configuration(project, lean_config, parameters=parameters_of(parameter or []))
    for sentence in configuration.warnings:
        print(f"warning: {sentence}", file=sys.stderr)
    listener = TerminalListener(quiet=as_json)
    job = _job(configuration, data_folder, listener)
    job.start, job.end = period(start, end)
    job.stretch, job.keep_interrupted = not no_stretch, True
    job.destination = output or _default_output(path)
    _check_output(job.destination)
    watched = Profile(project) if profile else None
    started = time.perf_counter()
    run = _run(file, job, listener, watched, as_json)
    if watched is not None:
        print(watched.tell(job.destination), file=sys.stderr if as_json else sys.stdout)
    _conclude(run, file, job, time.perf_counter() - started, as_json, no_report)
    _tell_unread(run, parameters_of(parameter or []))
    check_data(run, strict_data)


def _run(file: Path, job: Job, listener: TerminalListener, watched: Profile | None, as_json: bool) -> BacktestRun:
    try:
        # Whatever the algorithm prints must not spoil the object that --json promises.
        with (
            contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext(),
            watched.watching() if watched is not None else contextlib.nullcontext(),
        ):
            with collector.paused():
                algorithm = load_algorithm(file)
            run = run_backtest(algorithm, job)
    except Exception as error:
        listener.close()
        raise explained(error) from error
    listener.close()
    return run


def _tell_unread(run: BacktestRun, given: dict[str, str]) -> None:
    """A --parameter that the algorithm never asks for changes nothing: a mistyped name, most likely."""
    unread = [name for name in given if name in run.unread_parameters]
    if unread:
        print(
            f"warning: --parameter {', '.join(unread)} changed nothing: the algorithm has not asked for it",
            file=sys.stderr,
        )


def _refuse(**options: object) -> None:
    for name, value in options.items():
        if value is not None:
            raise UsageError(f"{name} is for the embedded engine; LEAN takes it from the algorithm and from lean.json")


def _with_lean(
    path: Path, image: str, parameters: dict[str, str], output: Path | None, as_json: bool, no_report: bool
) -> None:
    from leanib.cli.lean_engine import backtest_with_lean
    from leanib.operations.lean_backtest import LeanBacktest

    backtest_with_lean(LeanBacktest(path, image, parameters, output), as_json=as_json, no_report=no_report)


def parameters_of(pairs: list[str]) -> dict[str, str]:
    """What `--parameter` was given, by name."""
    result = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"--parameter takes a key and a value, not '{pair}'; write --parameter KEY VALUE")
        result[key] = value
    return result


def _job(configuration: Configuration, data_folder: Path | None, listener: TerminalListener) -> Job:
    return Job(
        configuration.data_folder(data_folder),
        parameters=configuration.parameters,
        listener=listener,
        object_store_root=configuration.object_store_root,
    )


def period(start: str | None, end: str | None) -> tuple[date | None, date | None]:
    """The days that `--start` and `--end` name; UsageError for what is none."""
    first = None if start is None else day_of("--start", start)
    last = None if end is None else day_of("--end", end)
    if first is not None and last is not None and last < first:
        raise UsageError(f"--end {last} is before --start {first}; exchange them")
    return first, last


def day_of(option: str, text: str) -> date:
    """The day that an option names."""
    for form in ("%Y-%m-%d", "%Y%m%d"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise UsageError(f"{option} takes a date such as 2013-10-07, not '{text}'")


def _default_output(path: Path) -> Path:
    """A folder of its own for every run, named by its time, as the `lean` CLI does."""
    base = path if path.is_dir() else Path.cwd()
    return base / "backtests" / f"{datetime.now():%Y-%m-%d_%H-%M-%S}"


def _check_output(folder: Path) -> None:
    """Refuse, before the run and not after it, a folder that cannot be made or written."""
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not existing.is_dir():
        raise UsageError(f"{existing} is a file, so no results can be written to {folder}; choose another --output")
    if not os.access(existing, os.W_OK):
        raise UsageError(f"{existing} may not be written, so results have no place; choose a folder with --output")


# --- errors ------------------------------------------------------------------------------------------------------


def explained(error: Exception) -> Exception:
    """An error as the command ends with it: a sentence for bad input, the user's own traceback for the rest."""
    if isinstance(error, LeanIBError) and not isinstance(error, NotSupportedError):
        where = user_line(error)
        return type(error)(f"{error} ({where})") if where else error
    print(user_traceback(error), file=sys.stderr)
    return typer.Exit(EXIT_ALGORITHM)


# --- the end of a run --------------------------------------------------------------------------------------------


def _conclude(run: BacktestRun, code: Path, job: Job, seconds: float, as_json: bool, no_report: bool) -> None:
    packet = run.results.final_results
    folder = job.destination
    assert packet is not None
    assert folder is not None
    report, failure = (None, None) if no_report else _write_report(run, job, folder, code)
    if as_json:
        print(json.dumps(_as_json(run, packet, folder, report, seconds), indent=2))
    else:
        _print(run, packet, folder, report, seconds)
        tell_missing_data(run)
    if run.interrupted:
        print(f"stopped at {run.algorithm.time:%Y-%m-%d %H:%M}: the results are those until then", file=sys.stderr)
        raise typer.Exit(EXIT_INTERRUPTED)
    error = run.error
    if error is not None:
        raise explained(error) if isinstance(error, Exception) else error
    if failure is not None:
        raise failure


def _write_report(run: BacktestRun, job: Job, folder: Path, code: Path) -> tuple[Path | None, ResultError | None]:
    """The HTML report beside the result files, or why there is none."""
    from leanib.report import report_html
    from leanib.report.embedded import details_of_run

    files = run.results.files
    if files is None or not files.result.is_file():
        return None, None
    result = json.loads(files.result.read_text(encoding="utf-8"))
    report = folder / "report.html"
    missing = [str(item) for item in run.missing_data]
    try:
        details = details_of_run(run.algorithm, files.result, code, job.data_folder, run.results.prices, missing)
        files.write(report, report_html(result, run.algorithm.name, details))
    except ResultError as error:
        return None, error
    return report, None


def _as_json(
    run: BacktestRun, packet: ResultPacket, folder: Path, report: Path | None, seconds: float
) -> dict[str, Any]:
    return {
        "algorithm": packet.algorithm_id,
        "status": packet.state.get("Status", ""),
        "error": packet.state.get("RuntimeError", ""),
        "statistics": {**packet.statistics.summary, "OrderListHash": packet.order_list_hash},
        "runtimeStatistics": packet.runtime_statistics,
        "dataPoints": run.data_points,
        "historyDataPoints": run.history_data_points,
        "seconds": round(seconds, 3),
        "missingData": [str(item) for item in run.missing_data],
        "output": str(folder),
        "report": None if report is None else str(report),
    }


def _print(run: BacktestRun, packet: ResultPacket, folder: Path, report: Path | None, seconds: float) -> None:
    if packet.statistics.summary and run.error is None:
        print_statistics(packet.statistics.summary)
    speed = run.data_points / seconds / 1000 if seconds else 0.0
    print(f"{run.data_points:,} data points in {seconds:.2f} s ({speed:,.0f}k a second)")
    print(f"results: {folder}")
    if report is not None:
        print(f"report:  {report}")
