"""The real `lean` CLI deploys, stops and redeploys on a real Docker engine, and the monitor lives through bad nights.

One project for all of it: the simulator in the Gateway's place, a stand-in for LEAN that obeys the CLI's contract and
trades one share, alerts by HTTP. The tests follow one another, each leaves the algorithm trading.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.containers.gateway_stand import docker
from tests.containers.images import ROOT
from tests.containers.trading_stand import ACCOUNT, PASSWORD, TradingStand, in_order

from leanib.operations.monitor.memory import Memory

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

MEASURED: dict[str, dict[str, float]] = {}


@pytest.fixture(scope="module")
def stand(services_image, tmp_path_factory) -> Iterator[TradingStand]:
    """The Gateway is up; nothing is deployed yet."""
    stand = TradingStand(tmp_path_factory.mktemp("trading"), services_image)
    try:
        stand.leanib("gateway", "up", "--simulator")
        yield stand
        if MEASURED:
            print("\n" + json.dumps(MEASURED, indent=1))
    finally:
        stand.remove()


@pytest.fixture
def deployed(stand: TradingStand) -> TradingStand:
    """The algorithm trades, nobody watches."""
    if not stand.leans():
        stand.leanib("deploy", "algorithms/hold", "--image", stand.image)
    stand.until(lambda: stand.account()["positions"] == {"SPY": "1"}, 30, "bought")
    stand.before = stand.account()
    return stand


@pytest.fixture
def watched(deployed: TradingStand) -> TradingStand:
    """The algorithm trades, the monitor watches, all is well, and the mailbox is empty."""
    if deployed.monitor is None or deployed.monitor.poll() is not None:
        deployed.start_monitor()
    deployed.until_well()
    deployed.mailbox.messages.clear()
    return deployed


def command_lines() -> set[str]:
    """What `ps` shows of every process."""
    lines = set()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.add(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return lines


def test_deploy_trades_and_shows_nobody_a_secret(stand: TradingStand):
    """Checks, starts by the unmodified CLI, waits; the process list, the log, the output and inspect are clean."""
    if stand.leans():
        stand.leanib("stop")
    process = stand.in_background("deploy.out", "deploy", "algorithms/hold", "--image", stand.image)
    lines: set[str] = set()
    while process.poll() is None:
        lines |= command_lines()
        time.sleep(0.1)
    said, seen = (stand.root / "deploy.out").read_text(), "\n".join(lines)
    assert process.returncode == 0, said
    assert "algorithms/hold trades" in said
    assert "live deploy algorithms/hold --environment live-interactive" in seen
    (name,) = stand.leans()
    shown = seen + said + docker("inspect", name) + docker("logs", name) + docker("top", name)
    assert PASSWORD not in shown
    assert ACCOUNT not in seen + said + docker("inspect", name)
    assert not list(stand.root.glob(".lean-*"))
    (folder,) = (stand.root / "storage/operations").glob("tmp-*")
    assert folder.stat().st_mode & 0o077 == 0
    assert PASSWORD not in "".join(file.read_text() for file in folder.rglob("config.json"))
    assert stand.leanib("status").stdout.startswith("state      trading")
    assert "Begin DataStream" in stand.leanib("logs").stdout


def test_a_second_deployment_is_refused(deployed: TradingStand):
    """One sentence, and the first one goes on."""
    done = deployed.leanib("deploy", "algorithms/hold", "--image", deployed.image, check=2)
    assert "runs on the paper account already" in done.stderr
    assert len(deployed.leans()) == 1


def test_stop_is_verified_and_a_start_error_is_told_in_leans_words(deployed: TradingStand):
    """`leanib stop` ends LEAN, positions stay; an algorithm that fails at its start is told, exit code 1.

    The next `leanib redeploy` takes over what the account holds; the share is not bought twice.
    """
    (before,) = deployed.leans()
    assert "its positions and open orders stay" in deployed.leanib("stop").stdout
    assert deployed.leans() == []
    assert deployed.leanib("status").stdout.startswith("state      stopped")
    assert deployed.account()["positions"] == {"SPY": "1"}
    config = deployed.root / "algorithms" / "hold" / "config.json"
    content = json.loads(config.read_text())
    config.write_text(json.dumps({**content, "parameters": {"start-error": "no such symbol"}}))
    done = deployed.leanib("redeploy", check=1)
    assert "Algorithm.Initialize() Error: no such symbol" in done.stderr
    assert "log.txt" in done.stderr
    config.write_text(json.dumps(content))
    done = deployed.leanib("redeploy")
    (after,) = deployed.leans()
    assert after != before
    assert "it took over from the account: 1 SPY" in done.stdout
    assert deployed.account()["fills"] == deployed.before["fills"]


def test_lean_killed(watched: TradingStand):
    """Noticed by Docker's event, the account asked twice, started anew; nothing is bought again."""
    generation = watched.record["generation"]
    heal(watched, "LEAN killed", lambda: docker("kill", watched.leans()[0]))
    watched.until_told("lean-down", "-lean-down")
    assert watched.record["generation"] == generation + 1
    nothing_doubled(watched)


def test_gateway_killed(watched: TradingStand):
    """Started again, LEAN, silent since then, too."""
    heal(watched, "Gateway killed", lambda: docker("kill", watched.gateway))
    told_in_order(watched, "gateway-down", "-gateway-down", "lean-down", "-lean-down")
    nothing_doubled(watched)


def test_both_killed(watched: TradingStand):
    """LEAN is started only when the Gateway is well again."""
    heal(watched, "both killed", lambda: docker("kill", watched.gateway, *watched.leans()))
    told_in_order(watched, "gateway-down", "-gateway-down", "-lean-down")
    assert "lean-down" in watched.mailbox.keys
    nothing_doubled(watched)


def test_network_cut_for_two_minutes(watched: TradingStand):
    """A restart would not help, so nothing is restarted; afterwards LEAN is, since it does not log in by itself."""
    gateway = watched.gateway
    restarts = started_at(gateway)

    def cut() -> None:
        docker("network", "disconnect", "--force", "lean_cli", gateway)

    begun = time.monotonic()
    cut()
    noticed = watched.until(lambda: "network-cut" in watched.beat["conditions"], 30, "noticed")
    time.sleep(max(0.0, 120 - (time.monotonic() - begun)))
    assert started_at(gateway) == restarts
    docker("network", "connect", "--alias", watched.name, "lean_cli", gateway)
    back = time.monotonic()
    watched.until_well()
    MEASURED["network cut (2 min)"] = {"noticed": noticed, "healed after its end": time.monotonic() - back}
    told_in_order(watched, "network-cut", "-network-cut", "lean-down", "-lean-down")
    nothing_doubled(watched)


def test_monitor_killed_in_the_middle(watched: TradingStand):
    """It dies after LEAN did, and another one, started by whoever watches over it, goes on where it was."""
    docker("kill", watched.leans()[0])
    watched.until(lambda: watched.beat["phase"] != "watch" and watched.mailbox.keys, 20, "noticed and told")
    watched.end_monitor(signal.SIGKILL)
    begun = time.monotonic()
    watched.start_monitor()
    watched.until_well()
    MEASURED["monitor killed while it healed LEAN"] = {"healed after its restart": time.monotonic() - begun}
    watched.until_told("lean-down", "-lean-down")
    nothing_doubled(watched)


def test_two_monitors_do_not_fight(watched: TradingStand):
    """The second one refuses, or stands by and takes over when the first one dies."""
    refused = watched.leanib("monitor", check=2)
    assert "another monitor watches the paper account" in refused.stderr
    first = watched.monitor
    second = watched.in_background("second.out", "monitor", "--stand-by")
    try:
        watched.until(lambda: "standing by" in (watched.root / "second.out").read_text(), 30, "standing by")
        assert watched.status()["pid"] == first.pid
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        begun = time.monotonic()
        watched.until(lambda: watched.status()["pid"] == second.pid, 90, "taken over")
        MEASURED["two monitors, the first one killed"] = {"taken over": time.monotonic() - begun}
        watched.monitor = second
        heal(watched, "LEAN killed, second monitor", lambda: docker("kill", watched.leans()[0]))
    finally:
        if second.poll() is None and watched.monitor is not second:
            second.kill()
            second.wait()
    nothing_doubled(watched)


def test_a_wedged_gateway_is_restarted_by_ibc_first(watched: TradingStand):
    """The port is open, the API dead: IBC's RESTART is asked for, which costs no login, before the container is."""
    forget_restarts(watched)
    started = started_at(watched.gateway)
    docker("exec", "--detach", watched.gateway, "python", "-c", IBC)

    def wedge() -> None:
        watched.fault("accept_and_ignore")
        watched.fault("freeze")

    heal(watched, "API dead behind an open port", wedge)
    assert started_at(watched.gateway) == started
    (incident,) = watched.incidents()[-1:]
    said = " ".join(entry["text"] for entry in incident["entries"])
    assert "IBC restarts the Gateway, without a login" in said
    nothing_doubled(watched)


def test_disk_full(watched: TradingStand):
    """LEAN is stopped, one alert names the step; a person makes room and starts it."""
    wanted = free_megabytes(watched.root) + 1000
    watched.end_monitor()
    watched.write_rules(least_free=wanted * 1024**2, little_free=wanted * 1024**2)
    watched.start_monitor()
    watched.until(lambda: watched.beat["phase"] == "held" and not watched.leans(), 60, "held and stopped")
    watched.until_told("disk-full")
    assert "free disk space" in watched.mailbox.messages[0]["body"]
    assert watched.leanib("status", check=1).stdout.startswith("state      held")
    watched.end_monitor()
    watched.write_rules()
    watched.start_monitor()
    watched.leanib("redeploy")
    watched.until_well()
    watched.until(lambda: "-disk-full" in watched.mailbox.keys, 15, "told")
    nothing_doubled(watched)


def test_the_guides_commands_do_what_it_says(deployed: TradingStand):
    """Every command in the blocks of docs/operations.md, in its order, with the simulator for the Gateway."""
    if deployed.monitor is not None:
        deployed.end_monitor()
    deployed.leanib("stop")
    config = deployed.root / "algorithms" / "hold" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "engine-image": deployed.image}))
    blocks = re.findall(r"```bash\n(.*?)```", (ROOT / "docs/operations.md").read_text(), re.DOTALL)
    lines = [line.partition("#")[0].split() for block in blocks for line in block.splitlines()]
    typed = [words[1:] for words in lines if words and words[0] == "leanib"]
    assert len(typed) > 12
    for words in typed:
        if words == ["monitor"]:
            deployed.start_monitor()
            deployed.until_well()
        elif words == ["logs", "--follow"]:
            follow(deployed)
        elif words == ["gateway", "up"]:
            deployed.leanib("gateway", "up", "--simulator")
        elif "embedded" in words:  # its image is built by another module's tests
            deployed.leanib(*(word.replace("daily_momentum", "hold") for word in words), "--image", deployed.image)
        else:
            deployed.leanib(*(word.replace("daily_momentum", "hold") for word in words))
    assert deployed.leans() == []
    assert deployed.account()["fills"] == deployed.before["fills"]
    assert any(one["title"].endswith("INFORMATION test") for one in deployed.mailbox.messages)


def follow(stand: TradingStand) -> None:
    """`leanib logs --follow` prints on until it is interrupted."""
    process = stand.in_background("followed.out", "logs", "--follow")
    try:
        file = stand.root / "followed.out"
        stand.until(lambda: file.read_text().count("ExecuteWithTimeLimit") > 1, 30, "followed")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def test_the_bare_command_of_the_guide(deployed: TradingStand):
    """`lean live deploy ... --environment`, by the CLI alone: account and Gateway as lean.json names them."""
    if deployed.monitor is not None:
        deployed.end_monitor()
    deployed.leanib("stop")
    file = deployed.root / "lean.json"
    text = file.read_text()
    for guide in ("docs/operations.md", "docs/paper-account.md"):
        assert "lean live deploy algorithms/daily_momentum --environment live-paper" in (ROOT / guide).read_text()
    file.write_text(
        text.replace('"ib-host": "ib-gateway"', f'"ib-host": "{deployed.name}"').replace(
            '"ib-account": ""', f'"ib-account": "{ACCOUNT}"'
        )
    )
    try:
        for environment in ("live-paper", "live-interactive"):
            name = f"lean_cli_bare_{environment}_{deployed.port}"
            words = ["live", "deploy", "algorithms/hold", "--environment", environment, "--image", deployed.image]
            done = deployed.lean.run(*words, "--no-update", "--detach", "--extra-config", "container-name", name)
            assert done.returncode == 0, done.stdout
            deployed.until(lambda name=name: "Begin DataStream" in docker("logs", name), 30, "trading")
            assert f"Host: {deployed.name}, Port: 4004, Account: {ACCOUNT}" in docker("logs", name)
            stopped = deployed.lean.run("live", "stop", "algorithms/hold")
            deployed.until(lambda name=name: name not in docker("ps", "--format", "{{.Names}}"), 40, stopped.stdout)
    finally:
        file.write_text(text)
    deployed.leanib("redeploy")


def test_a_person_stops_it_and_the_monitor_lets_it_rest(watched: TradingStand):
    """No alert, no new start; `leanib liquidate` sells what is held."""
    watched.leanib("liquidate", "--yes")
    watched.several_looks()
    assert watched.leans() == []
    assert watched.mailbox.keys == []
    assert watched.account()["positions"] == {}
    assert watched.beat["wanted"] == "stopped"
    assert watched.end_monitor() == 0
    assert watched.leanib("monitor", "check").stdout.startswith("the monitor of the paper account lives")


IBC = """
import socket, urllib.request as web
server = socket.create_server(("127.0.0.1", 7462))
channel, _ = server.accept()
assert channel.recv(100).strip() == b"RESTART"
for name in ("clear", "faults/restart"):
    body = b'{"seconds": 5}' if "restart" in name else b"{}"
    web.urlopen(web.Request("http://127.0.0.1:8090/" + name, data=body, method="POST"), timeout=10).read()
channel.sendall(b"OK Restarting session\\n")
"""


def forget_restarts(stand: TradingStand) -> None:
    """The night before may have needed some, and within ten minutes they count for this one too."""
    assert stand.monitor is not None
    stand.monitor.terminate()
    stand.monitor.wait(30)
    memory = Memory(stand.root, "paper")
    state = memory.load()
    state.restarts = []
    memory.save(state)
    stand.start_monitor()
    stand.until_well()


def heal(stand: TradingStand, name: str, break_it) -> None:
    """Breaks something, waits until it is noticed and until all is well again, and takes the times."""
    begun = time.monotonic()
    break_it()
    stand.until(lambda: stand.beat["conditions"], 60, f"noticed: {name}")
    noticed = time.monotonic() - begun
    stand.until_well(150)
    MEASURED[name] = {"noticed": round(noticed, 1), "healed": round(time.monotonic() - begun, 1)}


def told_in_order(stand: TradingStand, *keys: str) -> None:
    """Among others; delivery has a thread of its own."""
    stand.until(lambda: in_order(stand.mailbox.keys, keys), 60, f"told {keys}, but {stand.mailbox.keys}")


def nothing_doubled(stand: TradingStand) -> None:
    """What was held before is held now, without another fill or order; and every incident says that it is over."""
    account = stand.account()
    assert account["positions"] == {"SPY": "1"}
    assert account["orders"] == []
    assert account["fills"] == stand.before["fills"]
    assert len(stand.leans()) == 1
    stand.until(lambda: all(one["ended"] for one in stand.incidents()), 10, "ended")


def started_at(container: str) -> str:
    """When a container's process began."""
    return docker("inspect", "--format", "{{.State.StartedAt}}", container).strip()


def free_megabytes(folder: Path) -> int:
    """Of the file system."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize // 1024**2
