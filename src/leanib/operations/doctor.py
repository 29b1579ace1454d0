"""Why the Gateway does not answer: from Docker to a what-if order, layer by layer.

Each check names what it saw, the fault and its remedy. The walk ends at the first error, since what lies behind it
cannot be seen; the rest is listed as skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from leanib.errors import LeanIBError
from leanib.ib.limits.switch import KillSwitch
from leanib.ib.redaction import mask_account
from leanib.ib.settings import CLIENT_IDS, IBSettings
from leanib.ib.settings_summary import what_was_read
from leanib.operations.disk_check import check_disk
from leanib.operations.findings import Finding, Verdict
from leanib.operations.gateway import (
    NETWORK,
    PORT_REMEDY,
    PORT_TAKEN,
    Gateway,
    GatewayStatus,
    docker_client,
    has_image,
)
from leanib.operations.gateway_images import family_of, load_families
from leanib.operations.hints import hint_from_log
from leanib.operations.probe import Layer, ProbeResult, probe
from leanib.operations.session_checks import check_session
from leanib.private_files import is_open_to_others

__all__ = ["Doctor"]

_OLDEST_VERSION = 157
_CLOCK_WARNING, _CLOCK_ERROR = 5.0, 60.0
_LINK_LOST = (1100, 2110)

Check = Callable[[], Finding]


@dataclass
class Doctor:
    """One examination.

    Args:
        root: The project's folder.
        settings: Mode, port, account.
        docker: Whether to look at containers; False for a Gateway or TWS that runs elsewhere.
        symbol: The instrument of the market data and what-if checks.
        project: Compose's project name, for tests.
    """

    root: Path
    settings: IBSettings
    docker: bool = True
    symbol: str = "SPY"
    project: str | None = None
    findings: list[Finding] = field(default_factory=list)
    _status: GatewayStatus | None = None
    _gateway: Gateway | None = None
    _probe: ProbeResult | None = None

    def examine(self, tell: Callable[[Finding], None] = lambda _finding: None) -> list[Finding]:
        """Runs all checks, telling each as it ends; returns them all."""
        for name, check in self._walk():
            finding = Finding(name, Verdict.SKIPPED, "not reached") if self._is_stopped() else check()
            self._add(finding, tell)
        if self._is_stopped():
            self._add(Finding("session", Verdict.SKIPPED, "not reached"), tell)
        else:
            for finding in check_session(self.settings, self.symbol, CLIENT_IDS["doctor"][0]):
                self._add(finding, tell)
        return self.findings

    def _add(self, finding: Finding, tell: Callable[[Finding], None]) -> None:
        self.findings.append(finding)
        tell(finding)

    def _is_stopped(self) -> bool:
        return any(finding.verdict is Verdict.ERROR for finding in self.findings)

    def _walk(self) -> list[tuple[str, Check]]:
        containers: list[tuple[str, Check]] = [
            ("docker", self._docker),
            ("image", self._image),
            ("container", self._container),
            ("disk", self._disk),
            ("port map", self._port_map),
        ]
        gateway: list[tuple[str, Check]] = [
            ("port", self._port),
            ("handshake", self._handshake),
            ("login", self._login),
            ("account", self._account),
            ("api version", self._version),
            ("clock", self._clock),
            ("link", self._link),
        ]
        return [("settings", self._settings), ("files", self._files), *(containers if self.docker else []), *gateway]

    def _settings(self) -> Finding:
        """Which files hold, and whether they let an order pass at all."""
        text = "; ".join(what_was_read(self.settings))
        obstacle = self.settings.limits_obstacle()
        if obstacle:
            return Finding("settings", Verdict.WARNING, text, "no-limits", "see docs/before-real-money.md")
        if self.settings.source.doubts:
            text = "; ".join((text, *self.settings.source.doubts))
            return Finding("settings", Verdict.WARNING, text, "unknown-variable", "correct or remove the variable")
        if self.settings.risk.kill_switch:
            remedy = "set kill_switch = false in [risk] when orders may be sent again"
            return Finding("settings", Verdict.WARNING, text, "kill-switch", remedy)
        if KillSwitch(self.settings).thrown() is not None:
            remedy = "'leanib order kill-switch off' when orders may be sent again"
            return Finding("settings", Verdict.WARNING, text, "kill-switch", remedy)
        return Finding("settings", Verdict.OK, text)

    def _files(self) -> Finding:
        """Whether what holds account numbers and credentials is its owner's alone."""
        journal = self.settings.orders.journal
        companions = [journal.with_name(journal.name + suffix) for suffix in ("", "-wal", "-shm")]
        candidates = [self.root / ".env", *companions, self.settings.log_file]
        loose = [str(path) for path in candidates if is_open_to_others(path)]
        if loose:
            text = f"others on this machine can read {' and '.join(loose)}"
            return Finding("files", Verdict.WARNING, text, "loose-files", f"chmod 600 {' '.join(loose)}")
        return Finding("files", Verdict.OK, "credentials, order journal and log are their owner's alone")

    def _docker(self) -> Finding:
        try:
            version = docker_client().version()["Version"]
        except LeanIBError as error:
            return Finding("docker", Verdict.ERROR, str(error), "docker-not-running", "start Docker and try again")
        return Finding("docker", Verdict.OK, f"Docker {version} answers")

    def _image(self) -> Finding:
        gateway = self._find_gateway()
        if self._status is not None and self._status.state != "absent":
            return Finding("image", Verdict.OK, f"{self._status.image} is in use")
        if has_image(docker_client(), gateway.image):
            return Finding("image", Verdict.OK, f"{gateway.image} is here")
        remedy = f"docker pull {gateway.image} (or set IB_GATEWAY_IMAGE in .env), then 'leanib gateway up'"
        return Finding("image", Verdict.ERROR, f"the image {gateway.image} is not here", "image-missing", remedy)

    def _find_gateway(self) -> Gateway:
        """The service that has a container: the Gateway's, else the simulator's."""
        candidates = [Gateway(self.root, simulator=s, project=self.project) for s in (False, True)]
        statuses = [candidate.status() for candidate in candidates]
        running = [s.state == "running" for s in statuses]
        existing = [s.state != "absent" for s in statuses]
        chosen = running.index(True) if any(running) else existing.index(True) if any(existing) else 0
        self._gateway, self._status = candidates[chosen], statuses[chosen]
        return self._gateway

    def _container(self) -> Finding:
        status = self._status
        assert status is not None
        name = "container"
        if status.state == "absent":
            text = "the Gateway's container does not exist"
            return Finding(name, Verdict.ERROR, text, "not-started", "leanib gateway up")
        if status.state == "paused":
            remedy = "docker unpause it, or 'leanib gateway restart'"
            return Finding(name, Verdict.ERROR, "the container is paused", "container-paused", remedy)
        if status.state != "running":
            return self._not_running(status)
        if NETWORK not in status.networks:
            remedy = "'leanib gateway down' and 'leanib gateway up' (with --simulator where that is meant)"
            text = f"the container is cut off from the network {NETWORK}"
            return Finding(name, Verdict.ERROR, text, "network-cut", remedy)
        return Finding("container", Verdict.OK, f"{status.service} is running, health: {status.health or 'none'}")

    def _not_running(self, status: GatewayStatus) -> Finding:
        if status.out_of_memory:
            text = "the container was ended for lack of memory"
            remedy = "raise IB_GATEWAY_MEMORY in .env (IB Gateway needs 1 to 2 GB), then 'leanib gateway up'"
            return Finding("container", Verdict.ERROR, text, "out-of-memory", remedy)
        if re.search(PORT_TAKEN, status.error):
            text = f"the container cannot have its port: {status.error.rsplit('failed: ', 1)[-1]}"
            return Finding("container", Verdict.ERROR, text, "port-taken", PORT_REMEDY)
        text = f"the container is {status.state} (exit code {status.exit_code}, started {status.restarts} times again)"
        hint = hint_from_log(self._log())
        fault, remedy = hint or ("container-stopped", "see 'leanib gateway logs', then 'leanib gateway up'")
        return Finding("container", Verdict.ERROR, text, fault, remedy)

    def _disk(self) -> Finding:
        assert self._status is not None
        return check_disk(self._status)

    def _port_map(self) -> Finding:
        status, port = self._status, self.settings.port
        assert status is not None
        inside = [inner for inner, bound in (status.ports or {}).items() if any(b.endswith(f":{port}") for b in bound)]
        if not inside:
            text = f"the container publishes nothing on host port {port}"
            remedy = "set IB_PAPER_PORT and IB_LIVE_PORT in .env, then 'leanib gateway up'"
            return Finding("port map", Verdict.ERROR, text, "port-not-published", remedy)
        family = family_of(status.image, load_families(self.root))
        leads = f"host port {port} leads to {inside[0]} inside the container"
        if family is None:
            text = f"{leads}; nobody knows whether that is right for {status.image}"
            remedy = "add the image to config/gateway-images.toml"
            return Finding("port map", Verdict.WARNING, text, "unknown-image", remedy)
        expected = family.paper if self.settings.mode == "paper" else family.live
        if expected not in inside:
            text = f"{leads}, but {family.name} images serve {self.settings.mode} on {expected}"
            remedy = "remove IB_GATEWAY_PAPER_PORT and IB_GATEWAY_LIVE_PORT from .env, then 'leanib gateway up'"
            return Finding("port map", Verdict.ERROR, text, "wrong-port-map", remedy)
        return Finding("port map", Verdict.OK, f"{leads}, as {family.name} images want it")

    def _port(self) -> Finding:
        s = self.settings
        self._probe = probe(s.host, s.port, client_id=CLIENT_IDS["doctor"][0], timeout=s.connection.connect_timeout)
        if self._probe.layer is Layer.NOTHING:
            remedy = "'leanib gateway up', or set IB_HOST and IB_PAPER_PORT to where your Gateway or TWS listens"
            return Finding("port", Verdict.ERROR, self._probe.problem, "nothing-listens", remedy)
        if "no IB Gateway" in self._probe.problem:
            remedy = f"end what listens on port {s.port} ('ss -ltnp'), or choose another IB_PAPER_PORT in .env"
            return Finding(
                "port", Verdict.ERROR, f"port {s.port} is taken: {self._probe.problem}", "port-taken", remedy
            )
        return Finding("port", Verdict.OK, f"{s.host}:{s.port} accepts connections")

    def _handshake(self) -> Finding:
        assert self._probe is not None
        if self._probe.layer >= Layer.HANDSHAKE:
            return Finding("handshake", Verdict.OK, f"server version {self._probe.server_version}")
        fault, remedy = self._why_not_logged_in("gateway-dead", "'leanib gateway restart'; see 'leanib gateway logs'")
        return Finding("handshake", Verdict.ERROR, self._probe.problem, fault, remedy)

    def _login(self) -> Finding:
        assert self._probe is not None
        if self._probe.layer >= Layer.LOGIN:
            return Finding("login", Verdict.OK, "logged in")
        if any(code == 326 for code, _ in self._probe.errors):
            remedy = "end the other doctor, or wait a minute; after a crash only a restart of the Gateway frees the id"
            return Finding("login", Verdict.ERROR, self._probe.problem, "client-id-in-use", remedy)
        waiting = "confirm the login with IB Key on your phone (2FA), or look at the screen by VNC on port 5900"
        fault, remedy = self._why_not_logged_in("login-waiting", waiting)
        return Finding("login", Verdict.ERROR, self._probe.problem, fault, remedy)

    def _why_not_logged_in(self, fault: str, remedy: str) -> tuple[str, str]:
        return (hint_from_log(self._log()) if self.docker else None) or (fault, remedy)

    def _log(self) -> str:
        """The container's log since its last start: a hint only, since every image writes its own."""
        gateway = self._gateway
        if gateway is None:
            return ""
        try:
            return gateway.compose().run(*gateway.profile, "logs", "--tail", "300", gateway.service, deadline=20)
        except LeanIBError:
            return ""

    def _account(self) -> Finding:
        assert self._probe is not None
        accounts, mode = self._probe.accounts, self.settings.mode
        shown = mask_account(", ".join(accounts))
        wrong = [a for a in accounts if a.upper().startswith("D") != (mode == "paper")]
        if wrong:
            remedy = f"log the Gateway in to the {mode} account (TRADING_MODE={mode}), or dial the other port"
            return Finding("account", Verdict.ERROR, f"{shown} is no {mode} account", "wrong-mode", remedy)
        if self.settings.account and self.settings.account not in accounts:
            whose = "--account" if self.settings.source.account_given else "IB_ACCOUNT"
            place = "--account" if self.settings.source.account_given else "IB_ACCOUNT in .env"
            remedy = f"correct {place}, or log in with the other user"
            return Finding("account", Verdict.ERROR, f"{whose} is not among {shown}", "wrong-account", remedy)
        return Finding("account", Verdict.OK, f"{shown}, {mode}")

    def _version(self) -> Finding:
        assert self._probe is not None
        version = self._probe.server_version
        if version < _OLDEST_VERSION:
            remedy = "update the Gateway: pull a newer image"
            return Finding("api version", Verdict.ERROR, f"server version {version} is too old", "old-gateway", remedy)
        return Finding("api version", Verdict.OK, f"{version} is supported")

    def _clock(self) -> Finding:
        assert self._probe is not None
        offset = self._probe.clock_offset
        if offset is None:
            remedy = "'leanib gateway restart'"
            return Finding("clock", Verdict.ERROR, self._probe.problem, "no-answer", remedy)
        if abs(offset) < _CLOCK_WARNING:
            return Finding("clock", Verdict.OK, "this machine and the Gateway agree")
        verdict = Verdict.ERROR if abs(offset) >= _CLOCK_ERROR else Verdict.WARNING
        text = f"this machine's clock is {-offset:+.0f} s off the Gateway's"
        return Finding("clock", verdict, text, "clock-off", "switch time synchronisation on (timedatectl set-ntp true)")

    def _link(self) -> Finding:
        assert self._probe is not None
        lost = [text for code, text in self._probe.errors if code in _LINK_LOST]
        if lost:
            remedy = "wait: it restores itself; nightly resets are listed in config/reset-windows.toml"
            return Finding("link", Verdict.ERROR, f"no link to IBKR: {lost[-1]}", "link-lost", remedy)
        return Finding("link", Verdict.OK, "no sign of a lost link to IBKR")
