"""`leanib dashboard` as a program of its own: what it prints, what it weighs, how it ends."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.operations.dashboard.world import eventually, project

from leanib.cli.main import main
from leanib.simulator.testing import background_simulator

__all__ = ["background_simulator"]

MEGABYTES = 100


@contextmanager
def program(simulator: Any, folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command running in a project folder, and the address that it printed."""
    gateway = {"IB_HOST": simulator.host, "IB_PAPER_PORT": str(simulator.port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "leanib", "dashboard", "--port", "0", *words],
        cwd=project(folder), env={**os.environ, **gateway, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/#token=\S+", process.stdout.readline())
        assert found is not None
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


def test_it_listens_on_this_machine_only_shows_no_token_to_others_and_ends_in_order(
    background_simulator: Any, tmp_path: Path
) -> None:
    """One socket on 127.0.0.1; the token is on no command line; Ctrl-C ends it with exit code 0, streams and all."""
    with program(background_simulator, tmp_path) as (process, address):
        port = int(re.findall(r":(\d+)/", address)[0])
        listening = [
            line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
            if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
        ]  # fmt: skip
        assert listening == [f"0100007F:{port:04X}"]
        assert address.partition("=")[2] not in Path(f"/proc/{process.pid}/cmdline").read_text()
        assert address.partition("=")[2] not in Path(f"/proc/{process.pid}/environ").read_text()
        origin = f"http://127.0.0.1:{port}"
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        proof = f"Bearer {address.partition('=')[2]}"
        words = {"Origin": origin, "Content-Type": "application/json", "Authorization": proof}
        link.request("POST", "/login", "{}", words)
        answer = link.getresponse()
        cookie = answer.getheader("Set-Cookie", "").partition(";")[0]
        answer.read()
        link.request("GET", "/stream", headers={"Cookie": cookie})
        stream = link.getresponse()
        assert (stream.status, stream.read(5)) == (200, b"retry")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        assert (process.returncode, "the dashboard is closed" in rest, "Traceback" in rest) == (0, True, False)
        link.close()


def test_it_weighs_less_than_a_hundred_megabytes(background_simulator: Any, tmp_path: Path) -> None:
    """With the account, quotes and everything read; what it holds in memory, not what it has mapped."""
    with program(background_simulator, tmp_path, "--quote", "SPY", "--quote", "EURUSD") as (process, _):
        eventually(lambda: "reconciled" in (tmp_path / "logs/ib_connection.log").read_text(), bool)
        time.sleep(3)
        status = Path(f"/proc/{process.pid}/status").read_text()
        kilobytes = int(re.findall(r"VmRSS:\s+(\d+)", status)[0])
        assert kilobytes < MEGABYTES * 1024


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--live",), "--live needs --account"),
        (("--port", "99999"), "less than or equal to 65535"),
        (("--port", "{taken}"), "give another with --port"),
    ],
)
def test_bad_input_is_one_sentence(
    words: tuple[str, ...], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Exit code 2, no traceback."""
    monkeypatch.chdir(project(tmp_path))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        code = main(["dashboard", *(word.format(taken=other.getsockname()[1]) for word in words)])
    said = capsys.readouterr().err
    assert (code, sentence in said, "Traceback" in said) == (2, True, False)


def test_a_wrong_account_ends_it_with_the_reason(
    background_simulator: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """The account set is not the Gateway's: one sentence and exit code 2, not a page that waits for ever."""
    monkeypatch.chdir(project(tmp_path))
    monkeypatch.setenv("IB_HOST", background_simulator.host)
    monkeypatch.setenv("IB_PAPER_PORT", str(background_simulator.port))
    code = main(["dashboard", "--port", "0", "--account", "DU7654321"])
    assert (code, "is not among those of the Gateway" in capsys.readouterr().err) == (2, True)


def test_without_its_packages_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Who installed leanib without the extra is told its name."""
    monkeypatch.chdir(project(tmp_path))
    for name in [name for name in sys.modules if name.startswith("leanib.operations.dashboard")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    code = main(["dashboard", "--port", "0"])
    assert (code, "pip install 'leanib[dashboard]'" in capsys.readouterr().err) == (2, True)
