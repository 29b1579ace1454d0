"""A position never stands unprotected in silence: brackets refused, cut, changed, cancelled, partly filled."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.faults.world import Services, World, play

from leanib.ib import Change, OrderRecord, OrderRefused, OrderStatus
from leanib.ib.settings import OrderSettings

__all__ = ["play"]

Play = Callable[..., World]
D = Decimal
POLICIES = ("tell", "cancel parent", "flatten")


def _quote(world: World, bid: float, ask: float, size: int = 100_000) -> None:
    world.sim.market.set_quote("AAPL", bid=bid, ask=ask, bid_size=size, ask_size=size)


async def _started(world: World, policy: str = "tell", **orders: Any) -> Services:
    _quote(world, 99.98, 100.02)
    program = world.program(orders=OrderSettings(lost_leg=policy, **orders))
    await program.start()
    await program.ready(within=30)
    return program


def _refuse(world: World, kind: str, code: int = 201, reason: str = "no such order type here") -> None:
    """IB refuses new orders of a type as it gets them."""
    desk = world.sim.orders
    place = desk.place

    def placed(client_id: int, request: Any) -> None:
        is_new = (client_id, request.order_id) not in desk.orders
        if request.spec.text("orderType") == kind and is_new and not request.spec.flag("whatIf"):
            desk.audience.refused(client_id, request.order_id, code, reason)
        else:
            place(client_id, request)

    desk.place = placed


async def _bracket(program: Services, quantity: int = 100, **terms: Any) -> tuple[OrderRecord, list[OrderRecord]]:
    parent = await program.buy(quantity, **{"take_profit": D(110), "stop_loss": D(95), **terms})
    await asyncio.sleep(10)
    return program.orders.order(parent.ref), program.journal.legs(parent.ref)


def _at_ib(world: World, ref: str) -> Any:
    return next(order for order in world.sim.orders.orders.values() if order.spec.text("orderRef") == ref)


def _alive(world: World) -> list[str]:
    return [o.spec.text("orderRef") for o in world.sim.orders.orders.values() if not o.done]


def _play(play: Play, scenario: Callable[[World], Awaitable[None]]) -> World:
    return play(scenario)


# checked before anything is sent


@pytest.mark.parametrize(
    ("terms", "part"),
    [
        ({"take_profit": D("110.005"), "stop_loss": D(95)}, "the take-profit 110.005 of AAPL is no multiple of 0.01"),
        ({"take_profit": D(110), "stop_loss": D("95.005")}, "the stop-loss 95.005 of AAPL is no multiple of 0.01"),
        ({"stop_loss": D("0.00001")}, "take 0.00 or 0.01"),
        ({"take_profit": D(99), "stop_loss": D(95)}, "the take-profit 99.00 of AAPL must lie above the entry"),
        ({"take_profit": D(110), "stop_loss": D(101)}, "the stop-loss 101.00 of AAPL must lie below the entry"),
        ({"kind": "LMT", "limit_price": D(90), "stop_loss": D(95)}, "the stop-loss 95.00 of AAPL must lie below"),
        ({"kind": "LMT", "limit_price": D("90.001")}, "the limit price 90.001 of AAPL is no multiple"),
        ({"kind": "STP", "stop_price": D(105), "take_profit": D(104)}, "the take-profit 104.00 of AAPL must lie above"),
        ({"quantity": 1.00005, "stop_loss": D(95)}, "the quantity 1.00005 of AAPL is no multiple of 0.0001"),
    ],
)
def test_every_leg_is_checked_before_the_first_order_is_sent(play: Play, terms: dict[str, Any], part: str) -> None:
    """Increments, size and side of the market, of the order and of both legs: nothing reaches IB or the journal."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        program.orders.limits.market = _market_at_100
        quantity = terms.pop("quantity", 100)
        with pytest.raises(OrderRefused) as refused:
            await program.orders.place(_request("BUY", D(str(quantity)), **terms))
        assert part in str(refused.value)
        assert program.journal.orders() == []
        assert world.orders_at_ib() == []

    play(scenario)


@pytest.mark.parametrize(
    ("terms", "part"),
    [
        ({"take_profit": D(101)}, "the take-profit 101.00 of AAPL must lie below the entry"),
        ({"stop_loss": D(99)}, "the stop-loss 99.00 of AAPL must lie above the entry"),
    ],
)
def test_the_legs_of_a_sale_are_checked_on_their_own_side(play: Play, terms: dict[str, Any], part: str) -> None:
    """A short position's stop lies above, its profit below."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        program.orders.limits.market = _market_at_100
        with pytest.raises(OrderRefused, match=part):
            await program.orders.place(_request("SELL", D(100), **terms))
        assert world.orders_at_ib() == []

    play(scenario)


def test_a_bracket_around_a_waiting_limit_may_lie_below_the_market(play: Play) -> None:
    """Its legs are measured at the price at which it will fill, not at the market's."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        _, legs = await _bracket(program, kind="LMT", limit_price=D(80), take_profit=D(90), stop_loss=D(75))
        assert [leg.status for leg in legs] == [OrderStatus.SUBMITTED] * 2

    play(scenario)


# refused after all


@pytest.mark.parametrize("after", [5.0, 3600.0])
@pytest.mark.parametrize(("status", "code"), [("Inactive", 201), ("Inactive", 0), ("Cancelled", 201), ("Cancelled", 0)])
@pytest.mark.parametrize("policy", POLICIES)
def test_a_stop_that_ib_throws_out_late_is_told_and_done_about(
    play: Play, policy: str, status: str, code: int, after: float
) -> None:
    """Inactive or cancelled, with an error or without one, seconds or an hour after it worked: never in silence."""

    async def scenario(world: World) -> None:
        program = await _started(world, policy)
        parent, legs = await _bracket(program)
        await asyncio.sleep(after)
        assert not world.told("protection-lost")
        world.sim.faults.reject_order(legs[-1].order_id, 10, "thrown out", code=code, status=status)
        await asyncio.sleep(30)
        (told,) = world.told("protection-lost")
        assert f"100 AAPL of order {parent.ref} are held without it" in told
        assert world.position() == (0 if policy == "flatten" else 100)

    _play(play, scenario)


@pytest.mark.parametrize("policy", ["tell", "flatten"])
def test_a_leg_lost_while_the_journal_is_locked_is_told_at_once_and_closed_once(play: Play, policy: str) -> None:
    """A person hears of it although nothing can be written; what must be sent is sent when it can, and only once."""

    async def scenario(world: World) -> None:
        program = await _started(world, policy)
        _, legs = await _bracket(program)
        program.journal.be_patient(0)
        other = sqlite3.connect(program.journal.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        world.sim.faults.reject_order(legs[-1].order_id, 10, "thrown out")
        await asyncio.sleep(20)
        assert world.told("journal-behind")
        other.execute("ROLLBACK")
        other.close()
        await asyncio.sleep(30)
        assert len(world.told("protection-lost")) == 1
        assert world.position() == (0 if policy == "flatten" else 100)
        assert len(world.told("position-closed")) == (policy == "flatten")

    _play(play, scenario)


def test_a_leg_that_was_lost_before_the_journal_was_locked_is_told_all_the_same(play: Play) -> None:
    """The look at it comes while nothing can be written."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        _, legs = await _bracket(program)
        program.journal.be_patient(0)
        world.sim.faults.reject_order(legs[-1].order_id, 10, "thrown out", status="Cancelled")
        await asyncio.sleep(0.5)
        other = sqlite3.connect(program.journal.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        world.sim.faults.reject_order(legs[0].order_id, 10, "thrown out", status="Cancelled")
        await asyncio.sleep(5)
        assert world.told("journal-behind")
        assert len(world.told("protection-lost")) == 1
        other.execute("ROLLBACK")
        other.close()
        await asyncio.sleep(30)
        assert all(any(leg.ref in text for text in world.told("protection-lost")) for leg in legs)

    _play(play, scenario)


@pytest.mark.parametrize(("kind", "name"), [("LMT", "take-profit"), ("STP", "stop-loss")])
def test_a_leg_that_is_thrown_out_is_a_critical_alert_even_if_the_order_has_filled(
    play: Play, kind: str, name: str
) -> None:
    """It names leg, reason and what is left without it; once."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        world.sim.faults.reject_later(0.5, code=201, reason="thrown out", status="Cancelled", order_type=kind)
        parent, _ = await _bracket(program)
        assert parent.status is OrderStatus.FILLED
        await asyncio.sleep(60)
        (told,) = world.told("protection-lost")
        assert f"the {name} leanib-" in told
        assert "thrown out" in told
        assert f"100 AAPL of order {parent.ref} are held without it" in told
        bracket = program.orders.protection.bracket(parent.ref)
        assert bracket is not None
        assert len(bracket.missing) == 1

    play(scenario)


def test_a_take_profit_that_ib_refuses_at_once_is_told_before_the_order_has_filled(play: Play) -> None:
    """While its order waits, with the policy `tell`: the order stays."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        _refuse(world, "LMT")
        parent, _ = await _bracket(program, kind="STP", stop_price=D(105))
        assert parent.status is OrderStatus.SUBMITTED
        (told,) = world.told("protection-lost")
        assert f"what order {parent.ref} still fills of AAPL will be without it" in told

    play(scenario)


@pytest.mark.parametrize("policy", ["cancel parent", "flatten"])
def test_an_order_that_waits_is_cancelled_when_its_leg_is_lost(play: Play, policy: str) -> None:
    """By both policies; nothing of it is left at IB."""

    async def scenario(world: World) -> None:
        program = await _started(world, policy)
        _refuse(world, "LMT")
        parent, legs = await _bracket(program, kind="STP", stop_price=D(105))
        await asyncio.sleep(20)
        assert program.orders.order(parent.ref).status is OrderStatus.CANCELLED
        assert {program.orders.order(leg.ref).status.is_final for leg in legs} == {True}
        assert _alive(world) == []
        assert world.position() == 0

    play(scenario)


@pytest.mark.parametrize("kind", ["LMT", "STP"])
def test_flatten_closes_what_has_filled_and_leaves_no_leg(play: Play, kind: str) -> None:
    """One closing order, after the other leg is gone; the position ends at zero and not on the other side."""

    async def scenario(world: World) -> None:
        program = await _started(world, "flatten")
        world.sim.faults.reject_later(0.5, code=201, reason="thrown out", status="Cancelled", order_type=kind)
        parent, _ = await _bracket(program)
        await asyncio.sleep(60)
        assert world.position() == 0
        assert _alive(world) == []
        assert len(world.told("position-closed")) == 1
        bracket = program.orders.protection.bracket(parent.ref)
        assert bracket is not None
        assert (bracket.exposed, bracket.missing) == (0, [])

    play(scenario)


def test_flatten_that_is_refused_says_so_and_sends_nothing(play: Play) -> None:
    """The kill switch stands above it: the person is told to close by hand."""

    async def scenario(world: World) -> None:
        program = await _started(world, "flatten")
        world.sim.faults.reject_later(3, code=201, reason="thrown out", status="Cancelled", order_type="STP")
        parent = await program.buy(100, stop_loss=D(95))
        limits = program.orders.limits
        limits._risk = limits._risk.model_copy(update={"kill_switch": True})
        await asyncio.sleep(30)
        (told,) = world.told("position-not-closed")
        assert f"100 AAPL of order {parent.ref} are not closed" in told
        assert "kill switch" in told
        assert world.position() == 100

    play(scenario)


def test_flatten_does_not_close_twice_after_a_restart(play: Play) -> None:
    """The closing order is in the journal before it is sent, and counts as the leg did."""

    async def scenario(world: World) -> None:
        program = await _started(world, "flatten")
        world.sim.faults.reject_later(0.5, code=201, reason="thrown out", status="Cancelled", order_type="STP")
        await _bracket(program)
        await asyncio.sleep(60)
        await program.kill()
        world.programs.remove(program)
        again = world.program(orders=OrderSettings(lost_leg="flatten"))
        await again.start()
        await again.ready(within=30)
        await asyncio.sleep(60)
        assert world.position() == 0
        assert len(world.told("position-closed")) == 1

    play(scenario)


def test_a_leg_that_is_thrown_out_while_nobody_listens_is_told_at_the_next_start(play: Play) -> None:
    """And only at the first one."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        parent, legs = await _bracket(program)
        await program.kill()
        world.programs.remove(program)
        stop = _at_ib(world, legs[1].ref)
        world.sim.faults.reject_order(stop.order_id, client_id=10, reason="too late")
        for _ in range(2):
            again = world.program()
            await again.start()
            await again.ready(within=30)
            await asyncio.sleep(20)
            await again.kill()
            world.programs.remove(again)
        (told,) = world.told("protection-lost")
        assert parent.ref in told

    play(scenario)


def test_a_leg_that_we_cancel_ourselves_is_not_missed(play: Play) -> None:
    """No alert, no policy."""

    async def scenario(world: World) -> None:
        program = await _started(world, "flatten")
        _, legs = await _bracket(program)
        program.orders.cancel(legs[1].ref)
        await asyncio.sleep(30)
        assert world.told("protection-lost") == []
        assert world.position() == 100

    play(scenario)


@pytest.mark.parametrize("price", [94.0, 111.0])
def test_a_leg_that_fires_ends_the_other_without_an_alert(play: Play, price: float) -> None:
    """The position is gone, and so is what protected it."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        _, legs = await _bracket(program)
        _quote(world, price, price + 0.02)
        await asyncio.sleep(30)
        assert world.position() == 0
        assert {program.orders.order(leg.ref).status for leg in legs} == {OrderStatus.FILLED, OrderStatus.CANCELLED}
        assert world.alerts == []

    play(scenario)


# never sent on


def test_a_bracket_whose_last_leg_is_refused_leaves_nothing_at_the_gateway(play: Play) -> None:
    """IB holds the others back for ever: they are cancelled and it is told."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        _refuse(world, "STP")
        parent, _ = await _bracket(program)
        await asyncio.sleep(20)
        assert _alive(world) == []
        assert program.orders.order(parent.ref).status is OrderStatus.CANCELLED
        assert len(world.told("bracket-not-sent")) == 1
        assert world.position() == 0

    play(scenario)


@pytest.mark.parametrize("sent", [1, 2])
def test_a_bracket_that_the_connection_cuts_before_its_last_leg_leaves_no_legs(play: Play, sent: int) -> None:
    """After reconnecting, what the Gateway holds of it is cancelled."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        transmit = program.orders._sender._transmit
        count = 0

        def cut(*args: Any, **kwargs: Any) -> None:
            nonlocal count
            count += 1
            if count > sent:
                asyncio.get_running_loop().call_later(0.5, world.sim.faults.reset)
                raise OrderRefused("not sent: the connection was lost")
            transmit(*args, **kwargs)

        program.orders._sender._transmit = cut  # type: ignore[method-assign]
        with pytest.raises(OrderRefused):
            await program.buy(100, take_profit=D(110), stop_loss=D(95))
        program.orders._sender._transmit = transmit  # type: ignore[method-assign]
        await asyncio.sleep(120)
        assert len(world.orders_at_ib()) == sent
        assert _alive(world) == []
        assert all(record.status.is_final for record in program.journal.orders())

    play(scenario)


@pytest.mark.parametrize("sent", [1, 2])
def test_a_bracket_that_is_killed_before_its_last_leg_is_taken_back_at_the_next_start(play: Play, sent: int) -> None:
    """The journal knows that it was meant, the Gateway that it was not sent on."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        transmit = program.orders._sender._transmit
        count = 0

        def killed(*args: Any, **kwargs: Any) -> None:
            nonlocal count
            count += 1
            if count > sent:
                raise SystemExit
            transmit(*args, **kwargs)

        program.orders._sender._transmit = killed  # type: ignore[method-assign]
        with pytest.raises(SystemExit):
            await program.buy(100, take_profit=D(110), stop_loss=D(95))
        await asyncio.sleep(1)
        await program.kill()
        world.programs.remove(program)
        again = world.program()
        await again.start()
        await again.ready(within=30)
        await asyncio.sleep(60)
        assert _alive(world) == []
        assert world.position() == 0

    play(scenario)


# sizes


@pytest.mark.parametrize("quantity", [50, 150])
def test_legs_follow_a_changed_quantity(play: Play, quantity: int) -> None:
    """At IB and in the journal, so that the stop closes the position and not more."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        parent, legs = await _bracket(program, kind="LMT", limit_price=D(98))
        await program.orders.modify(parent.ref, Change(quantity=D(quantity)))
        await asyncio.sleep(10)
        assert {_at_ib(world, leg.ref).quantity for leg in legs} == {quantity}
        assert {program.orders.order(leg.ref).quantity for leg in legs} == {quantity}
        _quote(world, 97.98, 98.0)
        await asyncio.sleep(10)
        assert world.position() == quantity
        _quote(world, 94.98, 95.0)
        await asyncio.sleep(10)
        assert world.position() == 0
        assert _alive(world) == []

    play(scenario)


def test_legs_keep_their_size_when_the_change_is_refused(play: Play) -> None:
    """They follow what IB holds, not what was asked."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        parent, legs = await _bracket(program, kind="LMT", limit_price=D(98))
        world.sim.faults.refuse_change(code=110, reason="no", order_id=parent.order_id)
        await program.orders.modify(parent.ref, Change(quantity=D(50)))
        await asyncio.sleep(20)
        assert {_at_ib(world, leg.ref).quantity for leg in legs} == {100}

    play(scenario)


def test_legs_follow_a_quantity_that_somebody_changes_in_tws(play: Play) -> None:
    """What IB tells of the order is what counts."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        parent, legs = await _bracket(program, kind="LMT", limit_price=D(98))
        world.sim.faults.change_order(parent.order_id, client_id=10, totalQuantity=40)
        await asyncio.sleep(10)
        assert {_at_ib(world, leg.ref).quantity for leg in legs} == {40}

    play(scenario)


def test_legs_of_a_partly_filled_and_cancelled_order_have_the_size_that_filled(play: Play) -> None:
    """Neither more, which would reverse the position, nor less."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        _quote(world, 97.98, 98.0, size=30)
        parent, legs = await _bracket(program, kind="LMT", limit_price=D(98))
        filled = program.orders.order(parent.ref).filled
        assert 0 < filled < 100
        program.orders.cancel(parent.ref)
        await asyncio.sleep(10)
        filled = program.orders.order(parent.ref).filled
        assert {_at_ib(world, leg.ref).quantity for leg in legs} == {filled}
        assert {program.orders.order(leg.ref).quantity for leg in legs} == {filled}
        assert world.told("protection-lost") == []

    play(scenario)


def test_a_leg_that_has_closed_all_of_its_position_sells_no_more(play: Play) -> None:
    """Made larger by a hand in TWS, it has closed what was held: what it would still sell is cancelled."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        _, legs = await _bracket(program, take_profit=None)
        world.sim.faults.change_order(legs[0].order_id, 10, totalQuantity=150)
        world.sim.faults.fill_order(legs[0].order_id, 10, 100)
        await asyncio.sleep(10)
        (leg,) = program.journal.legs(legs[0].parent_ref)
        assert (leg.filled, leg.remaining, leg.status) == (100, 0, OrderStatus.CANCELLED)
        assert (_alive(world), world.position()) == ([], 0)
        assert world.told("protection-lost") == []

    play(scenario)


def test_an_order_that_is_cancelled_unfilled_leaves_no_leg_and_no_alert(play: Play) -> None:
    """IB cancels them with it."""

    async def scenario(world: World) -> None:
        program = await _started(world, "flatten")
        parent, legs = await _bracket(program, kind="LMT", limit_price=D(98))
        program.orders.cancel(parent.ref)
        await asyncio.sleep(10)
        assert {program.orders.order(leg.ref).status for leg in legs} == {OrderStatus.CANCELLED}
        assert world.alerts == []

    play(scenario)


def test_a_leg_whose_change_of_size_is_refused_is_told_once(play: Play) -> None:
    """It is not tried for ever."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        parent, legs = await _bracket(program, kind="LMT", limit_price=D(98))
        world.sim.faults.refuse_change(code=110, reason="no", order_id=legs[1].order_id, times=100)
        await program.orders.modify(parent.ref, Change(quantity=D(50)))
        await asyncio.sleep(120)
        (told,) = world.told("leg-size")
        assert f"the stop-loss {legs[1].ref} is for 100 and should be for 50" in told
        assert _at_ib(world, legs[0].ref).quantity == 50

    play(scenario)


def test_a_leg_that_has_partly_fired_is_not_made_larger(play: Play) -> None:
    """What it has closed counts; the other is as large as what is left."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        _, legs = await _bracket(program)
        _quote(world, 110.0, 110.02, size=30)
        await asyncio.sleep(0.5)
        _quote(world, 105.0, 105.02)
        await asyncio.sleep(20)
        done = program.orders.order(legs[0].ref).filled
        assert 0 < done < 100
        assert world.position() == 100 - done
        assert _at_ib(world, legs[0].ref).quantity == 100
        assert _at_ib(world, legs[1].ref).quantity == 100 - done
        assert world.alerts == []

    play(scenario)


# what is sent


@pytest.mark.parametrize("outside", [False, True])
def test_legs_trade_outside_regular_hours_where_their_order_does(play: Play, outside: bool) -> None:
    """At IB and in the journal."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        _, legs = await _bracket(program, outside_rth=outside)
        assert {_at_ib(world, leg.ref).spec.flag("outsideRth") for leg in legs} == {outside}
        assert {bool(leg.terms.get("outsideRth")) for leg in legs} == {outside}

    play(scenario)


def test_a_leg_is_changed_without_the_id_of_a_parent_that_has_filled(play: Play) -> None:
    """IB refuses that with 135; the stop moves, and keeps its order's id while that still works."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        sent: list[int] = []
        transmit = program.orders._sender._transmit

        def noted(
            record: Any, order: Any, contract: Any, parent_id: int, *, transmit_: Any = None, **rest: Any
        ) -> None:
            sent.append(parent_id)
            transmit(record, order, contract, parent_id, **rest)

        program.orders._sender._transmit = noted  # type: ignore[method-assign]
        parent, legs = await _bracket(program)
        await program.orders.modify(legs[1].ref, Change(stop_price=D(97)))
        await asyncio.sleep(5)
        assert sent == [0, parent.order_id, parent.order_id, 0]
        assert program.orders.order(legs[1].ref).terms["auxPrice"] == "97"
        assert _at_ib(world, legs[1].ref).spec.decimal("auxPrice") == 97

    play(scenario)


@pytest.mark.parametrize("stop", ["97.005", "97.001"])
def test_a_change_to_a_price_off_the_tick_is_refused_before_it_is_sent(play: Play, stop: str) -> None:
    """The leg keeps its price, here and at IB."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        _, legs = await _bracket(program)
        with pytest.raises(OrderRefused, match=r"no multiple of 0\.01"):
            await program.orders.modify(legs[1].ref, Change(stop_price=D(stop)))
        assert program.orders.order(legs[1].ref).terms["auxPrice"] == "95"

    play(scenario)


@pytest.mark.parametrize("policy", POLICIES)
def test_legs_lost_during_an_outage_are_dealt_with_when_it_ends(play: Play, policy: str) -> None:
    """Nothing is concluded while there is no connection."""

    async def scenario(world: World) -> None:
        program = await _started(world, policy)
        parent, legs = await _bracket(program)
        world.sim.faults.refuse()
        world.sim.faults.reset()
        await program.lost(within=30)
        stop = _at_ib(world, legs[1].ref)
        world.sim.faults.reject_order(stop.order_id, client_id=10, reason="thrown out")
        await asyncio.sleep(300)
        assert world.told("protection-lost") == []
        world.sim.faults.accept()
        await program.ready(within=200)
        await asyncio.sleep(60)
        assert len(world.told("protection-lost")) == 1
        assert parent.ref in world.told("protection-lost")[0]
        assert world.position() == (0 if policy == "flatten" else 100)

    play(scenario)


def _request(side: Any, quantity: Decimal, **terms: Any) -> Any:
    from leanib.ib import OrderRequest

    return OrderRequest("AAPL", side, quantity, **terms)


async def _market_at_100(_instrument: Any) -> Any:
    from leanib.ib.limits.picture import Market

    return Market((D(100),))


# changed to where a leg would fire at once


@pytest.mark.parametrize(
    ("which", "change", "part"),
    [
        ("parent", Change(limit_price=D(74)), "the stop-loss 75.00 of AAPL must lie below the entry at about 74.00"),
        ("parent", Change(limit_price=D(95)), "the take-profit 90.00 of AAPL must lie above the entry at about 95.00"),
        ("stop-loss", Change(stop_price=D(81)), "the stop-loss 81.00 of AAPL must lie below the entry at about 80.00"),
        ("take-profit", Change(limit_price=D(79)), "the take-profit 79.00 of AAPL must lie above the entry"),
        ("parent", Change(limit_price=D("80.005")), "no multiple of 0.01"),
        ("stop-loss", Change(stop_price=D(-5)), "must be above zero"),
    ],
)
def test_a_change_that_puts_a_leg_on_the_wrong_side_of_its_order_is_refused(
    play: Play, which: str, change: Change, part: str
) -> None:
    """As when it is placed: nothing is sent, and all stays as it was."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        parent, legs = await _bracket(program, kind="LMT", limit_price=D(80), take_profit=D(90), stop_loss=D(75))
        ref = {"parent": parent.ref, "take-profit": legs[0].ref, "stop-loss": legs[1].ref}[which]
        before = program.orders.order(ref)
        with pytest.raises(OrderRefused, match=part):
            await program.orders.modify(ref, change)
        assert program.orders.order(ref) == before

    play(scenario)


def test_the_stop_of_a_position_is_not_moved_through_the_market(play: Play) -> None:
    """It would close the position at once, at any price; a take-profit there is a limit, and may."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        parent, (profit, stop) = await _bracket(program)
        assert parent.status is OrderStatus.FILLED
        with pytest.raises(OrderRefused, match="the stop-loss 950"):
            await program.orders.modify(stop.ref, Change(stop_price=D(950)))
        await program.orders.modify(stop.ref, Change(stop_price=D(97)))
        await asyncio.sleep(3)
        assert program.orders.order(stop.ref).terms["auxPrice"] == "97"
        await program.orders.modify(profit.ref, Change(limit_price=D(99)))
        await asyncio.sleep(10)
        assert program.orders.order(profit.ref).status is OrderStatus.FILLED
        assert (world.position(), _alive(world), world.told("protection-lost")) == (0, [], [])

    play(scenario)


@pytest.mark.parametrize(
    ("terms", "change", "part"),
    [
        ({}, Change(limit_price=D(5)), "type MKT has no limit price"),
        ({"kind": "STP", "stop_price": D(90)}, Change(limit_price=D(89)), "type STP has no limit price"),
        ({"kind": "LMT", "limit_price": D(90)}, Change(stop_price=D(89)), "type LMT has no stop price"),
        ({"kind": "TRAIL", "trail_amount": D(2)}, Change(stop_price=D(95)), "with a trailing distance"),
        ({"kind": "TRAIL", "trail_amount": D(2)}, Change(trail_percent=D(3)), "trails by an amount"),
        ({"kind": "TRAIL", "trail_percent": D(2)}, Change(trail_amount=D(3)), "trails by a percentage"),
        ({"kind": "STP", "stop_price": D(90)}, Change(trail_amount=D(3)), "type STP does not trail"),
    ],
)
def test_a_change_of_what_an_order_does_not_have_is_refused(
    play: Play, terms: dict[str, Any], change: Change, part: str
) -> None:
    """A trailing stop's distance is no stop price, and a limit on a stop would be lost without a word."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        _quote(world, 0, 0, 0)
        record = await program.sell(10, **terms)
        await asyncio.sleep(1)
        with pytest.raises(OrderRefused, match=part):
            await program.orders.modify(record.ref, change)

    play(scenario)


@pytest.mark.parametrize(
    ("terms", "change", "name"),
    [
        ({"trail_amount": D(2)}, Change(trail_amount=D(3)), "auxPrice"),
        ({"trail_percent": D(2)}, Change(trail_percent=D(3)), "trailingPercent"),
    ],
)
def test_the_distance_of_a_trailing_stop_is_changed_as_it_was_given(
    play: Play, terms: dict[str, Any], change: Change, name: str
) -> None:
    """By an amount, or in percent."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        record = await program.sell(10, kind="TRAIL", **terms)
        await asyncio.sleep(1)
        await program.orders.modify(record.ref, change)
        await asyncio.sleep(3)
        held = program.orders.order(record.ref)
        assert (held.terms[name], held.change) == ("3", "")

    play(scenario)


# the program ends


@pytest.mark.parametrize("pause", [0.0, 0.2, 2.1, 5.0])
def test_a_program_that_ends_after_a_change_leaves_legs_of_the_new_size(play: Play, pause: float) -> None:
    """Whether it waited for IB's answer or not: what legs need is done before it takes leave."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        parent, legs = await _bracket(program, kind="LMT", limit_price=D(80), take_profit=D(90), stop_loss=D(75))
        await program.orders.modify(parent.ref, Change(quantity=D(50)))
        await asyncio.sleep(pause)
        await program.stop()
        assert {_at_ib(world, ref).quantity for ref in (parent.ref, *(leg.ref for leg in legs))} == {50}
        assert not world.told("legs-not-looked-after")

    play(scenario)


def test_a_program_that_ends_while_a_change_is_not_answered_says_what_may_not_fit(play: Play) -> None:
    """Within seconds, and the next one looks after it."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        parent, legs = await _bracket(program, kind="LMT", limit_price=D(80), take_profit=D(90), stop_loss=D(75))
        world.sim.faults.drop_orders(times=1)
        await program.orders.modify(parent.ref, Change(quantity=D(50)))
        began = asyncio.get_running_loop().time()
        await program.stop()
        assert asyncio.get_running_loop().time() - began < 10
        assert parent.ref in world.told("legs-not-looked-after")[0]
        world.sim.faults.change_order(parent.order_id, 10, totalQuantity=50)
        again = world.program(orders=OrderSettings())
        await again.start()
        await asyncio.sleep(10)
        assert {_at_ib(world, leg.ref).quantity for leg in legs} == {50}

    play(scenario)


def test_a_program_that_has_nothing_to_do_for_its_brackets_ends_at_once(play: Play) -> None:
    """Legs that are as they should be are not waited for."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        await _bracket(program)
        began = asyncio.get_running_loop().time()
        await program.stop()
        assert asyncio.get_running_loop().time() - began < 1

    play(scenario)


# the position is closed otherwise


@pytest.mark.parametrize("how", ["by hand", "by an order of ours", "in part, by hand"])
def test_legs_beyond_the_position_are_told(play: Play, how: str) -> None:
    """100 held are sold otherwise: what fires afterwards would make the account short. Once, and the legs stay."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        parent, legs = await _bracket(program)
        if how == "by an order of ours":
            await program.sell(100)
        else:
            world.sim.faults.manual_order("AAPL", "SELL", 100 if how == "by hand" else 40, orderType="MKT")
        await asyncio.sleep(5)
        for _ in range(2):
            program.connection.renew("a comparison")
            await asyncio.sleep(30)
        (told,) = world.told("legs-beyond-position")
        left = 60 if "part" in how else 0
        assert f"the legs of order {parent.ref} are to close 100 AAPL, and {left} are held" in told
        assert {program.orders.order(leg.ref).status for leg in legs} == {OrderStatus.SUBMITTED}

    play(scenario)


@pytest.mark.parametrize("held", [100, 250])
def test_legs_within_the_position_are_not_told(play: Play, held: int) -> None:
    """What is held besides does no harm, nor does a leg that is filling while everything is compared."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        await _bracket(program)
        if held > 100:
            await program.buy(held - 100)
        program.connection.renew("a comparison")
        await asyncio.sleep(30)
        program.connection.renew("another one, with a leg that fires just now")
        await asyncio.sleep(0.2)
        _quote(world, 111, 112)
        await asyncio.sleep(60)
        assert world.told("legs-beyond-position") == []
        assert world.position() == held - 100

    play(scenario)


@pytest.mark.parametrize("later", ["cancel parent", "flatten"])
def test_a_policy_that_is_chosen_later_closes_no_position_of_before(play: Play, later: str) -> None:
    """What was told under `tell` stays as it was; the next loss is dealt with as chosen."""

    async def scenario(world: World) -> None:
        program = await _started(world)
        world.sim.faults.reject_later(0.5, code=201, reason="thrown out", status="Cancelled", order_type="LMT")
        _, (_, stop) = await _bracket(program)
        await program.stop()
        again = world.program(orders=OrderSettings(lost_leg=later))
        await again.start()
        await asyncio.sleep(60)
        assert (world.position(), again.orders.order(stop.ref).status) == (100, OrderStatus.SUBMITTED)
        assert len(world.told("protection-lost")) == 1
        world.sim.faults.reject_later(0.5, code=201, reason="thrown out", status="Cancelled", order_type="STP")
        await _bracket(again, 30)
        await asyncio.sleep(60)
        assert world.position() == (100 if later == "flatten" else 130)

    play(scenario)
