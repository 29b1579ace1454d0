"""The embedded engine as a service: what its container is given, what starts it, what it is told."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.operations.deploy.test_deploy_plan import plan

from leanib.cli.main import main
from leanib.errors import ConfigurationError
from leanib.ib.settings import load_settings
from leanib.operations.book import Book
from leanib.operations.deploy import embedded, release
from leanib.operations.deploy.release import make_release, sweep_releases
from leanib.operations.monitor.doubts import holding_differences
from leanib.operations.strategy import health

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
SECRETS = ("login-user", "login-password", "vnc-password", "hc-token")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project with a login, alerts, limits, and a strategy x."""
    for name in ("lean.json", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "config").mkdir()
    for file in (ROOT / "config").glob("*.toml"):
        (tmp_path / "config" / file.name).write_text(file.read_text())
    (tmp_path / ".env").write_text(
        f"TWS_USERID={SECRETS[0]}\nTWS_PASSWORD={SECRETS[1]}\nVNC_SERVER_PASSWORD={SECRETS[2]}\nIB_ACCOUNT=DU7654321\n"
        f"LEANIB_DEAD_MAN_URL=https://hc-ping.com/{SECRETS[3]}\nLEANIB_RISK__MAX_ORDER_VALUE=1234\nTIME_ZONE=Europe/Oslo\n"
        "LEANIB_ALERT_URLS='json://alerts.example/token urgent=json://urgent.example/'\n"
    )
    project = tmp_path / "algorithms" / "x"
    for folder in ("backtests", "live", "__pycache__"):
        (project / folder).mkdir(parents=True)
        (project / folder / "old.json").write_text("{}")
    (project / "main.py").write_text("from AlgorithmImports import *\nclass X(QCAlgorithm):\n    pass\n")
    (project / "config.json").write_text(json.dumps({"parameters": {"size": "3"}}))
    for name in ("LEANIB_ALERT_URLS", "TIME_ZONE", "LEANIB_RISK__MAX_ORDER_VALUE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_copy_has_code_limits_and_alerts_and_nothing_of_the_login(root):
    """Its owner's only; results of other runs stay out; the account stands in the private configuration."""
    folder = make_release(plan(root, engine="embedded", container="leanib_x"), "orders.sqlite3")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    text = "".join(file.read_text() for file in files.values())
    assert not any(secret in text for secret in SECRETS)
    assert {"code/main.py", "code/config/paper.toml", "code/.env", "code/secrets/alerts", "config.json"} <= set(files)
    assert not any("old.json" in name for name in files)
    assert files["code/secrets/alerts"].read_text() == "json://alerts.example/token\nurgent=json://urgent.example/\n"
    assert stat.S_IMODE(files["code/secrets/alerts"].stat().st_mode) == 0o600
    settings = load_settings("paper", folder / "code")
    assert (settings.risk.max_order_value, settings.time_zone) == (Decimal(1234), "Europe/Oslo")
    content = json.loads(files["config.json"].read_text())
    assert content["environments"]["live-interactive"]["ib-account"] == "DU7654321"
    assert (content["parameters"], content["project-name"]) == ({"size": "3"}, "x")
    assert (content["algorithm-location"], content["leanib-journal"]) == ("/LeanCLI/main.py", "orders.sqlite3")


def test_a_strategys_own_limits_win(root):
    """In its config/, as with `leanib live` in its folder."""
    own = root / "algorithms/x/config"
    own.mkdir()
    (own / "paper.toml").write_text("[risk]\nmax_order_value = 7\n")
    folder = make_release(plan(root, engine="embedded", container="leanib_x"), "orders.sqlite3")
    assert "max_order_value = 7" in (folder / "code/config/paper.toml").read_text()
    assert (folder / "code/config/reset-windows.toml").is_file()


def test_a_copy_goes_when_its_container_is_gone(root, monkeypatch):
    """Those of containers that are there stay, and the one to come."""
    for name in ("old", "there", "next"):
        make_release(plan(root, engine="embedded", container=name), "orders.sqlite3")

    class Containers:
        def find(self, name: str) -> object:
            return type("Found", (), {"state": "exited" if name == "there" else "absent"})()

    monkeypatch.setattr(release, "LeanContainers", Containers)
    sweep_releases(root, "next")
    assert {one.name for one in (root / "storage/operations").glob("release-*")} == {"release-there", "release-next"}


def test_a_journal_elsewhere_is_refused(root, monkeypatch):
    """The container sees storage/ only; another journal would be a second book of the same account."""
    monkeypatch.setenv("LEANIB_ORDERS__JOURNAL", "elsewhere/orders.sqlite3")
    with pytest.raises(ConfigurationError, match="storage/orders-paper"):
        embedded.launch_embedded(plan(root, engine="embedded", container="leanib_x"))
    assert not (root / "storage").exists()


def test_a_dry_run_prints_the_command_of_the_service(root, monkeypatch, capsys):
    """And starts nothing."""
    monkeypatch.chdir(root)
    monkeypatch.setattr("leanib.operations.deploy.deployer._simulator_runs", lambda _root: False)
    monkeypatch.setattr("leanib.cli.deploy._refuse_second", lambda _plan: None)
    assert main(["deploy", "algorithms/x", "--engine", "embedded", "--dry-run", "--no-checks"]) == 0
    assert capsys.readouterr().out.strip() == "docker compose --profile strategy up -d strategy"
    assert not (root / "storage").exists()


def test_selling_and_stopping_are_one_command_file(tmp_path):
    """In LEAN's form, carried out in one step, so that the algorithm buys nothing in between."""
    embedded.sell_and_stop(tmp_path, 7)
    (file,) = tmp_path.iterdir()
    assert file.name == "command-7.json"
    sell, end = json.loads(file.read_text())
    assert sell == {"$type": "QuantConnect.Commands.LiquidateCommand, QuantConnect.Common", "Id": "7"}
    assert end["$type"].startswith("QuantConnect.Commands.AlgorithmStatusCommand")
    assert end["Status"] == "Stopped"


BEAT = "2026-11-24T{time}.0000000Z TRACE:: Isolator.ExecuteWithTimeLimit(): Used: 0, CurrentTimeStepElapsed: {step}."


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([BEAT.format(time="14:59:30", step="00:00.100")], ""),
        ([], "does not trade yet"),
        ([BEAT.format(time="14:55:00", step="00:00.100")], "last sign of life at 14:55:00"),
        ([BEAT.format(time="14:59:30", step="03:00.000")], "has taken 180 s"),
        (
            [
                BEAT.format(time="14:59:30", step="00:00.100"),
                "2026-11-24T14:59:40.0000000Z ERROR:: Error: Interactive Brokers is not reached: no link",
            ],
            "without the Gateway since 14:59:40",
        ),
    ],
)
def test_the_health_check_goes_by_the_loop_and_not_by_the_process(tmp_path, lines, said):
    """A heartbeat, a step that goes on, a connection."""
    (tmp_path / "log.txt").write_text("".join(f"{line}\n" for line in lines))
    found = health(tmp_path, NOW)
    assert said in found
    assert bool(said) == bool(found)
    assert "cannot be read" in health(tmp_path / "none", NOW)


def test_what_lean_counts_otherwise_is_found_in_fresh_results_only(tmp_path):
    """By ticker, of what LEAN itself lists; nothing of old results or of half an answer."""
    holdings = {"SPY R735QTJ8XC9X": {"q": 1}, "AAPL R735QTJ8XC9X": {"q": 2.0}, "GONE R735QTJ8XC9X": {"q": 0}}
    results = tmp_path / "L-1.json"
    results.write_text(json.dumps({"holdings": holdings}))
    os.utime(results, (NOW.timestamp(), NOW.timestamp()))
    book = Book(NOW, positions={"SPY": Decimal(3), "AAPL": Decimal(2), "MSFT": Decimal(5)})
    long_ago = NOW - timedelta(minutes=15)
    assert holding_differences(book, tmp_path, long_ago) == ("LEAN counts 1 SPY, the account holds 3",)
    assert holding_differences(book, tmp_path, NOW + timedelta(minutes=1)) == ()
    assert holding_differences(Book(NOW, reason="lost"), tmp_path, long_ago) == ()
    assert holding_differences(book, tmp_path / "none", long_ago) == ()
