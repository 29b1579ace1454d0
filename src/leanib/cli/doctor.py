"""`leanib doctor`: why the Gateway does not answer."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console

from leanib.cli.findings import show_finding
from leanib.cli.ib_session import AccountOption, LiveOption, settings_for
from leanib.operations.doctor import Doctor
from leanib.operations.findings import exit_code

__all__ = ["doctor"]

def doctor(
    no_docker: Annotated[
        bool, typer.Option("--no-docker", help="The Gateway or TWS runs outside of this project's containers.")
    ] = False,
    symbol: Annotated[str, typer.Option("--symbol", help="Instrument of the market data and what-if checks.")] = "SPY",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    live: LiveOption = False,
    account: AccountOption = "",
) -> None:
    """Walk from Docker to a what-if order and name the fault and its remedy.

    Exit code: 0 all well, 1 warnings, 2 errors.
    """
    settings = settings_for(live, account)
    examination = Doctor(settings.source.root, settings, docker=not no_docker, symbol=symbol)
    console = Console()
    tell = (lambda _finding: None) if as_json else lambda finding: show_finding(console, finding)
    findings = examination.examine(tell)
    if as_json:
        typer.echo(json.dumps([finding.as_dict() for finding in findings], indent=2))
    raise typer.Exit(exit_code(findings))
