"""The project's compose file with a Gateway that can be broken on request."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.containers.images import ROOT

from leanib.cli.main import main
from leanib.demo.gateway import free_port

LEAST_PATIENCE = 180.0
"""Seconds that a wait may last at least: two cores, and other containers being built on them."""

CONTROL = """
import sys, urllib.request as web
request = web.Request("http://127.0.0.1:8090" + sys.argv[1], data=sys.argv[2].encode(), method="POST")
sys.stdout.write(web.urlopen(request, timeout=10).read().decode())
"""


def docker(*words: str, check: bool = True) -> str:
    """A docker command; what it prints."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout


class Stand:
    """A project folder with a compose project of its own; commands run in it as a user's would."""

    def __init__(self, folder: Path, patch: Any, service: str) -> None:
        self.root, self.service, self.patch = folder / folder.name.replace("_", "-").lower(), service, patch
        self.root.mkdir()
        for part in ("config", "docker/gateway"):
            shutil.copytree(ROOT / part, self.root / part)
        for file in ("docker-compose.yml", "docker-compose.secrets.yml"):
            shutil.copy(ROOT / file, self.root)
        self.port = free_port()
        patch.chdir(self.root)
        for name, value in {
            "COMPOSE_PROJECT_NAME": f"leanib-{os.getpid()}-{self.port}",
            "IB_PAPER_PORT": str(self.port),
            "IB_LIVE_PORT": str(free_port()),
            "VNC_PORT": str(free_port()),
            "HEALTH_INTERVAL": "1s",
            "HEALTH_DEADLINE": "2",
            "LEANIB_CONNECTION__CONNECT_TIMEOUT": "10",
            "LEANIB_CONNECTION__REQUEST_TIMEOUT": "10",
        }.items():
            patch.setenv(name, value)

    @property
    def options(self) -> list[str]:
        """Of the gateway's commands."""
        return ["--simulator"] if self.service == "simulator" else []

    def gateway(self, command: str, *words: str) -> int:
        """`leanib gateway <command>`; its exit code."""
        return main(["gateway", command, *self.options, *words])

    def doctor(self, capsys: Any, *words: str) -> tuple[int, dict[str, str]]:
        """`leanib doctor --json`: exit code, and the faults by the name of their check."""
        capsys.readouterr()
        code = main(["doctor", "--json", *words])
        findings = json.loads(capsys.readouterr().out)
        return code, {finding["name"]: finding["fault"] for finding in findings if finding["fault"]}

    @property
    def project(self) -> str:
        """Compose's name for it all."""
        return os.environ["COMPOSE_PROJECT_NAME"]

    @property
    def image(self) -> str:
        """The Gateway's image."""
        return os.environ["IB_GATEWAY_IMAGE"]

    @property
    def container(self) -> str:
        """The container's id."""
        return docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={self.project}").strip()

    def state(self) -> dict[str, Any]:
        """What Docker says of it."""
        return json.loads(docker("inspect", self.container))[0]

    def fault(self, name: str, **settings: Any) -> None:
        """Injects a fault by the control API inside the container."""
        self.control(f"/faults/{name}", settings)

    def control(self, path: str, body: dict[str, Any] | None = None) -> None:
        """A POST to the control API."""
        docker("exec", self.container, "python", "-c", CONTROL, path, json.dumps(body or {}))

    def until_health(self, wanted: str, deadline: float = 60.0) -> None:
        """Waits for the health check's verdict."""
        self.until(lambda: self.state()["State"].get("Health", {}).get("Status") == wanted, deadline, wanted)

    def until(self, condition: Callable[[], bool], deadline: float, what: str) -> None:
        """Waits for something; on a machine at work longer than asked for, which costs nothing where it comes."""
        end = time.monotonic() + max(deadline, LEAST_PATIENCE)
        while not condition():
            assert time.monotonic() < end, f"not {what} within {deadline} s: {self.state()['State']}"
            time.sleep(0.5)

    def remove(self) -> None:
        """Takes everything away."""
        if self.container:
            docker("rm", "--force", "--volumes", *self.container.split())
        volumes = docker("volume", "ls", "-q", "--filter", f"label=com.docker.compose.project={self.project}").split()
        if volumes:
            docker("volume", "rm", *volumes)
