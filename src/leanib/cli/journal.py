"""`leanib journal`: check the order journal, export it, recover what can be read of a damaged one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import typer

from leanib.cli.ib_session import AccountOption, LiveOption, settings_for
from leanib.ib.journal.recovery import Contents, read_what_can_be, recover

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Check, export and recover the order journal.")


@app.command()
def check(live: LiveOption = False, account: AccountOption = "") -> None:
    """Read every row of the journal; exit code 1 when some cannot be read."""
    path = settings_for(live, account).orders.journal
    contents = read_what_can_be(path)
    typer.echo(f"{path}: {_counted(contents)}")
    for problem in contents.problems:
        typer.echo(f"damaged: {problem}", err=True)
    if contents.problems:
        typer.echo("'leanib journal recover' makes a new journal of what can be read and keeps this file", err=True)
        raise typer.Exit(1)


@app.command()
def export(live: LiveOption = False, account: AccountOption = "") -> None:
    """Print all that can be read as JSON, one object with a list for each table; exit code 1 when some cannot."""
    contents = read_what_can_be(settings_for(live, account).orders.journal)
    typer.echo(json.dumps(contents.rows, indent=2))
    for problem in contents.problems:
        typer.echo(f"damaged: {problem}", err=True)
    if contents.problems:
        raise typer.Exit(1)


@app.command("recover")
def recover_journal(live: LiveOption = False, account: AccountOption = "") -> None:
    """Put a new journal with all that can be read in the place of a damaged one; the damaged file is kept."""
    path = settings_for(live, account).orders.journal
    kept, contents = recover(path, datetime.now(UTC))
    typer.echo(f"{path}: {_counted(contents)} recovered; the damaged file is {kept}")
    typer.echo("the next connection asks IB for what is missing of today; compare older orders with the statements")


def _counted(contents: Contents) -> str:
    return f"{len(contents.rows['orders'])} orders, {len(contents.rows['fills'])} executions"
