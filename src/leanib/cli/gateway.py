"""`leanib gateway`: the Gateway's container."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from leanib.cli.ib_session import AccountOption, LiveOption, settings_for
from leanib.ib.redaction import Redactor
from leanib.ib.settings import load_settings
from leanib.operations.gateway import BASE_IMAGE, DEFAULT_IMAGE, Gateway, docker_client, environment_of
from leanib.operations.gateway_start import GatewayStart
from leanib.operations.image_pins import image_pins, write_pins
from leanib.operations.monitor.gateway_container import GatewayContainer
from leanib.operations.probe import probe

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Start, stop and look at the Gateway's container.")

SimulatorOption = Annotated[bool, typer.Option("--simulator", help="The simulator in the Gateway's place.")]


_SIMULATOR_SECONDS, _LOGIN_SECONDS = 30.0, 240.0


@app.command()
def up(
    simulator: SimulatorOption = False,
    wait: Annotated[
        float | None,
        typer.Option(
            "--wait",
            min=0.0,
            metavar="SECONDS",
            help="Wait that long for the login; 0: not at all. [default: 240, for the simulator 30]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Start the Gateway (or the simulator) and wait for its login; exit code 1 when it is not logged in by then."""
    gateway = Gateway(Path.cwd(), simulator=simulator)
    for doubt in [] if simulator else gateway.doubts():
        typer.echo(f"warning: {doubt}", err=True)
    port = _port_of(gateway)
    gateway.up()
    seconds = wait if wait is not None else _SIMULATOR_SECONDS if simulator else _LOGIN_SECONDS
    if not seconds:
        typer.echo(f"{gateway.service} is starting; 'leanib doctor' tells how far it is")
        return
    if not simulator:
        typer.echo(
            f"{gateway.service} is starting; waiting {seconds:g} s at most for its login (Ctrl-C: it goes on alone)"
        )
    problem = GatewayStart(gateway, port, lambda hint: typer.echo(f"  {hint}", err=True)).wait(seconds)
    if problem:
        typer.echo(problem, err=True)
        raise typer.Exit(1)
    typer.echo(f"{gateway.service} is logged in and answers")


def _port_of(gateway: Gateway) -> int:
    """The host port of the mode that the container is told; the simulator's is paper's."""
    settings = load_settings(root=gateway.root)
    is_live = gateway.service != "simulator" and gateway.environment.get("TRADING_MODE") == "live"
    return settings.live_port if is_live else settings.paper_port


@app.command()
def down(simulator: SimulatorOption = False) -> None:
    """Stop and remove the container; its settings stay, so that the next login asks for no second factor."""
    Gateway(Path.cwd(), simulator=simulator).down()


@app.command()
def restart(
    simulator: SimulatorOption = False,
    container: Annotated[
        bool, typer.Option("--container", help="The container at once: with real money a login with a second factor.")
    ] = False,
) -> None:
    """Restart the Gateway: IBC does it without a login where its command server is on; else the container is.

    A changed .env counts only after 'leanib gateway up'.
    """
    gateway = Gateway(Path.cwd(), simulator=simulator)
    if simulator or container:
        gateway.restart()
        typer.echo(f"the container of {gateway.service} was restarted")
        return
    settings = load_settings(root=gateway.root)
    inside = GatewayContainer(docker_client(), gateway.root, gateway.service, Redactor(settings.secrets))
    how = inside.restart_softly()
    typer.echo(f"{how}; 'leanib doctor' tells how far it is")
    if gateway.environment.get("TRADING_MODE") == "live" and "container" in how:
        typer.echo("that is a login: confirm the second factor on your phone", err=True)


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


@app.command()
def pin(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 when one is not pinned or its tag has moved.")
    ] = False,
) -> None:
    """Write into .env which digests the images' tags have today, so that a tag that moves changes nothing here.

    IB_GATEWAY_IMAGE is the Gateway's image, BASE_IMAGE what `make services-image` and `make engine-image` build on. The
    registry is asked; nothing is downloaded and no container changes before the next `leanib gateway up`.
    """
    root = Path.cwd()
    images = {"IB_GATEWAY_IMAGE": DEFAULT_IMAGE}
    if (root / "Makefile").is_file():
        images["BASE_IMAGE"] = BASE_IMAGE
    pins = image_pins(docker_client(), images, environment_of(root))
    for found in pins:
        state = "pinned" if found.is_current else f"was {found.pinned or 'not pinned'}"
        typer.echo(f"{found.variable}={found.value}  ({state})")
    if check:
        raise typer.Exit(not all(found.is_current for found in pins))
    write_pins(pins, root / ".env")
    for name in (found.variable for found in pins if os.environ.get(found.variable)):
        typer.echo(f"warning: {name} is also set in this shell, which wins over .env: unset {name}", err=True)


@app.command("probe")
def probe_port(live: LiveOption = False, account: AccountOption = "") -> None:
    """Prove handshake and login on the configured port, not just an open port; exit code 1 when not ready."""
    settings = settings_for(live, account)
    result = probe(settings.host, settings.port, timeout=settings.connection.connect_timeout)
    typer.echo(f"{settings.host}:{settings.port}: {result.problem or 'logged in and answering'}")
    if not result.is_ready:
        raise typer.Exit(1)
