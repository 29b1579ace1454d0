"""Combinations: one order at IB, its legs in journal and limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.faults.world import World, play

from leanib.errors import UsageError
from leanib.ib import Change, OrderRefused, OrderRequest, OrderStatus
from leanib.ib.combos import ComboPart, combo_name, leg_reference, order_reference

__all__ = ["play"]

Play = Callable[..., World]
D = Decimal


def legs_of(world: World) -> list[Any]:
    """Two calls on AAPL of the first month, with pinned quotes: 2.00 to 2.10 and 1.00 to 1.05."""
    directory = world.sim.market.directory
    chain = directory.chain(directory.named("AAPL"))
    calls = [item for item in chain if item.right == "C"][:2]
    for item, bid, ask in zip(calls, ("2.00", "1.00"), ("2.10", "1.05"), strict=True):
        world.sim.market.set_quote(item, bid=bid, ask=ask)
    return calls


def spread(calls: list[Any], quantity: int = 3, **fields: Any) -> OrderRequest:
    """Buy the first call, sell the second one."""
    names = [f"AAPL:OPT:{item.expiry}:C:{item.strike:f}" for item in calls]
    parts = (ComboPart(names[0], 1), ComboPart(names[1], -1))
    return OrderRequest(combo_name(parts), "BUY", D(quantity), parts=parts, **fields)


def test_a_combination_fills_whole_and_tells_its_legs(play: Play) -> None:
    """The order is filled once, its legs' fills stand under references of their own, with what each cost."""

    async def scenario(world: World) -> None:
        calls = legs_of(world)
        program = await world.started()
        record = await program.orders.place(spread(calls))
        await asyncio.sleep(5)
        done = program.orders.order(record.ref)
        assert (done.status, done.filled, done.average_price) == (OrderStatus.FILLED, 3, D("1.10"))
        journal = program.orders.journal
        assert len(journal.fills(record.ref)) == 1
        found = [journal.fills(leg_reference(record.ref, leg)) for leg in (1, 2)]
        assert [[(f.signed_quantity, f.price) for f in fills] for fills in found] == [
            [(3, D("2.1"))], [(-3, D("1"))],
        ]  # fmt: skip
        assert all(fill.commission for fills in found for fill in fills)
        ledger = world.sim.accounts.ledgers[world.sim.accounts.default]
        assert [ledger.quantity(item.con_id) for item in calls] == [3, -3]

    play(scenario)


def test_a_limit_is_of_the_whole(play: Play) -> None:
    """It rests until the legs together cost no more; it can be changed and cancelled."""

    async def scenario(world: World) -> None:
        calls = legs_of(world)
        program = await world.started()
        record = await program.orders.place(spread(calls, kind="LMT", limit_price=D("0.90"), tif="GTC"))
        other = await program.orders.place(spread(calls, kind="LMT", limit_price=D("0.50"), tif="GTC"))
        await asyncio.sleep(2)
        assert not program.orders.order(record.ref).filled
        await program.orders.modify(record.ref, Change(limit_price=D("0.95"), quantity=D(4)))
        await program.orders.answered(record.ref)
        changed = program.orders.order(record.ref)
        assert (changed.holds.quantity, D(changed.terms["lmtPrice"]), changed.change) == (4, D("0.95"), "")
        program.orders.cancel(other.ref)
        world.sim.market.set_quote(calls[0], bid="1.90", ask="1.95")
        await asyncio.sleep(2)
        assert program.orders.order(record.ref).average_price == D("0.95")
        assert program.orders.order(other.ref).status is OrderStatus.CANCELLED

    play(scenario)


def by_leg(calls: list[Any], *limits: str, quantity: int = 3) -> OrderRequest:
    """The spread with a limit for each leg."""
    whole = spread(calls, quantity)
    parts = tuple(replace(part, limit_price=D(limit)) for part, limit in zip(whole.parts, limits, strict=True))
    return replace(whole, kind="LMT", tif="GTC", parts=parts)


def test_each_leg_may_have_its_own_limit(play: Play) -> None:
    """It fills when every leg is at its own; IB's list, the journal and a change have the same prices."""

    async def scenario(world: World) -> None:
        calls = legs_of(world)
        program = await world.started()
        record = await program.orders.place(by_leg(calls, "2.00", "0.90"))
        await program.orders.answered(record.ref)
        held = program.orders.order(record.ref)
        assert [D(price) for price in held.terms["legPrices"]] == [D("2.00"), D("0.90")]
        assert "lmtPrice" not in held.terms
        for wrong, match in (
            (Change(limit_price=D(1)), "none of the whole"),
            (Change(leg_prices=(D(1),)), "2 legs, and 1 limits"),
            (Change(leg_prices=(D("2.003"), D(1))), "limit price 2.003"),
        ):
            with pytest.raises(OrderRefused, match=match):
                await program.orders.modify(record.ref, wrong)
        await program.orders.modify(record.ref, Change(leg_prices=(D("2.05"), D("0.95"))))
        await program.orders.answered(record.ref)
        (order,) = world.sim.orders.orders.values()
        assert [D(price) for price in order.spec.leg_prices] == [D("2.05"), D("0.95")]
        assert order.spec.routing == [("NonGuaranteed", "1")]
        world.sim.market.set_quote(calls[0], bid="1.95", ask="2.05")
        await asyncio.sleep(5)
        journal = program.orders.journal
        fills = [fill for leg in (1, 2) for fill in journal.fills(leg_reference(record.ref, leg))]
        assert [(fill.signed_quantity, fill.price) for fill in fills] == [(3, D("2.05")), (-3, D("1"))]
        assert program.orders.order(record.ref).status is OrderStatus.FILLED
        assert world.alerts == []

    play(scenario)


def test_limits_measure_each_leg_at_its_own_price(play: Play) -> None:
    """A leg that is worth too much at its limit refuses all of it; a change that makes it so is refused as well."""

    async def scenario(world: World) -> None:
        calls = legs_of(world)
        program = await world.started(risk={"max_order_value": 1000})
        with pytest.raises(OrderRefused, match=r"the order is worth 1,200\.00"):
            await program.orders.place(by_leg(calls, "1.50", "4.00"))
        record = await program.orders.place(by_leg(calls, "1.50", "3.00"))
        await program.orders.answered(record.ref)
        with pytest.raises(OrderRefused, match=r"the order is worth 1,200\.00"):
            await program.orders.modify(record.ref, Change(leg_prices=(D("1.50"), D("4.00"))))
        assert program.orders.order(record.ref).change == ""

    play(scenario)
    with pytest.raises(UsageError, match="one limit, or one for each"):
        replace(by_leg_parts(), limit_price=D(1))


def by_leg_parts() -> OrderRequest:
    """Two shares, each with a limit."""
    parts = (ComboPart("SPY", 1, limit_price=D(1)), ComboPart("QQQ", -1, limit_price=D(1)))
    return OrderRequest("x", "BUY", D(1), "LMT", parts=parts)


def test_limits_see_every_leg(play: Play) -> None:
    """A leg that is too large refuses all of it, and nothing stays reserved."""

    async def scenario(world: World) -> None:
        calls = legs_of(world)
        program = await world.started(risk={"max_position_quantity": 4, "unlimited": True})
        with pytest.raises(OrderRefused, match="max_position_quantity"):
            await program.orders.place(spread(calls, 5))
        await program.orders.place(spread(calls, 4))
        await asyncio.sleep(5)
        with pytest.raises(OrderRefused, match="max_position_quantity"):
            await program.orders.place(spread(calls, 1))
        assert len(program.orders.journal.orders(world.sim.accounts.default)) == 1

    play(scenario)


def test_what_is_no_combination_is_refused(play: Play) -> None:
    """Before anything is sent."""

    async def scenario(world: World) -> None:
        calls = legs_of(world)
        program = await world.started()
        with pytest.raises(OrderRefused, match="two or more contracts, each once"):
            await program.orders.place(spread([calls[0], calls[0]]))
        assert not program.orders.journal.orders(world.sim.accounts.default)

    play(scenario)
    with pytest.raises(UsageError, match="without other orders attached"):
        OrderRequest("x", "BUY", D(1), "STP", stop_price=D(1), parts=(ComboPart("SPY", 1), ComboPart("QQQ", -1)))


def test_references_of_legs_lead_back_to_the_order() -> None:
    """Whatever is known of a leg belongs to one order."""
    assert order_reference(leg_reference("leanib-a", 2)) == "leanib-a" == leg_reference("leanib-a", 0)
