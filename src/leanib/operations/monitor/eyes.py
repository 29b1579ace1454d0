"""One look at everything: Gateway, LEAN, account, disk. What cannot be seen is unknown, never empty."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

from leanib.ib.clock import Clock
from leanib.ib.redaction import Redactor
from leanib.ib.settings import IBSettings
from leanib.operations.book import LEAN_CLIENT, Book
from leanib.operations.deploy.containers import LeanContainers
from leanib.operations.deploy.record import Deployment, load_deployment
from leanib.operations.deploy.start_lock import is_busy
from leanib.operations.monitor.api_session import ApiSession, ApiView
from leanib.operations.monitor.docker_watch import DockerWatch
from leanib.operations.monitor.gateway_container import ContainerView, GatewayContainer
from leanib.operations.monitor.lean_eye import LeanEye
from leanib.operations.monitor.sight import GatewaySight, LeanSight, Sight
from leanib.operations.probe import Layer

__all__ = ["Eyes"]


class Eyes:
    """Looks, and holds what looking needs: Docker's client, its events, the session with the Gateway.

    Args:
        root: The project's folder.
        settings: Of the mode; the account is the deployment's once there is one.
        client: The Docker SDK's client.
        clock: Tells the time.
        wake: Set when a container begins or ends.
    """

    def __init__(self, root: Path, settings: IBSettings, client: Any, clock: Clock, wake: threading.Event) -> None:
        self.root, self.settings, self.client = root, settings, client
        self._clock = clock
        self._redactor = Redactor(settings.secrets)
        self.containers = LeanContainers(client)
        self._watch = DockerWatch(client, wake)
        self._lean = LeanEye(root, self.containers, self._watch)
        self._session: ApiSession | None = None
        self._account = ""
        self.gateway: GatewayContainer | None = None
        self._service = ""
        self.api = ApiView()

    def look(
        self,
        *,
        failure: str = "",
        book: Book | None = None,
        doubts: tuple[str, ...] = (),
        differences: tuple[str, ...] = (),
        lean_id_free: bool | None = None,
    ) -> Sight:
        """What there is to see now.

        Args:
            failure: Why the last action could not be done.
            book: The last answer about the account.
            doubts: What the journals say and it does not explain.
            differences: What LEAN counts otherwise than it.
            lean_id_free: Whether the Gateway would let LEAN in, as far as it was asked.
        """
        deployment = load_deployment(self.root, self.settings.mode)
        self._turn_to(deployment)
        gateway = self._gateway_sight(deployment)
        return Sight(
            now=self._clock.now(),
            gateway=gateway,
            lean=self._lean.look(deployment) if deployment is not None else LeanSight(),
            wanted=deployment.wanted if deployment is not None else "",
            container=deployment.container if deployment is not None else "",
            book=book,
            doubts=doubts,
            differences=differences,
            engine=deployment.engine if deployment is not None else "lean",
            hold=deployment.hold if deployment is not None else "",
            lean_id_free=lean_id_free,
            busy=is_busy(self.root, self.settings.mode),
            free_bytes=self._free(),
            failure=failure,
        )

    def ask(self) -> Book:
        """Positions, orders and fills on the session that stands."""
        if self._session is None:
            return Book(self._clock.now(), reason="nothing is deployed, so nobody is asked")
        return self._session.ask()

    def lean_id_free(self) -> bool | None:
        """Whether the Gateway would let LEAN's client id in; None when that cannot be known."""
        return self._session.is_free(LEAN_CLIENT) if self._session is not None else None

    def close(self) -> None:
        """Lets go of session and events."""
        self._watch.close()
        if self._session is not None:
            self._session.close()

    def _turn_to(self, deployment: Deployment | None) -> None:
        """A session for the deployment's account; the service whose container is its Gateway."""
        if deployment is None:
            return
        if self._session is None or self._account != deployment.account:
            if self._session is not None:
                self._session.close()
            self._account = deployment.account
            settings = self.settings.model_copy(update={"account": deployment.account})
            self._session = ApiSession(settings, self._clock)
        if self._service != deployment.service:
            self._service = deployment.service
            ours = bool(deployment.service)
            self.gateway = (
                GatewayContainer(self.client, self.root, deployment.service, self._redactor) if ours else None
            )

    def _gateway_sight(self, deployment: Deployment | None) -> GatewaySight:
        if deployment is None or self._session is None:
            return GatewaySight(state="absent")
        self.api = self._session.look()
        view = ContainerView(state="elsewhere")
        if self.gateway is not None:
            view = self.gateway.look(self._clock.now(), read_log=self.api.layer is not Layer.REQUEST)
        return GatewaySight(
            state=view.state,
            started_at=view.started_at,
            layer=self.api.layer,
            right_account=self.api.right_account,
            link_lost=self.api.link_lost,
            hint=view.hint,
            on_network=view.on_network,
            out_of_memory=view.out_of_memory,
            lost_at=self.api.lost_at,
            login_tries=view.login_tries,
        )

    def _free(self) -> int | None:
        """Where LEAN writes and where the order journal lies; the lesser of the two."""
        folders = {self.root, self.settings.orders.journal.parent}
        try:
            return min(shutil.disk_usage(folder).free for folder in folders if folder.exists())
        except OSError:
            return None
