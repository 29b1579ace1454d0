"""What the monitor remembers between two looks, and over its own death (JSON)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from leanib.operations.book import Book

__all__ = ["MonitorState"]

_BOOKS = ("baseline", "first_book")
_MOMENTS = (
    "ready_since", "away_since", "lost_at", "back_at", "link_lost_since", "off_network_since", "gateway_seen_start",
    "last_push", "phase_since", "asked_at", "id_held_since",
)  # fmt: skip
_LISTS = ("restarts", "logins", "sessions", "redeploys")


@dataclass
class MonitorState:
    """Everything that decisions rest on besides the present look.

    Attributes:
        conditions: What is wrong, by key, with the moment since when; told to a person once each.
        ready_since: Since when the Gateway is well without a break.
        away_since: Since when it is not.
        lost_at: When LEAN's socket to the Gateway must have broken last; None when nothing broke since its login.
        back_at: When the Gateway was well again after that.
        gateway_seen_start: The start of the Gateway's process that was counted as a login last.
        restarts, logins, sessions, redeploys: Moments, for the budgets.
        pushes: Moments (ISO) of the market's openings before which a push was asked for, with its lead.
        phase: `watch`, `stopping`, `recover`, `starting`, or `held`.
        phase_why: What led to it.
        error: The error that led to the redeployment under way or the last one, for `never twice`.
        errors: Errors that were redeployed for today, with their moments.
        baseline: The account as it was known last.
        first_book: The first of the two equal answers.
        differs: What LEAN counted otherwise than the account at the last question.
        held_for: The words of a hold, until they stand in the deployment's record: a full disk takes them later.
        told: Lead-time messages that were given, by name.
        id_held_since: Since when the Gateway holds LEAN's client id for a connection that is gone.
    """

    conditions: dict[str, datetime] = field(default_factory=dict)
    ready_since: datetime | None = None
    away_since: datetime | None = None
    lost_at: datetime | None = None
    back_at: datetime | None = None
    link_lost_since: datetime | None = None
    off_network_since: datetime | None = None
    gateway_seen_start: datetime | None = None
    last_push: datetime | None = None
    restarts: list[datetime] = field(default_factory=list)
    logins: list[datetime] = field(default_factory=list)
    sessions: list[datetime] = field(default_factory=list)
    redeploys: list[datetime] = field(default_factory=list)
    pushes: list[str] = field(default_factory=list)
    session_hinted: bool = False
    phase: str = "watch"
    phase_since: datetime | None = None
    phase_why: str = ""
    error: str = ""
    errors: dict[str, datetime] = field(default_factory=dict)
    baseline: Book | None = None
    first_book: Book | None = None
    asked_at: datetime | None = None
    container: str = ""
    told: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    held_for: str = ""
    id_held_since: datetime | None = None

    @property
    def is_calm(self) -> bool:
        """Whether nothing is wrong and nothing is waited for; LEAN's own login after an outage is."""
        return not self.conditions and self.phase == "watch" and self.lost_at is None

    def enter(self, phase: str, why: str, now: datetime) -> None:
        """Begins a phase."""
        self.phase, self.phase_why, self.phase_since = phase, why, now
        self.first_book, self.asked_at = None, None

    def in_phase(self, now: datetime) -> timedelta:
        """How long the phase has lasted."""
        return now - (self.phase_since or now)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        content: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Book):
                value = value.as_dict()
            elif isinstance(value, datetime):
                value = value.isoformat()
            elif one.name in _LISTS:
                value = [moment.isoformat() for moment in value]
            elif one.name in ("conditions", "errors"):
                value = {key: moment.isoformat() for key, moment in value.items()}
            content[one.name] = value
        return content

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> MonitorState:
        """From what `as_dict` made; keys of other versions are left aside."""
        known = {one.name for one in fields(cls)}
        values = {name: value for name, value in content.items() if name in known}
        for name in _BOOKS:
            values[name] = Book.from_dict(values[name]) if values.get(name) else None
        for name in _MOMENTS:
            values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
        for name in _LISTS:
            values[name] = [datetime.fromisoformat(moment) for moment in values.get(name, [])]
        for name in ("conditions", "errors"):
            values[name] = {key: datetime.fromisoformat(at) for key, at in values.get(name, {}).items()}
        return cls(**values)


def recent(moments: list[datetime], now: datetime, within: timedelta) -> list[datetime]:
    """Those within a time before now."""
    return [moment for moment in moments if now - moment < within]
