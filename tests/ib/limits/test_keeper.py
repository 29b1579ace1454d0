"""What the limits let pass on a simulated Gateway: whatever a price says, whoever else trades on the account."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.faults.world import Services, World, play

from leanib.ib import Change, OrderRecord, OrderRefused, OrderRequest, OrderStatus
from leanib.ib.settings import OrderSettings

__all__ = ["play"]

Play = Callable[..., World]
D = Decimal
VALUE = {"max_order_value": 250_000}
HELD = {"max_position_value": 50_000}


def _quote(world: World, bid: float = 449.98, ask: float = 450.02) -> None:
    world.sim.market.set_quote("AAPL", bid=bid, ask=ask, bid_size=100_000, ask_size=100_000)


async def _started(world: World, client_id: int = 10, **risk: Any) -> Services:
    _quote(world)
    program = world.program(client_id, risk=risk)
    await program.start()
    await program.ready(within=30)
    return program


@pytest.mark.parametrize(
    ("side", "terms"),
    [
        ("sell", {"kind": "LMT", "limit_price": D(1)}),
        ("buy", {"kind": "STP", "stop_price": D(1)}),
        ("buy", {"kind": "STP LMT", "stop_price": D(1), "limit_price": D(1)}),
        ("sell", {"kind": "TRAIL", "trail_amount": D(1)}),
        ("buy", {"kind": "MKT"}),
        ("buy", {"kind": "LMT", "limit_price": D(900)}),
    ],
)
def test_no_price_of_its_own_talks_an_order_past_its_value(play: Play, side: str, terms: dict[str, Any]) -> None:
    """5,000 shares at a market of 450 are worth 2.25 million, whatever the order says."""

    async def scenario(world: World) -> None:
        program = await _started(world, **VALUE)
        with pytest.raises(OrderRefused, match="max_order_value"):
            await getattr(program, side)(5000, **terms)
        assert world.orders_at_ib() == []

    play(scenario)


def test_an_order_within_its_limits_passes_and_fills(play: Play) -> None:
    """The same program sends what is allowed."""

    async def scenario(world: World) -> None:
        program = await _started(world, **VALUE)
        sent = await program.buy(500)
        assert (await program.orders.wait(sent.ref, 30)).status is OrderStatus.FILLED

    play(scenario)


def test_without_a_limits_file_nothing_is_sent(play: Play) -> None:
    """No order and no change; the sentence says which file to write. Cancelling goes."""

    async def scenario(world: World) -> None:
        _quote(world)
        program = world.program()
        await program.start()
        await program.ready(within=30)
        resting = await program.buy(2, kind="LMT", limit_price=D(440))
        await asyncio.sleep(1)
        settings = program.connection.settings
        bare = settings.model_copy(update={"risk": settings.risk.model_copy(update={"unlimited": False})})
        program.connection.settings = bare
        with pytest.raises(OrderRefused, match="max_order_value or max_position_value"):
            await program.buy(1)
        with pytest.raises(OrderRefused, match="max_order_value or max_position_value"):
            await program.orders.modify(resting.ref, Change(limit_price=D(439)))
        program.orders.cancel(resting.ref)
        assert (await program.orders.wait(resting.ref, 10)).status is OrderStatus.CANCELLED

    play(scenario)


def test_a_market_that_nobody_pays_for_is_no_permission(play: Play) -> None:
    """No price comes: the order is refused, and the sentence says which ways there are; a person's price is one."""

    async def scenario(world: World) -> None:
        program = await _started(world, **VALUE)
        world.sim.faults.unsubscribe_data("AAPL", code=354)
        with pytest.raises(OrderRefused, match="price"):
            await program.buy(10, kind="LMT", limit_price=D(1))
        assert world.orders_at_ib() == []

    play(scenario)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (354, "subscribe to them in Client Portal"),
        (10089, "subscribe to them in Client Portal"),
        (10090, "subscribe to them in Client Portal"),
        (10168, "subscribe to them in Client Portal"),
        (10186, "subscribe to them in Client Portal"),
        (10197, "another session of this IB user takes the market data"),
        (101, "is not current (101"),
        (420, "is not current (420"),
        (77777, "is not current (77777"),
    ],
)
def test_missing_market_data_is_a_sentence_with_the_ways_out(play: Play, code: int, sentence: str) -> None:
    """Whatever code says so; a person's price is a way out of all of them, delayed prices of some."""

    async def scenario(world: World) -> None:
        program = await _started(world, **VALUE)
        world.sim.faults.unsubscribe_data("AAPL", code=code)
        with pytest.raises(OrderRefused) as refused:
            await program.buy(10)
        assert sentence in str(refused.value)
        assert "--reference-price" in str(refused.value)
        sent = await program.orders.place(OrderRequest("AAPL", "BUY", D(10)), reference_price=D(450))
        assert (await program.orders.wait(sent.ref, 30)).status is OrderStatus.FILLED

    play(scenario)


def test_delayed_prices_count_where_the_user_set_a_margin(play: Play) -> None:
    """Five percent worse: 500 shares at 450 are worth 236,250, 540 too much."""

    async def scenario(world: World) -> None:
        program = await _started(world, **VALUE, delayed_price_margin=0.05)
        world.sim.faults.unsubscribe_data("AAPL", code=10089)
        assert (await program.buy(500)).status is not OrderStatus.REJECTED
        with pytest.raises(OrderRefused, match="max_order_value"):
            await program.buy(540)

    play(scenario)


def test_a_snapshot_that_ends_late_refuses_no_market_order(play: Play) -> None:
    """The price is streamed: nobody waits for the end of a snapshot."""

    async def scenario(world: World) -> None:
        program = await _started(world, **VALUE)
        world.sim.faults.late_snapshots(seconds=11.0)
        loop = asyncio.get_running_loop()
        began = loop.time()
        sent = await program.buy(10)
        assert loop.time() - began < 5
        assert (await program.orders.wait(sent.ref, 30)).status is OrderStatus.FILLED

    play(scenario)


@pytest.mark.parametrize("order", ["", "random", "reverse"])
def test_values_are_the_account_s_own_money_in_whatever_order_ib_tells_them(play: Play, order: str) -> None:
    """A EUR account at 1.25: 500 shares at 450 dollars are 180,000 of its own; 2,000 USDJPY are 1,600."""

    async def scenario(world: World) -> None:
        world.sim.market.set_quote("EUR.USD", bid=1.25, ask=1.25, bid_size=10**6, ask_size=10**6)
        world.sim.market.set_quote("USD.JPY", bid=150, ask=150, bid_size=10**6, ask_size=10**6)
        world.sim.market.set_quote("EUR.JPY", bid=187.5, ask=187.5, bid_size=10**6, ask_size=10**6)
        world.sim.faults.arrange_account_values(order)
        program = await _started(world, max_order_value=200_000)
        sold = await program.sell(10_000, symbol="EURUSD")  # from here on the account tells a block of dollars too
        await program.orders.wait(sold.ref, 30)
        program.connection.renew("everything is told anew")
        await asyncio.sleep(1)
        await program.ready(within=30)
        told = [value.currency for value in program.connection.client.accountValues()]
        assert {"EUR", "USD"} <= set(told)
        assert order != "reverse" or told.index("USD") < told.index("EUR")
        with pytest.raises(OrderRefused, match="max_order_value"):
            await program.buy(560)
        for quantity, symbol in ((500, "AAPL"), (2000, "USDJPY"), (240_000, "USDJPY")):
            assert (await program.buy(quantity, symbol=symbol)).status is not OrderStatus.REJECTED
        with pytest.raises(OrderRefused, match="max_order_value"):
            await program.buy(260_000, symbol="USDJPY")

    play(scenario, base_currency="EUR")


def test_sub_accounts_share_no_exposure(play: Play) -> None:
    """What one account holds and has open leaves the other's limits alone, and cancel_all stays in its account."""

    async def scenario(world: World) -> None:
        _quote(world)
        programs = [
            world.program(10 + number, risk=HELD, account=account) for number, account in enumerate(("DU1", "DU2"))
        ]
        for program in programs:
            await program.start()
            await program.ready(within=30)
        one, two = programs
        bought = await one.buy(100)
        await one.orders.wait(bought.ref, 30)
        with pytest.raises(OrderRefused, match="max_position_value"):
            await one.buy(100, kind="LMT", limit_price=D(440))
        resting = await two.buy(100, kind="LMT", limit_price=D(440))
        await asyncio.sleep(1)
        with pytest.raises(OrderRefused, match="max_position_value"):
            await two.buy(100, kind="LMT", limit_price=D(440))
        one.orders.cancel_all()
        await asyncio.sleep(2)
        assert two.orders.order(resting.ref).status is OrderStatus.SUBMITTED

    play(scenario, accounts=["DU1", "DU2"])


def test_one_journal_and_one_client_id_keep_two_accounts_apart(play: Play) -> None:
    """An order of DU1, then cancel_all as DU2 with the same journal: it stays, and only DU1 may change it."""

    async def scenario(world: World) -> None:
        _quote(world)
        first = world.program(10, risk=HELD, account="DU1")
        await first.start()
        resting = await first.buy(10, kind="LMT", limit_price=D(440), tif="GTC")
        await asyncio.sleep(1)
        await first.stop()
        second = world.program(10, risk=HELD, account="DU2")
        await second.start()
        assert second.orders.cancel_all() == []
        await asyncio.sleep(2)
        assert second.orders.order(resting.ref).status is OrderStatus.SUBMITTED
        with pytest.raises(OrderRefused, match="of the account"):
            await second.orders.modify(resting.ref, Change(quantity=D(20)))
        with pytest.raises(OrderRefused, match="of the account"):
            second.orders.cancel(resting.ref)

    play(scenario, accounts=["DU1", "DU2"])


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_the_worse_side_of_the_book_counts_for_both_sides(play: Play, side: str) -> None:
    """A book of 40 to 450, as before an opening: 600 shares are worth 270,000 to a seller too."""

    async def scenario(world: World) -> None:
        program = await _started(world, **VALUE)
        _quote(world, 40.0, 450.0)
        await asyncio.sleep(2)
        with pytest.raises(OrderRefused, match="worth 270,000"):
            await getattr(program, side)(600, kind="LMT", limit_price=D(41))
        assert world.orders_at_ib() == []

    play(scenario)


def test_an_order_that_ib_does_not_list_yet_counts_for_other_programs(play: Play) -> None:
    """It waits behind a dialog, and another program with a journal of its own asks what there is."""

    async def scenario(world: World) -> None:
        one, two = await _started(world, 10, **HELD), await _started(world, 11, **HELD)
        world.sim.faults.hold_orders()
        await one.buy(1, kind="LMT", limit_price=D(440))  # brings the dialog up
        held = await one.buy(99, kind="LMT", limit_price=D(440))
        await asyncio.sleep(1)
        assert held.ref not in world.orders_at_ib()
        with pytest.raises(OrderRefused, match="200 long worth"):
            await two.buy(100, kind="LMT", limit_price=D(440))
        world.sim.faults.release_orders()

    play(scenario)


@pytest.mark.parametrize("kind", ["by hand", "another client"])
def test_working_orders_count_whoever_placed_them(play: Play, kind: str) -> None:
    """100 shares of somebody else's at 450 work already: 20 more would pass 50,000."""

    async def scenario(world: World) -> None:
        program = await _started(world, **HELD)
        if kind == "by hand":
            world.sim.faults.manual_order("AAPL", "BUY", 100, orderType="LMT", lmtPrice=440)
        else:
            world.sim.faults.client_order(77, "AAPL", "BUY", 100, orderType="LMT", lmtPrice=440)
        await asyncio.sleep(1)
        with pytest.raises(OrderRefused, match="max_position_value"):
            await program.buy(20, kind="LMT", limit_price=D(440))
        assert (await program.buy(5, kind="LMT", limit_price=D(440))).status is not OrderStatus.REJECTED

    play(scenario)


@pytest.mark.parametrize("risk", [HELD, {"max_position_quantity": 120, "unlimited": True}])
def test_a_far_order_on_the_other_side_makes_no_room(play: Play, risk: dict[str, Any]) -> None:
    """A sale far above the market may never fill: it does not pay for a purchase, in value or in units."""

    async def scenario(world: World) -> None:
        program = await _started(world, **risk)
        await program.sell(100, kind="LMT", limit_price=D(480))
        with pytest.raises(OrderRefused, match=next(iter(risk))):
            await program.buy(150)

    play(scenario)


def test_programs_of_one_account_share_what_is_left(play: Play) -> None:
    """Ten programs at once ask for 20 shares each at 450: five fit into 50,000, whoever comes first."""

    async def scenario(world: World) -> None:
        programs = [await _started(world, client_id, **HELD) for client_id in range(10, 14)]
        asked = [program.buy(40, kind="LMT", limit_price=D(440)) for program in programs]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        sent = [answer for answer in answers if isinstance(answer, OrderRecord)]
        refused = [answer for answer in answers if isinstance(answer, OrderRefused)]
        assert (len(sent), len(refused)) == (2, 2)

    play(scenario)


@pytest.mark.parametrize("project", ["one", "two"])
def test_programs_of_two_project_folders_share_what_is_left(play: Play, project: str) -> None:
    """The account has one set of limits at a time, in whatever folder a command was typed."""

    async def scenario(world: World) -> None:
        _quote(world)
        programs = []
        for number, client_id in enumerate(range(10, 14)):
            folder = world.folder / (f"project-{number}" if project == "two" else "project")
            orders = OrderSettings(journal=folder / "storage" / "orders.sqlite3")
            programs.append(world.program(client_id, risk=HELD, orders=orders))
            await programs[-1].start()
            await programs[-1].ready(within=30)
        asked = [program.buy(40, kind="LMT", limit_price=D(440)) for program in programs]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(isinstance(answer, OrderRecord) for answer in answers) == 2

    play(scenario)


def test_after_the_daily_loss_closings_together_open_nothing(play: Play) -> None:
    """Two sales of 100 against 100 held are 100 too many; two programs count as one."""

    async def scenario(world: World) -> None:
        first = await _started(world, 10, max_order_value=1_000_000, max_daily_loss=1000)
        second = await _started(world, 11, max_order_value=1_000_000, max_daily_loss=1000)
        bought = await first.buy(100)
        await first.orders.wait(bought.ref, 30)
        _quote(world, 399.98, 400.02)
        await asyncio.sleep(10)
        with pytest.raises(OrderRefused, match="max_daily_loss"):
            await first.buy(1)
        await first.sell(100, kind="LMT", limit_price=D(480))
        for program in (first, second):
            with pytest.raises(OrderRefused, match="max_daily_loss"):
                await program.sell(100)

    play(scenario)


def test_a_change_is_measured_as_the_order_it_makes(play: Play) -> None:
    """A resting order of 10 cannot become one of 5,000; what it was stays."""

    async def scenario(world: World) -> None:
        program = await _started(world, **VALUE)
        resting = await program.buy(10, kind="LMT", limit_price=D(440))
        await asyncio.sleep(2)
        with pytest.raises(OrderRefused, match="max_order_value"):
            await program.orders.modify(resting.ref, Change(quantity=D(5000)))
        with pytest.raises(OrderRefused, match="max_order_value"):
            await program.orders.modify(resting.ref, Change(quantity=D(4000), limit_price=D(1)))
        assert program.orders.order(resting.ref).quantity == 10
        assert (await program.orders.modify(resting.ref, Change(quantity=D(20)))).ref == resting.ref

    play(scenario)


def test_an_order_that_never_reached_ib_haunts_no_limit(play: Play) -> None:
    """Its share of the limit is kept while it may come, and free once it is settled, without a person's word."""

    async def scenario(world: World) -> None:
        program = await _started(world, **HELD)
        world.sim.faults.drop_orders(times=1, reset=True)
        ghost = await program.buy(100, kind="LMT", limit_price=D(440))
        await program.lost(within=1)
        await program.ready(within=20)
        with pytest.raises(OrderRefused, match="max_position_value"):
            await program.buy(100, kind="LMT", limit_price=D(440))
        await asyncio.sleep(40)
        assert program.orders.order(ghost.ref).status is OrderStatus.REJECTED
        for other in (program, await _started(world, 11, **HELD)):
            sent = await other.buy(100, kind="LMT", limit_price=D(440))
            other.orders.cancel(sent.ref)
            await other.orders.wait(sent.ref, 30)
            await asyncio.sleep(1)

    play(scenario)


def test_what_was_refused_or_cancelled_is_free_again(play: Play) -> None:
    """A cancelled order's share of the limit can be used by the next."""

    async def scenario(world: World) -> None:
        program = await _started(world, **HELD)
        resting = await program.buy(100, kind="LMT", limit_price=D(440))
        with pytest.raises(OrderRefused, match="max_position_value"):
            await program.buy(100, kind="LMT", limit_price=D(440))
        program.orders.cancel(resting.ref)
        await program.orders.wait(resting.ref, 30)
        await asyncio.sleep(1)
        again = await program.buy(100, kind="LMT", limit_price=D(440))
        assert again.status is not OrderStatus.REJECTED

    play(scenario)


def test_orders_of_a_minute_count_for_all_programs_together(play: Play) -> None:
    """Three a minute, from two programs."""

    async def scenario(world: World) -> None:
        risk = {"unlimited": True, "max_orders_per_minute": 3}
        first, second = await _started(world, 10, **risk), await _started(world, 11, **risk)
        for program in (first, second, first):
            await program.buy(1, kind="LMT", limit_price=D(440))
        with pytest.raises(OrderRefused, match="max_orders_per_minute"):
            await second.buy(1, kind="LMT", limit_price=D(440))

    play(scenario)
