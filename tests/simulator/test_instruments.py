"""The usual world, files that add to it, and the money of each kind of instrument."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from foreign_clients import OfficialClient
from raw import Raw, place_order

from leanib.errors import ConfigurationError
from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.market import table
from leanib.simulator.market.expiries import RULES
from leanib.simulator.protocol.contracts import ContractQuery

MORNING = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)


@pytest.fixture
async def sim() -> object:
    """A simulator in virtual time, 10:00 in New York."""
    async with Simulator(clock=VirtualClock(MORNING), accounts=["DU1"]) as running:
        yield running


def contract(item: object) -> tuple[object, ...]:
    """The contract fields of a request that mean an instrument by its id."""
    return (item.con_id, "", "", "", 0.0, "", "", item.exchange, "", "", "", "")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "kind", "expiry", "multiplier"),
    [
        ("BRK B", "STK", "", ""), ("BF B", "STK", "", ""), ("AMD", "STK", "", ""), ("BMW", "STK", "", ""),
        ("DAX", "IND", "", ""), ("ZBH4", "FUT", "20240319", "1000"), ("6EH4", "FUT", "20240318", "125000"),
        ("CLG4", "FUT", "20240122", "1000"), ("GCG4", "FUT", "20240227", "100"), ("VXF4", "FUT", "20240117", "1000"),
        ("BTCF4", "FUT", "20240126", "5"), ("FDAXH4", "FUT", "20240315", "25"), ("ZCH4", "FUT", "20240314", "5000"),
        ("ESH4 C4700", "FOP", "20240315", "50"), ("OGG4 P2050", "FOP", "20240227", "100"),
        ("BTC.USD", "CRYPTO", "", ""),
        ("IBUS500", "CFD", "", ""), ("IBMn", "CFD", "", ""), ("91282CJJ1", "BOND", "20331115", ""),
    ],
)  # fmt: skip
def test_the_usual_world_is_there(sim: Simulator, name: str, kind: str, expiry: str, multiplier: str) -> None:
    """Each by its local symbol, with a price on its grid, found by id, and alone by its own description."""
    item = sim.market.instrument(name)
    quote = sim.market.quote(item)
    assert (item.sec_type, item.expiry, item.multiplier_text) == (kind, expiry, multiplier)
    assert quote.last is not None
    assert item.conforms(quote.last)
    assert sim.market.directory.find(ContractQuery(con_id=item.con_id)) == [item]
    full = ContractQuery(
        symbol=item.symbol, sec_type=item.sec_type, expiry=item.expiry, strike=item.strike or None, right=item.right,
        exchange=item.exchange, currency=item.currency, local_symbol=item.local_symbol,
    )  # fmt: skip
    assert sim.market.directory.find(full) == [item]
    assert sim.market.directory.increments(item.market_rule) is not None


def test_an_ambiguous_symbol_finds_all_that_have_it(sim: Simulator) -> None:
    """VOD is two stocks; currency or primary exchange tell them apart, and so do their ISINs."""
    find = sim.market.directory.find
    both = find(ContractQuery(symbol="VOD", sec_type="STK", exchange="SMART"))
    assert [item.currency for item in both] == ["USD", "GBP"]
    (pence,) = find(ContractQuery(symbol="VOD", sec_type="STK", primary_exchange="LSE"))
    assert (pence.price_magnifier, pence.multiplier) == (100, Decimal("0.01"))
    (again,) = find(ContractQuery(sec_id_type="ISIN", sec_id="GB00BH4HKS39"))
    assert again is pence
    (apple,) = find(ContractQuery(sec_id_type="ISIN", sec_id="US0378331005"))
    assert apple.symbol == "AAPL"
    (bond,) = find(ContractQuery(symbol="91282CJJ1", sec_type="BOND"))
    assert bond.coupon == Decimal("4.5")


@pytest.mark.parametrize(
    ("rule", "month", "day"),
    [("vix", 1, 17), ("before the month", 2, 22), ("before the fifteenth", 3, 14), ("last friday", 1, 26)],
)
def test_futures_expire_by_the_rules_of_their_exchanges(rule: str, month: int, day: int) -> None:
    """Days that the exchanges published for 2024."""
    assert RULES[rule](2024, month).day == day


@pytest.mark.parametrize(
    ("name", "price", "quantity", "paid"),
    [
        ("ZCH4", "450", 1, 0), ("ESH4", "4800", 1, 0), ("VOD.L", "70", 1000, 700), ("91282CJJ1", "104", 10, 10400),
        ("BTC.USD", "44000", 1, 44000), ("IBMn", "160", 100, 0), ("ESH4 C4700", "120", 1, 6000),
    ],
)  # fmt: skip
async def test_what_a_purchase_costs(sim: Simulator, name: str, price: str, quantity: int, paid: int) -> None:
    """Stocks, options, coins and bonds are paid for; of futures and CFDs only the change in value is. Books balance."""
    item = sim.market.instrument(name.removesuffix(".L"))
    if name == "VOD.L":
        (item,) = sim.market.directory.find(ContractQuery(symbol="VOD", sec_type="STK", currency="GBP"))
    sim.market.set_quote(item, bid=price, ask=price, last=price)
    before = sim.accounts.figures("DU1")
    cash = before.cash
    sim.faults.charge_commission(0)
    sim.faults.client_order(1, item, quantity=quantity)  # type: ignore[arg-type]
    figures = sim.accounts.figures("DU1")
    rate = sim.accounts.valuation.rate(item.currency, "USD")
    assert round(cash - figures.cash, 2) == round(paid * rate, 2)
    assert round(figures.net_liquidation - before.net_liquidation, 2) == 0
    assert sim.accounts.ledgers["DU1"].imbalance() == {}
    sim.market.set_quote(item, bid=Decimal(price) + 1, ask=Decimal(price) + 1, last=Decimal(price) + 1)
    gain = sim.accounts.figures("DU1").net_liquidation - figures.net_liquidation
    assert round(gain, 2) == round(quantity * item.multiplier * rate, 2)


async def test_crude_oil_below_zero_is_a_price(sim: Simulator) -> None:
    """-37.63 is quoted, traded, stopped at and valued; a stock is never below zero."""
    oil = sim.market.instrument("CLG4")
    sim.market.set_quote(oil, bid="-37.64", ask="-37.63", last="-37.63")
    raw = await Raw.login(sim)
    raw.send(1, 11, 1, *contract(oil), 0, "", 0, 0, "")
    raw.send(*place_order(1, "BUY", 1, "LMT", -37.5, stock=contract(oil)))
    found = await raw.pending()
    assert ["1", "6", "1", "1", "-37.64"] in [fields[:5] for fields in found]
    assert [fields[20] for fields in found if fields[0] == "11"] == ["-37.63"]
    sim.market.set_quote(oil, bid="-40.01", ask="-40.00", last="-40.00")
    assert sim.accounts.ledgers["DU1"].held()[0].value(Decimal(-40)) == -40000
    raw.send(*place_order(2, "SELL", 1, "STP", "", -41, stock=contract(oil)))
    raw.send(*place_order(3, "BUY", 1, "LMT", -1))
    codes = [fields[3] for fields in await raw.pending() if fields[0] == "4"]
    assert codes == ["110"]
    sim.market.set_quote(oil, bid="-41.5", ask="-41.4", last="-41.5")
    assert sim.orders.orders[1, 2].status == "Filled"


@pytest.mark.parametrize("version", [157, 178, 188, 225])
async def test_the_official_client_reads_bonds_and_all_others(sim: Simulator, version: int) -> None:
    """Details of every kind, a bond's in its own callback."""
    sim.gateway.max_version = version
    client = OfficialClient()
    await client.connect(sim.host, sim.port, 1)
    names = ("BRK B", "BMW", "DAX", "ZCH4", "ESH4 C4700", "BTC.USD", "IBUS500", "91282CJJ1")
    for number, name in enumerate(names, 1):
        item = sim.market.instrument(name)
        client.call("reqContractDetails", number, client.contract(conId=item.con_id))
        await client.until("contractDetailsEnd", lambda *a, n=number: a[0] == n)
    assert len(client.seen("contractDetails")) == len(names) - 1
    ((_, bond),) = client.seen("bondContractDetails")
    assert (bond.cusip, bond.coupon, bond.contract.conId) == ("91282CJJ1", 4.5, item.con_id)
    corn = next(args[1] for args in client.seen("contractDetails") if args[0] == 4)
    assert (corn.contract.multiplier, corn.priceMagnifier, corn.minTick) == ("5000", 100, 0.25)
    client.call("reqSecDefOptParams", 20, "ES", "", "FUT", sim.market.instrument("ESH4").con_id)
    chain = await client.until("securityDefinitionOptionParameter")
    assert (chain[1], chain[3], chain[4]) == ("CME", "ES", "50")
    await client.disconnect()


async def test_an_option_on_a_future_is_exercised_into_it(sim: Simulator) -> None:
    """One contract of the future at the strike, when it expires in the money."""
    option, future = sim.market.instrument("ESH4 C4700"), sim.market.instrument("ESH4")
    sim.accounts.set_position("DU1", option, 2, 6000)
    sim.market.set_quote(future, bid=4800, ask=4800, last=4800)
    sim.gateway.exercises.take(1, 90, option, 1, 2, "DU1", False)
    held = {p.instrument.local_symbol: p.quantity for p in sim.accounts.ledgers["DU1"].held()}
    assert held == {"ESH4": 2}
    assert sim.accounts.ledgers["DU1"].imbalance() == {}


def test_a_file_adds_and_replaces(tmp_path: Path) -> None:
    """New kinds and names; the same contract id replaces what was there."""
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[stock]]\nsymbol = "SIE"\nprice = 169.9\nprimary = "IBIS"\ncurrency = "EUR"\ncalendar = "XETRA"\n'
        '[[stock]]\nsymbol = "AAPL"\nprice = 10\ncon_id = 265598\n'
        '[[future]]\nsymbol = "HG"\nexchange = "COMEX"\nmultiplier = 25000\nmin_tick = 0.0005\nprice = 3.89\n'
        '[[cfd]]\nsymbol = "SIE"\nunderlying = "SIE"\n'
    )
    sim = Simulator(clock=VirtualClock(MORNING), instruments=path)
    assert sim.market.instrument("SIE").calendar.zone_name == "MET"
    assert sim.market.instrument("SIEn").sec_type == "CFD"
    assert float(sim.market.quote("AAPL").last or 0) == pytest.approx(10, rel=0.2)
    copper = sim.market.instrument("HGF4")
    assert copper.conforms(sim.market.quote(copper).last or Decimal(0))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[stock]]\nprice = 1\n", "[[stock]] 1: symbol is missing"),
        ('[[stock]]\nsymbol = "X"\nprice = -1\n', "[[stock]] 1 X: price = -1.0 must be above zero"),
        ('[[stock]]\nsymbol = "X"\nprice = nan\n', "price = nan must be above zero"),
        ('[[stock]]\nsymbol = "X"\nprice = "a"\n', "price = 'a' is not a number"),
        ('[[stock]]\nsymbol = "X"\nprice = 1\ncolour = 1\n', "there is no key 'colour'"),
        ('[[stock]]\nsymbol = "X"\nprice = 1\ncalendar = "MOON"\n', "choose one of US_EQUITY"),
        ('[[planet]]\nsymbol = "X"\n', "there is no table 'planet'"),
        ('[[cfd]]\nsymbol = "X"\nunderlying = "Y"\n', "'Y' is not known"),
        ('[[forex]]\npair = "EURUSD"\nprice = 1\n', "EUR.USD"),
        ('[stock]\nsymbol = "X"\n', "must be written [[stock]]"),
        ("stock = 1", "must be written [[stock]]"),
        ("\x00", "is not TOML"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    """File, table, row, key and remedy in a sentence."""
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as told:
        table.read(path)
    assert str(path) in str(told.value)
    assert said in str(told.value)


async def test_an_order_without_an_account_is_refused_where_there_are_several() -> None:
    """435, as IB answers a login with more than one account."""
    async with Simulator(accounts=["DU1", "DU2"], pacing=False, always_open=True) as sim:
        sim.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100)
        raw = await Raw.login(sim)
        raw.send(*place_order(1, "BUY", 10, "MKT"))
        assert [fields[3] for fields in await raw.pending() if fields[0] == "4"] == ["435"]
        fields = list(place_order(2, "BUY", 10, "MKT"))
        fields[23] = "DU2"
        raw.send(*fields)
        await raw.pending()
        assert sim.accounts.ledgers["DU2"].quantity(265598) == 10
