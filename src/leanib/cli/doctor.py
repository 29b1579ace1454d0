"""`leanib doctor`: why the Gateway does not answer."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console

from leanib.cli.ib_session import AccountOption, LiveOption, settings_for
from leanib.operations.doctor import Doctor
from leanib.operations.findings import Finding, Verdict, exit_code

__all__ = ["doctor"]

_MARKS = {
    Verdict.OK: "[green]ok[/]     ",
    Verdict.SKIPPED: "[dim]skipped[/]",
    Verdict.WARNING: "[yellow]warning[/]",
    Verdict.ERROR: "[bold red]ERROR[/]  ",
}


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
    findings = examination.examine((lambda _finding: None) if as_json else lambda finding: _show(console, finding))
    if as_json:
        typer.echo(json.dumps([finding.as_dict() for finding in findings], indent=2))
    raise typer.Exit(exit_code(findings))


def _show(console: Console, finding: Finding) -> None:
    line = f"{_MARKS[finding.verdict]}  [bold]{finding.name:14}[/] {finding.text}"
    console.print(line, highlight=False, soft_wrap=True)
    if finding.remedy:
        console.print(f"         {'':14} -> {finding.remedy}", highlight=False, soft_wrap=True)
