"""What must hold before an algorithm is let near an account; each check is a `Finding`, as the doctor's are."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from leanib.errors import LeanIBError
from leanib.ib.settings import CLIENT_IDS, IBSettings
from leanib.operations.book import LEAN_CLIENT, Book, ask_book
from leanib.operations.deploy.containers import LeanContainers, other_gateways
from leanib.operations.deploy.dry_run import check_algorithm
from leanib.operations.deploy.embedded import ENGINE_IMAGE
from leanib.operations.deploy.git_state import GitState, git_state
from leanib.operations.deploy.lean_command import lean_command
from leanib.operations.deploy.record import Engine
from leanib.operations.doctor import Doctor
from leanib.operations.findings import Finding, Verdict
from leanib.operations.gateway import Gateway
from leanib.operations.gateway_images import load_families

__all__ = ["DEPLOY_CLIENT", "Preflight"]

DEPLOY_CLIENT = CLIENT_IDS["deploy"][0]
_GIGABYTE = 1024**3
_LEAST, _LITTLE = _GIGABYTE, 5 * _GIGABYTE


@dataclass
class Preflight:
    """One examination before a deployment.

    Attributes:
        with_doctor: Whether to look at the Gateway's container; False for a Gateway that runs elsewhere.
        own_container: The container of this mode's present deployment, which may run when it is redeployed.
        gateway: Host and port at which the container will find the Gateway.
        engine: What will run the algorithm.
        book: What the account holds, once asked.
        git: The project's state, once looked at.
    """

    root: Path
    project: str
    settings: IBSettings
    image: str
    with_doctor: bool = True
    own_container: str = ""
    gateway: str = ""
    engine: Engine = "lean"
    findings: list[Finding] = field(default_factory=list)
    book: Book | None = None
    git: GitState = field(default_factory=GitState)

    def examine(self, tell: Callable[[Finding], None] = lambda _finding: None) -> list[Finding]:
        """All checks, each told as it ends; what needs the Gateway is skipped when the doctor found an error."""

        def add(finding: Finding) -> None:
            self.findings.append(finding)
            tell(finding)

        of_the_cli = (self._cli, self._processor) if self.engine == "lean" else ()
        for check in (self._git, *of_the_cli, self._disk, self._algorithm):
            add(check())
        Doctor(self.root, self.settings, docker=self.with_doctor, findings=[]).examine(add)
        for name, check in (
            ("image", self._image),
            ("already running", self._running),
            ("second login", self._second_login),
            ("book", self._book),
        ):
            add(self._guarded(name, check))
        return self.findings

    @property
    def passed(self) -> bool:
        """Whether nothing forbids the deployment."""
        return not any(finding.verdict is Verdict.ERROR for finding in self.findings)

    def _guarded(self, name: str, check: Callable[[], Finding]) -> Finding:
        if name == "book" and not self.passed:
            return Finding(name, Verdict.SKIPPED, "not reached")
        try:
            return check()
        except LeanIBError as error:
            return Finding(name, Verdict.ERROR, str(error), f"{name.replace(' ', '-')}-unknown", "leanib doctor")

    def _git(self) -> Finding:
        self.git = git_state(self.root)
        name = "git"
        if not self.git.commit:
            return Finding(
                name, Verdict.WARNING, str(self.git), "not-under-git", "git init && git add -A && git commit"
            )
        own = [file for file in self.git.changed if file.startswith(self.project)]
        if own:
            remedy = "commit it, so that what trades can be found again"
            return Finding(name, Verdict.WARNING, f"{own[0]} is not committed", "not-committed", remedy)
        return Finding(name, Verdict.OK, str(self.git))

    def _cli(self) -> Finding:
        name = "lean cli"
        try:
            words = [*lean_command(), "live", "deploy", "--help"]
            done = subprocess.run(  # noqa: S603
                words,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        except (LeanIBError, OSError) as error:
            return Finding(name, Verdict.ERROR, str(error), "no-lean-cli", "pip install lean")
        except subprocess.TimeoutExpired:
            return Finding(name, Verdict.ERROR, "the lean CLI does not answer", "lean-cli-hangs", "lean --version")
        if done.returncode:
            return _cli_fails((done.stderr or done.stdout).strip())
        if "--ib-host" not in done.stdout:
            text = "the lean CLI knows no --ib-host, so LEAN would start a Gateway of its own"
            remedy = "connect to the internet and run 'lean live deploy --help' once, or pip install --upgrade lean"
            return Finding(name, Verdict.ERROR, text, "lean-cli-too-old", remedy)
        return Finding(name, Verdict.OK, "knows Gateways that run elsewhere (--ib-host)")

    def _processor(self) -> Finding:
        machine = platform.machine().lower()
        if machine in ("arm64", "aarch64"):
            text = f"the lean CLI refuses Interactive Brokers on this processor ({machine})"
            return Finding(
                "processor", Verdict.ERROR, text, "arm-host", "deploy from a machine with an x86-64 processor"
            )
        return Finding("processor", Verdict.OK, machine)

    def _disk(self) -> Finding:
        free = shutil.disk_usage(self.root).free
        remedy = "free disk space ('docker system df' shows what Docker holds)"
        text = f"{free / _GIGABYTE:.1f} GB are free where results and logs go"
        if free < _LEAST:
            return Finding("room", Verdict.ERROR, text, "disk-full", remedy)
        return Finding("room", Verdict.WARNING if free < _LITTLE else Verdict.OK, text, "", remedy * (free < _LITTLE))

    def _algorithm(self) -> Finding:
        return check_algorithm(self.root, self.project)

    def _image(self) -> Finding:
        if LeanContainers().images(self.image):
            return Finding("image", Verdict.OK, f"{self.image} is here and is taken as it is")
        text = f"the engine's image {self.image} is not here"
        remedy = "make engine-image" if self.image == ENGINE_IMAGE else f"docker pull {self.image}"
        return Finding("image", Verdict.ERROR, text, "engine-image-missing", remedy)

    def _running(self) -> Finding:
        others = [one for one in LeanContainers().running() if one.trades and one.name != self.own_container]
        live = [one for one in others if one.gateway in ("", self.gateway)]
        name = "already running"
        if not live:
            elsewhere = f"; {others[0].name} trades on another Gateway, {others[0].gateway}" if others else ""
            return Finding(name, Verdict.OK, f"nothing else is deployed on this Gateway{elsewhere}")
        text = f"an algorithm already runs in {live[0].name} ({live[0].project}); two would trade one account"
        return Finding(name, Verdict.ERROR, text, "lean-already-running", f"docker stop -t 90 {live[0].name}")

    def _second_login(self) -> Finding:
        own = Gateway(self.root).status().identifier
        user = self.settings.user_id.get_secret_value()
        others = other_gateways(own, load_families(self.root))
        same = [one for one in others if user and one.user == user]
        if same:
            text = f"{same[0].name} logs in with the same IB user; IB lets one of the two live"
            return Finding("second login", Verdict.ERROR, text, "second-login", f"docker stop {same[0].name}")
        if others:
            text = f"another Gateway runs here: {others[0].name}; it must not log in with the same IB user"
            return Finding("second login", Verdict.WARNING, text, "other-gateway", f"docker stop {others[0].name}")
        return Finding("second login", Verdict.OK, "no other Gateway on this machine")

    def _book(self) -> Finding:
        self.book = ask_book(self.settings, DEPLOY_CLIENT)
        name = "book"
        if not self.book.is_complete:
            return Finding(name, Verdict.ERROR, self.book.reason, "book-incomplete", "leanib account")
        if self.engine == "embedded":
            text = f"{self.book.summary()}; its own orders are taken up, others' are told and left alone"
            return Finding(name, Verdict.OK, text)
        foreign = [order for order in self.book.orders if order.client_id != LEAN_CLIENT]
        if foreign:
            text = f"{self.book.summary()}; LEAN would take {foreign[0]} for its own and could not cancel it"
            return Finding(name, Verdict.WARNING, text, "foreign-orders", "leanib order list; leanib order cancel REF")
        if self.book.orders:
            text = f"{self.book.summary()}; LEAN takes over {self.book.orders[0]}"
            return Finding(name, Verdict.WARNING, text, "orders-left", "leanib account shows them")
        return Finding(name, Verdict.OK, f"{self.book.summary()}; LEAN takes over the whole account")


def _cli_fails(said: str) -> Finding:
    if "modules-" in said.lower() or "Modules json" in said:
        text = "the lean CLI has not yet fetched its list of brokerages"
        remedy = "connect to the internet and run 'lean live deploy --help' once"
        return Finding("lean cli", Verdict.ERROR, text, "lean-cli-offline", remedy)
    text = f"the lean CLI does not start: {said.splitlines()[-1] if said else 'it said nothing'}"
    return Finding("lean cli", Verdict.ERROR, text, "lean-cli-fails", "pip install --upgrade lean")
