"""Each fault does to a client what it says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from foreign_clients import IbAsyncClient
from raw import HELLO, STOCK, Raw, message, patience, place_order

from leanib.errors import UsageError
from leanib.simulator import Simulator, VirtualClock

MORNING = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)


@pytest.fixture
async def sim() -> object:
    """A simulator in virtual time with AAPL at 100, exchange hours."""
    async with Simulator(clock=VirtualClock(MORNING)) as running:
        running.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100)
        yield running


async def codes(raw: Raw) -> list[str]:
    """The error codes that came."""
    return [fields[3] for fields in await raw.pending() if fields[0] == "4"]


async def kinds(raw: Raw) -> list[int]:
    """The ids of the messages that came."""
    return [int(fields[0]) for fields in await raw.pending()]


async def ticks(raw: Raw, sim: Simulator) -> int:
    """How many bid ticks a new quote causes."""
    sim.market.set_quote("AAPL", bid=sim.market.quote("AAPL").bid + Decimal("0.01"))  # type: ignore[operator]
    return (await kinds(raw)).count(1)


async def listens(sim: Simulator) -> Raw:
    """Dials until somebody listens."""
    async with patience(10):
        while True:
            try:
                return await Raw.dial(sim)
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)


def subscribe(raw: Raw) -> None:
    """Ask for AAPL's ticks."""
    raw.send(1, 11, 1, *STOCK, 0, "", 0, 0, "")


# the connection


async def test_refuse_and_accept(sim: Simulator) -> None:
    """A refusing Gateway is not listening; connected clients live on; later it listens on the same port."""
    raw = await Raw.login(sim)
    sim.faults.refuse()
    await asyncio.sleep(0.02)
    with pytest.raises(ConnectionRefusedError):
        await Raw.dial(sim)
    raw.send(49, 1)
    assert (await raw.fields())[0] == "49"
    sim.faults.accept()
    await listens(sim)
    await Raw.login(sim, 2)


async def test_accept_and_ignore(sim: Simulator) -> None:
    """An open port that never reads: no version, no end."""
    sim.faults.accept_and_ignore()
    raw = await Raw.dial(sim)
    raw.writer.write(HELLO)
    assert await kinds(raw) == []
    assert not await raw.gone(0.05)


async def test_reset_on_accept(sim: Simulator) -> None:
    """Accept, then reset."""
    sim.faults.reset_on_accept()
    raw = await Raw.dial(sim)
    assert await raw.gone()


async def test_silent_handshake_and_silent_login(sim: Simulator) -> None:
    """No version; then a version and no nextValidId."""
    sim.faults.never_answer_handshake()
    raw = await Raw.dial(sim)
    raw.writer.write(HELLO + message(71, 2, 1, ""))
    await asyncio.sleep(0.05)
    sim.faults.accept()
    sim.faults.never_answer_login()
    other = await Raw.dial(sim)
    other.writer.write(HELLO + message(71, 2, 2, ""))
    assert (await other.fields())[0] == "178"
    assert await kinds(other) == []


@pytest.mark.parametrize("version", [150, 176, 199, 203])
async def test_offered_versions(sim: Simulator, version: int) -> None:
    """The handshake offers whatever version the test wants."""
    sim.faults.offer_version(version)
    raw = await Raw.dial(sim)
    raw.writer.write(HELLO)
    assert (await raw.fields())[0] == str(version)


async def test_cut_at_every_byte_of_the_login(sim: Simulator) -> None:
    """The connection can be reset after any number of bytes, also in the middle of a frame."""
    for cut in (1, 3, 4, 5, 20, 37, 38, 60, 200):
        sim.faults.cut_after(cut)
        raw = await Raw.dial(sim)
        raw.writer.write(HELLO + message(71, 2, 1, ""))
        assert len(await raw.everything(0.2)) <= cut
        assert await raw.gone()


async def test_reset_disconnect_freeze(sim: Simulator) -> None:
    """Reset, clean end and half-open are told apart by the client."""
    raw = await Raw.login(sim)
    sim.faults.reset(client_id=1)
    with pytest.raises(ConnectionResetError):
        await raw.reader.readexactly(1)
    raw = await Raw.login(sim)
    sim.faults.disconnect()
    assert await raw.reader.read(10) == b""
    raw = await Raw.login(sim)
    sim.faults.freeze()
    assert await kinds(raw) == []
    assert not await raw.gone(0.05)


async def test_stuck_client_id(sim: Simulator) -> None:
    """After a disconnect the id stays taken for a while: 326 and the end."""
    sim.faults.stick_client_ids(seconds=30)
    await (await Raw.login(sim)).close()
    raw = await Raw.dial(sim)
    raw.writer.write(HELLO + message(71, 2, 1, ""))
    await raw.fields()
    assert (await raw.fields())[3] == "326"
    assert await raw.gone()
    sim.clock.step(31)  # type: ignore[attr-defined]
    await Raw.login(sim)


async def test_restart_forgets_ids(sim: Simulator) -> None:
    """A restart drops everybody, refuses for a while, and nextValidId rolls back."""
    raw = await Raw.login(sim)
    for order_id in range(1, 5):
        raw.send(*place_order(order_id, "BUY", 1, "LMT", 50, tif="GTC"))
    await kinds(raw)
    sim.faults.restart(seconds=10, forget_ids=3)
    assert await raw.gone()
    with pytest.raises(ConnectionRefusedError):
        await Raw.dial(sim)
    sim.clock.step(11)  # type: ignore[attr-defined]
    raw = await listens(sim)
    raw.writer.write(HELLO + message(71, 2, 1, ""))
    assert (await raw.until(9))[2] == "2"
    raw.send(*place_order(2, "BUY", 1, "MKT"))  # the id is in use: a modification, and a wrong one
    assert "329" in await codes(raw)


async def test_login_needed(sim: Simulator) -> None:
    """While somebody must confirm the login a client gets the version and no more; then it is let in."""
    raw = await Raw.login(sim)
    sim.faults.require_login()
    assert await raw.gone()
    raw = await Raw.dial(sim)
    raw.writer.write(HELLO + message(71, 2, 1, ""))
    await raw.fields()
    assert await kinds(raw) == []
    sim.faults.acknowledge_login()
    assert await kinds(raw) == [15, 9, 4, 4, 4]


async def test_a_week_of_resets(sim: Simulator) -> None:
    """Nightly resets and the Sunday login come by the calendar; a week passes in a moment."""
    sim.faults.nightly_reset(hour=0, minute=15, seconds=60)
    sim.faults.weekly_login()
    raw = await Raw.login(sim)
    await sim.clock.advance_to(datetime(2024, 1, 7, 5, 55, tzinfo=UTC))  # type: ignore[attr-defined]
    found = await codes(raw)
    assert found == ["1100", "1102"] * 3  # Thursday, Friday, and Sunday just now; not Saturday
    await sim.clock.advance_to(datetime(2024, 1, 7, 6, 1, tzinfo=UTC))  # type: ignore[attr-defined]
    assert await raw.gone()
    assert sim.faults.login_needed


# the link


async def test_lose_and_restore_the_link(sim: Simulator) -> None:
    """1100 stops ticks and fills, orders wait; 1102 resumes them; 1101 loses the subscriptions."""
    raw = await Raw.login(sim)
    subscribe(raw)
    await kinds(raw)
    sim.faults.lose_link()
    assert await codes(raw) == ["1100"]
    assert await ticks(raw, sim) == 0
    raw.send(*place_order(1, "BUY", 10, "MKT"))
    assert await kinds(raw) == []
    sim.faults.restore_link()
    came = await kinds(raw)
    assert came[0] == 4
    assert came[-1] == 59
    assert await ticks(raw, sim) == 1
    sim.faults.lose_link(code=2110)
    sim.faults.restore_link(data_lost=True, code=1102)  # says that data was kept, which is a lie
    assert await codes(raw) == ["2110", "1102"]
    assert await ticks(raw, sim) == 0


async def test_storm(sim: Simulator) -> None:
    """1100 every four seconds for a minute."""
    raw = await Raw.login(sim)
    sim.faults.storm(code=1100, every=4, seconds=60)
    await sim.clock.advance(120)  # type: ignore[attr-defined]
    assert await codes(raw) == ["1100"] * 16


async def test_farms(sim: Simulator) -> None:
    """A broken market data farm stops ticks, a broken HMDS farm history; each says so with its code."""
    raw = await Raw.login(sim)
    subscribe(raw)
    await kinds(raw)
    sim.faults.farm_down("market")
    assert await codes(raw) == ["2103"]
    assert await ticks(raw, sim) == 0
    sim.faults.farm_up("market")
    assert await codes(raw) == ["2104"]
    assert await ticks(raw, sim) == 1
    sim.faults.farm_down("history")
    raw.send(20, 2, *STOCK, 0, "", "5 mins", "1 D", 1, "TRADES", 1, 0, "")
    assert await codes(raw) == ["2105", "162"]
    sim.faults.farm_up("history")
    sim.faults.farm_down("definitions")
    assert await codes(raw) == ["2106", "2157"]
    with pytest.raises(UsageError, match="there is no farm 'sheep'"):
        sim.faults.farm_down("sheep")


async def test_silent_death(sim: Simulator) -> None:
    """Ticks stop without a word, and come back."""
    raw = await Raw.login(sim)
    subscribe(raw)
    await kinds(raw)
    sim.faults.kill_data()
    assert await ticks(raw, sim) == 0
    sim.faults.revive_data()
    assert await ticks(raw, sim) == 1


async def test_competing_session(sim: Simulator) -> None:
    """10197 on running and on new tickers; being kicked is 1100 and the end."""
    raw = await Raw.login(sim)
    subscribe(raw)
    await kinds(raw)
    sim.faults.compete()
    raw.send(1, 11, 2, *STOCK, 0, "", 0, 0, "")
    assert await codes(raw) == ["10197", "10197"]
    assert await ticks(raw, sim) == 0
    sim.faults.kick_session()
    assert await codes(raw) == ["1100"]
    assert await raw.gone()


async def test_read_only(sim: Simulator) -> None:
    """Orders and requests for orders are answered with 321, everything else works."""
    sim.faults.read_only()
    raw = await Raw.login(sim)
    raw.send(*place_order(1, "BUY", 1, "MKT"))
    raw.send(5, 1)
    raw.send(99, 0)
    raw.send(4, 1, 1, "")
    assert await codes(raw) == ["321"] * 4
    raw.send(61, 1)
    assert await kinds(raw) == [62]


async def test_messages_of_any_code(sim: Simulator) -> None:
    """Any code can be sent; a moved port is 1300 and the end."""
    raw = await Raw.login(sim)
    sim.faults.message(2119, "usfarm")
    assert await codes(raw) == ["2119"]
    sim.faults.move_port(4009)
    assert await codes(raw) == ["1300"]
    assert await raw.gone()


# orders


async def test_dropped_orders(sim: Simulator) -> None:
    """Every third order vanishes; then one takes the connection with it."""
    raw = await Raw.login(sim)
    sim.faults.drop_orders(every=3)
    for order_id in range(1, 7):
        raw.send(*place_order(order_id, "BUY", 1, "LMT", 50))
    await kinds(raw)
    assert [order_id for _, order_id in sim.orders.orders] == [1, 2, 4, 5]
    sim.faults.drop_orders(times=1, reset=True)
    raw.send(*place_order(7, "BUY", 1, "LMT", 50))
    assert await raw.gone()
    assert (1, 7) not in sim.orders.orders


async def test_precaution_dialog(sim: Simulator) -> None:
    """The first order passes, the others wait for a click."""
    raw = await Raw.login(sim)
    sim.faults.hold_orders()
    for order_id in range(1, 4):
        raw.send(*place_order(order_id, "BUY", 1, "LMT", 50))
    await kinds(raw)
    assert len(sim.orders.orders) == 1
    sim.faults.release_orders()
    assert len(sim.orders.orders) == 3


async def test_forked_modification(sim: Simulator) -> None:
    """A change while the link is down becomes a second living order with another permId."""
    raw = await Raw.login(sim)
    raw.send(*place_order(1, "BUY", 10, "LMT", 50, reference="one"))
    await kinds(raw)
    sim.faults.fork_changes()
    sim.faults.lose_link()
    raw.send(*place_order(1, "BUY", 10, "LMT", 51, reference="one"))
    await kinds(raw)  # it was heard
    sim.faults.restore_link()
    await kinds(raw)
    raw.send(5, 1)
    perm_ids = set()
    while (fields := await raw.fields())[0] != "53":
        if fields[0] == "3":
            perm_ids.add(fields[6])
    assert len(perm_ids) == 2
    raw.send(4, 1, 1, "")
    await kinds(raw)
    assert len(sim.orders.open_orders()) == 1  # type: ignore[arg-type]


async def test_rejections_and_corrections(sim: Simulator) -> None:
    """The next order can be rejected; an execution corrected under the next suffix; commissions lie."""
    raw = await Raw.login(sim)
    sim.faults.reject_next(201, "Because.")
    raw.send(*place_order(1, "BUY", 10, "MKT"))
    assert await codes(raw) == ["201"]
    sim.faults.show_commission("-1.0")
    raw.send(*place_order(2, "BUY", 10, "MKT"))
    report = await raw.until(59)
    assert report[3] == "-1.0"
    sim.faults.show_commission()
    new = sim.faults.correct_execution(price=99.5)
    execution = await raw.until(11)
    assert execution[14] == report[2][:-2] + "02" == new.exec_id
    assert sim.accounts.ledgers["DU1234567"].cash["USD"] == Decimal(1_000_000 - 995 - 1)
    assert sim.accounts.ledgers["DU1234567"].imbalance() == {}


async def test_manual_orders(sim: Simulator) -> None:
    """An order entered in TWS shows order id 0, unless client 0 binds it; another client cannot cancel it."""
    other = await Raw.login(sim, 3)
    perm_id = sim.faults.manual_order("AAPL", quantity=5, orderType="LMT", lmtPrice="50", tif="GTC")
    other.send(16, 1)
    shown = await other.until(5)
    assert shown[1] == "0"
    assert str(perm_id) in shown
    other.send(4, 1, 0, "")
    assert await codes(other) == ["10147"]
    owner = await Raw.login(sim, 0)
    owner.send(15, 1, 1)
    assert await owner.until(100) == ["100", str(perm_id), "0", "-1"]
    owner.send(5, 1)
    assert (await owner.until(5))[1] == "-1"


async def test_replayed_portfolio(sim: Simulator) -> None:
    """Positions come a second time, unasked."""
    sim.accounts.set_position("DU1234567", "AAPL", 10, 90)
    raw = await Raw.login(sim)
    raw.send(61, 1)
    raw.send(6, 2, 1, "DU1234567")
    await kinds(raw)
    sim.faults.replay_portfolio()
    assert sorted(await kinds(raw)) == [7, 61]


# single messages


async def buy(raw: Raw, order_id: int = 1) -> list[int]:
    """Buy at the market; the kinds of messages that follow."""
    raw.send(*place_order(order_id, "BUY", 10, "MKT"))
    return await kinds(raw)


NORMAL = [5, 3, 5, 3, 11, 5, 3, 59]


@pytest.mark.parametrize(
    ("apply", "wanted"),
    [
        (lambda _: None, NORMAL),
        (lambda f: f.drop("EXECUTION"), [5, 3, 5, 3, 5, 3, 59]),
        (lambda f: f.drop("ORDER_STATUS", skip=2), [5, 3, 5, 3, 11, 5, 59]),
        (lambda f: f.drop("ORDER_STATUS", containing="Filled"), [5, 3, 5, 3, 11, 5, 59]),
        (lambda f: f.drop(("ORDER_STATUS", "OPEN_ORDER"), every=2), [3, 3, 11, 3, 59]),
        (lambda f: f.duplicate("ORDER_STATUS", times=1), [5, 3, 3, 5, 3, 11, 5, 3, 59]),
        (lambda f: f.duplicate("EXECUTION"), [5, 3, 5, 3, 11, 11, 5, 3, 59]),
        (lambda f: f.drop("COMMISSION_REPORT"), NORMAL[:-1]),
        (lambda f: f.reverse(("EXECUTION", "COMMISSION_REPORT"), window=2), [5, 3, 5, 3, 5, 3, 59, 11]),
        (lambda f: f.hold("EXECUTION"), [5, 3, 5, 3, 5, 3, 59]),
    ],
)
async def test_message_rules(
    sim: Simulator, apply: Callable[[object], object], wanted: list[int]
) -> None:
    """Order news can be dropped, duplicated, reversed and held, by kind, count and content."""
    raw = await Raw.login(sim)
    apply(sim.faults)
    assert await buy(raw) == wanted
    sim.faults.clear()
    await kinds(raw)
    assert await buy(raw, 2) == NORMAL


async def shuffled(seed: int) -> list[int]:
    """The kinds of messages that follow an order whose news is shuffled."""
    async with Simulator(clock=VirtualClock(MORNING), seed=seed) as sim:
        raw = await Raw.login(sim)
        sim.faults.shuffle(window=8)
        told = await buy(raw)
        sim.faults.release()
        return told + await kinds(raw)


async def test_shuffle_is_seeded() -> None:
    """Shuffled news comes complete, in an order that the seed decides."""
    orders = [await shuffled(seed) for seed in range(1, 6)]
    assert all(sorted(order) == sorted(NORMAL) for order in orders)
    assert orders != [NORMAL] * 5
    assert orders == [await shuffled(seed) for seed in range(1, 6)]


async def test_delay(sim: Simulator) -> None:
    """Late messages come on the simulator's clock, overtaken by others."""
    raw = await Raw.login(sim)
    sim.faults.delay(5, "EXECUTION")
    assert await buy(raw) == [5, 3, 5, 3, 5, 3, 59]
    await sim.clock.advance(6)  # type: ignore[attr-defined]
    assert await kinds(raw) == [11]


async def test_split(sim: Simulator) -> None:
    """A frame in two pieces is whole when the second one came; order is kept."""
    raw = await Raw.login(sim)
    sim.faults.split(at=7, seconds=5, kinds="EXECUTION")
    assert await buy(raw) == [5, 3, 5, 3]
    await sim.clock.advance(6)  # type: ignore[attr-defined]
    data = await raw.everything()
    assert b".00000001.01.01" in data


async def test_truncate_and_close_before(sim: Simulator) -> None:
    """The stream ends in the middle of a frame, or right before a message."""
    raw = await Raw.login(sim)
    sim.faults.truncate(at=10, kinds="EXECUTION")
    raw.send(*place_order(1, "BUY", 10, "MKT"))
    data = await raw.everything()
    assert data.count(b".00000001.01") == 0
    assert await raw.gone()
    raw = await Raw.login(sim)
    sim.faults.close_before("POSITION_END")
    raw.send(61, 1)
    assert await kinds(raw) == [61]
    assert await raw.gone()
    raw = await Raw.login(sim)
    sim.faults.corrupt(at=12, kinds="POSITION")
    raw.send(61, 1)
    assert len(await raw.until(61)) < 14


async def test_throttle(sim: Simulator) -> None:
    """A slow line: bytes come at the rate given."""
    raw = await Raw.login(sim)
    sim.faults.throttle(bytes_per_second=100)
    raw.send(6, 2, 1, "DU1234567")
    first = len(await kinds(raw))
    await sim.clock.advance(10)  # type: ignore[attr-defined]
    assert first < 2
    assert 10 < len(await kinds(raw)) < 40


# all together


async def test_faults_on_the_clock(sim: Simulator) -> None:
    """Faults can be scheduled; unknown names and settings are refused with what exists."""
    raw = await Raw.login(sim)
    sim.faults.at(10, "lose_link")
    sim.faults.at(datetime(2024, 1, 3, 15, 1), "restore_link", data_lost=True)
    await sim.clock.advance(61)  # type: ignore[attr-defined]
    assert await codes(raw) == ["1100", "1101"]
    with pytest.raises(UsageError, match="there is no fault 'explode'"):
        sim.faults.at(1, "explode")
    with pytest.raises(UsageError, match="seconds"):
        sim.faults.at(1, "restart", minutes=3)


async def test_fills_while_a_client_is_away(sim: Simulator) -> None:
    """ib_async finds what filled while it was away when it connects again."""
    client = IbAsyncClient()
    ib = client.ib
    await ib.connectAsync(sim.host, sim.port, clientId=1)
    trade = ib.placeOrder(client.stock(), client.order(action="BUY", totalQuantity=100, orderType="LMT", lmtPrice=99.0))
    await client.status(trade.order.orderId, "Submitted")
    sim.faults.reset()
    await asyncio.sleep(0.05)
    sim.market.set_quote("AAPL", bid="98.9", ask="98.95")
    again = IbAsyncClient()
    await again.ib.connectAsync(sim.host, sim.port, clientId=1)
    assert [fill.execution.shares for fill in again.ib.fills()] == [100]
    assert [one.position for one in again.ib.positions()] == [100]
    await again.disconnect()


def test_every_fault_is_described() -> None:
    """Every fault has a sentence that the command line and the control API show."""
    names = Simulator().faults.names()
    assert len(names) >= 45
    assert all(text.endswith(".") for text in names.values())


async def test_requests_are_lost_one_way(simulator: Simulator) -> None:
    """What the client sends is lost, every second one, of one kind; what it is sent still comes."""
    raw = await Raw.login(simulator)
    simulator.faults.drop_requests("CURRENT_TIME", every=2)
    for _ in range(6):
        raw.send(49, 1)
    raw.send(8, 1)
    assert [fields[0] for fields in (await raw.fields(), await raw.fields(), await raw.fields())] == ["49", "49", "49"]
    assert (await raw.fields())[0] == "9"
    simulator.faults.clear()
    simulator.faults.drop_requests(client_id=1)
    simulator.gateway.broadcast(2104, "usfarm")
    raw.send(49, 1)
    assert (await raw.fields())[3] == "2104"
    with pytest.raises(TimeoutError):
        await raw.fields(timeout=0.1)
    simulator.faults.clear()
    raw.send(49, 1)
    assert (await raw.fields())[0] == "49"


async def test_requests_are_heard_late(simulator: Simulator) -> None:
    """Others overtake them."""
    raw = await Raw.login(simulator)
    simulator.faults.delay_requests(0.05, "CURRENT_TIME", times=1)
    raw.send(49, 1)
    raw.send(8, 1)
    assert [(await raw.fields())[0], (await raw.fields())[0]] == ["9", "49"]
    with pytest.raises(UsageError, match="there is no message"):
        simulator.faults.drop_requests("TICK_PRICE")
    with pytest.raises(UsageError, match="every must be at least 1"):
        simulator.faults.drop_requests(every=0)
