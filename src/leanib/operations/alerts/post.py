"""Alerts of a running program on their way to people: on a thread of its own, so that nothing waits for a network."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from leanib.ib.alerts import Alert, AlertSink
from leanib.ib.redaction import Redactor
from leanib.operations.alerts.book import Delivery
from leanib.operations.alerts.center import AlertCenter, open_alerts
from leanib.operations.alerts.settings import load_addresses

__all__ = ["AlertPost", "posted_alerts"]

_TICK, _PATIENCE = 15.0, 15.0


class AlertPost:
    """Hands alerts to an `AlertCenter`; it is an `AlertSink` and waits for no network, whatever thread calls it.

    When it returns the alert is written down; the delivery follows on a thread of its own.

    Args:
        center: Keeps the rules and delivers; from now on only this object may use it.
        tell: Hears, once, of what could not be delivered.
        tick: Seconds between two looks at reminders and at what is to be tried again.
    """

    def __init__(self, center: AlertCenter, tell: Callable[[str], None], *, tick: float = _TICK) -> None:
        self._center = center
        self._tell = tell
        self._tick = tick
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._deliver, name="leanib-alerts", daemon=True)
        self._thread.start()

    def __call__(self, alert: Alert) -> None:
        """Something happened."""
        self._note(lambda: self._center.note(alert))

    def raise_condition(self, alert: Alert) -> None:
        """A condition begins."""
        self._note(lambda: self._center.note_condition(alert))

    def resolve(self, key: str, text: str) -> None:
        """A condition ends."""
        self._note(lambda: self._center.note_resolved(key, text))

    def _note(self, decide: Callable[[], None]) -> None:
        decide()
        self._work.put(self._center.deliver)

    def close(self, patience: float = _PATIENCE) -> None:
        """Delivers what is waiting, for `patience` seconds at most; what did not get out by then is told."""
        self._work.put(None)
        self._thread.join(patience)
        if self._thread.is_alive():
            self._tell(f"alerts were still on their way after {patience:g} s; see 'leanib alerts test'")

    def _deliver(self) -> None:
        self._center.tick()
        while True:
            try:
                work = self._work.get(timeout=self._tick)
            except queue.Empty:
                self._center.tick()
                continue
            if work is None:
                return
            try:
                work()
            except Exception as error:  # whatever a service's module does: the next alert must find its way
                self._tell(f"an alert could not be sent ({type(error).__name__}); see 'leanib alerts test'")


@contextmanager
def posted_alerts(root: Path, name: str, redactor: Redactor, tell: Callable[[str], None]) -> Iterator[AlertSink | None]:
    """The project's alerts for a program, closed in order; None where the project has no addresses.

    Args:
        root: The project's folder.
        name: Which program on which account this is, such as `connect-paper`: stands in the messages' titles, and
            what quiet hours hold back is kept under it for the program's next run.
        redactor: Keeps secrets and account numbers in the house.
        tell: Hears of what could not be delivered.

    Raises:
        ConfigurationError: Rules or addresses are wrong.
    """
    addresses = load_addresses(root)
    if not addresses.normal and not addresses.urgent:
        yield None
        return
    failed = threading.Event()

    def log(delivery: Delivery, arrived: bool) -> None:
        if not arrived and not failed.is_set():
            failed.set()
            tell(f"the alert '{delivery.key}' did not reach every address; see 'leanib alerts test'")

    post = AlertPost(open_alerts(root, name, redactor, log), tell)
    try:
        yield post
    finally:
        post.close()
