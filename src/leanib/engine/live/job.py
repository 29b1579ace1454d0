"""What is to be run live, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leanib.engine.communication.notifications import Notification
from leanib.engine.market import SubscriptionDataConfig
from leanib.engine.results.listener import Listener
from leanib.ib import AlertSink

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["AtEnd", "LiveJob", "LiveOutcome", "OnError", "Pulse"]


class AtEnd(Enum):
    """What becomes of orders and positions when the run is stopped."""

    KEEP = "keep"
    CANCEL = "cancel"
    LIQUIDATE = "liquidate"


class OnError(Enum):
    """What becomes of them when the algorithm fails: all stays, its orders are cancelled, or positions closed too."""

    KEEP = "keep"
    STOP = "stop"
    LIQUIDATE = "liquidate"


def _nobody(_alert: object) -> None:
    """Tells nobody."""


@dataclass
class LiveJob:
    """What to run.

    Attributes:
        data_folder: Market data, LEAN's layout.
        name: Of the strategy; its state is kept under it.
        algorithm_id: The deployment's, `L-` and digits.
        state_folder: Where the state is kept, beside the order journal.
        destination: Where results go; None writes none.
        command_folder: Where command files are looked for; None: nowhere.
        book: The name of its part of a shared account; empty when it owns the account.
        fresh: Whether what an earlier run left is forgotten.
        notify: Delivers a message of the algorithm; True when it arrived.
        alert: Tells a person.
        trace: Takes lines for LEAN's log that are not for the user.
        in_rhythm: Whether files are written while the run lasts, and not only at its end.
        on_launch: Called once the algorithm trades.
        on_subscription: Called with each stream of market data that begins.
    """

    data_folder: Path
    name: str
    algorithm_id: str
    state_folder: Path
    destination: Path | None = None
    command_folder: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    object_store_root: Path | None = None
    listener: Listener | None = None
    book: str = ""
    fresh: bool = False
    on_exit: AtEnd = AtEnd.KEEP
    on_error: OnError = OnError.STOP
    notify: Callable[[Notification], bool] | None = None
    alert: AlertSink = _nobody
    trace: Callable[[str], object] = lambda _line: None
    in_rhythm: bool = True
    on_launch: Callable[[], object] = lambda: None
    on_subscription: Callable[[SubscriptionDataConfig], object] = lambda _config: None
    project_id: int = 0

    @property
    def state_file(self) -> Path:
        """The file of the run's state."""
        label = "".join(c if c.isalnum() or c in "-_" else "-" for c in self.name)
        return self.state_folder / f"live-{label}{'.' + self.book if self.book else ''}.sqlite3"


@dataclass
class Pulse:
    """What the algorithm's thread is doing, for whoever watches it from another.

    Attributes:
        phase: In a few words.
        since: Since when, naive UTC; None while it waits for time to pass.
        thread_id: Of the algorithm's thread.
    """

    phase: str = "starting"
    since: datetime | None = None
    thread_id: int = 0

    def busy(self, now: datetime) -> timedelta:
        """How long the present step has taken."""
        return now - self.since if self.since is not None else timedelta(0)


@dataclass
class LiveOutcome:
    """How a live run ended.

    Attributes:
        error: What ended it, None when it was stopped.
        complete: Whether orders and positions are as they were to be at the end.
    """

    algorithm: QCAlgorithm
    results: Any
    error: BaseException | None
    complete: bool
