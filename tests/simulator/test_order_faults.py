"""Faults of orders, fills and answers: each does to a client what it says."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from raw import STOCK, Raw, place_order

from leanib.errors import UsageError
from leanib.simulator import RealClock, Simulator, VirtualClock

MORNING = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)
OPEN_ORDER, STATUS, EXECUTION, COMMISSION = 5, 3, 11, 59


@pytest.fixture
async def sim() -> object:
    """A simulator in virtual time with AAPL at 100, exchange hours."""
    async with Simulator(clock=VirtualClock(MORNING)) as running:
        running.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100)
        yield running


async def kinds(raw: Raw) -> list[int]:
    """The ids of the messages that came."""
    return [int(fields[0]) for fields in await raw.pending()]


async def errors(raw: Raw) -> list[tuple[str, str]]:
    """Request id and code of the errors that came."""
    return [(fields[2], fields[3]) for fields in await raw.pending() if fields[0] == "4"]


def ask_executions(raw: Raw) -> None:
    """Send reqExecutions without a filter."""
    raw.send(7, 3, 1, "", "", "", "", "", "", "")


async def test_perm_ids_and_execution_ids_are_unique_over_restarts() -> None:
    """A run without a state file begins beyond all ids of the run before; the same run twice has the same ids."""
    seen: list[tuple[int, str]] = []
    for start in (MORNING, MORNING + timedelta(seconds=5), MORNING):
        async with Simulator(clock=VirtualClock(start)) as sim:
            sim.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100)
            for _ in range(100):
                sim.faults.client_order(1, "AAPL")
            last = list(sim.orders.blotter.executions)[-1]
            seen.append((max(order.perm_id for order in sim.orders.orders.values()), last))
    assert seen[0][0] < seen[1][0] - 100
    assert seen[0][1].split(".")[0] != seen[1][1].split(".")[0]
    assert seen[2] == seen[0]


async def test_two_runs_on_the_real_clock_over_the_same_past_have_other_ids() -> None:
    """A replay of the same day is another run."""
    runs = []
    for _ in range(2):
        async with Simulator(clock=RealClock(MORNING)) as sim:
            sim.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100)
            runs.append(sim.faults.client_order(1, "AAPL"))
        await asyncio.sleep(0.05)
    assert 0 < runs[0] < runs[1] < 2**31


@pytest.mark.parametrize("code", [110, 135, 201, 10311, 4711])
async def test_a_refused_change_leaves_the_order_as_it_was(sim: Simulator, code: int) -> None:
    """Any code, for one order; the next change goes through."""
    raw = await Raw.login(sim)
    raw.send(*place_order(1, "SELL", 100, "LMT", 110))
    raw.send(*place_order(2, "SELL", 100, "LMT", 110))
    await raw.pending()
    sim.faults.refuse_change(code, "Because.", order_id=2)
    raw.send(*place_order(1, "SELL", 50, "LMT", 111))
    raw.send(*place_order(2, "SELL", 300, "LMT", 112))
    assert await errors(raw) == [("2", str(code))]
    order = sim.orders.orders[1, 2]
    assert (order.quantity, order.limit, sim.orders.orders[1, 1].quantity) == (100, 110, 50)
    raw.send(*place_order(2, "SELL", 300, "LMT", 112))
    assert await kinds(raw) == [OPEN_ORDER, STATUS]


async def test_an_order_is_thrown_out_with_any_code_or_without_a_word(sim: Simulator) -> None:
    """201, another code, no code; Inactive or Cancelled; by type, after a while."""
    raw = await Raw.login(sim)
    sim.faults.reject_later(seconds=60, code=0, order_type="STP")
    raw.send(*place_order(1, "SELL", 10, "STP", "", 90))
    raw.send(*place_order(2, "SELL", 10, "LMT", 120))
    await raw.pending()
    sim.faults.reject_order(2, client_id=1, code=10244, status="Cancelled")
    assert await errors(raw) == [("2", "10244")]
    await sim.clock.advance(61)  # type: ignore[attr-defined]
    (shown, status) = await raw.pending()
    assert (shown[0], status[:3]) == ("5", ["3", "1", "Inactive"])
    with pytest.raises(UsageError, match="no living order"):
        sim.faults.reject_order(1, client_id=1)
    with pytest.raises(UsageError, match="Inactive"):
        sim.faults.reject_later(seconds=1, status="Gone")


async def test_a_lost_execution_is_told_only_when_asked_for(sim: Simulator) -> None:
    """Status says Filled, nothing else comes; reqExecutions knows it."""
    raw = await Raw.login(sim)
    sim.faults.lose_execution()
    raw.send(*place_order(1, "BUY", 10, "MKT"))
    assert await kinds(raw) == [OPEN_ORDER, STATUS] * 3
    raw.send(*place_order(2, "BUY", 10, "MKT"))
    assert (await kinds(raw)).count(EXECUTION) == 1
    ask_executions(raw)
    assert (await kinds(raw)).count(EXECUTION) == 2


async def test_withheld_executions_and_commissions(sim: Simulator) -> None:
    """Executions are not told, asked or not; commissions come when the fault ends."""
    raw = await Raw.login(sim)
    sim.faults.withhold_executions()
    raw.send(*place_order(1, "BUY", 10, "MKT"))
    ask_executions(raw)
    assert {EXECUTION, COMMISSION}.isdisjoint(await kinds(raw))
    sim.faults.withhold_executions(on=False)
    sim.faults.withhold_commissions()
    raw.send(*place_order(2, "BUY", 10, "MKT"))
    found = await kinds(raw)
    assert EXECUTION in found
    assert COMMISSION not in found
    sim.faults.withhold_commissions(on=False)
    assert await kinds(raw) == [COMMISSION]


async def test_a_rebate_is_booked_and_reported(sim: Simulator) -> None:
    """A negative commission is money that comes in."""
    raw = await Raw.login(sim)
    cash = sim.accounts.ledgers["DU1234567"].cash["USD"]
    sim.faults.charge_commission(-0.35)
    raw.send(*place_order(1, "BUY", 10, "MKT"))
    assert (await raw.until(COMMISSION))[3] == "-0.35"
    ledger = sim.accounts.ledgers["DU1234567"]
    assert ledger.cash["USD"] == cash - Decimal("1000.2") + Decimal("0.35")
    assert ledger.imbalance() == {}
    with pytest.raises(UsageError, match="not an amount"):
        sim.faults.charge_commission("nan")


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({"name": "JST"}, "20240104 00:00:00 JST"), ({"name": "CST"}, "20240103 09:00:00 CST"),
        ({"name": "CST", "zone": "Asia/Shanghai"}, "20240103 23:00:00 CST"), ({}, "20240103 10:00:00"),
        ({"zone": "America/Chicago"}, "20240103 09:00:00"), ({"utc": True}, "20240103-15:00:00"),
        ({"name": "Europe/Berlin"}, "20240103 16:00:00 Europe/Berlin"),
    ],
)  # fmt: skip
async def test_execution_times_in_other_zones(sim: Simulator, settings: dict[str, object], shown: str) -> None:
    """With another abbreviation, with none, in UTC."""
    raw = await Raw.login(sim)
    sim.faults.show_times(**settings)  # type: ignore[arg-type]
    raw.send(*place_order(1, "BUY", 10, "MKT"))
    assert (await raw.until(EXECUTION))[15] == shown
    sim.faults.clear()
    raw.send(*place_order(2, "BUY", 10, "MKT"))
    assert (await raw.until(EXECUTION))[15] == "20240103 10:00:00 US/Eastern"
    with pytest.raises(UsageError, match="not a time zone"):
        sim.faults.show_times("Mars")


async def test_fills_of_other_days_are_not_told_any_more(sim: Simulator) -> None:
    """Filled two days ago: positions and status know it, executions do not; nor do they after midnight."""
    raw = await Raw.login(sim)
    raw.send(*place_order(1, "BUY", 200, "LMT", 90, tif="GTC"))
    await raw.pending()
    await raw.close()
    sim.faults.fill_order(1, client_id=1, quantity=30, days_ago=2)
    sim.faults.fill_order(1, client_id=1, quantity=20)
    raw = await Raw.login(sim)
    ask_executions(raw)
    assert [fields[17:21] for fields in await raw.pending() if fields[0] == "11"] == [["ISLAND", "BOT", "20", "90"]]
    sim.faults.pass_midnight()
    ask_executions(raw)
    raw.send(5, 1)
    found = await raw.pending()
    assert not [fields for fields in found if fields[0] == "11"]
    (status,) = [fields for fields in found if fields[0] == "3"]
    assert status[3:5] == ["50", "150"]
    assert sim.accounts.ledgers["DU1234567"].quantity(265598) == 50
    with pytest.raises(UsageError, match="what remains"):
        sim.faults.fill_order(1, client_id=1, quantity=151)


async def test_a_late_snapshot_and_data_that_is_not_paid_for(sim: Simulator) -> None:
    """The end comes later; any code for a symbol, or for all; delayed data where there is some."""
    raw = await Raw.login(sim)
    sim.faults.late_snapshots(11)
    raw.send(1, 11, 1, *STOCK, 0, "", 1, 0, "")
    assert 57 not in await kinds(raw)
    await sim.clock.advance(11)  # type: ignore[attr-defined]
    assert await kinds(raw) == [57]
    sim.faults.late_snapshots(0)
    for code in (354, 10089, 10168, 10197):
        sim.faults.unsubscribe_data("AAPL", code)
        raw.send(1, 11, 2, *STOCK, 0, "", 0, 0, "")
        assert await errors(raw) == [("2", str(code))]
    raw.send(59, 1, 3)
    sim.faults.unsubscribe_data("AAPL", 10089)
    raw.send(1, 11, 3, *STOCK, 0, "", 0, 0, "")
    assert await errors(raw) == [("3", "10167")]
    sim.faults.unsubscribe_data("AAPL", 0)
    raw.send(1, 11, 4, *STOCK, 0, "", 0, 0, "")
    assert await errors(raw) == []


async def test_orders_of_others_are_seen_and_changed(sim: Simulator) -> None:
    """Another client's order, and a change by hand, reach who asks or owns."""
    raw = await Raw.login(sim)
    perm_id = sim.faults.client_order(7, "AAPL", "SELL", 5, orderType="LMT", lmtPrice=120.0, outsideRth=True)
    raw.send(16, 1)
    (shown, status, end) = await raw.pending()
    assert (shown[1], status[6], end[0]) == ("1", str(perm_id), "53")
    raw.send(*place_order(3, "SELL", 10, "LMT", 120))
    await raw.pending()
    sim.faults.change_order(3, client_id=1, lmtPrice=125, totalQuantity=4)
    (shown, status) = await raw.pending()
    assert (shown[14], shown[16], status[4]) == ("4", "125", "4")


async def test_account_values_come_in_any_order(sim: Simulator) -> None:
    """The same values in another order, by the seed."""
    raw = await Raw.login(sim)

    async def download() -> list[list[str]]:
        raw.send(6, 2, 1, "DU1234567")
        return [fields[2:] for fields in await raw.pending() if fields[0] == "6"]

    usual = await download()
    sim.faults.arrange_account_values("reverse")
    backwards = await download()
    assert (backwards[0][0], backwards[-1]) == ("ExchangeRate", usual[0])
    sim.faults.arrange_account_values()
    mixed = await download()
    assert mixed != usual
    assert sorted(mixed) == sorted(usual)
