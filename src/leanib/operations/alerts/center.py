"""The one place through which every alert goes: the monitor's, and those of the services of `leanib.ib`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
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

    It is an `AlertSink`: call it with what the services of `leanib.ib` tell.

    Args:
        rules: Quiet hours and the like.
        channel: Who delivers.
        clock: Tells the time.
        redactor: Keeps secrets and account numbers in the house.
        state: File that keeps the open conditions between two runs; None: nothing is kept.
        log: Hears of every delivery, and of failures.
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
    ) -> None:
        self.book = AlertBook(rules)
        self._channel = channel
        self._clock = clock or SystemClock()
        self._redactor = redactor or Redactor()
        self._state = state
        self._log = log
        self._undelivered: list[Delivery] = []
        self._written = ""
        self._load()

    def __call__(self, alert: Alert) -> None:
        """Something happened."""
        self._send(self.book.event(self._redacted(alert), self._clock.now()))

    def raise_condition(self, alert: Alert) -> None:
        """A condition begins."""
        self._send(self.book.raise_condition(self._redacted(alert), self._clock.now()))

    def resolve(self, key: str, text: str) -> None:
        """A condition ends."""
        self._send(self.book.resolve(key, self._redactor.text(text), self._clock.now()))

    def tick(self) -> None:
        """Reminders, escalations, the end of quiet hours, and a new try of what did not arrive."""
        again, self._undelivered = self._undelivered, []
        self._send([*again, *self.book.due(self._clock.now())])

    def _redacted(self, alert: Alert) -> Alert:
        return Alert(alert.severity, alert.key, self._redactor.text(alert.text))

    def _send(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            arrived = self._channel.send(delivery)
            self._log(delivery, arrived)
            if not arrived:
                self._undelivered = [*self._undelivered, delivery][-_MOST_WAITING:]
        self._save()

    def _load(self) -> None:
        if self._state is None:
            return
        try:
            self.book.restore(json.loads(self._state.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return
        except (ValueError, KeyError, TypeError, OSError):
            return  # the conditions are seen anew; at worst one is told twice

    def _save(self) -> None:
        if self._state is None:
            return
        text = json.dumps(self.book.as_dict())
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
