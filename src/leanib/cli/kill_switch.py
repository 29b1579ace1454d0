"""`leanib order kill-switch`: nothing but cancels is sent, by any program of the project, until it is turned off."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from leanib.cli.ib_session import LiveOption
from leanib.ib.clock import SystemClock
from leanib.ib.limits.switch import KillSwitch
from leanib.ib.settings import load_settings

__all__ = ["kill_switch"]


class Position(Enum):
    """Of the switch."""

    ON = "on"
    OFF = "off"
    SHOW = "show"


def kill_switch(
    position: Annotated[Position, typer.Argument(help="on, off, or show how it stands.")] = Position.SHOW,
    live: LiveOption = False,
) -> None:
    """Turn the kill switch on or off, or show it; needs no Gateway, and holds for programs that run already.

    LEAN in its container does not know it: stop that with `leanib stop`. Open orders stay: `leanib order cancel-all`.
    """
    settings = load_settings("live" if live else "paper")
    switch = KillSwitch(settings)
    if position is Position.ON:
        switch.throw(SystemClock().now(), "leanib order kill-switch")
    elif position is Position.OFF:
        switch.release()
    thrown = switch.thrown()
    if thrown is not None:
        typer.echo(f"{thrown}: our programs send nothing but cancels on the {settings.mode} account")
        return
    typer.echo(f"the kill switch is off on the {settings.mode} account")
    if settings.risk.kill_switch:
        typer.echo(f"kill_switch = true in config/{settings.mode}.toml still stops every program that reads it")
