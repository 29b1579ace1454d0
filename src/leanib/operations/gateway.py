"""The Gateway's container: up, down, restart, status."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leanib.env_file import doubts, read_entries, read_env_file
from leanib.errors import ConfigurationError, LeanIBError
from leanib.operations.compose import SECRET, Compose, ComposeError
from leanib.operations.credentials import credentials_for, second_factor_doubt, secret_doubt
from leanib.operations.gateway_images import ImageFamily, family_of, image_overlays, load_families
from leanib.operations.settings_volume import give_to_image_user

__all__ = [
    "BASE_IMAGE",
    "DEFAULT_IMAGE",
    "NETWORK",
    "Gateway",
    "GatewayStatus",
    "docker_client",
    "ensure_network",
    "environment_of",
    "gateway_name",
    "has_image",
]

DEFAULT_IMAGE = "ghcr.io/gnzsnz/ib-gateway:10.45.1j"
BASE_IMAGE = "python:3.11-slim"
"""What the project's own images build on, as in the Makefile."""
PORT_TAKEN = "port is already allocated|address already in use"
"""How Docker says that another program has a host port."""
PORT_REMEDY = "end what listens there ('ss -ltnp'), or choose another IB_PAPER_PORT, IB_LIVE_PORT or VNC_PORT in .env"
SERVICES_IMAGE = "leanib/services"
NETWORK = "lean_cli"
"""The bridge network on which LEAN's containers run; a Gateway they are to reach must join it."""


_NO_ENGINE = (
    "the Docker engine does not answer: start Docker (Docker Desktop, or 'systemctl start docker'), "
    "and see that this user may use it"
)


@dataclass(frozen=True)
class GatewayStatus:
    """The container as Docker tells of it.

    Attributes:
        state: `running`, `exited`, `restarting`, `paused`, `created`, or `absent`.
        health: `healthy`, `unhealthy`, `starting`, or empty.
        said: The health check's last words.
        ports: Port inside the container to the host addresses it is published on.
        restarts: How often Docker started it again.
        out_of_memory: Whether it was last ended for using too much memory.
        error: Why Docker could not start it.
        networks: Those it is connected to.
        identifier: Docker's id of the container.
        volumes: Folders inside that are on a volume.
    """

    service: str
    state: str
    image: str = ""
    health: str = ""
    said: str = ""
    ports: dict[int, list[str]] | None = None
    restarts: int = 0
    out_of_memory: bool = False
    exit_code: int = 0
    error: str = ""
    networks: tuple[str, ...] = ()
    identifier: str = ""
    volumes: tuple[str, ...] = ()


class Gateway:
    """One of the two services of docker-compose.yml that stand for IB Gateway.

    Args:
        root: The project's folder.
        simulator: The simulator in the Gateway's place.
        project: Compose's project name, for tests; by default the folder's.
    """

    def __init__(self, root: Path, *, simulator: bool = False, project: str | None = None) -> None:
        self.root = root
        self.service = "simulator" if simulator else "ib-gateway"
        self._project = project
        self.environment = environment_of(root)
        self.image = self.environment.get("IB_GATEWAY_IMAGE") or DEFAULT_IMAGE
        self.family = family_of(self.image, load_families(root))

    def compose(self) -> Compose:
        """Compose with the image's port map, and the login's name and password as typed, filled in."""
        overlays = image_overlays(self.family, self.root) if self.service == "ib-gateway" else []
        given = {**self.port_map(), **credentials_for(self.family, self.environment)}
        return Compose(self.root, given, self._project, overlays)

    def port_map(self) -> dict[str, str]:
        """The variables of docker-compose.yml that follow from the image; what the user set himself stays."""
        family: ImageFamily | None = self.family
        if family is None:
            return {}
        known = {"IB_GATEWAY_PAPER_PORT": str(family.paper), "IB_GATEWAY_LIVE_PORT": str(family.live)}
        return {name: value for name, value in known.items() if not self.environment.get(name)}

    def up(self) -> None:
        """Makes the network when missing, the simulator's image when missing, and starts the service.

        Raises:
            ConfigurationError: Credentials are missing, or the image is unknown and no ports are given.
            ComposeError: Compose failed.
        """
        self._check()
        client = docker_client()
        ensure_network(client)
        if self.service == "simulator":
            self._make_image(client)
        try:
            self._own_volumes(client)
            self._compose("up", "-d", self.service)
        except ComposeError as error:
            remedy = f"; {PORT_REMEDY}" if re.search(PORT_TAKEN, str(error)) else ""
            raise ComposeError(f"{error}{remedy}") from None

    def doubts(self) -> list[str]:
        """What in .env and secrets/ is not what it seems, one sentence each."""
        found = [secret_doubt(self.family, self.root), second_factor_doubt(self.family, self.environment)]
        return [*doubts(read_entries(self.root / ".env")), *(doubt for doubt in found if doubt)]

    def _own_volumes(self, client: Any) -> None:
        """Before it starts, the user of the image is given its volume; else the container will say what it lacks."""
        if self.status().state == "running":
            return
        self._compose("up", "--no-start", self.service)
        for identifier in self._containers():
            give_to_image_user(client, client.containers.get(identifier))

    def down(self) -> None:
        """Stops and removes the service's container; volumes stay, so that no second factor is asked next time."""
        self._compose("rm", "--stop", "--force", self.service)

    def restart(self) -> None:
        """Restarts the service's container."""
        self._compose("restart", self.service)

    def _compose(self, *words: str) -> str:
        return self.compose().run(*self.profile, *words)

    @property
    def profile(self) -> list[str]:
        """Compose's words for the service's profile."""
        return ["--profile", "simulator"] if self.service == "simulator" else []

    def status(self) -> GatewayStatus:
        """What Docker says of the container."""
        found = self._containers()
        if not found:
            return GatewayStatus(self.service, "absent", self.image)
        return _status(self.service, docker_client().containers.get(found[0]).attrs)

    def _containers(self) -> list[str]:
        """The service's containers, those that do not run included (the second generation hides them else)."""
        return self._compose("ps", "-a", "-q", self.service).split()

    def logs(self, *, follow: bool, lines: int) -> int:
        """Prints the container's log; compose's exit status."""
        options = ["--follow"] if follow else []
        return self.compose().stream(*self.profile, "logs", "--tail", str(lines), *options, self.service)

    def _check(self) -> None:
        if self.service == "simulator":
            return
        if self.family is None and not self.environment.get("IB_GATEWAY_PAPER_PORT"):
            raise ConfigurationError(
                f"the image '{self.image}' is not in config/gateway-images.toml: add it there, "
                "or set IB_GATEWAY_PAPER_PORT and IB_GATEWAY_LIVE_PORT in .env to the ports inside the container"
            )
        missing = [name for name in ("TWS_USERID", "TWS_PASSWORD") if not self._has(name)]
        if (self.root / SECRET).is_file() and "TWS_PASSWORD" in missing:
            missing.remove("TWS_PASSWORD")
        if missing:
            raise ConfigurationError(
                f"{' and '.join(missing)} are not set: copy .env.example to .env and fill them in, "
                "or try 'leanib gateway up --simulator', which needs none"
            )

    def _has(self, name: str) -> bool:
        return bool(self.environment.get(name))

    def _make_image(self, client: Any) -> None:
        """The simulator's image, made on this machine: a minute, once."""
        image = self.environment.get("LEANIB_IMAGE") or SERVICES_IMAGE
        if has_image(client, image):
            return
        remedy = "make services-image"
        if image != SERVICES_IMAGE or shutil.which("make") is None or not (self.root / "Makefile").is_file():
            raise ConfigurationError(
                f"the image {image} is not here; in leanib's own repository run: {remedy} (or without Docker, in "
                "another terminal: leanib simulate --port 4001)"
            )
        done = subprocess.run(["make", "services-image"], cwd=self.root, check=False)  # noqa: S607 - the user's make
        if done.returncode:
            raise ConfigurationError(f"the image {image} could not be made; see above, then: {remedy}")


def environment_of(root: Path) -> dict[str, str]:
    """`.env` of a project folder with the process's environment over it.

    Raises:
        ConfigurationError: `.env` cannot be read; see `leanib.env_file`.
    """
    return {**read_env_file(root / ".env"), **os.environ}


def gateway_name(environment: Mapping[str, str]) -> str:
    """The Gateway's name on LEAN's network, as docker-compose.yml has it."""
    return environment.get("IB_GATEWAY_NAME") or "ib-gateway"


def docker_client() -> Any:
    """The Docker engine that the `docker` command would use, contexts included.

    Raises:
        LeanIBError: There is none, or it does not answer.
    """
    # By name, since type checkers take the project's own folder docker/ for the package.
    docker: Any = importlib.import_module("docker")
    environment = _docker_environment()
    _check_socket(environment.get("DOCKER_HOST") or "unix:///var/run/docker.sock")
    try:
        client = docker.from_env(environment=environment, timeout=20)
        client.ping()
    except docker.errors.DockerException as error:
        raise LeanIBError(f"{_NO_ENGINE} ({type(error).__name__})") from error
    return client


def _check_socket(address: str) -> None:
    """The usual case is seen at once, and without a client that must be taken apart again."""
    path = address.removeprefix("unix://")
    if path != address and os.name == "posix" and not Path(path).exists():
        raise LeanIBError(f"{_NO_ENGINE} (there is no {path})")


def has_image(client: Any, name: str) -> bool:
    """Whether the engine has an image, by tag or by digest."""
    errors: Any = importlib.import_module("docker.errors")
    try:
        client.images.get(name)
    except errors.ImageNotFound:
        return False
    return True


def ensure_network(client: Any) -> None:
    """Makes the network that LEAN's containers run on, as the `lean` CLI would."""
    if not client.networks.list(names=[f"^{NETWORK}$"]):
        client.networks.create(NETWORK, driver="bridge")


def _docker_environment() -> dict[str, str]:
    """The process's environment, with the address of the current `docker context` where DOCKER_HOST is not set."""
    environment = dict(os.environ)
    if environment.get("DOCKER_HOST"):
        return environment
    run: Callable[..., Any] = subprocess.run
    try:
        told = run(
            ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return environment
    if told.returncode == 0 and told.stdout.strip():
        environment["DOCKER_HOST"] = told.stdout.strip()
    return environment


def _status(service: str, attributes: dict[str, Any]) -> GatewayStatus:
    state = attributes["State"]
    health = state.get("Health") or {}
    log = health.get("Log") or []
    ports = (attributes.get("NetworkSettings", {}).get("Ports") or {}).items()
    return GatewayStatus(
        service=service,
        state=state["Status"],
        image=attributes["Config"]["Image"],
        health=health.get("Status", ""),
        said=log[-1]["Output"].strip() if log else "",
        ports={
            int(port.split("/")[0]): [f"{b['HostIp']}:{b['HostPort']}" for b in bound or []] for port, bound in ports
        },
        restarts=attributes.get("RestartCount", 0),
        out_of_memory=state.get("OOMKilled", False),
        exit_code=state.get("ExitCode", 0),
        error=state.get("Error", ""),
        networks=tuple(attributes.get("NetworkSettings", {}).get("Networks") or {}),
        identifier=attributes["Id"],
        volumes=tuple(m["Destination"] for m in attributes.get("Mounts") or [] if m["Type"] == "volume"),
    )
