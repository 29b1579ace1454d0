"""The one place through which every alert goes: the monitor's, and those of the services of `leanib.ib`."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from leanib.ib.alerts import Alert
from leanib.ib.clock import Clock, SystemClock
from leanib.ib.redaction import Redactor
from leanib.operations.alerts.book import AlertBook, AlertRules, Delivery
from leanib.operations.alerts.channels import AppriseChannel, Channel
from leanib.operations.alerts.settings import load_addresses, load_rules
from leanib.private_files import write_private
from leanib.project import OPERATIONS

__all__ = ["AlertCenter", "open_alerts"]

_MOST_WAITING = 200


class AlertCenter:
    """Takes alerts, keeps the rules, delivers; what could not be delivered is tried again at the next `tick`.

    It is an `AlertSink`: call it with what the services of `leanib.ib` tell. Deciding (`note...`) and delivering
    (`deliver`) may be done on two threads: what was decided is on disk before it is on its way.

    Args:
        rules: Quiet hours and the like.
        channel: Who delivers.
        clock: Tells the time.
        redactor: Keeps secrets and account numbers in the house.
        state: File that keeps the open conditions between two runs; None: nothing is kept.
        log: Hears of every delivery, and of failures.
        keeps_outbox: Whether `state` also keeps what is on its way, so that a program that is killed meanwhile delivers
            it at its next start: at least once then, and once otherwise. For a program that runs once at a time.
    """

    def __init__(
        self,
        rules: AlertRules,
        channel: Channel,
        *,
        clock: Clock | None = None,
        redactor: Redactor | None = None,
        state: Path | None = None,
        log: Callable[[Delivery, bool], None] = lambda _delivery, _arrived: None,
        keeps_outbox: bool = False,
    ) -> None:
        self.book = AlertBook(rules)
        self._channel = channel
        self._clock = clock or SystemClock()
        self._redactor = redactor or Redactor()
        self._state = state
        self._log = log
        self._keeps_outbox = keeps_outbox
        self._lock = threading.Lock()
        self._fresh: list[Delivery] = []
        self._again: list[Delivery] = []
        self._written = ""
        self._load()

    def __call__(self, alert: Alert) -> None:
        """Something happened."""
        self.note(alert)
        self.deliver()

    def raise_condition(self, alert: Alert) -> None:
        """A condition begins."""
        self.note_condition(alert)
        self.deliver()

    def resolve(self, key: str, text: str) -> None:
        """A condition ends."""
        self.note_resolved(key, text)
        self.deliver()

    def note(self, alert: Alert) -> None:
        """Decides about something that happened, and writes it down."""
        self._decided(lambda now: self.book.event(self._redacted(alert), now))

    def note_condition(self, alert: Alert) -> None:
        """The same for a condition that begins."""
        self._decided(lambda now: self.book.raise_condition(self._redacted(alert), now))

    def note_resolved(self, key: str, text: str) -> None:
        """The same for one that ends."""
        self._decided(lambda now: self.book.resolve(key, self._redactor.text(text), now))

    def tick(self) -> None:
        """Reminders, escalations, the end of quiet hours, and a new try of what did not arrive."""
        with self._lock:
            self._fresh, self._again = [*self._again, *self._fresh], []
        self._decided(self.book.due)
        self.deliver()

    def deliver(self) -> None:
        """Sends what was decided and not tried yet, in order; may take as long as a network does."""
        while True:
            with self._lock:
                if not self._fresh:
                    return
                delivery = self._fresh[0]
            arrived = False
            try:
                arrived = self._channel.send(delivery)
                self._log(delivery, arrived)
            finally:  # whatever a service's module does: the next one must find its way
                with self._lock:
                    self._fresh = self._fresh[1:]
                    if not arrived:
                        self._again = [*self._again, delivery][-_MOST_WAITING:]
                    self._save()

    def _decided(self, decide: Callable[[datetime], list[Delivery]]) -> None:
        with self._lock:
            self._fresh += decide(self._clock.now())
            self._save()

    def _redacted(self, alert: Alert) -> Alert:
        return Alert(alert.severity, alert.key, self._redactor.text(alert.text))

    def _load(self) -> None:
        if self._state is None:
            return
        try:
            content = json.loads(self._state.read_text(encoding="utf-8"))
            self.book.restore(content)
            if self._keeps_outbox:
                self._again = [Delivery.from_dict(one) for one in content.get("outbox", [])]
        except FileNotFoundError:
            return
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            return  # the conditions are seen anew; at worst one is told twice

    def _save(self) -> None:
        if self._state is None:
            return
        outbox = [one.as_dict() for one in (*self._again, *self._fresh)] if self._keeps_outbox else []
        text = json.dumps({**self.book.as_dict(), "outbox": outbox})
        if text == self._written:
            return
        try:
            write_private(self._state, text)
            self._written = text
        except OSError:
            return  # a full disk must not silence the alert that tells of it


def open_alerts(
    root: Path, name: str, redactor: Redactor, log: Callable[[Delivery, bool], None], **more: Any
) -> AlertCenter:
    """The project's alerts: rules, addresses, and the state of `name`.

    Raises:
        ConfigurationError: Rules or addresses are wrong.
    """
    channel = AppriseChannel(load_addresses(root), name)
    return AlertCenter(
        load_rules(root), channel, redactor=redactor, state=root / OPERATIONS / f"alerts-{name}.json", log=log, **more
    )


def as_line(delivery: Delivery) -> dict[str, Any]:
    """For the log."""
    return {name: getattr(value, "value", value) for name, value in asdict(delivery).items() if name != "at"}
