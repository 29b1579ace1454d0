"""Margin: what a holding ties up, after IB's rules for individual US margin accounts (simplified to these lines).

Stocks: 25 % of a long, 30 % of a short position (50 % under Regulation T). Futures: a sum per contract. Options: a long
option is paid in full and has no loan value; a short one needs its premium plus the larger of 20 % of the underlying
less what it is out of the money, and 10 % of the underlying; on a future, its margin besides the premium. Currencies:
3 %. CFDs: 20 % on stocks, 5 % on indices, 3 % on currencies. Bonds: 10 %. Cryptocurrencies: paid in full, no loan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from leanib.simulator.market.instruments import Instrument

ZERO = Decimal(0)
Holding = tuple[Instrument, Decimal]
#: Price of an instrument by contract id, and the rate of its currency to the base currency.
Mark = Callable[[int], Decimal]
Rate = Callable[[str], Decimal]
#: The share of its value that each kind needs; of a CFD by what it is about.
_SHARES = {
    "CASH": Decimal("0.03"), "STK": Decimal("0.2"), "IND": Decimal("0.05"), "BOND": Decimal("0.1"),
    "CRYPTO": Decimal(1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Margin:
    """Requirements in the base currency."""

    initial: Decimal = ZERO
    maintenance: Decimal = ZERO
    reg_t: Decimal = ZERO


def requirement(holdings: Iterable[Holding], mark: Mark, rate: Rate) -> Margin:
    """The requirement of all holdings together."""
    initial = maintenance = reg_t = ZERO
    for item, quantity in holdings:
        one = _single(item, quantity, mark)
        fx = rate(item.currency)
        initial += one.initial * fx
        maintenance += one.maintenance * fx
        reg_t += one.reg_t * fx
    return Margin(initial, maintenance, reg_t)


def _single(item: Instrument, quantity: Decimal, mark: Mark) -> Margin:
    value = abs(quantity * mark(item.con_id) * item.multiplier)
    if item.sec_type == "STK":
        share = value * (Decimal("0.25") if quantity > 0 else Decimal("0.3"))
        return Margin(share, share, value / 2)
    if item.sec_type == "FUT":
        contracts = abs(quantity)
        return Margin(contracts * item.initial_margin, contracts * item.maintenance_margin, ZERO)
    if item.sec_type == "FOP" and quantity < 0:
        need = value + abs(quantity) * item.initial_margin
        return Margin(need, need, ZERO)
    if item.sec_type == "OPT" and quantity < 0:
        need = value + _short_option(item, abs(quantity), mark)
        return Margin(need, need, need)
    share = value * _SHARES.get(item.under_sec_type if item.sec_type == "CFD" else item.sec_type, ZERO)
    return Margin(share, share, ZERO)


def _short_option(item: Instrument, contracts: Decimal, mark: Mark) -> Decimal:
    spot = mark(item.under_con_id)
    out = max(ZERO, item.strike - spot if item.right == "C" else spot - item.strike)
    return max(spot / 5 - out, spot / 10) * contracts * item.multiplier
