"""Every scenario with clients that nobody here wrote, each unmodified and in an environment of its own.

Slow: the first run installs them from the package indexes (see `clients.environments`), later ones find them. A client
that cannot be had is skipped with the reason; that none could be had fails.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from clients.environments import PACKAGES, Package, UnavailableError, environment, rust_program
from remote_client import Bridge
from scenarios import TABLE, Scenario, make_simulator, run_with

from leanib.simulator import Simulator
from leanib.simulator.protocol.versions import MAX_VERSION

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]  # the first run installs and compiles


def ready(package: Package) -> None:
    """Skip, with the reason, what cannot be installed here."""
    try:
        environment(package.requirement)
    except UnavailableError as problem:
        pytest.skip(f"{package.name} DID NOT RUN: {problem}")


@pytest.mark.parametrize("package", PACKAGES, ids=lambda one: one.name)
async def test_scenarios(package: Package) -> None:
    """The client logs in at its own newest version and sees exactly the callbacks of every scenario of the table."""
    await asyncio.to_thread(ready, package)
    async with Bridge(package) as bridge:
        wrong = [line for one in TABLE for line in await differences(bridge, one)]
    assert not wrong, "\n".join(wrong)


async def differences(bridge: Bridge, one: Scenario) -> list[str]:
    """What went otherwise than the table says."""
    client = bridge.client()
    try:
        await run_with(client, one, MAX_VERSION)
    except AssertionError as problem:
        return [f"{one.name}: {problem!s:.800}"]
    found = []
    if client.names() != one.callbacks:
        found.append(f"{one.name}: {sorted(client.names() ^ one.callbacks)}, {client.seen('problem')}")
    if client.version != bridge.package.version:
        found.append(f"{one.name}: version {client.version}")
    return found


# the Rust client, which has another interface

CRATE = Path(__file__).parent / "clients" / "rust"


async def converse(command: list[str], steps: dict[str, Callable[[], object]], timeout: float = 120) -> list[str]:
    """The lines that a program prints; at `wait NAME` a step is done and a line written back."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines: list[str] = []
    try:
        async with asyncio.timeout(timeout):
            async for raw in process.stdout:
                line = raw.decode().rstrip()
                lines.append(line)
                if line.startswith("wait "):
                    steps[line.split()[1]]()
                    await asyncio.sleep(0.5)  # what the step caused is on its way
                    process.stdin.write(b"\n")
    except TimeoutError:
        process.kill()
        lines.append("TIMEOUT")
    await process.wait()
    return lines


def steps_for(sim: Simulator) -> dict[str, Callable[[], object]]:
    """What the simulator does while the Rust program waits."""
    return {
        "position": lambda: sim.accounts.set_position("DU1234567", "IBM", 30, "90.5"),
        "fall": lambda: sim.market.set_quote("AAPL", bid="99.40", ask="99.45", last="99.45"),
        "settled": lambda: None,
        "cancelled": lambda: None,
    }


async def test_rust() -> None:
    """The Rust client logs in at version 226 and gets each answer, typed as it wants them."""
    try:
        program = await asyncio.to_thread(rust_program, CRATE)
    except UnavailableError as problem:
        pytest.skip(f"Rust ibapi 5.5 DID NOT RUN: {problem}")
    async with make_simulator(MAX_VERSION) as sim:
        lines = await converse([str(program), f"{sim.host}:{sim.port}"], steps_for(sim))
        assert sim.gateway.failures == 0
    assert lines == RUST.split("\n")[1:-1], "\n".join(lines)


#: What the Rust program prints.
RUST = """
connect 226 1 ["DU1234567"]
time 1704294000
millis 1704294000
summary DU1234567 NetLiquidation 1000000.00 USD
summary DU1234567 BuyingPower 4000000.00 USD
families 1
pnl Data(PnL { daily_pnl: 0.0, unrealized_pnl: Some(0.0), realized_pnl: Some(0.0) })
wait position
position DU1234567 8314 30 90.5
details 265598 AAPL 0.01 APPLE INC
unknown [200] No security definition has been found for the request
match GOOG NASDAQ
match GOOGL NASDAQ
rule 1
chain SMART SPY true
snapshot Some(99.98) Some(100.02)
tick 99.98 100.02
bars 8 2024-01-01 10:00:00.0 -05:00:00 2024-01-03 10:00:00.0 -05:00:00
days 5
head 1073053800
schedule 2
histogram true
market open 2 265598 BUY 100 MKT
market status PreSubmitted 0 100 Some(0.0)
market open 2 265598 BUY 100 MKT
market status Submitted 0 100 Some(0.0)
market execution Bought 100 100.02
market open 2 265598 BUY 100 MKT
market status Filled 100 0 Some(100.02)
market commission 1 USD None
limit open 3 265598 BUY 100 LMT
limit status PreSubmitted 0 100 Some(0.0)
limit open 3 265598 BUY 100 LMT
limit status Submitted 0 100 Some(0.0)
wait fall
limit execution Bought 100 99.45
limit open 3 265598 BUY 100 LMT
limit status Filled 100 0 Some(99.45)
limit commission 1 USD None
doomed open 4 265598 BUY 100 LMT
doomed status PreSubmitted 0 100 Some(0.0)
doomed open 4 265598 BUY 100 LMT
doomed status Submitted 0 100 Some(0.0)
doomed notice 202
wrong error [200] No security definition has been found for the request
stop true
bracket true
wait settled
listed SELL STP 7
listed BUY LMT 7
listed SELL LMT 7
listed SELL STP 7
wait cancelled
completed BUY Filled 100.0
completed BUY Filled 100.0
completed BUY Cancelled 0.0
completed SELL Cancelled 0.0
completed BUY Cancelled 0.0
completed SELL Cancelled 0.0
completed SELL Cancelled 0.0
executed 100 100.02
charged 1
executed 100 99.45
charged 1
done
"""

# nautilus_trader's live node

NODE = Path(__file__).parent / "clients" / "nautilus_node.py"
#: What its strategy sees, repetitions left out: the adapter reports some states twice.
SEEN = """
instrument AAPL.NASDAQ 0.01
quote 99.98 100.02
market OrderInitialized
market OrderSubmitted
market OrderAccepted
market OrderFilled
market price 100.02 commission 1.00 USD
position PositionOpened 100
doomed OrderInitialized
doomed OrderSubmitted
doomed OrderAccepted
doomed OrderPendingCancel
doomed OrderCanceled
limit OrderInitialized
limit OrderSubmitted
limit OrderAccepted
wait fall
limit OrderFilled
limit price 99.45 commission 1.00 USD
position PositionChanged 200
done
"""


async def test_nautilus_trader() -> None:
    """A live node reconciles at its start, buys, cancels, and sees each fill with its commission."""
    try:
        python = await asyncio.to_thread(environment, "nautilus_trader[ib]")
    except UnavailableError as problem:
        pytest.skip(f"nautilus_trader DID NOT RUN: {problem}")
    async with Simulator(always_open=True, pacing=False, seed=3, tick_interval=3600) as sim:
        sim.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100, close=99)
        lines = await converse([str(python), str(NODE), str(sim.port)], steps_for(sim), 180)
        assert sim.gateway.failures == 0
    assert set(SEEN.split("\n")) - {""} <= set(lines), "\n".join(lines)


def test_that_clients_ran() -> None:
    """Where the package index is promised (CI), that none of the clients could be had is a failure, not a skip."""
    if not os.environ.get("CI"):
        pytest.skip("outside CI the clients may be missing")
    reasons = []
    for package in PACKAGES:
        try:
            environment(package.requirement)
        except UnavailableError as problem:
            reasons.append(f"{package.name}: {problem}")
    assert len(reasons) < len(PACKAGES), "NONE OF THE FOREIGN CLIENTS RAN\n" + "\n".join(reasons)
