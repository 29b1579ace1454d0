"""The twenty failure modes of docs/failure-modes.md, each injected through the simulator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from tests.faults.world import World

from leanib.ib import (
    Change,
    ConnectionFailed,
    Gap,
    Link,
    Login,
    OrderRefused,
    OrderStatus,
    QuoteStatus,
    WrongAccount,
)
from leanib.operations.probe import Layer, probe
from leanib.simulator.simulator import Simulator

Play = Callable[..., World]
BACKOFF = 1 + 2 + 4
"""Seconds of the quick tries together."""


@pytest.mark.parametrize(
    "fault", ["accept_and_ignore", "reset_on_accept", "never_answer_handshake", "never_answer_login"]
)
def test_01_port_accepts_and_the_api_is_dead(play: Play, fault: str) -> None:
    """An accepting port is not taken for a Gateway; the person is told, and the return is noticed at the slow pace."""

    async def scenario(world: World) -> None:
        world.sim.faults.inject(fault)
        program = world.program()
        starting = asyncio.create_task(program.start())
        await asyncio.sleep(60)
        assert not program.connection.state.is_ready
        told = "login-needed" if fault == "never_answer_login" else "gateway-unreachable"  # it shook hands: so it runs
        assert len(world.told(told)) == 1
        world.sim.faults.accept()
        await program.ready(within=60 + 10)
        await starting
        assert world.told("gateway-back") or fault == "never_answer_login"

    play(scenario)


def test_01_giving_up_after_the_tries_says_why(play: Play) -> None:
    """A command that was asked for three retries ends with one sentence that names the address."""

    async def scenario(world: World) -> None:
        world.sim.faults.refuse()
        with pytest.raises(ConnectionFailed, match=r"nothing listens at 127\.0\.0\.1.*tried 4 times.*doctor"):
            await world.program().connection.start(tries=4)

    play(scenario)


async def test_02_wrong_port_map() -> None:
    """A port behind which no Gateway answers is told apart, layer by layer, from one that is logged in."""

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(100):
            pass
        writer.close()

    wrong = await asyncio.start_server(mute, "127.0.0.1", 0)
    seen = await asyncio.to_thread(probe, "127.0.0.1", wrong.sockets[0].getsockname()[1], timeout=0.3)
    assert (seen.layer, "does not answer the handshake" in seen.problem) == (Layer.SOCKET, True)
    wrong.close()
    await wrong.wait_closed()
    async with Simulator() as sim:
        right = await asyncio.to_thread(probe, sim.host, sim.port, timeout=5)
    assert right.is_ready


def test_03_fills_around_a_lost_link(play: Play) -> None:
    """Fills of a batch that happen while the link is lost, and while the program is away, are all booked once."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=10, ask_size=30)
        record = await program.buy(100, kind="LMT", limit_price=Decimal(101))
        await asyncio.sleep(1)
        partial = program.orders.order(record.ref)
        assert (partial.status, partial.filled) == (OrderStatus.PARTIALLY_FILLED, Decimal(30))
        world.sim.faults.lose_link()
        await asyncio.sleep(1)
        world.sim.faults.disconnect()
        await program.lost(within=1)
        world.sim.faults.restore_link()
        world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=10, ask_size=200)
        await program.ready(within=BACKOFF)
        assert program.orders.order(record.ref).status is OrderStatus.FILLED
        assert sum(fill.quantity for fill in program.journal.fills(record.ref)) == world.position() == 100

    play(scenario)


def test_04_order_ids_come_back_after_a_restart(play: Play) -> None:
    """The Gateway forgets the last ids; the journal's own mark keeps new orders apart from old ones."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        first = await program.buy(10)
        await program.orders.wait(first.ref, 5)
        world.sim.faults.restart(seconds=5, forget_ids=10)
        await program.lost(within=1)
        await program.ready(within=BACKOFF + 5)
        second = await program.buy(20)
        done = await program.orders.wait(second.ref, 5)
        assert second.order_id > first.order_id
        assert done.status is OrderStatus.FILLED
        assert program.orders.order(first.ref).filled == 10
        assert world.position() == 30

    play(scenario)


def test_05_order_written_to_a_dying_socket(play: Play) -> None:
    """An order that the Gateway swallowed before it died is unknown, asked for, told, and not sent again."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        world.sim.faults.drop_orders(times=1, reset=True)
        record = await program.buy(100)
        await program.lost(within=1)
        await program.ready(within=BACKOFF)
        assert program.orders.order(record.ref).status is OrderStatus.UNKNOWN
        assert len(world.told("order-unknown")) == 1
        await asyncio.sleep(600)
        assert world.orders_at_ib() == []
        assert world.position() == 0

    play(scenario)


def test_05_orders_are_gated_before_a_known_restart(play: Play) -> None:
    """Two minutes before the Gateway's own restart no new order is sent."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        with pytest.raises(OrderRefused, match="restarts at 23:55"):
            await program.buy(1)
        assert program.journal.orders() == []

    play(scenario, start=datetime(2024, 3, 7, 4, 54, tzinfo=UTC))


def test_06_orders_of_a_burst_are_dropped(play: Play) -> None:
    """Each third order vanishes without a word: it is unknown within the ack deadline, the others fill once."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        world.sim.market.set_quote("AAPL", bid=99, ask=100, bid_size=10000, ask_size=10000)
        world.sim.faults.drop_orders(every=3)
        records = [await program.buy(10) for _ in range(9)]
        await asyncio.sleep(8)
        statuses = [program.orders.order(record.ref).status for record in records]
        assert statuses.count(OrderStatus.FILLED) == 6
        assert statuses.count(OrderStatus.UNKNOWN) == 3
        assert len(world.orders_at_ib()) == len(set(world.orders_at_ib())) == 6
        assert world.position() == 60

    play(scenario)


def test_07_a_dialog_holds_the_orders(play: Play) -> None:
    """Orders behind a precaution dialog are unknown and told; once somebody clicks they are taken up again."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        world.sim.market.set_quote("AAPL", bid=99, ask=100, bid_size=10000, ask_size=10000)
        world.sim.faults.hold_orders()
        records = [await program.buy(10) for _ in range(4)]
        await asyncio.sleep(10)
        held = [r for r in records if program.orders.order(r.ref).status is OrderStatus.UNKNOWN]
        assert len(held) == 3
        assert world.told("order-unanswered")
        world.sim.faults.release_orders()
        await asyncio.sleep(2)
        assert all(program.orders.order(r.ref).status is OrderStatus.FILLED for r in records)
        assert world.position() == 40

    play(scenario)


def test_08_read_only_api(play: Play) -> None:
    """A read-only API is seen at the connection, told once, and no order is tried."""

    async def scenario(world: World) -> None:
        world.sim.faults.read_only()
        program = world.program()
        await program.start()
        with pytest.raises(OrderRefused, match="READ_ONLY_API=no"):
            await program.buy(1)
        assert len(world.told("read-only-api")) == 1
        assert program.journal.orders() == []

    play(scenario)


def test_09_weekly_login_waits_for_a_second_factor(play: Play) -> None:
    """On Sunday the login expires: one alert, a slow pace instead of a login loop, recovery after the click."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        world.sim.faults.require_login()
        await program.lost(within=1)
        await asyncio.sleep(6 * 3600)
        assert program.connection.state.login is Login.AWAITING
        assert len(world.told("login-needed")) == 1
        world.sim.faults.acknowledge_login()
        await program.ready(within=60 + 10)

    play(scenario, start=datetime(2024, 3, 10, 6, 0, tzinfo=UTC))


def test_09_a_command_does_not_wait_for_minutes_for_a_login(play: Play) -> None:
    """It gives up after its quick tries and says what it waited for; who tries for ever waits a minute each time."""

    async def scenario(world: World) -> None:
        world.sim.faults.require_login()
        program = world.program()
        began = asyncio.get_running_loop().time()
        with pytest.raises(ConnectionFailed, match="answers but is not logged in"):
            await program.connection.start(tries=4)
        assert asyncio.get_running_loop().time() - began < 60

    play(scenario)


@pytest.mark.parametrize("hour", [6, 15])
def test_09_a_gateway_that_shakes_hands_and_is_not_logged_in_waits_for_its_login(play: Play, hour: int) -> None:
    """Whatever the hour and from the first dial on: said as what it is, one alert, let in at once afterwards."""

    async def scenario(world: World) -> None:
        world.sim.faults.require_login()
        program = world.program()
        starting = asyncio.create_task(program.start())
        await asyncio.sleep(1800)
        state = program.connection.state
        assert state.login is Login.AWAITING
        assert "answers but is not logged in" in state.reason or state.reason == "connecting"
        assert len(world.told("login-needed")) == 1
        assert not any("does not speak" in alert.text for alert in world.alerts)
        world.sim.faults.acknowledge_login()
        await program.ready(within=5)
        await starting

    play(scenario, start=datetime(2024, 3, 6, hour, 0, tzinfo=UTC))


def test_10_storm_of_1100_inside_the_reset_window(play: Play) -> None:
    """833 times 1100 over the night are one transition; the deadline runs inside the window and is told."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        changes: list[Link] = []
        program.connection.messages.state.connect(
            lambda before, after: changes.append(after.link) if before.link is not after.link else None
        )
        world.sim.faults.storm(code=1100, every=4.0, seconds=280)
        await asyncio.sleep(200)
        assert changes == [Link.LOST]
        assert world.told("link-lost") == []
        await asyncio.sleep(150)
        assert len(world.told("link-lost")) == 1
        assert "window" in world.told("link-lost")[0]
        await program.ready(within=60)

    play(scenario, start=datetime(2024, 3, 6, 5, 20, tzinfo=UTC))


def test_11_market_data_dies_silently(play: Play) -> None:
    """No code, no tick: the quote goes stale within its deadline, a gap is marked, one resubscription is sent."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        await program.quotes.subscribe(["AAPL"])
        items: list[object] = []
        listener = asyncio.create_task(_collect(program, items))
        await asyncio.sleep(5)
        assert program.quotes.quotes()[0].status is QuoteStatus.CURRENT
        world.sim.faults.kill_data()
        await asyncio.sleep(65)
        assert program.quotes.quotes()[0].status is QuoteStatus.STALE
        world.sim.faults.revive_data()
        await asyncio.sleep(5)
        assert program.quotes.quotes()[0].status is QuoteStatus.CURRENT
        gaps = [item for item in items if isinstance(item, Gap)]
        assert [gap.until is None for gap in gaps] == [True, False]
        listener.cancel()

    play(scenario)


def test_11_link_back_with_data_lost_although_1102_said_kept(play: Play) -> None:
    """1102 with the subscriptions gone: the silence after the grace is noticed and subscribed again."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        await program.quotes.subscribe(["AAPL", "MSFT"])
        await asyncio.sleep(3)
        world.sim.faults.lose_link()
        await asyncio.sleep(10)
        world.sim.faults.restore_link(data_lost=True, code=1102)
        await asyncio.sleep(15)
        assert {quote.status for quote in program.quotes.quotes()} == {QuoteStatus.CURRENT}

    play(scenario)


def test_12_competing_session(play: Play) -> None:
    """A second session takes the data: told once, marked, not fought; live again when it is gone."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        await program.quotes.subscribe(["AAPL"])
        await asyncio.sleep(2)
        world.sim.faults.compete()
        await asyncio.sleep(120)
        quote = program.quotes.quotes()[0]
        assert quote.status in (QuoteStatus.INTERRUPTED, QuoteStatus.STALE)
        assert len(world.told("competing-session")) == 1
        world.sim.faults.stop_competing()
        await asyncio.sleep(310)
        assert program.quotes.quotes()[0].status is QuoteStatus.CURRENT

    play(scenario)


def test_13_client_id_in_use(play: Play) -> None:
    """A stuck client id is named, waited for, and taken when it is free; others' orders are not touched."""

    async def scenario(world: World) -> None:
        world.sim.faults.hold_client_id(10, seconds=90)
        program = world.program()
        starting = asyncio.create_task(program.start())
        await asyncio.sleep(30)
        assert "client id 10 is in use" in world.told("gateway-unreachable")[0]
        await program.ready(within=130)
        await starting
        other = world.program(client_id=11)
        await other.start()
        record = await program.buy(10, kind="LMT", limit_price=Decimal(1))
        await asyncio.sleep(1)
        foreign = program.orders.order(record.ref)
        other.journal.intend([foreign])
        with pytest.raises(OrderRefused, match="belongs to client id 10"):
            other.orders.cancel(record.ref)

    play(scenario)


@pytest.mark.parametrize("cut", [1, 7, 30, 60, 90, 150, 400])
def test_14_reset_during_the_handshake_starts_one_reconnect(play: Play, cut: int) -> None:
    """A connection that dies at any byte of the login is dialled again by one owner, and ends with one client."""

    async def scenario(world: World) -> None:
        world.sim.faults.cut_after(cut)
        program = world.program()
        starting = asyncio.create_task(program.start())
        await asyncio.sleep(4)
        world.sim.faults.clear()
        await program.ready(within=130)
        await starting
        await asyncio.sleep(120)
        assert len(world.sim.clients) == 1

    play(scenario)


def test_15_unknown_is_not_empty(play: Play) -> None:
    """A connection that dies before positionEnd gives an incomplete account, never an empty one."""

    async def scenario(world: World) -> None:
        world.sim.accounts.set_position("DU1234567", "AAPL", 50, 100)
        program = world.program()
        await program.start()
        assert program.accounts.snapshot().complete
        world.sim.faults.freeze()
        asking = asyncio.create_task(program.accounts.refresh())
        await asyncio.sleep(1)
        world.sim.faults.reset()
        snapshot = await asking
        assert not snapshot.complete
        assert snapshot.reason
        world.sim.faults.thaw()
        await program.ready(within=BACKOFF)
        assert [line.quantity for line in program.accounts.snapshot().positions] == [50]

    play(scenario)


def test_16_modification_makes_two_orders(play: Play) -> None:
    """No modification while degraded; a fork under a second permId is noticed, told, and cancelled by policy."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        record = await program.buy(10, kind="LMT", limit_price=Decimal(1))
        await asyncio.sleep(1)
        world.sim.faults.lose_link()
        await asyncio.sleep(1)
        with pytest.raises(OrderRefused, match="no link to IBKR"):
            await program.orders.modify(record.ref, Change(limit_price=Decimal(2)))
        world.sim.faults.restore_link()
        await program.ready(within=5)
        world.sim.faults.fork_changes()
        await program.orders.modify(record.ref, Change(limit_price=Decimal(2)))
        await asyncio.sleep(2)
        assert len(world.told("order-forked")) == 1

    play(scenario)


def test_17_statuses_lie_and_commissions_come_as_they_like(play: Play) -> None:
    """Sentinel commissions are no commissions; a corrected execution replaces what it corrects."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        world.sim.faults.show_commission("1.7976931348623157E308")
        record = await program.buy(100)
        done = await program.orders.wait(record.ref, 5)
        assert done.status is OrderStatus.FILLED
        assert program.orders.order(record.ref).commission == 0
        world.sim.faults.show_commission("")
        world.sim.faults.correct_execution(price=90.0)
        await asyncio.sleep(1)
        corrected = program.orders.order(record.ref)
        assert (corrected.filled, corrected.average_price) == (Decimal(100), Decimal(90))
        assert world.told("fill-corrected")

    play(scenario)


def test_18_orders_of_others_and_replayed_portfolio(play: Play) -> None:
    """Manual orders and a portfolio told twice show in the account and never become ours or double."""

    async def scenario(world: World) -> None:
        world.sim.accounts.set_position("DU1234567", "AAPL", 50, 100)
        program = world.program()
        await program.start()
        world.sim.faults.manual_order("MSFT", "BUY", 5, orderType="LMT", lmtPrice="1")
        world.sim.faults.replay_portfolio(times=3)
        await asyncio.sleep(1)
        snapshot = await program.accounts.refresh()
        assert [line.quantity for line in snapshot.positions] == [50]
        assert [order.symbol for order in snapshot.open_orders] == ["MSFT"]
        assert program.journal.orders() == []

    play(scenario)


def test_19_pacing(play: Play) -> None:
    """A burst of requests never passes 50 messages a second: IB's limit is enforced and the connection lives."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        generation = program.connection.state.generation
        client = program.connection.client
        await asyncio.gather(*(client.reqMatchingSymbolsAsync("A") for _ in range(200)))
        assert program.connection.state.generation == generation
        assert program.connection.state.is_trading_ready

    play(scenario, pacing=True)


@pytest.mark.parametrize(("version", "works"), [(150, False), (157, True), (176, True), (178, True)])
def test_20_versions(play: Play, version: int, works: bool) -> None:
    """A Gateway that is too old is refused with a sentence; the supported range works."""

    async def scenario(world: World) -> None:
        world.sim.faults.offer_version(version)
        program = world.program()
        if not works:
            with pytest.raises(ConnectionFailed):
                await program.connection.start(tries=1)
            return
        await program.start()
        record = await program.buy(10)
        assert (await program.orders.wait(record.ref, 5)).status is OrderStatus.FILLED

    play(scenario)


def test_mode_is_proven_by_the_account_before_the_first_request(play: Play) -> None:
    """Paper mode refuses a live account; the simulator saw nothing but the login."""

    async def scenario(world: World) -> None:
        program = world.program()
        with pytest.raises(WrongAccount, match="serves a live account"):
            await program.start()
        assert world.told("wrong-account")
        assert world.sim.orders.orders == {}

    play(scenario, accounts=["U7654321"])


async def _collect(program: object, items: list[object]) -> None:
    async for item in program.quotes.stream():  # type: ignore[attr-defined]
        items.append(item)  # noqa: PERF401 - the stream does not end
