"""The kill switch: one file, seen by every program at once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.faults.world import World, play

from leanib.ib import Change, IBError, OrderRefused, OrderStatus, load_settings
from leanib.ib.limits.picture import WorkingOrder
from leanib.ib.limits.switch import KillSwitch
from leanib.ib.limits.usage import Exposure, limit_uses
from leanib.ib.settings_sections import RiskSettings

__all__ = ["play"]

D = Decimal
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_programs_that_run_already_obey_at_once_and_cancels_still_go(play: Any) -> None:
    """Thrown by a third hand: neither of two programs sends or changes anything; both cancel; off, they trade again."""

    async def scenario(world: World) -> None:
        world.sim.market.set_quote("AAPL", bid=99.98, ask=100.02, bid_size=9999, ask_size=9999)
        first, second = world.program(10), world.program(11)
        for program in (first, second):
            await program.start()
            await program.ready(within=30)
        resting = await first.buy(10, kind="LMT", limit_price=D(50))
        await first.orders.answered(resting.ref)
        switch = KillSwitch(first.connection.settings)
        switch.throw(NOON, "a test")
        for program in (first, second):
            with pytest.raises(OrderRefused, match=r"kill switch is on since 2026-03-04 12:00:00 UTC \(a test\)"):
                await program.buy(1)
        with pytest.raises(OrderRefused, match="kill switch"):
            await first.orders.modify(resting.ref, Change(quantity=D(5)))
        first.orders.cancel(resting.ref)
        assert (await first.orders.wait(resting.ref, 10)).status is OrderStatus.CANCELLED
        switch.release()
        assert (await second.orders.wait((await second.buy(1)).ref, 30)).status is OrderStatus.FILLED

    play(scenario)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"by": "x"}', '{"at": "yesterday", "by": "x"}'])
def test_a_switch_that_cannot_be_read_counts_as_thrown(tmp_path: Path, content: str) -> None:
    """A file that is half written or meddled with stops orders, it does not let them pass."""
    switch = KillSwitch(load_settings("paper", tmp_path))
    switch.path.parent.mkdir(parents=True)
    switch.path.write_text(content, encoding="utf-8")
    assert "cannot be read" in str(switch.thrown())


def test_each_mode_has_its_own_and_a_refusing_disk_is_told(tmp_path: Path) -> None:
    """The paper switch does not stop live; a switch that could not be thrown says that it is not on."""
    paper, live = (KillSwitch(load_settings(mode, tmp_path)) for mode in ("paper", "live"))
    paper.throw(NOON, "x")
    assert (paper.thrown() is not None, live.thrown()) == (True, None)
    assert paper.path.stat().st_mode & 0o777 == 0o600
    live.path.mkdir()
    with pytest.raises(IBError, match="NOT on"):
        live.throw(NOON, "x")


def test_limits_are_used_up_by_what_is_held_and_what_could_fill() -> None:
    """The larger side counts, in quantity and in value; what nobody knows is said to be unknown."""
    risk = RiskSettings(max_position_quantity=100, max_position_value=10_000, max_daily_loss=500, max_order_value=1)
    working = (WorkingOrder("a", "BUY", D(30)), WorkingOrder("b", "SELL", D(5)))
    exposures = [Exposure("AAPL", D(20), working, D(100)), Exposure("EURUSD", D(9000), (), D(1), is_pair=True)]
    found = {use.key: (use.used, use.where) for use in limit_uses(risk, exposures, D(-120), 3)}
    assert found["max_position_quantity"] == (50, "AAPL")
    assert found["max_position_value"] == (9000, "EURUSD")
    assert found["max_daily_loss"] == (120, "")
    assert found["max_order_value"] == (None, "looked at for each order")
    assert "max_orders_per_minute" not in found
    unknown = {use.key: (use.used, use.where) for use in limit_uses(risk, None, None, 3, "no connection")}
    assert unknown["max_position_value"] == (None, "no connection")
    no_price = {use.key: use for use in limit_uses(risk, [Exposure("X", D(1), unknown="no price of X")], D(5), 0)}
    assert no_price["max_position_value"].used is None
    assert no_price["max_position_value"].where == "X: no price of X"
    assert no_price["max_daily_loss"].used == 0
