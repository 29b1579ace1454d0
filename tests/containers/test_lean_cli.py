"""The unmodified `lean` CLI with the engine image behind LEAN's container contract."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.containers.images import ROOT
from tests.containers.lean_cli import LeanCli, result_of

pytestmark = [pytest.mark.docker, pytest.mark.timeout(1200)]

STRATEGIES = sorted(path.parent.name for path in (ROOT / "algorithms").glob("*/main.py"))

SMALL = """
from AlgorithmImports import *

class Small(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2010, 1, 4)
        self.set_end_date(2010, 1, 29)
        self.add_equity("IBM", Resolution.DAILY)
        self.share = float(self.get_parameter("share", "0.5"))

    def on_data(self, data):
        if not self.portfolio.invested:
            self.set_holdings("IBM", self.share)
"""

ENDLESS = """
from AlgorithmImports import *
from time import sleep

class Endless(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2006, 1, 3)
        self.set_end_date(2012, 12, 31)
        self.add_equity("IBM", Resolution.DAILY)

    def on_data(self, data):
        if not self.portfolio.invested:
            self.set_holdings("IBM", 1)
            self.debug("bought")
        sleep(0.2)
"""


@pytest.fixture(scope="session")
def small(lean: LeanCli) -> Path:
    """A project of one page that runs in a moment."""
    return lean.project("small", SMALL)


def _until(condition: Callable[[], bool], deadline: float, what: str) -> None:
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.2)


@pytest.mark.parametrize("name", STRATEGIES)
def test_sample_strategies_get_the_hosts_numbers(lean: LeanCli, engine_image, tmp_path, name):
    """Statistics and order hash of every sample strategy are those of `leanib backtest`, to the last digit."""
    folder = lean.root / "results" / name
    done = lean.run("backtest", f"algorithms/{name}", "--image", engine_image, "--no-update", "--output", str(folder))
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


def test_a_run_takes_seconds_and_leaves_leans_files(lean: LeanCli, engine_image, small):
    """Without options the results lie where LEAN puts them, whole, with the code; the image is under 500 MB."""
    config = small / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "engine-image": engine_image}))
    started = time.monotonic()
    done = lean.run("backtest", "algorithms/small", "--no-update")
    seconds = time.monotonic() - started
    assert done.returncode == 0, done.stdout
    (folder,) = (small / "backtests").iterdir()
    names = {re.sub(r"^\d{6,}", "<id>", file.name) for file in folder.iterdir() if not file.name.isdigit()}
    assert {"<id>.json", "<id>-summary.json", "<id>-order-events.json", "<id>-log.txt", "config", "code"} <= names
    size = int(_docker("image", "inspect", "--format", "{{.Size}}", engine_image)) / 1e6
    print(f"start to finish {seconds:.2f} s, image {size:.0f} MB")
    assert size < 500
    assert seconds < 150  # 5 on a quiet machine: docs/BENCHMARKS.md; here others may be at work


@pytest.mark.parametrize(
    "words", [("live", "deploy"), ("research",), ("data", "download"), ("optimize",), ("create-project",)]
)
def test_the_clis_commands_start_from_the_root(lean: LeanCli, words):
    """The folder is one that the CLI accepts, for all its commands."""
    done = lean.run(*words, "--help")
    assert done.returncode == 0, done.stdout
    assert "Usage" in done.stdout


def test_a_new_project_runs(lean: LeanCli, engine_image):
    """`lean create-project` makes a project that the image runs as it is."""
    done = lean.run("create-project", "algorithms/brand_new", "--language", "python")
    assert done.returncode == 0, done.stdout
    assert (lean.root / "algorithms" / "brand_new" / "main.py").is_file()
    done = lean.run("backtest", "algorithms/brand_new", "--image", engine_image, "--no-update")
    assert "Engine.Run(): the embedded engine of leanib runs" in done.stdout
    assert "Traceback" not in done.stdout


def test_parameters_reach_the_algorithm(lean: LeanCli, engine_image, small):
    """`--parameter` changes what is bought."""
    bought = []
    for share in ("0.2", "0.8"):
        folder = lean.root / "results" / f"share-{share}"
        words = ["--image", engine_image, "--no-update", "--output", str(folder), "--parameter", "share", share]
        done = lean.run("backtest", "algorithms/small", *words)
        assert done.returncode == 0, done.stdout
        bought.append(result_of(folder)["orders"]["1"]["quantity"])
    assert 3.5 < bought[1] / bought[0] < 4.5


def test_a_failing_algorithm_says_where(lean: LeanCli, engine_image):
    """Exit status 1, the user's own line, and partial results."""
    lean.project("failing", SMALL + "        raise ValueError('no such thing')\n")
    folder = lean.root / "results" / "failing"
    done = lean.run("backtest", "algorithms/failing", "--image", engine_image, "--no-update", "--output", str(folder))
    assert done.returncode == 1
    assert "no such thing" in done.stdout
    assert "/LeanCLI/main.py" in done.stdout
    assert "Something went wrong" in done.stdout
    assert result_of(folder)["state"]["Status"] == "RuntimeError"


def test_a_wrong_parameter_is_the_algorithms_error(lean: LeanCli, engine_image, small):
    """A value that the algorithm cannot take ends with its line; an option the CLI does not know ends with usage."""
    words = ["--image", engine_image, "--no-update", "--parameter", "share", "much"]
    done = lean.run("backtest", "algorithms/small", *words)
    assert done.returncode == 1
    assert "could not convert string to float: 'much'" in done.stdout
    unknown = lean.run("backtest", "algorithms/small", "--no-such-option")
    assert unknown.returncode == 1
    assert "No such option" in unknown.stdout


def test_a_missing_data_folder_is_named(lean: LeanCli, engine_image, small):
    """An empty data folder ends in one sentence, not in a traceback of the engine's."""
    config = lean.root / "lean.json"
    before = config.read_text()
    try:
        config.write_text(before.replace('"data-folder": "data"', '"data-folder": "no-data"'))
        (lean.root / "no-data").mkdir(exist_ok=True)
        done = lean.run("backtest", "algorithms/small", "--image", engine_image, "--no-update")
    finally:
        config.write_text(before)
    assert done.returncode == 1
    assert "/Lean/Data" in done.stdout
    assert "Traceback" not in done.stdout


def test_ctrl_c_leaves_partial_results(lean: LeanCli, engine_image):
    """On a terminal the CLI stops the container in good order: exit status 1, and results until then."""
    lean.project("endless", ENDLESS)
    folder = lean.root / "results" / "endless"
    words = lean.words(
        "backtest", "algorithms/endless", "--image", engine_image, "--no-update", "--output", str(folder)
    )
    terminal, child = pty.openpty()
    with subprocess.Popen(
        words, cwd=lean.root, env=lean.environment, stdin=child, stdout=child, stderr=child, start_new_session=True
    ) as process:
        os.close(child)
        text = _read_until(terminal, "bought", 120)
        process.send_signal(signal.SIGINT)
        text += _read_until(terminal, "", 60)
        assert process.wait(60) == 1, text
    os.close(terminal)
    result = result_of(folder)
    assert result["statistics"]["Total Orders"] == "1", text


def _read_until(terminal: int, mark: str, deadline: float) -> str:
    """What the terminal shows until a text comes (or, without one, until it is closed)."""
    text, end = "", time.monotonic() + deadline
    with contextlib.suppress(OSError):  # the other side is closed
        while time.monotonic() < end and not (mark and mark in text):
            text += os.read(terminal, 4096).decode(errors="replace")
    assert mark in text, text
    return text


def test_sigterm_ends_the_container_with_partial_results(engine_image, lean: LeanCli, tmp_path):
    """`docker stop` (a shutdown, an orchestrator): status 143, the results until then."""
    (tmp_path / "main.py").write_text(ENDLESS)
    config = {
        "algorithm-language": "Python", "algorithm-location": "/LeanCLI/main.py", "data-folder": "/Lean/Data",
        "results-destination-folder": "/Results", "algorithm-id": "stopped",
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    mounts = {tmp_path: "/LeanCLI", lean.root / "data": "/Lean/Data", tmp_path / "results": "/Results"}
    (tmp_path / "results").mkdir()
    words = [part for source, target in mounts.items() for part in ("--volume", f"{source}:{target}")]
    words += ["--volume", f"{tmp_path}/config.json:/Lean/Launcher/bin/Debug/config.json:ro"]
    started = subprocess.run(["docker", "run", "-d", *words, engine_image], capture_output=True, text=True, check=True)
    name = started.stdout.strip()
    try:
        _until(lambda: "bought" in _docker("logs", name), 60, "it never bought")
        _docker("kill", "--signal", "TERM", name)
        assert _docker("wait", name).strip() == "143"
        assert result_of(tmp_path / "results")["statistics"]["Total Orders"] == "1"
    finally:
        _docker("rm", "--force", name)


def _docker(*words: str) -> str:
    return subprocess.run(
        ["docker", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True, timeout=120
    ).stdout


def test_a_debugger_attaches_on_the_usual_port(lean: LeanCli, engine_image, small):
    """`--debug debugpy` waits on 5678 and goes on when a client of the debug protocol attaches, as VS Code does."""
    launch = (ROOT / ".vscode" / "launch.json").read_text()
    assert '"port": 5678' in launch
    assert '"remoteRoot": "/LeanCLI"' in launch
    words = lean.words("backtest", "algorithms/small", "--image", engine_image, "--no-update", "--debug", "debugpy")
    with (
        subprocess.Popen(words, cwd=lean.root, env=lean.environment, stdout=subprocess.PIPE, text=True) as process,
        _debug_client(60) as client,
    ):
        _send(client, 1, "initialize", {"adapterID": "test"})
        _expect(client, "response", "initialize")
        _send(client, 2, "attach", {"pathMappings": [{"localRoot": str(small), "remoteRoot": "/LeanCLI"}]})
        _expect(client, "event", "initialized")
        place = {"source": {"path": str(small / "main.py")}, "breakpoints": [{"line": 13}]}
        _send(client, 3, "setBreakpoints", place)
        _send(client, 4, "configurationDone", {})
        stopped = _expect(client, "event", "stopped")
        assert stopped["body"]["reason"] == "breakpoint"
        _send(client, 5, "disconnect", {"terminateDebuggee": False})
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output


def _debug_client(deadline: float) -> socket.socket:
    """A connection to the debugger, which answers only once it listens inside."""
    end = time.monotonic() + deadline
    while True:
        assert time.monotonic() < end, "port 5678 never answered"
        with contextlib.suppress(OSError):
            client = socket.create_connection(("127.0.0.1", 5678), 5)
            client.settimeout(60)
            if client.recv(1, socket.MSG_PEEK):  # the adapter speaks first; a mere forwarder hangs up
                return client
            client.close()
        time.sleep(0.3)


def _send(client: socket.socket, number: int, command: str, arguments: dict) -> None:
    body = json.dumps({"seq": number, "type": "request", "command": command, "arguments": arguments}).encode()
    client.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))


def _expect(client: socket.socket, kind: str, name: str) -> dict:
    while True:
        header = b""
        while not header.endswith(b"\r\n\r\n"):
            header += client.recv(1)
        size = int(re.search(rb"Content-Length: (\d+)", header)[1])
        body = b""
        while len(body) < size:
            body += client.recv(size - len(body))
        message = json.loads(body)
        if message["type"] == kind and message.get("command" if kind == "response" else "event") == name:
            return message


def test_optimize_runs_a_grid(lean: LeanCli, engine_image, small):
    """`lean optimize` tries every point, stores each, and names the best."""
    folder = lean.root / "results" / "optimization"
    words = ["--strategy", "Grid Search", "--target", "Sharpe Ratio", "--target-direction", "max"]
    words += ["--parameter", "share", "0.2", "0.6", "0.2", "--image", engine_image, "--no-update"]
    done = lean.run("optimize", "algorithms/small", *words, "--output", str(folder))
    assert done.returncode == 0, done.stdout
    assert len([entry for entry in folder.iterdir() if entry.is_dir() and entry.name != "code"]) == 3
    assert "Optimal parameters" in done.stdout
    assert "share:" in done.stdout.replace(" ", "")


def test_a_projects_requirements_are_installed(lean: LeanCli, engine_image):
    """A package named in requirements.txt can be imported; the CLI installs it as for LEAN's own image."""
    project = lean.project("required", SMALL.replace("from Alg", "import leanib_sample_package\nfrom Alg", 1))
    version = f"1.{time.time_ns()}"  # the CLI keeps what it has installed on a volume named by the requirements
    wheel = f"leanib_sample_package-{version}-py3-none-any.whl"
    _write_wheel(project / wheel, version)
    (project / "requirements.txt").write_text(f"leanib-sample-package @ file:///LeanCLI/{wheel}\n")
    before = set(_docker("volume", "ls", "-q").split())
    done = lean.run("backtest", "algorithms/required", "--image", engine_image, "--no-update")
    for volume in set(_docker("volume", "ls", "-q").split()) - before:
        if volume.startswith("lean_cli_python_"):
            _docker("volume", "rm", "--force", volume)
    assert done.returncode == 0, done.stdout
    assert f"Successfully installed leanib-sample-package-{version}" in done.stdout


def _write_wheel(path: Path, version: str) -> None:
    info = f"leanib_sample_package-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("leanib_sample_package.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: leanib-sample-package\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def test_other_languages_are_refused_in_a_sentence(lean: LeanCli, engine_image, tmp_path):
    """C# algorithms need LEAN's own image, live trading needs an account; the log says so."""
    for change, words in (
        ({"algorithm-language": "CSharp"}, ["CSharp", "quantconnect/lean"]),
        ({"environment": "live-paper"}, ['"ib-account" is empty: set the account\'s id in lean.json']),
    ):
        config = {
            "algorithm-location": "/LeanCLI/main.py", "environments": {"live-paper": {"live-mode": True}}, **change
        }  # fmt: skip
        (tmp_path / "config.json").write_text(json.dumps(config))
        mount = f"{tmp_path}/config.json:/Lean/Launcher/bin/Debug/config.json:ro"
        done = subprocess.run(
            ["docker", "run", "--rm", "--volume", mount, engine_image], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert all(word in done.stdout for word in words), done.stdout


def test_leanib_ends_a_lean_run_with_its_own_table(lean: LeanCli, engine_image, small):
    """`leanib backtest --engine lean --image` calls the CLI and reports; `leanib compare` finds both engines agree."""
    folder, own = lean.root / "results" / "by-leanib", lean.root / "results" / "embedded"
    words = ("backtest", "algorithms/small", "--output")
    done = _leanib(lean, *words, str(folder), "--engine", "lean", "--image", engine_image)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Successfully ran" in done.stdout
    assert "Total Orders" in done.stdout
    assert (folder / "report.html").is_file()
    assert _leanib(lean, *words, str(own)).returncode == 0
    compared = _leanib(lean, "compare", str(own), str(folder), "--no-page")
    assert compared.returncode == 0, compared.stdout


def _leanib(lean: LeanCli, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "leanib", *words]
    return subprocess.run(command, cwd=lean.root, env=lean.environment, capture_output=True, text=True, check=False)
