"""A project that trades: simulator in the Gateway's place, a stand-in for LEAN, the real `lean` CLI, alerts by HTTP.

Everything is started by the commands that a user types, each in a process of its own.
"""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.containers import images
from tests.containers.gateway_stand import CONTROL, LEAST_PATIENCE, docker
from tests.containers.images import ROOT
from tests.containers.lean_cli import LeanCli, install

from leanib.demo.gateway import free_port

ACCOUNT = "DU1234567"
"""The simulator's."""
PASSWORD = "not-for-inspection"  # a made-up password

ALGORITHM = """
from AlgorithmImports import *

class Hold(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2010, 1, 4)
        self.set_end_date(2010, 1, 29)
        self.add_equity("IBM", Resolution.DAILY)

    def on_data(self, data):
        if not self.portfolio.invested:
            self.market_order("IBM", 1)
"""

QUICK = {
    "gateway_start": 90, "gateway_grace": 3, "stable": 3, "restart_pause": 5, "fresh_login": 8, "heartbeat": 90,
    "stop_patience": 60, "book_pause": 2, "network_patience": 600, "lean_start": 240, "logins": 50, "redeploys": 50,
    "gateway_restarts": 50,
}  # fmt: skip
"""The monitor's patience for tests; LEANIB_BAD_NIGHTS=default takes the one that users have."""


def stand_in_image(services_image: str) -> str:
    """The stand-in for LEAN's image, made of the services' one; its name follows from its content."""
    folder = Path(__file__).parent / "lean"
    name = f"leanib/lean-stand-in:{services_image.rpartition(':')[2]}-{_digest(folder)}"
    if images.exists(name):
        return name
    text = (
        f"FROM {services_image}\nUSER 0\nENTRYPOINT []\n"
        "LABEL lean_version=17000 python_version=3.11 target_framework=net10.0\n"
        "COPY stand_in.py /opt/lean_stand_in/stand_in.py\nCOPY dotnet /opt/leanib/bin/dotnet\n"
        "RUN mkdir -p /Lean/Launcher/bin/Debug /Lean/Data /LeanCLI /Results /Storage\n"
        "WORKDIR /Lean/Launcher/bin/Debug\n"
    )
    words = ["docker", "build", "--quiet", "--tag", name, "--file", "-", str(folder)]
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return name


def _digest(folder: Path) -> str:
    import hashlib

    content = b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())
    return hashlib.sha256(content).hexdigest()[:8]


class Mailbox:
    """Hears what Apprise sends to a `json://` address."""

    def __init__(self) -> None:
        self.messages: list[dict[str, str]] = []
        box = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                content = json.loads(self.rfile.read(length))
                box.messages.append({"title": content["title"], "body": content["message"]})
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                """Quiet."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"json://127.0.0.1:{self._server.server_port}/"

    @property
    def keys(self) -> list[str]:
        """What was told, in order: the key, with a minus sign when it was resolved; reminders left out."""
        shown = []
        for one in self.messages:
            word, _, key = one["title"].partition(": ")[2].partition(" ")
            again = one["body"].startswith(("still: ", "nobody has mended it: "))
            if not again and key != "redeployed":  # whose words are told once an hour
                shown.append(("-" if word == "resolved" else "") + key)
        return shown

    def close(self) -> None:
        """Hears no more."""
        self._server.shutdown()
        self._server.server_close()


class TradingStand:
    """One project, its containers and its monitor."""

    def __init__(self, folder: Path, services_image: str) -> None:
        self.lean: LeanCli = install(folder)
        self.root = self.lean.root
        self.mailbox = Mailbox()
        self.port = free_port()
        self.name = f"gateway-{self.port}"
        self.image = stand_in_image(services_image)
        self.monitor: subprocess.Popen[str] | None = None
        self.before: dict[str, Any] = {}
        for part in ("config", "docker/gateway"):
            shutil.copytree(ROOT / part, self.root / part, dirs_exist_ok=True)
        compose = (ROOT / "docker-compose.yml").read_text()
        assert "simulate --host" in compose
        always_open = compose.replace("simulate --host", "simulate --always-open --host")
        (self.root / "docker-compose.yml").write_text(always_open)
        (self.root / "config" / "reset-windows.toml").write_text("")
        (self.root / "config" / "alerts.toml").write_text('quiet_from = "00:00"\nquiet_until = "00:00"\n')
        self.write_rules()
        self.lean.project("hold", ALGORITHM, parameters={"heartbeat": "2"})
        quiet_hour = datetime.now(ZoneInfo("America/New_York")) + timedelta(hours=6)
        self.environment = {
            **self.lean.environment,
            "COMPOSE_PROJECT_NAME": f"leanib-{os.getpid()}-{self.port}",
            "LEANIB_IMAGE": services_image,
            "IB_GATEWAY_NAME": self.name,
            "IB_PAPER_PORT": str(self.port),
            "IB_LIVE_PORT": str(free_port()),
            "VNC_PORT": str(free_port()),
            "HEALTH_INTERVAL": "1s",
            "HEALTH_DEADLINE": "2",
            "AUTO_RESTART_TIME": f"{quiet_hour:%I:%M %p}",
            "TIME_ZONE": "America/New_York",
            "TWS_USERID": f"trader-{self.port}",  # one of its own: no second login for what runs beside it
            "TWS_PASSWORD": PASSWORD,
            "LEANIB_ALERT_URLS": self.mailbox.address,
        }

    def write_rules(self, **rules: object) -> None:
        """config/monitor.toml: quick, unless the users' own patience is to be measured."""
        lines = ["metrics_port = 0", "interval = 1", "[rules]"]
        if os.environ.get("LEANIB_BAD_NIGHTS") == "default":
            lines = ["metrics_port = 0", "[rules]", "redeploys = 50"]
            rules = {}
        else:
            rules = {**QUICK, **rules}
        lines += [f"{name} = {json.dumps(value)}" for name, value in rules.items()]
        (self.root / "config" / "monitor.toml").write_text("\n".join(lines) + "\n")

    # --- commands, as a user types them -------------------------------------------------------------------------

    def leanib(self, *words: str, check: int | None = 0, deadline: float = 480) -> subprocess.CompletedProcess[str]:
        """`leanib ...` in the project's folder."""
        done = subprocess.run(
            self._words(*words), cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=deadline, check=False,
        )  # fmt: skip
        assert check is None or done.returncode == check, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "leanib", *words]

    def in_background(self, output: str, *words: str) -> subprocess.Popen[str]:
        """`leanib ...`, what it prints in a file of the project's folder."""
        with (self.root / output).open("a") as log:
            return subprocess.Popen(
                self._words(*words), cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip

    def start_monitor(self, *words: str) -> subprocess.Popen[str]:
        """`leanib monitor`, in the background; waits until it watches."""
        process = self.monitor = self.in_background("monitor.out", "monitor", *words)
        self.until(lambda: self.status().get("pid") == process.pid and self.status()["lives"], 30, "a monitor")
        return process

    def status(self) -> dict[str, Any]:
        """`leanib monitor status --json`."""
        return json.loads(self.leanib("monitor", "status", "--json", check=None).stdout or "{}")

    # --- what there is ------------------------------------------------------------------------------------------

    @property
    def record(self) -> dict[str, Any]:
        """The deployment's record."""
        return json.loads((self.root / "storage/operations/deployment-paper.json").read_text())

    @property
    def beat(self) -> dict[str, Any]:
        """The monitor's heartbeat."""
        return json.loads((self.root / "storage/operations/monitor-paper.heartbeat").read_text())

    @property
    def gateway(self) -> str:
        """The id of the Gateway's container."""
        return docker("ps", "-aq", *self._of_compose, "--filter", "label=com.docker.compose.service=simulator").strip()

    @property
    def _of_compose(self) -> list[str]:
        """Docker's filter for what compose has made."""
        return ["--filter", f"label=com.docker.compose.project={self.environment['COMPOSE_PROJECT_NAME']}"]

    def leans(self) -> list[str]:
        """Names of the containers of LEAN that run for this project."""
        names = docker("ps", "--format", "{{.Names}}", "--filter", f"volume={self.root}/algorithms/hold").split()
        return [name for name in names if name.startswith("lean_cli_")]

    def incidents(self) -> list[dict[str, Any]]:
        """`leanib monitor incidents --json`."""
        return json.loads(self.leanib("monitor", "incidents", "--json").stdout)

    def fault(self, name: str, **settings: Any) -> None:
        """Injects a fault into the simulator."""
        docker("exec", self.gateway, "python", "-c", CONTROL, f"/faults/{name}", json.dumps(settings))

    def account(self) -> dict[str, Any]:
        """Positions, orders and executions, as IB has them."""
        code = (
            "from leanib.ib.settings import load_settings; from leanib.operations.book import ask_book; import json;"
            "print(json.dumps(ask_book(load_settings(), 91).as_dict()))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=self.root, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    # --- waiting ------------------------------------------------------------------------------------------------

    def until(self, condition: Callable[[], Any], deadline: float, what: str) -> float:
        """Waits for something; the seconds that it took."""
        begun = time.monotonic()
        least = 1800.0 if os.environ.get("LEANIB_BAD_NIGHTS") == "default" else LEAST_PATIENCE
        deadline = max(deadline, least)
        while not condition():
            if time.monotonic() - begun > deadline:
                pytest.fail(f"not {what} within {deadline} s\n{self.story()}")
            time.sleep(0.2)
        return time.monotonic() - begun

    def until_told(self, *keys: str) -> None:
        """Until exactly these have arrived in the mailbox; delivery has a thread of its own."""
        self.until(lambda: self.mailbox.keys == list(keys), 60, f"told {keys}, but {self.mailbox.keys}")

    def several_looks(self, number: int = 5) -> None:
        """Until the monitor has looked so often."""
        for _ in range(number):
            before = self.beat["at"]
            self.until(lambda before=before: self.beat["at"] != before, 60, "another look")

    def until_well(self, deadline: float = 120) -> None:
        """Until LEAN trades, the monitor watches and nothing is wrong."""
        self.until(self.is_well, deadline, "well")

    def is_well(self) -> bool:
        """Whether the monitor watches a LEAN that trades and finds nothing wrong."""
        beat = self.beat
        return beat["status"] == "all is well" and len(self.leans()) == 1

    def story(self) -> str:
        """What the monitor has written, for a test that failed."""
        parts = [self.leanib("monitor", "incidents", check=None).stdout]
        for file in ("monitor.out", "logs/monitor-paper.log"):
            path = self.root / file
            parts.append(path.read_text()[-6000:] if path.is_file() else f"no {file}")
        return "\n".join(parts)

    # --- the end ------------------------------------------------------------------------------------------------

    def end_monitor(self, number: int = signal.SIGTERM) -> int:
        """Ends it; its exit code."""
        assert self.monitor is not None
        self.monitor.send_signal(number)
        code = self.monitor.wait(timeout=60)
        self.monitor = None
        return code

    def remove(self) -> None:
        """Takes everything away."""
        if self.monitor is not None:
            self.end_monitor(signal.SIGKILL)
        for name in (*self.leans(), *docker("ps", "-aq", *self._of_compose).split()):
            docker("rm", "--force", "--volumes", name, check=False)
        project = self.environment["COMPOSE_PROJECT_NAME"]
        volumes = docker("volume", "ls", "-q", "--filter", f"label=com.docker.compose.project={project}").split()
        if volumes:
            docker("volume", "rm", *volumes, check=False)
        self.mailbox.close()


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


def in_order(keys: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether the wanted keys come in this order among others."""
    rest = iter(keys)
    return all(key in rest for key in wanted)
