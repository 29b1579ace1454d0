"""ib_async's high-level interface, as its users use it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
from ib_async import IB, Contract, Forex, Index, LimitOrder, MarketOrder, Option, Stock

from leanib.simulator import RealClock, Simulator
from leanib.simulator.market.instruments import Instrument

AAPL = Stock("AAPL", "SMART", "USD", conId=265598)


@pytest.fixture
async def ib(simulator: Simulator) -> AsyncIterator[IB]:
    """A connected IB; every request of the login was answered in time."""
    simulator.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100, close=99)
    client = IB()
    await client.connectAsync(simulator.host, simulator.port, clientId=0, raiseSyncErrors=True)
    yield client
    client.disconnect()
    await asyncio.sleep(0.05)


async def test_login(ib: IB, simulator: Simulator) -> None:
    """The login brings accounts, values, positions and the order id."""
    assert ib.managedAccounts() == ["DU1234567"]
    values = {(v.tag, v.currency): v.value for v in ib.accountValues()}
    assert values["NetLiquidation", "USD"] == "1000000.00"
    assert ib.client.getReqId() > 0
    summary = {v.tag: v.value for v in await ib.accountSummaryAsync()}
    assert summary["BuyingPower"] == "4000000.00"
    assert (await ib.reqCurrentTimeAsync()).tzinfo is not None


async def test_bracket(ib: IB, simulator: Simulator) -> None:
    """A bracket through entry and stop: trades, fills, commission and portfolio agree."""
    orders = ib.bracketOrder("BUY", 100, limitPrice=101, takeProfitPrice=110, stopLossPrice=95)
    trades = [ib.placeOrder(AAPL, order) for order in orders]
    await until(lambda: trades[0].orderStatus.status == "Filled")
    simulator.market.set_quote("AAPL", bid="94.90", ask="94.95", last="94.93")
    await until(lambda: trades[1].orderStatus.status == "Cancelled")
    await until(lambda: len(ib.fills()) == 2 and ib.fills()[1].commissionReport.commission)
    await until(lambda: _realized(ib) == "-514.00")
    assert [trade.orderStatus.status for trade in trades] == ["Filled", "Cancelled", "Filled"]
    assert [fill.execution.price for fill in ib.fills()] == [100.02, 94.9]
    assert sum(fill.commissionReport.commission for fill in ib.fills()) == 2
    assert ib.fills()[1].commissionReport.realizedPNL == -514.0
    await until(lambda: ib.positions() == [])


def _realized(ib: IB) -> str:
    (pnl,) = [v.value for v in ib.accountValues() if (v.tag, v.currency) == ("RealizedPnL", "USD")]
    return pnl


async def until(condition: Callable[[], object]) -> None:
    """Waits for what an answer brings, however long a busy machine takes."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


async def test_modify_and_cancel(ib: IB, simulator: Simulator) -> None:
    """A resting order is changed and cancelled; the trade's log tells it."""
    order = LimitOrder("BUY", 10, 90)
    trade = ib.placeOrder(AAPL, order)
    await until(lambda: trade.orderStatus.status == "Submitted")
    order.lmtPrice = 91
    ib.placeOrder(AAPL, order)
    await until(lambda: [order.limit for order in simulator.orders.open_orders()] == [91])
    assert ib.openTrades()[0].order.lmtPrice == 91
    ib.cancelOrder(order)
    await until(lambda: trade.orderStatus.status == "Cancelled")
    state = await ib.whatIfOrderAsync(AAPL, MarketOrder("BUY", 100))
    assert state.commission == 1.0
    assert float(state.initMarginAfter) == 2500.0


async def test_tickers(ib: IB, simulator: Simulator) -> None:
    """Tickers, greeks, depth, tick-by-tick and real-time bars arrive where ib_async puts them."""
    (ticker,) = await ib.reqTickersAsync(AAPL)
    assert (ticker.bid, ticker.ask, ticker.last, ticker.close) == (99.98, 100.02, 100.0, 99.0)
    (option,) = await ib.qualifyContractsAsync(await _an_option(ib))
    (quote,) = await ib.reqTickersAsync(option)
    assert 0 < quote.modelGreeks.delta < 1
    book = ib.reqMktDepth(AAPL, 3, isSmartDepth=True)
    trades = ib.reqTickByTickData(AAPL, "AllLast")
    await until(lambda: len(book.domBids) == 3)
    assert [level.price for level in book.domBids] == [99.98, 99.97, 99.96]
    sizes: list[float] = []
    trades.updateEvent += lambda ticker: sizes.extend(tick.size for tick in ticker.tickByTicks)
    simulator.market.trade("AAPL", "100.01", 30)
    await until(lambda: 30.0 in sizes)
    computed = await ib.calculateOptionPriceAsync(option, volatility=0.3, underPrice=100.0)
    implied = await ib.calculateImpliedVolatilityAsync(option, optionPrice=computed.optPrice, underPrice=100.0)
    assert implied.impliedVol == pytest.approx(0.3, abs=1e-6)


async def _an_option(ib: IB) -> Option:
    chain = (await ib.reqSecDefOptParamsAsync("AAPL", "", "STK", 265598))[0]
    strike = min(chain.strikes, key=lambda strike: abs(strike - 100))
    return Option("AAPL", max(chain.expirations), strike, "C", "SMART", currency="USD")


async def test_contracts(ib: IB) -> None:
    """Lookups of every kind."""
    pair, spx = await ib.qualifyContractsAsync(Forex("EURUSD"), Index("SPX", "CBOE"))
    assert (pair.conId, spx.conId) == (12087792, 416904)
    assert (await ib.reqMatchingSymbolsAsync("microsoft"))[0].contract.symbol == "MSFT"
    assert [rule.increment for rule in await ib.reqMarketRuleAsync(26)] == [0.01]
    assert await ib.reqSmartComponentsAsync("9c0001")
    assert await ib.reqMktDepthExchangesAsync()
    assert await ib.reqNewsProvidersAsync() == []
    assert await ib.reqScannerParametersAsync()
    assert await ib.reqHeadTimeStampAsync(AAPL, "TRADES", True, 1) == datetime(2004, 1, 2, 14, 30)


async def test_history(ib: IB) -> None:
    """Bars of every size, ticks of every kind, schedule and histogram.

    The end is an evening that is given: up to now there is only as much of today as has been traded.
    """
    evening = datetime(2024, 1, 3, 22, 0, tzinfo=UTC)
    for size, duration in (
        ("1 secs", "60 S"), ("5 secs", "600 S"), ("10 secs", "600 S"), ("15 secs", "600 S"), ("30 secs", "600 S"),
        ("1 min", "1 D"), ("2 mins", "1 D"), ("3 mins", "1 D"), ("5 mins", "1 D"), ("10 mins", "1 D"),
        ("15 mins", "1 D"), ("20 mins", "1 D"), ("30 mins", "2 D"), ("1 hour", "1 W"), ("2 hours", "1 W"),
        ("3 hours", "1 W"), ("4 hours", "1 W"), ("8 hours", "1 M"), ("1 day", "1 M"), ("1 week", "1 Y"),
        ("1 month", "2 Y"),
    ):  # fmt: skip
        bars = await ib.reqHistoricalDataAsync(AAPL, evening, duration, size, "TRADES", True)
        assert len(bars) > 4, size
        assert all(bar.low <= min(bar.open, bar.close) and bar.high >= max(bar.open, bar.close) for bar in bars)
    for what in ("MIDPOINT", "BID", "ASK", "BID_ASK", "ADJUSTED_LAST", "HISTORICAL_VOLATILITY"):
        assert await ib.reqHistoricalDataAsync(AAPL, "", "1 D", "1 hour", what, False, formatDate=2)
    for what in ("TRADES", "BID_ASK", "MIDPOINT"):
        start = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)
        assert len(await ib.reqHistoricalTicksAsync(AAPL, start, "", 10, what, True)) == 10
    schedule = await ib.reqHistoricalScheduleAsync(AAPL, 3)
    assert len(schedule.sessions) == 3
    assert await ib.reqHistogramDataAsync(AAPL, True, "2 days")


async def test_profit_and_loss(ib: IB, simulator: Simulator) -> None:
    """PnL follows the market within a second."""
    simulator.accounts.set_position("DU1234567", "AAPL", 100, 90)
    pnl = ib.reqPnL("DU1234567")
    single = ib.reqPnLSingle("DU1234567", "", 265598)
    await until(lambda: pnl.unrealizedPnL == pnl.unrealizedPnL and single.unrealizedPnL == single.unrealizedPnL)
    assert (pnl.unrealizedPnL, single.unrealizedPnL) == (1000.0, 1000.0)
    simulator.market.set_quote("AAPL", bid="100.98", ask="101.02", last=101)
    await until(lambda: pnl.dailyPnL and single.value != 10000)
    assert (pnl.dailyPnL, pnl.unrealizedPnL, single.value) == (100.0, 1100.0, 10100.0)


SATURDAY = datetime(2024, 1, 6, 8, 0, tzinfo=UTC)


@pytest.mark.simulator(clock=RealClock(SATURDAY, speed=10), always_open=True, pacing=False)
async def test_around_the_clock(simulator: Simulator) -> None:
    """With `always_open` bars keep coming on a Saturday night too."""
    client = IB()
    await client.connectAsync(simulator.host, simulator.port, clientId=3)
    bars = await client.reqHistoricalDataAsync(
        Stock("SPY", "SMART", "USD", conId=756733), "", "1 D", "1 min", "TRADES", True, keepUpToDate=True
    )
    before = len(bars)
    await until(lambda: len(bars) > before)
    client.disconnect()
    await asyncio.sleep(0.05)


async def test_an_exercise_is_an_order_under_its_requests_id(ib: IB, simulator: Simulator) -> None:
    """To buy the options at 0, without a reference, with fills of its id; IB ignores what is not in the money."""
    chain = simulator.market.directory.chain(simulator.market.instrument("AAPL"))
    low, high = (next(one for one in chain if one.right == "C" and (one.strike < 100) is low) for low in (True, False))
    for item in (low, high):
        simulator.accounts.set_position("DU1234567", item, 3, 100)
    simulator.gateway.exercises.delay = 0.2
    errors: list[tuple[int, str]] = []
    ib.errorEvent += lambda _id, code, text, _contract: errors.append((code, text))

    def contract(item: Instrument) -> Contract:
        return Contract(conId=item.con_id, exchange="SMART")

    ib.exerciseOptions(contract(high), 1, 2, "DU1234567", 0)
    await asyncio.sleep(0.1)
    assert errors == [(322, "Error processing request.Exercise ignored because option is not in-the-money.")]
    ib.exerciseOptions(contract(low), 1, 2, "DU1234567", 0)
    await asyncio.sleep(0.1)
    (trade,) = ib.openTrades()
    order = trade.order
    assert (order.action, order.orderType, order.lmtPrice, order.totalQuantity, order.tif, order.orderRef) == (
        "BUY", "LMT", 0.0, 2.0, "DAY", "",
    )  # fmt: skip
    assert (trade.orderStatus.status, errors[1:]) == (
        "PreSubmitted",
        [(10349, "Order TIF was set to DAY based on order preset.")],
    )
    await asyncio.sleep(0.4)
    told = [(fill.contract.secType, f.side, f.shares, f.price) for fill in ib.fills() if (f := fill.execution)]
    assert told == [("OPT", "SLD", 2.0, 0.0), ("STK", "BOT", 200.0, float(low.strike))]
    assert [fill.execution.permId for fill in ib.fills()] == [order.permId] * 2
    assert trade.orderStatus.status == "Filled"
    ib.exerciseOptions(contract(high), 1, 1, "DU1234567", 1)  # the natural action is overridden
    await asyncio.sleep(0.1)
    ib.reqGlobalCancel()
    await asyncio.sleep(0.1)
    assert [code for code, _ in errors[2:]] == [10349, 322, 202]
    assert simulator.accounts.ledgers["DU1234567"].quantity(high.con_id) == 3
