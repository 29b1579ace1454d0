"""Contracts of a replayed folder: which there are, what is known of them, and that nothing of them is made up."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from raw import Raw

from leanib.data import Contract, entry_name, zip_path
from leanib.data.writer import write_zip
from leanib.errors import DataError
from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.market.instruments import Instrument

DATA = Path(__file__).parents[2] / "data"
#: Monday 2012-03-12, 11:00 in New York.
MOMENT = datetime(2012, 3, 12, 15, 0, tzinfo=UTC)


def simulator(moment: datetime = MOMENT, data: Path = DATA) -> Simulator:
    """One that replays a folder, at a moment."""
    return Simulator(clock=VirtualClock(moment), data=data)


def find(sim: Simulator, name: str) -> Instrument:
    """The instrument of that name."""
    return sim.market.instrument(name)


def test_the_folders_contracts_are_all_there_are() -> None:
    """None of the simulator's own beside them, and none that has expired."""
    sim = simulator()
    chain = sim.market.directory.chain(find(sim, "SPY"))
    assert {item.expiry for item in chain[:2]} == {"20120317"}
    assert all(item.expiry >= "20120312" and item.strike % 5 == 0 for item in chain)
    assert len(chain) == len({item.con_id for item in chain})
    months = sim.market.directory.futures("ES")
    assert [item.local_symbol for item in months[:3]] == ["ESH2", "ESM2", "ESU2"]
    assert [item.expiry for item in months[:2]] == ["20120316", "20120615"]
    assert len(sim.market.directory.futures("CL")) == 4  # the folder has nothing of it


def test_what_has_expired_leaves_the_chain() -> None:
    """The day after."""
    sim = simulator()
    clock, directory = sim.clock, sim.market.directory
    assert isinstance(clock, VirtualClock)
    spy = find(sim, "SPY")
    assert directory.chain(spy)[0].expiry == "20120317"
    clock.step_to(datetime(2012, 3, 19, 15, 0, tzinfo=UTC))
    assert directory.chain(spy)[0].expiry == "20120421"
    assert directory.futures("ES")[0].expiry == "20120615"


async def test_clients_are_told_the_folders_contracts() -> None:
    """Chain parameters, contract details with multiplier, class and month, and market data as the folder has it."""
    async with simulator() as sim:
        raw = await Raw.login(sim)
        raw.send(78, 1, "SPY", "", "STK", 756733)
        chain = await raw.until(75)
        assert chain[2:6] == ["SMART", "756733", "SPY", "100"]
        assert "20120317" in chain
        raw.send(9, 8, 2, 0, "ES", "FUT", "20120615", 0, "", "", "CME", "", "USD", "", "", 0, "", "", "")
        details = await raw.until(10)
        assert {"ESM2", "50", "201206"} <= set(details)


def test_history_is_that_of_the_files() -> None:
    """Of hours the folder's, of minutes (of which it has none) nothing."""
    sim = simulator()
    call = find(sim, "SPY   120421C00350000")
    source = sim.market.source(call)
    place = sim.market.replayed[0].place(call)
    assert place is not None
    start = int(datetime(2012, 3, 12, 14, tzinfo=UTC).timestamp()) * 1_000_000
    hours = sim.market.replayed[0].recorded.bars(
        place, "TRADES", [start], [start + 3_600_000_000], [date(2012, 3, 12)], 3600, date(2012, 3, 12)
    )
    assert hours is not None
    assert hours[0] is not None
    assert hours[0].high > hours[0].low > 0
    assert source is sim.market.replayed[0]
    assert all(value != value for value in sim.market.bars(call, [start], [start + 60_000_000]).open)
    assert sim.market.quote(call).mark is None


def test_open_interest_is_that_of_the_files() -> None:
    """As last told by the moment."""
    sim = simulator()
    source = sim.market.replayed[0]
    future = find(sim, "ESM2")
    before = source.open_interest(future, datetime(2012, 3, 12, 11, tzinfo=UTC))
    after = source.open_interest(future, datetime(2012, 3, 12, 13, tzinfo=UTC))
    assert before is not None
    assert after is not None
    assert before != after
    assert source.open_interest(find(sim, "SPY   120421C00350000"), MOMENT) is not None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with hours and nothing else."""
    for name in ("market-hours", "symbol-properties"):
        shutil.copytree(DATA / name, tmp_path / name)
    return tmp_path


def write(folder: Path, kind: str, market: str, ticker: str, contract: Contract) -> None:
    """A minute of quotes on 2024-03-04."""
    day = date(2024, 3, 4)
    path = zip_path(folder, kind, market, "minute", ticker, "quote", day, contract)
    entry = entry_name(kind, "minute", ticker, "quote", day, contract)
    write_zip(path, {entry: ["34200000,100000,110000,90000,105000,5,110000,120000,100000,115000,5"]})


def test_options_on_indices_end_on_the_day_before_they_are_settled(folder: Path) -> None:
    """SPX in the morning of its day, SPXW in the afternoon; their prices are found under the day in their names."""
    expiry = date(2024, 3, 15)
    for ticker in ("spx", "spxw"):
        write(folder, "indexoption", "usa", ticker, Contract("european", "call", Decimal(5000), expiry))
    sim = simulator(datetime(2024, 3, 4, 15, 0, tzinfo=UTC), folder)
    chain = sim.market.directory.chain(find(sim, "SPX"))
    assert [(item.trading_class, item.expiry) for item in chain] == [("SPX", "20240314"), ("SPXW", "20240315")]
    for item in chain:
        place = sim.market.replayed[0].place(item)
        assert place is not None
        assert place.read(folder, "minute", "quote", date(2024, 3, 4)) is not None


def test_options_on_futures(folder: Path) -> None:
    """Under the month of their future, with an expiry of their own."""
    contract = Contract("american", "put", Decimal(5100), date(2024, 3, 8), date(2024, 3, 1))
    write(folder, "futureoption", "cme", "es", contract)
    future = Contract(month=date(2024, 3, 1))
    write(folder, "future", "cme", "es", future)
    sim = simulator(datetime(2024, 3, 4, 15, 0, tzinfo=UTC), folder)
    under = sim.market.directory.futures("ES")[0]
    (item,) = sim.market.directory.chain(under)
    assert (item.sec_type, item.expiry, item.strike, item.right, under.expiry) == (
        "FOP", "20240308", 5100, "P", "20240315",
    )  # fmt: skip
    place = sim.market.replayed[0].place(item)
    assert place is not None
    assert place.read(folder, "minute", "quote", date(2024, 3, 4)) is not None


def test_a_list_that_is_none_is_refused(folder: Path) -> None:
    """With its file and line."""
    path = folder / "future" / "cme" / "universes" / "es" / "20240304.csv"
    path.parent.mkdir(parents=True)
    path.write_text("#expiry,open\n202403\n")
    sim = simulator(datetime(2024, 3, 4, 15, 0, tzinfo=UTC), folder)
    with pytest.raises(DataError, match=r"20240304\.csv is malformed in line 2"):
        sim.market.directory.futures("ES")
