"""Accounts: values, margins, commissions, PnL and expiry, to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from raw import Raw, place_order

from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.account.commissions import order_commission
from leanib.simulator.account.ledger import Ledger
from leanib.simulator.market.instruments import forex, stock
from leanib.simulator.protocol.orderspec import OrderSpec

MORNING = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)
CALL = "SPY   240105C00470000"
PUT = "SPY   240105P00470000"


def make(**settings: object) -> Simulator:
    """A simulator that is driven without sockets."""
    sim = Simulator(clock=VirtualClock(MORNING), **settings)  # type: ignore[arg-type]
    sim.market.set_quote("AAPL", 100, "100.02", 100, close=99)
    sim.market.set_quote("SPY", 480, "480.02", 480, close=478)
    return sim


def trade(sim: Simulator, symbol: str, quantity: int, account: str = "DU1234567") -> None:
    """A market order by hand."""
    action = "BUY" if quantity > 0 else "SELL"
    sim.orders.place_manual(symbol, action, Decimal(abs(quantity)), account=account)


@pytest.mark.parametrize(
    ("shares", "price", "wanted"),
    [(100, "100", "1"), (1000, "100", "5"), (1, "10", "0.1"), (333, "50", "1.665"), (200, "0.25", "0.5")],
)
def test_stock_commissions(shares: int, price: str, wanted: str) -> None:
    """Half a cent a share, at least a dollar, at most one percent."""
    item = stock("X", 100)
    assert order_commission(item, Decimal(shares), shares * Decimal(price)) == Decimal(wanted)


def test_other_commissions() -> None:
    """Options by premium, futures a flat sum, currencies a fifth of a basis point with a minimum."""
    sim = make()
    option, future = sim.market.instrument(CALL), sim.market.instrument("ESH4")
    assert order_commission(option, Decimal(10), Decimal(10 * 100 * 5)) == Decimal("6.5")
    assert order_commission(option, Decimal(10), Decimal(40)) == Decimal("2.5")
    assert order_commission(option, Decimal(1), Decimal(500)) == 1
    assert order_commission(future, Decimal(2), Decimal(480_000)) == Decimal("4.3")
    micro = replace(future, symbol="EUR", trading_class="M6E")
    assert order_commission(micro, Decimal(2), Decimal(1)) == Decimal("0.82")
    on_it = replace(future, sec_type="FOP", trading_class="EW1")
    assert order_commission(on_it, Decimal(2), Decimal(1)) == Decimal("2.84")
    pair = forex("EUR", "USD", 1.1)
    assert order_commission(pair, Decimal(20_000), Decimal(22_000)) == 2
    assert order_commission(pair, Decimal(1_000_000), Decimal(1_100_000)) == 22


def test_round_trip_through_zero() -> None:
    """Long, more, reduced, reversed, flat: cost and realized profit follow each step exactly."""
    ledger = Ledger("DU1")
    ledger.deposit("USD", Decimal(10_000))
    item = stock("X", 100)
    steps = ((30, "10", None), (20, "11", None), (-25, "12", "38"), (-40, "9", "-36.625"), (15, "8", "13.625"))
    for quantity, price, realized in steps:
        found = ledger.fill(item, Decimal(quantity), Decimal(price), Decimal(1))
        assert found == (None if realized is None else Decimal(realized))
        assert ledger.imbalance() == {}
    assert ledger.positions[item.con_id].quantity == 0
    assert ledger.cash["USD"] == Decimal(10_000) - 300 - 220 + 300 + 360 - 120 - 5


def test_figures_of_a_mixed_account() -> None:
    """Long and short stock, options, a future and another currency add up to one net liquidation value."""
    sim = make()
    sim.market.set_quote(CALL, 11, "11.10", 11)
    sim.market.set_quote("ESH4", "4800", "4800.25", 4800)
    sim.market.set_quote("EUR.USD", "1.0999", "1.1001")
    for symbol, quantity in (("AAPL", 200), ("SPY", -50), (CALL, 2), ("ESH4", 1), ("EUR.USD", 10_000)):
        trade(sim, symbol, quantity)
    figures = sim.accounts.figures("DU1234567")
    spent = Decimal("0.02") * 200 + 0 + Decimal("0.1") * 200 + Decimal("0.25") * 50 + Decimal("0.0001") * 10_000
    fees = Decimal(1) + 1 + Decimal("1.3") + Decimal("2.15") + 2
    assert figures.net_liquidation == 1_000_000 - spent - fees
    assert figures.options == 2200
    assert figures.stocks == 200 * 100 - 50 * 480
    assert figures.margin.initial == Decimal(5000) + 7200 + 13200 + Decimal(330)
    assert sim.accounts.ledgers["DU1234567"].imbalance() == {}


def test_daily_profit_begins_anew_at_midnight() -> None:
    """Daily profit counts from the last midnight's prices, realized profit too."""
    sim = make()
    trade(sim, "AAPL", 100)
    trade(sim, "AAPL", -50)
    figures = sim.accounts.figures("DU1234567")
    assert figures.daily == figures.realized + figures.unrealized == Decimal(-4)
    sim.clock.step_to(datetime(2024, 1, 4, 15, 0, tzinfo=UTC))  # type: ignore[attr-defined]
    assert sim.accounts.figures("DU1234567").daily == 0
    sim.market.set_quote("AAPL", 103, "103.02", 103)
    figures = sim.accounts.figures("DU1234567")
    assert (figures.daily, figures.realized) == (150, 0)


@pytest.mark.parametrize(
    ("spot", "symbol", "quantity", "shares", "paid"),
    [
        (480, CALL, 2, 200, -200 * 470), (460, CALL, 2, 0, 0), (460, PUT, 1, -100, 100 * 470),
        (480, CALL, -1, -100, 100 * 470), (460, PUT, -3, 300, -300 * 470),
    ],
)  # fmt: skip
def test_option_expiry(spot: int, symbol: str, quantity: int, shares: int, paid: int) -> None:
    """In the money is exercised or assigned at the strike, out of the money lapses."""
    sim = make()
    sim.market.set_quote(symbol, 5, 5, 5)
    trade(sim, symbol, quantity)
    ledger = sim.accounts.ledgers["DU1234567"]
    before = ledger.cash["USD"]
    sim.market.set_quote("SPY", spot, spot, spot)
    sim.clock.step_to(datetime(2024, 1, 5, 21, 5, tzinfo=UTC))  # type: ignore[attr-defined]
    assert ledger.quantity(sim.market.instrument(symbol).con_id) == 0
    assert ledger.quantity(756733) == shares
    fees = sum(e.commission for e in sim.orders.blotter.executions.values()) - max(abs(quantity) * Decimal("0.65"), 1)
    assert ledger.cash["USD"] == before + paid - fees
    assert ledger.imbalance() == {}


def test_future_settles_at_expiry() -> None:
    """A future is settled at its last price."""
    sim = make()
    sim.market.set_quote("ESH4", 4800, 4800, 4800)
    trade(sim, "ESH4", 1)
    sim.market.set_quote("ESH4", 4810, 4810, 4810)
    sim.clock.step_to(datetime(2024, 3, 15, 21, 5, tzinfo=UTC))  # type: ignore[attr-defined]
    ledger = sim.accounts.ledgers["DU1234567"]
    assert not ledger.held()
    assert ledger.cash["USD"] == 1_000_000 + 500 - Decimal("4.3")


async def test_exercise_on_request() -> None:
    """The request exerciseOptions turns long calls into shares under its id; more than is held is refused."""
    async with make() as sim:
        sim.market.set_quote(CALL, 11, 11, 11)
        sim.market.set_quote("SPY", 480, 480, 480)
        trade(sim, CALL, 2)
        raw = await Raw.login(sim)
        contract = (0, "SPY", "OPT", "20240105", 470.0, "C", "100", "SMART", "USD", "", "")
        raw.send(21, 2, 7, *contract, 1, 5, "DU1234567", 0)
        assert [fields[3] for fields in await raw.pending()] == ["322"]
        raw.send(21, 2, 8, *contract, 1, 2, "DU1234567", 0)
        rows = await raw.pending()
        assert [fields[0] for fields in rows] == ["4", "5", "3", "11", "11", "5", "3", "59", "59"]
        assert rows[0][2:5] == ["8", "10349", "Order TIF was set to DAY based on order preset."]
        assert sim.accounts.ledgers["DU1234567"].quantity(756733) == 200


async def test_two_accounts() -> None:
    """Orders name their account; each has its own books, summaries and positions."""
    async with make(accounts=["DU1", "DU2"], cash=1000) as sim:
        raw = await Raw.login(sim)
        fields = list(place_order(1, "BUY", 5, "MKT"))
        fields[23] = "DU2"
        raw.send(*fields)
        await raw.until(59)
        assert sim.accounts.ledgers["DU1"].cash == {"USD": Decimal(1000)}
        assert sim.accounts.ledgers["DU2"].cash == {"USD": Decimal(1000) - Decimal("500.1") - 1}
        raw.send(62, 1, 5, "All", "NetLiquidation,$LEDGER:USD")
        rows = [f for f in await raw.pending() if f[0] == "63"]
        values = {f[3]: f[5] for f in rows if f[4] == "NetLiquidation"}
        assert values == {"DU1": "1000.00", "DU2": "998.90"}
        assert ["CashBalance", "498.90", "USD"] in [f[4:7] for f in rows]


def test_unset_numbers() -> None:
    """All of IB's ways of saying "not set" are the same to an order."""
    for text in ("", "1.7976931348623157E308", "1.7976931348623157e+308", "2147483647"):
        assert OrderSpec({"lmtPrice": text}).decimal("lmtPrice") is None


async def test_a_future_s_gain_is_cash_when_it_is_settled() -> None:
    """The balance has fees and what was closed at once; what is held gains beside it until the day is over."""
    clock = VirtualClock(MORNING)
    async with Simulator(clock=clock, cash=100_000) as sim:
        sim.market.set_quote("ESH4", bid=4800, ask=4800)
        bought = sim.orders.place_as(1, "ESH4", "BUY", Decimal(2))
        fee = bought.commission

        def shown() -> tuple[Decimal, ...]:
            values = {
                key: Decimal(amount)
                for key, amount, currency in sim.accounts.values(sim.accounts.default)
                if currency == "USD" and key in {"CashBalance", "TotalCashBalance", "FuturesPNL"}
            }
            return values["CashBalance"], values["FuturesPNL"], values["TotalCashBalance"]

        assert shown() == (100_000 - fee, 0, 100_000 - fee)
        sim.market.set_quote("ESH4", bid=4810, ask=4810)
        assert shown() == (100_000 - fee, 1000, 101_000 - fee)
        fee += sim.orders.place_as(1, "ESH4", "SELL", Decimal(1)).commission
        assert shown() == (100_500 - fee, 500, 101_000 - fee)
        clock.step_to(datetime(2024, 1, 4, 5, 1, tzinfo=UTC))
        assert shown() == (101_000 - fee, 0, 101_000 - fee)
        clock.step_to(datetime(2024, 1, 4, 15, 0, tzinfo=UTC))
        sim.market.set_quote("ESH4", bid=4805, ask=4805)
        fee += sim.orders.place_as(1, "ESH4", "SELL", Decimal(3)).commission
        assert shown() == (100_750 - fee, 0, 100_750 - fee)
        assert not sim.accounts.ledgers[sim.accounts.default].imbalance()
