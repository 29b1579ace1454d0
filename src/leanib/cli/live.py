"""`leanib live`: a strategy on the embedded engine against an IB Gateway, real or simulated."""

from __future__ import annotations

import json
import random
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

import typer

from leanib.cli.backtest import EXIT_ALGORITHM, EXIT_INTERRUPTED, day_of, explained, parameters_of
from leanib.cli.ib_session import AccountOption, LiveOption, alerts_of, settings_for
from leanib.cli.live_options import (
    BookOption,
    FreshOption,
    LiveClientIdOption,
    LiveOutputOption,
    OnErrorOption,
    OnExitOption,
    ReplayCashOption,
    ReplayOption,
    StepLimitOption,
)
from leanib.cli.live_terminal import LiveTerminal
from leanib.cli.run_options import DataFolderOption, ParameterOption, StrategyArgument
from leanib.engine.configuration import Configuration, load_configuration
from leanib.engine.lean.algorithm_file import find_algorithm_file, load_algorithm
from leanib.engine.live.job import AtEnd, LiveJob, LiveOutcome, OnError
from leanib.engine.live.log import LogFile
from leanib.engine.live.runner import LiveRunner, StepTooLong
from leanib.errors import UsageError
from leanib.ib.redaction import mask_account
from leanib.ib.settings import IBSettings
from leanib.operations.deploy.record import project_root
from leanib.operations.notify import Notifier

__all__ = ["live"]

_REPLAY_CASH = 100_000.0


def live(
    path: StrategyArgument,
    is_live: LiveOption = False,
    account: AccountOption = "",
    on_exit: OnExitOption = AtEnd.KEEP,
    on_error: OnErrorOption = OnError.STOP,
    book: BookOption = None,
    fresh: FreshOption = False,
    data_folder: DataFolderOption = None,
    output: LiveOutputOption = None,
    parameter: ParameterOption = None,
    client_id: LiveClientIdOption = None,
    replay: ReplayOption = "",
    cash: ReplayCashOption = _REPLAY_CASH,
    step_limit: StepLimitOption = 20.0,
) -> None:
    """Trade a strategy live on paper; the live account needs --live and --account.

    Ctrl-C and SIGTERM end it in order. Exit code 0 when it was stopped or quit, 1 on an error in the algorithm, 2 on
    bad usage, configuration or data, or when the Gateway is not there.
    """
    file = find_algorithm_file(path)
    if replay and (is_live or account):
        raise UsageError("--replay trades on a simulator: leave --live and --account out")
    settings = settings_for(is_live, account)
    project = path if path.is_dir() else path.parent
    configuration = load_configuration(project, parameters=parameters_of(parameter or []))
    for sentence in configuration.warnings:
        print(f"warning: {sentence}", file=sys.stderr)
    folder = output or project / "live" / f"{datetime.now():%Y-%m-%d_%H-%M-%S}"
    listener = LiveTerminal()
    with LogFile(folder) as log, alerts_of(settings, "live") as alert:
        job = _job(configuration, data_folder, project, settings, folder)
        job.listener = log.beside(listener)
        job.on_exit, job.on_error, job.book, job.fresh, job.alert = on_exit, on_error, _book(book), fresh, alert
        _keep_code(project, file, folder, job)
        if replay:
            outcome = _replay(file, job, replay, cash, folder)
            _conclude(outcome, folder)
            return
        job.on_launch = lambda: _announce(settings, job)
        runner = LiveRunner(
            file, job, settings, client_id=client_id, step_limit=timedelta(minutes=step_limit), tell=_tell
        )
        try:
            outcome = runner.run()
        except KeyboardInterrupt:
            print("stopped before the algorithm ran; nothing was sent", file=sys.stderr)
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except StepTooLong as error:
            print(f"leanib: {error}", file=sys.stderr)
            raise typer.Exit(EXIT_ALGORITHM) from None
        except Exception as error:
            raise explained(error) from error
    _conclude(outcome, folder)


def _job(
    configuration: Configuration, data_folder: Path | None, project: Path, settings: IBSettings, folder: Path
) -> LiveJob:
    root = project_root()
    number = random.SystemRandom().randrange(10**9)
    return LiveJob(
        configuration.data_folder(data_folder),
        name=f"{project.resolve().name}-{settings.mode}",
        algorithm_id=f"L-3{number:09}",
        state_folder=settings.orders.journal.parent,
        destination=folder,
        command_folder=folder,
        parameters=configuration.parameters,
        object_store_root=configuration.object_store_root,
        notify=Notifier(root),
        project_id=configuration.get_int("local-id"),
    )


def _replay(file: Path, job: LiveJob, days: str, cash: float, folder: Path) -> LiveOutcome:
    from leanib.operations.replay import Replay

    first, _, last = days.partition("..")
    replay = Replay(
        job.data_folder,
        day_of("--replay", first),
        day_of("--replay", last or first),
        cash=cash,
        folder=folder / "replay",
        alert=job.alert,
    )
    job.name, job.state_folder, job.notify, job.command_folder = f"{job.name}-replay", folder / "replay", None, None
    job.object_store_root = folder / "replay" / "objects"
    _tell(f"trading {days} live on the simulator, with {cash:,.0f} USD")
    try:
        outcome = replay.run(load_algorithm(file), lambda _clock: job)
    except Exception as error:
        raise explained(error) from error
    _tell_silent(replay.printed, days, job.data_folder)
    asked = replay.cash_asked_for
    if asked is not None and asked != cash == _REPLAY_CASH:
        _tell(f"set_cash({asked:,.0f}) counts for nothing live; --cash {asked:.0f} gives the account as much")
    return outcome


def _tell_silent(printed: dict[str, int], days: str, folder: Path) -> None:
    """What the strategy waited for in vain: a day without trading, or one that the folder does not have."""
    silent = sorted(symbol for symbol, bars in printed.items() if not bars)
    if silent:
        _tell(f"warning: {folder} has no prices of {', '.join(silent)} on {days}; 'leanib data info' says what it has")


def _book(name: str | None) -> str:
    """The book's name; empty without one. An empty name (a variable that is not set) would mean the whole account."""
    if name is None:
        return ""
    if not name or not all(c.isalnum() or c in "-_" for c in name):
        raise UsageError(f"--book takes a name of letters, digits, - and _, not '{name}'")
    return name


def _keep_code(project: Path, file: Path, folder: Path, job: LiveJob) -> None:
    """What the lean CLI keeps of a deployment: its configuration, and the code that was run."""
    code = folder / "code"
    code.mkdir(parents=True, exist_ok=True)
    for source in sorted(project.glob("*.py")) if file.name == "main.py" else [file]:
        shutil.copy2(source, code / source.name)
    config = {"id": int(job.algorithm_id.removeprefix("L-")), "environment": "live", "engine": "leanib"}
    (folder / "config").write_text(json.dumps(config, indent=4), encoding="utf-8")


def _announce(settings: IBSettings, job: LiveJob) -> None:
    words = {AtEnd.KEEP: "orders and positions stay", AtEnd.CANCEL: "its orders are cancelled",
             AtEnd.LIQUIDATE: "its orders are cancelled, its positions closed"}  # fmt: skip
    account = f" {mask_account(settings.account)}" if settings.account else ""
    _tell(
        f"trading on the {settings.mode} account{account} at {settings.host}:{settings.port}; "
        f"Ctrl-C ends it: {words[job.on_exit]}"
    )


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


def _conclude(outcome: LiveOutcome, folder: Path) -> None:
    from leanib.cli.live_summary import print_summary

    print_summary(outcome.algorithm)
    print(f"results: {folder}")
    if outcome.error is not None:
        raise explained(outcome.error) if isinstance(outcome.error, Exception) else outcome.error
    if not outcome.complete:
        print("leanib: not all orders and positions are as they were to be at the end: see above", file=sys.stderr)
        raise typer.Exit(EXIT_ALGORITHM)
