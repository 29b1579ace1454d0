"""The Gateway's container as the monitor sees and handles it, by the Docker SDK; compose is only needed to make it."""

from __future__ import annotations

import importlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from leanib.errors import LeanIBError
from leanib.ib.redaction import Redactor
from leanib.operations.gateway import NETWORK, Gateway, environment_of, gateway_name
from leanib.operations.hints import hint_from_log, login_tries

__all__ = ["ContainerView", "GatewayContainer", "compose_project"]

_STOP_PATIENCE = 30
_LOG_LINES = 200
_TRIES_WITHIN = timedelta(minutes=15)
_IBC_PORT = 7462
"""IBC's CommandServerPort as people and images set it; a Gateway without it has its container restarted instead."""

_RESTART_BY_IBC = f"""
exec 3<>/dev/tcp/127.0.0.1/{_IBC_PORT} || exit 3
printf 'RESTART\\n' >&3
while IFS= read -r -t 10 line <&3; do
  case $line in *OK*) exit 0 ;; *ERROR*) printf '%s' "$line"; exit 4 ;; esac
done
exit 5
"""
"""Source: IBC's CommandDispatcher and CommandChannel: a line each way, the answer begins with OK or ERROR."""


@dataclass(frozen=True)
class ContainerView:
    """What Docker says of it, and what its log hints at when it is asked for."""

    state: str = "absent"
    started_at: datetime | None = None
    out_of_memory: bool = False
    on_network: bool = True
    hint: str = ""
    login_tries: int = 0


class GatewayContainer:
    """One compose service's container.

    Args:
        client: The Docker SDK's client.
        root: The project's folder.
        service: `ib-gateway` or `simulator`.
        redactor: Keeps secrets out of what is said.
    """

    def __init__(self, client: Any, root: Path, service: str, redactor: Redactor) -> None:
        self._client = client
        self._root = root
        self._service = service
        self._redactor = redactor
        self._project = compose_project(root)
        self._errors: Any = importlib.import_module("docker.errors")

    def look(self, now: datetime, *, read_log: bool) -> ContainerView:
        """Docker's word; with `read_log` the hints of what it printed since it started, which takes a moment."""
        found = self._find()
        if found is None:
            return ContainerView()
        state = found.attrs["State"]
        started = _moment(state.get("StartedAt", ""))
        log = self._log(found, started) if read_log else ""
        recent = self._log(found, now - _TRIES_WITHIN) if read_log else ""
        hint = hint_from_log(log)
        return ContainerView(
            state=state["Status"],
            started_at=started,
            out_of_memory=bool(state.get("OOMKilled")),
            on_network=NETWORK in (found.attrs["NetworkSettings"].get("Networks") or {}),
            hint=hint[0] if hint else "",
            login_tries=login_tries(recent),
        )

    def start(self) -> None:
        """Starts it, or wakes it when it is paused; makes it anew by compose when it is gone."""
        found = self._find()
        if found is None:
            Gateway(self._root, simulator=self._service == "simulator").up()
        elif found.status == "paused":
            found.unpause()
        else:
            found.start()

    def restart_softly(self) -> str:
        """Has IBC restart the program inside, which costs no login; how it went.

        Without IBC's command server, or when IBC refuses, the container is restarted.
        """
        found = self._existing()
        if found.status == "paused":
            found.unpause()
            return "its container was paused and goes on"
        if found.status != "running":
            self.restart()
            return f"its container did not run ({found.status}) and was started"
        try:
            code, said = found.exec_run(["bash", "-c", _RESTART_BY_IBC])
        except self._errors.APIError:
            code, said = 126, b""
        if code == 0:
            return "IBC restarts the Gateway, without a login"
        self.restart()
        words = self._redactor.text(said.decode(errors="replace").strip().splitlines()[-1]) if said.strip() else ""
        why = "IBC's command server is not there" if code != 4 else f"IBC refused ({words})"
        return f"{why}, so its container was restarted"

    def restart(self) -> None:
        """Restarts the container: with real money that is a login."""
        found = self._existing()
        if found.status == "paused":
            found.unpause()
        found.restart(timeout=_STOP_PATIENCE)

    def stop(self) -> None:
        """Stops it; Docker does not start it again by itself."""
        found = self._find()
        if found is not None and found.status != "exited":
            if found.status == "paused":
                found.unpause()
            found.stop(timeout=_STOP_PATIENCE)

    def join_network(self) -> None:
        """Connects it to LEAN's network, under the name by which LEAN knows it."""
        found = self._existing()
        try:
            self._client.networks.get(NETWORK).connect(found, aliases=[gateway_name(environment_of(self._root))])
        except self._errors.APIError as error:
            if "already" not in str(error):
                raise

    def _existing(self) -> Any:
        found = self._find()
        if found is None:
            raise LeanIBError(f"the container of the service {self._service} is gone; 'leanib gateway up' makes it")
        return found

    def _find(self) -> Any:
        wanted = {"com.docker.compose.project": self._project, "com.docker.compose.service": self._service}
        labels = [f"{name}={value}" for name, value in wanted.items()]
        found = self._client.containers.list(all=True, filters={"label": labels})
        return found[0] if found else None

    def _log(self, found: Any, since: datetime | None) -> str:
        try:
            said: bytes = found.logs(tail=_LOG_LINES, since=since) if since else found.logs(tail=_LOG_LINES)
        except self._errors.APIError:
            return ""
        return self._redactor.text(said.decode(errors="replace"))


def compose_project(root: Path) -> str:
    """Compose's name for the project: COMPOSE_PROJECT_NAME, else made of the folder's, as both generations make it."""
    given = os.environ.get("COMPOSE_PROJECT_NAME") or environment_of(root).get("COMPOSE_PROJECT_NAME", "")
    return given or re.sub(r"[^-_a-z0-9]", "", root.resolve().name.lower()).lstrip("-_")


def _moment(text: str) -> datetime | None:
    """Docker's times have nanoseconds; `0001-01-01...` means never."""
    found = re.match(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?", text)
    if found is None or text.startswith("0001"):
        return None
    return datetime.fromisoformat(found[1] + (found[2] or ".0").ljust(7, "0")).replace(tzinfo=UTC)
