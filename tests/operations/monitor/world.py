"""The virtual world of the tests: New York's market, the project's own reset windows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from leanib.ib.windows import ResetWindows
from leanib.operations.monitor import Market, Rules
from leanib.operations.monitor.virtual_world import Gateway, VirtualWorld

__all__ = ["MARKET", "NEW_YORK", "WINDOWS", "Gateway", "World", "new_york"]

ROOT = Path(__file__).parents[3]
NEW_YORK = ZoneInfo("America/New_York")
MARKET = Market.load(ROOT / "data")
WINDOWS = ResetWindows.load(ROOT / "config" / "reset-windows.toml").with_restart("11:55 PM", "America/New_York")


def new_york(text: str) -> datetime:
    """`2026-11-24 23:55` on the wall clock of New York."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


class World(VirtualWorld):
    """A virtual world in New York; see `VirtualWorld` for the arguments."""

    def __init__(
        self, start: datetime, mode: str = "paper", *, reconnects: bool = False, rules: Rules | None = None
    ) -> None:
        super().__init__(start, MARKET, WINDOWS, mode, reconnects=reconnects, rules=rules)
