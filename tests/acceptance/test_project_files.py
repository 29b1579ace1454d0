"""What a clone offers besides the product: the editor's tasks, the container to work in, the release, the forms."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import json5
import pytest
import yaml
from packaging.requirements import Requirement

from leanib.cli.main import summaries

ROOT = Path(__file__).parents[2]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def _json(name: str) -> Any:
    return json5.loads((ROOT / name).read_text())


def _made(text: str) -> list[str]:
    return re.findall(r"\bmake ([a-z][a-z -]*)", re.sub(r"#.*", "", text))


@pytest.mark.parametrize(
    "text",
    [
        *(task["command"] for task in _json(".vscode/tasks.json")["tasks"]),
        _json(".devcontainer/devcontainer.json")["postCreateCommand"],
        "\n".join(re.findall(r"```bash\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)),
        (ROOT / ".github/workflows/release.yml").read_text(),
    ],
    ids=lambda text: text[:30].replace("\n", " "),
)
def test_what_is_made_can_be_made(text: str) -> None:
    """Every target that a task, the container, the page or the workflow names is one of the Makefile's."""
    named = {word for words in _made(text) for word in words.split() if word}
    assert named - TARGETS == set()


def test_a_first_backtest_waits_for_nothing_but_what_strategies_need() -> None:
    """The packages of our own tests and of the guide, most of them, come when they are asked for."""
    needs = dict(re.findall(r"^([a-z-]+): \$\((STAMP|DEVELOPER)\)", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {name for name, stamp in needs.items() if stamp == "STAMP"} >= {"backtest", "paper", "demo"}
    assert {name for name, stamp in needs.items() if stamp == "DEVELOPER"} >= {"test", "test-all", "lint", "docs"}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_is_installed_first_runs_strategies_and_their_tests(tmp_path: Path) -> None:
    """In an environment of its own, with the settings of the clone."""
    [extras] = set(re.findall(r"-e '\.(\[[a-z,]+\])'", (ROOT / "Makefile").read_text())) - {"[dev]"}
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "uv", "venv", "-q", str(tmp_path / "venv")], check=True, timeout=120)
    install = [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", str(python), f"{ROOT}{extras}"]
    subprocess.run(install, check=True, timeout=400)
    ignored = shutil.ignore_patterns("backtests", "live", "__pycache__")
    shutil.copytree(ROOT / "algorithms" / "daily_momentum", tmp_path / "algorithms" / "daily_momentum", ignore=ignored)
    for name in ("lean.json", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data")
    for words in (["leanib", "backtest", "algorithms/daily_momentum"], ["pytest", "-q", "algorithms"]):
        command = [str(python), "-m", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_editor_starts_what_is_there() -> None:
    """F5 runs a module of ours or one that is installed, with a command that exists."""
    for entry in _json(".vscode/launch.json")["configurations"]:
        if entry["request"] != "launch":
            continue
        assert importlib.util.find_spec(entry["module"]) is not None
        if entry["module"] == "leanib":
            assert entry["args"][0] in summaries()
    assert _json(".vscode/settings.json")["python.testing.pytestEnabled"] is True


def test_the_container_uses_the_environment_that_make_makes() -> None:
    """And publishes no port of its own accord."""
    container = _json(".devcontainer/devcontainer.json")
    settings = container["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"].endswith("/.venv/bin/python")
    assert {port["onAutoForward"] for port in container["portsAttributes"].values()} == {"silent"}


def test_the_container_is_of_a_debian_for_which_its_docker_is_made() -> None:
    """Without a name the image is of the newest Debian; Moby, the feature's default, ends with bookworm."""
    container = _json(".devcontainer/devcontainer.json")
    [feature] = container["features"]
    assert feature.startswith("ghcr.io/devcontainers/features/docker-in-docker:")
    assert container["image"].endswith("-bookworm")


def test_the_container_has_the_extensions_that_the_settings_speak_of() -> None:
    """All of them are also recommended outside of it."""
    inside = set(_json(".devcontainer/devcontainer.json")["customizations"]["vscode"]["extensions"])
    assert inside <= set(_json(".vscode/extensions.json")["recommendations"])
    assert {"ms-python.python", "ms-python.debugpy", "charliermarsh.ruff"} <= inside


def test_the_release_publishes_what_was_built_and_keeps_no_token() -> None:
    """Only the publishing job may ask for an identity, and it runs after the checks."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in build
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["needs"] == "build"
    assert "secrets." not in str(workflow)


def test_dependencies_are_bounded_on_both_sides() -> None:
    """But for those that are numbered by date or build, whose next version says nothing of what it breaks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = {name: needed for name, needed in project["optional-dependencies"].items() if name not in ("dev", "docs")}
    by_date = {"distributed", "quantconnect-stubs", "stamina", "structlog", "tzdata"}
    for line in (*project["dependencies"], *(one for needed in extras.values() for one in needed)):
        requirement = Requirement(line)
        operators = {one.operator for one in requirement.specifier}
        bounded = operators >= {">=", "<"} or "==" in operators
        assert bounded or requirement.name in by_date, line


def test_the_changelog_has_the_version() -> None:
    """The release refuses a tag without it."""
    assert re.search(rf"^## {re.escape(VERSION)}", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("form", sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")), ids=lambda form: form.name)
def test_a_form_is_whole(form: Path) -> None:
    """Each field has a label, ids differ, something is required."""
    content = yaml.safe_load(form.read_text())
    if form.name == "config.yml":
        assert content["blank_issues_enabled"] is True
        return
    fields = [field for field in content["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields)
    assert all(field["attributes"]["label"] for field in fields)
    assert any(field.get("validations", {}).get("required") for field in fields)
