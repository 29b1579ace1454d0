"""What the page shows, section by section, and who is looking: each viewer gets what has changed since it last got it.

A viewer that is slow, asleep or one of ten costs nothing: no queue is kept for it, it gets the newest of each section.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

__all__ = ["Board"]

_BEAT = 1.0
"""Seconds between two signs of life."""


class Board:
    """The sections as JSON texts, each with the number of its latest change."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._changes: dict[str, int] = {}
        self._count = 0
        self._viewers: set[asyncio.Event] = set()
        self._closed = False

    @property
    def viewers(self) -> int:
        """How many streams are open."""
        return len(self._viewers)

    def put(self, section: str, content: Any) -> None:
        """Sets a section; viewers are told when it differs."""
        text = json.dumps(_finite(content), separators=(",", ":"), default=_plain)
        if self._texts.get(section) == text:
            return
        self._count += 1
        self._texts[section], self._changes[section] = text, self._count
        for viewer in self._viewers:
            viewer.set()

    def text(self, section: str) -> str:
        """A section's JSON; `null` while it was never set."""
        return self._texts.get(section, "null")

    def close(self) -> None:
        """Ends every stream."""
        self._closed = True
        for viewer in self._viewers:
            viewer.set()

    async def stream(self) -> AsyncIterator[tuple[str, str]]:
        """All sections, then every change, as (section, JSON); `now` once a second as a sign of life."""
        woken = asyncio.Event()
        self._viewers.add(woken)
        seen = 0
        try:
            while not self._closed:
                woken.clear()
                fresh = [name for name, change in self._changes.items() if change > seen]
                seen = self._count
                for name in fresh:
                    yield name, self._texts[name]
                if not fresh:
                    yield "now", self.text("now")
                try:
                    async with asyncio.timeout(_BEAT):
                        await woken.wait()
                except TimeoutError:
                    continue
        finally:
            self._viewers.discard(woken)


def _finite(value: Any) -> Any:
    """JSON knows neither NaN nor infinity: they become null, unknown."""
    if isinstance(value, float):
        return value if value - value == 0.0 else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    return str(value)
