"""The monitor as a compose service: from its container it sees LEAN, heals it and starts it by the CLI inside."""

from __future__ import annotations

import json
import shutil

import pytest
from tests.containers import images
from tests.containers.gateway_stand import docker
from tests.containers.trading_stand import PASSWORD, TradingStand

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def stand(services_image, tmp_path_factory):
    """The algorithm trades; the monitor's image is here."""
    stand = TradingStand(tmp_path_factory.mktemp("watched"), services_image)
    stand.environment["LEANIB_MONITOR_IMAGE"] = images.image("monitor")
    # alerts by a file that holds them, as a person would: the mailbox is on this machine, out of the container's reach
    address = stand.environment.pop("LEANIB_ALERT_URLS")
    secret = stand.root / "secrets" / "alerts"
    secret.parent.mkdir()
    secret.write_text(address.replace("127.0.0.1", "172.17.0.1") + "\n")
    secret.chmod(0o600)
    # the list of brokerages that the CLI would fetch
    packages = stand.root / "storage/operations/monitor-home/packages/lean"
    packages.mkdir(parents=True)
    shutil.copy(stand.lean.packages / "lean" / "modules-1.14.json", packages)
    try:
        stand.leanib("gateway", "up", "--simulator")
        stand.leanib("deploy", "algorithms/hold", "--image", stand.image)
        yield stand
    finally:
        stand.leanib("monitor", "down", check=None)
        stand.remove()


def container(stand: TradingStand) -> dict:
    """What Docker says of the monitor's container."""
    project = stand.environment["COMPOSE_PROJECT_NAME"]
    labels = [f"label=com.docker.compose.{name}" for name in (f"project={project}", "service=monitor")]
    name = docker("ps", "-aq", "--filter", labels[0], "--filter", labels[1]).strip()
    return json.loads(docker("inspect", name))[0]


def test_it_watches_and_heals_from_its_container(stand: TradingStand):
    """Healthy by its own heartbeat; LEAN killed is started anew, by paths that are the machine's; nothing doubled."""
    stand.leanib("monitor", "up")
    stand.until(lambda: container(stand)["State"].get("Health", {}).get("Status") == "healthy", 90, "healthy")
    stand.until_well()
    before = stand.account()
    docker("kill", stand.leans()[0])
    stand.until(lambda: stand.beat["phase"] != "watch", 30, "noticed")
    stand.until_well()
    after = stand.account()
    assert (after["positions"], after["orders"], after["fills"]) == ({"SPY": "1"}, [], before["fills"])
    assert stand.record["generation"] == 2


def test_it_is_shut_in_and_shows_no_secret(stand: TradingStand):
    """Nothing writable but the project, no capability, metrics on the loopback only, no secret in inspect."""
    stand.leanib("monitor", "up")
    found = container(stand)
    host = found["HostConfig"]
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert any("no-new-privileges" in option for option in host["SecurityOpt"])
    assert {b["HostIp"] for bound in host["PortBindings"].values() for b in bound} == {"127.0.0.1"}
    shown = json.dumps(found)
    assert PASSWORD not in shown
    assert "json://" not in shown
    assert PASSWORD not in docker("logs", found["Id"])


def test_it_is_stopped_in_order(stand: TradingStand):
    """`leanib monitor down`: LEAN goes on, and the lease is given back for the next monitor."""
    stand.leanib("monitor", "up")
    stand.until(lambda: stand.status().get("lives"), 60, "alive")
    stand.leanib("monitor", "down")
    assert len(stand.leans()) == 1
    assert not (stand.root / "storage/operations/monitor-paper.lease").exists()
