"""`leanib deploy` and `leanib redeploy`: an algorithm in a container, on the shared Gateway."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from leanib.cli.findings import show_finding
from leanib.cli.ib_session import LiveOption
from leanib.errors import UsageError
from leanib.ib.redaction import mask_account
from leanib.ib.settings import load_settings
from leanib.operations.deploy import (
    DeployPlan,
    Preflight,
    find_target,
    launch,
    load_deployment,
    make_plan,
    only_deployment,
    plan_again,
    record_start,
    save_deployment,
    stop,
    wait_until_trading,
)
from leanib.operations.deploy.containers import LeanContainers
from leanib.operations.deploy.deployer import Target
from leanib.operations.deploy.record import Engine, project_root
from leanib.operations.deploy.start_lock import hands_on_lean
from leanib.operations.monitor.memory import Heartbeat

__all__ = ["deploy", "redeploy"]

EXIT_CHECKS = 2


class EngineOption(Enum):
    """What runs the algorithm."""

    LEAN = "lean"
    EMBEDDED = "embedded"

    @property
    def name_of(self) -> Engine:
        """As the deployment's record has it."""
        return "embedded" if self is EngineOption.EMBEDDED else "lean"


WaitOption = Annotated[
    float, typer.Option("--wait", min=1.0, metavar="SECONDS", help="How long it may take to trade.")
]


def deploy(
    path: Annotated[Path, typer.Argument(help="The algorithm's folder.", show_default=False)],
    live: Annotated[
        str,
        typer.Option(
            "--live", metavar="ACCOUNT", help="Real money, on this account. Without it: paper.", show_default=False
        ),
    ] = "",
    image: Annotated[
        str,
        typer.Option(
            "--image",
            help="The engine's image. [default: quantconnect/lean:latest, or leanib/engine for embedded]",
            show_default=False,
        )
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, print the command, start nothing.")] = False,
    no_checks: Annotated[bool, typer.Option("--no-checks", help="With --dry-run: only print the command.")] = False,
    ib_host: Annotated[
        str,
        typer.Option(
            "--ib-host", help="A Gateway that runs elsewhere, as the container sees it.", show_default=False
        ),
    ] = "",
    ib_port: Annotated[int, typer.Option("--ib-port", help="Its port.", show_default=False)] = 0,
    engine: Annotated[
        EngineOption, typer.Option("--engine", help="LEAN by the lean CLI, or the embedded engine by compose.")
    ] = EngineOption.LEAN,
    wait: WaitOption = 600.0,
) -> None:
    """Check everything, start the algorithm in a container of its own, wait until it trades.

    Exit code: 0 it trades (with --dry-run: it could), 1 it was started and does not trade, 2 a check forbids it.
    """
    if no_checks and not dry_run:
        raise UsageError("--no-checks is only for --dry-run: nothing is started unchecked")
    settings = load_settings("live", account=live) if live else load_settings("paper")
    root = settings.source.root
    target = find_target(root, settings, ib_host, ib_port)
    plan, account = make_plan(path, settings, image, target, engine.name_of)
    _refuse_second(plan)
    gateway = f"{plan.ib_host}:{plan.ib_port}"
    preflight = Preflight(
        plan.root, plan.project, settings, plan.image, with_doctor=bool(target.service), gateway=gateway,
        engine=engine.name_of,
    )  # fmt: skip
    _check(preflight, skip=no_checks)
    if dry_run:
        typer.echo(f"\n{plan.shown()}")
        raise typer.Exit(0 if preflight.passed else EXIT_CHECKS)
    if not preflight.passed or not account:
        typer.echo("nothing was started: mend what is marked ERROR and try again", err=True)
        raise typer.Exit(EXIT_CHECKS)
    _start(plan, target, preflight, wait)


def _refuse_second(plan: DeployPlan) -> None:
    present = load_deployment(plan.root, plan.mode)
    if present is not None and LeanContainers().find(present.container).is_running:
        raise UsageError(
            f"{present.project} runs on the {plan.mode} account already: 'leanib stop{_live(plan.mode)}' first, or "
            f"'leanib redeploy{_live(plan.mode)}' to start it anew"
        )


def _live(mode: str) -> str:
    return " --live" if mode == "live" else ""


def _check(preflight: Preflight, *, skip: bool) -> None:
    console = Console()
    if not skip:
        preflight.examine(lambda finding: show_finding(console, finding))


def _start(plan: DeployPlan, target: Target, preflight: Preflight, wait: float) -> None:
    with hands_on_lean(plan.root, plan.mode, tell=typer.echo):
        _refuse_second(plan)
        _start_alone(plan, target, preflight, wait)


def _start_alone(plan: DeployPlan, target: Target, preflight: Preflight, wait: float) -> None:
    deployment = record_start(plan, target, preflight.git)
    typer.echo(f"starting {plan.project} on {mask_account(plan.account)} ({plan.mode})")
    try:
        launch(plan)
        facts = wait_until_trading(plan, deadline=wait, tell=typer.echo)
    except Exception as error:
        save_deployment(plan.root, deployment.with_(wanted="stopped"))
        typer.echo(f"leanib: {error}", err=True)
        raise typer.Exit(1) from None
    holdings = ", ".join(f"{quantity} {name}" for name, quantity in facts.holdings.items()) or "nothing"
    typer.echo(f"it took over from the account: {holdings}")
    hint = _live(plan.mode)
    typer.echo(f"{plan.project} trades; 'leanib status{hint}', 'leanib logs{hint}', 'leanib stop{hint}'")
    beat = Heartbeat.read(plan.root, plan.mode)
    if beat is None or not beat.is_fresh(datetime.now(UTC)):
        typer.echo(f"nobody watches it yet, and it does not heal a lost Gateway by itself: 'leanib monitor{hint}'")


def redeploy(
    live: LiveOption = False,
    image: Annotated[str, typer.Option("--image", help="Another image. [default: the same]", show_default=False)] = "",
    wait: WaitOption = 600.0,
) -> None:
    """Stop the deployed algorithm, check again, start it anew.

    Exit code: 0 it trades, 1 it was started and does not trade, 2 a check forbids it: then it stays stopped.
    """
    root = project_root()
    deployment = only_deployment(root, live=live)
    if image:
        deployment = deployment.with_(image=image)
    settings = load_settings(deployment.mode, root, account=deployment.account)
    with hands_on_lean(root, deployment.mode, tell=typer.echo):
        stop(root, deployment, typer.echo)
    plan = plan_again(root, deployment)
    preflight = Preflight(
        root, plan.project, settings, plan.image, with_doctor=bool(deployment.service), gateway=deployment.gateway,
        engine=deployment.engine,
    )  # fmt: skip
    _check(preflight, skip=False)
    if not preflight.passed:
        typer.echo(f"{plan.project} stays stopped: mend what is marked ERROR, then 'leanib redeploy'", err=True)
        raise typer.Exit(EXIT_CHECKS)
    _start(plan, Target(plan.ib_host, plan.ib_port, deployment.service), preflight, wait)
