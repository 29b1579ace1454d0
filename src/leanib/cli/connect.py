"""`leanib connect`: a connection that stays, and shows what it goes through."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from leanib.cli.ib_session import AccountOption, ClientIdOption, LiveOption, VerboseOption, run
from leanib.ib.manager import IBConnectionManager
from leanib.ib.state import ConnectionState

__all__ = ["connect"]


def connect(
    seconds: Annotated[float, typer.Option("--seconds", help="Stop after that long; 0: until Ctrl-C.")] = 0.0,
    check: Annotated[bool, typer.Option("--check", help="Connect, prove login and account, and leave.")] = False,
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: ClientIdOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Connect to IB Gateway and keep the connection, reconnecting as needed."""

    async def stay(manager: IBConnectionManager) -> None:
        _say(manager.state)
        if check:
            return
        manager.connection.messages.state.connect(lambda _before, after: _say(after))
        try:
            async with asyncio.timeout(seconds or None):
                await asyncio.Event().wait()
        except TimeoutError:
            return  # the time asked for is over

    run(stay, live=live, account=account, client_id=client_id, verbose=verbose)


def _say(state: ConnectionState) -> None:
    ready = "ready" if state.is_trading_ready else state.obstacle()
    when = f"{state.since:%H:%M:%S}" if state.since else "--:--:--"
    typer.echo(f"{when} UTC  socket {state.socket.value}, login {state.login.value}, link {state.link.value}: {ready}")
