"""The guide (docs/simulator.md) tells the truth."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from raw import Raw
from scenarios import TABLE

from leanib.simulator import capabilities
from leanib.simulator.faults import Faults
from leanib.simulator.orders.kinds import Level
from leanib.simulator.protocol.ids import Request
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


def test_the_tables_of_capabilities_are_the_codes() -> None:
    """As the module prints them; every request is named, and what has no handler is refused."""
    shown = GUIDE.partition("<!-- capabilities -->")[2].partition("<!-- /capabilities -->")[0].strip()
    assert shown == capabilities.tables()
    listed = list(capabilities.requests())
    assert [request for request, *_ in listed] == sorted(set(Request), key=[request for request, *_ in listed].index)
    assert len({api for _, api, _, _ in listed}) == len(Request)
    refused = {request for request, _, level, _ in listed if level is Level.REFUSED}
    assert capabilities.unhandled() <= refused
    assert all(words for _, _, level, words in listed if level is not Level.AS_IB)
    assert all(how for _, level, _, how in capabilities.order_types() if level is not Level.AS_IB)


async def test_what_is_refused_is_refused_and_the_rest_is_not(simulator: Simulator) -> None:
    """Each request without arguments but an id: the refused ones end in an error, those that need none do not."""
    for request, api, level, words in capabilities.requests():
        raw = await Raw.login(simulator, 50 + request)
        raw.send(int(request), *["1"] * 20)
        codes = [fields[3] for fields in await raw.pending() if fields[0] == "4"]
        if level is Level.REFUSED:
            assert codes, api
            assert codes[-1] in words, (api, codes)
        await raw.close()


def test_the_tests_of_the_guide_run_as_they_stand(tmp_path: Path) -> None:
    """The snippet, pasted into a file."""
    code = next(block for block in blocks("python") if "pytest_plugins" in block)
    (tmp_path / "test_snippet.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "test_snippet.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert "2 passed" in done.stdout, done.stdout


def test_the_scenario_file_is_one(tmp_path: Path) -> None:
    """The example of a scenario file is accepted."""
    (text,) = blocks("toml")
    path = tmp_path / "example.toml"
    path.write_text(text)
    script = Scenario(path)
    assert tomllib.loads(text)["simulator"] == script.settings
    script.apply(Simulator(**script.settings))
