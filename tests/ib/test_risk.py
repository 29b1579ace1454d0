"""The limits of config/ hold before anything is sent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.ib.test_journal import ORDER

from leanib.ib.errors import OrderRefused
from leanib.ib.journal import Journal
from leanib.ib.risk import Exposure, RiskLimits
from leanib.ib.settings import RiskSettings

NOW = datetime(2024, 3, 8, 15, 0, tzinfo=UTC)
KNOWN = Exposure(Decimal(100), Decimal(0), Decimal(50), Decimal(1), Decimal(-10))


class FixedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        """The moment."""
        return NOW


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """An empty journal."""
    return Journal(tmp_path / "orders.sqlite3")


@pytest.mark.parametrize(
    ("limit", "quantity", "exposure", "key"),
    [
        ({"kill_switch": True}, 1, KNOWN, "kill_switch"),
        ({"allowed_symbols": ("MSFT",)}, 1, KNOWN, "allowed_symbols"),
        ({"max_order_quantity": 10}, -11, KNOWN, "max_order_quantity"),
        ({"max_order_value": 499}, 10, KNOWN, "max_order_value"),
        ({"max_order_value": 999}, 10, replace(KNOWN, multiplier=Decimal(2)), "max_order_value"),
        ({"max_position_quantity": 105}, 6, KNOWN, "max_position_quantity"),
        ({"max_position_quantity": 105}, 3, replace(KNOWN, working=Decimal(3)), "max_position_quantity"),
        ({"max_position_value": 5100}, 3, KNOWN, "max_position_value"),
        ({"max_daily_loss": 10}, 1, KNOWN, "max_daily_loss"),
        ({"max_daily_loss": 10}, -101, KNOWN, "max_daily_loss"),
    ],
)
def test_a_limit_refuses(
    journal: Journal, limit: dict[str, object], quantity: int, exposure: Exposure, key: str
) -> None:
    """What is beyond a limit is refused with a sentence that names the limit's key."""
    limits = RiskLimits(RiskSettings(**limit), journal, FixedClock())
    with pytest.raises(OrderRefused, match=rf"not sent: .*limit {key} in config/"):
        limits.check("AAPL", Decimal(quantity), exposure)


@pytest.mark.parametrize(
    ("limit", "missing"),
    [
        ({"max_order_value": 1}, {"price": None}),
        ({"max_position_quantity": 1}, {"position": None}),
        ({"max_daily_loss": 1}, {"daily_pnl": None}),
    ],
)
def test_what_is_unknown_refuses(journal: Journal, limit: dict[str, object], missing: dict[str, None]) -> None:
    """A limit that needs a price, a position or the day's profit lets nothing pass while they are unknown."""
    limits = RiskLimits(RiskSettings(**limit), journal, FixedClock())
    with pytest.raises(OrderRefused, match="known"):
        limits.check("AAPL", Decimal(1), replace(KNOWN, **missing))


@pytest.mark.parametrize("quantity", [-100, -1])
def test_closing_orders_pass_a_loss_and_a_full_position(journal: Journal, quantity: int) -> None:
    """Beyond the daily loss, and with a position over its limit, what only closes is still sent."""
    settings = RiskSettings(max_daily_loss=10, max_position_quantity=50, max_position_value=100)
    RiskLimits(settings, journal, FixedClock()).check("AAPL", Decimal(quantity), KNOWN)


def test_rate_counts_the_last_minute(journal: Journal) -> None:
    """The orders of the last minute count, older ones do not."""
    limits = RiskLimits(RiskSettings(max_orders_per_minute=2), journal, FixedClock())
    journal.intend([replace(ORDER, ref="old", created_at=NOW - timedelta(seconds=61))])
    journal.intend([replace(ORDER, ref="new", created_at=NOW - timedelta(seconds=59))])
    limits.check("AAPL", Decimal(1), KNOWN)
    journal.intend([replace(ORDER, ref="newer", created_at=NOW)])
    with pytest.raises(OrderRefused, match="2 orders were sent in the last minute"):
        limits.check("AAPL", Decimal(1), KNOWN)
