"""What the monitor sees in one look. All times are aware UTC. Unknown is None, never empty."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from leanib.operations.book import Book
from leanib.operations.lean_log import LeanFacts
from leanib.operations.probe import Layer

__all__ = ["GatewaySight", "LeanSight", "Sight"]


@dataclass(frozen=True)
class GatewaySight:
    """The Gateway: its container, and how far its API answers on the monitor's own, persistent session.

    Attributes:
        state: Docker's word (`running`, `exited`, `paused`, `absent`, ...), or `elsewhere` for one not in our care.
        started_at: When its process began.
        layer: The last layer that answers.
        right_account: Whether it serves the expected account; None before the login.
        link_lost: Whether the Gateway says that it has no link to IBKR (1100).
        hint: What its log hints at since it started, by the doctor's names: `two-factor-waiting`, `wrong-password`,
            `existing-session`, `disk-full`, or empty. Only a hint: nothing is concluded from it alone.
        on_network: Whether it is on LEAN's network.
        lost_at: When the monitor's own session broke, in an outage that lasts; None when it stands.
        login_tries: Logins that its log tells of within the last quarter of an hour, since the last that succeeded;
            its own script starts it again without a new process of the container.
    """

    state: str = "running"
    started_at: datetime | None = None
    layer: Layer = Layer.NOTHING
    right_account: bool | None = None
    link_lost: bool = False
    hint: str = ""
    on_network: bool = True
    out_of_memory: bool = False
    lost_at: datetime | None = None
    login_tries: int = 0

    @property
    def is_ready(self) -> bool:
        """Logged in to the right account, answering, linked to IBKR, and within LEAN's reach."""
        return self.layer is Layer.REQUEST and self.right_account is True and not self.link_lost and self.on_network

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return self.state in ("running", "elsewhere")


@dataclass(frozen=True)
class LeanSight:
    """LEAN's container and what its log says.

    Attributes:
        exit_code: How it ended; None while it runs, or when nobody knows.
        results_at: When it wrote a result file last; another thread's sign of life.
    """

    state: str = "absent"
    exit_code: int | None = None
    out_of_memory: bool = False
    results_at: datetime | None = None
    facts: LeanFacts = field(default_factory=LeanFacts)

    @property
    def is_running(self) -> bool:
        """Whether there is a process that may trade."""
        return self.state in ("running", "paused", "restarting")


@dataclass(frozen=True)
class Sight:
    """One look.

    Attributes:
        wanted: What a person asked for last: `running`, `stopped`, or empty when nothing was ever deployed.
        container: The name of LEAN's container.
        book: The answer to the last question about the account, when one was asked.
        doubts: What the journals say and `book` does not explain, one sentence each: LEAN's own orders by its result
            files, and those of the project's order journal.
        differences: What LEAN counts otherwise than `book`, one sentence each.
        lean_id_free: Whether the Gateway would let LEAN's client id in; None when nobody asked or knows. After a cut of
            the network it may hold the id for a connection that is gone.
        free_bytes: Where results and logs are written; None when unknown.
        hold: What the deployment's record says why nothing is started by itself; empty when nothing holds.
        busy: A person's command (`leanib deploy`, `redeploy`, `stop`) is at work on LEAN; it is left alone meanwhile.
        engine: What runs the algorithm, `lean` or `embedded`.
        failure: Why the last action could not be done; empty when it could.
    """

    now: datetime
    gateway: GatewaySight
    lean: LeanSight
    wanted: str = "running"
    container: str = ""
    book: Book | None = None
    doubts: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    lean_id_free: bool | None = None
    busy: bool = False
    free_bytes: int | None = None
    failure: str = ""
    engine: str = "lean"
    hold: str = ""
