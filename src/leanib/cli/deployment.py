"""`leanib status`, `logs`, `stop`, `liquidate`: what a person does with the deployed algorithm."""

from __future__ import annotations

import json
import subprocess
from typing import Annotated

import typer

from leanib.cli.ib_session import LiveOption
from leanib.errors import ConfigurationError, UsageError
from leanib.ib.redaction import mask_account
from leanib.ib.settings import load_settings
from leanib.operations.deploy import DeploymentStatus, liquidate, look, only_deployment, stop
from leanib.operations.deploy.launch import log_lines
from leanib.operations.deploy.record import project_root
from leanib.operations.deploy.start_lock import hands_on_lean

__all__ = ["liquidate_all", "logs", "status", "stop_lean"]


def status(
    live: LiveOption = False, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Tell how the deployed algorithm is; exit code 1 when it is not as it was asked to be."""
    root = project_root()
    found = look(root, only_deployment(root, live=live))
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2))
    else:
        _show(found)
    if not found.is_well:
        raise typer.Exit(1)


def _show(found: DeploymentStatus) -> None:
    one, facts = found.deployment, found.facts
    rows = [
        ("state", found.word + (f": {one.hold}" if one.hold else "")),
        ("algorithm", f"{one.project} on {mask_account(one.account)} ({one.mode}), start {one.generation}"),
        ("container", f"{one.container}: {found.container.state}" + _code(found)),
        ("trading", f"since {facts.trading_at:%Y-%m-%d %H:%M:%S} UTC" if facts.trading_at else "not yet"),
        ("login", f"{facts.login_at:%Y-%m-%d %H:%M:%S} UTC" if facts.login_at else "none"),
        ("loop", _loop(found)),
        ("results", one.output),
        ("commit", (one.commit[:10] or "none") + (f", {len(one.changed)} files differed" if one.changed else "")),
    ]
    if facts.error and not found.container.is_running:
        rows.insert(1, ("why", facts.error))
    for name, text in rows:
        typer.echo(f"{name:10} {text}")


def _code(found: DeploymentStatus) -> str:
    return "" if found.container.exit_code is None else f", exit code {found.container.exit_code}"


def _loop(found: DeploymentStatus) -> str:
    facts = found.facts
    if facts.heartbeat_at is None:
        return "no heartbeat yet"
    return f"heartbeat {facts.heartbeat_at:%H:%M:%S} UTC, time step {facts.step.total_seconds():.1f} s"


def logs(
    live: LiveOption = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0)] = 100,
) -> None:
    """Print the log of the deployed algorithm."""
    root = project_root()
    deployment = only_deployment(root, live=live)
    found = look(root, deployment)
    if found.container.is_running:
        words = ["docker", "logs", "--tail", str(lines), *(["--follow"] if follow else []), deployment.container]
        raise typer.Exit(subprocess.run(words, check=False).returncode)  # noqa: S603
    kept = log_lines(root / deployment.output)
    if not kept:
        raise ConfigurationError(f"{deployment.output}/log.txt is not there: it ended before it wrote any")
    for line in kept[-lines:] if lines else []:
        typer.echo(line)


def stop_lean(live: LiveOption = False) -> None:
    """Stop the deployed algorithm; positions and open orders stay as they are."""
    root = project_root()
    deployment = only_deployment(root, live=live)
    with hands_on_lean(root, deployment.mode, tell=typer.echo):
        gently = stop(root, only_deployment(root, live=live), typer.echo)
    if gently:
        typer.echo(f"{deployment.project} is stopped; its positions and open orders stay ('leanib account')")
        return
    typer.echo("it did not leave by itself and was killed: look at 'leanib account' for open orders", err=True)
    raise typer.Exit(1)


def liquidate_all(
    live: LiveOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    wait: Annotated[
        float, typer.Option("--wait", min=1.0, metavar="SECONDS", help="For the account to be flat.")
    ] = 120.0,
) -> None:
    """Have the algorithm sell everything, wait until the account is flat, then stop it. Asks first."""
    root = project_root()
    deployment = only_deployment(root, live=live)
    account = mask_account(deployment.account)
    if not yes and not typer.confirm(
        f"Sell everything on {account} ({deployment.mode}) and stop {deployment.project}?"
    ):
        raise UsageError("nothing was sold")
    settings = load_settings(deployment.mode, root, account=deployment.account)
    with hands_on_lean(root, deployment.mode, tell=typer.echo):
        book = liquidate(root, only_deployment(root, live=live), settings, wait, typer.echo)
    typer.echo(f"the account holds nothing; {deployment.project} is stopped")
    if book.orders:
        typer.echo(f"still working: {book.orders[0]}; 'leanib account' shows them", err=True)
        raise typer.Exit(1)
