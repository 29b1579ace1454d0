"""Every scenario with clients that nobody here wrote, each unmodified and in an environment of its own.

Slow: the first run installs them from the package indexes (see `clients.environments`), later ones find them. A client
that cannot be had is skipped with the reason; that none could be had fails.
"""

from __future__ import annotations

import asyncio

import pytest
from clients.environments import PACKAGES, Package, UnavailableError, environment
from remote_client import Bridge
from scenarios import TABLE, Scenario, run_with

from leanib.simulator.protocol.versions import MAX_VERSION

pytestmark = pytest.mark.slow


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
