"""The equity of today and since the deployment, as the page draws it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from leanib.operations.dashboard.equity import EquityBook

__all__ = ["EquityCurve"]

_ZONE = ZoneInfo("America/New_York")
_MOST = 600
_BETWEEN = timedelta(seconds=5)


class EquityCurve:
    """Notes what the account is worth and makes the section of it, anew once a minute.

    Args:
        book: Where values are kept.
        deployed_at: Since when the present deployment runs (aware), None without one.
    """

    def __init__(self, book: EquityBook, deployed_at: Callable[[], datetime | None]) -> None:
        self._book = book
        self._deployed_at = deployed_at
        self._noted_at: datetime | None = None
        self._made: tuple[object, dict[str, Any]] | None = None

    def note(self, account: str, now: datetime, value: float) -> None:
        """The value now; written every few seconds."""
        if self._noted_at is None or now - self._noted_at >= _BETWEEN:
            self._noted_at = now
            self._book.note(account, now, value)

    def section(self, account: str, now: datetime) -> dict[str, Any]:
        """Both curves as [seconds since 1970, value], thinned; and since when values are kept."""
        deployed = self._deployed_at()
        key = (account, now.replace(second=0, microsecond=0), deployed, self._noted_at is not None)
        if self._made is None or self._made[0] != key:
            self._made = key, self._section(account, now, deployed) if account else {"today": [], "deployment": []}
        return self._made[1]

    def _section(self, account: str, now: datetime, deployed: datetime | None) -> dict[str, Any]:
        midnight = now.astimezone(_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        kept_since = self._book.first_at(account)
        return {
            "today": self._book.since(account, midnight, _MOST),
            "before": self._book.before(account, midnight),
            "midnight": midnight,
            "deployed": deployed,
            "deployment": self._book.since(account, deployed, _MOST) if deployed is not None else [],
            "keptSince": kept_since,
        }

    def close(self) -> None:
        """Closes the book."""
        self._book.close()
