"""Random schedules of orders and faults, and what must hold when the dust has settled."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from tests.faults.world import ACCOUNT, Services, World

from leanib.errors import LeanIBError
from leanib.ib import Change, OrderRequest, OrderStatus

SYMBOLS = ("AAPL", "MSFT")
LIVING = {"PreSubmitted", "Submitted", "PendingSubmit", "PendingCancel", "Inactive"}


@dataclass(frozen=True)
class Step:
    """After `delay` seconds, one act of the trader, of the market or of fate."""

    delay: float
    act: str
    settings: tuple[tuple[str, Any], ...] = ()


def _step(act: str, **settings: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    delays = st.sampled_from([0.0, 0.001, 0.05, 0.5, 3.0, 12.0, 40.0])
    return st.builds(
        lambda delay, given: Step(delay, act, tuple(given.items())), delays, st.fixed_dictionaries(settings)
    )


ORDERS = st.one_of(
    _step(
        "order",
        symbol=st.sampled_from(SYMBOLS),
        side=st.sampled_from(["BUY", "SELL"]),
        quantity=st.integers(1, 400),
        offset=st.sampled_from([None, None, -5, -1, 1, 5]),
    ),
    _step("modify", which=st.integers(0, 9), offset=st.sampled_from([-3, 2])),
    _step("cancel", which=st.integers(0, 9)),
    _step("move", symbol=st.sampled_from(SYMBOLS), price=st.integers(90, 110), size=st.integers(10, 500)),
)
FAULTS = st.one_of(
    _step("reset"),
    _step("disconnect"),
    _step("freeze"),
    _step("restart", seconds=st.sampled_from([1.0, 20.0]), forget_ids=st.integers(0, 5)),
    _step("lose_link"),
    _step("restore_link", data_lost=st.booleans()),
    _step("drop_orders", times=st.integers(1, 2), reset=st.booleans()),
    _step("hold_orders"),
    _step("release_orders"),
    _step("farm_down"),
    _step("farm_up"),
    _step("reject_next"),
    _step("show_commission", value=st.sampled_from(["-1.0", "1.7976931348623157E308", ""])),
    _step("cut_after", bytes_sent=st.integers(1, 3000)),
    _step("never_answer_login"),
    _step("hold_client_id", client_id=st.just(10), seconds=st.sampled_from([3.0, 30.0])),
    _step("storm", every=st.just(4.0), seconds=st.just(60.0)),
    _step("kill"),
)
SCHEDULES = st.lists(st.one_of(ORDERS, ORDERS, FAULTS), min_size=3, max_size=14)


async def play(world: World, schedule: list[Step]) -> None:
    """Plays a schedule, lets everything come to rest, and checks the books."""
    for symbol in SYMBOLS:
        world.sim.market.set_quote(symbol, bid=99, ask=101, bid_size=200, ask_size=200)
    program = world.program()
    starting = asyncio.create_task(program.start())
    await asyncio.sleep(1)
    for step in schedule:
        await asyncio.sleep(step.delay)
        if step.act == "kill":
            starting.cancel()
            await program.kill()
            program = world.program()
            starting = asyncio.create_task(program.start())
        else:
            await _act(world, program, step)
    await _rest(world, program)
    starting.cancel()
    check(world, program)


async def _act(world: World, program: Services, step: Step) -> None:
    settings = dict(step.settings)
    match step.act:
        case "order":
            await _order(world, program, **settings)
        case "modify" | "cancel":
            await _change(program, step.act, **settings)
        case "move":
            price, size = settings["price"], settings["size"]
            world.sim.market.set_quote(settings["symbol"], bid=price - 1, ask=price + 1, bid_size=size, ask_size=size)
        case fault:
            world.sim.faults.inject(fault, **settings)


async def _order(world: World, program: Services, symbol: str, side: Any, quantity: int, offset: int | None) -> None:
    quote = world.sim.market.quote(symbol)
    terms: dict[str, Any] = {}
    if offset is not None and quote.bid is not None:
        terms = {"kind": "LMT", "limit_price": Decimal(quote.bid) + offset, "tif": "GTC"}
    try:
        await program.orders.place(OrderRequest(symbol, side, Decimal(quantity), **terms))
    except LeanIBError:
        return  # refused with a sentence, nothing was sent; the books below prove it


async def _change(program: Services, act: str, which: int, offset: int = 0) -> None:
    records = program.journal.open_orders()
    if not records:
        return
    record = records[which % len(records)]
    try:
        if act == "cancel":
            program.orders.cancel(record.ref)
        elif "lmtPrice" in record.terms:
            price = Decimal(record.terms["lmtPrice"]) + offset
            await program.orders.modify(record.ref, Change(limit_price=price))
    except LeanIBError:
        return


async def _rest(world: World, program: Services) -> None:
    """Everything heals; an hour passes, which is longer than any deadline."""
    world.sim.faults.clear()
    await asyncio.sleep(100)
    world.sim.faults.clear()
    world.sim.faults.reset()
    await program.ready(within=600)
    await asyncio.sleep(60)
    await program.accounts.refresh()


def check(world: World, program: Services) -> None:
    """Journal, simulator and reported positions are equal, and no order was sent twice."""
    at_ib = list(world.sim.orders.orders.values())
    refs = Counter(order.spec.text("orderRef") for order in at_ib)
    assert all(count == 1 for count in refs.values()), f"sent twice: {refs}"
    records = {record.ref: record for record in program.journal.orders()}
    assert set(refs) <= set(records), "an order at IB that the journal does not know"
    _check_fills(world, program)
    _check_positions(world, program)
    _check_statuses({order.spec.text("orderRef"): order.status for order in at_ib}, records)


def _check_fills(world: World, program: Services) -> None:
    at_ib = {e.exec_id: (e.order_ref, e.signed, e.price) for e in world.sim.orders.blotter.executions.values()}
    journal = {f.exec_id: (f.ref, f.signed_quantity, f.price) for f in program.journal.fills()}
    assert journal == at_ib


def _check_positions(world: World, program: Services) -> None:
    snapshot = program.accounts.snapshot()
    assert snapshot.complete, snapshot.reason
    for symbol in SYMBOLS:
        item = world.sim.market.instrument(symbol)
        booked = sum((f.signed_quantity for f in program.journal.fills() if f.con_id == item.con_id), Decimal(0))
        assert booked == world.sim.accounts.ledgers[ACCOUNT].quantity(item.con_id)
        assert booked == Decimal(str(snapshot.position(item.con_id)))


def _check_statuses(at_ib: dict[str, str], records: dict[str, Any]) -> None:
    for ref, record in records.items():
        word = at_ib.get(ref)
        if word is None:
            assert record.status in (OrderStatus.UNKNOWN, OrderStatus.REJECTED), (ref, record.status, "not at IB")
        elif word == "Filled":
            assert record.status is OrderStatus.FILLED, (ref, record.status, word)
        elif word in LIVING:
            assert not record.status.is_final, (ref, record.status, word)
        else:
            assert record.status in (OrderStatus.CANCELLED, OrderStatus.REJECTED), (ref, record.status, word)
