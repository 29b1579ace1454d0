"""`state`: what happened before a restart is still so after it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from raw import HELLO, Raw, message, place_order

from leanib.errors import ConfigurationError
from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.protocol.contracts import ComboLeg, ContractQuery
from leanib.simulator.protocol.orderspec import OrderSpec, PlaceOrder

MORNING = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)
OPTION = (0, "SPY", "OPT", "20240119", 470.0, "C", "100", "SMART", "", "USD", "", "")


def make(path: Path, hours: int = 0) -> Simulator:
    """A simulator with a state file, some hours later."""
    sim = Simulator(clock=VirtualClock(MORNING.replace(hour=15 + hours)), state=path, seed=3)
    sim.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100)
    return sim


async def test_everything_survives(tmp_path: Path) -> None:
    """Orders with permIds, executions, books and ids come back; living orders go on living."""
    path = tmp_path / "state.jsonl"
    async with make(path) as sim:
        sim.accounts.deposit("DU1234567", 500, "EUR")
        raw = await Raw.login(sim)
        raw.send(*place_order(1, "BUY", 100, "MKT", reference="first"))
        raw.send(*place_order(2, "SELL", 40, "LMT", 101, tif="GTC", reference="second"))
        raw.send(*place_order(3, "BUY", 2, "MKT", stock=OPTION))
        raw.send(*place_order(4, "SELL", 10, "TRAIL", "", 1, tif="GTC"))
        raw.send(*place_order(5, "BUY", 5, "LMT", 50, tif="DAY"))
        await raw.pending()
        sim.faults.correct_execution(next(iter(sim.orders.blotter.executions)), 100.5)
        before = {order.perm_id: (order.status, order.filled) for order in sim.orders.orders.values()}
        executions = dict(sim.orders.blotter.executions)
        cash = dict(sim.accounts.ledgers["DU1234567"].cash)
        positions = {i: (p.quantity, p.cost) for i, p in sim.accounts.ledgers["DU1234567"].positions.items()}
    async with make(path, hours=1) as sim:
        assert {order.perm_id: (order.status, order.filled) for order in sim.orders.orders.values()} == before
        assert list(sim.orders.blotter.executions) == list(executions)
        ledger = sim.accounts.ledgers["DU1234567"]
        assert ledger.cash == cash
        assert {i: (p.quantity, p.cost) for i, p in ledger.positions.items()} == positions
        assert ledger.imbalance() == {}
        raw = await Raw.dial(sim)
        raw.writer.write(HELLO + message(71, 2, 1, ""))
        assert (await raw.until(9))[2] == "6"
        sim.market.set_quote("AAPL", bid=101, ask="101.02", last=101)
        execution = await raw.until(11)
        assert (execution[2], execution[14][8:]) == ("2", ".00000003.01.01")
        assert execution[14] not in executions
        sim.clock.step_to(datetime(2024, 1, 3, 21, 0, 1, tzinfo=UTC))  # type: ignore[attr-defined]
        assert sim.orders.orders[1, 5].status == "Cancelled"  # the DAY order knows when it ends
        sim.market.set_quote("AAPL", bid="99.9", ask=100, last="99.95")


async def test_a_crash_loses_nothing_that_was_announced(tmp_path: Path) -> None:
    """The file is written as things happen, and a half-written last line does no harm."""
    path = tmp_path / "state.jsonl"
    sim = make(path)
    async with sim:
        raw = await Raw.login(sim)
        raw.send(*place_order(1, "BUY", 100, "MKT"))
        await raw.pending()
        copied = path.read_text()  # as if the process had died now
    path.write_text(copied + '["order",{"order_id":2,"cl')
    async with make(path) as sim:
        assert sim.orders.orders[1, 1].status == "Filled"
        assert sim.accounts.ledgers["DU1234567"].cash["USD"] == Decimal(1_000_000 - 10002 - 1)


@pytest.mark.parametrize("text", ["hello\nworld\n", '["order",{}]\n["meta",{}]\n', '["what",{}]\n["meta",{}]\n'])
def test_a_file_that_is_no_state_is_named(tmp_path: Path, text: str) -> None:
    """A file that is something else is refused in one sentence, and left alone."""
    path = tmp_path / "state.jsonl"
    path.write_text(text)
    sim = make(path)
    assert sim.journal is not None
    with pytest.raises(ConfigurationError, match=r"state\.jsonl"):
        sim.journal.open()
    assert path.read_text() == text




async def test_files_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    """A state or transcript in a folder that does not exist is one sentence."""
    for settings in ({"state": tmp_path / "no" / "state"}, {"record": tmp_path / "no" / "record"}):
        with pytest.raises(ConfigurationError, match="that can be written"):
            await Simulator(**settings).start()


async def test_a_combination_survives(tmp_path: Path) -> None:
    """A resting spread is still one after a restart, and fills with its legs."""
    path = tmp_path / "state.jsonl"
    names = ("SPY   240119C00470000", "SPY   240119C00480000")
    async with make(path) as sim:
        for name, bid in zip(names, (9, 4), strict=True):
            sim.market.set_quote(name, bid, bid)
        legs = [ComboLeg(sim.market.instrument(name).con_id, 1, side, "SMART")
                for name, side in zip(names, ("BUY", "SELL"), strict=True)]  # fmt: skip
        fields = {"action": "BUY", "totalQuantity": "2", "orderType": "LMT", "lmtPrice": "4.5", "tif": "GTC",
                  "transmit": "1"}  # fmt: skip
        query = ContractQuery(symbol="SPY", sec_type="BAG", legs=legs)
        sim.orders.place(1, PlaceOrder(1, query, OrderSpec(fields)))
        assert sim.orders.orders[1, 1].status == "Submitted"
    async with make(path, hours=1) as sim:
        sim.market.set_quote(names[0], 9, 9)
        sim.market.set_quote(names[1], "4.6", "4.6")
        assert sim.orders.orders[1, 1].status == "Filled"
        assert [p.quantity for p in sim.accounts.ledgers["DU1234567"].held()] in ([2, -2], [-2, 2])
