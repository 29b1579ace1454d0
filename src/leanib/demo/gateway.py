"""The Gateway: its container where Docker is at hand, then the simulator that the rest is shown on."""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leanib.demo.stage import SceneError, Stage
from leanib.errors import LeanIBError
from leanib.operations.compose import ComposeError, find_compose
from leanib.operations.gateway import SERVICES_IMAGE, Gateway, docker_client, has_image

__all__ = ["free_port", "show_gateway"]

_STORY = "US-2.1"


def show_gateway(stage: Stage) -> None:
    """A container that proves its login, and a doctor that walks through everything."""
    stage.title("The Gateway: up and healthy")
    _compose_file(stage)
    obstacle = _no_container()
    if obstacle:
        stage.say(f"Its container is not started here: {obstacle}. 'leanib gateway up --simulator' does it.")
    else:
        _container(stage)
    stage.say("From here on the simulator runs as a process: the TWS API, no account needed.")
    stage.run("gateway", "probe")
    said = stage.run("doctor", "--no-docker", show=_without_skipped)
    stage.check(
        all(f"ok       {name}" in said for name in ("login", "account", "api", "what-if order")),
        "connected to the paper account, the API takes orders, and a what-if order is answered",
        (_STORY, "paper account connected (via .env)"),
        (_STORY, "API access enabled (READ_ONLY_API=no)"),
        (_STORY, "connection test successful"),
    )


def _compose_file(stage: Stage) -> None:
    text = (stage.root / "docker-compose.yml").read_text(encoding="utf-8")
    service = text.partition("  ib-gateway:")[2].partition("\n  simulator:")[0]
    wanted = ("image:", "READ_ONLY_API:", "127.0.0.1:", "interval:")
    stage.say("docker-compose.yml holds the real one; every port is on this machine's loopback.")
    stage.show("\n".join(line.strip() for line in service.splitlines() if any(word in line for word in wanted)))
    ports = re.findall(r'- "([^"]+)"', service.partition("ports:")[2].partition("volumes:")[0])
    stage.check(
        "READ_ONLY_API:-no" in service and "HEALTH_INTERVAL:-30s" in service and len(ports) == 3
        and all(port.startswith("127.0.0.1:") for port in ports),
        "configured: API access, a health check every 30 s, loopback only",
        (_STORY, "Gateway Docker container configured (docker-compose.yml)"),
    )  # fmt: skip
    example = (stage.root / ".env.example").read_text(encoding="utf-8")
    readme = (stage.root / "README.md").read_text(encoding="utf-8")
    stage.check(
        "IB_PAPER_PORT=4001" in example and "IB_LIVE_PORT=4002" in example and "4001" in readme,
        "README.md and .env.example have the socket: paper 4001, live 4002",
        (_STORY, "socket configuration documented (README.md, .env.example)"),
    )


def _no_container() -> str:
    """Why no container can be shown here; empty when one can."""
    try:
        find_compose()
        client = docker_client()
    except ComposeError:
        return "Docker Compose is not installed"
    except LeanIBError:
        return "the Docker engine does not answer"
    if not has_image(client, SERVICES_IMAGE):
        return f"the image {SERVICES_IMAGE} is not made yet ('make services-image')"
    return ""


def _container(stage: Stage) -> None:
    with _own_container(stage) as gateway:
        stage.run("gateway", "up", "--simulator", "--wait", "60")
        stage.wait(lambda: gateway.status().health == "healthy", 60, "the container is healthy")
        said = stage.run("gateway", "status", "--simulator")
        stage.check("healthy" in said, "its health check has logged in: an open port alone would prove nothing")


@contextmanager
def _own_container(stage: Stage) -> Iterator[Gateway]:
    """A compose project of the demonstration's own, on free ports, taken away at the end."""
    before = dict(os.environ)
    folder = Path.cwd()
    os.environ.update(COMPOSE_PROJECT_NAME=f"leanib-demo-{os.getpid()}", HEALTH_INTERVAL="1s")
    os.environ.update({name: str(free_port()) for name in ("IB_PAPER_PORT", "IB_LIVE_PORT", "VNC_PORT")})
    os.chdir(stage.root)
    gateway = Gateway(stage.root, simulator=True)
    try:
        yield gateway
    finally:
        try:
            gateway.compose().run(*gateway.profile, "down", "--volumes")
        except ComposeError as error:
            raise SceneError(f"the demonstration's container is still there: {error}") from error
        finally:
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on, below those that the kernel hands to outgoing connections.

    A port out of the kernel's own range may be taken by somebody's connection between this look and Docker's use of it.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _without_skipped(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("skipped"))
