"""lean.json, the strategies' folders and the editor's files are what their readers expect."""

from __future__ import annotations

import json
import re
from pathlib import Path

import json5
import pytest

from leanib.engine.configuration import find_lean_json, load_configuration, parse_json

ROOT = Path(__file__).parents[2]
SECRETS = ("ib-user-name", "ib-password")
STRATEGIES = sorted(path.parent for path in (ROOT / "algorithms").glob("*/main.py"))


def test_lean_json_is_one_file_for_both():
    """The embedded engine's reader and plain JSON with comments agree on lean.json, and it has what the CLI needs."""
    text = (ROOT / "lean.json").read_text()
    settings = json5.loads(text)
    assert parse_json(text, ROOT / "lean.json") == settings
    assert re.fullmatch("[0-9a-f]{32}", settings["organization-id"])
    assert {"backtesting", "live-paper", "live-interactive"} <= set(settings["environments"])


def test_lean_json_holds_no_secret():
    """Nothing that opens an account is committed; LEAN wants a name and a password even where it logs in nowhere."""
    settings = json5.loads((ROOT / "lean.json").read_text())
    assert [settings[key] for key in ("ib-account", "api-access-token")] == ["", ""]
    placeholder = ("", "external-gateway")  # for a Gateway that somebody else has logged in
    secrets = [where.get(key, "") for where in (settings, *settings["environments"].values()) for key in SECRETS]
    assert [secret for secret in secrets if secret not in placeholder] == []
    assert settings["ib-trading-mode"] == "paper"


def test_the_engine_finds_the_sample_data():
    """From a strategy's folder the engine finds lean.json, and the data folder next to it."""
    found = find_lean_json(STRATEGIES[0])
    assert found == ROOT / "lean.json"
    assert load_configuration(STRATEGIES[0]).data_folder() == ROOT / "data"


@pytest.mark.parametrize("folder", STRATEGIES, ids=lambda folder: folder.name)
def test_strategy_folder(folder):
    """Each strategy has what `lean create-project` writes, its own identity, and a page that says what it does."""
    config = json.loads((folder / "config.json").read_text())
    assert config["algorithm-language"] == "Python"
    assert all(isinstance(value, str) for value in config["parameters"].values())
    assert config["description"]
    others = [json.loads((other / "config.json").read_text())["local-id"] for other in STRATEGIES if other != folder]
    assert config["local-id"] not in others
    source = (folder / "main.py").read_text()
    assert source.startswith("# region imports\nfrom AlgorithmImports import *\n# endregion\n")
    for name in config["parameters"]:
        assert f'"{name}"' in source
    assert f"leanib backtest algorithms/{folder.name}" in (folder / "README.md").read_text()


@pytest.mark.parametrize("name", ["launch", "tasks", "settings", "extensions"])
def test_editor_files(name):
    """VS Code's files are JSON with comments."""
    assert json5.loads((ROOT / ".vscode" / f"{name}.json").read_text())


def test_environment_example_names_what_compose_reads():
    """Every variable of a Gateway's login and ports that docker-compose.yml reads is explained in .env.example."""
    explained = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    read = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    prefixes = ("TWS", "IB_PAPER", "IB_LIVE", "VNC", "TRADING", "READ")
    assert {name for name in read if name.startswith(prefixes)} <= explained
