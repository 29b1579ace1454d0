"""The embedded engine live in a container: by the unmodified `lean` CLI, and as the compose service `strategy`.

One project, the simulator in the Gateway's place. The strategy really trades: bars of the simulator's ticks, one order
through journal and limits. Each test asks by a fixture for what it needs, so that they may run in any order.
"""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import time
from collections.abc import Iterator

import pytest
from tests.containers.gateway_stand import docker
from tests.containers.test_trading import command_lines
from tests.containers.trading_stand import ACCOUNT, PASSWORD, TradingStand

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

ALGORITHM = """
from AlgorithmImports import *

class Hold(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2010, 1, 4)
        self.set_end_date(2010, 1, 29)
        self.set_benchmark(lambda time: 0)
        if self.live_mode:
            self.share = self.add_equity("SPY", Resolution.SECOND).symbol
        else:
            self.share = self.add_equity("IBM", Resolution.DAILY).symbol
        if self.get_parameter("start-error"):
            raise ValueError(self.get_parameter("start-error"))

        self.wants = True

    def on_data(self, data):
        self.log(f"invested {self.portfolio.invested}, open {len(self.transactions.get_open_orders())}")
        if self.portfolio.invested:
            self.wants = bool(self.get_parameter("again"))
        elif self.wants and not self.transactions.get_open_orders():
            self.market_order(self.share, 1)
"""
NAMES = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


@pytest.fixture(scope="module")
def stand(services_image, engine_image, tmp_path_factory) -> Iterator[TradingStand]:
    """The Gateway is up, the exchange never closes; nothing is deployed yet."""
    stand = TradingStand(tmp_path_factory.mktemp("embedded"), services_image)
    stand.image = engine_image
    stand.write_rules(fresh_login=150)  # it dials once a minute after its first tries
    (stand.root / "algorithms/hold/main.py").write_text(ALGORITHM)
    database = stand.root / "data/market-hours/market-hours-database.json"
    content = json.loads(database.read_text())
    always = [{"start": "00:00:00", "end": "1.00:00:00", "state": "market"}]
    content["entries"]["Equity-usa-[*]"].update(dict.fromkeys(NAMES, always), holidays=[], earlyCloses={})
    database.write_text(json.dumps(content))
    address = stand.environment.pop("LEANIB_ALERT_URLS")
    secret = stand.root / "secrets" / "alerts"
    secret.parent.mkdir()
    secret.write_text(address + "\n")
    secret.chmod(0o600)
    stand.environment["XDG_STATE_HOME"] = str(stand.root.parent / "state")
    try:
        stand.leanib("gateway", "up", "--simulator")
        yield stand
    finally:
        if is_recorded(stand):
            docker("rm", "--force", "--volumes", stand.record["container"], check=False)
        stand.remove()


@pytest.fixture
def free(stand: TradingStand) -> TradingStand:
    """Nothing is deployed."""
    parameters(stand)
    if is_recorded(stand) and stand.record["wanted"] == "running":
        stand.leanib("stop", check=None)
    return stand


@pytest.fixture
def by_cli(free: TradingStand) -> TradingStand:
    """The CLI's container trades and holds its share."""
    free.leanib("deploy", "algorithms/hold", "--image", free.image)
    bought(free)
    return free


@pytest.fixture
def served(stand: TradingStand) -> TradingStand:
    """The service trades and holds its share; nobody watches."""
    if not serves(stand):
        if is_recorded(stand):
            stand.leanib("stop", check=None)
        parameters(stand)
        stand.leanib("deploy", "algorithms/hold", "--engine", "embedded", "--image", stand.image)
    bought(stand)
    return stand


@pytest.fixture
def monitored(served: TradingStand) -> Iterator[TradingStand]:
    """A monitor watches it and finds nothing wrong."""
    served.start_monitor()
    served.until(lambda: served.beat["status"] == "all is well", 90, "well")
    served.mailbox.messages.clear()
    yield served
    if served.monitor is not None:
        served.end_monitor()


def is_recorded(stand: TradingStand) -> bool:
    """Whether anything was ever deployed."""
    return (stand.root / "storage/operations/deployment-paper.json").is_file()


def serves(stand: TradingStand) -> bool:
    """Whether the service runs."""
    if not is_recorded(stand) or (stand.record["engine"], stand.record["wanted"]) != ("embedded", "running"):
        return False
    return stand.record["container"] in docker("ps", "--format", "{{.Names}}").split()


def parameters(stand: TradingStand, **values: str) -> None:
    """Of the project's config.json."""
    file = stand.root / "algorithms/hold/config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "parameters": values}))


def bought(stand: TradingStand) -> dict:
    """The account, once the share is there."""
    stand.until(lambda: stand.account()["positions"] == {"SPY": "1"}, 90, "bought\n" + stand.leanib("logs").stdout)
    return stand.account()


def inspect(name: str) -> dict:
    """What Docker says of a container."""
    return json.loads(docker("inspect", name))[0]


def test_the_clis_container_trades_stops_and_goes_on(free: TradingStand):
    """`lean live deploy --image leanib/engine`: it buys; the CLI's own stop ends it; redeployed it buys nothing."""
    stand = free
    done = stand.leanib("deploy", "algorithms/hold", "--image", stand.image)
    assert "algorithms/hold trades" in done.stdout
    (name,) = stand.leans()
    first = bought(stand)
    assert first["orders"] == []
    assert stand.leanib("status").stdout.startswith("state      trading")
    stopped = stand.lean.run("live", "stop", "algorithms/hold")
    stand.until(lambda: name not in docker("ps", "--format", "{{.Names}}"), 60, stopped.stdout)
    assert stand.account() | {"at": ""} == first | {"at": ""}
    done = stand.leanib("redeploy")
    (again,) = stand.leans()
    assert again != name
    assert "it took over from the account: 1 SPY" in done.stdout
    log = stand.root / stand.record["output"] / "log.txt"
    stand.until(lambda: "invested True" in log.read_text(), 60, "data after the new start")
    assert stand.account()["fills"] == first["fills"]
    assert "its positions and open orders stay" in stand.leanib("stop").stdout
    assert stand.leans() == []


def test_the_clis_container_sells_all_when_it_is_told(by_cli: TradingStand):
    """`leanib liquidate` by the CLI's command, then it is stopped; nothing is bought anew."""
    stand = by_cli
    stand.leanib("liquidate", "--yes")
    assert stand.leans() == []
    assert stand.account()["positions"] == {}


def test_it_is_deployed_as_a_service_and_shows_nobody_a_secret(free: TradingStand):
    """Checked, started by compose, it trades; process list, log, output and inspect are clean."""
    stand = free
    process = stand.in_background(
        "deploy.out", "deploy", "algorithms/hold", "--engine", "embedded", "--image", stand.image
    )
    lines: set[str] = set()
    while process.poll() is None:
        lines |= command_lines()
        time.sleep(0.1)
    said, seen = (stand.root / "deploy.out").read_text(), "\n".join(lines)
    assert process.returncode == 0, said
    assert "algorithms/hold trades" in said
    name = stand.record["container"]
    bought(stand)
    shown = seen + said + docker("inspect", name) + docker("top", name) + docker("logs", name)
    assert PASSWORD not in shown
    assert stand.mailbox.address not in shown
    assert ACCOUNT not in seen + said + docker("inspect", name)
    release = stand.root / "storage/operations" / f"release-{name}"
    assert stat.S_IMODE(release.stat().st_mode) == 0o700
    copies = [file.read_text() for file in release.rglob("*") if file.is_file() and file.suffix != ".pyc"]
    assert PASSWORD not in "".join(copies)
    assert stand.leanib("status").stdout.startswith("state      trading")
    assert "Begin DataStream" in stand.leanib("logs").stdout


def test_the_service_is_shut_in_and_healthy(served: TradingStand):
    """Read-only, no capability, limits, no Docker; writable are the results, the journal's folder, the user's state."""
    stand = served
    found = inspect(stand.record["container"])
    host = found["HostConfig"]
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert any("no-new-privileges" in option for option in host["SecurityOpt"])
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    assert host["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 3}
    assert found["Config"]["User"] == f"{os.getuid()}:{os.getgid()}"
    writable = {mount["Destination"] for mount in found["Mounts"] if mount["RW"]}
    assert writable == {"/Storage", "/Results", "/state/leanib"}
    assert not any("docker.sock" in mount["Source"] for mount in found["Mounts"])
    assert docker("exec", found["Id"], "ls", "/Storage/operations") == ""
    health = lambda: inspect(found["Id"])["State"]["Health"]["Status"]  # noqa: E731
    stand.until(lambda: health() == "healthy", 120, "healthy")
    assert (stand.root / "storage/orders-paper.sqlite3").is_file()
    assert order_numbers(stand)
    assert stand.leanib("order", "list").returncode == 0


def test_a_second_one_is_refused_by_either_engine(served: TradingStand):
    """One sentence, and the first one goes on."""
    stand = served
    for words in ([], ["--engine", "embedded"]):
        done = stand.leanib("deploy", "algorithms/hold", "--image", stand.image, *words, check=2)
        assert "runs on the paper account already" in done.stderr
    done = stand.leanib("live", "algorithms/hold", check=None, deadline=120)
    assert done.returncode == 2, done.stderr
    assert inspect(stand.record["container"])["State"]["Running"]


def test_killed_it_is_started_again_by_docker_and_doubles_nothing(served: TradingStand):
    """A SIGKILL inside, as of the kernel's: the same order numbers go on, nothing is bought twice."""
    stand = served
    name, before = stand.record["container"], stand.account()
    numbers = order_numbers(stand)
    killed, restarts = inspect(name)["State"]["StartedAt"], inspect(name)["RestartCount"]
    starts = log_of(stand).count("Begin DataStream")
    docker("exec", name, "python", "-c", KILL)
    stand.until(lambda: inspect(name)["State"]["StartedAt"] != killed, 60, "started again")
    stand.until(lambda: log_of(stand).count("Begin DataStream") == starts + 1, 90, "trading again")
    seen = log_of(stand).count("invested True")
    stand.until(lambda: log_of(stand).count("invested True") > seen, 60, "data again")
    after = stand.account()
    assert (after["positions"], after["orders"], after["fills"]) == ({"SPY": "1"}, [], before["fills"])
    assert order_numbers(stand) == numbers
    assert inspect(name)["RestartCount"] == restarts + 1
    assert stand.leanib("status").stdout.startswith("state      trading")


def test_the_gateway_gone_and_back_it_logs_in_by_itself(monitored: TradingStand):
    """Disconnected is said, healthy it is not; then it goes on, and the monitor leaves it alone."""
    stand = monitored
    name = stand.record["container"]
    losses = log_of(stand).count("Interactive Brokers is not reached")
    returns = log_of(stand).count("Interactive Brokers is reached again")
    started = inspect(name)["State"]["StartedAt"]
    docker("kill", stand.gateway)
    stand.until(lambda: log_of(stand).count("Interactive Brokers is not reached") > losses, 60, "lost")
    stand.until(lambda: stand.leanib("status", check=None).stdout.startswith("state      disconnected"), 30, "said")
    stand.until(lambda: log_of(stand).count("Interactive Brokers is reached again") > returns, 150, "back")
    stand.until(lambda: stand.beat["status"] == "all is well", 120, "well again")
    assert inspect(name)["State"]["StartedAt"] == started
    assert stand.account()["positions"] == {"SPY": "1"}


def test_the_monitor_starts_again_what_docker_does_not(monitored: TradingStand):
    """`docker kill` counts as stopped by hand, so Docker leaves it; the monitor asks the account and starts it."""
    stand = monitored
    name, before = stand.record["container"], stand.account()
    generation = stand.record["generation"]
    docker("kill", name)
    again = lambda: stand.record["generation"] > generation and inspect(name)["State"]["Running"]  # noqa: E731
    stand.until(again, 90, "started")
    stand.until(lambda: stand.beat["status"] == "all is well", 120, "well")
    stand.until(lambda: "-lean-down" in stand.mailbox.keys, 60, "told")
    after = stand.account()
    assert (after["positions"], after["fills"]) == ({"SPY": "1"}, before["fills"])


def test_it_is_stopped_and_redeployed_with_the_code_of_then(served: TradingStand):
    """`leanib stop`: exit code 0, positions stay. `leanib redeploy` takes today's code; the old copy is gone."""
    stand = served
    name = stand.record["container"]
    assert "its positions and open orders stay" in stand.leanib("stop").stdout
    assert name not in docker("ps", "-a", "--format", "{{.Names}}")
    assert stand.leanib("status").stdout.startswith("state      stopped")
    assert stand.account()["positions"] == {"SPY": "1"}
    main = stand.root / "algorithms/hold/main.py"
    main.write_text(main.read_text().replace('f"invested', 'f"anew, invested'))
    done = stand.leanib("redeploy")
    assert "it took over from the account: 1 SPY" in done.stdout
    stand.until(lambda: "anew, invested True" in log_of(stand), 60, "today's code")
    releases = [folder.name for folder in (stand.root / "storage/operations").glob("release-*")]
    assert releases == [f"release-{stand.record['container']}"]


def test_an_error_of_its_own_is_told_and_not_started_again(served: TradingStand):
    """Docker tries three times and each is refused before anything is sent; then a person mends it."""
    stand = served
    stand.leanib("stop")
    parameters(stand, **{"start-error": "no such symbol"})
    done = stand.leanib("redeploy", check=None)
    assert done.returncode in (1, 2)
    assert "no such symbol" in done.stderr + done.stdout
    parameters(stand)
    stand.leanib("redeploy")
    assert stand.account()["positions"] == {"SPY": "1"}


def test_liquidate_asks_and_leaves_a_flat_account(served: TradingStand):
    """Without an answer nothing is sold; one that buys whenever it holds nothing does not buy in between."""
    stand = served
    stand.leanib("stop")
    parameters(stand, again="yes")
    stand.leanib("redeploy")
    done = stand.leanib("liquidate", check=None)
    assert done.returncode != 0
    assert stand.account()["positions"] == {"SPY": "1"}
    assert "the account holds nothing" in stand.leanib("liquidate", "--yes").stdout
    assert stand.account()["positions"] == {}
    assert stand.record["wanted"] == "stopped"


KILL = """
import os, signal
from pathlib import Path
for file in Path("/proc").glob("[0-9]*/cmdline"):
    words = file.read_bytes().split(b"\\0")
    if b"leanib.operations.strategy" in words and int(file.parent.name) not in (1, os.getpid()):
        os.kill(int(file.parent.name), signal.SIGKILL)
"""


def log_of(stand: TradingStand) -> str:
    """log.txt of the deployment."""
    file = stand.root / stand.record["output"] / "log.txt"
    return file.read_text() if file.is_file() else ""


def order_numbers(stand: TradingStand) -> list[int]:
    """Of the journal."""
    with sqlite3.connect(f"file:{stand.root}/storage/orders-paper.sqlite3?mode=ro", uri=True) as connection:
        return [row[0] for row in connection.execute("select order_id from orders order by 1")]
