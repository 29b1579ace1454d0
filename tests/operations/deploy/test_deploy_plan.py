"""The call of the lean CLI, the private configuration, the record of what is deployed."""

from __future__ import annotations

import contextlib
import json
import stat
from pathlib import Path

import json5
import pytest

from leanib.cli.main import main
from leanib.errors import ConfigurationError, LeanIBError, UsageError
from leanib.operations.deploy import Deployment, DeployPlan, load_deployment, only_deployment, save_deployment
from leanib.operations.deploy.plan import ENVIRONMENT, PLACEHOLDER

ROOT = Path(__file__).parents[3]


def plan(root: Path, **changes) -> DeployPlan:
    """A plan for the project in `root`."""
    given = {
        "root": root, "project": "algorithms/x", "mode": "paper", "account": "DU7654321", "ib_host": "ib-gateway",
        "ib_port": 4004, "image": "quantconnect/lean:1", "container": "lean_cli_x_paper_1",
        "output": "algorithms/x/live/1",
    }  # fmt: skip
    return DeployPlan(**{**given, **changes})


@pytest.fixture
def root(tmp_path):
    """A folder with the project's lean.json."""
    (tmp_path / "lean.json").write_text((ROOT / "lean.json").read_text())
    return tmp_path


def test_the_command_names_gateway_image_and_container_and_no_secret(root):
    """The account stands in the private file, not in the process list."""
    words = plan(root).words(Path("/private.json"))
    assert words[:3] == ["live", "deploy", "algorithms/x"]
    for option, value in {
        "--environment": ENVIRONMENT, "--lean-config": "/private.json", "--ib-host": "ib-gateway", "--ib-port": "4004",
        "--image": "quantconnect/lean:1", "--output": str(root / "algorithms/x/live/1"),
    }.items():  # fmt: skip
        assert words[words.index(option) + 1] == value
    assert {"--detach", "--no-update"} <= set(words)
    assert "DU7654321" not in plan(root).shown()
    assert "verbose" not in plan(root).shown()
    assert "DU7654321" not in repr(Deployment("p", "paper", "DU7654321", "i", "c", "o", "g:1", ""))


def test_the_private_configuration_is_for_its_owner_and_gone_afterwards(root):
    """Mode 0600 from its first byte, beside lean.json, removed also after an error."""
    with contextlib.suppress(RuntimeError), plan(root).private_config() as file:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.parent == root
        content = json.loads(file.read_text())
        environment = content["environments"][ENVIRONMENT]
        assert environment["ib-account"] == content["ib-account"] == "DU7654321"
        assert (environment["ib-host"], environment["ib-port"]) == ("ib-gateway", "4004")
        assert environment["ib-password"] == PLACEHOLDER
        assert content["project-name"] == "x"
        raise RuntimeError
    assert not list(root.glob(".lean-*"))


def test_private_configurations_are_kept_out_of_commits():
    """By .gitignore."""
    assert "/.lean-*.json" in (ROOT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "::1", ""])
def test_no_plan_lets_lean_start_a_gateway_of_its_own(root, host):
    """A local address makes LEAN log in itself, with the user of the shared Gateway."""
    with pytest.raises(UsageError, match="leanib gateway up"):
        plan(root, ib_host=host)


def test_lean_json_sends_the_bare_command_to_the_shared_gateway():
    """In every live environment and at the top, where the CLI's interactive form looks."""
    content = json5.loads((ROOT / "lean.json").read_text())
    live = {name: one for name, one in content["environments"].items() if one["live-mode"]}
    assert set(live) == {"live-paper", "live-interactive"}
    for place in (content, *live.values()):
        assert (place["ib-host"], place["ib-port"]) == ("ib-gateway", "4004")
    for one in live.values():
        assert one["live-mode-brokerage"]
        assert one["data-queue-handler"]
        assert one["history-provider"]
    assert content["ib-password"] == PLACEHOLDER


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read"),
        ("[]", "must hold an object"),
        ("{}", f"no environment '{ENVIRONMENT}'"),
        ('{"environments": {"live-interactive": {"live-mode": true}}}', "no 'live-mode-brokerage'"),
    ],
)
def test_a_broken_lean_json_is_named(root, text, words):
    """One sentence with the file and the remedy."""
    (root / "lean.json").write_text(text)
    with pytest.raises(ConfigurationError, match=words) as error:
        plan(root).configuration()
    assert "lean.json" in str(error.value)


def test_a_deployment_is_remembered_for_its_owner(tmp_path):
    """Whole, mode 0600, one a mode."""
    one = Deployment("algorithms/x", "paper", "DU1", "i", "c", "o", "g:4004", "simulator", changed=("a", "b"))
    save_deployment(tmp_path, one)
    assert load_deployment(tmp_path, "paper") == one
    assert load_deployment(tmp_path, "live") is None
    (file,) = (tmp_path / "storage/operations").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(ConfigurationError, match="leave --live out"):
        only_deployment(tmp_path, live=True)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"mode": 1}'])
def test_a_broken_record_is_said_and_kept(tmp_path, text):
    """Nothing is guessed from it; the person is told how to find LEAN."""
    file = tmp_path / "storage/operations/deployment-paper.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(ConfigurationError, match="docker ps"):
        load_deployment(tmp_path, "paper")
    assert file.read_text() == text


def test_a_record_of_a_later_version_is_read(tmp_path):
    """Keys that this version does not know are left aside."""
    one = Deployment("algorithms/x", "paper", "DU1", "i", "c", "o", "g:4004", "")
    save_deployment(tmp_path, one)
    (file,) = (tmp_path / "storage/operations").iterdir()
    file.write_text(json.dumps({**json.loads(file.read_text()), "new": 1}))
    assert load_deployment(tmp_path, "paper") == one


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["deploy"], "see `leanib deploy --help`"),
        (["deploy", "algorithms/nope"], "algorithms/nope does not exist"),
        (["deploy", "algorithms/daily_momentum", "--engine", "nonsense"], "see `leanib deploy --help`"),
        (["deploy", "algorithms/daily_momentum", "--no-checks"], "nothing is started unchecked"),
        (["deploy", "algorithms/daily_momentum", "--ib-host", "gw", "--dry-run"], "--ib-port"),
        (["deploy", "algorithms/daily_momentum", "--ib-host", "localhost", "--ib-port", "4001"], "leanib gateway up"),
        (["status"], "nothing is deployed on the paper account"),
        (["stop", "--live"], "nothing is deployed on the live account"),
        (["redeploy"], "nothing is deployed"),
        (["liquidate", "--yes"], "nothing is deployed"),
        (["logs"], "nothing is deployed"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(words, said, monkeypatch, capsys, tmp_path):
    """Exit code 2, no traceback."""
    for name in ("lean.json", "algorithms", "config"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("leanib.operations.deploy.deployer._simulator_runs", lambda _root: False)
    assert main(words) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.startswith("leanib: ")
    assert told.count("\n") == 1


def test_a_dry_run_prints_the_exact_command(monkeypatch, capsys, tmp_path):
    """Ready to be pasted; nothing is started or written."""
    for name in ("lean.json", "algorithms", "config"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IB_ACCOUNT", "DU7654321")
    monkeypatch.setattr("leanib.operations.deploy.deployer._simulator_runs", lambda _root: False)
    monkeypatch.setattr("leanib.cli.deploy._refuse_second", lambda _plan: None)
    assert main(["deploy", "algorithms/daily_momentum", "--dry-run", "--no-checks", "--image", "my/lean:3"]) == 0
    printed = capsys.readouterr().out.strip()
    assert printed.startswith("lean live deploy algorithms/daily_momentum --environment live-interactive")
    assert "--ib-host ib-gateway --ib-port 4004 --image my/lean:3" in printed
    assert "DU7654321" not in printed
    assert not (tmp_path / "storage").exists()


def test_the_live_account_needs_its_id_and_takes_the_live_port(monkeypatch, capsys, tmp_path):
    """`--live` takes a value; the port inside is that of the live account."""
    for name in ("lean.json", "algorithms", "config"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("leanib.operations.deploy.deployer._simulator_runs", lambda _root: False)
    monkeypatch.setattr("leanib.cli.deploy._refuse_second", lambda _plan: None)
    assert main(["deploy", "algorithms/daily_momentum", "--live"]) == 2
    capsys.readouterr()
    words = ["deploy", "algorithms/daily_momentum", "--live", "U1234567", "--dry-run", "--no-checks"]
    assert main(words) == 0
    assert "--ib-port 4003" in capsys.readouterr().out


def test_an_algorithm_that_fails_is_seen_before_money_is_near(tmp_path):
    """The dry backtest's exit code decides, its last line is the reason."""
    from leanib.operations.deploy.dry_run import check_algorithm

    for name in ("lean.json", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    folder = tmp_path / "algorithms" / "bad"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text("from AlgorithmImports import *\n1 / 0\n")
    finding = check_algorithm(tmp_path, "algorithms/bad")
    assert finding.fault == "algorithm-fails"
    assert "division by zero" in finding.text
    assert finding.remedy == "leanib backtest algorithms/bad"


def test_errors_are_the_projects_own():
    """So that a command ends with a sentence."""
    from leanib.operations.deploy import DeployFailed

    assert issubclass(DeployFailed, LeanIBError)
