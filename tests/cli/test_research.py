"""`leanib research`, and the notebook that it begins with."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from leanib.cli.main import main
from leanib.demo.gateway import free_port
from leanib.scaffold.notebook import make_notebook

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "algorithms" / "daily_momentum" / "research.ipynb"
UNIVERSE = ROOT / "algorithms" / "liquid_momentum" / "research.ipynb"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere"], "nowhere is no folder"),
        ([".", "--port", "99999"], "--port takes a number from 1 to 65535, not 99999"),
        ([".", "--port", "0"], "--port takes a number"),
    ],
)
def test_bad_input_is_one_sentence(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Exit code 2, no traceback, no notebook left behind."""
    monkeypatch.chdir(tmp_path)
    assert main(["research", *words]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_without_jupyter_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """And makes nothing."""
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jupyterlab" else found(name))
    monkeypatch.chdir(tmp_path)
    assert main(["research"]) == 2
    assert "pip install 'leanib[research]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_notebook_of_a_new_folder_runs(tmp_path: Path) -> None:
    """As Jupyter runs it, in a copy of the project: figures, and LEAN's statistics."""
    shutil.copy(ROOT / "lean.json", tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data")
    path = make_notebook(tmp_path)
    notebook = _run(path)
    kinds = [kind for cell in notebook.cells for output in cell.get("outputs", ()) for kind in output.get("data", ())]
    assert kinds.count("application/vnd.plotly.v1+json") == 2
    assert "Sharpe Ratio" in json.dumps(notebook.cells[-1].outputs)


def test_the_samples_notebook_is_the_one_that_is_made(tmp_path: Path) -> None:
    """One text, kept in one place."""
    assert SAMPLE.read_text() == make_notebook(tmp_path).read_text()


def test_the_notebook_about_a_universe_runs(tmp_path: Path) -> None:
    """Whom it chose, month by month, and what its members gained: two figures and a table."""
    shutil.copy(ROOT / "lean.json", tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data")
    shutil.copy(UNIVERSE, tmp_path)
    notebook = _run(tmp_path / UNIVERSE.name)
    kinds = [kind for cell in notebook.cells for output in cell.get("outputs", ()) for kind in output.get("data", ())]
    assert kinds.count("application/vnd.plotly.v1+json") == 2
    assert "the strongest third" in json.dumps(notebook.cells[-1].outputs)


def test_every_sample_notebook_is_run() -> None:
    """None that is added later is forgotten here; none is kept with what it showed the last time."""
    found = sorted((ROOT / "algorithms").glob("*/*.ipynb"))
    assert found == sorted([SAMPLE, UNIVERSE])
    cells = [cell for path in found for cell in json.loads(path.read_text())["cells"]]
    assert [cell["outputs"] for cell in cells if cell.get("outputs")] == []


def _run(path: Path) -> Any:
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}})
    return client.execute()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_jupyter_lab_opens_in_the_strategys_folder(tmp_path: Path) -> None:
    """With what the extra installs: a server on 127.0.0.1 with a token, and the notebook in it."""
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "uv", "venv", "-q", str(tmp_path / "venv")], check=True, timeout=120)
    install = [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", str(python), f"{ROOT}[research]"]
    subprocess.run(install, check=True, timeout=400)
    folder = tmp_path / "strategy"
    folder.mkdir()
    port = free_port()
    words = [str(python), "-m", "leanib", "research", str(folder), "--port", str(port), "--no-open", "--allow-root"]
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "JUPYTER_CONFIG_DIR": str(tmp_path)}
    log = (tmp_path / "log").open("w+")
    server = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT, env=environment)
    try:
        token = _token(Path(log.name), time.monotonic() + 60)
        address = f"http://127.0.0.1:{port}/api/contents?token={token}"
        with urllib.request.urlopen(address, timeout=30) as answer:
            names = [entry["name"] for entry in json.load(answer)["content"]]
        assert names == ["research.ipynb"]
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/contents", timeout=30)
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _token(log: Path, deadline: float) -> str:
    while time.monotonic() < deadline:
        found = re.search(r"token=(\w+)", log.read_text())
        if found:
            return found[1]
        time.sleep(0.2)
    raise AssertionError(log.read_text())
