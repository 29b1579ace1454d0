"""`leanib monitor`: the watch over a deployed algorithm and its Gateway."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from leanib.cli.ib_session import LiveOption
from leanib.errors import UsageError
from leanib.ib.settings import Mode, load_settings
from leanib.operations.deploy.record import load_deployment, project_root
from leanib.operations.monitor.check import check, tell_of_death
from leanib.operations.monitor.incidents import Incident, read_incidents
from leanib.operations.monitor.lease import read_lease
from leanib.operations.monitor.memory import Heartbeat, is_paused, pause, resume
from leanib.operations.monitor.service import MonitorService, unit_text
from leanib.operations.monitor.settings import load_monitor_settings
from leanib.operations.monitor.start import run_monitor

__all__ = ["app"]

app = typer.Typer(invoke_without_command=True)

_SPANS = {"m": 60, "h": 3600, "d": 86400}
_STYLES = {"critical": "bold red", "warning": "yellow", "information": "cyan"}


@app.callback()
def monitor(
    context: typer.Context,
    live: LiveOption = False,
    stand_by: Annotated[
        bool, typer.Option("--stand-by", help="Wait for the end of another monitor instead of refusing.")
    ] = False,
) -> None:
    """Watch the deployed algorithm and its Gateway, heal what can be healed, tell a person what cannot.

    Without a subcommand it runs until Ctrl-C or SIGTERM, which end the watch and not the algorithm. Exit code: 0 it was
    told to end, 2 another monitor watches the account, or the configuration is wrong.
    """
    if context.invoked_subcommand is not None:
        if live or stand_by:
            name = context.invoked_subcommand
            raise UsageError(f"put the options behind the subcommand: 'leanib monitor {name} ...'")
        return
    root = project_root()
    mode = _mode(live)
    deployment = load_deployment(root, mode)
    account = deployment.account if deployment is not None else ""
    settings = load_settings(mode, root, **({"account": account} if account else {}))
    run_monitor(settings, load_monitor_settings(root, mode), stand_by=stand_by, tell=typer.echo)


@app.command()
def status(
    live: LiveOption = False, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Tell whether the monitor lives and what it thinks; exit code 1 when it does not live or something is wrong."""
    root, mode, now = project_root(), _mode(live), datetime.now(UTC)
    beat, holder, paused = Heartbeat.read(root, mode), read_lease(root, mode), is_paused(root, mode, now)
    lives = beat is not None and beat.is_fresh(now) and holder is not None
    conditions = beat.conditions if beat is not None else {}
    if as_json:
        content = {
            "lives": lives,
            "heartbeatAt": beat.at.isoformat(timespec="seconds") if beat else None,
            "phase": beat.phase if beat else None,
            "status": beat.status if beat else None,
            "conditions": conditions,
            "pausedUntil": paused.isoformat(timespec="seconds") if paused else None,
            "pid": holder.pid if holder else None,
            "host": holder.host if holder else None,
        }
        typer.echo(json.dumps(content, indent=2))
    else:
        for line in _status_lines(mode, beat, lives, now):
            typer.echo(line)
        if paused:
            typer.echo(f"paused      until {paused:%Y-%m-%d %H:%M} UTC; 'leanib monitor resume{_flag(live)}' ends that")
    if not lives or conditions:
        raise typer.Exit(1)


def _status_lines(mode: str, beat: Heartbeat | None, lives: bool, now: datetime) -> list[str]:
    if beat is None:
        return [f"no monitor has watched the {mode} account yet; start one: 'leanib monitor' or 'leanib monitor up'"]
    age = int((now - beat.at).total_seconds())
    word = "lives" if lives else "is DEAD or hangs: nobody watches"
    lines = [f"monitor     {word}; last heartbeat {age} s ago", f"thinks      {beat.status or beat.phase}"]
    wrong = [f"{key} since {since[:19]} UTC" if since else key for key, since in beat.conditions.items()]
    return lines + [f"wrong       {one}" for one in wrong]


@app.command()
def incidents(
    live: LiveOption = False,
    last: Annotated[int, typer.Option("--last", "-n", min=1, help="How many, the latest at the end.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell the story of the bad times: what was seen, what was done, how it ended."""
    found = read_incidents(project_root(), _mode(live))[-last:]
    if as_json:
        typer.echo(json.dumps([one.as_dict() for one in found], indent=2))
        return
    if not found:
        typer.echo(f"no incident on the {_mode(live)} account so far")
        return
    console = Console(soft_wrap=True, highlight=False)
    for incident in found:
        _show(console, incident)


def _show(console: Console, incident: Incident) -> None:
    console.print(f"[bold]{escape(incident.title(datetime.now(UTC)))}[/bold]")
    words = {"raised": "", "told": "told: ", "act": "-> ", "failed": "", "resolved": "ok: ", "end": "end: "}
    for one in incident.entries:
        label = one.severity.upper() if one.kind in ("raised", "told") else ""
        style = _STYLES.get(one.severity, "") if label else "green" if one.kind in ("resolved", "end") else ""
        text = escape(f"{words.get(one.kind, '')}{one.text}")
        text = f"[{style}]{text}[/{style}]" if style else text
        console.print(f"  {one.at:%H:%M:%S}  {label:<11}  {text}")
    console.print()


@app.command("pause")
def pause_monitor(
    span: Annotated[str, typer.Argument(metavar="SPAN", help="How long: 30m, 2h, 1d.", show_default=False)],
    live: LiveOption = False,
) -> None:
    """Let the monitor look and do nothing for a while, for work of your own on LEAN or the Gateway."""
    seconds = _SPANS.get(span[-1:], 0) * (int(span[:-1]) if span[:-1].isdigit() else 0)
    if not 0 < seconds <= 7 * 86400:
        raise UsageError(f"'{span}' is no time from 1m to 7d; write 30m, 2h or 1d")
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    pause(project_root(), _mode(live), until)
    typer.echo(f"paused until {until:%Y-%m-%d %H:%M} UTC: it looks, and does and tells nothing")


@app.command("resume")
def resume_monitor(live: LiveOption = False) -> None:
    """End a pause."""
    typer.echo("it acts again" if resume(project_root(), _mode(live)) else "it was not paused")


@app.command("check")
def check_monitor(
    live: LiveOption = False,
    tell: Annotated[
        bool, typer.Option("--tell", help="Tell the urgent addresses too, once; for a timer beside the monitor.")
    ] = False,
) -> None:
    """Prove that the monitor lives: its heartbeat is fresh; exit code 1 when it is not. A container's health check."""
    root, mode = project_root(), _mode(live)
    verdict = check(root, mode, datetime.now(UTC))
    typer.echo(verdict.text)
    if tell:
        tell_of_death(root, mode, verdict)
    if not verdict.lives:
        raise typer.Exit(1)


@app.command("unit")
def systemd_unit(
    live: LiveOption = False,
    checker: Annotated[
        bool, typer.Option("--checker", help="The unit of the timer that notices the monitor's death instead.")
    ] = False,
) -> None:
    """Print a systemd unit for this project, its watchdog included; the first lines say where it goes."""
    typer.echo(unit_text(project_root(), _mode(live), Path(sys.executable), checker=checker))


@app.command()
def up(live: LiveOption = False) -> None:
    """Start the monitor's container (docker-compose.yml), as this user and with this project's folder."""
    root = project_root()
    if load_deployment(root, _mode(live)) is None:
        typer.echo(f"nothing is deployed on the {_mode(live)} account yet; it waits for 'leanib deploy'", err=True)
    MonitorService(root, _mode(live)).up()
    typer.echo(f"the monitor is starting; 'leanib monitor status{_flag(live)}' tells how it is")


@app.command()
def down(live: LiveOption = False) -> None:
    """Stop and remove the monitor's container; LEAN and the Gateway go on."""
    MonitorService(project_root(), _mode(live)).down()


def _mode(live: bool) -> Mode:
    return "live" if live else "paper"


def _flag(live: bool) -> str:
    return " --live" if live else ""

