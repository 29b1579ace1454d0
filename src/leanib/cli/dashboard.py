"""`leanib dashboard`: one page for everything that runs."""

from __future__ import annotations

import asyncio
import html
import signal
import tempfile
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leanib.cli.ib_session import AccountOption, LiveOption, settings_for
from leanib.errors import UsageError
from leanib.ib.alerts import Alert
from leanib.private_files import write_private

if TYPE_CHECKING:
    from leanib.operations.dashboard import Dashboard

__all__ = ["dashboard"]

PORT = 8640


def dashboard(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="At 127.0.0.1; 0: a free one.")] = PORT,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    quotes: Annotated[
        list[str] | None, typer.Option("--quote", help="A symbol to show besides the positions'; repeat.")
    ] = None,
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: Annotated[
        int | None,
        typer.Option("--client-id", help="IB client id. [default: the first free one of 80 to 89]", show_default=False),
    ] = None,
) -> None:
    """Serve a page that shows connection, account, orders, limits and runs, live; Ctrl-C ends it.

    Only this machine can open it, with the address that is printed: whoever has it can flatten the account.
    """
    settings = settings_for(live, account)
    try:
        from leanib.operations.dashboard import Dashboard
    except ImportError as error:
        missing = error.name or "a package"
        raise UsageError(f"the dashboard needs {missing}: pip install 'leanib[dashboard]'") from error
    root = settings.source.root
    served = Dashboard(settings, root, port=port, symbols=quotes or (), client_id=client_id, alert=_tell)
    with ExitStack() as stack:
        asyncio.run(_serve(served, lambda: _ready(served, open_it, stack)))
    typer.echo("the dashboard is closed", err=True)


async def _serve(served: Dashboard, ready: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, served.stop)
    await served.run(ready)


def _ready(served: Dashboard, open_it: bool, stack: ExitStack) -> None:
    typer.echo(f"dashboard: {served.address}")
    typer.echo("keep the address to yourself: it opens the account's buttons. Ctrl-C ends the dashboard")
    if open_it:
        _open(served.address, stack)


def _open(address: str, stack: ExitStack) -> None:
    """By a file of this user's alone: an address on a browser's command line could be read by every user."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    page = folder / "dashboard.html"
    write_private(page, f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(address)}">')
    if not webbrowser.open(page.as_uri()):
        typer.echo("no browser could be started: open the address above", err=True)


def _tell(alert: Alert) -> None:
    typer.echo(f"{alert.severity.value}: {alert.text}", err=True)
