"""The scenario table: what a client does and what it must see, run by every public client in `foreign_clients`.

`python tests/simulator/scenarios.py` prints the table of docs/simulator.md: which client saw which callbacks.
"""

# ruff: noqa: D103 - the name in the table says what a scenario is
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from foreign_clients import CLIENTS, Client

from leanib.simulator import Simulator, VirtualClock

Script = Callable[[Simulator, Client], Awaitable[None]]
HELLO = {"managedAccounts", "nextValidId", "error"}
LIVE = {"openOrder", "orderStatus"}
FILL = LIVE | {"execDetails", "commissionReport"}
#: Wednesday 2024-01-03, 10:00 in New York.
MORNING = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)


@dataclass
class Scenario:
    """A script and every callback that it must cause, no more and no less."""

    name: str
    script: Script
    callbacks: set[str]


TABLE: list[Scenario] = []


def scenario(name: str, *callbacks: str | set[str]) -> Callable[[Script], Script]:
    """Enter a script into the table."""
    wanted: set[str] = set(HELLO)
    for one in callbacks:
        wanted |= {one} if isinstance(one, str) else one

    def enter(script: Script) -> Script:
        TABLE.append(Scenario(name, script, wanted))
        return script

    return enter


def make_simulator(version: int = 178) -> Simulator:
    """The world of every scenario: virtual time, exchange hours, AAPL pinned at 100."""
    sim = Simulator(clock=VirtualClock(MORNING), seed=11, server_version=version)
    sim.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100, close=99)
    return sim


async def run(client_name: str, one: Scenario, version: int = 178) -> Client:
    """Run a scenario with a client of this environment; returns the client with everything it saw."""
    return await run_with(CLIENTS[client_name](), one, version)


async def run_with(client: Client, one: Scenario, version: int) -> Client:
    """Run a scenario with any client, at the newest version that both know up to `version`."""
    sim = make_simulator(version)
    async with sim:
        await client.connect(sim.host, sim.port, 1)
        try:
            await client.settle(0.05)
            await one.script(sim, client)
            await client.settle(0.05)
        finally:
            await client.disconnect()
    return client


def near(value: Any, wanted: str) -> bool:
    """Numbers come as float from one client and as Decimal from the other."""
    return Decimal(str(value)) == Decimal(wanted)


@scenario("connect", "currentTime")
async def connect(sim: Simulator, client: Client) -> None:
    assert client.seen("managedAccounts") == [("DU1234567",)]
    assert client.seen("nextValidId") == [(1,)]
    assert [args[1] for args in client.seen("error")] == [2104, 2106, 2158]
    client.call("reqCurrentTime")
    (epoch,) = await client.until("currentTime")
    assert epoch == int(MORNING.timestamp())


@scenario(
    "account", "accountSummary", "accountSummaryEnd", "updateAccountValue", "updateAccountTime", "accountDownloadEnd",
    "familyCodes", "accountUpdateMulti", "accountUpdateMultiEnd", "pnl",
)  # fmt: skip
async def account(sim: Simulator, client: Client) -> None:
    client.call("reqAccountSummary", 1, "All", "NetLiquidation,BuyingPower,AccountType")
    await client.until("accountSummaryEnd")
    assert client.seen("accountSummary") == [
        (1, "DU1234567", "NetLiquidation", "1000000.00", "USD"),
        (1, "DU1234567", "BuyingPower", "4000000.00", "USD"),
        (1, "DU1234567", "AccountType", "INDIVIDUAL", ""),
    ]
    client.call("reqAccountUpdates", True, "DU1234567")
    await client.until("accountDownloadEnd")
    values = {(args[0], args[2]): args[1] for args in client.seen("updateAccountValue")}
    assert values["TotalCashBalance", "BASE"] == values["NetLiquidation", "USD"] == "1000000.00"
    client.call("reqFamilyCodes")
    await client.until("familyCodes")
    client.call("reqAccountUpdatesMulti", 2, "DU1234567", "", False)
    await client.until("accountUpdateMultiEnd")
    client.call("reqPnL", 3, "DU1234567", "")
    _, *amounts = await client.until("pnl")
    assert all(near(amount, "0") for amount in amounts)
    client.call("cancelPnL", 3)
    client.call("cancelAccountSummary", 1)


@scenario("positions", "position", "positionEnd", "positionMulti", "positionMultiEnd", "pnlSingle")
async def positions(sim: Simulator, client: Client) -> None:
    sim.accounts.set_position("DU1234567", "AAPL", 300, "90.5")
    client.call("reqPositions")
    await client.until("positionEnd")
    ((owner, contract, quantity, cost),) = client.seen("position")
    assert (owner, contract.conId, contract.symbol) == ("DU1234567", 265598, "AAPL")
    assert near(quantity, "300")
    assert near(cost, "90.5")
    client.call("reqPositionsMulti", 1, "DU1234567", "")
    await client.until("positionMultiEnd")
    client.call("reqPnLSingle", 2, "DU1234567", "", 265598)
    _, held, daily, unrealized, _, value = await client.until("pnlSingle")
    assert near(held, "300")
    assert near(value, "30000")
    assert near(unrealized, "2850")
    assert near(daily, "0")


@scenario(
    "contracts", "contractDetails", "contractDetailsEnd", "symbolSamples", "securityDefinitionOptionParameter",
    "securityDefinitionOptionParameterEnd", "marketRule",
)  # fmt: skip
async def contracts(sim: Simulator, client: Client) -> None:
    wanted = [
        (1, client.stock(), 265598),
        (2, client.contract(symbol="EUR", secType="CASH", exchange="IDEALPRO", currency="USD"), 12087792),
        (3, client.contract(symbol="SPX", secType="IND", exchange="CBOE", currency="USD"), 416904),
        (4, client.contract(localSymbol="ESH4", secType="FUT", exchange="CME", currency="USD"), None),
        (5, client.contract(conId=756733, exchange="SMART"), 756733),
    ]
    for req_id, contract, con_id in wanted:
        client.call("reqContractDetails", req_id, contract)
        _, details = await client.until("contractDetails", lambda i, _, req_id=req_id: i == req_id)
        assert con_id in {None, details.contract.conId}
        await client.until("contractDetailsEnd", lambda i, req_id=req_id: i == req_id)
    details = client.seen("contractDetails")[0][1]
    assert details.longName == "APPLE INC"
    assert details.timeZoneId == "US/Eastern"
    assert details.liquidHours.startswith("20240103:0930-20240103:1600;20240104:0930")
    assert "20240106:CLOSED" in details.tradingHours
    future = client.seen("contractDetails")[3][1].contract
    assert (future.multiplier, future.lastTradeDateOrContractMonth) == ("50", "20240315")
    client.call("reqContractDetails", 6, client.contract(symbol="ES", secType="FUT", exchange="CME", currency="USD"))
    await client.until("contractDetailsEnd", lambda i: i == 6)
    assert len([1 for i, _ in client.seen("contractDetails") if i == 6]) == 4  # ambiguous: all that fit
    client.call("reqContractDetails", 7, client.stock("NOSUCH"))
    await client.until("error", lambda i, code, *_: (i, code) == (7, 200))
    client.call("reqMatchingSymbols", 8, "GOO")
    _, samples = await client.until("symbolSamples")
    assert [one.contract.symbol for one in samples] == ["GOOG", "GOOGL"]
    client.call("reqSecDefOptParams", 9, "SPY", "", "STK", 756733)
    await client.until("securityDefinitionOptionParameterEnd")
    chain = client.seen("securityDefinitionOptionParameter")[0]
    assert chain[1:5] == ("SMART", 756733, "SPY", "100") or chain[1:5] == ("SMART", "756733", "SPY", "100")
    assert "20240119" in chain[5]
    client.call("reqMarketRule", 26)
    await client.until("marketRule")


@scenario(
    "quotes", "tickReqParams", "marketDataType", "tickPrice", "tickSize", "tickString", "tickSnapshotEnd",
    "tickByTickBidAsk", "updateMktDepth", "realtimeBar", "tickGeneric", "tickOptionComputation", "mktDepthExchanges",
)  # fmt: skip
async def quotes(sim: Simulator, client: Client) -> None:
    client.call("reqMktData", 1, client.stock(), "100,101,104,105,106,165,233,236,456", False, False, [])
    await client.until("tickPrice", lambda i, kind, price, *_: (i, kind) == (1, 2) and near(price, "100.02"))
    sim.market.set_quote("AAPL", bid=101, ask="101.04", last="101.02", bid_size=300, ask_size=500, last_size=70)
    await client.until("tickPrice", lambda i, kind, price, *_: (i, kind) == (1, 4) and near(price, "101.02"))
    await client.until("tickString", lambda _, kind, text: kind == 48 and text.startswith("101.02;70;"))
    await client.until("tickString", lambda _, kind, text: kind == 59 and text == "0.96,0.96,20240215,0.24")
    await client.until("tickPrice", lambda _, kind, *_rest: kind == 19)  # the lowest of 52 weeks
    assert {args[1] for args in client.seen("tickGeneric")} == {23, 24, 46}
    assert {args[1] for args in client.seen("tickSize")} >= {21, 27, 28, 29, 30, 87, 89}
    client.call("cancelMktData", 1)
    client.call("reqMktData", 2, client.stock("SPY"), "", True, False, [])
    await client.until("tickSnapshotEnd", lambda i: i == 2)
    sim.faults.unsubscribe_data("IBM")
    client.call("reqMktData", 3, client.stock("IBM"), "", False, False, [])
    await client.until("error", lambda i, code, *_: (i, code) == (3, 354))
    client.call("reqMarketDataType", 3)
    client.call("reqMktData", 4, client.stock("IBM"), "", False, False, [])
    await client.until("marketDataType", lambda i, kind: (i, kind) == (4, 3))
    await client.until("tickPrice", lambda i, kind, *_: (i, kind) == (4, 66))
    client.call("reqTickByTickData", 5, client.stock(), "BidAsk", 0, False)
    await client.until("tickByTickBidAsk")
    client.call("reqMktDepth", 6, client.stock(), 3, False, [])
    await client.until("updateMktDepth", lambda *a: a[1] == 2)
    client.call("reqRealTimeBars", 7, client.stock(), 5, "TRADES", True, [])
    await client.settle()
    await sim.clock.advance(10)
    await client.until("realtimeBar", lambda i, moment, *_: i == 7 and moment == int(MORNING.timestamp()))
    option = client.contract(
        symbol="SPY", secType="OPT", exchange="SMART", currency="USD", right="C", strike=470.0,
        lastTradeDateOrContractMonth="20240119", multiplier="100",
    )  # fmt: skip
    client.call("reqMktData", 8, option, "", True, False, [])
    await client.until("tickSnapshotEnd", lambda i: i == 8)
    client.call("reqMktDepthExchanges")
    await client.until("mktDepthExchanges")


@scenario("history", "historicalData", "historicalDataEnd", "historicalDataUpdate", "historicalSchedule",
          "headTimestamp", "historicalTicksBidAsk", "histogramData")  # fmt: skip
async def history(sim: Simulator, client: Client) -> None:
    ask = client.call
    ask("reqHistoricalData", 1, client.stock("SPY"), "", "2 D", "1 hour", "TRADES", 1, 1, False, [])
    await client.until("historicalDataEnd", lambda i, *_: i == 1)
    bars = [bar for i, bar in client.seen("historicalData") if i == 1]
    form = "{0} {1} US/Eastern" if client.version >= 174 else "{0}  {1}"
    hours = ("09:30:00", "10:00:00", "11:00:00", "12:00:00", "13:00:00", "14:00:00", "15:00:00")
    seen = [str(bar.date) for bar in bars]
    assert seen == [*(form.format("20240102", hour) for hour in hours), form.format("20240103", "09:30:00")]
    span = [tuple(args[1:]) for args in client.seen("historicalDataEnd") if args[0] == 1]
    assert span == [(form.format("20240101", "10:00:00"), form.format("20240103", "10:00:00"))]
    assert all(bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high for bar in bars)
    ask("reqHistoricalData", 2, client.stock("SPY"), "20240101 00:00:00 US/Eastern", "1 W", "1 day", "BID_ASK", 1, 1,
        False, [])  # fmt: skip
    await client.until("historicalDataEnd", lambda i, *_: i == 2)
    days = [bar.date for i, bar in client.seen("historicalData") if i == 2]
    assert days == ["20231226", "20231227", "20231228", "20231229"]  # Christmas is closed
    ask("reqHistoricalData", 3, client.stock("SPY"), "", "1 D", "5 mins", "MIDPOINT", 1, 2, True, [])
    await client.until("historicalDataEnd", lambda i, *_: i == 3)
    await sim.clock.advance(6)
    await client.until("historicalDataUpdate", lambda i, _: i == 3)
    ask("reqHistoricalData", 4, client.stock("SPY"), "", "2 D", "1 day", "SCHEDULE", 1, 1, False, [])
    if client.version >= 165:
        *_, sessions = await client.until("historicalSchedule")
        assert [one.refDate for one in sessions] == ["20240102", "20240103"]
    else:  # there was no such thing yet
        await client.until("error", lambda i, code, *_: (i, code) == (4, 321))
        client.note("historicalSchedule", ())
    ask("reqHistoricalData", 5, client.stock("SPY"), "", "1 D", "7 mins", "TRADES", 1, 1, False, [])
    await client.until("error", lambda i, code, *_: (i, code) == (5, 321))
    ask("reqHeadTimeStamp", 6, client.stock("SPY"), "TRADES", 1, 1)
    assert (await client.until("headTimestamp"))[1] == "20040102-14:30:00"
    ask("reqHistoricalTicks", 7, client.stock("SPY"), "20240102 10:00:00 US/Eastern", "", 20, "BID_ASK", 1, True, [])
    _, ticks, done = await client.until("historicalTicksBidAsk")
    assert len(ticks) == 20
    assert done
    ask("reqHistogramData", 8, client.stock("SPY"), True, "3 days")
    await client.until("histogramData")


async def filled(client: Client, order_id: int, price: str, quantity: str = "100") -> None:
    """The order is filled at `price`, with execution, commission and status in agreement."""
    await client.status(order_id, "Filled")
    await client.settle(0.03)
    executions = [e for _, _, e in client.seen("execDetails") if e.orderId == order_id]
    assert sum(Decimal(str(e.shares)) for e in executions) == Decimal(quantity)
    assert near(executions[-1].price, price)
    charged = {report.execId for (report,) in client.seen("commissionReport")}
    assert {e.execId for e in executions} <= charged
    last = [args for args in client.seen("orderStatus") if args[0] == order_id][-1]
    assert (last[1], near(last[2], quantity), near(last[3], "0")) == ("Filled", True, True)


@scenario("market order", FILL)
async def market_order(sim: Simulator, client: Client) -> None:
    client.call("placeOrder", 1, client.stock(), client.order(action="BUY", totalQuantity=100, orderType="MKT"))
    await filled(client, 1, "100.02")
    assert client.statuses(1) == ["PreSubmitted", "Submitted", "Filled"]
    client.call("placeOrder", 2, client.stock(), client.order(action="SELL", totalQuantity=100, orderType="MKT"))
    await filled(client, 2, "99.98")
    realized = client.seen("commissionReport")[-1][0]
    assert near(realized.realizedPNL, "-6")  # four cents a share, a dollar in, a dollar out
    assert sim.accounts.figures("DU1234567").net_liquidation == Decimal(999994)


@scenario("limit order", FILL)
async def limit_order(sim: Simulator, client: Client) -> None:
    client.call(
        "placeOrder", 1, client.stock(),
        client.order(action="BUY", totalQuantity=100, orderType="LMT", lmtPrice=99.5, orderRef="mine", tif="GTC"),
    )  # fmt: skip
    await client.status(1, "Submitted")
    sim.market.set_quote("AAPL", bid="99.40", ask="99.45")
    await filled(client, 1, "99.45")
    order = client.seen("openOrder")[-1][2]
    assert (order.orderRef, order.tif, order.lmtPrice, order.action) == ("mine", "GTC", 99.5, "BUY")


@scenario("stop order", FILL)
async def stop_order(sim: Simulator, client: Client) -> None:
    client.call(
        "placeOrder", 1, client.stock(), client.order(action="SELL", totalQuantity=100, orderType="STP", auxPrice=99)
    )
    status = await client.status(1, "PreSubmitted")
    assert "trigger" in status[9]
    sim.market.set_quote("AAPL", bid="98.90", ask="98.95", last="98.93")
    await filled(client, 1, "98.9")


@scenario("stop-limit order", FILL)
async def stop_limit_order(sim: Simulator, client: Client) -> None:
    order = client.order(action="BUY", totalQuantity=100, orderType="STP LMT", auxPrice=101.0, lmtPrice=101.1)
    client.call("placeOrder", 1, client.stock(), order)
    await client.status(1, "PreSubmitted")
    sim.market.set_quote("AAPL", bid="101.20", ask="101.25", last="101.22")  # triggers, beyond the limit
    await client.status(1, "Submitted")
    sim.market.set_quote("AAPL", bid="101.00", ask="101.05", last="101.02")
    await filled(client, 1, "101.05")


@scenario("trailing stop", FILL)
async def trailing_stop(sim: Simulator, client: Client) -> None:
    order = client.order(action="SELL", totalQuantity=100, orderType="TRAIL", auxPrice=1.0)
    client.call("placeOrder", 1, client.stock(), order)
    await client.status(1, "PreSubmitted")
    sim.market.set_quote("AAPL", bid="104.98", ask="105.02", last=105)  # the stop follows to 104
    sim.market.set_quote("AAPL", bid="104.08", ask="104.12", last="104.10")
    await client.settle(0.03)
    assert client.statuses(1) == ["PreSubmitted"]
    sim.market.set_quote("AAPL", bid="103.98", ask="104.02", last="104.00")
    await filled(client, 1, "103.98")


@scenario("trailing stop-limit", FILL)
async def trailing_stop_limit(sim: Simulator, client: Client) -> None:
    order = client.order(
        action="BUY", totalQuantity=100, orderType="TRAIL LIMIT", trailingPercent=1.0, lmtPriceOffset=0.05
    )
    client.call("placeOrder", 1, client.stock(), order)
    await client.status(1, "PreSubmitted")
    sim.market.set_quote("AAPL", bid="97.98", ask="98.02", last=98)  # the stop falls to 98.98
    sim.market.set_quote("AAPL", bid="98.97", ask="99.00", last="98.98")
    await filled(client, 1, "99")


@scenario("market on open", FILL)
async def market_on_open(sim: Simulator, client: Client) -> None:
    client.call(
        "placeOrder", 1, client.stock(), client.order(action="BUY", totalQuantity=100, orderType="MKT", tif="OPG")
    )
    await client.status(1, "PreSubmitted")
    await sim.clock.advance_to(datetime(2024, 1, 4, 14, 29, 59, tzinfo=UTC))
    assert client.statuses(1) == ["PreSubmitted"]
    sim.market.set_quote("AAPL", bid=97, ask="97.02", last=97)
    await sim.clock.advance(2)
    await filled(client, 1, "97")


@scenario("market on close", FILL)
async def market_on_close(sim: Simulator, client: Client) -> None:
    client.call("placeOrder", 1, client.stock(), client.order(action="BUY", totalQuantity=100, orderType="MOC"))
    await client.status(1, "PreSubmitted")
    sim.market.set_quote("AAPL", bid=98, ask="98.02", last=98)
    await sim.clock.advance_to(datetime(2024, 1, 3, 21, 0, 1, tzinfo=UTC))
    await filled(client, 1, "98")


@scenario("limit if touched", FILL)
async def limit_if_touched(sim: Simulator, client: Client) -> None:
    order = client.order(action="BUY", totalQuantity=100, orderType="LIT", auxPrice=99.0, lmtPrice=99.05)
    client.call("placeOrder", 1, client.stock(), order)
    await client.status(1, "PreSubmitted")
    sim.market.set_quote("AAPL", bid="98.98", ask="99.01", last=99)
    await filled(client, 1, "99.01")


@scenario("market if touched", FILL)
async def market_if_touched(sim: Simulator, client: Client) -> None:
    order = client.order(action="SELL", totalQuantity=100, orderType="MIT", auxPrice=101.0)
    client.call("placeOrder", 1, client.stock(), order)
    await client.status(1, "PreSubmitted")
    sim.market.set_quote("AAPL", bid="101.01", ask="101.03", last="101.02")
    await filled(client, 1, "101.01")


@scenario("partial fills", FILL)
async def partial_fills(sim: Simulator, client: Client) -> None:
    sim.market.set_quote("AAPL", bid="99.98", ask="100.02", ask_size=40)
    client.call("placeOrder", 1, client.stock(), client.order(action="BUY", totalQuantity=100, orderType="MKT"))
    await client.until("orderStatus", lambda *a: near(a[2], "40") and near(a[3], "60"))
    sim.market.set_quote("AAPL", bid="99.98", ask="100.03", ask_size=40)
    await client.until("orderStatus", lambda *a: near(a[2], "80"))
    sim.market.set_quote("AAPL", bid="99.98", ask="100.04", ask_size=40)
    await filled(client, 1, "100.04")
    shares = [e.shares for _, _, e in client.seen("execDetails")]
    assert [int(one) for one in shares] == [40, 40, 20]
    paid = sum(Decimal(str(getattr(r, "commission", getattr(r, "commissionAndFees", 0))))
               for (r,) in client.seen("commissionReport"))  # fmt: skip
    assert paid == 1  # one order, one minimum


@scenario("time in force", LIVE)
async def time_in_force(sim: Simulator, client: Client) -> None:
    def limit(tif: str, **fields: Any) -> Any:
        return client.order(action="BUY", totalQuantity=1, orderType="LMT", lmtPrice=50.0, tif=tif, **fields)

    client.call("placeOrder", 1, client.stock(), limit("IOC"))
    await client.status(1, "Cancelled")
    client.call("placeOrder", 2, client.stock(), limit("GTD", goodTillDate="20240103 12:00:00 US/Eastern"))
    client.call("placeOrder", 3, client.stock(), limit("DAY"))
    client.call("placeOrder", 4, client.stock(), limit("GTC"))
    await client.status(4, "Submitted")
    await sim.clock.advance_to(datetime(2024, 1, 3, 17, 0, 1, tzinfo=UTC))
    await client.status(2, "Cancelled")
    assert "Cancelled" not in client.statuses(3)
    await sim.clock.advance_to(datetime(2024, 1, 3, 21, 0, 1, tzinfo=UTC))
    await client.status(3, "Cancelled")
    assert client.statuses(4) == ["PreSubmitted", "Submitted"]


@scenario("modify and cancel", FILL)
async def modify_and_cancel(sim: Simulator, client: Client) -> None:
    order = client.order(action="BUY", totalQuantity=100, orderType="LMT", lmtPrice=90.0)
    client.call("placeOrder", 1, client.stock(), order)
    await client.status(1, "Submitted")
    order.lmtPrice, order.totalQuantity = 91.0, 50
    client.call("placeOrder", 1, client.stock(), order)
    await client.until("openOrder", lambda *a: a[2].lmtPrice == 91.0 and near(a[2].totalQuantity, "50"))
    client.cancel(1)
    await client.status(1, "Cancelled")
    assert (1, 202) in client.codes()
    client.cancel(1)
    await client.until("error", lambda i, code, *_: (i, code) == (1, 10148))
    client.cancel(77)
    await client.until("error", lambda i, code, *_: (i, code) == (77, 10147))
    filled_order = client.order(action="BUY", totalQuantity=10, orderType="MKT")
    client.call("placeOrder", 2, client.stock(), filled_order)
    await client.status(2, "Filled")
    client.call("placeOrder", 2, client.stock(), filled_order)
    await client.until("error", lambda i, code, *_: (i, code) == (2, 104))


@scenario("rejections", LIVE)
async def rejections(sim: Simulator, client: Client) -> None:
    def place(order_id: int, contract: Any, **fields: Any) -> None:
        client.call("placeOrder", order_id, contract, client.order(action="BUY", **fields))

    place(1, client.stock("NOSUCH"), totalQuantity=1, orderType="MKT")
    place(2, client.stock(), totalQuantity=1, orderType="LMT", lmtPrice=90.005)
    place(3, client.stock(), totalQuantity=1_000_000, orderType="MKT")
    place(4, client.stock(), totalQuantity=1, orderType="VOL")
    place(5, client.contract(symbol="SPX", secType="IND", exchange="CBOE", currency="USD"), totalQuantity=1,
          orderType="MKT")  # fmt: skip
    place(6, client.stock(), totalQuantity=0, orderType="MKT")
    await client.status(3, "Inactive")
    await client.until("error", lambda i, *_: i == 6)
    assert client.codes() == [(1, 200), (2, 110), (3, 201), (4, 387), (5, 387), (6, 434)]


@scenario("what-if", "openOrder")
async def what_if(sim: Simulator, client: Client) -> None:
    order = client.order(action="BUY", totalQuantity=100, orderType="MKT", whatIf=True)
    client.call("placeOrder", 1, client.stock(), order)
    _, _, _, state = await client.until("openOrder")
    assert near(state.initMarginChange, "2500")
    assert near(state.equityWithLoanBefore, "1000000")
    assert not sim.orders.orders


@scenario("bracket", FILL)
async def bracket(sim: Simulator, client: Client) -> None:
    stock = client.stock()
    common = {"totalQuantity": 100}
    parent = client.order(action="BUY", orderType="LMT", lmtPrice=99.0, transmit=False, **common)
    target = client.order(action="SELL", orderType="LMT", lmtPrice=105.0, parentId=1, transmit=False, **common)
    stop = client.order(action="SELL", orderType="STP", auxPrice=95.0, parentId=1, **common)
    for order_id, order in enumerate((parent, target, stop), 1):
        client.call("placeOrder", order_id, stock, order)
    status = await client.until("orderStatus", lambda *a: a[0] == 3)
    assert (status[1], status[6], status[9]) == ("PreSubmitted", 1, "child,trigger")
    sim.market.set_quote("AAPL", bid="98.98", ask=99, last=99)
    await filled(client, 1, "99")
    await client.status(2, "Submitted")
    sim.market.set_quote("AAPL", bid="105.01", ask="105.03", last="105.02")
    await filled(client, 2, "105.01")
    await client.status(3, "Cancelled")


@scenario("OCA group", FILL)
async def oca(sim: Simulator, client: Client) -> None:
    for order_id, price in ((1, 99.0), (2, 98.0)):
        order = client.order(
            action="BUY", totalQuantity=100, orderType="LMT", lmtPrice=price, ocaGroup="pair", ocaType=1
        )
        client.call("placeOrder", order_id, client.stock(), order)
    await client.status(2, "Submitted")
    sim.market.set_quote("AAPL", bid="98.90", ask="98.95")
    await filled(client, 1, "98.95")
    await client.status(2, "Cancelled")


@scenario("forex", FILL | {"position", "positionEnd"})
async def forex(sim: Simulator, client: Client) -> None:
    sim.market.set_quote("EUR.USD", bid="1.09995", ask="1.10005")
    pair = client.contract(symbol="EUR", secType="CASH", exchange="IDEALPRO", currency="USD")
    client.call("placeOrder", 1, pair, client.order(action="BUY", totalQuantity=20000, orderType="MKT"))
    await filled(client, 1, "1.10005", "20000")
    cash = sim.accounts.ledgers["DU1234567"].cash
    assert cash == {"EUR": Decimal(20000), "USD": Decimal(977997)}  # 22001.00 and 2.00 commission
    client.call("reqPositions")
    _, contract, quantity, _ = await client.until("position")
    assert (contract.secType, near(quantity, "20000")) == ("CASH", True)


@scenario("short and option", FILL)
async def short_and_option(sim: Simulator, client: Client) -> None:
    client.call("placeOrder", 1, client.stock(), client.order(action="SELL", totalQuantity=200, orderType="MKT"))
    await filled(client, 1, "99.98", "200")
    assert sim.accounts.ledgers["DU1234567"].quantity(265598) == -200
    option = client.contract(
        symbol="SPY", secType="OPT", exchange="SMART", currency="USD", right="P", strike=470.0,
        lastTradeDateOrContractMonth="20240119", multiplier="100",
    )  # fmt: skip
    name = "SPY   240119P00470000"
    sim.market.set_quote(name, bid="6.10", ask="6.20")
    client.call("placeOrder", 2, option, client.order(action="BUY", totalQuantity=3, orderType="MKT"))
    await filled(client, 2, "6.2", "3")
    assert sim.accounts.ledgers["DU1234567"].position(sim.market.instrument(name)).average_cost == Decimal("620.65")


@scenario("combination", FILL | {"tickReqParams", "marketDataType", "tickPrice", "tickSize"})
async def combination(sim: Simulator, client: Client) -> None:
    names = ("SPY   240119C00470000", "SPY   240119C00480000")
    low, high = (sim.market.instrument(name) for name in names)
    sim.market.set_quote(names[0], bid="9.00", ask="9.10")
    sim.market.set_quote(names[1], bid="4.00", ask="4.05")
    legs = [client.leg(conId=one.con_id, ratio=1, action=side, exchange="SMART")
            for one, side in ((low, "BUY"), (high, "SELL"))]  # fmt: skip
    spread = client.contract(symbol="SPY", secType="BAG", exchange="SMART", currency="USD", comboLegs=legs)
    client.call("reqMktData", 9, spread, "", False, False, [])
    await client.until("tickPrice", lambda i, kind, price, *_: (i, kind) == (9, 2) and near(price, "5.1"))
    client.call("cancelMktData", 9)
    order = client.order(action="BUY", totalQuantity=3, orderType="LMT", lmtPrice=5.0)
    client.call("placeOrder", 1, spread, order)
    await client.status(1, "Submitted")
    sim.market.set_quote(names[1], bid="4.15", ask="4.20")  # the spread is offered at 4.95
    await client.status(1, "Filled")
    await client.settle(0.03)
    found = [(c.secType, e.side, int(e.shares), round(e.price, 4)) for _, c, e in client.seen("execDetails")]
    assert found == [("BAG", "BOT", 3, 4.95), ("OPT", "BOT", 3, 9.1), ("OPT", "SLD", 3, 4.15)]
    assert len(client.seen("commissionReport")) == 2
    ledger = sim.accounts.ledgers["DU1234567"]
    assert (ledger.quantity(low.con_id), ledger.quantity(high.con_id)) == (3, -3)
    assert ledger.cash["USD"] == Decimal(1_000_000) - 1485 - Decimal("3.90")
    assert ledger.imbalance() == {}


@scenario(
    "order lists", FILL | {"openOrderEnd", "completedOrder", "completedOrdersEnd", "execDetailsEnd"}
)  # fmt: skip
async def order_lists(sim: Simulator, client: Client) -> None:
    client.call("placeOrder", 1, client.stock(), client.order(action="BUY", totalQuantity=100, orderType="MKT"))
    await client.status(1, "Filled")
    resting = client.order(action="BUY", totalQuantity=100, orderType="LMT", lmtPrice=90.0)
    client.call("placeOrder", 2, client.stock(), resting)
    await client.status(2, "Submitted")
    await client.settle(0.03)
    client.events.clear()
    for request in ("reqOpenOrders", "reqAllOpenOrders"):
        client.call(request)
    await client.until("openOrderEnd")
    await client.settle(0.03)
    assert [args[0] for args in client.seen("openOrder")] == [2, 2]
    client.call("reqCompletedOrders", False)
    await client.until("completedOrdersEnd")
    ((contract, order, state),) = client.seen("completedOrder")
    assert (contract.symbol, order.action, state.status) == ("AAPL", "BUY", "Filled")
    client.call("reqExecutions", 5, None)
    await client.until("execDetailsEnd")
    assert [(i, e.orderId) for i, _, e in client.seen("execDetails")] == [(5, 1)]
    assert len(client.seen("commissionReport")) == 1
    client.cancel_all()
    await client.status(2, "Cancelled")
    client.note("managedAccounts", ())  # what was cleared above, so that the table stays simple
    client.note("nextValidId", ())
    client.note("error", (0, 0))


@scenario("reconnect and resume", FILL | {"openOrderEnd", "execDetailsEnd"})
async def reconnect(sim: Simulator, client: Client) -> None:
    order = client.order(action="BUY", totalQuantity=100, orderType="LMT", lmtPrice=99.0, tif="GTC")
    client.call("placeOrder", 1, client.stock(), order)
    await client.status(1, "Submitted")
    perm_id = client.seen("orderStatus")[-1][5]
    await client.disconnect()
    while sim.gateway.client(1) is not None:  # the official client's reader thread keeps the socket for a second
        await asyncio.sleep(0.05)
    sim.market.set_quote("AAPL", bid="98.90", ask="98.95", ask_size=60)  # fills while the client is away
    again = client.again()
    await again.connect(sim.host, sim.port, 1)
    assert again.seen("nextValidId") == [(2,)]
    again.call("reqOpenOrders")
    await again.until("openOrderEnd")
    status = await again.until("orderStatus")
    assert (status[0], near(status[2], "60"), status[5]) == (1, True, perm_id)
    again.call("reqExecutions", 3, None)
    await again.until("execDetailsEnd")
    assert len(again.seen("execDetails")) == 1
    sim.market.set_quote("AAPL", bid="98.90", ask="98.96")
    await filled(again, 1, "98.96")
    client.events += again.events
    await again.disconnect()


@scenario("two clients", LIVE | {"openOrderEnd"})
async def two_clients(sim: Simulator, client: Client) -> None:
    other = client.again()
    await other.connect(sim.host, sim.port, 2)
    order = client.order(action="BUY", totalQuantity=100, orderType="LMT", lmtPrice=90.0)
    client.call("placeOrder", 1, client.stock(), order)
    await client.status(1, "Submitted")
    other.call("reqOpenOrders")
    await other.until("openOrderEnd")
    assert not other.seen("openOrder")  # only its own
    other.call("reqAllOpenOrders")
    await other.until("openOrder", lambda *a: a[2].clientId == 1)
    other.cancel(1)
    await other.until("error", lambda i, code, *_: (i, code) == (1, 10147))
    assert client.statuses(1) == ["PreSubmitted", "Submitted"]
    client.call("reqOpenOrders")
    await client.until("openOrderEnd")
    await other.disconnect()


@scenario("combination priced leg by leg", FILL)
async def legs_with_prices(sim: Simulator, client: Client) -> None:
    names = ("SPY   240119C00470000", "SPY   240119C00480000")
    low, high = (sim.market.instrument(name) for name in names)
    sim.market.set_quote(names[0], bid="9.00", ask="9.10")
    sim.market.set_quote(names[1], bid="4.00", ask="4.05")
    legs = [client.leg(conId=one.con_id, ratio=1, action=side, exchange="SMART")
            for one, side in ((low, "BUY"), (high, "SELL"))]  # fmt: skip
    spread = client.contract(symbol="SPY", secType="BAG", exchange="SMART", currency="USD", comboLegs=legs)
    prices = [client.part("leg price", price=9.05), client.part("leg price", price=4.0)]
    order = client.order(action="BUY", totalQuantity=2, orderType="LMT", orderComboLegs=prices)
    client.call("placeOrder", 1, spread, order)
    await client.status(1, "Submitted")
    sim.market.set_quote(names[0], bid="8.95", ask="9.05")
    await client.status(1, "Filled")
    await client.settle(0.03)
    found = [(c.secType, e.side, int(e.shares), round(e.price, 4)) for _, c, e in client.seen("execDetails")]
    assert found == [("BAG", "BOT", 2, 5.05), ("OPT", "BOT", 2, 9.05), ("OPT", "SLD", 2, 4.0)]
    shown = client.seen("openOrder")[-1]
    assert [one.price for one in shown[2].orderComboLegs] == [9.05, 4.0]
    assert [one.conId for one in shown[1].comboLegs] == [low.con_id, high.con_id]


@scenario("conditions", FILL)
async def conditions(sim: Simulator, client: Client) -> None:
    sim.market.set_quote("SPY", bid="474.99", ask="475.01", last=475)
    price = {"conId": 756733, "exch": "SMART", "isMore": True, "price": 480.0, "triggerMethod": 0}
    time = {"isMore": True, "time": "20240103 10:30:00 US/Eastern"}
    wait = client.order(
        action="BUY", totalQuantity=100, orderType="MKT", conditionsIgnoreRth=False,
        conditions=[client.part("price condition", **price), client.part("time condition", **time)],
    )  # fmt: skip
    client.call("placeOrder", 1, client.stock(), wait)
    end = client.order(
        action="BUY", totalQuantity=100, orderType="LMT", lmtPrice=90.0, conditionsCancelOrder=True,
        conditions=[client.part("price condition", **price)],
    )  # fmt: skip
    client.call("placeOrder", 2, client.stock(), end)
    await client.status(2, "Submitted")
    assert client.statuses(1) == ["PreSubmitted"]
    shown = next(args[2] for args in client.seen("openOrder") if args[0] == 1)
    assert [(one.isMore, getattr(one, "price", None)) for one in shown.conditions] == [(True, 480.0), (True, None)]
    sim.market.trade("SPY", 480)
    await client.status(2, "Cancelled")
    assert client.statuses(1) == ["PreSubmitted"]  # it is too early
    await sim.clock.advance_to(datetime(2024, 1, 3, 15, 30, 1, tzinfo=UTC))
    await filled(client, 1, "100.02")


@scenario("pegged orders", FILL)
async def pegged(sim: Simulator, client: Client) -> None:
    kinds = (
        (1, "MIDPRICE", {}), (2, "REL", {"auxPrice": 0.01}), (3, "PEG MID", {}), (4, "SNAP MID", {"auxPrice": 0.0}),
        (5, "PEG MKT", {"auxPrice": 0.02}),
    )  # fmt: skip
    for order_id, kind, fields in kinds:
        order = client.order(action="BUY", totalQuantity=10, orderType=kind, **fields)
        client.call("placeOrder", order_id, client.stock(), order)
        await client.status(order_id, "Submitted")
    sim.market.trade("AAPL", "99.99", 1000)
    for order_id, price in ((1, "100"), (2, "99.99"), (3, "100"), (5, "100")):
        await filled(client, order_id, price, "10")
    sim.market.set_quote("AAPL", bid="99.97", ask="100")  # what snapped to 100 stayed there
    await filled(client, 4, "100", "10")


@scenario("market to limit, protection", FILL)
async def protected(sim: Simulator, client: Client) -> None:
    sim.market.set_quote("AAPL", bid="99.98", ask="100.02", ask_size=40)
    client.call("placeOrder", 1, client.stock(), client.order(action="BUY", totalQuantity=100, orderType="MTL"))
    await client.until("orderStatus", lambda *a: a[0] == 1 and near(a[2], "40"))
    await client.until("openOrder", lambda *a: a[0] == 1 and near(a[2].lmtPrice, "100.02"))
    sim.market.set_quote("AAPL", bid="99.98", ask="100.03")
    await client.settle(0.03)
    assert client.statuses(1) == ["PreSubmitted", "Submitted"]
    sim.market.set_quote("ESH4", bid="4799.75", ask="4800", ask_size=1)
    future = client.contract(localSymbol="ESH4", secType="FUT", exchange="CME", currency="USD")
    client.call("placeOrder", 2, future, client.order(action="BUY", totalQuantity=2, orderType="MKT PRT"))
    await client.until("orderStatus", lambda *a: a[0] == 2 and near(a[2], "1"))
    sim.market.set_quote("ESH4", bid="4804.50", ask="4804.75")
    await filled(client, 2, "4804.75", "2")


@scenario("cash quantity, adaptive", FILL)
async def cash_quantity(sim: Simulator, client: Client) -> None:
    sim.market.set_quote("EUR.USD", bid="1.0999", ask="1.1")
    euro = client.contract(symbol="EUR", secType="CASH", exchange="IDEALPRO", currency="USD")
    money = client.order(action="BUY", totalQuantity=0, cashQty=22000.0, orderType="MKT")
    client.call("placeOrder", 1, euro, money)
    await filled(client, 1, "1.1", "20000")
    urgent = [client.part("tag", tag="adaptivePriority", value="Urgent")]
    order = client.order(
        action="BUY", totalQuantity=100, orderType="MKT", algoStrategy="Adaptive", algoParams=urgent
    )  # fmt: skip
    client.call("placeOrder", 2, client.stock(), order)
    await filled(client, 2, "100.02")
    shown = [args[2] for args in client.seen("openOrder") if args[0] == 2][-1]
    assert (shown.algoStrategy, shown.algoParams[0].value) == ("Adaptive", "Urgent")
    client.call("placeOrder", 3, client.stock(), client.order(
        action="BUY", totalQuantity=100, orderType="MKT", algoStrategy="Twap", algoParams=[]))  # fmt: skip
    await client.until("error", lambda i, code, *_: (i, code) == (3, 442))


@scenario("future option, contract for difference", FILL | {"contractDetails", "contractDetailsEnd"})
async def derivatives(sim: Simulator, client: Client) -> None:
    option = client.contract(
        symbol="ES", secType="FOP", exchange="CME", currency="USD", right="C", strike=4800.0,
        lastTradeDateOrContractMonth="20240315", multiplier="50",
    )  # fmt: skip
    client.call("reqContractDetails", 1, option)
    _, details = await client.until("contractDetails")
    await client.until("contractDetailsEnd")
    assert details.underSecType == "FUT"
    sim.market.set_quote(details.contract.localSymbol, bid=50, ask="50.25")
    client.call("placeOrder", 1, option, client.order(action="BUY", totalQuantity=1, orderType="LMT", lmtPrice=50.25))
    await filled(client, 1, "50.25", "1")
    sim.market.set_quote("IBUS500", bid="4799.9", ask="4800.1")
    index = client.contract(symbol="IBUS500", secType="CFD", exchange="SMART", currency="USD")
    client.call("placeOrder", 2, index, client.order(action="SELL", totalQuantity=10, orderType="MKT"))
    await filled(client, 2, "4799.9", "10")
    assert sim.accounts.ledgers["DU1234567"].imbalance() == {}


@scenario("held to regular hours", LIVE)
async def held(sim: Simulator, client: Client) -> None:
    await sim.clock.advance_to(datetime(2024, 1, 3, 21, 30, tzinfo=UTC))
    order = client.order(action="BUY", totalQuantity=100, orderType="MKT", outsideRth=True)
    client.call("placeOrder", 1, client.stock(), order)
    await client.until("error", lambda i, code, *_: (i, code) == (1, 2109))
    *_, words, _ = (await client.until("error", lambda i, code, *_: (i, code) == (1, 399)))[:4]
    assert "BUY 100 AAPL NASDAQ.NMS" in words
    assert words.endswith("2024-01-04 09:30:00 US/Eastern")
    client.call("placeOrder", 2, client.stock(), client.order(action="BUY", totalQuantity=1, orderType="MOC"))
    await client.status(2, "PreSubmitted")
    client.cancel(1)
    await client.status(1, "Cancelled")


async def main() -> None:
    """Print the table."""
    print("| scenario | callbacks | " + " | ".join(CLIENTS) + " |")
    print("|---|---|" + "---|" * len(CLIENTS))
    for one in TABLE:
        cells = []
        for name in CLIENTS:
            client = await run(name, one)
            cells.append("all" if client.names() == one.callbacks else f"{sorted(client.names() ^ one.callbacks)}")
        listed = ", ".join(sorted(one.callbacks - HELLO)) or "-"
        print(f"| {one.name} | {listed} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    asyncio.run(main())
