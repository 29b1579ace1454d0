"""The algorithms' containers and the Gateways on this machine, as Docker tells of them.

The embedded engine's have the mounts of LEAN's, and are known by them.
"""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from leanib.operations.gateway import docker_client, has_image
from leanib.operations.gateway_images import ImageFamily, family_of

__all__ = ["LeanContainer", "LeanContainers", "OtherGateway", "other_gateways"]

_PROJECT_MOUNT = "/LeanCLI"
_RESULTS_MOUNT = "/Results"
_CONFIG_MOUNT = "/Lean/Launcher/bin/Debug/config.json"


@dataclass(frozen=True)
class LeanContainer:
    """One of LEAN's containers.

    Attributes:
        state: Docker's word: `running`, `exited`, `paused`, ..., or `absent`.
        exit_code: How it ended; None while it runs or where nobody knows any more.
        project: The algorithm's folder on this machine.
        config: The configuration on this machine that the CLI mounted.
        results: The result folder on this machine.
    """

    name: str
    state: str
    exit_code: int | None = None
    out_of_memory: bool = False
    project: str = ""
    config: str = ""
    results: str = ""

    @property
    def gateway(self) -> str:
        """Host and port of the Gateway that it was given; empty when its configuration cannot be read."""
        try:
            content = json.loads(Path(self.config).read_text(encoding="utf-8"))
            given = {**content, **content["environments"][content["environment"]]}
            return f"{given['ib-host']}:{given['ib-port']}"
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    @property
    def trades(self) -> bool:
        """Whether it is a live run; a backtest's results lie elsewhere."""
        return self.is_running and "/live/" in self.results

    @property
    def is_running(self) -> bool:
        """Whether there is a process that may trade."""
        return self.state in ("running", "paused", "restarting")


class LeanContainers:
    """LEAN's containers. Those that the CLI starts with `--detach` vanish when they end, their log with them."""

    def __init__(self, client: Any = None) -> None:
        self._client = client or docker_client()
        self._errors: Any = importlib.import_module("docker.errors")

    def running(self) -> list[LeanContainer]:
        """Those that run, whoever started them."""
        return [one for one in map(_lean_container, self._client.containers.list()) if one.project]

    def find(self, name: str, since: datetime | None = None) -> LeanContainer:
        """The container of that name; of one that has vanished, what Docker's events still tell since a moment."""
        found = self._get(name)
        if found is not None:
            return _lean_container(found)
        code = self._exit_code(name, since) if since is not None else None
        return LeanContainer(name, "absent", code)

    def log(self, name: str, lines: int | str = "all") -> list[str]:
        """The console's lines; none when the container is gone."""
        found = self._get(name)
        if found is None:
            return []
        try:
            text: bytes = found.logs(tail=lines)
        except self._errors.APIError:
            return []
        return text.decode(errors="replace").splitlines()

    def stop(self, name: str, patience: int = 90) -> bool:
        """SIGINT, then after `patience` seconds SIGKILL; whether it left by itself. LEAN needs up to a minute."""
        found = self._get(name)
        if found is None:
            return True
        before = datetime.now(UTC)
        try:
            self._client.api.stop(found.id, timeout=patience)
        except self._errors.NotFound:
            return True
        return (datetime.now(UTC) - before).total_seconds() < patience

    def start(self, name: str) -> bool:
        """Starts a container that ended and is still there; whether there was one."""
        found = self._get(name)
        if found is None:
            return False
        found.start()
        return True

    def interrupt(self, name: str) -> None:
        """SIGINT, as LEAN's own stop signal, without waiting."""
        self.kill(name, "SIGINT")

    def kill(self, name: str, signal: str = "SIGKILL") -> None:
        """Sends a signal to a container that runs; one that is paused is woken first."""
        found = self._get(name)
        if found is not None:
            try:
                if found.status == "paused":
                    found.unpause()
                found.kill(signal=signal)
            except (self._errors.NotFound, self._errors.APIError):
                return

    def remove(self, name: str) -> None:
        """Takes an ended container away; a running one stays."""
        found = self._get(name)
        if found is not None and found.status not in ("running", "paused", "restarting"):
            try:
                found.remove()
            except (self._errors.NotFound, self._errors.APIError):
                return

    def images(self, name: str) -> bool:
        """Whether the engine has an image."""
        return has_image(self._client, name)

    def _get(self, name: str) -> Any:
        try:
            return self._client.containers.get(name)
        except self._errors.NotFound:
            return None

    def _exit_code(self, name: str, since: datetime) -> int | None:
        """From the `die` event, which outlives an automatically removed container for a while."""
        until = datetime.now(UTC) + timedelta(seconds=1)
        events = self._client.events(since=since, until=until, filters={"container": name, "event": "die"}, decode=True)
        codes = [event.get("Actor", {}).get("Attributes", {}).get("exitCode") for event in events]
        known = [int(code) for code in codes if code is not None]
        return known[-1] if known else None


def _lean_container(found: Any) -> LeanContainer:
    state = found.attrs["State"]
    mounts = {mount["Destination"]: mount.get("Source", "") for mount in found.attrs.get("Mounts") or []}
    running = state["Status"] in ("running", "paused", "restarting")
    return LeanContainer(
        name=found.name,
        state=state["Status"],
        exit_code=None if running else state.get("ExitCode"),
        out_of_memory=bool(state.get("OOMKilled")),
        project=mounts.get(_PROJECT_MOUNT, ""),
        config=mounts.get(_CONFIG_MOUNT, ""),
        results=mounts.get(_RESULTS_MOUNT, ""),
    )


@dataclass(frozen=True)
class OtherGateway:
    """A Gateway container besides the project's own; `user` is what it says it logs in as, empty when unknown."""

    name: str
    image: str
    user: str


def other_gateways(own: str, families: list[ImageFamily]) -> list[OtherGateway]:
    """Running Gateways of a known kind other than the container with the id `own`."""
    others = []
    for found in docker_client().containers.list():
        image = found.attrs["Config"]["Image"]
        family = family_of(image, families)
        if family is None or not family.user or found.id == own:
            continue
        environment = dict(word.split("=", 1) for word in found.attrs["Config"].get("Env") or [] if "=" in word)
        others.append(OtherGateway(found.name, image, environment.get(family.user, "")))
    return others
