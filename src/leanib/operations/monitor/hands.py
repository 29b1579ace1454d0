"""Doing what the judgement wants. Each act may be done twice without harm, and ends within its deadline."""

from __future__ import annotations

import concurrent.futures
import importlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from leanib.errors import LeanIBError
from leanib.operations.book import Book
from leanib.operations.deploy.deployer import Target, plan_again, record_start
from leanib.operations.deploy.launch import DeployFailed, launch
from leanib.operations.deploy.record import Deployment, load_deployment, save_deployment
from leanib.operations.deploy.start_lock import hands_on_lean
from leanib.operations.monitor.doubts import doubts_of, holding_differences
from leanib.operations.monitor.eyes import Eyes
from leanib.operations.monitor.gateway_container import GatewayContainer
from leanib.operations.monitor.lease import LeaseLost
from leanib.operations.monitor.outcome import Action, Do

__all__ = ["Hands"]

T = TypeVar("T")

_BEAT = 0.5
_LOCK_PATIENCE = 5.0
_RESULTS_FRESH = timedelta(minutes=15)


class Hands:
    """The monitor's hands.

    Args:
        root: The project's folder.
        mode: `paper` or `live`.
        eyes: Whose Docker client and session are used.

    Attributes:
        alive: Called about twice a second while an act takes its time, so that lease and watchdog do not run out.
        tell: Hears what an act found out, for the timeline.
        book: The last answer about the account.
        doubts: What the journals say and it does not explain.
        differences: What a running LEAN counts otherwise than it.
        lean_id_free: Whether the Gateway would let LEAN in; asked with the book while LEAN does not run.
    """

    def __init__(self, root: Path, mode: str, eyes: Eyes) -> None:
        self._root, self._mode, self._eyes = root, mode, eyes
        self.alive: Callable[[], None] = lambda: None
        self.tell: Callable[[str], None] = lambda _text: None
        self._docker_error: type[Exception] = importlib.import_module("docker.errors").DockerException
        self.book: Book | None = None
        self.doubts: tuple[str, ...] = ()
        self.differences: tuple[str, ...] = ()
        self.lean_id_free: bool | None = None

    def do(self, action: Action) -> str:
        """Does one thing; empty, or why it could not be done."""
        try:
            self._do(action)
        except LeaseLost:
            raise
        except (LeanIBError, OSError, self._docker_error) as error:
            return f"{action.do.value}: {error}"
        return ""

    def _do(self, action: Action) -> None:
        match action.do:
            case Do.START_GATEWAY:
                self._while_alive(self._gateway.start)
            case Do.SOFT_RESTART_GATEWAY:
                self.tell(self._while_alive(self._gateway.restart_softly))
            case Do.RESTART_GATEWAY:
                self._while_alive(self._gateway.restart)
            case Do.STOP_GATEWAY:
                self._while_alive(self._gateway.stop)
            case Do.JOIN_NETWORK:
                self._gateway.join_network()
            case Do.STOP_LEAN:
                self._eyes.containers.interrupt(self._container)
            case Do.KILL_LEAN:
                self._eyes.containers.kill(self._container)
            case Do.ASK_BOOK:
                self._ask()
            case Do.REDEPLOY:
                self._redeploy()
            case Do.HOLD:
                self._change(hold=action.why)
            case Do.ENDED:
                self._change(wanted="stopped")

    @property
    def _gateway(self) -> GatewayContainer:
        if self._eyes.gateway is None:
            raise LeanIBError("the Gateway is not in this machine's care")
        return self._eyes.gateway

    @property
    def _container(self) -> str:
        deployment = load_deployment(self._root, self._mode)
        return deployment.container if deployment is not None else ""

    def _ask(self) -> None:
        deployment = load_deployment(self._root, self._mode)
        self.book = self._while_alive(self._eyes.ask)
        if deployment is not None:
            journal = self._eyes.settings.orders.journal
            output, is_lean = self._root / deployment.output, deployment.engine == "lean"
            self.doubts = doubts_of(self.book, deployment.account, output if is_lean else None, journal)
            runs = self._eyes.containers.find(deployment.container).is_running
            unknown = runs or not is_lean
            self.lean_id_free = None if unknown else self._while_alive(self._eyes.lean_id_free)
            self.differences = self._differences(self.book, output) if runs and is_lean else ()

    def _differences(self, book: Book, output: Path) -> tuple[str, ...]:
        """By results that LEAN wrote in the last quarter of an hour; it writes some seconds after a fill."""
        return holding_differences(book, output, book.at - _RESULTS_FRESH)

    def _redeploy(self) -> None:
        """A new container for the same deployment, or the embedded engine's own again; no other hands are on it.

        Raises:
            DeployFailed: It did not start, a person was quicker, or the present container still runs.
        """
        with hands_on_lean(self._root, self._mode, patience=_LOCK_PATIENCE):
            deployment = load_deployment(self._root, self._mode)
            if deployment is None or deployment.wanted != "running":
                raise DeployFailed("a person stopped the algorithm meanwhile")
            if self._eyes.containers.find(deployment.container).is_running:
                raise DeployFailed(f"{deployment.container} still runs; two would trade the same account")
            if deployment.engine == "embedded" and self._start_again(deployment):
                return
            plan = plan_again(self._root, deployment)
            record_start(plan, Target(plan.ib_host, plan.ib_port, deployment.service), None, before=deployment)
            launch(plan, alive=self.alive)

    def _start_again(self, deployment: Deployment) -> bool:
        """The code and the settings of the deployment, whatever has been edited since; False when they are gone."""
        started = deployment.with_(
            started_at=datetime.now(UTC).isoformat(timespec="seconds"), generation=deployment.generation + 1
        )
        save_deployment(self._root, started)
        return self._while_alive(lambda: self._eyes.containers.start(deployment.container))

    def _change(self, **changes: str) -> None:
        deployment = load_deployment(self._root, self._mode)
        if deployment is not None:
            save_deployment(self._root, deployment.with_(**changes))

    def _while_alive(self, work: Callable[[], T]) -> T:
        """Runs what blocks in a thread and gives signs of life meanwhile; each of these works has a deadline."""
        with concurrent.futures.ThreadPoolExecutor(1, "leanib-monitor-hand") as pool:
            future = pool.submit(work)
            while True:
                try:
                    return future.result(timeout=_BEAT)
                except TimeoutError:
                    if future.done():
                        raise
                    self.alive()
