"""`leanib alerts`: who hears of what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from leanib.errors import ConfigurationError
from leanib.ib.alerts import Severity
from leanib.operations.alerts import AppriseChannel, Delivery, load_addresses, load_rules
from leanib.operations.deploy.record import project_root

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Try and show where alerts go.")


@app.callback()
def _group() -> None:
    """Try and show where alerts go."""


@app.command("test")
def send_test(
    urgent: Annotated[bool, typer.Option("--urgent", help="The addresses for escalations too.")] = False,
) -> None:
    """Send one message to every address; exit code 1 when one did not take it."""
    root = project_root()
    addresses = load_addresses(root)
    if not addresses.normal and not (urgent and addresses.urgent):
        raise ConfigurationError(
            "there is no address: put Apprise addresses into secrets/alerts (chmod 600), one a line, "
            "or into LEANIB_ALERT_URLS; see docs/operations.md"
        )
    channel = AppriseChannel(addresses, "test")
    text = "this is a test of leanib's alerts; nothing is wrong"
    delivery = Delivery(datetime.now(UTC), "event", Severity.INFORMATION, "test", text, urgent=urgent)
    count = len(addresses.normal) + (len(addresses.urgent) if urgent else 0)
    if not channel.send(delivery):
        typer.echo(f"leanib: not every one of {count} addresses took the message; check tokens and network", err=True)
        raise typer.Exit(1)
    typer.echo(f"sent to {count} {'address' if count == 1 else 'addresses'}; see that it arrived")


@app.command()
def show() -> None:
    """Print the rules and how many addresses there are; the addresses are secret."""
    root = project_root()
    rules, addresses = load_rules(root), load_addresses(root)
    quiet = f"{rules.quiet_from:%H:%M} to {rules.quiet_until:%H:%M} {rules.zone.key}"
    typer.echo(f"addresses   {len(addresses.normal)}, {len(addresses.urgent)} for escalations")
    typer.echo(f"quiet       {quiet}, but for what is {rules.quiet_exceptions.value} or worse")
    typer.echo(f"reminders   every {rules.remind_after} while something critical lasts")
    typer.echo(f"escalation  after {rules.escalate_after}")
    typer.echo(f"dead man    {'set' if addresses.dead_man else 'not set (LEANIB_DEAD_MAN_URL)'}")
