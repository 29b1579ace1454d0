"""The guide (docs/simulator.md) tells the truth."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from scenarios import TABLE

from leanib.simulator.faults import Faults
from leanib.simulator.scenario import Scenario
from leanib.simulator.simulator import Simulator

GUIDE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_every_fault_is_listed() -> None:
    """The list of faults is the one that the code has, word for word."""
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|$", GUIDE, re.MULTILINE)
    listed = {name: text for name, text in rows if name in Faults.names()}
    assert listed == Faults.names()


def test_every_scenario_is_listed() -> None:
    """The table of clients has every scenario, and nobody missed a callback."""
    for one in TABLE:
        (row,) = re.findall(rf"^\| {re.escape(one.name)} \| .*$", GUIDE, re.MULTILINE)
        assert row.endswith("| all | all |")


def test_the_first_example_runs() -> None:
    """The example as typed prints what it says."""
    code = next(block for block in blocks("python") if "MarketOrder" in block)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "Filled 100.02\n"


def test_the_scenario_file_is_one(tmp_path: Path) -> None:
    """The example of a scenario file is accepted."""
    (text,) = blocks("toml")
    path = tmp_path / "example.toml"
    path.write_text(text)
    script = Scenario(path)
    assert tomllib.loads(text)["simulator"] == script.settings
    script.apply(Simulator(**script.settings))
