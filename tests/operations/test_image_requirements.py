"""What our images start can be imported with what their lock files install, without building them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STARTED = {
    "services": [
        "leanib.cli.simulate", "leanib.simulator.simulator", "leanib.simulator.view", "leanib.operations.probe",
    ],
    "engine": [
        "leanib.operations.lean_launcher", "leanib.operations.lean_live",
        "leanib.operations.lean_optimizer", "leanib.operations.strategy", "leanib.engine.live.runner",
        "leanib.engine.core.engine", "leanib.operations.alerts.channels", "apprise",
    ],
    "monitor": [
        "leanib.cli.monitor", "leanib.operations.monitor.start", "leanib.operations.monitor.hands",
        "leanib.operations.monitor.doubts", "apprise", "docker", "lean",
    ],
}  # fmt: skip
PROGRAM = """
import sys
from importlib import import_module
from importlib.metadata import packages_distributions

names, started = sys.argv[1].split(","), sys.argv[2].split(",")
form = lambda name: name.lower().replace("_", "-").replace(".", "-")
there = {package: {form(one) for one in owners} for package, owners in packages_distributions().items()}

class Refuses:
    def find_spec(self, name, path=None, target=None):
        owners = there.get(name.partition(".")[0])
        if owners and not owners & {*names, "leanib"}:
            raise ModuleNotFoundError(f"No module named {name!r} in the image", name=name)
        return None

sys.meta_path.insert(0, Refuses())
for module in started:
    import_module(module)
"""


@pytest.mark.parametrize("kind", sorted(STARTED))
def test_an_image_has_what_its_programs_import(kind):
    """In a process that sees only the packages of the image's lock file."""
    lock = (ROOT / f"docker/{kind}/requirements.lock").read_text()
    names = {re.sub(r"[_.]", "-", name.lower()) for name in re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE)}
    words = [sys.executable, "-c", PROGRAM, ",".join(sorted(names)), ",".join(STARTED[kind])]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
