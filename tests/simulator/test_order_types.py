"""Order types: what is pegged, what snaps, what turns into a limit order, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.orders.kinds import REFUSED, TYPES, order_types
from leanib.simulator.orders.model import Order
from leanib.simulator.protocol.contracts import ComboLeg, ContractQuery
from leanib.simulator.protocol.orderspec import OrderSpec, PlaceOrder
from leanib.simulator.session import Session

MORNING = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)


class Listener(Session):
    """A client that keeps what it is sent, in text form."""

    def __init__(self, sim: Simulator) -> None:
        super().__init__(sim.gateway)
        self.version, self.client_id = 178, 1
        self.texts: list[list[str]] = []
        sim.gateway.connected(self)

    def transmit(self, payload: bytes) -> None:
        self.texts.append(payload.decode().split("\0"))

    def codes(self) -> list[int]:
        """The error codes so far."""
        return [int(fields[3]) for fields in self.texts if fields[0] == "4"]

    def words(self, code: int) -> list[str]:
        """The texts of an error."""
        return [fields[4] for fields in self.texts if fields[0] == "4" and fields[3] == str(code)]


class Floor:
    """A simulator on a virtual clock, driven without sockets."""

    def __init__(self, start: datetime = MORNING, **settings: Any) -> None:
        self.clock = VirtualClock(start)
        self.sim = Simulator(clock=self.clock, **settings)
        self.client = Listener(self.sim)
        self.ids = 0
        self.quote("AAPL", "99.98", "100.02", last=100)

    def quote(self, symbol: str, bid: Any, ask: Any, **more: Any) -> None:
        self.sim.market.set_quote(symbol, bid=bid, ask=ask, **more)

    def place(
        self, kind: str, action: str = "BUY", quantity: Any = 100, symbol: str = "AAPL", legs: Any = (),
        spec: dict[str, Any] | None = None, **fields: Any,
    ) -> Order | None:  # fmt: skip
        """Place an order as a client does; None when it was refused."""
        self.ids += 1
        values = {"action": action, "totalQuantity": quantity, "orderType": kind, "transmit": "1", **fields}
        order = OrderSpec({name: str(value) for name, value in values.items()})
        for name, value in (spec or {}).items():
            setattr(order, name, value)
        if legs:
            query = ContractQuery(symbol=symbol, sec_type="BAG", currency="USD", exchange="SMART", legs=list(legs))
        else:
            query = ContractQuery(con_id=self.sim.market.instrument(symbol).con_id)
        request = PlaceOrder(self.ids, query, order)
        request.settle()
        self.sim.orders.place(1, request)
        return self.sim.orders.orders.get((1, self.ids))

    def living(self, kind: str, *given: Any, **fields: Any) -> Order:
        """Place an order that is taken."""
        order = self.place(kind, *given, **fields)
        assert order is not None, self.client.texts[-1]
        return order


@pytest.fixture
def floor() -> Floor:
    """The market is open."""
    return Floor()


@pytest.mark.parametrize(
    ("kind", "action", "fields", "stands"),
    [
        ("MIDPRICE", "BUY", {}, "100.00"),
        ("MIDPRICE", "BUY", {"lmtPrice": "99.99"}, "99.99"),
        ("MIDPRICE", "SELL", {"lmtPrice": "100.01"}, "100.01"), ("MIDPRICE", "BUY", {"auxPrice": "0.01"}, "100.00"),
        ("REL", "BUY", {"auxPrice": "0.01"}, "99.99"),
        ("REL", "SELL", {"auxPrice": "0.01"}, "100.01"),
        ("REL", "BUY", {"auxPrice": "0.03", "lmtPrice": "100"}, "100"),
        ("PEG PRIM", "SELL", {}, "100.02"),
        ("PEG MID", "BUY", {"auxPrice": "0.01"}, "99.99"),
        ("PEG MKT", "BUY", {"auxPrice": "0.01"}, "100.01"),
        ("PEG MKT", "SELL", {"auxPrice": "0.01"}, "99.99"),
        ("SNAP MID", "BUY", {"auxPrice": "0.01"}, "99.99"),
        ("SNAP MKT", "BUY", {"auxPrice": "0.02"}, "100.00"),
        ("SNAP PRIM", "SELL", {"auxPrice": "0.01"}, "100.01"),
    ],
)
def test_pegged_orders_stand_where_the_market_says(
    floor: Floor, kind: str, action: str, fields: dict[str, str], stands: str
) -> None:
    """At the middle, the own or the other side, with offset and cap; they follow, snapped ones do not."""
    order = floor.living(kind, action, **fields)
    assert (order.status, order.limit) == ("Submitted", Decimal(stands))
    floor.quote("AAPL", "99.88", "99.92") if action == "SELL" else floor.quote("AAPL", "100.08", "100.12")
    moved = order.limit != Decimal(stands)
    assert moved == (not order.type.snap and Decimal(fields.get("lmtPrice", 0)) != Decimal(stands))
    assert order.status == "Submitted"


def test_a_pegged_order_fills_at_its_price_when_a_trade_prints_there(floor: Floor) -> None:
    """As much as the trade has, and the rest when the market crosses it."""
    order = floor.living("MIDPRICE")
    floor.sim.market.trade("AAPL", "100.01", 50)
    assert order.filled == 0  # above the middle
    floor.sim.market.trade("AAPL", "100.00", 30)
    assert (order.filled, order.last_price) == (30, 100)
    floor.quote("AAPL", "99.90", "99.94")
    assert (order.filled, order.status) == (30, "Submitted")  # it followed to the new middle
    floor.sim.market.trade("AAPL", "99.92", 500)
    assert (order.status, order.last_price) == ("Filled", Decimal("99.92"))


def test_what_a_market_to_limit_order_leaves_rests_at_the_price_of_its_fill(floor: Floor) -> None:
    """MTL: 40 at the market, the rest at the same price, and the client sees the limit."""
    floor.quote("AAPL", "99.98", "100.02", ask_size=40)
    order = floor.living("MTL")
    assert (order.filled, order.limit) == (40, Decimal("100.02"))
    floor.quote("AAPL", "100.03", "100.05")
    assert order.filled == 40
    floor.quote("AAPL", "99.95", "100.01")
    assert (order.status, order.last_price) == ("Filled", Decimal("100.01"))


@pytest.mark.parametrize(("kind", "fields"), [("MKT PRT", {}), ("STP PRT", {"auxPrice": "4800"})])
def test_market_orders_with_protection_do_not_fill_far_away(floor: Floor, kind: str, fields: dict[str, str]) -> None:
    """What does not fill within a tenth of a percent rests there; futures only."""
    floor.quote("ESH4", "4799.75", "4800", last=4800, ask_size=2)
    order = floor.living(kind, "BUY", 5, "ESH4", **fields)
    assert (order.filled, order.limit) == (2, Decimal("4805.00"))
    floor.quote("ESH4", "4809.75", "4810", ask_size=100)
    assert order.filled == 2
    floor.quote("ESH4", "4804.50", "4804.75", ask_size=100)
    assert order.status == "Filled"
    assert floor.place(kind, "BUY", 5, **fields) is None
    assert floor.client.codes() == [387]


def test_money_buys_a_quantity_of_a_currency(floor: Floor) -> None:
    """cashQty: 20,000 dollars' worth of euros; stocks refuse it (10244), a change is refused (10241)."""
    floor.quote("EUR.USD", "1.0999", "1.1")
    order = floor.living("LMT", "BUY", 0, "EUR.USD", cashQty=22000, lmtPrice="1.05")
    assert order.quantity == 20952
    floor.sim.orders.place(1, PlaceOrder(floor.ids, ContractQuery(con_id=order.item.con_id), OrderSpec(
        {**order.spec.values, "lmtPrice": "1.04"})))  # fmt: skip
    market = floor.living("MKT", "BUY", 0, "EUR.USD", cashQty=22000)
    assert (market.status, market.filled) == ("Filled", 20000)
    assert floor.place("MKT", "BUY", 0, cashQty=1000) is None
    assert floor.client.codes() == [10241, 10244]


def test_fractions_of_shares_are_refused(floor: Floor) -> None:
    """10243, as over the API of a Gateway; fractions of coins are not."""
    assert floor.place("MKT", "BUY", "0.5") is None
    assert floor.client.codes() == [10243]
    floor.quote("BTC.USD", 44000, 44000.25)
    assert floor.living("MKT", "BUY", "0.125", "BTC.USD").status == "Filled"


def test_adaptive_orders_work_and_other_algorithms_are_refused(floor: Floor) -> None:
    """Adaptive at its three priorities; a priority, a parameter or an algorithm that is none: 441, 443, 442."""
    for priority in ("Urgent", "Normal", "Patient"):
        order = floor.living("MKT", algoStrategy="Adaptive", spec={"algo": [("adaptivePriority", priority)]})
        assert order.status == "Filled"
    floor.place("MKT", algoStrategy="Adaptive", spec={"algo": [("adaptivePriority", "Slow")]})
    floor.place("MKT", algoStrategy="Adaptive", spec={"algo": [("speed", "1")]})
    floor.place("MKT", algoStrategy="Twap")
    floor.place("STP", algoStrategy="Adaptive", auxPrice=90)
    assert floor.client.codes() == [441, 443, 442, 442]


@pytest.mark.parametrize("kind", REFUSED)
def test_types_that_are_left_out_are_refused(floor: Floor, kind: str) -> None:
    """387, and there is no order."""
    assert floor.place(kind, lmtPrice=100, auxPrice=1) is None
    assert floor.client.codes() == [387]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"discretionaryAmt": "0.1"}, 325), ({"hedgeType": "D"}, 387), ({"scalePriceIncrement": "0.1"}, 387),
        ({"adjustedOrderType": "STP"}, 387),
    ],
)  # fmt: skip
def test_attributes_that_are_left_out_are_refused(floor: Floor, fields: dict[str, str], code: int) -> None:
    """An order is not worked without what it asks for."""
    assert floor.place("LMT", lmtPrice=90, **fields) is None
    assert floor.client.codes() == [code]


WORLD = {
    "STK": "AAPL", "CASH": "EUR.USD", "FUT": "ESH4", "OPT": "SPY   240119C00470000", "CFD": "IBUS500",
    "CRYPTO": "BTC.USD", "BOND": "91282CJJ1",
}  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("sec_type", WORLD)
def test_what_contract_details_list_is_what_works(sec_type: str, name: str) -> None:
    """Each order type is taken for each kind of instrument whose details list it, and refused with 387 elsewhere."""
    floor = Floor()
    item = floor.sim.market.instrument(WORLD[sec_type])
    assert item.sec_type == sec_type
    quote = floor.sim.market.quote(item)
    assert quote.bid is not None
    limit = str(quote.bid - quote.bid % item.increment(quote.bid))
    aux = limit if TYPES[name].aux == "trigger" else str(item.increment(quote.bid))
    fields = {"lmtPrice": limit, "auxPrice": aux}
    order = floor.place(name, "BUY", 1, WORLD[sec_type], **fields)
    listed = TYPES[name].code in order_types(sec_type).split(",")
    assert listed == (name in TYPES and sec_type in TYPES[name].kinds)
    assert (order is not None, floor.client.codes()) == ((True, []) if listed else (False, [387]))


@pytest.mark.parametrize("sec_type", WORLD)
def test_attributes_that_contract_details_list_are_what_works(sec_type: str) -> None:
    """Opening orders, Adaptive and cash quantities where `orderTypes` has OPG, ALGO and CASHQTY; refused elsewhere."""
    floor = Floor()
    bid = floor.sim.market.quote(WORLD[sec_type]).bid
    assert bid is not None
    algo = {"algo": [("adaptivePriority", "Normal")]}
    for code, refusal, quantity, fields in (
        ("OPG", 111, 1, {"tif": "OPG"}), ("ALGO", 442, 1, {"algoStrategy": "Adaptive", "spec": algo}),
        ("CASHQTY", 10244, 0, {"cashQty": str(bid * 2)}),
    ):  # fmt: skip
        before = len(floor.client.codes())
        order = floor.place("MKT", "BUY", quantity, WORLD[sec_type], **fields)  # type: ignore[arg-type]
        listed = code in order_types(sec_type).split(",")
        assert (order is not None) == listed, code
        assert floor.client.codes()[before:] == ([] if listed else [refusal])


def spread(floor: Floor) -> list[ComboLeg]:
    """A bought call and a sold one."""
    low, high = (floor.sim.market.instrument(f"SPY   240119C00{strike}000") for strike in (470, 480))
    floor.quote(low.local_symbol, "8.00", "8.10")
    floor.quote(high.local_symbol, "3.00", "3.05")
    return [ComboLeg(low.con_id, 1, "BUY", "SMART"), ComboLeg(high.con_id, 1, "SELL", "SMART")]


def test_a_combination_priced_leg_by_leg_fills_when_each_leg_can(floor: Floor) -> None:
    """Each leg at its limit or better; the prices are shown with the legs."""
    legs = spread(floor)
    order = floor.living("LMT", "BUY", 2, "SPY", legs, spec={"leg_prices": ["8.05", "3.00"]}, lmtPrice=0)
    assert order.status == "Submitted"
    assert "8.05" in floor.client.texts[-2]
    floor.quote("SPY   240119C00470000", "7.95", "8.05")
    assert (order.status, order.average) == ("Filled", Decimal("5.05"))
    prices = {e.item.strike: e.price for e in floor.sim.orders.blotter.executions.values() if e.item.sec_type == "OPT"}
    assert prices == {470: Decimal("8.05"), 480: Decimal("3.00")}


def test_prices_of_legs_that_make_no_sense_are_refused(floor: Floor) -> None:
    """One price for two legs, a market order with prices, a price of its own besides, a price off the grid."""
    legs = spread(floor)
    floor.place("LMT", "BUY", 1, "SPY", legs, spec={"leg_prices": ["8.05", ""]})
    floor.place("MKT", "BUY", 1, "SPY", legs, spec={"leg_prices": ["8.05", "3.00"]})
    floor.place("LMT", "BUY", 1, "SPY", legs, spec={"leg_prices": ["8.05", "3.00"]}, lmtPrice=5)
    floor.place("LMT", "BUY", 1, "SPY", legs, spec={"leg_prices": ["8.03", "3.00"]})
    assert floor.client.codes() == [312, 312, 321, 110]


def test_options_on_futures_and_contracts_for_difference_trade() -> None:
    """A FOP changes cash by its premium; a CFD only what it gains."""
    floor = Floor()
    market = floor.sim.market
    option = next(item for item in market.directory.chain(market.instrument("ESH4")) if item.strike == 4800)
    floor.quote(option.local_symbol, 50, "50.25")
    floor.quote("IBUS500", "4799.9", "4800.1")
    assert floor.living("LMT", "BUY", 2, option.local_symbol, lmtPrice="50.25").status == "Filled"
    ledger = floor.sim.accounts.ledgers["DU1234567"]
    assert ledger.cash["USD"] == 1_000_000 - 2 * 50 * Decimal("50.25") - Decimal("2.84")
    before = floor.sim.accounts.figures("DU1234567").net_liquidation
    assert floor.living("MKT", "SELL", 10, "IBUS500").status == "Filled"
    floor.quote("IBUS500", "4789.9", "4790.1")
    gained = floor.sim.accounts.figures("DU1234567").net_liquidation - before
    assert Decimal(90) < gained < Decimal(100)
    assert ledger.imbalance() == {}


def test_a_market_order_outside_regular_hours_is_held_to_them() -> None:
    """2109, then 399 with the order's line and the opening; a limit order may trade at seven in the morning."""
    floor = Floor(datetime(2024, 1, 3, 12, 0, tzinfo=UTC))
    order = floor.living("MKT", outsideRth=1)
    assert order.status == "PreSubmitted"
    assert floor.client.codes() == [2109, 399]
    (words,) = floor.client.words(399)
    assert words.split("\n") == [
        "Order Message:", "BUY 100 AAPL NASDAQ.NMS",
        "Warning: your order will not be placed at the exchange until 2024-01-03 09:30:00 US/Eastern",
    ]  # fmt: skip
    assert floor.living("LMT", outsideRth=1, lmtPrice="100.02").status == "Filled"
    floor.clock.step_to(datetime(2024, 1, 3, 14, 30, 1, tzinfo=UTC))
    assert order.status == "Filled"
    assert any("BUY 100 AAPL NASDAQ.NMS (client 1) waits" in note for note in floor.sim.gateway.notes)


@pytest.mark.parametrize(
    ("moment", "symbol", "fields", "code"),
    [
        ((20, 49), "IBM", {"orderType": "MOC"}, None), ((20, 50), "IBM", {"orderType": "MOC"}, 201),
        ((20, 54), "AAPL", {"orderType": "MOC"}, None),
        ((20, 56), "AAPL", {"orderType": "LOC", "lmtPrice": "1"}, 201),
        ((14, 27), "AAPL", {"tif": "OPG"}, None), ((14, 29), "AAPL", {"tif": "OPG"}, 201),
        ((14, 31), "AAPL", {"tif": "OPG"}, None), ((16, 0), "AAPL", {"orderType": "MOC", "tif": "GTC"}, 113),
    ],
)  # fmt: skip
def test_auctions_have_their_cut_offs(
    moment: tuple[int, int], symbol: str, fields: dict[str, str], code: int | None
) -> None:
    """Closing orders until 15:50 (Nasdaq: 15:55), opening orders until 9:28; closing orders are DAY orders."""
    floor = Floor(datetime(2024, 1, 3, *moment, tzinfo=UTC))
    floor.quote(symbol, "99.98", "100.02", last=100)
    more = dict(fields)
    order = floor.place(more.pop("orderType", "MKT"), symbol=symbol, **more)
    assert (order is not None, floor.client.codes()) == ((True, []) if code is None else (False, [code]))


def test_a_change_must_leave_the_margin_covered(floor: Floor) -> None:
    """900 million shares: refused with 201 and the order stays as it was."""
    order = floor.living("LMT", lmtPrice=90)
    change = OrderSpec({**order.spec.values, "totalQuantity": "900000000"})
    floor.sim.orders.place(1, PlaceOrder(order.order_id, ContractQuery(con_id=order.item.con_id), change))
    assert floor.client.codes() == [201]
    assert (order.quantity, order.status) == (100, "Submitted")


def test_premiums_must_be_there_too(floor: Floor) -> None:
    """A long option ties up no margin, but it is paid: 900 million of them are refused, new or by a change."""
    name = "SPY   240119C00470000"
    floor.quote(name, "8.00", "8.05")
    order = floor.living("LMT", "BUY", 1, name, lmtPrice="7.00")
    change = OrderSpec({**order.spec.values, "totalQuantity": "900000000"})
    floor.sim.orders.place(1, PlaceOrder(order.order_id, ContractQuery(con_id=order.item.con_id), change))
    refused = floor.place("MKT", "BUY", 900_000_000, name)
    assert refused is not None
    assert (order.quantity, refused.status) == (1, "Inactive")
    assert floor.client.codes() == [201, 201]
    assert floor.living("MKT", "SELL", 5, name).status == "Filled"
    floor.sim.accounts.deposit("DU1234567", -999_000)
    assert floor.living("MKT", "BUY", 5, name).status == "Filled"  # what closes a short position always may
