"""What an editor sees after `code .` on a fresh clone: Pylance is Pyright, with the settings of pyproject.toml."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYRIGHT = shutil.which("pyright", path=str(Path(sys.executable).parent))

pytestmark = [
    pytest.mark.skipif(PYRIGHT is None, reason="needs pyright: pip install 'pyright[nodejs]'"),
    pytest.mark.slow,
]


def _pyright(*words: str) -> dict:
    done = subprocess.run(
        [PYRIGHT, "--pythonpath", sys.executable, "--outputjson", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=110,
    )
    if not done.stdout.startswith("{"):
        pytest.skip(f"pyright cannot run here: {done.stderr.strip()[-200:]}")
    return json.loads(done.stdout)


def test_the_samples_are_clean():
    """No error and no warning in basic mode."""
    answer = _pyright()
    assert answer["summary"]["filesAnalyzed"] == len(list((ROOT / "algorithms").glob("*/*.py")))
    assert [f"{each['file']}: {each['message']}" for each in answer["generalDiagnostics"]] == []


def test_a_name_of_leans_has_the_stubs_type_and_a_slip_is_seen(tmp_path):
    """Completion and hover come from quantconnect-stubs: a member that LEAN does not have is an error."""
    folder = ROOT / "algorithms" / "_pyright_probe"
    folder.mkdir()
    try:
        (folder / "main.py").write_text(
            "from AlgorithmImports import *\n\n\n"
            "class Probe(QCAlgorithm):\n"
            "    def initialize(self):\n"
            '        reveal_type(self.add_equity("SPY", Resolution.DAILY))\n'
            "        self.no_such_method()\n"
        )
        answer = _pyright(str(folder / "main.py"))
    finally:
        shutil.rmtree(folder)
    said = [each["message"] for each in answer["generalDiagnostics"]]
    assert any("Equity" in text for text in said)
    assert any('"no_such_method"' in text for text in said)
