"""What a client writes into an order comes back as a Gateway writes it: each field, at its odd forms."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from foreign_clients import OfficialClient
from raw import Raw, place_order

from leanib.simulator import Simulator
from leanib.simulator.protocol import orderfields
from leanib.simulator.protocol.fields import FieldError
from leanib.simulator.protocol.orderfields import KINDS, Kind, canonical, double

UNSET_INTEGER, UNSET_DOUBLE = 2147483647, 1.7976931348623157e308
#: What clients write for a value: what the official client reads back.
ODD: dict[Kind, list[tuple[Any, Any]]] = {
    Kind.FLAG: [(True, True), (1, True), (1.0, True), ("true", True), (False, False), (0, False), ("", False)],
    Kind.INTEGER: [(2, 2), (2.0, 2), ("2", 2), (Decimal("2.0"), 2)],
    Kind.DOUBLE: [(1.5, 1.5), (2, 2.0), (Decimal("0.25"), 0.25), ("1e-2", 0.01), (12345678.9, 12345678.9)],
}
#: Fields that the official client writes only at other orders, at newer versions, or not at all.
ELSEWHERE = {
    "eTradeOnly", "firmQuoteOnly", "nbboPriceCap", "transmit", "whatIf", "parentId", "lmtPrice",
    "competeAgainstBestOffset",
    "midOffsetAtWhole", "midOffsetAtHalf", "minTradeQty", "minCompeteSize", "referenceContractId",
    "isPeggedChangeAmountDecrease", "peggedChangeAmount", "referenceChangeAmount", "deltaNeutralConId",
    "deltaNeutralShortSale", "deltaNeutralShortSaleSlot", "scalePriceAdjustValue", "scalePriceAdjustInterval",
    "scaleProfitOffset", "scaleAutoReset", "scaleInitPosition", "scaleInitFillQty", "scaleRandomPercent",
    "conditionsIgnoreRth", "conditionsCancelOrder", "overridePercentageConstraints", "refFuturesConId",
    "professionalCustomer", "includeOvernight", "imbalanceOnly", "deactivate", "postOnly", "allowPreOpen",
    "ignoreOpenAuction", "conditionsIncludeOvernight", "manualOrderIndicator", "routeMarketableToBbo",
    "seekPriceImprovement", "whatIfType", "hedgeMaxSize", "auctionStrategy", "usePriceMgmtAlgo",
}  # fmt: skip
#: Fields of orders that the simulator refuses; a state file or a fault may have them all the same.
REFUSED = {"discretionaryAmt", "scalePriceIncrement", "cashQty"}
#: Fields that a version does not have in both directions.
SINCE = {"duration": 158, "postToAts": 160, "autoCancelParent": 162}
TEXTS = {
    "ocaGroup": "group, 7", "orderRef": "reference 1", "rule80A": "I", "settlingFirm": "XY",
    "designatedLocation": "NYC",
    "clearingAccount": "C1", "clearingIntent": "Away", "faGroup": "G", "faMethod": "NetLiq", "faPercentage": "50",
    "modelCode": "M", "hedgeType": "", "openClose": "O",
}  # fmt: skip


def plain() -> list[tuple[str, Any, Any]]:
    """(field, what is written, what comes back) for each field that any limit order may have."""
    rows: list[tuple[str, Any, Any]] = [(name, text, text) for name, text in TEXTS.items()]
    for name, kind in KINDS.items():
        if name not in ELSEWHERE and kind in ODD:
            rows += [(name, written, read) for written, read in ODD[kind]]
    return [row for row in rows if row[:2] != ("scalePriceIncrement", "1e-2")]  # the client itself compares it


@pytest.mark.parametrize("version", [157, 178, *(pytest.param(one, marks=pytest.mark.slow) for one in range(158, 178))])
async def test_each_field_comes_back_at_its_odd_forms(version: int) -> None:
    """The official client writes each field in every form that clients use, and reads the one that it means."""
    async with Simulator(server_version=version, pacing=False, always_open=True) as sim:
        sim.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100)
        client = OfficialClient()
        await client.connect(sim.host, sim.port, 1)
        rows = [row for row in plain() if SINCE.get(row[0], 0) <= version and row[0] not in REFUSED]
        wrong = []
        for order_id, (name, written, read) in enumerate(rows, 1):
            order = client.order(
                action="BUY", totalQuantity=Decimal(10), orderType="LMT", lmtPrice=50.0, tif="GTC", **{name: written}
            )
            client.call("placeOrder", order_id, client.stock(), order)
            shown = (await client.until("openOrder", lambda *a, one=order_id: a[0] == one))[2]
            if getattr(shown, name) != read:
                wrong.append((name, written, getattr(shown, name)))
        assert wrong == []
        assert client.codes() == []
        await client.disconnect()


async def test_fields_of_refused_orders_are_shown_typed_too() -> None:
    """Where such an order comes in past the checks, the official client reads what was written."""
    async with Simulator(server_version=178, pacing=False, always_open=True) as sim:
        sim.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100)
        client = OfficialClient()
        await client.connect(sim.host, sim.port, 1)
        rows = [row for row in plain() if row[0] in REFUSED]
        assert len(rows) > 10
        for name, written, read in rows:
            fields = {"orderType": "LMT", "lmtPrice": "50.0", name: canonical(name, str(written))}
            order = sim.orders.place_as(1, "AAPL", "BUY", Decimal(10), **fields)
            shown = (await client.until("openOrder", lambda *a, one=order.order_id: a[0] == one))[2]
            assert getattr(shown, name) == read, (name, written)
        await client.disconnect()


async def test_what_is_not_set_comes_back_as_gateways_have_it() -> None:
    """As openOrder of real Gateways has been recorded: 2147483647, the largest double, 3, None, IB."""
    async with Simulator(pacing=False, always_open=True, server_version=178) as sim:
        sim.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100)
        client = OfficialClient()
        await client.connect(sim.host, sim.port, 1)
        order = client.order(action="BUY", totalQuantity=Decimal(100), orderType="LMT", lmtPrice=50, tif="")
        client.call("placeOrder", 1, client.stock(), order)
        _, contract, shown, _ = await client.until("openOrder")
        assert (contract.right, contract.strike, shown.tif, shown.clearingIntent) == ("?", 0, "DAY", "IB")
        names = ("displaySize", "ocaType", "deltaNeutralOrderType", "adjustedOrderType", "deltaNeutralOpenClose")
        assert [getattr(shown, name) for name in names] == [UNSET_INTEGER, 3, "None", "None", "?"]
        assert {shown.triggerPrice, shown.adjustedStopPrice, shown.lmtPriceOffset} == {UNSET_DOUBLE}
        assert (shown.minQty, shown.scaleInitLevelSize, shown.cashQty) == (UNSET_INTEGER, UNSET_INTEGER, 0)
        await client.disconnect()


async def test_an_integer_that_is_none_is_answered_with_320() -> None:
    """Half a displayed size, a parent that is a word, a flag that is 7: error 320, and the Gateway goes on."""
    async with Simulator(pacing=False, always_open=True) as sim:
        sim.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100)
        raw = await Raw.login(sim)
        good = list(place_order(1, "BUY", 10, "LMT", 50))
        for at, odd in ((31, "10.5"), (28, "x"), (33, "7")):  # displaySize, parentId, outsideRth
            raw.send(*good[:at], odd, *good[at + 1 :])
            errors = [fields[3] for fields in await raw.pending() if fields[0] == "4"]
            assert errors == ["320"], (at, odd)
        raw.send(*good)
        assert [fields[0] for fields in await raw.pending()] == ["5", "3"] * 2


async def test_every_client_reads_what_another_wrote_oddly(simulator: Simulator) -> None:
    """A displaySize of 10.0, minQty 2.0, triggerMethod 2.0, ocaType 1.0: the official decoder lives on."""
    simulator.market.set_quote("AAPL", bid="99.98", ask="100.02", last=100)
    raw = await Raw.login(simulator, 2)
    fields = list(place_order(1, "BUY", 10, "LMT", 50.0))
    fields[31], fields[32], fields[46], fields[50] = 10.0, 2.0, 1.0, 2.0
    raw.send(*fields)
    await raw.pending()
    client = OfficialClient()
    await client.connect(simulator.host, simulator.port, 1)
    client.call("reqAllOpenOrders")
    await client.until("openOrderEnd")
    ((_, _, shown, _),) = client.seen("openOrder")
    assert (shown.displaySize, shown.triggerMethod, shown.ocaType, shown.minQty) == (10, 2, 1, 2)
    await client.disconnect()
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("value", "written"),
    [("0", "0.0"), ("150", "150.0"), ("0.02", "0.02"), ("1e7", "1.0E7"), ("0.0005", "5.0E-4"), ("-37.6", "-37.6")],
)
def test_doubles_are_written_as_java_writes_them(value: str, written: str) -> None:
    """Plain between a thousandth and ten millions, with an exponent beyond."""
    assert double(Decimal(value)) == written


def test_every_condition_and_leg_has_one_form() -> None:
    """Fields of conditions and legs are typed, too."""
    assert orderfields.canonical_condition(["1", "a", "1.0", "100", "265598.0", "SMART", "0.0"]) == [
        "1", "a", "1", "100.0", "265598", "SMART", "0",
    ]  # fmt: skip
    assert orderfields.canonical_condition(["3", "o", "false", "20240103 10:00:00 US/Eastern"])[2] == "0"
    assert orderfields.canonical_leg(["0.0", "", "", "-1.0"]) == ("0", "0", "", "-1")
    assert canonical("minQty", "2147483647") == canonical("startingPrice", "1.7976931348623157e+308") == ""
    with pytest.raises(FieldError, match="minQty"):
        canonical("minQty", "1.5")
