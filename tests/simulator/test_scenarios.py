"""Every scenario of the table with every public client; every protocol version with those that tell versions apart."""

from __future__ import annotations

import pytest
from foreign_clients import CLIENTS
from scenarios import TABLE, Scenario, run

#: Scenarios whose messages have version-dependent fields.
VERSIONED = {"contracts", "market order", "order lists", "what-if", "rejections"}


@pytest.mark.parametrize("client_name", CLIENTS)
@pytest.mark.parametrize("one", TABLE, ids=lambda one: one.name)
async def test_scenario(client_name: str, one: Scenario) -> None:
    """A client written by others gets through the scenario and sees exactly the callbacks of the table."""
    client = await run(client_name, one)
    assert client.names() == one.callbacks


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one.name)
async def test_protobuf(one: Scenario) -> None:
    """The official client gets through every scenario at its newest version, where everything is protobuf."""
    client = await run("nautilus-ibapi", one, 226)
    assert client.names() == one.callbacks


TEXT = [150, 151, 152, 157, 158, 159, 160, 162, 163, 164, 166, 169, 170, 176, 177]
TEXT += [182, 184, 186, 187, 189, 193, 194, 196, 200]
MIXED = [201, 203, 205, 206, 207, 208, 212, 215, 222]


#: Versions that are looked at every time; the others only in the long run.
ALWAYS = {157, 163, 177, 200, 203, 212}


@pytest.mark.parametrize(
    "version", [pytest.param(v, marks=() if v in ALWAYS else pytest.mark.slow) for v in TEXT + MIXED]
)
@pytest.mark.parametrize("one", [one for one in TABLE if one.name in VERSIONED], ids=lambda one: one.name)
async def test_versions(version: int, one: Scenario) -> None:
    """The official client reads every version-dependent message at every version that changed one."""
    client = await run("nautilus-ibapi", one, version)
    assert client.names() == one.callbacks
