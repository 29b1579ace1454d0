"""The unmodified `lean` CLI with the engine image behind LEAN's container contract."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.containers.images import ROOT
from tests.containers.lean_cli import LeanCli, result_of

pytestmark = [pytest.mark.docker, pytest.mark.timeout(1200)]

STRATEGIES = sorted(path.parent.name for path in (ROOT / "algorithms").glob("*/main.py"))


@pytest.mark.parametrize("name", STRATEGIES)
def test_sample_strategies_get_the_hosts_numbers(lean: LeanCli, engine_image, tmp_path, name):
    """Statistics and order hash of every sample strategy are those of `leanib backtest`, to the last digit."""
    folder = lean.root / "backtest-output" / name
    done = lean.run(
        "backtest", f"algorithms/{name}", "--image", engine_image, "--no-update", "--output", str(folder)
    )
    assert done.returncode == 0, done.stdout
    assert "Successfully ran" in done.stdout
    words = ["backtest", str(lean.root / "algorithms" / name), "--json", "--no-report", "--output", str(tmp_path)]
    host = subprocess.run([sys.executable, "-m", "leanib", *words], capture_output=True, text=True, check=False)
    assert host.returncode == 0, host.stderr
    expected = json.loads(host.stdout)["statistics"]
    order_hash = expected.pop("OrderListHash")
    assert result_of(folder)["statistics"] == expected
    assert f"STATISTICS:: OrderListHash {order_hash}" in done.stdout
    assert int(expected["Total Orders"]) > 0
