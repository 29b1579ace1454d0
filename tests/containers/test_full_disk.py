"""A disk that is really full under a project that trades: a small tmpfs, filled to the last byte.

LEAN's log, the records, the monitor's memory and its heartbeat cannot be written then. What must hold all the same:
LEAN is stopped, one alert names the step, nothing is started, and with room again a person's one command trades on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from tests.containers.gateway_stand import docker
from tests.containers.test_trading import MEASURED, nothing_doubled
from tests.containers.trading_stand import TradingStand
from tests.faults.smalldisk import SmallDisk

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

MEGABYTE = 1024**2


@pytest.fixture
def stand(services_image) -> Iterator[TradingStand]:
    """The algorithm trades on a disk of 400 MB, the monitor watches."""
    with SmallDisk(400) as small:
        if small.kind != "tmpfs":
            pytest.skip("this machine lets nobody mount a tmpfs")
        folder = small.path / "small"
        folder.mkdir()
        stand = TradingStand(folder, services_image)
        stand.small = small
        stand.write_rules(least_free=8 * MEGABYTE, little_free=16 * MEGABYTE)
        try:
            stand.leanib("gateway", "up", "--simulator")
            preflight = stand.root / "sitecustomize"  # the preflight wants a gigabyte, which this disk has not
            preflight.mkdir()
            (preflight / "sitecustomize.py").write_text(
                "import leanib.operations.deploy.preflight as one\none._LEAST, one._LITTLE = 1 << 20, 2 << 20\n"
            )
            paths = [str(preflight), stand.environment["PYTHONPATH"]]
            stand.environment["PYTHONPATH"] = ":".join(paths)
            stand.leanib("deploy", "algorithms/hold", "--image", stand.image)
            stand.until(lambda: stand.account()["positions"] == {"SPY": "1"}, 60, "bought")
            stand.before = stand.account()
            stand.start_monitor()
            stand.until_well()
            stand.mailbox.messages.clear()
            yield stand
        finally:
            small.free()
            stand.remove()


def test_a_disk_without_a_byte_left_ends_safely_stopped_with_one_alert(stand: TradingStand):
    """And with room again `leanib redeploy` trades, on what the account holds; nothing is lost or doubled."""
    record = json.loads((stand.root / "storage/operations/deployment-paper.json").read_text())
    stand.small.fill()
    noticed = stand.until(lambda: "disk-full" in stand.mailbox.keys, 60, "told")
    stopped = noticed + stand.until(lambda: not stand.leans(), 90, "stopped")
    MEASURED["disk full to the last byte"] = {"noticed and told": round(noticed, 1), "stopped": round(stopped, 1)}
    body = next(one["body"] for one in stand.mailbox.messages if one["title"].endswith("disk-full"))
    assert "free disk space" in body
    assert "leanib redeploy" in body
    assert stand.monitor is not None
    assert stand.monitor.poll() is None, "the monitor outlives it"
    assert json.loads((stand.root / "storage/operations/deployment-paper.json").read_text())["container"] == (
        record["container"]
    ), "the record is whole"
    stand.small.free()
    stand.until(lambda: stand.beat["phase"] == "held", 60, "held, and a heartbeat again")
    stand.until(lambda: stand.record["hold"], 60, "the hold is on record")
    stand.several_looks()
    assert stand.leans() == []
    assert stand.mailbox.keys == ["disk-full"]
    assert stand.leanib("status", check=1).stdout.startswith("state      held")
    stand.leanib("redeploy")
    stand.until_well()
    stand.until_told("disk-full", "-disk-full")
    nothing_doubled(stand)
    print(MEASURED)
    assert docker("inspect", "--format", "{{.State.Running}}", stand.gateway).strip() == "true"
