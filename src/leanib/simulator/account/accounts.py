"""All accounts of the login, and how the market values them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from leanib.simulator.account.ledger import Ledger, Position
from leanib.simulator.account.values import Figures, Valuation, Value, ledger_values, segment_values
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.market import Market
from leanib.simulator.market.quotes import Number, exact

ZERO = Decimal(0)
#: Called with the account's name after each change of its books, and the position that changed (None: only cash).
ChangeListener = Callable[[str, Position | None], None]


class Accounts:
    """The accounts of one login; the first is the default for orders that name none."""

    def __init__(self, names: Sequence[str], market: Market, cash: Number, base: str) -> None:
        self.market = market
        self.base = base
        self.valuation = Valuation(self.mark, self._rate)
        self.valuation.by_id = market.directory.by_id.__getitem__
        self.ledgers: dict[str, Ledger] = {}
        self.listeners: list[ChangeListener] = []
        for name in names:
            self.ledgers[name] = Ledger(name, base)
            self.ledgers[name].deposit(base, exact(cash))

    @property
    def names(self) -> list[str]:
        """The account ids, in the order given."""
        return list(self.ledgers)

    @property
    def default(self) -> str:
        """The account of orders that name none."""
        return next(iter(self.ledgers))

    def mark(self, item: Instrument) -> Decimal:
        """What a unit of the instrument is valued at; zero when it has no price."""
        return self.market.quote(item).mark or ZERO

    def _rate(self, currency: str, base: str) -> Decimal:
        for symbol, invert in ((f"{currency}.{base}", False), (f"{base}.{currency}", True)):
            found = self.market.directory.pair(symbol)
            if found is not None:
                mid = self.market.quote(found).mid
                if mid:
                    return 1 / mid if invert else mid
        if "USD" not in (currency, base):
            return self._rate(currency, "USD") * self._rate("USD", base)
        raise LookupError(f"no rate from {currency} to {base}; add the pair with sim.market.directory.add")

    def figures(self, account: str) -> Figures:
        """The totals of an account."""
        return self.valuation.figures(self.ledgers[account])

    def values(self, account: str) -> list[Value]:
        """Everything that updateAccountValue shows."""
        ledger = self.ledgers[account]
        figures = self.valuation.figures(ledger)
        head = [("AccountCode", account, ""), ("AccountOrGroup", account, ledger.base), ("AccountReady", "true", "")]
        return head + segment_values(figures, ledger.base) + ledger_values(ledger, self.valuation, figures)

    def fill(
        self, account: str, item: Instrument, signed: Decimal, price: Decimal, commission: Decimal
    ) -> Decimal | None:
        """Book a fill; returns the realized profit, None when it only opened. `notify` is the caller's to call."""
        return self.ledgers[account].fill(item, signed, price, commission)

    def reprice(self, account: str, item: Instrument, signed: Decimal, old: Decimal, new: Decimal) -> None:
        """Correct the price of a past fill: the difference moves cash and the realized profit of the day."""
        ledger = self.ledgers[account]
        change = -signed * (new - old) * (1 if item.sec_type == "CASH" else item.multiplier)
        ledger.cash[item.currency] = ledger.cash.get(item.currency, ZERO) + change
        position = ledger.position(item)
        if item.sec_type == "CASH":
            ledger.fx_flows[item.currency] = ledger.fx_flows.get(item.currency, ZERO) + change
        position.day_flow += change
        if position.quantity * signed > 0:
            position.cost -= change
        else:
            position.realized += change
            position.realized_total += change

    def notify(self, account: str, item: Instrument | None) -> None:
        """Tell the listeners that the books changed."""
        position = self.ledgers[account].position(item) if item is not None else None
        if item is not None:
            self.market.wake(item)
        for listener in self.listeners:
            listener(account, position)

    def deposit(self, account: str, amount: Number, currency: str = "") -> None:
        """Pay in (or out, when negative)."""
        self.ledgers[account].deposit(currency or self.base, exact(amount))
        self.notify(account, None)

    def set_position(self, account: str, symbol: str | Instrument, quantity: Number, average_cost: Number) -> None:
        """Give the account a holding without a trade (it is paid in, so the books still balance)."""
        item = self.market.instrument(symbol)
        ledger = self.ledgers[account]
        position = ledger.position(item)
        cost = exact(quantity) * exact(average_cost)
        change = cost - position.cost
        position.quantity, position.cost = exact(quantity), cost
        position.day_base = position.settled = position.value(self.mark(item))
        if item.sec_type != "CASH":
            ledger.deposits[item.currency] = ledger.deposits.get(item.currency, ZERO) + change
            ledger.cash.setdefault(item.currency, ZERO)
        self.notify(account, item)

    def start_day(self) -> None:
        """Begin a new day of daily PnL in every account."""
        for ledger in self.ledgers.values():
            ledger.start_day([(p.instrument.con_id, self.mark(p.instrument)) for p in ledger.held()])
