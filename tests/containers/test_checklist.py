"""The checklist from paper to live of docs/operations.md, gone through command by command on the simulator.

The simulator serves a paper account first and then one that is none, as the Gateway does after the change in `.env`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from tests.containers.gateway_stand import docker
from tests.containers.images import ROOT
from tests.containers.trading_stand import TradingStand

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

ACCOUNT = "U7654321"
LIMITS = """
[orders]
journal = "storage/orders-live.sqlite3"
[risk]
max_order_value = 250000
max_position_value = 500000
"""


def typed() -> list[list[str]]:
    """Every `leanib ...` of the checklist, in its order."""
    section = (ROOT / "docs/operations.md").read_text().partition("## From paper to live")[2].partition("\n## ")[0]
    found = [re.sub(r"\s+", " ", one).split()[1:] for one in re.findall(r"`(leanib [^`]+)`", section)]
    return [[word.replace("NAME", "hold").replace("ACCOUNT", ACCOUNT) for word in words] for words in found]


@pytest.fixture(scope="module")
def stand(services_image, tmp_path_factory) -> Iterator[TradingStand]:
    """A project with nothing up."""
    stand = TradingStand(tmp_path_factory.mktemp("checklist"), services_image)
    config = stand.root / "algorithms" / "hold" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "engine-image": stand.image}))
    (stand.root / "config/live.toml").write_text(LIMITS)
    stand.environment["IB_LIVE_PORT"] = stand.environment["IB_PAPER_PORT"]
    images = stand.root / "config/gateway-images.toml"  # the simulator has one port, whatever account it serves
    head, _, own = images.read_text().partition("[leanib]")
    images.write_text(f"{head}[leanib]{own.replace('live = 4003', 'live = 4004')}")
    try:
        yield stand
    finally:
        stand.remove()


def test_the_list_is_as_long_as_it_was():
    """Paper first, then the account's own commands."""
    names = [words[0] for words in typed()]
    assert names.count("deploy") >= 2
    live = next(number for number, words in enumerate(typed()) if "--live" in words)
    assert {"backtest", "gateway", "doctor", "deploy", "monitor", "alerts", "account"} <= set(names[:live])
    assert all("--live" in words or words[0] == "gateway" for words in typed()[live:])


def test_its_commands_lead_from_paper_to_live(stand: TradingStand):
    """Each ends well, with the simulator for the Gateway and `leanib monitor` for its service."""
    is_live = False
    for words in typed():
        if words[:2] == ["gateway", "up"]:
            if stand.gateway:
                go_live(stand)
                is_live = True
            stand.leanib("gateway", "up", "--simulator")
        elif words[0] == "doctor":
            assert stand.leanib(*words, check=None).returncode in (0, 1), "warnings, no error"
        elif words in (["monitor"], ["monitor", "up", "--live"]):
            watch(stand, *(["--live"] if is_live else []))
        else:
            stand.leanib(*words)
            if words[0] == "deploy" and "--dry-run" in words:
                stand.leanib(*(word for word in words if word != "--dry-run"))
    assert stand.leanib("status", "--live").stdout.startswith("state      trading")
    assert len(stand.leans()) == 1
    assert "its positions and open orders stay" in stand.leanib("stop", "--live").stdout


def watch(stand: TradingStand, *options: str) -> None:
    """A monitor, and nothing wrong in its eyes."""
    stand.monitor = stand.in_background("monitor.out", "monitor", *options)
    well = lambda: stand.leanib("monitor", "status", *options, check=None).returncode == 0  # noqa: E731
    stand.until(well, 90, "watched, and well")


def go_live(stand: TradingStand) -> None:
    """What the list says beside its commands: paper ends, the live user's Gateway comes up."""
    stand.leanib("stop")
    if stand.monitor is not None:
        stand.end_monitor()
    stand.leanib("gateway", "down", "--simulator")
    project = stand.environment["COMPOSE_PROJECT_NAME"]
    for volume in docker("volume", "ls", "-q", "--filter", f"label=com.docker.compose.project={project}").split():
        docker("volume", "rm", volume)
    file = stand.root / "docker-compose.yml"
    file.write_text(file.read_text().replace("simulate --always-open", f"simulate --always-open --account {ACCOUNT}"))
    stand.environment["TRADING_MODE"] = "live"
