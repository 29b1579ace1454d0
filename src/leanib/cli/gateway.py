"""`leanib gateway`: the Gateway's container."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from leanib.cli.ib_session import AccountOption, LiveOption, settings_for
from leanib.ib.settings import load_settings
from leanib.operations.gateway import Gateway
from leanib.operations.probe import probe

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Start, stop and look at the Gateway's container.")

SimulatorOption = Annotated[bool, typer.Option("--simulator", help="The simulator in the Gateway's place.")]


_SIMULATOR_SECONDS = 30.0


@app.command()
def up(
    simulator: SimulatorOption = False,
    wait: Annotated[
        float | None,
        typer.Option(
            "--wait",
            min=0.0,
            metavar="SECONDS",
            help="Wait for the login. [default: 30 for the simulator, else 0]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Start the Gateway (or the simulator); exit code 1 when it is not logged in after --wait."""
    gateway = Gateway(Path.cwd(), simulator=simulator)
    gateway.up()
    seconds = wait if wait is not None else _SIMULATOR_SECONDS if simulator else 0.0
    if not seconds:
        typer.echo(f"{gateway.service} is starting; 'leanib doctor' tells how far it is")
        return
    if not gateway.wait(load_settings(root=gateway.root).port, seconds):
        typer.echo(f"{gateway.service} is not logged in after {seconds:g} s; 'leanib doctor' tells why", err=True)
        raise typer.Exit(1)
    typer.echo(f"{gateway.service} is logged in and answers")


@app.command()
def down(simulator: SimulatorOption = False) -> None:
    """Stop and remove the container; its settings stay, so that the next login asks for no second factor."""
    Gateway(Path.cwd(), simulator=simulator).down()


@app.command()
def restart(simulator: SimulatorOption = False) -> None:
    """Restart the container."""
    Gateway(Path.cwd(), simulator=simulator).restart()


@app.command()
def status(
    simulator: SimulatorOption = False, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Tell what Docker says of the container; exit code 1 when it does not run or is not healthy."""
    found = Gateway(Path.cwd(), simulator=simulator).status()
    if as_json:
        typer.echo(json.dumps(found.__dict__, indent=2))
    else:
        health = f", {found.health}" + (f" ({found.said})" if found.said else "") if found.health else ""
        typer.echo(f"{found.service}: {found.state}{health}")
    if found.state != "running" or found.health == "unhealthy":
        raise typer.Exit(1)


@app.command()
def logs(
    simulator: SimulatorOption = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n")] = 100,
) -> None:
    """Print the container's log."""
    raise typer.Exit(Gateway(Path.cwd(), simulator=simulator).logs(follow=follow, lines=lines))


@app.command("probe")
def probe_port(live: LiveOption = False, account: AccountOption = "") -> None:
    """Prove handshake and login on the configured port, not just an open port; exit code 1 when not ready."""
    settings = settings_for(live, account)
    result = probe(settings.host, settings.port, timeout=settings.connection.connect_timeout)
    typer.echo(f"{settings.host}:{settings.port}: {result.problem or 'logged in and answering'}")
    if not result.is_ready:
        raise typer.Exit(1)
