"""The live page: its commands take a newcomer from a backtest to paper, on the simulator."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.acceptance.test_guide import BIN, ROOT, _clone, _wait_for

from leanib.demo.gateway import free_port

PAGE = (ROOT / "docs" / "live.md").read_text()
TEN_MINUTES = 600.0


def steps() -> list[str]:
    """The commands under the page's first heading; what `make paper` stands for in its place."""
    block = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)[0]
    lines = [line.partition("#")[0].strip() for line in block.splitlines()]
    target = re.search(r"^paper:.*\n\t@\$\(BIN\)/(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert target is not None
    values = dict(re.findall(r"^(PAPER|DAY) \?= (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE))
    paper = re.sub(r"\$\((\w+)\)", lambda found: values[found[1]], target[1])
    return [paper if line == "make paper" else line for line in lines if line]


def test_the_page_has_the_steps() -> None:
    """A backtest, a day replayed, a Gateway, live."""
    assert [line.split()[1] for line in steps()] == ["backtest", "live", "simulate", "live"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_newcomer_comes_from_a_backtest_to_paper_in_ten_minutes(tmp_path: Path) -> None:
    """Each command as it stands, in a copy of a fresh clone; Ctrl-C ends the last one in order."""
    folder, port = _clone(tmp_path), str(free_port())
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "IB_PAPER_PORT": port}
    environment["XDG_STATE_HOME"] = str(tmp_path / "state")
    backtest, replay, gateway, live = (line.replace("4001", port).split() for line in steps())
    started = time.monotonic()
    for words in (backtest, replay):
        done = subprocess.run(
            words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
    assert "orders (4)" in done.stdout
    with (tmp_path / "output.txt").open("w") as log:
        simulator = subprocess.Popen(gateway, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(int(port))
            running = subprocess.Popen(live, cwd=folder, env=environment, stdout=log, stderr=log)
            try:
                _wait_until(tmp_path / "output.txt", "trading on the paper account", running)
                running.send_signal(signal.SIGINT)
                assert running.wait(timeout=60) == 0, (tmp_path / "output.txt").read_text()[-3000:]
            finally:
                running.kill()
                running.wait()
        finally:
            simulator.terminate()
            simulator.wait(timeout=30)
    assert time.monotonic() - started < TEN_MINUTES
    assert len(list((folder / "algorithms" / "intraday_reversion" / "live").iterdir())) == 2


def _wait_until(output: Path, words: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while words not in output.read_text():
        assert time.monotonic() < deadline, output.read_text()[-3000:]
        assert process.poll() is None, output.read_text()[-3000:]
        time.sleep(0.1)
