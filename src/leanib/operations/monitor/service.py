"""The monitor as a service: a systemd unit with a watchdog, or a container by docker-compose.yml."""

from __future__ import annotations

import os
from pathlib import Path

from leanib.errors import ConfigurationError, LeanIBError
from leanib.operations.compose import Compose
from leanib.operations.gateway import Gateway, docker_client, ensure_network, environment_of
from leanib.operations.monitor.gateway_container import compose_project
from leanib.project import OPERATIONS

__all__ = ["IMAGE", "MonitorService", "unit_text"]

IMAGE = "leanib/monitor"
_SOCKET = Path("/var/run/docker.sock")

_UNIT = """\
# ~/.config/systemd/user/leanib-monitor{suffix}.service; then:
#   systemctl --user daemon-reload && systemctl --user enable --now leanib-monitor{suffix}
#   loginctl enable-linger "$USER"      (so that it runs while you are logged out)
[Unit]
Description=leanib monitor of the {mode} account ({root})
Documentation=file://{root}/docs/operations.md
StartLimitIntervalSec=600
StartLimitBurst=10

[Service]
Type=notify
NotifyAccess=main
WorkingDirectory={root}
ExecStart={python} -m leanib monitor --stand-by{flag}
# it is told to end in order; a start of LEAN that is under way is finished first
TimeoutStopSec=240
# the loop that looks feeds the watchdog: a monitor that hangs is killed and started anew, and goes on where it was
WatchdogSec=120
Restart=always
RestartSec=5
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"""

_CHECKER = """\
# ~/.config/systemd/user/leanib-monitor{suffix}-check.service
[Unit]
Description=Does the leanib monitor of the {mode} account live?

[Service]
Type=oneshot
WorkingDirectory={root}
ExecStart={python} -m leanib monitor check --tell{flag}
SuccessExitStatus=1

# ~/.config/systemd/user/leanib-monitor{suffix}-check.timer; then:
#   systemctl --user enable --now leanib-monitor{suffix}-check.timer
[Unit]
Description=Every two minutes: does the leanib monitor live?

[Timer]
OnBootSec=5min
OnUnitActiveSec=2min

[Install]
WantedBy=timers.target
"""


def unit_text(root: Path, mode: str, python: Path, *, checker: bool = False) -> str:
    """The unit for a project's folder, ready to be saved.

    Args:
        root: The project's folder.
        mode: `paper` or `live`.
        python: The interpreter that has leanib.
        checker: The unit and the timer that notice the monitor's death instead.
    """
    live = mode == "live"
    form = _CHECKER if checker else _UNIT
    return form.format(
        root=root.resolve(), mode=mode, python=python, flag=" --live" * live, suffix="-live" * live
    ).rstrip("\n")


class MonitorService:
    """The service `monitor` (or `monitor-live`) of docker-compose.yml.

    The container sees the project's folder under its own name on this machine, since the `lean` CLI inside hands such
    paths to Docker, runs as this user, and talks to Docker through its socket.
    """

    def __init__(self, root: Path, mode: str) -> None:
        self.root = root.resolve()
        self.service = "monitor-live" if mode == "live" else "monitor"

    def up(self) -> None:
        """Starts it.

        Raises:
            ConfigurationError: Its image is not here.
            LeanIBError: Docker's socket is none that a container can be given.
        """
        client = docker_client()
        if not _SOCKET.exists():
            raise LeanIBError(
                f"{_SOCKET} is not there, which the container would need: run 'leanib monitor' on this machine instead "
                "('leanib monitor unit' prints a systemd unit)"
            )
        image = environment_of(self.root).get("LEANIB_MONITOR_IMAGE") or IMAGE
        if not client.images.list(name=image):
            raise ConfigurationError(f"the image {image} is not here; in the project's folder run: make monitor-image")
        ensure_network(client)
        (self.root / OPERATIONS / "monitor-home").mkdir(parents=True, exist_ok=True)
        self._compose().run("--profile", "monitor", "up", "-d", self.service)

    def down(self) -> None:
        """Stops and removes it."""
        self._compose().run("--profile", "monitor", "rm", "--stop", "--force", self.service)

    def _compose(self) -> Compose:
        given = {
            "LEANIB_ROOT": str(self.root),
            "LEANIB_USER": f"{os.getuid()}:{os.getgid()}",
            "LEANIB_DOCKER_GROUP": str(_SOCKET.stat().st_gid) if _SOCKET.exists() else "0",
            "LEANIB_HOST_NAME": os.uname().nodename,
            "LEANIB_PROJECT": compose_project(self.root),
        }
        return Compose(self.root, {**Gateway(self.root).port_map(), **given})
