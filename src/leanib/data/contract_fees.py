"""Interactive Brokers' and the exchanges' fees per contract of futures and options on them, in the contract's currency.

The numbers are LEAN's (`Common/Orders/Fees/InteractiveBrokersFeeModel.cs`); engine and simulator charge by them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

__all__ = ["EUREX_FUTURES", "USA_FUTURES", "USA_FUTURE_OPTIONS", "ContractFees"]

_REGULATORY = Decimal("0.02")
_MICRO = "MYM M2K MES MNQ 2YY 5YY 10Y 30Y MCL MGC SIL"
_FOREX_MICRO = "M6E M6A M6B MCD MJY MSF M6J MIR M6C M6S MNH"
_EQUITY_INDEX = "ES NQ YM RTY EMD"


def _table(*rows: tuple[str, str]) -> dict[str, Decimal]:
    return {ticker: Decimal(fee) for tickers, fee in rows for ticker in tickers.split()}


class ContractFees(NamedTuple):
    """Fees by ticker; tickers that are not listed pay the default."""

    brokerage_fees: dict[str, Decimal]
    brokerage_default: Decimal
    exchange_fees: dict[str, Decimal]
    exchange_default: Decimal

    def brokerage(self, ticker: str) -> Decimal:
        """The brokerage's fee for one contract."""
        return self.brokerage_fees.get(ticker, self.brokerage_default)

    def exchange(self, ticker: str) -> Decimal:
        """The exchange's fee for one contract."""
        return self.exchange_fees.get(ticker, self.exchange_default)

    def total(self, ticker: str) -> Decimal:
        """What one contract costs, with the regulators' fee."""
        return self.brokerage(ticker) + self.exchange(ticker) + _REGULATORY


USA_FUTURES = ContractFees(
    _table(
        (_MICRO, "0.25"),
        ("BTC", "5"),
        ("MBT MIB", "2.25"),
        ("ETH", "3"),
        ("MET MRB", "0.20"),
        ("E7 J7", "0.50"),
        (_FOREX_MICRO, "0.15"),
    ),
    Decimal("0.85"),
    _table(
        (_EQUITY_INDEX, "1.28"),
        (_MICRO, "0.30"),
        ("BTC", "6"),
        ("MBT MIB", "2.5"),
        ("ETH", "4"),
        ("MET MRB", "0.20"),
        ("E7 J7", "0.85"),
        (_FOREX_MICRO, "0.24"),
    ),
    Decimal("1.60"),
)
USA_FUTURE_OPTIONS = ContractFees(
    _table((_MICRO, "0.25"), ("BTC", "5"), ("MBT MIB", "1.25"), ("ETH", "3"), ("MET MRB", "0.10")),
    Decimal("0.85"),
    _table(
        (_EQUITY_INDEX, "0.55"),
        (_MICRO, "0.20"),
        ("BTC", "5"),
        ("MBT MIB", "2.5"),
        ("ETH", "4"),
        ("MET MRB", "0.20"),
    ),
    Decimal("1.60"),
)
EUREX_FUTURES = ContractFees(_table(("FESX", "1.00")), Decimal("1.00"), _table(("FESX", "0.00")), Decimal("0.00"))
