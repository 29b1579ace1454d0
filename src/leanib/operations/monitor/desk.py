"""What the parts of the monitor share while they judge one look: rules, calendar, memory, the outcome."""

from __future__ import annotations

from datetime import datetime, timedelta

from leanib.ib.alerts import Alert, Severity
from leanib.ib.windows import ResetWindows
from leanib.operations.monitor.market import Market
from leanib.operations.monitor.outcome import Do, Outcome
from leanib.operations.monitor.rules import Rules
from leanib.operations.monitor.sight import Sight
from leanib.operations.monitor.state import MonitorState

__all__ = ["Desk"]


class Desk:
    """One look on the desk."""

    def __init__(self, rules: Rules, windows: ResetWindows, market: Market | None, state: MonitorState) -> None:
        self.rules = rules
        self.windows = windows
        self.market = market
        self.state = state
        self._sight: Sight | None = None
        self.out = Outcome()

    def take(self, sight: Sight) -> None:
        """The next look; the outcome is empty again."""
        self._sight, self.out = sight, Outcome()

    @property
    def sight(self) -> Sight:
        """The present look."""
        assert self._sight is not None
        return self._sight

    @property
    def now(self) -> datetime:
        """The moment of the look."""
        return self.sight.now

    def wrong(self, key: str, severity: Severity, text: str) -> None:
        """A condition; a person is told when it begins."""
        if key not in self.state.conditions:
            self.state.conditions[key] = self.now
            self.out.raised.append(Alert(severity, key, text))
            self.out.notes.append(text)

    def right(self, text: str, *keys: str) -> None:
        """Conditions that end, if they were there."""
        for key in keys:
            since = self.state.conditions.pop(key, None)
            if since is not None:
                self.out.resolved.append((key, f"{text} (after {spoken(self.now - since)})"))
                self.out.notes.append(text)

    def hold(self, key: str, text: str) -> None:
        """Stops LEAN and starts nothing again until a person does; told once, with the step that is theirs."""
        self.wrong(key, Severity.CRITICAL, text)
        if self.sight.lean.is_running:
            self.out.act(Do.STOP_LEAN, key)
        self.out.act(Do.HOLD, text)
        self.state.held_for = text
        self.state.enter("held", key, self.now)

    def in_reset(self) -> bool:
        """Whether IBKR resets its servers now, so that nobody should log in."""
        return self.windows.at(self.now, "reset") is not None

    def near_restart(self) -> bool:
        """Whether the Gateway restarts itself about now."""
        margin = self.rules.around_restart
        return any(self.windows.at(self.now + shift, "restart") for shift in (timedelta(0), margin, -margin))

    def until_open(self) -> str:
        """`the market is open` or `the market opens in 42 min`; empty when the calendar is unknown."""
        if self.market is None:
            return "when the market opens is not known (no market-hours database)"
        if self.market.is_open(self.now):
            return "the market is OPEN"
        opening = self.market.next_open(self.now)
        return f"the market opens in {spoken(opening - self.now)}" if opening else "the market stays closed for weeks"

    def is_open(self) -> bool:
        """Whether the market is open; taken for open when nobody knows."""
        return self.market is None or self.market.is_open(self.now)


def spoken(length: timedelta) -> str:
    """`40 s`, `12 min`, `3 h 5 min`, `2 days`."""
    seconds = int(length.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    return f"{minutes // (24 * 60)} days"
