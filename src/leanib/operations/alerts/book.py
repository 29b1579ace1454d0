"""Which messages a person gets, and when: one a transition, reminders, escalation, quiet hours. Pure; time is given.

Two kinds come in. A *condition* is raised once and resolved once (the monitor's); an *event* has no end (what
`leanib.ib` tells of); it is told again only when its words differ or an hour has passed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from leanib.ib.alerts import Alert, Severity

__all__ = ["AlertBook", "AlertRules", "Delivery"]

_RANK = {Severity.INFORMATION: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}


@dataclass(frozen=True)
class AlertRules:
    """What `config/alerts.toml` says.

    Attributes:
        quiet_from, quiet_until: Local times between which only `quiet_exceptions` and worse are told.
        zone: Their time zone.
        quiet_exceptions: The least severity that breaks the quiet.
        remind_after: Between two reminders of a critical condition that lasts; zero: none.
        escalate_after: A critical condition that lasts so long also goes to the urgent channels; zero: never.
        repeat_events: An event with the same words is told again after that.
    """

    quiet_from: time = time(22)
    quiet_until: time = time(7)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("America/New_York"))
    quiet_exceptions: Severity = Severity.CRITICAL
    remind_after: timedelta = timedelta(hours=1)
    escalate_after: timedelta = timedelta(minutes=15)
    repeat_events: timedelta = timedelta(hours=1)

    def is_quiet(self, now: datetime) -> bool:
        """Whether an aware moment lies in the quiet hours."""
        local = now.astimezone(self.zone).time()
        begin, end = self.quiet_from, self.quiet_until
        return begin <= local < end if begin <= end else local >= begin or local < end


@dataclass(frozen=True)
class Delivery:
    """One message that is to go out now.

    Attributes:
        kind: `raised`, `reminder`, `escalated`, `resolved` or `event`.
        urgent: Whether it goes to the urgent channels too.
    """

    at: datetime
    kind: str
    severity: Severity
    key: str
    text: str
    urgent: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return _plain(asdict(self))

    @classmethod
    def from_dict(cls, one: dict[str, Any]) -> Delivery:
        """From what `as_dict` made."""
        at, severity = datetime.fromisoformat(one["at"]), Severity(one["severity"])
        return cls(at, one["kind"], severity, one["key"], one["text"], one["urgent"])


@dataclass
class _Condition:
    alert: Alert
    since: datetime
    told_at: datetime | None = None
    escalated: bool = False


class AlertBook:
    """Takes alerts, gives deliveries. Its state can be kept between two runs, so that nothing is told twice."""

    def __init__(self, rules: AlertRules) -> None:
        self.rules = rules
        self._conditions: dict[str, _Condition] = {}
        self._events: dict[str, tuple[str, datetime]] = {}
        self._waiting: list[Delivery] = []

    @property
    def open(self) -> dict[str, Alert]:
        """The conditions that last."""
        return {key: one.alert for key, one in self._conditions.items()}

    def raise_condition(self, alert: Alert, now: datetime) -> list[Delivery]:
        """A condition begins; nothing is told when it is known already."""
        if alert.key in self._conditions:
            return []
        self._conditions[alert.key] = condition = _Condition(alert, now)
        delivery = Delivery(now, "raised", alert.severity, alert.key, alert.text)
        return self._now_or_later(delivery, condition)

    def resolve(self, key: str, text: str, now: datetime) -> list[Delivery]:
        """A condition ends; told to whom its beginning was told."""
        condition = self._conditions.pop(key, None)
        if condition is None:
            return []
        self._waiting = [one for one in self._waiting if one.key != key]
        if condition.told_at is None:
            return []
        delivery = Delivery(now, "resolved", Severity.INFORMATION, key, text, urgent=condition.escalated)
        if condition.alert.severity is Severity.CRITICAL:
            return [delivery]
        return self._now_or_later(delivery, None)

    def event(self, alert: Alert, now: datetime) -> list[Delivery]:
        """Something happened."""
        text, at = self._events.get(alert.key, ("", datetime.min.replace(tzinfo=now.tzinfo)))
        if text == alert.text and now - at < self.rules.repeat_events:
            return []
        self._events[alert.key] = (alert.text, now)
        return self._now_or_later(Delivery(now, "event", alert.severity, alert.key, alert.text), None)

    def due(self, now: datetime) -> list[Delivery]:
        """Reminders, escalations, and what waited for the end of the quiet hours."""
        result = [*self._released(now)]
        for key, one in self._conditions.items():
            if one.alert.severity is not Severity.CRITICAL or one.told_at is None:
                continue
            if self.rules.escalate_after and not one.escalated and now - one.since >= self.rules.escalate_after:
                one.escalated, one.told_at = True, now
                result.append(Delivery(now, "escalated", Severity.CRITICAL, key, one.alert.text, urgent=True))
            elif self.rules.remind_after and now - one.told_at >= self.rules.remind_after:
                one.told_at = now
                result.append(Delivery(now, "reminder", Severity.CRITICAL, key, one.alert.text, urgent=one.escalated))
        return result

    def _released(self, now: datetime) -> list[Delivery]:
        if not self._waiting or self.rules.is_quiet(now):
            return []
        released, self._waiting = self._waiting, []
        for delivery in released:
            if delivery.key in self._conditions:
                self._conditions[delivery.key].told_at = now
        return released

    def _now_or_later(self, delivery: Delivery, condition: _Condition | None) -> list[Delivery]:
        rules = self.rules
        if rules.is_quiet(delivery.at) and _RANK[delivery.severity] < _RANK[rules.quiet_exceptions]:
            self._waiting.append(delivery)
            return []
        if condition is not None:
            condition.told_at = delivery.at
        return [delivery]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "conditions": [
                {**_plain(asdict(one.alert)), "since": one.since.isoformat(),
                 "told_at": one.told_at.isoformat() if one.told_at else None, "escalated": one.escalated}
                for one in self._conditions.values()
            ],
            "waiting": [one.as_dict() for one in self._waiting],
            "events": {key: [text, at.isoformat()] for key, (text, at) in self._events.items()},
        }  # fmt: skip

    def restore(self, content: dict[str, Any]) -> None:
        """Takes up what `as_dict` made."""
        for one in content.get("conditions", []):
            alert = Alert(Severity(one["severity"]), one["key"], one["text"])
            told = datetime.fromisoformat(one["told_at"]) if one["told_at"] else None
            self._conditions[alert.key] = _Condition(
                alert, datetime.fromisoformat(one["since"]), told, bool(one["escalated"])
            )
        self._waiting += [Delivery.from_dict(one) for one in content.get("waiting", [])]
        for key, (text, at) in content.get("events", {}).items():
            self._events[key] = (text, datetime.fromisoformat(at))


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in fields.items()}
    return {name: value.value if isinstance(value, Severity) else value for name, value in plain.items()}
