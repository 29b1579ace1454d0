"""Property: whatever is ordered, whatever prices do, whatever goes wrong, the books balance at every step."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.gateway import Gateway
from leanib.simulator.orders.kinds import TYPES
from leanib.simulator.protocol.contracts import ComboLeg, ContractQuery
from leanib.simulator.protocol.orderspec import OrderSpec, PlaceOrder
from leanib.simulator.session import Session

SYMBOLS = (
    "AAPL", "SPY", "EUR.USD", "USD.JPY", "ESH4", "SPY   240119C00470000", "SPY   240119P00470000", "IBUS500", "BTC.USD",
    "ESH4 C4800",
)  # fmt: skip
KINDS = tuple(TYPES)
KINDS_THAT_FILL = set(KINDS) - {"MOC", "LOC", "STP PRT"}
TIFS = ("DAY", "GTC", "IOC", "FOK", "GTD", "OPG")
ACCOUNTS = ("DU1", "DU2")


class Listener(Session):
    """A client that only remembers how much it was sent."""

    def transmit(self, payload: bytes) -> None:
        self.sent += 1


class Monkey:
    """Does something random at each step."""

    def __init__(self, gateway: Gateway, clock: VirtualClock, seed: int) -> None:
        self.gateway, self.clock = gateway, clock
        self.random = random.Random(seed)
        self.ids = 0
        self.levels = {symbol: gateway.market.quote(symbol).mid or Decimal(1) for symbol in SYMBOLS}
        for client_id in (1, 2):
            session = Listener(gateway)
            session.version, session.client_id = 178, client_id
            gateway.connected(session)

    def step(self) -> None:
        actions = (self.quote, self.place, self.change, self.cancel, self.wait, self.fault, self.combine)
        self.random.choices(actions, (6, 6, 2, 1, 2, 1, 1))[0]()

    def quote(self) -> None:
        symbol = self.random.choice(SYMBOLS)
        item = self.gateway.market.instrument(symbol)
        step = item.increment(self.levels[symbol])
        level = max(self.levels[symbol] + step * self.random.randint(-40, 40), step * 50)
        self.levels[symbol] = level = level - level % step
        size = self.random.choice((1, 7, 100, 5000, 1_000_000))
        self.gateway.market.set_quote(
            symbol, level - step, level + step, self.random.choice((None, level, level - step, level + step)),
            bid_size=size, ask_size=size, last_size=size,
        )

    def _fields(self, symbol: str, kind: str) -> dict[str, str]:
        item = self.gateway.market.instrument(symbol)
        level = self.levels[symbol]
        step = item.increment(level)

        def near() -> str:
            price = max(level + step * self.random.randint(-60, 60), step)
            return str(price - price % item.increment(price))

        lot = 10_000 if item.sec_type == "CASH" else 1
        fields = {
            "action": self.random.choice(("BUY", "SELL")), "orderType": kind, "account": self.random.choice(ACCOUNTS),
            "totalQuantity": str(self.random.randint(1, 30) * lot), "transmit": "1",
            "tif": self.random.choice((*TIFS, "DAY", "GTC", "DAY")),
            "lmtPrice": near(), "auxPrice": near(),
        }  # fmt: skip
        if TYPES[kind].aux == "offset":
            fields["auxPrice"] = str(step * self.random.randint(0, 3))
        if symbol == "EUR.USD" and kind in {"MKT", "LMT"} and self.random.random() < 0.3:
            fields |= {"totalQuantity": "0", "cashQty": str(self.random.randint(1, 300_000))}
        if self.random.random() < 0.1:
            fields["minQty"] = str(self.random.randint(1, 30))
        if kind.startswith("TRAIL"):
            fields |= {"auxPrice": str(step * self.random.randint(1, 30)), "lmtPriceOffset": str(step)}
        if fields["tif"] == "GTD":
            fields["goodTillDate"] = f"{self.clock.now():%Y%m%d}-23:00:00"
        if self.random.random() < 0.2:
            fields |= {"ocaGroup": str(self.random.randint(1, 5)), "ocaType": str(self.random.randint(1, 3))}
        if self.random.random() < 0.2 and self.ids:
            fields["parentId"] = str(self.random.randint(max(1, self.ids - 3), self.ids))
        return fields

    def place(self) -> None:
        self.ids += 1
        symbol = self.random.choice((*SYMBOLS, *SYMBOLS[:2] * 4))  # shares have most order types
        item = self.gateway.market.instrument(symbol)
        spec = OrderSpec(self._fields(symbol, self.random.choice((*KINDS, "MKT", "LMT", "MKT", "LMT"))))
        if self.random.random() < 0.15:
            self.condition(spec)
        request = PlaceOrder(self.ids, ContractQuery(con_id=item.con_id), spec)
        self.gateway.desk.place(self.random.choice((1, 2)), request)

    def condition(self, spec: OrderSpec) -> None:
        """One to three conditions of any kind, to wait for or to be cancelled by."""
        for _ in range(self.random.randint(1, 3)):
            symbol, more, join = self.random.choice(SYMBOLS), self.random.choice("01"), self.random.choice("ao")
            con_id = str(self.gateway.market.instrument(symbol).con_id)
            later = self.clock.now() + timedelta(seconds=self.random.randint(1, 3600))
            spec.conditions.append(
                self.random.choice(
                    (
                        ["1", join, more, str(self.levels[symbol]), con_id, "SMART", self.random.choice("0124")],
                        ["3", join, "1", f"{later:%Y%m%d-%H:%M:%S}"],
                        ["4", join, more, str(self.random.randint(1, 99))], ["5", join, "STK", "SMART", "AAPL"],
                        ["6", join, more, "500", con_id, "SMART"],
                        ["7", join, more, "0.5", con_id, "SMART"],
                    )
                )
            )  # fmt: skip
        spec.values |= {
            "conditionsCancelOrder": self.random.choice("001"), "conditionsIgnoreRth": self.random.choice("01")
        }  # fmt: skip

    def combine(self) -> None:
        """A spread of two options, or a covered call."""
        find = self.gateway.market.instrument
        call, put, share = find(SYMBOLS[5]), find(SYMBOLS[6]), find("SPY")
        legs = self.random.choice(
            (
                [ComboLeg(call.con_id, 1, "BUY", "SMART"), ComboLeg(put.con_id, 2, "SELL", "SMART")],
                [ComboLeg(share.con_id, 100, "BUY", "SMART"), ComboLeg(call.con_id, 1, "SELL", "SMART")],
            )
        )
        self.ids += 1
        fields = {
            "action": self.random.choice(("BUY", "SELL")), "totalQuantity": str(self.random.randint(1, 5)),
            "orderType": self.random.choice(("MKT", "LMT")), "lmtPrice": str(self.random.randint(-20, 500)),
            "transmit": "1", "account": self.random.choice(ACCOUNTS), "tif": self.random.choice(("DAY", "IOC")),
        }  # fmt: skip
        query = ContractQuery(symbol="SPY", sec_type="BAG", legs=legs)
        spec = OrderSpec(fields)
        if fields["orderType"] == "LMT" and self.random.random() < 0.4:
            fields.pop("lmtPrice")
            spec.leg_prices = [str(self.levels[find(by_id(self.gateway, leg)).local_symbol]) for leg in legs]
        self.gateway.desk.place(self.random.choice((1, 2)), PlaceOrder(self.ids, query, spec))

    def change(self) -> None:
        orders = [order for order in self.gateway.desk.orders.values() if order.order_id > 0]
        if orders:
            order = self.random.choice(orders[-50:])
            fields = order.spec.values | {"totalQuantity": str(order.quantity + self.random.randint(-5, 5))}
            if self.random.random() < 0.05:
                fields["totalQuantity"] = "900000000"
            request = PlaceOrder(order.order_id, ContractQuery(con_id=order.item.con_id), OrderSpec(fields))
            self.gateway.desk.place(order.client_id, request)

    def cancel(self) -> None:
        if self.random.random() < 0.05:
            self.gateway.desk.cancel_all()
        else:
            self.gateway.desk.cancel(self.random.choice((1, 2)), self.random.randint(0, self.ids + 1))

    def wait(self) -> None:
        self.clock.step(20_000 if self.random.random() < 0.04 else self.random.choice((0.5, 5, 60, 600)))

    def fault(self) -> None:
        faults, choose = self.gateway.faults, self.random.choice
        name, settings = choose(
            (
                ("lose_link", {}), ("restore_link", {}), ("restore_link", {}), ("restore_link", {"data_lost": True}),
                ("drop", {"times": 3}),
                ("duplicate", {"times": 3}), ("shuffle", {}), ("pass_all", {}),
                ("fork_changes", {"on": choose((True, False))}),
                ("reject_next", {}), ("kill_data", {}), ("revive_data", {}), ("manual_order", {"symbol": "AAPL"}),
                ("replay_portfolio", {}), ("clear", {}),
            )
        )  # fmt: skip
        if self.random.random() < 0.15:  # money goes out, and comes back
            self.gateway.accounts.deposit(choose(ACCOUNTS), choose((-700_000, 300_000, 500_000)))
        if name == "clear":
            faults.clear()
        elif name == "reject_next":
            self.correct()
        else:
            faults.inject(name, **settings)

    def correct(self) -> None:
        executions = [e for e in self.gateway.desk.blotter.executions.values() if e.item.sec_type != "BAG"]
        if executions:
            one = self.random.choice(executions[-20:])
            price = float(one.price + one.item.increment(one.price))
            self.gateway.faults.correct_execution(one.exec_id, price)


def by_id(gateway: Gateway, leg: ComboLeg) -> str:
    """The name of a leg."""
    return gateway.market.directory.by_id[leg.con_id].local_symbol


def check(gateway: Gateway) -> None:
    """The books balance in every currency, exactly, and the totals say the same by another route."""
    for name, ledger in gateway.accounts.ledgers.items():
        assert ledger.imbalance() == {}
        assert abs(gateway.accounts.figures(name).net_liquidation - worth(gateway, name)) < Decimal("0.005")


def audit(gateway: Gateway) -> None:
    """Cash, positions and orders follow from the list of executions alone."""
    cash: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    held: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    by_order: dict[int, Decimal] = defaultdict(Decimal)
    items = {order.perm_id: order.item for order in gateway.desk.orders.values()}
    for one in gateway.desk.blotter.executions.values():
        if one.item is items[one.perm_id]:
            by_order[one.perm_id] += one.shares
        if one.item.sec_type == "BAG":  # its legs have moved the money
            continue
        value = one.signed * one.price * one.item.multiplier
        cash[one.account, one.item.currency] -= value
        cash[one.account, one.currency] -= one.commission
        if one.item.sec_type == "CASH":
            cash[one.account, one.item.symbol] += one.signed
        held[one.account, one.item.con_id] += one.signed
    for name, ledger in gateway.accounts.ledgers.items():
        for currency, amount in ledger.cash.items():
            assert amount == ledger.deposits.get(currency, 0) + cash[name, currency]
        for con_id, position in ledger.positions.items():
            assert position.quantity == held[name, con_id]
            assert position.quantity or position.cost == 0
    for order in gateway.desk.orders.values():
        assert order.filled == by_order[order.perm_id] <= order.quantity
        assert (order.status == "Filled") == (order.remaining == 0)


def worth(gateway: Gateway, account: str) -> Decimal:
    """What an account is worth by another route: deposits, currency trades and profits, each at today's rates."""
    ledger, valuation = gateway.accounts.ledgers[account], gateway.accounts.valuation
    total = -ledger.fx_fees
    for amounts in (ledger.deposits, ledger.fx_flows):
        total += sum(amount * valuation.rate(currency, ledger.base) for currency, amount in amounts.items())
    for position in ledger.positions.values():
        if position.instrument.sec_type != "CASH":
            unrealized = position.value(gateway.accounts.mark(position.instrument)) - position.cost
            rate = valuation.rate(position.instrument.currency, ledger.base)
            total += (position.realized_total + unrealized) * rate
    return total


def play(seed: int, steps: int) -> Gateway:
    """Let the monkey loose; check after each step, audit after every fiftieth."""
    clock = VirtualClock(datetime(2024, 1, 3, 15, 0, tzinfo=UTC))
    sim = Simulator(clock=clock, accounts=ACCOUNTS, seed=seed, cash=5_000_000)
    for symbol in SYMBOLS:
        quote = sim.market.quote(symbol)
        sim.market.set_quote(symbol, quote.bid, quote.ask, quote.last)
    monkey = Monkey(sim.gateway, clock, seed)
    for number in range(steps):
        monkey.step()
        check(sim.gateway)
        if number % 50 == 0:
            audit(sim.gateway)
    audit(sim.gateway)
    return sim.gateway


@pytest.mark.parametrize("seed", [1, 2])
def test_books_balance(seed: int) -> None:
    """After each of 900 random steps the books balance, and enough happened for that to mean something."""
    gateway = play(seed, 900)
    assert len(gateway.desk.blotter.executions) > 40
    orders = list(gateway.desk.orders.values())
    assert {order.status for order in orders} >= {"Filled", "Cancelled"}
    filled = {order.kind for order in orders if order.filled}
    assert filled >= {"MKT", "LMT"}
    assert len(filled) > 6, filled
    assert any(order.type.peg for order in orders if order.filled)
    assert any(order.met for order in orders)
    assert all(order.quantity < 900_000_000 for order in orders)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [3, 4])
def test_books_balance_long(seed: int) -> None:
    """The same for 10,000 steps."""
    gateway = play(seed, 10_000)
    assert len(gateway.desk.blotter.executions) > 700
    orders = list(gateway.desk.orders.values())
    assert {order.kind for order in orders if order.filled} >= KINDS_THAT_FILL
    assert any(one.liquidation for one in gateway.desk.blotter.executions.values())
