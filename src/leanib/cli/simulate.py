"""`leanib simulate`: an IB Gateway that needs no account."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from leanib import collector
from leanib.cli.simulate_options import (
    AccountsOption,
    AlwaysOpenOption,
    CashOption,
    ControlPortOption,
    DataOption,
    FaultOption,
    InstrumentsOption,
    PortOption,
    RecordOption,
    ScenarioOption,
    StartOption,
    StateOption,
    VirtualOption,
)
from leanib.errors import UsageError
from leanib.simulator import Clock, RealClock, Simulator, VirtualClock
from leanib.simulator.control import Control
from leanib.simulator.protocol.versions import MAX_VERSION
from leanib.simulator.scenario import Scenario

__all__ = ["simulate"]

#: Not an option: it would stand in the list of processes.
TOKEN_VARIABLE = "LEANIB_CONTROL_TOKEN"  # noqa: S105 - the name of a variable
_Fault = tuple[str, dict[str, Any], float]


def simulate(
    port: PortOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    account: AccountsOption = None,
    cash: CashOption = None,
    seed: Annotated[int | None, typer.Option(help="Decides prices and ids. [default: 1]")] = None,
    data: DataOption = None,
    instruments: InstrumentsOption = None,
    start: StartOption = None,
    speed: Annotated[float, typer.Option(help="How many times as fast the clock runs.")] = 1.0,
    virtual: VirtualOption = False,
    always_open: AlwaysOpenOption = False,
    no_pacing: Annotated[bool, typer.Option("--no-pacing", help="Do not enforce IB's pacing limits.")] = False,
    server_version: Annotated[int, typer.Option(help="Highest protocol version to offer, 150 to 226.")] = MAX_VERSION,
    master_client: Annotated[int | None, typer.Option(help="Master client id.")] = None,
    scenario: ScenarioOption = None,
    fault: FaultOption = None,
    state: StateOption = None,
    record: RecordOption = None,
    trace: Annotated[bool, typer.Option("--trace", help="Print every message.")] = False,
    control_port: ControlPortOption = None,
    view: Annotated[bool, typer.Option("--view/--no-view", help="Show clients, orders and fills, live.")] = True,
) -> None:
    """Start a simulated IB Gateway; clients of the TWS API log in to it and trade.

    With LEANIB_CONTROL_TOKEN in the environment the control API wants that token.
    """
    script = Scenario(scenario) if scenario is not None else None
    given: dict[str, Any] = {"accounts": account, "cash": cash, "seed": seed, "master_client_id": master_client}
    given |= {"always_open": always_open or None, "pacing": False if no_pacing else None}
    settings: dict[str, Any] = {"always_open": False, "pacing": True, "server_version": server_version}
    settings |= script.settings if script is not None else {}
    settings |= {name: value for name, value in given.items() if value is not None}  # what was typed wins
    files: dict[str, Any] = {"data": data, "instruments": instruments, "state": state, "record": record}
    port = default_port() if port is None else port
    try:
        simulator = Simulator(host, port, clock=_clock(start, speed, virtual), **files, **settings)
    except (TypeError, ValueError) as problem:
        raise UsageError(str(problem)) from None
    faults = [_fault(text) for text in fault or []]
    show = view and not trace and sys.stdout.isatty()
    try:
        asyncio.run(_run(simulator, script, faults, (control_port, os.environ.get(TOKEN_VARIABLE, "")), trace, show))
    except (KeyboardInterrupt, asyncio.CancelledError):  # Ctrl-C and SIGTERM end it in good order
        return
    except OSError as problem:
        raise UsageError(f"cannot listen on {host}:{port}: {problem.strerror}; choose another --port") from None


def default_port() -> int:
    """The port that the commands of this project dial for a paper account."""
    from leanib.ib.settings import load_settings  # only when it is needed: it takes a while

    return load_settings("paper").paper_port


def _clock(start: str | None, speed: float, virtual: bool) -> Clock:
    moment = None
    if start is not None:
        try:
            moment = datetime.fromisoformat(start)
        except ValueError:
            raise UsageError(f"--start {start!r} is not a date or a date and time; write 2024-01-31T14:30") from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if virtual:
        return VirtualClock(moment) if moment is not None else VirtualClock()
    return RealClock(moment, speed)


def _fault(text: str) -> _Fault:
    """Read `farm_down:farm=history@30`; a value is read as JSON where it is some, else it is text."""
    call, _, seconds = text.partition("@")
    name, _, words = call.partition(":")
    settings: dict[str, Any] = {}
    for word in filter(None, words.split(",")):
        key, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"--fault {text!r}: {word!r} is not KEY=VALUE")
        try:
            settings[key] = json.loads(value, parse_constant=str)
        except ValueError:
            settings[key] = value
    try:
        return name, settings, float(seconds or 0)
    except ValueError:
        raise UsageError(f"--fault {text!r}: {seconds!r} is not a number of seconds") from None


async def _run(
    simulator: Simulator,
    script: Scenario | None,
    faults: list[_Fault],
    control_api: tuple[int | None, str],
    trace: bool,
    show: bool,
) -> None:
    if trace:
        simulator.gateway.trace.add(typer.echo)
    else:
        simulator.gateway.watchers.append(_say if not show else lambda _: None)
    task = asyncio.current_task()
    with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its event loop
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: task.cancel() if task else None)
    async with simulator:
        if script is not None:
            script.apply(simulator)
        for name, given, seconds in faults:
            simulator.faults.at(seconds, name, **given)
        collector.settle()
        control_port, token = control_api
        control = Control(simulator, port=control_port, token=token) if control_port is not None else None
        if control is not None:
            await control.start()
            typer.echo(f"control API at http://{control.host}:{control.port}")
        typer.echo(f"IB Gateway simulator at {simulator.host}:{simulator.port}, {', '.join(simulator.accounts.names)}")
        await _stay(simulator, show)


def _say(text: str) -> None:
    typer.echo(f"{datetime.now():%H:%M:%S} {text}")


async def _stay(simulator: Simulator, show: bool) -> None:
    if show:
        from leanib.simulator.view import watch

        await watch(simulator)
    else:
        await simulator.serve_forever()
