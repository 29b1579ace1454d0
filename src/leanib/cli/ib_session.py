"""What the commands that talk to IB Gateway share: their options, and running them on a connection."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict, TypeVar

import typer

from leanib.errors import ConfigurationError, UsageError
from leanib.ib.alerts import Alert, AlertSink
from leanib.ib.manager import IBConnectionManager
from leanib.ib.redaction import Redactor
from leanib.ib.settings import IBSettings, load_settings
from leanib.ib.settings_summary import what_was_read
from leanib.operations.alerts import posted_alerts
from leanib.operations.deploy.record import project_root

__all__ = [
    "INTERRUPTED",
    "AccountOption",
    "ClientIdOption",
    "LiveOption",
    "Session",
    "VerboseOption",
    "alerts_of",
    "run",
    "settings_for",
]

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C or SIGTERM stopped before it was done."""

T = TypeVar("T")

LiveOption = Annotated[bool, typer.Option("--live", help="Use the live account. Without it: paper.")]
AccountOption = Annotated[
    str, typer.Option("--account", help="The account's id; needed with --live.", show_default=False)
]
ClientIdOption = Annotated[
    int | None,
    typer.Option(
        "--client-id",
        min=0,
        max=2**31 - 1,
        help="IB client id. [default: the first free one of 10 to 19]",
        show_default=False,
    ),
]

VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say which settings, limits and journal were read.")
]


class SessionOptions(TypedDict):
    """Of `run`."""

    live: bool
    account: str
    client_id: int | None
    verbose: bool


@dataclass(frozen=True)
class Session:
    """The options that say to whom a command talks."""

    live: bool
    account: str
    client_id: int | None
    verbose: bool = False

    def options(self) -> SessionOptions:
        """The same for `run`."""
        return {
            "live": self.live,
            "account": self.account,
            "client_id": self.client_id,
            "verbose": self.verbose,
        }


def settings_for(live: bool, account: str, verbose: bool = False) -> IBSettings:
    """The settings of the mode; live needs the account's id on the command line, so that it is never a habit.

    What is odd about them is told, and with `verbose` what was read.

    Raises:
        UsageError: `--live` without `--account`.
        ConfigurationError: A setting is wrong.
    """
    if live and not account:
        raise UsageError("--live needs --account with the account's id; leave both out for the paper account")
    overrides: dict[str, Any] = {"account": account} if account else {}
    settings = load_settings("live" if live else "paper", **overrides)
    for line in [*settings.source.doubts, *(what_was_read(settings) if verbose else [])]:
        typer.echo(line, err=True)
    return settings


def run(
    work: Callable[[IBConnectionManager], Awaitable[T]],
    *,
    live: bool,
    account: str,
    client_id: int | None,
    verbose: bool = False,
    with_orders: bool = False,
    with_log: bool = True,
) -> T | None:
    """Runs a command on a connection and says goodbye in order, also on Ctrl-C and SIGTERM (then: None).

    Args:
        work: The command.
        live: See `Session`, as the next three.
        account: As there.
        client_id: As there.
        verbose: As there.
        with_orders: Whether it needs the order journal.
        with_log: False where none can be written.

    Raises:
        typer.Exit: It was stopped before there was a connection: nothing was shown, and nothing was sent.
    """
    settings = settings_for(live, account, verbose)
    if not with_log:
        settings = settings.without_log()
    with alerts_of(settings) as alert:
        manager = IBConnectionManager(settings, client_id=client_id, with_orders=with_orders, alert=alert)
        return asyncio.run(_run(work, manager))


@contextlib.contextmanager
def alerts_of(settings: IBSettings, program: str = "commands") -> Iterator[AlertSink]:
    """Who hears of a program's alerts: this terminal, and the addresses of the project, see `leanib alerts`.

    Wrong addresses are told and keep no command from its work: a cancel must not fail for lack of a message.
    """
    with contextlib.ExitStack() as stack:
        try:
            post = stack.enter_context(
                posted_alerts(project_root(), f"{program}-{settings.mode}", Redactor(settings.secrets), _warn)
            )
        except ConfigurationError as error:
            _warn(f"alerts go to this terminal only: {error}")
            post = None

        def send(alert: Alert) -> None:
            _tell(alert)
            if post is not None:
                post(alert)

        yield send


async def _run(work: Callable[[IBConnectionManager], Awaitable[T]], manager: IBConnectionManager) -> T | None:
    connected = asyncio.Event()

    async def session() -> T:
        async with manager:
            connected.set()
            return await work(manager)

    task = asyncio.create_task(session())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        return await task
    if not connected.is_set():
        typer.echo("stopped before the Gateway answered; nothing was sent", err=True)
        raise typer.Exit(INTERRUPTED)
    return None


def _warn(text: str) -> None:
    typer.echo(f"warning: {text}", err=True)


def _tell(alert: Alert) -> None:
    if alert.key == "wrong-account":
        return  # the command ends with that very sentence
    typer.echo(f"{alert.severity.value}: {alert.text}", err=True)
