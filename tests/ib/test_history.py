"""Past bars come whole, within IB's pacing; ticks come one by one; an order keeps the reference that it was given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.faults.world import World, play

from leanib.ib import OrderRefused, OrderRequest
from leanib.ib.contracts import qualify
from leanib.ib.history import HistoryService
from leanib.ib.references import new_reference

__all__ = ["play"]

Play = Callable[..., World]


@pytest.mark.parametrize(
    ("size", "span", "step"),
    [
        ("1 min", timedelta(days=20), timedelta(minutes=1)),
        ("1 hour", timedelta(days=200), timedelta(hours=1)),
        ("1 day", timedelta(days=900), timedelta(days=1)),
    ],
)
def test_a_long_history_is_put_together_of_pieces(play: Play, size: str, span: timedelta, step: timedelta) -> None:
    """No bar twice, none out of order, none outside the span, and as many as the sessions have."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        history = HistoryService(program.connection)
        instrument = await qualify(program.connection.client, "AAPL", 10)
        end = datetime(2024, 3, 6, 15, 0, tzinfo=UTC)
        bars = await history.bars(instrument, size, "TRADES", end - span, end, regular_hours=True)  # type: ignore[arg-type]
        starts = [bar.start for bar in bars]
        assert starts == sorted(set(starts))
        assert end - span <= starts[0] < end - span + timedelta(days=5)
        assert end - timedelta(days=2) < starts[-1] < end
        a_day = {timedelta(minutes=1): 390, timedelta(hours=1): 7, timedelta(days=1): 1}[step]
        assert len(bars) == pytest.approx(span.days * 5 / 7 * a_day, rel=0.12)
        await program.stop()

    play(scenario, pacing=True, always_open=False)


def test_seconds_are_asked_for_no_faster_than_ib_allows(play: Play) -> None:
    """A whole day of seconds meets no pacing violation, and comes whole."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        codes: list[int] = []
        program.connection.messages.error.connect(lambda _request, code, _text: codes.append(code))
        history = HistoryService(program.connection)
        instrument = await qualify(program.connection.client, "AAPL", 10)
        start = datetime(2024, 3, 5, 14, 30, tzinfo=UTC)
        end = datetime(2024, 3, 5, 17, 30, tzinfo=UTC)
        bars = await history.bars(instrument, "1 secs", "TRADES", start, end, regular_hours=True)
        assert [bar.start for bar in bars] == [start + timedelta(seconds=n) for n in range(3 * 3600)]
        again = await history.bars(instrument, "1 secs", "TRADES", start, end, regular_hours=True)
        assert len(again) == len(bars)
        assert 162 not in codes
        await program.stop()

    play(scenario, pacing=True, always_open=False)


def test_ticks_come_one_by_one(play: Play) -> None:
    """Two trades in one message are two ticks: a quote tells only the last of them."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        got: list[tuple[str, int, float, float]] = []
        program.quotes.ticks.connect(lambda name, ticks: got.extend((name, t.tickType, t.price, t.size) for t in ticks))
        world.sim.market.set_quote("AAPL", bid=100, ask=101, last=100.5)
        await program.quotes.subscribe(["AAPL"])
        await asyncio.sleep(1)
        got.clear()
        world.sim.market.trade("AAPL", 100.7, 30)
        world.sim.market.trade("AAPL", 100.8, 40)
        await asyncio.sleep(1)
        assert [(price, size) for name, kind, price, size in got if kind == 5 and name == "AAPL"] == [
            (100.7, 30.0),
            (100.8, 40.0),
        ]
        await program.stop()

    play(scenario)


def test_an_order_keeps_the_reference_that_was_written_down_before(play: Play) -> None:
    """Sent once under it, and never again."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        ref = new_reference()
        record = await program.orders.place(OrderRequest("AAPL", "BUY", Decimal(5)), ref=ref)
        assert record.ref == ref
        with pytest.raises(OrderRefused, match="already"):
            await program.orders.place(OrderRequest("AAPL", "BUY", Decimal(5)), ref=ref)
        await asyncio.sleep(1)
        assert world.orders_at_ib() == [ref]
        await program.stop()

    play(scenario)
