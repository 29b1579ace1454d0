"""Account values: the figures that account updates and summaries show, computed from the books and the marks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from leanib.simulator.account.ledger import Ledger, Position
from leanib.simulator.account.margin import Holding, Margin, requirement
from leanib.simulator.market.instruments import DAILY_SETTLED, Instrument
from leanib.simulator.protocol.account import money

ZERO = Decimal(0)
PAID_IN_FULL = frozenset({"STK", "CRYPTO", "BOND"})
#: (key, value, currency) as updateAccountValue shows them.
Value = tuple[str, str, str]


@dataclass(slots=True)
class Figures:
    """The totals of one account in its base currency."""

    cash: Decimal
    stocks: Decimal
    options: Decimal
    gross: Decimal
    unrealized: Decimal
    realized: Decimal
    daily: Decimal
    margin: Margin
    #: What futures that are held have gained since they were last settled; `cash` has it.
    futures: Decimal = ZERO
    #: What is held of each kind that is paid in full.
    others: dict[str, Decimal] = field(default_factory=dict)

    @property
    def net_liquidation(self) -> Decimal:
        """Cash (futures marked to market in it) and everything that could be sold."""
        return self.cash + self.stocks + self.options

    @property
    def equity_with_loan(self) -> Decimal:
        """Options have no loan value."""
        return self.cash + self.stocks

    @property
    def available(self) -> Decimal:
        """What new orders may use."""
        return self.equity_with_loan - self.margin.initial

    @property
    def excess(self) -> Decimal:
        """What is left before positions are liquidated."""
        return self.equity_with_loan - self.margin.maintenance

    @property
    def buying_power(self) -> Decimal:
        """Four times what is available."""
        return max(ZERO, self.available * 4)


class Valuation:
    """Values a ledger at the market's marks."""

    def __init__(self, mark: Callable[[Instrument], Decimal], rate: Callable[[str, str], Decimal]) -> None:
        self.mark = mark
        self._rate = rate
        self.by_id: Callable[[int], Instrument]

    def rate(self, currency: str, base: str) -> Decimal:
        """What one unit of `currency` is worth in `base`."""
        return Decimal(1) if currency == base else self._rate(currency, base)

    def margin(self, ledger: Ledger, extra: tuple[Holding, ...] = ()) -> Margin:
        """The requirement of the account, as if `extra` were bought or sold on top."""
        holdings = {p.instrument.con_id: (p.instrument, p.quantity) for p in ledger.held()}
        for item, quantity in extra:
            held = holdings.get(item.con_id, (item, ZERO))[1]
            holdings[item.con_id] = (item, held + quantity)
        return requirement(
            holdings.values(), lambda con_id: self.mark(self.by_id(con_id)), lambda c: self.rate(c, ledger.base)
        )

    def figures(self, ledger: Ledger) -> Figures:
        """All totals."""
        cash = sum((amount * self.rate(c, ledger.base) for c, amount in ledger.cash.items()), ZERO)
        out = Figures(cash, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, Margin())
        for position in ledger.positions.values():
            self._add(out, position, ledger.base)
        out.margin = self.margin(ledger)
        return out

    def _add(self, out: Figures, position: Position, base: str) -> None:
        item = position.instrument
        rate = self.rate(item.currency, base)
        mark = self.mark(item) if position.quantity else ZERO
        value = position.value(mark) * rate
        out.unrealized += value - position.cost * rate
        out.realized += position.realized * rate
        out.daily += position.daily(mark) * rate
        if item.sec_type == "FUT":
            out.futures += position.unsettled(mark) * rate
        if item.sec_type in DAILY_SETTLED:
            out.cash += value
        elif item.is_option:
            out.options += value
        elif item.sec_type in PAID_IN_FULL:
            out.stocks += value
            out.others[item.sec_type] = out.others.get(item.sec_type, ZERO) + value
        if item.is_option or item.sec_type in PAID_IN_FULL:
            out.gross += abs(value)


def segment_values(figures: Figures, base: str) -> list[Value]:
    """The totals under IB's names."""
    margin = figures.margin
    amounts = [
        ("NetLiquidation", figures.net_liquidation), ("TotalCashValue", figures.cash), ("SettledCash", figures.cash),
        ("AccruedCash", ZERO), ("BuyingPower", figures.buying_power), ("EquityWithLoanValue", figures.equity_with_loan),
        ("PreviousDayEquityWithLoanValue", figures.equity_with_loan - figures.daily),
        ("PreviousEquityWithLoanValue", figures.equity_with_loan - figures.daily),
        ("GrossPositionValue", figures.gross), ("RegTEquity", figures.equity_with_loan), ("RegTMargin", margin.reg_t),
        ("ReqTEquity", figures.equity_with_loan), ("ReqTMargin", margin.reg_t),
        ("SMA", max(ZERO, figures.equity_with_loan - margin.reg_t)),
    ]  # fmt: skip
    for prefix in ("", "Full", "LookAhead"):
        amounts += [
            (f"{prefix}InitMarginReq", margin.initial), (f"{prefix}MaintMarginReq", margin.maintenance),
            (f"{prefix}AvailableFunds", figures.available), (f"{prefix}ExcessLiquidity", figures.excess),
        ]  # fmt: skip
    net = figures.net_liquidation
    cushion = figures.excess / net if net else ZERO
    leverage = figures.gross / net if net else ZERO
    out = [(key, money(amount), base) for key, amount in amounts]
    out += [("Cushion", format(cushion.quantize(Decimal("0.000001")), "f"), "")]
    out += [("Leverage", money(leverage), ""), ("LookAheadNextChange", "0", ""), ("HighestSeverity", "0", "")]
    return [*out, ("DayTradesRemaining", "-1", ""), ("AccountType", "INDIVIDUAL", "")]


def ledger_values(ledger: Ledger, valuation: Valuation, figures: Figures, only: str = "") -> list[Value]:
    """The cash ledger: one block per currency and one for BASE; `only` picks one block."""
    out: list[Value] = []
    for currency in sorted({ledger.base, *ledger.cash}):
        if only in {"", currency}:
            out += _currency_block(ledger, valuation, currency)
    if only in {"", "BASE"}:
        out += _block("BASE", figures.cash, figures, Decimal(1))
    return out


def _currency_block(ledger: Ledger, valuation: Valuation, currency: str) -> list[Value]:
    part = Ledger(ledger.account, currency, {currency: ledger.cash.get(currency, ZERO)})
    part.positions = {i: p for i, p in ledger.positions.items() if p.instrument.currency == currency}
    figures = valuation.figures(part)
    return _block(currency, figures.cash, figures, valuation.rate(currency, ledger.base))


def _block(currency: str, cash: Decimal, figures: Figures, rate: Decimal) -> list[Value]:
    amounts = (
        ("CashBalance", cash - figures.futures), ("TotalCashBalance", cash), ("AccruedCash", ZERO),
        ("StockMarketValue", figures.others.get("STK", ZERO)), ("OptionMarketValue", figures.options),
        ("FutureOptionValue", ZERO), ("FuturesPNL", figures.futures), ("FundValue", ZERO),
        ("NetLiquidationByCurrency", figures.net_liquidation), ("UnrealizedPnL", figures.unrealized),
        ("RealizedPnL", figures.realized), ("NetDividend", ZERO), ("MutualFundValue", ZERO),
        ("CorporateBondValue", figures.others.get("BOND", ZERO)),
        ("TBondValue", ZERO), ("TBillValue", ZERO), ("WarrantValue", ZERO),
        ("FxCashBalance", ZERO), ("IssuerOptionValue", ZERO), ("Cryptocurrency", figures.others.get("CRYPTO", ZERO)),
    )  # fmt: skip
    out = [(key, money(amount), currency) for key, amount in amounts]
    shown = format(rate.quantize(Decimal("0.0000001")).normalize(), "f")
    return [("Currency", currency, currency), *out, ("ExchangeRate", shown, currency)]
