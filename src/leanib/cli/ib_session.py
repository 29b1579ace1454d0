"""What the commands that talk to IB Gateway share: their options, and running them on a connection."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict, TypeVar

import typer

from leanib.errors import UsageError
from leanib.ib.alerts import Alert
from leanib.ib.manager import IBConnectionManager
from leanib.ib.settings import IBSettings, load_settings
from leanib.ib.settings_summary import what_was_read

__all__ = [
    "INTERRUPTED",
    "AccountOption",
    "ClientIdOption",
    "LiveOption",
    "Session",
    "VerboseOption",
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
    typer.Option("--client-id", help="IB client id. [default: the first free one of 10 to 19]", show_default=False),
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
) -> T | None:
    """Runs a command on a connection and says goodbye in order, also on Ctrl-C and SIGTERM (then: None)."""
    settings = settings_for(live, account, verbose)
    return asyncio.run(
        _run(work, IBConnectionManager(settings, client_id=client_id, with_orders=with_orders, alert=_tell))
    )


async def _run(work: Callable[[IBConnectionManager], Awaitable[T]], manager: IBConnectionManager) -> T | None:
    async def session() -> T:
        async with manager:
            return await work(manager)

    task = asyncio.create_task(session())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        return await task
    return None


def _tell(alert: Alert) -> None:
    typer.echo(f"{alert.severity.value}: {alert.text}", err=True)
